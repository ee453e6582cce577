insert into citusbench.messages
    (room_id, id, sender_id, message_type, text, status, is_deleted, parent_message_id, created_at)
values ($1::bigint, $2::bigint, $3::bigint, 0, $4::text, 0, false, null, $5::timestamptz)
