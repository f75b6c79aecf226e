/* mbed_pki.c -- a description of a certificate -> its PEM and its key's */
#include "mbed_pki.h"

#include <mbedtls/oid.h>
#include <mbedtls/version.h>
#include <mbedtls/x509_crt.h>
#if MBEDTLS_VERSION_NUMBER >= 0x04000000
#include <psa/crypto.h>
#else
#include <mbedtls/ctr_drbg.h>
#include <mbedtls/ecp.h>
#include <mbedtls/entropy.h>
#include <mbedtls/rsa.h>
#endif

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void must(int ret, const char *what)
{
    if (ret == 0)
        return;
    (void)fprintf(stderr, "mbed_pki: %s: -0x%04x\n", what, (unsigned)-ret);
    abort();
}

#if MBEDTLS_VERSION_NUMBER >= 0x04000000

struct maker {
    int unused;
};

static void start(struct maker *maker)
{
    (void)maker;
    must((int)psa_crypto_init(), "psa_crypto_init");
}

static void stop(struct maker *maker)
{
    (void)maker;
}

static void make_key(struct maker *maker, mbedtls_pk_context *key, bool rsa)
{
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
    psa_key_id_t id;

    (void)maker;
    psa_set_key_usage_flags(&attributes, PSA_KEY_USAGE_EXPORT | PSA_KEY_USAGE_SIGN_HASH);
    psa_set_key_algorithm(&attributes, rsa ? PSA_ALG_RSA_PKCS1V15_SIGN(PSA_ALG_SHA_256)
                                           : PSA_ALG_ECDSA(PSA_ALG_SHA_256));
    psa_set_key_type(&attributes, rsa ? PSA_KEY_TYPE_RSA_KEY_PAIR
                                      : PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1));
    psa_set_key_bits(&attributes, rsa ? 2048 : 256);
    must((int)psa_generate_key(&attributes, &id), "generate_key");
    must(mbedtls_pk_copy_from_psa(id, key), "copy_from_psa");
    must((int)psa_destroy_key(id), "destroy_key");
}

static void parse_key(struct maker *maker, mbedtls_pk_context *key, const char *pem)
{
    (void)maker;
    mbedtls_pk_init(key);
    must(mbedtls_pk_parse_key(key, (const unsigned char *)pem, strlen(pem) + 1, NULL, 0),
         "parse_key");
}

static int write_pem(struct maker *maker, mbedtls_x509write_cert *writer, char *pem, size_t size)
{
    (void)maker;
    return mbedtls_x509write_crt_pem(writer, (unsigned char *)pem, size);
}

#else

struct maker {
    mbedtls_entropy_context entropy;
    mbedtls_ctr_drbg_context rng;
};

static void start(struct maker *maker)
{
    mbedtls_entropy_init(&maker->entropy);
    mbedtls_ctr_drbg_init(&maker->rng);
    must(mbedtls_ctr_drbg_seed(&maker->rng, mbedtls_entropy_func, &maker->entropy, NULL, 0),
         "seed");
}

static void stop(struct maker *maker)
{
    mbedtls_ctr_drbg_free(&maker->rng);
    mbedtls_entropy_free(&maker->entropy);
}

static void make_key(struct maker *maker, mbedtls_pk_context *key, bool rsa)
{
    const mbedtls_pk_type_t type = rsa ? MBEDTLS_PK_RSA : MBEDTLS_PK_ECKEY;

    must(mbedtls_pk_setup(key, mbedtls_pk_info_from_type(type)), "pk_setup");
    if (rsa)
        must(mbedtls_rsa_gen_key(mbedtls_pk_rsa(*key), mbedtls_ctr_drbg_random, &maker->rng, 2048,
                                 65537),
             "rsa_gen_key");
    else
        must(mbedtls_ecp_gen_key(MBEDTLS_ECP_DP_SECP256R1, mbedtls_pk_ec(*key),
                                 mbedtls_ctr_drbg_random, &maker->rng),
             "ecp_gen_key");
}

