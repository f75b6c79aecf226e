/* test_https.c -- URLs, redirects and hostile responses of examples/https, however they are cut */
#include "../../support/suite.h"
#include "http_response.h"
#include "http_url.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROWS(table) ((int)(sizeof(table) / sizeof((table)[0])))
#define OK "HTTP/1.1 200 OK\r\n"

/* ---- URLs ---- */

static const struct {
    const char *text;
    const char *want_host; /* NULL: want_error */
    unsigned want_port;
    const char *want_path;
    enum https_error want_error;
} url_rows[] = {
    {"https://os.mbed.com", "os.mbed.com", 443, "/", HTTPS_OK},
    {"HTTPS://OS.mbed.COM:8443/A/b?c=d/../e#f", "os.mbed.com", 8443, "/A/b?c=d/../e", HTTPS_OK},
    {"https://h:/?q", "h", 443, "/?q", HTTPS_OK},
    {"https://h?q", "h", 443, "/?q", HTTPS_OK},
    {"https://h#f", "h", 443, "/", HTTPS_OK},
    {"https://[2001:DB8::1]:44/x", "2001:db8::1", 44, "/x", HTTPS_OK},
    {"https://h/a/./b/../../c/.", "h", 443, "/c/", HTTPS_OK},
    {"https://h/../../../etc/passwd", "h", 443, "/etc/passwd", HTTPS_OK},
    {"https://h/a/b/..", "h", 443, "/a/", HTTPS_OK},
    {"https://h/a//b/../c", "h", 443, "/a//c", HTTPS_OK},
    {"https://h/a/...", "h", 443, "/a/...", HTTPS_OK},
    {"http://h/", NULL, 0, NULL, HTTPS_NOT_HTTPS},
    {"httpsx://h/", NULL, 0, NULL, HTTPS_NOT_HTTPS},
    {"file:///etc/passwd", NULL, 0, NULL, HTTPS_NOT_HTTPS},
    {"", NULL, 0, NULL, HTTPS_BAD_URL},
    {"h/", NULL, 0, NULL, HTTPS_BAD_URL},
    {"https:", NULL, 0, NULL, HTTPS_BAD_URL},
    {"https:/h", NULL, 0, NULL, HTTPS_BAD_URL},
    {"https://", NULL, 0, NULL, HTTPS_BAD_URL},
    {"https:///x", NULL, 0, NULL, HTTPS_BAD_URL},
    {"https://user@h/", NULL, 0, NULL, HTTPS_BAD_URL},
    {"https://user:pass@h/", NULL, 0, NULL, HTTPS_BAD_URL},
    {"https://h:0/", NULL, 0, NULL, HTTPS_BAD_URL},
    {"https://h:65536/", NULL, 0, NULL, HTTPS_BAD_URL},
    {"https://h:4294967739/", NULL, 0, NULL, HTTPS_BAD_URL},
    {"https://h:44x/", NULL, 0, NULL, HTTPS_BAD_URL},
    {"https://h:-1/", NULL, 0, NULL, HTTPS_BAD_URL},
    {"https://[::1/", NULL, 0, NULL, HTTPS_BAD_URL},
    {"https://[::1]x/", NULL, 0, NULL, HTTPS_BAD_URL},
    {"https://[]/", NULL, 0, NULL, HTTPS_BAD_URL},
    {"https://h%00/", NULL, 0, NULL, HTTPS_BAD_URL},
    {"https://h\\x/", NULL, 0, NULL, HTTPS_BAD_URL},
    {"https://h/a b", NULL, 0, NULL, HTTPS_BAD_URL},
    {"https://h/a\r\nX: y", NULL, 0, NULL, HTTPS_BAD_URL},
    {"https://h/\xc3\xa9", NULL, 0, NULL, HTTPS_BAD_URL},
};

