/* options.c -- argv -> struct options, by one table */
#include "cli/options.h"

#include <errno.h>
#include <getopt.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/array.h"
#include "base/c_name.h"
#include "base/input.h"
#include "base/output.h"
#include "base/timestamp.h"
#include "emit/cert_folder.h"
#include "emit/zephyr_folder.h"
#include "judge/host_feed.h"
#include "x509/lifecycle.h"

#define SECONDS_MAX 86400.0

static int fail_value(const char *option, const char *value, const char *expected,
                      struct error *err)
{
    error_set(err, ERROR_USAGE, "invalid value '%s' for --%s (expected %s)", value, option,
              expected);
    return error_hint(err, "see caembed --help");
}

static int set_name(struct options *options, const char *value, struct error *err)
{
    options->name = value;
    if (c_name_is_free(value))
        return 0;
    if (c_name_is_identifier(value))
        return fail_value("name", value,
                          "a name that is not reserved, and no keyword or macro of "
                          "C or C++",
                          err);
    return fail_value("name", value, "a C identifier of at most 63 characters that is no keyword",
                      err);
}

static int set_format(struct options *options, const char *value, struct error *err)
{
    options->renderer = render_find(value);
    return options->renderer != NULL
               ? 0
               : fail_value("format", value,
                            "pem, der, pem-file, der-file, arduino, bearssl, esp-bundle, "
                            "esp-bundle-5.3 or zephyr",
                            err);
}

static int set_target(struct options *options, const char *value, struct error *err)
{
    options->target = target_find(value);
    if (options->target != NULL)
        return 0;
    error_set(err, ERROR_USAGE, "unknown target '%s'", value);
    return error_hint(err, "caembed --list-targets prints the targets");
}

/* As libcurl takes them; it would call another scheme a failure to connect. */
static int set_proxy(struct options *options, const char *value, struct error *err)
{
    static const char *const schemes[] = {"http",    "https",  "socks",  "socks4",
                                          "socks4a", "socks5", "socks5h"};
    const char *colon = strstr(value, "://");
    const size_t length = colon != NULL ? (size_t)(colon - value) : 0;

    options->fetch.proxy = value;
    if (colon == NULL)
        return 0;
    for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++)
        if (strlen(schemes[i]) == length && strncasecmp(value, schemes[i], length) == 0)
            return 0;
    error_set(err, ERROR_USAGE, "unsupported proxy scheme '%.*s'", (int)(length < 40 ? length : 40),
              value);
    return error_hint(err, "use http, https, socks4, socks4a, socks5 or socks5h, as with curl");
}

static int set_prove(struct options *options, const char *value, struct error *err)
{
    options->prove_handshake = true;
    return strcmp(value, "handshake") == 0 ? 0 : fail_value("prove", value, "handshake", err);
}

static int set_explain(struct options *options, const char *value, struct error *err)
{
    const char *file = value != NULL ? strchr(value, ':') : NULL;

    options->explain = value == NULL ? EXPLAIN_TEXT : EXPLAIN_HTML;
    options->explain_file = file != NULL ? file + 1 : NULL;
    if (value == NULL || strcmp(value, "html") == 0)
        return 0;
    if (strncmp(value, "html:", 5) == 0 && value[5] != '\0' && strcmp(value, "html:-") != 0)
        return 0;
    return fail_value("explain", value, "html, or html:FILE", err);
}

static int set_accept_root(struct options *options, const char *value, struct error *err)
{
    struct accepted_roots *accepted = &options->accepted;
    uint8_t(*larger)[SHA256_LENGTH] =
        array_grow(accepted->sha256, accepted->count, sizeof accepted->sha256[0]);

    if (larger == NULL)
        return error_no_memory(err);
    accepted->sha256 = larger;
    if (text_to_sha256(value, larger[accepted->count]) != 0)
        return fail_value("accept-root", value, "a SHA-256 of 64 hex digits", err);
    accepted->count++;
    return 0;
}

/* Adds the value of an option that can be repeated to its list. */
static int add_file(const char ***file, size_t *count, const char *option, const char *value,
                    struct error *err)
{
    const char **larger = array_grow(*file, *count, sizeof *larger);

    if (larger == NULL)
        return error_no_memory(err);
    *file = larger;
    if (value[0] == '\0')
        return fail_value(option, value, "a value", err);
    larger[(*count)++] = value;
    return 0;
}

static int set_ca_file(struct options *options, const char *value, struct error *err)
{
    return add_file(&options->ca_file, &options->ca_file_count, "ca-file", value, err);
}

static int set_replay(struct options *options, const char *value, struct error *err)
{
    return add_file(&options->replay, &options->replay_count, "replay", value, err);
}

static int set_at(struct options *options, const char *value, struct error *err)
{
    options->has_at = true;
    if (timestamp_parse(value, &options->at) == 0)
        return 0;
    return fail_value("at", value, "a time such as 2026-01-31T12:00:00Z or seconds since the epoch",
                      err);
}

