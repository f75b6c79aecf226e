/* run.c -- hosts -> anchors -> header and settings, proven, then written; or checked */
#include "run.h"

#include <curl/curl.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bundle.h"
#include "cert.h"
#include "committed.h"
#include "explain.h"
#include "fewest.h"
#include "handshake.h"
#include "host.h"
#include "input.h"
#include "mbedapp.h"
#include "messages.h"
#include "output.h"
#include "prove.h"
#include "render.h"
#include "report.h"
#include "seen.h"
#include "timestamp.h"

/* What the stages make; all of it is freed by run_free(). */
struct run {
    const struct options *options;
    struct store *store;
    struct host *host; /* as many as options->host_count */
    struct bundle bundle;
    struct text header, settings, report;
    struct output_file header_file, settings_file;
};

/* The first failure in the order given decides; the others are reported too. */
static int first_failure(const struct run *run)
{
    for (size_t i = 0; i < run->options->host_count; i++)
        if (run->host[i].err.code != ERROR_NONE)
            return error_status(run->host[i].err.code);
    return 0;
}

/* Colours are for terminals, unless NO_COLOR (no-color.org) forbids them. */
static bool wants_colour(void)
{
    const char *no_color = getenv("NO_COLOR");

    return isatty(STDERR_FILENO) && (no_color == NULL || no_color[0] == '\0');
}

static int explain_all(const struct run *run, struct error *err)
{
    struct text text = {0};
    int rv = 0;

    for (size_t i = 0; rv == 0 && i < run->options->host_count; i++) {
        if (run->options->explain == EXPLAIN_DOT)
            rv = explain_add_dot(&run->host[i], &text, err);
        else if (run->options->explain == EXPLAIN_TEXT)
            rv = explain_add_host(&run->host[i], run->options, wants_colour(), &text, err);
    }
    if (rv == 0 && text.length > 0)
        fputs(text.data, stderr);
    text_free(&text);
    return rv;
}

static int add_backups(struct run *run, struct error *err)
{
    char message[100];
    size_t added, bytes;

    if (bundle_add_backups(&run->bundle, run->store, run->options->target, run->options->at, &added,
                           &bytes, err) != 0)
        return -1;
    snprintf(message, sizeof message, "--backup adds %zu roots, %zu bytes of PEM", added, bytes);
    if (!run->options->quiet)
        message_put("info", "", message);
    return 0;
}

static int render_all(struct run *run, struct error *err)
{
    struct text command = {0};
    struct render_input input = {run->options->renderer, &run->bundle, run->options->target,
                                 run->options->name, NULL};
    int rv = -1;

    for (size_t i = 0; i < run->options->host_count; i++)
        if (run->host[i].err.code == ERROR_NONE &&
            bundle_add(&run->bundle, host_text(&run->host[i]), &run->host[i].assessment, run->store,
                       err) != 0)
            return -1;
    if (run->options->backup && add_backups(run, err) != 0)
        return -1;
    options_add_command(run->options, &command);
    input.command = command.data;
    rv = command.failed ? error_no_memory(err) : render_header(&input, &run->header, err);
    text_free(&command);
    return rv;
}

/* What the target's stack says against one host is that host's error. */
static int prove_one(const struct run *run, const struct text *pem, struct host *host,
                     struct seen *proven, struct error *err)
{
    const struct options *options = run->options;
    uint8_t fingerprint[SHA256_LENGTH];

    if (prove_fingerprint(&host->endpoint, &host->presented, fingerprint, err) != 0)
        return -1;
    if (!seen_has(proven, fingerprint) &&
        prove_host(options->target, pem, run->bundle.count, &host->endpoint, &host->presented,
                   options->at, &host->err) == 0)
        seen_add(proven, fingerprint);
    if (host->err.code == ERROR_NONE && options->prove_handshake)
        (void)!handshake_prove(options->target, pem, &host->endpoint, &host->presented,
                               &options->fetch, options->at, &host->err);
    return 0;
}

/* Proves the header for every host that came so far. */
static int prove_all(struct run *run, struct error *err)
{
    struct text pem = {0};
    struct seen proven = {0};
    X509 **anchor = calloc(run->bundle.count, sizeof(X509 *));
    int rv = -1;

    if (anchor == NULL)
        return error_no_memory(err);
    for (size_t i = 0; i < run->bundle.count; i++)
        anchor[i] = run->bundle.anchor[i].embedded.x509;
    if (prove_header(&run->header, run->options->name, anchor, run->bundle.count, &pem, err) != 0 ||
        seen_init(&proven, run->options->host_count, err) != 0)
        goto done;
    for (size_t i = 0; i < run->options->host_count; i++)
        if (run->host[i].err.code == ERROR_NONE &&
            prove_one(run, &pem, &run->host[i], &proven, err) != 0)
            goto done;
    rv = 0;
done:
    seen_free(&proven);
    text_free(&pem);
    free(anchor);
    return rv;
}

