/* main.c -- mbed_lib.json... mbed_app.json -> mbed_config.h */
#include "config.h"
#include "files.h"
#include "values.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LABEL_COUNT_MAX 32

enum exit_status {
    EXIT_DONE = 0,
    EXIT_INPUT = 1, /* usage, or a file that is not as it should be */
    EXIT_OUTPUT = 6 /* could not write */
};

static const char usage[] =
    "usage: mbed-config [-o FILE] [-t TARGET]... mbed_lib.json... mbed_app.json\n"
    "  -o FILE    write the header to FILE instead of stdout\n"
    "  -t TARGET  let target_overrides of TARGET hold, too; the last one given wins\n"
    "  -h         print this\n"
    "  -V         print the version\n"
    "The last file is the application's, those before it are libraries'; a file named\n"
    "mbed_lib.json is always a library's.\n";

struct options {
    const char *output;
    const char *labels[LABEL_COUNT_MAX];
    size_t label_count;
    char *const *files;
    size_t file_count;
    const char *print; /* what -h or -V want to see instead of anything else */
};

static int add_label(struct options *options, const char *label, struct error *error)
{
    if (!name_is_valid(label))
        return error_set(error, NULL, "'%.100s' is no name for a target", label);
    if (options->label_count == LABEL_COUNT_MAX)
        return error_set(error, NULL, "more than %d targets", LABEL_COUNT_MAX);
    options->labels[options->label_count++] = label;
    return 0;
}

static int options_parse(struct options *options, int argc, char *const argv[], struct error *error)
{
    int option;

    opterr = 0;
    while ((option = getopt(argc, argv, ":o:t:hV")) != -1) {
        if (option == 'h')
            options->print = usage;
        else if (option == 'V')
            options->print = "mbed-config " PROJECT_VERSION "\n";
        else if (option == 'o')
            options->output = optarg;
        else if (option == 't' && add_label(options, optarg, error) == 0)
            continue;
        else if (option != 't')
            return error_set(error, "mbed-config -h lists the options",
                             option == ':' ? "-%c needs a value" : "no option -%c", optopt);
        else
            return -1;
    }
    options->files = argv + optind;
    options->file_count = (size_t)(argc - optind);
    if (options->file_count == 0 && options->print == NULL)
        return error_set(error, "mbed-config -h shows how", "no file given");
    return 0;
}

static bool is_library(const struct options *options, size_t index)
{
    const char *path = options->files[index];
    const char *slash = strrchr(path, '/');

    return index + 1 < options->file_count ||
           strcmp(slash == NULL ? path : slash + 1, "mbed_lib.json") == 0;
}

static int add_file(struct config *config, const struct options *options, size_t index,
                    struct error *error)
{
    const char *path = options->files[index];
    char *json;
    size_t size;
    int rv;

    if (file_read(path, &json, &size, error) != 0)
        return -1;
    rv = config_add_text(config, is_library(options, index) ? UNIT_LIBRARY : UNIT_APPLICATION, path,
                         json, size, options->labels, options->label_count, error);
    free(json);
    return rv;
}

static int read_all(struct config *config, const struct options *options, struct error *error)
{
    for (size_t i = 0; i < options->file_count; i++)
        if (add_file(config, options, i, error) != 0)
            return -1;
    return config_check(config, error);
}

static enum exit_status run(const struct options *options, struct error *error)
{
    enum exit_status status = EXIT_INPUT;
    struct config config;
    char *text = NULL;

    config_init(&config);
    if (read_all(&config, options, error) != 0)
        goto done;
    status = EXIT_OUTPUT;
    if ((text = config_render(&config)) == NULL) {
        (void)error_set(error, NULL, "out of memory");
        goto done;
    }
    if (file_write(options->output, text, error) != 0)
        goto done;
    status = EXIT_DONE;
done:
    free(text);
    config_free(&config);
    return status;
}

int main(int argc, char *argv[])
{
    struct options options = {.output = NULL};
    struct error error = {"", ""};
    enum exit_status status = EXIT_INPUT;

    if (options_parse(&options, argc, argv, &error) == 0) {
        if (options.print != NULL)
            status = file_write(NULL, options.print, &error) == 0 ? EXIT_DONE : EXIT_OUTPUT;
        else
            status = run(&options, &error);
    }
    if (status != EXIT_DONE)
        (void)fprintf(stderr, "mbed-config: error: %s\n", error.text);
    if (error.hint[0] != '\0')
        (void)fprintf(stderr, "mbed-config: hint: %s\n", error.hint);
    return (int)status;
}
