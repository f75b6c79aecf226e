#!/usr/bin/env bash
# tlssocket.sh -- the TLS socket over TCP, against openssl s_server, nginx, mosquitto and SMTP
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck disable=SC2154
cd "$work" || exit 1
client=$bin/tests/tls_client

# make_cert NAME ISSUER DAYS EXTENSION...: NAME.pem and NAME.key; a root if ISSUER is NAME
make_cert() {
    local name=$1 issuer=$2 days=$3 signer=()
    shift 3
    printf '%s\n' "subjectKeyIdentifier=hash" "$@" >"$name.ext"
    openssl "${key[@]}" -out "$name.key"
    openssl req -new -key "$name.key" -subj "/CN=$name" -out "$name.csr"
    if [ "$issuer" = "$name" ]; then signer=(-signkey "$name.key")
    else signer=(-CA "$issuer.pem" -CAkey "$issuer.key" -CAcreateserial); fi
    openssl x509 -req -in "$name.csr" -days "$days" -extfile "$name.ext" "${signer[@]}" "${digest[@]}" -out "$name.pem"
}

digest=(-sha256)
key=(ecparam -name prime256v1 -genkey -noout)
{
    make_cert root root 3650 basicConstraints=critical,CA:TRUE
    make_cert other_root other_root 3650 basicConstraints=critical,CA:TRUE
    make_cert leaf root 365 subjectAltName=DNS:localhost,IP:127.0.0.1
    make_cert wrong_host root 365 subjectAltName=DNS:example.org
    make_cert untrusted other_root 365 subjectAltName=DNS:localhost
    make_cert self_signed self_signed 365 subjectAltName=DNS:localhost
    make_cert client root 365 extendedKeyUsage=clientAuth
    make_cert client_ca root 365 basicConstraints=critical,CA:TRUE
    make_cert chained client_ca 365 extendedKeyUsage=clientAuth
    cat chained.pem client_ca.pem >client_chain.pem
    key=(genrsa)
    make_cert rsa_leaf root 365 subjectAltName=DNS:localhost
    key=(ecparam -name prime256v1 -genkey -noout)
    digest=(-sha1)
    make_cert sha1_ca root 365 basicConstraints=critical,CA:TRUE
    digest=(-sha256)
    make_cert sha1 sha1_ca 365 subjectAltName=DNS:localhost
    cat sha1_ca.pem >>sha1.pem
} >pki.log 2>&1 || { cat pki.log; exit 1; }
chain past int >expired.pem # of the tests' PKI: `openssl x509` makes no certificate that has expired
cp "$pki/past.key" expired.key

# says WANT COMMAND...: it fails and prints a line with WANT
says() {
    local want=$1
    shift
    "$@" >says.log 2>&1 && { echo "it should have failed"; cat says.log; return 1; }
    grep -qF -- "$want" says.log || { cat says.log; return 1; }
}

# s_server NAME OPTION...: sets port
s_server() {
    local name=$1
    shift
    port=$(free_port)
    # -chainCAfile is what follows the leaf in its own file, as a server would send it
    start "s_server.$name.$port.log" openssl s_server -accept "127.0.0.1:$port" -cert "$name.pem" -key "$name.key" -cert_chain "$name.pem" "$@"
    wait_for_port "$port"
}

run() {
    local to=$1
    shift
    timeout 60 "$client" localhost "$to" "ca=${ca:-root.pem}" "$@"
}

# ---- openssl s_server ----
for version in -tls1_2 -tls1_3; do
    # Mbed TLS 2 speaks no TLS 1.3; a server that has both must be understood
    [ $version = -tls1_3 ] && version=-no_tls1_1
    s_server leaf -rev $version
    claim "openssl_echo_blocking$version" run "$port" open connect echo close
    claim "openssl_echo_without_blocking$version" run "$port" nonblocking open connect echo sigio close
    claim "openssl_echo_burst$version" run "$port" open connect burst close
    claim "openssl_echo_burst_without_blocking$version" run "$port" nonblocking open connect burst close
done
for version in -tls1_2 -no_tls1_1; do # Mbed TLS 3.6's default offer draws a signature from TLS 1.2 that it refuses itself
    s_server rsa_leaf -rev $version
    claim "openssl_with_rsa_leaf$version" run "$port" open connect echo close
