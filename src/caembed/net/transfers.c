/* transfers.c -- endpoints -> their presented chains, as they arrive */
#include "net/transfers.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/monotonic.h"
#include "net/capacity.h"

#define WAIT_MAX_MS 1000
#define WAIT_FOR_RETRY_MS 100
#define DESCRIPTORS_EACH 4 /* of a connection: its socket, and what looks up its name */
#define DESCRIPTORS_REST 16

struct transfers {
    CURLM *multi;
    const struct fetch_options *options;
    SSL_CTX *context[QUESTION_COUNT]; /* NULL until it is needed */
    size_t jobs;                      /* at once */
    struct curl_waitfd *fd;           /* as many as jobs, and one for watched */
    struct transfer *connecting;      /* by libcurl */
    struct transfer *talking;         /* in TLS, or in words before it */
    size_t active_count;              /* of both */
    struct transfer *waiting;         /* for another attempt, or for others to their host */
    size_t crowded_count;             /* of the latter */
    struct capacity *capacities;      /* of servers that have turned connections away */
    struct transfer *finished;        /* the first to finish first */
    int watched;                      /* a descriptor of the caller's, or -1 */
    atomic_bool is_woken;
};

static void push(struct transfer **list, struct transfer *transfer)
{
    transfer->next = *list;
    *list = transfer;
}

static void append(struct transfer **list, struct transfer *transfer)
{
    while (*list != NULL)
        list = &(*list)->next;
    transfer->next = NULL;
    *list = transfer;
}

static void take_off(struct transfer **list, const struct transfer *transfer)
{
    while (*list != NULL && *list != transfer)
        list = &(*list)->next;
    if (*list != NULL)
        *list = transfer->next;
}

/* As many connections as are asked for, if the process may have descriptors for them: the limit is
 * raised as far as it can be. Too many would look like failures of the network. */
static size_t allowed_jobs(long wanted)
{
    const rlim_t needed = (rlim_t)wanted * DESCRIPTORS_EACH + DESCRIPTORS_REST;
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY ||
        limit.rlim_cur >= needed)
        return (size_t)wanted;
    limit.rlim_cur =
        limit.rlim_max == RLIM_INFINITY || limit.rlim_max > needed ? needed : limit.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
        (void)getrlimit(RLIMIT_NOFILE, &limit);
    if (limit.rlim_cur >= needed)
        return (size_t)wanted;
    if (limit.rlim_cur < DESCRIPTORS_REST + DESCRIPTORS_EACH)
        return 1;
    return (size_t)((limit.rlim_cur - DESCRIPTORS_REST) / DESCRIPTORS_EACH);
}

int transfers_open(const struct fetch_options *options, struct transfers **out, struct error *err)
{
    struct transfers *transfers = calloc(1, sizeof *transfers);

    if (transfers == NULL)
        return error_no_memory(err);
    transfers->options = options;
    transfers->watched = -1;
    transfers->jobs = allowed_jobs(options->jobs);
    transfers->multi = curl_multi_init();
    transfers->fd = calloc(transfers->jobs + 1, sizeof transfers->fd[0]);
    if (transfers->multi == NULL || transfers->fd == NULL) {
        transfers_close(transfers);
        return error_no_memory(err);
    }
    *out = transfers;
    return 0;
}

/* ---- how it starts ---- */

/* The context of a question, made when it is first asked. */
static int find_context(struct transfers *transfers, enum question question, SSL_CTX **out,
                        struct error *err)
{
    static const enum offer_key keys[QUESTION_COUNT] = {
        [QUESTION_ECDSA] = OFFER_ECDSA_ALONE, [QUESTION_RSA] = OFFER_RSA_ALONE};
    const struct offer *offer =
        question == QUESTION_OFFER ? transfers->options->offer : &offers[OFFER_OPEN];

