create table :table (
    id bigint not null,
    vehicle_id int not null,
    location geometry(point, 4326) not null,
    recorded_at timestamptz not null,
    region_code text not null
)
-- indexes
alter table :table add primary key (region_code, id);
create index on :table using gist ((location::geography));
create index on :table using gist (location);
create index on :table (region_code, vehicle_id, recorded_at desc);
