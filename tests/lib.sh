# shellcheck shell=bash
# lib.sh -- sourced by the end-to-end tests: claims, free ports, servers that die with the test
#
#   claim NAME COMMAND...      one test: passes if COMMAND exits 0
#   skip NAME REASON           one test that can't run on this machine: counted, and printed
#   start LOG COMMAND...       a server in the background, stopped by pid when the script ends
#   start_names COUNT          nginx for h1.localhost, h2.localhost, ..., with the certificates of mkpki in $work; sets
#                              $names, its port
#   tls_server NAME "LEAF OTHER..." OPTION...  openssl s_server that sends these rows of the PKI; sets $port
#   make_cert NAME SUBJECT [EXTENSION]  NAME.pem and NAME.key, valid from now on, by the root, which is made first
#   wait_for_port PORT [::1]   until something listens there on loopback (10 s at most)
#   embed OPTION... HOST...    caembed, quiet, at a fixed time
#   chain ROW...               the PEM of these rows of the PKI
#   holds FILE ROW...          FILE is a header with exactly these certificates
#   exits STATUS COMMAND...    COMMAND ends with that exit status
#   fails STATUS REGEX COMMAND...  likewise, with one error line that matches, one hint, no output
#   in_time MS COMMAND...      COMMAND succeeds before so many milliseconds are over
#   make_root GOAL...          make in the project's folder, for this build
#   $work                      a scratch folder, removed at the end; $pki, the certificates of mkpki: no blanks in
#                              their paths. $bin, where the programs are, may have some
# A script that sources this ends with `finish`.

set -uo pipefail
PATH=$PATH:/usr/sbin:/sbin # where Debian has nginx and mosquitto; not in an ordinary user's PATH
unset MAKEFLAGS MFLAGS MAKELEVEL # of the make that runs the tests
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build=${BUILD:-build}
case $build in /*) bin=$build ;; *) bin=$root/$build ;; esac
case ${TMPDIR:-} in *[[:blank:]]*) TMPDIR=/tmp ;; esac # so that tests may write lists of options with $work in them
work=$(mktemp -d "${TMPDIR:-/tmp}/caembed-test.XXXXXX")
ln -s "$bin/tests/pki" "$work/pki"
# shellcheck disable=SC2034 # for those who source this
pki=$work/pki
passed=0
failed=0
skipped=0
pids=()

# end_process PID -- ends a child of this shell, stopped or not. A shell that was stopped before it ran its command loses the first
# signal to its own handler, so that one is not enough.
end_process() {
    local tries=0
    while kill "$1" 2>/dev/null; do
        kill -CONT "$1" 2>/dev/null
        tries=$((tries + 1))
        [ "$tries" -le 100 ] || kill -KILL "$1" 2>/dev/null
        sleep 0.02
    done
    wait "$1" 2>/dev/null || true
}

cleanup() {
    local pid
    for pid in ${pids[@]+"${pids[@]}"}; do kill "$pid" 2>/dev/null; done
    for pid in ${pids[@]+"${pids[@]}"}; do end_process "$pid"; done
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

skip() {
    skipped=$((skipped + 1))
    echo "skipped $(basename "$0"): $1: $2"
}

start() {
    local log=$1
    shift
    "$@" >"$log" 2>&1 </dev/null &
    pids+=($!)
}

start_names() {
    local i server=$work/nginx
    mkdir -p "$server"
    names=$(free_port)
    for i in $(seq "$1"); do cat "$work/h$i.pem" "$work/int.pem" >"$server/h$i.pem"; done
    {
        printf 'daemon off; pid %s/pid; error_log stderr; worker_processes 1; events {}\n' "$server"
        printf 'http { access_log off;\n'
        printf '%s_temp_path %s;\n' client_body "$server/body" proxy "$server/proxy" fastcgi "$server/fastcgi" \
            uwsgi "$server/uwsgi" scgi "$server/scgi"
        for i in $(seq "$1"); do
            printf 'server { listen 127.0.0.1:%s ssl; server_name h%s.localhost; ' "$names" "$i"
            printf 'ssl_certificate %s/h%s.pem; ssl_certificate_key %s/leaf.key; }\n' "$server" "$i" "$work"
        done
        printf '}\n'
    } >"$server/nginx.conf"
    start "$work/nginx.log" nginx -e stderr -p "$server" -c "$server/nginx.conf"
    wait_for_port "$names"
}

free_port() {
    "$bin/tests/freeport"
}

at=2026-01-01T00:00:00Z

# $bin may have blanks, which make's targets can't.
make_root() { make -s -C "$root" BUILD="$build" "$@"; }

embed() { "$bin/caembed" -q --at "$at" "$@"; }

# embed_twice ARGUMENT... -- as embed, and from its recording once more: what is written and said is the same, and the status
embed_twice() {
    local status=0 again=0 own=$work/embed_twice written=() last=''
    for argument in "$@"; do
        [[ ! $last =~ ^-[om]$ ]] || written+=("$argument")
        last=$argument
    done
    rm -rf "$own"
    mkdir -p "$own/direct"
    embed --record "$own/record" "$@" >"$own/out" 2>"$own/err" || status=$?
    cat "$own/out"
    cat "$own/err" >&2
    for file in "${written[@]}"; do [ ! -e "$file" ] || cp "$file" "$own/direct"; done
    embed --replay "$own/record" "$@" >"$own/out.again" 2>"$own/err.again" || again=$?
    [ "$again" -eq "$status" ] || { echo "replayed: exit status $again, not $status"; return 99; }
    cmp "$own/out" "$own/out.again" && cmp "$own/err" "$own/err.again" || return 99
    for file in "${written[@]}"; do [ ! -e "$file" ] || cmp "$file" "$own/direct/${file##*/}" || return 99; done
    return "$status"
}

