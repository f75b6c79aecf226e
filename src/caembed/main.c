/* main.c -- options -> endpoint -> fetch -> path -> anchor -> target -> render -> prove -> output
 */
#include <curl/curl.h>
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <openssl/crypto.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "bundle.h"
#include "cert.h"
#include "check.h"
#include "device.h"
#include "explain.h"
#include "handshake.h"
#include "host.h"
#include "input.h"
#include "mbedapp.h"
#include "options.h"
#include "output.h"
#include "prove.h"
#include "render.h"
#include "report.h"
#include "timestamp.h"

#define CAEMBED_VERSION "0.1.0"

/* What a run works on; all of it is freed by run_free(). */
struct run {
    struct options options;
    struct store *store;
    struct host *host; /* as many as options.host_count */
    struct bundle bundle;
    struct text header, settings, report;
    struct output_file header_file, settings_file;
};

/* ---- stderr ---- */

static void print_line(const char *kind, const char *subject, const char *message)
{
    struct text line = {0};

    text_add(&line, "caembed: %s: %s%s%s", kind, subject, subject[0] != '\0' ? ": " : "", message);
    if (!line.failed)
        text_put_line(stderr, line.data);
    text_free(&line);
}

static void print_error(const char *subject, const struct error *err)
{
    print_line("error", subject, err->message);
    if (err->hint[0] != '\0')
        print_line("hint", "", err->hint);
}

/* A workflow command of GitHub Actions, which shows it beside the file (data and properties escaped
 * as its toolkit does). */
static void print_annotation(const char *path, const char *subject, const struct error *err)
{
    struct text line = {0}, plain = {0};

    text_add_plain(&plain, err->message);
    text_add(&line, "::%s file=",
             err->code == ERROR_CHANGED || err->code == ERROR_EXPIRING ? "warning" : "error");
    for (const char *at = path; *at != '\0'; at++)
        text_add(&line, strchr("%\r\n:,", *at) != NULL ? "%%%02X" : "%c", (unsigned char)*at);
    text_add(&line, "::%s: ", subject);
    for (const char *at = plain.data; at != NULL && *at != '\0'; at++)
        text_add(&line, *at == '%' ? "%%25" : "%c", *at);
    if (!line.failed)
        text_put_line(stderr, line.data);
    text_free(&line);
    text_free(&plain);
}

static void print_warnings(const struct run *run)
{
    for (size_t i = 0;
         !run->options.quiet && run->options.explain == EXPLAIN_NONE && i < run->options.host_count;
         i++)
        for (size_t k = 0; k < run->host[i].assessment.finding_count; k++)
            print_line("warning", host_text(&run->host[i]),
                       run->host[i].assessment.finding[k].message);
}

static void print_choice(const struct host *host)
{
    char subject[CERT_NAME_TEXT_SIZE], message[CERT_NAME_TEXT_SIZE + 160];

    cert_subject_text(anchor_of(host->chosen), subject);
    snprintf(message, sizeof message, "presented %d certificates%s%s, paths %zu, anchor %s (%s)",
             sk_X509_num(host->presented.chain),
             host->presented.tls_version[0] != '\0' ? " over " : "", host->presented.tls_version,
             host->paths.count, subject, anchor_reason_text(host->reason));
    print_line("info", host_text(host), message);
}

static void print_choices(const struct run *run)
{
    for (size_t i = 0; run->options.verbose && i < run->options.host_count; i++)
        if (run->host[i].err.code == ERROR_NONE)
            print_choice(&run->host[i]);
}

static int print_version(struct error *err)
{
    struct text text = {0};
    char mbedtls[16];
    int rv;

    device_mbedtls_version(mbedtls);
    text_add(&text, "caembed %s\nstore: %s, %zu roots, from %s\n%s, %s, Mbed TLS %s\n",
             CAEMBED_VERSION, store_bundled_name(), store_bundled_count(), store_bundled_source(),
             OpenSSL_version(OPENSSL_VERSION), curl_version(), mbedtls);
    rv = text.failed ? error_no_memory(err) : output_stdout(text.data, text.length, err);
    text_free(&text);
    return rv;
}

/* ---- the stages over all hosts ---- */

/* The first failure in the order given decides; the others are reported too. */
static int first_failure(const struct run *run)
{
    for (size_t i = 0; i < run->options.host_count; i++)
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

    for (size_t i = 0; rv == 0 && i < run->options.host_count; i++) {
        if (run->options.explain == EXPLAIN_DOT)
            rv = explain_add_dot(&run->host[i], &text, err);
        else if (run->options.explain == EXPLAIN_TEXT)
            rv = explain_add_host(&run->host[i], &run->options, wants_colour(), &text, err);
    }
    if (rv == 0 && text.length > 0)
        fputs(text.data, stderr);
    text_free(&text);
    return rv;
}

