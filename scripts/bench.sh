#!/bin/sh
# A shop of its own, over a PostgreSQL of its own, for `loadtest bench`, `overload`, `hostile`, `auth`, `logins` or `search`; both are gone afterwards.
#   sh scripts/bench.sh TARGET_FOLDER bench|overload|hostile|auth|logins|search [arguments of it]; BENCH_PORT chooses the port
set -eu

target=$1
what=$2
shift 2
mkdir -p "$target"
data=$target/bench-data
log=$target/bench-shop.log
export DOORBUSTER__SERVER__PORT="${BENCH_PORT:-18099}"
# So many waiting shoppers as the limit of open files lets in.
export DOORBUSTER__SERVER__CONNECTIONS_MAX=100000
export DOORBUSTER__SERVER__KEEP_ALIVE_S=600
ulimit -n "$(ulimit -H -n)" 2>/dev/null || true
# Those who mean harm are limited as anywhere, and come from other addresses than the honest, who all come from one here.
if [ "$what" = hostile ]; then
    export DOORBUSTER__LIMITS__EXEMPT=127.0.0.1
fi
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
case $what in
bench) set -- --server-pid "$shop" --database-url "postgres://doorbuster@localhost/doorbuster?host=$socket" "$@" ;;
overload) set -- --server-pid "$shop" "$@" ;;
esac
"$program/loadtest" "$what" --wait 30s --url "http://127.0.0.1:$DOORBUSTER__SERVER__PORT" --key-file "$data/operator_key" \
    --out "$target/loadtest" "$@"
