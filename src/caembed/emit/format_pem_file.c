/* format_pem_file.c -- anchors -> a PEM file with comments */
#include <string.h>

#include "emit/comment.h"
#include "emit/format.h"
#include "x509/cert.h"

static const char dashes[] = "-----";

/* Adds comments so that a name in them can't be taken for the beginning of a block. */
static void add_without_dashes(struct text *out, const struct text *comment)
{
    const char *at = comment->data != NULL ? comment->data : "";
    const char *found;

    for (; (found = strstr(at, dashes)) != NULL; at = found + sizeof dashes - 1) {
        text_add_bytes(out, at, (size_t)(found - at));
        text_add(out, "----\\2D");
    }
    text_add(out, "%s", at);
    out->failed = out->failed || comment->failed;
}

static int add_anchor(struct text *out, const struct bundle_anchor *anchor, size_t number,
                      struct error *err)
{
    struct text comment = {0};
    int rv = comment_add_anchor(&comment, "#", anchor, number, err);

    if (rv == 0)
        add_without_dashes(out, &comment);
    text_free(&comment);
    if (rv == 0 && cert_add_pem(anchor->embedded.x509, out) != 0)
        return error_no_memory(err);
    return rv;
}

int format_pem_file_add(struct text *out, const struct render_input *input, struct error *err)
{
    struct text comment = {0};

    comment_add_command(&comment, "#", input);
    comment_add_settings(&comment, "#", input);
    add_without_dashes(out, &comment);
    text_free(&comment);
    for (size_t i = 0; i < input->bundle->count; i++)
        if (add_anchor(out, &input->bundle->anchor[i], i + 1, err) != 0)
            return -1;
    return 0;
}

size_t format_pem_file_size(const struct bundle_anchor *anchor, size_t number)
{
    struct error ignored = {.code = ERROR_NONE};
    struct text text = {0};
    size_t length;

    (void)!add_anchor(&text, anchor, number, &ignored);
    length = text.length;
    text_free(&text);
    return length;
}
