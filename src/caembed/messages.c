/* messages.c -- errors, hints, warnings, choices -> lines on stderr */
#include "messages.h"

#include <stdio.h>
#include <string.h>

#include "cert.h"

void message_put(const char *kind, const char *subject, const char *message)
{
    struct text line = {0};

    text_add(&line, "caembed: %s: %s%s%s", kind, subject, subject[0] != '\0' ? ": " : "", message);
    if (!line.failed)
        text_put_line(stderr, line.data);
    text_free(&line);
}

void message_put_error(const char *subject, const struct error *err)
{
    message_put("error", subject, err->message);
    if (err->hint[0] != '\0')
        message_put("hint", "", err->hint);
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

void message_put_failures(const struct host *host, size_t count, const char *annotate_path)
{
    for (size_t i = 0; i < count; i++) {
        if (host[i].err.code == ERROR_NONE)
            continue;
        message_put_error(host_text(&host[i]), &host[i].err);
        if (annotate_path != NULL)
            print_annotation(annotate_path, host_text(&host[i]), &host[i].err);
    }
}

void message_put_warnings(const struct host *host, size_t count)
{
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < host[i].assessment.finding_count; k++)
            message_put("warning", host_text(&host[i]), host[i].assessment.finding[k].message);
}

static void print_choice(const struct host *host)
{
    char subject[CERT_NAME_TEXT_SIZE], message[CERT_NAME_TEXT_SIZE + 160];

    cert_subject_text(anchor_of(host->chosen), subject);
    snprintf(message, sizeof message, "presented %d certificates%s%s, paths %zu, anchor %s (%s)",
             sk_X509_num(host->presented.chain),
             host->presented.tls_version[0] != '\0' ? " over " : "", host->presented.tls_version,
             host->paths.count, subject, anchor_reason_text(host->reason));
    message_put("info", host_text(host), message);
}

void message_put_choices(const struct host *host, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (host[i].err.code == ERROR_NONE)
            print_choice(&host[i]);
}
