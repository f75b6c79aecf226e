/* completion.h -- what --completion prints */
#ifndef CAEMBED_CLI_COMPLETION_H
#define CAEMBED_CLI_COMPLETION_H

#include "base/text.h"

/* A completion script for bash, zsh or fish. It knows the options, and the values of those that
 * take names or files. */
void completion_add(const char *shell, struct text *out);

#endif
