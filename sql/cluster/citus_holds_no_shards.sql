select citus_set_node_property(:host, :port, 'shouldhaveshards', false)
