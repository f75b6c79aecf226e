/* groups.c -- hosts, each proven with its anchors -> groups of hosts with one proof of the header
 */
#include "judge/groups.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "judge/proof_cache.h"
#include "x509/cert.h"

/* The key of all that the hosts of a group have in common. */
static int kind_of(const struct host *host, uint8_t out[SHA256_LENGTH], struct error *err)
{
    struct text kind = {0};
    int rv = proof_cache_add_above(host, &kind);

    text_add(&kind, "\nat %lld", (long long)host->at);
    for (size_t i = 0; rv == 0 && i < host->assessment.anchor_count; i++) {
        const struct embedded *anchor = &host->assessment.anchor[i];
        text_add(&kind, "\nanchor %d %d %zu ", (int)anchor->source, (int)anchor->is_intermediate,
                 anchor->path_length);
        rv = cert_add_sha256(anchor->x509, &kind);
        for (size_t k = 0; k < anchor->needs.count; k++)
            text_add(&kind, " %s", anchor->needs.macro[k]);
    }
    rv = rv == 0 ? digest_map_key(&kind, out, err) : error_no_memory(err);
    text_free(&kind);
    return rv;
}

static void group_free(struct group *group)
{
    for (size_t i = 0; i < group->anchor_count; i++)
        X509_free(group->anchor[i].x509);
    free(group->anchor);
    text_free(&group->pem);
    presented_free(&group->presented);
}

/* Takes *pem over. */
static int add_group(struct groups *groups, const struct host *host, struct text *pem,
                     struct error *err)
{
    const struct assessment *assessment = &host->assessment;
    struct group *larger = array_grow(groups->group, groups->count, sizeof *larger);
    struct group made = {.endpoint = host->endpoint, .presented = host->presented, .at = host->at};

    if (larger != NULL)
        groups->group = larger;
    made.presented.chain = X509_chain_up_ref(host->presented.chain);
    made.anchor = calloc(assessment->anchor_count, sizeof made.anchor[0]);
    if (larger == NULL || made.presented.chain == NULL || made.anchor == NULL) {
        group_free(&made);
        return error_no_memory(err);
    }
    for (size_t i = 0; i < assessment->anchor_count; i++) {
        made.anchor[i] = assessment->anchor[i];
        X509_up_ref(made.anchor[i].x509);
    }
    made.anchor_count = assessment->anchor_count;
    made.pem = *pem;
    *pem = (struct text){0};
    larger[groups->count++] = made;
    return 0;
}

static int find_or_add_group(struct groups *groups, const struct host *host, struct text *pem,
                             size_t *out, struct error *err)
{
    uint8_t kind[SHA256_LENGTH];

    if (kind_of(host, kind, err) != 0)
        return -1;
    if (digest_map_find(&groups->kinds, kind, out))
        return 0;
    if (add_group(groups, host, pem, err) != 0 ||
        digest_map_add(&groups->kinds, kind, groups->count - 1, err) != 0)
        return -1;
    *out = groups->count - 1;
    return 0;
}

int groups_add(struct groups *groups, const struct host *host, size_t *out, struct error *err)
{
    struct text pem = {0};
    int rv = assess_add_pem(&host->assessment, &pem, err);

    if (rv == 0)
        rv = find_or_add_group(groups, host, &pem, out, err);
    text_free(&pem);
    return rv;
}

int groups_prove(const struct groups *groups, size_t index, const struct text *pem,
                 struct prover *prover, const struct judge *judge, struct error *err)
{
    const struct group *group = &groups->group[index];

    if (pem->length == group->pem.length && memcmp(pem->data, group->pem.data, pem->length) == 0)
        return 0; /* the very bytes that its hosts were proven with */
    return prover_prove(prover, &group->endpoint, &group->presented,
                        group->at != 0 ? group->at : judge->verify_time, err);
}

void groups_free(struct groups *groups)
{
    for (size_t i = 0; i < groups->count; i++)
        group_free(&groups->group[i]);
    free(groups->group);
    digest_map_free(&groups->kinds);
    *groups = (struct groups){0};
}
