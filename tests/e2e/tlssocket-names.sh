#!/usr/bin/env bash
# tlssocket-names.sh -- the library's external names: none may meet one of a program or of Mbed OS
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck disable=SC2154
cd "$work" || exit 1

# What Mbed OS defines itself: nanostack's socket_api.c (5.11 to 6.17), and mbed-trace.
mbed_os_names='socket_(bind|close|connect|getpeername|getsockopt|recv|send|setsockopt)|mbed_v?tracef?(_.*)?'

# external_names OBJECT...: what they define for others, C++ names included
external_names() { nm -g --defined-only "$@" | awk 'NF == 3 && $2 !~ /[VWuw]/ { print $3 }' | sort -u; }

names_are_prefixed() { # names_are_prefixed OBJECT...
    external_names "$@" >names && [ -s names ] || return 1
    ! grep -vE '^_*(tls_socket|tlssocket|mbed_trace|mbed_v?tracef$|network_)' names
}
for archive in libtlssocket.a notrace/libtlssocket.a; do
    claim "external_names_have_our_prefixes_in_$archive" names_are_prefixed "$bin/$archive"
done

names_leave_mbed_os_alone() { # what an application of Mbed OS compiles: all but ports/posix
    local source objects=()
    for source in "$root"/src/tlssocket/*.c; do objects+=("$bin/obj/src/tlssocket/$(basename "$source" .c).o"); done
    external_names "${objects[@]}" >names && [ -s names ] || return 1
    ! grep -xE "$mbed_os_names" names
}
claim no_external_name_is_one_of_mbed_os names_leave_mbed_os_alone

uses_what_5_11_has() { # NSAPI_ERROR_BUSY came with 5.12
    ! grep -rn 'NSAPI_ERROR_BUSY' "$root/src/tlssocket" --include='*.c' --include='*.cpp' --include='*.h' | grep -v '^[^:]*:[0-9]*:/\*'
}
claim no_error_value_is_used_that_mbed_os_5_11_lacks uses_what_5_11_has
finish
