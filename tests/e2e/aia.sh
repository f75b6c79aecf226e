#!/usr/bin/env bash
# aia.sh -- issuers that certificates name: what is fetched, from where, how much, and what comes of it
. "$(dirname "$0")/../lib.sh"

unset http_proxy https_proxy all_proxy HTTPS_PROXY ALL_PROXY no_proxy NO_PROXY
served=$work/served log=$work/http.log
mkdir "$served"
chain root >"$work/root.pem"

port=$(free_port)
start "$log" "$bin/tests/miniserver" http "$port" "$served"
wait_for_port "$port"
here=http://127.0.0.1:$port

# issue NAME SUBJECT KEY ISSUER-FILE ISSUER-KEY EXTENSION... -- a certificate of today, as $work/NAME.pem
issue() {
    local name=$1 subject=$2 key=$3 issuer=$4 issuer_key=$5
    shift 5
    printf '%s\n' "$@" >"$work/extensions"
    openssl req -new -key "$key" -subj "/CN=$subject" |
        openssl x509 -req -CA "$issuer" -CAkey "$issuer_key" -set_serial 7 -days 30 \
            -extfile "$work/extensions" -out "$work/$name.pem" 2>/dev/null
}

# leaf NAME URL... -- a leaf for localhost under the PKI's `int`, which says that its issuer is there
leaf() {
    local name=$1 value='' url
    shift
    for url in "$@"; do value+=${value:+,}caIssuers\;URI:$url; done
    issue "$name" localhost "$pki/leaf.key" "$pki/int.pem" "$pki/int.key" \
        subjectAltName=DNS:localhost extendedKeyUsage=serverAuth "authorityInfoAccess=$value"
}

judge() { "$bin/caembed" -q --chain "$work/$1.pem" --ca-file "$work/root.pem" "${@:2}" localhost; }
fetches() { judge "$1" --aia --aia-allow-private "${@:2}"; }

# embeds NAME ROW... -- the leaf's header holds these, and its JSON says where they came from
embeds() {
    fetches "$1" -o "$work/ca.h" && holds "$work/ca.h" "${@:2}"
}

# refuses NAME REGEX -- no anchor, for that reason
refuses() { fails 4 "localhost:443: no trust anchor: .*$2" fetches "$1"; }

sent() { # PATH -- bytes of body that the server sent for it, over all requests
    awk -v path="$1" '$1 == path { sum += $2 } END { print sum + 0 }' "$log"
}
asked() { grep -c "^$1 " "$log"; }

openssl x509 -in "$pki/int.pem" -outform DER -out "$served/int.der"
cp "$pki/int.pem" "$served/int.pem"
openssl x509 -in "$pki/root.pem" -outform DER -out "$served/root.der"
openssl crl2pkcs7 -nocrl -certfile <(chain second int root leaf) -outform DER -out "$served/int.p7c"
openssl crl2pkcs7 -nocrl -certfile <(chain int) -outform PEM -out "$served/int.p7b"
echo 'not a certificate' >"$served/garbage"
head -c 300 "$served/int.der" >"$served/cut"
: >"$served/empty"
head -c 65536 /dev/zero >"$served/zeros"
head -c 65537 /dev/zero >"$served/long"
openssl x509 -in "$pki/leaf.pem" -outform DER -out "$served/leaf.der"

# ---- what works ----

for form in int.der int.pem int.p7c int.p7b; do
    leaf "$form" "$here/$form"
    claim "issuer_as_$form" embeds "$form" root int
done
claim header_is_the_same_whatever_the_form test "$(fetches int.der | sed '/caembed -o/d' | cksum)" = \
    "$(fetches int.p7b | sed '/caembed -o/d' | cksum)"
source_of() { fetches "$1" --json | jq -e '.anchors[1].source == "aia" and .warnings[0].code == "intermediate-embedded"'; }
claim json_says_where_it_came_from source_of int.der
claim generic_embeds_it_too sh -c "'$bin/caembed' -q -t generic --aia --aia-allow-private --chain '$work/int.der.pem' \
    --ca-file '$work/root.pem' localhost >'$work/ca.h'"
claim generic_holds_both holds "$work/ca.h" root int
leaf second_address "$here/nowhere" "$here/int.der"
claim second_address_where_the_first_fails embeds second_address root int
leaf redirect "$here/to?$here/int.der"
claim redirect_to_http embeds redirect root int
claim verbose_says_how_much sh -c "verbose() { '$bin/caembed' -v --aia --aia-allow-private --chain '$work/int.der.pem' \
    --ca-file '$work/root.pem' localhost 2>&1 >/dev/null; }; verbose | grep -q -- '--aia fetched 1 intermediates, $(wc -c <"$served/int.der") bytes'"