/* A date is its first second, and a number of years counts from the time to judge at. */
static int read_until(struct options *options, struct error *err)
{
    const char *text = options->until_text;
    char at[TIMESTAMP_TEXT_SIZE], later[64];
    char *end;
    long years;

    if (text == NULL)
        return 0;
    years = strtol(text, &end, 10);
    timestamp_format(options->at, at);
    if (strcmp(end, "y") == 0 && years > 0 && years <= 100)
        snprintf(later, sizeof later, "%04ld-%.5sT00:00:00Z", strtol(at, NULL, 10) + years,
                 strncmp(at + 5, "02-29", 5) == 0 ? "02-28" : at + 5);
    else if (strlen(text) == sizeof "2031-01-01" - 1 && strchr(text, ':') == NULL &&
             strchr(text, '-') != NULL)
        snprintf(later, sizeof later, "%sT00:00:00Z", text);
    else
        snprintf(later, sizeof later, "%.60s", text);
    if (timestamp_parse(later, &options->until) != 0 || options->until <= 0)
        return fail_value("until", text, "a date such as 2036-01-31, or years such as 10y", err);
    if (options->until >= options->at)
        return 0;
    error_set(err, ERROR_USAGE, "--until %s is before the time to judge at, %s", text, at);
    return error_hint(err,
                      "give the date until which the firmware must work, or years such as 10y");
}

static int set_profile(struct options *options, const char *value, struct error *err)
{
    char names[120] = "";
    const char *name;

    options->profile = value;
    for (size_t i = 0; (name = lifecycle_profile_name(i)) != NULL; i++) {
        if (strcmp(name, value) == 0)
            return 0;
        snprintf(names + strlen(names), sizeof names - strlen(names), "%s%s", i > 0 ? ", " : "",
                 name);
    }
    return fail_value("profile", value, names, err);
}

static int set_seconds(const char *option, const char *value, long *out_ms, struct error *err)
{
    char *end;
    double seconds;

    errno = 0;
    seconds = strtod(value, &end);
    if (end == value || *end != '\0' || errno != 0 || !(seconds >= 0.001) || seconds > SECONDS_MAX)
        return fail_value(option, value, "a number of seconds up to 86400", err);
    *out_ms = (long)(seconds * 1000 + 0.5);
    return 0;
}

static int set_connect_timeout(struct options *options, const char *value, struct error *err)
{
    return set_seconds("connect-timeout", value, &options->fetch.connect_timeout_ms, err);
}

static int set_max_time(struct options *options, const char *value, struct error *err)
{
    return set_seconds("max-time", value, &options->fetch.max_time_ms, err);
}

static int set_number(const char *option, const char *value, long least, long most, long *out,
                      struct error *err)
{
    char expected[64];
    char *end;
    long number;

    errno = 0;
    number = strtol(value, &end, 10);
    snprintf(expected, sizeof expected, "a number from %ld to %ld", least, most);
    if (end == value || *end != '\0' || errno != 0 || number < least || number > most)
        return fail_value(option, value, expected, err);
    *out = number;
    return 0;
}

static int set_jobs(struct options *options, const char *value, struct error *err)
{
    return set_number("jobs", value, 1, 1000, &options->fetch.jobs, err);
}

static int set_verbose(struct options *options, const char *value, struct error *err)
{
    (void)value;
    (void)err;
    options->traces = options->verbose;
    options->verbose = true;
    return 0;
}

static int set_per_host(struct options *options, const char *value, struct error *err)
{
    return set_number("per-host", value, 1, 1000, &options->fetch.per_host, err);
}

static int set_threads(struct options *options, const char *value, struct error *err)
{
    return set_number("threads", value, 1, 256, &options->threads, err);
}

static int set_retry(struct options *options, const char *value, struct error *err)
{
    return set_number("retry", value, 0, 100, &options->fetch.retries, err);
}

static int set_ipv4(struct options *options, const char *value, struct error *err)
{
    (void)value, (void)err;
    options->fetch.ip_version = CURL_IPRESOLVE_V4;
    return 0;
}

static int set_ipv6(struct options *options, const char *value, struct error *err)
{
    (void)value, (void)err;
    options->fetch.ip_version = CURL_IPRESOLVE_V6;
    return 0;
}

/* HOST:PORT:ADDRESS[,ADDRESS]... as libcurl takes it, which says nothing of what it can't read. */
static int set_resolve(struct options *options, const char *value, struct error *err)
{
    struct curl_slist *longer;

    if (!endpoint_is_resolve(value))
        return fail_value("resolve", value, "HOST:PORT:ADDRESS, with the address in numbers", err);
    longer = curl_slist_append(options->fetch.resolve, value);
    if (longer == NULL)
        return error_no_memory(err);
    options->fetch.resolve = longer;
    return 0;
}

