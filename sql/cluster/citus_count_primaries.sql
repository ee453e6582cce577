select count(*) from pg_dist_node where noderole = 'primary' and isactive
