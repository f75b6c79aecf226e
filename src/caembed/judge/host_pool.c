/* host_pool.c -- HOST[:PORT]... -> judged hosts, as they finish */
#include "judge/host_pool.h"

#include <stdlib.h>
#include <string.h>

#include "base/input.h"
#include "judge/missing.h"
#include "net/issuers.h"
#include "net/transfers.h"

struct host_pool {
    const struct host_list *list;
    const struct judge *judge;
    struct transfers *transfers;
    struct issuers *issuers; /* NULL: missing ones are not fetched */
    struct entry *waiting;   /* for these */
    size_t next;             /* the first that has not begun */
};

/* A host and its transfer: the transfer's owner is the whole. */
struct entry {
    struct host host; /* first, so that host_free() gets the entry */
    struct transfer transfer;
    struct other_chains others;
    struct entry *next; /* of those that wait */
};

int host_pool_open(const struct host_list *list, const struct judge *judge, struct host_pool **out,
                   struct error *err)
{
    struct host_pool *pool = calloc(1, sizeof *pool);

    if (pool == NULL)
        return error_no_memory(err);
    pool->list = list;
    pool->judge = judge;
    if (transfers_open(list->fetch, &pool->transfers, err) != 0 ||
        (list->fetches_issuers &&
         issuers_open(list->fetch, list->allows_private_issuers, &pool->issuers, err) != 0)) {
        transfers_close(pool->transfers);
        free(pool);
        return -1;
    }
    *out = pool;
    return 0;
}

/* An error about a line of --from names the file. */
static void name_file(struct host *host, const struct host_list *list)
{
    const struct error what = host->err;

    if (host->index < list->given_count)
        return;
    host->err.code = ERROR_NONE; /* its kind stays */
    error_set(&host->err, what.code, "in %.200s: %.400s", input_name(list->from), what.message);
}

/* Judges each other chain like a host of its own. */
static int judge_others(struct host_pool *pool, struct entry *entry, struct error *err)
{
    struct host *last = &entry->host;

    for (size_t i = 0; i < entry->others.count; i++) {
        struct host *other = calloc(1, sizeof *other);
        if (other == NULL)
            return error_no_memory(err);
        other->index = last->index;
        other->argument = last->argument;
        other->endpoint = last->endpoint;
        other->at = last->at;
        other->presented = entry->others.presented[i];
        entry->others.presented[i] = (struct presented){0};
        (void)!host_choose(other, pool->judge);
        last = last->other = other;
    }
    return 0;
}

/* Every chain that came. What is not taken over is freed. */
static int judge_chains(struct host_pool *pool, struct entry *entry, struct error *err)
{
    int rv;

    (void)!host_choose(&entry->host, pool->judge);
    rv = judge_others(pool, entry, err);
    other_chains_free(&entry->others);
    return rv;
}

static int parse_host(struct host *host, const struct host_list *list)
{
    const char *name = list->lists_recording ? recording_servername(list->recording, host->index)
                                             : list->servername;

    if (endpoint_parse(host->argument, name, &host->endpoint, &host->err) != 0) {
        name_file(host, list);
        return -1;
    }
    if (list->address != NULL)
        memcpy(host->endpoint.address, list->address[host->index], ENDPOINT_ADDRESS_SIZE);
    return 0;
}

static void read_chain(struct host_pool *pool, struct host *host)
{
    const struct host_list *list = pool->list;

    if (fetch_chain_file(list->chain, &host->presented, &host->skipped, &host->err) == 0)
        (void)!host_choose(host, pool->judge);
    if (pool->issuers != NULL && missing_is_wanted(host))
        missing_fetch(host, pool->judge, pool->issuers, list->fetch->max_time_ms);
}

/* What was recorded instead of what a server presents now. Returns 1 if the server is to be asked
 * after all. */
static int replay(struct host_pool *pool, struct entry *entry, struct error *err)
{
    const struct host_list *list = pool->list;
    struct host *host = &entry->host;
    struct recorded recorded = {.time = 0};

    if (recording_find(list->recording, &host->endpoint, list->fetch->offer,
                       list->fetch->needs_every_chain, &recorded, &host->err) != 0) {
        if (!list->asks_others || host->err.code != ERROR_USAGE)
            return 0;
        host->err = (struct error){.code = ERROR_NONE};
        return 1;
    }
    host->recorded_at = recorded.time;
    host->at = list->ignores_times ? 0 : recorded.time;
    host->presented = recorded.presented;
    host->issuers = recorded.issuers;
    host->err = recorded.err;
    entry->others = recorded.others;
    return host->presented.chain != NULL ? judge_chains(pool, entry, err) : 0;
}

