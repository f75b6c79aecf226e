/* check.c -- results of all hosts + what -o and -m hold -> current or not */
#include "cli/check.h"

#include <stdlib.h>
#include <string.h>

#include "base/output.h"
#include "base/timestamp.h"
#include "cli/explain_page.h"
#include "cli/messages.h"
#include "cli/report.h"
#include "judge/standing.h"
#include "x509/cert.h"

static bool is_github_action(void)
{
    const char *actions = getenv("GITHUB_ACTIONS");

    return actions != NULL && strcmp(actions, "true") == 0;
}

static int compare_settings(const struct results *results, struct error *why)
{
    if (!results->settings_differ)
        return 0;
    error_set(why, ERROR_CHANGED,
              "still verifies, with the same anchors, but the settings in %s would be written "
              "differently",
              text_base_name(results->options->mbed_app));
    return error_hint(why, "run again without --check");
}

/* The files as a whole concern every host. *annotated becomes the file that differs. */
static int check_files(struct results *results, const struct existing_header *existing,
                       const char **annotated, struct error *err)
{
    struct error why = {.code = ERROR_NONE};

    if (results_render(results, err) != 0 || results_merge_settings(results, err) != 0)
        return -1;
    results_put_backups(results);
    if (existing_header_check_header(existing, &results->header, &results->bundle, &why) == 0) {
        if (compare_settings(results, &why) == 0)
            return 0;
        *annotated = results->options->mbed_app;
    }
    if (results->options->host_count == 0) { /* a profile alone */
        *err = why;
        return -1;
    }
    for (size_t i = 0; i < results->options->host_count; i++)
        if (results_fail(results, i, &why, err) != 0)
            return -1;
    return 0;
}

/* Prints a line for each host that is current; the others have their error. */
static int print_current(const struct results *results, struct error *err)
{
    struct text text = {0};
    int rv = 0;

    for (size_t i = 0; i < results->options->host_count; i++) {
        const struct outcome *outcome = &results->outcome[i];
        char subject[CERT_NAME_TEXT_SIZE], date[TIMESTAMP_TEXT_SIZE];
        char line[sizeof subject + sizeof date + ENDPOINT_HOST_SIZE + 40];
        const X509 *root;
        if (outcome->err != NULL)
            continue;
        root = results->groups.group[outcome->group[0]].anchor[0].x509;
        cert_subject_text(root, subject);
        timestamp_format(cert_not_after(root), date);
        snprintf(line, sizeof line, "%s: current: %s, until %s", outcome->name, subject, date);
        text_add_plain_line(&text, line);
        text_add(&text, "\n");
    }
    if (text.length > 0)
        rv = output_stdout(text.data, text.length, err);
    text_free(&text);
    return rv;
}

/* Warns of the roots of --profile that the header does not hold. */
static void put_lacking(const struct results *results, const struct existing_header *existing)
{
    char message[3 * CERT_NAME_TEXT_SIZE], names[2 * CERT_NAME_TEXT_SIZE] = "";
    size_t lacking = 0, all = 0;

    for (size_t i = 0; i < results->bundle.count; i++) {
        const struct bundle_anchor *anchor = &results->bundle.anchor[i];
        char name[CERT_NAME_TEXT_SIZE];
        if (anchor->profile == NULL)
            continue;
        all++;
        if (existing_header_holds(existing, anchor->embedded.x509))
            continue;
        cert_short_name_text(X509_get_subject_name(anchor->embedded.x509), name);
        snprintf(names + strlen(names), sizeof names - strlen(names), "%s%.100s",
                 lacking++ > 0 ? ", " : "", name);
    }
    snprintf(message, sizeof message, "%.100s lacks %zu of the %zu roots of the profile %s: %s",
             text_base_name(results->options->output), lacking, all, results->options->profile,
             names);
    if (lacking > 0)
        message_put("warning", "", message);
}

/* Warns of a root of the header that the trust store has no more, or trusts until a date. */
static int put_standing(X509 *root, const struct results *results, struct error *err)
{
    const char *file = text_base_name(results->options->output);
    const char *store =
        store_is_bundled(results->judge->store) ? store_bundled_name() : "the trust store";
    char message[2 * CERT_NAME_TEXT_SIZE], name[CERT_NAME_TEXT_SIZE], date[TIMESTAMP_TEXT_SIZE];
    enum standing standing;
    int64_t distrust_after;

    if (standing_find(root, results->judge, &standing, &distrust_after, err) != 0)
        return -1;
    if (standing == STANDING_TRUSTED)
        return 0;
    cert_subject_text(root, name);
    if (standing == STANDING_REMOVED) {
        snprintf(message, sizeof message, "%.100s holds %s, which is not in %s", file, name, store);
    } else {
        timestamp_format(distrust_after, date);
        snprintf(message, sizeof message,
                 "%.100s holds %s, which %s distrusts for leaves issued after %s", file, name,
                 store, date);
    }
    message_put("warning", "", message);
    return 0;
}

static int put_standings(const struct results *results, const struct existing_header *existing,
                         struct error *err)
{
    for (int i = 0; i < sk_X509_num(existing->certs); i++)
        if (put_standing(sk_X509_value(existing->certs, i), results, err) != 0)
            return -1;
    return 0;
}

int check_results(struct results *results, const struct existing_header *existing, int *status,
                  struct error *err)
{
    const struct options *options = results->options;
    const char *annotated = options->output;

    int rv =
        results_first_failure(results) == 0 ? check_files(results, existing, &annotated, err) : 0;

    if (options->profile != NULL && !options->quiet)
        put_lacking(results, existing);
    if (rv == 0 && !options->quiet)
        rv = put_standings(results, existing, err);
    if (rv != 0 || explain_page_write(results, err) != 0)
        return -1;
    results_put_failures(results, is_github_action() ? annotated : NULL);
    *status = results_first_failure(results);
    if (options->json || options->summary)
        return results_print_reports(results, err);
    return options->quiet ? 0 : print_current(results, err);
}

/* The report on hosts that were not asked. */
static int summarize_unreadable(const struct options *options, const struct error *why,
                                struct error *err)
{
    const struct judge judge = {.target = options->target};
    struct results results = {.options = options, .judge = &judge};
    int rv = 0;

    for (size_t i = 0; rv == 0 && i < options->host_count; i++) {
        const struct host host = {.index = i, .argument = options->host[i]};
        rv = summary_add(&results.summary, &host, &judge, why, err);
    }
    if (rv == 0)
        rv = results_print_reports(&results, err);
    summary_free(&results.summary);
    return rv;
}

/* The line of a host that was not asked. */
static int print_unreadable(const char *argument, const struct options *options,
                            const struct error *why, struct error *err)
{
    struct host host = {.argument = argument};
    struct error none = {.code = ERROR_NONE};
    char *line = NULL;
    int rv;

    (void)!endpoint_parse(argument, options->servername, &host.endpoint, &none);
    if (report_host(&host, why, false, &line, err) != 0)
        return -1;
    rv = output_stdout(line, strlen(line), err);
    free(line);
    return rv;
}

int check_put_unreadable(const struct options *options, const struct error *why, struct error *err)
{
    if (is_github_action())
        message_put_annotation(options->output, "", why);
    if (options->summary)
        return summarize_unreadable(options, why, err);
    for (size_t i = 0; options->json && i < options->host_count; i++)
        if (print_unreadable(options->host[i], options, why, err) != 0)
            return -1;
    return 0;
}
