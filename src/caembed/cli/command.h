/* command.h -- the command line that a header names in its comment */
#ifndef CAEMBED_CLI_COMMAND_H
#define CAEMBED_CLI_COMMAND_H

#include "base/text.h"
#include "cli/options.h"

/* Adds the command that makes the same header again: with the options that matter for its content.
 * Left out are the names of the files written, all folders, and --chain and --at: a header does not
 * tell when or from where it was tried. */
void command_add(const struct options *options, struct text *out);

#endif
