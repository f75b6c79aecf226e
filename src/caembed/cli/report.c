/* report.c -- a host's outcome -> JSON */
#include "cli/report.h"

#include <cjson/cJSON.h>
#include <stdlib.h>

#include "cli/document.h"
#include "x509/cert.h"
#include "x509/lifecycle.h"

static void put_presented(struct document *document, cJSON *parent, const STACK_OF(X509) * chain)
{
    cJSON *array = document_put(document, parent, "presented", cJSON_CreateArray());

    for (int i = 0; i < sk_X509_num(chain); i++) {
        const X509 *cert = sk_X509_value(chain, i);
        cJSON *object = document_put(document, array, NULL, cJSON_CreateObject());
        char issuer[CERT_NAME_TEXT_SIZE], key[CERT_KEY_TEXT_SIZE];
        cert_issuer_text(cert, issuer);
        cert_key_text(cert, key);
        document_put_identity(document, object, cert);
        document_put_string(document, object, "issuer", issuer);
        document_put_time(document, object, "not_before", cert_not_before(cert));
        document_put_time(document, object, "not_after", cert_not_after(cert));
        document_put_string(document, object, "key", key);
        document_put_string(document, object, "signature", cert_signature_text(cert));
    }
}

static const char *source_text(enum path_end source)
{
    return source == PATH_END_STORE     ? "store"
           : source == PATH_END_CA_FILE ? "ca-file"
           : source == PATH_END_FETCHED ? "aia"
                                        : "presented";
}

static void put_anchors(struct document *document, cJSON *parent,
                        const struct assessment *assessment)
{
    cJSON *array = document_put(document, parent, "anchors", cJSON_CreateArray());

    for (size_t i = 0; i < assessment->anchor_count; i++) {
        const struct embedded *anchor = &assessment->anchor[i];
        cJSON *object = document_put(document, array, NULL, cJSON_CreateObject());
        cJSON *needs;
        document_put_identity(document, object, anchor->x509);
        document_put_time(document, object, "not_after", cert_not_after(anchor->x509));
        document_put_time_or_null(document, object, "retires", lifecycle_retires(anchor->x509));
        document_put_string(document, object, "source", source_text(anchor->source));
        document_put(document, object, "path_length",
                     cJSON_CreateNumber((double)anchor->path_length));
        needs = document_put(document, object, "needs", cJSON_CreateArray());
        for (size_t k = 0; k < anchor->needs.count; k++)
            document_put_string(document, needs, NULL, anchor->needs.macro[k]);
    }
}

/* `setting` is null where no setting brings the feature. */
static void put_requirements(struct document *document, const struct assessment *assessment)
{
    const struct requirement_list *list = &assessment->requirements;
    cJSON *array = document_put(document, document->root, "requirements", cJSON_CreateArray());

    for (size_t i = 0; i < list->count; i++) {
        const struct requirement *requirement = &list->item[i];
        cJSON *object = document_put(document, array, NULL, cJSON_CreateObject());
        document_put_string(document, object, "feature", requirement->feature->name);
        document_put_string(document, object, "by", target_way_name(requirement->way));
        if (requirement->setting[0] != '\0')
            document_put_string(document, object, "setting", requirement->setting);
        else
            document_put(document, object, "setting", cJSON_CreateNull());
    }
}

static void put_warnings(struct document *document, const struct assessment *assessment)
{
    cJSON *array = document_put(document, document->root, "warnings", cJSON_CreateArray());

    for (size_t i = 0; i < assessment->warning_count; i++) {
        cJSON *object = document_put(document, array, NULL, cJSON_CreateObject());
        document_put_string(document, object, "code", assessment->warning[i].code);
        document_put_string(document, object, "message", assessment->warning[i].message);
    }
}

static void put_tls(struct document *document, cJSON *parent, const struct presented *presented)
{
    cJSON *object;

    if (presented->tls_version[0] == '\0') {
        document_put(document, parent, "tls", cJSON_CreateNull());
        return;
    }
    object = document_put(document, parent, "tls", cJSON_CreateObject());
    document_put_string(document, object, "version", presented->tls_version);
    document_put_string(document, object, "cipher", presented->tls_cipher);
}

static void put_address(struct document *document, const struct host *host)
{
    const char *address =
        host->presented.address[0] != '\0' ? host->presented.address : host->endpoint.address;

    if (address[0] != '\0')
        document_put_string(document, document->root, "address", address);
    else
        document_put(document, document->root, "address", cJSON_CreateNull());
}

static void put_chains(struct document *document, const struct host *host)
{
    cJSON *array = document_put(document, document->root, "chains", cJSON_CreateArray());

    for (; host != NULL && host->presented.chain != NULL; host = host->other) {
        cJSON *object = document_put(document, array, NULL, cJSON_CreateObject());
        put_presented(document, object, host->presented.chain);
        put_anchors(document, object, &host->assessment);
        put_tls(document, object, &host->presented);
    }
}

static void put_error(struct document *document, const struct error *err)
{
    cJSON *object;

    if (err->code == ERROR_NONE) {
        document_put(document, document->root, "error", cJSON_CreateNull());
        return;
    }
    object = document_put(document, document->root, "error", cJSON_CreateObject());
    document_put_string(document, object, "code", error_name(err->code));
    document_put_string(document, object, "message", err->message);
    document_put_string(document, object, "hint", err->hint);
}

int report_host(const struct host *host, const struct error *verdict, bool has_chains, char **out,
                struct error *err)
{
    struct document document = {.root = cJSON_CreateObject()};

    document_put_string(&document, document.root, "host",
                        host->endpoint.host[0] != '\0' ? host->endpoint.host : host_text(host));
    document_put(&document, document.root, "port", cJSON_CreateNumber(host->endpoint.port));
    document_put_string(&document, document.root, "status", error_name(verdict->code));
    put_presented(&document, document.root, host->presented.chain);
    put_anchors(&document, document.root, &host->assessment);
    put_requirements(&document, &host->assessment);
    put_warnings(&document, &host->assessment);
    put_tls(&document, document.root, &host->presented);
    put_address(&document, host);
    if (has_chains)
        put_chains(&document, host);
    put_error(&document, verdict);
    return document_print_line(&document, out, err);
}

int report_set_error(char **line, const struct error *why, struct error *err)
{
    struct document document = {.root = cJSON_Parse(*line)};
    char *former = *line;

    if (document.root == NULL)
        return error_no_memory(err);
    cJSON_DeleteItemFromObjectCaseSensitive(document.root, "error");
    put_error(&document, why);
    if (!cJSON_ReplaceItemInObjectCaseSensitive(document.root, "status",
                                                cJSON_CreateString(error_name(why->code))))
        document.failed = true;
    if (document_print_line(&document, line, err) != 0)
        return -1;
    free(former);
    return 0;
}
