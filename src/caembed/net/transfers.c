/* transfers.c -- endpoints -> their presented chains, as they arrive */
#include "net/transfers.h"

#include <stdlib.h>
#include <sys/resource.h>

#include "base/monotonic.h"

#define WAIT_MAX_MS 1000
#define WAIT_FOR_RETRY_MS 100
#define BACKOFF_MAX_S 60
#define DESCRIPTORS_EACH 4 /* of a connection: its socket, and what looks up its name */
#define DESCRIPTORS_REST 16

struct transfers {
    CURLM *multi;
    const struct fetch_options *options;
    size_t jobs; /* at once */
    struct transfer *active;
    size_t active_count;
    struct transfer *waiting;  /* for another attempt */
    struct transfer *finished; /* the first to finish first */
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

    if (transfers != NULL)
        transfers->multi = curl_multi_init();
    if (transfers == NULL || transfers->multi == NULL) {
        free(transfers);
        return error_no_memory(err);
    }
    transfers->options = options;
    transfers->jobs = allowed_jobs(options->jobs);
    *out = transfers;
    return 0;
}

/* ---- how a transfer ends, or waits for another attempt ---- */

static bool is_worth_a_retry(enum error_code code)
{
    return code == ERROR_RESOLVE || code == ERROR_CONNECT || code == ERROR_TIMEOUT ||
           code == ERROR_PROXY || code == ERROR_HANDSHAKE;
}

static int64_t backoff_ms(long attempts)
{
    long wait_s = 1;

    for (long i = 1; i < attempts && wait_s < BACKOFF_MAX_S; i++)
        wait_s *= 2;
    return 1000 * (int64_t)(wait_s < BACKOFF_MAX_S ? wait_s : BACKOFF_MAX_S);
}

static void retry_or_finish(struct transfers *transfers, struct transfer *transfer)
{
    fetch_free(transfer->fetch);
    transfer->fetch = NULL;
    if (!is_worth_a_retry(transfer->err->code) ||
        transfer->attempts > transfers->options->retries) {
        append(&transfers->finished, transfer);
        return;
    }
    *transfer->err = (struct error){.code = ERROR_NONE};
    transfer->not_before_ms = monotonic_now_ms() + backoff_ms(transfer->attempts);
    push(&transfers->waiting, transfer);
}

/* ---- how it starts ---- */

static void start(struct transfers *transfers, struct transfer *transfer)
{
    transfer->attempts++;
    if (fetch_start(transfer->endpoint, transfers->options, &transfer->fetch, transfer->err) != 0) {
        retry_or_finish(transfers, transfer);
        return;
    }
    curl_easy_setopt(fetch_handle(transfer->fetch), CURLOPT_PRIVATE, transfer);
    if (curl_multi_add_handle(transfers->multi, fetch_handle(transfer->fetch)) != CURLM_OK) {
        error_no_memory(transfer->err);
        retry_or_finish(transfers, transfer);
        return;
    }
    push(&transfers->active, transfer);
    transfers->active_count++;
}

/* The first of the waiting whose time has come; NULL if there is none. */
static struct transfer *find_due(const struct transfers *transfers)
{
    const int64_t now = monotonic_now_ms();
    struct transfer *transfer = transfers->waiting;

    while (transfer != NULL && transfer->not_before_ms > now)
        transfer = transfer->next;
    return transfer;
}

bool transfers_have_room(const struct transfers *transfers)
{
    return transfers->active_count < transfers->jobs && find_due(transfers) == NULL;
}

void transfers_add(struct transfers *transfers, struct transfer *transfer)
{
    transfer->attempts = 0;
    start(transfers, transfer);
}

static void start_due(struct transfers *transfers)
{
    struct transfer *transfer;

    while (transfers->active_count < transfers->jobs && (transfer = find_due(transfers)) != NULL) {
        take_off(&transfers->waiting, transfer);
        start(transfers, transfer);
    }
}

/* ---- how it goes on ---- */

static void leave(struct transfers *transfers, struct transfer *transfer)
{
    curl_multi_remove_handle(transfers->multi, fetch_handle(transfer->fetch));
    take_off(&transfers->active, transfer);
    transfers->active_count--;
}

/* Takes what libcurl says is done. */
static void collect_done(struct transfers *transfers)
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
        (void)!fetch_finish(transfer->fetch, result, transfer->presented, transfer->err);
        leave(transfers, transfer);
        retry_or_finish(transfers, transfer);
    }
}

static int fail(CURLMcode code, struct error *err)
{
    return error_set(err, ERROR_INTERNAL, "libcurl stopped: %s", curl_multi_strerror(code));
}

/* Lets the transfers go on, waiting up to a second for one that finishes. */
static int advance(struct transfers *transfers, struct error *err)
{
    const int most_ms = transfers->waiting != NULL ? WAIT_FOR_RETRY_MS : WAIT_MAX_MS;
    CURLMcode code;
    int running;

    start_due(transfers);
    code = curl_multi_perform(transfers->multi, &running);
    if (code != CURLM_OK)
        return fail(code, err);
    collect_done(transfers);
    if (transfers->finished != NULL)
        return 0;
    code = curl_multi_poll(transfers->multi, NULL, 0, most_ms, NULL);
    return code == CURLM_OK ? 0 : fail(code, err);
}

int transfers_next(struct transfers *transfers, struct transfer **out, struct error *err)
{
    const int64_t deadline_ms = monotonic_now_ms() + WAIT_MAX_MS;

    *out = NULL;
    while (transfers->finished == NULL && !transfers_are_empty(transfers) &&
           monotonic_now_ms() < deadline_ms)
        if (advance(transfers, err) != 0)
            return -1;
    *out = transfers->finished;
    if (*out != NULL)
        transfers->finished = (*out)->next;
    return 0;
}

bool transfers_are_empty(const struct transfers *transfers)
{
    return transfers->active == NULL && transfers->waiting == NULL && transfers->finished == NULL;
}

struct transfer *transfers_give_up(struct transfers *transfers)
{
    struct transfer **list = transfers->finished != NULL  ? &transfers->finished
                             : transfers->waiting != NULL ? &transfers->waiting
                                                          : &transfers->active;
    struct transfer *transfer = *list;

    if (transfer == NULL)
        return NULL;
    if (list == &transfers->active)
        leave(transfers, transfer);
    else
        take_off(list, transfer);
    fetch_free(transfer->fetch);
    transfer->fetch = NULL;
    return transfer;
}

void transfers_close(struct transfers *transfers)
{
    if (transfers == NULL)
        return;
    while (transfers_give_up(transfers) != NULL)
        continue;
    curl_multi_cleanup(transfers->multi);
    free(transfers);
}
