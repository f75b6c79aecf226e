#!/usr/bin/env bash
# macros.sh -- the macros that caembed names are sufficient and necessary: Mbed TLS, built with the
# target's row of --list-targets as its configuration, takes the chain with them and not without
#
# The certificates are made by tests/macros/mkcases.c, the device is tests/macros/verify.c.
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/lib.sh
. tests/lib.sh

target=mbed-os
mbedtls=build/mbedtls-2.28
cache=$build/obj/macros # relative: its lists of paths are split at blanks
library=(asn1parse asn1write base64 bignum constant_time ecdsa ecp ecp_curves md md5 oid pem pk pk_wrap
    pkparse platform platform_util rsa rsa_internal sha1 sha256 sha512 x509 x509_crt)

# case, the macros that must be named, and what the device says without each of them
mended=(
    "plain      -                                  -"
    "rsa-4096   -                                  -"
    "sha1       MBEDTLS_SHA1_C=1                   anchors -0x262E"
    "md5        MBEDTLS_MD5_C=1                    anchors -0x262E"
    "p521       MBEDTLS_ECP_DP_SECP521R1_ENABLED   anchors -0x3A00"
    "p521-int   MBEDTLS_ECP_DP_SECP521R1_ENABLED   chain -0x3A00"
    "k256       MBEDTLS_ECP_DP_SECP256K1_ENABLED   anchors -0x3A00"
    "p224       MBEDTLS_ECP_DP_SECP224R1_ENABLED   anchors -0x3A00"
    "bp256      MBEDTLS_ECP_DP_BP256R1_ENABLED     anchors -0x3A00"
    "pss        MBEDTLS_X509_RSASSA_PSS_SUPPORT    anchors -0x2300"
    "pss-int    MBEDTLS_X509_RSASSA_PSS_SUPPORT    chain -0x2300"
    "sha1-p521  MBEDTLS_SHA1_C=1                   anchors -0x262E"
    "sha1-p521  MBEDTLS_ECP_DP_SECP521R1_ENABLED   anchors -0x3A00"
)
# case, the setting that does not arrive as a macro, and what the device says with it as one
overridden=(
    "rsa-8192   MBEDTLS_MPI_MAX_SIZE=1024          anchors -0x3B00"
)
# case, what the device says whatever is configured
refused=(
    "rsa-1024     verify -0x2700 flags 0x10000"
    "constraints  anchors -0x2562"
)


# report NAME ROW: caembed's JSON for the case on that target; writes NAME.ROW.h if it is accepted
report() {
    cat "$work/$1-leaf.pem" "$work/$1-int.pem" >"$work/$1.pem"
    timeout 20 "$bin/caembed" --json --chain "$work/$1.pem" --ca-file "$work/$1-root.pem" --at "$at" -t "$2" \
        -o "$work/$1.$2.h" localhost 2>"$work/caembed.log"
}

# device NAME HEADER ROW [MACRO...]: builds the device with the row and the macros; it prints its verdict
device() {
    local name=$1 header=$2 row=$3 macro command objects list
    shift 3
    command=(cc -std=c99 -O1 "-I$work/$row" -Itests/macros "-I$mbedtls/include" '-DMBEDTLS_CONFIG_FILE="x509_config.h"')
    for macro; do command+=("-D$macro"); done
    # What Mbed TLS's files become is settled by the macros that the configuration defines.
    list=$cache/$("${command[@]}" -E -dM -x c - <<<'#include MBEDTLS_CONFIG_FILE' | sha256sum | cut -c -24).list
    [ -f "$list" ] ||
        { tests/macros/compile "$cache" "${command[@]}" -- "${library[@]}" >"$list.$$" && mv "$list.$$" "$list"; } || return 99
    objects=$(cat "$list")
    # Paths of objects are split into words on purpose.
    # shellcheck disable=SC2086
    "${command[@]}" "-DHEADER=\"$header\"" -o "$work/verify" tests/macros/verify.c $objects || return 99
    timeout 20 "$work/verify" "$work/$name.pem" localhost
}

# says WANT COMMAND...: whether that is what it prints
says() {
    local want=$1 got
    shift
    got=$("$@")
    echo "got: $got, want: $want"
    [ "$got" = "$want" ]
}

needs_of() { # NAME: the macros that caembed names for the case
    jq -r '[.anchors[].needs[]] | unique[]' "$work/$1.report"
}

