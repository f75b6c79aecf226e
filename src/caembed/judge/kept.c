/* kept.c -- hosts -> the DER of their leaves, the rest once for all -> hosts again */
#include "judge/kept.h"

#include <stdlib.h>

#include "x509/cert.h"
#include "x509/cert_set.h"

struct kept_chain {
    unsigned char *leaf; /* DER */
    size_t leaf_length;
    size_t *above; /* the certificates after it, by index in the store of all */
    size_t above_count;
    struct presented presented; /* its chain is NULL */
};

struct kept_host {
    struct kept_chain *chain;
    size_t chain_count;
    size_t *issuer; /* what --aia fetched, as `above` */
    size_t issuer_count, issuer_bytes;
    int64_t at, recorded_at;
    struct text skipped;
    struct error *failure; /* NULL: there is none */
};

struct kept {
    struct kept_host *host; /* by index */
    size_t host_count;
    struct cert_set certs;
};

int kept_open(size_t host_count, struct kept **out, struct error *err)
{
    struct kept *kept = calloc(1, sizeof *kept);

    if (kept == NULL)
        return error_no_memory(err);
    kept->host = calloc(host_count + 1, sizeof kept->host[0]);
    if (kept->host == NULL) {
        free(kept);
        return error_no_memory(err);
    }
    kept->host_count = host_count;
    *out = kept;
    return 0;
}

static void host_drop(struct kept_host *host)
{
    for (size_t i = 0; i < host->chain_count; i++) {
        free(host->chain[i].leaf);
        free(host->chain[i].above);
    }
    free(host->chain);
    free(host->issuer);
    text_free(&host->skipped);
    host->chain = NULL;
    host->issuer = NULL;
    host->chain_count = host->issuer_count = 0;
}

void kept_free(struct kept *kept)
{
    if (kept == NULL)
        return;
    for (size_t i = 0; i < kept->host_count; i++) {
        host_drop(&kept->host[i]);
        free(kept->host[i].failure);
    }
    free(kept->host);
    cert_set_free(&kept->certs);
    free(kept);
}

/* ---- in ---- */

/* The certificates from `first` on. */
static int keep_certs(struct kept *kept, const STACK_OF(X509) * certs, int first, size_t **out,
                      size_t *count, struct error *err)
{
    const int all = sk_X509_num(certs);

    if (all <= first)
        return 0;
    *out = calloc((size_t)(all - first), sizeof(size_t));
    if (*out == NULL)
        return error_no_memory(err);
    for (int i = first; i < all; i++)
        if (cert_set_find_or_add(&kept->certs, sk_X509_value(certs, i), &(*out)[(*count)++], err) !=
            0)
            return -1;
    return 0;
}

static int keep_chain(struct kept *kept, const struct presented *presented, struct kept_chain *out,
                      struct error *err)
{
    const int length = i2d_X509(sk_X509_value(presented->chain, 0), &out->leaf);

    if (length <= 0)
        return error_no_memory(err);
    out->leaf_length = (size_t)length;
    out->presented = *presented;
    out->presented.chain = NULL;
    return keep_certs(kept, presented->chain, 1, &out->above, &out->above_count, err);
}

static int keep_chains(struct kept *kept, const struct host *host, struct kept_host *out,
                       struct error *err)
{
    size_t count = 0;

    for (const struct host *at = host; at != NULL && at->presented.chain != NULL; at = at->other)
        count++;
    out->chain = calloc(count + 1, sizeof out->chain[0]);
    if (out->chain == NULL)
        return error_no_memory(err);
    for (; host != NULL && host->presented.chain != NULL; host = host->other)
        if (keep_chain(kept, &host->presented, &out->chain[out->chain_count++], err) != 0)
            return -1;
    return 0;
}

int kept_add(struct kept *kept, struct host *host, struct error *err)
{
    struct kept_host *out = &kept->host[host->index];

    out->at = host->at;
    out->recorded_at = host->recorded_at;
    out->issuer_bytes = host->issuer_bytes;
    out->skipped = host->skipped;
    host->skipped = (struct text){0};
    if (host->err.code != ERROR_NONE) {
        out->failure = malloc(sizeof *out->failure);
        if (out->failure == NULL)
            return error_no_memory(err);
        *out->failure = host->err;
    }
    if (keep_chains(kept, host, out, err) != 0)
        return -1;
    return keep_certs(kept, host->issuers, 0, &out->issuer, &out->issuer_count, err);
}

/* ---- out ---- */

static int add_certs(const struct kept *kept, const size_t *index, size_t count,
                     STACK_OF(X509) * out)
{
    for (size_t i = 0; i < count; i++) {
        X509 *cert = kept->certs.cert[index[i]];
        if (sk_X509_push(out, cert) <= 0)
            return -1;
        X509_up_ref(cert);
    }
    return 0;
}

static int take_chain(const struct kept *kept, const struct kept_chain *from, struct presented *out)
{
    X509 *leaf = cert_from_der(from->leaf, from->leaf_length);

    *out = from->presented;
    out->chain = sk_X509_new_null();
    if (leaf == NULL || out->chain == NULL || sk_X509_push(out->chain, leaf) <= 0) {
        X509_free(leaf);
        return -1;
    }
    return add_certs(kept, from->above, from->above_count, out->chain);
}

static int take_chains(const struct kept *kept, const struct kept_host *from, struct host *host,
                       struct other_chains *others)
{
    for (size_t i = 0; i < from->chain_count; i++)
        if (take_chain(kept, &from->chain[i],
                       i == 0 ? &host->presented : &others->presented[others->count++]) != 0)
            return -1;
    if (from->issuer_count == 0)
        return 0;
    host->issuers = sk_X509_new_null();
    return host->issuers != NULL ? add_certs(kept, from->issuer, from->issuer_count, host->issuers)
                                 : -1;
}

int kept_take(struct kept *kept, struct host *host, struct other_chains *others,
              const struct error **failure, struct error *err)
{
    struct kept_host *from = &kept->host[host->index];

    host->at = from->at;
    host->recorded_at = from->recorded_at;
    host->issuer_bytes = from->issuer_bytes;
    host->skipped = from->skipped;
    from->skipped = (struct text){0};
    *failure = from->failure;
    if (take_chains(kept, from, host, others) != 0)
        return error_no_memory(err);
    host_drop(from);
    return 0;
}
