/* main.c -- mbed_lib.json... mbed_app.json -> mbed_config.h */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/input.h"
#include "base/output.h"
#include "base/text.h"
#include "config.h"
#include "options.h"

#define WARNING_COUNT_MAX 20 /* that are printed without -v */

/* ---- which file is what ---- */

static bool is_named(const char *path, const char *name)
{
    const char *base = text_base_name(path);
    const size_t length = strlen(name);

    return strncmp(base, name, length) == 0 &&
           (base[length] == '\0' || strcmp(base + length, "5") == 0);
}

static enum unit_kind kind_of(const struct options *options, size_t index)
{
    const char *path = options->files[index];

    if (is_named(path, "mbed_lib.json"))
        return UNIT_LIBRARY;
    return index + 1 == options->file_count || is_named(path, "mbed_app.json") ? UNIT_APPLICATION
                                                                               : UNIT_LIBRARY;
}

static int check_output(const struct options *options, struct error *err)
{
    const char *output = output_place(options->output != NULL ? options->output : "-");

    for (size_t i = 0; i < options->file_count; i++)
        if (output_same_file(input_place(options->files[i]), output)) {
            error_set(err, ERROR_USAGE, "'%.200s' is both read and written", output);
            return error_hint(err, "-o names the header, which is not one of the JSON files");
        }
    return 0;
}

/* ---- files in ---- */

struct documents {
    struct document *list;
    size_t count;
};

static int read_document(const struct options *options, size_t index, struct documents *out,
                         struct error *err)
{
    const char *path = options->files[index];
    char *bytes = NULL;
    size_t length = 0;
    int rv;

    if (input_read(path, &bytes, &length, err) != 0)
        return -1;
    rv = document_parse(kind_of(options, index), input_name(path), bytes, length,
                        options->is_lenient, &out->list[out->count], err);
    free(bytes);
    if (rv == 0)
        out->count++;
    return rv;
}

static int check_applications(const struct options *options, struct error *err)
{
    size_t count = 0;

    for (size_t i = 0; i < options->file_count; i++) {
        count += kind_of(options, i) == UNIT_APPLICATION;
        if (count > 1) {
            error_set(err, ERROR_USAGE, "'%.200s' is a second application's file",
                      options->files[i]);
            return error_hint(err, "name one mbed_app.json, and libraries' files mbed_lib.json");
        }
    }
    return 0;
}

/* The libraries in their order, then the application, wherever it was named. */
static int read_documents(const struct options *options, struct documents *out, struct error *err)
{
    if (check_applications(options, err) != 0)
        return -1;
    out->list = calloc(options->file_count, sizeof *out->list);
    if (out->list == NULL)
        return error_no_memory(err);
    for (int kind = UNIT_LIBRARY; kind <= UNIT_APPLICATION; kind++)
        for (size_t i = 0; i < options->file_count; i++)
            if ((int)kind_of(options, i) == kind && read_document(options, i, out, err) != 0)
                return -1;
    return 0;
}

static void free_documents(struct documents *documents)
{
    for (size_t i = 0; i < documents->count; i++)
        document_free(&documents->list[i]);
    free(documents->list);
}

/* ---- text out ---- */

static void put_message(const char *kind, const char *message)
{
    fprintf(stderr, "mbed-config: %s: ", kind);
    text_put_line(stderr, message);
}

static void put_remarks(const struct config *config, bool is_verbose)
{
    size_t warnings = 0;

    for (size_t i = 0; i < config->remark_count; i++) {
        const struct remark *remark = &config->remarks[i];
        warnings += remark->is_warning;
        if (is_verbose || (remark->is_warning && warnings <= WARNING_COUNT_MAX))
            put_message(remark->is_warning ? "warning" : "note", remark->text);
    }
    if (!is_verbose && warnings > WARNING_COUNT_MAX)
        fprintf(stderr, "mbed-config: warning: %zu more of the kind; -v prints all\n",
                warnings - WARNING_COUNT_MAX);
}

static int write_text(const char *path, const struct text *text, struct error *err)
{
    struct output_file file = {0};
    int rv;

    if (path == NULL || strcmp(path, "-") == 0)
        return output_stdout(text->data, text->length, err);
    rv = output_stage(path, text->data, text->length, &file, err);
    if (rv == 0)
        rv = output_commit(&file, err);
    output_discard(&file);
    return rv;
}

/* ---- the run ---- */

static int make_text(const struct options *options, const struct config *config, struct text *text,
                     struct error *err)
{
    if (options->explain == NULL)
        config_render(config, text);
    else if (config_explain(config, options->explain, text, err) != 0)
        return -1;
    return text->failed ? error_no_memory(err) : 0;
}

static int run(const struct options *options, struct error *err)
{
    const struct config_options how = {options->labels, options->label_count, options->is_lenient};
    struct documents documents = {NULL, 0};
    struct config config;
    struct text text = {0};
    int rv = -1;

    config_init(&config);
    if (check_output(options, err) != 0 || read_documents(options, &documents, err) != 0 ||
        config_resolve(&config, documents.list, documents.count, &how, err) != 0 ||
        config_define(&config, err) != 0)
        goto done;
    if (make_text(options, &config, &text, err) != 0 ||
        write_text(options->output, &text, err) != 0)
        goto done;
    rv = 0;
done:
    put_remarks(&config, options->is_verbose);
    text_free(&text);
    config_free(&config);
    free_documents(&documents);
    return rv;
}

int main(int argc, char *argv[])
{
    struct options options;
    struct error err = {.code = ERROR_NONE};
    int rv;

    output_guard_signals("mbed-config: error: interrupted: no file was changed\n");
    rv = options_parse(argc, argv, "mbed-config " PROJECT_VERSION "\n", &options, &err);
    if (rv == 0 && options.print != NULL)
        rv = output_stdout(options.print, strlen(options.print), &err);
    else if (rv == 0)
        rv = run(&options, &err);
    if (rv == 0)
        return 0;
    put_message("error", err.message);
    if (err.hint[0] != '\0')
        put_message("hint", err.hint);
    return error_status(err.code);
}
