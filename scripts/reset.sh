#!/bin/sh
# Removes what the embedded default keeps. Refuses while a server uses it.
set -eu

data=${DOORBUSTER__DATABASE__DATA_DIR:-.data}

# Whether process $1 runs the program $2. A number in a file proves nothing: by now it may be anybody's.
runs() {
    [ -n "$1" ] || return 1
    case $(ps -o comm= -p "$1" 2>/dev/null) in
    "$2" | */"$2") true ;;
    *) false ;;
    esac
}

# Whether PostgreSQL runs on $cluster: it was told the folder at its start.
runs_here() {
    runs "$1" postgres && ps -ww -o args= -p "$1" | grep -qF -- "-D $cluster "
}

holder=$(sed -n 's/^process \([0-9][0-9]*\)$/\1/p' "$data/lock" 2>/dev/null || true)
if runs "$holder" doorbuster; then
    echo "A server (process $holder) uses $data; stop it first." >&2
    exit 1
fi
# A killed server leaves PostgreSQL running, for the next one to find.
cluster=$(readlink "$data/pg" || (cd "$data/pg" && pwd -P) 2>/dev/null || true)
postmaster=$(sed -n '1s/^\([0-9][0-9]*\)$/\1/p' "$data/pg/postmaster.pid" 2>/dev/null || true)
if runs_here "$postmaster"; then
    kill -INT "$postmaster"
    while runs_here "$postmaster"; do sleep 0.1; done
fi
# Out of an unprivileged user's reach it is a link to where it really is.
if [ -L "$data/pg" ]; then
    rm -rf "$(dirname "$(readlink "$data/pg")")"
fi
rm -rf "$data"
echo "Everything in $data is gone."
