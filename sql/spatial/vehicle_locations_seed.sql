create table :table (
    id bigserial,
    vehicle_id int not null,
    location geometry(point, 4326) not null,
    recorded_at timestamptz not null,
    region_code text not null
)
-- indexes
create index on :table using gist (location);
create index on :table (region_code);
