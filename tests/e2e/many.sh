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
flood=$(free_port)
start "$work/flood.log" "$bin/tests/miniserver" flood "$flood"
for p in "$good" "$second" "$stalled" "$flood"; do wait_for_port "$p" || exit 1; done
refused=$(free_port)
cat "$work/root.pem" "$work/second.pem" >"$work/ca.pem"
cat "$work/root-longer.pem" "$work/second.pem" >"$work/longer.pem"

caembed() { timeout 60 "$bin/caembed" --ca-file "$work/ca.pem" "$@"; }

stalled_among_others() { # twenty that stall, each for two seconds, take not much more than one
    local began=$SECONDS
    for _ in $(seq 20); do echo "localhost:$stalled"; done >"$work/stalled"
    { cat "$work/stalled"; echo "localhost:$good"; } >"$work/hosts"
    caembed --connect-timeout 2 --max-time 2 --json --from "$work/hosts" >"$work/report" 2>/dev/null
    [ $((SECONDS - began)) -le 15 ] && [ "$(grep -c '"status":"timeout"' "$work/report")" -eq 20 ] &&
        tail -n 1 "$work/report" | grep '"status":"ok"'
}

flood_among_others() { # one that sends HelloRequests without end, in the same loop as the others
    local began=$SECONDS
    caembed --json "localhost:$flood" "localhost:$good" "localhost:$flood" >"$work/report" 2>/dev/null
    [ $? -eq 3 ] && [ $((SECONDS - began)) -le 4 ] && [ "$(grep -c '"status":"ok"' "$work/report")" -eq 1 ]
}

ports_of() { sed -E 's/.*"port":([0-9]+).*/\1/' "$1" | tr '\n' ' '; }

# The first is there while the other still stalls: the kernel takes connections for a server that is stopped, until it ends.
lines_come_as_hosts_complete() {
    local pid server port status=0
    port=$(free_port)
    start "$work/stopped.log" openssl s_server -accept "127.0.0.1:$port" -cert "$work/leaf.pem" -key "$work/leaf.key" -quiet
    server=${pids[-1]}
    wait_for_port "$port" && kill -STOP "$server" || return 1
    timeout 60 "$bin/caembed" --ca-file "$work/ca.pem" --connect-timeout 50 --json --unordered "localhost:$port" \
        "localhost:$good" >"$work/report" 2>/dev/null &
    pid=$!
    for _ in $(seq 300); do
        [ "$(wc -l <"$work/report")" -eq 0 ] || break
        sleep 0.1
    done
    kill -0 "$pid" && [ "$(ports_of "$work/report")" = "$good " ] || return 1
    kill -KILL "$server"
    wait "$pid" || status=$?
    echo "status $status"
    [ "$status" -eq 3 ] && [ "$(ports_of "$work/report")" = "$good $port " ]
}

unordered_has_the_same_lines() {
    for _ in $(seq 20); do echo "localhost:$good"; echo "127.0.0.1:$second"; done >"$work/hosts"
    caembed -q --servername localhost --json --from "$work/hosts" | sort >"$work/ordered" &&
        caembed -q --servername localhost --json --unordered -o "$work/unordered.h" --from "$work/hosts" |
        sort | cmp - "$work/ordered" && [ "$(grep -c BEGIN "$work/unordered.h")" -eq 2 ]
}

# Though the pipe is full long before the end. Few connections at a time: however loaded the machine is, those that the
# server has not got round to must not time out by themselves.
slow_reader_makes_no_host_fail() {
    for _ in $(seq 200); do echo "localhost:$good"; done >"$work/hosts"
    caembed -q --jobs 4 --connect-timeout 3 --json --unordered --from "$work/hosts" | (sleep 4; cat) >"$work/report" &&
        [ "$(grep -c '"status":"ok"' "$work/report")" -eq 200 ]
}

