/* fuzz_chain.c -- a small store and a presented chain, taken through every stage to the proof
 *
 * The input: a byte of flags, a byte with the number of store certificates, then certificates as
 * two bytes of length and DER. With IS_SIGNED_ANEW each one's key and signature are replaced, so
 * that changed certificates still verify. The time goes into Mbed TLS's proof and into text, so an
 * input has one format, and one kind of account. */
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <string.h>

#include "cli/explain.h"
#include "cli/explain_html.h"
#include "cli/report.h"
#include "emit/bundle.h"
#include "emit/prove.h"
#include "emit/render.h"
#include "fuzz.h"
#include "judge/host.h"
#include "path/leaf.h"
#include "path/validate.h"
#include "pki.h"
#include "x509/cert.h"

#define AT INT64_C(1767225600)
#define CERT_COUNT_MAX 12

enum { TARGET_BITS = 7, IS_ADDRESS = 1 << 3, IS_SIGNED_ANEW = 1 << 4, IS_ACCEPTED = 1 << 5 };

/* The two bits above: the format, whose first bit says whether the account is a page. */
static const char *const formats[] = {"pem", "der", "pem-file", "arduino"};
#define FORMAT(number) ((number) << 6)
#define IS_PAGE FORMAT(1)

#define SAN "DNS:localhost,IP:127.0.0.1"

static const struct pki_row rows[] = {
    {.name = "root", .flags = PKI_CA},
    {.name = "other", .key = "p384/other", .flags = PKI_CA, .hash = "SHA384"},
    {.name = "old", .key = "rsa2048/old", .flags = PKI_CA, .hash = "SHA1"},
    {.name = "int", .issuer = "root", .flags = PKI_CA},
    {.name = "int2", .issuer = "int", .flags = PKI_CA, .pathlen = 1},
    {.name = "int_by_old", .subject = "int", .key = "p256/int", .issuer = "old", .flags = PKI_CA},
    {.name = "cross", .subject = "root", .key = "p256/root", .issuer = "other", .flags = PKI_CA},
    {.name = "loop", .subject = "other", .key = "p384/other", .issuer = "root", .flags = PKI_CA},
    {.name = "limited",
     .issuer = "root",
     .flags = PKI_CA,
     .extension = "nameConstraints=permitted;DNS:localhost,permitted;IP:0.0.0.0/0.0.0.0"},
    {.name = "leaf", .issuer = "int", .san = SAN},
    {.name = "leaf2", .issuer = "int2", .san = SAN},
    {.name = "limited_leaf", .issuer = "limited", .san = SAN},
    {.name = "self", .subject = "*/ \?\?/ \"x\\", .san = SAN},
};

static const struct {
    uint8_t flags;
    uint8_t store_count;
    const char *names; /* the store's first */
} seeds[] = {
    {FORMAT(1), 1, "root leaf int"},
    {IS_SIGNED_ANEW, 1, "root leaf int"},
    {1 | IS_ADDRESS | FORMAT(2), 2, "root other leaf2 int2 int int_by_old"},
    {3 | IS_SIGNED_ANEW | FORMAT(3), 3, "root other old leaf2 int int2 cross loop int_by_old"},
    {4, 2, "old int leaf int_by_old"},
    {4 | IS_SIGNED_ANEW | IS_ADDRESS | FORMAT(1), 2, "root limited limited_leaf"},
    {2 | IS_ACCEPTED | FORMAT(3), 1, "other leaf int root"},
    {3 | IS_ACCEPTED | IS_SIGNED_ANEW, 1, "root self self"},
};

const long fuzz_mutations = 1500;

void fuzz_seed(struct fuzz_corpus *corpus)
{
    struct pki *pki = pki_new(rows, COUNT(rows));

    for (size_t i = 0; i < COUNT(seeds); i++) {
        STACK_OF(X509) *chain = pki_chain(pki, seeds[i].names);
        uint8_t input[16 * 1024] = {seeds[i].flags, seeds[i].store_count};
        uint8_t *at = input + 2;
        for (int k = 0; k < sk_X509_num(chain); k++) {
            uint8_t *der = at + 2;
            int length = i2d_X509(sk_X509_value(chain, k), &der);
            FUZZ_CHECK(length > 0);
            at[0] = (uint8_t)(length >> 8);
            at[1] = (uint8_t)length;
            at = der;
        }
        fuzz_add(corpus, input, (size_t)(at - input));
        sk_X509_pop_free(chain, X509_free);
    }
    pki_free(pki);
}

/* ---- input -> store and chain ---- */

static X509 *sign_anew(X509 *cert)
{
    static EVP_PKEY *key;
    unsigned char *der = NULL;
    X509 *again = NULL;
    int length;

    if (key == NULL)
        key = EVP_EC_gen("P-256");
    if (X509_set_pubkey(cert, key) == 1 && X509_sign(cert, key, EVP_sha256()) > 0 &&
        (length = i2d_X509(cert, &der)) > 0)
        again = cert_from_der(der, (size_t)length);
    OPENSSL_free(der);
    X509_free(cert);
    return again;
}

