#!/bin/sh
# Makes a Citus cluster of running servers, as form_cluster_citus() does of local ones; safe to run again. COORDINATOR,
# WORKERS, QUERY_NODES and Patroni's MEMBERS are HOST:PORT, separated by spaces. PATRONI_GROUPS is how many groups Patroni has.
set -eu
sql=/opt/citusbench/sql

# run HOST:PORT STATEMENT [psql option…]: a file of sql/cluster, whose :names are psql's variables.
run() {
    node=$1 file=$sql/$2.sql
    shift 2
    psql -XAtq -v ON_ERROR_STOP=1 "$@" -f "$file" \
        "host=${node%:*} port=${node##*:} user=citusbench dbname=citusbench connect_timeout=10"
}
for_node() { run "$COORDINATOR" "$1" -v host="'${2%:*}'" -v port="${2##*:}" >/dev/null; }

# Patroni registers the leaders of its groups itself, and again after each failover.
await_groups() {
    for _ in $(seq 60); do
        [ "$(run "$COORDINATOR" citus_count_primaries)" != "$PATRONI_GROUPS" ] || return 0
        sleep 1
    done
    echo "Patroni did not register the leaders of all $PATRONI_GROUPS groups within 60 s" >&2
    exit 1
}

# The extension turns TLS on with a certificate of its own.
for node in ${MEMBERS:-$COORDINATOR} $WORKERS $QUERY_NODES; do
    run "$node" reset_ssl >/dev/null
    run "$node" reload >/dev/null
done
[ -n "${MEMBERS:-}" ] || for_node citus_coordinator "$COORDINATOR"
[ -z "${PATRONI_GROUPS:-}" ] || await_groups
run "$COORDINATOR" create_extension -v extension=postgis >/dev/null
for node in $WORKERS $QUERY_NODES; do for_node citus_add_worker "$node"; done
for node in $QUERY_NODES; do for_node citus_holds_no_shards "$node"; done
[ -n "$WORKERS${PATRONI_GROUPS:-}" ] || for_node citus_holds_shards "$COORDINATOR"
none=${PATRONI_GROUPS:+those of Patroni}
echo "set up: coordinator $COORDINATOR, workers ${WORKERS:-${none:-none}}, query nodes ${QUERY_NODES:-none}"
