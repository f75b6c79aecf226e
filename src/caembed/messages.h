/* messages.h -- what goes to stderr: a line each, with everything from outside escaped */
#ifndef CAEMBED_MESSAGES_H
#define CAEMBED_MESSAGES_H

#include "host.h"

/* "caembed: KIND: SUBJECT: MESSAGE"; an empty subject is left out. */
void message_put(const char *kind, const char *subject, const char *message);

/* An error and its hint. */
void message_put_error(const char *subject, const struct error *err);

/* The same for every host that failed. With annotate_path a workflow command of GitHub Actions goes
 * along, which shows the message beside that file. */
void message_put_failures(const struct host *host, size_t count, const char *annotate_path);

void message_put_warnings(const struct host *host, size_t count);

/* What was presented, and which anchor was chosen by which rule. */
void message_put_choices(const struct host *host, size_t count);

#endif
