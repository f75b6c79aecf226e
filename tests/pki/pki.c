/* pki.c -- table -> keys and certificates */
#include "pki.h"

#include <openssl/conf.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct made {
    char name[64];
    char key_id[64];
    X509 *cert;
    EVP_PKEY *key;
};

struct pki {
    struct made *made;
    size_t count;
};

static void die(const char *what, const char *name)
{
    fprintf(stderr, "pki: %s: %s\n", name, what);
    ERR_print_errors_fp(stderr);
    exit(99);
}

static void need(int ok, const char *what, const char *name)
{
    if (!ok)
        die(what, name);
}

static EVP_PKEY *make_rsa(unsigned bits)
{
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
    EVP_PKEY *key = NULL;

    /* Many primes make a large key quick to find; nothing secret depends on these keys. */
    need(context != NULL && EVP_PKEY_keygen_init(context) == 1 &&
             EVP_PKEY_CTX_set_rsa_keygen_bits(context, (int)bits) == 1 &&
             EVP_PKEY_CTX_set_rsa_keygen_primes(context, bits >= 8192   ? 5
                                                         : bits >= 4096 ? 4
                                                                        : 2) == 1 &&
             EVP_PKEY_generate(context, &key) == 1,
         "cannot make an RSA key", "rsa");
    EVP_PKEY_CTX_free(context);
    return key;
}

static EVP_PKEY *make_key(const char *id)
{
    static const struct {
        const char *type;
        const char *curve;
    } curves[] = {
        {"p192/", "P-192"},
        {"p224/", "P-224"},
        {"p256/", "P-256"},
        {"p384/", "P-384"},
        {"p521/", "P-521"},
        {"k256/", "secp256k1"},
        {"bp256/", "brainpoolP256r1"},
        {"sect163k1/", "sect163k1"},
        {"sect571k1/", "sect571k1"},
        {"bp384/", "brainpoolP384r1"},
        {"bp512/", "brainpoolP512r1"},
    };
    EVP_PKEY *key = NULL;

    if (strncmp(id, "rsa", 3) == 0)
        return make_rsa((unsigned)strtoul(id + 3, NULL, 10));
    if (strncmp(id, "ed25519/", 8) == 0)
        key = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
    for (size_t i = 0; i < sizeof curves / sizeof curves[0]; i++)
        if (strncmp(id, curves[i].type, strlen(curves[i].type)) == 0)
            key = EVP_EC_gen(curves[i].curve);
    need(key != NULL, "no such key type", id);
    return key;
}

static const struct made *find(const struct pki *pki, const char *name)
{
    for (size_t i = 0; i < pki->count; i++)
        if (strcmp(pki->made[i].name, name) == 0)
            return &pki->made[i];
    die("no such row", name);
    return NULL;
}

static EVP_PKEY *key_of(const struct pki *pki, const char *id)
{
    for (size_t i = 0; i < pki->count; i++)
        if (strcmp(pki->made[i].key_id, id) == 0) {
            EVP_PKEY_up_ref(pki->made[i].key);
            return pki->made[i].key;
        }
    return make_key(id);
}

static void add_extension(X509 *cert, const char *name, const char *value, const char *row)
{
    CONF *none = NCONF_new(NULL); /* some extensions want to look something up */
    X509V3_CTX context;
    X509_EXTENSION *extension;

    need(none != NULL, "out of memory", row);
    X509V3_set_ctx(&context, cert, cert, NULL, NULL, 0);
    X509V3_set_nconf(&context, none);
    extension = X509V3_EXT_nconf(none, &context, name, value);
    need(extension != NULL && X509_add_ext(cert, extension, -1) == 1, "bad extension", row);
    X509_EXTENSION_free(extension);
    NCONF_free(none);
}

