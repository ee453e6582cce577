-- A run that measures here now: one that renewed its row within the last half minute.
select run, client, extract(epoch from clock_timestamp() - started_at)::bigint
from citusbench.runs
where not ended and seen_at > clock_timestamp() - interval '30 s'
order by started_at
limit 1
