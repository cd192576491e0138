#!/bin/sh
# Plants one mistake after the other into the checker and the gate, and runs the tests that hold it: each one must be caught.
# `tests/planted.sh 101 114` plants those from 101 to 114. Not part of CI: the tests are built once with the features `planted`, then
# run once per mistake. CARGO may name another cargo.
set -eu
cd "$(dirname "$0")/.."
cargo=${CARGO:-cargo}
# The model finds nearly all of its mistakes within the first thousand cases, and the rarest within some thousands.
export AGENTPASS_CASES="${AGENTPASS_CASES:-8000}"
from=${1:-1}
to=${2:-999}

numbers=$(
    grep -rhoE 'planted\([0-9]+\)' compiler/src runtime/src --include='*.rs' | tr -dc '0-9\n' | sort -nu |
        awk -v from="$from" -v to="$to" '$1 >= from && $1 <= to'
)
[ -n "$numbers" ] || { echo "no mistake from $from to $to" && exit 1; }

# Which tests hold a number: those of the checker, the chapters of the rules of the semantics, the model of the memory,
# the laws of decisions.
group() {
    if [ "$1" -lt 100 ]; then
        echo checker
    elif [ "$1" -lt 200 ]; then
        echo rules
    elif [ "$1" -lt 300 ]; then
        echo memory
    else
        echo laws
    fi
}
# What cargo is told of a group, and the folder in which its tests run.
arguments() {
    both="--features agentpass-compiler/planted,agentpass-runtime/planted"
    case $1 in
        checker) echo "-p agentpass-tests $both --test error_pages --test spec --test mistakes" ;;
        rules) echo "-p agentpass-tests $both --test decisions --test spec" ;;
        memory) echo "-p agentpass-model --features agentpass-runtime/planted --test agree" ;;
        laws) echo "-p agentpass-tests $both --test laws" ;;
    esac
}
folder() {
    case $1 in
        memory) echo tests/model ;;
        *) echo tests ;;
    esac
}
# The tests of a group that a single mistake need not run again: they are slow, or about something else.
skipped="--skip terminal --skip every_word"

built=""
missed=0
count=0
for number in $numbers; do
    group=$(group "$number")
    if [ "$group" != "$built" ]; then
        # shellcheck disable=SC2046,SC2086 # several words
        "$cargo" test -q $(arguments "$group") -- $skipped >/dev/null
        # shellcheck disable=SC2046
        binaries=$(
            "$cargo" test $(arguments "$group") --no-run 2>&1 | sed -n 's/.*Executable .*(\(.*\))$/\1/p'
        )
        built=$group
    fi
    by=""
    for binary in $binaries; do
        # Cargo names what it built from here, unless it builds elsewhere.
        case $binary in
            /*) path=$binary ;;
            *) path=$PWD/$binary ;;
        esac
        # shellcheck disable=SC2086
        (cd "$(folder "$group")" && AGENTPASS_PLANTED=$number INSTA_UPDATE=no "$path" -q $skipped >/dev/null 2>&1) ||
            by="$by $(basename "$binary" | sed 's/-[0-9a-f]*$//')"
    done
    count=$((count + 1))
    if [ -n "$by" ]; then
        echo "$number caught by$by"
    else
        echo "$number MISSED"
        missed=$((missed + 1))
    fi
done
echo "$missed of $count missed"
[ "$missed" -eq 0 ]
