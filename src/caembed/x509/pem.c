/* pem.c -- PEM text (or DER) -> certificates with the comments before them */
#include "x509/pem.h"

#include <ctype.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/input.h"
#include "x509/cert.h"
#include "x509/der_file.h"
#include "x509/pem_advice.h"

#define SKIPPED_LISTED_MAX 8
#define LABEL_SIZE 64

/* A block from its BEGIN to its END line (RFC 7468 section 3), wherever they stand on a line. */
struct block {
    char label[LABEL_SIZE];
    const char *begin, *body, *body_end, *end;
    size_t line; /* of BEGIN */
};

struct scan {
    const char *text, *end, *at;
    const char *name;
    const char *counted_at; /* the line that it is in: */
    size_t line;
    bool skips_broken;
    struct block first_skipped;
    struct pem_list list;
    struct error *err;
};

/* ---- text ---- */

/* Where the word is in the bytes, or NULL. */
static const char *find(const char *at, const char *end, const char *word)
{
    const size_t length = strlen(word);

    while ((size_t)(end - at) >= length &&
           (at = memchr(at, word[0], (size_t)(end - at) - length + 1)) != NULL) {
        if (memcmp(at, word, length) == 0)
            return at;
        at++;
    }
    return NULL;
}

/* The number of the line that `at` is in; it must not be before the last one asked for. */
static size_t line_of(struct scan *scan, const char *at)
{
    for (const char *end; scan->counted_at < at; scan->counted_at = end + 1) {
        end = memchr(scan->counted_at, '\n', (size_t)(at - scan->counted_at));
        if (end == NULL)
            end = at - 1;
        else
            scan->line++;
    }
    return scan->line;
}

/* The start of the line that `at` is in, or the end of the block before if that is nearer. */
static const char *line_start(const struct scan *scan, const char *at)
{
    while (at > scan->at && at[-1] != '\n')
        at--;
    return at;
}

static bool is_blank(const char *at, const char *end)
{
    while (at < end && (*at == ' ' || *at == '\t' || *at == '\r'))
        at++;
    return at == end;
}

/* ---- failures ---- */

static int fail_broken(struct scan *scan, const struct block *block, const char *why)
{
    error_set(scan->err, ERROR_USAGE, "%s: line %zu: certificate %zu is broken: %s", scan->name,
              block->line, scan->list.count + 1, why);
    return error_hint(scan->err,
                      "a certificate in PEM runs from its BEGIN to its END line, with base64 "
                      "between");
}

/* ---- blocks ---- */

static void note_blemish(struct scan *scan, size_t line, const char *what)
{
    if (scan->list.blemish[0] == '\0')
        snprintf(scan->list.blemish, sizeof scan->list.blemish, "line %zu: %s", line, what);
}

/* What stands before BEGIN on its line. */
static void note_begin(struct scan *scan, const struct block *block)
{
    const char *start = line_start(scan, block->begin);

    if (start > scan->text && start[-1] != '\n')
        note_blemish(scan, block->line, "END and BEGIN stand on one line");
    else if (start < block->begin && is_blank(start, block->begin))
        note_blemish(scan, block->line, "BEGIN is indented");
    else if (start < block->begin)
        note_blemish(scan, block->line, "text stands before BEGIN");
}

static void note_blank_lines(struct scan *scan, const struct block *block)
{
    size_t line = block->line;

    for (const char *at = block->body, *end; at < block->body_end; at = end + 1, line++) {
        end = memchr(at, '\n', (size_t)(block->body_end - at));
        if (end == NULL)
            return;
        if (is_blank(at, end) && at > block->body)
            note_blemish(scan, line, "a blank line within the base64");
    }
}

/* BEGIN in a line of comment is none. */
static const char *find_begin(const struct scan *scan)
{
    const char *begin = find(scan->at, scan->end, "-----BEGIN ");

    while (begin != NULL && *line_start(scan, begin) == '#') {
        const char *line_end = memchr(begin, '\n', (size_t)(scan->end - begin));
        begin = line_end != NULL ? find(line_end, scan->end, "-----BEGIN ") : NULL;
    }
    return begin;
}

