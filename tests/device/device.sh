#!/usr/bin/env bash
# device.sh -- what caembed writes works on the device: a round is a PKI, a server, caembed, an image built
# from its header and settings, the emulated Cortex-M, a TLS handshake over its UART, and hello.txt
# shellcheck source=tests/device/lib.sh
. "$(dirname "$0")/lib.sh"

# name | certificates that the server sends | roots that are trusted | anchors | macros that caembed must write
rounds=(
    "rsa2048|rsa2048-leaf rsa2048-int|rsa2048-root|rsa2048-root|"
    "rsa4096|rsa4096-leaf rsa4096-int|rsa4096-root|rsa4096-root|"
    "p256|p256-leaf p256-int|p256-root|p256-root|"
    "p384|p384-leaf p384-int|p384-root|p384-root|"
    "sha1|sha1-leaf sha1-int|sha1-root|sha1-root|MBEDTLS_SHA1_C"
    "p521|p521-leaf p521-int|p521-root|p521-root|MBEDTLS_ECP_DP_SECP521R1_ENABLED"
    "cross|cross-leaf cross-int cross-cross|old-root cross-root|cross-root|"
    "order|order-leaf order-upper order-int|order-root|order-root order-upper|"
    "missing|p256-leaf|p256-root p256-int|p256-root p256-int|"
)

gets_hello() { # IMAGE HOST PORT
    boot "$@" >boot.log
    local status=$?
    cat boot.log
    [ "$status" -eq 0 ] && grep -qx hello boot.log && grep -qF 'Certificate verification passed' boot.log
}

refuses() { # WANT IMAGE HOST PORT
    local want=$1
    shift
    boot "$@" >boot.log
    local status=$?
    cat boot.log
    [ "$status" -eq 1 ] && grep -qF -- "$want" boot.log && ! grep -q Sent boot.log
}

has_exactly() { # IMAGE MACRO...: of Mbed TLS's, in the settings that the image is built with
    local image=$1
    shift
    diff <(grep -oE 'MBEDTLS_[A-Z0-9_]+' "$image.config/mbed_config.h") <(for macro; do echo "$macro"; done)
}

round() { # NAME "SENT..." "TRUSTED..." "ANCHOR..." "MACRO..."
    local name=$1 sent trusted anchors macros
    read -r -a sent <<<"$2"
    read -r -a trusted <<<"$3"
    read -r -a anchors <<<"$4"
    read -r -a macros <<<"$5"
    chain "${trusted[@]}" >"$name.trusted.pem"
    serve "${sent[@]}" && write "$name" --ca-file "$name.trusted.pem" "localhost:$port" &&
        holds "$name.h" "${anchors[@]}" && build "$name" "$name.elf" &&
        has_exactly "$name.elf" ${macros[@]+"${macros[@]}"} && gets_hello "$name.elf" localhost "$port"
}

for line in "${rounds[@]}"; do
    IFS='|' read -r name sent trusted anchors macros <<<"$line"
    claim "$name" round "$name" "$sent" "$trusted" "$anchors" "$macros"
done

# The same header in an image whose settings lack the macros: not even another host's root is left.
without_macro() { # NAME CODE CERT...: the server that sends these
    local name=$1 code=$2
    shift 2
    cp "$name.h" bare.h
    jq 'del(.macros)' "$name.json" >bare.json
    build bare bare.elf && has_exactly bare.elf && serve "$@" &&
        refuses 'TLS socket set_root_ca_cert failed' bare.elf localhost "$port" && grep -iF -- "$code" boot.log
}
claim "sha1 without its macro fails with -0x262E" without_macro sha1 -0x262e sha1-leaf sha1-int
claim "p521 without its macro fails with -0x3A00" without_macro p521 -0x3a00 p521-leaf p521-int

one_bad_root() {
    local first
    chain sha1-root p256-root >mixed.trusted.pem
    serve sha1-leaf sha1-int && first=$port && serve p256-leaf p256-int &&
        write mixed --ca-file mixed.trusted.pem "one.localhost:$first" "two.localhost:$port" &&
        without_macro mixed 'mbedtls_x509_crt_parse() failed' p256-leaf p256-int
}
claim "one root without its macro takes the other host's with it" one_bad_root

two_hosts() {
    local first
    chain rsa2048-root p384-root >two.trusted.pem
    serve rsa2048-leaf rsa2048-int && first=$port && serve p384-leaf p384-int &&
        write two --ca-file two.trusted.pem "one.localhost:$first" "two.localhost:$port" && build two two.elf &&
        gets_hello two.elf one.localhost "$first" && gets_hello two.elf two.localhost "$port"
}
claim "two hosts in one header" two_hosts

der() {
    serve p256-leaf p256-int && write der -f der -n SSL_CA_PEM --ca-file p256-root.pem "localhost:$port" &&
        ! grep BEGIN der.h && build der der.elf && gets_hello der.elf localhost "$port"
}
claim "an array of DER" der

untrusted='The certificate is not correctly signed by the trusted CA'
root_alone() { serve p256-leaf && refuses "$untrusted" p256.elf localhost "$port"; }
another_ca() { serve p384-leaf p384-int && refuses "$untrusted" p256.elf localhost "$port"; }
wrong_name() { serve p256-leaf p256-int && refuses 'does not match with the expected CN' p256.elf three.localhost "$port"; }
swapped() { serve fake-leaf fake-int fake-root && refuses "$untrusted" p256.elf localhost "$port"; }
claim "without the missing intermediate the server is refused" root_alone
claim "another CA's server is refused" another_ca
claim "a wrong name is refused" wrong_name
claim "a server swapped for one with the same names is refused" swapped

# The header is made while the leaf is valid; the firmware's own settings ask for the clock.
expired() {
    printf '{ "macros": ["MBEDTLS_HAVE_TIME", "MBEDTLS_HAVE_TIME_DATE"] }\n' >past.json
    serve past-leaf p256-int && write past --ca-file p256-root.pem --at 2024-01-01T00:00:00Z "localhost:$port" &&
        build past before.elf -DDEVICE_CLOCK=1704067200 && gets_hello before.elf localhost "$port" &&
        build past after.elf "-DDEVICE_CLOCK=$(date -d "$at" +%s)" &&
        refuses 'The certificate validity has expired' after.elf localhost "$port"
}
claim "an expired leaf is refused once the device has a clock" expired

# A boot is a connection; the session survives the restart in a page of flash, which is a file here.
resumes() { # WANT IMAGE
    boot "$2" localhost "$port" "$work/flash" >boot.log
    local status=$?
    cat boot.log
    [ "$status" -eq 0 ] && grep -qF "device: connect $1," boot.log
}
restarts() {
    serve p256-leaf p256-int && MAIN=tests/device/resume.c build p256 resume.elf && rm -f flash &&
        resumes full resume.elf && cp flash flash.good && resumes resumed resume.elf && resumes resumed resume.elf &&
        { head -c 100 flash.good; head -c 1948 /dev/zero; } >flash && resumes full resume.elf
}
session_of_another_ca() {
    cp flash.good flash && MAIN=tests/device/resume.c build p384 other.elf &&
        { boot other.elf localhost "$port" "$work/flash" >boot.log; [ $? -eq 1 ]; } && cat boot.log &&
        grep -qF 'TLS socket connect failed (-3011)' boot.log && resumes resumed resume.elf
}
claim "a session in flash is resumed after a restart, a damaged one is not" restarts
claim "a firmware that trusts another CA does not use the session" session_of_another_ca
finish
