/* fetch_many.c -- endpoints -> their presented chains, as they complete */
#include "net/fetch_many.h"
#include "base/monotonic.h"

#include <stdbool.h>
#include <sys/resource.h>

#define WAIT_MAX_MS 1000
#define WAIT_FOR_RETRY_MS 100
#define BACKOFF_MAX_S 60
#define DESCRIPTORS_EACH 4 /* of a connection: its socket, and what looks up its name */
#define DESCRIPTORS_REST 16

struct crowd {
    CURLM *multi;
    const struct fetch_line *line;
    const struct fetch_options *options;
    size_t jobs; /* side by side */
    struct fetch_task *active;
    size_t active_count;
    struct fetch_task *waiting; /* to be tried again */
    bool is_exhausted;          /* there is no next task */
    bool is_stopped;            /* all is ended */
};

static void push(struct fetch_task **list, struct fetch_task *task)
{
    task->next = *list;
    *list = task;
}

static void take_off(struct fetch_task **list, const struct fetch_task *task)
{
    while (*list != NULL && *list != task)
        list = &(*list)->next;
    if (*list != NULL)
        *list = task->next;
}

static bool is_worth_a_retry(enum error_code code)
{
    return code == ERROR_RESOLVE || code == ERROR_CONNECT || code == ERROR_TIMEOUT ||
           code == ERROR_PROXY || code == ERROR_HANDSHAKE;
}

static void give_back(struct crowd *crowd, struct fetch_task *task)
{
    if (crowd->line->done(task, crowd->line->context) != 0)
        crowd->is_stopped = true;
}

/* A failed task is put aside for another attempt, or it is done. */
static void settle(struct crowd *crowd, struct fetch_task *task)
{
    long wait_s = 1;

    fetch_free(task->fetch);
    task->fetch = NULL;
    if (!is_worth_a_retry(task->err.code) || task->attempts > crowd->options->retries) {
        give_back(crowd, task);
        return;
    }
    for (long i = 1; i < task->attempts && wait_s < BACKOFF_MAX_S; i++)
        wait_s *= 2;
    task->err = (struct error){.code = ERROR_NONE};
    task->not_before_ms =
        monotonic_now_ms() + 1000 * (wait_s < BACKOFF_MAX_S ? wait_s : BACKOFF_MAX_S);
    push(&crowd->waiting, task);
}

static void start(struct crowd *crowd, struct fetch_task *task)
{
    task->attempts++;
    if (fetch_start(task->endpoint, crowd->options, &task->fetch, &task->err) != 0) {
        settle(crowd, task);
        return;
    }
    curl_easy_setopt(fetch_handle(task->fetch), CURLOPT_PRIVATE, task);
    if (curl_multi_add_handle(crowd->multi, fetch_handle(task->fetch)) != CURLM_OK) {
        error_no_memory(&task->err);
        settle(crowd, task);
        return;
    }
    push(&crowd->active, task);
    crowd->active_count++;
}

/* The first of the waiting whose time has come, taken off the list; NULL if there is none. */
static struct fetch_task *take_waiting(struct crowd *crowd)
{
    int64_t now = monotonic_now_ms();

    for (struct fetch_task *task = crowd->waiting; task != NULL; task = task->next) {
        if (task->not_before_ms > now)
            continue;
        take_off(&crowd->waiting, task);
        return task;
    }
    return NULL;
}

static struct fetch_task *next_task(struct crowd *crowd)
{
    struct fetch_task *task = take_waiting(crowd);

    if (task == NULL && !crowd->is_exhausted) {
        crowd->is_stopped = crowd->line->next(crowd->line->context, &task) != 0;
        crowd->is_exhausted = task == NULL;
    }
    return task;
}

static void start_some(struct crowd *crowd)
{
    struct fetch_task *task;

    while (!crowd->is_stopped && crowd->active_count < crowd->jobs &&
           (task = next_task(crowd)) != NULL)
        start(crowd, task);
}

static void leave(struct crowd *crowd, struct fetch_task *task)
{
    curl_multi_remove_handle(crowd->multi, fetch_handle(task->fetch));
    take_off(&crowd->active, task);
    crowd->active_count--;
}

/* Whether there were any. */
static bool finish_some(struct crowd *crowd)
{
    const CURLMsg *message;
    bool is_any = false;
    int left;

    while ((message = curl_multi_info_read(crowd->multi, &left)) != NULL) {
        CURLcode result = message->data.result; /* the message ends with its handle */
        struct fetch_task *task = NULL;
        if (message->msg != CURLMSG_DONE ||
            curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&task) != CURLE_OK)
            continue;
        (void)!fetch_finish(task->fetch, result, &task->presented, &task->err);
        leave(crowd, task);
        settle(crowd, task);
        is_any = true;
    }
    return is_any;
}

static CURLMcode wait_for_some(const struct crowd *crowd)
{
    int most_ms = crowd->waiting != NULL ? WAIT_FOR_RETRY_MS : WAIT_MAX_MS;

    return curl_multi_poll(crowd->multi, NULL, 0, most_ms, NULL);
}

/* What was in progress when the run ended. */
static void give_up_all(struct crowd *crowd)
{
    struct fetch_task *task;

    while ((task = crowd->active) != NULL) {
        leave(crowd, task);
        push(&crowd->waiting, task);
    }
    while ((task = crowd->waiting) != NULL) {
        take_off(&crowd->waiting, task);
        fetch_free(task->fetch);
        task->fetch = NULL;
        error_set(&task->err, ERROR_INTERNAL, "given up");
        give_back(crowd, task);
    }
}

static bool is_over(const struct crowd *crowd)
{
    return crowd->is_stopped ||
           (crowd->is_exhausted && crowd->active == NULL && crowd->waiting == NULL);
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

int fetch_many(const struct fetch_line *line, const struct fetch_options *options,
               struct error *err)
{
    struct crowd crowd = {.multi = curl_multi_init(),
                          .line = line,
                          .options = options,
                          .jobs = allowed_jobs(options->jobs)};
    CURLMcode result = CURLM_OK;
    int running;

    if (crowd.multi == NULL)
        return error_no_memory(err);
    for (start_some(&crowd); result == CURLM_OK && !is_over(&crowd); start_some(&crowd)) {
        result = curl_multi_perform(crowd.multi, &running);
        if (!finish_some(&crowd) && result == CURLM_OK)
            result = wait_for_some(&crowd);
        line->tick(line->context);
    }
    give_up_all(&crowd);
    curl_multi_cleanup(crowd.multi);
    if (result != CURLM_OK)
        return error_set(err, ERROR_INTERNAL, "libcurl stopped: %s", curl_multi_strerror(result));
    return 0;
}