/* After BEGIN: the label up to five dashes, on the same line. */
static bool take_label(const struct scan *scan, struct block *block)
{
    const char *start = block->begin + strlen("-----BEGIN ");
    const size_t left = (size_t)(scan->end - start);
    const char *limit = start + (left < LABEL_SIZE + 4 ? left : LABEL_SIZE + 4);
    const char *end = find(start, limit, "-----");

    if (end == NULL || memchr(start, '\n', (size_t)(end - start)) != NULL)
        return false;
    snprintf(block->label, LABEL_SIZE, "%.*s", (int)(end - start), start);
    block->body = end + strlen("-----");
    return true;
}

/* The next block. Returns 1, 0 if there is none, -1 for one that does not end. */
static int next_block(struct scan *scan, struct block *block)
{
    char footer[LABEL_SIZE + 16];
    const char *next;

    *block = (struct block){.begin = find_begin(scan)};
    if (block->begin == NULL)
        return 0;
    block->line = line_of(scan, block->begin);
    block->end = scan->end;
    if (!take_label(scan, block))
        return fail_broken(scan, block, "its BEGIN line does not end in five dashes");
    snprintf(footer, sizeof footer, "-----END %s-----", block->label);
    next = find(block->body, scan->end, "-----BEGIN ");
    block->body_end = find(block->body, next != NULL ? next : scan->end, footer);
    if (block->body_end == NULL) {
        block->end = next != NULL ? next : scan->end;
        return fail_broken(scan, block, "it has no END line");
    }
    block->end = block->body_end + strlen(footer);
    return 1;
}

/* ---- base64 ---- */

/* The body without white space, NUL-terminated; NULL if out of memory. */
static char *strip(const struct block *block, size_t *length)
{
    char *base64 = malloc((size_t)(block->body_end - block->body) + 1);

    *length = 0;
    for (const char *at = block->body; base64 != NULL && at < block->body_end; at++)
        if (!isspace((unsigned char)*at))
            base64[(*length)++] = *at;
    if (base64 != NULL)
        base64[*length] = '\0';
    return base64;
}

/* Names the first character that is no base64 with its line; returns whether there is one. */
static bool find_alien(struct scan *scan, const struct block *block)
{
    for (const char *at = block->body; at < block->body_end; at++) {
        const unsigned char byte = (unsigned char)*at;
        char why[64];
        if (isspace(byte) || (byte < 0x80 && isalnum(byte)) ||
            (byte != '\0' && strchr("+/=", byte) != NULL))
            continue;
        snprintf(why, sizeof why,
                 byte > ' ' && byte < 0x7f ? "'%c' in line %zu is no base64"
                                           : "the byte %d in line %zu is no base64",
                 byte, line_of(scan, at));
        return fail_broken(scan, block, why) != 0;
    }
    return false;
}

/* The bytes of a block, to be freed. */
static int decode(struct scan *scan, const struct block *block, unsigned char **der,
                  size_t *der_len)
{
    size_t length, padding;
    char *base64;
    int rv = -1;

    if (pem_advice_body(block->body, (size_t)(block->body_end - block->body), scan->err))
        return fail_broken(scan, block, "its lines do not end as lines do");
    if (find_alien(scan, block))
        return -1;
    base64 = strip(block, &length);
    *der = base64 != NULL ? malloc(length + 1) : NULL;
    if (*der == NULL) {
        free(base64);
        return error_no_memory(scan->err);
    }
    padding = length - strcspn(base64, "=");
    if (length % 4 != 0 || padding > 2 || strspn(base64 + length - padding, "=") != padding)
        (void)!fail_broken(scan, block, "its base64 is cut short");
    else if (EVP_DecodeBlock(*der, (const unsigned char *)base64, (int)length) < 0)
        (void)!fail_broken(scan, block, "it is no base64");
    else
        rv = 0;
    *der_len = length / 4 * 3 - padding;
    free(base64);
    if (rv != 0)
        free(*der);
    return rv;
}

/* ---- certificates ---- */

