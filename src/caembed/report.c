/* report.c -- a host's outcome -> JSON */
#include "report.h"

#include <cjson/cJSON.h>
#include <stdlib.h>

#include "cert.h"
#include "timestamp.h"

/* Text from outside may hold any byte; JSON wants UTF-8. */
static void add_string(cJSON *object, const char *key, const char *value)
{
    struct text plain = {0};

    text_add_plain(&plain, value);
    if (!plain.failed)
        cJSON_AddStringToObject(object, key, plain.data != NULL ? plain.data : "");
    text_free(&plain);
}

static void add_time(cJSON *object, const char *key, int64_t at)
{
    char text[TIMESTAMP_TEXT_SIZE];

    timestamp_format(at, text);
    cJSON_AddStringToObject(object, key, text);
}

static void add_identity(cJSON *object, const X509 *cert)
{
    char subject[CERT_NAME_TEXT_SIZE], sha256[SHA256_TEXT_SIZE];

    cert_subject_text(cert, subject);
    add_string(object, "subject", subject);
    if (cert_sha256_text(cert, sha256) == 0)
        cJSON_AddStringToObject(object, "sha256", sha256);
}

static cJSON *add_object(cJSON *array)
{
    cJSON *object = cJSON_CreateObject();

    cJSON_AddItemToArray(array, object);
    return object;
}

static void add_presented(cJSON *root, const STACK_OF(X509) * chain)
{
    cJSON *array = cJSON_AddArrayToObject(root, "presented");

    for (int i = 0; i < sk_X509_num(chain); i++) {
        const X509 *cert = sk_X509_value(chain, i);
        cJSON *object = add_object(array);
        char issuer[CERT_NAME_TEXT_SIZE], key[CERT_KEY_TEXT_SIZE];
        cert_issuer_text(cert, issuer);
        cert_key_text(cert, key);
        add_identity(object, cert);
        add_string(object, "issuer", issuer);
        add_time(object, "not_before", cert_not_before(cert));
        add_time(object, "not_after", cert_not_after(cert));
        add_string(object, "key", key);
        add_string(object, "signature", cert_signature_text(cert));
    }
}

static const char *source_text(enum path_end source)
{
    return source == PATH_END_STORE     ? "store"
           : source == PATH_END_CA_FILE ? "ca-file"
                                        : "presented";
}

static void add_anchors(cJSON *root, const struct assessment *assessment)
{
    cJSON *array = cJSON_AddArrayToObject(root, "anchors");

    for (size_t i = 0; i < assessment->anchor_count; i++) {
        const struct embedded *anchor = &assessment->anchor[i];
        cJSON *object = add_object(array);
        cJSON *needs;
        add_identity(object, anchor->x509);
        add_time(object, "not_after", cert_not_after(anchor->x509));
        cJSON_AddStringToObject(object, "source", source_text(anchor->source));
        cJSON_AddNumberToObject(object, "path_length", (double)anchor->path_length);
        needs = cJSON_AddArrayToObject(object, "needs");
        for (size_t k = 0; k < anchor->needs.count; k++)
            cJSON_AddItemToArray(needs, cJSON_CreateString(anchor->needs.macro[k]));
    }
}

static void add_warnings(cJSON *root, const struct assessment *assessment)
{
    cJSON *array = cJSON_AddArrayToObject(root, "warnings");

    for (size_t i = 0; i < assessment->finding_count; i++) {
        cJSON *object = add_object(array);
        cJSON_AddStringToObject(object, "code", assessment->finding[i].code);
        add_string(object, "message", assessment->finding[i].message);
    }
}

static void add_tls(cJSON *root, const struct presented *presented)
{
    cJSON *object;

    if (presented->tls_version[0] == '\0') {
        cJSON_AddNullToObject(root, "tls");
        return;
    }
    object = cJSON_AddObjectToObject(root, "tls");
    cJSON_AddStringToObject(object, "version", presented->tls_version);
    cJSON_AddStringToObject(object, "cipher", presented->tls_cipher);
}

static cJSON *error_object(const struct error *err)
{
    cJSON *object;

    if (err->code == ERROR_NONE)
        return cJSON_CreateNull();
    object = cJSON_CreateObject();
    cJSON_AddStringToObject(object, "code", error_name(err->code));
    add_string(object, "message", err->message);
    add_string(object, "hint", err->hint);
    return object;
}

/* Frees root. */
static int print_line(cJSON *root, char **out, struct error *err)
{
    char *json = cJSON_PrintUnformatted(root);
    struct text line = {0};
    int rv = -1;

    if (json != NULL)
        text_add(&line, "%s\n", json);
    if (json != NULL && !line.failed) {
        *out = line.data;
        rv = 0;
    } else {
        text_free(&line);
        error_no_memory(err);
    }
    cJSON_free(json);
    cJSON_Delete(root);
    return rv;
}

int report_host(const struct host *host, char **out, struct error *err)
{
    cJSON *root = cJSON_CreateObject();

    add_string(root, "host",
               host->endpoint.host[0] != '\0' ? host->endpoint.host : host_text(host));
    cJSON_AddNumberToObject(root, "port", host->endpoint.port);
    cJSON_AddStringToObject(root, "status", error_name(host->err.code));
    add_presented(root, host->presented.chain);
    add_anchors(root, &host->assessment);
    add_warnings(root, &host->assessment);
    add_tls(root, &host->presented);
    cJSON_AddItemToObject(root, "error", error_object(&host->err));
    return print_line(root, out, err);
}

int report_set_error(char **line, const struct error *why, struct error *err)
{
    cJSON *root = cJSON_Parse(*line);
    char *former = *line;

    if (root == NULL)
        return error_no_memory(err);
    cJSON_ReplaceItemInObjectCaseSensitive(root, "status",
                                           cJSON_CreateString(error_name(why->code)));
    cJSON_ReplaceItemInObjectCaseSensitive(root, "error", error_object(why));
    if (print_line(root, line, err) != 0)
        return -1;
    free(former);
    return 0;
}
