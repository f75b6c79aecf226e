#!/usr/bin/env bash
# mbedconfig.sh -- the program: its options, exit status and files
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck disable=SC2154
cd "$work" || exit 1
lib=$root/src/tlssocket/mbed_lib.json
trace=$root/src/tlssocket/ports/posix/mbed_lib.json

cat >mbed_app.json <<'JSON'
{ "macros": ["MBEDTLS_SHA1_C=1"],
  "target_overrides": { "*": { "mbed-trace.enable": 1, "tls-socket.debug-level": 0 } } }
JSON

# status WANT COMMAND...: the command's exit status is WANT
status() {
    local want=$1 got=0
    shift
    "$@" || got=$?
    [ "$got" -eq "$want" ] || { echo "exit status $got, not $want"; return 1; }
}

says() {
    local want=$1
    shift
    "$@" >says.log 2>&1
    grep -qF -- "$want" says.log || { cat says.log; return 1; }
}

writes_what_caembed_asks_for() {
    status 0 "$bin/mbed-config" -o mbed_config.h "$lib" "$trace" mbed_app.json &&
        grep -qx '#define MBED_CONF_MBED_TRACE_ENABLE 1 .*' mbed_config.h &&
        grep -qx '#define MBED_CONF_TLS_SOCKET_DEBUG_LEVEL 0 .*' mbed_config.h &&
        grep -qx '#define MBEDTLS_SHA1_C 1 .*' mbed_config.h
}

header_compiles() {
    local compiler
    for compiler in "cc -std=c99 -x c" "cc -std=c11 -x c" "c++ -std=c++11 -x c++"; do
        # shellcheck disable=SC2086
        $compiler -I. -Wall -Wextra -Wpedantic -Werror -fsyntax-only - <<<'#include "mbed_config.h"
int main(void) { return MBED_CONF_TLS_SOCKET_DEBUG_LEVEL; }' || return 1
    done
}

leaves_an_equal_file_alone() {
    touch -d '2001-01-01' mbed_config.h
    "$bin/mbed-config" -o mbed_config.h "$lib" "$trace" mbed_app.json &&
        [ "$(stat -c %Y mbed_config.h)" = "$(date -d '2001-01-01' +%s)" ]
}

leaves_the_file_alone_on_error() {
    cp mbed_config.h before.h
    status 1 "$bin/mbed-config" -o mbed_config.h mbed_app.json && cmp mbed_config.h before.h &&
        [ -z "$(find . -name '.caembed.*')" ]
}

prints_to_stdout() {
    "$bin/mbed-config" "$lib" "$trace" mbed_app.json | cmp - mbed_config.h
}

takes_a_library_alone() {
    "$bin/mbed-config" "$lib" >alone.h && grep -q TLS_SOCKET_DEBUG_LEVEL alone.h
}

# The same rules as caembed's for the file that is written.
keeps_links_and_modes() {
    echo old >real.h
    chmod 640 real.h
    ln -sf real.h link.h
    "$bin/mbed-config" -o link.h "$lib" && [ -L link.h ] && grep -q TLS_SOCKET real.h &&
        [ "$(stat -c %a real.h)" = 640 ]
}

writes_into_devices() {
    "$bin/mbed-config" -o /dev/null "$lib" && [ -c /dev/null ] &&
        "$bin/mbed-config" -o /dev/stdout "$lib" | grep -q TLS_SOCKET
}

reads_and_writes_named_pipes() {
    local pid
    mkfifo in out
    cat mbed_app.json >in &
    pid=$!
    cat out >piped.h &
    pid="$pid $!"
    timeout 20 "$bin/mbed-config" -o out "$lib" "$trace" in
    # shellcheck disable=SC2086
    wait $pid
    grep -q 'MBED_TRACE_ENABLE 1 ' piped.h
}

does_not_wait_for_ever() {
    local reader writer
    mkfifo silent deaf
    timeout 20 "$bin/mbed-config" silent 2>silent.log &
    reader=$!
    timeout 20 "$bin/mbed-config" -o deaf "$lib" 2>deaf.log &
    writer=$!
    wait $reader
    [ $? -eq 1 ] && grep -q 'nothing came from this pipe' silent.log || return 1
    wait $writer
    [ $? -eq 6 ] && grep -q 'nobody reads from this pipe' deaf.log
}

# -o NAME is one of the files that are read, by whatever name.
refuses_input_as_output() {
    local name
    cp mbed_app.json app.json
    cp app.json before.json
    ln -sf app.json symbolic.json
    ln -f app.json hard.json
    for name in app.json ./app.json symbolic.json hard.json; do
        status 1 "$bin/mbed-config" -o $name "$lib" "$trace" app.json 2>same.log &&
            grep -q 'is both read and written' same.log && cmp app.json before.json || return 1
    done
}