static int set_completion(struct options *options, const char *value, struct error *err)
{
    static const char *const shells[] = {"bash", "zsh", "fish"};

    options->completion = value;
    for (size_t i = 0; i < sizeof shells / sizeof shells[0]; i++)
        if (strcmp(value, shells[i]) == 0)
            return 0;
    return fail_value("completion", value, "bash, zsh or fish", err);
}

static int set_help(struct options *options, const char *value, struct error *err)
{
    options->help = true;
    options->help_all = value != NULL;
    return value == NULL || strcmp(value, "all") == 0 ? 0 : fail_value("help", value, "all", err);
}

static int set_expires_within(struct options *options, const char *value, struct error *err)
{
    return set_number("expires-within", value, 0, 1000000, &options->expires_within_days, err);
}

/* A row's value goes through `set`, or as it is to the string or flag at `offset` of struct
 * options. */
static const struct row {
    struct option_text text;
    int (*set)(struct options *options, const char *value, struct error *err);
    size_t offset;
} rows[] = {
    {{"output", "FILE", "write the header to FILE instead of stdout", 'o', GROUP_OUTPUT, true},
     NULL,
     offsetof(struct options, output)},
    {{"mbed-app", "FILE", "merge the settings into FILE; - prints them to stdout", 'm',
      GROUP_OUTPUT, true},
     NULL,
     offsetof(struct options, mbed_app)},
    {{"name", "NAME", "the C identifier (SSL_CA_PEM)", 'n', GROUP_OUTPUT, false}, set_name, 0},
    {{"format", "NAME", "pem (default), der, pem-file, der-file, arduino, ...", 'f', GROUP_OUTPUT,
      true},
     set_format,
     0},
    {{"target", "NAME", "the device stack (mbed-os)", 't', GROUP_OUTPUT, true}, set_target, 0},
    {{"depfile", "FILE", "write a make rule: which files the header depends on", 0, GROUP_OUTPUT,
      false},
     NULL,
     offsetof(struct options, depfile)},
    {{"from", "FILE", "read more hosts from FILE, one per line; - is stdin", 0, GROUP_HOSTS, true},
     NULL,
     offsetof(struct options, from)},
    {{"servername", "NAME", "ask for and check NAME instead of HOST", 0, GROUP_HOSTS, true},
     NULL,
     offsetof(struct options, servername)},
    {{"chain", "FILE", "read the presented chain from FILE (PEM, DER); - is stdin", 0, GROUP_HOSTS,
      false},
     NULL,
     offsetof(struct options, chain)},
    {{"record", "FILE", "keep what every host presents, as lines of JSON", 0, GROUP_HOSTS, false},
     NULL,
     offsetof(struct options, record)},
    {{"resume", "FILE", "with --record: do not ask hosts again that FILE has", 0, GROUP_HOSTS,
      false},
     NULL,
     offsetof(struct options, resume)},
    {{"replay", "FILE", "judge such lines, without a network; can be repeated", 0, GROUP_HOSTS,
      false},
     set_replay,
     0},
    {{"all-chains", NULL, "also hold for the server's chains for ECDSA and RSA alone", 0,
      GROUP_HOSTS, false},
     NULL,
     offsetof(struct options, all_chains)},
    {{"all-addresses", NULL, "connect to every address of each name", 0, GROUP_HOSTS, false},
     NULL,
     offsetof(struct options, all_addresses)},
    {{"ipv4", NULL, "connect over IPv4 only", '4', GROUP_HOSTS, false}, set_ipv4, 0},
    {{"ipv6", NULL, "connect over IPv6 only", '6', GROUP_HOSTS, false}, set_ipv6, 0},
    {{"resolve", "HOST:PORT:ADDR", "connect to ADDR for HOST:PORT; can be repeated", 0, GROUP_HOSTS,
      false},
     set_resolve,
     0},
    {{"proxy", "URL", "use this proxy, as curl does; also from *_proxy variables", 0, GROUP_HOSTS,
      false},
     set_proxy,
     0},
    {{"connect-timeout", "S", "seconds to connect and shake hands (10)", 0, GROUP_HOSTS, false},
     set_connect_timeout,
     0},
    {{"max-time", "S", "seconds in total for each host (30)", 0, GROUP_HOSTS, false},
     set_max_time,
     0},
    {{"retry", "N", "retry failed connections up to N times (0)", 0, GROUP_HOSTS, false},
     set_retry,
     0},
    {{"jobs", "N", "connections in parallel (256)", 0, GROUP_HOSTS, false}, set_jobs, 0},
    {{"per-host", "N", "of them to one host name (no limit)", 0, GROUP_HOSTS, false},
     set_per_host,
     0},
    {{"threads", "N", "threads that judge the chains (as many as processors)", 0, GROUP_HOSTS,
      false},
     set_threads,
     0},
    {{"store", "FILE", "trust FILE (PEM or certdata.txt) instead of the bundled store", 0,
      GROUP_TRUST, false},
     NULL,
     offsetof(struct options, store)},
    {{"ca-file", "FILE", "also trust the roots in FILE; can be repeated", 0, GROUP_TRUST, true},
     set_ca_file,
     0},
    {{"partial-chain", NULL, "trust CAs of these files that are not self-signed, too", 0,
      GROUP_TRUST, false},
     NULL,
     offsetof(struct options, partial_chain)},
    {{"accept-root", "SHA256", "accept this presented root; can be repeated", 0, GROUP_TRUST, true},
     set_accept_root,
     0},
    {{"aia", NULL, "fetch missing intermediates from where the certificates say", 0, GROUP_TRUST,
      false},
     NULL,
     offsetof(struct options, aia)},
    {{"aia-allow-private", NULL, "with --aia: also from private and loopback addresses", 0,
      GROUP_TRUST, false},
     NULL,
     offsetof(struct options, aia_allow_private)},
    {{"at", "TIME", "judge at this time (RFC 3339 or epoch) instead of now", 0, GROUP_TRUST, false},
     set_at,
     0},
    {{"fewest", NULL, "choose the smallest set of anchors that serves all hosts", 0, GROUP_CHOICE,
      true},
     NULL,
     offsetof(struct options, fewest)},
    {{"until", "DATE", "how long the firmware must work: a date, or 10y", 0, GROUP_CHOICE, true},
     NULL,
     offsetof(struct options, until_text)},
    {{"backup", NULL, "add the store's other roots of the same operators", 0, GROUP_CHOICE, false},
     NULL,
     offsetof(struct options, backup)},
    {{"profile", "NAME", "add the roots that an operator names: aws-iot, azure-iot, ...", 0,
      GROUP_CHOICE, false},
     set_profile,
     0},
    {{"keep-going", NULL, "write the header for the other hosts if some fail", 0, GROUP_CHOICE,
      false},
     NULL,
     offsetof(struct options, keep_going)},
    {{"check", NULL, "write nothing; report whether -o and -m are still right", 0, GROUP_CHECK,
      true},
     NULL,
     offsetof(struct options, check)},
    {{"expires-within", "DAYS", "with --check: report what expires or retires so soon (90)", 0,
      GROUP_CHECK, false},
     set_expires_within,
     0},
    {{"prove", "handshake", "also connect with Mbed TLS and only the new anchors", 0, GROUP_CHECK,
      false},
     set_prove,
     0},
    {{"cert", "FILE", "with --prove: the client's certificate (PEM)", 0, GROUP_CHECK, false},
     NULL,
     offsetof(struct options, cert)},
    {{"key", "FILE", "with --prove: the client's key (PEM)", 0, GROUP_CHECK, false},
     NULL,
     offsetof(struct options, key)},
    {{"explain", "[=html[:FILE]]", "explain on stderr what was presented and chosen, and why", 0,
      GROUP_REPORT, true},
     set_explain,
     0},
    {{"json", NULL, "print one JSON object per host instead of the header", 0, GROUP_REPORT, true},
     NULL,
     offsetof(struct options, json)},
    {{"summary", NULL, "print how many hosts need which anchors, and what fails", 0, GROUP_REPORT,
      false},
     NULL,
     offsetof(struct options, summary)},
    {{"unordered", NULL, "with --json: print each line as its host finishes", 0, GROUP_REPORT,
      false},
     NULL,
     offsetof(struct options, unordered)},
    {{"quiet", NULL, "print no warnings and no progress", 'q', GROUP_REPORT, false},
     NULL,
     offsetof(struct options, quiet)},
    {{"verbose", NULL, "print what was presented and chosen; -vv: every step", 'v', GROUP_REPORT,
      false},
     set_verbose,
     0},
    {{"list-targets", NULL, "print the table of targets", 0, GROUP_REPORT, false},
     NULL,
     offsetof(struct options, list_targets)},
    {{"list-roots", NULL, "print the bundled store as a table; with --json as lines", 0,
      GROUP_REPORT, false},
     NULL,
     offsetof(struct options, list_roots)},
    {{"completion", "SHELL", "print a completion script for bash, zsh or fish", 0, GROUP_REPORT,
      false},
     set_completion,
     0},
    {{"help", "[=all]", "print the options that most people need; with =all, every one", 'h',
      GROUP_REPORT, true},
     set_help,
     0},
    {{"version", NULL, "print the versions of caembed and its store", 'V', GROUP_REPORT, true},
     NULL,
     offsetof(struct options, version)},
};

