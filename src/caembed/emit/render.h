/* render.h -- anchors -> the text of a format */
#ifndef CAEMBED_EMIT_RENDER_H
#define CAEMBED_EMIT_RENDER_H

#include "base/text.h"
#include "emit/bundle.h"

/* A format. A row of the table in render.c. */
struct renderer;

/* The row of that name ("pem", "der", "pem-file", "der-file", "arduino", "bearssl", "esp-bundle",
 * "esp-bundle-5.3", "zephyr"), or NULL. */
const struct renderer *render_find(const char *name);

/* The row by index, or NULL after the last. */
const struct renderer *render_at(size_t index);

/* The format of a target unless another is given. */
const struct renderer *render_of_target(const struct target *target);

const char *render_name(const struct renderer *renderer);

/* How to read it back. */
enum render_form {
    RENDER_C,          /* C or C++, in which a name is declared */
    RENDER_PEM,        /* a file of PEM */
    RENDER_DER,        /* certificates in DER, one after the other; each has a file of its own */
    RENDER_ANCHORS,    /* C with the names and keys of anchors, without certificates */
    RENDER_BUNDLE,     /* a bundle of ESP-IDF 5.4 and later: names and keys likewise, no C */
    RENDER_BUNDLE_5_3, /* likewise of one up to 5.3 */
    RENDER_ZEPHYR /* the files of a folder, with a NUL between them; the first is the inside of an
                     array in C */
};

enum render_form render_form(const struct renderer *renderer);

/* Whether it holds names and keys of anchors, but no certificates. */
bool render_has_names_and_keys(const struct renderer *renderer);

/* Whether it is for the device's bundle: see target_with_bundle(). */
bool render_is_bundle(const struct renderer *renderer);

/* Bytes that the anchor `number` (from 1) takes in the firmware in this format. */
size_t render_size(const struct renderer *renderer, const struct bundle_anchor *anchor,
                   size_t number);

/* The identifier that a format has unless one is given: SSL_CA_PEM, SSL_CA_DER, or TA, with which
 * identifiers begin; "" if nothing in it has a name. */
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

/* Adds the artefact to *out. Of C a comment, an include guard, and the anchors: as pem they are
 * `static const char NAME[]` with a string literal a PEM line, all in one; as arduino likewise, but
 * a raw string in PROGMEM; as der each is a `static const unsigned char NAME[]` of its own.
 * bearssl has arrays of names and keys. zephyr is what format_zephyr_add() makes. pem-file is PEM
 * with comments, der-file the DER of each.
 * The same input gives the same bytes: nothing comes from the clock or the machine. */
int render_header(const struct render_input *input, struct text *out, struct error *err) MUST_USE;

#endif