/* What was made of the DER of earlier inputs, most of which comes again: OpenSSL takes longer to
 * decode a key than a path takes to be judged. */
#define KNOWN_COUNT 512

static struct known {
    uint8_t *der;
    size_t length;
    bool is_signed_anew;
    X509 *cert; /* NULL: it cannot be parsed */
} known[KNOWN_COUNT];

static struct known *place_of(const uint8_t *der, size_t length, bool is_signed_anew)
{
    uint32_t hash = is_signed_anew ? 2166136261U : 2166136262U; /* FNV-1a */

    for (size_t i = 0; i < length; i++)
        hash = (hash ^ der[i]) * 16777619U;
    return &known[hash % KNOWN_COUNT];
}

/* The certificate, to be freed; NULL if it cannot be parsed. */
static X509 *take_cert(const uint8_t *der, size_t length, bool is_signed_anew)
{
    struct known *at = place_of(der, length, is_signed_anew);

    if (at->der == NULL || at->length != length || at->is_signed_anew != is_signed_anew ||
        memcmp(at->der, der, length) != 0) {
        X509_free(at->cert);
        free(at->der);
        *at = (struct known){(uint8_t *)fuzz_string(der, length), length, is_signed_anew,
                             cert_from_der(der, length)};
        if (at->cert != NULL && is_signed_anew)
            at->cert = sign_anew(at->cert);
    }
    FUZZ_CHECK(at->cert == NULL || X509_up_ref(at->cert) == 1);
    return at->cert;
}

/* The certificates of the input that can be parsed. */
static STACK_OF(X509) * read_certs(const uint8_t *data, size_t size, bool is_signed_anew)
{
    STACK_OF(X509) *certs = sk_X509_new_null();

    FUZZ_CHECK(certs != NULL);
    while (size >= 2 && sk_X509_num(certs) < CERT_COUNT_MAX) {
        size_t length = (size_t)data[0] << 8 | data[1];
        X509 *cert;
        data += 2;
        size -= 2;
        if (length > size)
            length = size;
        cert = take_cert(data, length, is_signed_anew);
        if (cert != NULL)
            FUZZ_CHECK(sk_X509_push(certs, cert) > 0);
        data += length;
        size -= length;
    }
    return certs;
}

/* Moves the first certificates into a store; NULL if they are not taken. */
static struct store *make_store(STACK_OF(X509) * certs, int count)
{
    BIO *bio = BIO_new(BIO_s_mem());
    struct store *store = NULL;
    struct error err = {.code = ERROR_NONE};
    char *data = NULL;
    size_t length;

    FUZZ_CHECK(bio != NULL);
    for (int i = 0; i < count && sk_X509_num(certs) > 0; i++) {
        X509 *cert = sk_X509_shift(certs);
        FUZZ_CHECK(PEM_write_bio_X509(bio, cert) == 1);
        X509_free(cert);
    }
    FUZZ_CHECK(BIO_write(bio, "", 1) == 1);
    length = (size_t)BIO_get_mem_data(bio, &data) - 1;
    if (store_open_text(data, length, false, &store, &err) != 0)
        FUZZ_CHECK(err.code != ERROR_NONE);
    BIO_free(bio);
    return store;
}

/* ---- the claims ---- */

static void check_paths(const struct host *host)
{
    const struct path_list *list = &host->paths;

    FUZZ_CHECK(list->count <= PATH_COUNT_MAX);
    for (size_t i = 0; i < list->count; i++) {
        const struct path *path = &list->path[i];
        FUZZ_CHECK(path->length > 0 && path->length <= PATH_LENGTH_MAX);
        FUZZ_CHECK(i == 0 || list->path[i - 1].length <= path->length);
        FUZZ_CHECK(cert_equal(path->cert[0], sk_X509_value(host->presented.chain, 0)));
        for (size_t k = 0; i < 20 && k + 1 < path->length; k++)
            FUZZ_CHECK(cert_is_signed_by(path->cert[k], path->cert[k + 1]));
    }
}

/* Renders the host's anchors in one format and reads them back. */
static void check_header(struct host *host, const struct judge *judge, const char *format,
                         struct store *store)
{
    struct bundle bundle = {0};
    struct text header = {0}, pem = {0};
    struct error err = {.code = ERROR_NONE};
    struct render_input input = {render_find(format), &bundle, judge->target, "SSL_CA",
                                 "caembed */ \\"};
    X509 *anchor[ASSESS_ANCHOR_COUNT_MAX];