#define ROW_COUNT (sizeof rows / sizeof rows[0])
#define LONG_ONLY 256 /* getopt's value of row i is LONG_ONLY + i */

/* getopt's two tables, made from ours. */
struct getopt_tables {
    struct option long_options[ROW_COUNT + 1];
    char letters[2 * ROW_COUNT + 2];
};

static void make_tables(struct getopt_tables *out)
{
    size_t used = 0;

    memset(out, 0, sizeof *out);
    out->letters[used++] = ':'; /* so that getopt tells a missing value from an unknown option */
    for (size_t i = 0; i < ROW_COUNT; i++) {
        out->long_options[i].name = rows[i].text.name;
        out->long_options[i].has_arg = rows[i].text.argument == NULL     ? no_argument
                                       : rows[i].text.argument[0] == '[' ? optional_argument
                                                                         : required_argument;
        out->long_options[i].val = LONG_ONLY + (int)i;
        if (rows[i].text.letter == 0)
            continue;
        out->letters[used++] = rows[i].text.letter;
        if (rows[i].text.argument != NULL && rows[i].text.argument[0] != '[')
            out->letters[used++] = ':';
    }
}

static const struct row *find_row(int value)
{
    if (value >= LONG_ONLY)
        return &rows[value - LONG_ONLY];
    for (size_t i = 0; i < ROW_COUNT; i++)
        if (rows[i].text.letter == value)
            return &rows[i];
    return NULL;
}