# Values, names and paths in every odd shape that is taken; each compiler reads the header twice.
odd_headers_compile() {
    local compiler
    cat >mbed_lib.json <<'JSON'
{ "name": "*/ odd??/\u001b[31m",
  "config": { "a": {"value": "1 /* /* one \\*/ // two", "macro_name": "ODD_A"},
              "b": {"value": "\"é??/\\\"/*\t\"", "macro_name": "ODD_B"},
              "c": {"value": null, "macro_name": "ODD_C"} },
  "macros": ["F(x)=((x) + 1)", "G()=2", "S(x)=#x", "J=a##b", "MBED_CONFIG_H=1", "MBED_CONFIG_H_=2", "Q='\\''", "EMPTY"],
  "target_overrides": { "*": { "target.macros_add": ["T"], "target.features_add": ["X"], "c": ["it's", 1, true, null] } } }
JSON
    "$bin/mbed-config" -o odd.h mbed_lib.json || return 1
    [ -z "$(LC_ALL=C grep -P '[^\x20-\x7e]' odd.h)" ] || return 1
    for compiler in "gcc -std=c99 -x c" "gcc -std=c2x -x c" "g++ -std=c++11 -x c++" "g++ -std=c++20 -x c++" \
        "clang -std=c99 -x c" "clang++ -std=c++17 -x c++"; do
        command -v "${compiler%% *}" >/dev/null || continue
        # shellcheck disable=SC2086
        $compiler -I. -Wall -Wextra -Wpedantic -Wno-invalid-pp-token -Werror -fsyntax-only - <<'C' || { echo "$compiler"; return 1; }
#include "odd.h"
#include "odd.h"
int main(void) { return F(1) + G() + ODD_A + (int)sizeof(ODD_B) + (int)sizeof(S(y)) + Q + MBED_CONFIG_H + T + FEATURE_X; }
C
    done
}

nothing_hostile_reaches_the_terminal() {
    printf '{"config": {"a\\u001b[31m\\n": 1.5}}' >"esc.json"
    "$bin/mbed-config" esc.json >hostile.log 2>&1
    printf '{"target_overrides": {"*": {"m\\u001b]0;.a\\u009b": 1}}}' >esc.json
    "$bin/mbed-config" esc.json >>hostile.log 2>&1
    "$bin/mbed-config" --lenient esc.json >>hostile.log 2>&1
    printf '{"macros": ["A\\u001b"]}' >esc.json
    "$bin/mbed-config" esc.json >>hostile.log 2>&1
    cp esc.json $'esc\e[31m.json'
    "$bin/mbed-config" $'esc\e[31m.json' >>hostile.log 2>&1
    printf '{"config": {"a": {"value": "\\u001b", "help": "\\u001b\\r"}}, "target_overrides": {"*": {"a": 1}}}' >esc.json
    "$bin/mbed-config" --explain a esc.json >>hostile.log 2>&1
    [ -s hostile.log ] && [ -z "$(LC_ALL=C grep -P '[^\x20-\x7e]' hostile.log)" ]
}

# A list of labels, in one -t or in several.
takes_lists_of_labels() {
    local labels
    echo '{"config": {"a": 1}, "target_overrides": {"STM": {"a": 2}, "K64F": {"a": 3}}}' >labels.json
    for labels in "-t K64F,STM" "-t STM -t K64F" "-tX,K64F"; do
        # shellcheck disable=SC2086
        "$bin/mbed-config" $labels labels.json | grep -q 'APP_A 3 ' || return 1
    done
    "$bin/mbed-config" -t STM labels.json | grep -q 'APP_A 2 '
}

lenient_drops_what_is_not_there() {
    status 0 "$bin/mbed-config" --lenient mbed_app.json >lenient.h 2>lenient.log &&
        [ "$(grep -c '^mbed-config: warning: ' lenient.log)" = 2 ] && ! grep -q DEBUG_LEVEL lenient.h
}

verbose_says_what_no_header_holds() {
    echo '{"target_overrides": {"*": {"target.printf_lib": "std"}, "K64F": {}}}' >verbose.json
    "$bin/mbed-config" verbose.json >/dev/null 2>quiet.log && [ ! -s quiet.log ] &&
        "$bin/mbed-config" -v verbose.json 2>&1 >/dev/null | grep -q "note: verbose.json:1: 'target.printf_lib' is an attribute" &&
        "$bin/mbed-config" -v verbose.json 2>&1 >/dev/null | grep -q "target_overrides of 'K64F' does not hold"
}

explains_where_a_value_comes_from() {
    "$bin/mbed-config" --explain mbed-trace.enable "$lib" "$trace" mbed_app.json >explain.log &&
        grep -qx "    mbed_app.json:2: 1, by application\[\*\]" explain.log &&
        grep -qx "    #define MBED_CONF_MBED_TRACE_ENABLE 1" explain.log
}

many_warnings_are_few_lines() {
    { echo '{"target_overrides": {"*": {"a.b": 1'; printf ', "a.b%d": 1\n' $(seq 5000); echo '}}}'; } >many.json
    "$bin/mbed-config" --lenient many.json 2>many.log >/dev/null && [ "$(wc -l <many.log)" -eq 21 ] &&
        grep -qx 'mbed-config: warning: 4981 more of the kind; -v prints all' many.log
}

