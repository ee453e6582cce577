#!/bin/sh
# Makes a Citus cluster of running servers, as assemble_citus() does of local ones; safe to run again. COORDINATOR,
# WORKERS and QUERY_NODES are HOST:PORT, separated by spaces.
set -eu
sql=/opt/citusbench/sql

# run HOST:PORT STATEMENT [psql option…]: a file of sql/cluster, whose :names are psql's variables.
run() {
    node=$1 file=$sql/$2.sql
    shift 2
    psql -XAtq -v ON_ERROR_STOP=1 "$@" -f "$file" \
        "host=${node%:*} port=${node##*:} user=citusbench dbname=citusbench connect_timeout=10" >/dev/null
}
for_node() { run "$COORDINATOR" "$1" -v host="'${2%:*}'" -v port="${2##*:}"; }

# The extension turns TLS on with a certificate of its own.
for node in ${MEMBERS:-$COORDINATOR} $WORKERS $QUERY_NODES; do
    run "$node" reset_ssl
    run "$node" reload
done
# Patroni registers coordinators itself, and again after each failover.
[ -n "${MEMBERS:-}" ] || for_node citus_coordinator "$COORDINATOR"
run "$COORDINATOR" create_extension -v extension=postgis
for node in $WORKERS $QUERY_NODES; do for_node citus_add_worker "$node"; done
for node in $QUERY_NODES; do for_node citus_holds_no_shards "$node"; done
[ -n "$WORKERS" ] || for_node citus_holds_shards "$COORDINATOR"
echo "set up: coordinator $COORDINATOR, workers ${WORKERS:-none}, query nodes ${QUERY_NODES:-none}"
