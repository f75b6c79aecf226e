/* common.c -- what the targets share whichever driver runs them */
#include <string.h>

#include "fuzz.h"

char *fuzz_string(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);

    FUZZ_CHECK(text != NULL);
    if (size > 0)
        memcpy(text, data, size);
    text[size] = '\0';
    return text;
}

void fuzz_add_text(struct fuzz_corpus *corpus, const char *text)
{
    fuzz_add(corpus, text, strlen(text));
}
