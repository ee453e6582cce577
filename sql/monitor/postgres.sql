-- The metrics of a node: metric, value.
with clients as (
    select count(*) filter (where state = 'active') as active,
        count(*) filter (where state = 'idle') as idle,
        count(*) filter (where state like 'idle in%') as idle_in_transaction,
        count(*) filter (where state = 'active' and wait_event_type <> 'Client') as waiting
    from pg_stat_activity
    where backend_type = 'client backend' and pid <> pg_backend_pid()
), prepared as (
    select count(*) as number, coalesce(max(extract(epoch from now() - prepared)), 0) as oldest_s
    from pg_prepared_xacts
), wal as (
    select case when pg_is_in_recovery() then pg_last_wal_replay_lsn() else pg_current_wal_lsn() end
        as position
), standbys as ( -- a standby that has replayed everything has no lag, however long ago that was
    select max(pg_wal_lsn_diff(wal.position, replay_lsn)) as lag_bytes,
        max(coalesce(extract(epoch from replay_lag), 0)) as lag_s
    from pg_stat_replication, wal
    union all
    select pg_wal_lsn_diff(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn()),
        case when pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() then 0
            else extract(epoch from now() - pg_last_xact_replay_timestamp()) end
    where pg_is_in_recovery()
)
select metric, value::float8
from clients, prepared, wal, pg_stat_database db,
    lateral (values ('connections_active', active::numeric), ('connections_idle', idle),
        ('connections_idle_in_transaction', idle_in_transaction), ('connections_waiting', waiting),
        ('in_doubt_transactions', number), ('in_doubt_oldest_s', oldest_s),
        ('commits', xact_commit), ('rollbacks', xact_rollback),
        ('wal_bytes', pg_wal_lsn_diff(position, '0/0'))) v (metric, value)
where db.datname = current_database()
union all
select metric, value::float8
from standbys,
    lateral (values ('replication_lag_bytes', lag_bytes), ('replication_lag_s', lag_s)) v (metric, value)
