/* document.c -- values, most of them from outside -> a line of JSON */
#include "cli/document.h"

#include <stdlib.h>

#include "base/text.h"
#include "base/timestamp.h"
#include "x509/cert.h"

cJSON *document_put(struct document *document, cJSON *parent, const char *key, cJSON *item)
{
    bool is_in = item != NULL && parent != NULL &&
                 (key != NULL ? cJSON_AddItemToObject(parent, key, item)
                              : cJSON_AddItemToArray(parent, item)) != 0;

    if (is_in)
        return item;
    cJSON_Delete(item);
    document->failed = true;
    return NULL;
}

void document_put_string(struct document *document, cJSON *parent, const char *key,
                         const char *value)
{
    struct text plain = {0};

    text_add_ascii(&plain, value);
    document->failed = document->failed || plain.failed;
    document_put(document, parent, key, cJSON_CreateString(plain.data != NULL ? plain.data : ""));
    text_free(&plain);
}

void document_put_time(struct document *document, cJSON *parent, const char *key, int64_t at)
{
    char text[TIMESTAMP_TEXT_SIZE];

    timestamp_format(at, text);
    document_put_string(document, parent, key, text);
}

void document_put_time_or_null(struct document *document, cJSON *parent, const char *key,
                               int64_t at)
{
    if (at == TIMESTAMP_NONE)
        document_put(document, parent, key, cJSON_CreateNull());
    else
        document_put_time(document, parent, key, at);
}

void document_put_identity(struct document *document, cJSON *parent, const X509 *cert)
{
    char subject[CERT_NAME_TEXT_SIZE], sha256[SHA256_TEXT_SIZE];

    cert_subject_text(cert, subject);
    document_put_string(document, parent, "subject", subject);
    if (cert_sha256_text(cert, sha256) == 0)
        document_put_string(document, parent, "sha256", sha256);
    else
        document->failed = true;
}

int document_print_line(struct document *document, char **out, struct error *err)
{
    char *json = document->failed ? NULL : cJSON_PrintUnformatted(document->root);
    struct text line = {0};
    int rv = -1;

    if (json != NULL)
        text_add_json(&line, json);
    text_add(&line, "\n");
    if (json != NULL && !line.failed) {
        *out = line.data;
        rv = 0;
    } else {
        text_free(&line);
        error_no_memory(err);
    }
    cJSON_free(json);
    cJSON_Delete(document->root);
    return rv;
}
