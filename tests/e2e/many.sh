#!/usr/bin/env bash
# many.sh -- many hosts side by side: those that stall, refuse or reset hold up nobody, the order stays
cd "$(dirname "$0")" || exit 1
# shellcheck source=../lib.sh
. ../lib.sh

"$bin/tests/mkpki" "$work"
good=$(free_port)
start "$work/good.log" openssl s_server -accept "127.0.0.1:$good" -cert "$work/leaf.pem" -key "$work/leaf.key" \
    -cert_chain "$work/int.pem" -quiet
second=$(free_port)
start "$work/second.log" openssl s_server -accept "127.0.0.1:$second" -cert "$work/second-leaf.pem" \
    -key "$work/second-leaf.key" -quiet
stalled=$(free_port)
start "$work/stalled.log" "$bin/tests/miniserver" stall "$stalled"
for p in "$good" "$second" "$stalled"; do wait_for_port "$p" || exit 1; done
refused=$(free_port)
cat "$work/root.pem" "$work/second.pem" >"$work/ca.pem"

caembed() { timeout 60 "$bin/caembed" --ca-file "$work/ca.pem" "$@"; }

stalled_among_others() { # twenty that stall, each for a second, take not much more than one
    local began=$SECONDS
    for _ in $(seq 20); do echo "localhost:$stalled"; done >"$work/stalled"
    { cat "$work/stalled"; echo "localhost:$good"; } >"$work/hosts"
    caembed --connect-timeout 1 --max-time 2 --json --from "$work/hosts" >"$work/report" 2>/dev/null
    [ $((SECONDS - began)) -le 8 ] && [ "$(grep -c '"status":"timeout"' "$work/report")" -eq 20 ] &&
        tail -n 1 "$work/report" | grep '"status":"ok"'
}

order_is_kept() {
    caembed --connect-timeout 1 --max-time 2 --json "localhost:$stalled" "localhost:$good" "localhost:$refused" \
        "localhost:$second" >"$work/report" 2>/dev/null
    [ "$(sed -E 's/.*"port":([0-9]+).*/\1/' "$work/report" | tr '\n' ' ')" = "$stalled $good $refused $second " ]
}

failure_writes_nothing() {
    caembed -o "$work/none.h" "localhost:$good" "localhost:$refused" 2>/dev/null
    [ $? -eq 2 ] && [ ! -e "$work/none.h" ]
}

same_bytes_whatever_the_jobs() {
    for _ in $(seq 30); do echo "localhost:$good"; echo "127.0.0.1:$second # by address"; done >"$work/hosts"
    caembed -q --servername localhost --jobs 1 --from "$work/hosts" >"$work/one.h" &&
        caembed -q --servername localhost --jobs 50 --from "$work/hosts" >"$work/fifty.h" &&
        cmp "$work/one.h" "$work/fifty.h" && [ "$(grep -c BEGIN "$work/one.h")" -eq 2 ]
}

retry_reaches_a_server_that_comes_late() {
    local late pid
    late=$(free_port)
    (sleep 2; exec openssl s_server -accept "127.0.0.1:$late" -cert "$work/leaf.pem" -key "$work/leaf.key" \
        -cert_chain "$work/int.pem" -quiet) >/dev/null 2>&1 &
    pid=$!
    pids+=("$pid")
    caembed --retry 4 -o "$work/late.h" "localhost:$late"
}

check_of_two() {
    caembed -o "$work/two.h" "localhost:$good" "localhost:$second" &&
        caembed --check -o "$work/two.h" "localhost:$good" "localhost:$second" >"$work/out" &&
        [ "$(grep -c current "$work/out")" -eq 2 ]
}

check_with_one_down() {
    caembed --check -o "$work/two.h" "localhost:$refused" "localhost:$second" >"$work/out" 2>"$work/err"
    [ $? -eq 2 ] && grep -q "localhost:$second: current" "$work/out" && grep -q "localhost:$refused: could not" "$work/err"
}

# One server's path ends at a root that another server's cross-certificate leads to as well.
crossed=$(free_port)
cat "$work/int.pem" "$work/cross.pem" >"$work/int-cross.pem"
start "$work/crossed.log" openssl s_server -accept "127.0.0.1:$crossed" -cert "$work/leaf.pem" -key "$work/leaf.key" \
    -cert_chain "$work/int-cross.pem" -quiet
wait_for_port "$crossed" || exit 1

pem_bytes() { sed -nE 's/^    "(.*)\\n";?$/\1/p' "$1" | wc -c; }

fewest_takes_the_root_in_common() {
    caembed "localhost:$crossed" "localhost:$second" >"$work/plain.h" &&
        caembed --fewest "localhost:$crossed" "localhost:$second" >"$work/fewest.h" 2>"$work/err" &&
        [ "$(grep -c BEGIN "$work/plain.h")" -eq 2 ] && [ "$(grep -c BEGIN "$work/fewest.h")" -eq 1 ] &&
        grep -q 'CN=Second Root' "$work/fewest.h" && grep -q "for *localhost:$crossed" "$work/fewest.h" &&
        grep -q "^caembed: info: --fewest saves $(($(pem_bytes "$work/plain.h") - $(pem_bytes "$work/fewest.h"))) bytes" \
            "$work/err"
}

fewest_changes_nothing_for_one_host() {
    caembed "localhost:$crossed" | grep -v 'caembed -o' >"$work/plain.h" &&
        caembed --fewest "localhost:$crossed" | grep -v 'caembed -o' | cmp - "$work/plain.h"
}

keep_going_writes_what_succeeded() {
    caembed --keep-going -o "$work/some.h" "localhost:$refused" "localhost:$good" 2>/dev/null
    [ $? -eq 2 ] && [ "$(grep -c BEGIN "$work/some.h")" -eq 1 ]
}

keep_going_writes_nothing_for_nobody() {
    caembed --keep-going -o "$work/nobody.h" "localhost:$refused" 2>/dev/null
    [ $? -eq 2 ] && [ ! -e "$work/nobody.h" ]
}

claim fewest_takes_the_root_in_common fewest_takes_the_root_in_common
claim fewest_changes_nothing_for_one_host fewest_changes_nothing_for_one_host
claim keep_going_writes_what_succeeded keep_going_writes_what_succeeded
claim keep_going_writes_nothing_for_nobody keep_going_writes_nothing_for_nobody
claim hosts_that_stall_hold_up_nobody stalled_among_others
claim results_come_in_the_order_given order_is_kept
claim one_failure_and_nothing_is_written failure_writes_nothing
claim same_bytes_whatever_the_jobs same_bytes_whatever_the_jobs
claim retry_reaches_a_server_that_comes_late retry_reaches_a_server_that_comes_late
claim check_of_two_hosts check_of_two
claim check_with_one_host_down check_with_one_down
finish
