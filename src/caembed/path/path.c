/* path.c -- presented chain + trust store -> certification paths whose signatures verify */
#include "path/path.h"

#include <openssl/err.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "base/timestamp.h"
#include "x509/cert.h"

/* A certificate that may come in a path. Its issuers are looked for when a path first comes by. */
struct node {
    X509 *x509;        /* owned by the graph's certs */
    enum path_end end; /* what it is as the end of a path; PATH_END_INCOMPLETE: no root */
    int64_t distrust_after;
    unsigned long subject_hash; /* equal names have equal hashes */
    unsigned long issuer_hash;
    size_t ca; /* the first node of the same name and key: cross-certificates of one CA share it */
    bool is_expanded;
    bool has_same_subject; /* a certificate is called like its issuer, but is not by its key */
    size_t *issuer;        /* indexes of the nodes that signed it */
    size_t issuer_count;
};

struct graph {
    struct node *node; /* the leaf first, then the pool, then what the store added */
    size_t count;
    size_t presented_count; /* the first so many came from the server */
    struct cost cost;
    size_t signature_checks;
    size_t steps;
    struct store *store;
    const struct accepted_roots *accepted;
    STACK_OF(X509) * certs;
};

static int fail_limit(struct error *err, const char *what, size_t limit)
{
    error_set(err, ERROR_LIMIT, "path building stopped: more than %zu %s", limit, what);
    return error_hint(err,
                      "no real server needs that many; remove what does not belong to the chain");
}

static unsigned long hash(const X509_NAME *name)
{
    return X509_NAME_hash_ex(name, NULL, NULL, NULL);
}

/* The same key, as it is encoded: that is what cross-certificates share. */
static bool has_same_key(const X509 *a, const X509 *b)
{
    return ASN1_STRING_cmp(X509_get0_pubkey_bitstr(a), X509_get0_pubkey_bitstr(b)) == 0;
}

static size_t find_ca(const struct graph *graph, const X509 *cert, unsigned long subject_hash)
{
    size_t i = 0;

    while (i < graph->count &&
           !(graph->node[i].subject_hash == subject_hash &&
             has_same_key(graph->node[i].x509, cert) && cert_same_ca(graph->node[i].x509, cert)))
        i++;
    return i;
}

static int add_node(struct graph *graph, X509 *cert, enum path_end end, int64_t distrust_after,
                    struct error *err)
{
    struct node *larger = array_grow(graph->node, graph->count, sizeof *larger);

    if (larger == NULL)
        return error_no_memory(err);
    graph->node = larger;
    if (X509_up_ref(cert) != 1 || sk_X509_push(graph->certs, cert) <= 0) {
        error_no_memory(err); /* and a reference too many, which is no matter then */
        return -1;
    }
    graph->node[graph->count] = (struct node){.x509 = cert,
                                              .end = end,
                                              .distrust_after = distrust_after,
                                              .subject_hash = hash(X509_get_subject_name(cert)),
                                              .issuer_hash = hash(X509_get_issuer_name(cert))};
    graph->node[graph->count].ca = find_ca(graph, cert, graph->node[graph->count].subject_hash);
    graph->count++;
    return 0;
}

/* The index of the node with this very certificate, or graph->count. */
static size_t find_node(const struct graph *graph, const X509 *cert)
{
    const unsigned long subject_hash = hash(X509_get_subject_name(cert));
    size_t i = 0;

    while (i < graph->count &&
           !(graph->node[i].subject_hash == subject_hash && cert_equal(graph->node[i].x509, cert)))
        i++;
    return i;
}

int accepted_roots_have(const struct accepted_roots *accepted, const X509 *cert, bool *out,
                        struct error *err)
{
    uint8_t digest[SHA256_LENGTH];

