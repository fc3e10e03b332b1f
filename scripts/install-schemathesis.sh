#!/bin/sh
# Installs Schemathesis, which attacks the API from its own description, into FOLDER, in the version that is written down.
#   sh scripts/install-schemathesis.sh FOLDER
# Exit status 3: there is no Python that could run it.
set -eu

folder=$1
wanted=contract/requirements.txt
cmp -s "$wanted" "$folder/installed-from" && exit 0

python=
for candidate in "${PYTHON:-}" python3 python3.13 python3.12 python3.11 python3.10; do
    [ -n "$candidate" ] && command -v "$candidate" >/dev/null || continue
    if "$candidate" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))' 2>/dev/null; then
        python=$candidate
        break
    fi
done
if [ -z "$python" ]; then
    echo 'Python 3.10 or newer, with venv, is not here: the API is not attacked from its description.' >&2
    exit 3
fi
echo 'Installing Schemathesis.'
rm -rf "$folder"
"$python" -m venv "$folder"
"$folder/bin/pip" install --quiet --disable-pip-version-check --requirement "$wanted"
cat "$wanted" >"$folder/installed-from"
