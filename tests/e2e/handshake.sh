#!/usr/bin/env bash
# handshake.sh -- --prove=handshake: Mbed TLS on the wire, with nothing but the rendered anchors
cd "$(dirname "$0")" || exit 1
# shellcheck source=../lib.sh
. ../lib.sh

"$bin/tests/mkpki" "$work"
cat "$work/leaf.pem" "$work/int.pem" >"$work/chain.pem"
port=$(free_port)
start "$work/tls12.log" openssl s_server -accept "127.0.0.1:$port" -cert "$work/leaf.pem" -key "$work/leaf.key" \
    -cert_chain "$work/int.pem" -quiet
modern=$(free_port)
start "$work/tls13.log" openssl s_server -accept "127.0.0.1:$modern" -cert "$work/leaf.pem" -key "$work/leaf.key" \
    -cert_chain "$work/int.pem" -tls1_3 -quiet
client=$(free_port)
start "$work/client.log" openssl s_server -accept "127.0.0.1:$client" -cert "$work/leaf.pem" -key "$work/leaf.key" \
    -cert_chain "$work/int.pem" -Verify 2 -verify_return_error -CAfile "$work/root.pem" -tls1_2 -quiet
for p in "$port" "$modern" "$client"; do wait_for_port "$p" || exit 1; done

caembed() { timeout 20 "$bin/caembed" --ca-file "$work/root.pem" "$@"; }
status_is() { # WANTED COMMAND...
    local want=$1 got=0
    shift
    "$@" || got=$?
    [ "$got" -eq "$want" ] || { echo "exit status $got, wanted $want"; return 1; }
}
says() { # TEXT COMMAND...
    local text=$1
    shift
    { "$@" 2>&1 || true; } | grep -F -e "$text"
}

claim handshake_comes_through caembed --prove=handshake -o "$work/a.h" "localhost:$port"
claim handshake_leaves_the_header_the_same sh -c "'$bin/caembed' --ca-file '$work/root.pem' localhost:$port | cmp - '$work/a.h'"
claim handshake_takes_the_servername caembed --prove=handshake --servername localhost -o "$work/b.h" "127.0.0.1:$port"
claim handshake_takes_the_address_as_name caembed -q --prove=handshake -o "$work/c.h" "127.0.0.1:$port"
claim handshake_judges_at_the_given_time caembed -t mbedtls --prove=handshake --at 2021-01-01T00:00:00Z -o "$work/d.h" "localhost:$port"
# Mbed TLS 2.28 speaks TLS 1.2 only; the chain by itself is proven.
claim handshake_fails_where_the_device_cannot_talk status_is 5 caembed --prove=handshake -o "$work/e.h" "localhost:$modern"
check_with_handshake() { # of a server that the device can talk to, and of one it can't
    caembed --check --prove=handshake -o "$work/a.h" "localhost:$port" &&
        caembed -o "$work/modern.h" "localhost:$modern" && caembed --check -o "$work/modern.h" "localhost:$modern" &&
        status_is 5 caembed --check --prove=handshake -o "$work/modern.h" "localhost:$modern"
}
claim check_takes_the_handshake_along check_with_handshake
claim handshake_failure_has_mbedtls_reason says "handshake with Mbed TLS failed: -0x" caembed --prove=handshake "localhost:$modern"
claim handshake_failure_writes_nothing test ! -e "$work/e.h"
claim without_handshake_the_same_server_is_fine caembed -o "$work/f.h" "localhost:$modern"
claim handshake_without_client_certificate_fails status_is 5 caembed --prove=handshake -o "$work/g.h" "localhost:$client"
claim handshake_needs_a_server status_is 1 caembed --prove=handshake --chain "$work/chain.pem" localhost
claim handshake_needs_mbedtls status_is 1 caembed --prove=handshake -t generic "localhost:$port"
claim handshake_knows_no_other_proof status_is 1 caembed --prove=hope "localhost:$port"
finish