done
first_port=$port
s_server leaf -rev
claim two_sockets_share_a_chain run "$first_port" open connect "simultaneous=$port" close
claim socket_reopens_after_close run "$port" open connect echo close open connect echo close
claim recv_takes_its_time_out run "$port" open connect recv-timeout echo
claim peer_address_is_known run "$port" open connect peer
claim one_hundred_cycles run "$port" cycles=100

leaves_no_leak() {
    if nm "$client" | grep __asan_ >/dev/null; then "$@"; return; fi # which looks for leaks by itself
    valgrind -q --error-exitcode=9 --leak-check=full --errors-for-leak-kinds=definite,indirect,possible "$@"
}
claim ten_cycles_leave_no_leak leaves_no_leak "$client" localhost "$port" ca=root.pem cycles=10
claim hostname_may_differ_from_the_address "$client" 127.0.0.1 "$port" ca=root.pem hostname=localhost open connect echo
claim no_ca_is_an_authentication_failure says "connect: -3011 cause 2" "$client" localhost "$port" open connect
claim empty_address_is_an_error says "connect: -3003 cause 1" "$client" "" "$port" ca=root.pem open connect
claim unknown_name_is_a_dns_failure says "connect: -3009" "$client" nowhere.invalid "$port" ca=root.pem open connect
claim second_open_is_a_parameter_error says "open: -3003" run "$port" open open
claim connect_after_close_has_no_socket says "connect: -3005" run "$port" open connect close connect

s_server leaf -rev -Verify 1 -CAfile root.pem -verify_return_error -tls1_2
claim client_certificate_is_accepted run "$port" client=client.pem,client.key open connect echo close
claim client_certificate_is_missed says "connect: -3011 cause 12" run "$port" open connect echo

claim client_certificate_chain_is_accepted run "$port" client=client_chain.pem,chained.key open connect echo close
claim client_certificate_without_its_chain_is_refused says "connect: -3011 cause 12" run "$port" client=chained.pem,chained.key open connect echo

s_server leaf -rev -tls1_2 -alpn mqtt,x-echo
claim openssl_agrees_on_a_protocol run "$port" alpn=x-echo,other open connect agreed=x-echo echo close
claim openssl_keeps_to_a_max_fragment run "$port" fragment=1024 open connect fragments=1024 echo burst close
claim version_and_suite_are_known run "$port" open connect version=TLSv1.2 suite=TLS-ECDHE-ECDSA-WITH- echo

# refused NAME CAUSE: its certificate does not pass
refused() {
    s_server "$1" -rev -cipher DEFAULT@SECLEVEL=0 && says "connect: -3011 cause $2" run "$port" open connect
}
refused_as_expired() {
    local ca=$pki/root.pem
    refused expired 7
}
claim expired_certificate_is_refused refused_as_expired
claim certificate_for_another_host_is_refused refused wrong_host 9
claim self_signed_certificate_is_refused refused self_signed 6
claim untrusted_root_is_refused refused untrusted 6
claim sha1_intermediate_is_refused refused sha1 10

# ---- faults on TCP ----
claim refused_connection_is_no_connection says "connect: -3004" run "$(free_port)" open connect
plain_port=$(free_port)
start plain.log "$bin/tests/tls_starttls_server" "$plain_port" leaf.pem leaf.key
wait_for_port "$plain_port"
claim server_that_speaks_no_tls_is_an_authentication_failure says "connect: -3011 cause 13" run "$plain_port" open connect
claim starttls_upgrades_the_connection run "$plain_port" starttls

stalled_connect() { # a stopped server's kernel still accepts
    s_server leaf -rev
    kill -STOP "${pids[-1]}"
    local began=$SECONDS
    says "connect: -3017 cause 15" run "$port" timeout=1500 open connect
    local rv=$?
    kill -CONT "${pids[-1]}"
    [ $rv -eq 0 ] && [ $((SECONDS - began)) -le 3 ]
}
claim stalled_server_meets_the_time_out stalled_connect

killed_server() {
    s_server leaf -rev
    timeout 60 "$client" localhost "$port" ca=root.pem open connect echo echo echo >/dev/null &&
        kill -KILL "${pids[-1]}" && sleep 0.2 && says "connect: -3004" run "$port" open connect
}
claim killed_server_is_noticed killed_server

