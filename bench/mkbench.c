/* mkbench.c -- mkbench FOLDER KIND [N]: certificates for the figures, NAME.pem and NAME.key in
 * FOLDER, on tests/pki
 *
 * kinds      leaf, intermediate and root of three kinds: p256-leaf, rsa-leaf, p384-leaf, and so on
 * roots N    N roots r1..., each with a leaf d1... for d1.localhost
 * line N     a straight chain: line-0 is the root, line-N the leaf
 * mesh N     pki_add_mesh(), and each CA as a root: mesh-0, mesh-1, ...
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../tests/pki/pki.h"

#define HOST "DNS:localhost"
#define NAME_SIZE 40

static void add(struct pki *pki, struct pki_row row)
{
    pki_add(pki, &row, 1);
}

static void add_kind(struct pki *pki, const char *kind, const char *type)
{
    char root[NAME_SIZE], middle[NAME_SIZE], leaf[NAME_SIZE];
    char root_key[NAME_SIZE], middle_key[NAME_SIZE], leaf_key[NAME_SIZE];
    const char *hash = strcmp(kind, "p384") == 0 ? "SHA384" : "SHA256";

    snprintf(root, sizeof root, "%s-root", kind);
    snprintf(middle, sizeof middle, "%s-int", kind);
    snprintf(leaf, sizeof leaf, "%s-leaf", kind);
    snprintf(root_key, sizeof root_key, "%s/%s-root", type, kind);
    snprintf(middle_key, sizeof middle_key, "%s/%s-int", type, kind);
    snprintf(leaf_key, sizeof leaf_key, "%s/%s-leaf", type, kind);
    add(pki, (struct pki_row){.name = root, .key = root_key, .hash = hash, .flags = PKI_CA});
    add(pki, (struct pki_row){
                 .name = middle, .key = middle_key, .issuer = root, .hash = hash, .flags = PKI_CA});
    add(pki, (struct pki_row){
                 .name = leaf, .key = leaf_key, .issuer = middle, .hash = hash, .san = HOST});
}

static void add_kinds(struct pki *pki, int count)
{
    (void)count;
    add_kind(pki, "p256", "p256");
    add_kind(pki, "rsa", "rsa2048");
    add_kind(pki, "p384", "p384");
}

static void add_roots(struct pki *pki, int count)
{
    char root[NAME_SIZE], leaf[NAME_SIZE], san[NAME_SIZE];

    for (int i = 1; i <= count; i++) {
        snprintf(root, sizeof root, "r%d", i);
        snprintf(leaf, sizeof leaf, "d%d", i);
        snprintf(san, sizeof san, "DNS:d%d.localhost", i);
        add(pki, (struct pki_row){.name = root, .flags = PKI_CA});
        add(pki, (struct pki_row){.name = leaf, .key = "p256/leaf", .issuer = root, .san = san});
    }
}

static void add_line(struct pki *pki, int count)
{
    char name[NAME_SIZE], issuer[NAME_SIZE];

    add(pki, (struct pki_row){.name = "line-0", .flags = PKI_CA});
    for (int i = 1; i <= count; i++) {
        snprintf(name, sizeof name, "line-%d", i);
        snprintf(issuer, sizeof issuer, "line-%d", i - 1);
        add(pki, i < count ? (struct pki_row){.name = name, .issuer = issuer, .flags = PKI_CA}
                           : (struct pki_row){.name = name, .issuer = issuer, .san = HOST});
    }
}

static void add_mesh(struct pki *pki, int count)
{
    pki_add_mesh(pki, count, HOST);
}

static const struct kind {
    const char *name;
    void (*add)(struct pki *pki, int count);
} kinds[] = {{"kinds", add_kinds}, {"roots", add_roots}, {"line", add_line}, {"mesh", add_mesh}};

int main(int argc, char **argv)
{
    for (size_t i = 0; argc >= 3 && i < sizeof kinds / sizeof kinds[0]; i++)
        if (strcmp(argv[2], kinds[i].name) == 0) {
            struct pki *pki = pki_new(NULL, 0);

            kinds[i].add(pki, argc > 3 ? atoi(argv[3]) : 0);
            pki_write(pki, argv[1]);
            pki_free(pki);
            return 0;
        }
    fprintf(stderr, "usage: mkbench FOLDER kinds|roots|line|mesh [N]\n");
    return 1;
}