static int render_all(struct run *run, struct error *err)
{
    struct text command = {0};
    struct render_input input = {&run->bundle, run->options.target, run->options.name, NULL};
    int rv = -1;

    for (size_t i = 0; i < run->options.host_count; i++)
        if (bundle_add(&run->bundle, host_text(&run->host[i]), &run->host[i].assessment, run->store,
                       err) != 0)
            return -1;
    options_add_command(&run->options, &command);
    input.command = command.data;
    rv = command.failed ? error_no_memory(err) : render_header(&input, &run->header, err);
    text_free(&command);
    return rv;
}

/* Proves the header for every host; what one host's stack says against it is that host's error. */
static int prove_all(struct run *run, struct error *err)
{
    struct text pem = {0};
    X509 **anchor = calloc(run->bundle.count, sizeof(X509 *));
    int rv = -1;

    if (anchor == NULL)
        return error_no_memory(err);
    for (size_t i = 0; i < run->bundle.count; i++)
        anchor[i] = run->bundle.anchor[i].embedded.x509;
    if (prove_header(&run->header, run->options.name, anchor, run->bundle.count, &pem, err) != 0)
        goto done;
    for (size_t i = 0; i < run->options.host_count; i++) {
        struct host *host = &run->host[i];
        if (prove_host(run->options.target, &pem, run->bundle.count, &host->endpoint,
                       &host->presented, run->options.at, &host->err) == 0 &&
            run->options.prove_handshake)
            (void)!handshake_prove(run->options.target, &pem, &host->endpoint, &host->presented,
                                   &run->options.fetch, run->options.at, &host->err);
    }
    rv = 0;
done:
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
    const char *path = run->options.mbed_app;
    struct text unknown = {0};
    char *json = NULL;
    size_t length = 0;
    int rv = -1;

    if (path == NULL)
        return 0;
    if (read_settings(path, &json, &length, err) != 0 ||
        mbedapp_merge(json, length, path, &run->bundle.macros, run->options.target, &run->settings,
                      &unknown, err) != 0)
        goto done;
    if (unknown.length > 0 && !run->options.quiet) {
        struct text message = {0};
        text_add(&message, "keys that Mbed OS does not know, kept as they are: %s", unknown.data);
        if (!message.failed)
            print_line("warning", path, message.data);
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
    for (size_t i = 0; run->options.json && i < run->options.host_count; i++)
        if (report_add_host(&run->host[i], &run->report, err) != 0)
            return -1;
    return 0;
}

/* What stdout carries, or NULL. */
static const struct text *artefact(const struct run *run)
{
    const char *mbed_app = run->options.mbed_app;

    if (run->options.json)
        return &run->report;
    if (options_header_to_stdout(&run->options))
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
        stage_file(run->options.output, &run->header, &run->header_file, err) != 0 ||
        stage_file(run->options.mbed_app, &run->settings, &run->settings_file, err) != 0 ||
        print_artefact(run, err) != 0 || output_commit(&run->header_file, err) != 0)
        return -1;
    return output_commit(&run->settings_file, err);
}

static void print_failures(const struct run *run)
{
    const char *actions = getenv("GITHUB_ACTIONS");
    bool annotate = run->options.check && actions != NULL && strcmp(actions, "true") == 0;

    for (size_t i = 0; i < run->options.host_count; i++) {
        const struct host *host = &run->host[i];
        if (host->err.code == ERROR_NONE)
            continue;
        print_error(host_text(host), &host->err);
        if (annotate)
            print_annotation(run->options.output, host_text(host), &host->err);
    }
}

/* ---- --check ---- */

static bool settings_differ(const struct run *run)
{
    char *json = NULL;
    size_t length = 0;
    struct error ignored = {.code = ERROR_NONE};
    bool differ;

    if (run->options.mbed_app == NULL)
        return false;
    if (read_settings(run->options.mbed_app, &json, &length, &ignored) != 0)
        return true;
    differ = length != run->settings.length || json == NULL ||
             memcmp(json, run->settings.data, length) != 0;
    free(json);
    return differ;
}

