#!/usr/bin/env bash
# tlssocket-headers.sh -- what a program sees: headers, archive, symbols
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck disable=SC2154
cd "$work" || exit 1
strict="-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wundef -Werror -Iinclude"
ln -s "$root/include" include # a path without blanks

# Each header in a file of its own, twice; a compiler takes them all at once.
for header in "$root"/include/tlssocket/*.h; do
    name=$(basename "$header")
    printf '#include "tlssocket/%s"\n#include "tlssocket/%s"\nint main(void);\nint main(void) { return 0; }\n' "$name" "$name" >"alone_${name%.h}.c"
done
# shellcheck disable=SC2086
compile_alone() { $1 $strict $2 -fsyntax-only alone_*.c; } # COMPILER OPTION
for compiler in "gcc -std=c99" "clang -std=c99" "g++ -x c++ -std=c++11" "clang++ -x c++ -std=c++11"; do
    claim "headers_compile_alone_with_${compiler%% *}" compile_alone "$compiler" ""
    claim "headers_compile_alone_with_tracing_with_${compiler%% *}" compile_alone "$compiler" -DMBED_CONF_MBED_TRACE_ENABLE=1
done

# A firmware leaves out of Mbed TLS what it does not need.
config=mbedtls/config.h
echo '#include <mbedtls/mbedtls_config.h>' | gcc -E - >/dev/null 2>&1 && config=mbedtls/mbedtls_config.h
compiles_without() { # OPTION OF MBED TLS
    printf '#include <%s>\n#undef %s\n' "$config" "$1" >"without_$1.h"
    # shellcheck disable=SC2086
    gcc -std=c99 -D_POSIX_C_SOURCE=200809L $strict -I. "-DMBEDTLS_CONFIG_FILE=\"without_$1.h\"" -fsyntax-only "$root"/src/tlssocket/*.c
}
for option in MBEDTLS_SSL_ALPN MBEDTLS_SSL_MAX_FRAGMENT_LENGTH MBEDTLS_SSL_SESSION_TICKETS MBEDTLS_SSL_SERVER_NAME_INDICATION \
    MBEDTLS_ERROR_C MBEDTLS_DEBUG_C; do
    claim "library_compiles_without_$option" compiles_without "$option"
done

cat >sizes.c <<'C'
#include "tlssocket/tls_socket.h"
#include <stdio.h>
int main(void)
{
    return printf("%zu %zu %zu %zu\n", sizeof(struct tls_socket), sizeof(struct tls_socket_wrapper),
                  sizeof(struct network_socket), sizeof(struct network_transport)) < 0;
}
C
structs_do_not_change() {
    # shellcheck disable=SC2086
    gcc -std=c99 $strict -o plain sizes.c &&
        gcc -std=c99 $strict -DMBED_CONF_MBED_TRACE_ENABLE=1 -DMBED_CONF_TLS_SOCKET_DEBUG_LEVEL=4 -DMBED_TRACE_MAX_LEVEL=2 -o traced sizes.c &&
        [ "$(./plain)" = "$(./traced)" ]
}
claim no_struct_changes_with_a_configuration_macro structs_do_not_change

cat >program.c <<'C'
#include "tlssocket/tls_socket.h"
#include <string.h>
int main(void)
{
    static const char request[] = "GET / HTTP/1.0\r\n\r\n";
    struct tls_socket socket;
    char buffer[64];
    nsapi_error_t r;

    mbed_trace_init();
    tls_socket_init(&socket);
    if ((r = tls_socket_open(&socket, network_default())) == NSAPI_ERROR_OK &&
        (r = tls_socket_set_root_ca_cert(&socket, "no certificate")) == NSAPI_ERROR_OK &&
        (r = tls_socket_connect(&socket, "os.mbed.com", 443)) == NSAPI_ERROR_OK) {
        nsapi_size_or_error_t n = tls_socket_send(&socket, request, strlen(request));
        n = tls_socket_recv(&socket, buffer, sizeof buffer);
        (void)n;
    }
    tls_socket_close(&socket);
    tls_socket_free(&socket);
    return r == NSAPI_ERROR_PARAMETER ? 0 : 1;
}
C
links_and_runs() {
    # shellcheck disable=SC2086
    $1 $strict $2 -o program program.c "$bin/$3" $sanitize -lmbedtls -lmbedx509 -lmbedcrypto && ./program
}
links_and_runs_cxx() {
    cp program.c program.cc
    # shellcheck disable=SC2086
    g++ -std=c++11 $strict -o program program.cc "$bin/libtlssocket.a" $sanitize -lmbedtls -lmbedx509 -lmbedcrypto && ./program
}
sanitize=
nm "$bin/libtlssocket.a" 2>/dev/null | grep __asan_ >/dev/null && sanitize=-fsanitize=address,undefined
claim program_links_as_c links_and_runs "gcc -std=c99" "" libtlssocket.a
claim program_links_with_tracing links_and_runs "gcc -std=c99" -DMBED_CONF_MBED_TRACE_ENABLE=1 libtlssocket.a
claim program_links_as_cxx links_and_runs_cxx
claim program_links_without_tracing links_and_runs "gcc -std=c99" "" notrace/libtlssocket.a

nothing_left_of_tracing() {
    ! nm "$bin/notrace/libtlssocket.a" | grep -E ' [A-Za-z] (mbed_v?trace|tls_trace)' &&
        ! strings -a "$bin/notrace/libtlssocket.a" | grep -E 'TLS handshake|\[%s\]'
}
claim tracing_is_compiled_out_entirely nothing_left_of_tracing

installs() {
    local flags
    make_root DESTDIR= PREFIX="$work/usr" install >/dev/null || return 1
    flags=$(PKG_CONFIG_PATH=$work/usr/lib/pkgconfig pkg-config --cflags --libs tlssocket)
    # shellcheck disable=SC2086
    gcc -std=c99 -o installed program.c $flags $sanitize && ./installed &&
        "$work/usr/bin/mbed-config" "$work/usr/share/tlssocket/mbed_lib.json" "$work/usr/share/tlssocket/mbed-trace/mbed_lib.json" >/dev/null &&
        mandoc -T lint -W warning "$work/usr/share/man/man3/tlssocket.3" "$work/usr/share/man/man1/mbed-config.1"
}
settings_arrive_as_the_page_says() { # docs/tlssocket.md, for the settings that caembed writes
    local command
    command=$(sed -nE 's/^    (mbed-config -o .*)/\1/p' "$root/docs/tlssocket.md")
    "$bin/caembed" -q --at 2026-01-01T00:00:00Z --chain <(cat "$pki/leaf.pem" "$pki/int.pem") --ca-file "$pki/root.pem" \
        -o "$work/ca.h" -m "$work/mbed_app.json" localhost &&
        (cd "$root" && PATH=$bin:$PATH && command=${command/-o mbed_config.h/-o $work/mbed_config.h} && eval "${command/ mbed_app.json/ $work/mbed_app.json}") &&
        grep MBED_CONF_MBED_TRACE_ENABLE "$work/mbed_config.h"
}
claim settings_arrive_as_the_page_says settings_arrive_as_the_page_says
claim program_builds_against_what_is_installed installs

compiles_as_configured() {
    local compiler
    for compiler in gcc clang; do
        # shellcheck disable=SC2086
        $compiler -O1 -std=c99 -D_POSIX_C_SOURCE=200809L -Wformat=2 $strict $1 -c \
            "$root"/src/tlssocket/*.c "$root"/src/tlssocket/ports/posix/*.c || return 1
    done
}
claim compiles_with_mbedtls_debugging compiles_as_configured "-DMBED_CONF_MBED_TRACE_ENABLE=1 -DMBED_CONF_TLS_SOCKET_DEBUG_LEVEL=3"
claim compiles_with_errors_traced_only compiles_as_configured "-DMBED_CONF_MBED_TRACE_ENABLE=1 -DMBED_TRACE_MAX_LEVEL=TRACE_LEVEL_ERROR"
claim compiles_with_nothing_traced compiles_as_configured "-DMBED_CONF_MBED_TRACE_ENABLE=1 -DMBED_TRACE_MAX_LEVEL=0"
claim compiles_with_debugging_but_no_tracing compiles_as_configured "-DMBED_CONF_MBED_TRACE_ENABLE=0 -DMBED_CONF_TLS_SOCKET_DEBUG_LEVEL=3"

no_shared_sources() {
    ! grep -rn 'include.*caembed' "$root/src/tlssocket" "$root/src/mbedconfig" "$root/include" &&
        ! grep -rnE 'include.*(tlssocket|mbedconfig)' "$root/src/caembed" 2>/dev/null
}
claim library_and_tool_share_no_source no_shared_sources
finish
