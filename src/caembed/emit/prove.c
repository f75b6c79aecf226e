/* prove.c -- rendered header + presented chain -> accepted by the target's TLS stack, or an error
 */
#include "emit/prove.h"

#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "device/assess.h"
#include "device/device.h"
#include "emit/bearssl_reader.h"
#include "emit/cheader.h"
#include "emit/esp_bundle.h"
#include "emit/render.h"
#include "path/path.h"
#include "path/validate.h"
#include "x509/cert.h"
#include "x509/der_file.h"
#include "x509/pem.h"

/* A string may be written as an array of its bytes too. */
static bool is_pem(const struct text *bytes)
{
    static const char begin[] = "-----BEGIN ";

    return bytes->length >= sizeof begin && strstr(bytes->data, begin) != NULL;
}

/* Parsers take one certificate, and leave what follows it. */
static int add_der(const struct text *der, size_t number, struct header_anchors *out)
{
    const uint8_t *bytes = (const uint8_t *)der->data;
    const size_t der_len = der_file_length(bytes, der->length);
    X509 *cert = der_len <= der->length ? cert_from_der(bytes, der_len) : NULL;
    int rv = cert != NULL ? cert_add_pem(cert, &out->pem) : -1;

    if (der_len < der->length)
        snprintf(out->blemish, sizeof out->blemish,
                 "%zu bytes follow after the DER of certificate %zu", der->length - der_len,
                 number);
    X509_free(cert);
    return rv;
}

static int fail_der(const struct text *der, size_t number, struct error *err)
{
    char why[80];

    der_file_describe((const unsigned char *)der->data, der->length, why);
    error_set(err, ERROR_PROOF, "the array of certificate %zu is broken: %s", number, why);
    return error_hint(err, "an array holds the DER of one certificate, or PEM and a NUL");
}

static void add_pem_array(const struct cheader_value *value, struct header_anchors *out)
{
    text_add(&out->pem, "%s", value->bytes.data);
    if (value->has_nul || memchr(value->bytes.data, '\0', value->bytes.length) != NULL)
        return;
    out->lacks_nul = true;
    snprintf(out->blemish, sizeof out->blemish, "there is no NUL after the PEM");
}

/* The array of DER of the certificate `number`, or for the first also a string. */
static int add_value(const struct cheader_value *value, size_t number, struct header_anchors *out,
                     struct error *err)
{
    if (value->form == CHEADER_STRING)
        text_add_bytes(&out->pem, value->bytes.data, value->bytes.length);
    else if (is_pem(&value->bytes))
        add_pem_array(value, out);
    else if (add_der(&value->bytes, number, out) != 0)
        return fail_der(&value->bytes, number, err);
    return 0;
}

/* Each array means to read the header once more. */
#define ARRAY_COUNT_MAX 256
#define ARRAY_BYTES_MAX (256UL * 1024 * 1024)

static int read_c(const struct text *header, const char *path, const char *name,
                  struct header_anchors *out, struct error *err)
{
    const struct cheader_source source = {header->data != NULL ? header->data : "", header->length,
                                          path, NULL};
    enum cheader_form form = CHEADER_BYTES;
    size_t number;

    for (number = 1; form == CHEADER_BYTES; number++) {
        char identifier[RENDER_IDENTIFIER_SIZE];
        struct cheader_value value = {.form = CHEADER_NONE};
        int rv;
        if (number > ARRAY_COUNT_MAX || number * header->length > ARRAY_BYTES_MAX)
            return error_set(err, ERROR_PROOF, "%s: there are too many arrays", name);
        render_identifier(name, number, identifier);
        rv = cheader_read(&source, identifier, &value, err);
        form = value.form;
        if (rv == 0 && form != CHEADER_NONE && (number == 1 || form == CHEADER_BYTES))
            rv = add_value(&value, number, out, err);
        text_free(&value.bytes);
        if (rv != 0)
            return -1;
    }
    return out->pem.length == 0 && number == 2 && form == CHEADER_NONE
               ? cheader_fail_missing(&source, name, err)
               : 0;
}

/* The consumer adds the NUL after it. */
static int read_pem(const struct text *file, const char *path, const char *name,
                    struct header_anchors *out, struct error *err)
{
    (void)path;
    (void)name;
    (void)err;
    text_add_bytes(&out->pem, file->data != NULL ? file->data : "", file->length);
    return 0;
}

static int fail_der_file(const struct text *der, size_t number, struct error *err)
{
    char why[80];

    der_file_describe((const unsigned char *)der->data, der->length, why);
    error_set(err, ERROR_PROOF, "the file of certificate %zu is broken: %s", number, why);
    return error_hint(err, "a file holds the DER of one certificate: openssl x509 -outform DER");
}

static int read_der(const struct text *files, const char *path, const char *name,
                    struct header_anchors *out, struct error *err)
{
    size_t at = 0;

