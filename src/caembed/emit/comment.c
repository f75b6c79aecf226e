/* comment.c -- anchors -> what a comment tells about them, a line at a time */
#include "emit/comment.h"

#include <stdio.h>
#include <string.h>

#include "base/timestamp.h"
#include "x509/cert.h"
#include "x509/lifecycle.h"

static void add_line(struct text *out, const char *margin, const char *label, const char *value)
{
    text_add(out, "%s   %-8s ", margin, label);
    text_add_comment(out, value);
    text_add(out, "\n");
}

static void add_source(struct text *out, const char *margin, const struct bundle_anchor *anchor)
{
    char value[300];

    if (anchor->embedded.is_intermediate)
        snprintf(value, sizeof value,
                 "the path to the root: an intermediate that the device cannot do without");
    else if (anchor->profile != NULL)
        snprintf(value, sizeof value, "the store %s, for the profile %s (%s)", anchor->store_name,
                 anchor->profile, anchor->profile_source);
    else if (anchor->embedded.is_backup)
        snprintf(value, sizeof value,
                 "the store %s, as a backup (policy, not observed at any host)",
                 anchor->store_name);
    else if (anchor->embedded.source == PATH_END_ACCEPTED)
        snprintf(value, sizeof value, "the presented chain, accepted by its SHA-256");
    else
        snprintf(value, sizeof value, "the %s %s",
                 anchor->embedded.source == PATH_END_CA_FILE ? "CA file" : "store",
                 anchor->store_name);
    add_line(out, margin, "from", value);
}

int comment_add_anchor(struct text *out, const char *margin, const struct bundle_anchor *anchor,
                       size_t number, struct error *err)
{
    const X509 *cert = anchor->embedded.x509;
    char subject[CERT_NAME_TEXT_SIZE], sha256[SHA256_TEXT_SIZE];
    char since[TIMESTAMP_TEXT_SIZE], until[TIMESTAMP_TEXT_SIZE], validity[64];

    if (cert_sha256_text(cert, sha256) != 0)
        return error_no_memory(err);
    cert_subject_text(cert, subject);
    timestamp_format(cert_not_before(cert), since);
    timestamp_format(cert_not_after(cert), until);
    snprintf(validity, sizeof validity, "%s to %s", since, until);
    text_add(out, "%s\n%s %zu. ", margin, margin, number);
    text_add_comment(out, subject);
    text_add(out, "\n");
    add_line(out, margin, "SHA-256", sha256);
    add_line(out, margin, "valid", validity);
    if (lifecycle_retires(cert) != TIMESTAMP_NONE) {
        timestamp_format(lifecycle_retires(cert), until);
        add_line(out, margin, "retires", until);
    }
    add_source(out, margin, anchor);
    for (size_t i = 0; i < anchor->host_count; i++)
        add_line(out, margin, i == 0 ? "for" : "", anchor->host[i]);
    for (size_t i = 0; i < anchor->embedded.needs.count; i++)
        add_line(out, margin, i == 0 ? "needs" : "", anchor->embedded.needs.macro[i]);
    return 0;
}

void comment_add_settings(struct text *out, const char *margin, const struct render_input *input)
{
    const bool is_mbed_app = target_reads_mbed_app(input->target);
    const struct target_setting *setting;

    text_add(out, "%s\n%s Target: %s.", margin, margin, input->target->name);
    if (!is_mbed_app && strcmp(input->target->config, "none") == 0) {
        text_add(out, "\n");
        return;
    }
    text_add(out, " Settings for %s:", is_mbed_app ? "mbed_app.json" : input->target->config);
    if (input->bundle->macros.count == 0 && input->target->settings[0].name == NULL)
        text_add(out, " none");
    text_add(out, "\n");
    for (size_t i = 0; i < input->bundle->macros.count; i++)
        text_add(out, is_mbed_app ? "%s   macros: \"%s\"\n" : "%s   %s\n", margin,
                 input->bundle->macros.macro[i]);
    for (setting = input->target->settings; setting->name != NULL; setting++)
        text_add(out, "%s   target_overrides: \"%s\": %d\n", margin, setting->name, setting->value);
}

void comment_add_command(struct text *out, const char *margin, const struct render_input *input)
{
    text_add(out, "%s Trust anchors for TLS, written by caembed. Do not edit: run again\n%s   ",
             margin, margin);
    text_add_comment(out, input->command);
    text_add(out, "\n");
}

int comment_add_anchors(struct text *out, const char *margin, const struct render_input *input,
                        struct error *err)
{
    comment_add_command(out, margin, input);
    for (size_t i = 0; i < input->bundle->count; i++)
        if (comment_add_anchor(out, margin, &input->bundle->anchor[i], i + 1, err) != 0)
            return -1;
    return 0;
}
