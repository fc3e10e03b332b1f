#!/bin/sh
# How long histories take to check: ten million calls of one account, of a thousand, and of a thousand with the ledger. A wrong
# word about one of them, and the exit status is not 0.
#   sh scripts/history.sh TARGET_FOLDER [arguments of loadtest make-history]
set -eu

target=$1
shift
file=$target/made.history
trap 'rm -f "$file"' EXIT
for shape in '--accounts 1' '--accounts 1000' '--accounts 1000 --lines 3 --books'; do
    echo "--- $shape $*"
    # Words, not one argument.
    # shellcheck disable=SC2086
    "$target/release/loadtest" make-history "$file" $shape "$@"
    "$target/release/loadtest" check-history "$file"
done