# ---- nginx ----
http=$(free_port) by_id=$(free_port) http_12=$(free_port)
mkdir www && echo 'Hello world!' >www/hello.txt && head -c 300000 /dev/urandom | base64 >www/large.txt
cat >nginx.conf <<CONF
daemon off; pid $work/nginx.pid; error_log stderr; worker_processes 1;
events { worker_connections 64; }
http {
    log_format reused '\$server_port \$ssl_protocol \$ssl_session_reused'; access_log $work/reused.log reused; root $work/www;
    client_body_temp_path $work/t1; proxy_temp_path $work/t2; fastcgi_temp_path $work/t3; uwsgi_temp_path $work/t4; scgi_temp_path $work/t5;
    ssl_certificate $work/leaf.pem; ssl_certificate_key $work/leaf.key;
    server { listen 127.0.0.1:$http ssl; server_name localhost; }
    server { listen 127.0.0.1:$by_id ssl; server_name localhost; ssl_session_tickets off; ssl_session_cache shared:ids:1m; ssl_protocols TLSv1.2; }
    server { listen 127.0.0.1:$http_12 ssl; server_name localhost; ssl_protocols TLSv1.2; }
}
CONF
chmod 755 "$work" www; chmod 644 www/*
start nginx.log nginx -p "$work" -c "$work/nginx.conf"
wait_for_port "$http"
claim nginx_serves_hello_txt run "$http" open connect get=/hello.txt close
claim nginx_serves_without_blocking run "$http" nonblocking open connect get=/hello.txt close
claim nginx_serves_a_large_file run "$http" open connect get=/large.txt close
claim nginx_serves_again_after_reopening run "$http" open connect get=/hello.txt close open connect get=/hello.txt close

claim nginx_agrees_on_http_1_1 run "$http_12" alpn=h2,http/1.1 open connect agreed=http/1.1 version=TLSv1.2 get=/hello.txt close
claim nginx_refuses_a_strange_protocol says "connect: -3011 cause 12" run "$http_12" alpn=x-strange open connect
claim nginx_keeps_to_a_max_fragment run "$http_12" fragment=1024 open connect fragments=1024 get=/large.txt close

# nginx_says PORT REUSED...: of each connection to PORT, "r" for a resumed one or "." as nginx has it
nginx_says() {
    local to=$1
    shift
    diff <(awk -v port="$to" '$1 == port { print $3 }' reused.log) <(printf '%s\n' "$@")
}
nginx_resumes() { # PORT
    local to=$1
    : >reused.log
    run "$to" open connect full get=/hello.txt save=nginx.session close open restore=nginx.session connect resumed get=/hello.txt \
        save=nginx.session close &&
        run "$to" restore=nginx.session open connect resumed get=/large.txt close &&
        run "$to" open connect full get=/hello.txt close && nginx_says "$to" . r r .
}
claim nginx_resumes_a_session nginx_resumes "$http"
claim nginx_resumes_a_session_by_tls_12_ticket nginx_resumes "$http_12"
claim nginx_resumes_a_session_by_id nginx_resumes "$by_id"

nginx_never_resumes_for_another() { # a name and a CA set that the session was not saved for
    : >reused.log
    cat root.pem other_root.pem >more.pem
    run "$http_12" open connect get=/hello.txt save=other.session close &&
        run "$http_12" hostname=LOCALHOST restore=other.session open connect full get=/hello.txt close &&
        ca=more.pem run "$http_12" restore=other.session open connect full get=/hello.txt close &&
        run "$http_12" client=client.pem,client.key restore=other.session open connect full get=/hello.txt close &&
        nginx_says "$http_12" . . . . &&
        ca=other_root.pem says "connect: -3011 cause 6" run "$http_12" restore=other.session open connect
}
claim nginx_resumes_for_no_other_name_ca_or_client nginx_never_resumes_for_another

damaged_session() {
    : >reused.log
    run "$http_12" open connect get=/hello.txt save=whole.session close || return 1
    head -c 100 whole.session >cut.session
    says "restore=cut.session: -3003" run "$http_12" restore=cut.session || return 1
    { head -c 200 whole.session; tail -c +201 whole.session | tr '\000-\377' '\001-\377\000'; } >changed.session
    { cat whole.session; head -c 500 /dev/zero | tr '\0' '\377'; } >page.session # as it lies in flash
    run "$http_12" restore=changed.session open connect full get=/hello.txt close &&
        run "$http_12" restore=page.session open connect resumed get=/hello.txt close && nginx_says "$http_12" . . r
}
claim damaged_session_is_not_used damaged_session

# ---- resumption: s_server ----
for version in -tls1_2 -no_tls1_1; do
    s_server leaf -rev $version
    claim "openssl_resumes_a_session$version" run "$port" open connect full echo save=s.session close open restore=s.session connect resumed echo close
    claim "openssl_resumes_without_blocking$version" run "$port" nonblocking restore=s.session open connect resumed echo burst close
done
restarted_server() { # it has another key for tickets, and another cache
    s_server leaf -rev -tls1_2 && run "$port" restore=s12.session open connect full echo save=s12.session close
}
s_server leaf -rev -tls1_2
run "$port" open connect echo save=s12.session close >/dev/null
claim session_of_a_restarted_server_is_a_full_handshake restarted_server
s_server leaf -rev -tls1_2 -no_ticket -no_cache
claim server_that_resumes_nothing_gives_no_session says "save=none.session: -3001" run "$port" open connect echo save=none.session
s_server leaf -rev -tls1_2 -no_ticket
claim openssl_resumes_a_session_by_id run "$port" open connect echo save=s.session close open restore=s.session connect resumed echo close

# ---- mosquitto ----
mqtt=$(free_port)
cat >mosquitto.conf <<CONF
listener $mqtt 127.0.0.1
allow_anonymous true
certfile $work/leaf.pem
keyfile $work/leaf.key
CONF
chmod 644 leaf.key
start mosquitto.log mosquitto -c mosquitto.conf
wait_for_port "$mqtt"
claim mqtt_over_tls_blocking run "$mqtt" open connect mqtt close
claim mqtt_resumes_a_session run "$mqtt" open connect full mqtt save=mqtt.session close open restore=mqtt.session connect resumed mqtt close
claim mqtt_over_tls_without_blocking run "$mqtt" nonblocking open connect mqtt close

# ---- the example ----
{
    echo 'static const char SSL_CA_PEM[] ='
    sed 's/.*/    "&\\n"/' root.pem | sed '$s/$/;/'
} >ssl_ca_pem.h
cat >mbed_app.json <<'JSON'
{ "macros": ["MBEDTLS_SHA1_C=1"],
  "target_overrides": { "*": { "mbed-trace.enable": 1, "tls-socket.debug-level": 0 } } }