    (void)path;
    (void)name;
    for (size_t number = 1; number == 1 || at < files->length; number++) {
        struct text rest = {.data = files->data != NULL ? files->data + at : "",
                            .length = files->length - at};
        const size_t der_len = der_file_length((const unsigned char *)rest.data, rest.length);
        struct text der = {.data = rest.data, .length = der_len};
        if (der_len == 0 || der_len > rest.length || add_der(&der, number, out) != 0)
            return fail_der_file(&rest, number, err);
        at += der_len;
    }
    return 0;
}

static int read_anchors(const struct text *header, const char *path, const char *name,
                        struct header_anchors *out, struct error *err)
{
    const struct cheader_source source = {header->data != NULL ? header->data : "", header->length,
                                          path, NULL};

    return bearssl_read_header(&source, name, &out->pem, err);
}

static int read_bundle(const struct text *bundle, const char *path, const char *name,
                       struct header_anchors *out, struct error *err)
{
    (void)path;
    (void)name;
    return esp_bundle_read(bundle, ESP_BUNDLE_5_4, &out->pem, err);
}

static int read_bundle_5_3(const struct text *bundle, const char *path, const char *name,
                           struct header_anchors *out, struct error *err)
{
    (void)path;
    (void)name;
    return esp_bundle_read(bundle, ESP_BUNDLE_5_3, &out->pem, err);
}

/* ca_certs.inc as the array that credentials.c makes of it. */
static int read_zephyr(const struct text *files, const char *path, const char *name,
                       struct header_anchors *out, struct error *err)
{
    struct text array = {0};
    int rv;

    text_add(&array, "static const unsigned char %s[] = {%s\n};\n", name,
             files->data != NULL ? files->data : "");
    rv = array.failed ? error_no_memory(err) : read_c(&array, path, name, out, err);
    text_free(&array);
    return rv;
}

int prove_read_header(const struct renderer *renderer, const struct text *header, const char *path,
                      const char *name, struct header_anchors *out, struct error *err)
{
    static int (*const readers[])(const struct text *header, const char *path, const char *name,
                                  struct header_anchors *out, struct error *err) = {
        [RENDER_C] = read_c,           [RENDER_PEM] = read_pem,
        [RENDER_DER] = read_der,       [RENDER_ANCHORS] = read_anchors,
        [RENDER_BUNDLE] = read_bundle, [RENDER_BUNDLE_5_3] = read_bundle_5_3,
        [RENDER_ZEPHYR] = read_zephyr};

    return readers[render_form(renderer)](header, path, name, out, err);
}

/* Of an anchor without a certificate the CA flag counts besides, if the format has it. */
static bool is_same(const struct renderer *renderer, const X509 *read, const X509 *anchor)
{
    const uint32_t is_ca =
        X509_get_extension_flags((X509 *)read) ^ X509_get_extension_flags((X509 *)anchor);

    if (!render_has_names_and_keys(renderer))
        return cert_equal(read, anchor);
    return cert_same_anchor(read, anchor) &&
           (render_is_bundle(renderer) || (is_ca & EXFLAG_CA) == 0);
}

/* Whether the list has the anchor: in its place, or of a bundle, which is sorted, in any. */
static bool is_held(const struct renderer *renderer, const struct pem_list *list, size_t index,
                    const X509 *anchor)
{
    bool is_found = is_same(renderer, list->entry[index].cert, anchor);

    for (size_t i = 0; render_is_bundle(renderer) && !is_found && i < list->count; i++)
        is_found = is_same(renderer, list->entry[i].cert, anchor);
    return is_found;
}

int prove_header(const struct renderer *renderer, const struct text *header, const char *name,
                 X509 *const *anchor, size_t anchor_count, struct text *pem, struct error *err)
{
    struct header_anchors anchors = {.lacks_nul = false};
    struct pem_list list = {.count = 0};
    int rv = prove_read_header(renderer, header, "-", name, &anchors, err);

    *pem = anchors.pem;
    if (rv != 0 || pem_parse(pem->data, pem->length, "the rendered header", &list, err) != 0) {
        if (err->code != ERROR_INTERNAL)
            err->code = ERROR_PROOF; /* whatever is wrong with it, the user did not write it */
        return -1;
    }
    if (list.count != anchor_count)
        rv = -1;
    for (size_t i = 0; rv == 0 && i < anchor_count; i++)
        if (!is_held(renderer, &list, i, anchor[i]))
            rv = -1;
    pem_list_free(&list);
    if (rv != 0)
        error_set(err, ERROR_PROOF, "the rendered header does not hold the chosen anchors");
    return rv;
}

/* Returns -1. */
static int fail_bearssl(const char *reason, struct error *err)
{
    error_kind(err, "BearSSL does not accept the chain with these anchors: %s", reason);
    error_set(err, ERROR_PROOF, "BearSSL does not accept the chain with these anchors: %s", reason);
    return error_hint(err, "the device would refuse it too; -t generic proves with OpenSSL alone");
}

