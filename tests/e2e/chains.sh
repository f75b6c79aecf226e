#!/usr/bin/env bash
# chains.sh -- servers with an ECDSA and an RSA certificate: the chain that the device is shown, and every chain
. "$(dirname "$0")/../lib.sh"

chain root rsa >"$work/roots.pem"
chain leaf int >"$work/ecdsa.pem"
client=$bin/tests/tls_client

# both NAME OPTION... -- an openssl s_server with both certificates; sets $port
both() {
    tls_server "$1" "leaf int" -dcert "$pki/rsa-leaf.pem" -dkey "$pki/rsa-leaf.key" "${@:2}"
}

both tls13 -cipher ECDHE-RSA-AES128-GCM-SHA256
tls13=$port
both tls12 -cipher ECDHE-RSA-AES128-GCM-SHA256 -tls1_2
tls12=$port
nginx=$(free_port)
mkdir "$work/nginx"
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
            listen 127.0.0.1:$nginx ssl;
            ssl_protocols TLSv1.2 TLSv1.3;
            ssl_certificate $work/ecdsa.pem;
            ssl_certificate_key $pki/leaf.key;
            ssl_certificate $pki/rsa-leaf.pem;
            ssl_certificate_key $pki/rsa-leaf.key;
        }
    }
EOT
chmod 755 "$work"
PATH=$PATH:/usr/sbin
start "$work/nginx.log" nginx -e stderr -p "$work/nginx" -c "$work/nginx/nginx.conf"
wait_for_port "$nginx"

embed_from() { embed_twice --ca-file "$work/roots.pem" "$@"; }
embeds() { # "ROOT..." OPTION... HOST
    local rows=$1
    shift
    # shellcheck disable=SC2086
    embed_from -o "$work/ca.h" "$@" && holds "$work/ca.h" $rows
}
shakes_hands() { # PORT ROOT... -- tlssocket with these
    local at_port=$1
    shift
    chain "$@" >"$work/device.pem"
    timeout 10 "$client" localhost "$at_port" "ca=$work/device.pem" open connect close
}

# What each target is shown: by s_server with TLS 1.2 and 1.3, with TLS 1.2 alone, by nginx as it comes.
for row in "mbed-os rsa rsa rsa" "mbed-os-5 rsa rsa rsa" "mbed-ce rsa rsa rsa" "mbedtls-2.28 rsa rsa rsa" \
    "mbedtls-3.6 root rsa root" "mbedtls-4 root rsa root" "esp-idf rsa rsa root" "zephyr rsa rsa root" "generic root rsa root"; do
    # shellcheck disable=SC2086
    set -- $row
    claim "chain_of_s_server_for_$1" embeds "$2" -t "$1" "localhost:$tls13"
    claim "chain_of_s_server_with_tls_1_2_for_$1" embeds "$3" -t "$1" "localhost:$tls12"
    claim "chain_of_nginx_for_$1" embeds "$4" -t "$1" "localhost:$nginx"
done

# tlssocket's client is a device on this machine's Mbed TLS, and shown what that version is shown: the header for it serves,
# the one for another client's offer does not.
case $("$bin/caembed" -V) in
*'Mbed TLS 2.'*) shown=("$tls13 rsa root" "$tls12 rsa root" "$nginx rsa root") ;;
*) shown=("$tls13 root rsa" "$tls12 rsa root" "$nginx root rsa") ;;
esac
for row in "${shown[@]}"; do
    read -r at_port right wrong <<<"$row"
    claim "device_shakes_hands_with_its_header_$at_port" shakes_hands "$at_port" "$right"
    claim "device_fails_with_the_other_header_$at_port" sh -c "! (cd '$work' && timeout 10 '$client' localhost $at_port ca='$pki/$wrong.pem' open connect)"
    claim "handshake_is_proven_$at_port" embed --ca-file "$work/roots.pem" --prove=handshake -o "$work/proven.h" "localhost:$at_port"
done

# --check takes the device's view too.
embed_from -o "$work/right.h" "localhost:$tls13"
embed_from -o "$work/wrong.h" -t generic "localhost:$tls13"
claim check_of_the_right_header embed_from --check -o "$work/right.h" "localhost:$tls13"
claim check_of_the_wrong_header fails 11 "localhost:$tls13: wrong.h no longer verifies" \
    embed_from --check -o "$work/wrong.h" "localhost:$tls13"