    FUZZ_CHECK(host->assessment.anchor_count > 0 &&
               host->assessment.anchor_count <= ASSESS_ANCHOR_COUNT_MAX);
    FUZZ_CHECK(bundle_add(&bundle, host_text(host), host->assessment.anchor,
                          host->assessment.anchor_count, store, &err) == 0);
    FUZZ_CHECK(bundle.count > 0 && bundle.count <= host->assessment.anchor_count);
    for (size_t i = 0; i < bundle.count; i++)
        anchor[i] = bundle.anchor[i].embedded.x509;
    FUZZ_CHECK(render_header(&input, &header, &err) == 0);
    FUZZ_CHECK(prove_header(input.renderer, &header, "SSL_CA", anchor, bundle.count, &pem, &err) ==
               0);
    for (size_t i = 0; i < header.length; i++)
        FUZZ_CHECK(header.data[i] == '\n' || (header.data[i] >= 0x20 && header.data[i] < 0x7f));
    (void)!prove_host(judge->target, &pem, bundle.count, &host->endpoint, &host->presented, AT,
                      &host->err);
    text_free(&header);
    text_free(&pem);
    bundle_free(&bundle);
}

static void check_page(const struct host *host, const struct judge *judge)
{
    struct text page = {0};
    struct error err = {.code = ERROR_NONE};

    FUZZ_CHECK(explain_html_add_host(host, judge, &page, &err) == 0);
    for (size_t i = 0; i < page.length; i++)
        FUZZ_CHECK(page.data[i] == '\n' || (page.data[i] >= 0x20 && page.data[i] < 0x7f));
    text_free(&page);
}

static void check_account(const struct host *host, const struct judge *judge)
{
    struct text account = {0};
    char *report = NULL;
    struct error err = {.code = ERROR_NONE};
    size_t column = 0;

    FUZZ_CHECK(explain_add_host(host, judge, false, &account, &err) == 0);
    for (size_t i = 0; i < account.length; i++) {
        column = account.data[i] == '\n' ? 0 : column + 1;
        FUZZ_CHECK(column <= 100 && (column == 0 || (account.data[i] & 0x80) == 0));
    }
    FUZZ_CHECK(report_host(host, &host->err, true, &report, &err) == 0);
    FUZZ_CHECK(strchr(report, '\n') == report + strlen(report) - 1);
    text_free(&account);
    free(report);
}

static void run_stages(struct host *host, const struct judge *judge, struct store *store,
                       const char *format)
{
    const struct assess_view view = {judge->target, NULL};
    const struct anchor_policy policy = {.fit = assess_fit, .context = &view};
    const struct path_rules rules = assess_rules(judge->target, AT);
    struct error *err = &host->err;
    struct error ignored = {.code = ERROR_NONE};

    (void)!leaf_check(host->presented.chain, &host->endpoint, &rules, &ignored);
    if (path_build(host->presented.chain, store, &judge->accepted, &host->paths, err) != 0)
        return;
    if (validate_paths(&host->paths, &host->endpoint, &rules, err) != 0) {
        FUZZ_CHECK(err->code == ERROR_LIMIT);
        return;
    }
    check_paths(host);
    if (anchor_choose(&host->paths, &policy, &host->chosen, &host->reason, err) != 0)
        return;
    FUZZ_CHECK(path_is_valid(host->chosen) && ignored.code == ERROR_NONE);
    if (assess_path(judge->target, host->chosen, &host->presented, &host->endpoint, AT,
                    &host->assessment, err) != 0)
        return;
    check_header(host, judge, format, store);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const targets[] = {"mbed-os", "mbed-os-5", "mbed-ce", "mbedtls", "generic"};
    uint8_t flags = size > 1 ? data[0] : 0;
    struct judge judge = {.target = target_find(targets[(flags & TARGET_BITS) % 5]),
                          .verify_time = AT};
    struct host host = {.argument = "localhost"};
    uint8_t digest[1][SHA256_LENGTH];
    STACK_OF(X509) * certs;
    struct store *store;

    if (size < 4)
        return 0;
    certs = read_certs(data + 2, size - 2, (flags & IS_SIGNED_ANEW) != 0);
    store = make_store(certs, data[1] % 8);
    host.presented.chain = certs;
    FUZZ_CHECK(endpoint_parse(flags & IS_ADDRESS ? "127.0.0.1" : "localhost", NULL, &host.endpoint,
                              &host.err) == 0);
    if (store != NULL && sk_X509_num(certs) > 0) {
        if (flags & IS_ACCEPTED) {
            FUZZ_CHECK(cert_sha256(sk_X509_value(certs, sk_X509_num(certs) - 1), digest[0]) == 0);
            judge.accepted = (struct accepted_roots){digest, 1};
        }
        judge.store = store;
        run_stages(&host, &judge, store, formats[flags / FORMAT(1)]);
        FUZZ_CHECK(host.err.code != ERROR_INTERNAL);
        if (flags & IS_PAGE)
            check_page(&host, &judge);
        else
            check_account(&host, &judge);
    }
    host_clear(&host);
    store_free(store);
    return 0;
}
