/* host_pool.c -- HOST[:PORT]... -> judged hosts, as they finish */
#include "judge/host_pool.h"

#include <stdlib.h>
#include <string.h>

#include "base/input.h"
#include "base/workers.h"
#include "judge/missing.h"
#include "net/issuers.h"
#include "net/transfers.h"

/* So many hosts may wait to be judged, or be judged, before no other is begun. */
#define UNJUDGED_MAX 64

#define JUDGED_WAIT_MS 1000

struct host_pool {
    const struct host_list *list;
    const struct judge *judge;
    const struct fewest *fewest;           /* NULL: each host's own choice */
    const struct verdict_context *verdict; /* NULL: left for later */
    struct transfers *transfers;
    struct workers *workers; /* they judge what the transfers bring */
    struct issuers *issuers; /* NULL: missing ones are not fetched */
    struct entry *waiting;   /* for these */
    size_t waiting_count;
    size_t next; /* the index of the first that has not begun */
};

/* A host, its transfer and the judging of it, whose owner is the whole. */
struct entry {
    struct host host; /* first, so that host_free() gets the entry */
    struct transfer transfer;
    struct task task;
    struct host_pool *pool;
    struct other_chains others;
    bool is_chosen;              /* its chains were looked at, and ... */
    bool waits;                  /* ... an issuer is missing that can be fetched */
    struct error fatal;          /* what is not the host's fault */
    const struct error *failure; /* of a kept host, or NULL */
    struct recorded_host fed;    /* of a feed; what it has recorded is the host's */
    struct entry *next;          /* of those that wait */
};

static void wake(void *transfers)
{
    transfers_wake(transfers);
}

static int open_parts(struct host_pool *pool, size_t thread_count, struct error *err)
{
    const struct host_list *list = pool->list;

    if (transfers_open(list->fetch, &pool->transfers, err) != 0 ||
        workers_open(thread_count, wake, pool->transfers, &pool->workers, err) != 0)
        return -1;
    if (!list->fetches_issuers)
        return 0;
    return issuers_open(list->fetch, list->allows_private_issuers, &pool->issuers, err);
}

int host_pool_open(const struct host_list *list, const struct judging *judging,
                   struct host_pool **out, struct error *err)
{
    struct host_pool *pool = calloc(1, sizeof *pool);

    if (pool == NULL)
        return error_no_memory(err);
    pool->list = list;
    pool->judge = judging->judge;
    pool->fewest = judging->fewest;
    pool->verdict = judging->verdict;
    if (open_parts(pool, judging->thread_count, err) != 0) {
        host_pool_close(pool);
        return -1;
    }
    *out = pool;
    return 0;
}

/* ---- in the worker threads ---- */

/* Judges each other chain like a host of its own. */
static int choose_others(struct entry *entry, struct error *err)
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
        (void)!host_choose(other, entry->pool->judge);
        last = last->other = other;
    }
    return 0;
}

/* Every chain that came. */
static int choose(struct entry *entry, struct error *err)
{
    entry->is_chosen = true;
    if (entry->host.err.code != ERROR_NONE || entry->host.presented.chain == NULL)
        return 0;
    (void)!host_choose(&entry->host, entry->pool->judge);
    if (entry->failure != NULL)
        entry->host.err = *entry->failure;
    if (entry->pool->fewest != NULL && fewest_apply(entry->pool->fewest, &entry->host, err) != 0)
        return -1;
    return choose_others(entry, err);
}

static bool wants_issuers(const struct entry *entry)
{
    bool wants = false;

    for (const struct host *host = &entry->host; entry->pool->issuers != NULL && host != NULL;
         host = host->other)
        wants = wants || missing_is_wanted(host);
    return wants;
}

/* Each host once, or twice if issuers were fetched between. */
static void perform(struct task *task)
{
    struct entry *entry = task->owner;
    struct host *host = &entry->host;
    const struct verdict_context *verdict = entry->pool->verdict;

    if (entry->fatal.code != ERROR_NONE)
        return;
    if (!entry->is_chosen) {
        if (choose(entry, &entry->fatal) != 0)
            return;
        entry->waits = wants_issuers(entry);
        if (entry->waits)
            return;
    }
    if (verdict != NULL)
        (void)!verdict_reach(host, verdict, &host->verdict, &entry->fatal);
}

/* ---- in the thread of the pool's owner ---- */

/* An error about a line of --from names the file. */
static void name_file(struct host *host, const struct host_list *list)
{
    const struct error what = host->err;

    if (host->index < list->given_count || list->from == NULL)
        return;
    host->err.code = ERROR_NONE; /* its kind stays */
    error_set(&host->err, what.code, "in %.200s: %.400s", input_name(list->from), what.message);
}

