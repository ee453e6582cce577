select count(*) from citusbench.vehicle_locations
where id >= ($1::bigint << 43) and id < (($1::bigint + 1) << 43)
