#!/bin/sh
# A PostgreSQL of its own for `search-bench peers`; it is gone afterwards.
#   sh scripts/search-peers.sh PROGRAM [arguments of it]
set -eu

program=$1
shift

# The same places as in install-postgres.sh.
for folder in ${PG_BIN:-$(echo "$PATH" | tr ':' '\n') /usr/lib/postgresql/*/bin /usr/pgsql-*/bin \
    /opt/homebrew/opt/postgresql*/bin /usr/local/opt/postgresql*/bin \
    /Applications/Postgres.app/Contents/Versions/*/bin}; do
    if [ -x "$folder/initdb" ] && [ -x "$folder/pg_ctl" ]; then
        bin=$folder
        break
    fi
done
if [ -z "${bin:-}" ]; then
    echo "initdb and pg_ctl are missing: make install-postgres" >&2
    exit 1
fi

data=$(mktemp -d)
# PostgreSQL does not run as root.
if [ "$(id -u)" -eq 0 ]; then
    for user in postgres doorbuster nobody; do
        id "$user" >/dev/null 2>&1 && break
    done
    chown "$user" "$data"
    as_server() { su "$user" -s /bin/sh -c "cd $data && $*"; }
else
    as_server() { (cd "$data" && sh -c "$*"); }
fi

finish() {
    trap - EXIT
    as_server "$bin/pg_ctl -D $data/pg -m immediate stop" >/dev/null 2>&1 || true
    rm -rf "$data"
}
trap finish EXIT
trap 'exit 130' INT TERM

# Reading is measured: memory for all of it, and what is loaded need not survive the machine.
as_server "$bin/initdb -D $data/pg -U bench --auth=trust --encoding=UTF8 --locale=C --no-sync" >/dev/null
as_server "$bin/pg_ctl -D $data/pg -l $data/log -w start -o '-c listen_addresses= -c unix_socket_directories=$data \
    -c shared_buffers=2GB -c effective_cache_size=6GB -c work_mem=64MB -c maintenance_work_mem=512MB -c max_wal_size=8GB \
    -c wal_level=minimal -c max_wal_senders=0 -c fsync=off -c random_page_cost=1.1 -c jit=off'" >/dev/null

"$program" peers --postgres "postgres:///postgres?user=bench&host=$data" "$@"
