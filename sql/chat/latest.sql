select id, sender_id, message_type, text, status, parent_message_id, created_at
from citusbench.messages
where room_id = $1::bigint and not is_deleted
order by created_at desc, id desc
limit 50
