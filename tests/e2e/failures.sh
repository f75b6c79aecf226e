#!/usr/bin/env bash
# failures.sh -- servers that are not there, silent, or speak something else: status, one line, one hint
. "$(dirname "$0")/../lib.sh"

unset http_proxy https_proxy all_proxy HTTPS_PROXY ALL_PROXY no_proxy NO_PROXY
chain root >"$work/root.pem"

# server MODE ARGUMENT... -- a miniserver; sets $port
server() {
    port=$(free_port)
    start "$work/$1.log" "$bin/tests/miniserver" "$1" "$port" "${@:2}"
    wait_for_port "$port"
}

quick() { embed_twice --connect-timeout 1 --max-time 2 "$@"; }

# ---- no connection ----

port=$(free_port)
claim refused_port fails 2 "127.0.0.1:$port: could not connect: " embed_twice "127.0.0.1:$port"
claim refused_port_of_a_name fails 2 "localhost:$port: could not connect: " embed_twice "localhost:$port"
claim refused_port_for_starttls fails 2 "localhost:$port: could not connect: " embed_twice "smtp://localhost:$port"
claim no_such_name fails 2 "no-such-host.invalid:443: no such host name: " embed_twice no-such-host.invalid
claim no_such_name_with_a_servername fails 2 "no-such-host.invalid:443: no such host name: " \
    embed_twice --servername localhost no-such-host.invalid
claim name_with_an_empty_label fails 1 "a\.\.invalid: 'a\.\.invalid' is not a host" embed a..invalid

# ---- silence ----

server stall
claim stalled_handshake in_time 4000 fails 2 "localhost:$port: timed out: " quick "localhost:$port"
claim stalled_greeting in_time 4000 fails 2 "localhost:$port: timed out: " quick "smtp://localhost:$port"
claim max_time_alone in_time 4000 fails 2 "localhost:$port: timed out: " embed_twice --max-time 1 "localhost:$port"
claim connect_timeout_alone in_time 4000 fails 2 "localhost:$port: timed out: " embed_twice --connect-timeout 1 "localhost:$port"
claim fractions_of_a_second in_time 2000 fails 2 "localhost:$port: timed out: " embed_twice --max-time 0.3 "localhost:$port"
claim stalled_proxy in_time 4000 fails 2 "localhost:443: timed out: " quick --proxy "http://127.0.0.1:$port" localhost
claim each_host_has_its_own_time in_time 5000 exits 2 quick "localhost:$port" "127.0.0.1:$port"

server flood
claim flood_of_hello_requests in_time 4000 \
    fails 3 "localhost:$port: the TLS handshake failed before a chain came: over 100 messages" embed_twice "localhost:$port"

server drip
claim byte_after_byte in_time 2000 fails 2 "localhost:$port: timed out: " embed_twice --max-time 1 "localhost:$port"
claim byte_after_byte_of_a_greeting in_time 2000 fails 2 "localhost:$port: timed out: " embed_twice --max-time 1 "smtp://localhost:$port"

# A key exchange of 9,992 bits would take seconds; the chain comes before it.
port=$(free_port)
{
    printf 'asn1=SEQUENCE:dh\n[dh]\np=INTEGER:0xff%s01\ng=INTEGER:2\n' "$(openssl rand -hex 1247)"
} >"$work/dh.conf"
openssl asn1parse -genconf "$work/dh.conf" -noout -out "$work/dh.der" && openssl dhparam -inform DER -in "$work/dh.der" -out "$work/dh.pem"
start "$work/dh.log" openssl s_server -accept "127.0.0.1:$port" -quiet -cert "$pki/rsa-leaf.pem" -key "$pki/rsa-leaf.key" -tls1_2 \
    -cipher DHE-RSA-AES128-GCM-SHA256 -dhparam "$work/dh.pem"
wait_for_port "$port"
slow_key_exchange() { embed_twice -t mbedtls-2.28 --ca-file "$pki/rsa.pem" -o "$work/dh.h" "localhost:$port" && holds "$work/dh.h" rsa; }
claim slow_key_exchange_is_not_waited_for in_time 3000 slow_key_exchange
claim slow_key_exchange_is_not_waited_for_to_say_why in_time 3000 fails 5 "localhost:$port: the server takes no cipher suite or algorithm" \
    embed_twice --ca-file "$pki/rsa.pem" "localhost:$port"

# Many certificates, however small, would take OpenSSL seconds to read.
for version in tls1_2 tls1_3; do
    for count in 255 256; do
        port=$(free_port)
        start "$work/many.log" openssl s_server -accept "127.0.0.1:$port" -quiet -cert "$pki/leaf.pem" -key "$pki/leaf.key" "-$version" \
            -cert_chain <(yes "$pki/int.pem" | head -n "$count" | xargs cat)
        wait_for_port "$port"
        if [ "$count" = 255 ]; then
            claim "certificates_up_to_256_over_$version" embed_twice -t generic --ca-file "$work/root.pem" -o "$work/many.h" "localhost:$port"
        else
            claim "certificates_beyond_256_over_$version" fails 4 "localhost:$port: the server presents more than 256 certificates" \
                embed_twice -t generic --ca-file "$work/root.pem" "localhost:$port"
        fi
    done