/* By which name the server is asked; NULL: its own. */
static const char *name_of(const struct entry *entry, const struct host_list *list)
{
    if (entry->fed.name != NULL)
        return entry->fed.name;
    return list->lists_recording ? recording_servername(list->recording, entry->host.index)
                                 : list->servername;
}

static int parse_host(struct entry *entry, const struct host_list *list)
{
    struct host *host = &entry->host;
    const char *name = name_of(entry, list);

    if (endpoint_parse(host->argument, name, &host->endpoint, &host->err) != 0) {
        name_file(host, list);
        return -1;
    }
    if (list->address != NULL)
        memcpy(host->endpoint.address, list->address[host->index], ENDPOINT_ADDRESS_SIZE);
    return 0;
}

static void take_recorded(struct entry *entry, const struct recorded *recorded,
                          const struct host_list *list)
{
    struct host *host = &entry->host;

    host->recorded_at = recorded->time;
    host->at = list->ignores_times ? 0 : recorded->time;
    host->presented = recorded->presented;
    host->issuers = recorded->issuers;
    host->err = recorded->err;
    entry->others = recorded->others;
}

/* What was recorded instead of what a server presents now. False if the server is to be asked
 * after all. */
static bool replay(const struct host_list *list, struct entry *entry)
{
    struct host *host = &entry->host;
    struct recorded recorded = {.time = 0};

    if (recording_find(list->recording, &host->endpoint, list->fetch->offer,
                       list->fetch->needs_every_chain, &recorded, &host->err) != 0) {
        if (!list->asks_others || host->err.code != ERROR_USAGE)
            return true;
        host->err = (struct error){.code = ERROR_NONE};
        return false;
    }
    take_recorded(entry, &recorded, list);
    return true;
}

/* What the host presented before. */
static void take_kept(struct kept *kept, struct entry *entry)
{
    struct host *host = &entry->host;

    if (kept_take(kept, host, &entry->others, &entry->failure, &entry->fatal) != 0)
        return;
    if (host->presented.chain == NULL && entry->failure != NULL)
        host->err = *entry->failure;
}

/* Whether no server is to be asked: what it presents is known, or the argument names no host. */
static bool is_known(const struct host_list *list, struct entry *entry)
{
    struct host *host = &entry->host;

    if (parse_host(entry, list) != 0)
        return true;
    if (list->feed != NULL && list->feed->recording != NULL) {
        take_recorded(entry, &entry->fed.recorded, list);
        entry->fed.recorded = (struct recorded){.time = 0};
        return true;
    }
    if (list->kept != NULL) {
        take_kept(list->kept, entry);
        return true;
    }
    if (list->recording != NULL && replay(list, entry))
        return true;
    if (list->chain == NULL)
        return false;
    (void)!fetch_chain_file(list->chain, &host->presented, &host->skipped, &host->err);
    return true;
}

static struct entry *new_entry(struct host_pool *pool)
{
    struct entry *entry = calloc(1, sizeof *entry);

    if (entry == NULL)
        return NULL;
    entry->host.index = pool->next++;
    entry->transfer = (struct transfer){.endpoint = &entry->host.endpoint,
                                        .presented = &entry->host.presented,
                                        .others = &entry->others,
                                        .err = &entry->host.err,
                                        .owner = entry};
    entry->task = (struct task){.perform = perform, .owner = entry};
    entry->pool = pool;
    return entry;
}

/* Whether more hosts may come than have begun. */
static bool has_more(const struct host_pool *pool)
{
    return pool->next < pool->list->count ||
           (pool->list->feed != NULL && !pool->list->feed->is_at_end);
}

/* Hosts of a feed that wait for issuers count, since there may be any number of them. */
static bool has_room(const struct host_pool *pool)
{
    const size_t waiting_count = pool->list->feed != NULL ? pool->waiting_count : 0;

    return workers_count(pool->workers) + waiting_count < UNJUDGED_MAX &&
           transfers_have_room(pool->transfers);
}

/* Returns 1 with the next host in *out, 0 if none is there yet, or -1. */
static int next_entry(struct host_pool *pool, struct entry **out, struct error *err)
{
    const struct host_list *list = pool->list;
    struct recorded_host fed = {.host = NULL};
    struct entry *entry;
    int more = 1;

    if (pool->next >= list->count)
        more = host_feed_next(list->feed, &fed, err);
    if (more != 1)
        return more;
    entry = new_entry(pool);
    if (entry == NULL) {
        recorded_host_free(&fed);
        error_no_memory(err);
        return -1;
    }
    entry->fed = fed;
    entry->host.argument = fed.host != NULL ? fed.host : list->argument[entry->host.index];
    *out = entry;
    return 1;
}

