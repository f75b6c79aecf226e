/* comment.h -- what the comments of every format tell */
#ifndef CAEMBED_EMIT_COMMENT_H
#define CAEMBED_EMIT_COMMENT_H

#include "emit/render.h"

/* `margin` is what every line begins with: " *" inside a C comment, "#" in a PEM file. Bytes from
 * outside are escaped as text_add_comment() has it. */

/* Who wrote it, and the command that makes it again. */
void comment_add_command(struct text *out, const char *margin, const struct render_input *input);

/* An anchor: subject, SHA-256, validity, retirement, source, hosts, needs. -1 if out of memory. */
int comment_add_anchor(struct text *out, const char *margin, const struct bundle_anchor *anchor,
                       size_t number, struct error *err) MUST_USE;

/* The command, then every anchor. -1 if out of memory. */
int comment_add_anchors(struct text *out, const char *margin, const struct render_input *input,
                        struct error *err) MUST_USE;

/* The target and its settings. */
void comment_add_settings(struct text *out, const char *margin, const struct render_input *input);

#endif
