/* main.c -- mkstore: trust store and tables of data/mozilla -> text, C tables, list
 *
 *   mkstore text NAME SOURCE DATE FILE
 *       a PEM bundle with labels, fingerprints and distrust-after dates
 *   mkstore c OWNERS LIFECYCLE PROFILES FILE
 *       the C source of the bundled store (src/caembed/x509/store_data.h)
 *   mkstore list FILE
 *       a line for each root: SHA-256, distrust-after or "-", label
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

#include "lifecycle.h"

struct fingerprinted {
    const struct root *root;
    uint32_t subject_hash;
    char sha256[SHA256_TEXT_SIZE];
};

/* The tables beside the roots. */
struct tables {
    struct table owners, lifecycle, profiles;
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

/* Printable ASCII as it is, all else as a question mark; none of these begins a trigraph. */
static void write_quoted(const char *value)
{
    putchar('"');
    for (; *value != '\0'; value++) {
        const bool is_printable = *value >= ' ' && *value < 0x7f;
        const char shown = (char)(is_printable ? *value : '?');
        printf(strchr("\"\\?", shown) != NULL ? "\\%c" : "%c", shown);
    }
    putchar('"');
}

static void write_c_string(const char *name, const char *value)
{
    printf("const char %s[] = ", name);
    write_quoted(value);
    printf(";\n");
}

static void write_time(int64_t at)
{
    if (at == TIMESTAMP_NONE)
        printf("INT64_MAX");
    else
        printf("INT64_C(%lld)", (long long)at);
}

static int write_entry(const struct fingerprinted *root, size_t index, int der_len,
                       const struct tables *tables, struct error *err)
{
    const char *owner = table_find_owner(&tables->owners, root->sha256);
    int64_t retires;

    if (table_find_retirement(&tables->lifecycle, root->sha256, cert_not_before(root->root->x509),
                              &retires, err) != 0)
        return -1;
    printf("{0x%08lx, %d, der_%zu, ", (unsigned long)root->subject_hash, der_len, index);
    write_time(root->root->distrust_after);
    printf(", ");
    write_time(retires);
    printf(", ");
    write_quoted(owner != NULL ? owner : "");
    printf("},\n");
    return 0;
}

/* A root of a profile that the store no longer has is left out. */
static void write_profiles(const struct fingerprinted *list, size_t count,
                           const struct table *profiles)
{
    size_t written = 0;

    printf("const struct store_profile store_data_profile[] = {\n");
    for (size_t i = 0; i < profiles->count; i++)
        for (size_t k = 0; profiles->row[i][2] != NULL && k < count; k++) {
            if (strcmp(profiles->row[i][1], list[k].sha256) != 0)
                continue;
            printf("{");
            write_quoted(profiles->row[i][0]);
            printf(", ");
            write_quoted(profiles->row[i][2]);
            printf(", %zu},\n", k);
            written++;
        }
    printf("};\nconst size_t store_data_profile_count = %zu;\n", written);
}

static int write_c(const struct fingerprinted *list, size_t count, const struct roots *roots,
                   const struct tables *tables, struct error *err)
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
    for (size_t i = 0; i < count; i++)
        if (write_entry(&list[i], i, der_len[i], tables, err) != 0)
            goto done;
    printf("};\nconst size_t store_data_count = %zu;\n", count);
    write_profiles(list, count, &tables->profiles);
    write_c_string("store_data_name", roots->version);
    write_c_string("store_data_source", roots->source);
    printf("const int64_t store_data_date = ");
    write_time(roots->date);
    printf(";\n");
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

static int read_tables(char **path, struct tables *tables, struct error *err)
{
    if (table_read(path[0], &tables->owners, err) != 0 ||
        table_read(path[1], &tables->lifecycle, err) != 0)
        return -1;
    return table_read(path[2], &tables->profiles, err);
}

static int write_tables(struct fingerprinted *list, const struct roots *roots, char **argv,
                        struct error *err)
{
    struct tables tables = {{.text = NULL}, {.text = NULL}, {.text = NULL}};
    int rv = read_tables(argv, &tables, err);

    if (rv == 0)
        rv = write_c(list, roots->count, roots, &tables, err);
    table_free(&tables.owners);
    table_free(&tables.lifecycle);
    table_free(&tables.profiles);
    return rv;
}

/* The arguments of a command lie between its name and the trust store. */
static int run_command(const char *command, char **argv, const struct roots *roots,
                       struct error *err)
{
    struct fingerprinted *list = calloc(roots->count, sizeof *list);
    int rv = -1;

    if (list == NULL)
        return error_no_memory(err);
    if (fingerprint(roots, list, err) == 0) {
        qsort(list, roots->count, sizeof *list, command[0] == 'c' ? compare_hash : compare_sha256);
        rv = command[0] == 'c'   ? write_tables(list, roots, argv, err)
             : command[0] == 't' ? write_text(list, roots->count, argv, err)
                                 : write_list(list, roots->count);
    }
    free(list);
    return rv;
}

static int run(int argc, char **argv, struct error *err)
{
    static const struct {
        const char *name;
        int argc;
    } commands[] = {{"text", 6}, {"c", 6}, {"list", 3}};
    struct roots roots = {0};
    int rv = -1;

    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        if (argc != commands[i].argc || strcmp(argv[1], commands[i].name) != 0)
            continue;
        if (roots_read_file(argv[argc - 1], &roots, err) != 0)
            return -1;
        rv = run_command(argv[1], argv + 2, &roots, err);
        root_list_free(&roots);
        if (rv == 0 && (fflush(stdout) != 0 || ferror(stdout)))
            rv = error_set(err, ERROR_WRITE, "cannot write to standard output");
        return rv;
    }
    return error_set(
        err, ERROR_USAGE,
        "usage: mkstore text NAME SOURCE DATE FILE | c OWNERS LIFECYCLE PROFILES FILE | "
        "list FILE");
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