    if (transfers->context[question] == NULL &&
        fetch_make_context(offer, keys[question], &transfers->context[question], err) != 0)
        return -1;
    *out = transfers->context[question];
    return 0;
}

static int begin(struct transfers *transfers, struct transfer *transfer, struct error *err)
{
    SSL_CTX *context;

    if (find_context(transfers, transfer->question, &context, err) != 0 ||
        fetch_start(transfer->endpoint, transfers->options, context, transfer->end_ms,
                    &transfer->fetch, err) != 0)
        return -1;
    curl_easy_setopt(fetch_handle(transfer->fetch), CURLOPT_PRIVATE, transfer);
    if (curl_multi_add_handle(transfers->multi, fetch_handle(transfer->fetch)) == CURLM_OK)
        return 0;
    fetch_free(transfer->fetch);
    transfer->fetch = NULL;
    return error_no_memory(err);
}

/* What came before is of no use without the rest. */
static void finish_with(struct transfers *transfers, struct transfer *transfer,
                        const struct error *err)
{
    presented_free(transfer->presented);
    other_chains_free(transfer->others);
    *transfer->err = *err;
    append(&transfers->finished, transfer);
}

/* Asks the transfer's question. */
static void ask(struct transfers *transfers, struct transfer *transfer)
{
    struct error err = {.code = ERROR_NONE};

    if (begin(transfers, transfer, &err) == 0) {
        push(&transfers->connecting, transfer);
        transfers->active_count++;
        return;
    }
    finish_with(transfers, transfer, &err);
}

/* Another attempt: the questions that were answered are not asked again. */
static void start(struct transfers *transfers, struct transfer *transfer)
{
    transfer->attempts++;
    transfer->end_ms = monotonic_now_ms() + transfers->options->max_time_ms;
    ask(transfers, transfer);
}

/* How many go to the endpoint's host, at any port or at the same. */
static long count_to(const struct transfer *list, const struct endpoint *endpoint, bool same_port)
{
    long count = 0;

    for (; list != NULL; list = list->next)
        if (strcmp(list->endpoint->host, endpoint->host) == 0 &&
            (!same_port || list->endpoint->port == endpoint->port))
            count++;
    return count;
}

static long count_under_way(const struct transfers *transfers, const struct endpoint *endpoint,
                            bool same_port)
{
    return count_to(transfers->connecting, endpoint, same_port) +
           count_to(transfers->talking, endpoint, same_port);
}

/* Whether as many connections go to the transfer's host as may, or to its port as it takes. */
static bool is_crowded(const struct transfers *transfers, const struct transfer *transfer)
{
    const struct endpoint *endpoint = transfer->endpoint;
    const long most = transfers->options->per_host;
    const long capacity = capacity_of(transfers->capacities, endpoint);

    return (most > 0 && count_under_way(transfers, endpoint, false) >= most) ||
           (capacity > 0 && count_under_way(transfers, endpoint, true) >= capacity);
}

/* Has the transfer wait until its host is no longer crowded. */
static void wait_for_room(struct transfers *transfers, struct transfer *transfer)
{
    transfer->not_before_ms = 0;
    append(&transfers->waiting, transfer);
    transfers->crowded_count += transfer->attempts == 0 ? 1 : 0;
}

/* Returns the first waiting transfer that can start now, or NULL. */
static struct transfer *find_due(const struct transfers *transfers)
{
    const int64_t now = monotonic_now_ms();
    struct transfer *transfer = transfers->waiting;

    while (transfer != NULL && (transfer->not_before_ms > now || is_crowded(transfers, transfer)))
        transfer = transfer->next;
    return transfer;
}

bool transfers_have_room(const struct transfers *transfers)
{
    return transfers->active_count < transfers->jobs &&
           transfers->crowded_count < transfers->jobs && find_due(transfers) == NULL;
}

