select id, role, is_muted
from citusbench.room_members
where room_id = $1::bigint and member_id = $2::bigint
