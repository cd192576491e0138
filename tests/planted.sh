#!/bin/sh
# Plants one mistake after the other into the checker and runs the tests that hold it: each one must be caught.
# Not part of CI: the tests are built once with the feature `planted`, then run once per mistake.
set -eu
cd "$(dirname "$0")/.."

tests="--test error_pages --test spec --test mistakes"
# shellcheck disable=SC2086 # several words
cargo test -q -p agentpass-tests --features agentpass-compiler/planted $tests -- --skip terminal >/dev/null

binaries=$(
    # shellcheck disable=SC2086
    cargo test -p agentpass-tests --features agentpass-compiler/planted $tests --no-run 2>&1 |
        sed -n 's/.*Executable .*(\(.*\))$/\1/p'
)
last=$(grep -rho 'planted(\([0-9]*\))' compiler/src/check | tr -dc '0-9\n' | sort -n | tail -1)
missed=0
for number in $(seq 1 "$last"); do
    by=""
    for binary in $binaries; do
        # Cargo names what it built from here, unless it builds elsewhere.
        case $binary in
            /*) path=$binary ;;
            *) path=$PWD/$binary ;;
        esac
        (cd tests && AGENTPASS_PLANTED=$number INSTA_UPDATE=no "$path" -q --skip terminal --skip every_word >/dev/null 2>&1) ||
            by="$by $(basename "$binary" | sed 's/-[0-9a-f]*$//')"
    done
    if [ -n "$by" ]; then
        echo "$number caught by$by"
    else
        echo "$number MISSED"
        missed=$((missed + 1))
    fi
done
echo "$missed of $last missed"
[ "$missed" -eq 0 ]
