select citus_set_coordinator_host(:host, :port)
