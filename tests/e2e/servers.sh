#!/usr/bin/env bash
# servers.sh -- the right root from TLS servers: openssl, nginx, mosquitto
. "$(dirname "$0")/../lib.sh"

chain root >"$work/root.pem"
chain root second >"$work/roots.pem"

# embeds "ROOT..." OPTION... HOST -- what caembed writes holds these
embeds() {
    local rows=$1
    shift
    # shellcheck disable=SC2086
    embed_twice -o "$work/ca.h" "$@" && holds "$work/ca.h" $rows
}

reports() { # FIELD VALUE OPTION... HOST
    local field=$1 value=$2
    shift 2
    embed_twice --json "$@" >"$work/report" && cat "$work/report" >>"$work/reports" && [ "$(jq -r "$field" "$work/report")" = "$value" ]
}

# ---- chains ----

tls_server plain "leaf int"
plain=$port
claim chain_without_its_root embeds root --ca-file "$work/root.pem" "localhost:$plain"
claim url_of_mqtts embeds root --ca-file "$work/root.pem" "mqtts://localhost:$plain"
claim address_as_host embeds root --ca-file "$work/root.pem" "127.0.0.1:$plain"
claim servername_at_an_address embeds root --ca-file "$work/root.pem" --servername localhost "127.0.0.1:$plain"
claim servername_that_the_leaf_has_not fails 4 "127.0.0.1:$plain: the leaf is not for other.example" \
    embed_twice --ca-file "$work/root.pem" --servername other.example "127.0.0.1:$plain"
claim root_that_nobody_trusts fails 4 "localhost:$plain: no trust anchor: the issuer of CN=Test Intermediate" \
    embed_twice "localhost:$plain"
claim same_bytes_as_from_a_file sh -c "'$bin/caembed' --at $at --ca-file '$work/root.pem' localhost:$plain >'$work/one' &&
    cat '$pki/leaf.pem' '$pki/int.pem' | '$bin/caembed' --at $at --ca-file '$work/root.pem' --chain - localhost:$plain |
    sed 's/ --chain -//' | cmp - '$work/one'"
claim time_of_now_is_the_default "$bin/caembed" -q -o "$work/now.h" --ca-file "$work/root.pem" "localhost:$plain"

tls_server whole "leaf int root"
claim chain_with_its_root embeds root --ca-file "$work/root.pem" "localhost:$port"
claim presented_root_that_no_store_has fails 4 "localhost:$port: the presented root is not in the store: CN=Test Root, SHA-256 [0-9a-f]{64}$" \
    embed_twice -o "$work/none.h" -m "$work/none.json" "localhost:$port"
claim nothing_is_written_then test ! -e "$work/none.h" -a ! -e "$work/none.json"
sha256=$(openssl x509 -in "$pki/root.pem" -noout -fingerprint -sha256 | sed 's/.*=//')
claim presented_root_that_is_accepted embeds root --accept-root "$sha256" "localhost:$port"

tls_server crossed "leaf int cross"
claim cross_certificate_gives_the_root_of_the_store embeds root --ca-file "$work/roots.pem" "localhost:$port"
chain second >"$work/second.pem"
claim cross_certificate_leads_to_the_other_root embeds second --ca-file "$work/second.pem" "localhost:$port"

tls_server shuffled "leaf root cross int"
claim chain_in_the_wrong_order embeds root --ca-file "$work/roots.pem" "localhost:$port"

tls_server incomplete "leaf"
chain root int >"$work/with-int.pem"
claim missing_intermediate fails 4 "localhost:$port: no trust anchor" embed_twice --ca-file "$work/root.pem" "localhost:$port"
claim missing_intermediate_from_the_ca_file embeds "root int" --ca-file "$work/with-int.pem" "localhost:$port"

tls_server ten "deep-8-leaf deep-8 deep-7 deep-6 deep-5 deep-4 deep-3 deep-2 deep-1 deep-0"
chain deep-0 >"$work/deep.pem"
claim ten_certificates embeds deep-0 --ca-file "$work/deep.pem" "localhost:$port"