# Two certificates are missing: each names the next.
issue low Low "$pki/second.key" "$pki/int.pem" "$pki/int.key" basicConstraints=critical,CA:TRUE \
    "authorityInfoAccess=caIssuers;URI:$here/int.der"
openssl x509 -in "$work/low.pem" -outform DER -out "$served/low.der"
issue deep localhost "$pki/leaf.key" "$work/low.pem" "$pki/second.key" subjectAltName=DNS:localhost \
    extendedKeyUsage=serverAuth "authorityInfoAccess=caIssuers;URI:$here/low.der"
claim issuer_of_an_issuer fetches deep -o "$work/ca.h"
claim issuer_of_an_issuer_is_not_an_anchor grep -q "$(openssl x509 -in "$pki/root.pem" -noout -fingerprint -sha256 |
    sed 's/.*=//; s/://g' | tr A-F a-f)" "$work/ca.h"

# ---- what does not ----

claim without_the_option_the_hint_names_it sh -c "! '$bin/caembed' --chain '$work/int.der.pem' --ca-file '$work/root.pem' \
    localhost 2>&1 | grep -v '^caembed: error: .*the issuer of CN=localhost is neither presented nor in the store: CN=Test Intermediate$' |
    grep -qvxF 'caembed: hint: the server should send its intermediates; --aia fetches what is missing from $here/int.der'"
before=$(asked /int.der)
claim without_the_option_nothing_is_fetched fails 4 "localhost:443: no trust anchor" judge int.der
claim without_the_option_the_server_hears_nothing test "$before" = "$(asked /int.der)"
claim private_address_is_refused fails 4 "localhost:443: no trust anchor: .*is at a private address" judge int.der --aia
claim private_address_hears_nothing test "$before" = "$(asked /int.der)"
leaf by_name "http://localhost:$port/int.der"
claim name_of_a_private_address_is_refused fails 4 "localhost:443: .*is at a private address" judge by_name --aia
claim name_of_an_address_that_may_be_connected fetches by_name -o "$work/ca.h"
for address in 0.0.0.0 10.1.2.3 100.64.0.1 127.9.9.9 169.254.169.254 172.16.0.1 192.168.0.1 224.0.0.1 255.255.255.255 \
    '[::1]' '[::]' '[::ffff:127.0.0.1]' '[fe80::1]' '[fd00::1]' '[64:ff9b::7f00:1]' '[2002:7f00:1::]' 2130706433 0x7f.1 localhost; do
    leaf private "http://$address:$port/int.der"
    claim "private_address_$address" fails 4 "localhost:443: .*is at a private address" judge private --aia
done
claim none_of_these_heard_anything test "$before" = "$(($(asked /int.der) - 1))"
leaf other_schemes "https://127.0.0.1:$port/int.der" "file://$served/int.der" "ftp://127.0.0.1/int.der" "ldap://127.0.0.1/x"
claim other_schemes refuses other_schemes 'no certificate says where its issuer is'
leaf to_file "$here/to?file://$served/int.der"
claim redirect_to_a_file refuses to_file 'leads to file://.*, which is not http'
leaf to_https "$here/to?https://127.0.0.1:$port/int.der"
claim redirect_to_https refuses to_https 'which is not http'
leaf loop "$here/to?$here/to?$here/to?$here/to?$here/int.der"
claim redirects_without_end refuses loop 'leads on more than 3 times'
leaf garbage "$here/garbage"
claim garbage refuses garbage 'holds no intermediate certificate'
leaf cut "$here/cut"
claim half_a_certificate refuses cut 'holds no intermediate certificate'
leaf empty "$here/empty"
claim nothing refuses empty 'holds no intermediate certificate'
leaf zeros "$here/zeros"
claim longest_answer refuses zeros 'holds no intermediate certificate'
leaf long "$here/long"
claim answer_that_is_too_long refuses long 'is longer than 65536 bytes'
leaf nowhere "$here/nowhere"
claim status_404 refuses nowhere 'answered with HTTP status 404'
leaf refused "http://127.0.0.1:1/int.der"
claim port_that_is_closed refuses refused 'http://127.0.0.1:1/int.der: '
leaf root_only "$here/root.der"
claim root_is_never_taken refuses root_only 'holds no intermediate certificate'
leaf leaf_only "$here/leaf.der"
claim leaf_is_never_taken refuses leaf_only 'holds no intermediate certificate'

# A root that nobody trusts stays untrusted, whoever serves it.
openssl x509 -in "$pki/second.pem" -outform DER -out "$served/second.der"
issue foreign localhost "$pki/leaf.key" "$pki/second.pem" "$pki/second.key" subjectAltName=DNS:localhost \
    extendedKeyUsage=serverAuth "authorityInfoAccess=caIssuers;URI:$here/second.der"
