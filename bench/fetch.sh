#!/usr/bin/env bash
# fetch.sh -- wall time and peak memory of `caembed HOST` against `openssl s_client -showcerts` and `curl -skI`,
# on one loopback server in one run, as ratios; and what the bundled store adds to the start-up
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=tests/lib.sh
. tests/lib.sh
set -e

"$bin/tests/mkpki" "$work"
port=$(free_port)
cat "$work/leaf.pem" "$work/int.pem" >"$work/chain.pem"
cat >"$work/nginx.conf" <<EOF
worker_processes 1;
error_log $work/error.log;
pid $work/nginx.pid;
events { worker_connections 1024; }
http {
    access_log off;
    server {
        listen 127.0.0.1:$port ssl;
        ssl_certificate $work/chain.pem;
        ssl_certificate_key $work/leaf.key;
        return 200 "hello\\n";
    }
}
EOF
start "$work/server.log" nginx -c "$work/nginx.conf" -g 'daemon off;'
wait_for_port "$port"

caembed="$bin/caembed --ca-file $work/root.pem localhost:$port"
s_client="sh -c 'openssl s_client -connect localhost:$port -servername localhost -showcerts </dev/null'"
curl="curl -skI https://localhost:$port/"
offline="$bin/caembed --chain $work/chain.pem --ca-file $work/root.pem localhost"
offline_small="$bin/caembed --chain $work/chain.pem --store $work/root.pem localhost"

runs=${RUNS:-100}
hyperfine -N -w 5 -r "$runs" --export-csv "$work/times.csv" -i \
    "$caembed" "$s_client" "$curl" "$offline" "$offline_small" >/dev/null 2>&1

mean() { awk -F, -v n="$1" 'NR == n + 1 { print $(NF - 6) * 1000 }' "$work/times.csv"; }
peak() { # the least of ten runs, in kB
    for _ in $(seq 10); do
        eval "/usr/bin/time -f %M -o $work/peak $1" >/dev/null 2>&1 || true
        tail -n 1 "$work/peak"
    done | sort -n | head -n 1
}

row() { # name, index, command
    printf '| %s | %.1f | %.2f | %.1f | %.2f |\n' "$1" "$(mean "$2")" \
        "$(echo "$(mean "$2") $(mean 1)" | awk '{ print $1 / $2 }')" \
        "$(echo "$3" | awk '{ print $1 / 1024 }')" "$(echo "$3 $caembed_peak" | awk '{ print $1 / $2 }')"
}
caembed_peak=$(peak "$caembed")
echo "| command | wall time, ms | to caembed | peak memory, MB | to caembed |"
echo "|---|---|---|---|---|"
row "caembed HOST" 1 "$caembed_peak"
row "openssl s_client -showcerts" 2 "$(peak "$s_client")"
row "curl -skI" 3 "$(peak "$curl")"
echo
printf 'Start-up with the bundled store against a store of one root (--chain, no network): %.2f ms and %.2f ms, difference %.2f ms\n' \
    "$(mean 4)" "$(mean 5)" "$(echo "$(mean 4) $(mean 5)" | awk '{ print $1 - $2 }')"
