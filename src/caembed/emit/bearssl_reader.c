/* bearssl_reader.c -- C source with trust anchors of BearSSL -> certificates that stand for them */
#include "emit/bearssl_reader.h"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "emit/format.h"
#include "x509/cert.h"

/* What an array may have, and what all that is read for one header may come to: each array means to
 * read the source once more. */
#define KEY_LENGTH_MAX 2048
#define READ_BYTES_MAX (512UL * 1024 * 1024)

#define WORD_SIZE 256

/* The words of an anchor: "TA0_DN sizeof TA0_DN BR_X509_TA_CA BR_KEYTYPE_EC BR_EC_secp256r1 ...".
 */
struct words {
    const char *at; /* what is left of the line */
    size_t number;  /* of the anchor, from 1 */
    const struct cheader_source *source;
    size_t *read_bytes;
};

static int fail_words(const struct words *words, const char *what, struct error *err)
{
    error_set(err, ERROR_UNREADABLE, "trust anchor %zu: %s", words->number, what);
    return error_hint(err, "expected: what caembed -t bearssl and brssl ta write");
}

/* The next word of the line; "" after the last. */
static void take_word(struct words *words, char out[WORD_SIZE])
{
    const size_t length = strcspn(words->at, " \n");

    snprintf(out, WORD_SIZE, "%.*s", (int)(length < WORD_SIZE ? length : WORD_SIZE - 1), words->at);
    words->at += length;
    if (*words->at == ' ')
        words->at++;
}

/* A word that is a name of bearssl.h or, after the preprocessor, its number: the index of the row,
 * or -1. */
struct named {
    const char *name;
    long number;
};

static long parse_number(const char *word)
{
    char *end;
    const long number = strtol(word, &end, 0);

    return end != word && end[strspn(end, "uUlL")] == '\0' ? number : -1;
}

static int take_named(struct words *words, const struct named *rows, size_t count)
{
    char word[WORD_SIZE];

    take_word(words, word);
    for (size_t i = 0; i < count; i++)
        if (strcmp(rows[i].name, word) == 0 || rows[i].number == parse_number(word))
            return (int)i;
    return -1;
}

/* `NAME sizeof NAME` or `NAME 65`: the bytes of that array. */
static int take_array(struct words *words, struct text *out, struct error *err)
{
    struct cheader_value value = {.form = CHEADER_NONE};
    char name[WORD_SIZE], size[WORD_SIZE], of[WORD_SIZE] = "";

    take_word(words, name);
    take_word(words, size);
    if (strcmp(size, "sizeof") == 0)
        take_word(words, of);
    *words->read_bytes += words->source->length;
    if (*words->read_bytes > READ_BYTES_MAX)
        return fail_words(words, "the file is too long for so many anchors", err);
    if (cheader_read(words->source, name, &value, err) != 0)
        return -1;
    *out = value.bytes;
    if (value.form != CHEADER_BYTES)
        return fail_words(words, "it names an array that the file does not define", err);
    if (value.has_nul || (strcmp(of, name) != 0 && parse_number(size) != (long)out->length))
        return fail_words(words, "its size is not that of its array", err);
    return out->length <= KEY_LENGTH_MAX ? 0 : fail_words(words, "its array is too long", err);
}

/* ---- keys ---- */

static EVP_PKEY *make_key(const char *type, OSSL_PARAM *params)
{
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
    EVP_PKEY *key = NULL;

    if (context == NULL || params == NULL || EVP_PKEY_fromdata_init(context) != 1 ||
        EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, params) != 1)
        key = NULL;
    EVP_PKEY_CTX_free(context);
    ERR_clear_error();
    return key;
}

static BIGNUM *number_of(const struct text *bytes)
{
    return BN_bin2bn((const unsigned char *)bytes->data, (int)bytes->length, NULL);
}

static EVP_PKEY *make_rsa(const struct text *modulus, const struct text *exponent)
{
    BIGNUM *n = number_of(modulus), *e = number_of(exponent);
    OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
    OSSL_PARAM *params = NULL;
    EVP_PKEY *key;

    if (n != NULL && e != NULL && builder != NULL &&
        OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_N, n) == 1 &&
        OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_E, e) == 1)
        params = OSSL_PARAM_BLD_to_param(builder);
    key = make_key("RSA", params);
    OSSL_PARAM_free(params);
    OSSL_PARAM_BLD_free(builder);
    BN_free(n);
    BN_free(e);
    return key;
}

static int take_rsa(struct words *words, EVP_PKEY **out, struct error *err)
{
    struct text modulus = {0}, exponent = {0};
    int rv = take_array(words, &modulus, err);

    if (rv == 0)
        rv = take_array(words, &exponent, err);
    if (rv == 0)
        *out = make_rsa(&modulus, &exponent);
    text_free(&modulus);
    text_free(&exponent);
    return rv;
}

