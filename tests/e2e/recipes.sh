#!/usr/bin/env bash
# recipes.sh -- examples/recipes do what they say: make, CMake and PlatformIO (action.sh has the CI jobs)
cd "$(dirname "$0")" || exit 1
# shellcheck source=../lib.sh
. ../lib.sh

recipes=$root/examples/recipes
"$bin/tests/mkpki" "$work"
port=$(free_port)
start "$work/server.log" openssl s_server -accept "127.0.0.1:$port" -cert "$work/leaf.pem" -key "$work/leaf.key" \
    -cert_chain "$work/int.pem" -quiet
wait_for_port "$port" || exit 1
export PATH=$bin:$PATH
mkdir "$work/make" "$work/cmake"
echo "localhost:$port" >"$work/make/hosts.txt"

make_rule() {
    cd "$work/make" || return 1
    cp "$recipes/caembed.mk" Makefile
    make CAEMBED_FLAGS="--ca-file $work/root.pem" ssl_ca_pem.h && grep -q BEGIN ssl_ca_pem.h &&
        grep -q tls-socket mbed_app.json &&
        ! make CAEMBED_FLAGS="--ca-file $work/root.pem" ssl_ca_pem.h | grep '^caembed' &&
        make CAEMBED_FLAGS="--ca-file $work/root.pem" check-ca update-ca &&
        make CAEMBED_FLAGS="-n OTHER --ca-file $work/root.pem" ssl_ca_pem.h && grep -q OTHER ssl_ca_pem.h
}

make_rule_knows_the_files() { # that the flags name: made anew when one changes, not when none does
    cd "$work/make" || return 1
    local ca="$work/make/own ca.pem"
    cp "$work/root.pem" "$ca"
    make CAEMBED_FLAGS="--ca-file '$ca'" ssl_ca_pem.h || return 1
    ! make CAEMBED_FLAGS="--ca-file '$ca'" ssl_ca_pem.h | grep '^caembed' || return 1
    touch -d '1 hour ago' ssl_ca_pem.h
    make CAEMBED_FLAGS="--ca-file '$ca'" ssl_ca_pem.h | grep '^caembed' || return 1
    ! make CAEMBED_FLAGS="--ca-file '$ca'" ssl_ca_pem.h | grep '^caembed'
}

make_rule_leaves_the_default_goal() { # and brings back settings that were removed
    cd "$work/make" || return 1
    printf 'all:\n\t@echo the default\ninclude caembed.mk\nfirmware: ssl_ca_pem.h mbed_app.json\n' >own.mk
    printf 'include caembed.mk\nfirmware: ssl_ca_pem.h mbed_app.json\n\t@echo firmware\n' >first.mk
    cp "$recipes/caembed.mk" .
    local flags="CAEMBED_FLAGS=-q --ca-file $work/root.pem"
    [ "$(make -f own.mk "$flags")" = "the default" ] && rm -f mbed_app.json &&
        make -f first.mk "$flags" | grep -qx firmware && [ -s mbed_app.json ]
}

cmake_function() {
    cd "$work/cmake" || return 1
    printf '#include <stdio.h>\n#include "ssl_ca_pem.h"\nint main(void) { return puts(SSL_CA_PEM) < 0; }\n' >main.c
    cat >CMakeLists.txt <<EOF
cmake_minimum_required(VERSION 3.18)
project(firmware C)
include("$recipes/caembed.cmake")
add_executable(firmware main.c)
caembed_header(firmware localhost:$port FLAGS --ca-file $work/root.pem)
EOF
    cmake -S . -B out && cmake --build out && ./out/firmware | grep -q BEGIN &&
        cmake --build out --target firmware-ca-check && cmake --build out --target firmware-ca
}

cmake_function_knows_the_files() {
    cd "$work/cmake" || return 1
    ! cmake --build out | grep 'Trust anchors' || return 1
    touch -d '1 hour ago' out/firmware-ca/ssl_ca_pem.h
    cmake --build out | grep 'Trust anchors' && ! cmake --build out | grep 'Trust anchors'
}

claim make_rule_makes_updates_and_checks make_rule
claim make_rule_knows_the_files make_rule_knows_the_files
claim make_rule_leaves_the_default_goal make_rule_leaves_the_default_goal
claim cmake_function_makes_updates_and_checks cmake_function
claim cmake_function_knows_the_files cmake_function_knows_the_files
cmake_function_checks_a_committed_header() { # in a new build folder, in which nothing was built
    mkdir -p "$work/committed/ca" && cd "$work/committed" || return 1
    cp "$work/cmake/main.c" .
    sed 's| FLAGS| FOLDER ca FLAGS|' "$work/cmake/CMakeLists.txt" >CMakeLists.txt
    caembed --ca-file "$work/root.pem" -o ca/ssl_ca_pem.h -m ca/mbed_app.json "localhost:$port" || return 1
    cmake -S . -B out && cmake --build out --target firmware-ca-check | grep 'current: ' || return 1
    sed -i 's/Trust/trust/' ca/ssl_ca_pem.h
    ! cmake --build out --target firmware-ca-check && grep -q trust ca/ssl_ca_pem.h || return 1
    rm -r out && cmake -S . -B out && cmake --build out && grep -q trust ca/ssl_ca_pem.h # it asks nobody
}

fresh_clone_asks_nobody() { # without the stamp and the dependency file, which are not committed
    mkdir -p "$work/clone" && cd "$work/clone" || return 1
    cp "$recipes/caembed.mk" Makefile && cp "$work/make/hosts.txt" . && touch -d '1 minute ago' hosts.txt
    caembed --ca-file "$work/root.pem" -o ssl_ca_pem.h -m mbed_app.json --from hosts.txt || return 1
    echo '/* by hand */' >>ssl_ca_pem.h
    make CAEMBED_FLAGS="--ca-file $work/root.pem" ssl_ca_pem.h && grep -q 'by hand' ssl_ca_pem.h || return 1
    ! make CAEMBED_FLAGS="--ca-file $work/root.pem" check-ca && grep -q 'by hand' ssl_ca_pem.h || return 1
    make CAEMBED_FLAGS="-n OTHER --ca-file $work/root.pem" ssl_ca_pem.h && grep -q OTHER ssl_ca_pem.h
}

# PlatformIO's manifest of the TLS socket library: the files that it names, compiled alone as a library's are there.
platformio_manifest_names_the_library() {
    cd "$root" || return 1
    local folder include source filter
    [ "$(jq -r .version library.json)" = "$(cat VERSION)" ] && jq -re .license library.json | grep -qx Apache-2.0 || return 1
    include=$(jq -r .build.includeDir library.json) && folder=$(jq -r .build.srcDir library.json)
    filter=$(jq -r '.build.srcFilter[]' library.json)
    [ -f "$include/$(jq -r .headers library.json)" ] && [ "$filter" = "+<*.c>" ] || return 1
    for source in "$folder"/*.c; do
        cc -std=gnu99 -D_POSIX_C_SOURCE=200809L -Wall -Wextra -Werror -I"$include" -I"$folder" -c -o "$work/source.o" "$source" || return 1
    done
    jq -r '.export.include[]' library.json | xargs ls -d >/dev/null
}

claim platformio_manifest_names_the_library platformio_manifest_names_the_library
claim cmake_function_checks_a_committed_header cmake_function_checks_a_committed_header
claim fresh_clone_asks_nobody fresh_clone_asks_nobody
finish
