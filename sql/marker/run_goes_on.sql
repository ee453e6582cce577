update citusbench.runs set seen_at = clock_timestamp() where run = $1::bigint and client = $2