done

# Likewise many names in one certificate; 10,000 are none too many.
for count in 10000 100000; do
    {
        printf 'asn1=SEQUENCE:names\n[names]\nl=IMPLICIT:2C,IA5:localhost\n'
        seq -f 'n%.0f=IMPLICIT:2C,IA5:a' "$count"
    } >"$work/names.conf"
    openssl asn1parse -genconf "$work/names.conf" -noout -out "$work/names.der"
    openssl req -new -key "$pki/leaf.key" -subj /CN=names | openssl x509 -req -CA "$pki/int.pem" -CAkey "$pki/int.key" -days 3000 -set_serial 9 \
        -extfile <(echo "subjectAltName=DER:$(od -An -v -tx1 "$work/names.der" | tr -d ' \n')") -out "$work/names.pem" 2>/dev/null
    port=$(free_port)
    start "$work/names.log" openssl s_server -accept "127.0.0.1:$port" -quiet -cert "$work/names.pem" -key "$pki/leaf.key" -cert_chain "$pki/int.pem"
    wait_for_port "$port"
    if [ "$count" = 10000 ]; then
        claim certificate_with_10000_names "$bin/caembed" -q -t generic --ca-file "$work/root.pem" -o "$work/many.h" "localhost:$port"
    else
        claim certificate_with_100000_names fails 4 "localhost:$port: the server presents more than 256 certificates, or more than 50000 names" \
            "$bin/caembed" -q -t generic --ca-file "$work/root.pem" "localhost:$port"
    fi
done

# ---- something else ----

server close
claim closed_at_once fails 3 "localhost:$port: the TLS handshake failed before a chain came: " embed_twice "localhost:$port"
claim closed_at_once_before_a_greeting fails 2 "localhost:$port: " embed_twice "imap://localhost:$port"

server say 'HTTP/1.1 400 Bad Request\r\n\r\n'
claim plain_http fails 3 "localhost:$port: the TLS handshake failed before a chain came: " embed_twice "localhost:$port"
server say '220 mail.example ESMTP\r\n'
claim plain_smtp fails 3 "localhost:$port: the TLS handshake failed before a chain came: " embed_twice "localhost:$port"
server say $'\x16\x03\x03\xff\xff\x02'
claim record_that_is_too_long fails 3 "localhost:$port: the TLS handshake failed before a chain came: " embed_twice "localhost:$port"
server say $'\x15\x03\x03\x01\x02\x02\x28'
claim broken_alert fails 3 "localhost:$port: the TLS handshake failed before a chain came: " embed_twice "localhost:$port"
# hint_is REGEX COMMAND... -- COMMAND's hint says that
hint_is() {
    local regex=$1
    shift
    fails 3 "localhost:$port: the TLS handshake failed before a chain came: " "$@" || return 1
    grep -qE "^caembed: hint: $regex" "$work/fails.err" || { echo "no hint matches $regex" && return 1; }
}
while read -r code name regex; do
    server alert "$code"
    claim "alert_$name" hint_is "$regex" embed_twice "localhost:$port"
done <<'END'
112 unrecognized_name .*--servername NAME
40 handshake_failure .*none of the cipher suites or algorithms offered
71 insufficient_security .*none of the cipher suites offered
70 protocol_version .*none of the versions of TLS offered
80 internal_error the fault is the server's
116 certificate_required .*client certificate
49 access_denied .*--servername
END
server say $'\e]0;title\a\e[31m\r\n'
claim escape_sequences_do_not_reach_the_terminal fails 3 "localhost:$port: [ -~]*$" embed_twice "localhost:$port"

# A TLS server without a certificate, or one that takes none of our versions.
port=$(free_port)
start "$work/anonymous.log" openssl s_server -accept "127.0.0.1:$port" -nocert -quiet -cipher ALL:@SECLEVEL=0 -tls1_2
wait_for_port "$port"
claim server_without_a_certificate fails 3 "localhost:$port: the TLS handshake failed before a chain came: " embed_twice "localhost:$port"

# ---- STARTTLS ----

tls=$(free_port)
chain int >"$work/int.pem"
start "$work/tls.log" openssl s_server -accept "127.0.0.1:$tls" -cert "$pki/leaf.pem" -key "$pki/leaf.key" \
    -cert_chain "$work/int.pem" -quiet
