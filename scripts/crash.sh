#!/bin/sh
# The crash promise, to be seen: a sale under way, `kill -9`, the same shoppers with the same keys, then the verdict of the
# load test and of `doorbuster verify`. First the server is killed, then PostgreSQL under a running server.
#   sh scripts/crash.sh TARGET_FOLDER [arguments of loadtest flash-sale]
# CRASH_PORT chooses the port, CRASH_AFTER when it strikes (seconds into the sale), CRASH_WITHIN for how many milliseconds the
# shoppers may find nobody to serve them. Exit status 0: both promises were kept. TARGET_FOLDER/crash-shop.log says what the
# server saw.
set -eu

target=$1
shift
folder=$(mktemp -d "${TMPDIR:-/tmp}/doorbuster-crash.XXXXXX")
# The database runs as another user than root.
chmod 755 "$folder"
data=$folder/data
mkdir -p "$target"
log=$target/crash-shop.log
export DOORBUSTER__SERVER__PORT="${CRASH_PORT:-18098}"
url=http://127.0.0.1:$DOORBUSTER__SERVER__PORT
within=${CRASH_WITHIN:-5000}
. scripts/shop.sh

shop=
sale=
finish() {
    trap - EXIT
    if [ -n "$sale" ]; then kill -INT "$sale" 2>/dev/null || true; fi
    close_shop
    rm -rf "$folder"
}
trap finish EXIT
trap 'exit 130' INT TERM

failed=0
broken() {
    echo "BROKEN: $1" >&2
    failed=1
}

# A sale that goes on for a while, from other processes than the shop.
begin_sale() {
    "$program/loadtest" flash-sale --url "$url" --key-file "$data/operator_key" --out "$target/loadtest" \
        --duration 10s --in-flight 256 --timeout 5s "$@" >"$folder/sale.log" 2>&1 &
    sale=$!
    # The first line that counts answers: by then the doors are open.
    until grep -q 'accepted/s' "$folder/sale.log"; do
        kill -0 "$sale" 2>/dev/null || { cat "$folder/sale.log" >&2; exit 2; }
        sleep 0.1
    done
    sleep "${CRASH_AFTER:-2}"
    kill -0 "$sale" 2>/dev/null || { echo 'The sale was over before the crash.' >&2; exit 2; }
}

end_sale() {
    wait "$sale" && verdict=0 || verdict=$?
    sale=
    sed -n '/ visits in /,$p' "$folder/sale.log"
    [ "$verdict" -eq 0 ] || broken "the verdict of the sale (exit status $verdict)"
    silence=$(sed -n 's/.*"longest_silence_ms": \([0-9]*\).*/\1/p' "$(grep '\.json$' "$folder/sale.log")")
    echo "the longest time in which nobody could buy: $silence ms"
    [ "${silence:-60000}" -le "$within" ] || broken "that is more than $within ms"
    # Shorter than a restart can be: then nothing was hit.
    [ "${silence:-0}" -gt 0 ] || broken 'nobody noticed the crash'
    "$program/doorbuster" verify >"$folder/verify.log" 2>&1 || { cat "$folder/verify.log" >&2; broken 'doorbuster verify'; }
    tail -n 1 "$folder/verify.log"
}

open_shop

echo '--- kill -9 of the server in the middle of a sale, and started again'
begin_sale "$@"
kill -9 "$shop"
struck=$(now_ms)
wait "$shop" 2>/dev/null || true
open_shop
echo "open again $(($(now_ms) - struck)) ms after it was killed"
end_sale

echo '--- kill -9 of PostgreSQL under the running server'
begin_sale "$@"
kill -9 "$(head -n 1 "$data/pg/postmaster.pid")"
end_sale
kill -0 "$shop" 2>/dev/null || broken 'the server died with it'

if [ "$failed" -eq 0 ]; then echo 'Nothing acknowledged was lost, nothing was sold twice.'; fi
exit "$failed"
