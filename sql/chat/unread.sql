select count(*)
from citusbench.messages
where room_id = $1::bigint and not is_deleted
    and id > (
        select coalesce(last_read_message_id, 0)
        from citusbench.room_members
        where room_id = $1::bigint and member_id = $2::bigint)
