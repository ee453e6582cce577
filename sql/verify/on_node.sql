-- One statement on one node, sent by the coordinator: whether it succeeded, and its first value or the error.
select success, result from master_run_on_worker(array[$1::text], array[$2::int], array[$3::text], false)
