/* write.c -- results of all hosts -> a header that is proven for each, then files and stdout */
#include "cli/write.h"

#include <stdlib.h>
#include <string.h>

#include "base/output.h"
#include "cli/explain_page.h"
#include "cli/messages.h"
#include "emit/cert_folder.h"
#include "emit/depfile.h"
#include "emit/prove.h"
#include "emit/zephyr_folder.h"

/* ---- the proof ---- */

/* The certificates of the header as a compiler would see them. */
static int read_back(const struct results *results, struct text *pem, struct error *err)
{
    const struct bundle *bundle = &results->bundle;
    X509 **anchor = calloc(bundle->count, sizeof(X509 *));
    int rv;

    if (anchor == NULL)
        return error_no_memory(err);
    for (size_t i = 0; i < bundle->count; i++)
        anchor[i] = bundle->anchor[i].embedded.x509;
    rv = prove_header(results->options->renderer, &results->header, results->options->name, anchor,
                      bundle->count, pem, err);
    free(anchor);
    return rv;
}

static bool is_in_group(const struct outcome *outcome, size_t index)
{
    for (size_t i = 0; i < outcome->group_count; i++)
        if (outcome->group[i] == index)
            return true;
    return false;
}

static int prove_group(struct results *results, size_t index, const struct text *pem,
                       struct prover *prover, struct error *err)
{
    struct error why = {.code = ERROR_NONE};

    if (groups_prove(&results->groups, index, pem, prover, results->judge, &why) == 0)
        return 0;
    for (size_t i = 0; i < results->options->host_count; i++)
        if (results->outcome[i].err == NULL && is_in_group(&results->outcome[i], index) &&
            results_fail(results, i, &why, err) != 0)
            return -1;
    return 0;
}

static int prove_handshake(struct results *results, size_t index, const struct text *pem,
                           struct error *err)
{
    struct error why = {.code = ERROR_NONE};

    if (results->outcome[index].err != NULL ||
        results_shake_hands(results, results->kept[index], pem, &why) == 0)
        return 0;
    return results_fail(results, index, &why, err);
}

static int prove_handshakes(struct results *results, const struct text *pem, struct error *err)
{
    for (size_t i = 0; i < results->options->host_count; i++)
        if (prove_handshake(results, i, pem, err) != 0)
            return -1;
    return 0;
}

static int prove_groups(struct results *results, const struct text *pem, struct error *err)
{
    struct prover *prover = NULL;
    int rv = prover_open(results->judge->target, pem, results->bundle.count, &prover, err);

    for (size_t i = 0; rv == 0 && i < results->groups.count; i++)
        rv = prove_group(results, i, pem, prover, err);
    prover_close(prover);
    return rv;
}

/* Proves the header for every host that succeeded so far. */
static int prove_all(struct results *results, struct error *err)
{
    struct text pem = {0};
    int rv = read_back(results, &pem, err);

    if (rv == 0)
        rv = prove_groups(results, &pem, err);
    if (rv == 0 && results->options->prove_handshake)
        rv = prove_handshakes(results, &pem, err);
    text_free(&pem);
    return rv;
}

/* A host that the proof refuses takes its anchors out of the header, which is then another one and
 * has to be proven again. */
static int render_and_prove(struct results *results, struct error *err)
{
    size_t good;

    do {
        good = results_count_good(results);
        if (!results_may_write(results))
            return 0;
        if (results_render(results, err) != 0 || prove_all(results, err) != 0)
            return -1;
    } while (results_count_good(results) != good);
    results_put_backups(results);
    return 0;
}

/* ---- files and stdout ---- */

struct files {
    struct output_file header, settings, depfile;
    struct folder_files folder; /* instead of header, if there are several */
};

static int stage(const char *path, const struct text *text, struct output_file *file,
                 struct error *err)
{
    if (path == NULL || strcmp(path, "-") == 0)
        return 0;
    return output_stage(path, text->data, text->length, file, err);
}

static void add_input(const char *path, const char **input, size_t *count)
{
    if (path != NULL && strcmp(path, "-") != 0)
        input[(*count)++] = path;
}

