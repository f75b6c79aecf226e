/* run.c -- hosts -> anchors -> header and settings, proven, then written; or checked */
#include "cli/run.h"

#include <curl/curl.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/input.h"
#include "base/output.h"
#include "base/timestamp.h"
#include "cli/messages.h"
#include "cli/progress.h"
#include "device/handshake.h"
#include "emit/bundle.h"
#include "emit/depfile.h"
#include "emit/mbedapp.h"
#include "emit/prove.h"
#include "emit/render.h"
#include "judge/existing_header.h"
#include "judge/fewest.h"
#include "judge/groups.h"
#include "judge/host.h"
#include "judge/outcome.h"
#include "x509/cert.h"

/* What the stages make; all of it is freed by run_free(). */
struct run {
    const struct options *options;
    struct error *err; /* for what concerns all hosts */
    struct store *store;
    struct existing_header existing; /* with --check */
    const char *annotated;           /* the file that GitHub shows failures beside */
    bool settings_differ;            /* what -m holds would be written differently */
    struct progress progress;
    struct outcome *outcome; /* as many as options->host_count, in the order given */
    struct host **kept;      /* the hosts themselves; NULL if no later stage needs them */
    struct groups groups;
    struct bundle bundle;
    size_t backup_count, backup_bytes;
    struct text pending; /* for stdout, with --unordered */
    struct text header, settings, depfile;
    struct output_file header_file, settings_file, depfile_file;
};

/* ---- hosts -> outcomes ---- */

/* The choice of the fewest needs every host's paths, the handshake every host's address. */
static bool keeps_hosts(const struct options *options)
{
    return options->fewest || options->prove_handshake;
}

/* With --unordered: prints the line now, as far as stdout takes it; a slow reader is not to make
 * the other hosts wait for us. */
static int stream_report(struct run *run, struct outcome *outcome, struct error *err)
{
    text_add(&run->pending, "%s", outcome->report);
    free(outcome->report);
    outcome->report = NULL;
    if (run->pending.failed)
        return error_no_memory(err);
    progress_clear(&run->progress);
    return output_stdout_some(&run->pending, false, err);
}

/* With --check: the header would be another one, but serves the host. */
static bool still_verifies(const struct error *err)
{
    return err->code == ERROR_CHANGED || err->code == ERROR_EXPIRING;
}

/* Judges what -o holds, instead of proving the host's choice. */
static int check_host(struct run *run, struct host *host, struct error *err)
{
    const struct options *options = run->options;

    if (existing_header_check_host(host, &run->existing, options, err) != 0)
        return -1;
    if (options->prove_handshake && (host->err.code == ERROR_NONE || still_verifies(&host->err))) {
        struct error why = {.code = ERROR_NONE};
        if (handshake_prove(options->target, &run->existing.pem, &host->endpoint, &host->presented,
                            &options->fetch, options->at, &why) != 0)
            host->err = why;
    }
    return 0;
}

/* Judges or proves the host's choice. */
static int conclude(struct run *run, struct host *host, struct error *err)
{
    const struct options *options = run->options;
    struct outcome *outcome = &run->outcome[host->index];

    if (outcome_note(host, options, outcome, err) != 0 ||
        (options->check && check_host(run, host, err) != 0) ||
        (host->err.code == ERROR_NONE &&
         groups_add(&run->groups, host, options, &outcome->group, err) != 0) ||
        outcome_close(host, options, outcome, err) != 0)
        return -1;
    return options->unordered ? stream_report(run, outcome, err) : 0;
}

static int take_host(struct host *host, void *context)
{
    struct run *run = context;
    int rv = run->err->code == ERROR_NONE ? 0 : -1;

    if (rv == 0 && run->kept == NULL)
        rv = conclude(run, host, run->err);
    progress_step(&run->progress, host->err.code != ERROR_NONE);
    if (run->kept != NULL)
        run->kept[host->index] = host;
    else
        host_free(host);
    return rv;
}

static void tick(void *context)
{
    struct run *run = context;

    progress_tick(&run->progress);
}

static int choose_fewest(struct run *run, struct error *err)
{
    struct fewest_outcome fewest;
    char message[100];

    if (!run->options->fewest)
        return 0;
    if (fewest_choose(run->kept, run->options->host_count, run->options, &fewest, err) != 0)
        return -1;
    snprintf(message, sizeof message, "--fewest saves %zu bytes of PEM", fewest.saved_bytes);
    if (!run->options->quiet && fewest.saved_bytes > 0)
        message_put("info", "", message);
    if (!run->options->quiet && !fewest.is_proven)
        message_put("warning", "",
                    "--fewest: too many combinations to try them all; there may be a smaller set "
                    "of anchors");
    return 0;
}