/* The last one would leave out the hosts or roots that the first one named. */
static int fail_again(const char *option, struct error *err)
{
    error_set(err, ERROR_USAGE, "--%s is given twice", option);
    return error_hint(err, "give it once; several input files can be joined into one");
}

static int apply(const struct row *row, const char *value, struct options *options,
                 struct error *err)
{
    char *member = (char *)options + row->offset;

    if (row->set != NULL)
        return row->set(options, value, err);
    if (row->text.argument == NULL)
        *(bool *)(void *)member = true;
    else if (value[0] == '\0')
        return fail_value(row->text.name, value, "a value", err);
    else if (*(const char **)(void *)member != NULL)
        return fail_again(row->text.name, err);
    else
        *(const char **)(void *)member = value;
    return 0;
}

static int fail_option(int value, char **argv, struct error *err)
{
    if (value == ':')
        error_set(err, ERROR_USAGE, "the option '%s' needs a value", argv[optind - 1]);
    else if (optopt != 0 && optopt < LONG_ONLY)
        error_set(err, ERROR_USAGE, "unknown option '-%c'", optopt);
    else
        error_set(err, ERROR_USAGE, "unknown option '%s', or it takes no value", argv[optind - 1]);
    return error_hint(err, "see caembed --help");
}

static bool is_stdout(const char *path)
{
    return path != NULL && strcmp(path, "-") == 0;
}

bool options_header_to_stdout(const struct options *options)
{
    return !options->check &&
           (is_stdout(options->output) || (options->output == NULL && !options->json &&
                                           !options->summary && !is_stdout(options->mbed_app)));
}

static bool has_report(const struct options *options)
{
    return options->json || options->summary;
}

static bool reads_ca_from_stdin(const struct options *options)
{
    for (size_t i = 0; i < options->ca_file_count; i++)
        if (is_stdout(options->ca_file[i]))
            return true;
    return false;
}

/* path is NULL where there is no file. */
struct place {
    const char *option, *path;
};

/* A folder that -o names has places of its own. */
static bool is_in_folder(const struct options *options, const struct place *written,
                         const struct place *other)
{
    if (written->path != options->output)
        return false;
    if (render_form(options->renderer) == RENDER_ZEPHYR)
        return zephyr_folder_owns(options->output, other->path);
    return render_form(options->renderer) == RENDER_DER &&
           cert_folder_owns(options->output, options->name, other->path);
}

static int check_place(const struct options *options, const struct place *written,
                       const struct place *other, struct error *err)
{
    if (written->path == NULL || other->path == NULL)
        return 0;
    if (is_in_folder(options, written, other)) {
        error_set(err, ERROR_USAGE, "%s names a file that is written in the folder of -o: %s",
                  other->option, other->path);
        return error_hint(err, "use another folder, or another name with -n");
    }
    if (!output_same_file(other->path, written->path))
        return 0;
    error_set(err, ERROR_USAGE, "%s and %s name the same file: %s", written->option, other->option,
              written->path);
    return error_hint(err, "use a different file for each");
}

static const char *file_of(const char *path)
{
    return is_stdout(path) ? NULL : path;
}

/* Each file that is written has a place of its own, apart from those that are read; a file that
 * stdin or stdout was redirected to counts, too. */
