/* render.h -- anchors -> the text of the header */
#ifndef CAEMBED_RENDER_H
#define CAEMBED_RENDER_H

#include "bundle.h"
#include "text.h"

struct render_input {
    const struct bundle *bundle;
    const struct target *target;
    const char *name;    /* the C identifier; text_is_c_name() holds */
    const char *command; /* how to make the header again; any bytes */
};

/* Adds the header to *out: a comment, an include guard, and `static const char NAME[] = …` with a
 * string literal a PEM line. The same input gives the same bytes: nothing comes from the clock or
 * the machine. */
int render_header(const struct render_input *input, struct text *out, struct error *err) MUST_USE;

#endif