static int make_outcomes(struct run *run, struct error *err)
{
    const struct options *options = run->options;
    const struct host_line line = {take_host, tick, run};
    size_t count = options->host_count;
    int rv;

    run->outcome = calloc(count, sizeof *run->outcome);
    if (keeps_hosts(options))
        run->kept = calloc(count, sizeof(struct host *));
    if (run->outcome == NULL || (keeps_hosts(options) && run->kept == NULL))
        return error_no_memory(err);
    progress_begin(&run->progress, count, !options->quiet);
    rv = host_run_all(options, run->store, &line, err);
    progress_clear(&run->progress);
    if (rv != 0 || choose_fewest(run, err) != 0)
        return -1;
    for (size_t i = 0; run->kept != NULL && i < count; i++)
        if (conclude(run, run->kept[i], err) != 0)
            return -1;
    return output_stdout_some(&run->pending, true, err);
}

/* The first failure in the order given decides; the others are reported too. Those behind which the
 * header still verifies count only if there is no other. */
static int first_failure(const struct run *run)
{
    int status = 0;

    for (size_t i = 0; i < run->options->host_count; i++) {
        const struct error *err = run->outcome[i].err;
        if (err != NULL && !still_verifies(err))
            return error_status(err->code);
        if (err != NULL && status == 0)
            status = error_status(err->code);
    }
    return status;
}

static size_t count_good(const struct run *run)
{
    size_t count = 0;

    for (size_t i = 0; i < run->options->host_count; i++)
        count += run->outcome[i].err == NULL ? 1 : 0;
    return count;
}

/* All hosts came through, or with --keep-going at least one. */
static bool may_write(const struct run *run)
{
    size_t good = count_good(run);

    return good == run->options->host_count || (run->options->keep_going && good > 0);
}

static void put_notes(const struct run *run)
{
    for (size_t i = 0; i < run->options->host_count; i++)
        if (run->outcome[i].notes.length > 0)
            fputs(run->outcome[i].notes.data, stderr);
}

/* With annotate_path each failure is shown beside that file on GitHub. */
static void put_failures(const struct run *run, const char *annotate_path)
{
    for (size_t i = 0; i < run->options->host_count; i++) {
        const struct outcome *outcome = &run->outcome[i];
        if (outcome->err == NULL)
            continue;
        message_put_error(outcome->name, outcome->err);
        if (annotate_path != NULL)
            message_put_annotation(annotate_path, outcome->name, outcome->err);
    }
}

/* ---- outcomes -> header ---- */

static int render_all(struct run *run, struct error *err)
{
    const struct options *options = run->options;
    struct text command = {0};
    struct render_input input = {options->renderer, &run->bundle, options->target, options->name,
                                 NULL};
    int rv = -1;

    bundle_free(&run->bundle);
    text_free(&run->header);
    for (size_t i = 0; i < options->host_count; i++) {
        const struct outcome *outcome = &run->outcome[i];
        const struct group *group;
        if (outcome->err != NULL)
            continue;
        group = &run->groups.group[outcome->group];
        if (bundle_add(&run->bundle, outcome->name, group->anchor, group->anchor_count, run->store,
                       err) != 0)
            return -1;
    }
    if (options->backup &&
        bundle_add_backups(&run->bundle, run->store, options->target, options->at,
                           &run->backup_count, &run->backup_bytes, err) != 0)
        return -1;
    options_add_command(options, &command);
    input.command = command.data;
    rv = command.failed ? error_no_memory(err) : render_header(&input, &run->header, err);
    text_free(&command);
    return rv;
}

static void put_backup_cost(const struct run *run)
{
    char message[100];

    if (!run->options->backup || run->options->quiet)
        return;
    snprintf(message, sizeof message, "--backup adds %zu roots, %zu bytes of PEM",
             run->backup_count, run->backup_bytes);
    message_put("info", "", message);
}