static int stage_header(const struct results *results, struct files *files, struct error *err)
{
    const struct options *options = results->options;
    const bool has_file = options->output != NULL && strcmp(options->output, "-") != 0;
    const bool has_parts = render_form(options->renderer) == RENDER_DER;

    if (render_form(options->renderer) == RENDER_ZEPHYR && has_file)
        return zephyr_folder_stage(options->output, &results->header, &files->folder, err);
    if (has_parts && has_file)
        return cert_folder_stage(options->output, options->name, &results->header, &files->folder,
                                 err);
    if (has_parts && options_header_to_stdout(options) && cert_folder_count(&results->header) > 1)
        return cert_folder_fail_missing("-", cert_folder_count(&results->header), err);
    return stage(options->output, &results->header, &files->header, err);
}

static int stage_depfile(const struct options *options, struct output_file *file, struct error *err)
{
    const char **input;
    struct text rule = {0};
    size_t count = 0;
    int rv;

    if (options->depfile == NULL)
        return 0;
    input = calloc(3 + options->ca_file_count, sizeof *input);
    if (input == NULL)
        return error_no_memory(err);
    add_input(options->from, input, &count);
    add_input(options->store, input, &count);
    for (size_t i = 0; i < options->ca_file_count; i++)
        add_input(options->ca_file[i], input, &count);
    add_input(options->chain, input, &count);
    rv = depfile_make(options->output, input, count, &rule, err);
    if (rv == 0)
        rv = stage(options->depfile, &rule, file, err);
    text_free(&rule);
    free(input);
    return rv;
}

static int print_artefact(struct results *results, struct error *err)
{
    const struct options *options = results->options;

    if (options->json || options->summary)
        return results_print_reports(results, err);
    if (options_header_to_stdout(options))
        return output_stdout(results->header.data, results->header.length, err);
    if (options->mbed_app != NULL && strcmp(options->mbed_app, "-") == 0)
        return output_stdout(results->settings.data, results->settings.length, err);
    return 0;
}

/* Everything that can fail comes before the first file is replaced. */
static int write_files(struct results *results, struct error *err)
{
    const struct options *options = results->options;
    struct files files = {.header = {.path = NULL}};
    int rv = -1;

    if (results_merge_settings(results, err) != 0 ||
        stage_depfile(options, &files.depfile, err) != 0 ||
        stage_header(results, &files, err) != 0 ||
        stage(results->settings_differ ? options->mbed_app : NULL, &results->settings,
              &files.settings, err) != 0 ||
        print_artefact(results, err) != 0 || output_commit(&files.header, err) != 0 ||
        folder_files_commit(&files.folder, err) != 0 || output_commit(&files.settings, err) != 0 ||
        output_commit(&files.depfile, err) != 0)
        goto done;
    rv = 0;
done:
    output_discard(&files.header);
    folder_files_discard(&files.folder);
    output_discard(&files.settings);
    output_discard(&files.depfile);
    return rv;
}

/* Several hosts: what is written although some failed. */
static void put_summary(const struct results *results)
{
    const size_t count = results->options->host_count;
    const size_t failed = count - results_count_good(results);
    const bool may_write = results_may_write(results);
    char message[120];

    if (failed == 0 || count == 1 || results->options->quiet)
        return;
    snprintf(message, sizeof message,
             may_write ? "%zu of %zu hosts failed: the header has no anchor for them"
                       : "%zu of %zu hosts failed: nothing is written",
             failed, count);
    message_put(may_write ? "warning" : "info", "", message);
}

int write_results(struct results *results, int *status, struct error *err)
{
    if (render_and_prove(results, err) != 0)
        return -1;
    *status = results_first_failure(results);
    if (explain_page_write(results, err) != 0)
        return -1;
    results_put_failures(results, NULL);
    put_summary(results);
    if (results_may_write(results))
        return write_files(results, err);
    return results->options->json || results->options->summary ? results_print_reports(results, err)
                                                               : 0;
}