START_TEST(url_is_read_or_refused)
{
    struct http_url url = {.host = "before", .path = "/before"};
    const enum https_error error = http_url_parse(url_rows[_i].text, &url);

    ck_assert_int_eq(error, url_rows[_i].want_error);
    if (error != HTTPS_OK) {
        ck_assert_str_eq(url.host, "before");
        return;
    }
    ck_assert_str_eq(url.host, url_rows[_i].want_host);
    ck_assert_uint_eq(url.port, url_rows[_i].want_port);
    ck_assert_str_eq(url.path, url_rows[_i].want_path);
}
END_TEST

static const struct {
    const char *location;
    const char *want_host;
    const char *want_path;
    enum https_error want_error;
} follow_rows[] = {
    {"https://other:8443/x", "other", "/x", HTTPS_OK},
    {"//other/x?y", "other", "/x?y", HTTPS_OK},
    {"/x", "h", "/x", HTTPS_OK},
    {"x", "h", "/a/b/x", HTTPS_OK},
    {"./x", "h", "/a/b/x", HTTPS_OK},
    {"../x", "h", "/a/x", HTTPS_OK},
    {"../../../x/", "h", "/x/", HTTPS_OK},
    {"?y", "h", "/a/b/c?y", HTTPS_OK},
    {"", "h", "/a/b/c?q=/d", HTTPS_OK},
    {"#f", "h", "/a/b/c?q=/d", HTTPS_OK},
    {"x/y:z", "h", "/a/b/x/y:z", HTTPS_OK},
    {"http://h/x", NULL, NULL, HTTPS_NOT_HTTPS},
    {"javascript:x", NULL, NULL, HTTPS_NOT_HTTPS},
    {"https:x", NULL, NULL, HTTPS_BAD_URL},
    {"//user@other/", NULL, NULL, HTTPS_BAD_URL},
    {"/x y", NULL, NULL, HTTPS_BAD_URL},
    {"/\x7f", NULL, NULL, HTTPS_BAD_URL},
};

START_TEST(location_is_resolved_against_the_url)
{
    struct http_url url;

    ck_assert_int_eq(http_url_parse("https://h/a/b/c?q=/d", &url), HTTPS_OK);
    ck_assert_int_eq(http_url_follow(&url, follow_rows[_i].location), follow_rows[_i].want_error);
    ck_assert_str_eq(url.host, follow_rows[_i].want_host ? follow_rows[_i].want_host : "h");
    ck_assert_str_eq(url.path,
                     follow_rows[_i].want_path ? follow_rows[_i].want_path : "/a/b/c?q=/d");
}
END_TEST

START_TEST(url_and_location_have_a_longest_path)
{
    char text[2 * HTTPS_URL_MAX];
    struct http_url url;

    memset(text, 'x', sizeof text);
    memcpy(text, "https://h/", 10);
    text[9 + HTTPS_URL_MAX - 1] = '\0';
    ck_assert_int_eq(http_url_parse(text, &url), HTTPS_OK);
    ck_assert_int_eq(http_url_follow(&url, "?"), HTTPS_BAD_URL);
    ck_assert_uint_eq(strlen(url.path), HTTPS_URL_MAX - 1);
    text[9 + HTTPS_URL_MAX - 1] = 'x';
    text[9 + HTTPS_URL_MAX] = '\0';
    ck_assert_int_eq(http_url_parse(text, &url), HTTPS_BAD_URL);
    memset(text + 8, 'h', 254);
    text[8 + 254] = '\0';
    ck_assert_int_eq(http_url_parse(text, &url), HTTPS_BAD_URL);
    text[8 + 253] = '\0';
    ck_assert_int_eq(http_url_parse(text, &url), HTTPS_OK);
}
END_TEST

/* ---- responses ---- */

struct heard {
    char headers[512];
    char body[512];
    const char *stop_at;
};

static void add(char *to, size_t size, const char *data, size_t length)
{
    const size_t used = strlen(to);

    ck_assert(used + length < size);
    memcpy(to + used, data, length);
    to[used + length] = '\0';
}

static void hear_header(void *context, const char *name, const char *value)
{
    struct heard *heard = context;

    add(heard->headers, sizeof heard->headers, name, strlen(name));
    add(heard->headers, sizeof heard->headers, "=", 1);
    add(heard->headers, sizeof heard->headers, value, strlen(value));
    add(heard->headers, sizeof heard->headers, ";", 1);
}