/* The certificates of the header as a compiler would see them. */
static int read_back(const struct run *run, struct text *pem, struct error *err)
{
    X509 **anchor = calloc(run->bundle.count, sizeof(X509 *));
    int rv;

    if (anchor == NULL)
        return error_no_memory(err);
    for (size_t i = 0; i < run->bundle.count; i++)
        anchor[i] = run->bundle.anchor[i].embedded.x509;
    rv = prove_header(&run->header, run->options->name, anchor, run->bundle.count, pem, err);
    free(anchor);
    return rv;
}

static int prove_group(struct run *run, size_t index, const struct text *pem, struct error *err)
{
    struct error why = {.code = ERROR_NONE};

    if (groups_prove(&run->groups, index, pem, run->bundle.count, run->options, &why) == 0)
        return 0;
    for (size_t i = 0; i < run->options->host_count; i++)
        if (run->outcome[i].err == NULL && run->outcome[i].group == index &&
            outcome_fail(&run->outcome[i], &why, err) != 0)
            return -1;
    return 0;
}

static int prove_handshake(struct run *run, size_t index, const struct text *pem, struct error *err)
{
    const struct options *options = run->options;
    const struct host *host = run->kept[index];
    struct error why = {.code = ERROR_NONE};

    if (run->outcome[index].err != NULL ||
        handshake_prove(options->target, pem, &host->endpoint, &host->presented, &options->fetch,
                        options->at, &why) == 0)
        return 0;
    return outcome_fail(&run->outcome[index], &why, err);
}

/* Proves the header for every host that came so far. */
static int prove_all(struct run *run, struct error *err)
{
    struct text pem = {0};
    int rv = read_back(run, &pem, err);

    for (size_t i = 0; rv == 0 && i < run->groups.count; i++)
        rv = prove_group(run, i, &pem, err);
    for (size_t i = 0; rv == 0 && run->options->prove_handshake && i < run->options->host_count;
         i++)
        rv = prove_handshake(run, i, &pem, err);
    text_free(&pem);
    return rv;
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
        if (render_all(run, err) != 0 || prove_all(run, err) != 0)
            return -1;
    } while (count_good(run) != good);
    put_backup_cost(run);
    return 0;
}

/* ---- header, settings, report -> files and stdout ---- */

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
    run->settings_differ = json == NULL || length != run->settings.length ||
                           memcmp(json, run->settings.data, length) != 0;
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

/* With --unordered they were printed as they came. */
static int print_reports(const struct run *run, struct error *err)
{
    for (size_t i = 0; !run->options->unordered && i < run->options->host_count; i++) {
        const char *report = run->outcome[i].report;
        if (output_stdout(report, strlen(report), err) != 0)
            return -1;
    }
    return 0;
}

static int print_artefact(const struct run *run, struct error *err)
{
    const struct options *options = run->options;

    if (options->json)
        return print_reports(run, err);
    if (options_header_to_stdout(options))
        return output_stdout(run->header.data, run->header.length, err);
    if (options->mbed_app != NULL && strcmp(options->mbed_app, "-") == 0)
        return output_stdout(run->settings.data, run->settings.length, err);
    return 0;
}

/* Everything that can fail comes before the first file is replaced. */
static int write_all(struct run *run, struct error *err)
{
    const struct options *options = run->options;

    if (merge_settings(run, err) != 0 ||
        (options->depfile != NULL && depfile_make(options, &run->depfile, err) != 0) ||
        stage_file(options->output, &run->header, &run->header_file, err) != 0 ||
        stage_file(options->mbed_app, &run->settings, &run->settings_file, err) != 0 ||
        stage_file(options->depfile, &run->depfile, &run->depfile_file, err) != 0 ||
        print_artefact(run, err) != 0 || output_commit(&run->header_file, err) != 0 ||
        output_commit(&run->settings_file, err) != 0)
        return -1;
    return output_commit(&run->depfile_file, err);
}

/* Several hosts: what came of those that did not fail. */
static void put_summary(const struct run *run)
{
    const size_t count = run->options->host_count;
    const size_t failed = count - count_good(run);
    char message[120];

    if (failed == 0 || count == 1 || run->options->quiet)
        return;
    snprintf(message, sizeof message,
             may_write(run) ? "%zu of %zu hosts failed: what is written has no anchor for them"
                            : "%zu of %zu hosts failed: nothing is written",
             failed, count);
    message_put(may_write(run) ? "warning" : "info", "", message);
}

