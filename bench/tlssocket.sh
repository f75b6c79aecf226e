#!/usr/bin/env bash
# tlssocket.sh PROGRAM -- its figures, then the library's code size for Cortex-M3 (-Os)
#
# Needs arm-none-eabi-gcc (scripts/install-deps device) and the headers of Mbed TLS 2.28.
set -euo pipefail
cd "$(dirname "$0")/.."
"$1"
command -v arm-none-eabi-gcc >/dev/null || { echo "no arm-none-eabi-gcc: no code size" >&2; exit 0; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/include"
cp -r "${MBEDTLS_INCLUDE:-/usr/include}/mbedtls" "${MBEDTLS_INCLUDE:-/usr/include}/psa" "$work/include"
# A microcontroller without an operating system has no threads.
sed -i 's/^#define MBEDTLS_THREADING/\/\/&/' "$work"/include/mbedtls/*config.h

size_of() { # size_of LABEL FLAG...: the sum over the core's objects
    local label=$1 source
    shift
    rm -f "$work"/*.o
    for source in src/tlssocket/*.c; do
        arm-none-eabi-gcc -mcpu=cortex-m3 -mthumb -Os -std=c99 -Wall -Wextra -Werror "$@" \
            -Iinclude -isystem "$work/include" -c -o "$work/$(basename "$source" .c).o" "$source"
    done
    arm-none-eabi-size -t "$work"/*.o | awk -v label="$label" 'END { print "code size Cortex-M3 -Os, " label ": " $1 " text, " $2 " data, " $3 " bss" }'
}
size_of "without tracing"
size_of "with tracing" -DMBED_CONF_MBED_TRACE_ENABLE=1
arm-none-eabi-gcc -mcpu=cortex-m3 -mthumb -Os -std=c99 -DMBED_CONF_MBED_TRACE_ENABLE=1 -Iinclude -c -o "$work/mbed_trace.o" src/tlssocket/ports/posix/mbed_trace.c
arm-none-eabi-size "$work/mbed_trace.o" | awk 'END { print "code size Cortex-M3 -Os, the tracer itself: " $1 " text, " $2 " data, " $3 " bss" }'
