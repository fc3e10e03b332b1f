#!/bin/sh
# Installs the PostgreSQL server programs if none are here. Nothing is started and no cluster is made: Doorbuster runs
# its own.
set -eu

OLDEST=15

# The same places as in engine/src/postgres/embedded/programs.rs.
found() {
    for folder in ${PG_BIN:-$(echo "$PATH" | tr ':' '\n') /usr/lib/postgresql/*/bin /usr/pgsql-*/bin \
        /opt/homebrew/opt/postgresql*/bin /usr/local/opt/postgresql*/bin \
        /Applications/Postgres.app/Contents/Versions/*/bin}; do
        [ -x "$folder/initdb" ] && [ -x "$folder/postgres" ] || continue
        version=$("$folder/postgres" --version | sed 's/^[^0-9]*\([0-9]*\).*/\1/')
        [ "$version" -ge "$OLDEST" ] && return 0
    done
    return 1
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        echo "This needs root, and there is no sudo: $*" >&2
        exit 1
    fi
}

# The Debian package makes and starts a cluster of its own unless told not to.
with_apt() {
    quiet=/etc/postgresql-common/createcluster.d/doorbuster.conf
    as_root mkdir -p "$(dirname "$quiet")"
    echo 'create_main_cluster = false' | as_root tee "$quiet" >/dev/null
    as_root env DEBIAN_FRONTEND=noninteractive apt-get update -q
    installed=0
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends postgresql || installed=$?
    # Whoever installs another version later gets what they expect.
    as_root rm -f "$quiet"
    return "$installed"
}

if found; then
    exit 0
fi
if [ -n "${PG_BIN:-}" ]; then
    echo "PG_BIN is $PG_BIN, but initdb and postgres of version $OLDEST or newer are not there." >&2
    exit 1
fi
echo 'Installing the PostgreSQL server programs.'
if command -v apt-get >/dev/null; then
    with_apt
elif command -v brew >/dev/null; then
    brew install postgresql@17
else
    echo "Please install PostgreSQL $OLDEST or newer (the server: initdb and postgres) with this system's package manager," >&2
    echo 'or say where its programs are: PG_BIN=/folder make ...' >&2
    exit 1
fi
if ! found; then
    echo "The package manager's PostgreSQL is older than $OLDEST. Please install a newer one: https://www.postgresql.org/download/" >&2
    exit 1
fi