/* "NAME=VALUE", one a line. */
static void add_lines(X509 *cert, const char *lines, const char *row)
{
    char *copy, *line;

    if (lines == NULL)
        return;
    copy = malloc(strlen(lines) + 1);
    need(copy != NULL, "out of memory", row);
    strcpy(copy, lines);
    for (line = strtok(copy, "\n"); line != NULL; line = strtok(NULL, "\n")) {
        char *equals = strchr(line, '=');
        need(equals != NULL, "bad extension", row);
        *equals = '\0';
        add_extension(cert, line, equals + 1, row);
    }
    free(copy);
}

static void add_extensions(X509 *cert, const struct pki_row *row)
{
    char text[256];

    if (row->flags & PKI_BARE) {
        /* none by itself */
    } else if (row->flags & PKI_CA) {
        snprintf(text, sizeof text,
                 row->pathlen > 0 ? "critical,CA:TRUE,pathlen:%d" : "critical,CA:TRUE",
                 row->pathlen - 1);
        add_extension(cert, "basicConstraints", text, row->name);
        add_extension(cert, "keyUsage",
                      row->flags & PKI_NO_SIGN ? "critical,cRLSign" : "critical,keyCertSign",
                      row->name);
    } else {
        add_extension(cert, "basicConstraints", "critical,CA:FALSE", row->name);
        add_extension(cert, "extendedKeyUsage",
                      row->flags & PKI_CLIENT ? "clientAuth" : "serverAuth", row->name);
    }
    if (row->san != NULL)
        add_extension(cert, "subjectAltName", row->san, row->name);
    add_lines(cert, row->extension, row->name);
}

static void sign(X509 *cert, const struct pki_row *row, EVP_PKEY *key)
{
    const EVP_MD *hash = EVP_get_digestbyname(row->hash != NULL ? row->hash : "SHA256");
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    EVP_PKEY_CTX *key_context = NULL;

    if (EVP_PKEY_get_base_id(key) == EVP_PKEY_ED25519)
        hash = NULL;
    need(context != NULL && EVP_DigestSignInit(context, &key_context, hash, NULL, key) == 1,
         "cannot sign", row->name);
    if (row->flags & PKI_PSS)
        need(EVP_PKEY_CTX_set_rsa_padding(key_context, RSA_PKCS1_PSS_PADDING) == 1 &&
                 EVP_PKEY_CTX_set_rsa_pss_saltlen(key_context, RSA_PSS_SALTLEN_DIGEST) == 1,
             "cannot sign with PSS", row->name);
    need(X509_sign_ctx(cert, context) > 0, "cannot sign", row->name);
    EVP_MD_CTX_free(context);
}

static void lengthen(unsigned char *sequence, size_t by, const char *row)
{
    size_t length = (size_t)sequence[2] << 8 | sequence[3];

    need(sequence[0] == 0x30 && sequence[1] == 0x82, "not of a length that fits", row);
    sequence[2] = (unsigned char)((length + by) >> 8);
    sequence[3] = (unsigned char)(length + by);
}

/* OpenSSL has no function that sets it: it goes into the DER, before the extensions. The signature
 * is to be made anew. */
static X509 *with_unique_id(X509 *cert, const char *row)
{
    static const unsigned char id[] = {0x82, 0x02, 0x00, 0x2a};
    unsigned char der[2000], *at = der;
    const unsigned char *start = der;
    int length = i2d_X509(cert, NULL);
    X509 *changed;

    need(length > 256 && (size_t)length + sizeof id < sizeof der && i2d_X509(cert, &at) == length,
         "not of a length that fits", row);
    at = der;
    while (at < der + length - 4 && !(at[0] == 0xa3 && at[2] == 0x30 && at[1] == at[3] + 2))
        at++;
    need(at < der + length - 4, "no extensions of a length that fits", row);
    memmove(at + sizeof id, at, (size_t)(der + length - at));
    memcpy(at, id, sizeof id);
    lengthen(der, sizeof id, row);
    lengthen(der + 4, sizeof id, row);
    changed = d2i_X509(NULL, &start, length + (int)sizeof id);
    need(changed != NULL, "the unique ID does not fit", row);
    X509_free(cert);
    return changed;
}