/* mbed_app.json as it is; a missing one leaves *json NULL. */
static int read_settings(const char *path, char **json, size_t *length, struct error *err)
{
    if (strcmp(path, "-") == 0 || (access(path, F_OK) != 0 && errno == ENOENT))
        return 0;
    if (input_read(path, json, length, err) == 0)
        return 0;
    err->code = ERROR_WRITE; /* it is an output that can't be brought about */
    return -1;
}

static int merge_settings(struct run *run, struct error *err)
{
    const char *path = run->options->mbed_app;
    struct text unknown = {0};
    char *json = NULL;
    size_t length = 0;
    int rv = -1;

    if (path == NULL)
        return 0;
    if (read_settings(path, &json, &length, err) != 0 ||
        mbedapp_merge(json, length, path, &run->bundle.macros, run->options->target, &run->settings,
                      &unknown, err) != 0)
        goto done;
    if (unknown.length > 0 && !run->options->quiet) {
        struct text message = {0};
        text_add(&message, "keys that Mbed OS does not know, kept as they are: %s", unknown.data);
        if (!message.failed)
            message_put("warning", path, message.data);
        text_free(&message);
    }
    rv = 0;
done:
    text_free(&unknown);
    free(json);
    return rv;
}

static int stage_file(const char *path, const struct text *text, struct output_file *file,
                      struct error *err)
{
    if (path == NULL || strcmp(path, "-") == 0)
        return 0;
    return output_stage(path, text->data, text->length, file, err);
}

static int make_report(struct run *run, struct error *err)
{
    for (size_t i = 0; run->options->json && i < run->options->host_count; i++)
        if (report_add_host(&run->host[i], &run->report, err) != 0)
            return -1;
    return 0;
}

/* What stdout carries, or NULL. */
static const struct text *artefact(const struct run *run)
{
    const char *mbed_app = run->options->mbed_app;

    if (run->options->json)
        return &run->report;
    if (options_header_to_stdout(run->options))
        return &run->header;
    return mbed_app != NULL && strcmp(mbed_app, "-") == 0 ? &run->settings : NULL;
}

static int print_artefact(const struct run *run, struct error *err)
{
    const struct text *text = artefact(run);

    return text != NULL ? output_stdout(text->data, text->length, err) : 0;
}

/* Everything that can fail comes before the first file is replaced. */
static int write_all(struct run *run, struct error *err)
{
    if (merge_settings(run, err) != 0 ||
        stage_file(run->options->output, &run->header, &run->header_file, err) != 0 ||
        stage_file(run->options->mbed_app, &run->settings, &run->settings_file, err) != 0 ||
        print_artefact(run, err) != 0 || output_commit(&run->header_file, err) != 0)
        return -1;
    return output_commit(&run->settings_file, err);
}

/* ---- --check ---- */

static bool settings_differ(const struct run *run)
{
    char *json = NULL;
    size_t length = 0;
    struct error ignored = {.code = ERROR_NONE};
    bool differ;

    if (run->options->mbed_app == NULL)
        return false;
    if (read_settings(run->options->mbed_app, &json, &length, &ignored) != 0)
        return true;
    differ = length != run->settings.length || json == NULL ||
             memcmp(json, run->settings.data, length) != 0;
    free(json);
    return differ;
}

static bool is_github_action(void)
{
    const char *actions = getenv("GITHUB_ACTIONS");

    return actions != NULL && strcmp(actions, "true") == 0;
}

/* A line for each host that is current; the others have their error. */
static int report_current(const struct run *run, struct error *err)
{
    struct text text = {0};
    int rv = 0;

    for (size_t i = 0; i < run->options->host_count; i++) {
        const struct host *host = &run->host[i];
        char subject[CERT_NAME_TEXT_SIZE], date[TIMESTAMP_TEXT_SIZE];
        if (host->err.code != ERROR_NONE)
            continue;
        cert_subject_text(anchor_of(host->chosen), subject);
        timestamp_format(cert_not_after(anchor_of(host->chosen)), date);
        text_add(&text, "%s: current: %s, until %s\n", host_text(host), subject, date);
    }
    if (run->options->json)
        rv = output_stdout(run->report.data, run->report.length, err);
    else if (!run->options->quiet && text.length > 0)
        rv = output_stdout(text.data, text.length, err);
    text_free(&text);
    return rv;
}