static bool hear_body(void *context, const char *data, size_t size)
{
    struct heard *heard = context;

    add(heard->body, sizeof heard->body, data, size);
    return heard->stop_at == NULL || strstr(heard->body, heard->stop_at) == NULL;
}

struct response_row {
    const char *bytes; /* after which the stream ends */
    int want_status;   /* this, the headers and keep_alive if it is no error */
    const char *want_headers;
    const char *want_body;
    bool want_keep_alive;
    enum https_error want_error;
};

static const struct response_row response_rows[] = {
    /* bodies */
    {OK "Content-Length: 5\r\n\r\nhello", 200, "Content-Length=5;", "hello", true, HTTPS_OK},
    {OK "Content-Length: 0\r\n\r\n", 200, "Content-Length=0;", "", true, HTTPS_OK},
    {OK "\r\nuntil the end", 200, "", "until the end", false, HTTPS_OK},
    {OK "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6;a=b\r\n world\r\n0\r\n\r\n", 200,
     "Transfer-Encoding=chunked;", "hello world", true, HTTPS_OK},
    {OK "transfer-encoding: CHUNKED\r\n\r\n0\r\nX: y\r\n\r\n", 200, "transfer-encoding=CHUNKED;",
     "", true, HTTPS_OK}, /* a trailer is not a header */
    {"HTTP/1.1 204 No Content\r\n\r\n", 204, "", "", true, HTTPS_OK},
    {"HTTP/1.1 304 Not Modified\r\nContent-Length: 7\r\n\r\n", 304, "Content-Length=7;", "", true,
     HTTPS_OK},
    {"HTTP/1.1 404\r\nContent-Length: 2\r\n\r\nno", 404, "Content-Length=2;", "no", true, HTTPS_OK},
    /* connections */
    {OK "Connection: close\r\nContent-Length: 2\r\n\r\nok", 200,
     "Connection=close;Content-Length=2;", "ok", false, HTTPS_OK},
    {"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok", 200, "Content-Length=2;", "ok", false,
     HTTPS_OK},
    {"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nok", 200,
     "Connection=keep-alive;Content-Length=2;", "ok", true, HTTPS_OK},
    {OK "Connection:  keep-alive , x\r\nA:  b  c\r\nB:\r\nContent-Length: 2\r\n\r\nok", 200,
     "Connection=keep-alive , x;A=b  c;B=;Content-Length=2;", "ok", true, HTTPS_OK},
    /* interim responses, of which nothing is seen */
    {"HTTP/1.1 100 Continue\r\nA: b\r\n\r\n" OK "Content-Length: 2\r\n\r\nok", 200,
     "Content-Length=2;", "ok", true, HTTPS_OK},
    {"HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\n" OK
     "Content-Length: 2\r\n\r\nok",
     200, "Content-Length=2;", "ok", true, HTTPS_OK},
    {"HTTP/1.1 103 Early Hints\r\nContent-Length: 9\r\n\r\n" OK "Content-Length: 2\r\n\r\nok", 200,
     "Content-Length=2;", "ok", true, HTTPS_OK}, /* these have no body: RFC 9112, 6.3 */
    {"HTTP/1.1 204 No Content\r\nContent-Length: 9\r\n\r\n", 204, "Content-Length=9;", "", true,
     HTTPS_OK},
    {"HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n", 204,
     "Transfer-Encoding=chunked;", "", true, HTTPS_OK},
    /* redirects, of which the location alone is seen */
    {"HTTP/1.1 301 Moved\r\nA: b\r\nLocation: /x\r\nContent-Length: 2\r\n\r\nhi", 301, "", "", true,
     HTTPS_OK},
    {"HTTP/1.1 308 Moved\r\nlocation:/x\r\n\r\nhi", 308, "", "", false, HTTPS_OK},
    {"HTTP/1.1 302 Found\r\nContent-Length: 2\r\n\r\nhi", 0, NULL, "", false, HTTPS_BAD_REDIRECT},
    {"HTTP/1.1 302 Found\r\nLocation: /x\r\nLocation: /y\r\n\r\n", 0, NULL, "", false,
     HTTPS_BAD_REDIRECT},
    {"HTTP/1.1 300 Multiple Choices\r\nLocation: /x\r\nContent-Length: 2\r\n\r\nhi", 300,
     "Location=/x;Content-Length=2;", "hi", true, HTTPS_OK},
    /* cut short */
    {"", 0, NULL, "", false, HTTPS_NO_RESPONSE},
    {"H", 0, NULL, "", false, HTTPS_TRUNCATED},
    {OK "Content-Len", 0, NULL, "", false, HTTPS_TRUNCATED},
    {OK "Content-Length: 5\r\n\r\nhell", 0, NULL, "hell", false, HTTPS_TRUNCATED},
    {OK "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", 0, NULL, "hello", false,
     HTTPS_TRUNCATED},
    {OK "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n", 0, NULL, "hello", false,
     HTTPS_TRUNCATED},
    {"HTTP/1.1 100 Continue\r\n\r\n", 0, NULL, "", false, HTTPS_TRUNCATED},
    {"HTTP/1.1 302 Found\r\nLocation: /x\r\nContent-Length: 2\r\n\r\nh", 0, NULL, "", false,
     HTTPS_TRUNCATED},
    /* lengths that could be read in two ways */
    {OK "Content-Length: -1\r\n\r\n", 0, NULL, "", false, HTTPS_BAD_LENGTH},
    {OK "Content-Length: +5\r\n\r\nhello", 0, NULL, "", false, HTTPS_BAD_LENGTH},
    {OK "Content-Length: 5, 5\r\n\r\nhello", 0, NULL, "", false, HTTPS_BAD_LENGTH},
    {OK "Content-Length: 5 5\r\n\r\nhello", 0, NULL, "", false, HTTPS_BAD_LENGTH},
    {OK "Content-Length: 0x5\r\n\r\nhello", 0, NULL, "", false, HTTPS_BAD_LENGTH},
    {OK "Content-Length: 99999999999999999999\r\n\r\nhello", 0, NULL, "", false, HTTPS_BAD_LENGTH},
    {OK "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello", 0, NULL, "", false,
     HTTPS_BAD_LENGTH},
    {OK "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 0, NULL, "", false,
     HTTPS_BAD_LENGTH},
    {OK "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n", 0, NULL, "", false,
     HTTPS_BAD_LENGTH},
    {OK "Transfer-Encoding: chunked\r\n\r\n-1\r\n", 0, NULL, "", false, HTTPS_BAD_LENGTH},
    {OK "Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n", 0, NULL, "", false,
     HTTPS_BAD_LENGTH},
    {OK "Transfer-Encoding: chunked\r\n\r\n5\r\nhello!\r\n0\r\n\r\n", 0, NULL, "hello", false,
     HTTPS_BAD_RESPONSE},
    /* encodings that nobody here decodes */
    {OK "Transfer-Encoding: gzip\r\n\r\nx", 0, NULL, "", false, HTTPS_BAD_ENCODING},
    {OK "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 0, NULL, "", false,
     HTTPS_BAD_ENCODING},
    {OK "Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n", 0, NULL, "", false,
     HTTPS_BAD_ENCODING},
    {OK "Transfer-Encoding: chunkedx\r\n\r\n0\r\n\r\n", 0, NULL, "", false, HTTPS_BAD_ENCODING},
    /* what is no response */
    {"SSH-2.0-OpenSSH_9.2\r\n", 0, NULL, "", false, HTTPS_BAD_RESPONSE},
    {"hello", 0, NULL, "", false, HTTPS_BAD_RESPONSE},
    {"HTTP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n", 0, NULL, "", false, HTTPS_BAD_RESPONSE},
    {"HTTP/9.9 200 OK\r\n\r\n", 0, NULL, "", false, HTTPS_BAD_RESPONSE},
    {"HTTP/1.1 20\r\n\r\n", 0, NULL, "", false, HTTPS_BAD_RESPONSE},
    {"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n", 0, NULL, "",
     false, HTTPS_BAD_RESPONSE},
    {OK "A b: c\r\n\r\n", 0, NULL, "", false, HTTPS_BAD_RESPONSE},
    {OK "A: b\001c\r\n\r\n", 0, NULL, "", false, HTTPS_BAD_RESPONSE},
    {OK "A: b\r\n c\r\nContent-Length: 0\r\n\r\n", 0, NULL, "", false,
     HTTPS_BAD_RESPONSE}, /* line folding: RFC 9112, 5.2 */
    {OK "Transfer-Encoding: chunked\r\n , gzip\r\n\r\n0\r\n\r\n", 0, NULL, "", false,
     HTTPS_BAD_RESPONSE},
    {OK "A: b\rC: d\r\n\r\n", 0, NULL, "", false, HTTPS_BAD_RESPONSE},
};