/* Nothing is written unless every host came through; the report says what happened in any case. */
static int write_or_report(struct run *run, struct error *err)
{
    int status;

    if (render_and_prove(run, err) != 0)
        return -1;
    status = first_failure(run);
    put_failures(run, NULL);
    put_summary(run);
    if (may_write(run))
        return write_all(run, err) != 0 ? -1 : status;
    if (run->options->json && print_reports(run, err) != 0)
        return -1;
    return status;
}

/* ---- --check ---- */

static bool is_github_action(void)
{
    const char *actions = getenv("GITHUB_ACTIONS");

    return actions != NULL && strcmp(actions, "true") == 0;
}

/* The files as a whole are every host's. */
static int check_files(struct run *run, struct error *err)
{
    struct error why = {.code = ERROR_NONE};

    if (render_all(run, err) != 0 || merge_settings(run, err) != 0)
        return -1;
    put_backup_cost(run);
    if (existing_header_check_header(&run->existing, &run->header, &run->bundle, &why) == 0) {
        if (!run->settings_differ)
            return 0;
        run->annotated = run->options->mbed_app;
        error_set(&why, ERROR_CHANGED,
                  "still verifies, with the same anchors, but the settings in %s would be written "
                  "differently",
                  text_base_name(run->annotated));
        error_hint(&why, "run again without --check");
    }
    for (size_t i = 0; i < run->options->host_count; i++)
        if (outcome_fail(&run->outcome[i], &why, err) != 0)
            return -1;
    return 0;
}

/* A line for each host that is current; the others have their error. */
static int print_current(const struct run *run, struct error *err)
{
    struct text text = {0};
    int rv = 0;

    for (size_t i = 0; i < run->options->host_count; i++) {
        const struct outcome *outcome = &run->outcome[i];
        char subject[CERT_NAME_TEXT_SIZE], date[TIMESTAMP_TEXT_SIZE];
        const X509 *root;
        if (outcome->err != NULL)
            continue;
        root = run->groups.group[outcome->group].anchor[0].x509;
        cert_subject_text(root, subject);
        timestamp_format(cert_not_after(root), date);
        text_add(&text, "%s: current: %s, until %s\n", outcome->name, subject, date);
    }
    if (text.length > 0)
        rv = output_stdout(text.data, text.length, err);
    text_free(&text);
    return rv;
}

/* Judges what -o and -m hold; nothing is written. */
static int check(struct run *run, struct error *err)
{
    run->annotated = run->options->output;
    if (first_failure(run) == 0 && check_files(run, err) != 0)
        return -1;
    put_failures(run, is_github_action() ? run->annotated : NULL);
    if (run->options->json ? print_reports(run, err) != 0
                           : !run->options->quiet && print_current(run, err) != 0)
        return -1;
    return first_failure(run);
}

/* ---- the flow ---- */

static int open_store(struct run *run, struct error *err)
{
    const struct options *options = run->options;

    if (store_open(options->store, options->ca_file, &run->store, err) != 0)
        return -1;
    if (options->ca_file != NULL && store_ca_root_count(run->store) == 0 && !options->quiet)
        message_put("warning", input_name(options->ca_file),
                    "no certificate in it is self-signed: they help to build paths, and none is a "
                    "trusted root");
    return 0;
}

static int run_stages(struct run *run, struct error *err)
{
    const struct options *options = run->options;

    if (open_store(run, err) != 0 ||
        (options->check &&
         existing_header_read(options->output, options->name, &run->existing, err) != 0) ||
        make_outcomes(run, err) != 0)
        return -1;
    put_notes(run);
    return options->check ? check(run, err) : write_or_report(run, err);
}

static void run_free(struct run *run)
{
    for (size_t i = 0; i < run->options->host_count; i++) {
        if (run->kept != NULL)
            host_free(run->kept[i]);
        if (run->outcome != NULL)
            outcome_free(&run->outcome[i]);
    }
    free(run->kept);
    free(run->outcome);
    output_discard(&run->header_file);
    output_discard(&run->settings_file);
    output_discard(&run->depfile_file);
    text_free(&run->pending);
    text_free(&run->header);
    text_free(&run->settings);
    text_free(&run->depfile);
    bundle_free(&run->bundle);
    groups_free(&run->groups);
    existing_header_free(&run->existing);
    store_free(run->store);
}

int run_hosts(const struct options *options, struct error *err)
{
    struct run run = {.options = options, .err = err};
    int rv;

    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        return error_set(err, ERROR_INTERNAL, "libcurl cannot be initialised");
    rv = run_stages(&run, err);
    run_free(&run);
    curl_global_cleanup();
    return rv;
}