/* openssl x509 -trustout: a certificate, and then what it is trusted for. */
static X509 *take_trusted(const unsigned char *der, size_t der_len, bool *is_rejected)
{
    const unsigned char *at = der;
    X509 *trusted = d2i_X509_AUX(NULL, &at, (long)der_len);
    X509 *cert = NULL;
    unsigned char *plain = NULL;
    int length;

    if (trusted != NULL && at == der + der_len) {
        *is_rejected = X509_check_trust(trusted, X509_TRUST_SSL_SERVER, 0) == X509_TRUST_REJECTED;
        length = i2d_X509(trusted, &plain); /* without what it is trusted for */
        cert = length > 0 ? cert_from_der(plain, (size_t)length) : NULL;
        OPENSSL_free(plain);
    }
    X509_free(trusted);
    ERR_clear_error();
    return cert;
}

int pem_list_add(struct pem_list *list, X509 *cert, const char *name, struct error *err)
{
    struct pem_entry *larger;

    if (list->count == PEM_CERT_COUNT_MAX) {
        error_set(err, ERROR_USAGE, "%s: more than %d certificates", name, PEM_CERT_COUNT_MAX);
        return error_hint(err, "is this the right file?");
    }
    larger = array_grow(list->entry, list->count, sizeof *larger);
    if (larger == NULL)
        return error_no_memory(err);
    list->entry = larger;
    larger[list->count++] = (struct pem_entry){.cert = cert, .comment = "", .line = 1};
    return 0;
}

static int add_cert(struct scan *scan, const struct block *block, X509 *cert, bool is_rejected)
{
    struct pem_entry *entry;

    if (pem_list_add(&scan->list, cert, scan->name, scan->err) != 0) {
        X509_free(cert);
        return -1;
    }
    entry = &scan->list.entry[scan->list.count - 1];
    entry->comment = scan->at;
    entry->comment_length = (size_t)(block->begin - scan->at);
    entry->line = block->line;
    entry->is_rejected = is_rejected;
    return 0;
}

static int take_cert(struct scan *scan, const struct block *block, const unsigned char *der,
                     size_t der_len)
{
    const bool is_trusted = strcmp(block->label, PEM_STRING_X509_TRUSTED) == 0;
    bool is_rejected = false;
    X509 *cert =
        is_trusted ? take_trusted(der, der_len, &is_rejected) : cert_from_der(der, der_len);
    char why[80];

    if (cert != NULL)
        return add_cert(scan, block, cert, is_rejected);
    der_file_describe(der, der_len, why);
    return fail_broken(scan, block, why);
}

static int take_pkcs7(struct scan *scan, const struct block *block, const unsigned char *der,
                      size_t der_len)
{
    int rv = der_file_add_pkcs7(der, der_len, scan->name, &scan->list, scan->err);

    return rv == 1 ? fail_broken(scan, block, "it is PKCS#7 without certificates") : rv;
}

static void skip_block(struct scan *scan, const struct block *block)
{
    struct pem_list *list = &scan->list;

    if (scan->first_skipped.begin == NULL)
        scan->first_skipped = *block;
    if (list->skipped_count++ < SKIPPED_LISTED_MAX)
        text_add(&list->skipped, "line %zu: %s (%s) is passed over\n", block->line,
                 pem_advice_kind(block->label), block->label);
}

static int take_block(struct scan *scan, const struct block *block)
{
    static const struct {
        const char *label;
        int (*take)(struct scan *scan, const struct block *block, const unsigned char *der,
                    size_t der_len);
    } takers[] = {
        {PEM_STRING_X509, take_cert},          {PEM_STRING_X509_OLD, take_cert},
        {PEM_STRING_X509_TRUSTED, take_cert},  {PEM_STRING_PKCS7, take_pkcs7},
        {PEM_STRING_PKCS7_SIGNED, take_pkcs7}, {PEM_STRING_CMS, take_pkcs7},
    };
    unsigned char *der;
    size_t der_len = 0;
    int rv;

    for (size_t i = 0; i < sizeof takers / sizeof takers[0]; i++) {
        if (strcmp(block->label, takers[i].label) != 0)
            continue;
        note_begin(scan, block);
        note_blank_lines(scan, block);
        if (decode(scan, block, &der, &der_len) != 0)
            return -1;
        rv = takers[i].take(scan, block, der, der_len);
        free(der);
        return rv;
    }
    skip_block(scan, block);
    return 0;
}

/* Whether the scan may go on after the error of a certificate. */
static bool leaves_out(struct scan *scan)
{
    struct pem_list *list = &scan->list;

    if (!scan->skips_broken || scan->err->code != ERROR_USAGE)
        return false;
    if (list->unusable.code == ERROR_NONE)
        list->unusable = *scan->err;
    *scan->err = (struct error){.code = ERROR_NONE};
    return true;
}

