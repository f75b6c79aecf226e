#!/usr/bin/env bash
# stream.sh -- hosts are asked and reported as their lines come, and nothing is kept of those that are done
. "$(dirname "$0")/../lib.sh"

chain root rsa deep-0 >"$work/roots.pem"
tls_server plain "leaf int"
good=localhost:$port
tls_server other "deep-1-leaf deep-1"
other=localhost:$port
tls_server other-name second-other
misnamed=localhost:$port
tls_server incomplete leaf
incomplete=localhost:$port
refused=localhost:$(free_port)
streams() { embed --ca-file "$work/roots.pem" --json --unordered "$@"; }
lists() { # RECORD-OR-REPORT HOST... -- as many lines as hosts, in any order
    local file=$1
    shift
    jq -r '"\(.host):\(.port)"' "$file" | sort | diff - <(printf '%s\n' "$@" | sort)
}

# ---- standard input ----

wait_for_lines() { # FILE COUNT
    for _ in $(seq 200); do
        [ "$(wc -l <"$1")" -lt "$2" ] || return 0
        sleep 0.05
    done
    echo "$(wc -l <"$1") lines, not $2" && return 1
}
lines_are_judged_as_they_come() {
    local pid
    mkfifo "$work/lines"
    streams --from - <"$work/lines" >"$work/report" &
    pid=$!
    exec 7>"$work/lines"
    echo "$good # the first" >&7
    wait_for_lines "$work/report" 1 && kill -0 "$pid" || return 1
    printf '\n# no host\n%s' "$other" >&7
    sleep 0.3
    [ "$(wc -l <"$work/report")" -eq 1 ] || return 1 # a line that has no end may go on
    printf '\n%s' "$good" >&7
    wait_for_lines "$work/report" 2 && kill -0 "$pid" || return 1
    exec 7>&-
    wait "$pid" && lists "$work/report" "$good" "$other" "$good"
}
claim "a host is judged when its line has come" lines_are_judged_as_they_come

arguments_count() {
    printf '%s\n' "$other" "$other" | streams --from - "$good" >"$work/report" && lists "$work/report" "$good" "$other" "$other"
}
claim "the hosts of the command line are asked, too, and none counts for another" arguments_count

first_failure_is_the_status() { # whichever ends first
    local status=0
    printf '%s\n' "$good" "$misnamed" "$refused" | streams --from - >"$work/report" 2>"$work/err" || status=$?
    cat "$work/err"
    [ "$status" -eq 4 ] && lists "$work/report" "$good" "$misnamed" "$refused" &&
        grep -q "^caembed: error: $misnamed: the leaf is not for localhost" "$work/err" &&
        grep -q "^caembed: error: $refused: could not connect" "$work/err"
}
claim "the first host that fails decides the status" first_failure_is_the_status
claim "it is said how many failed" sh -c "printf '%s\n' '$good' '$refused' |
    '$bin/caembed' --at $at --ca-file '$work/roots.pem' --json --unordered --from - 2>&1 >/dev/null |
    grep -x 'caembed: info: 1 of 2 hosts failed'"

long=$(printf '%4096s' '' | tr ' ' x)
from_text() { printf "$1" | streams --from -; }
claim "no line is no host" fails 1 "no host is given$" from_text ''
claim "no line but comments is no host" fails 1 "no host is given$" from_text '# a\n\n   \n'
claim "a line that is too long" fails 1 "standard input: line 2 is too long$" from_text "# a\n${long}x\n"
claim "a line without end that is too long" fails 1 "standard input: line 1 is too long$" from_text "${long}x"
claim "a line as long as may be names no host" fails 1 'x{100}.*: in standard input: ' sh -c \
    "echo '$long' | '$bin/caembed' -q --at $at --json --unordered --from - | grep -v '^{'"
claim "a line with a NUL" fails 1 "standard input: line 2 has a NUL: this is not a text file$" from_text '# a\n# \000\n'
claim "a host that is none names the file" sh -c "echo 'a b' | '$bin/caembed' -q --at $at --json --unordered --from - 2>&1 |
    grep '^caembed: error: a b: in standard input: '"

missing_issuers() { # more than may wait for theirs at a time
    for _ in $(seq 150); do echo "$incomplete"; done | exits 4 streams --aia --from - >"$work/report" 2>/dev/null
    [ "$(grep -c '"status":"untrusted"' "$work/report")" -eq 150 ]
}
claim "hosts without their intermediates go through" missing_issuers

