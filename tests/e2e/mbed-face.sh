#!/usr/bin/env bash
# mbed-face.sh -- the integration list of Mbed OS's TLS sockets through the C++ face, over TCP
. "$(dirname "$0")/../lib.sh"
cd "$work" || exit 1
client=$bin/tests/mbed_client

chain root >ca.pem
serve() { # CHAIN KEY OPTION...: sets port
    local rows=$1 key=$2
    shift 2
    # shellcheck disable=SC2086 # rows are split on purpose
    chain $rows >"served.$key.pem"
    port=$(free_port)
    start "s_server.$port.log" openssl s_server -accept "127.0.0.1:$port" -cert "served.$key.pem" -key "$pki/$key.key" \
        -cert_chain "served.$key.pem" -quiet "$@"
    wait_for_port "$port"
}
run() { timeout 120 "$client" "${host:-localhost}" "$port" ca.pem "$@"; }

serve "leaf int" leaf -rev
for name in echotest echotest_without_blocking echotest_burst connect_invalid no_cert open_destruct open_limit open_twice recv_timeout \
    send_closed send_repeat send_timeout send_unconnected resolved_address; do
    claim "$name" run "$name"
done
first=$port # s_server speaks to one client at a time
serve "leaf int" leaf -rev
claim simultaneous run simultaneous "$first"
serve "leaf int" leaf -www
claim endpoint_close run endpoint_close
serve "other int" other -rev
claim handshake_invalid_wrong_host run handshake_invalid
claim resolved_address_of_another_name run resolved_address_of_another_name
for bad in "self" "past int" "root-past-leaf root-past" "int-sha1-leaf int-sha1"; do # self-signed, expired, another root, SHA-1
    serve "$bad" "${bad%% *}" -rev -cipher DEFAULT@SECLEVEL=0
    claim "handshake_invalid_${bad%% *}" run handshake_invalid
done
serve "other int" other -rev # it has no IP address, which Mbed TLS matches from 3.5 on
host=127.0.0.1
claim address_that_no_name_gave run address_without_a_name
finish
