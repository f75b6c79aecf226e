#!/usr/bin/env bash
# formats.sh -- every format, read by a consumer of its own over loopback; what caembed's readers say of it is elsewhere
. "$(dirname "$0")/../lib.sh"

port=$(free_port)
start "$work/server.log" openssl s_server -accept "127.0.0.1:$port" -www -cert "$pki/leaf.pem" -key "$pki/leaf.key" \
    -cert_chain "$pki/int.pem"
claim "a server listens" wait_for_port "$port"
cp "$pki/root.pem" "$work/ca.pem"
cp "$pki/other-root.pem" "$work/other.pem"

# write FILE FORMAT OPTION... -- the anchors of the server
write() { embed -o "$1" -f "$2" --ca-file "$work/ca.pem" "${@:3}" "localhost:$port"; }

# client OPTION... -- openssl takes the server with these anchors alone
client() {
    openssl s_client -connect "127.0.0.1:$port" -servername localhost -verify_hostname localhost -verify_return_error \
        -no-CApath -no-CAstore "$@" </dev/null
}
get() { curl -sS --noproxy '*' --resolve "localhost:$port:127.0.0.1" --capath /nonexistent "$@" "https://localhost:$port/" -o "$work/page"; }

# ---- pem-file ----

claim "a pem-file is written" write "$work/root.pem" pem-file
claim "openssl verifies the server with the pem-file" client -CAfile "$work/root.pem"
claim "curl --cacert takes the server with the pem-file" get --cacert "$work/root.pem"
claim "openssl refuses the server with another root" exits 1 client -CAfile "$work/other.pem"
claim "curl refuses the server with another root" exits 60 get --cacert "$work/other.pem"

# ---- arduino ----

# The inside of Arduino.h that the header needs: PROGMEM as ESP8266's core defines it, a section of its own.
mkdir "$work/core"
cat >"$work/core/Arduino.h" <<'CORE'
#pragma once
#define PROGMEM __attribute__((section(".irom.text")))
CORE
cat >"$work/second.cpp" <<'SECOND'
#include "root.h"
const char *second() { return SSL_CA_PEM; }
SECOND
cat >"$work/sketch.cpp" <<'SKETCH'
#include "root.h"
#include "root.h"

#include <cstdio>
#include <cstring>
#include <mbedtls/x509_crt.h>

const char *second();

int main()
{
    mbedtls_x509_crt crt;
    mbedtls_x509_crt_init(&crt);
    if (std::strcmp(SSL_CA_PEM, second()) != 0)
        return 2;
    if (mbedtls_x509_crt_parse(&crt, reinterpret_cast<const unsigned char *>(SSL_CA_PEM), sizeof SSL_CA_PEM) != 0)
        return 3;
    std::fputs(SSL_CA_PEM, stdout);
    mbedtls_x509_crt_free(&crt);
    return 0;
}
SKETCH
sketch_gives() { # COMPILER STANDARD ROW... -- what Mbed TLS parsed is printed
    "$1" -std="$2" -Wall -Wextra -Wpedantic -Werror -I"$work/core" -o "$work/sketch" "$work/sketch.cpp" \
        "$work/second.cpp" -lmbedx509 -lmbedcrypto && "$work/sketch" | cmp - <(chain "${@:3}")
}
claim "an arduino header is written" write "$work/root.h" arduino
for build in "g++ c++11" "g++ gnu++2a" "clang++ c++11" "clang++ c++20"; do
    # shellcheck disable=SC2086
    claim "$build takes the arduino header, and Mbed TLS its string" sketch_gives $build root
done
chain deep-9-leaf deep-{9,8,7,6,5,4,3,2,1} >"$work/long.pem"
cp "$pki/deep-0.pem" "$work/deep.pem"
claim "an arduino header of two is written" embed -o "$work/root.h" -f arduino --ca-file "$work/deep.pem" \
    --chain "$work/long.pem" localhost
claim "both are in the string" sketch_gives g++ c++11 deep-0 deep-1

finish
