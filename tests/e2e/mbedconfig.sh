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
        [ -z "$(ls mbed_config.h.* 2>/dev/null)" ]
}

prints_to_stdout() {
    "$bin/mbed-config" "$lib" "$trace" mbed_app.json | cmp - mbed_config.h
}

takes_a_library_alone() {
    "$bin/mbed-config" "$lib" >alone.h && grep -q TLS_SOCKET_DEBUG_LEVEL alone.h
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
claim error_names_program_and_cause says "mbed-config: error: Attempt to override undefined parameter 'mbed-trace.enable' in 'application[*]'" "$bin/mbed-config" mbed_app.json
claim hint_follows_the_error says "mbed-config: hint: name the mbed_lib.json" "$bin/mbed-config" mbed_app.json
claim help_goes_to_stdout status 0 "$bin/mbed-config" -h
claim version_is_printed says "mbed-config 0." "$bin/mbed-config" -V
finish
