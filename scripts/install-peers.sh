#!/bin/sh
# Installs what the tests talk to as a shop does: servers and tools that others wrote, if they are missing.
#   sh scripts/install-peers.sh FOLDER      FOLDER: where packages go that have no place in the system
set -eu
. scripts/python.sh

folder=$1
mkdir -p "$folder"

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

# A program, and the Debian package that has it.
wanted=
need() {
    command -v "$1" >/dev/null || wanted="$wanted $2"
}

need redis-server redis-server
need node nodejs
need npm npm
# A mail server to send to. As the system's own Python sees it: the tests ask that one first.
/usr/bin/python3 -c 'import aiosmtpd' 2>/dev/null || python3 -c 'import aiosmtpd' 2>/dev/null || wanted="$wanted python3-aiosmtpd"
# An environment of Python's own, for the attacker of the API.
able_python >/dev/null || python3 -c 'import venv, ensurepip' 2>/dev/null || wanted="$wanted python3-venv"

if [ -n "$wanted" ]; then
    if ! command -v apt-get >/dev/null; then
        echo "Please install with this system's package manager:$wanted" >&2
        exit 1
    fi
    echo "Installing$wanted."
    as_root env DEBIAN_FRONTEND=noninteractive apt-get update -q
    # shellcheck disable=SC2086
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $wanted
fi

# A provider of OpenID Connect to sign in with: one that Node.js 18 runs.
provider=8.8.1
if ! grep -q "\"version\": \"$provider\"" "$folder/node_modules/oidc-provider/package.json" 2>/dev/null; then
    echo "Installing oidc-provider $provider."
    npm install --prefix "$folder" --silent --no-audit --no-fund --no-save --no-package-lock "oidc-provider@$provider"
fi

# In the versions that are written down, and anew when others are.
install_client_tools() {
    place=$folder/contract
    cmp -s contract/package-lock.json "$place/installed-from" && return
    echo 'Installing what reads the API description: a linter, a client generator, TypeScript.'
    rm -rf "$place"
    mkdir -p "$place"
    cp contract/package.json contract/package-lock.json "$place/"
    (cd "$place" && npm ci --silent --no-audit --no-fund --no-update-notifier --ignore-scripts)
    cp contract/package-lock.json "$place/installed-from"
}

install_client_tools
