select nodename, nodeport, groupid = 0, isactive from pg_dist_node where noderole = 'primary' order by groupid
