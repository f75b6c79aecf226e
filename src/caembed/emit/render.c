/* render.c -- anchors -> the text of a format */
#include "emit/render.h"

#include <stdio.h>
#include <string.h>

#include "emit/comment.h"
#include "emit/format.h"
#include "x509/cert.h"

/* The comment of a C header. */
static int add_comment(struct text *out, const struct render_input *input, struct error *err)
{
    text_add(out, "/*\n");
    if (comment_add_anchors(out, " *", input, err) != 0)
        return -1;
    comment_add_settings(out, " *", input);
    text_add(out, " */\n");
    return 0;
}

#define LITERAL_LENGTH_MAX 4095

void format_begin_literal(struct text *out, size_t length)
{
    if (length > LITERAL_LENGTH_MAX)
        text_add(out, "#if defined(__GNUC__)\n#pragma GCC diagnostic push\n"
                      "#pragma GCC diagnostic ignored \"-Woverlength-strings\"\n#endif\n");
}

void format_end_literal(struct text *out, size_t length)
{
    if (length > LITERAL_LENGTH_MAX)
        text_add(out, "#if defined(__GNUC__)\n#pragma GCC diagnostic pop\n#endif\n");
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
    format_begin_literal(out, length);
    text_add(out, "static const char %s[] =", input->name);
    text_add_bytes(out, literal.data != NULL ? literal.data : "", literal.length);
    text_add(out, ";\n");
    format_end_literal(out, length);
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

static size_t pem_size(const struct bundle_anchor *anchor, size_t number)
{
    (void)number;
    return cert_pem_length(anchor->embedded.x509);
}

static size_t der_size(const struct bundle_anchor *anchor, size_t number)
{
    (void)number;
    return cert_der_length(anchor->embedded.x509);
}

static const struct renderer {
    const char *name;
    const char *identifier; /* "": nothing in it has a name */
    enum render_form form;
    int (*add)(struct text *out, const struct render_input *input, struct error *err);
    size_t (*size)(const struct bundle_anchor *anchor, size_t number);
} renderers[] = {
    {"pem", "SSL_CA_PEM", RENDER_C, add_pem, pem_size},
    {"der", "SSL_CA_DER", RENDER_C, add_der, der_size},
    {"pem-file", "", RENDER_PEM, format_pem_file_add, format_pem_file_size},
    {"der-file", "ssl_ca", RENDER_DER, format_der_file_add, der_size},
    {"arduino", "SSL_CA_PEM", RENDER_C, format_arduino_add, pem_size},
    {"bearssl", "TA", RENDER_ANCHORS, format_bearssl_add, format_bearssl_size},
    {"esp-bundle", "", RENDER_BUNDLE, format_esp_bundle_add, format_esp_bundle_size},
    {"esp-bundle-5.3", "", RENDER_BUNDLE_5_3, format_esp_bundle_5_3_add,
     format_esp_bundle_5_3_size},
    {"zephyr", "ssl_ca", RENDER_ZEPHYR, format_zephyr_add, pem_size},
};

const struct renderer *render_find(const char *name)
{
    for (size_t i = 0; i < sizeof renderers / sizeof renderers[0]; i++)
        if (strcmp(renderers[i].name, name) == 0)
            return &renderers[i];
    return NULL;
}

const struct renderer *render_at(size_t index)
{
    return index < sizeof renderers / sizeof renderers[0] ? &renderers[index] : NULL;
}

const struct renderer *render_of_target(const struct target *target)
{
    return render_find(target->format != NULL ? target->format : "pem");
}

size_t render_size(const struct renderer *renderer, const struct bundle_anchor *anchor,
                   size_t number)
{
    return renderer->size(anchor, number);
}

enum render_form render_form(const struct renderer *renderer)
{
    return renderer->form;
}

bool render_is_bundle(const struct renderer *renderer)
{
    return renderer->form == RENDER_BUNDLE || renderer->form == RENDER_BUNDLE_5_3;
}

bool render_has_names_and_keys(const struct renderer *renderer)
{
    return renderer->form == RENDER_ANCHORS || render_is_bundle(renderer);
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

static int add_header(struct text *out, const struct render_input *input, struct error *err)
{
    if (add_comment(out, input, err) != 0)
        return -1;
    text_add(out, "#ifndef CAEMBED_%s_H\n#define CAEMBED_%s_H\n\n", input->name, input->name);
    if (input->renderer->add(out, input, err) != 0)
        return -1;
    text_add(out, "\n#endif\n");
    return 0;
}

int render_header(const struct render_input *input, struct text *out, struct error *err)
{
    const bool is_c = input->renderer->form == RENDER_C || input->renderer->form == RENDER_ANCHORS;
    const int rv = is_c ? add_header(out, input, err) : input->renderer->add(out, input, err);

    return rv == 0 && out->failed ? error_no_memory(err) : rv;
}
