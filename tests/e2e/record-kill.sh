#!/usr/bin/env bash
# record-kill.sh -- a recording that was killed at any moment, or cut at any byte, is whole after --resume
cd "$(dirname "$0")" || exit 1
# shellcheck source=../lib.sh
. ../lib.sh

kills=${KILLS:-100}
"$bin/tests/mkpki" "$work" 40
start_names 40 || exit 1
second=$(free_port)
start "$work/second.log" openssl s_server -accept "127.0.0.1:$second" -cert "$work/second-leaf.pem" \
    -key "$work/second-leaf.key" -quiet
wait_for_port "$second" || exit 1
cat "$work/root.pem" "$work/second.pem" >"$work/roots.pem"
refused=$(free_port)
{
    printf 'h%s.localhost:'"$names"'\n' $(seq 20)
    printf 'localhost:%s\n' "$refused" "$second"
    printf 'h%s.localhost:'"$names"'\n' $(seq 21 40)
} >"$work/hosts"

judge=("$bin/caembed" -q --ca-file "$work/roots.pem" --from "$work/hosts")
ask=("${judge[@]}" --jobs 2 --record "$work/record" --resume "$work/record" --json)
# One of the hosts refuses, hence the status.
record() { exits 2 "${ask[@]}" ${order:+"$order"} >"$work/reports" 2>"$work/err"; }
names_of() { jq -r '"\(.host):\(.port)"' "$@"; }
without_times() { # libcurl's message about the host that refuses has one, too
    jq -c 'del(.time, .sum) | .error.message? |= (. // "" | sub("after [0-9]+ ms"; "after some time"))' "$1"
}
in_order_asked() { if [ -n "$order" ]; then sort; else cat; fi; }

order=
time_ms=$EPOCHREALTIME
record || exit 1
time_ms=$(((${EPOCHREALTIME/./} - ${time_ms/./}) / 1000))
without_times "$work/record" >"$work/wanted"
"${judge[@]}" --keep-going --fewest -o "$work/wanted.h" 2>/dev/null
claim "the uninterrupted record has a line for each host" cmp "$work/hosts" <(names_of "$work/record")

# kill_one: starts the recording or goes on with it, and kills it before it would end. Fails if it ended by itself.
kill_one() {
    local pid delay=$((RANDOM * time_ms / 32768))
    "${ask[@]}" ${order:+"$order"} >"$work/reports" 2>/dev/null &
    pid=$!
    sleep "$(printf '%d.%03d' $((delay / 1000)) $((delay % 1000)))"
    kill -9 $pid 2>/dev/null
    wait $pid 2>/dev/null
    [ $? -eq 137 ]
}

# Whatever a report came of is in the recording, and what was there before is there still, byte for byte.
nothing_is_lost() { # BEFORE: the whole lines that were there
    head -n "$(wc -l <"$work/record")" "$work/record" >"$work/whole"
    cmp -n "$(stat -c %s "$1")" "$1" "$work/record" || return
    head -n "$(wc -l <"$work/reports")" "$work/reports" | names_of | sort -u >"$work/reported"
    comm -23 "$work/reported" <(names_of "$work/whole" | sort) >"$work/lost"
    [ ! -s "$work/lost" ] || { echo "reported, but not recorded:" && cat "$work/lost" && return 1; }
}

is_whole() { # goes on to the end: the same lines and the same header as without interruption
    cp "$work/whole" "$work/before"
    record && cmp -n "$(stat -c %s "$work/before")" "$work/before" "$work/record" &&
        without_times "$work/record" | in_order_asked | cmp - <(in_order_asked <"$work/wanted") &&
        exits 2 "${judge[@]}" --replay "$work/record" --keep-going --fewest -o "$work/replayed.h" 2>/dev/null &&
        cmp "$work/wanted.h" "$work/replayed.h"
}

# Every other recording is killed again while it is resumed; every other is --unordered.
killed_anywhere() {
    local done=0 left=$((20 * kills))
    while [ "$done" -lt "$kills" ]; do
        [ $((left--)) -gt 0 ] || { echo "it ended too soon in most rounds" && return 1; }
        order=$([ $((RANDOM % 2)) -eq 0 ] || echo --unordered)
        rm -f "$work/record"
        : >"$work/whole"
        while
            cp "$work/whole" "$work/before"
            kill_one || break
            touch "$work/record"
            done=$((done + 1))
            nothing_is_lost "$work/before" || { echo "kill $done ${order:-ordered}" && return 1; }
            [ $((RANDOM % 2)) -eq 0 ]
        do :; done
        is_whole || { echo "after kill $done, ${order:-ordered}" && return 1; }
    done
    echo "$done kills"
}
claim "kill -9 at $kills moments loses nothing but the line under way" killed_anywhere

# What a full disk or a power failure leaves: the first bytes, wherever they end.
cut_anywhere() {
    local size cut round
    cp "$work/record" "$work/full"
    size=$(stat -c %s "$work/full")
    for round in $(seq 20); do
        cut=$((round <= 4 ? round * 40 - 39 : (RANDOM * 32768 + RANDOM) % size))
        head -c "$cut" "$work/full" >"$work/record"
        head -n "$(wc -l <"$work/record")" "$work/record" >"$work/whole"
        is_whole || { echo "cut after $cut bytes of $size" && return 1; }
    done
}
rm -f "$work/record"
order=
claim "a recording is made again" record
claim "a recording that was cut at any byte goes on" cut_anywhere

rm -f "$work/reports" # which may be cut off
finish