/* Begins with hosts as long as they come and there is room. */
static int begin_some(struct host_pool *pool, struct error *err)
{
    struct entry *entry;
    int more = 1;

    while (more == 1 && has_more(pool) && has_room(pool)) {
        more = next_entry(pool, &entry, err);
        if (more != 1)
            continue;
        if (is_known(pool->list, entry))
            workers_add(pool->workers, &entry->task);
        else
            transfers_add(pool->transfers, &entry->transfer);
    }
    if (pool->list->feed != NULL)
        transfers_watch(pool->transfers,
                        has_more(pool) && has_room(pool) ? host_feed_fd(pool->list->feed) : -1);
    return more < 0 ? -1 : 0;
}

/* Takes a host that is judged, and waits so long for it. *out stays NULL if no host is judged by
 * then, or if the host has to wait for issuers. */
static int take_judged(struct host_pool *pool, long wait_ms, struct host **out, struct error *err)
{
    struct task *task = workers_take(pool->workers, wait_ms);
    struct entry *entry = task != NULL ? task->owner : NULL;

    if (entry == NULL)
        return 0;
    other_chains_free(&entry->others);
    if (entry->fatal.code != ERROR_NONE) {
        *err = entry->fatal;
        host_free(&entry->host);
        return -1;
    }
    if (entry->waits) {
        entry->next = pool->waiting;
        pool->waiting = entry;
        pool->waiting_count++;
        return 0;
    }
    *out = &entry->host;
    return 0;
}

/* Lets the transfers go on, and hands what one brings to the workers. */
static int take_fetched(struct host_pool *pool, struct error *err)
{
    struct transfer *transfer;
    struct entry *entry;

    if (transfers_next(pool->transfers, &transfer, err) != 0)
        return -1;
    if (transfer == NULL)
        return 0;
    entry = transfer->owner;
    workers_add(pool->workers, &entry->task);
    return 0;
}

/* Fetches the missing issuers of a host, of any of its chains, for which the workers then reach the
 * verdict. */
static void complete(struct host_pool *pool)
{
    struct entry *entry = pool->waiting;

    pool->waiting = entry->next;
    pool->waiting_count--;
    for (struct host *host = &entry->host; host != NULL; host = host->other)
        if (missing_is_wanted(host))
            missing_fetch(host, pool->judge, pool->issuers, pool->list->fetch->max_time_ms);
    entry->waits = false;
    workers_add(pool->workers, &entry->task);
}

/* Whether the feed is what there is to wait for; a worker that is done ends that wait, too. Nothing
 * else is to be done: no host waits for issuers alone. */
static bool awaits_feed(const struct host_pool *pool)
{
    return pool->list->feed != NULL && host_feed_fd(pool->list->feed) >= 0 && has_room(pool) &&
           (pool->waiting == NULL || workers_count(pool->workers) > 0);
}

int host_next(struct host_pool *pool, struct host **out, struct error *err)
{
    *out = NULL;
    if (begin_some(pool, err) != 0 || take_judged(pool, 0, out, err) != 0)
        return -1;
    if (*out != NULL)
        return 1;
    if (!transfers_are_empty(pool->transfers) || awaits_feed(pool))
        return take_fetched(pool, err) == 0 ? 1 : -1;
    if (workers_count(pool->workers) > 0)
        return take_judged(pool, JUDGED_WAIT_MS, out, err) == 0 ? 1 : -1;
    if (pool->waiting == NULL)
        return 0;
    complete(pool);
    return 1;
}

const char *host_pool_stage(const struct host_pool *pool)
{
    const char *stage = transfers_stage(pool->transfers);

    return stage == NULL && workers_count(pool->workers) > 0 ? "proving" : stage;
}

void host_free(struct host *host)
{
    if (host != NULL) {
        host_clear(host);
        recorded_host_free(&((struct entry *)host)->fed);
    }
    free(host);
}

static void drop(struct entry *entry)
{
    other_chains_free(&entry->others);
    host_free(&entry->host);
}

void host_pool_close(struct host_pool *pool)
{
    struct transfer *transfer;
    struct task *task;

    if (pool == NULL)
        return;
    while (pool->workers != NULL && (task = workers_give_up(pool->workers)) != NULL)
        drop(task->owner);
    while (pool->waiting != NULL) {
        struct entry *entry = pool->waiting;
        pool->waiting = entry->next;
        drop(entry);
    }
    while (pool->transfers != NULL && (transfer = transfers_give_up(pool->transfers)) != NULL)
        drop(transfer->owner);
    workers_close(pool->workers);
    transfers_close(pool->transfers);
    issuers_close(pool->issuers);
    free(pool);
}