static int check_places(const struct options *options, struct error *err)
{
    const bool prints =
        options_header_to_stdout(options) || has_report(options) || is_stdout(options->mbed_app);
    const struct place written[] = {
        {"-o", file_of(options->output)},
        {"-m", file_of(options->mbed_app)},
        {"--depfile", file_of(options->depfile)},
        {"--explain", file_of(options->explain_file)},
        {"--record", options->record},
        {"standard output", prints ? output_place("-") : NULL},
    };
    const struct place read[] = {
        {"--from", input_place(options->from)},   {"--chain", input_place(options->chain)},
        {"--store", input_place(options->store)}, {"--cert", input_place(options->cert)},
        {"--key", input_place(options->key)},
    };
    const struct place resume = {"--resume", options->resume}; /* may be the file of --record */
    const size_t count = sizeof written / sizeof written[0];
    int rv = 0;

    for (size_t k = 0; k < count; k++) {
        for (size_t i = k + 1; rv == 0 && i < count; i++)
            rv = check_place(options, &written[k], &written[i], err);
        for (size_t i = 0; rv == 0 && i < sizeof read / sizeof read[0]; i++)
            rv = check_place(options, &written[k], &read[i], err);
        for (size_t i = 0; rv == 0 && i < options->ca_file_count; i++) {
            const struct place ca_file = {"--ca-file", input_place(options->ca_file[i])};
            rv = check_place(options, &written[k], &ca_file, err);
        }
        if (rv == 0 && written[k].path != options->record)
            rv = check_place(options, &written[k], &resume, err);
        for (size_t i = 0; rv == 0 && i < options->replay_count; i++) {
            const struct place replay = {"--replay", options->replay[i]};
            rv = check_place(options, &written[k], &replay, err);
        }
    }
    return rv;
}

/* ---- what no single option shows ---- */

struct rule {
    bool is_wrong;
    const char *what, *hint;
};

static int apply_rules(const struct rule *rules, size_t count, struct error *err)
{
    for (size_t i = 0; i < count; i++) {
        if (!rules[i].is_wrong)
            continue;
        error_set(err, ERROR_USAGE, "%s", rules[i].what);
        return error_hint(err, "%s", rules[i].hint);
    }
    return 0;
}

/* Whether NAMEs is a name that a header may define. */
static bool is_free_prefix(const char *name)
{
    char array[RENDER_IDENTIFIER_SIZE];

    snprintf(array, sizeof array, "%ss", name);
    return c_name_is_free(array);
}

/* What --check and the header's name need. */
static int check_header(const struct options *options, struct error *err)
{
    const struct rule rules[] = {
        {options->check && (options->output == NULL || is_stdout(options->mbed_app)),
         "--check needs -o with the file to check; -m, if given, must name a file too",
         "caembed --check -o ssl_ca_pem.h HOST[:PORT]..."},
        {options->check && is_stdout(options->output) && options->mbed_app != NULL,
         "--check -o - is about the header alone, and -m is given too",
         "leave out -m, or give -o a file"},
        {options->check && is_stdout(options->output) &&
             (is_stdout(options->chain) || is_stdout(options->from) || is_stdout(options->store) ||
              reads_ca_from_stdin(options)),
         "--check -o - reads the header from standard input, which another option reads too",
         "give one of them a file"},
        {render_default_identifier(options->renderer)[0] == '\0' && options->name[0] != '\0',
         "--name gives an identifier, and nothing in this format has one", "leave it out"},
        {render_form(options->renderer) == RENDER_ANCHORS &&
             options->target->stack != STACK_BEARSSL,
         "the format bearssl holds names and keys, which BearSSL alone takes",
         "-t bearssl, whose format it is"},
        {render_is_bundle(options->renderer) && !options->target->has_bundle,
         "a bundle is for the target esp-idf, which looks anchors up in it", "add -t esp-idf"},
        {render_form(options->renderer) == RENDER_ZEPHYR &&
             strcmp(options->target->name, "zephyr") != 0,
         "the format zephyr is for the target zephyr, whose settings it has", "add -t zephyr"},
        {render_form(options->renderer) == RENDER_ZEPHYR &&
             (options_header_to_stdout(options) || is_stdout(options->output)),
         "the format zephyr has several files, and -o names no folder for them",
         "give -o a folder that exists"},
        {render_form(options->renderer) == RENDER_ANCHORS && !is_free_prefix(options->name),
         "--name with an s after it, as the format bearssl writes it, is a name that C, C++ or "
         "bearssl.h has",
         "give another name"},
    };

    return apply_rules(rules, sizeof rules / sizeof rules[0], err);
}

static const char no_host[] = "no host is given";
static const char no_host_hint[] = "caembed [options] HOST[:PORT]..., see caembed --help";

int options_fail_no_host(struct error *err)
{
    error_set(err, ERROR_USAGE, "%s", no_host);
    return error_hint(err, "%s", no_host_hint);
}

/* Hosts, and what goes to stdout and to files. */
static int check_streams(const struct options *options, struct error *err)
{
    const bool has_file = options->output != NULL && !is_stdout(options->output);
    const int on_stdout = (int)options_header_to_stdout(options) + (int)has_report(options) +
                          (int)is_stdout(options->mbed_app);
    const struct rule rules[] = {
        {options->host_count == 0 && options->profile == NULL && options->replay_count == 0 &&
             !options->streams,
         no_host, no_host_hint},
        {on_stdout > 1, "only one of header, settings and report can go to stdout",
         "write the others to files with -o and -m"},
        {options->aia_allow_private && !options->aia, "--aia-allow-private needs --aia",
         "add --aia, or leave out --aia-allow-private"},
        {options->partial_chain && options->ca_file_count == 0 && options->store == NULL,
         "--partial-chain is about the certificates of --ca-file and --store, and neither is given",
         "caembed --partial-chain --ca-file our-intermediate.pem HOST[:PORT]..."},
        {options->depfile != NULL && (!has_file || is_stdout(options->depfile)),
         "--depfile must name a file, and needs -o with the header's file",
         "caembed -o ssl_ca_pem.h --depfile ssl_ca_pem.d HOST[:PORT]..."},
    };

    return apply_rules(rules, sizeof rules / sizeof rules[0], err);
}

