update citusbench.messages
set text = $3::text
where room_id = $1::bigint and id = $2::bigint
