# shellcheck shell=bash
# lib.sh -- sourced by the end-to-end tests: claims, free ports, servers that die with the test
#
#   claim NAME COMMAND...      one test: passes if COMMAND exits 0
#   start LOG COMMAND...       a server in the background, stopped by pid when the script ends
#   wait_for_port PORT         until something listens there on loopback (10 s at most)
#   $work                      a scratch folder, removed at the end; $bin, where the programs are;
#                              $pki, the certificates of mkpki
# A script that sources this ends with `finish`.

set -uo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
bin=${BUILD:-$root/build}
case $bin in /*) ;; *) bin=$root/$bin ;; esac
work=$(mktemp -d "${TMPDIR:-/tmp}/caembed-test.XXXXXX")
# shellcheck disable=SC2034 # for those who source this
pki=$bin/tests/pki
passed=0
failed=0
pids=()

cleanup() {
    local pid
    for pid in ${pids[@]+"${pids[@]}"}; do kill "$pid" 2>/dev/null; wait "$pid" 2>/dev/null; done
    if [ -n "${KEEP:-}" ]; then echo "kept: $work" >&2; else rm -rf "$work"; fi
}
trap cleanup EXIT
trap 'exit 130' INT TERM

claim() {
    local name=$1
    shift
    if "$@" >"$work/claim.log" 2>&1; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAILED $(basename "$0"): $name: $*"
        sed 's/^/    /' "$work/claim.log" | tail -n 40
    fi
}

start() {
    local log=$1
    shift
    "$@" >"$log" 2>&1 </dev/null &
    pids+=($!)
}

free_port() {
    "$bin/tests/freeport"
}

wait_for_port() {
    for _ in $(seq 200); do
        (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null && return 0
        sleep 0.05
    done
    echo "nothing listens on port $1" >&2
    return 1
}

finish() {
    echo "$(basename "$0"): $passed passed, $failed failed"
    [ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
}
