#!/usr/bin/env bash
# https.sh -- the HTTPS example against nginx, and against a server that answers with what it likes
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck disable=SC2154
cd "$work" || exit 1

{
    make_cert root root basicConstraints=critical,CA:TRUE
    make_cert leaf localhost subjectAltName=DNS:localhost
    make_cert other 127.0.0.1 # no subjectAltName: before 3.5 Mbed TLS takes no address from one, but the common name
} >pki.log 2>&1 || { cat pki.log; exit 1; }
{
    echo 'static const char SSL_CA_PEM[] ='
    sed 's/.*/    "&\\n"/' root.pem | sed '$s/$/;/'
} >ssl_ca_pem.h
echo '{ "target_overrides": { "*": { "mbed-trace.enable": 0 } } }' >mbed_app.json

claim example_builds make_root EXAMPLE_HTTPS="$work/https" example-https HEADER="$work/ssl_ca_pem.h" APP="$work/mbed_app.json"
[ -x https ] || finish || exit 1

# ---- servers ----
http=$(free_port)
other=$(free_port)
raw=$(free_port)
mkdir www cases
echo 'Hello world!' >www/hello.txt
head -c 6000000 /dev/urandom | base64 -w 0 >www/large.txt
echo '<!--# echo var="uri" -->, in chunks' >www/chunked.shtml
cat >nginx.conf <<CONF
daemon off; pid $work/nginx.pid; error_log stderr; worker_processes 1;
events { worker_connections 64; }
http {
    access_log off; root $work/www; client_max_body_size 0; client_body_buffer_size 16k;
    client_body_temp_path $work/t1; proxy_temp_path $work/t2; fastcgi_temp_path $work/t3; uwsgi_temp_path $work/t4; scgi_temp_path $work/t5;
    server {
        listen 127.0.0.1:$http ssl; server_name localhost;
        ssl_certificate $work/leaf.pem; ssl_certificate_key $work/leaf.key;
        location /chunked.shtml { ssi on; ssi_types *; }
        location = /length { return 200 "\$request_method \$http_content_length \$content_type \$http_x_mine"; }
        location = /here { return 302 /hello.txt; }
        location = /relative { return 307 length; absolute_redirect off; }
        location = /there { return 302 https://127.0.0.1:$other/seen; }
        location = /not_its_name { return 302 https://127.0.0.1:$http/hello.txt; }
        location = /plain { return 302 http://localhost:$http/hello.txt; }
        location = /keeps_post { return 307 https://localhost:$http/length; }
        location = /post_becomes_get { return 303 https://localhost:$http/length; }
        location = /loop { return 302 https://localhost:$http/loop; }
        location = /once { keepalive_timeout 0; return 200 "once"; }
    }
    server {
        listen 127.0.0.1:$other ssl; server_name 127.0.0.1;
        ssl_certificate $work/other.pem; ssl_certificate_key $work/other.key;
        location = /seen { return 200 "host \$http_host mine \$http_x_mine"; }
    }
}
CONF
chmod 755 "$work" www; chmod 644 www/*
start nginx.log nginx -e stderr -p "$work" -c "$work/nginx.conf"
start raw.log python3 "$root/tests/support/https_raw_server.py" "$raw" leaf.pem leaf.key cases
wait_for_port "$http"
wait_for_port "$other"
wait_for_port "$raw"
at=https://localhost:$http

# gets WANT OPTION... URL: it succeeds, and prints just that
gets() {
    local want=$1
    shift
    timeout 60 ./https "$@" >out 2>err || { cat err; return 1; }
    printf '%s' "$want" | cmp - out && return 0
    cat out err
    return 1
}

# notes WANT OPTION... URL: likewise, with WANT in the lines about the responses
notes() {
    local want=$1
    shift
    timeout 60 ./https "$@" >out 2>err || { cat err; return 1; }
    grep -qF -- "$want" err || { cat err; return 1; }
}

# refuses WANT OPTION... URL: it fails with that error, before 10 seconds are over
refuses() {
    local want=$1 status=0
    shift
    timeout 10 ./https "$@" >out 2>err || status=$?
    [ "$status" -eq 1 ] && grep -qE "^https: error: .*$want" err && return 0
    echo "exit status $status"
    cat err
    return 1
}

# ---- nginx ----
claim get_prints_the_body gets $'Hello world!\n' "$at/hello.txt"
claim status_is_no_error notes ": 404," "$at/nothing"
claim post_sends_its_body gets "POST 5 text/plain " -d hello -t text/plain "$at/length"
claim post_of_nothing_has_a_length gets "POST 0 application/octet-stream " -d '' "$at/length"
claim own_header_is_sent gets "GET   yes" -H 'X-Mine: yes' "$at/length"
claim own_header_with_a_line_end_is_refused refuses "hold a line end" -H $'X: y\r\nHost: z' "$at/length"
claim own_header_without_a_name_is_refused refuses "headers are too long, or" -H 'nothing' "$at/length"
claim response_header_is_shown notes ": 200," -i "$at/hello.txt"
claim response_header_has_its_length grep -qx 'Content-Length: 13' out
claim chunked_body_is_whole gets $'/chunked.shtml, in chunks\n' "$at/chunked.shtml"
chunked_is_chunked() { notes ": 200," -i "$at/chunked.shtml" && grep -qx 'Transfer-Encoding: chunked' out; }
claim chunked_body_came_in_chunks chunked_is_chunked
large_is_whole() { ./https "$at/large.txt" | cmp - www/large.txt; }
claim body_of_eight_megabytes_is_whole large_is_whole
claim upload_of_eight_megabytes_arrives gets "POST 8000000 application/octet-stream " -f www/large.txt "$at/length"

claim redirect_on_the_host_is_followed gets $'Hello world!\n' "$at/here"
claim redirect_on_the_host_keeps_the_connection notes "1 redirects, same connection" "$at/here"
claim redirect_to_a_relative_location gets "GET   " "$at/relative"
claim redirect_to_another_host_takes_a_new_connection notes "1 redirects, new connection" -H 'X-Mine: secret' "$at/there"
claim other_host_sees_its_name_and_no_header_of_ours gets "host 127.0.0.1:$other mine " -H 'X-Mine: secret' "$at/there"
claim other_host_must_have_a_certificate_for_its_name refuses "cannot be trusted .*cause 9" "$at/not_its_name"
claim redirect_to_plain_http_is_refused refuses "only https is spoken" "$at/plain"
claim redirect_loop_is_refused refuses "redirects too often" "$at/loop"
claim fewer_redirects_may_be_allowed refuses "redirects too often" -r 1 "$at/loop"
claim redirect_is_a_response_where_none_is_followed notes ": 302, " -r 0 "$at/loop"
claim post_stays_a_post_after_307 gets "POST 5 text/plain " -d hello -t text/plain "$at/keeps_post"
claim upload_is_sent_again_after_307 gets "POST 13 application/octet-stream " -f www/hello.txt "$at/keeps_post"
claim post_becomes_a_get_after_303 gets "GET   " -d hello "$at/post_becomes_get"

connections() { # WANT URL...: which of the responses came over the connection of the one before
    local want=$1
    shift
    notes ": 200," "$@" || return 1
    sed -E 's/.* ([a-z]+) connection$/\1/' err | tr '\n' ' ' | grep -qx "$want " || { cat err; return 1; }
}
claim two_requests_share_a_connection connections "new same same" "$at/hello.txt" "$at/chunked.shtml" "$at/length"
claim connection_that_ends_is_not_used_again connections "new new" "$at/once" "$at/once"
claim another_host_takes_another_connection connections "new new new" "$at/hello.txt" "https://127.0.0.1:$other/seen" "$at/hello.txt"
claim plain_url_is_refused refuses "only https is spoken" "http://localhost:$http/hello.txt"
claim user_name_in_a_url_is_refused refuses "no URL that can be asked for" "https://user@localhost:$http/"
claim unreachable_server_is_named refuses "cannot be reached .-3004" "https://localhost:$(free_port)/"
claim unknown_name_is_named refuses "cannot be reached .-3009" "https://nowhere.invalid/"
claim usage_is_status_2 exits 2 ./https
claim usage_of_two_bodies_is_status_2 exits 2 ./https -d a -f www/hello.txt "$at/length"

# ---- a server that answers with what it likes ----
ok='HTTP/1.1 200 OK\r\n'
# NAME BYTES WANT: a response of these bytes is refused so
while read -r name bytes want; do
    # shellcheck disable=SC2059 # the bytes have escapes
    printf "${bytes//_/ }" >"cases/$name"
    claim "$name" refuses "$want" -m 1500 "https://localhost:$raw/$name"
done <<CASES
truncated_body_is_refused ${ok// /_}Content-Length:_10\r\n\r\nfive! ended before it was whole
truncated_body_cut_is_refused ${ok// /_}Content-Length:_10\r\n\r\nfive! ended before it was whole
body_until_the_end_cut_is_refused ${ok// /_}\r\nfive! ended before it was whole
truncated_chunks_are_refused ${ok// /_}Transfer-Encoding:_chunked\r\n\r\n5\r\nfive!\r\n ended before it was whole
truncated_header_is_refused ${ok// /_}Content-Len ended before it was whole
length_beside_chunks_is_refused ${ok// /_}Content-Length:_5\r\nTransfer-Encoding:_chunked\r\n\r\n0\r\n\r\n length of the response
two_lengths_are_refused ${ok// /_}Content-Length:_5\r\nContent-Length:_6\r\n\r\nfive!! length of the response
negative_length_is_refused ${ok// /_}Content-Length:_-5\r\n\r\n length of the response
huge_length_is_refused ${ok// /_}Content-Length:_99999999999999999999\r\n\r\n length of the response
negative_chunk_is_refused ${ok// /_}Transfer-Encoding:_chunked\r\n\r\n-5\r\n length of the response
gzip_is_refused ${ok// /_}Transfer-Encoding:_gzip\r\n\r\n encoding other than chunked
redirect_without_a_location_is_refused HTTP/1.1_302_Found\r\nContent-Length:_0\r\n\r\n redirects to no place
redirect_with_a_line_end_is_refused HTTP/1.1_302_Found\r\nLocation:_/a_b\r\nContent-Length:_0\r\n\r\n redirects to no place
redirect_to_a_file_is_refused HTTP/1.1_302_Found\r\nLocation:_file:///etc/passwd\r\n\r\n only https is spoken
switch_of_protocols_is_refused HTTP/1.1_101_Switching\r\nUpgrade:_x\r\nConnection:_upgrade\r\n\r\n not HTTP
text_is_refused SSH-2.0-OpenSSH\r\n not HTTP
http_2_is_refused HTTP/2.0_200_OK\r\n\r\n not HTTP
trickle_meets_the_time_out ${ok// /_}Content-Length:_999\r\n\r\nsomething_that_takes_its_time_to_come time for the request has passed
keep_silent_meets_the_time_out ${ok// /_}Content-Length:_999\r\n\r\nnothing_more time for the request has passed
CASES
: >cases/nothing
claim no_answer_is_refused refuses "without an answer" "https://localhost:$raw/nothing"
printf '%b' "${ok}A: b\r\n" >cases/endless
claim endless_header_is_refused refuses "header is too large" "https://localhost:$raw/endless"
{ printf '%b' "${ok}A: "; head -c 20000 /dev/zero | tr '\0' x; printf '\r\n\r\n'; } >cases/oversized
claim oversized_header_is_refused refuses "header is too large" "https://localhost:$raw/oversized"
{ printf '%b' "${ok}A: "; head -c 9000 /dev/zero | tr '\0' x; printf '%b' '\r\nContent-Length: 2\r\n\r\nok'; } >cases/long
claim long_field_is_passed_over gets ok "https://localhost:$raw/long"
printf '%b' "${ok}Content-Length: 2\r\n\r\nok" >cases/close
cp cases/close cases/keep
claim closed_connection_is_not_used_again connections "new new" "https://localhost:$raw/close" "https://localhost:$raw/close"
claim kept_connection_is_used_again connections "new same" "https://localhost:$raw/keep" "https://localhost:$raw/keep"
printf '%b' "${ok}Content-Length: 2\r\n\r\nok${ok}Content-Length: 3\r\n\r\nbad" >cases/keep_twice
claim unasked_response_is_not_taken gets okok "https://localhost:$raw/keep_twice" "https://localhost:$raw/keep"
claim unasked_response_ends_the_connection connections "new new" "https://localhost:$raw/keep_twice" "https://localhost:$raw/keep"

leaves_no_leak() {
    if nm https | grep __asan_ >/dev/null; then "$@"; return; fi # which looks for leaks by itself
    valgrind -q --error-exitcode=9 --leak-check=full --errors-for-leak-kinds=definite,indirect,possible "$@"
}
claim requests_leave_no_leak leaves_no_leak ./https "$at/here" "$at/there" "$at/chunked.shtml"
finish
