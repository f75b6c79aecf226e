/* host.c -- a presented chain -> its paths and the chosen anchors */
#include "judge/host.h"

#include <stdlib.h>
#include <string.h>

#include "device/device.h"
#include "judge/outlook.h"
#include "path/leaf.h"
#include "path/validate.h"
#include "x509/cert.h"

/* What came from the server, and the issuers that --aia fetched. Free with sk_X509_free(). */
static STACK_OF(X509) * gather_certs(const struct host *host)
{
    STACK_OF(X509) *certs = sk_X509_dup(host->presented.chain);

    for (int i = 0; certs != NULL && i < sk_X509_num(host->issuers); i++)
        if (sk_X509_push(certs, sk_X509_value(host->issuers, i)) <= 0) {
            sk_X509_free(certs);
            return NULL;
        }
    return certs;
}

static int find_paths(struct host *host, const struct judge *judge, const struct path_rules *rules,
                      struct error *err)
{
    STACK_OF(X509) *certs = gather_certs(host);
    int rv;

    if (certs == NULL)
        return error_no_memory(err);
    rv = path_build(certs, judge->store, &judge->accepted, &host->paths, err);
    sk_X509_free(certs);
    if (rv != 0)
        return -1;
    return validate_paths(&host->paths, &host->endpoint, rules, err);
}

/* An intermediate that is embedded, and neither presented nor in a file. */
static void note_fetched(struct host *host)
{
    for (size_t i = 0; i < host->assessment.anchor_count; i++)
        for (int k = 0; k < sk_X509_num(host->issuers); k++)
            if (host->assessment.anchor[i].is_intermediate &&
                cert_equal(host->assessment.anchor[i].x509, sk_X509_value(host->issuers, k)))
                host->assessment.anchor[i].source = PATH_END_FETCHED;
}

static X509 *find_last(const struct host *host, const struct judge *judge)
{
    const STACK_OF(X509) *chain = host->presented.chain;

    if (!judge->target->has_bundle)
        return NULL;
    return sk_X509_value(chain, device_find_last(chain, judge->target, judge->verify_time));
}

struct judge host_judge(const struct host *host, const struct judge *judge)
{
    struct judge own = *judge;

    if (host->at != 0)
        own.verify_time = host->at;
    return own;
}

static int choose(struct host *host, const struct judge *judge)
{
    struct assess_view view = {judge->target, NULL};
    const struct anchor_policy policy = {assess_fit, &view, judge->until};
    const struct path_rules rules = assess_rules(judge->target, judge->verify_time);
    struct error ignored = {.code = ERROR_NONE};
    struct error *err = &host->err;

    if (leaf_check(host->presented.chain, &host->endpoint, &rules, err) != 0) {
        if (judge->finds_all_paths)
            (void)!find_paths(host, judge, &rules, &ignored);
        return -1;
    }
    view.last = host->last = find_last(host, judge);
    if (find_paths(host, judge, &rules, err) != 0 ||
        anchor_choose(&host->paths, &policy, &host->chosen, &host->reason, err) != 0)
        return -1;
    if (assess_path(judge->target, host->chosen, &host->presented, &host->endpoint,
                    judge->verify_time, &host->assessment, err) != 0)
        return -1;
    note_fetched(host);
    return outlook_warn(&host->assessment, judge, err);
}

int host_choose(struct host *host, const struct judge *judge)
{
    const struct judge own = host_judge(host, judge);

    return choose(host, &own);
}

const struct host *host_next_chain(const struct host *host, const struct judge *judge)
{
    return judge->needs_every_chain ? host->other : NULL;
}

const char *host_text(const struct host *host)
{
    const char *at = strrchr(host->argument, '@'); /* before it may stand a password */

    if (host->endpoint.text[0] != '\0')
        return host->endpoint.text;
    return at != NULL ? at + 1 : host->argument;
}

void host_clear(struct host *host)
{
    path_list_free(&host->paths);
    presented_free(&host->presented);
    sk_X509_pop_free(host->issuers, X509_free);
    host->issuers = NULL;
    text_free(&host->skipped);
    if (host->other != NULL)
        host_clear(host->other);
    free(host->other);
    host->other = NULL;
}