wait_for_port "$tls"
for protocol in smtp imap pop3 ftp; do
    server "$protocol" "$tls"
    starttls() { embed_twice --ca-file "$work/root.pem" -o "$work/ca.h" "$@" && holds "$work/ca.h" root; }
    claim "starttls_of_$protocol" starttls "$protocol://localhost:$port"
    claim "starttls_of_${protocol}_with_a_servername" starttls --servername localhost "$protocol://127.0.0.1:$port"
    claim "tls_from_the_first_byte_at_$protocol" fails 3 "localhost:$port: the TLS handshake failed" \
        embed_twice --ca-file "$work/root.pem" "localhost:$port"
done
server say '* OK ready\r\n'
claim greeting_of_another_protocol fails 2 "localhost:$port: the server does not greet as smtp does: \* OK ready" embed_twice "smtp://localhost:$port"
server say '220-one\r\n220-two\r\n220 three\r\n'
claim greeting_of_several_lines_and_no_more fails 2 "localhost:$port: the server closed the connection before TLS began" embed_twice "smtp://localhost:$port"
server say $'554 \e]0;title\a no\r\n'
claim escape_sequences_of_a_greeting_do_not_reach_the_terminal fails 2 "localhost:$port: the server does not greet as ftp does: [ -~]*$" \
    embed_twice "ftp://localhost:$port"
server flood
claim endless_greeting in_time 4000 fails 3 "localhost:$port: the server says more than STARTTLS has room for" embed_twice "pop3://localhost:$port"
server nostarttls
claim server_without_starttls fails 3 "localhost:$port: the server offers no STARTTLS: " embed_twice "smtp://localhost:$port"

# ---- proxies ----

proxied() { embed --ca-file "$work/root.pem" -o "$work/ca.h" "$@" && holds "$work/ca.h" root; }

server proxy
proxy=$port
claim proxy_of_the_option proxied --proxy "http://127.0.0.1:$proxy" --servername localhost "device.example:$tls"
claim proxy_gets_the_host grep -q "CONNECT device.example:$tls " "$work/proxy.log"
claim proxy_without_a_scheme proxied --proxy "127.0.0.1:$proxy" "localhost:$tls"
https_proxy=http://127.0.0.1:$proxy claim proxy_of_the_environment proxied --servername localhost "other.invalid:$tls"
claim proxy_of_the_environment_was_asked grep -q "CONNECT other.invalid:$tls " "$work/proxy.log"
https_proxy=http://127.0.0.1:$proxy no_proxy=localhost claim no_proxy_is_heeded proxied "localhost:$tls"
claim no_proxy_was_not_asked sh -c "! grep -q 'CONNECT localhost:$tls ' '$work/proxy.log' || [ \$(grep -c 'CONNECT localhost:$tls ' '$work/proxy.log') = 1 ]"
# asks_proxy NAME COMMAND... -- COMMAND succeeds, and has the proxy connect to NAME; asks_no_proxy: to nothing
asks_proxy() {
    local before name=$1
    shift
    before=$(grep -c "CONNECT $name:$tls " "$work/proxy.log")
    "$@" && [ "$(grep -c "CONNECT $name:$tls " "$work/proxy.log")" -gt "$before" ]
}
asks_no_proxy() {
    local before
    before=$(grep -c CONNECT "$work/proxy.log")
    "$@" && [ "$(grep -c CONNECT "$work/proxy.log")" -eq "$before" ]
}
export https_proxy=http://127.0.0.1:$proxy
no_proxy=127.0.0.1 claim no_proxy_is_about_the_host_not_the_servername asks_no_proxy proxied --servername localhost "127.0.0.1:$tls"
no_proxy=localhost claim no_proxy_of_the_servername_is_of_no_account asks_proxy device.example \
    proxied --servername localhost "device.example:$tls"
no_proxy=localhost claim no_proxy_counts_for_the_handshake asks_no_proxy proxied --prove=handshake "localhost:$tls"
no_proxy=localhost claim no_proxy_counts_for_every_address asks_no_proxy proxied -4 --all-addresses "localhost:$tls"
claim all_addresses_and_the_handshake_go_through_the_proxy asks_proxy 127.0.0.1 \
    proxied -4 --all-addresses --prove=handshake "localhost:$tls"
unset https_proxy
server smtp "$tls"
claim proxy_for_starttls proxied --proxy "http://127.0.0.1:$proxy" "smtp://localhost:$port"

server noproxy
claim proxy_that_refuses fails 2 "localhost:$tls: the proxy refused: " embed_twice --proxy "http://127.0.0.1:$port" "localhost:$tls"
port=$(free_port)
claim proxy_that_is_not_there fails 2 "localhost:$tls: could not connect: " embed_twice --proxy "http://127.0.0.1:$port" "localhost:$tls"
claim proxy_of_no_such_name fails 2 "localhost:$tls: no such proxy: " embed_twice --proxy http://no-such-proxy.invalid:3128 "localhost:$tls"
claim proxy_that_is_no_url fails 1 "unsupported proxy scheme " embed_twice --proxy 'no such://proxy' "localhost:$tls"

finish