chain() {
    local row
    for row in "$@"; do cat "$pki/$row.pem"; done
}

holds() {
    local file=$1
    shift
    sed -nE 's/^    "(.*)\\n";?$/\1/p' "$file" | cmp - <(chain "$@")
}

exits() {
    local wanted=$1 got=0
    shift
    "$@" || got=$?
    [ "$got" -eq "$wanted" ] || { echo "exit status $got, not $wanted" && return 1; }
}

fails() {
    local wanted=$1 regex=$2 got=0
    shift 2
    "$@" >"$work/fails.out" 2>"$work/fails.err" || got=$?
    cat "$work/fails.out" "$work/fails.err"
    [ "$got" -eq "$wanted" ] || { echo "exit status $got, not $wanted" && return 1; }
    [ ! -s "$work/fails.out" ] || { echo "stdout is not empty" && return 1; }
    grep -qE "^caembed: error: $regex" "$work/fails.err" || { echo "no error line matches $regex" && return 1; }
    [ "$(sed -E 's/^caembed: (error|hint): .*/\1/' "$work/fails.err" | tr '\n' ' ')" = "error hint " ] ||
        { echo "not one error and one hint" && return 1; }
}

in_time() {
    local limit=$1 before=$EPOCHREALTIME took
    shift
    "$@" || return 1
    took=$((${EPOCHREALTIME/./} - ${before/./}))
    [ "$took" -lt $((limit * 1000)) ] || { echo "it took $((took / 1000)) ms" && return 1; }
}

tls_server() {
    local name=$1 rows=$2 leaf
    shift 2
    leaf=${rows%% *}
    port=$(free_port)
    # shellcheck disable=SC2086
    chain ${rows#"$leaf"} >"$work/$name.others"
    [ ! -s "$work/$name.others" ] || set -- -cert_chain "$work/$name.others" "$@"
    start "$work/$name.log" openssl s_server -accept "127.0.0.1:$port" -cert "$pki/$leaf.pem" \
        -key "$pki/$leaf.key" -quiet "$@"
    wait_for_port "$port"
}

make_cert() {
    printf '%s\n' "${3:-}" >"$1.ext"
    openssl ecparam -name prime256v1 -genkey -noout -out "$1.key"
    openssl req -new -key "$1.key" -subj "/CN=$2" -out "$1.csr"
    local signer=(-CA root.pem -CAkey root.key -CAcreateserial)
    [ "$1" = root ] && signer=(-signkey root.key)
    openssl x509 -req -in "$1.csr" -days 365 -sha256 -extfile "$1.ext" "${signer[@]}" -out "$1.pem"
}

wait_for_port() {
    for _ in $(seq 200); do
        (exec 3<>"/dev/tcp/${2:-127.0.0.1}/$1") 2>/dev/null && return 0
        sleep 0.05
    done
    echo "nothing listens on port $1" >&2
    return 1
}

# Every report of --json that the test has left in $work fits the schema.
reports_fit() {
    local reports
    mapfile -t reports < <(find "$work" -type f -exec grep -lE '^\{"host":.*,"status":' {} +)
    [ "${#reports[@]}" -eq 0 ] || claim every_line_of_a_report_fits_the_schema "$root/tests/report-schema" "${reports[@]}"
}

finish() {
    reports_fit
    echo "$(basename "$0"): $passed passed, $failed failed, $skipped skipped"
    [ "$failed" -eq 0 ] && [ $((passed + skipped)) -gt 0 ]
}