    *out = false;
    if (accepted->count == 0)
        return 0;
    if (cert_sha256(cert, digest) != 0)
        return error_no_memory(err);
    for (size_t i = 0; i < accepted->count; i++)
        if (memcmp(digest, accepted->sha256[i], sizeof digest) == 0)
            *out = true;
    return 0;
}

static enum path_end end_of_origin(enum store_origin origin)
{
    return origin == STORE_ORIGIN_CA_FILE ? PATH_END_CA_FILE : PATH_END_STORE;
}

/* Whether the store holds this very certificate; then *end and *distrust_after say as what. */
static int find_in_store(struct graph *graph, const X509 *cert, enum path_end *end,
                         int64_t *distrust_after, struct error *err)
{
    struct store_match match[STORE_MATCH_COUNT_MAX];
    size_t count;

    if (store_find(graph->store, X509_get_subject_name(cert), match, &count, err) != 0)
        return -1;
    for (size_t i = 0; i < count; i++) {
        if (match[i].is_anchor && cert_equal(match[i].x509, cert)) {
            *end = end_of_origin(match[i].origin);
            *distrust_after = match[i].distrust_after;
            return 0;
        }
    }
    return 0;
}

/* Whether the issuer's key signed the certificate, within the bounds of count and cost. */
static int check_signature(struct graph *graph, X509 *cert, X509 *issuer, bool *out,
                           struct error *err)
{
    if (graph->signature_checks == PATH_SIGNATURE_CHECKS_MAX)
        return fail_limit(err, "signature checks", PATH_SIGNATURE_CHECKS_MAX);
    if (cost_spend(&graph->cost, cost_of_signature_us(issuer), "the signatures", err) != 0)
        return -1;
    graph->signature_checks++;
    *out = cert_is_signed_by(cert, issuer);
    return 0;
}

static bool names_itself(const X509 *cert)
{
    return X509_NAME_cmp(X509_get_subject_name(cert), X509_get_issuer_name(cert)) == 0;
}

/* What a certificate is as the end of a path. Outside the store only one that names itself as
 * issuer can be a root. */
static int find_end(struct graph *graph, struct node *node, struct error *err)
{
    X509 *cert = node->x509;
    bool accept = false, is_self_signed = false;

    if (find_in_store(graph, cert, &node->end, &node->distrust_after, err) != 0)
        return -1;
    if (node->end != PATH_END_INCOMPLETE || !names_itself(cert))
        return 0;
    if (accepted_roots_have(graph->accepted, cert, &accept, err) != 0 ||
        check_signature(graph, cert, cert, &is_self_signed, err) != 0)
        return -1;
    if (is_self_signed)
        node->end = accept ? PATH_END_ACCEPTED : PATH_END_PRESENTED;
    return 0;
}

/* What a certificate is, and who signed it, is found out when a path comes by: strangers cost
 * nothing. */
static int add_pool(struct graph *graph, const STACK_OF(X509) * certs, struct error *err)
{
    for (int i = 0; i < sk_X509_num(certs); i++) {
        X509 *cert = sk_X509_value(certs, i);
        if (find_node(graph, cert) < graph->count)
            continue;
        if (graph->count == PATH_POOL_COUNT_MAX)
            return fail_limit(err, "certificates", PATH_POOL_COUNT_MAX);
        if (add_node(graph, cert, PATH_END_INCOMPLETE, TIMESTAMP_NONE, err) != 0)
            return -1;
    }
    return 0;
}

/* Adds the roots of the store that are named as issuer of `child` and are not nodes yet. */
static int add_store_roots(struct graph *graph, const X509 *child, struct error *err)
{
    struct store_match match[STORE_MATCH_COUNT_MAX];
    size_t count;

    if (store_find(graph->store, X509_get_issuer_name(child), match, &count, err) != 0)
        return -1;
    for (size_t i = 0; i < count; i++)
        if (find_node(graph, match[i].x509) == graph->count &&
            add_node(graph, match[i].x509,
                     match[i].is_anchor ? end_of_origin(match[i].origin) : PATH_END_INCOMPLETE,
                     match[i].distrust_after, err) != 0)
            return -1;
    return 0;
}

