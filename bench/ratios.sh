#!/usr/bin/env bash
# ratios.sh SET... -- the figures of one set, into bench/figures.tsv (FIGURES=FILE); each set takes less than four minutes
#
#   one      one host with a P-256, RSA and P-384 chain; the ordinary and the release build, s_client and curl
#   many     HOSTS (2000) own leaves, 1 and 2 threads, against two `openssl s_time -new` side by side
#   delay    the same behind a relay with 100 ms of round trip
#   roots    hosts of 100 to 3,000 distinct roots
#   lengths  a straight chain of 4 to 20 certificates
#   mesh     4 to 9 CAs that have all certified each other
#
# The release build is build/release/caembed, left out if it is not there; BEFORE=CAEMBED is another build to compare with in
# one, many and delay. Commands run in turn (interleave.py).
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=tests/lib.sh
. tests/lib.sh
set -e

figures=${FIGURES:-bench/figures.tsv}
hosts=${HOSTS:-2000}
tool=${bin:?}/caembed
released=$bin/release/caembed
ports=200 # of a server with many hosts
before=${BEFORE:-}

measure() { # SET CASE SECONDS ROUNDS NAME=COMMAND...
    bench/interleave.py "$figures" "$@"
}

start_nginx() { # FIRST-PORT, with the servers of $work/servers
    {
        echo "worker_processes 1; error_log $work/error.log crit; pid $work/nginx.pid;"
        [ "$(id -u)" -ne 0 ] || echo "user root;"
        echo "events { worker_connections 4096; } http { access_log off; ssl_session_cache off; ssl_session_tickets off;"
        echo "server_names_hash_max_size 65536;"
        echo "include $work/servers; }"
    } >"${work:?}/nginx.conf"
    start "$work/server.log" nginx -c "$work/nginx.conf" -g 'daemon off;'
    wait_for_port "$1"
}

# Server i is PREFIXi.localhost on port FIRST-PORT + i % ports, with the chain FOLDER/PREFIXi.pem. All chains are read at the
# start: to read one at each connection costs a server more than the connection does.
serve_names() { # FIRST-PORT PREFIX COUNT FOLDER KEY
    for i in $(seq "$3"); do
        echo "server { listen 127.0.0.1:$(($1 + i % ports)) ssl; server_name $2$i.localhost; ssl_certificate $4/$2$i.pem;"
        echo "ssl_certificate_key $5; return 200; }"
    done >"$work/servers"
    start_nginx "$1"
}

list_names() { # FIRST-PORT PREFIX COUNT
    for i in $(seq "$3"); do echo "$2$i.localhost:$(($1 + i % ports))"; done >"$work/hosts"
}

set_one() {
    local kind port commands
    "$bin/bench/mkbench" "$work" kinds
    for kind in p256 rsa p384; do
        port=$(free_port)
        cat "$work/$kind-leaf.pem" "$work/$kind-int.pem" >"$work/$kind.pem"
        echo "server { listen 127.0.0.1:$port ssl; ssl_certificate $work/$kind.pem; ssl_certificate_key $work/$kind-leaf.key;
            return 200; }" >"$work/servers"
        start_nginx "$port"
        commands=("caembed=$tool -q --ca-file $work/$kind-root.pem localhost:$port")
        [ ! -x "$released" ] || commands+=("release build=$released -q --ca-file $work/$kind-root.pem localhost:$port")
        [ -z "$before" ] || commands+=("before=$before -q --ca-file $work/$kind-root.pem localhost:$port")
        commands+=("s_client=openssl s_client -connect localhost:$port -servername localhost -showcerts")
        commands+=("curl=curl -skI https://localhost:$port/")
        measure one "$kind" 60 "${ROUNDS:-100}" "${commands[@]}"
    done
}

own_leaves() { # FIRST-PORT -> a server of own leaves under one intermediate
    "$bin/tests/mkpki" "$work" "$hosts"
    mkdir -p "$work/own"
    for i in $(seq "$hosts"); do cat "$work/h$i.pem" "$work/int.pem" >"$work/own/h$i.pem"; done
    serve_names "$1" h "$hosts" "$work/own" "$work/leaf.key"
}