/* What has to do with connections. */
static int check_connections(const struct options *options, struct error *err)
{
    const struct rule rules[] = {
        {options->prove_handshake &&
             (options->chain != NULL || options->target->stack != STACK_MBEDTLS),
         "--prove=handshake needs a server and a target with Mbed TLS",
         "leave out --chain and -t generic, or --prove"},
        {options->prove_handshake && options->target->has_bundle,
         "--prove=handshake cannot be used with a bundle, in which Mbed TLS finds no anchor itself",
         "leave out --prove: the proof looks the anchors up as ESP-IDF does"},
        {(options->cert != NULL) != (options->key != NULL), "--cert and --key belong together",
         "give both: a PEM file each, or the same"},
        {options->cert != NULL && !options->prove_handshake,
         "--cert and --key are for --prove=handshake", "add --prove=handshake, or leave them out"},
        {options->all_addresses && (options->fetch.proxy != NULL || options->chain != NULL ||
                                    options->fetch.resolve != NULL),
         "--all-addresses cannot be used with --proxy, --chain or --resolve",
         "leave out --all-addresses, or the other"},
        {options->all_chains && options->chain != NULL,
         "--all-chains needs a server, and --chain is given", "leave out one of them"},
    };

    return apply_rules(rules, sizeof rules / sizeof rules[0], err);
}

static bool is_json(const char *path)
{
    const char *end = strrchr(text_base_name(path), '.');

    return end != NULL && strncmp(end, ".json", 5) == 0;
}

/* What has to do with recordings. */
static int check_recordings(const struct options *options, struct error *err)
{
    const bool replays = options->replay_count > 0;
    const struct rule rules[] = {
        {replays && (options->chain != NULL || options->record != NULL ||
                     options->prove_handshake || options->aia || options->all_addresses),
         "--replay cannot be used with --chain, --record, --prove=handshake, --aia or "
         "--all-addresses",
         "leave out --replay, or the other: it judges what was recorded, without a network"},
        {options->record != NULL && options->chain != NULL,
         "--record needs servers, and --chain is given", "leave out one of them"},
        {options->resume != NULL && options->record == NULL, "--resume needs --record",
         "caembed --record FILE --resume FILE HOST..."},
        {options->resume != NULL && (options->prove_handshake || options->all_addresses),
         "--resume cannot be used with --prove=handshake or --all-addresses",
         "leave out --resume, or the other"},
        {is_stdout(options->record), "--record needs a file", "caembed --record FILE HOST..."},
    };

    return apply_rules(rules, sizeof rules / sizeof rules[0], err);
}

/* What has to do with roots, settings and reports. */
static int check_outputs(const struct options *options, struct error *err)
{
    const struct rule rules[] = {
        {options->mbed_app != NULL && options->target->stack == STACK_BEARSSL,
         "--mbed-app writes settings, and this target has none", "leave it out"},
        {options->mbed_app != NULL && target_reads_kconfig(options->target) &&
             is_json(options->mbed_app),
         "--mbed-app names a JSON file, and this target reads options of Kconfig",
         "give -m sdkconfig.defaults (ESP-IDF) or prj.conf (Zephyr)"},
        {options->profile != NULL && options->store != NULL,
         "--profile names roots of the bundled store, which --store replaces",
         "leave out --store, or trust the roots with --ca-file"},
        {options->profile != NULL && options->chain != NULL && options->host_count == 0,
         "--chain needs a host to check the chain for", "caembed --chain FILE HOST"},
        {options->unordered && options->summary,
         "--unordered is about the lines of --json, and --summary prints one report instead",
         "leave out one of them"},
        {options->unordered && !options->json, "--unordered needs --json",
         "add --json, or leave out --unordered"},
        {options->unordered && (options->fewest || options->prove_handshake),
         "--unordered cannot be used with --fewest or --prove=handshake, which wait for all hosts",
         "leave out --unordered"},
    };

    return apply_rules(rules, sizeof rules / sizeof rules[0], err);
}

bool options_ask_for_information(const struct options *options)
{
    return options->help || options->version || options->list_targets || options->list_roots ||
           options->completion != NULL;
}

static int check(const struct options *options, struct error *err)
{
    if (options_ask_for_information(options))
        return 0;
    if (check_header(options, err) != 0 || check_streams(options, err) != 0 ||
        check_connections(options, err) != 0 || check_recordings(options, err) != 0 ||
        check_outputs(options, err) != 0)
        return -1;
    if (options->chain != NULL && options->host_count > 1) {
        error_set(err, ERROR_USAGE, "--chain takes one host, but %zu are given",
                  options->host_count);
        return error_hint(err, "run caembed once for each chain");
    }
    return check_places(options, err);
}