tls_server expired "past int"
claim expired_leaf fails 4 "localhost:$port: the leaf expired" embed_twice --ca-file "$work/root.pem" "localhost:$port"
tls_server future "future int"
claim leaf_not_yet_valid fails 4 "localhost:$port: the leaf is not valid before" embed_twice --ca-file "$work/root.pem" "localhost:$port"
tls_server other "other int"
claim wrong_name fails 4 "localhost:$port: the leaf is not for localhost; its names: DNS other.example" \
    embed_twice --ca-file "$work/root.pem" "localhost:$port"
tls_server self self
claim self_signed_leaf fails 4 "localhost:$port: the presented root is not in the store" embed_twice "localhost:$port"

tls_server names "names int"
claim leaf_with_10000_names embeds root -t generic --ca-file "$work/root.pem" "localhost:$port"
claim leaf_with_10000_names_for_a_device fails 5 "localhost:$port: the target mbed-os cannot receive" \
    embed_twice --ca-file "$work/root.pem" "localhost:$port"
tls_server megabyte "megabyte int"
claim certificate_message_of_a_megabyte embeds root -t generic --ca-file "$work/root.pem" "localhost:$port"

# ---- versions ----

tls_server tls13 "leaf int" -tls1_3
claim tls_1_3 reports .tls.version TLSv1.3 -t mbedtls-3.6 --ca-file "$work/root.pem" "localhost:$port"
claim tls_1_3_cipher reports '.tls.cipher | startswith("TLS_")' true -t generic --ca-file "$work/root.pem" "localhost:$port"
claim tls_1_3_alone_for_a_device_of_tls_1_2 fails 5 \
    "localhost:$port: the server speaks TLS 1.3 only, which mbed-os \(TLS 1\.2\) does not$" \
    embed_twice --ca-file "$work/root.pem" "localhost:$port"
claim check_of_a_server_that_now_refuses_the_offer fails 11 "localhost:$port: the server speaks TLS 1\.3 only" \
    embed_twice --check -o "$work/ca.h" --ca-file "$work/root.pem" "localhost:$port"
claim offer_is_the_status sh -c "'$bin/caembed' -q --at $at --json --ca-file '$work/root.pem' localhost:$port 2>/dev/null |
    jq -e '.status == \"offer\"'"
tls_server tls12 "leaf int" -tls1_2
claim tls_1_2 reports .tls.version TLSv1.2 --ca-file "$work/root.pem" "localhost:$port"
claim tls_1_2_cipher reports '.tls.cipher | startswith("ECDHE-ECDSA")' true --ca-file "$work/root.pem" "localhost:$port"
tls_server tls10 "old" -tls1 -cipher ALL:@SECLEVEL=0
chain sha1 >"$work/sha1.pem"
claim tls_1_0_with_a_sha1_root embeds sha1 -t generic --ca-file "$work/sha1.pem" "localhost:$port"
claim tls_1_0_is_reported reports .tls.version TLSv1 -t generic --ca-file "$work/sha1.pem" "localhost:$port"
claim tls_1_0_for_a_device fails 5 "localhost:$port: the server speaks TLS 1.0 only, which mbed-os \(TLS 1\.2\) does not$" \
    embed_twice --ca-file "$work/sha1.pem" "localhost:$port"
tls_server weak "old-weak" -tls1_2 -cipher ALL:@SECLEVEL=0
claim sha1_below_the_root_is_refused fails 4 "localhost:$port: weak: it is signed with a broken hash" \
    embed_twice --ca-file "$work/sha1.pem" "localhost:$port"
tls_server cbc "old" -tls1_2 -cipher AES128-SHA:@SECLEVEL=0
claim rsa_key_exchange embeds sha1 -t generic --ca-file "$work/sha1.pem" "localhost:$port"
claim rsa_key_exchange_for_a_device fails 5 \
    "localhost:$port: the server takes no cipher suite or algorithm that mbed-os \(TLS 1\.2\) offers; it would take TLS 1\.2 with AES128-SHA$" \
    embed_twice --ca-file "$work/sha1.pem" "localhost:$port"

# ---- client certificates ----

