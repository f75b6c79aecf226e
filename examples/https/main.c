/* main.c -- asks for URLs, trusting only what caembed wrote into ssl_ca_pem.h
 *
 *     https [-i] [-m MS] [-r COUNT] [-H 'NAME: VALUE']... [-d DATA | -f FILE] [-t TYPE] URL...
 *
 * The bodies go to standard output, a line about each response to standard error. URLs of one host
 * that follow each other share a connection. -d and -f make it a POST.
 */
#include "https_client.h"

#include "ssl_ca_pem.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define HEADERS_MAX 16

struct options {
    bool show_header;
    const char *headers[HEADERS_MAX + 1];
    size_t header_count;
    const char *data;
    const char *type;
    FILE *file;
    size_t file_size;
};

static int usage(void)
{
    fputs("usage: https [-i] [-m MS] [-r COUNT] [-H 'NAME: VALUE']... [-d DATA | -f FILE] "
          "[-t TYPE] URL...\n",
          stderr);
    return 2;
}

/* What a server wrote must not move the cursor of a terminal. */
static void print_plain(const char *text)
{
    for (; *text != '\0'; text++)
        putchar(*text >= ' ' && *text <= '~' ? *text : '?');
}

static void print_header(void *context, const char *name, const char *value)
{
    const struct options *options = context;

    if (!options->show_header)
        return;
    print_plain(name);
    printf(": ");
    print_plain(value);
    putchar('\n');
}

static bool print_body(void *context, const char *data, size_t size)
{
    (void)context;
    return fwrite(data, 1, size, stdout) == size;
}

static size_t read_file(void *context, size_t offset, void *buffer, size_t size)
{
    const struct options *options = context;

    return fseek(options->file, (long)offset, SEEK_SET) == 0 ? fread(buffer, 1, size, options->file)
                                                             : 0;
}

static bool open_file(const char *path, struct options *options)
{
    long size = -1;

    options->file = fopen(path, "rb");
    if (options->file != NULL && fseek(options->file, 0, SEEK_END) == 0)
        size = ftell(options->file);
    if (size < 0) {
        fprintf(stderr, "https: error: %s: %s\n", path, strerror(errno));
        return false;
    }
    options->file_size = (size_t)size;
    return true;
}

/* Reads a number of decimal digits into *value. */
static bool parse_number(const char *text, int *value)
{
    char *end;
    const long number = strtol(text, &end, 10);

    if (end == text || *end != '\0' || number < 0 || number > 1000000000)
        return false;
    *value = (int)number;
    return true;
}

/* Returns whether all of it could be read; the URLs are at optind then. */
static bool parse_options(int argc, char *argv[], struct https_client *client,
                          struct options *options)
{
    int option;
    int count = (int)client->max_redirects;
    bool good = true;

    while (good && (option = getopt(argc, argv, "im:r:H:d:f:t:")) != -1) {
        switch (option) {
        case 'i':
            options->show_header = true;
            break;
        case 'm':
            good = parse_number(optarg, &client->timeout_ms);
            break;
        case 'r':
            good = parse_number(optarg, &count);
            break;
        case 'H':
            if ((good = options->header_count < HEADERS_MAX))
                options->headers[options->header_count++] = optarg;
            break;
        case 'd':
            options->data = optarg;
            break;
        case 'f':
            good = options->file == NULL && open_file(optarg, options);
            break;
        case 't':
            options->type = optarg;
            break;
        default:
            good = false;
        }
    }
    client->max_redirects = (unsigned)count;
    return good && optind < argc && (options->data == NULL || options->file == NULL);
}

static void report_failure(const struct https_client *client, const char *url,
                           enum https_error error)
{
    fprintf(stderr, "https: error: %s: %s", url, https_error_text(error));
    if (client->response.reason != NULL)
        fprintf(stderr, " (%s)", client->response.reason);
    if (client->socket_error != NSAPI_ERROR_OK)
        fprintf(stderr, " (%d, cause %d)", client->socket_error,
                (int)tls_socket_get_cause(&client->socket));
    fputc('\n', stderr);
}

static int fetch(struct https_client *client, const char *url, struct options *options)
{
    const bool posts = options->data != NULL || options->file != NULL;
    const struct https_request request = {
        .method = posts ? HTTPS_POST : HTTPS_GET,
        .url = url,
        .headers = options->headers,
        .content_type = options->type,
        .body = options->data,
        .body_size = options->data != NULL ? strlen(options->data) : options->file_size,
        .read_body = options->file != NULL ? read_file : NULL,
        .sink = {.on_header = print_header, .on_body = print_body, .context = options},
    };
    const enum https_error error = https_perform(client, &request);

    if (error != HTTPS_OK) {
        report_failure(client, url, error);
        return 1;
    }
    fprintf(stderr, "https: %s: %d, %llu bytes, %u redirects, %s connection\n", url,
            client->response.status, (unsigned long long)client->response.body_size,
            client->redirects, client->reused ? "same" : "new");
    return 0;
}

int main(int argc, char *argv[])
{
    static struct https_client client;
    struct options options = {.data = NULL};
    int status = 0;

    https_init(&client, network_default());
    if (!parse_options(argc, argv, &client, &options))
        status = usage();
    else if (https_trust(&client, SSL_CA_PEM, sizeof SSL_CA_PEM) != HTTPS_OK)
        status = fprintf(stderr, "https: error: SSL_CA_PEM is no CA certificate\n") > 0;
    for (int i = optind; i < argc && status != 2 && tls_socket_get_ca_chain(&client.socket); i++)
        status |= fetch(&client, argv[i], &options);
    if (fflush(stdout) != 0)
        status = 1;
    https_free(&client);
    if (options.file != NULL)
        (void)fclose(options.file);
    return status;
}
