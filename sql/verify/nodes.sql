select nodename, nodeport, isactive from pg_dist_node where noderole = 'primary' order by nodeid
