#!/bin/sh
# Checks over TCP whether the node works; exit code 0 if so. KIND and PORT come from compose.yml.
export PGCONNECT_TIMEOUT=2
ask() { psql -XAtq "host=127.0.0.1 port=$PORT user=citusbench dbname=citusbench" -c "$1"; }
case $KIND in
etcd) ETCDCTL_API=3 etcdctl --endpoints="http://127.0.0.1:$PORT" endpoint health ;;
# A primary that takes queries, or a standby that follows one.
patroni) [ "$(ask "select not pg_is_in_recovery() or exists (select from pg_stat_wal_receiver where status = 'streaming')")" = t ] ;;
*) [ "$(ask 'select 1')" = 1 ] ;;
esac