chain root >"$work/client-ca.pem"
for version in tls1_2 tls1_3; do
    tls_server "client-$version" "leaf int" "-$version" -Verify 2 -CAfile "$work/client-ca.pem" -verify_return_error
    claim "client_certificate_demanded_by_openssl_$version" embeds root -t mbedtls-3.6 --ca-file "$work/root.pem" "localhost:$port"
done

# ---- IPv6 ----

if [ -e /proc/net/if_inet6 ] && grep -q ' lo$' /proc/net/if_inet6; then
    port=$(free_port)
    chain int >"$work/int.pem"
    start "$work/v6.log" openssl s_server -6 -accept "[::1]:$port" -cert "$pki/leaf.pem" -key "$pki/leaf.key" \
        -cert_chain "$work/int.pem" -quiet
    wait_for_port "$port" ::1
    claim ipv6_address embeds root --ca-file "$work/root.pem" "[::1]:$port"
    claim ipv6_address_in_a_url embeds root --ca-file "$work/root.pem" "https://[::1]:$port/"
    claim ipv6_address_with_a_servername embeds root --ca-file "$work/root.pem" --servername localhost "[::1]:$port"
    claim name_that_only_ipv6_serves embeds root --ca-file "$work/root.pem" "localhost:$port"
else
    for name in ipv6_address ipv6_address_in_a_url ipv6_address_with_a_servername name_that_only_ipv6_serves; do
        skip "$name" "no IPv6 on loopback"
    done
fi

# ---- nginx ----

sni=$(free_port)
mkdir "$work/nginx"
chain leaf int >"$work/nginx/leaf.pem"
chain second-other >"$work/nginx/other.pem"
demanding=()
for version in 1.2 1.3; do
    demanding+=("$(free_port)")
    cat >>"$work/nginx/demanding.conf" <<EOT
        server {
            listen 127.0.0.1:${demanding[-1]} ssl;
            ssl_protocols TLSv$version;
            ssl_certificate $work/nginx/leaf.pem;
            ssl_certificate_key $pki/leaf.key;
            ssl_client_certificate $work/root.pem;
            ssl_verify_client on;
        }
EOT
done
cat >"$work/nginx/nginx.conf" <<EOT
    daemon off;
    pid $work/nginx/pid;
    error_log stderr;
    worker_processes 1;
    events {}
    http {
        access_log off;
        client_body_temp_path $work/nginx/body;
        proxy_temp_path $work/nginx/proxy;
        fastcgi_temp_path $work/nginx/fastcgi;
        uwsgi_temp_path $work/nginx/uwsgi;
        scgi_temp_path $work/nginx/scgi;
        server {
            listen 127.0.0.1:$sni ssl default_server;
            server_name localhost;
            ssl_certificate $work/nginx/leaf.pem;
            ssl_certificate_key $pki/leaf.key;
        }
        server {
            listen 127.0.0.1:$sni ssl;
            server_name other.example;
            ssl_certificate $work/nginx/other.pem;
            ssl_certificate_key $pki/second-other.key;
        }
        include $work/nginx/demanding.conf;
    }
EOT
chmod 755 "$work"
start "$work/nginx.log" nginx -e stderr -p "$work/nginx" -c "$work/nginx/nginx.conf"
claim nginx_starts wait_for_port "$sni"
claim sni_of_the_host embeds root --ca-file "$work/roots.pem" "localhost:$sni"
claim sni_of_the_servername embeds second --ca-file "$work/roots.pem" --servername other.example "localhost:$sni"
claim sni_is_not_sent_for_an_address embeds root --ca-file "$work/roots.pem" "127.0.0.1:$sni"
claim client_certificate_demanded_by_nginx_tls_1_2 embeds root --ca-file "$work/root.pem" "localhost:${demanding[0]}"
claim client_certificate_demanded_by_nginx_tls_1_3 embeds root -t mbedtls-3.6 --ca-file "$work/root.pem" "localhost:${demanding[1]}"

# ---- mosquitto ----