/* Feeds size bytes in pieces of first, then each, and ends the stream. */
static enum https_error hear(struct http_response *response, struct heard *heard, const char *bytes,
                             size_t size, size_t first, size_t each)
{
    const struct http_sink sink = {hear_header, hear_body, heard};
    enum https_error error = HTTPS_OK;
    size_t piece = first < size ? first : size;

    http_response_init(response, &sink, true);
    for (size_t at = 0; at < size && error == HTTPS_OK; at += piece) {
        if (at > 0)
            piece = each < size - at ? each : size - at;
        error = http_response_feed(response, bytes + at, piece);
    }
    return error == HTTPS_OK ? http_response_end(response) : error;
}

static void check_row(const struct response_row *row, size_t first, size_t each)
{
    struct http_response response;
    struct heard heard = {.stop_at = NULL};
    const enum https_error error =
        hear(&response, &heard, row->bytes, strlen(row->bytes), first, each);

    ck_assert_msg(error == row->want_error, "%s: error %d (%s), in pieces of %zu and %zu",
                  row->bytes, error, response.reason ? response.reason : "", first, each);
    ck_assert_int_eq(response.complete, error == HTTPS_OK);
    ck_assert_str_eq(heard.body, row->want_body);
    if (error == HTTPS_OK) {
        ck_assert_int_eq(response.status, row->want_status);
        ck_assert_str_eq(heard.headers, row->want_headers);
        ck_assert_int_eq(response.keep_alive, row->want_keep_alive);
    }
    if (response.redirects && error == HTTPS_OK)
        ck_assert_str_eq(response.location, "/x");
    ck_assert_int_eq(http_response_feed(&response, "x", 1), error); /* and remains so */
}