missing_issuer_holds_no_line_back() { # until the input ends
    local pid status=0
    mkfifo "$work/open"
    streams --aia --from - <"$work/open" >"$work/report" 2>/dev/null &
    pid=$!
    exec 7>"$work/open"
    echo "$incomplete" >&7
    wait_for_lines "$work/report" 1 && kill -0 "$pid" || return 1
    exec 7>&-
    wait "$pid" || status=$?
    [ "$status" -eq 4 ]
}
claim "a host without its intermediates gets its line while more may come" missing_issuer_holds_no_line_back

records() {
    printf '%s\n' "$good" "$other" "$refused" "$good" | exits 2 streams --record "$work/record" --from - >"$work/report" &&
        lists "$work/record" "$good" "$other" "$refused" "$good"
}
claim "each is recorded" records
goes_on() { # with the port where nobody listens: who was recorded is not asked
    echo "$misnamed" >>"$work/more"
    { printf '%s\n' "$good" "$refused" && cat "$work/more"; } |
        exits 2 streams --record "$work/record" --resume "$work/record" --from - >"$work/report" &&
        lists "$work/report" "$good" "$refused" "$misnamed" && lists "$work/record" "$good" "$other" "$refused" "$good" "$misnamed"
}
claim "a record goes on" goes_on

# ---- recordings ----

all=("$good" "$other" "$misnamed" "$refused")
embed --ca-file "$work/roots.pem" --record "$work/all" --json "${all[@]}" >"$work/direct" 2>"$work/direct.err"
replays() { # FILE... -- the lines of the run that recorded, for each of them
    local files=()
    for file in "$@"; do files+=(--replay "$file"); done
    exits 4 streams "${files[@]}" >"$work/report" 2>"$work/err" &&
        diff <(sort "$work/report") <(for file in "$@"; do cat "$work/direct"; done | sort)
}
claim "each line of a recording gives the line of its server" replays "$work/all"
claim "a line that comes twice is judged twice" replays "$work/all" "$work/all"
broken_lines() {
    { cat "$work/all"; echo '{"v":1}'; tail -n 1 "$work/all" | tr -d '\n' | head -c 100; } >"$work/broken"
    replays "$work/broken" &&
        { "$bin/caembed" --ca-file "$work/roots.pem" --json --unordered --replay "$work/broken" 2>&1 >/dev/null || true; } |
        sed -n 's/^caembed: warning: .*broken: line \([0-9]*\) is passed over: .*/\1/p' | tr '\n' ' ' | grep -x '5 6 '
}
claim "broken lines are passed over" broken_lines
other_target() {
    embed -t mbedtls-3.6 --ca-file "$work/roots.pem" --record "$work/newer" --json "$good" >/dev/null
    cat "$work/newer" "$work/all" >"$work/mixed"
    replays "$work/mixed"
}
claim "answers to the offer of another target are passed over" other_target
claim "a recording of another target alone" fails 1 "$work/newer: holds no line of --record" streams --replay "$work/newer"
claim "no such recording" fails 1 "$work/none: cannot open" streams --replay "$work/none"
claim "a second recording that is not there" sh -c "! '$bin/caembed' -q --at $at --ca-file '$work/roots.pem' --json --unordered \
    --replay '$work/all' --replay '$work/none' >/dev/null 2>'$work/err' && grep 'none: cannot open' '$work/err'"

peak_kb() { # LINES -> the peak memory of a replay of so many
    for _ in $(seq $(($1 / 4))); do cat "$work/all"; done >"$work/many"
    ASAN_OPTIONS=quarantine_size_mb=1 command time -f %M -o "$work/peak" "$bin/caembed" -q --at "$at" --ca-file "$work/roots.pem" \
        --json --unordered --replay "$work/many" >"$work/out" 2>/dev/null
    [ "$(wc -l <"$work/out")" -eq "$1" ] && tail -n 1 "$work/peak"
}
memory_is_flat() { # 9,000 more; with half a KB each it was 4.5 MB
    local few many
    few=$(peak_kb 1000) && many=$(peak_kb 10000) && echo "$few KB, $many KB" && [ $((many - few)) -lt 2000 ]
}
claim "memory does not grow with the lines" memory_is_flat
slow_reader() { # all lines come, in the end
    { streams --replay "$work/many" 2>/dev/null || true; } | (sleep 1; cat) | wc -l | grep -qx 10000
}
claim "a slow reader gets every line" slow_reader
finish
