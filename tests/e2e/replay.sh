#!/usr/bin/env bash
# replay.sh -- what servers present is recorded, and gives the same header without them
. "$(dirname "$0")/../lib.sh"

chain root rsa deep-0 second >"$work/roots.pem"
servers=()
serve() { tls_server "$@" && servers+=("localhost:$port"); }
serve plain "leaf int"
serve other "deep-1-leaf deep-1" -tls1_2
serve two "leaf int" -dcert "$pki/rsa-leaf.pem" -dkey "$pki/rsa-leaf.key"
serve cross "leaf int cross"
serve tls13 "leaf int" -tls1_3
tls13=$port
good=("${servers[@]:0:4}")
refused=$(free_port)
trust() { "$bin/caembed" -q --ca-file "$work/roots.pem" "$@"; }

# same OPTION... -- the header of a run that records is that of its recording; so are the report and the settings
same() {
    rm -f "$work/direct.h" "$work/replayed.h"
    trust --at "$at" --record "$work/record" -o "$work/direct.h" "$@" "${good[@]}" &&
        trust --replay "$work/record" -o "$work/replayed.h" "$@" "${good[@]}" && cmp "$work/direct.h" "$work/replayed.h" &&
        trust --replay "$work/record" -o "$work/replayed.h" "$@" && cmp "$work/direct.h" "$work/replayed.h" &&
        trust --replay "$work/record" --check -o "$work/direct.h" "$@"
}
same_reports() {
    trust --at "$at" --record "$work/record" --json "$@" >"$work/direct.json" 2>"$work/direct.err"
    local status=$?
    trust --replay "$work/record" --json >"$work/replayed.json" 2>"$work/replayed.err"
    [ $? -eq $status ] && cmp "$work/direct.json" "$work/replayed.json" && cmp "$work/direct.err" "$work/replayed.err"
}
for target in mbed-os mbed-os-5 mbed-ce mbedtls-2.28 mbedtls-3.6 mbedtls-4 esp-idf zephyr generic; do
    claim "$target: the header is the same" same -t "$target"
done
claim "--all-chains: the header is the same" same --all-chains
claim "--fewest: the header is the same" same --fewest
claim "--backup and a profile: the header is the same" same --backup --profile letsencrypt
claim "a bundle is the same" same -t esp-idf -f esp-bundle
claim "reports are the same" same_reports "${good[@]}"
claim "reports of failures are the same" same_reports "localhost:$refused" "${good[@]}" "localhost:$tls13"

# The servers' anchors and failures come to the same, whether they are asked or replayed.
same_summaries() { # OPTION... HOST...
    local form
    for form in "" --json; do
        trust --at "$at" --record "$work/record" --summary $form "$@" >"$work/direct.summary" 2>"$work/direct.err"
        local status=$?
        trust --replay "$work/record" --summary $form >"$work/replayed.summary" 2>"$work/replayed.err"
        [ $? -eq $status ] && cmp "$work/direct.summary" "$work/replayed.summary" || return
    done
}
claim "summaries are the same" same_summaries "${good[@]}" "localhost:$refused" "localhost:$tls13" no-such-host.invalid
sums_up() {
    jq -e '.hosts == 7 and .ok == 4 and .failed == 3 and [.anchors[].hosts] == [2, 1, 1] and
        [.failures[] | [.code, .kind, .hosts]] == [["connect", "could not connect", 1],
            ["offer", "the server speaks TLS 1.3 only, which the target does not", 1], ["resolve", "no such host name", 1]]' \
        "$work/direct.summary" || { cat "$work/direct.summary" && return 1; }
}
claim "the summary counts every server" sums_up

lines() { jq -r '"\(.host):\(.port)"' "$work/record"; }
in_order() { trust --at "$at" --record "$work/record" --json "$@" "${good[@]}" >/dev/null && lines | cmp - <(printf '%s\n' "${good[@]}"); }
claim "lines are in the order of the hosts" in_order
in_any_order() {
    trust --at "$at" --record "$work/record" --json --unordered "${good[@]}" >/dev/null &&
        lines | sort | cmp - <(printf '%s\n' "${good[@]}" | sort)
}
claim "with --unordered each host has a line" in_any_order
has_members() {
    jq -e --arg at "$at" '.v == 1 and .servername == "localhost" and .address == "127.0.0.1" and .time == $at and
        .offer == "mbed-os" and .all_chains == false and (.chains | length == 1) and (.chains[0].certs | length >= 2) and
        (.chains[0].tls.version | startswith("TLSv1.2")) and (keys_unsorted[-1] == "sum")' <(grep "\"port\":${good[0]##*:}," "$work/record")
}
claim "a line has the members that the manual names" has_members
sums_are_right() {
    local line sum
    while IFS= read -r line; do
        sum=$(jq -r .sum <<<"$line")
        printf %s "${line%,\"sum\":*}}" | sha256sum | grep -q "^$sum " || return
    done <"$work/record"
}
claim "the sum is the SHA-256 of the line without it" sums_are_right