void transfers_add(struct transfers *transfers, struct transfer *transfer)
{
    transfer->attempts = 0;
    transfer->question = QUESTION_OFFER;
    if (is_crowded(transfers, transfer))
        wait_for_room(transfers, transfer);
    else
        start(transfers, transfer);
}

static void start_due(struct transfers *transfers)
{
    struct transfer *transfer;

    while (transfers->active_count < transfers->jobs && (transfer = find_due(transfers)) != NULL) {
        take_off(&transfers->waiting, transfer);
        transfers->crowded_count -= transfer->attempts == 0 ? 1 : 0;
        start(transfers, transfer);
    }
}

/* ---- how a question ends ---- */

static void leave(struct transfers *transfers, struct transfer *transfer)
{
    curl_multi_remove_handle(transfers->multi, fetch_handle(transfer->fetch));
    take_off(&transfers->connecting, transfer);
    take_off(&transfers->talking, transfer);
    transfers->active_count--;
    fetch_free(transfer->fetch);
    transfer->fetch = NULL;
}

static void retry_or_finish(struct transfers *transfers, struct transfer *transfer,
                            const struct error *err)
{
    if (!connection_may_retry(err->code) || transfer->attempts > transfers->options->retries) {
        finish_with(transfers, transfer, err);
        return;
    }
    *transfer->err = (struct error){.code = ERROR_NONE};
    transfer->not_before_ms = monotonic_now_ms() + connection_backoff_ms(transfer->attempts);
    push(&transfers->waiting, transfer);
}

/* A server that talks with others, and turns this one away, has as many as it takes: the attempt
 * does not count, and waits for them. No more go there at once from now on, so that each time there
 * are fewer, and a server that turns away the only one has failed. */
static bool back_off(struct transfers *transfers, struct transfer *transfer)
{
    const long others = count_to(transfers->talking, transfer->endpoint, true);

    if (others == 0 || capacity_set(&transfers->capacities, transfer->endpoint, others) != 0)
        return false;
    transfer->attempts--;
    wait_for_room(transfers, transfer);
    return true;
}

/* Every chain is there, or the next is asked for. */
static void ask_next(struct transfers *transfers, struct transfer *transfer)
{
    if (!transfers->options->asks_every_chain || transfer->question == QUESTION_RSA) {
        append(&transfers->finished, transfer);
        return;
    }
    transfer->question++;
    ask(transfers, transfer);
}

static bool chain_equal(const struct presented *a, const struct presented *b)
{
    const int count = sk_X509_num(a->chain);

    if (sk_X509_num(b->chain) != count)
        return false;
    for (int i = 0; i < count; i++)
        if (X509_cmp(sk_X509_value(a->chain, i), sk_X509_value(b->chain, i)) != 0)
            return false;
    return true;
}

/* Takes *found over. */
static void add_chain(struct transfer *transfer, struct presented *found)
{
    struct other_chains *others = transfer->others;
    bool is_known = chain_equal(transfer->presented, found);

    for (size_t i = 0; i < others->count; i++)
        is_known = is_known || chain_equal(&others->presented[i], found);
    if (is_known)
        presented_free(found);
    else
        others->presented[others->count++] = *found;
}

static void settle_chain(struct transfers *transfers, struct transfer *transfer,
                         struct presented *found)
{
    if (transfer->question == QUESTION_OFFER)
        *transfer->presented = *found;
    else
        add_chain(transfer, found);
    ask_next(transfers, transfer);
}

/* A server that refuses part of the offer has no such chain; one that is lost may have it. */
static void settle_failure(struct transfers *transfers, struct transfer *transfer,
                           enum refusal refusal, const struct error *err)
{
    if (transfer->question == QUESTION_OFFER) {
        if (refusal == REFUSAL_NONE || transfers->options->offer == &offers[OFFER_OPEN]) {
            retry_or_finish(transfers, transfer, err);
            return;
        }
        *transfer->err = *err;
        transfer->refusal = refusal;
        transfer->question = QUESTION_OPEN;
        ask(transfers, transfer);
    } else if (refusal != REFUSAL_NONE || !transfers->options->needs_every_chain) {
        ask_next(transfers, transfer);
    } else {
        retry_or_finish(transfers, transfer, err);
    }
}

