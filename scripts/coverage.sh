#!/bin/sh
# Which lines of the engine its tests run through: of each folder, of the files with the most lines missed, and of all. Exit
# status 1: fewer than the engine promises of itself. Lines of the tests themselves do not count.
#   sh scripts/coverage.sh TARGET_FOLDER [arguments of cargo test]
# What runs unless arguments say otherwise: the unit tests, the engine on a real PostgreSQL, in the simulated world as far as
# EVENTS says, and behind HTTP. LEAST is the promise, in percent. TARGET_FOLDER/coverage/lcov.info has every line.
set -eu

target=$1
shift
# What only a wrong variant runs through is not proved by it.
[ $# -gt 0 ] || set -- --lib --test engine --test simulation --test api -- --skip mutants::
export CARGO_LLVM_COV_TARGET_DIR="$target/coverage"
export EVENTS="${EVENTS:-2000000}"
lines=$CARGO_LLVM_COV_TARGET_DIR/lcov.info

# The compiler writes what only tools of its own LLVM can read: those of rustup, else those of the system.
find_tools() {
    rustc=$(rustc -vV)
    host=$(echo "$rustc" | sed -n 's/^host: //p')
    llvm=$(echo "$rustc" | sed -n 's/^LLVM version: \([0-9]*\).*/\1/p')
    for folder in "$(rustc --print sysroot)/lib/rustlib/$host/bin" "/usr/lib/llvm-$llvm/bin" "/opt/homebrew/opt/llvm@$llvm/bin" \
        "/usr/local/opt/llvm@$llvm/bin"; do
        [ -x "$folder/llvm-cov" ] && [ -x "$folder/llvm-profdata" ] || continue
        export LLVM_COV="$folder/llvm-cov" LLVM_PROFDATA="$folder/llvm-profdata"
        return 0
    done
    echo "LLVM's tools are missing: rustup component add llvm-tools, or the package llvm-$llvm of the system" >&2
    exit 2
}

find_tools
command -v cargo-llvm-cov >/dev/null || cargo install cargo-llvm-cov --locked
cargo llvm-cov test --no-report --workspace "$@"
cargo llvm-cov report --lcov --output-path "$lines"
awk -v least="${LEAST:-85}" -v sources="$PWD/engine/src/" -f scripts/coverage.awk "$lines"
