#!/bin/sh
# Whether the API description is a contract: a linter, a client in TypeScript, an attacker who reads it, and every line of the
# guides, against a shop of its own. Exit status 0: it is.
#   sh scripts/contract.sh TARGET_FOLDER [lint | arguments of schemathesis run]
# `lint` looks at the description alone, and starts nothing. CONTRACT_PORT chooses the port. TARGET_FOLDER/peers has the tools
# (scripts/install-peers.sh); SHOP_PROFILE which build it is (release unless it says debug).
set -eu

target=$1
shift
peers=$target/peers
work=$target/contract
mkdir -p "$work"
"$target/${SHOP_PROFILE:-release}/doorbuster" openapi >"$work/openapi.json"

lint() {
    node contract/lint.mjs "$peers/contract" "$work/openapi.json"
}

# The client is generated each time and kept by nobody.
compile_client() {
    cp contract/purchase.ts contract/tsconfig.json contract/package.json "$work/"
    ln -sfn "$peers/contract/node_modules" "$work/node_modules"
    (cd "$work" && node_modules/.bin/openapi-typescript openapi.json -o schema.d.ts >generated.log && node_modules/.bin/tsc)
    echo 'A client is made of the API description, and a program against it compiles.'
}

lint
compile_client
[ "${1:-}" != lint ] || exit 0

data=$work/data
log=$work/shop.log
export DOORBUSTER__SERVER__PORT="${CONTRACT_PORT:-18097}"
url=http://127.0.0.1:$DOORBUSTER__SERVER__PORT
. scripts/shop.sh
# The README tries the shop as the people of the demo.
export DOORBUSTER__SALE__DEMO=true
sh scripts/reset.sh >/dev/null

shop=
finish() {
    trap - EXIT
    close_shop
}
trap finish EXIT
trap 'exit 130' INT TERM

# Every line of the guide, each part in a shell of its own behind the lines that stand before all parts; and what the README
# begins with. They speak to the shop of `make run`, in its folder.
follow_the_guide() {
    rm -rf "$work/guide"
    mkdir -p "$work/guide"
    ln -s "$data" "$work/guide/.data"
    awk -v folder="$work/guide" '
        /^## / { part = part + 1 }
        /^```$/ { inside = 0 }
        inside { print > (folder "/" (part + 0) ".sh") }
        /^```sh$/ { inside = 1 }
    ' docs/guide.md
    awk '/^```$/ { inside = 0 } inside { print } /^```sh$/ { inside = 1 }' README.md >"$work/guide/readme.sh"
    for part in "$work"/guide/[1-9].sh "$work/guide/readme.sh"; do
        case $part in
        *readme.sh) cat "$part" ;;
        *) cat "$work/guide/0.sh" "$part" ;;
        esac | sed "s#http://127.0.0.1:8080#$url#g" >"$part.whole"
        # What is refused in the middle of a pipe ends nothing, but says so.
        if ! (cd "$work/guide" && sh -eux "$part.whole" >"$part.log" 2>&1) ||
            grep -v '^curl: (28)' "$part.log" | grep -q '^curl: ('; then
            echo "The guide does not hold: the last lines of $part.log" >&2
            tail -n 8 "$part.log" >&2
            exit 1
        fi
    done
    echo 'Every line of the guide holds.'
}

# An access token of somebody of the demo.
signed_in() {
    who=$(sed -n "s/^$1 \(.*\) \(.*\)/{\"email\":\"\1\",\"password\":\"\2\"}/p" "$data/demo_accounts")
    curl -sf "$api/auth/login" -H 'Content-Type: application/json' -d "$who" | sed 's/.*"access_token":"\([^"]*\)".*/\1/'
}

# Whom the attacker comes as: a guest, a machine with a key of its own, an admin and a seller. OWN: their ids, which it leaves
# alone (contract/hooks.py).
arm_the_attacker() {
    api=$url/api/v1
    GUEST=$(curl -sf -X POST "$api/session" | sed 's/.*"token":"\([^"]*\)".*/\1/')
    KEY=$("$program/doorbuster" key create --name attacker)
    ACCOUNT=$(signed_in admin)
    SELLER=$(signed_in seller)
    # The server hears of the key a moment later.
    keys=$(curl -sf --retry 20 --retry-delay 1 --retry-all-errors "$api/admin/keys" -H "Authorization: Bearer $KEY")
    users=$(curl -sf "$api/admin/users" -H "Authorization: Bearer $KEY")
    # It has just been made: no other of that name is there, and nobody but the demo's people.
    OWN=$(printf '%s %s' "$keys" "$users" | grep -o '"id":"[a-z0-9_]*"\(,"name":"attacker"\)\?' | grep 'attacker\|acct_' | grep -o '[a-z]*_[0-9a-f]*')
    # shellcheck disable=SC2086
    set -- $OWN
    [ $# -eq 3 ] || { echo "The attacker does not know what is its own: $OWN" >&2; exit 1; }
    export GUEST KEY ACCOUNT SELLER OWN
}

attack() {
    arm_the_attacker
    node contract/one-way-in.mjs "$work/openapi.json" >"$work/attacked.json"
    "$peers/schemathesis/bin/schemathesis" --config-file contract/schemathesis.toml run "$work/attacked.json" --url "$url" "$@"
    # Whoever has locked themselves out has seen nothing but that.
    for way_in in "key admin/brands $KEY" "session orders $ACCOUNT" "seller seller/products $SELLER"; do
        # shellcheck disable=SC2086
        set -- $way_in
        said=$(curl -s "$api/$2" -H "Authorization: Bearer $3" -w ' %{http_code}')
        case $said in
        *' 200') continue ;;
        esac
        echo "The attacker has lost its $1, and nothing behind it was looked at: $said" >&2
        exit 1
    done
}

"$program/doorbuster" seed
open_shop
# A new shop has to build its index first.
curl -sf --retry 60 --retry-delay 1 --retry-all-errors "$url/readyz" >/dev/null

node "$work/purchase.js" "$url"
follow_the_guide

sh scripts/install-schemathesis.sh "$peers/schemathesis" && installed=0 || installed=$?
case $installed in
0) attack "$@" ;;
3) ;;
*) exit "$installed" ;;
esac
