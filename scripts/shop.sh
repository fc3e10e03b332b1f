# Sourced: a shop of its own, over a PostgreSQL of its own, for scripts that measure or break one.
# Needs $target (where release/ is), $data (its folder), $log. SHOP_PROFILE=debug tries an unoptimized build.

: >"$log"
program=$target/${SHOP_PROFILE:-release}
# Never the user's own database, nor its keys: what is broken and filled here is made here. Nor anything that a shop speaks
# to others with: it is attacked with addresses and numbers that may be somebody's, and must send them nothing. Names of
# settings may be in either case.
unset DOORBUSTER_ENV DOORBUSTER_CONFIG_DIR
for name in $(awk 'BEGIN {
    ours = "^doorbuster__(database__url|security__(admin_key|token_secrets?(_previous)?)|(mail|sms|redis|identity)__[a-z0-9_]+|search__embeddings_[a-z0-9_]+)$"
    for (name in ENVIRON) if (tolower(name) ~ ours) print name
}'); do
    unset "$name"
done
export DOORBUSTER__DATABASE__DATA_DIR="$data"
export DOORBUSTER__SALE__DEMO=false

# Starts the shop and waits until it says that it is open: until then the database may come and go, and the port may be
# another shop's. Answers in $shop.
open_shop() {
    opened=$(times_open)
    "$program/doorbuster" serve >>"$log" 2>&1 &
    shop=$!
    tries=0
    until [ "$(times_open)" -gt "$opened" ]; do
        tries=$((tries + 1))
        if [ "$tries" -gt 2400 ] || ! kill -0 "$shop" 2>/dev/null; then
            echo "The shop did not start:" >&2
            tail -n 20 "$log" >&2
            exit 2
        fi
        sleep 0.05
    done
}

times_open() {
    grep -c '^Doorbuster is open' "$log" || true
}

# Ends what was started, whatever state it is in, and removes the folder.
close_shop() {
    kill -INT "$shop" 2>/dev/null || true
    wait "$shop" 2>/dev/null || true
    sh scripts/reset.sh >/dev/null
}

# Milliseconds since 1970: BSD's date has no %N, perl is wherever git is.
now_ms() {
    case $(date +%N) in
    *N*) perl -MTime::HiRes=time -e 'printf "%d\n", time * 1000' ;;
    *) echo $(($(date +%s%N) / 1000000)) ;;
    esac
}
