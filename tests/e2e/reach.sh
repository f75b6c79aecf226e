#!/usr/bin/env bash
# reach.sh -- which address is asked: -4, -6, --resolve
. "$(dirname "$0")/../lib.sh"

chain root second >"$work/roots.pem"
tls_server v4 "leaf int"

embeds() { # "ROOT..." OPTION... HOST
    local rows=$1
    shift
    # shellcheck disable=SC2086
    embed_twice --ca-file "$work/roots.pem" -o "$work/ca.h" "$@" && holds "$work/ca.h" $rows
}

embeds_once() { # what --replay refuses
    # shellcheck disable=SC2086
    embed --ca-file "$work/roots.pem" -o "$work/ca.h" "${@:2}" && holds "$work/ca.h" $1
}

claim ipv4_alone embeds root -4 "localhost:$port"
claim ipv4_alone_by_its_long_name embeds root --ipv4 "localhost:$port"
if [ -e /proc/net/if_inet6 ] && grep -q ' lo$' /proc/net/if_inet6; then
    start "$work/v6.log" openssl s_server -accept "[::1]:$port" -6 -quiet -cert "$pki/second-leaf.pem" -key "$pki/second-leaf.key"
    wait_for_port "$port" ::1
    claim ipv4_where_both_listen embeds root -4 "localhost:$port"
    claim ipv6_where_both_listen embeds second -6 "localhost:$port"
    claim the_last_of_ipv4_and_ipv6_counts embeds second -4 -6 "localhost:$port"
    claim resolve_to_ipv6 embeds second --resolve "localhost:$port:[::1]" "localhost:$port"
    claim resolve_to_ipv6_without_brackets embeds second --resolve "localhost:$port:::1" "localhost:$port"
    claim ipv6_is_proven_by_a_handshake embeds_once second -6 --prove=handshake "localhost:$port"
else
    skip ipv6 "no IPv6 on loopback"
fi
claim ipv6_of_an_ipv4_address fails 2 "127.0.0.1:$port: 127.0.0.1 is no IPv6 address" embed_twice -6 --ca-file "$work/roots.pem" "127.0.0.1:$port"

claim resolve_gives_a_name_an_address embeds root --resolve "nowhere.invalid:$port:127.0.0.1" --servername localhost "nowhere.invalid:$port"
claim resolve_of_another_port_does_not_count fails 2 "nowhere.invalid:$port: no such host name" \
    embed_twice --resolve "nowhere.invalid:1:127.0.0.1" "nowhere.invalid:$port"
claim resolve_may_be_repeated embeds root --resolve "other.invalid:$port:127.0.0.9" --resolve "nowhere.invalid:$port:127.0.0.1" \
    --servername localhost "nowhere.invalid:$port"
claim resolve_to_the_second_address embeds root --resolve "nowhere.invalid:$port:127.0.0.9,127.0.0.1" --servername localhost "nowhere.invalid:$port"
claim resolved_address_is_in_the_report sh -c "'$bin/caembed' -q --at $at --json --ca-file '$work/roots.pem' \
    --resolve nowhere.invalid:$port:127.0.0.1 --servername localhost nowhere.invalid:$port | jq -e '.address == \"127.0.0.1\"'"
claim resolve_and_handshake embeds_once root --prove=handshake --resolve "nowhere.invalid:$port:127.0.0.1" --servername localhost "nowhere.invalid:$port"
for wrong in '' host host:443 host:443: host::127.0.0.1 :443:127.0.0.1 host:0:127.0.0.1 host:65536:127.0.0.1 host:443:name 'host:443:127.0.0.1,' \
    host:443:127.0.0 'host:443:[127.0.0.1]' 'host:443:[::1' '*:443:127.0.0.1' 'ho st:443:127.0.0.1' host:443x:127.0.0.1 '+host:443:127.0.0.1'; do
    claim "resolve_refuses_$wrong" fails 1 "invalid value '.*' for --resolve " embed_twice --resolve "$wrong" "localhost:$port"
done

# ---- every address ----

claim all_addresses_of_an_address_in_numbers embeds_once root --all-addresses "127.0.0.1:$port"
claim all_addresses_of_no_such_name fails 2 "nowhere.invalid:$port: no such host name" embed --all-addresses "nowhere.invalid:$port"
for other in "--proxy http://127.0.0.1:1" "--chain $work/roots.pem" "--resolve localhost:$port:127.0.0.1"; do
    # shellcheck disable=SC2086
    claim "all_addresses_refuses_${other%% *}" fails 1 "--all-addresses cannot be used with --proxy, --chain or --resolve" \
        embed_twice --all-addresses $other "localhost:$port"
