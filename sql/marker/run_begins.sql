insert into citusbench.runs (run, client) values ($1::bigint, $2)
