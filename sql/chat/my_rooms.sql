select room_id, role, is_muted, last_read_message_id
from citusbench.room_members
where member_id = $1::bigint
order by room_id