/* Starts with a host: 1 if its chain is being fetched, 0 if the host is done. */
static int begin(struct host_pool *pool, struct entry *entry, struct error *err)
{
    const struct host_list *list = pool->list;
    struct host *host = &entry->host;

    if (parse_host(host, list) != 0)
        return 0;
    if (list->recording != NULL) {
        const int is_missing = replay(pool, entry, err);
        if (is_missing != 1)
            return is_missing;
    }
    if (list->chain != NULL) {
        read_chain(pool, host);
        return 0;
    }
    transfers_add(pool->transfers, &entry->transfer);
    return 1;
}

static struct entry *new_entry(struct host_pool *pool)
{
    struct entry *entry = calloc(1, sizeof *entry);

    if (entry == NULL)
        return NULL;
    entry->host.index = pool->next++;
    entry->host.argument = pool->list->argument[entry->host.index];
    entry->transfer = (struct transfer){.endpoint = &entry->host.endpoint,
                                        .presented = &entry->host.presented,
                                        .others = &entry->others,
                                        .err = &entry->host.err,
                                        .owner = entry};
    return entry;
}

/* Starts hosts as long as there is room. *out is one that is done at once, or NULL. */
static int begin_some(struct host_pool *pool, struct host **out, struct error *err)
{
    *out = NULL;
    while (*out == NULL && pool->next < pool->list->count && transfers_have_room(pool->transfers)) {
        struct entry *entry = new_entry(pool);
        int is_fetched;
        if (entry == NULL)
            return error_no_memory(err);
        is_fetched = begin(pool, entry, err);
        if (is_fetched < 0) {
            host_free(&entry->host);
            return -1;
        }
        if (is_fetched == 0)
            *out = &entry->host;
    }
    return 0;
}

static bool wants_issuers(const struct host_pool *pool, const struct host *host)
{
    bool wants = false;

    for (; pool->issuers != NULL && host != NULL; host = host->other)
        wants = wants || missing_is_wanted(host);
    return wants;
}

/* A host that waited for missing issuers, of any of its chains. Returns 1, or 0 if there is none.
 */
static int take_waiting(struct host_pool *pool, struct host **out)
{
    struct entry *entry = pool->waiting;

    if (entry == NULL)
        return 0;
    pool->waiting = entry->next;
    for (struct host *host = &entry->host; host != NULL; host = host->other)
        if (missing_is_wanted(host))
            missing_fetch(host, pool->judge, pool->issuers, pool->list->fetch->max_time_ms);
    *out = &entry->host;
    return 1;
}

int host_next(struct host_pool *pool, struct host **out, struct error *err)
{
    struct transfer *transfer;
    struct entry *entry;

    if (begin_some(pool, out, err) != 0)
        return -1;
    if (*out != NULL)
        return 1;
    if (transfers_are_empty(pool->transfers))
        return take_waiting(pool, out);
    if (transfers_next(pool->transfers, &transfer, err) != 0)
        return -1;
    if (transfer == NULL)
        return 1;
    entry = transfer->owner;
    if (entry->host.err.code == ERROR_NONE && judge_chains(pool, entry, err) != 0) {
        host_free(&entry->host);
        return -1;
    }
    if (wants_issuers(pool, &entry->host)) {
        entry->next = pool->waiting;
        pool->waiting = entry;
        return 1;
    }
    *out = &entry->host;
    return 1;
}

void host_free(struct host *host)
{
    if (host != NULL)
        host_clear(host);
    free(host);
}

void host_pool_close(struct host_pool *pool)
{
    struct transfer *transfer;

    if (pool == NULL)
        return;
    while (pool->waiting != NULL) {
        struct entry *entry = pool->waiting;
        pool->waiting = entry->next;
        host_free(&entry->host);
    }
    while ((transfer = transfers_give_up(pool->transfers)) != NULL) {
        struct entry *entry = transfer->owner;
        other_chains_free(&entry->others);
        host_free(&entry->host);
    }
    transfers_close(pool->transfers);
    issuers_close(pool->issuers);
    free(pool);
}
