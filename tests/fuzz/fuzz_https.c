/* fuzz_https.c -- any bytes as a response, and what it redirects to: read in one piece and cut in
 * pieces they give the same, within the bounds, and a URL that was taken is taken again
 *
 * The input: a byte for the size of the pieces, then the response. */
#include <string.h>

#include "fuzz.h"
#include "http_response.h"
#include "http_url.h"

const long fuzz_mutations = 30000;

void fuzz_seed(struct fuzz_corpus *corpus)
{
    static const char *const seeds[] = {
        "\003HTTP/1.1 200 OK\r\nContent-Length: 5\r\nA: b\r\n\r\nhello",
        "\007HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;a\r\nhello\r\n0\r\nA:\r\n\r\n",
        "\001HTTP/1.1 100 Continue\r\n\r\nHTTP/1.0 200 OK\r\nConnection: keep-alive\r\n\r\nhello",
        "\020HTTP/1.1 302 Found\r\nLocation: https://[2001:db8::1]:8443/a/../b?c#d\r\n\r\n",
        "\002HTTP/1.1 307 x\r\nLocation: ../../x/./y?../z\r\nContent-Length: 1\r\n\r\nx",
        "\011HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: upgrade\r\n\r\n"};

    for (size_t i = 0; i < COUNT(seeds); i++)
        fuzz_add_text(corpus, seeds[i]);
}

struct heard {
    size_t header_size;
    uint64_t body_size;
    uint32_t body_sum;
};

static void hear_header(void *context, const char *name, const char *value)
{
    struct heard *heard = context;

    FUZZ_CHECK(strlen(name) > 0 && strlen(name) + strlen(value) + 2 <= HTTPS_FIELD_MAX);
    FUZZ_CHECK(strpbrk(name, ": \r\n") == NULL && strpbrk(value, "\r\n") == NULL);
    heard->header_size += strlen(name) + strlen(value);
}

static bool hear_body(void *context, const char *data, size_t size)
{
    struct heard *heard = context;

    heard->body_size += size;
    for (size_t i = 0; i < size; i++)
        heard->body_sum = heard->body_sum * 31 + (unsigned char)data[i];
    return true;
}

static enum https_error hear(struct http_response *response, struct heard *heard, const char *bytes,
                             size_t size, size_t each)
{
    const struct http_sink sink = {hear_header, hear_body, heard};
    enum https_error error = HTTPS_OK;

    memset(heard, 0, sizeof *heard);
    http_response_init(response, &sink, true);
    for (size_t at = 0; at < size && error == HTTPS_OK && !response->complete; at += each)
        error = http_response_feed(response, bytes + at, each < size - at ? each : size - at);
    return error == HTTPS_OK ? http_response_end(response) : error;
}

static void check_url(const struct http_url *url)
{
    char text[sizeof url->host + HTTPS_URL_MAX + 20];
    struct http_url again;

    FUZZ_CHECK(url->path[0] == '/' && strpbrk(url->path, "# \r\n") == NULL && url->port != 0);
    (void)snprintf(text, sizeof text,
                   strchr(url->host, ':') ? "https://[%s]:%u%s" : "https://%s:%u%s", url->host,
                   (unsigned)url->port, url->path);
    FUZZ_CHECK(http_url_parse(text, &again) == HTTPS_OK);
    FUZZ_CHECK(http_url_same_origin(url, &again) && strcmp(url->path, again.path) == 0);
}

static void check_location(const char *location)
{
    struct http_url url;

    FUZZ_CHECK(http_url_parse("https://h/a/b?c", &url) == HTTPS_OK);
    if (http_url_follow(&url, location) == HTTPS_OK)
        check_url(&url);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct http_response whole;
    struct http_response cut;
    struct heard whole_heard;
    struct heard cut_heard;
    enum https_error error;
    char *bytes;

    if (size == 0)
        return 0;
    bytes = fuzz_string(data + 1, size - 1);
    check_location(bytes);
    error = hear(&whole, &whole_heard, bytes, size - 1, size);
    (void)hear(&cut, &cut_heard, bytes, size - 1, data[0] > 0 ? data[0] : 1);
    FUZZ_CHECK(error == HTTPS_OK || !whole.complete);
    if (error == HTTPS_OK) { /* what is wrong late in a long piece may be found in another order */
        FUZZ_CHECK(cut.complete && cut.status == whole.status);
        FUZZ_CHECK(memcmp(&whole_heard, &cut_heard, sizeof cut_heard) == 0 || whole.redirects);
        FUZZ_CHECK(strcmp(whole.location, cut.location) == 0);
        if (whole.redirects)
            check_location(whole.location);
    }
    free(bytes);
    return 0;
}
