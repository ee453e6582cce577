-- Held until the connection ends: the processes of one load prepare one after the other.
select pg_advisory_lock(7309458102)
