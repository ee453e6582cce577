update citusbench.room_members
set last_read_message_id = $3::bigint
where room_id = $1::bigint and member_id = $2::bigint