/* Judges what -o and -m hold; nothing is written. */
static int run_check(struct run *run, struct error *err)
{
    struct committed committed = {.path = NULL};
    int rv = -1;

    if (committed_read(run->options->output, run->options->name, &committed, err) != 0)
        return -1;
    for (size_t i = 0; i < run->options->host_count; i++)
        committed_check_host(&run->host[i], &committed, run->options);
    if (first_failure(run) == 0) {
        if (render_all(run, err) != 0 || merge_settings(run, err) != 0)
            goto done;
        committed_check_files(run->host, run->options->host_count, &committed, &run->header,
                              &run->bundle, settings_differ(run));
    }
    message_put_failures(run->host, run->options->host_count,
                         is_github_action() ? run->options->output : NULL);
    if (make_report(run, err) != 0 || report_current(run, err) != 0)
        goto done;
    rv = first_failure(run);
done:
    committed_free(&committed);
    return rv;
}

static size_t count_good(const struct run *run)
{
    size_t count = 0;

    for (size_t i = 0; i < run->options->host_count; i++)
        count += run->host[i].err.code == ERROR_NONE ? 1 : 0;
    return count;
}

/* All hosts came through, or with --keep-going at least one. */
static bool may_write(const struct run *run)
{
    size_t good = count_good(run);

    return good == run->options->host_count || (run->options->keep_going && good > 0);
}

/* A host that the proof refuses takes its anchors out of the header, which is then another one, to
 * be proven again. */
static int render_and_prove(struct run *run, struct error *err)
{
    size_t good;

    do {
        good = count_good(run);
        if (!may_write(run))
            return 0;
        bundle_free(&run->bundle);
        text_free(&run->header);
        if (render_all(run, err) != 0 || prove_all(run, err) != 0)
            return -1;
    } while (count_good(run) != good);
    return 0;
}

static int choose_fewest(struct run *run, struct error *err)
{
    char message[100];
    size_t saved_bytes;

    if (!run->options->fewest)
        return 0;
    if (fewest_choose(run->host, run->options->host_count, run->options, &saved_bytes, err) != 0)
        return -1;
    if (!run->options->quiet && saved_bytes > 0) {
        snprintf(message, sizeof message, "--fewest saves %zu bytes of PEM", saved_bytes);
        message_put("info", "", message);
    }
    return 0;
}

/* Nothing is written unless every host came through; the report says what happened in any case. */
static int run_stages(struct run *run, struct error *err)
{
    int status;

    if (host_run_all(run->host, run->options, run->store, err) != 0 || choose_fewest(run, err) != 0)
        return -1;
    if (run->options->verbose)
        message_put_choices(run->host, run->options->host_count);
    if (explain_all(run, err) != 0)
        return -1;
    if (run->options->check)
        return run_check(run, err);
    if (render_and_prove(run, err) != 0)
        return -1;
    status = first_failure(run);
    if (!run->options->quiet && run->options->explain == EXPLAIN_NONE)
        message_put_warnings(run->host, run->options->host_count);
    message_put_failures(run->host, run->options->host_count, NULL);
    if (make_report(run, err) != 0)
        return -1;
    if (may_write(run))
        return write_all(run, err) != 0 ? -1 : status;
    if (run->options->json && output_stdout(run->report.data, run->report.length, err) != 0)
        return -1;
    return status;
}

static void run_free(struct run *run)
{
    for (size_t i = 0; run->host != NULL && i < run->options->host_count; i++)
        host_free(&run->host[i]);
    free(run->host);
    output_discard(&run->header_file);
    output_discard(&run->settings_file);
    text_free(&run->header);
    text_free(&run->settings);
    text_free(&run->report);
    bundle_free(&run->bundle);
    store_free(run->store);
}

int run_hosts(const struct options *options, struct error *err)
{
    struct run run = {.options = options};
    int rv = -1;

    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        return error_set(err, ERROR_INTERNAL, "libcurl cannot be initialised");
    if (store_open(options->store, options->ca_file, &run.store, err) == 0) {
        run.host = calloc(options->host_count, sizeof *run.host);
        rv = run.host != NULL ? run_stages(&run, err) : error_no_memory(err);
    }
    run_free(&run);
    curl_global_cleanup();
    return rv;
}
