/* fuzz_endpoint.c -- HOST, then a line feed and --servername: what is taken is clean, and is taken
 * again the same */
#include <ctype.h>
#include <string.h>

#include "fuzz.h"
#include "net/endpoint.h"

const long fuzz_mutations = 20000;

void fuzz_seed(struct fuzz_corpus *corpus)
{
    static const char *const seeds[] = {"os.mbed.com",
                                        "OS.mbed.COM.:8443\nname.example",
                                        "[2001:db8::1]:8883\n192.0.2.1",
                                        "mqtts://broker.example:1/a?b#c",
                                        "smtp://user:secret@mail.example\n::1",
                                        "coaps+tcp://[::ffff:1.2.3.4]",
                                        ("https://b\xc3\xbc"
                                         "cher.example\nxn--bcher-kva.example"),
                                        "0x7f.1:0443"};

    for (size_t i = 0; i < COUNT(seeds); i++)
        fuzz_add_text(corpus, seeds[i]);
}

static void check_host(const char *host)
{
    FUZZ_CHECK(host[0] != '\0' && host[0] != '.' && host[0] != '-' && strlen(host) <= 253);
    FUZZ_CHECK(host[strspn(host, "abcdefghijklmnopqrstuvwxyz0123456789-._:")] == '\0');
}

/* Without its closing dot "0x7f." becomes a number, that is an address to libcurl. */
static bool is_number(const char *host)
{
    const char *dot = strrchr(host, '.');

    return isdigit((unsigned char)(dot != NULL ? dot[1] : host[0]));
}

static void check(const struct endpoint *endpoint, const char *servername)
{
    struct endpoint again;
    struct error err = {.code = ERROR_NONE};

    check_host(endpoint->host);
    check_host(endpoint->name);
    FUZZ_CHECK(endpoint->port > 0);
    FUZZ_CHECK(endpoint->host_is_ipv6 == (strchr(endpoint->host, ':') != NULL));
    FUZZ_CHECK(endpoint->name_is_address || strchr(endpoint->name, ':') == NULL);
    if (is_number(endpoint->host))
        return;
    FUZZ_CHECK(endpoint_parse(endpoint->text, servername, &again, &err) == 0);
    FUZZ_CHECK(strcmp(again.host, endpoint->host) == 0 && again.port == endpoint->port);
    FUZZ_CHECK(strcmp(again.text, endpoint->text) == 0 && strcmp(again.name, endpoint->name) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *host = fuzz_string(data, size);
    char *servername = strchr(host, '\n');
    struct endpoint endpoint;
    struct error err = {.code = ERROR_NONE};

    if (servername != NULL)
        *servername++ = '\0';
    if (endpoint_parse(host, servername, &endpoint, &err) == 0)
        check(&endpoint, servername);
    else
        FUZZ_CHECK(err.code == ERROR_USAGE && err.hint[0] != '\0');
    free(host);
    return 0;
}
