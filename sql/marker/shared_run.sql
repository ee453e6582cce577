select run, run_time_us from citusbench.shared_runs where start_at_us = $1::bigint