needs_are_those_of_the_table() {
    report "$1" "$target" >"$work/$1.report" &&
        diff <(printf '%s\n' "${mended[@]}" | awk -v name="$1" '$1 == name && $2 != "-" { print $2 }' | LC_ALL=C sort) \
            <(needs_of "$1")
}

fails_without() { # NAME MACRO WANT: with all the others
    local others
    mapfile -t others < <(needs_of "$1" | grep -vxF -- "$2")
    says "$3" device "$1" "$work/$1.$target.h" "$target" ${others[@]+"${others[@]}"}
}

passes_with_all() {
    local all
    mapfile -t all < <(needs_of "$1")
    says ok device "$1" "$work/$1.$target.h" "$target" ${all[@]+"${all[@]}"}
}

refusal_names_the_code() { # NAME WANT
    report "$1" "$target" && return 1
    [ ! -e "$work/$1.$target.h" ] && grep -F -- "${2##*[ -]}" "$work/caembed.log"
}

refusal_names_the_user_config() { # NAME SETTING
    report "$1" "$target" >"$work/$1.report" && return 1
    [ ! -e "$work/$1.$target.h" ] && grep -F MBEDTLS_USER_CONFIG_FILE "$work/caembed.log" &&
        [ "$(jq -r '.requirements[] | .by + " " + .setting' "$work/$1.report")" = "user-config $2" ]
}

# The header is that of no device: caembed writes none for this one.
fails_with_the_macro() { # NAME SETTING WANT
    report "$1" generic && says "$3" device "$1" "$work/$1.generic.h" "$target" "$2"
}

passes_with_the_user_config() { # NAME: the lines of caembed's hint
    grep -oE '"#(undef|define) [^"]*"' "$work/caembed.log" | tr -d '"' >"$work/user_config.h"
    report "$1" generic &&
        says ok device "$1" "$work/$1.generic.h" "$target" "MBEDTLS_USER_CONFIG_FILE=\"$work/user_config.h\""
}

fails_with_everything() { # NAME WANT: a device that has all there is; the header is that of no device
    report "$1" generic && says "$2" device "$1" "$work/$1.generic.h" mbedtls-2.28
}

for row in "$target" mbedtls-2.28; do
    mkdir "$work/$row"
    "$bin/caembed" --list-targets | tests/macros/target-row -v target="$row" >"$work/$row/target_row.h" || exit 1
done
scripts/fetch-mbedtls && cp "$bin"/tests/cases/*.pem "$work" || exit 1
library=("${library[@]/#/$mbedtls/library/}")
library=("${library[@]/%/.c}")

mkdir -p "$cache"
seen=
for line in "${mended[@]}"; do
    read -r name macro want <<<"$line"
    if [ "$name" != "$seen" ]; then
        claim "$name: caembed names the macros" needs_are_those_of_the_table "$name"
        claim "$name: they are sufficient" passes_with_all "$name"
    fi
    [ "$macro" = - ] || claim "$name: $macro is necessary" fails_without "$name" "$macro" "$want"
    seen=$name
done
for line in "${overridden[@]}"; do
    read -r name macro want <<<"$line"
    claim "$name: caembed refuses and names the file of the user" refusal_names_the_user_config "$name" "$macro"
    claim "$name: the lines of the hint are sufficient there" passes_with_the_user_config "$name"
    claim "$name: $macro does not arrive as a macro" fails_with_the_macro "$name" "$macro" "$want"
done
for line in "${refused[@]}"; do
    read -r name want <<<"$line"
    claim "$name: caembed refuses" refusal_names_the_code "$name" "$want"
    claim "$name: no configuration mends it" fails_with_everything "$name" "$want"
done

# A weak signature below the anchor is refused before anything about the target; the device would refuse it too.
weak_whatever_the_target() { # NAME ROW
    report "$1" "$2" >"$work/weak.report" && return 1
    [ ! -e "$work/$1.$2.h" ] && grep -F '"status":"weak"' "$work/weak.report"
}
weak_for_the_device() { # NAME WANT
    { echo 'static const char SSL_CA_PEM[] =' && sed 's/.*/    "&\\n"/; $s/$/;/' "$work/$1-root.pem"; } >"$work/$1.by-hand.h"
    says "$2" device "$1" "$work/$1.by-hand.h" mbedtls-2.28
}
for row in "$target" generic; do claim "sha1-int: caembed refuses for $row" weak_whatever_the_target sha1-int "$row"; done
claim "sha1-int: no configuration mends it" weak_for_the_device sha1-int "verify -0x2700 flags 0x4000"
finish