many_at() { # SET SECONDS ROUNDS FIRST-PORT TO-MEASURE-THE-RATE
    local each commands=() threads run="-q --ca-file $work/root.pem --from $work/hosts"
    list_names "$4" h "$hosts"
    for threads in 1 2; do commands+=("caembed, threads $threads=$tool --threads $threads $run"); done
    [ ! -x "$released" ] || commands+=("release build, threads 2=$released --threads 2 $run")
    [ -z "$before" ] || commands+=("before=$before $run")
    [ "$1" = many ] || return 0
    # Two clients of s_time make as many connections as there are hosts: the time is the rate's.
    cat >"$work/s_time" <<END
#!/usr/bin/env python3
import re, subprocess, sys, time
began = time.monotonic()
two = [subprocess.Popen(["openssl", "s_time", "-connect", "localhost:$4", "-new", "-time", "3"], stdout=subprocess.PIPE,
                        stderr=subprocess.DEVNULL, text=True) for _ in range(2)]
rate = 0.0
for one in two:
    count, seconds = re.search(r"^(\d+) connections in (\d+) real seconds", one.communicate()[0], re.M).groups()
    rate += int(count) / int(seconds)
print(f"{$hosts / rate:.4f}")
END
    measure "$1" "$hosts own leaves" "$2" "$3" "${commands[@]}"
    each=$(for _ in 1 2 3; do python3 "$work/s_time"; done | sort -n | sed -n 2p)
    awk -F'\t' -v OFS='\t' -v s="$1" -v c="$hosts own leaves" -v each="$each" '$1 == s && $2 == c && !base { base = $5 } { print }
        END { r = sprintf("%.4f", each / base); print s, c, "two s_time", 3, each, 0, r, r, r }' "$figures" >"$work/figures"
    cp "$work/figures" "$figures"
    tail -n 1 "$figures"
}

set_many() {
    local first=$((20000 + RANDOM % 5000))
    own_leaves "$first"
    many_at many 100 5 "$first"
}

set_delay() {
    local first=$((20000 + RANDOM % 5000))
    own_leaves "$first"
    start "$work/relay.log" bench/relay.py $((first + ports)) $ports "$first" 100
    wait_for_port $((first + ports))
    many_at delay 120 3 $((first + ports))
}

set_roots() {
    local count first=$((20000 + RANDOM % 5000)) most=3000
    "$bin/bench/mkbench" "$work" roots $most
    serve_names "$first" d $most "$work" "$work/d1.key"
    for count in 100 300 1000 3000; do
        seq "$count" | sed "s|.*|$work/r&.pem|" | xargs cat >"$work/roots-$count.pem"
        list_names "$first" d "$count"
        measure roots "$count" 25 3 "caembed=$tool -q --ca-file $work/roots-$count.pem --from $work/hosts"
    done
}

set_lengths() {
    local length i
    for length in 4 8 12 16 20; do
        "$bin/bench/mkbench" "$work" line "$length"
        for i in $(seq "$length" -1 1); do cat "$work/line-$i.pem"; done >"$work/line.pem"
        measure lengths "$length" 20 10 "caembed=$tool -q -t generic --chain $work/line.pem --ca-file $work/line-0.pem localhost"
    done
}

set_mesh() {
    local count
    for count in 4 5 6 7 8 9; do
        rm -f "$work"/mesh-*
        "$bin/bench/mkbench" "$work" mesh "$count"
        cat "$work/mesh-leaf.pem" "$work"/mesh-*-*.pem >"$work/mesh.pem"
        # From some size on the chain is refused as too costly (status 4), which is then what is timed.
        measure mesh "$count" 20 10 "caembed=sh -c '$tool -q --chain $work/mesh.pem --ca-file $work/mesh-$((count - 1)).pem localhost || [ \$? -eq 4 ]'"
    done
}

ulimit -n "$(ulimit -Hn)" 2>/dev/null || true
for which in "${@:?usage: ratios.sh one|many|delay|roots|lengths|mesh...}"; do "set_$which"; done