/* The feature that the Mbed TLS linked in lacks, and the target has; NULL if it lacks none. */
static const struct feature_row *find_lack(const struct text *pem, const STACK_OF(X509) * chain)
{
    const struct feature_row *lack = NULL;
    struct error ignored = {.code = ERROR_NONE};
    struct pem_list anchors = {.count = 0};

    if (pem_parse(pem->data, pem->length, "the anchors", &anchors, &ignored) == 0)
        for (size_t i = 0; lack == NULL && i < anchors.count; i++)
            lack = device_find_lack(anchors.entry[i].cert);
    for (int i = 0; lack == NULL && i < sk_X509_num(chain); i++)
        lack = device_find_lack(sk_X509_value(chain, i));
    pem_list_free(&anchors);
    return lack;
}

static int fail_mbedtls(const char *reason, const struct feature_row *lack, struct error *err)
{
    char version[16];

    device_mbedtls_version(version);
    if (lack != NULL) {
        error_set(err, ERROR_LACK, "this caembed is built on Mbed TLS %s, which lacks %s", version,
                  lack->name);
        return error_hint(err, "the target may well take it: prove with a caembed that is built on "
                               "another Mbed TLS; -t generic proves with OpenSSL alone");
    }
    error_kind(err, "Mbed TLS does not accept the chain with these anchors: %s", reason);
    error_set(err, ERROR_PROOF, "Mbed TLS %s does not accept the chain with these anchors: %s",
              version, reason);
    return error_hint(err, "the device would refuse it too; -t generic proves with OpenSSL alone");
}

struct prover {
    const struct target *target;
    const struct text *pem;
    struct device_anchors *anchors; /* of a device's stack ... */
    struct store *store;            /* ... or of OpenSSL */
};

int prover_open(const struct target *target, const struct text *pem, size_t anchor_count,
                struct prover **out, struct error *err)
{
    struct prover *prover = calloc(1, sizeof *prover);
    const struct device_case device = {
        .anchors = pem->data,
        .anchors_size = pem->length + 1, /* text keeps a NUL behind its bytes */
        .anchor_count = anchor_count,
        .target = target,
    };
    int rv;

    if (prover == NULL) {
        error_no_memory(err);
        return -1;
    }
    prover->target = target;
    prover->pem = pem;
    rv = target->stack == STACK_OPENSSL
             ? store_open_text(pem->data, pem->length, true, &prover->store, err)
             : device_anchors_parse(&device, &prover->anchors, err);
    if (rv == 0)
        *out = prover;
    else
        prover_close(prover);
    return rv;
}

void prover_close(struct prover *prover)
{
    if (prover == NULL)
        return;
    device_anchors_free(prover->anchors);
    store_free(prover->store);
    free(prover);
}

static int prove_with_device(const struct prover *prover, const struct endpoint *endpoint,
                             const struct presented *presented, int64_t at, struct error *err)
{
    struct device_case device = {
        .parsed = prover->anchors,
        .chain = presented->chain,
        /* an address is compared by the row, not by the library: assess_path() */
        .name = endpoint->name_is_address ? NULL : endpoint->name,
        .usages = assess_leaf_usages(prover->target, presented),
        .at = at,
        .target = prover->target,
    };
    struct device_verdict verdict = {.is_accepted = false};

    if (device_verify(&device, &verdict, err) != 0)
        return -1;
    if (verdict.is_accepted)
        return 0;
    if (prover->target->stack == STACK_BEARSSL)
        return fail_bearssl(verdict.reason, err);
    return fail_mbedtls(verdict.reason, find_lack(prover->pem, presented->chain), err);
}

static bool has_valid_path(const struct path_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        if (path_is_valid(&list->path[i]))
            return true;
    return false;
}

static int prove_with_openssl(const struct prover *prover, const struct endpoint *endpoint,
                              const struct presented *presented, int64_t at, struct error *err)
{
    const struct path_rules rules = assess_rules(prover->target, at);
    const struct accepted_roots none = {NULL, 0};
    struct path_list list = {0};
    int rv = -1;

    if (path_build(presented->chain, prover->store, &none, &list, err) != 0 ||
        validate_paths(&list, endpoint, &rules, err) != 0)
        goto done;
    if (!has_valid_path(&list)) {
        error_set(err, ERROR_PROOF, "OpenSSL does not accept the chain with these anchors");
        goto done;
    }
    rv = 0;
done:
    path_list_free(&list);
    return rv;
}

int prover_prove(struct prover *prover, const struct endpoint *endpoint,
                 const struct presented *presented, int64_t at, struct error *err)
{
    return prover->target->stack == STACK_OPENSSL
               ? prove_with_openssl(prover, endpoint, presented, at, err)
               : prove_with_device(prover, endpoint, presented, at, err);
}

int prove_host(const struct target *target, const struct text *pem, size_t anchor_count,
               const struct endpoint *endpoint, const struct presented *presented, int64_t at,
               struct error *err)
{
    struct prover *prover = NULL;
    int rv = prover_open(target, pem, anchor_count, &prover, err);

    if (rv == 0)
        rv = prover_prove(prover, endpoint, presented, at, err);
    prover_close(prover);
    return rv;
}
