/* document.h -- a JSON object in the making, for the reports on stdout */
#ifndef CAEMBED_CLI_DOCUMENT_H
#define CAEMBED_CLI_DOCUMENT_H

#include <cjson/cJSON.h>
#include <openssl/x509.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

/* After a failed allocation `failed` is set, so that only the end needs a check. */
struct document {
    cJSON *root;
    bool failed;
};

/* Puts an item into an object, or with key NULL into an array. Returns it, or NULL where it failed;
 * what is put into NULL is freed. */
cJSON *document_put(struct document *document, cJSON *parent, const char *key, cJSON *item);

/* Text from outside may hold any byte; JSON wants UTF-8. */
void document_put_string(struct document *document, cJSON *parent, const char *key,
                         const char *value);

/* RFC 3339; with _or_null TIMESTAMP_NONE is null. */
void document_put_time(struct document *document, cJSON *parent, const char *key, int64_t at);
void document_put_time_or_null(struct document *document, cJSON *parent, const char *key,
                               int64_t at);

/* Puts subject and SHA-256 of a certificate. */
void document_put_identity(struct document *document, cJSON *parent, const X509 *cert);

/* The document and a line feed, to be freed with free(): all ASCII, escaped for logs. Frees the
 * document, also on failure. */
int document_print_line(struct document *document, char **out, struct error *err) MUST_USE;

#endif
