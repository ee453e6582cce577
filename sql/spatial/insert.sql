insert into citusbench.vehicle_locations (id, vehicle_id, location, recorded_at, region_code)
values
    ($1::int8, $4::int4, $5::geometry, $2::timestamptz, $3::text)
