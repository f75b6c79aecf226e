/* mkpki.c -- mkpki FOLDER [COUNT]: writes the PKI of the command-line and end-to-end tests
 *
 * NAME.pem and NAME.key for every row; tests put chains together with cat. All keys are made anew.
 * With COUNT there are so many leaves more: h1 for h1.localhost, and so on, all with the key of
 * `leaf`.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pki.h"

#define HOST "DNS:localhost,IP:127.0.0.1,IP:::1"
#define PAST "20210101000000Z"
#define FUTURE "20300101000000Z"

/* A root whose subject tries to leave the place that it is printed in, and a leaf under it. */
#define HOSTILE(row, text)                                                                         \
    {.name = row, .subject = text, .subject_length = sizeof text - 1, .flags = PKI_CA | PKI_T61},  \
    {                                                                                              \
        .name = row "-leaf", .subject = "localhost", .issuer = row, .san = HOST                    \
    }

static const struct pki_row rows[] = {
    /* A plain hierarchy, judged at any time from 2020 to 2040. */
    {.name = "root", .subject = "Test Root", .flags = PKI_CA},
    {.name = "int", .subject = "Test Intermediate", .issuer = "root", .flags = PKI_CA},
    {.name = "int-bp512",
     .subject = "Test Intermediate",
     .key = "bp512/namesake",
     .issuer = "root",
     .until = PAST,
     .flags = PKI_CA},
    {.name = "leaf", .subject = "localhost", .issuer = "int", .san = HOST},
    /* The same intermediate under a root that is valid longer, on a curve that Mbed TLS 3.6 parses
     * but does not verify with. */
    {.name = "p224", .key = "p224/p224", .until = "20500101000000Z", .flags = PKI_CA},
    {.name = "int-by-p224",
     .subject = "Test Intermediate",
     .key = "p256/int",
     .issuer = "p224",
     .flags = PKI_CA},
    {.name = "bare", .subject = "localhost", .issuer = "root", .san = HOST},
    {.name = "client", .subject = "a client", .issuer = "int", .flags = PKI_CLIENT},

    /* Leaves that are not what the host needs. */
    {.name = "past", .subject = "localhost", .issuer = "int", .san = HOST, .until = PAST},
    {.name = "future", .subject = "localhost", .issuer = "int", .san = HOST, .since = FUTURE},
    {.name = "other", .subject = "localhost", .issuer = "int", .san = "DNS:other.example"},
    {.name = "six", .issuer = "int", .san = "DNS:a.x,DNS:b.x,DNS:c.x,DNS:d.x,DNS:e.x,DNS:f.x"},
    {.name = "nameless", .subject = "localhost", .issuer = "int"},
    {.name = "wild", .issuer = "int", .san = "DNS:*.example.com"},
    {.name = "wild-part", .issuer = "int", .san = "DNS:w*.example.com"},
    {.name = "wild-top", .issuer = "int", .san = "DNS:*.example"},
    {.name = "address-as-dns", .issuer = "int", .san = "DNS:192.0.2.1"},
    {.name = "kinds",
     .issuer = "int",
     .san = "IP:192.0.2.1,IP:2001:db8::1,email:a@b.example,URI:https://c.example/"},
    {.name = "eku", .subject = "localhost", .issuer = "int", .san = HOST, .flags = PKI_CLIENT},
    {.name = "escape", .issuer = "int", .san = "DNS:\x1b[31mred\x1b[0m"},
    {.name = "runner-name", .issuer = "int", .san = "DNS:x##[stop-commands]::y"},
    {.name = "nul-name", /* localhost NUL .evil */
     .issuer = "int",
     .extension = "subjectAltName=DER:3011820f6c6f63616c686f7374002e6576696c"},
    {.name = "self", .subject = "localhost", .san = HOST},
    {.name = "under-leaf", .subject = "localhost", .issuer = "bare", .san = HOST},

    /* Intermediates that are not what a path needs. */
    {.name = "int-past", .subject = "Old", .issuer = "root", .flags = PKI_CA, .until = PAST},
    {.name = "int-past-leaf", .subject = "localhost", .issuer = "int-past", .san = HOST},
    {.name = "int-future", .subject = "New", .issuer = "root", .flags = PKI_CA, .since = FUTURE},
    {.name = "int-future-leaf", .subject = "localhost", .issuer = "int-future", .san = HOST},
    {.name = "int-twin",
     .subject = "Test Intermediate",
     .key = "p256/int",
     .issuer = "root",
     .flags = PKI_CA,
     .until = PAST},
    {.name = "no-sign", .issuer = "root", .flags = PKI_CA | PKI_NO_SIGN},
    {.name = "no-sign-leaf", .subject = "localhost", .issuer = "no-sign", .san = HOST},
    {.name = "short", .issuer = "root", .flags = PKI_CA, .pathlen = 1},
    {.name = "short-below", .issuer = "short", .flags = PKI_CA},
    {.name = "short-leaf", .subject = "localhost", .issuer = "short-below", .san = HOST},
    {.name = "limited",
     .issuer = "root",
     .flags = PKI_CA,
     .extension = "nameConstraints=critical,permitted;DNS:localhost,permitted;IP:0.0.0.0/0.0.0.0"},
    {.name = "limited-leaf", .subject = "localhost", .issuer = "limited", .san = "DNS:localhost"},
    {.name = "limited-lax",
     .issuer = "root",
     .flags = PKI_CA,
     .extension = "nameConstraints=permitted;DNS:localhost,permitted;IP:0.0.0.0/0.0.0.0"},
    {.name = "limited-lax-leaf",
     .subject = "localhost",
     .issuer = "limited-lax",
     .san = "DNS:localhost"},
    {.name = "int-sha1", .issuer = "root", .flags = PKI_CA, .hash = "SHA1"},
    {.name = "int-sha1-leaf", .subject = "localhost", .issuer = "int-sha1", .san = HOST},
    {.name = "leaf-sha1", .subject = "localhost", .issuer = "int", .san = HOST, .hash = "SHA1"},
    {.name = "sgc",
     .subject = "localhost",
     .issuer = "root",
     .san = HOST,
     .flags = PKI_BARE,
     .extension = "extendedKeyUsage=nsSGC,msSGC"},
    {.name = "encipher",
     .subject = "localhost",
     .key = "rsa2048/encipher",
     .issuer = "root",
     .san = HOST,
     .extension = "keyUsage=critical,keyEncipherment"},

    /* Three editions of one intermediate. */
    {.name = "edition-short",
     .subject = "Edition",
     .key = "p256/edition",
     .issuer = "root",
     .flags = PKI_CA,
     .until = FUTURE},
    {.name = "edition-middle",
     .subject = "Edition",
     .key = "p256/edition",
     .issuer = "root",
     .flags = PKI_CA,
     .until = "20380101000000Z"},
    {.name = "edition-long",
     .subject = "Edition",
     .key = "p256/edition",
     .issuer = "root",
     .flags = PKI_CA},
    {.name = "edition-leaf",
     .subject = "localhost",
     .issuer = "edition-long",
     .san = HOST,
     .until = "20350101000000Z"},

    /* One CA certified by two roots, of which the one that is valid longer signs with SHA-1. */
    {.name = "other-root", .subject = "Longer Root", .flags = PKI_CA, .until = "20450101000000Z"},
    {.name = "int-two", .subject = "Two", .issuer = "root", .flags = PKI_CA},
    {.name = "int-two-sha1",
     .subject = "Two",
     .key = "p256/int-two",
     .issuer = "other-root",
     .hash = "SHA1",
     .flags = PKI_CA},
    {.name = "ed-root",
     .subject = "Ed25519 Root",
     .key = "ed25519/ed-root",
     .flags = PKI_CA,
     .until = "20450101000000Z"},
    {.name = "int-two-ed",
     .subject = "Two",
     .key = "p256/int-two",
     .issuer = "ed-root",
     .flags = PKI_CA},
    {.name = "int-two-leaf", .subject = "localhost", .issuer = "int-two", .san = HOST},

    /* A root's name that its intermediate writes with two blanks. */
    {.name = "wide-root-two", .subject = "Wide  Root", .key = "p256/wide-root", .flags = PKI_CA},
    {.name = "wide-root", .subject = "Wide Root", .key = "p256/wide-root", .flags = PKI_CA},
    {.name = "wide-int", .issuer = "wide-root-two", .flags = PKI_CA},
    {.name = "wide-leaf", .subject = "localhost", .issuer = "wide-int", .san = HOST},

    /* Roots: expired, about to be, twins, cross-signed, of one name, one key under two names. */
    {.name = "root-past", .subject = "Past Root", .flags = PKI_CA, .until = PAST},
    {.name = "root-past-leaf", .subject = "localhost", .issuer = "root-past", .san = HOST},
    {.name = "root-soon", .flags = PKI_CA, .until = "20260301000000Z"},
    {.name = "root-soon-leaf", .subject = "localhost", .issuer = "root-soon", .san = HOST},
    {.name = "root-twin",
     .subject = "Test Root",
     .key = "p256/root",
     .flags = PKI_CA,
     .until = PAST},
    {.name = "root-longer",
     .subject = "Test Root",
     .key = "p256/root",
     .flags = PKI_CA,
     .until = "20450101000000Z"},
    {.name = "root-fake", .subject = "Test Root", .flags = PKI_CA},
    {.name = "second", .subject = "Second Root", .flags = PKI_CA},
    {.name = "second-leaf", .subject = "localhost", .issuer = "second", .san = HOST},
    {.name = "second-other",
     .subject = "other.example",
     .issuer = "second",
     .san = "DNS:other.example"},
    {.name = "cross",
     .subject = "Test Root",
     .key = "p256/root",
     .issuer = "second",
     .flags = PKI_CA},
    {.name = "same-a", .subject = "One Name", .flags = PKI_CA},
    {.name = "same-b", .subject = "One Name", .flags = PKI_CA},
    {.name = "same-leaf", .subject = "localhost", .issuer = "same-b", .san = HOST},
    {.name = "name-1", .subject = "First Name", .key = "p256/shared", .flags = PKI_CA},
    {.name = "name-2", .subject = "Second Name", .key = "p256/shared", .flags = PKI_CA},
    {.name = "name-leaf", .subject = "localhost", .issuer = "name-1", .san = HOST},
    {.name = "loop-a", .subject = "Loop A", .flags = PKI_CA},
    {.name = "loop-b-by-a", .subject = "Loop B", .issuer = "loop-a", .flags = PKI_CA},
    {.name = "loop-a-by-b",
     .subject = "Loop A",
     .key = "p256/loop-a",
     .issuer = "loop-b-by-a",
     .flags = PKI_CA},
    {.name = "loop-leaf", .subject = "localhost", .issuer = "loop-a-by-b", .san = HOST},

    /* What a target may not take. */
    {.name = "v1", .flags = PKI_V1 | PKI_CA},
    {.name = "v1-leaf", .subject = "localhost", .issuer = "v1", .san = HOST},
    {.name = "sha1", .key = "rsa2048/sha1", .flags = PKI_CA, .hash = "SHA1"},
    {.name = "sha1-leaf", .subject = "localhost", .issuer = "sha1", .san = HOST},
    {.name = "sha1-twin",
     .subject = "sha1",
     .key = "rsa2048/sha1",
     .flags = PKI_CA,
     .until = "20390101000000Z"},
    {.name = "md5", .key = "rsa2048/sha1", .flags = PKI_CA, .hash = "MD5"},
    {.name = "md5-leaf", .subject = "localhost", .issuer = "md5", .san = HOST},
    {.name = "rsa", .subject = "RSA Root", .key = "rsa2048/rsa", .flags = PKI_CA},
    {.name = "rsa-leaf",
     .subject = "localhost",
     .key = "rsa2048/rsa-leaf",
     .issuer = "rsa",
     .san = HOST},
    {.name = "sha512", .flags = PKI_CA, .hash = "SHA512"},
    {.name = "sha512-leaf", .subject = "localhost", .issuer = "sha512", .san = HOST},
    {.name = "rsa1024", .key = "rsa1024/weak", .flags = PKI_CA},
    {.name = "rsa1024-leaf", .subject = "localhost", .issuer = "rsa1024", .san = HOST},
    {.name = "rsa8192", .key = "rsa8192/strong", .flags = PKI_CA},
    {.name = "rsa8192-leaf", .subject = "localhost", .issuer = "rsa8192", .san = HOST},
    {.name = "pss", .key = "rsa2048/pss", .flags = PKI_CA | PKI_PSS},
    {.name = "pss-leaf", .subject = "localhost", .issuer = "pss", .san = HOST},
    {.name = "p384", .key = "p384/p384", .flags = PKI_CA, .hash = "SHA384"},
    {.name = "p384-leaf", .subject = "localhost", .issuer = "p384", .san = HOST},
    {.name = "p521", .key = "p521/p521", .flags = PKI_CA, .hash = "SHA512"},
    {.name = "p521-leaf", .subject = "localhost", .issuer = "p521", .san = HOST},
    {.name = "k256", .key = "k256/k256", .flags = PKI_CA},
    {.name = "k256-leaf", .subject = "localhost", .issuer = "k256", .san = HOST},
    {.name = "bp256", .key = "bp256/bp256", .flags = PKI_CA},
    {.name = "bp256-leaf", .subject = "localhost", .issuer = "bp256", .san = HOST},
    {.name = "ed25519", .key = "ed25519/ed25519", .flags = PKI_CA},
    {.name = "ed25519-leaf", .subject = "localhost", .issuer = "ed25519", .san = HOST},

    /* Old servers, with RSA for TLS 1.0; and one whose certificate is as old. */
    {.name = "old", .key = "rsa2048/old", .issuer = "sha1", .san = HOST},
    {.name = "old-weak", .key = "rsa1024/old", .issuer = "sha1", .san = HOST, .hash = "SHA1"},

    /* Right to left, and beyond the first 65,536: UTF-8 that is none of the rows below. */
    {.name = "rtl", .subject = "\xe2\x80\xaegnp.exe \xf0\x9f\x92\xa9", .flags = PKI_CA},
    {.name = "rtl-leaf", .subject = "localhost", .issuer = "rtl", .san = HOST},
    HOSTILE("comment", "*/ int x; /* // */"),
    HOSTILE("newline", "one\ntwo\r\n#error three\n"),
    HOSTILE("backslash", "ends in \\"),
    HOSTILE("trigraph", "\?\?/ \?\?/\n \?\?' \?\?/"),
    HOSTILE("runner", "::set-output name=x::1 ##[add-mask]a ##vso[task.x]y"),
    HOSTILE("terminal", "\x1b[31mred\x1b[0m\x1b]0;title\a\b\b\x7f\x9b"),
    HOSTILE("nul", "one\0two*/"),
    HOSTILE("quote", "\"; #include \"/etc/passwd\" %s%n%n $(id) `id` 'x' <script>"),
    HOSTILE("broken-utf8", "\xff\xfe\xc0\xaf\xed\xa0\x80"),
    HOSTILE("pem", "-----BEGIN CERTIFICATE-----"),
    HOSTILE("empty", ""),
};