#if MBEDTLS_VERSION_NUMBER >= 0x03000000
static int parse_key_pem(struct maker *maker, mbedtls_pk_context *key, const char *pem)
{
    return mbedtls_pk_parse_key(key, (const unsigned char *)pem, strlen(pem) + 1, NULL, 0,
                                mbedtls_ctr_drbg_random, &maker->rng);
}
#else
static int parse_key_pem(struct maker *maker, mbedtls_pk_context *key, const char *pem)
{
    (void)maker;
    return mbedtls_pk_parse_key(key, (const unsigned char *)pem, strlen(pem) + 1, NULL, 0);
}
#endif

static void parse_key(struct maker *maker, mbedtls_pk_context *key, const char *pem)
{
    mbedtls_pk_init(key);
    must(parse_key_pem(maker, key, pem), "parse_key");
}

static int write_pem(struct maker *maker, mbedtls_x509write_cert *writer, char *pem, size_t size)
{
    return mbedtls_x509write_crt_pem(writer, (unsigned char *)pem, size, mbedtls_ctr_drbg_random,
                                     &maker->rng);
}

#endif

static void set_serial(mbedtls_x509write_cert *writer)
{
    static unsigned char serial;

    serial++;
#if MBEDTLS_VERSION_NUMBER >= 0x03040000
    must(mbedtls_x509write_crt_set_serial_raw(writer, &serial, 1), "serial");
#else
    mbedtls_mpi number;

    mbedtls_mpi_init(&number);
    must(mbedtls_mpi_lset(&number, serial), "serial");
    must(mbedtls_x509write_crt_set_serial(writer, &number), "serial");
    mbedtls_mpi_free(&number);
#endif
}

/* A subjectAltName with one dNSName (RFC 5280, 4.2.1.6); Mbed TLS 2 cannot write it by itself. */
static void set_dns_name(mbedtls_x509write_cert *writer, const char *name)
{
    const size_t length = strlen(name);
    unsigned char der[132] = {0x30, (unsigned char)(length + 2), 0x82, (unsigned char)length};

    if (length > 120)
        abort();
    memcpy(der + 4, name, length);
    must(mbedtls_x509write_crt_set_extension(writer, MBEDTLS_OID_SUBJECT_ALT_NAME,
                                             MBEDTLS_OID_SIZE(MBEDTLS_OID_SUBJECT_ALT_NAME), 0, der,
                                             length + 4),
         "subjectAltName");
}

/* An extension that nobody knows, to make the certificate large. */
static void add_ballast(mbedtls_x509write_cert *writer, size_t size)
{
    static const char oid[] = "\x2b\x06\x01\x04\x01\x82\x37\x63\x01";
    unsigned char ballast[900] = {0};

    if (size > 0)
        must(mbedtls_x509write_crt_set_extension(writer, oid, sizeof oid - 1, 0, ballast, size),
             "ballast");
}

static void write_cert(struct maker *maker, struct pki_cert *cert,
                       const struct pki_request *request, size_t ballast_size)
{
    mbedtls_x509write_cert writer;
    mbedtls_pk_context key;
    mbedtls_pk_context issuer_key;

    mbedtls_pk_init(&key);
    make_key(maker, &key, request->rsa);
    must(mbedtls_pk_write_key_pem(&key, (unsigned char *)cert->key_pem, sizeof cert->key_pem),
         "key_pem");
    parse_key(maker, &issuer_key,
              request->issuer == NULL ? cert->key_pem : request->issuer->key_pem);

    mbedtls_x509write_crt_init(&writer);
    mbedtls_x509write_crt_set_version(&writer, MBEDTLS_X509_CRT_VERSION_3);
    mbedtls_x509write_crt_set_md_alg(&writer, request->hash == MBEDTLS_MD_NONE ? MBEDTLS_MD_SHA256
                                                                               : request->hash);
    mbedtls_x509write_crt_set_subject_key(&writer, &key);
    mbedtls_x509write_crt_set_issuer_key(&writer, &issuer_key);
    must(mbedtls_x509write_crt_set_subject_name(&writer, request->subject), "subject");
    must(mbedtls_x509write_crt_set_issuer_name(
             &writer, request->issuer == NULL ? request->subject : request->issuer_subject),
         "issuer");
    set_serial(&writer);
    must(mbedtls_x509write_crt_set_validity(
             &writer, request->not_before == NULL ? "20200101000000" : request->not_before,
             request->not_after == NULL ? "20491231235959" : request->not_after),
         "validity");
    must(mbedtls_x509write_crt_set_basic_constraints(&writer, request->is_ca, -1), "constraints");
    if (request->dns_name != NULL)
        set_dns_name(&writer, request->dns_name);
    add_ballast(&writer, ballast_size);
    must(write_pem(maker, &writer, cert->pem, sizeof cert->pem), "crt_pem");
    mbedtls_x509write_crt_free(&writer);
    mbedtls_pk_free(&issuer_key);
    mbedtls_pk_free(&key);
}