done

# A name with two addresses takes a hosts file of its own, which only a namespace of its own may have.
printf '127.0.0.2 localhost\n127.0.0.1 localhost\n' >"$work/hosts"
# shellcheck disable=SC2016 # the inner shell's
with_hosts() { unshare -rm sh -c 'mount --bind "$0" /etc/hosts && exec "$@"' "$work/hosts" "$@"; }
if with_hosts true 2>/dev/null; then
    start "$work/two.log" openssl s_server -accept "127.0.0.2:$port" -quiet -cert "$pki/second-leaf.pem" -key "$pki/second-leaf.key"
    wait_for_port "$port" 127.0.0.2
    all() { with_hosts "$bin/caembed" -q --at "$at" --ca-file "$work/roots.pem" --all-addresses "$@"; }
    all_addresses() { all -o "$work/ca.h" "localhost:$port" && holds "$work/ca.h" root second; }
    all_addresses_reported() {
        all --json "localhost:$port" >"$work/report" &&
            [ "$(jq -r '[.host, .address, .anchors[0].subject, .status] | join(" ")' "$work/report")" = \
                "$(printf 'localhost 127.0.0.1 CN=Test Root ok\nlocalhost 127.0.0.2 CN=Second Root ok')" ]
    }
    chain root >"$work/root.pem"
    claim all_addresses_of_a_name all_addresses
    claim header_names_the_host_once_for_each_anchor sh -c "[ \$(grep -c 'for *localhost:$port$' '$work/ca.h') = 2 ]"
    claim header_names_the_command grep -qF -- "--all-addresses localhost:$port" "$work/ca.h"
    claim all_addresses_are_reported_in_order all_addresses_reported
    claim all_addresses_are_checked all --check -o "$work/ca.h" "localhost:$port"
    claim one_address_that_fails_is_named fails 4 "localhost:$port: at 127.0.0.2: no trust anchor" \
        with_hosts "$bin/caembed" -q --at "$at" --ca-file "$work/root.pem" --all-addresses "localhost:$port"
else
    skip all_addresses_of_a_name "no namespace of its own for a hosts file"
fi

# ---- step by step ----

steps() { # REGEX... OPTION-OR-HOST after -- : -vv says all of these, in that order, and nothing but messages of caembed
    local regexes=() last=0 line
    while [ "$1" != -- ]; do regexes+=("$1") && shift; done
    shift
    embed -vv --ca-file "$work/roots.pem" "$@" >"$work/out" 2>"$work/err" || true
    ! grep -v '^caembed: ' "$work/err" || return 1
    for regex in "${regexes[@]}"; do
        line=$(grep -nE "^caembed: debug: localhost(:$port)?: $regex" "$work/err" | cut -d : -f 1 | awk -v last="$last" '$1 > last' | head -n 1)
        [ -n "$line" ] || { echo "no $regex after line $last" && cat "$work/err" && return 1; }
        last=$line
    done
}
connection=('libcurl: Trying 127\.0\.0\.1:' 'libcurl: Connected to ' 'TLS: sent ClientHello, ' 'TLS: received ServerHello, '
    'TLS: received Certificate, ' 'TLS: the server presents [0-9] certificates over TLSv1' 'Mbed TLS: certificate 1, CN=' 'Mbed TLS: certificate 0, CN=localhost, is good$')
claim vv_says_each_step steps "${connection[@]}" -- -4 "localhost:$port"
claim vv_says_each_step_of_the_handshake steps "${connection[@]}" 'Mbed TLS: => handshake' 'Mbed TLS: => parse certificate$' 'Mbed TLS: <= handshake' -- \
    -4 --prove=handshake "localhost:$port"
vv_changes_nothing() { embed -4 --ca-file "$work/roots.pem" "localhost:$port" | cmp - "$work/out"; }
claim vv_changes_nothing vv_changes_nothing
one_v_has_no_steps() { embed -v --ca-file "$work/roots.pem" "localhost:$port" 2>&1 >/dev/null | grep -c . | grep -x 1; }
claim one_v_has_no_steps one_v_has_no_steps
finish