/* ---- families of rows, made by counting ---- */

#define NAME_SIZE 24

static void add_one(struct pki *pki, struct pki_row row)
{
    pki_add(pki, &row, 1);
}

/* deep-0 is a root, deep-N stands under deep-(N - 1), and below each is a leaf, deep-N-leaf. */
static void add_deep(struct pki *pki, int count)
{
    for (int i = 0; i < count; i++) {
        char name[NAME_SIZE], issuer[NAME_SIZE], leaf[NAME_SIZE + 8];
        snprintf(name, sizeof name, "deep-%d", i);
        snprintf(issuer, sizeof issuer, "deep-%d", i - 1);
        snprintf(leaf, sizeof leaf, "deep-%d-leaf", i);
        add_one(pki,
                (struct pki_row){.name = name, .issuer = i > 0 ? issuer : NULL, .flags = PKI_CA});
        add_one(pki, (struct pki_row){
                         .name = leaf, .subject = "localhost", .issuer = name, .san = HOST});
    }
}

/* crowd-N: as many different roots of one name; crowd-leaf stands under the last. They share two
 * keys, so that few signatures are right. */
static void add_crowd(struct pki *pki, int count)
{
    char name[NAME_SIZE];

    for (int i = 0; i < count; i++) {
        snprintf(name, sizeof name, "crowd-%d", i);
        add_one(pki, (struct pki_row){.name = name,
                                      .subject = "Crowd",
                                      .key = i + 1 < count ? "p256/crowd" : "p256/last",
                                      .flags = PKI_CA});
    }
    add_one(pki, (struct pki_row){
                     .name = "crowd-leaf", .subject = "localhost", .issuer = name, .san = HOST});
}

