/* proofs.c -- hosts one by one -> accepted by the target's TLS stack, by the shortest way */
#include "proofs.h"

#include <openssl/evp.h>

#include "cert.h"
#include "device.h"
#include "prove.h"

/* The issuer by whose key the leaf was verified; NULL where no path was chosen. */
static X509 *issuer_of(const struct host *host)
{
    return host->chosen != NULL && host->chosen->length > 1 ? host->chosen->cert[1] : NULL;
}

/* A fingerprint of the anchors and the presented chain from `first`, and of `issuer` if there is
 * one. */
static int fingerprint(const struct text *pem, const STACK_OF(X509) * chain, int first,
                       const X509 *issuer, uint8_t out[SHA256_LENGTH], struct error *err)
{
    struct text text = {0};
    int rv = 0;

    text_add_bytes(&text, pem->data, pem->length);
    for (int i = first; rv == 0 && i < sk_X509_num(chain); i++)
        rv = cert_add_sha256(sk_X509_value(chain, i), &text);
    text_add(&text, "\n");
    if (rv == 0 && issuer != NULL)
        rv = cert_add_sha256(issuer, &text);
    if (text.failed || rv != 0 ||
        EVP_Digest(text.data, text.length, out, NULL, EVP_sha256(), NULL) != 1)
        rv = error_no_memory(err);
    text_free(&text);
    return rv;
}

/* Its chain was accepted: what is left is the name. */
static bool has_name(const struct host *host, const struct target *target)
{
    const struct endpoint *endpoint = &host->endpoint;

    return !target->has_mbedtls || endpoint->name_is_address || /* path_check_leaf() matched it */
           device_matches_name(sk_X509_value(host->presented.chain, 0), endpoint->name);
}

/* Everything above the leaf was accepted: what is left is the leaf under its issuer. */
static bool is_good_leaf(const struct host *host, X509 *issuer, const struct options *options)
{
    struct presented leaf = {.chain = sk_X509_new_reserve(NULL, 1)};
    struct error ignored = {.code = ERROR_NONE};
    struct text pem = {0};
    bool is_good = false;

    if (leaf.chain != NULL && cert_add_pem(issuer, &pem) == 0) {
        sk_X509_push(leaf.chain, sk_X509_value(host->presented.chain, 0));
        is_good = prove_host(options->target, &pem, 1, &host->endpoint, &leaf, options->at,
                             &ignored) == 0;
    }
    sk_X509_free(leaf.chain); /* not the leaf, which is the host's */
    text_free(&pem);
    return is_good;
}

static int remember(struct seen *seen, const uint8_t key[SHA256_LENGTH], struct error *err)
{
    return seen_find(seen, key, NULL) ? 0 : seen_add(seen, key, 0, err);
}

int proofs_prove(struct proofs *proofs, const struct host *host, const struct text *pem,
                 size_t anchor_count, const struct options *options, struct error *why,
                 struct error *err)
{
    const STACK_OF(X509) *chain = host->presented.chain;
    uint8_t whole[SHA256_LENGTH], above[SHA256_LENGTH];
    X509 *issuer = options->target->has_mbedtls ? issuer_of(host) : NULL;
    bool is_short;

    if (fingerprint(pem, chain, 0, NULL, whole, err) != 0 ||
        (issuer != NULL && fingerprint(pem, chain, 1, issuer, above, err) != 0))
        return -1;
    if (seen_find(&proofs->chains, whole, NULL) && has_name(host, options->target))
        return 0;
    is_short = issuer != NULL && seen_find(&proofs->above, above, NULL) &&
               is_good_leaf(host, issuer, options);
    if (!is_short && prove_host(options->target, pem, anchor_count, &host->endpoint,
                                &host->presented, options->at, why) != 0)
        return 0;
    if (remember(&proofs->chains, whole, err) != 0)
        return -1;
    return issuer != NULL ? remember(&proofs->above, above, err) : 0;
}

void proofs_free(struct proofs *proofs)
{
    seen_free(&proofs->chains);
    seen_free(&proofs->above);
}
