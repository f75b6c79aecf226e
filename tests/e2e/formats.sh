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

# ---- der-file ----

der_server() { # OPENSSL-OPTION... -- trusting what a store URI of OpenSSL gives, which may be DER
    openssl s_client -connect "127.0.0.1:$port" -servername localhost -verify_hostname localhost -verify_return_error \
        -no-CApath -no-CAfile "$@" </dev/null
}
claim "a der-file is written" write "$work/root.der" der-file
claim "openssl verifies the server with the der-file" der_server -CAstore "file:$work/root.der"
openssl x509 -in "$work/other.pem" -outform DER -out "$work/other.der"
claim "openssl refuses the server with another root in DER" exits 1 der_server -CAstore "file:$work/other.der"
cat >"$work/folder.c" <<'FOLDER'
/* Prints the PEM of what Mbed TLS reads in a folder: how many, or how it failed. */
#include <mbedtls/x509_crt.h>
#include <stdio.h>

int main(int argc, char **argv)
{
    mbedtls_x509_crt crt;
    const mbedtls_x509_crt *at;
    int count = 0, failed;

    mbedtls_x509_crt_init(&crt);
    failed = argc == 2 ? mbedtls_x509_crt_parse_path(&crt, argv[1]) : -1;
    for (at = &crt; at != NULL && at->raw.p != NULL; at = at->next)
        count++;
    mbedtls_x509_crt_free(&crt);
    printf("%d read, %d failed\n", count, failed);
    return 0;
}
FOLDER
claim "a program that reads folders with Mbed TLS is built" cc -o "$work/folder" "$work/folder.c" -lmbedx509 -lmbedcrypto
mkdir "$work/several"
cp "$pki/deep-0.pem" "$work/deep.pem"
chain deep-9-leaf deep-{9,8,7,6,5,4,3,2,1} >"$work/long.pem"
claim "der-files of two are written into a folder" embed -o "$work/several" -f der-file --ca-file "$work/deep.pem" \
    --chain "$work/long.pem" localhost
folder_gives() { test "$("$work/folder" "$work/several")" = "$1"; }
claim "Mbed TLS reads both files of the folder" folder_gives "2 read, 0 failed"
claim "der-files of a profile replace them" embed -o "$work/several" -f der-file --profile letsencrypt
claim "Mbed TLS reads each root of the profile" folder_gives "$(embed -f pem-file --profile letsencrypt | grep -c BEGIN) read, 0 failed"
claim "der-files of one host leave none of the others" write "$work/several/" der-file
claim "Mbed TLS reads one" folder_gives "1 read, 0 failed"

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
claim "an arduino header of two is written" embed -o "$work/root.h" -f arduino --ca-file "$work/deep.pem" \
    --chain "$work/long.pem" localhost
claim "both are in the string" sketch_gives g++ c++11 deep-0 deep-1

# ---- zephyr ----

# What credentials.h needs of Zephyr: the interface as its documentation has it. tls_credential_add() does
# what Zephyr's TLS socket does with the bytes: all that ends with a NUL and holds BEGIN is PEM, else DER.
mkdir -p "$work/zephyr-include/zephyr/net" "$work/zephyr"
cat >"$work/zephyr-include/zephyr/net/tls_credentials.h" <<'CORE'
#pragma once
#include <stddef.h>
typedef int sec_tag_t;
enum tls_credential_type { TLS_CREDENTIAL_NONE, TLS_CREDENTIAL_CA_CERTIFICATE };
#ifdef __cplusplus
extern "C"
#endif
int tls_credential_add(sec_tag_t tag, enum tls_credential_type type, const void *cred, size_t credlen);
CORE
cat >"$work/socket.c" <<'SOCKET'
#include <mbedtls/x509_crt.h>
#include <stdio.h>
#include <string.h>
#include "credentials.h"

int tls_credential_add(sec_tag_t tag, enum tls_credential_type type, const void *cred, size_t credlen)
{
    mbedtls_x509_crt crt;
    const char *text = cred;
    int rv;

    mbedtls_x509_crt_init(&crt);
    if (tag != 42 || type != TLS_CREDENTIAL_CA_CERTIFICATE || text[credlen - 1] != '\0' ||
        strstr(text, "-----BEGIN CERTIFICATE-----") == NULL)
        return -1;
    rv = mbedtls_x509_crt_parse(&crt, cred, credlen);
    mbedtls_x509_crt_free(&crt);
    fputs(text, stdout);
    return rv;
}
SOCKET
printf '#include "credentials.h"\nint main(void)\n{\n    return SSL_CA_add(42);\n}\n' | sed 's/SSL_CA/OUR_ca/' >"$work/main.c"
cp "$work/main.c" "$work/main.cpp"
zephyr_gives() { # MAIN-COMPILER MAIN ROW... -- what the TLS socket parsed is printed
    local file
    for file in credentials socket; do
        cc -std=c99 -Wall -Wextra -Wpedantic -Werror -I"$work/zephyr" -I"$work/zephyr-include" -c -o "$work/$file.o" \
            "$([ $file = socket ] && echo "$work" || echo "$work/zephyr")/$file.c" || return
    done
    "$1" -Wall -Wextra -Wpedantic -Werror -I"$work/zephyr" -I"$work/zephyr-include" -o "$work/app" "$work/$2" \
        "$work/credentials.o" "$work/socket.o" -lmbedx509 -lmbedcrypto && "$work/app" | cmp - <(chain "${@:3}")
}
zephyr() { embed -o "$work/zephyr" -t zephyr -f zephyr -n OUR_ca "$@"; }
claim "a zephyr folder is written" zephyr --ca-file "$work/ca.pem" "localhost:$port"
claim "Mbed TLS takes the credential as Zephyr's TLS socket gives it" zephyr_gives cc main.c root
claim "C++ can call it" zephyr_gives g++ main.cpp root
claim "a zephyr folder of two is written" zephyr --ca-file "$work/deep.pem" --chain "$work/long.pem" localhost
claim "both are in one credential" zephyr_gives cc main.c deep-0 deep-1

# ---- several hosts, in every format ----

declare -A target=([zephyr]=zephyr [esp-bundle]=esp-idf [esp-bundle-5.3]=esp-idf)
second=$(free_port)
start "$work/second.log" openssl s_server -accept "127.0.0.1:$second" -quiet -cert "$pki/deep-1-leaf.pem" \
    -key "$pki/deep-1-leaf.key" -cert_chain "$pki/deep-1.pem"
claim "a second server listens" wait_for_port "$second"
both() { "$bin/caembed" --at "$at" -t "${target[$1]:-mbed-os}" -f "$1" -o "$work/both.$1" --ca-file "$work/ca.pem" --ca-file "$work/deep.pem" "${@:2}"; }
checks() { # FORMAT OPTION... -- what is written for both servers is current; for one of them it holds too much
    both "$@" "localhost:$port" "localhost:$second" && both "$1" --check "${@:2}" "localhost:$port" "localhost:$second" &&
        ! both "$1" --check "${@:2}" "localhost:$port"
}
mkdir "$work/both.der-file" "$work/both.zephyr"
for format in pem der pem-file der-file arduino esp-bundle esp-bundle-5.3 zephyr; do
    claim "$format: both servers' anchors are current, and too many for one" checks "$format"
    claim "$format: likewise with --fewest" checks "$format" --fewest
    claim "$format: likewise with --backup and a profile" checks "$format" --backup --profile letsencrypt
done

finish
