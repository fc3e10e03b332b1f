#!/bin/sh
# Installs Schemathesis, which attacks the API from its own description, into FOLDER, in the version that is written down.
#   sh scripts/install-schemathesis.sh FOLDER
# Exit status 3: there is no Python here at all. One that cannot run it is an error: whoever has it meant to.
set -eu
. scripts/python.sh

folder=$1
wanted=contract/requirements.txt
[ -x "$folder/bin/schemathesis" ] && cmp -s "$wanted" "$folder/installed-from" && exit 0

if [ -z "$(pythons)" ]; then
    echo 'There is no Python here: the API was NOT attacked from its description, and nothing is known of how it would stand that.' >&2
    exit 3
fi
if ! python=$(able_python); then
    echo 'Schemathesis needs Python 3.10 or newer with venv and ensurepip (Debian: python3-venv). None of these is that:' >&2
    pythons | sed 's/^/    /' >&2
    echo 'Please install one, or say where it is: PYTHON=/path/of/python3 make ...' >&2
    exit 1
fi
echo 'Installing Schemathesis.'
rm -rf "$folder"
"$python" -m venv "$folder"
"$folder/bin/pip" install --quiet --disable-pip-version-check --requirement "$wanted"
cat "$wanted" >"$folder/installed-from"