static void set_subject(X509 *cert, const struct pki_row *row)
{
    const char *subject = row->subject != NULL ? row->subject : row->name;
    size_t length = row->subject_length > 0 ? row->subject_length : strlen(subject);
    X509_NAME *name = X509_NAME_new();

    need(name != NULL, "out of memory", row->name);
    if (row->organization != NULL)
        need(X509_NAME_add_entry_by_NID(name, NID_organizationName, V_ASN1_UTF8STRING,
                                        (const unsigned char *)row->organization, -1, -1, 0) == 1,
             "bad organization", row->name);
    need(X509_NAME_add_entry_by_NID(name, NID_commonName,
                                    row->flags & PKI_T61 ? V_ASN1_T61STRING : V_ASN1_UTF8STRING,
                                    (const unsigned char *)subject, (int)length, -1, 0) == 1 &&
             X509_set_subject_name(cert, name) == 1,
         "bad subject", row->name);
    X509_NAME_free(name);
}

static void set_dates(X509 *cert, const struct pki_row *row)
{
    ASN1_TIME *since = ASN1_TIME_new();
    ASN1_TIME *until = ASN1_TIME_new();

    need(ASN1_TIME_set_string_X509(since, row->since != NULL ? row->since : "20200101000000Z") ==
                 1 &&
             ASN1_TIME_set_string_X509(until,
                                       row->until != NULL ? row->until : "20400101000000Z") == 1 &&
             X509_set1_notBefore(cert, since) == 1 && X509_set1_notAfter(cert, until) == 1,
         "bad date", row->name);
    ASN1_TIME_free(since);
    ASN1_TIME_free(until);
}

static void make(struct pki *pki, const struct pki_row *row)
{
    struct made *made = &pki->made[pki->count];
    const struct made *issuer;

    snprintf(made->name, sizeof made->name, "%s", row->name);
    if (row->key != NULL)
        snprintf(made->key_id, sizeof made->key_id, "%s", row->key);
    else
        snprintf(made->key_id, sizeof made->key_id, "p256/%.50s", row->name);
    made->key = key_of(pki, made->key_id);
    made->cert = X509_new();
    need(made->cert != NULL && X509_set_version(made->cert, row->flags & PKI_V1 ? 0 : 2) == 1 &&
             ASN1_INTEGER_set(X509_get_serialNumber(made->cert), (long)pki->count + 1) == 1 &&
             X509_set_pubkey(made->cert, made->key) == 1,
         "cannot begin", row->name);
    set_subject(made->cert, row);
    set_dates(made->cert, row);
    pki->count++;
    issuer = row->issuer != NULL ? find(pki, row->issuer) : made;
    need(X509_set_issuer_name(made->cert, X509_get_subject_name(issuer->cert)) == 1, "bad issuer",
         row->name);
    if (!(row->flags & PKI_V1))
        add_extensions(made->cert, row);
    sign(made->cert, row, issuer->key);
    if (row->flags & PKI_UID) {
        made->cert = with_unique_id(made->cert, row->name);
        sign(made->cert, row, issuer->key);
    }
}

struct pki *pki_new(const struct pki_row *row, size_t count)
{
    struct pki *pki = calloc(1, sizeof *pki);

    need(pki != NULL, "out of memory", "pki");
    pki_add(pki, row, count);
    return pki;
}

void pki_add(struct pki *pki, const struct pki_row *row, size_t count)
{
    pki->made = realloc(pki->made, (pki->count + count) * sizeof *pki->made);
    need(pki->made != NULL, "out of memory", "pki");
    for (size_t i = 0; i < count; i++)
        make(pki, &row[i]);
}

#define MESH_NAME_SIZE 40

