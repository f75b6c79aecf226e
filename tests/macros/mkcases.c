/* mkcases.c -- mkcases FOLDER: writes the certificates of tests/e2e/macros.sh and targets.sh
 *
 * A case NAME is the root NAME-root, the intermediate NAME-int and the leaf NAME-leaf; what a
 * device without extra configuration stumbles over is in its row.
 */
#include <stdio.h>

#include "pki.h"

/* NULL and 0 are pki.h's defaults: P-256, SHA-256. */
static const struct test_case {
    const char *name;
    struct pki_row root;
    struct pki_row intermediate;
} cases[] = {
    {"plain", {.key = NULL}, {.key = NULL}},
    {"rsa-4096", {.key = "rsa4096/rsa-4096"}, {.key = NULL}},

    /* A macro mends these. */
    {"sha1", {.key = "rsa2048/sha1", .hash = "SHA1"}, {.key = NULL}},
    {"md5", {.key = "rsa2048/md5", .hash = "MD5"}, {.key = NULL}},
    {"p521", {.key = "p521/p521"}, {.key = NULL}},
    {"p521-int", {.key = NULL}, {.key = "p521/p521-int"}},
    {"k256", {.key = "k256/k256"}, {.key = NULL}},
    {"p224", {.key = "p224/p224"}, {.key = NULL}},
    {"bp256", {.key = "bp256/bp256"}, {.key = NULL}},
    {"pss", {.key = "rsa2048/pss", .flags = PKI_PSS}, {.key = NULL}},
    {"pss-int", {.key = "rsa2048/pss-int"}, {.flags = PKI_PSS}},
    {"sha1-p521", {.key = "p521/sha1-p521", .hash = "SHA1"}, {.key = NULL}},

    /* A macro is overridden by the stack's own configuration, a file of the user's is not. */
    {"rsa-8192", {.key = "rsa8192/rsa-8192"}, {.key = NULL}},

    /* Nothing mends these. */
    {"rsa-1024", {.key = "rsa1024/rsa-1024"}, {.key = NULL}},
    {"constraints",
     {.extension = "nameConstraints=critical,permitted;DNS:localhost"},
     {.key = NULL}},
    {"sha1-int", {.key = "rsa2048/sha1-int"}, {.hash = "SHA1"}},

    /* For the table of all targets. */
    {"md5-int", {.key = "rsa2048/md5-int"}, {.hash = "MD5"}},
    {"sha224", {.hash = "SHA224"}, {.key = NULL}},
    {"sha224-int", {.key = NULL}, {.hash = "SHA224"}},
    {"p192", {.key = "p192/p192"}, {.key = NULL}},
    {"p192-int", {.key = NULL}, {.key = "p192/p192-int"}},
    {"p224-int", {.key = NULL}, {.key = "p224/p224-int"}},
    {"k256-int", {.key = NULL}, {.key = "k256/k256-int"}},
    {"bp256-int", {.key = NULL}, {.key = "bp256/bp256-int"}},
    {"bp512", {.key = "bp512/bp512"}, {.key = NULL}},
    {"ed25519", {.key = "ed25519/ed25519"}, {.key = NULL}},
    {"ed25519-int", {.key = NULL}, {.key = "ed25519/ed25519-int"}},
    {"rsa-512", {.key = "rsa512/rsa-512"}, {.key = NULL}},
    {"rsa-512-int", {.key = NULL}, {.key = "rsa512/rsa-512-int"}},
    {"rsa-1024-int", {.key = NULL}, {.key = "rsa1024/rsa-1024-int"}},
    {"rsa-2048-int", {.key = NULL}, {.key = "rsa2048/rsa-2048-int"}},
    {"rsa-4096-int", {.key = NULL}, {.key = "rsa4096/rsa-4096-int"}},
    {"rsa-8192-int", {.key = NULL}, {.key = "rsa8192/rsa-8192"}},
};

enum { CASE_COUNT = sizeof cases / sizeof cases[0] };

struct table {
    struct pki_row row[3 * CASE_COUNT];
    char name[3 * CASE_COUNT][40];
};

static void add_case(struct table *table, size_t at, const struct test_case *test)
{
    static const struct pki_row leaf = {.san = "DNS:localhost"};
    static const char *const suffix[] = {"root", "int", "leaf"};
    const struct pki_row *const part[] = {&test->root, &test->intermediate, &leaf};

    for (size_t i = 0; i < 3; i++) {
        struct pki_row *row = &table->row[at + i];
        snprintf(table->name[at + i], sizeof table->name[0], "%s-%s", test->name, suffix[i]);
        *row = *part[i];
        row->name = table->name[at + i];
        row->issuer = i > 0 ? table->name[at + i - 1] : NULL;
        row->flags |= i < 2 ? PKI_CA : 0;
    }
}

int main(int argc, char **argv)
{
    static struct table table;
    struct pki *pki;

    if (argc != 2) {
        fprintf(stderr, "usage: mkcases FOLDER\n");
        return 1;
    }
    for (size_t i = 0; i < CASE_COUNT; i++)
        add_case(&table, 3 * i, &cases[i]);
    pki = pki_new(table.row, 3 * CASE_COUNT);
    pki_write(pki, argv[1]);
    pki_free(pki);
    return 0;
}
