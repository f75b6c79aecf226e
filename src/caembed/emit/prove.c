/* prove.c -- rendered header + presented chain -> accepted by the target's TLS stack, or an error
 */
#include "emit/prove.h"

#include <string.h>

#include "device/device.h"
#include "emit/cheader.h"
#include "emit/render.h"
#include "path/path.h"
#include "path/validate.h"
#include "x509/cert.h"
#include "x509/pem.h"

/* A string may be written as an array of its bytes too; NULs end it. */
static bool is_pem(const struct text *bytes)
{
    static const char begin[] = "-----BEGIN ";

    return bytes->length >= sizeof begin && memcmp(bytes->data, begin, sizeof begin - 1) == 0;
}

static int add_der(const struct text *der, struct text *pem)
{
    X509 *cert = cert_from_der((const uint8_t *)der->data, der->length);
    int rv = cert != NULL ? cert_add_pem(cert, pem) : -1;

    X509_free(cert);
    return rv;
}

/* The array that holds the certificate `number`; *is_there is false if there is none. */
static int read_array(const struct text *header, const char *name, size_t number, struct text *pem,
                      bool *is_there, struct error *err)
{
    char identifier[RENDER_IDENTIFIER_SIZE];
    struct text bytes = {0};
    int rv;

    render_identifier(name, number, identifier);
    rv = cheader_read_bytes(header->data, header->length, identifier, &bytes, is_there, err);
    if (rv == 0 && *is_there) {
        if (is_pem(&bytes))
            text_add(pem, "%s", bytes.data);
        else if (add_der(&bytes, pem) != 0)
            rv = error_set(err, ERROR_PROOF, "the array of certificate %zu is broken", number);
    }
    text_free(&bytes);
    return rv;
}

/* Each array means to read the header once more. */
#define ARRAY_COUNT_MAX 256
#define ARRAY_BYTES_MAX (256UL * 1024 * 1024)

int prove_read_header(const struct text *header, const char *name, struct text *pem,
                      struct error *err)
{
    struct text string = {0};
    struct error none = {.code = ERROR_NONE};
    bool is_there = true, has_string;

    for (size_t number = 1; is_there; number++) {
        if (number > ARRAY_COUNT_MAX || number * header->length > ARRAY_BYTES_MAX)
            return error_set(err, ERROR_PROOF, "%s: there are too many arrays", name);
        if (read_array(header, name, number, pem, &is_there, err) != 0)
            return -1;
    }
    if (pem->length == 0)
        return cheader_read_string(header->data, header->length, name, pem, err);
    has_string = cheader_read_string(header->data, header->length, name, &string, &none) == 0;
    text_free(&string);
    return has_string ? error_set(err, ERROR_PROOF, "%s: it is both an array and a string", name)
                      : 0;
}

int prove_header(const struct text *header, const char *name, X509 *const *anchor,
                 size_t anchor_count, struct text *pem, struct error *err)
{
    struct pem_list list = {NULL, 0};
    int rv = 0;

    if (prove_read_header(header, name, pem, err) != 0 ||
        pem_parse(pem->data, pem->length, "the rendered header", &list, err) != 0) {
        if (err->code != ERROR_INTERNAL)
            err->code = ERROR_PROOF; /* whatever is wrong with it, the user did not write it */
        return -1;
    }
    if (list.count != anchor_count)
        rv = -1;
    for (size_t i = 0; rv == 0 && i < anchor_count; i++)
        if (!cert_equal(list.entry[i].cert, anchor[i]))
            rv = -1;
    pem_list_free(&list);
    if (rv != 0)
        error_set(err, ERROR_PROOF, "the rendered header does not hold the chosen anchors");
    return rv;
}

static int prove_with_mbedtls(const struct target *target, const struct text *pem,
                              size_t anchor_count, const struct endpoint *endpoint,
                              const struct presented *presented, int64_t at, struct error *err)
{
    struct device_case device = {
        .anchors = pem->data,
        .anchors_size = pem->length + 1, /* text keeps a NUL behind its bytes */
        .anchor_count = anchor_count,
        .chain = presented->chain,
        .name = endpoint->name_is_address ? NULL : endpoint->name,
        .at = at,
        .checks_dates = target->checks_dates,
    };
    struct device_verdict verdict = {.is_accepted = false};
    char version[16];

    if (device_verify(&device, &verdict, err) != 0)
        return -1;
    if (verdict.is_accepted)
        return 0;
    device_mbedtls_version(version);
    error_set(err, ERROR_PROOF, "Mbed TLS %s does not accept the chain with these anchors: %s",
              version, verdict.reason);
    return error_hint(err, "the device would refuse it too; -t generic proves with OpenSSL alone");
}

static bool has_valid_path(const struct path_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        if (path_is_valid(&list->path[i]))
            return true;
    return false;
}

static int prove_with_openssl(const struct text *pem, const struct endpoint *endpoint,
                              const struct presented *presented, int64_t at, struct error *err)
{
    const struct accepted_roots none = {NULL, 0};
    struct path_list list = {0};
    struct store *store = NULL;
    int rv = -1;

    if (store_open_text(pem->data, pem->length, &store, err) != 0 ||
        path_build(presented->chain, store, &none, &list, err) != 0 ||
        validate_paths(&list, endpoint, at, err) != 0)
        goto done;
    if (!has_valid_path(&list)) {
        error_set(err, ERROR_PROOF, "OpenSSL does not accept the chain with these anchors");
        goto done;
    }
    rv = 0;
done:
    path_list_free(&list);
    store_free(store);
    return rv;
}

int prove_host(const struct target *target, const struct text *pem, size_t anchor_count,
               const struct endpoint *endpoint, const struct presented *presented, int64_t at,
               struct error *err)
{
    if (target->has_mbedtls)
        return prove_with_mbedtls(target, pem, anchor_count, endpoint, presented, at, err);
    return prove_with_openssl(pem, endpoint, presented, at, err);
}