START_TEST(response_is_the_same_however_it_is_cut)
{
    const struct response_row *row = &response_rows[_i];
    const size_t size = strlen(row->bytes);

    check_row(row, size, size);
    check_row(row, 1, 1);
    for (size_t first = 1; first < size; first++)
        check_row(row, first, size);
}
END_TEST

START_TEST(nul_in_a_header_is_refused)
{
    static const char bytes[] = OK "A: b\0c\r\n\r\n";
    struct http_response response;
    struct heard heard = {.stop_at = NULL};

    ck_assert_int_eq(hear(&response, &heard, bytes, sizeof bytes - 1, 1, 1), HTTPS_BAD_RESPONSE);
}
END_TEST

START_TEST(what_follows_a_response_ends_its_connection)
{
    static const char bytes[] = OK "Content-Length: 2\r\n\r\nok" OK "Content-Length: 3\r\n\r\nbad";
    struct http_response response;
    struct heard heard = {.stop_at = NULL};

    ck_assert_int_eq(hear(&response, &heard, bytes, strlen(bytes), strlen(bytes), 1), HTTPS_OK);
    ck_assert_str_eq(heard.body, "ok");
    ck_assert(!response.keep_alive);
}
END_TEST

START_TEST(sink_stops_a_response)
{
    static const char bytes[] = OK "Content-Length: 10\r\n\r\nstop here!";
    struct http_response response;
    struct heard heard = {.stop_at = "stop"};

    ck_assert_int_eq(hear(&response, &heard, bytes, strlen(bytes), 1, 1), HTTPS_STOPPED);
    ck_assert_str_eq(heard.body, "stop");
}
END_TEST

