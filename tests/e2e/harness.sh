#!/usr/bin/env bash
# harness.sh -- the tests' own tools: a case that does not hold fails, a program that does not report has failed
. "$(dirname "$0")/../lib.sh"

# Every case is wrong in one way.
cat >"$work/wrong.case" <<'CASES'
case status_is_another
  run exit 3
case status_is_not_that
  run true
  status 1
case output_that_is_not_mentioned
  run echo text
case errors_that_are_not_mentioned
  run echo text >&2
case line_that_is_another
  run echo text
  stdout = other
case line_too_many
  run echo text; echo more
  stdout = text
case line_without_its_end
  run printf text
  stdout = text
case line_with_a_nul
  run printf 'te\0xt\n'
  stdout = text
case regex_that_no_line_matches
  run echo text; echo more
  stdout ~ ^textmore$
case regex_that_no_line_of_many_matches
  run seq 100
  stdout ~ ^101$
case regex_that_a_line_matches
  run echo text
  stdout !~ ^t
case regex_that_a_line_of_many_matches
  run seq 100
  stdout !~ ^100$
case regex_that_is_none
  run echo text
  stdout !~ (
case header_of_another_root
  run header root
  stdout holds second
case header_of_more_roots
  run header root second
  stdout holds root
case header_of_fewer_roots
  run header root
  stdout holds root second
case header_of_no_row
  run header root
  stdout holds no-such-row
case file_that_is_made
  run touch made
case folder_that_is_made
  run mkdir made
case file_that_is_not_made
  run true
  file made any
case file_that_is_written_anew_with_the_same
  chain leaf
  run cp chain.pem copy; mv copy chain.pem
case file_that_is_touched
  chain leaf
  run touch chain.pem
case file_whose_mode_is_changed
  chain leaf
  run chmod 600 chain.pem
case file_that_is_removed
  chain leaf
  run rm chain.pem
case file_that_is_still_there
  chain leaf
  run true
  gone chain.pem
case file_that_is_another
  run echo text >made
  file made = other
case check_that_fails
  run true
  check false
case setup_that_fails
  setup false
  run true
case rows_that_are_none
  chain no-such-row
  run true
case fingerprint_of_another
  run sha256 root
  stdout = {sha256 second}
case operator_that_is_none
  run echo text
  stdout == text
case each_of_two_fails
  each a b
  run echo $each
  stdout = c
case each_gives_another
  each 'a -> b'
  run echo $each
  stdout = {gives}
CASES

# And these are right.
cat >"$work/right.case" <<'CASES'
case each_word_is_a_run
  each a 'b c' $'d\te'
  run echo "$each"
  stdout = {each}
case each_gives_what_it_says
  each '1 -> 2' '3 -> 4'
  run echo $((each + 1)) >made
  file made = {gives}
case what_is_said_holds
  chain leaf
  run header root int; echo text >&2; rm chain.pem; touch made; exit 3
  status 3
  stdout holds root int
  stderr ~ ^te
  stderr !~ ^te$
  gone chain.pem
  file made any
CASES

cases() { JOBS=2 "$root/tests/cli/run.sh" "$work/$1.case"; }

every_wrong_case_fails() {
    cases wrong >"$work/report"
    [ $? -eq 1 ] || return 1
    sed -nE 's/^case //p' "$work/wrong.case" | while read -r name; do
        grep -q "^FAILED wrong.case: $name\b" "$work/report" || echo "$name does not fail"
    done | grep . && return 1
    tail -n 1 "$work/report" | grep -x "run.sh: 0 passed, $(($(grep -c ^case "$work/wrong.case") + 1)) failed.*"
}

every_right_case_passes() {
    cases right >"$work/report" && tail -n 1 "$work/report" | grep -x 'run.sh: 6 passed, 0 failed.*'
}

# program NAME STATUS TEXT -- one that tests/run runs
program() {
    printf '#!/bin/sh\nprintf "%%s\\n" "%s"\nexit %d\n' "$3" "$2" >"$work/$1"
    chmod +x "$work/$1"
}

run_says() { # STATUS LAST-LINE PROGRAM...
    local wanted=$1 line=$2 got=0
    shift 2
    RESULTS='' "$root/tests/run" "${@/#/$work/}" >"$work/report" || got=$?
    cat "$work/report"
    [ "$got" -eq "$wanted" ] && [ "$(tail -n 1 "$work/report")" = "$line" ]
}

order_is_that_given() {
    printf '#!/bin/sh\nsleep 0.3\necho "slow: 1 passed, 0 failed"\n' >"$work/slow"
    chmod +x "$work/slow"
    JOBS=4 run_says 0 '8 passed, 0 failed, 0 skipped' slow good slow && [ "$(cut -d : -f 1 "$work/report" | head -n 3 | tr '\n' ' ')" = "slow good slow " ]
}

printf '#!/bin/sh\nsleep 60 &\necho $! >%s\nwait\n' "$work/sleeper" >"$work/endless"
chmod +x "$work/endless"

sleeper_ends() { # within 10 seconds
    local tries=0
    while kill -0 "$(cat "$work/sleeper")" 2>/dev/null; do [ $((++tries)) -lt 200 ] && sleep 0.05 || return 1; done
}

stopped_at_the_limit() { # with what it started
    LIMIT=1 run_says 1 '6 passed, 1 failed, 0 skipped' endless good && sleeper_ends
}

interrupted_ends_what_runs() {
    local runner tries=0
    rm -f "$work/sleeper"
    RESULTS='' "$root/tests/run" "$work/endless" >"$work/report" 2>&1 &
    runner=$!
    until [ -s "$work/sleeper" ]; do [ $((++tries)) -lt 200 ] && sleep 0.05 || return 1; done
    kill "$runner" && ! wait "$runner" && sleeper_ends
}

# A script that ends with a server of its own still stopped by SIGSTOP.
stopped_server_is_ended() {
    cat >"$work/stopper" <<STOPPER
. "$root/tests/lib.sh"
start "\$work/log" sleep 60
kill -STOP "\${pids[0]}"
claim any true
finish
STOPPER
    timeout 10 bash "$work/stopper"
}

program good 0 '100%: Checks: 6, Failures: 0, Errors: 0'
program bad 1 '66%: Checks: 3, Failures: 1, Errors: 0'
program silent 0 ''
program nothing 0 'nothing: 0 passed, 0 failed'
program crashed 139 'crashed: 2 passed, 0 failed'
program skipping 0 'skipping: 1 passed, 0 failed, 2 skipped'

claim every_wrong_case_fails every_wrong_case_fails
claim every_right_case_passes every_right_case_passes
claim what_passes_is_counted run_says 0 '6 passed, 0 failed, 0 skipped' good
claim what_fails_is_counted run_says 1 '8 passed, 1 failed, 0 skipped' bad good
claim program_that_reports_nothing_has_failed run_says 1 '6 passed, 1 failed, 0 skipped' good silent
claim program_that_runs_nothing_has_failed run_says 1 '0 passed, 1 failed, 0 skipped' nothing
claim program_that_crashes_has_failed run_says 1 '2 passed, 1 failed, 0 skipped' crashed
claim program_that_is_not_there_has_failed run_says 1 '6 passed, 1 failed, 0 skipped' no-such-program good
claim what_is_skipped_is_counted run_says 0 '7 passed, 0 failed, 2 skipped' good skipping
claim program_that_takes_too_long_is_stopped_and_has_failed stopped_at_the_limit
claim what_runs_ends_when_the_runner_is_stopped interrupted_ends_what_runs
claim server_that_a_test_has_stopped_is_ended stopped_server_is_ended
claim reports_come_in_the_order_given order_is_that_given
finish
