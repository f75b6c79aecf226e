#!/usr/bin/env bash
# reach.sh -- which address is asked: -4, -6, --resolve
. "$(dirname "$0")/../lib.sh"

chain root second >"$work/roots.pem"
chain int >"$work/int.pem"
port=$(free_port)
start "$work/v4.log" openssl s_server -accept "127.0.0.1:$port" -quiet -cert "$pki/leaf.pem" -key "$pki/leaf.key" -cert_chain "$work/int.pem"
wait_for_port "$port"

embeds() { # "ROOT..." OPTION... HOST
    local rows=$1
    shift
    # shellcheck disable=SC2086
    embed --ca-file "$work/roots.pem" -o "$work/ca.h" "$@" && holds "$work/ca.h" $rows
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
    claim ipv6_is_proven_by_a_handshake embeds second -6 --prove=handshake "localhost:$port"
else
    skip ipv6 "no IPv6 on loopback"
fi
claim ipv6_of_an_ipv4_address fails 2 "127.0.0.1:$port: " embed -6 --ca-file "$work/roots.pem" "127.0.0.1:$port"

claim resolve_gives_a_name_an_address embeds root --resolve "nowhere.invalid:$port:127.0.0.1" --servername localhost "nowhere.invalid:$port"
claim resolve_of_another_port_does_not_count fails 2 "nowhere.invalid:$port: no such host name" \
    embed --resolve "nowhere.invalid:1:127.0.0.1" "nowhere.invalid:$port"
claim resolve_may_be_repeated embeds root --resolve "other.invalid:$port:127.0.0.9" --resolve "nowhere.invalid:$port:127.0.0.1" \
    --servername localhost "nowhere.invalid:$port"
claim resolve_to_the_second_address embeds root --resolve "nowhere.invalid:$port:127.0.0.9,127.0.0.1" --servername localhost "nowhere.invalid:$port"
claim resolved_address_is_in_the_report sh -c "'$bin/caembed' -q --at $at --json --ca-file '$work/roots.pem' \
    --resolve nowhere.invalid:$port:127.0.0.1 --servername localhost nowhere.invalid:$port | jq -e '.address == \"127.0.0.1\"'"
claim resolve_and_handshake embeds root --prove=handshake --resolve "nowhere.invalid:$port:127.0.0.1" --servername localhost "nowhere.invalid:$port"
for wrong in '' host host:443 host:443: host::127.0.0.1 :443:127.0.0.1 host:0:127.0.0.1 host:65536:127.0.0.1 host:443:name host:443:127.0.0.1, \
    host:443:127.0.0 'host:443:[127.0.0.1]' 'host:443:[::1' '*:443:127.0.0.1' 'ho st:443:127.0.0.1' host:443x:127.0.0.1 '+host:443:127.0.0.1'; do
    claim "resolve_refuses_$wrong" fails 1 "invalid value '.*' for --resolve " embed --resolve "$wrong" "localhost:$port"
done

finish