static int read_from(struct options *options, struct error *err)
{
    size_t length;

    if (strcmp(options->from, "-") == 0 && options->chain != NULL &&
        strcmp(options->chain, "-") == 0) {
        error_set(err, ERROR_USAGE, "--from and --chain cannot both be standard input");
        return error_hint(err, "give one of them a file");
    }
    if (input_read(options->from, &options->from_text, &length, err) != 0)
        return -1;
    if (memchr(options->from_text, '\0', length) != NULL) {
        error_set(err, ERROR_USAGE, "%s: not a text file", input_name(options->from));
        return error_hint(err, "expected one host on each line");
    }
    return 0;
}

/* Cuts the next host out of *text, which is moved on; NULL at its end. */
static char *next_host(char **text)
{
    char *host = NULL;

    while (host == NULL && **text != '\0') {
        char *line = *text;
        const size_t length = strcspn(line, "\n");
        *text = line + length + (line[length] == '\n' ? 1 : 0);
        line[length] = '\0';
        host = host_feed_trim(line);
    }
    return host;
}

/* The arguments, then the lines of --from. */
static int list_hosts(struct options *options, char **argument, size_t argument_count)
{
    size_t capacity = argument_count + 1;
    char *text = options->from_text;
    char *line;

    for (const char *at = text; at != NULL && *at != '\0'; at++)
        capacity += *at == '\n' ? 1 : 0;
    options->host = calloc(capacity, sizeof options->host[0]);
    if (options->host == NULL)
        return -1;
    for (size_t i = 0; i < argument_count; i++)
        options->host[i] = argument[i];
    options->argument_count = options->host_count = argument_count;
    while (text != NULL && (line = next_host(&text)) != NULL)
        options->host[options->host_count++] = line;
    return 0;
}

/* Whether hosts are taken and reported one after the other, and nothing is kept of them: there is
 * no header, and no order, that has to wait for all; and their number is not known. */
static bool streams(const struct options *options, int argument_count)
{
    const bool has_stream = options->from != NULL
                                ? strcmp(options->from, "-") == 0
                                : options->replay_count > 0 && argument_count == 0;

    return has_stream && options->json && options->unordered && !options->summary &&
           options->output == NULL && options->mbed_app == NULL && options->depfile == NULL &&
           !options->check && !options->fewest && !options->backup && options->profile == NULL &&
           options->explain != EXPLAIN_HTML && !options->prove_handshake &&
           !options->all_addresses && options->chain == NULL;
}

int options_parse(int argc, char **argv, int64_t now, struct options *out, struct error *err)
{
    struct getopt_tables tables;
    int value;

    *out =
        (struct options){.target = target_find("mbed-os"),
                         .at = now,
                         .now = now,
                         .expires_within_days = 90,
                         .fetch = {.connect_timeout_ms = 10000, .max_time_ms = 30000, .jobs = 256}};
    make_tables(&tables);
    opterr = 0;
    while ((value = getopt_long(argc, argv, tables.letters, tables.long_options, NULL)) != -1) {
        const struct row *row = value == '?' || value == ':' ? NULL : find_row(value);
        if (row == NULL)
            return fail_option(value, argv, err);
        if (apply(row, optarg, out, err) != 0)
            return -1;
    }
    if (read_until(out, err) != 0)
        return -1;
    if (out->renderer == NULL)
        out->renderer = render_of_target(out->target);
    if (out->name == NULL)
        out->name = render_default_identifier(out->renderer);
    if (render_is_bundle(out->renderer) && target_with_bundle(out->target) != NULL)
        out->target = target_with_bundle(out->target);
    out->streams = streams(out, argc - optind);
    if (out->from != NULL && !out->streams && read_from(out, err) != 0)
        return -1;
    if (list_hosts(out, argv + optind, (size_t)(argc - optind)) != 0)
        return error_no_memory(err);
    out->fetch.offer = out->target->offer;
    out->fetch.needs_every_chain = out->all_chains;
    out->fetch.asks_every_chain = out->all_chains || out->explain != EXPLAIN_NONE;
    return check(out, err);
}

const struct option_text *options_text_at(size_t index)
{
    return index < ROW_COUNT ? &rows[index].text : NULL;
}

void options_free(struct options *options)
{
    free(options->host);
    free(options->ca_file);
    free(options->replay);
    free(options->from_text);
    curl_slist_free_all(options->fetch.resolve);
    options->fetch.resolve = NULL;
    options->host = NULL;
    options->ca_file = NULL;
    options->ca_file_count = 0;
    options->from_text = NULL;
    options->host_count = 0;
    free(options->accepted.sha256);
    options->accepted = (struct accepted_roots){NULL, 0};
}
