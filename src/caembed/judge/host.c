/* host.c -- a presented chain -> its paths and the chosen anchors */
#include "judge/host.h"

#include <stdlib.h>
#include <string.h>

#include "judge/outlook.h"
#include "path/leaf.h"
#include "path/validate.h"

static int find_paths(struct host *host, const struct judge *judge, const struct path_rules *rules,
                      struct error *err)
{
    if (path_build(host->presented.chain, judge->store, &judge->accepted, &host->paths, err) != 0)
        return -1;
    return validate_paths(&host->paths, &host->endpoint, rules, err);
}

int host_choose(struct host *host, const struct judge *judge)
{
    const struct anchor_policy policy = {assess_fit, judge->target, judge->until};
    const struct path_rules rules = assess_rules(judge->target, judge->verify_time);
    struct error ignored = {.code = ERROR_NONE};
    struct error *err = &host->err;

    if (leaf_check(host->presented.chain, &host->endpoint, &rules, err) != 0) {
        if (judge->finds_all_paths)
            (void)!find_paths(host, judge, &rules, &ignored);
        return -1;
    }
    if (find_paths(host, judge, &rules, err) != 0 ||
        anchor_choose(&host->paths, &policy, &host->chosen, &host->reason, err) != 0)
        return -1;
    if (assess_path(judge->target, host->chosen, &host->presented, &host->endpoint,
                    judge->verify_time, &host->assessment, err) != 0)
        return -1;
    return outlook_warn(&host->assessment, judge, err);
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
    text_free(&host->skipped);
    if (host->other != NULL)
        host_clear(host->other);
    free(host->other);
    host->other = NULL;
}
