#!/usr/bin/env bash
# lwip.sh -- the TLS socket over lwIP's raw API, on a tap device, against s_server and nginx at its other end
#
# Runs in a network name space of its own, which an ordinary user may make where the kernel allows user name spaces and
# /dev/net/tun; elsewhere it is skipped.
tap_works='ip tuntap add dev caembed0 mode tap && ip address add 10.9.0.1/24 dev caembed0 && ip link set caembed0 up && ip link set lo up'
name_space=(unshare -n)
[ "$(id -u)" -eq 0 ] || name_space=(unshare -rn)
PATH=$PATH:/usr/sbin:/sbin
"$(dirname "$0")/../../scripts/fetch-upstream" lwip 2.2 trixie || exit 1 # there is no network in the name space
if [ -z "${CAEMBED_LWIP:-}" ] && "${name_space[@]}" sh -c "$tap_works" 2>/dev/null; then
    CAEMBED_LWIP=1 exec "${name_space[@]}" "$0"
fi
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
if [ -z "${CAEMBED_LWIP:-}" ]; then
    skip lwip_over_a_tap_device "no network name space with a tap device can be made here"
    finish
    exit
fi
sh -c "$tap_works" || exit 1
# shellcheck disable=SC2154
cd "$work" || exit 1

{ make_cert root root basicConstraints=critical,CA:TRUE && make_cert leaf leaf subjectAltName=DNS:server.test; } >pki.log 2>&1 || { cat pki.log; exit 1; }
{
    echo 'static const char SSL_CA_PEM[] ='
    sed 's/.*/    "&\\n"/' root.pem | sed '$s/$/;/'
} >ssl_ca_pem.h
claim programs_build make_root LWIP_HTTPS_CA="$work" lwip-programs
[ -x https ] || { finish; exit 1; }
client=$bin/lwip/tls_client

listening() { # PORT: at the tap's end, not on loopback
    for _ in $(seq 200); do
        (exec 3<>"/dev/tcp/10.9.0.1/$1") 2>/dev/null && return 0
        sleep 0.05
    done
    return 1
}
start dns.log python3 "$root/tests/support/dns_server.py" 10.9.0.1 server.test=10.9.0.1 nobody.test=10.9.0.77
sleep 0.3
port=$(free_port)
start s_server.log openssl s_server -accept "10.9.0.1:$port" -cert leaf.pem -key leaf.key -rev -no_tls1_1
listening "$port"

run() { timeout 60 "$client" server.test "$port" ca=root.pem "$@"; }

# says WANT COMMAND...: it fails and prints a line with WANT
says() {
    local want=$1
    shift
    "$@" >says.log 2>&1 && { echo "it should have failed"; cat says.log; return 1; }
    grep -qF -- "$want" says.log || { cat says.log; return 1; }
}

claim echo_blocking run open connect echo close
claim echo_without_blocking run nonblocking open connect echo sigio close
claim echo_burst run open connect burst close
claim echo_burst_without_blocking run nonblocking open connect burst close
claim socket_reopens_after_close run open connect echo close open connect echo close
claim recv_takes_its_time_out run open connect recv-timeout echo
claim twenty_cycles run cycles=20
claim address_needs_no_dns_and_is_the_peers timeout 60 "$client" 10.9.0.1 "$port" ca=root.pem hostname=server.test open connect peer echo close

claim unknown_name_is_a_dns_failure says "connect: -3009" timeout 20 "$client" nowhere.test "$port" ca=root.pem open connect
claim dns_garbage_is_a_dns_failure_or_a_time_out says "connect: -30" timeout 20 "$client" garbage.test "$port" ca=root.pem timeout=2000 open connect
claim refused_connection_is_no_connection says "connect: -3004" timeout 20 "$client" server.test "$(free_port)" ca=root.pem open connect
claim silent_dns_meets_the_time_out in_time 3000 says "connect: -3017" timeout 20 "$client" silent.test "$port" ca=root.pem timeout=1000 open connect
claim silent_host_meets_the_time_out in_time 3000 says "connect: -3017" timeout 20 "$client" nobody.test "$port" ca=root.pem timeout=1000 open connect
stalled_server() { # a stopped server's kernel still accepts
    local stalled
    stalled=$(free_port)
    start stalled.log openssl s_server -accept "10.9.0.1:$stalled" -cert leaf.pem -key leaf.key -rev
    listening "$stalled"
    kill -STOP "${pids[-1]}"
    in_time 3500 says "connect: -3017 cause 15" timeout 20 "$client" server.test "$stalled" ca=root.pem timeout=1000 open connect close
}
claim stalled_server_meets_the_time_out_and_close_does_not_wait stalled_server

# ---- nginx, by the HTTP client ----
http=$(free_port)
mkdir www && echo 'Hello world!' >www/hello.txt && head -c 1500000 /dev/urandom | base64 -w 0 >www/large.txt
cat >nginx.conf <<CONF
daemon off; pid $work/nginx.pid; error_log stderr; worker_processes 1; user root root;
events { worker_connections 64; }
http {
    access_log off; root $work/www; client_max_body_size 0;
    client_body_temp_path $work/t1; proxy_temp_path $work/t2; fastcgi_temp_path $work/t3; uwsgi_temp_path $work/t4; scgi_temp_path $work/t5;
    server { listen 10.9.0.1:$http ssl; server_name server.test; ssl_certificate $work/leaf.pem; ssl_certificate_key $work/leaf.key;
             location = /length { return 200 "\$request_method \$http_content_length"; } }
}
CONF
chmod 755 "$work" www; chmod 644 www/*
start nginx.log nginx -e stderr -p "$work" -c "$work/nginx.conf"
listening "$http"
large_is_whole() { timeout 60 ./https "https://server.test:$http/large.txt" | cmp - www/large.txt; }
claim nginx_serves_hello_txt grep -qx 'Hello world!' <(timeout 60 ./https "https://server.test:$http/hello.txt")
claim body_of_two_megabytes_is_whole large_is_whole
claim upload_of_two_megabytes_arrives grep -qx 'POST 2000000' <(timeout 60 ./https -f www/large.txt "https://server.test:$http/length")

leaves_no_leak() {
    if nm "$client" | grep __asan_ >/dev/null; then "$@"; return; fi # which looks for leaks by itself
    valgrind -q --error-exitcode=9 --leak-check=full --errors-for-leak-kinds=definite,indirect,possible "$@"
}
claim ten_cycles_leave_no_leak leaves_no_leak timeout 120 "$client" server.test "$port" ca=root.pem cycles=10
finish