static int take_ec(struct words *words, EVP_PKEY **out, struct error *err)
{
    struct named rows[FORMAT_BEARSSL_CURVES];
    struct text point = {0};
    int curve;
    int rv;

    for (size_t i = 0; i < FORMAT_BEARSSL_CURVES; i++)
        rows[i] = (struct named){format_bearssl_curves[i].name, format_bearssl_curves[i].number};
    curve = take_named(words, rows, FORMAT_BEARSSL_CURVES);
    if (curve < 0)
        return fail_words(words, "its curve is not P-256, P-384 or P-521", err);
    rv = take_array(words, &point, err);
    if (rv == 0) {
        char group[16];
        OSSL_PARAM params[3];
        snprintf(group, sizeof group, "%s", format_bearssl_curves[curve].group);
        params[0] = OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group, 0);
        params[1] =
            OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, point.data, point.length);
        params[2] = OSSL_PARAM_construct_end();
        *out = make_key("EC", params);
    }
    text_free(&point);
    return rv;
}

static int take_key(struct words *words, EVP_PKEY **out, struct error *err)
{
    static const struct named types[] = {{"BR_KEYTYPE_RSA", 1}, {"BR_KEYTYPE_EC", 2}};
    const int type = take_named(words, types, 2);

    if (type < 0)
        return fail_words(words, "its key is neither BR_KEYTYPE_RSA nor BR_KEYTYPE_EC", err);
    return type == 0 ? take_rsa(words, out, err) : take_ec(words, out, err);
}

/* ---- anchors ---- */

static int add_stand_in(const struct words *words, const struct text *name, EVP_PKEY *key,
                        bool is_ca, struct text *pem, struct error *err)
{
    X509 *cert =
        key != NULL ? cert_stand_in((const uint8_t *)name->data, name->length, key, is_ca) : NULL;

    if (cert == NULL) {
        error_set(err, ERROR_PROOF, "trust anchor %zu is broken: its %s cannot be read",
                  words->number, key == NULL ? "key" : "name");
        return error_hint(err, "run again without --check, and ship the new header");
    }
    if (cert_add_pem(cert, pem) != 0)
        error_no_memory(err);
    X509_free(cert);
    return err->code == ERROR_NONE ? 0 : -1;
}

static int read_anchor(struct words *words, struct text *pem, struct error *err)
{
    static const struct named flags[] = {{"0", 0}, {"BR_X509_TA_CA", 1}};
    struct text name = {0};
    EVP_PKEY *key = NULL;
    int is_ca = -1;
    int rv = take_array(words, &name, err);

    if (rv == 0 && (is_ca = take_named(words, flags, 2)) < 0)
        rv = fail_words(words, "its flags are neither 0 nor BR_X509_TA_CA", err);
    if (rv == 0)
        rv = take_key(words, &key, err);
    if (rv == 0 && *words->at != '\n')
        rv = fail_words(words, "it says more than an anchor has", err);
    if (rv == 0)
        rv = add_stand_in(words, &name, key, is_ca == 1, pem, err);
    EVP_PKEY_free(key);
    text_free(&name);
    return rv;
}

static int read_anchors(const struct cheader_source *source, const struct text *anchors,
                        struct text *pem, struct error *err)
{
    size_t read_bytes = 0, number = 0;

    for (const char *at = anchors->data; *at != '\0'; at = strchr(at, '\n') + 1) {
        struct words words = {at, ++number, source, &read_bytes};
        if (number > BEARSSL_ANCHOR_COUNT_MAX)
            return fail_words(&words, "no more are read", err);
        if (read_anchor(&words, pem, err) != 0)
            return -1;
    }
    return 0;
}

/* The array of that name: CHEADER_NONE if the file has none. */
static int find_anchors(const struct cheader_source *source, const char *prefix,
                        struct cheader_value *out, struct error *err)
{
    char name[RENDER_IDENTIFIER_SIZE];

    format_bearssl_array(prefix, name);
    if (cheader_read_anchors(source, name, out, err) != 0)
        return -1;
    return out->form != CHEADER_NONE ? 0 : cheader_read_anchors(source, prefix, out, err);
}

int bearssl_read_header(const struct cheader_source *source, const char *prefix, struct text *pem,
                        struct error *err)
{
    struct cheader_value value = {.form = CHEADER_NONE};
    char check[RENDER_IDENTIFIER_SIZE + 16], name[RENDER_IDENTIFIER_SIZE];
    struct cheader_source hinted = *source;
    int rv;

    snprintf(check, sizeof check, "-t bearssl -n %s", prefix);
    hinted.check = check;
    if (find_anchors(&hinted, prefix, &value, err) != 0)
        return -1;
    format_bearssl_array(prefix, name);
    rv = value.form == CHEADER_NONE ? cheader_fail_missing(&hinted, name, err)
                                    : read_anchors(&hinted, &value.bytes, pem, err);
    text_free(&value.bytes);
    return rv;
}
