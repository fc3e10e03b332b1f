#!/bin/sh
# A shop of its own, over a PostgreSQL of its own, for `loadtest bench`; both are gone afterwards.
#   sh scripts/bench.sh TARGET_FOLDER [arguments of loadtest bench]; BENCH_PORT chooses the port
set -eu

target=$1
shift
mkdir -p "$target"
data=$target/bench-data
log=$target/bench-shop.log
export DOORBUSTER__SERVER__PORT="${BENCH_PORT:-18099}"
# So many waiting shoppers as the limit of open files lets in.
export DOORBUSTER__SERVER__CONNECTIONS_MAX=100000
export DOORBUSTER__SERVER__KEEP_ALIVE_S=600
ulimit -n "$(ulimit -H -n)" 2>/dev/null || true
. scripts/shop.sh
sh scripts/reset.sh >/dev/null

shop=
finish() {
    trap - EXIT
    close_shop
}
trap finish EXIT
# Ctrl-C reaches the bench as well, which ends in order; then this script goes on to the end.
trap : INT TERM

open_shop
socket=$(sed -n 5p "$data/pg/postmaster.pid")
"$program/loadtest" bench --url "http://127.0.0.1:$DOORBUSTER__SERVER__PORT" --server-pid "$shop" \
    --admin-key-file "$data/admin_key" --database-url "postgres://doorbuster@localhost/doorbuster?host=$socket" \
    --out "$target/loadtest" "$@"
