/* kconfig.h -- the settings that go with the header, merged into sdkconfig.defaults or prj.conf */
#ifndef CAEMBED_EMIT_KCONFIG_H
#define CAEMBED_EMIT_KCONFIG_H

#include "base/text.h"
#include "device/target.h"

/* Merges settings ("CONFIG_X=y", "CONFIG_X=16384") into the text of a Kconfig fragment, of length 0
 * for a new one. Lines are added at the end alone, with the line ends that are there: every byte of
 * the user's stays. An option that has the value already stays as it is, a number also if it is
 * larger. ERROR_WRITE for one that has another value (with its line; "# CONFIG_X is not set" is n),
 * of which the last counts, as in Kconfig, and for what is no text. `path` is what messages call
 * the file. */
int kconfig_merge(const char *fragment, size_t length, const char *path,
                  const struct macro_list *settings, struct text *out, struct error *err) MUST_USE;

#endif