# The largest file that is read, filled with what costs most, is done in two seconds.
large_files_are_quick() {
    local start=$SECONDS
    { echo '{"config": {"a": 1'; printf ', "b%d": 1' $(seq 18000); echo '}}'; } >costly.json
    "$bin/mbed-config" costly.json >/dev/null || return 1
    { echo '{"macros": ["a"'; printf ', "A"%.0s' $(seq 50000); echo ']}'; } >costly.json
    "$bin/mbed-config" costly.json >/dev/null || return 1
    { echo '{"config": {"a": 1}'; printf ', "config": {"b%d": 1}' $(seq 9000); echo '}'; } >costly.json
    "$bin/mbed-config" costly.json >/dev/null || return 1
    { echo '{"config": {"a": 1'; printf ', "b%d":{"value":1,"macro_name":"X"}' $(seq 5500); echo '}}'; } >costly.json
    "$bin/mbed-config" costly.json >/dev/null 2>&1 || return 1
    [ $((SECONDS - start)) -le 8 ]
}

# The reader has gone before the header comes.
closed_pipe_is_a_write_error() {
    { sleep 0.2; "$bin/mbed-config" "$lib"; echo $? >pipe.status; } 2>pipe.log | true
    [ "$(cat pipe.status)" = 6 ] && grep -q '^mbed-config: error: cannot write to standard output' pipe.log
}

size_limit_is_a_write_error() {
    (ulimit -f 0; status 6 "$bin/mbed-config" -o limited.h "$lib" 2>&1) | grep -q '^mbed-config: error: limited.h: ' &&
        [ ! -e limited.h ] && [ -z "$(find . -name '.caembed.*')" ]
}

head -c 300000 /dev/zero | tr '\0' ' ' >large.json

claim writes_what_caembed_asks_for writes_what_caembed_asks_for
claim header_compiles_as_c99_c11_and_cxx11 header_compiles
claim equal_file_is_not_touched leaves_an_equal_file_alone
claim file_stays_as_it_was_on_error leaves_the_file_alone_on_error
claim without_output_the_header_goes_to_stdout prints_to_stdout
claim file_named_mbed_lib_json_is_a_library takes_a_library_alone
claim no_file_is_a_usage_error status 1 "$bin/mbed-config"
claim unknown_option_is_a_usage_error status 1 "$bin/mbed-config" -x mbed_app.json
claim missing_value_is_a_usage_error status 1 "$bin/mbed-config" mbed_app.json -o
claim target_that_could_end_a_comment_is_refused status 1 "$bin/mbed-config" -t '*/' "$lib"
claim missing_file_is_an_input_error status 1 "$bin/mbed-config" nowhere.json
claim large_file_is_refused says "larger than" "$bin/mbed-config" large.json
claim directory_as_output_is_a_write_error status 6 "$bin/mbed-config" -o . "$lib"
claim missing_folder_is_a_write_error status 6 "$bin/mbed-config" -o nowhere/x.h "$lib"
claim full_disk_is_a_write_error bash -c "'$bin/mbed-config' '$lib' >/dev/full; [ \$? -eq 6 ]"
claim closed_pipe_is_a_write_error closed_pipe_is_a_write_error
claim size_limit_is_a_write_error size_limit_is_a_write_error
claim output_keeps_links_and_modes keeps_links_and_modes
claim devices_are_written_into writes_into_devices
claim named_pipes_are_read_and_written reads_and_writes_named_pipes
claim named_pipe_without_another_end_is_an_error does_not_wait_for_ever
claim input_as_output_is_refused refuses_input_as_output
claim odd_headers_compile_without_warnings odd_headers_compile
claim nothing_hostile_reaches_the_terminal nothing_hostile_reaches_the_terminal
claim target_option_takes_lists_of_labels takes_lists_of_labels
claim lenient_drops_what_is_not_there lenient_drops_what_is_not_there
claim verbose_says_what_no_header_holds verbose_says_what_no_header_holds
claim explain_says_where_a_value_comes_from explains_where_a_value_comes_from
claim many_warnings_are_few_lines many_warnings_are_few_lines
claim large_files_are_quick large_files_are_quick
claim output_twice_is_a_usage_error status 1 "$bin/mbed-config" -o a -o b "$lib"
claim two_applications_are_refused says "is a second application" "$bin/mbed-config" mbed_app.json mbed_app.json
claim long_options_are_checked says "no option --foo" "$bin/mbed-config" --foo "$lib"
claim comment_in_json_hints_at_json5 says "hint: that is JSON5" "$bin/mbed-config" <(echo '{} // x')
claim error_names_program_and_cause says "mbed-config: error: Attempt to override undefined parameter 'mbed-trace.enable' in 'application[*]'" "$bin/mbed-config" mbed_app.json
claim hint_follows_the_error says "mbed-config: hint: name the mbed_lib.json" "$bin/mbed-config" mbed_app.json
claim help_goes_to_stdout status 0 "$bin/mbed-config" -h
claim version_is_printed says "mbed-config 0." "$bin/mbed-config" -V
finish