stop_waits_for_nobody() { # neither for a server that stalls nor for what is to be tried again
    local began=$SECONDS
    timeout 60 "$bin/caembed" -q --json --unordered --retry 9 "localhost:$stalled" "localhost:$refused" 'no host' \
        >/dev/full 2>"$work/err"
    [ $? -eq 6 ] && [ $((SECONDS - began)) -le 3 ] && grep -q '^caembed: error: cannot write to standard output: ' "$work/err"
}

closed_pipe_ends_the_run() { # instead of asking all the other hosts for nothing
    local began=$SECONDS
    { echo "localhost:$good"; for _ in $(seq 500); do echo "localhost:$stalled"; done; } >"$work/hosts"
    { timeout 60 "$bin/caembed" -q --ca-file "$work/ca.pem" --jobs 2 --connect-timeout 1 --json --unordered \
        --from "$work/hosts" 2>"$work/err"; echo $? >"$work/status"; } | true
    [ "$(cat "$work/status")" -eq 6 ] && [ $((SECONDS - began)) -le 10 ] && grep -q '^caembed: error: ' "$work/err"
}

on_a_terminal() { # ARGUMENT... -> what the terminal shows
    TERM=xterm timeout 60 script -qec "'$bin/caembed' --ca-file '$work/ca.pem' -o '$work/shown.h' $*" /dev/null </dev/null
}

progress_on_a_terminal() { on_a_terminal "localhost:$good" "localhost:$second" | grep -F '0 of 2 hosts'; }

progress_goes_on_while_one_stalls() { # the line shows what is done long before the last is
    { on_a_terminal --connect-timeout 3 "localhost:$good" "localhost:$second" "localhost:$stalled" || true; } |
        grep -F '2 of 3 hosts'
}

progress_is_taken_away() { # before the error
    { on_a_terminal "localhost:$good" "localhost:$refused" || true; } | tr '\r' '\n' |
        grep -qE "^$(printf '\033')\\[Kcaembed: error: "
}

slow_host_on_a_terminal() { # not in its first second
    { on_a_terminal --max-time 3 "localhost:$stalled" || true; } | tr '\r' '\n' >"$work/shown"
    grep -F "localhost:$stalled: waiting for the server's certificates, 1 s" "$work/shown" &&
        grep -F "certificates, 2 s" "$work/shown" && ! grep -F ', 0 s' "$work/shown" &&
        grep -qE "^$(printf '\033')\\[Kcaembed: error: localhost:$stalled: timed out" "$work/shown" &&
        ! on_a_terminal "localhost:$good" | grep -F 'waiting'
}

no_progress_elsewhere() {
    ! on_a_terminal -q "localhost:$good" "localhost:$second" | grep -F 'of 2 hosts' &&
        ! on_a_terminal "localhost:$good" | grep -F 'of 1 hosts' &&
        ! TERM=dumb timeout 60 script -qec "'$bin/caembed' --ca-file '$work/ca.pem' localhost:$good localhost:$second" \
            /dev/null </dev/null | grep -F 'of 2 hosts' &&
        caembed "localhost:$good" "localhost:$second" 2>&1 >/dev/null | wc -c | grep -qx 0
}

peak_kb() { # HOSTS -> the peak memory of a run over so many
    for _ in $(seq "$1"); do echo "localhost:$good"; done >"$work/hosts"
    ASAN_OPTIONS=quarantine_size_mb=1 command time -f %M -o "$work/peak" timeout 120 "$bin/caembed" --jobs 64 \
        --ca-file "$work/ca.pem" -o "$work/peak.h" --from "$work/hosts" 2>/dev/null && cat "$work/peak"
}

memory_does_not_grow_with_the_hosts() { # 1900 more: before they were let go, 40 MB
    local few many
    few=$(peak_kb 100) && many=$(peak_kb 2000) && echo "$few KB, $many KB" && [ $((many - few)) -lt 6000 ]
}

