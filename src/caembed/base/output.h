/* output.h -- bytes -> files and stdout, all of them or none */
#ifndef CAEMBED_BASE_OUTPUT_H
#define CAEMBED_BASE_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/text.h"

#define OUTPUT_WAIT_MS 5000 /* for somebody to read from a named pipe */

/* A file on its way: its new bytes lie in a temporary file beside it. Set to {0} before use. */
struct output_file {
    char *path;      /* symbolic links followed */
    char *temporary; /* NULL: nothing is to be done */
};

/* Writes bytes to a temporary file in the folder of path, with owner and mode of the existing file
 * (without set-user-ID and the like if the owner cannot be kept) or those of a new one. Nothing is
 * staged if the file holds these bytes already. Something other than a regular file (a pipe,
 * /dev/stdout) can't be replaced and is written at once; a named pipe that nobody reads in
 * OUTPUT_WAIT_MS is an error. ERROR_WRITE, also for an existing file that is write-protected. */
int output_stage(const char *path, const char *bytes, size_t length, struct output_file *out,
                 struct error *err) MUST_USE;

/* Puts the staged file in its place (rename). Does nothing if nothing is staged. */
int output_commit(struct output_file *file, struct error *err) MUST_USE;

/* Removes a staged file that was not committed, and frees. May run twice. */
void output_discard(struct output_file *file);

/* Whether two paths lead to one file, by whatever links: by device and inode if both exist (a
 * terminal, a socket or /dev/null may be named twice), else by folder and name at the end of their
 * links. */
bool output_same_file(const char *a, const char *b);

/* The file that a path stands for: through symbolic links, also if there is nothing at their end.
 * NULL if out of memory, else to be freed. */
char *output_resolve(const char *path);

/* The path of what "-" stands for, others as they are. Borrows path. */
const char *output_place(const char *path);

/* Once at the start: has INT, TERM and HUP remove staged files before they end the program, which
 * says last_words on stderr unless a file was replaced or written; it is static text. Makes a
 * closed pipe and the limit on the size of files (XFSZ) write errors. */
void output_guard_signals(const char *last_words);

/* A file is about to be written or replaced: the last words would no longer be true. */
void output_note_change(void);

/* Writes of *pending what stdout takes without keeping us waiting, or with waits all of it; what is
 * left stays. ERROR_WRITE. */
int output_stdout_some(struct text *pending, bool waits, struct error *err) MUST_USE;

/* Writes to stdout and flushes. ERROR_WRITE. */
int output_stdout(const char *bytes, size_t length, struct error *err) MUST_USE;

#endif
