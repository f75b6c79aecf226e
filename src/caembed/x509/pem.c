/* pem.c -- PEM text -> certificates with the comments before them */
#include "x509/pem.h"

#include <limits.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/input.h"
#include "x509/cert.h"

static int fail_broken(const char *name, size_t index, struct error *err)
{
    error_set(err, ERROR_USAGE, "%s: certificate %zu is broken", name, index + 1);
    return error_hint(
        err, "a certificate in PEM runs from its BEGIN to its END line, with base64 between");
}

static int append(struct pem_list *list, X509 *cert, const char *comment, const char *comment_end)
{
    struct pem_entry *larger = array_grow(list->entry, list->count, sizeof *larger);

    if (larger == NULL)
        return -1;
    list->entry = larger;
    larger[list->count++] = (struct pem_entry){cert, comment, (size_t)(comment_end - comment)};
    return 0;
}

static bool is_certificate_label(const char *label)
{
    return strcmp(label, PEM_STRING_X509) == 0 || strcmp(label, PEM_STRING_X509_OLD) == 0;
}

/* The next block of any kind. Returns 1, 0 at the end of the text, -1 on a broken block. */
static int next_block(BIO *bio, char **label, unsigned char **data, long *length)
{
    char *header = NULL;
    unsigned long reason;

    *label = NULL;
    *data = NULL;
    if (PEM_read_bio(bio, label, &header, data, length) == 1) {
        OPENSSL_free(header);
        return 1;
    }
    reason = ERR_peek_last_error();
    ERR_clear_error();
    return ERR_GET_LIB(reason) == ERR_LIB_PEM && ERR_GET_REASON(reason) == PEM_R_NO_START_LINE ? 0
                                                                                               : -1;
}

/* `end` is the end of the text that bio reads. */
static int parse_blocks(BIO *bio, const char *end, const char *name, struct pem_list *list,
                        struct error *err)
{
    for (;;) {
        const char *start = end - BIO_pending(bio);
        const char *begin;
        unsigned char *data;
        char *label;
        long length;
        X509 *cert = NULL;
        bool wanted;
        int found = next_block(bio, &label, &data, &length);

        if (found == 0)
            return 0;
        if (found < 0)
            return fail_broken(name, list->count, err);
        wanted = is_certificate_label(label);
        if (wanted)
            cert = cert_from_der(data, (size_t)length);
        OPENSSL_free(label);
        OPENSSL_free(data);
        if (!wanted)
            continue;
        if (cert == NULL)
            return fail_broken(name, list->count, err);
        begin = strstr(start, "-----BEGIN ");
        if (list->count == PEM_CERT_COUNT_MAX) {
            X509_free(cert);
            error_set(err, ERROR_USAGE, "%s: more than %d certificates", name, PEM_CERT_COUNT_MAX);
            return error_hint(err, "is this the right file?");
        }
        if (append(list, cert, start, begin != NULL ? begin : start) != 0) {
            X509_free(cert);
            return error_no_memory(err);
        }
    }
}

int pem_parse(const char *text, size_t length, const char *name, struct pem_list *out,
              struct error *err)
{
    struct pem_list list = {NULL, 0};
    BIO *bio;
    int rv = -1;

    if (memchr(text, '\0', length) != NULL) {
        error_set(err, ERROR_USAGE, "%s: not a text file", name);
        return error_hint(err, "convert DER with: openssl x509 -inform DER -in FILE");
    }
    bio = BIO_new_mem_buf(text, (int)length);
    if (bio == NULL)
        return error_no_memory(err);
    if (parse_blocks(bio, text + length, name, &list, err) != 0)
        goto done;
    if (list.count == 0) {
        error_set(err, ERROR_USAGE, "%s: holds no certificate", name);
        error_hint(err, "expected PEM: -----BEGIN CERTIFICATE-----");
        goto done;
    }
    *out = list;
    list = (struct pem_list){NULL, 0};
    rv = 0;
done:
    pem_list_free(&list);
    BIO_free(bio);
    return rv;
}

int pem_read_file(const char *path, STACK_OF(X509) * *out, struct error *err)
{
    struct pem_list list = {NULL, 0};
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
    *list = (struct pem_list){NULL, 0};
}
