/* results.c -- outcomes of all hosts -> exit status, messages, header and settings */
#include "cli/results.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/input.h"
#include "base/output.h"
#include "cli/command.h"
#include "cli/messages.h"
#include "cli/summary_report.h"
#include "device/handshake.h"
#include "emit/kconfig.h"
#include "emit/mbedapp.h"
#include "emit/render.h"
#include "judge/host_pool.h"
#include "x509/cert.h"

int results_first_failure(const struct results *results)
{
    int status = 0;

    for (size_t i = 0; i < results->options->host_count; i++) {
        const struct error *err = results->outcome[i].err;
        if (err != NULL && !error_still_verifies(err->code))
            return error_status(err->code);
        if (err != NULL && status == 0)
            status = error_status(err->code);
    }
    return status;
}

size_t results_count_good(const struct results *results)
{
    size_t count = 0;

    for (size_t i = 0; i < results->options->host_count; i++)
        count += results->outcome[i].err == NULL ? 1 : 0;
    return count;
}

bool results_may_write(const struct results *results)
{
    size_t good = results_count_good(results);

    return good == results->options->host_count || (results->options->keep_going && good > 0);
}

void results_put_notes(const struct results *results)
{
    for (size_t i = 0; i < results->options->host_count; i++)
        if (results->outcome[i].notes.length > 0)
            fputs(results->outcome[i].notes.data, stderr);
}

void results_put_failures(const struct results *results, const char *annotate_path)
{
    for (size_t i = 0; i < results->options->host_count; i++) {
        const struct outcome *outcome = &results->outcome[i];
        if (outcome->err == NULL)
            continue;
        message_put_error(outcome->name, outcome->err);
        if (annotate_path != NULL)
            message_put_annotation(annotate_path, outcome->name, outcome->err);
    }
}

/* Takes the host off what was counted for the anchors of its groups. */
static int recount(struct results *results, size_t index, const struct error *why,
                   struct error *err)
{
    const struct outcome *outcome = &results->outcome[index];
    X509 *anchor[HOST_CHAINS_MAX * ASSESS_ANCHOR_COUNT_MAX];
    size_t count = 0;

    for (size_t i = 0; i < outcome->group_count; i++) {
        const struct group *group = &results->groups.group[outcome->group[i]];
        for (size_t k = 0; k < group->anchor_count; k++)
            anchor[count++] = group->anchor[k].x509;
    }
    return summary_fail(&results->summary, outcome->name, index, anchor, count, why, err);
}

int results_fail(struct results *results, size_t index, const struct error *why, struct error *err)
{
    if (results->options->summary && recount(results, index, why, err) != 0)
        return -1;
    return outcome_fail(&results->outcome[index], why, err);
}

static int print_summary(struct results *results, struct error *err)
{
    char *report = NULL;
    int rv = summary_report(&results->summary, results->options->target, results->options->json,
                            &report, err);

    if (rv == 0)
        rv = output_stdout(report, strlen(report), err);
    free(report);
    return rv;
}

int results_print_reports(struct results *results, struct error *err)
{
    if (results->options->summary)
        return print_summary(results, err);
    if (results->options->unordered)
        return 0;
    for (size_t i = 0; i < results->options->host_count; i++) {
        const char *report = results->outcome[i].report;
        if (output_stdout(report, strlen(report), err) != 0)
            return -1;
    }
    return 0;
}

/* ---- the header ---- */

static int bundle_anchors(struct results *results, struct error *err)
{
    const struct options *options = results->options;
    const struct backup_policy policy = {options->target, results->judge->verify_time,
                                         results->judge->until};

    bundle_free(&results->bundle);
    for (size_t i = 0; i < options->host_count; i++) {
        const struct outcome *outcome = &results->outcome[i];
        for (size_t k = 0; outcome->err == NULL && k < outcome->group_count; k++) {
            const struct group *group = &results->groups.group[outcome->group[k]];
            if (bundle_add(&results->bundle, outcome->name, group->anchor, group->anchor_count,
                           results->judge->store, err) != 0)
                return -1;
        }
    }
    if (options->profile != NULL && bundle_add_profile(&results->bundle, results->judge->store,
                                                       options->profile, options->target, err) != 0)
        return -1;
    return options->backup
               ? bundle_add_backups(&results->bundle, results->judge->store, &policy, err)
               : 0;
}

int results_render(struct results *results, struct error *err)
{
    const struct options *options = results->options;
    struct text command = {0};
    struct render_input input = {options->renderer, &results->bundle, options->target,
                                 options->name, NULL};
    int rv;

    text_free(&results->header);
    if (bundle_anchors(results, err) != 0)
        return -1;
    command_add(options, &command);
    input.command = command.data;
    rv = command.failed ? error_no_memory(err) : render_header(&input, &results->header, err);
    text_free(&command);
    return rv;
}

