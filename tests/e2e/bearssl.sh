#!/usr/bin/env bash
# bearssl.sh -- anchors for BearSSL: a client with libbearssl makes its handshakes as caembed says, and a caembed without
# libbearssl proves nothing
. "$(dirname "$0")/../lib.sh"

# ---- without libbearssl ----

without=$bin/tests/no-bearssl/caembed
without() { "$without" --at "$at" --ca-file "$pki/root.pem" --chain "$work/chain.pem" "$@" localhost; }
chain leaf int >"$work/chain.pem"
header=$work/ta.h
says_no() { "$without" -V | grep -q ', no BearSSL$'; }
claim "a build without libbearssl says so" says_no
claim "it proves nothing for the target" fails 5 "localhost:443: this caembed is built without BearSSL" without -t bearssl
claim "other targets are as ever" without -q -o "$work/pem.h"
claim "it gives no verdict on a header either" fails 5 "localhost:443: this caembed is built without BearSSL" \
    without -t bearssl -f pem --check -o "$work/pem.h"
if ! "$bin/caembed" -V | grep -q ', BearSSL$'; then
    skip "a client with libbearssl" "libbearssl is not there"
    finish
    exit
fi

# ---- handshakes ----

port=$(free_port)
serve() { # PORT LEAF CHAIN-FILE OPTION... -- a server that presents the leaf and this file
    start "$work/server-$1.log" openssl s_server -accept "127.0.0.1:$1" -www -cert "$pki/$2.pem" -key "$pki/$2.key" \
        -cert_chain "$3" "${@:4}"
    wait_for_port "$1"
}
build_client() { make_root example-bearssl HEADER="$1" BEARSSL_EXAMPLE="$work/client"; }
# fetches PORT HEADER -- the client takes the server with these anchors
fetches() { build_client "$2" && "$work/client" localhost "$1" >"$work/page" && grep -q 'HTTP/1.0 200' "$work/page"; }
refuses() { # PORT HEADER ERROR
    build_client "$2" && exits 1 "$work/client" localhost "$1" 2>"$work/refused" && grep -q "error $3 of" "$work/refused"
}
anchors() { embed -t bearssl -o "$header" "$@"; }

claim "a server listens" serve "$port" leaf "$pki/int.pem"
claim "anchors are written for it" anchors --ca-file "$pki/root.pem" "localhost:$port"
claim "BearSSL takes the server with them" fetches "$port" "$header"
claim "they are current" embed -t bearssl --check -o "$header" --ca-file "$pki/root.pem" "localhost:$port"
embed -t bearssl -o "$work/other.h" --profile letsencrypt
claim "BearSSL refuses the server with others (BR_ERR_X509_NOT_TRUSTED)" refuses "$port" "$work/other.h" 62
claim "caembed says so before" fails 11 ".*other\.h no longer verifies: BearSSL .*BR_ERR_X509_NOT_TRUSTED" \
    "$bin/caembed" --at "$at" -t bearssl --check -o "$work/other.h" --ca-file "$pki/root.pem" "localhost:$port"

# An RSA leaf under an RSA root.
rsa=$(free_port)
: >"$work/empty.pem"
claim "a server with RSA listens" serve "$rsa" rsa-leaf "$pki/rsa.pem"
claim "anchors are written for it, too" anchors --ca-file "$pki/rsa.pem" "localhost:$rsa"
claim "BearSSL takes the server with RSA" fetches "$rsa" "$header"

# The intermediate out of its place: without it as an anchor BearSSL refuses.
disorder=$(free_port)
chain other-root int >"$work/disorder.pem"
claim "a server in disorder listens" serve "$disorder" leaf "$work/disorder.pem"
embed -t bearssl -o "$work/root.h" --ca-file "$pki/root.pem" --chain "$work/chain.pem" localhost
claim "BearSSL refuses it with the root alone (BR_ERR_X509_DN_MISMATCH)" refuses "$disorder" "$work/root.h" 55
claim "the intermediate is embedded" anchors --ca-file "$pki/root.pem" "localhost:$disorder"
claim "with it as an anchor BearSSL takes the server" fetches "$disorder" "$header"
sed '/TA1_DN, sizeof/,/}/s/BR_X509_TA_CA/0/' "$header" >"$work/flag.h"
claim "not if it is no CA" refuses "$disorder" "$work/flag.h" 55

# TLS 1.0 with SHA-1 in the handshake, which OpenSSL's own level of security would not speak.
old=$(free_port)
claim "a server with TLS 1.0 listens" serve "$old" rsa-leaf "$pki/rsa.pem" -tls1 -cipher 'ALL:@SECLEVEL=0'
claim "its chain is seen with BearSSL's offer" anchors --ca-file "$pki/rsa.pem" "localhost:$old"
claim "BearSSL takes the server with TLS 1.0" fetches "$old" "$header"

# TLS 1.3 alone, which BearSSL does not speak.
new=$(free_port)
claim "a server with TLS 1.3 alone listens" serve "$new" leaf "$pki/int.pem" -tls1_3
claim "the offer is refused" fails 5 "localhost:$new: .*TLS 1\.3.*bearssl" \
    "$bin/caembed" --at "$at" -t bearssl --ca-file "$pki/root.pem" "localhost:$new"
claim "as BearSSL's is" exits 1 "$work/client" localhost "$new"

# Several hosts at once.
both() { "$bin/caembed" -q --at "$at" -t bearssl -o "$work/both.h" --ca-file "$pki/root.pem" --ca-file "$pki/rsa.pem" "$@"; }
claim "both servers' anchors are written" both "localhost:$port" "localhost:$rsa"
claim "BearSSL takes the one with them" fetches "$port" "$work/both.h"
claim "BearSSL takes the other with them" fetches "$rsa" "$work/both.h"
claim "they are current for both" both --check "localhost:$port" "localhost:$rsa"
claim "and too many for one" exits 10 both --check "localhost:$port"
claim "likewise with --fewest" both --fewest "localhost:$port" "localhost:$disorder" "localhost:$rsa"
claim "which are current" both --fewest --check "localhost:$port" "localhost:$disorder" "localhost:$rsa"
claim "likewise with --backup and a profile" both --backup --profile letsencrypt "localhost:$port"
claim "which are current, too" both --backup --profile letsencrypt --check "localhost:$port"

finish
