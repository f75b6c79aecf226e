/* offer.c -- an offer -> an SSL_CTX that makes it, or code points for another library */
#include "net/offer.h"

#include <openssl/err.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define NAME_SIZE 64
#define LIST_SIZE 1024 /* of groups, signature algorithms or suites of TLS 1.3 */

/* What OpenSSL offers of its own, for an offer that has no list and is to be cut down. */
static const char open_sigalgs[] =
    "ECDSA+SHA256:ECDSA+SHA384:ECDSA+SHA512:rsa_pss_pss_sha256:rsa_pss_pss_sha384:"
    "rsa_pss_pss_sha512:rsa_pss_rsae_sha256:rsa_pss_rsae_sha384:rsa_pss_rsae_sha512:RSA+SHA256:"
    "RSA+SHA384:RSA+SHA512:ECDSA+SHA224:RSA+SHA224:ECDSA+SHA1:RSA+SHA1";

struct code {
    const char *name;
    uint16_t value;
};

static const struct code groups[] = {
    {"secp192k1", 18},
    {"prime192v1", 19},
    {"secp224k1", 20},
    {"secp224r1", 21},
    {"secp256k1", 22},
    {"P-256", 23},
    {"P-384", 24},
    {"P-521", 25},
    {"brainpoolP256r1", 26},
    {"brainpoolP384r1", 27},
    {"brainpoolP512r1", 28},
    {"X25519", 29},
    {"X448", 30},
    {"ffdhe2048", 256},
    {"ffdhe3072", 257},
    {"ffdhe4096", 258},
    {"ffdhe6144", 259},
    {"ffdhe8192", 260},
    {NULL, 0},
};

static const struct code sigalgs[] = {
    {"RSA+SHA1", 0x0201},
    {"ECDSA+SHA1", 0x0203},
    {"RSA+SHA224", 0x0301},
    {"ECDSA+SHA224", 0x0303},
    {"RSA+SHA256", 0x0401},
    {"ECDSA+SHA256", 0x0403},
    {"RSA+SHA384", 0x0501},
    {"ECDSA+SHA384", 0x0503},
    {"RSA+SHA512", 0x0601},
    {"ECDSA+SHA512", 0x0603},
    {"rsa_pss_rsae_sha256", 0x0804},
    {"rsa_pss_rsae_sha384", 0x0805},
    {"rsa_pss_rsae_sha512", 0x0806},
    {NULL, 0},
};

/* Cuts the next name off *list, which is moved on. Returns false at its end. */
static bool next_name(const char **list, char name[NAME_SIZE])
{
    size_t length = *list != NULL ? strcspn(*list, ":") : 0;

    if (length == 0 || length >= NAME_SIZE)
        return false;
    memcpy(name, *list, length);
    name[length] = '\0';
    *list += length + ((*list)[length] == ':' ? 1 : 0);
    return true;
}

static void append(char list[LIST_SIZE], const char *name)
{
    size_t used = strlen(list);

    if (used + strlen(name) + 2 > LIST_SIZE)
        return;
    if (used > 0)
        list[used++] = ':';
    memcpy(list + used, name, strlen(name) + 1);
}

static bool is_listed(const char *list, const char *wanted)
{
    char name[NAME_SIZE];

    while (next_name(&list, name))
        if (strcmp(name, wanted) == 0)
            return true;
    return false;
}

static bool is_for(enum offer_key key, const char *sigalg)
{
    const bool is_ecdsa = strncmp(sigalg, "ECDSA", 5) == 0;

    return key == OFFER_EVERY_KEY || is_ecdsa == (key == OFFER_ECDSA_ALONE);
}

static int set_suites13(SSL_CTX *context, const char *list)
{
    return SSL_CTX_set_ciphersuites(context, list);
}

static int set_groups(SSL_CTX *context, const char *list)
{
    return (int)SSL_CTX_set1_groups_list(context, list);
}

static int set_sigalgs(SSL_CTX *context, const char *list)
{
    return (int)SSL_CTX_set1_sigalgs_list(context, list);
}

/* OpenSSL refuses a whole list for one name that it does not have, or for one that comes twice:
 * each is tried by itself, and those that it takes are set together. */
static bool set_known(SSL_CTX *context, const char *list,
                      int (*set)(SSL_CTX *context, const char *list))
{
    char known[LIST_SIZE] = "", name[NAME_SIZE];

    if (list == NULL || list[0] == '\0')
        return true;
    while (next_name(&list, name))
        if (!is_listed(known, name) && set(context, name) == 1)
            append(known, name);
    ERR_clear_error();
    return known[0] != '\0' && set(context, known) == 1;
}

static bool set_sigalgs_for(SSL_CTX *context, const struct offer *offer, enum offer_key key)
{
    const char *list = offer->sigalgs;
    char some[LIST_SIZE] = "", name[NAME_SIZE];

    if (key == OFFER_EVERY_KEY)
        return set_known(context, list, set_sigalgs);
    if (list == NULL)
        list = open_sigalgs;
    while (next_name(&list, name))
        if (is_for(key, name))
            append(some, name);
    return set_known(context, some, set_sigalgs);
}

/* OpenSSL passes over the names of these suites that it does not have. */
static bool set_suites_for(SSL_CTX *context, const struct offer *offer, enum offer_key key)
{
    static const char *const but[OFFER_KEY_COUNT] = {"", ":!aRSA:!aDSS:!aPSK", ":!aECDSA"};
    char list[4096];

    if ((size_t)snprintf(list, sizeof list, "%s%s", offer->suites, but[key]) >= sizeof list)
        return false;
    return SSL_CTX_set_cipher_list(context, list) == 1;
}