static void put_backup(const struct bundle_anchor *anchor, size_t size)
{
    char root[CERT_NAME_TEXT_SIZE], sibling[CERT_NAME_TEXT_SIZE];
    char message[2 * CERT_NAME_TEXT_SIZE + 100];

    cert_short_name_text(X509_get_subject_name(anchor->embedded.x509), root);
    cert_short_name_text(X509_get_subject_name(anchor->sibling), sibling);
    snprintf(message, sizeof message, "--backup adds %s, %zu bytes: its operator also has %s", root,
             size, sibling);
    message_put("info", "", message);
}

static void put_left_out(const struct results *results, const X509 *root)
{
    char name[CERT_NAME_TEXT_SIZE], message[CERT_NAME_TEXT_SIZE + 100];

    cert_short_name_text(X509_get_subject_name(root), name);
    snprintf(message, sizeof message, "--backup leaves out %s, which %s does not take as it is",
             name, results->options->target->name);
    message_put("info", "", message);
}

void results_put_backups(const struct results *results)
{
    const struct bundle *bundle = &results->bundle;
    size_t count = 0, size = 0;
    char message[100];

    if (!results->options->backup || results->options->quiet)
        return;
    for (size_t i = 0; i < bundle->count; i++) {
        size_t bytes;
        if (bundle->anchor[i].sibling == NULL)
            continue;
        bytes = render_size(results->options->renderer, &bundle->anchor[i], i + 1);
        put_backup(&bundle->anchor[i], bytes);
        size += bytes;
        count++;
    }
    for (size_t i = 0; i < bundle->left_out_count; i++)
        put_left_out(results, bundle->left_out[i]);
    snprintf(message, sizeof message, "--backup adds %zu roots, %zu bytes", count, size);
    message_put("info", "", message);
}

/* ---- the settings ---- */

/* mbed_app.json as it is; a missing one leaves *json NULL. */
static int read_settings(const char *path, char **json, size_t *length, struct error *err)
{
    if (strcmp(path, "-") == 0 || (access(path, F_OK) != 0 && errno == ENOENT))
        return 0;
    if (input_read(path, json, length, err) == 0)
        return 0;
    err->code = ERROR_WRITE; /* it is an output that cannot be made */
    return -1;
}

static void put_unknown_keys(const char *path, const struct text *unknown)
{
    struct text message = {0};

    text_add(&message, "keys that Mbed OS does not know, kept as they are: %s", unknown->data);
    if (!message.failed)
        message_put("warning", path, message.data);
    text_free(&message);
}

/* The call-back that looks anchors up is part of ESP-IDF only with this. */
static int merge_kconfig(struct results *results, const char *fragment, size_t length,
                         struct error *err)
{
    const struct options *options = results->options;
    struct macro_list settings = results->bundle.macros;

    if (options->target->has_bundle)
        macro_list_add(&settings, "CONFIG_MBEDTLS_CERTIFICATE_BUNDLE=y");
    return kconfig_merge(fragment, length, options->mbed_app, &settings, &results->settings, err);
}

int results_merge_settings(struct results *results, struct error *err)
{
    const char *path = results->options->mbed_app;
    const struct target *target = results->options->target;
    struct text unknown = {0};
    char *json = NULL;
    size_t length = 0;
    int rv = -1;

    if (path == NULL)
        return 0;
    if (read_settings(path, &json, &length, err) != 0)
        goto done;
    rv = target_reads_kconfig(target) ? merge_kconfig(results, json, length, err)
                                      : mbedapp_merge(json, length, path, &results->bundle.macros,
                                                      target, &results->settings, &unknown, err);
    if (rv != 0)
        goto done;
    results->settings_differ = length != results->settings.length ||
                               (length > 0 && memcmp(json, results->settings.data, length) != 0) ||
                               (json == NULL && target_reads_mbed_app(target));
    if (unknown.length > 0 && !results->options->quiet)
        put_unknown_keys(path, &unknown);
    rv = 0;
done:
    text_free(&unknown);
    free(json);
    return rv;
}

struct handshake results_handshake(const struct results *results)
{
    const struct options *options = results->options;

    return (struct handshake){.target = options->target,
                              .fetch = &options->fetch,
                              .verify_time = options->at,
                              .cert = options->cert,
                              .key = options->key};
}

int results_shake_hands(const struct results *results, const struct host *host,
                        const struct text *pem, struct error *why)
{
    const struct handshake handshake = results_handshake(results);

    if (!results->options->prove_handshake)
        return 0;
    return handshake_prove(&handshake, pem, &host->endpoint, &host->presented, why);
}

void results_free(struct results *results)
{
    for (size_t i = 0; i < results->options->host_count; i++) {
        if (results->kept != NULL)
            host_free(results->kept[i]);
        if (results->outcome != NULL)
            outcome_free(&results->outcome[i]);
    }
    free(results->kept);
    free(results->outcome);
    text_free(&results->header);
    text_free(&results->settings);
    bundle_free(&results->bundle);
    groups_free(&results->groups);
    summary_free(&results->summary);
}