/* A leaf with so many names, of 25 bytes each, localhost the last. Without an issuer it signs
 * itself. */
static void add_names(struct pki *pki, const char *name, const char *issuer, int count)
{
    static const char last[] = "DNS:localhost";
    size_t size = (size_t)count * 32 + sizeof last;
    char *san = malloc(size);
    size_t used = 0;

    if (san == NULL)
        exit(99);
    for (int i = 1; i < count; i++)
        used += (size_t)snprintf(san + used, size - used, "DNS:name-%07d.example.org,", i);
    memcpy(san + used, last, sizeof last);
    add_one(pki, (struct pki_row){.name = name, .issuer = issuer, .san = san});
    free(san);
}

static void add_leaves(struct pki *pki, int count)
{
    for (int i = 1; i <= count; i++) {
        char name[20], san[40];
        snprintf(name, sizeof name, "h%d", i);
        snprintf(san, sizeof san, "DNS:%s.localhost", name);
        add_one(pki,
                (struct pki_row){.name = name, .key = "p256/leaf", .issuer = "int", .san = san});
    }
}

int main(int argc, char **argv)
{
    struct pki *pki;

    if (argc != 2 && argc != 3) {
        fprintf(stderr, "usage: mkpki FOLDER [COUNT]\n");
        return 1;
    }
    pki = pki_new(rows, sizeof rows / sizeof rows[0]);
    add_deep(pki, 26);
    pki_add_mesh(pki, 9, HOST);
    add_crowd(pki, 70);
    add_names(pki, "names", "int", 10000);
    add_names(pki, "megabyte", "int", 40000);
    add_names(pki, "names-self", NULL, 400);
    add_leaves(pki, argc == 3 ? atoi(argv[2]) : 0);
    pki_write(pki, argv[1]);
    pki_free(pki);
    return 0;
}
