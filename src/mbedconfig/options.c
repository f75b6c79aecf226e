/* options.c -- argv -> struct options */
#include "options.h"

#include <getopt.h>
#include <string.h>

static const char usage[] =
    "usage: mbed-config [-v] [-o FILE] [-t TARGET[,LABEL...]] [--lenient] [--explain KEY]\n"
    "                   mbed_lib.json... mbed_app.json\n"
    "  -o, --output FILE    write the header to FILE instead of stdout\n"
    "  -t, --target TARGET[,LABEL...]\n"
    "                       apply the target_overrides of these labels, too\n"
    "      --lenient        as Mbed CE: drop overrides of libraries that are not given, with a\n"
    "                       warning; read every file as JSON5\n"
    "      --explain KEY    print where the value of a parameter or macro comes from\n"
    "  -v, --verbose        say what is left out, and what no header can hold\n"
    "  -h, --help           print this\n"
    "  -V, --version        print the version\n"
    "The last file is the application's, and a file named mbed_app.json or mbed_app.json5; those\n"
    "before it, and files named mbed_lib.json or mbed_lib.json5, are libraries'.\n";

enum { OPTION_LENIENT = 256, OPTION_EXPLAIN };

static const struct option long_options[] = {
    {"output", required_argument, NULL, 'o'},
    {"target", required_argument, NULL, 't'},
    {"lenient", no_argument, NULL, OPTION_LENIENT},
    {"explain", required_argument, NULL, OPTION_EXPLAIN},
    {"verbose", no_argument, NULL, 'v'},
    {"help", no_argument, NULL, 'h'},
    {"version", no_argument, NULL, 'V'},
    {NULL, 0, NULL, 0},
};

static int add_label(struct options *options, const char *label, struct error *err)
{
    const size_t length =
        strspn(label, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.+");

    if (length == 0 || label[length] != '\0') {
        error_set(err, ERROR_USAGE, "'%.100s' is no name for a target", label);
        return error_hint(err, "names are letters, digits and -_.+, with commas between several");
    }
    if (options->label_count == LABEL_COUNT_MAX)
        return error_set(err, ERROR_USAGE, "more than %d targets and labels", LABEL_COUNT_MAX);
    options->labels[options->label_count++] = label;
    return 0;
}

static int add_labels(struct options *options, char *list, struct error *err)
{
    for (char *comma; (comma = strchr(list, ',')) != NULL; list = comma + 1) {
        *comma = '\0';
        if (add_label(options, list, err) != 0)
            return -1;
    }
    return add_label(options, list, err);
}

static int set_once(const char **option, const char *name, const char *value, struct error *err)
{
    if (*option != NULL)
        return error_set(err, ERROR_USAGE, "%s is there twice", name);
    *option = value;
    return 0;
}

static int fail_unknown(int option, char *const argv[], struct error *err)
{
    const char *word = argv[optind - 1];

    if (option == ':')
        error_set(err, ERROR_USAGE, "%.100s needs a value", word);
    else if (strncmp(word, "--", 2) == 0)
        error_set(err, ERROR_USAGE, "no option %.100s", word);
    else
        error_set(err, ERROR_USAGE, "no option -%c", optopt);
    return error_hint(err, "mbed-config -h lists the options");
}

static int take_option(struct options *options, int option, char *const argv[], struct error *err)
{
    switch (option) {
    case 'o':
        return set_once(&options->output, "-o", optarg, err);
    case OPTION_EXPLAIN:
        return set_once(&options->explain, "--explain", optarg, err);
    case 't':
        return add_labels(options, optarg, err);
    case OPTION_LENIENT:
        options->is_lenient = true;
        return 0;
    case 'v':
        options->is_verbose = true;
        return 0;
    case 'h':
        options->print = usage;
        return 0;
    case 'V':
        options->print = options->version;
        return 0;
    default:
        return fail_unknown(option, argv, err);
    }
}

int options_parse(int argc, char *argv[], const char *version, struct options *out,
                  struct error *err)
{
    struct options options = {.version = version};
    int option;

    opterr = 0;
    while ((option = getopt_long(argc, argv, ":o:t:vhV", long_options, NULL)) != -1)
        if (take_option(&options, option, argv, err) != 0)
            return -1;
    options.files = argv + optind;
    options.file_count = (size_t)(argc - optind);
    if (options.file_count == 0 && options.print == NULL) {
        error_set(err, ERROR_USAGE, "no file given");
        return error_hint(err, "mbed-config -h shows how");
    }
    *out = options;
    return 0;
}