void pki_add_mesh(struct pki *pki, int count, const char *san)
{
    char name[MESH_NAME_SIZE], issuer[MESH_NAME_SIZE], key[MESH_NAME_SIZE];

    for (int i = 0; i < count; i++) {
        snprintf(name, sizeof name, "mesh-%d", i);
        snprintf(key, sizeof key, "p256/mesh%d", i);
        pki_add(pki, &(const struct pki_row){.name = name, .key = key, .flags = PKI_CA}, 1);
    }
    for (int i = 0; i < count; i++)
        for (int k = 0; k < count; k++) {
            char subject[MESH_NAME_SIZE];
            if (i == k)
                continue;
            snprintf(name, sizeof name, "mesh-%d-%d", i, k);
            snprintf(subject, sizeof subject, "mesh-%d", i);
            snprintf(key, sizeof key, "p256/mesh%d", i);
            snprintf(issuer, sizeof issuer, "mesh-%d", k);
            pki_add(pki,
                    &(const struct pki_row){.name = name,
                                            .subject = subject,
                                            .key = key,
                                            .issuer = issuer,
                                            .flags = PKI_CA},
                    1);
        }
    pki_add(pki,
            &(const struct pki_row){
                .name = "mesh-leaf", .subject = "localhost", .issuer = "mesh-0", .san = san},
            1);
}

X509 *pki_cert(const struct pki *pki, const char *name)
{
    return find(pki, name)->cert;
}

EVP_PKEY *pki_key(const struct pki *pki, const char *name)
{
    return find(pki, name)->key;
}

STACK_OF(X509) * pki_chain(const struct pki *pki, const char *names)
{
    STACK_OF(X509) *chain = sk_X509_new_null();
    char list[1024];
    char *name;

    need(strlen(names) < sizeof list, "too many names", names);
    snprintf(list, sizeof list, "%s", names);
    for (name = strtok(list, " "); name != NULL; name = strtok(NULL, " ")) {
        X509 *cert = pki_cert(pki, name);
        X509_up_ref(cert);
        need(sk_X509_push(chain, cert) > 0, "out of memory", name);
    }
    return chain;
}

char *pki_chain_pem(const struct pki *pki, const char *names)
{
    STACK_OF(X509) *chain = pki_chain(pki, names);
    BIO *bio = BIO_new(BIO_s_mem());
    char *data;
    char *text;
    long length;

    for (int i = 0; i < sk_X509_num(chain); i++)
        need(PEM_write_bio_X509(bio, sk_X509_value(chain, i)) == 1, "out of memory", names);
    length = BIO_get_mem_data(bio, &data);
    text = calloc(1, (size_t)length + 1);
    need(text != NULL, "out of memory", names);
    memcpy(text, data, (size_t)length);
    BIO_free(bio);
    sk_X509_pop_free(chain, X509_free);
    return text;
}

static FILE *create(const char *folder, const char *name, const char *suffix)
{
    char path[1024];
    FILE *stream;

    snprintf(path, sizeof path, "%s/%s.%s", folder, name, suffix);
    stream = fopen(path, "w");
    need(stream != NULL, "cannot write", path);
    return stream;
}

void pki_write(const struct pki *pki, const char *folder)
{
    for (size_t i = 0; i < pki->count; i++) {
        const struct made *made = &pki->made[i];
        FILE *cert = create(folder, made->name, "pem");
        FILE *key = create(folder, made->name, "key");
        need(PEM_write_X509(cert, made->cert) == 1 &&
                 PEM_write_PrivateKey(key, made->key, NULL, NULL, 0, NULL, NULL) == 1,
             "cannot write", made->name);
        need(fclose(cert) == 0 && fclose(key) == 0, "cannot write", made->name);
    }
}

void pki_free(struct pki *pki)
{
    if (pki == NULL)
        return;
    for (size_t i = 0; i < pki->count; i++) {
        X509_free(pki->made[i].cert);
        EVP_PKEY_free(pki->made[i].key);
    }
    free(pki->made);
    free(pki);
}