claim check_of_the_right_header_of_another_target embed_from --check -t generic -o "$work/wrong.h" "localhost:$tls13"

# ---- every chain ----

for target in mbed-os mbedtls-3.6 generic; do
    for at_port in "$tls13" "$nginx"; do
        both_roots() { embed_from --all-chains -t "$target" -o "$work/both.h" "localhost:$at_port" && holds_both "$work/both.h"; }
        holds_both() { grep -q 'CN=Test Root' "$1" && grep -q 'CN=RSA Root' "$1" && [ "$(grep -c BEGIN "$1")" -eq 2 ]; }
        claim "all_chains_for_${target}_$at_port" both_roots
        claim "all_chains_are_checked_for_${target}_$at_port" embed_from --check --all-chains -t "$target" -o "$work/both.h" "localhost:$at_port"
    done
done
claim all_chains_where_ecdsa_is_refused embeds rsa --all-chains "localhost:$tls12"
claim all_chains_in_the_order_of_the_questions embeds "rsa root" --all-chains "localhost:$tls13"
claim all_chains_are_in_the_report sh -c "'$bin/caembed' -q --at $at --json --all-chains --ca-file '$work/roots.pem' localhost:$tls13 |
    jq -e '.chains | map(.presented[0].key[0:3]) == [\"RSA\", \"EC \"] and (.[1].anchors[0].subject == \"CN=Test Root\") and .[0].tls.version == \"TLSv1.2\"'"
claim no_chains_in_the_report_without_it sh -c "'$bin/caembed' -q --at $at --json --ca-file '$work/roots.pem' localhost:$tls13 |
    jq -e 'has(\"chains\") | not'"
claim command_in_the_header_has_it grep -q -- ' --all-chains ' "$work/both.h"
chain rsa >"$work/rsa.pem"
claim all_chains_need_an_anchor_each fails 4 "localhost:$tls13: the server's chain for EC P-256: no trust anchor" \
    embed --ca-file "$work/rsa.pem" --all-chains "localhost:$tls13"
claim check_of_all_chains_with_one_anchor fails 11 "localhost:$tls13: the server's chain for EC P-256: right.h no longer verifies" \
    embed_from --check --all-chains -o "$work/right.h" "localhost:$tls13"
claim all_chains_of_a_server_with_one embeds rsa --all-chains "localhost:$tls12"
claim all_chains_of_a_server_with_one_are_proven embed --ca-file "$work/roots.pem" --all-chains --prove=handshake -o "$work/proven.h" "localhost:$tls12"
claim all_chains_with_fewest embeds "rsa root" --all-chains --fewest "localhost:$tls13"

explains() { # REGEX OPTION... HOST
    local regex=$1
    shift
    embed_from --explain -o "$work/explained.h" "$@" 2>"$work/explained" && grep -qE "$regex" "$work/explained"
}
claim explain_says_when_there_is_another_chain explains '^the server has another chain, with EC P-256, which leads to CN=Test Root' "localhost:$tls13"
claim explain_says_nothing_where_there_is_none sh -c "! '$bin/caembed' -q --at $at --ca-file '$work/roots.pem' --explain localhost:$tls12 2>&1 >/dev/null | grep 'another chain'"
claim explain_shows_all_chains explains '^localhost:.*presented 2 certificates over TLSv1.3' --all-chains "localhost:$tls13"

# A connection lost on the way to another chain says nothing of it: the host fails, unless it is only asked for --explain.
lost=$(free_port)
start "$work/lost.log" "$bin/tests/miniserver" lose "$lost" "$tls13"
wait_for_port "$lost" && wait_for_port "$lost"
claim all_chains_with_one_that_is_lost fails 3 "localhost:$lost: the TLS handshake failed before a chain came: the server closed" \
    embed_from --all-chains "localhost:$lost"
wait_for_port "$lost"
claim all_chains_with_one_that_is_lost_and_retried embeds "rsa root" --all-chains --retry 3 "localhost:$lost"
claim all_chains_needs_a_server fails 1 "--all-chains needs a server" embed --all-chains --chain "$work/ecdsa.pem" localhost

finish
