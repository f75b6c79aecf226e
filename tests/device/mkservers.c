/* mkservers.c -- mkservers FOLDER: writes the certificates of tests/device/device.sh
 *
 * A hierarchy NAME is the root NAME-root, the intermediate NAME-int and the leaf NAME-leaf.
 */
#include <stdio.h>

#include "pki.h"

#define HOSTS "DNS:localhost,DNS:one.localhost,DNS:two.localhost"
#define PAST "20250101000000Z"

static const struct pki_row rows[] = {
    {.name = "rsa2048-root", .key = "rsa2048/rsa2048-root", .flags = PKI_CA},
    {.name = "rsa2048-int",
     .key = "rsa2048/rsa2048-int",
     .issuer = "rsa2048-root",
     .flags = PKI_CA},
    {.name = "rsa2048-leaf", .key = "rsa2048/rsa2048-leaf", .issuer = "rsa2048-int", .san = HOSTS},

    {.name = "rsa4096-root", .key = "rsa4096/rsa4096-root", .flags = PKI_CA},
    {.name = "rsa4096-int",
     .key = "rsa2048/rsa4096-int",
     .issuer = "rsa4096-root",
     .flags = PKI_CA},
    {.name = "rsa4096-leaf", .issuer = "rsa4096-int", .san = HOSTS},

    {.name = "p256-root", .flags = PKI_CA},
    {.name = "p256-int", .issuer = "p256-root", .flags = PKI_CA},
    {.name = "p256-leaf", .issuer = "p256-int", .san = HOSTS},
    {.name = "past-leaf", .issuer = "p256-int", .san = HOSTS, .until = PAST},

    {.name = "p384-root", .key = "p384/p384-root", .hash = "SHA384", .flags = PKI_CA},
    {.name = "p384-int",
     .key = "p384/p384-int",
     .issuer = "p384-root",
     .hash = "SHA384",
     .flags = PKI_CA},
    {.name = "p384-leaf",
     .key = "p384/p384-leaf",
     .issuer = "p384-int",
     .hash = "SHA384",
     .san = HOSTS},

    {.name = "sha1-root", .key = "rsa2048/sha1-root", .hash = "SHA1", .flags = PKI_CA},
    {.name = "sha1-int", .issuer = "sha1-root", .flags = PKI_CA},
    {.name = "sha1-leaf", .issuer = "sha1-int", .san = HOSTS},

    {.name = "p521-root", .key = "p521/p521-root", .hash = "SHA512", .flags = PKI_CA},
    {.name = "p521-int", .issuer = "p521-root", .hash = "SHA512", .flags = PKI_CA},
    {.name = "p521-leaf", .issuer = "p521-int", .san = HOSTS},

    /* cross-int is issued by a young root that an old one has cross-signed. */
    {.name = "old-root", .key = "rsa2048/old-root", .flags = PKI_CA},
    {.name = "cross-root", .subject = "Young Root", .key = "p384/young", .flags = PKI_CA},
    {.name = "cross-cross",
     .subject = "Young Root",
     .key = "p384/young",
     .issuer = "old-root",
     .flags = PKI_CA},
    {.name = "cross-int", .issuer = "cross-root", .flags = PKI_CA},
    {.name = "cross-leaf", .issuer = "cross-int", .san = HOSTS},

    /* Two intermediates, for a server that sends them the wrong way round. */
    {.name = "order-root", .flags = PKI_CA},
    {.name = "order-upper", .issuer = "order-root", .flags = PKI_CA},
    {.name = "order-int", .issuer = "order-upper", .flags = PKI_CA},
    {.name = "order-leaf", .issuer = "order-int", .san = HOSTS},

    /* The names of p256, other keys. */
    {.name = "fake-root", .subject = "p256-root", .flags = PKI_CA},
    {.name = "fake-int", .subject = "p256-int", .issuer = "fake-root", .flags = PKI_CA},
    {.name = "fake-leaf", .subject = "p256-leaf", .issuer = "fake-int", .san = HOSTS},
};

int main(int argc, char **argv)
{
    struct pki *pki;

    if (argc != 2) {
        fprintf(stderr, "usage: mkservers FOLDER\n");
        return 1;
    }
    pki = pki_new(rows, sizeof rows / sizeof rows[0]);
    pki_write(pki, argv[1]);
    pki_free(pki);
    return 0;
}
