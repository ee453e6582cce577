update citusbench.runs set ended = true where run = $1::bigint and client = $2
