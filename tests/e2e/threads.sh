#!/usr/bin/env bash
# threads.sh -- the number of threads that judge changes no result
. "$(dirname "$0")/../lib.sh"

hosts=40
cp "$pki/leaf.key" "$work/leaf.key"
chain int >"$work/int.pem"
chain root second >"$work/ca.pem"
for i in $(seq "$hosts"); do cp "$pki/leaf.pem" "$work/h$i.pem"; done
start_names "$hosts"

tls_server other "deep-1-leaf deep-1"
untrusted=$port
tls_server mesh "mesh-leaf $(cd "$pki" && printf '%s ' mesh-?-?.pem | sed 's/\.pem//g')"
costly=$port
{
    for i in $(seq "$hosts"); do
        echo "localhost:$names"
        [ $((i % 4)) -ne 0 ] || printf 'localhost:%s\n' "$untrusted" "$costly" "$(free_port)"
    done
} >"$work/hosts"
embed --ca-file "$work/ca.pem" --record "$work/record" --keep-going --json --from "$work/hosts" >/dev/null 2>&1

# run_with THREADS OPTION... -- leaves $work/THREADS.{h,json,err,status}
run_with() {
    local threads=$1 status=0
    shift
    embed --ca-file "$work/ca.pem" --threads "$threads" --json "$@" >"$work/$threads.json" 2>"$work/$threads.err" || status=$?
    echo "$status" >"$work/$threads.status"
    sed -i 's/after [0-9]* ms/after some ms/' "$work/$threads.json" "$work/$threads.err"
}
same_as_one() { # FILE-ENDING...
    local threads ending
    for threads in 2 7; do
        for ending in "$@"; do cmp "$work/1.$ending" "$work/$threads.$ending" || return 1; done
    done
}

# same_header OPTION... -- whatever the number of threads, it is the same header, and the same is said of every host
same_header() {
    for threads in 1 2 7; do run_with "$threads" --keep-going -o "$work/$threads.h" "$@"; done
    [ "$(wc -l <"$work/1.json")" -eq "$(wc -l <"$work/hosts")" ] && holds "$work/1.h" root && same_as_one h json err status
}
claim servers_that_are_asked same_header --from "$work/hosts"
claim servers_that_were_recorded same_header --replay "$work/record" --from "$work/hosts"
claim fewest_of_all same_header --fewest --replay "$work/record" --from "$work/hosts"

check_of_a_header() {
    for threads in 1 2 7; do run_with "$threads" --check -o "$work/1.h" --replay "$work/record" --from "$work/hosts"; done
    [ "$(cat "$work/1.status")" -ne 0 ] && same_as_one json err status
}
claim check_of_a_header check_of_a_header

one_line_for_each_host() {
    for threads in 1 2 7; do run_with "$threads" --unordered --replay "$work/record" --from "$work/hosts"; done
    sort -o "$work/1.json" "$work/1.json"
    for threads in 2 7; do sort "$work/$threads.json" | cmp - "$work/1.json" || return 1; done
}
claim unordered_has_one_line_for_each_host one_line_for_each_host

# threads_of OPTION-OR-HOST... -- prints how many threads such a run has while it waits for its server. The fewest that are
# seen in a second: the look-up of a name may have one of its own.
threads_of() {
    local pid now fewest=1000
    "$bin/caembed" --max-time 30 "$@" >/dev/null 2>&1 &
    pid=$!
    sleep 0.5
    for _ in $(seq 10); do
        now=$(awk '$1 == "Threads:" { print $2 }' "/proc/$pid/status")
        [ "$now" -ge "$fewest" ] || fewest=$now
        sleep 0.1
    done
    kill "$pid"
    wait "$pid" 2>/dev/null
    echo "$fewest"
}
tls_server stopped leaf
kill -STOP "${pids[-1]}"
stopped=localhost:$port
three=("$stopped" "$stopped" "$stopped")
more_threads() { # COUNT OPTION... -- than with --threads 1
    local count=$1 one more
    shift
    one=$(threads_of --threads 1 "${three[@]}") && more=$(threads_of "$@" "${three[@]}") && echo "$one, $more" && [ $((more - one)) -eq "$count" ]
}
claim as_many_threads_as_said more_threads 1 --threads 2
claim no_more_threads_than_hosts more_threads 2 --threads 100
claim as_many_threads_as_processors more_threads "$(($(getconf _NPROCESSORS_ONLN) < 3 ? $(getconf _NPROCESSORS_ONLN) - 1 : 2))"
one_host_needs_none() { [ "$(threads_of --threads 8 "$stopped")" -eq 1 ]; }
claim one_host_needs_no_other_thread one_host_needs_none
finish