/* Whether each node signed the one at index, into signs[]: its subject is the issuer, and its key
 * verifies the signature. Cross-certificates of one CA share the check. */
static int find_signers(struct graph *graph, size_t index, bool *signs, struct error *err)
{
    X509 *child = graph->node[index].x509;

    for (size_t i = 0; i < graph->count; i++) {
        X509 *candidate = graph->node[i].x509;
        size_t ca = graph->node[i].ca;
        if (i == index || graph->node[i].subject_hash != graph->node[index].issuer_hash ||
            X509_NAME_cmp(X509_get_subject_name(candidate), X509_get_issuer_name(child)) != 0)
            continue;
        if (ca < i && ca != index) {
            signs[i] = signs[ca];
            continue;
        }
        if (check_signature(graph, child, candidate, &signs[i], err) != 0)
            return -1;
        graph->node[index].has_same_subject = graph->node[index].has_same_subject || !signs[i];
    }
    return 0;
}

/* Finds out whether the node is a root, and if not, who signed it, the store's roots included. */
static int expand(struct graph *graph, size_t index, struct error *err)
{
    struct node *node = &graph->node[index];
    size_t *issuer = NULL;
    bool *signs = NULL;
    size_t count = 0;
    int rv = -1;

    if (node->is_expanded)
        return 0;
    if (node->end == PATH_END_INCOMPLETE && find_end(graph, node, err) != 0)
        return -1;
    node->is_expanded = true;
    if (node->end != PATH_END_INCOMPLETE && names_itself(node->x509))
        return 0; /* a root: the path ends here */
    if (add_store_roots(graph, graph->node[index].x509, err) != 0)
        return -1;
    issuer = calloc(graph->count, sizeof *issuer);
    signs = calloc(graph->count, sizeof *signs);
    if (issuer == NULL || signs == NULL) {
        error_no_memory(err);
        goto done;
    }
    if (find_signers(graph, index, signs, err) != 0)
        goto done;
    for (size_t i = 0; i < graph->count; i++)
        if (signs[i])
            issuer[count++] = i;
    graph->node[index].issuer = issuer; /* add_store_roots() may have moved the nodes */
    graph->node[index].issuer_count = count;
    issuer = NULL;
    rv = 0;
done:
    free(issuer);
    free(signs);
    return rv;
}

/* The path so far, as indexes of nodes. */
struct trail {
    size_t index[PATH_LENGTH_MAX];
    size_t length;
};

static bool is_on_trail(const struct graph *graph, const struct trail *trail, size_t index)
{
    for (size_t i = 0; i < trail->length; i++)
        if (graph->node[trail->index[i]].ca == graph->node[index].ca)
            return true;
    return false;
}

static int record_path(const struct graph *graph, const struct trail *trail, enum path_end end,
                       struct path_list *list, struct error *err)
{
    const struct node *last = &graph->node[trail->index[trail->length - 1]];
    struct path *larger, *path;

    if (list->count == PATH_COUNT_MAX)
        return fail_limit(err, "paths", PATH_COUNT_MAX);
    larger = array_grow(list->path, list->count, sizeof *larger);
    if (larger == NULL)
        return error_no_memory(err);
    list->path = larger;
    path = &larger[list->count++];
    memset(path, 0, sizeof *path);
    for (size_t i = 0; i < trail->length; i++) {
        path->cert[i] = graph->node[trail->index[i]].x509;
        if (i + 1 < trail->length && trail->index[i] >= graph->presented_count)
            path->added_count++;
    }
    path->length = trail->length;
    path->end = end;
    path->has_same_subject = end == PATH_END_INCOMPLETE && last->has_same_subject;
    path->distrust_after = last->distrust_after;
    path->verify_error = X509_V_ERR_UNSPECIFIED;
    return 0;
}

