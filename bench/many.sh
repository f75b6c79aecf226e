#!/usr/bin/env bash
# many.sh [HOSTS...] -- many hosts in one run of caembed, against xargs with openssl s_client and with curl,
# and against the bare handshake rate of openssl s_time, on the same loopback server in the same run
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=tests/lib.sh
. tests/lib.sh
set -e

counts=("${@:-2000}")
"$bin/tests/mkpki" "$work"
cat "$work/leaf.pem" "$work/int.pem" >"$work/chain.pem"
ports=()
first=$((20000 + RANDOM % 5000))
for i in $(seq 200); do ports+=("$((first + i))"); done
{
    echo "worker_processes 1; error_log $work/error.log crit; pid $work/nginx.pid;"
    echo "events { worker_connections 4096; }"
    echo "http { access_log off; ssl_session_cache off; ssl_session_tickets off; server {"
    for port in "${ports[@]}"; do echo "listen 127.0.0.1:$port ssl;"; done
    echo "ssl_certificate $work/chain.pem; ssl_certificate_key $work/leaf.key; return 200; } }"
} >"$work/nginx.conf"
ulimit -n 8192
start "$work/server.log" "$(command -v nginx || echo /usr/sbin/nginx)" -c "$work/nginx.conf" -g 'daemon off;'
wait_for_port "${ports[0]}"

list() { # N hosts over the ports
    local i
    for i in $(seq "$1"); do echo "localhost:${ports[$((i % ${#ports[@]}))]}"; done
}

measure() { # NAME COMMAND -> wall, CPU and peak memory; of xargs the memory is its largest child's
    /usr/bin/time -f '%e %U %S %M' -o "$work/time" timeout 300 bash -c "$2" >/dev/null 2>&1 || true
    read -r wall user sys peak < <(tail -n 1 "$work/time")
    awk -v n="$1" -v w="$wall" -v u="$user" -v s="$sys" -v m="$peak" -v base="${base:-$wall}" \
        'BEGIN { printf "| %s | %.2f | %.2f | %.2f | %.1f |\n", n, w, w / base, u + s, m / 1024 }'
}

rate() { # handshakes a second of openssl s_time, in three seconds
    openssl s_time -connect "localhost:${ports[0]}" -new -time 3 2>/dev/null |
        sed -nE 's/^([0-9]+) connections in ([0-9]+) real seconds.*/\1 \2/p' | awk '{ print $1 / $2 }'
}

for count in "${counts[@]}"; do
    list "$count" >"$work/hosts"
    base=
    echo "$count hosts:"
    echo "| command | wall, s | to caembed | CPU, s | peak memory, MB |"
    echo "|---|---|---|---|---|"
    line=$(measure "caembed --from" "$bin/caembed -q -t ${TARGET:-mbed-os} --ca-file $work/root.pem --from $work/hosts")
    echo "$line"
    base=$(awk -F'|' '{ print $3 + 0 }' <<<"$line")
    if [ "$count" -le 5000 ]; then
        measure "xargs -P 8 openssl s_client -showcerts" \
            "xargs -P 8 -I{} sh -c 'openssl s_client -connect {} -servername localhost -showcerts </dev/null' <$work/hosts"
        measure "xargs -P 8 curl -skI" "xargs -P 8 -I{} curl -skI https://{}/ <$work/hosts"
    fi
    awk -v n="$count" -v r="$(rate)" -v b="$base" \
        'BEGIN { printf "| openssl s_time -new, the time for as many | %.2f | %.2f | | |\n", n / r, n / r / b }'
done
