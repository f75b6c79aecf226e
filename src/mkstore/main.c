/* main.c -- mkstore: certdata.txt or a PEM bundle -> the text of data/mozilla, its C tables, its
 * list
 *
 *   mkstore text NAME SOURCE DATE FILE   a PEM bundle with labels, fingerprints and distrust-after
 * dates mkstore c FILE                       the C source of the bundled store
 * (src/caembed/x509/store_data.h) mkstore list FILE                    a line a root: SHA-256,
 * distrust-after or "-", label
 *
 * A build tool of this project: writes to stdout, exits 1 on any error. */
#include <openssl/crypto.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/timestamp.h"
#include "x509/cert.h"
#include "x509/roots.h"

struct fingerprinted {
    const struct root *root;
    uint32_t subject_hash;
    char sha256[SHA256_TEXT_SIZE];
};

static int compare_sha256(const void *a, const void *b)
{
    return strcmp(((const struct fingerprinted *)a)->sha256,
                  ((const struct fingerprinted *)b)->sha256);
}

static int compare_hash(const void *a, const void *b)
{
    const struct fingerprinted *fa = a, *fb = b;

    if (fa->subject_hash != fb->subject_hash)
        return fa->subject_hash < fb->subject_hash ? -1 : 1;
    return compare_sha256(a, b);
}

static void format_distrust(int64_t distrust_after, char out[TIMESTAMP_TEXT_SIZE])
{
    if (distrust_after == TIMESTAMP_NONE)
        snprintf(out, TIMESTAMP_TEXT_SIZE, "-");
    else
        timestamp_format(distrust_after, out);
}

static int write_text(const struct fingerprinted *list, size_t count, char **argv,
                      struct error *err)
{
    printf("# Mozilla's root certificates for TLS servers, made by scripts/update-store: do not "
           "edit.\n"
           "# The certificates are Mozilla's, under the Mozilla Public License 2.0.\n"
           "# version: %s\n# source: %s\n# date: %s\n# roots: %zu\n",
           argv[0], argv[1], argv[2], count);
    for (size_t i = 0; i < count; i++) {
        char date[TIMESTAMP_TEXT_SIZE];
        format_distrust(list[i].root->distrust_after, date);
        printf("\n# label: ");
        text_put_line(stdout, list[i].root->label);
        printf("# sha256: %s\n", list[i].sha256);
        if (strcmp(date, "-") != 0)
            printf("# distrust-after: %s\n", date);
        if (PEM_write_X509(stdout, list[i].root->x509) != 1)
            return error_no_memory(err);
    }
    return 0;
}

static int write_list(const struct fingerprinted *list, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char date[TIMESTAMP_TEXT_SIZE];
        format_distrust(list[i].root->distrust_after, date);
        printf("%s %s ", list[i].sha256, date);
        text_put_line(stdout, list[i].root->label);
    }
    return 0;
}

/* One DER as the members of an array, and its length. */
static int write_der(const X509 *cert, size_t index, int *der_len, struct error *err)
{
    unsigned char *der = NULL;

    *der_len = i2d_X509(cert, &der);
    if (*der_len <= 0)
        return error_no_memory(err);
    printf("static const uint8_t der_%zu[] = {", index);
    for (int i = 0; i < *der_len; i++)
        printf("%s%u,", i % 24 == 0 ? "\n" : "", (unsigned)der[i]);
    printf("\n};\n");
    OPENSSL_free(der);
    return 0;
}

static void write_c_string(const char *name, const char *value)
{
    printf("const char %s[] = \"", name);
    for (; *value != '\0'; value++)
        printf(*value == '"' || *value == '\\' ? "\\%c" : "%c", *value);
    printf("\";\n");
}

static int write_c(const struct fingerprinted *list, size_t count, const struct roots *roots,
                   struct error *err)
{
    int *der_len = calloc(count, sizeof *der_len);
    int rv = -1;

    if (der_len == NULL)
        return error_no_memory(err);
    printf("/* store_data.c -- made by mkstore from data/mozilla: do not edit */\n#include "
           "\"x509/store_data.h\"\n\n");
    for (size_t i = 0; i < count; i++)
        if (write_der(list[i].root->x509, i, &der_len[i], err) != 0)
            goto done;
    printf("const struct store_entry store_data_entry[] = {\n");
    for (size_t i = 0; i < count; i++) {
        printf("{0x%08lx, %d, der_%zu, ", (unsigned long)list[i].subject_hash, der_len[i], i);
        if (list[i].root->distrust_after == TIMESTAMP_NONE)
            printf("INT64_MAX},\n");
        else
            printf("INT64_C(%lld)},\n", (long long)list[i].root->distrust_after);
    }
    printf("};\nconst size_t store_data_count = %zu;\n", count);
    write_c_string("store_data_name", roots->version);
    write_c_string("store_data_source", roots->source);
    printf("const int64_t store_data_date = INT64_C(%lld);\n", (long long)roots->date);
    rv = 0;
done:
    free(der_len);
    return rv;
}

static int fingerprint(const struct roots *roots, struct fingerprinted *list, struct error *err)
{
    for (size_t i = 0; i < roots->count; i++) {
        const X509_NAME *subject = X509_get_subject_name(roots->root[i].x509);
        list[i].root = &roots->root[i];
        list[i].subject_hash = (uint32_t)X509_NAME_hash_ex(subject, NULL, NULL, NULL);
        if (cert_sha256_text(roots->root[i].x509, list[i].sha256) != 0)
            return error_no_memory(err);
    }
    return 0;
}

static int run(int argc, char **argv, struct error *err)
{
    struct roots roots = {0};
    struct fingerprinted *list = NULL;
    const char *command = argc > 1 ? argv[1] : "";
    int rv = -1;

    if (argc != (strcmp(command, "text") == 0 ? 6 : 3))
        return error_set(err, ERROR_USAGE,
                         "usage: mkstore text NAME SOURCE DATE FILE | c FILE | list FILE");
    if (roots_read_file(argv[argc - 1], &roots, err) != 0)
        return -1;
    list = calloc(roots.count, sizeof *list);
    if (list == NULL) {
        error_no_memory(err);
        goto done;
    }
    if (fingerprint(&roots, list, err) != 0)
        goto done;
    qsort(list, roots.count, sizeof *list,
          strcmp(command, "c") == 0 ? compare_hash : compare_sha256);
    if (strcmp(command, "text") == 0)
        rv = write_text(list, roots.count, argv + 2, err);
    else if (strcmp(command, "c") == 0)
        rv = write_c(list, roots.count, &roots, err);
    else if (strcmp(command, "list") == 0)
        rv = write_list(list, roots.count);
    else
        error_set(err, ERROR_USAGE, "no command '%s'", command);
    if (rv == 0 && (fflush(stdout) != 0 || ferror(stdout)))
        rv = error_set(err, ERROR_WRITE, "cannot write to standard output");
done:
    free(list);
    root_list_free(&roots);
    return rv;
}

int main(int argc, char **argv)
{
    struct error err = {0};

    if (run(argc, argv, &err) == 0)
        return 0;
    fputs("mkstore: error: ", stderr);
    text_put_line(stderr, err.message);
    return 1;
}
