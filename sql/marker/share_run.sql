insert into citusbench.shared_runs values ($1::bigint, $2::bigint, $3::bigint)
