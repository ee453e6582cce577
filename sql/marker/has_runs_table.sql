select to_regclass('citusbench.runs') is not null
