insert into citusbench.vehicle_locations (id, vehicle_id, location, recorded_at, region_code)
values
    ($1::int8, $4::int4, $5::geometry, $2::timestamptz, $3::text),
    ($1::int8 + 1, $6::int4, $7::geometry, $2::timestamptz, $3::text),
    ($1::int8 + 2, $8::int4, $9::geometry, $2::timestamptz, $3::text),
    ($1::int8 + 3, $10::int4, $11::geometry, $2::timestamptz, $3::text),
    ($1::int8 + 4, $12::int4, $13::geometry, $2::timestamptz, $3::text),
    ($1::int8 + 5, $14::int4, $15::geometry, $2::timestamptz, $3::text),
    ($1::int8 + 6, $16::int4, $17::geometry, $2::timestamptz, $3::text),
    ($1::int8 + 7, $18::int4, $19::geometry, $2::timestamptz, $3::text),
    ($1::int8 + 8, $20::int4, $21::geometry, $2::timestamptz, $3::text),
    ($1::int8 + 9, $22::int4, $23::geometry, $2::timestamptz, $3::text)
