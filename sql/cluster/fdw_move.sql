-- Writers and readers of the table wait until the partition is there, so that none is lost between the
-- two nodes; a transaction that holds the table delays this one for a limited time.
begin;
set local lock_timeout = '3s';
lock table only :parent in access exclusive mode;
set local lock_timeout = 0;
alter table :parent detach partition :partition;
alter foreign table :partition rename to :old_name;
create foreign table :partition partition of :parent
    for values with (modulus :shards, remainder :shard)
    server :server options (schema_name 'citusbench', table_name :remote);
insert into :partition select * from :old;
drop foreign table :old;
commit
