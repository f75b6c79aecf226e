#!/usr/bin/env bash
# survey.sh [HOSTS...] -- recordings of so many hosts, judged without a network: lines a second, and memory
#
# KIND is survey (like the Web) or hard (any of 120 roots may do); see mkrecording.c.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=tests/lib.sh
. tests/lib.sh
set -e

counts=("${@:-1000}")

measure() { # NAME COMMAND... -> wall, hosts a second, CPU, peak memory, and what was said
    local name=$1 wall user sys peak
    shift
    /usr/bin/time -f '%e %U %S %M' -o "$work/time" "$@" >/dev/null 2>"$work/err" || echo "FAILED: $name: $(head -n 1 "$work/err")"
    read -r wall user sys peak < <(tail -n 1 "$work/time")
    awk -v n="$name" -v c="$count" -v w="$wall" -v u="$user" -v s="$sys" -v m="$peak" \
        -v said="$(sed -n 's/^caembed: warning: --fewest: .* smaller by at most \([0-9]*\) .*/gap \1/p' "$work/err")" \
        'BEGIN { printf "| %s | %d | %.2f | %.0f | %.2f | %.1f | %s |\n", n, c, w, c / w, u + s, m / 1024, said }'
}

echo "| command | hosts | wall, s | hosts/s | CPU, s | peak memory, MB | |"
echo "|---|---|---|---|---|---|---|"
for count in "${counts[@]}"; do
    for kind in ${KINDS:-survey hard}; do
        "$bin/bench/mkrecording" "$kind" "$count" "$work/roots.pem" "$work/recording"
        replay=("$bin/caembed" --ca-file "$work/roots.pem" --replay "$work/recording")
        measure "$kind: --replay -o" "${replay[@]}" -o "$work/ca.h"
        measure "$kind: --replay --fewest -o" "${replay[@]}" --fewest -o "$work/ca.h"
        measure "$kind: --replay --summary" "${replay[@]}" --summary
        measure "$kind: --replay --json --unordered" "${replay[@]}" --json --unordered
    done
done
