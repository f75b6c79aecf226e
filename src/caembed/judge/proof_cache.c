/* proof_cache.c -- hosts one by one -> accepted by the target's TLS stack, by the shortest way */
#include "judge/proof_cache.h"

#include "device/bearssl.h"
#include "device/device.h"
#include "emit/prove.h"
#include "path/leaf.h"
#include "x509/cert.h"
#include "x509/pem.h"

/* The issuer by whose key the leaf was verified. */
static X509 *issuer_of(const struct host *host)
{
    return host->chosen->cert[host->chosen->length > 1 ? 1 : 0];
}

static int add_chain(const STACK_OF(X509) * chain, int first, struct text *out)
{
    for (int i = first; i < sk_X509_num(chain); i++) {
        text_add(out, " ");
        if (cert_add_sha256(sk_X509_value(chain, i), out) != 0)
            return -1;
    }
    text_add(out, "\n");
    return 0;
}

int proof_cache_add_above(const struct host *host, struct text *out)
{
    const X509 *leaf = sk_X509_value(host->presented.chain, 0);
    const X509_NAME *subject = X509_get_subject_name(leaf), *issuer = X509_get_issuer_name(leaf);
    const unsigned char *name;
    size_t length;

    if (add_chain(host->presented.chain, 1, out) != 0 ||
        cert_add_sha256(issuer_of(host), out) != 0 ||
        X509_NAME_get0_der(issuer, &name, &length) != 1)
        return -1;
    text_add(out, "\n");
    for (size_t i = 0; i < length; i++)
        text_add(out, "%02x", name[i]);
    if (X509_NAME_cmp(subject, issuer) == 0 && cert_add_sha256(leaf, out) != 0)
        return -1;
    return out->failed ? -1 : 0;
}

static int key_of_chain(const struct host *host, const struct text *pem, uint8_t out[SHA256_LENGTH],
                        struct error *err)
{
    struct text text = {0};
    int rv;

    text_add(&text, "%lld\n", (long long)host->at);
    text_add_bytes(&text, pem->data, pem->length);
    rv = add_chain(host->presented.chain, 0, &text) == 0 ? digest_map_key(&text, out, err)
                                                         : error_no_memory(err);
    text_free(&text);
    return rv;
}

static int key_above(const struct host *host, const struct text *pem, uint8_t out[SHA256_LENGTH],
                     struct error *err)
{
    struct text text = {0};
    int rv;

    text_add(&text, "%lld\n", (long long)host->at);
    text_add_bytes(&text, pem->data, pem->length);
    rv = proof_cache_add_above(host, &text) == 0 ? digest_map_key(&text, out, err)
                                                 : error_no_memory(err);
    text_free(&text);
    return rv;
}

/* Its chain was accepted: what is left is the name, which leaf_check() has matched for stacks that
 * can't, and for OpenSSL. */
static bool is_name_settled(const struct host *host, const struct judge *judge)
{
    const struct endpoint *endpoint = &host->endpoint;
    X509 *leaf = sk_X509_value(host->presented.chain, 0);

    if (judge->target->stack == STACK_OPENSSL || endpoint->name_is_address)
        return true;
    return judge->target->stack == STACK_BEARSSL
               ? bearssl_matches_name(leaf, endpoint->name, judge->verify_time)
               : device_matches_name(leaf, endpoint->name);
}

/* Whether a proof says something about what stands above the leaf. OpenSSL finds its own way there;
 * BearSSL does not look at it if the leaf itself is an anchor. */
static bool has_above(const struct host *host, const struct text *pem, const struct judge *judge)
{
    struct error ignored = {.code = ERROR_NONE};
    struct pem_list anchors = {.count = 0};
    bool has = judge->target->stack != STACK_OPENSSL && host->chosen != NULL;

    if (!has || judge->target->stack == STACK_MBEDTLS)
        return has;
    has = pem_parse(pem->data, pem->length, "the anchors", &anchors, &ignored) == 0;
    for (size_t i = 0; i < anchors.count; i++)
        if (cert_same_anchor(anchors.entry[i].cert, sk_X509_value(host->presented.chain, 0)))
            has = false;
    pem_list_free(&anchors);
    return has;
}

/* Everything above the leaf was accepted: what is left is the leaf under its issuer. */
static bool is_good_leaf(const struct host *host, const struct judge *judge)
{
    struct presented leaf = {.chain = sk_X509_new_reserve(NULL, 1)};
    struct error ignored = {.code = ERROR_NONE};
    struct text pem = {0};
    bool is_good = false;

    if (leaf.chain != NULL && cert_add_pem(issuer_of(host), &pem) == 0) {
        sk_X509_push(leaf.chain, sk_X509_value(host->presented.chain, 0));
        is_good = prove_host(judge->target, &pem, 1, &host->endpoint, &leaf, judge->verify_time,
                             &ignored) == 0;
    }
    sk_X509_free(leaf.chain); /* not the leaf, which is the host's */
    text_free(&pem);
    return is_good;
}

static bool is_known(struct proof_cache *proofs, const struct digest_map *seen,
                     const uint8_t key[SHA256_LENGTH])
{
    bool is_found;

    pthread_mutex_lock(&proofs->lock);
    is_found = digest_map_find(seen, key, NULL);
    pthread_mutex_unlock(&proofs->lock);
    return is_found;
}

static int remember(struct proof_cache *proofs, struct digest_map *seen,
                    const uint8_t key[SHA256_LENGTH], struct error *err)
{
    int rv;

    pthread_mutex_lock(&proofs->lock);
    if (seen->count >= PROOF_CACHE_COUNT_MAX) /* those that come again are proven again */
        digest_map_free(seen);
    rv = digest_map_find(seen, key, NULL) ? 0 : digest_map_add(seen, key, 0, err);
    pthread_mutex_unlock(&proofs->lock);
    return rv;
}

static int prove(struct proof_cache *proofs, const struct host *host, const struct text *pem,
                 size_t anchor_count, const struct judge *judge, struct error *why,
                 struct error *err)
{
    uint8_t whole[SHA256_LENGTH], above[SHA256_LENGTH];
    const bool is_above = has_above(host, pem, judge);
    bool is_short;

    if (key_of_chain(host, pem, whole, err) != 0 ||
        (is_above && key_above(host, pem, above, err) != 0))
        return -1;
    if (is_known(proofs, &proofs->chains, whole) && is_name_settled(host, judge))
        return 0;
    is_short = is_above && is_known(proofs, &proofs->above, above) && is_good_leaf(host, judge);
    if (!is_short && prove_host(judge->target, pem, anchor_count, &host->endpoint, &host->presented,
                                judge->verify_time, why) != 0)
        return why->code == ERROR_INTERNAL ? error_no_memory(err) : 0;
    if (remember(proofs, &proofs->chains, whole, err) != 0)
        return -1;
    return is_above ? remember(proofs, &proofs->above, above, err) : 0;
}

int proof_cache_prove(struct proof_cache *proofs, const struct host *host, const struct text *pem,
                      size_t anchor_count, const struct judge *judge, struct error *why,
                      struct error *err)
{
    const struct judge own = host_judge(host, judge);

    return prove(proofs, host, pem, anchor_count, &own, why, err);
}

void proof_cache_free(struct proof_cache *proofs)
{
    digest_map_free(&proofs->chains);
    digest_map_free(&proofs->above);
}