claim fetched_root_is_no_anchor refuses foreign 'holds no intermediate certificate'

# Each names the other as its issuer's place.
issue ring Ring "$pki/second.key" "$pki/int.pem" "$pki/int.key" basicConstraints=critical,CA:TRUE \
    "authorityInfoAccess=caIssuers;URI:$here/ring.der"
openssl x509 -in "$work/ring.pem" -outform DER -out "$served/ring.der"
issue looping localhost "$pki/leaf.key" "$work/ring.pem" "$pki/second.key" subjectAltName=DNS:localhost \
    extendedKeyUsage=serverAuth "authorityInfoAccess=caIssuers;URI:$here/ring.der"
claim loop_of_certificates refuses looping 'the issuers that came do not lead to a root'
claim loop_is_asked_once test "$(asked /ring.der)" = 1

# ---- time and bytes ----

leaf slow "$here/slow"
quick() { fails 4 "localhost:443: no trust anchor: .*$2" fetches "$1" --connect-timeout 1 --max-time 2; }
claim slow_server in_time 2000 quick slow 'did not answer in time'
leaf silent "$here/silent"
claim silent_server in_time 2000 quick silent 'did not answer in time'
claim slow_server_without_limits in_time 7000 refuses slow 'did not answer in time'
leaf endless "$here/endless"
claim endless_server in_time 3000 refuses endless 'is longer than 65536 bytes'
leaf many "$here/a" "$here/b" "$here/c" "$here/d" "$here/e" "$here/f"
claim addresses_of_one_certificate refuses many 'answered with HTTP status 404'
claim addresses_of_one_certificate_are_bounded test "$(asked /d):$(asked /e)" = 1:0
leaf slow_many "$here/slow" "$here/silent" "$here/slow?" "$here/slow#"
claim slow_servers_together in_time 3000 quick slow_many 'did not answer in time|HTTP status 404'

# Hosts that share an issuer ask once; a server that answers at once does not wait for slow ones.
many=$(free_port)
start "$work/s_server.log" openssl s_server -accept "127.0.0.1:$many" -cert "$work/int.der.pem" -key "$pki/leaf.key" -quiet
wait_for_port "$many"
before=$(asked /int.der)
claim hosts_that_share_an_issuer "$bin/caembed" -q --aia --aia-allow-private --ca-file "$work/root.pem" -o "$work/ca.h" \
    "localhost:$many" "localhost:$many" "localhost:$many"
claim hosts_that_share_an_issuer_ask_once test "$(asked /int.der)" = $((before + 1))
claim header_of_a_server holds "$work/ca.h" root int
fewest() {
    "$bin/caembed" -v --fewest --aia --aia-allow-private --ca-file "$work/root.pem" -o "$work/fewest.h" "localhost:$many" \
        "localhost:$many" 2>"$work/fewest.err" && holds "$work/fewest.h" root int &&
        [ "$(grep -c -- "--aia fetched 1 intermediates, $(wc -c <"$served/int.der") bytes" "$work/fewest.err")" -ge 1 ]
}
before=$(asked /int.der)
claim fewest_of_what_was_fetched fewest
fewest_fails_alike() {
    ! fetches many >"$work/out" 2>"$work/plain.err" && ! fetches many --fewest >"$work/out" 2>"$work/fewest.err" &&
        grep 'HTTP status 404' "$work/plain.err" && cmp "$work/plain.err" "$work/fewest.err"
}
claim fewest_of_what_cannot_be_fetched fewest_fails_alike
claim fewest_asks_once test "$(asked /int.der)" = $((before + 1))

# ---- proxies ----

leaf proxied http://issuer.example/int.der
claim through_a_proxy sh -c "'$bin/caembed' -q --aia --proxy http://127.0.0.1:$port --chain '$work/proxied.pem' \
    --ca-file '$work/root.pem' localhost >'$work/ca.h'"
claim through_a_proxy_an_address_is_still_private fails 4 "localhost:443: .*is at a private address" \
    judge int.der --aia --proxy "http://127.0.0.1:$port"

for name in localhost. a.localhost 127.0.0.1. 127.1. printer NAS.local a.internal x.home.arpa 0x7f.0.0.1; do
    leaf named "http://$name/int.der"
    claim "through_a_proxy_${name}_is_private" fails 4 "localhost:443: .*is at a private address" \
        judge named --aia --proxy "http://127.0.0.1:$port"
done

echo "aia.sh: bytes sent: garbage $(sent /garbage), root $(sent /root.der), PKCS#7 $(sent /int.p7c), too long $(sent /long)," \
    "endless $(sent /endless) (with what stood in buffers), slow $(sent /slow), ring $(sent /ring.der)"
finish
