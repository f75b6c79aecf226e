/* distrust.h -- the distrust-after dates in a PEM bundle's comments */
#ifndef CAEMBED_X509_DISTRUST_H
#define CAEMBED_X509_DISTRUST_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/* The earliest date of the lines `# distrust-after: TIME` (RFC 3339) in the text before a
 * certificate, or TIMESTAMP_NONE. A line that says almost this ("#Distrust-After = soon") is
 * ERROR_USAGE: a date that is passed over would trust too much. `name` is what messages call the
 * file. */
int distrust_read(const char *comment, size_t length, const char *name, int64_t *out,
                  struct error *err) MUST_USE;

#endif
