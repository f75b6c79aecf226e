/* fuzz.h -- what a fuzz target is: one function for libFuzzer, and seeds for both drivers */
#ifndef TESTS_FUZZ_H
#define TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* Ends the process with the broken claim; the driver keeps the input. */
#define FUZZ_CHECK(claim)                                                                          \
    do {                                                                                           \
        if (!(claim)) {                                                                            \
            fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #claim);                    \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* The target: any bytes. Always 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* How many mutated inputs the driver without libFuzzer runs: a second or two. */
extern const long fuzz_mutations;

struct fuzz_corpus;

/* The target's seeds: inputs that go deep, from which others are made. */
void fuzz_seed(struct fuzz_corpus *corpus);

/* Copies a seed into the corpus. */
void fuzz_add(struct fuzz_corpus *corpus, const void *data, size_t size);
void fuzz_add_text(struct fuzz_corpus *corpus, const char *text);

/* A copy with a NUL behind it, to free; the process ends if there is no memory. */
char *fuzz_string(const uint8_t *data, size_t size);

#endif