/* The server refused the offer, and an open one gave a chain, or not even that. */
static void settle_open(struct transfers *transfers, struct transfer *transfer,
                        struct presented *found)
{
    struct error err = *transfer->err;

    transfer->question = QUESTION_OFFER;
    if (found->chain != NULL) {
        err = (struct error){.code = ERROR_NONE};
        offer_fail(transfers->options->offer, transfer->refusal, found->tls_version,
                   found->tls_cipher, &err);
    }
    presented_free(found);
    retry_or_finish(transfers, transfer, &err);
}

static void settle(struct transfers *transfers, struct transfer *transfer)
{
    struct presented found = {0};
    struct error err = {.code = ERROR_NONE};
    const bool has_chain = fetch_finish(transfer->fetch, &found, &err) == 0;
    const enum refusal refusal = fetch_refusal(transfer->fetch);
    const bool is_turned_away = fetch_is_turned_away(transfer->fetch);

    leave(transfers, transfer);
    if (is_turned_away && back_off(transfers, transfer))
        return;
    if (transfer->question == QUESTION_OPEN)
        settle_open(transfers, transfer, &found);
    else if (has_chain)
        settle_chain(transfers, transfer, &found);
    else
        settle_failure(transfers, transfer, refusal, &err);
}

/* ---- how it goes on ---- */

/* Settles a transfer that is over, and lets one wait that is not. */
static void take(struct transfers *transfers, struct transfer *transfer, enum io io)
{
    transfer->waits_for = io;
    if (io == IO_DONE || io == IO_FAILED)
        settle(transfers, transfer);
}

/* Takes the connections that libcurl has made, or could not make. */
static void take_connected(struct transfers *transfers)
{
    const CURLMsg *message;
    int left;

    while ((message = curl_multi_info_read(transfers->multi, &left)) != NULL) {
        CURLcode result = message->data.result; /* the message ends with its handle */
        struct transfer *transfer = NULL;
        if (message->msg != CURLMSG_DONE ||
            curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&transfer) !=
                CURLE_OK)
            continue;
        take_off(&transfers->connecting, transfer);
        push(&transfers->talking, transfer);
        take(transfers, transfer, fetch_connected(transfer->fetch, result));
    }
}

static int fail(CURLMcode code, struct error *err)
{
    return error_set(err, ERROR_INTERNAL, "libcurl stopped: %s", curl_multi_strerror(code));
}

/* Fills in what those that talk wait for. Returns how many there are, and shortens *most_ms to the
 * first deadline. */
static unsigned list_talking(const struct transfers *transfers, int *most_ms)
{
    const int64_t now = monotonic_now_ms();
    unsigned count = 0;

    for (struct transfer *at = transfers->talking; at != NULL; at = at->next) {
        const int64_t left_ms = fetch_deadline_ms(at->fetch) - now;
        transfers->fd[count++] = (struct curl_waitfd){
            .fd = fetch_socket(at->fetch),
            .events = at->waits_for == IO_WRITES ? CURL_WAIT_POLLOUT : CURL_WAIT_POLLIN};
        if (left_ms < *most_ms)
            *most_ms = left_ms > 0 ? (int)left_ms : 0;
    }
    return count;
}

/* Lets those go on that have what they waited for, or no more time. */
static void step_talking(struct transfers *transfers)
{
    const int64_t now = monotonic_now_ms();
    struct transfer *next;
    size_t i = 0;

    for (struct transfer *at = transfers->talking; at != NULL; at = next, i++) {
        next = at->next;
        if (transfers->fd[i].revents != 0 || now >= fetch_deadline_ms(at->fetch))
            take(transfers, at, fetch_step(at->fetch));
    }
}

