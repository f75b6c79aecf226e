/* host.c -- HOST[:PORT] -> presented chain, paths, chosen anchors */
#include "host.h"

int host_run(struct host *host, const char *argument, const struct options *options,
             struct store *store)
{
    const struct anchor_policy policy = {assess_fit, options->target};
    struct error *err = &host->err;

    *host = (struct host){.argument = argument};
    if (endpoint_parse(argument, options->servername, &host->endpoint, err) != 0)
        return -1;
    if (options->chain != NULL) {
        if (fetch_chain_file(options->chain, &host->presented, err) != 0)
            return -1;
    } else if (fetch_chain(&host->endpoint, &options->fetch, &host->presented, err) != 0) {
        return -1;
    }
    if (path_check_leaf(sk_X509_value(host->presented.chain, 0), &host->endpoint, options->at,
                        err) != 0 ||
        path_build(host->presented.chain, store, &options->accepted, &host->paths, err) != 0 ||
        path_validate(&host->paths, &host->endpoint, options->at, err) != 0 ||
        anchor_choose(&host->paths, &policy, &host->chosen, &host->reason, err) != 0)
        return -1;
    return assess_path(options->target, host->chosen, &host->presented, &host->endpoint,
                       options->at, &host->assessment, err);
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
