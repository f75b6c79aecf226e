#!/usr/bin/env bash
# handshake.sh -- --prove=handshake: Mbed TLS on the wire, with nothing but the rendered anchors
cd "$(dirname "$0")" || exit 1
# shellcheck source=../lib.sh
. ../lib.sh

"$bin/tests/mkpki" "$work"
cat "$work/leaf.pem" "$work/int.pem" >"$work/chain.pem"
cat "$work/client.pem" "$work/int.pem" >"$work/client-chain.pem"
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
claim handshake_is_not_begun_where_the_offer_is_refused says "the server speaks TLS 1.3 only, which mbed-os (TLS 1.2) does not" \
    status_is 5 caembed --prove=handshake -o "$work/e.h" "localhost:$modern"
handshake_of_tls_1_3() { # comes through, or says what this build lacks
    caembed -q -t mbedtls-3.6 --prove=handshake -o "$work/h13.h" "localhost:$modern" 2>"$work/err" ||
        grep -qE '^caembed: hint: this caembed is built on Mbed TLS 2[0-9.]*, which lacks TLS 1\.3' "$work/err"
}
claim handshake_of_tls_1_3_or_what_the_build_lacks handshake_of_tls_1_3
check_with_handshake() { # of a server that the device can talk to, and of one it can't
    caembed --check --prove=handshake -o "$work/a.h" "localhost:$port" &&
        caembed -o "$work/client.h" "localhost:$client" && caembed --check -o "$work/client.h" "localhost:$client" &&
        status_is 5 caembed --check --prove=handshake -o "$work/client.h" "localhost:$client"
}
claim check_takes_the_handshake_along check_with_handshake
claim handshake_without_client_certificate_fails status_is 5 caembed --prove=handshake -o "$work/e.h" "localhost:$client"
claim handshake_failure_has_mbedtls_reason says "handshake with Mbed TLS failed: -0x" caembed --prove=handshake "localhost:$client"
claim handshake_failure_writes_nothing test ! -e "$work/e.h"
claim without_handshake_the_same_server_is_fine caembed -o "$work/f.h" "localhost:$client"

# A server that is lost or stalls on the second connection says nothing about the device. The port that is asked first
# is waited for by its log, since every connection counts.
loses() { # MODE -- sets $port2
    port2=$(free_port)
    start "$work/$1.log" "$bin/tests/miniserver" "$1" "$port2" "$port"
    wait_for_port "$port2" && wait_for_port "$port2" # an even number of connections
}
loses lose
claim handshake_that_is_lost_is_3 status_is 3 caembed --prove=handshake -o "$work/lost.h" "localhost:$port2"
claim handshake_that_is_lost_says_so says "the connection was lost in the handshake with Mbed TLS" \
    caembed --prove=handshake -o "$work/lost.h" "localhost:$port2"
claim handshake_that_is_lost_writes_nothing test ! -e "$work/lost.h"
claim retry_counts_for_the_handshake caembed --retry 1 --prove=handshake -o "$work/again.h" "localhost:$port2"
loses lag
claim handshake_that_stalls_is_2 status_is 2 caembed --max-time 1 --prove=handshake "localhost:$port2"

# The server shows another chain to the device than to us: the handshake judges what it is shown itself.
tls_server() { # LEAF [INTERMEDIATE] -- sets $server
    server=$(free_port)
    start "$work/$1.log" openssl s_server -accept "127.0.0.1:$server" -cert "$work/$1.pem" -key "$work/$1.key" \
        ${2:+-cert_chain "$work/$2.pem"} -quiet
    wait_for_port "$server"
}
swaps() { # -- sets $port2: the first chain is good, the second that of $server
    port2=$(free_port)
    start "$work/swap.log" "$bin/tests/miniserver" swap "$port2" "$port" "$server"
    wait_for_port "$port2" && wait_for_port "$port2"
}
tls_server second-leaf
swaps
claim handshake_refuses_the_chain_of_another_root says "handshake with Mbed TLS failed: -0x2700" \
    status_is 5 caembed --prove=handshake -o "$work/swap.h" "localhost:$port2"
