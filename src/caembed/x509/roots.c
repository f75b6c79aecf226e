/* roots.c -- PEM bundle or certdata.txt -> roots with label and distrust-after date */
#include "x509/roots.h"

#include <stdlib.h>
#include <string.h>

#include "base/input.h"
#include "base/timestamp.h"
#include "x509/certdata.h"
#include "x509/distrust.h"
#include "x509/pem.h"

static int add_entry(struct pem_entry *entry, const char *name, struct roots *roots,
                     struct error *err)
{
    char label[ROOT_LABEL_SIZE] = "";
    int64_t distrust_after;

    pem_comment_value(entry->comment, entry->comment_length, "label", label, sizeof label);
    if (distrust_read(entry->comment, entry->comment_length, name, &distrust_after, err) != 0)
        return -1;
    if (root_list_add(roots, entry->cert, distrust_after, label) != 0)
        return error_no_memory(err);
    entry->cert = NULL;
    return 0;
}

/* A date after the last certificate would hold for none. */
static int check_rest(const char *text, size_t length, const char *name, struct error *err)
{
    static const char end[] = "-----END ";
    const char *rest = text;
    int64_t date;

    for (const char *next = text; (next = strstr(next, end)) != NULL; next += strlen(end))
        rest = next;
    if (distrust_read(rest, (size_t)(text + length - rest), name, &date, err) != 0)
        return -1;
    if (date == TIMESTAMP_NONE)
        return 0;
    error_set(err, ERROR_USAGE, "%s: a distrust-after date stands after the last certificate",
              name);
    return error_hint(err, "put it before the certificate that it is about");
}

/* The comment at the top says what the bundle is. */
static void read_provenance(const struct pem_entry *first, struct roots *roots)
{
    char date[64];

    pem_comment_value(first->comment, first->comment_length, "version", roots->version,
                      sizeof roots->version);
    pem_comment_value(first->comment, first->comment_length, "source", roots->source,
                      sizeof roots->source);
    roots->date = TIMESTAMP_NONE;
    if (pem_comment_value(first->comment, first->comment_length, "date", date, sizeof date))
        (void)!timestamp_parse(date, &roots->date);
}

static int parse_bundle(const char *text, size_t length, const char *name, struct roots *roots,
                        struct error *err)
{
    struct pem_list list = {.count = 0};
    int rv = -1;

    if (pem_parse(text, length, name, &list, err) != 0)
        return -1;
    read_provenance(&list.entry[0], roots);
    text_add(&roots->skipped, "%s", list.skipped.length > 0 ? list.skipped.data : "");
    for (size_t i = 0; i < list.count; i++) {
        if (list.entry[i].is_rejected)
            text_add(&roots->skipped,
                     "line %zu: a certificate that is not trusted for TLS servers is passed over\n",
                     list.entry[i].line);
        else if (add_entry(&list.entry[i], name, roots, err) != 0)
            goto done;
    }
    if (roots->count == 0) {
        error_set(err, ERROR_USAGE, "%s: holds no certificate that is trusted for TLS servers",
                  name);
        error_hint(err, "to trust one anyway: openssl x509 -in FILE -out NEW.pem");
        goto done;
    }
    rv = roots->skipped.failed ? error_no_memory(err) : check_rest(text, length, name, err);
done:
    pem_list_free(&list);
    return rv;
}

int roots_parse(const char *text, size_t length, const char *name, struct roots *out,
                struct error *err)
{
    struct roots roots = {0};
    int rv = certdata_is(text) ? certdata_parse(text, length, name, &roots, err)
                               : parse_bundle(text, length, name, &roots, err);

    if (rv == 0)
        *out = roots;
    else
        root_list_free(&roots);
    return rv;
}

int roots_read_file(const char *path, struct roots *out, struct error *err)
{
    char *text = NULL;
    size_t length;
    int rv;

    if (input_read(path, &text, &length, err) != 0)
        return -1;
    rv = roots_parse(text, length, input_name(path), out, err);
    free(text);
    return rv;
}
