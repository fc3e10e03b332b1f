#!/bin/sh
# Removes what the embedded default keeps. Refuses while a server uses it.
set -eu

data=${DOORBUSTER__DATABASE__DATA_DIR:-.data}

alive() {
    [ -n "$1" ] && kill -0 "$1" 2>/dev/null
}

holder=$(sed -n 's/^process \([0-9]*\)$/\1/p' "$data/lock" 2>/dev/null || true)
if alive "$holder"; then
    echo "A server (process $holder) uses $data; stop it first." >&2
    exit 1
fi
# A killed server leaves PostgreSQL running, for the next one to find.
postmaster=$(head -n 1 "$data/pg/postmaster.pid" 2>/dev/null || true)
if alive "$postmaster"; then
    kill -INT "$postmaster"
    while alive "$postmaster"; do sleep 0.1; done
fi
# Out of an unprivileged user's reach it is a link to where it really is.
if [ -L "$data/pg" ]; then
    rm -rf "$(dirname "$(readlink "$data/pg")")"
fi
rm -rf "$data"
echo "Everything in $data is gone."
