/* host.c -- HOST[:PORT] -> presented chain, paths, chosen anchors */
#include "host.h"

/* What the hosts of a run share. */
struct crew {
    const struct options *options;
    struct store *store;
};

/* From the presented chain to the anchors. */
static int choose(struct host *host, const struct crew *crew)
{
    const struct options *options = crew->options;
    const struct anchor_policy policy = {assess_fit, options->target};
    struct error *err = &host->err;

    if (path_check_leaf(sk_X509_value(host->presented.chain, 0), &host->endpoint, options->at,
                        err) != 0 ||
        path_build(host->presented.chain, crew->store, &options->accepted, &host->paths, err) !=
            0 ||
        path_validate(&host->paths, &host->endpoint, options->at, err) != 0 ||
        anchor_choose(&host->paths, &policy, &host->chosen, &host->reason, err) != 0)
        return -1;
    return assess_path(options->target, host->chosen, &host->presented, &host->endpoint,
                       options->at, &host->assessment, err);
}

static void take_chain(struct fetch_task *task)
{
    struct host *host = task->owner;

    host->presented = task->presented;
    host->err = task->err;
    if (host->err.code == ERROR_NONE)
        (void)!choose(host, host->crew);
}

int host_run_all(struct host *host, const struct options *options, struct store *store,
                 struct error *err)
{
    const struct crew crew = {options, store};
    struct fetch_task **task = calloc(options->host_count, sizeof *task);
    size_t count = 0;
    int rv;

    if (task == NULL)
        return error_no_memory(err);
    for (size_t i = 0; i < options->host_count; i++) {
        struct host *at = &host[i];
        at->argument = options->host[i];
        at->crew = &crew;
        if (endpoint_parse(at->argument, options->servername, &at->endpoint, &at->err) != 0)
            continue;
        if (options->chain == NULL) {
            at->task = (struct fetch_task){.endpoint = &at->endpoint, .owner = at};
            task[count++] = &at->task;
        } else if (fetch_chain_file(options->chain, &at->presented, &at->err) == 0) {
            (void)!choose(at, &crew);
        }
    }
    rv = fetch_many(task, count, &options->fetch, take_chain, err);
    free(task);
    return rv;
}

const char *host_text(const struct host *host)
{
    const char *at = strrchr(host->argument, '@'); /* before it may stand a password */

    if (host->endpoint.text[0] != '\0')
        return host->endpoint.text;
    return at != NULL ? at + 1 : host->argument;
}

void host_free(struct host *host)
{
    path_list_free(&host->paths);
    presented_free(&host->presented);
}
