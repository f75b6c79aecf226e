#!/usr/bin/env bash
# before.sh CAEMBED [HOSTS] -- wall and CPU time of a host's fetch and judgement by another build of caembed and by this one,
# run by run in turn on the same loopback server: one host 40 times each, then HOSTS (2000) in one run, 5 times each
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=tests/lib.sh
. tests/lib.sh
set -e

before=$(realpath "${1:?usage: before.sh CAEMBED [HOSTS]}")
hosts=${2:-2000}
"$bin/tests/mkpki" "$work"
cat "$work/leaf.pem" "$work/int.pem" >"$work/chain.pem"
first=$((25000 + RANDOM % 4000))
{
    echo "worker_processes 1; error_log $work/error.log crit; pid $work/nginx.pid; events { worker_connections 4096; }"
    echo "http { access_log off; ssl_session_cache off; ssl_session_tickets off; server {"
    for i in $(seq 0 199); do echo "listen 127.0.0.1:$((first + i)) ssl;"; done
    echo "ssl_certificate $work/chain.pem; ssl_certificate_key $work/leaf.key; return 200; } }"
} >"$work/nginx.conf"
ulimit -n 8192
PATH=$PATH:/usr/sbin
start "$work/server.log" nginx -c "$work/nginx.conf" -g 'daemon off;'
wait_for_port "$first"
for i in $(seq "$hosts"); do echo "localhost:$((first + i % 200))"; done >"$work/hosts"

measure() { # FILE COMMAND... -> adds a line: wall and CPU in seconds
    local file=$1
    shift
    /usr/bin/time -a -o "$file" -f '%e %U %S' "$@" >/dev/null
}
cpu_of() { # FILE COMMAND... -> the mean CPU of 10 runs in a row, since the clock of one is coarse
    local file=$1
    shift
    # shellcheck disable=SC2016
    /usr/bin/time -a -o "$file" -f '%e %U %S' bash -c 'for _ in 1 2 3 4 5 6 7 8 9 10; do "$@"; done' - "$@" >/dev/null
}
for _ in $(seq 8); do
    cpu_of "$work/before.one" "$before" -q --ca-file "$work/root.pem" "localhost:$first"
    cpu_of "$work/after.one" "$bin/caembed" -q --ca-file "$work/root.pem" "localhost:$first"
done
for _ in $(seq 5); do
    measure "$work/before.many" "$before" -q --ca-file "$work/root.pem" --from "$work/hosts"
    measure "$work/after.many" "$bin/caembed" -q --ca-file "$work/root.pem" --from "$work/hosts"
done

median() { # FILE EXPRESSION DIVISOR -> in milliseconds
    awk -v d="$3" "{ print 1000 * ($2) / d }" "$1" | sort -n | awk '{ at[NR] = $1 } END { printf "%.3f", at[int((NR + 1) / 2)] }'
}
# shellcheck disable=SC2016 # awk's
row() { # NAME FILE DIVISOR
    echo "| $1 | $(median "$2" '$1' "$3") | $(median "$2" '$2 + $3' "$3") |"
}
echo "| a host, ms | wall | CPU |"
echo "|---|---|---|"
row "one host, before" "$work/before.one" 10
row "one host, after" "$work/after.one" 10
row "one of $hosts, before" "$work/before.many" "$hosts"
row "one of $hosts, after" "$work/after.many" "$hosts"
