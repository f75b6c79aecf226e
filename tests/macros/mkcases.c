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
    {"plain", {NULL}, {NULL}},
    {"rsa-4096", {.key = "rsa4096/rsa-4096"}, {NULL}},

    /* A macro mends these. */
    {"sha1", {.key = "rsa2048/sha1", .hash = "SHA1"}, {NULL}},
    {"md5", {.key = "rsa2048/md5", .hash = "MD5"}, {NULL}},
    {"p521", {.key = "p521/p521"}, {NULL}},
    {"p521-int", {NULL}, {.key = "p521/p521-int"}},
    {"k256", {.key = "k256/k256"}, {NULL}},
    {"p224", {.key = "p224/p224"}, {NULL}},
    {"bp256", {.key = "bp256/bp256"}, {NULL}},
    {"pss", {.key = "rsa2048/pss", .flags = PKI_PSS}, {NULL}},
    {"pss-int", {.key = "rsa2048/pss-int"}, {.flags = PKI_PSS}},
    {"sha1-p521", {.key = "p521/sha1-p521", .hash = "SHA1"}, {NULL}},

    /* A macro is overridden by the stack's own configuration, a file of the user's is not. */
    {"rsa-8192", {.key = "rsa8192/rsa-8192"}, {NULL}},

    /* Nothing mends these. */
    {"rsa-1024", {.key = "rsa1024/rsa-1024"}, {NULL}},
    {"constraints", {.extension = "nameConstraints=critical,permitted;DNS:localhost"}, {NULL}},
    {"sha1-int", {.key = "rsa2048/sha1-int"}, {.hash = "SHA1"}},

    /* For the table of all targets. */
    {"md5-int", {.key = "rsa2048/md5-int"}, {.hash = "MD5"}},
    {"sha224", {.hash = "SHA224"}, {NULL}},
    {"sha224-int", {NULL}, {.hash = "SHA224"}},
    {"p192", {.key = "p192/p192"}, {NULL}},
    {"p192-int", {NULL}, {.key = "p192/p192-int"}},
    {"p224-int", {NULL}, {.key = "p224/p224-int"}},
    {"k256-int", {NULL}, {.key = "k256/k256-int"}},
    {"bp256-int", {NULL}, {.key = "bp256/bp256-int"}},
    {"bp512", {.key = "bp512/bp512"}, {NULL}},
    {"ed25519", {.key = "ed25519/ed25519"}, {NULL}},
    {"ed25519-int", {NULL}, {.key = "ed25519/ed25519-int"}},
    {"rsa-512", {.key = "rsa512/rsa-512"}, {NULL}},
    {"rsa-512-int", {NULL}, {.key = "rsa512/rsa-512-int"}},
    {"rsa-1024-int", {NULL}, {.key = "rsa1024/rsa-1024-int"}},
    {"rsa-2048-int", {NULL}, {.key = "rsa2048/rsa-2048-int"}},
    {"rsa-4096-int", {NULL}, {.key = "rsa4096/rsa-4096-int"}},
    {"rsa-8192-int", {NULL}, {.key = "rsa8192/rsa-8192"}},
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
