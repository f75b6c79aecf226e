/* libfuzzer.c -- libFuzzer has its own corpus; the seeds come from `fuzz_NAME -s FOLDER` */
#include "fuzz.h"

void fuzz_add(struct fuzz_corpus *corpus, const void *data, size_t size)
{
    (void)corpus;
    (void)data;
    (void)size;
}
