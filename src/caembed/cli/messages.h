/* messages.h -- lines for stderr, with everything from outside escaped */
#ifndef CAEMBED_CLI_MESSAGES_H
#define CAEMBED_CLI_MESSAGES_H

#include "base/message.h"
#include "judge/host.h"

/* message_put() for each line of text, which may be NULL. */
void message_put_lines(const char *kind, const char *subject, const char *text);

/* An error and its hint. */
void message_put_error(const char *subject, const struct error *err);

/* A workflow command of GitHub Actions, which shows the error beside the file. */
void message_put_annotation(const char *path, const char *subject, const struct error *err);

/* Adds a line for each warning about the host. */
void message_add_warnings(const struct host *host, struct text *out);

/* Adds a line with what was presented, and which anchor was chosen by which rule. */
void message_add_choice(const struct host *host, struct text *out);

#endif