# What kill -9 leaves can be replayed: whole lines, and at most one that is cut off.
survives() {
    local round pid count
    for round in 1 2 3 4 5 6 7 8 9 10 11 12; do
        for _ in $(seq 40); do printf '%s\n' "${good[@]}"; done >"$work/many"
        "$bin/caembed" -q --ca-file "$work/roots.pem" --at "$at" --jobs 2 --record "$work/killed" --json --unordered --from "$work/many" >"$work/out" &
        pid=$!
        sleep "0.$((RANDOM % 3))$((RANDOM % 10))"
        kill -9 $pid
        wait $pid 2>/dev/null
        [ -s "$work/killed" ] || continue
        count=$(wc -l <"$work/killed")
        [ "$count" -eq 0 ] || "$bin/caembed" --ca-file "$work/roots.pem" --replay "$work/killed" -o "$work/killed.h" \
            2>"$work/killed.err" || return
        ! grep "its sum is wrong" "$work/killed.err" || return
        [ "$(wc -l <"$work/out")" -le $((count + 1)) ] || return
        echo "round $round: $count lines"
    done
    rm -f "$work/out" # which may be cut off
}
claim "kill -9 loses no line but the one under way" survives

# --resume goes on after that: every host has one whole line in the end, and those that were there are not asked again.
resumes() {
    local round pid
    embed --ca-file "$work/roots.pem" -o "$work/direct.h" "${good[@]}" || return
    for round in 1 2 3 4 5 6 7 8 9 10 11 12; do
        rm -f "$work/broken"
        "$bin/caembed" -q --ca-file "$work/roots.pem" --at "$at" --jobs 1 --record "$work/broken" --json "${good[@]}" >/dev/null &
        pid=$!
        sleep "0.0$((RANDOM % 10))"
        kill -9 $pid 2>/dev/null
        wait $pid 2>/dev/null
        cp "$work/broken" "$work/before" 2>/dev/null || : >"$work/before"
        [ ! -s "$work/before" ] || printf '{"v":1,"host":"loc' >>"$work/broken"
        trust --at "$at" --record "$work/broken" --resume "$work/broken" -o "$work/resumed.h" "${good[@]}" &&
            cmp "$work/direct.h" "$work/resumed.h" && cmp -n "$(stat -c %s "$work/before")" "$work/before" "$work/broken" &&
            [ "$(jq -r '"\(.host):\(.port)"' "$work/broken" | xargs)" = "${good[*]}" ] &&
            "$bin/caembed" --ca-file "$work/roots.pem" --replay "$work/broken" -o "$work/resumed.h" || return
        echo "round $round: $(wc -l <"$work/before") lines"
    done
}
claim "--resume loses nothing but the line under way" resumes
asks_nobody() { # the hosts that were recorded, at a port where nobody listens any more
    local gone
    gone=$(free_port)
    sed -n 1p "$work/record" | sed -E "s/\"port\":[0-9]+/\"port\":$gone/; s/,\"sum\":.*/}/" | tr -d '\n' >"$work/line"
    printf '%s,"sum":"%s"}\n' "$(sed 's/}$//' "$work/line")" "$(sha256sum <"$work/line" | cut -d ' ' -f 1)" >"$work/gone"
    cp "$work/gone" "$work/kept"
    trust --record "$work/all" --resume "$work/gone" -o "$work/resumed.h" --at "$at" "localhost:$gone" "${good[0]}" &&
        cmp "$work/kept" "$work/gone" && [ "$(wc -l <"$work/all")" -eq 2 ] && cmp "$work/gone" <(head -n 1 "$work/all")
}
claim "--resume asks no host that is there, and copies its line into another file" asks_nobody

finish
