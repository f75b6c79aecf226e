/* mkrecording.c -- a kind of survey and a number of hosts -> a recording as --record writes it
 *
 * usage: mkrecording survey|hard COUNT ROOTS.pem RECORDING.ndjson
 *
 * Each host has a name and a leaf of its own. "survey" is like the servers of the Web: a dozen
 * roots, three dozen intermediates with RSA and EC keys, a few of which serve most hosts, and some
 * presented with a cross-certificate of their root. In "hard" every host may be served by either of
 * two of 120 roots, in 600 combinations, so that the fewest roots for all are hard to find. */
#include <openssl/x509v3.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "device/target.h"
#include "net/recording.h"
#include "pki.h"

#define AT INT64_C(1767225600) /* 2026-01-01T00:00:00Z */
#define NAME_SIZE 32
#define SURVEY_ROOTS 12
#define SURVEY_INTERMEDIATES 36
#define HARD_ROOTS 120
#define HARD_CROSSED 600

/* What a host presents after its leaf. */
struct chain {
    char issuer[NAME_SIZE]; /* of the leaf */
    char cross[NAME_SIZE];  /* a cross-certificate of the root above, or "" */
};

struct survey {
    struct pki *pki;
    struct chain *chain;
    size_t chain_count;
    size_t root_count;
    bool is_even; /* all chains are as frequent */
};

static unsigned next_random(unsigned *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

static void fail(const char *what)
{
    fprintf(stderr, "mkrecording: %s\n", what);
    exit(1);
}

static void add(struct survey *survey, const char *name, const char *subject, const char *key,
                const char *issuer)
{
    const struct pki_row row = {
        .name = name, .subject = subject, .key = key, .issuer = issuer, .flags = PKI_CA};

    pki_add(survey->pki, &row, 1);
}

static void add_root(struct survey *survey, size_t i)
{
    char name[NAME_SIZE], subject[NAME_SIZE], key[NAME_SIZE];

    snprintf(name, sizeof name, "root%zu", i);
    snprintf(subject, sizeof subject, "Root %zu", i);
    snprintf(key, sizeof key, "%s/root%zu", i % 2 == 0 ? "p256" : "rsa2048", i);
    if (i > 0) {
        add(survey, name, subject, key, NULL);
        return;
    }
    survey->pki = pki_new(
        &(const struct pki_row){.name = name, .subject = subject, .key = key, .flags = PKI_CA}, 1);
}

static void add_intermediate(struct survey *survey, size_t i, size_t root)
{
    char name[NAME_SIZE], key[NAME_SIZE], issuer[NAME_SIZE];

    snprintf(name, sizeof name, "int%zu", i);
    snprintf(key, sizeof key, "%s/int%zu", i % 3 == 0 ? "p256" : "rsa2048", i);
    snprintf(issuer, sizeof issuer, "root%zu", root);
    add(survey, name, name, key, issuer);
}

/* The certificate of one root by another. */
static void add_cross(struct survey *survey, size_t root, size_t by, char out[NAME_SIZE])
{
    char subject[NAME_SIZE], key[NAME_SIZE], issuer[NAME_SIZE];

    snprintf(out, NAME_SIZE, "cross%zu-%zu", root, by);
    snprintf(subject, sizeof subject, "Root %zu", root);
    snprintf(key, sizeof key, "%s/root%zu", root % 2 == 0 ? "p256" : "rsa2048", root);
    snprintf(issuer, sizeof issuer, "root%zu", by);
    add(survey, out, subject, key, issuer);
}

static void make_survey(struct survey *survey)
{
    survey->root_count = SURVEY_ROOTS;
    for (size_t i = 0; i < SURVEY_ROOTS; i++)
        add_root(survey, i);
    for (size_t i = 0; i < SURVEY_INTERMEDIATES; i++) {
        struct chain *chain = &survey->chain[survey->chain_count++];
        add_intermediate(survey, i, i % SURVEY_ROOTS);
        snprintf(chain->issuer, sizeof chain->issuer, "int%zu", i);
        if (i % 4 == 0 && i < SURVEY_ROOTS)
            add_cross(survey, i % SURVEY_ROOTS, (i + 5) % SURVEY_ROOTS, chain->cross);
    }
}

static void make_hard(struct survey *survey)
{
    unsigned state = 1;
    bool is_crossed[HARD_ROOTS][HARD_ROOTS] = {{false}};

    survey->root_count = HARD_ROOTS;
    survey->is_even = true;
    for (size_t i = 0; i < HARD_ROOTS; i++)
        add_root(survey, i);
    for (size_t i = 0; i < HARD_ROOTS; i++)
        add_intermediate(survey, i, i);
    while (survey->chain_count < HARD_CROSSED) {
        struct chain *chain = &survey->chain[survey->chain_count];
        size_t root = next_random(&state) % HARD_ROOTS, by = next_random(&state) % HARD_ROOTS;
        if (root == by || is_crossed[root][by])
            continue;
        is_crossed[root][by] = true;
        snprintf(chain->issuer, sizeof chain->issuer, "int%zu", root);
        add_cross(survey, root, by, chain->cross);
        survey->chain_count++;
    }
}

/* A leaf for this name, with the key that all of them share. */
static X509 *make_leaf(const struct survey *survey, const struct chain *chain, const char *name,
                       size_t serial, EVP_PKEY *key)
{
    X509 *leaf = X509_new(), *issuer = pki_cert(survey->pki, chain->issuer);
    X509_EXTENSION *extension;
    X509_NAME *subject = X509_NAME_new();
    char san[NAME_SIZE + 8];

    if (leaf == NULL || subject == NULL)
        fail("out of memory");
    snprintf(san, sizeof san, "DNS:%s", name);
    X509_set_version(leaf, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(leaf), (long)serial + 1);
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, (const unsigned char *)name, -1, -1, 0);
    X509_set_subject_name(leaf, subject);
    X509_NAME_free(subject);
    X509_set_issuer_name(leaf, X509_get_subject_name(issuer));
    X509_set1_notBefore(leaf, X509_get0_notBefore(issuer));
    X509_set1_notAfter(leaf, X509_get0_notAfter(issuer));
    X509_set_pubkey(leaf, key);
    extension = X509V3_EXT_conf_nid(NULL, NULL, NID_subject_alt_name, san);
    if (extension == NULL || X509_add_ext(leaf, extension, -1) != 1 ||
        X509_sign(leaf, pki_key(survey->pki, chain->issuer), EVP_sha256()) <= 0)
        fail("cannot make a leaf");
    X509_EXTENSION_free(extension);
    return leaf;
}