static int take_blocks(struct scan *scan)
{
    struct block block;
    int found;

    while ((found = next_block(scan, &block)) != 0) {
        if ((found < 0 || take_block(scan, &block) != 0) && !leaves_out(scan))
            return -1;
        scan->at = block.end;
    }
    return 0;
}

static int take_text(struct scan *scan)
{
    struct pem_list *list = &scan->list;

    if (take_blocks(scan) != 0)
        return -1;
    if (list->count == 0 && list->unusable.code != ERROR_NONE) {
        *scan->err = list->unusable;
        return -1;
    }
    if (list->skipped_count > SKIPPED_LISTED_MAX)
        text_add(&list->skipped, "%zu more blocks are passed over\n",
                 list->skipped_count - SKIPPED_LISTED_MAX);
    if (list->skipped.failed)
        return error_no_memory(scan->err);
    return list->count > 0
               ? 0
               : pem_advice_fail(scan->text, (size_t)(scan->end - scan->text), scan->name,
                                 scan->first_skipped.label, scan->first_skipped.line, scan->err);
}

static int parse(struct scan *scan, const char *text, size_t length, struct pem_list *out)
{
    static const char bom[] = "\xef\xbb\xbf";
    const size_t skipped = length >= 3 && memcmp(text, bom, 3) == 0 ? 3 : 0;
    int rv;

    scan->text = scan->at = scan->counted_at = text + skipped;
    scan->end = text + length;
    scan->line = 1;
    rv = der_file_is(text, length)
             ? der_file_parse(text, length, scan->name, &scan->list, scan->err)
             : take_text(scan);
    if (rv == 0)
        *out = scan->list;
    else
        pem_list_free(&scan->list);
    return rv;
}

int pem_parse(const char *text, size_t length, const char *name, struct pem_list *out,
              struct error *err)
{
    struct scan scan = {.name = name, .err = err};

    return parse(&scan, text, length, out);
}

int pem_parse_usable(const char *text, size_t length, const char *name, struct pem_list *out,
                     struct error *err)
{
    struct scan scan = {.name = name, .err = err, .skips_broken = true};

    return parse(&scan, text, length, out);
}

int pem_read_file(const char *path, STACK_OF(X509) * *out, struct text *skipped, struct error *err)
{
    struct pem_list list = {.count = 0};
    STACK_OF(X509) *certs = NULL;
    char *text = NULL;
    size_t length;
    int rv = -1;

    if (input_read(path, &text, &length, err) != 0)
        goto done;
    if (pem_parse(text, length, input_name(path), &list, err) != 0)
        goto done;
    certs = sk_X509_new_reserve(NULL, (int)list.count);
    if (certs == NULL) {
        error_no_memory(err);
        goto done;
    }
    for (size_t i = 0; i < list.count; i++) {
        sk_X509_push(certs, list.entry[i].cert); /* reserved: can't fail */
        list.entry[i].cert = NULL;
    }
    text_add(skipped, "%s", list.skipped.length > 0 ? list.skipped.data : "");
    *out = certs;
    rv = 0;
done:
    pem_list_free(&list);
    free(text);
    return rv;
}

bool pem_comment_value(const char *comment, size_t comment_length, const char *key, char *value,
                       size_t size)
{
    const char *end = comment + comment_length;
    size_t key_length = strlen(key);

    while (comment < end) {
        const char *eol = memchr(comment, '\n', (size_t)(end - comment));
        size_t length = (size_t)((eol != NULL ? eol : end) - comment);
        if (length > key_length + 4 && memcmp(comment, "# ", 2) == 0 &&
            memcmp(comment + 2, key, key_length) == 0 &&
            memcmp(comment + 2 + key_length, ": ", 2) == 0) {
            snprintf(value, size, "%.*s", (int)(length - key_length - 4), comment + key_length + 4);
            value[strcspn(value, "\r")] = '\0';
            return true;
        }
        comment += length + 1;
    }
    return false;
}

void pem_list_free(struct pem_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        X509_free(list->entry[i].cert);
    free(list->entry);
    text_free(&list->skipped);
    *list = (struct pem_list){.count = 0};
}
