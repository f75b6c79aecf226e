#!/usr/bin/env bash
# tlssocket-mbed-os.sh -- what Mbed OS's build systems are given, with a stand-in for its classes
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck disable=SC2154
cd "$work" || exit 1
stand_in=$root/tests/support/tls_mbed_os
warnings="-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wundef -Werror"

adapter_compiles() { # adapter_compiles COMPILER...
    # shellcheck disable=SC2086
    "$@" $warnings -I"$root/include" -isystem "$stand_in" -c -o adapter.o \
        "$root/src/tlssocket/ports/mbed-os/mbed_os_network.cpp"
}
for compiler in g++ clang++; do
    for standard in c++98 c++14 c++20; do
        claim "adapter_compiles_with_${compiler}_as_$standard" adapter_compiles $compiler -std=$standard
    done
done

adapter_names_are_prefixed() {
    adapter_compiles g++ -std=c++98 || return 1
    nm -g --defined-only adapter.o | awk 'NF == 3 && $2 !~ /[VWuw]/ { print $3 }' >names
    [ "$(wc -l <names)" -ge 3 ] && ! grep -vE '^(_Z[0-9]+)?(tls_socket_|network_)' names
}
claim adapter_has_our_prefixes adapter_names_are_prefixed

# A program of Mbed CLI 2 or Mbed CE names the library's target; their targets are empty here.
cat >CMakeLists.txt <<E
cmake_minimum_required(VERSION 3.13)
project(firmware C CXX)
set(CMAKE_CXX_STANDARD 14)
add_library(mbed-netsocket INTERFACE)
add_library(mbed-mbedtls INTERFACE)
target_include_directories(mbed-netsocket INTERFACE $stand_in)
add_subdirectory($root/src/tlssocket tlssocket)
add_library(firmware STATIC main.cpp)
target_link_libraries(firmware PRIVATE tlssocket)
E
cat >main.cpp <<'C'
#include "tlssocket/network_mbed_os.h"
struct network over_the_default();
struct network over_the_default()
{
    return network_mbed_os(0);
}
C
cmake_builds() {
    if cmake -S . -B cmake >cmake.log 2>&1 && cmake --build cmake >>cmake.log 2>&1; then return 0; fi
    cat cmake.log
    return 1
}
claim cmake_program_builds cmake_builds

every_source_is_there() { # in the program's archive: each source of the core, and the adapter
    ar t cmake/libfirmware.a | sed 's/\.\(c\|cpp\)\.o$/.\1/' | sort >built
    (cd "$root/src/tlssocket" && printf '%s\n' *.c && cd ports/mbed-os && printf '%s\n' *.cpp && echo main.cpp) | sort >wanted
    diff wanted built
}
claim cmake_compiles_every_source_once every_source_is_there
finish
