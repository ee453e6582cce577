update pg_dist_node_metadata
set metadata = jsonb_set(metadata, '{server_id}', to_jsonb(gen_random_uuid()::text))
