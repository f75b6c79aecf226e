#!/usr/bin/env bash
# many.sh [HOSTS...] -- many hosts in one run of caembed, against xargs with openssl s_client and with curl,
# and against the bare handshake rate of openssl s_time, on the same loopback server in the same run
#
# Twice: all hosts with one name and chain, so that caembed proves it once; and each with a name and a leaf of
# its own (hN.localhost), so that it proves each.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=tests/lib.sh
. tests/lib.sh
set -e

counts=("${@:-2000}")
most=$(printf '%s\n' "${counts[@]}" | sort -n | tail -n 1)
ports_each=200
"$bin/tests/mkpki" "$work" "$most"
mkdir "$work/own"
cat "$work/leaf.pem" "$work/int.pem" | tee "$work/chain.pem" >"$work/own/.pem" # .pem: for a client that gives no name
(cd "$work" && seq -f 'h%.0f.pem' "$most" | xargs awk -v above="$(cat int.pem)" '
    FNR == 1 { out = FILENAME; sub(/pem$/, "localhost.pem", out); out = "own/" out }
    { print >out }
    /^-----END/ { print above >out; close(out) }')

first=$((20000 + RANDOM % 5000)) # the ports of the hosts with one chain, then those of the others
server() { # FIRST-PORT CERTIFICATE
    echo "server {"
    for i in $(seq 0 $((ports_each - 1))); do echo "listen 127.0.0.1:$(($1 + i)) ssl;"; done
    echo "ssl_certificate $2; ssl_certificate_key $work/leaf.key; return 200; }"
}
{
    echo "worker_processes 1; error_log $work/error.log crit; pid $work/nginx.pid;"
    [ "$(id -u)" -ne 0 ] || echo "user root;" # its worker reads the certificates as they are asked for
    echo "events { worker_connections 4096; }"
    echo "http { access_log off; ssl_session_cache off; ssl_session_tickets off;"
    server "$first" "$work/chain.pem"
    # shellcheck disable=SC2016 # nginx's variable
    server $((first + ports_each)) "$work/own/"'$ssl_server_name.pem'
    echo "}"
} >"$work/nginx.conf"
ulimit -n 8192
start "$work/server.log" nginx -c "$work/nginx.conf" -g 'daemon off;'
wait_for_port "$first"

list() { # one|own COUNT -> so many hosts over the ports
    awk -v kind="$1" -v count="$2" -v first="$first" -v ports=$ports_each 'BEGIN {
        for (i = 1; i <= count; i++)
            if (kind == "one") print "localhost:" first + i % ports
            else print "h" i ".localhost:" first + ports + i % ports }'
}

measure() { # NAME COMMAND -> wall, CPU and peak memory; of xargs the memory is its largest child's
    /usr/bin/time -f '%e %U %S %M' -o "$work/time" timeout 300 bash -c "$2" >/dev/null 2>"$work/measure.err" ||
        echo "FAILED: $1: $(head -n 1 "$work/measure.err")"
    read -r wall user sys peak < <(tail -n 1 "$work/time")
    awk -v n="$1" -v w="$wall" -v u="$user" -v s="$sys" -v m="$peak" -v base="${base:-$wall}" \
        'BEGIN { printf "| %s | %.2f | %.2f | %.2f | %.1f |\n", n, w, w / base, u + s, m / 1024 }'
}

rate() { # PORT -> handshakes a second of openssl s_time, in three seconds
    openssl s_time -connect "localhost:$1" -new -time 3 2>/dev/null |
        sed -nE 's/^([0-9]+) connections in ([0-9]+) real seconds.*/\1 \2/p' | awk '{ print $1 / $2 }'
}

compare() { # one|own COUNT
    local line base="" port
    list "$1" "$2" >"$work/hosts"
    port=$(head -n 1 "$work/hosts" | cut -d: -f2)
    echo "| command | wall, s | to caembed | CPU, s | peak memory, MB |"
    echo "|---|---|---|---|---|"
    line=$(measure "caembed --from" "$bin/caembed -q -t ${TARGET:-mbed-os} --ca-file $work/root.pem --from $work/hosts")
    echo "$line"
    base=$(awk -F'|' '{ print $3 + 0 }' <<<"$line")
    if [ "$2" -le 5000 ]; then
        measure "xargs -P 8 openssl s_client -showcerts" "xargs -P 8 -I{} sh -c 'h={}; openssl s_client \
            -connect localhost:\${h##*:} -servername \${h%%:*} -showcerts </dev/null' <$work/hosts"
        measure "xargs -P 8 curl -skI" "xargs -P 8 -I{} curl -skI https://{}/ <$work/hosts"
    fi
    awk -v n="$2" -v r="$(rate "$port")" -v b="$base" \
        'BEGIN { printf "| openssl s_time -new, the time for as many | %.2f | %.2f | | |\n\n", n / r, n / r / b }'
}

for count in "${counts[@]}"; do
    echo "$count hosts with one name and chain:" && echo && compare one "$count"
    echo "$count hosts, each with a name and a leaf of its own:" && echo && compare own "$count"
done