/* ---- sizes ---- */

static const struct {
    const char *start;
    const char *again; /* so often that it is larger than HTTPS_HEAD_MAX */
} endless_rows[] = {
    {"HTTP/1.1 200 ", "x"},
    {OK, "A: b\r\n"},
    {OK "A: ", "x"},
    {OK, "x"},
    {"", "HTTP/1.1 100 Continue\r\n\r\n"},
    {OK "Transfer-Encoding: chunked\r\n\r\n1;", "x"},
    {OK "Transfer-Encoding: chunked\r\n\r\n0\r\n", "A: b\r\n"},
    {OK "Transfer-Encoding: chunked\r\n\r\n", "0"},
};

START_TEST(header_without_end_is_refused)
{
    const char *const again = endless_rows[_i].again;
    const struct http_sink sink = {NULL, NULL, NULL};
    struct http_response response;
    enum https_error error;
    size_t fed = strlen(endless_rows[_i].start);

    http_response_init(&response, &sink, true);
    error = http_response_feed(&response, endless_rows[_i].start, fed);
    for (; error == HTTPS_OK && fed < 2 * HTTPS_HEAD_MAX; fed += strlen(again))
        error = http_response_feed(&response, again, strlen(again));
    ck_assert_int_eq(error, HTTPS_HEAD_TOO_LARGE);
    ck_assert_uint_le(fed, HTTPS_HEAD_MAX + 2 * strlen(again) + 50);
}
END_TEST

static enum https_error hear_long_field(const char *before, size_t length, struct heard *heard)
{
    static char bytes[2 * HTTPS_HEAD_MAX];
    struct http_response response;
    size_t size = strlen(before);

    memset(heard, 0, sizeof *heard);
    memcpy(bytes, before, size);
    memset(bytes + size, 'x', length);
    size += length;
    size += (size_t)snprintf(bytes + size, sizeof bytes - size,
                             "\r\nB: c\r\nContent-Length: 0\r\n\r\n");
    return hear(&response, heard, bytes, size, 1000, 1000);
}

START_TEST(field_that_does_not_fit_is_passed_over)
{
    struct heard heard;

    ck_assert_int_eq(hear_long_field(OK "A: ", HTTPS_FIELD_MAX, &heard), HTTPS_OK);
    ck_assert_str_eq(heard.headers, "B=c;Content-Length=0;");
    ck_assert_int_eq(hear_long_field(OK "A", HTTPS_FIELD_MAX, &heard), HTTPS_BAD_RESPONSE);
    ck_assert_int_eq(
        hear_long_field("HTTP/1.1 302 Found\r\nLocation: /", HTTPS_URL_MAX - 1, &heard),
        HTTPS_HEAD_TOO_LARGE);
    ck_assert_int_eq(
        hear_long_field("HTTP/1.1 302 Found\r\nLocation: /", HTTPS_URL_MAX - 2, &heard), HTTPS_OK);
    ck_assert_int_eq(hear_long_field(OK "Transfer-Encoding: ", 2 * HTTPS_FIELD_MAX, &heard),
                     HTTPS_BAD_ENCODING);
}
END_TEST

static size_t longest_value;

static void measure_value(void *context, const char *name, const char *value)
{
    (void)context;
    (void)name;
    longest_value = strspn(value, "0") == strlen(value) ? strlen(value) : 0;
}

/* Name, NUL, value and NUL have HTTPS_FIELD_MAX bytes. */
START_TEST(longest_field_is_whole)
{
    static char bytes[2 * HTTPS_FIELD_MAX];
    const int longest = HTTPS_FIELD_MAX - 3;
    const int size = snprintf(bytes, sizeof bytes, OK "A: %0*d\r\n\r\n", longest, 0);
    struct http_response response;

    http_response_init(&response, &(struct http_sink){measure_value, NULL, NULL}, true);
    for (int at = 0; at < size; at++)
        ck_assert_int_eq(http_response_feed(&response, bytes + at, 1), HTTPS_OK);
    ck_assert_int_eq((int)longest_value, longest);
}
END_TEST