/* Lets the transfers go on, waiting up to a second for one that finishes. */
static int advance(struct transfers *transfers, struct error *err)
{
    int most_ms = transfers->waiting != NULL ? WAIT_FOR_RETRY_MS : WAIT_MAX_MS;
    CURLMcode code;
    unsigned talking, count;
    int running;

    start_due(transfers);
    code = curl_multi_perform(transfers->multi, &running);
    if (code != CURLM_OK)
        return fail(code, err);
    take_connected(transfers);
    if (transfers->finished != NULL)
        return 0;
    count = talking = list_talking(transfers, &most_ms);
    if (transfers->watched >= 0)
        transfers->fd[count++] =
            (struct curl_waitfd){.fd = transfers->watched, .events = CURL_WAIT_POLLIN};
    code = curl_multi_poll(transfers->multi, transfers->fd, count, most_ms, NULL);
    if (code != CURLM_OK)
        return fail(code, err);
    if (count > talking && transfers->fd[talking].revents != 0)
        atomic_store(&transfers->is_woken, true);
    step_talking(transfers);
    return 0;
}

int transfers_next(struct transfers *transfers, struct transfer **out, struct error *err)
{
    const int64_t deadline_ms = monotonic_now_ms() + WAIT_MAX_MS;
    bool is_woken = false;

    *out = NULL;
    while (transfers->finished == NULL && !is_woken && monotonic_now_ms() < deadline_ms &&
           (!transfers_are_empty(transfers) || transfers->watched >= 0)) {
        if (advance(transfers, err) != 0)
            return -1;
        is_woken = atomic_exchange(&transfers->is_woken, false);
    }
    *out = transfers->finished;
    if (*out != NULL)
        transfers->finished = (*out)->next;
    return 0;
}

void transfers_wake(struct transfers *transfers)
{
    atomic_store(&transfers->is_woken, true);
    (void)curl_multi_wakeup(transfers->multi);
}

void transfers_watch(struct transfers *transfers, int fd)
{
    transfers->watched = fd;
}

const char *transfers_stage(const struct transfers *transfers)
{
    curl_off_t looked_up_us = 0;

    if (transfers->talking != NULL)
        return "waiting for the server's certificates";
    if (transfers->connecting == NULL)
        return transfers->waiting != NULL ? "waiting to try again" : NULL;
    (void)curl_easy_getinfo(fetch_handle(transfers->connecting->fetch), CURLINFO_NAMELOOKUP_TIME_T,
                            &looked_up_us);
    return looked_up_us > 0 ? "connecting" : "resolving the name";
}

bool transfers_are_empty(const struct transfers *transfers)
{
    return transfers->active_count == 0 && transfers->waiting == NULL &&
           transfers->finished == NULL;
}

struct transfer *transfers_give_up(struct transfers *transfers)
{
    struct transfer **list = transfers->finished != NULL     ? &transfers->finished
                             : transfers->waiting != NULL    ? &transfers->waiting
                             : transfers->connecting != NULL ? &transfers->connecting
                                                             : &transfers->talking;
    struct transfer *transfer = *list;

    if (transfer != NULL && transfer->fetch != NULL)
        leave(transfers, transfer);
    else if (transfer != NULL)
        take_off(list, transfer);
    return transfer;
}

void transfers_close(struct transfers *transfers)
{
    if (transfers == NULL)
        return;
    while (transfers_give_up(transfers) != NULL)
        continue;
    for (size_t i = 0; i < QUESTION_COUNT; i++)
        SSL_CTX_free(transfers->context[i]);
    curl_multi_cleanup(transfers->multi);
    capacity_free(transfers->capacities);
    free(transfers->fd);
    free(transfers);
}

void other_chains_free(struct other_chains *others)
{
    for (size_t i = 0; i < others->count; i++)
        presented_free(&others->presented[i]);
    others->count = 0;
}
