/* fetch_many.c -- endpoints -> their presented chains, as they complete */
#include "fetch_many.h"

#include <stdbool.h>

#define WAIT_MAX_MS 1000
#define BACKOFF_MAX_S 60

struct crowd {
    CURLM *multi;
    struct fetch_task **task;
    size_t count;
    size_t next; /* the first that was never started */
    size_t active;
    struct fetch_task *waiting; /* to be tried again */
    const struct fetch_options *options;
    void (*done)(struct fetch_task *task);
};

static bool is_worth_a_retry(enum error_code code)
{
    return code == ERROR_RESOLVE || code == ERROR_CONNECT || code == ERROR_TIMEOUT ||
           code == ERROR_PROXY || code == ERROR_HANDSHAKE;
}

/* A failed task is put aside for another attempt, or it is done. */
static void settle(struct crowd *crowd, struct fetch_task *task)
{
    long wait_s = 1;

    fetch_free(task->fetch);
    task->fetch = NULL;
    if (!is_worth_a_retry(task->err.code) || task->attempts > crowd->options->retries) {
        crowd->done(task);
        return;
    }
    for (long i = 1; i < task->attempts && wait_s < BACKOFF_MAX_S; i++)
        wait_s *= 2;
    task->err = (struct error){.code = ERROR_NONE};
    task->not_before_ms = fetch_now_ms() + 1000 * (wait_s < BACKOFF_MAX_S ? wait_s : BACKOFF_MAX_S);
    task->next_waiting = crowd->waiting;
    crowd->waiting = task;
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
    crowd->active++;
}

/* The first of the waiting whose time has come, taken off the list; NULL if there is none. */
static struct fetch_task *take_waiting(struct crowd *crowd)
{
    int64_t now = fetch_now_ms();

    for (struct fetch_task **at = &crowd->waiting; *at != NULL; at = &(*at)->next_waiting) {
        struct fetch_task *task = *at;
        if (task->not_before_ms > now)
            continue;
        *at = task->next_waiting;
        return task;
    }
    return NULL;
}

static void start_some(struct crowd *crowd)
{
    struct fetch_task *task;

    while (crowd->active < (size_t)crowd->options->jobs && (task = take_waiting(crowd)) != NULL)
        start(crowd, task);
    while (crowd->active < (size_t)crowd->options->jobs && crowd->next < crowd->count)
        start(crowd, crowd->task[crowd->next++]);
}

static void finish_some(struct crowd *crowd)
{
    const CURLMsg *message;
    int left;

    while ((message = curl_multi_info_read(crowd->multi, &left)) != NULL) {
        CURL *curl = message->easy_handle;
        CURLcode result = message->data.result;
        struct fetch_task *task = NULL;
        if (message->msg != CURLMSG_DONE ||
            curl_easy_getinfo(curl, CURLINFO_PRIVATE, (char **)&task) != CURLE_OK)
            continue;
        (void)!fetch_finish(task->fetch, result, &task->presented, &task->err);
        curl_multi_remove_handle(crowd->multi, curl);
        crowd->active--;
        settle(crowd, task);
    }
}

static bool is_over(const struct crowd *crowd)
{
    return crowd->active == 0 && crowd->next == crowd->count && crowd->waiting == NULL;
}

int fetch_many(struct fetch_task **task, size_t count, const struct fetch_options *options,
               void (*done)(struct fetch_task *task), struct error *err)
{
    struct crowd crowd = {
        .multi = curl_multi_init(), .task = task, .count = count, .options = options, .done = done};
    CURLMcode result = CURLM_OK;
    int running;

    if (crowd.multi == NULL)
        return error_no_memory(err);
    while (result == CURLM_OK && !is_over(&crowd)) {
        start_some(&crowd);
        result = curl_multi_perform(crowd.multi, &running);
        finish_some(&crowd);
        if (result == CURLM_OK && (running > 0 || (crowd.active == 0 && crowd.waiting != NULL)))
            result = curl_multi_poll(crowd.multi, NULL, 0,
                                     crowd.waiting != NULL ? 100 : WAIT_MAX_MS, NULL);
    }
    curl_multi_cleanup(crowd.multi);
    if (result != CURLM_OK)
        return error_set(err, ERROR_INTERNAL, "libcurl stopped: %s", curl_multi_strerror(result));
    return 0;
}