mqtts=$(free_port)
mqtt=$(free_port)
chain leaf int >"$work/mqtt.pem"
cp "$pki/leaf.key" "$work/mqtt.key" && chmod 644 "$work/mqtt.key"
cat >"$work/mosquitto.conf" <<EOT
per_listener_settings true
listener $mqtts 127.0.0.1
allow_anonymous true
certfile $work/mqtt.pem
keyfile $work/mqtt.key
listener $mqtt 127.0.0.1
allow_anonymous true
EOT
start "$work/mosquitto.log" mosquitto -c "$work/mosquitto.conf"
claim mosquitto_starts wait_for_port "$mqtts"
claim mosquitto_with_tls embeds root --ca-file "$work/root.pem" "mqtts://localhost:$mqtts"
claim mosquitto_without_tls fails 3 "localhost:$mqtt: the TLS handshake failed before a chain came" \
    embed_twice --ca-file "$work/root.pem" "localhost:$mqtt"

# ---- several hosts ----

tls_server second "second-leaf"
claim two_hosts_with_two_roots embeds "root second" --ca-file "$work/roots.pem" "localhost:$plain" "localhost:$port"
claim the_order_given_counts embeds "second root" --ca-file "$work/roots.pem" "localhost:$port" "localhost:$plain"
claim two_hosts_with_one_root embeds root --ca-file "$work/roots.pem" "localhost:$plain" "localhost:$sni"
claim the_root_names_both_hosts sh -c "grep -q 'for      localhost:$plain' '$work/ca.h' && grep -q 'localhost:$sni' '$work/ca.h'"
claim one_host_twice embeds root --ca-file "$work/roots.pem" "localhost:$plain" "localhost:$plain"
claim a_report_is_a_line_a_host sh -c "'$bin/caembed' -q --at $at --json --ca-file '$work/roots.pem' \
    localhost:$plain localhost:$port | jq -r .anchors[].subject | tr '\n' ' ' | grep -qx 'CN=Test Root CN=Second Root '"

tls_server sha1 sha1-leaf
chain root sha1 >"$work/root-sha1.pem"
claim macros_of_all_hosts embeds "root sha1" -m "$work/app.json" --ca-file "$work/root-sha1.pem" "localhost:$plain" "localhost:$port"
claim macros_of_all_hosts_are_written jq -e '.macros == ["MBEDTLS_SHA1_C=1"]' "$work/app.json"

echo old >"$work/keep.h"
echo '{}' >"$work/keep.json"
embed -o "$work/keep.h" -m "$work/keep.json" --ca-file "$work/root.pem" "localhost:$plain" "localhost:1" "localhost:$port" \
    "no-such-host.invalid" 2>"$work/failures"
claim first_failure_decides_the_status exits 2 embed_twice -o "$work/keep.h" --ca-file "$work/root.pem" "localhost:$plain" \
    "localhost:1" "localhost:$port"
claim first_failure_is_the_first_given exits 4 embed_twice -o "$work/keep.h" --ca-file "$work/root.pem" "localhost:$port" \
    "localhost:1" "localhost:$plain"
claim every_failure_is_reported sh -c "[ \$(grep -c '^caembed: error: ' '$work/failures') = 3 ] &&
    grep -q 'error: localhost:1: could not connect' '$work/failures' &&
    grep -q 'error: localhost:$port: no trust anchor' '$work/failures' &&
    grep -q 'error: no-such-host.invalid:443: no such host name' '$work/failures'"
claim nothing_is_written_unless_all_succeed sh -c "[ \"\$(cat '$work/keep.h')\" = old ] && [ \"\$(cat '$work/keep.json')\" = '{}' ]"

second_run_touches_nothing() {
    embed_twice -o "$work/twice.h" -m "$work/twice.json" --ca-file "$work/root.pem" "localhost:$plain" &&
        touch -d 2001-01-01 "$work/twice.h" "$work/twice.json" &&
        embed_twice -o "$work/twice.h" -m "$work/twice.json" --ca-file "$work/root.pem" "localhost:$plain" &&
        [ "$(stat -c %Y "$work/twice.h" "$work/twice.json" | sort -u)" = "$(date -d 2001-01-01 +%s)" ]
}
claim second_run_touches_nothing second_run_touches_nothing

finish
