/* message.c -- a line for stderr */
#include "base/message.h"

#include <stdio.h>

#include "base/text.h"

void message_put(const char *kind, const char *subject, const char *message)
{
    flockfile(stderr);
    fprintf(stderr, "caembed: %s: ", kind);
    text_put(stderr, subject);
    fputs(subject[0] != '\0' ? ": " : "", stderr);
    text_put_line(stderr, message);
    funlockfile(stderr);
}
