update citusbench.messages
set is_deleted = true
where room_id = $1::bigint and id = $2::bigint