static void set_extensions(SSL_CTX *context, unsigned extensions)
{
    static const struct {
        unsigned bit;
        uint64_t set_if, set_unless;
    } rows[] = {
        {OFFER_ETM, 0, SSL_OP_NO_ENCRYPT_THEN_MAC},
        {OFFER_EMS, 0, SSL_OP_NO_EXTENDED_MASTER_SECRET},
        {OFFER_TICKET, 0, SSL_OP_NO_TICKET},
        {OFFER_PSK_ALONE, SSL_OP_ALLOW_NO_DHE_KEX, 0},
    };

    SSL_CTX_clear_options(context, SSL_OP_NO_TICKET | SSL_OP_TLSEXT_PADDING);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        SSL_CTX_set_options(context,
                            extensions & rows[i].bit ? rows[i].set_if : rows[i].set_unless);
    SSL_CTX_set_post_handshake_auth(context, 0);
    SSL_CTX_set_options(context, SSL_OP_LEGACY_SERVER_CONNECT);
}

int offer_make_context(const struct offer *offer, enum offer_key key, SSL_CTX **out,
                       struct error *err)
{
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());

    if (context == NULL)
        return error_no_memory(err);
    SSL_CTX_set_security_level(context, 0);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    set_extensions(context, offer->extensions);
    if (SSL_CTX_set_min_proto_version(context, offer->min_version) != 1 ||
        SSL_CTX_set_max_proto_version(context, offer->max_version) != 1 ||
        !set_suites_for(context, offer, key) ||
        !set_known(context, offer->suites13, set_suites13) ||
        !set_known(context, offer->groups, set_groups) || !set_sigalgs_for(context, offer, key)) {
        SSL_CTX_free(context);
        ERR_clear_error();
        return error_set(err, ERROR_INTERNAL, "this OpenSSL cannot make the target's offer");
    }
    *out = context;
    return 0;
}

static size_t list_codes(const char *list, const struct code *table, uint16_t *code, size_t size)
{
    char name[NAME_SIZE];
    size_t count = 0;

    while (next_name(&list, name)) {
        const struct code *row = table;
        while (row->name != NULL && strcmp(row->name, name) != 0)
            row++;
        if (row->name != NULL && count + 1 < size)
            code[count++] = row->value;
    }
    code[count] = 0;
    return count;
}

size_t offer_suite_codes(const struct offer *offer, int *code, size_t size)
{
    struct error ignored = {.code = ERROR_NONE};
    SSL_CTX *context = NULL;
    const STACK_OF(SSL_CIPHER) * suites;
    size_t count = 0;

    if (offer_make_context(offer, OFFER_EVERY_KEY, &context, &ignored) == 0) {
        suites = SSL_CTX_get_ciphers(context);
        for (int i = 0; i < sk_SSL_CIPHER_num(suites) && count + 1 < size; i++)
            code[count++] = SSL_CIPHER_get_protocol_id(sk_SSL_CIPHER_value(suites, i));
    }
    SSL_CTX_free(context);
    code[count] = 0;
    return count;
}

size_t offer_group_codes(const struct offer *offer, uint16_t *code, size_t size)
{
    return list_codes(offer->groups, groups, code, size);
}

size_t offer_sigalg_codes(const struct offer *offer, uint16_t *code, size_t size)
{
    return list_codes(offer->sigalgs, sigalgs, code, size);
}

/* "TLS 1.2", "TLS 1.2 and 1.3" or "TLS 1.0 to 1.2". */
static const char *versions_of(const struct offer *offer)
{
    if (offer->min_version == offer->max_version)
        return "TLS 1.2";
    return offer->max_version == TLS1_3_VERSION ? "TLS 1.2 and 1.3" : "TLS 1.0 to 1.2";
}

/* OpenSSL's names of versions, and those that people write. */
static const struct version {
    const char *name, *spelled;
    int number;
} versions[] = {{"TLSv1", "TLS 1.0", TLS1_VERSION},
                {"TLSv1.1", "TLS 1.1", TLS1_1_VERSION},
                {"TLSv1.2", "TLS 1.2", TLS1_2_VERSION},
                {"TLSv1.3", "TLS 1.3", TLS1_3_VERSION}};

static struct version find_version(const char *name)
{
    for (size_t i = 0; i < sizeof versions / sizeof versions[0]; i++)
        if (strcmp(versions[i].name, name) == 0)
            return versions[i];
    return (struct version){name, name, 0};
}

/* Of an open offer a server takes the highest version that it speaks. */
int offer_fail(const struct offer *offer, enum refusal refusal, const char *version,
               const char *cipher, struct error *err)
{
    const struct version found = find_version(version);

    if (refusal == REFUSAL_OF_VERSION || found.number < offer->min_version) {
        error_kind(err, "the server speaks %s only, which the target does not", found.spelled);
        error_set(err, ERROR_OFFER, "the server speaks %s only, which %s (%s) does not",
                  found.spelled, offer->target, versions_of(offer));
    } else {
        error_set(err, ERROR_OFFER,
                  "the server takes no cipher suite or algorithm that %s (%s) offers; it would "
                  "take %s with %s",
                  offer->target, versions_of(offer), found.spelled, cipher);
    }
    return error_hint(err,
                      "a device with the defaults of %s cannot connect: let the server speak "
                      "what it offers too, or name the stack that it has with --target",
                      offer->target);
}