JSON
claim example_builds_from_header_and_settings make_root EXAMPLE="$work/hello" example \
    HEADER="$work/ssl_ca_pem.h" APP="$work/mbed_app.json" EXAMPLE_CPPFLAGS='-DHELLO_HOST=\"localhost\" -DHELLO_PATH=\"/hello.txt\"'

example_prints_the_transcript() {
    ./hello localhost "$http" >hello.log || { cat hello.log; return 1; }
    grep -o '\[....\]\[TLSW\]: [^(]*' hello.log | sed 's/\x1b.*//' >trace.log
    cat >want.log <<'LOG'
[INFO][TLSW]: mbedtls_ssl_conf_ca_chain
[INFO][TLSW]: mbedtls_ssl_config_defaults
[INFO][TLSW]: mbedtls_ssl_conf_authmode
[INFO][TLSW]: mbedtls_ssl_conf_rng
[INFO][TLSW]: mbedtls_ssl_setup
[INFO][TLSW]: Starting TLS handshake with localhost
[INFO][TLSW]: TLS connection to localhost established
[DBG ][TLSW]: Server certificate:
[INFO][TLSW]: Certificate verification passed
LOG
    nm "$bin/libtlssocket.a" | grep mbedtls_ssl_conf_rng >/dev/null || sed -i /mbedtls_ssl_conf_rng/d want.log # Mbed TLS 4 has none
    diff want.log trace.log && grep -q 'Hello world!' hello.log
}
claim example_prints_the_articles_transcript example_prints_the_transcript
finish
