select citus_add_node(:host, :port)