order_is_kept() {
    caembed --connect-timeout 1 --max-time 2 --json "localhost:$stalled" "localhost:$good" "localhost:$refused" \
        "localhost:$second" >"$work/report" 2>/dev/null
    [ "$(ports_of "$work/report")" = "$stalled $good $refused $second " ]
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

# Starts a server that takes MOST connections at once, and 40 lines of it; says on which port.
crowd() { # NAME MOST
    crowded=$(free_port)
    start "$work/$1.log" python3 ../support/crowded_relay.py "$crowded" "$good" "$2"
    wait_for_port "$crowded" || return 1
    for _ in $(seq 40); do echo "localhost:$crowded"; done >"$work/hosts"
}

turned_away_waits_for_the_others() { # without --retry: to be one too many is no failure
    crowd crowded 5 &&
        caembed --json --from "$work/hosts" >"$work/report" &&
        [ "$(grep -c '"status":"ok"' "$work/report")" -eq 40 ] &&
        grep -qx '5 at once' "$work/crowded.log" && grep -q reset "$work/crowded.log"
}

the_only_one_turned_away_has_failed() {
    crowd closed 0 || return 1
    caembed --json --from "$work/hosts" >"$work/report" 2>/dev/null
    [[ $? =~ ^[23]$ ]] && # a reset may come before the connection is seen to be there
        [ "$(grep -cE '"status":"(handshake|connect)"' "$work/report")" -eq 40 ]
}

no_more_than_per_host() { # the relay sees the end of one a little later than the start of the next
    crowd open 40 && caembed -q --per-host 3 -o "$work/three.h" --from "$work/hosts" &&
        [ "$(tail -n 1 "$work/open.log" | cut -d ' ' -f 1)" -le 6 ]
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

check_status_is_of_the_worst() { # a header that no longer verifies is not hidden by one that is only to be changed
    local status=0
    caembed -o "$work/both.h" "localhost:$good" && cat "$work/both.h" >"$work/hand.h" && echo >>"$work/hand.h"
    caembed --check -o "$work/hand.h" "localhost:$good" 2>/dev/null
    [ $? -eq 10 ] || return 1
    timeout 60 "$bin/caembed" --check --ca-file "$work/longer.pem" -o "$work/hand.h" "localhost:$good" "localhost:$second" \
        2>"$work/err" || status=$?
    grep -q "localhost:$good: still verifies" "$work/err" && grep -q "localhost:$second: hand.h no longer" "$work/err" &&
        [ "$status" -eq 11 ]
}

few_descriptors() { # are no failures of the network
    for _ in $(seq 60); do echo "localhost:$good"; done >"$work/hosts"
    (ulimit -n 40 && caembed --jobs 1000 -o "$work/few.h" --from "$work/hosts")
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
claim host_that_floods_holds_up_nobody flood_among_others
claim lines_come_as_hosts_complete lines_come_as_hosts_complete
claim unordered_has_the_same_lines unordered_has_the_same_lines
claim slow_reader_makes_no_host_fail slow_reader_makes_no_host_fail
claim stop_waits_for_nobody stop_waits_for_nobody
claim closed_pipe_ends_the_run closed_pipe_ends_the_run
claim progress_on_a_terminal progress_on_a_terminal
claim progress_goes_on_while_one_stalls progress_goes_on_while_one_stalls
claim progress_is_taken_away progress_is_taken_away
claim slow_host_on_a_terminal slow_host_on_a_terminal
claim no_progress_elsewhere no_progress_elsewhere
claim memory_does_not_grow_with_the_hosts memory_does_not_grow_with_the_hosts
claim results_come_in_the_order_given order_is_kept
claim one_failure_and_nothing_is_written failure_writes_nothing
claim same_bytes_whatever_the_jobs same_bytes_whatever_the_jobs
claim turned_away_waits_for_the_others turned_away_waits_for_the_others
claim the_only_one_turned_away_has_failed the_only_one_turned_away_has_failed
claim no_more_than_per_host no_more_than_per_host
claim retry_reaches_a_server_that_comes_late retry_reaches_a_server_that_comes_late
claim check_of_two_hosts check_of_two
claim check_status_is_of_the_worst check_status_is_of_the_worst
claim few_descriptors_are_enough few_descriptors
claim check_with_one_host_down check_with_one_down
finish