START_TEST(body_has_no_longest_size)
{
    static char piece[4096];
    const struct http_sink sink = {NULL, NULL, NULL};
    struct http_response response;

    http_response_init(&response, &sink, true);
    (void)snprintf(piece, sizeof piece, OK "Content-Length: 8388608\r\n\r\n");
    ck_assert_int_eq(http_response_feed(&response, piece, strlen(piece)), HTTPS_OK);
    for (int i = 0; i < 2048; i++)
        ck_assert_int_eq(http_response_feed(&response, piece, sizeof piece), HTTPS_OK);
    ck_assert(response.complete && response.keep_alive);
    ck_assert_uint_eq(response.body_size, 8388608);
}
END_TEST

START_TEST(many_chunks_are_no_header)
{
    static const char chunk[] = "1;ext\r\nx\r\n";
    const struct http_sink sink = {NULL, NULL, NULL};
    struct http_response response;
    static const char head[] = OK "Transfer-Encoding: chunked\r\n\r\n";

    http_response_init(&response, &sink, true);
    ck_assert_int_eq(http_response_feed(&response, head, strlen(head)), HTTPS_OK);
    for (int i = 0; i < HTTPS_HEAD_MAX; i++)
        ck_assert_int_eq(http_response_feed(&response, chunk, strlen(chunk)), HTTPS_OK);
    ck_assert_int_eq(http_response_feed(&response, "0\r\n\r\n", 5), HTTPS_OK);
    ck_assert(response.complete && response.body_size == HTTPS_HEAD_MAX);
}
END_TEST

START_TEST(large_body_of_a_redirect_is_not_read_to_its_end)
{
    static const char head[] =
        "HTTP/1.1 302 Found\r\nLocation: /x\r\nContent-Length: 99999999\r\n\r\n";
    static const char piece[1000] = "";
    const struct http_sink sink = {NULL, NULL, NULL};
    struct http_response response;
    size_t fed = 0;

    http_response_init(&response, &sink, true);
    ck_assert_int_eq(http_response_feed(&response, head, strlen(head)), HTTPS_OK);
    for (; !response.complete && fed < 2 * HTTPS_SKIP_MAX; fed += sizeof piece)
        ck_assert_int_eq(http_response_feed(&response, piece, sizeof piece), HTTPS_OK);
    ck_assert(response.complete && !response.keep_alive && fed <= HTTPS_SKIP_MAX + sizeof piece);
    ck_assert_str_eq(response.location, "/x");
}
END_TEST

static const TTest *const *const tests[] = {
    &url_and_location_have_a_longest_path,
    &nul_in_a_header_is_refused,
    &what_follows_a_response_ends_its_connection,
    &sink_stops_a_response,
    &field_that_does_not_fit_is_passed_over,
    &longest_field_is_whole,
    &body_has_no_longest_size,
    &many_chunks_are_no_header,
    &large_body_of_a_redirect_is_not_read_to_its_end,
};

int main(void)
{
    Suite *suite = suite_create("https");
    TCase *cases = tcase_create("https");

    tcase_add_loop_test(cases, url_is_read_or_refused, 0, ROWS(url_rows));
    tcase_add_loop_test(cases, location_is_resolved_against_the_url, 0, ROWS(follow_rows));
    tcase_add_loop_test(cases, response_is_the_same_however_it_is_cut, 0, ROWS(response_rows));
    tcase_add_loop_test(cases, header_without_end_is_refused, 0, ROWS(endless_rows));
    for (size_t i = 0; i < sizeof tests / sizeof tests[0]; i++)
        tcase_add_test(cases, *tests[i]);
    suite_add_tcase(suite, cases);
    return suite_run(suite);
}