static void push(STACK_OF(X509) * out, X509 *cert)
{
    if (sk_X509_push(out, cert) <= 0)
        fail("out of memory");
}

static void write_host(const struct survey *survey, const struct chain *chain, size_t index,
                       EVP_PKEY *key, FILE *file)
{
    struct recorded recorded = {.time = AT, .presented = {.chain = sk_X509_new_null()}};
    struct endpoint endpoint;
    struct error err = {.code = ERROR_NONE};
    struct text line = {0};
    char name[NAME_SIZE];
    X509 *leaf;

    snprintf(name, sizeof name, "h%zu.example.org", index);
    leaf = make_leaf(survey, chain, name, index, key);
    push(recorded.presented.chain, leaf);
    push(recorded.presented.chain, pki_cert(survey->pki, chain->issuer));
    if (chain->cross[0] != '\0')
        push(recorded.presented.chain, pki_cert(survey->pki, chain->cross));
    if (endpoint_parse(name, NULL, &endpoint, &err) != 0 ||
        recording_add_line(&endpoint, target_find("mbed-os")->offer, &recorded, &line, &err) != 0 ||
        fwrite(line.data, 1, line.length, file) != line.length)
        fail("cannot write a line");
    text_free(&line);
    sk_X509_free(recorded.presented.chain);
    X509_free(leaf);
}

static void write_roots(const struct survey *survey, const char *path)
{
    FILE *file = fopen(path, "w");

    for (size_t i = 0; file != NULL && i < survey->root_count; i++) {
        char name[NAME_SIZE];
        char *pem;
        snprintf(name, sizeof name, "root%zu", i);
        pem = pki_chain_pem(survey->pki, name);
        fputs(pem, file);
        free(pem);
    }
    if (file == NULL || fclose(file) != 0)
        fail("cannot write the roots");
}

int main(int argc, char **argv)
{
    struct survey survey = {.chain = calloc(HARD_CROSSED, sizeof *survey.chain)};
    EVP_PKEY *key = EVP_EC_gen("P-256");
    unsigned state = 2;
    size_t count;
    FILE *file;

    if (argc != 5 || survey.chain == NULL || key == NULL)
        fail("usage: mkrecording survey|hard COUNT ROOTS.pem RECORDING.ndjson");
    (strcmp(argv[1], "hard") == 0 ? make_hard : make_survey)(&survey);
    write_roots(&survey, argv[3]);
    count = strtoul(argv[2], NULL, 10);
    file = fopen(argv[4], "w");
    for (size_t i = 0; file != NULL && i < count; i++) {
        double place = (double)(next_random(&state) % 65536) / 65536;
        if (!survey.is_even)
            place *= place;
        write_host(&survey, &survey.chain[(size_t)(place * (double)survey.chain_count)], i, key,
                   file);
    }
    if (file == NULL || fclose(file) != 0)
        fail("cannot write the recording");
    EVP_PKEY_free(key);
    free(survey.chain);
    pki_free(survey.pki);
    return 0;
}
