/* render.c -- anchors -> C header */
#include "emit/render.h"

#include <stdio.h>
#include <string.h>

#include "base/timestamp.h"
#include "x509/cert.h"
#include "x509/lifecycle.h"

/* C99 5.2.4.1: a longer literal is beyond what a compiler must take; GCC and Clang warn of it when
 * pedantic, and take it. */
#define LITERAL_LENGTH_MAX 4095

static void add_line(struct text *out, const char *label, const char *value)
{
    text_add(out, " *   %-8s ", label);
    text_add_comment(out, value);
    text_add(out, "\n");
}

static void add_source(struct text *out, const struct bundle_anchor *anchor)
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
    add_line(out, "from", value);
}

static int add_anchor_comment(struct text *out, const struct bundle_anchor *anchor, size_t number,
                              struct error *err)
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
    text_add(out, " *\n * %zu. ", number);
    text_add_comment(out, subject);
    text_add(out, "\n");
    add_line(out, "SHA-256", sha256);
    add_line(out, "valid", validity);
    if (lifecycle_retires(cert) != TIMESTAMP_NONE) {
        timestamp_format(lifecycle_retires(cert), until);
        add_line(out, "retires", until);
    }
    add_source(out, anchor);
    for (size_t i = 0; i < anchor->host_count; i++)
        add_line(out, i == 0 ? "for" : "", anchor->host[i]);
    for (size_t i = 0; i < anchor->embedded.needs.count; i++)
        add_line(out, i == 0 ? "needs" : "", anchor->embedded.needs.macro[i]);
    return 0;
}

static void add_settings_comment(struct text *out, const struct render_input *input)
{
    const bool is_mbed_app = target_reads_mbed_app(input->target);
    const struct target_setting *setting;

    text_add(out, " *\n * Target: %s. Settings for %s:", input->target->name,
             is_mbed_app ? "mbed_app.json" : input->target->config);
    if (input->bundle->macros.count == 0 && input->target->settings[0].name == NULL)
        text_add(out, " none");
    text_add(out, "\n");
    for (size_t i = 0; i < input->bundle->macros.count; i++)
        text_add(out, is_mbed_app ? " *   macros: \"%s\"\n" : " *   %s\n",
                 input->bundle->macros.macro[i]);
    for (setting = input->target->settings; setting->name != NULL; setting++)
        text_add(out, " *   target_overrides: \"%s\": %d\n", setting->name, setting->value);
}

static int add_comment(struct text *out, const struct render_input *input, struct error *err)
{
    text_add(out,
             "/*\n * Trust anchors for TLS, written by caembed. Do not edit: run again\n *   ");
    text_add_comment(out, input->command);
    text_add(out, "\n");
    for (size_t i = 0; i < input->bundle->count; i++)
        if (add_anchor_comment(out, &input->bundle->anchor[i], i + 1, err) != 0)
            return -1;
    add_settings_comment(out, input);
    text_add(out, " */\n");
    return 0;
}

/* A string literal a line; PEM holds nothing that one must escape. */
static int add_pem_lines(struct text *out, const X509 *cert, size_t *length)
{
    struct text pem = {0};
    const char *line, *end;

    if (cert_add_pem(cert, &pem) != 0) {
        text_free(&pem);
        return -1;
    }
    for (line = pem.data; (end = strchr(line, '\n')) != NULL; line = end + 1)
        text_add(out, "\n    \"%.*s\\n\"", (int)(end - line), line);
    *length += pem.length;
    text_free(&pem);
    return 0;
}

/* A literal longer than C99 promises is let through by the one pragma that GCC and Clang share. */
static int add_pem(struct text *out, const struct render_input *input, struct error *err)
{
    struct text literal = {0};
    size_t length = 0;
    int rv = -1;

    for (size_t i = 0; i < input->bundle->count; i++) {
        if (add_pem_lines(&literal, input->bundle->anchor[i].embedded.x509, &length) != 0) {
            error_no_memory(err);
            goto done;
        }
    }
    if (length > LITERAL_LENGTH_MAX)
        text_add(out, "#if defined(__GNUC__)\n#pragma GCC diagnostic push\n"
                      "#pragma GCC diagnostic ignored \"-Woverlength-strings\"\n#endif\n");
    text_add(out, "static const char %s[] =", input->name);
    text_add_bytes(out, literal.data != NULL ? literal.data : "", literal.length);
    text_add(out, ";\n");
    if (length > LITERAL_LENGTH_MAX)
        text_add(out, "#if defined(__GNUC__)\n#pragma GCC diagnostic pop\n#endif\n");
    rv = 0;
done:
    out->failed = out->failed || literal.failed;
    text_free(&literal);
    return rv;
}

/* The DER of each certificate in an array of its own: parsers take one at a time. */
static int add_der(struct text *out, const struct render_input *input, struct error *err)
{
    for (size_t i = 0; i < input->bundle->count; i++) {
        char identifier[RENDER_IDENTIFIER_SIZE];
        unsigned char *der = NULL;
        int der_len = i2d_X509(input->bundle->anchor[i].embedded.x509, &der);
        if (der_len <= 0)
            return error_no_memory(err);
        render_identifier(input->name, i + 1, identifier);
        text_add(out, "%sstatic const unsigned char %s[] = {", i > 0 ? "\n" : "", identifier);
        for (int k = 0; k < der_len; k++)
            text_add(out, "%s0x%02x,", k % 16 == 0 ? "\n    " : " ", (unsigned)der[k]);
        text_add(out, "\n};\n");
        OPENSSL_free(der);
    }
    return 0;
}

static const struct renderer {
    const char *name;
    const char *identifier;
    int (*add)(struct text *out, const struct render_input *input, struct error *err);
    size_t (*size)(const X509 *cert);
} renderers[] = {
    {"pem", "SSL_CA_PEM", add_pem, cert_pem_length},
    {"der", "SSL_CA_DER", add_der, cert_der_length},
};

const struct renderer *render_find(const char *name)
{
    for (size_t i = 0; i < sizeof renderers / sizeof renderers[0]; i++)
        if (strcmp(renderers[i].name, name) == 0)
            return &renderers[i];
    return NULL;
}

size_t render_size(const struct renderer *renderer, const X509 *cert)
{
    return renderer->size(cert);
}

const char *render_name(const struct renderer *renderer)
{
    return renderer->name;
}

const char *render_default_identifier(const struct renderer *renderer)
{
    return renderer->identifier;
}

void render_identifier(const char *name, size_t number, char out[RENDER_IDENTIFIER_SIZE])
{
    if (number == 1)
        snprintf(out, RENDER_IDENTIFIER_SIZE, "%s", name);
    else
        snprintf(out, RENDER_IDENTIFIER_SIZE, "%s_%zu", name, number);
}

int render_header(const struct render_input *input, struct text *out, struct error *err)
{
    if (add_comment(out, input, err) != 0)
        return -1;
    text_add(out, "#ifndef CAEMBED_%s_H\n#define CAEMBED_%s_H\n\n", input->name, input->name);
    if (input->renderer->add(out, input, err) != 0)
        return -1;
    text_add(out, "\n#endif\n");
    return out->failed ? error_no_memory(err) : 0;
}