/* A line for each host that is current; the others have their error. */
static int report_current(const struct run *run, struct error *err)
{
    struct text text = {0};
    int rv = 0;

    for (size_t i = 0; i < run->options.host_count; i++) {
        const struct host *host = &run->host[i];
        char subject[CERT_NAME_TEXT_SIZE], date[TIMESTAMP_TEXT_SIZE];
        if (host->err.code != ERROR_NONE)
            continue;
        cert_subject_text(anchor_of(host->chosen), subject);
        timestamp_format(cert_not_after(anchor_of(host->chosen)), date);
        text_add(&text, "%s: current: %s, until %s\n", host_text(host), subject, date);
    }
    if (run->options.json)
        rv = output_stdout(run->report.data, run->report.length, err);
    else if (!run->options.quiet && text.length > 0)
        rv = output_stdout(text.data, text.length, err);
    text_free(&text);
    return rv;
}

/* Judges what -o and -m hold; nothing is written. */
static int run_check(struct run *run, struct error *err)
{
    struct committed committed = {.path = NULL};
    int rv = -1;

    if (committed_read(run->options.output, run->options.name, &committed, err) != 0)
        return -1;
    for (size_t i = 0; i < run->options.host_count; i++)
        check_host(&run->host[i], &committed, &run->options);
    if (first_failure(run) == 0) {
        if (render_all(run, err) != 0 || merge_settings(run, err) != 0)
            goto done;
        check_files(run->host, run->options.host_count, &committed, &run->header, &run->bundle,
                    settings_differ(run));
    }
    print_failures(run);
    if (make_report(run, err) != 0 || report_current(run, err) != 0)
        goto done;
    rv = first_failure(run);
done:
    committed_free(&committed);
    return rv;
}

/* Nothing is written unless every host came through; the report says what happened in any case. */
static int run_hosts(struct run *run, struct error *err)
{
    int status;

    if (host_run_all(run->host, &run->options, run->store, err) != 0)
        return -1;
    print_choices(run);
    if (explain_all(run, err) != 0)
        return -1;
    if (run->options.check)
        return run_check(run, err);
    status = first_failure(run);
    if (status == 0 && (render_all(run, err) != 0 || prove_all(run, err) != 0))
        return -1;
    status = first_failure(run);
    print_warnings(run);
    print_failures(run);
    if (make_report(run, err) != 0)
        return -1;
    if (status == 0)
        return write_all(run, err) != 0 ? -1 : 0;
    if (run->options.json && output_stdout(run->report.data, run->report.length, err) != 0)
        return -1;
    return status;
}

static int run_all(struct run *run, struct error *err)
{
    int rv;

    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        return error_set(err, ERROR_INTERNAL, "libcurl cannot be initialised");
    rv = store_open(run->options.store, run->options.ca_file, &run->store, err);
    if (rv == 0) {
        run->host = calloc(run->options.host_count, sizeof *run->host);
        rv = run->host != NULL ? run_hosts(run, err) : error_no_memory(err);
    }
    return rv;
}

static void run_free(struct run *run)
{
    for (size_t i = 0; run->host != NULL && i < run->options.host_count; i++)
        host_free(&run->host[i]);
    free(run->host);
    output_discard(&run->header_file);
    output_discard(&run->settings_file);
    text_free(&run->header);
    text_free(&run->settings);
    text_free(&run->report);
    bundle_free(&run->bundle);
    store_free(run->store);
    options_free(&run->options);
    curl_global_cleanup();
}

/* A closed standard stream would give its number to the next file opened. In its place comes one
 * that can't be used in its direction, so that the use is an error, not a write into the wrong
 * file. */
static int guard_standard_streams(struct error *err)
{
    for (int fd = 0; fd <= 2; fd++)
        if (fcntl(fd, F_GETFD) == -1 && open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY) != fd)
            return error_set(err, ERROR_INTERNAL,
                             "a standard stream is closed and /dev/null is not there");
    return 0;
}

static int start(int argc, char **argv, struct run *run, struct error *err)
{
    signal(SIGPIPE, SIG_IGN); /* a closed pipe is a write error */
    setlocale(LC_CTYPE, "");  /* libcurl reads international names in it */
    if (guard_standard_streams(err) != 0 ||
        options_parse(argc, argv, (int64_t)time(NULL), &run->options, err) != 0)
        return -1;
    if (run->options.version)
        return print_version(err);
    if (run->options.help)
        options_print_help(stdout);
    if (run->options.list_targets)
        target_print_table(stdout);
    if (run->options.help || run->options.list_targets)
        return output_stdout("", 0, err);
    return run_all(run, err);
}

int main(int argc, char **argv)
{
    struct run run = {.store = NULL};
    struct error err = {.code = ERROR_NONE};
    int status = start(argc, argv, &run, &err);

    if (err.code != ERROR_NONE) {
        print_error("", &err);
        status = error_status(err.code);
    }
    run_free(&run);
    return status;
}
