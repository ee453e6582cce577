select citus_activate_node(:host, :port)
