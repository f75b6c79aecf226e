/* messages.c -- errors, hints, warnings, choices -> lines on stderr */
#include "cli/messages.h"

#include <stdio.h>
#include <string.h>

#include "x509/cert.h"

static void add(struct text *out, const char *kind, const char *subject, const char *message)
{
    text_add(out, "caembed: %s: ", kind);
    text_add_plain(out, subject);
    text_add(out, "%s", subject[0] != '\0' ? ": " : "");
    text_add_plain(out, message);
    text_add(out, "\n");
}

void message_put_error(const char *subject, const struct error *err)
{
    message_put("error", subject, err->message);
    if (err->hint[0] != '\0')
        message_put("hint", "", err->hint);
}

/* Data and properties are escaped as GitHub's toolkit does. */
void message_put_annotation(const char *path, const char *subject, const struct error *err)
{
    struct text line = {0}, plain = {0};

    text_add_plain(&plain, err->message);
    for (const char *at = path; *at != '\0'; at++)
        text_add(&line, strchr("%\r\n:,", *at) != NULL ? "%%%02X" : "%c", (unsigned char)*at);
    text_add(&line, subject[0] != '\0' ? "::%s: " : "::%s", subject);
    for (const char *at = plain.data; at != NULL && *at != '\0'; at++)
        text_add(&line, *at == '%' ? "%%25" : "%c", *at);
    if (!line.failed) {
        fprintf(stderr, "::%s file=", error_still_verifies(err->code) ? "warning" : "error");
        text_put(stderr, line.data);
        putc('\n', stderr);
    }
    text_free(&line);
    text_free(&plain);
}

/* Copies the next line, cut to size, and moves *text on; false at its end. */
static bool take_line(const char **text, char line[200])
{
    const size_t length = *text != NULL ? strcspn(*text, "\n") : 0;

    if (*text == NULL || **text == '\0')
        return false;
    snprintf(line, 200, "%.*s", (int)length, *text);
    *text += length + ((*text)[length] != '\0' ? 1 : 0);
    return true;
}

void message_put_lines(const char *kind, const char *subject, const char *text)
{
    char line[200];

    while (take_line(&text, line))
        message_put(kind, subject, line);
}

static void add_skipped(const struct host *host, struct text *out)
{
    const char *text = host->skipped.data;
    char line[200], message[216];

    while (take_line(&text, line)) {
        snprintf(message, sizeof message, "--chain, %s", line);
        add(out, "warning", host_text(host), message);
    }
}

void message_add_warnings(const struct host *host, struct text *out)
{
    add_skipped(host, out);
    for (size_t i = 0; i < host->assessment.warning_count; i++)
        add(out, "warning", host_text(host), host->assessment.warning[i].message);
}

void message_add_choice(const struct host *host, struct text *out)
{
    char subject[CERT_NAME_TEXT_SIZE], message[CERT_NAME_TEXT_SIZE + 160];

    cert_subject_text(anchor_of(host->chosen), subject);
    snprintf(message, sizeof message, "presented %d certificates%s%s, paths %zu, anchor %s (%s)",
             sk_X509_num(host->presented.chain),
             host->presented.tls_version[0] != '\0' ? " over " : "", host->presented.tls_version,
             host->paths.count, subject, anchor_reason_text(host->reason));
    add(out, "info", host_text(host), message);
    if (host->issuers == NULL)
        return;
    snprintf(message, sizeof message, "--aia fetched %d intermediates, %zu bytes",
             sk_X509_num(host->issuers), host->issuer_bytes);
    add(out, "info", host_text(host), message);
}
