/* starttls.h -- the few words before TLS begins, as four protocols have them */
#ifndef CAEMBED_NET_STARTTLS_H
#define CAEMBED_NET_STARTTLS_H

#include "net/connection.h"

#define STARTTLS_LINE_SIZE 1024

/* A dialogue that is going on. */
struct starttls {
    const struct dialogue *dialogue;
    size_t turn;                   /* of its dialogue */
    const char *unsent;            /* what is still to be said in this turn */
    char line[STARTTLS_LINE_SIZE]; /* the server's last one, as far as it came */
    size_t length;                 /* of the line, more than fits not counted */
    char code[4];                  /* with which the server's reply began */
    size_t received;               /* bytes in all */
};

/* Begins the dialogue of "smtp" (RFC 3207), "imap" (RFC 9051 section 6.2.1), "pop3" (RFC 2595) or
 * "ftp" (RFC 4217). */
void starttls_begin(struct starttls *starttls, const char *protocol);

/* Goes on with it as far as it can without waiting. IO_DONE: the next byte is TLS. IO_FAILED, with
 * *err: ERROR_CONNECT if the server says no greeting or the connection is lost, ERROR_HANDSHAKE if
 * it does not offer STARTTLS. */
enum io starttls_step(struct starttls *starttls, struct connection *connection, struct error *err);

/* The whole dialogue, waiting as it must until deadline_ms of monotonic_now_ms(). */
int starttls_talk(struct connection *connection, const char *protocol, int64_t deadline_ms,
                  struct error *err) MUST_USE;

#endif