/* Puts the node on the trail and follows all its issuers, depth first. A root ends a path; one that
 * is only presented may also have been cross-signed, but then the cross-certificate is a node. An
 * anchor that is not self-signed ends a path, and stands in the longer ones too. */
static int walk(struct graph *graph, size_t index, struct trail *trail, struct path_list *list,
                struct error *err)
{
    const struct node *node;
    int rv = 0;

    if (trail->length == PATH_LENGTH_MAX)
        return fail_limit(err, "certificates in a path", PATH_LENGTH_MAX);
    if (++graph->steps > PATH_STEPS_MAX)
        return fail_limit(err, "steps", PATH_STEPS_MAX);
    trail->index[trail->length++] = index;
    if (expand(graph, index, err) != 0)
        return -1;
    node = &graph->node[index];
    if (node->issuer_count == 0 || node->end != PATH_END_INCOMPLETE)
        rv = record_path(graph, trail, node->end, list, err);
    for (size_t i = 0; rv == 0 && i < graph->node[index].issuer_count; i++)
        if (!is_on_trail(graph, trail, graph->node[index].issuer[i]))
            rv = walk(graph, graph->node[index].issuer[i], trail, list, err);
    trail->length--;
    return rv;
}

/* Shortest first; a stable sort, so that the order found decides among equals. */
static void sort_by_length(struct path_list *list, struct path *scratch)
{
    size_t used = 0;

    for (size_t length = 1; length <= PATH_LENGTH_MAX; length++)
        for (size_t i = 0; i < list->count; i++)
            if (list->path[i].length == length)
                scratch[used++] = list->path[i];
    if (used > 0)
        memcpy(list->path, scratch, used * sizeof *scratch);
}

static void graph_free(struct graph *graph)
{
    for (size_t i = 0; i < graph->count; i++)
        free(graph->node[i].issuer);
    free(graph->node);
    sk_X509_pop_free(graph->certs, X509_free);
}

int path_build(const STACK_OF(X509) * chain, struct store *store,
               const struct accepted_roots *accepted, struct path_list *out, struct error *err)
{
    struct graph graph = {.store = store,
                          .accepted = accepted,
                          .cost = {.limit_us = PATH_COST_MAX_US},
                          .certs = sk_X509_new_null()};
    struct path_list list = {0};
    struct trail trail = {.length = 0};
    struct path *scratch = NULL;
    int rv = -1;

    if (graph.certs == NULL)
        return error_no_memory(err);
    if (add_pool(&graph, chain, err) != 0)
        goto done;
    graph.presented_count = graph.count;
    if (add_pool(&graph, store_intermediates(store), err) != 0)
        goto done;
    if (graph.count == 0) {
        error_set(err, ERROR_UNTRUSTED, "no certificate was presented");
        goto done;
    }
    if (walk(&graph, 0, &trail, &list, err) != 0)
        goto done;
    scratch = calloc(list.count + 1, sizeof *scratch);
    if (scratch == NULL) {
        error_no_memory(err);
        goto done;
    }
    sort_by_length(&list, scratch);
    list.certs = graph.certs;
    list.cost = graph.cost;
    graph.certs = NULL;
    *out = list;
    list = (struct path_list){0};
    rv = 0;
done:
    free(scratch);
    path_list_free(&list);
    graph_free(&graph);
    return rv;
}

bool path_is_trusted(const struct path *path)
{
    return path->end == PATH_END_STORE || path->end == PATH_END_CA_FILE ||
           path->end == PATH_END_ACCEPTED;
}

bool path_is_valid(const struct path *path)
{
    return path_is_trusted(path) && path->verify_error == X509_V_OK && !path->is_distrusted;
}

void path_list_free(struct path_list *list)
{
    free(list->path);
    sk_X509_pop_free(list->certs, X509_free);
    *list = (struct path_list){0};
}
