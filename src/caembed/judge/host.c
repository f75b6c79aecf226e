/* host.c -- HOST[:PORT] -> presented chain, paths, chosen anchors */
#include "judge/host.h"

#include <stddef.h>
#include <stdlib.h>

#include "base/input.h"
#include "path/leaf.h"
#include "path/validate.h"

/* What the hosts of a run share. */
struct crew {
    const struct options *options;
    struct store *store;
    const struct host_line *line;
    size_t next; /* the first that was not begun */
    struct error *err;
};

static int find_paths(struct host *host, const struct options *options, struct store *store,
                      struct error *err)
{
    if (path_build(host->presented.chain, store, &options->accepted, &host->paths, err) != 0)
        return -1;
    return validate_paths(&host->paths, &host->endpoint, options->at, err);
}

int host_choose(struct host *host, const struct options *options, struct store *store)
{
    const struct anchor_policy policy = {assess_fit, options->target};
    struct error ignored = {.code = ERROR_NONE};
    struct error *err = &host->err;

    if (leaf_check(sk_X509_value(host->presented.chain, 0), &host->endpoint, options->at, err) !=
        0) {
        if (options->explain != EXPLAIN_NONE) /* the leaf decides, but the paths are told too */
            (void)!find_paths(host, options, store, &ignored);
        return -1;
    }
    if (find_paths(host, options, store, err) != 0 ||
        anchor_choose(&host->paths, &policy, &host->chosen, &host->reason, err) != 0)
        return -1;
    return assess_path(options->target, host->chosen, &host->presented, &host->endpoint,
                       options->at, &host->assessment, err);
}

static struct host *host_of(struct fetch_task *task)
{
    return (struct host *)(void *)((char *)task - offsetof(struct host, task));
}

static int take_chain(struct fetch_task *task, void *context)
{
    const struct crew *crew = context;
    struct host *host = host_of(task);

    host->presented = task->presented;
    host->err = task->err;
    if (host->err.code == ERROR_NONE)
        (void)!host_choose(host, crew->options, crew->store);
    return crew->line->done(host, crew->line->context);
}

static void tick(void *context)
{
    const struct crew *crew = context;

    crew->line->tick(crew->line->context);
}

/* An error about a line of --from names the file. */
static void name_file(struct host *host, const struct options *options)
{
    const struct error what = host->err;

    if (host->index < options->argument_count)
        return;
    host->err.code = ERROR_NONE;
    error_set(&host->err, what.code, "in %.200s: %.400s", input_name(options->from), what.message);
}

/* Begins with a host. Returns whether its chain is to be fetched; if not, the host is done. */
static bool begin(struct host *host, const struct crew *crew)
{
    const struct options *options = crew->options;

    if (endpoint_parse(host->argument, options->servername, &host->endpoint, &host->err) != 0) {
        name_file(host, options);
        return false;
    }
    if (options->chain == NULL)
        return true;
    if (fetch_chain_file(options->chain, &host->presented, &host->err) == 0)
        (void)!host_choose(host, options, crew->store);
    return false;
}

static int next_task(void *context, struct fetch_task **out)
{
    struct crew *crew = context;

    *out = NULL;
    while (crew->next < crew->options->host_count) {
        struct host *host = calloc(1, sizeof *host);
        if (host == NULL)
            return error_no_memory(crew->err);
        host->index = crew->next++;
        host->argument = crew->options->host[host->index];
        host->task.endpoint = &host->endpoint;
        if (begin(host, crew)) {
            *out = &host->task;
            return 0;
        }
        if (crew->line->done(host, crew->line->context) != 0)
            return -1;
    }
    return 0;
}

int host_run_all(const struct options *options, struct store *store, const struct host_line *line,
                 struct error *err)
{
    struct crew crew = {options, store, line, 0, err};
    const struct fetch_line tasks = {next_task, take_chain, tick, &crew};

    if (fetch_many(&tasks, &options->fetch, err) != 0)
        return -1;
    return err->code == ERROR_NONE ? 0 : -1;
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
}

void host_free(struct host *host)
{
    if (host != NULL)
        host_clear(host);
    free(host);
}
