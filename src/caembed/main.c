/* main.c -- the command line -> a run over its hosts; prints the error that ends it */
#include <curl/curl.h>
#include <fcntl.h>
#include <locale.h>
#include <openssl/crypto.h>
#include <time.h>
#include <unistd.h>

#include "base/output.h"
#include "base/timestamp.h"
#include "cli/completion.h"
#include "cli/help.h"
#include "cli/list_roots.h"
#include "cli/messages.h"
#include "cli/options.h"
#include "cli/run.h"
#include "device/bearssl.h"
#include "device/device.h"
#include "device/requirement.h"

/* Prints the text and frees it. */
static int print_text(struct text *text, struct error *err)
{
    const int rv = text->failed
                       ? error_no_memory(err)
                       : output_stdout(text->length > 0 ? text->data : "", text->length, err);

    text_free(text);
    return rv;
}

static int print_version(struct error *err)
{
    struct text text = {0};
    char mbedtls[16], date[TIMESTAMP_DATE_SIZE];

    device_mbedtls_version(mbedtls);
    timestamp_format_date(store_bundled_date(), date);
    text_add(&text, "caembed %s\nstore: %s, %zu roots, from %s, of %s\n%s, %s, Mbed TLS %s, %s\n",
             PROJECT_VERSION, store_bundled_name(), store_bundled_count(), store_bundled_source(),
             date, OpenSSL_version(OPENSSL_VERSION), curl_version(), mbedtls,
             bearssl_is_built_in() ? "BearSSL" : "no BearSSL");
    return print_text(&text, err);
}

/* What is printed instead of a run. */
static int print_information(const struct options *options, struct error *err)
{
    struct text text = {0};

    if (options->version)
        return print_version(err);
    if (options->help)
        help_add(options->help_all, &text);
    else if (options->completion != NULL)
        completion_add(options->completion, &text);
    else if (options->list_roots)
        return list_roots_print(options->target, options->json, err);
    else
        requirement_print_targets(stdout);
    return print_text(&text, err);
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

static int start(int argc, char **argv, struct options *options, int *status, struct error *err)
{
    output_guard_signals("caembed: error: interrupted: no file was changed\n");
    setlocale(LC_CTYPE, ""); /* libcurl reads the proxy's name in it */
    if (guard_standard_streams(err) != 0 ||
        options_parse(argc, argv, (int64_t)time(NULL), options, err) != 0)
        return -1;
    if (options_ask_for_information(options))
        return print_information(options, err);
    return run_hosts(options, status, err);
}

int main(int argc, char **argv)
{
    struct options options = {.host_count = 0};
    struct error err = {.code = ERROR_NONE};
    int status = 0;

    if (start(argc, argv, &options, &status, &err) != 0) {
        message_put_error("", &err);
        status = error_status(err.code);
    }
    options_free(&options);
    return status;
}
