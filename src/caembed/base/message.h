/* message.h -- a line for stderr */
#ifndef CAEMBED_BASE_MESSAGE_H
#define CAEMBED_BASE_MESSAGE_H

/* "caembed: KIND: SUBJECT: MESSAGE", escaped; an empty subject is left out. Several threads may
 * call it: a line stays whole. Needs no memory. */
void message_put(const char *kind, const char *subject, const char *message);

#endif
