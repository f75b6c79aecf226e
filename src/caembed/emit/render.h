/* render.h -- anchors -> the text of the header */
#ifndef CAEMBED_EMIT_RENDER_H
#define CAEMBED_EMIT_RENDER_H

#include "base/text.h"
#include "emit/bundle.h"

/* A format of the header. A row of the table in render.c. */
struct renderer;

/* The row of that name ("pem", "der"), or NULL. */
const struct renderer *render_find(const char *name);
const char *render_name(const struct renderer *renderer);

/* Bytes that a certificate takes in the firmware in this format. */
size_t render_size(const struct renderer *renderer, const X509 *cert);

/* The identifier that a format has unless one is given: SSL_CA_PEM, SSL_CA_DER. */
const char *render_default_identifier(const struct renderer *renderer);

/* What the certificate `number` (from 1) is called where each has an array of its own: NAME,
 * NAME_2, ... */
#define RENDER_IDENTIFIER_SIZE 80
void render_identifier(const char *name, size_t number, char out[RENDER_IDENTIFIER_SIZE]);

struct render_input {
    const struct renderer *renderer;
    const struct bundle *bundle;
    const struct target *target;
    const char *name;    /* the C identifier; c_name_is_free() holds */
    const char *command; /* how to make the header again; any bytes */
};

/* Adds the header to *out: a comment, an include guard, and the anchors. As pem they are `static
 * const char NAME[]` with a string literal a PEM line, all in one; as der each is a `static const
 * unsigned char NAME[]` of its own. The same input gives the same bytes: nothing comes from the
 * clock or the machine. */
int render_header(const struct render_input *input, struct text *out, struct error *err) MUST_USE;

#endif
