/* help.h -- what --help prints */
#ifndef CAEMBED_CLI_HELP_H
#define CAEMBED_CLI_HELP_H

#include <stdbool.h>

#include "base/text.h"

/* The options that most people need, or all of them in groups. */
void help_add(bool all, struct text *out);

#endif