static void make(struct pki_cert *cert, const struct pki_request *request, size_t ballast_size)
{
    struct maker maker;

    start(&maker);
    write_cert(&maker, cert, request, ballast_size);
    stop(&maker);
}

void pki_make(struct pki_cert *cert, const struct pki_request *request)
{
    make(cert, request, 0);
}

/* A leaf below an intermediate that is signed with SHA-1, which follows it. */
static void make_sha1_chain(struct pki_certs *all)
{
    struct pki_cert intermediate;
    struct pki_request request = {.subject = "CN=Test SHA-1 CA",
                                  .issuer = &all->root,
                                  .issuer_subject = "CN=Test Root",
                                  .hash = MBEDTLS_MD_SHA1,
                                  .is_ca = true};

    pki_make(&intermediate, &request);
    request = (struct pki_request){.subject = "CN=localhost",
                                   .dns_name = "localhost",
                                   .issuer = &intermediate,
                                   .issuer_subject = "CN=Test SHA-1 CA"};
    pki_make(&all->sha1, &request);
    if (strlen(all->sha1.pem) + strlen(intermediate.pem) >= sizeof all->sha1.pem)
        abort();
    strcat(all->sha1.pem, intermediate.pem);
}

/* The good leaf, and those that differ from it in one thing. */
static void make_leaves(struct pki_certs *all)
{
    const struct pki_request good = {.subject = "CN=localhost",
                                     .dns_name = "localhost",
                                     .issuer = &all->root,
                                     .issuer_subject = "CN=Test Root"};
    struct pki_request request = good;

    pki_make(&all->leaf, &good);
    make(&all->large, &good, 800);
    request.issuer = &all->other_root;
    request.issuer_subject = "CN=Other Root";
    pki_make(&all->untrusted, &request);
    request.issuer = NULL;
    pki_make(&all->self_signed, &request);
    request = good;
    request.dns_name = "example.org";
    pki_make(&all->wrong_host, &request);
    request = good;
    request.not_after = "20210101000000";
    pki_make(&all->expired, &request);
    request = good;
    request.not_before = "20480101000000";
    pki_make(&all->future, &request);
    request = good;
    request.subject = "CN=Test Client";
    request.dns_name = NULL;
    pki_make(&all->client, &request);
}

static void make_rsa_chain(struct pki_certs *all)
{
    pki_make(&all->rsa_root,
             &(const struct pki_request){.subject = "CN=RSA Root", .is_ca = true, .rsa = true});
    pki_make(&all->rsa_leaf, &(const struct pki_request){.subject = "CN=localhost",
                                                         .dns_name = "localhost",
                                                         .issuer = &all->rsa_root,
                                                         .issuer_subject = "CN=RSA Root",
                                                         .rsa = true});
}

static void make_all(struct pki_certs *all)
{
    pki_make(&all->root, &(const struct pki_request){.subject = "CN=Test Root", .is_ca = true});
    pki_make(&all->other_root,
             &(const struct pki_request){.subject = "CN=Other Root", .is_ca = true});
    make_sha1_chain(all);
    make_leaves(all);
    make_rsa_chain(all);
}

const struct pki_certs *pki(void)
{
    static struct pki_certs all;
    static bool made;

    if (!made)
        make_all(&all);
    made = true;
    return &all;
}
