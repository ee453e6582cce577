select citus_disable_node(:host, :port, synchronous := true)
