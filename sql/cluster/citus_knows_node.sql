select 1 from pg_dist_node where nodename = :host and nodeport = :port