claim handshake_that_is_refused_writes_nothing test ! -e "$work/swap.h"
tls_server past int
swaps
claim handshake_refuses_a_leaf_that_has_expired says "handshake with Mbed TLS failed: -0x2700" \
    status_is 5 caembed -t mbedtls --prove=handshake "localhost:$port2"
claim handshake_without_a_clock_takes_it caembed -q --prove=handshake -o "$work/past.h" "localhost:$port2"

# A server that has Mbed TLS compute for seconds is ended (test_child has the rest).
{
    printf 'asn1=SEQUENCE:dh\n[dh]\np=INTEGER:0xff%s01\ng=INTEGER:2\n' "$(openssl rand -hex 1022)"
} >"$work/dh.conf"
openssl asn1parse -genconf "$work/dh.conf" -noout -out "$work/dh.der" && openssl dhparam -inform DER -in "$work/dh.der" -out "$work/dh.pem"
slow=$(free_port)
start "$work/dh.log" openssl s_server -accept "127.0.0.1:$slow" -quiet -cert "$pki/rsa-leaf.pem" -key "$pki/rsa-leaf.key" -tls1_2 \
    -cipher DHE-RSA-AES128-GCM-SHA256 -dhparam "$work/dh.pem"
wait_for_port "$slow"
large_group() { # ended, or done in time on a machine that is that fast, or not what this Mbed TLS speaks at all
    local got=0
    "$bin/caembed" --at "$at" -q -t mbedtls-2.28 --ca-file "$pki/rsa.pem" --max-time 0.6 --prove=handshake -o "$work/dh.h" "localhost:$slow" || got=$?
    [[ $got =~ ^[0235]$ ]]
}
claim large_group_of_the_handshake_is_not_waited_for in_time 2000 large_group

for protocol in smtp imap pop3 ftp; do
    port2=$(free_port)
    start "$work/$protocol.log" "$bin/tests/miniserver" "$protocol" "$port2" "$port"
    wait_for_port "$port2"
    claim "handshake_after_starttls_of_$protocol" caembed -q --prove=handshake -o "$work/starttls.h" "$protocol://localhost:$port2"
done


# ---- a client certificate ----

claim handshake_with_the_client_certificate caembed -q --prove=handshake --cert "$work/client-chain.pem" --key "$work/client.key" \
    -o "$work/auth.h" "localhost:$client"
claim handshake_with_a_client_certificate_of_nobody status_is 5 caembed -q --prove=handshake --cert "$work/self.pem" \
    --key "$work/self.key" "localhost:$client"
claim client_certificate_without_a_key status_is 1 caembed --prove=handshake --cert "$work/client.pem" "localhost:$client"
claim client_certificate_without_a_handshake status_is 1 caembed --cert "$work/client.pem" --key "$work/client.key" "localhost:$client"
claim client_certificate_that_is_none says "root.key: " caembed --prove=handshake --cert "$work/root.key" --key "$work/client.key" "localhost:$client"
claim client_certificate_that_is_none_is_1 status_is 1 caembed --prove=handshake --cert "$work/root.key" --key "$work/client.key" "localhost:$client"
claim client_key_that_is_missing status_is 1 caembed --prove=handshake --cert "$work/client.pem" --key "$work/no-such.key" "localhost:$client"
claim client_key_of_another_certificate status_is 1 caembed --prove=handshake --cert "$work/client.pem" --key "$work/self.key" "localhost:$client"

claim handshake_needs_a_server status_is 1 caembed --prove=handshake --chain "$work/chain.pem" localhost
claim handshake_needs_mbedtls status_is 1 caembed --prove=handshake -t generic "localhost:$port"
claim handshake_knows_no_other_proof status_is 1 caembed --prove=hope "localhost:$port"
finish
