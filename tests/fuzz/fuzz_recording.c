/* fuzz_recording.c -- any text, parsed as a line of --record without a look at its sum -> what was
 * read is the same after it was written and read again */
#include <openssl/x509.h>
#include <string.h>

#include "base/text.h"
#include "fuzz.h"
#include "net/recording_line.h"
#include "pki.h"
#include "x509/cert.h"

const long fuzz_mutations = 3000;

static const struct pki_row rows[] = {
    {.name = "root", .flags = PKI_CA},
    {.name = "int", .issuer = "root", .flags = PKI_CA},
    {.name = "leaf", .issuer = "int", .san = "DNS:localhost"},
};

static struct endpoint localhost(void)
{
    struct endpoint endpoint;
    struct error err = {.code = ERROR_NONE};

    FUZZ_CHECK(endpoint_parse("localhost:8443", NULL, &endpoint, &err) == 0);
    return endpoint;
}

/* The line without its end. */
static void write_line(const struct recorded *recorded, struct text *out)
{
    const struct endpoint endpoint = localhost();
    struct error err = {.code = ERROR_NONE};

    FUZZ_CHECK(recording_add_line(&endpoint, &offers[OFFER_MBED_OS], recorded, out, &err) == 0);
    FUZZ_CHECK(out->length > 0 && out->data[out->length - 1] == '\n');
    out->data[--out->length] = '\0';
    FUZZ_CHECK(strchr(out->data, '\n') == NULL);
    FUZZ_CHECK(recording_line_has_sum(out->data, out->length));
}

static void add_line(struct fuzz_corpus *corpus, const struct recorded *recorded)
{
    struct text line = {0};

    write_line(recorded, &line);
    fuzz_add(corpus, line.data, line.length);
    text_free(&line);
}

void fuzz_seed(struct fuzz_corpus *corpus)
{
    struct pki *pki = pki_new(rows, COUNT(rows));
    struct recorded recorded = {.time = 1767225600, .issuers = pki_chain(pki, "root")};
    const struct recorded failed = {
        .time = 1767225600,
        .err = {.code = ERROR_CONNECT, .message = "could not connect", .hint = "try again"}};

    recorded.presented = (struct presented){pki_chain(pki, "leaf int"), "TLSv1.2", "A", "::1"};
    recorded.others.presented[0] = (struct presented){.chain = pki_chain(pki, "leaf")};
    recorded.others.count = 1;
    add_line(corpus, &recorded);
    add_line(corpus, &failed);
    recorded_free(&recorded);
    pki_free(pki);
}

static bool same_certs(const STACK_OF(X509) * a, const STACK_OF(X509) * b)
{
    bool same = sk_X509_num(a) == sk_X509_num(b);

    for (int i = 0; same && i < sk_X509_num(a); i++)
        same = cert_equal(sk_X509_value(a, i), sk_X509_value(b, i));
    return same;
}

/* Words that are not printable ASCII come back as hexpairs. */
static void check_same(const struct recorded *a, const struct recorded *b)
{
    FUZZ_CHECK(same_certs(a->presented.chain, b->presented.chain));
    FUZZ_CHECK(a->others.count == b->others.count && a->err.code == b->err.code);
    for (size_t i = 0; i < a->others.count; i++)
        FUZZ_CHECK(same_certs(a->others.presented[i].chain, b->others.presented[i].chain));
    FUZZ_CHECK(same_certs(a->issuers, b->issuers));
}

/* One that is refused the second time has words that grew beyond what a line may hold. */
static void check_again(const struct recorded *recorded)
{
    struct recorded again = {.time = 0};
    struct text line = {0};
    cJSON *json;

    write_line(recorded, &line);
    json = cJSON_ParseWithLength(line.data, line.length);
    FUZZ_CHECK(json != NULL);
    if (recording_line_read(json, NULL, &again))
        check_same(recorded, &again);
    recorded_free(&again);
    cJSON_Delete(json);
    text_free(&line);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *line = fuzz_string(data, size);
    cJSON *json = cJSON_ParseWithLength(line, size);
    struct recording_head head;
    struct recorded recorded = {.time = 0};

    (void)recording_line_has_sum(line, size);
    if (json != NULL && recording_line_read_head(json, &head))
        FUZZ_CHECK(head.port > 0 && strlen(head.host) < sizeof head.host);
    if (json != NULL && recording_line_read(json, NULL, &recorded)) {
        FUZZ_CHECK((recorded.presented.chain != NULL) == (recorded.err.code == ERROR_NONE));
        check_again(&recorded);
    }
    recorded_free(&recorded);
    cJSON_Delete(json);
    free(line);
    return 0;
}
