/* starttls.c -- a connection in the clear -> one on which TLS begins with the next byte */
#include "net/starttls.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#define RECEIVED_MAX 65536 /* bytes of all replies; real ones have a few hundred */
#define TURNS_MAX 3

/* How the last line of a reply is told. */
enum style {
    STYLE_NUMBERED, /* "250-more", then "250 last" (RFC 5321 section 4.2.1, RFC 959 section 4.2) */
    STYLE_TAGGED,   /* "* more", then "a last" (RFC 9051 section 2.2) */
    STYLE_PLAIN     /* a line (RFC 1939 section 3) */
};

/* In each turn we say something, in the first nothing, and want a reply whose last line begins so.
 */
struct dialogue {
    const char *protocol;
    enum style style;
    struct {
        const char *say, *want;
    } turns[TURNS_MAX + 1];
};

static const struct dialogue dialogues[] = {
    {"smtp",
     STYLE_NUMBERED,
     {{"", "220"}, {"EHLO caembed.invalid\r\n", "250"}, {"STARTTLS\r\n", "220"}, {NULL, NULL}}},
    {"imap", STYLE_TAGGED, {{"", "* OK"}, {"a STARTTLS\r\n", "a OK"}, {NULL, NULL}}},
    {"pop3", STYLE_PLAIN, {{"", "+OK"}, {"STLS\r\n", "+OK"}, {NULL, NULL}}},
    {"ftp", STYLE_NUMBERED, {{"", "220"}, {"AUTH TLS\r\n", "234"}, {NULL, NULL}}},
};

void starttls_begin(struct starttls *starttls, const char *protocol)
{
    memset(starttls, 0, sizeof *starttls);
    for (size_t i = 0; i < sizeof dialogues / sizeof dialogues[0]; i++)
        if (strcmp(dialogues[i].protocol, protocol) == 0)
            starttls->dialogue = &dialogues[i];
    starttls->unsent = "";
}

/* In the greeting of IMAP already the first line is the last. */
static bool is_last_line(struct starttls *starttls)
{
    const char *line = starttls->line;

    if (starttls->dialogue->style == STYLE_TAGGED)
        return starttls->turn == 0 || strncmp(line, "a ", 2) == 0;
    if (starttls->dialogue->style == STYLE_PLAIN)
        return true;
    if (starttls->code[0] == '\0')
        snprintf(starttls->code, sizeof starttls->code, "%.3s", line);
    return strncmp(line, starttls->code, 3) == 0 && (strlen(line) < 4 || line[3] != '-');
}

static const char bare_hint[] =
    "give HOST:PORT without a scheme if the port speaks TLS from the first byte";

static int fail_reply(const struct starttls *starttls, struct error *err)
{
    if (starttls->turn == 0) {
        error_set(err, ERROR_CONNECT, "the server does not greet as %s does: %.100s",
                  starttls->dialogue->protocol, starttls->line);
        return error_hint(err, "%s, or the scheme of the protocol that it speaks", bare_hint);
    }
    error_set(err, ERROR_HANDSHAKE, "the server offers no STARTTLS: %.100s", starttls->line);
    return error_hint(err, "%s", bare_hint);
}

/* Takes a whole line. On the last of a reply that is wanted the next turn begins. */
static int take_line(struct starttls *starttls, struct error *err)
{
    const char *want = starttls->dialogue->turns[starttls->turn].want;

    starttls->line[starttls->length] = '\0';
    starttls->length = 0;
    if (!is_last_line(starttls))
        return 0;
    if (strncasecmp(starttls->line, want, strlen(want)) != 0)
        return fail_reply(starttls, err);
    starttls->code[0] = '\0';
    starttls->turn++;
    starttls->unsent = starttls->dialogue->turns[starttls->turn].say;
    return 0;
}

/* The server speaks only when it is asked, so that nothing comes after the last line of a reply. */
static int take_bytes(struct starttls *starttls, const char *bytes, size_t count, struct error *err)
{
    const size_t turn = starttls->turn;

    starttls->received += count;
    for (size_t i = 0; i < count; i++) {
        if (starttls->turn != turn || starttls->received > RECEIVED_MAX) {
            error_set(err, ERROR_HANDSHAKE, "the server says more than STARTTLS has room for");
            return error_hint(err, "%s", bare_hint);
        }
        if (bytes[i] == '\n' && take_line(starttls, err) != 0)
            return -1;
        if (bytes[i] != '\n' && bytes[i] != '\r' && starttls->length + 1 < STARTTLS_LINE_SIZE)
            starttls->line[starttls->length++] = bytes[i];
    }
    return 0;
}

static enum io lose(struct error *err)
{
    error_set(err, ERROR_CONNECT, "the server closed the connection before TLS began");
    error_hint(err, "is it the right port, and does the server take connections from here?");
    return IO_FAILED;
}

static enum io send_some(struct starttls *starttls, struct connection *connection,
                         struct error *err)
{
    size_t moved = 0;
    enum io io = connection_send(connection, starttls->unsent, strlen(starttls->unsent), &moved);

    starttls->unsent += moved;
    return io == IO_FAILED ? lose(err) : io;
}

static enum io receive_some(struct starttls *starttls, struct connection *connection,
                            struct error *err)
{
    char bytes[STARTTLS_LINE_SIZE];
    size_t moved = 0;
    enum io io = connection_receive(connection, bytes, sizeof bytes, &moved);

    if (io == IO_FAILED || (io == IO_DONE && moved == 0))
        return lose(err);
    if (io == IO_DONE && take_bytes(starttls, bytes, moved, err) != 0)
        return IO_FAILED;
    return io;
}

enum io starttls_step(struct starttls *starttls, struct connection *connection, struct error *err)
{
    enum io io = IO_DONE;

    while (io == IO_DONE && starttls->unsent != NULL)
        io = starttls->unsent[0] != '\0' ? send_some(starttls, connection, err)
                                         : receive_some(starttls, connection, err);
    return io;
}

int starttls_talk(struct connection *connection, const char *protocol, int64_t deadline_ms,
                  struct error *err)
{
    struct starttls starttls;
    enum io io;

    starttls_begin(&starttls, protocol);
    while ((io = starttls_step(&starttls, connection, err)) == IO_READS || io == IO_WRITES)
        if (!connection_wait(connection, io, deadline_ms))
            return connection_fail_timeout(err);
    return io == IO_DONE ? 0 : -1;
}
