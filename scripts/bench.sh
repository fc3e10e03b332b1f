#!/bin/sh
# A shop of its own, over a PostgreSQL of its own, for `loadtest bench`; both are gone afterwards.
#   sh scripts/bench.sh TARGET_FOLDER [arguments of loadtest bench]; BENCH_PORT chooses the port
set -eu

target=$1
shift
export DOORBUSTER__DATABASE__DATA_DIR="$target/bench-data"
export DOORBUSTER__SERVER__PORT="${BENCH_PORT:-18099}"
export DOORBUSTER__SALE__DEMO=false
data=$DOORBUSTER__DATABASE__DATA_DIR
mkdir -p "$target"
sh scripts/reset.sh >/dev/null

"$target/release/doorbuster" serve >"$target/bench-shop.log" 2>&1 &
shop=$!
finish() {
    trap - EXIT
    kill -INT "$shop" 2>/dev/null || true
    wait "$shop" || true
    sh scripts/reset.sh >/dev/null
}
trap finish EXIT
# Ctrl-C reaches the bench as well, which ends in order; then this script goes on to the end.
trap : INT TERM

# Not before it says so: until then the database may come and go, and the port may be another shop's.
tries=0
until grep -q '^Doorbuster is open' "$target/bench-shop.log"; do
    tries=$((tries + 1))
    if [ "$tries" -gt 1200 ] || ! kill -0 "$shop" 2>/dev/null; then
        echo "The shop did not start:" >&2
        tail -n 20 "$target/bench-shop.log" >&2
        exit 1
    fi
    sleep 0.1
done
socket=$(sed -n 5p "$data/pg/postmaster.pid")

"$target/release/loadtest" bench --url "http://127.0.0.1:$DOORBUSTER__SERVER__PORT" \
    --admin-key-file "$data/admin_key" --database-url "postgres://doorbuster@localhost/doorbuster?host=$socket" \
    --out "$target/loadtest" "$@"
