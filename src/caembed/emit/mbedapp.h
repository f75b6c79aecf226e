/* mbedapp.h -- the settings that go with the header, merged into mbed_app.json */
#ifndef CAEMBED_EMIT_MBEDAPP_H
#define CAEMBED_EMIT_MBEDAPP_H

#include "base/json.h"
#include "base/text.h"
#include "device/target.h"

/* Merges macros and the target's settings into a mbed_app.json. `json` is the file's text, of
 * length 0 for a new one. Where the target or the path (.json5) says so it is read as JSON5, else
 * as JSON. Only insertions are made: every byte of the user's stays, comments and commas included.
 * A key that is set stays as set; a macro that is there (also bare, where 1 is wanted, or with a
 * larger size) stays as it is. *unknown gets the top-level keys that Mbed OS does not know, with ",
 * " between them (the keys stay): the first few, and how many more there are. ERROR_WRITE, for the
 * file then can't be written: text that is not JSON (with line and column), a key of the wrong type
 * or twice there, a macro with another value. `path` is also what messages call the file. */
int mbedapp_merge(const char *json, size_t length, const char *path,
                  const struct macro_list *macros, const struct target *target, struct text *out,
                  struct text *unknown, struct error *err) MUST_USE;

/* Whether all that was in a document is in what became of it, in the same order and unchanged;
 * entries may have been added at the end of arrays and objects. What mbedapp_merge() asks before it
 * gives anything out. */
bool mbedapp_keeps(const struct json *before, const struct json *after);

#endif
