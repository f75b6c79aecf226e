/* miniserver.c -- miniserver MODE PORT [ARGUMENT...]: servers that the tests need and nobody ships
 *
 *   close PORT            closes every connection at once
 *   stall PORT            takes what comes and says nothing
 *   flood PORT            says HelloRequest (RFC 5246 section 7.4.1.1) again and again
 *   drip PORT             says a byte every tenth of a second
 *   say PORT TEXT         says TEXT (printf escapes \r \n) and closes
 *   smtp|imap|pop3|ftp PORT TLSPORT    STARTTLS, then forwards to TLSPORT
 *   nostarttls PORT       an SMTP server that offers none
 *   lose PORT TLSPORT     forwards the first connection, the third, ...; closes the others at once
 *   lag PORT TLSPORT      likewise, but says nothing to the others
 *   swap PORT TLSPORT OTHER    forwards the first, the third, ... to TLSPORT, the others to OTHER
 *   proxy PORT            forwards after CONNECT HOST:PORT, to loopback whatever HOST is
 *   noproxy PORT          answers CONNECT with 403
 *   alert PORT CODE       answers the first bytes with a fatal TLS alert
 *   http PORT FOLDER      GET /FILE gives that file of FOLDER, /to?URL a redirect to URL, /slow a
 * byte every 0.2 s, /silent nothing, /endless bytes without end, all else 404; says on stderr what
 * it was asked and how many bytes of body it sent
 *
 * Listens on 127.0.0.1, a process for each connection.
 */
#define _GNU_SOURCE /* strcasestr() */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static struct sockaddr_in loopback(const char *port)
{
    struct sockaddr_in address = {.sin_family = AF_INET};

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons((unsigned short)atoi(port));
    return address;
}

static void die(const char *what)
{
    perror(what);
    _exit(1);
}

static void say(int fd, const char *text)
{
    if (write(fd, text, strlen(text)) != (ssize_t)strlen(text))
        _exit(1);
}

/* A line without its end, or the end of the process where there is none. */
static void take_line(int fd, char *line, size_t size)
{
    size_t used = 0;
    char byte;

    while (read(fd, &byte, 1) == 1) {
        if (byte == '\n') {
            line[used] = '\0';
            return;
        }
        if (byte != '\r' && used + 1 < size)
            line[used++] = byte;
    }
    _exit(0);
}

/* Moves what there is; 0 at the end. */
static ssize_t move(int from, int to)
{
    char buffer[16384];
    ssize_t got = read(from, buffer, sizeof buffer);

    for (ssize_t done = 0; done < got;) {
        ssize_t written = write(to, buffer + done, (size_t)(got - done));
        if (written <= 0)
            return 0;
        done += written;
    }
    return got > 0 ? got : 0;
}

static void forward(int client, const char *port)
{
    struct sockaddr_in address = loopback(port);
    int server = socket(AF_INET, SOCK_STREAM, 0);
    struct pollfd fds[2] = {{.fd = client, .events = POLLIN}, {.fd = server, .events = POLLIN}};

    if (connect(server, (struct sockaddr *)&address, sizeof address) != 0)
        die("connect");
    while (poll(fds, 2, -1) > 0)
        for (int i = 0; i < 2; i++)
            if (fds[i].revents != 0 && move(fds[i].fd, fds[1 - i].fd) == 0)
                return;
}

/* What a protocol answers to a command; the reply that begins with `!` is the last in the clear. */
static const struct reply {
    const char *mode;
    const char *command; /* NULL: the greeting */
    const char *text;    /* %s: the IMAP tag */
} replies[] = {
    {"smtp", NULL, "220 mail.example ESMTP\r\n"},
    {"smtp", "EHLO", "250-mail.example\r\n250-PIPELINING\r\n250 STARTTLS\r\n"},
    {"smtp", "STARTTLS", "!220 go ahead\r\n"},
    {"nostarttls", NULL, "220 mail.example ESMTP\r\n"},
    {"nostarttls", "EHLO", "250 mail.example\r\n"},
    {"nostarttls", "HELO", "250 mail.example\r\n"},
    {"nostarttls", "STARTTLS", "502 not here\r\n"},
    {"imap", NULL, "* OK ready\r\n"},
    {"imap", "CAPABILITY", "* CAPABILITY IMAP4rev1 STARTTLS\r\n%s OK done\r\n"},
    {"imap", "STARTTLS", "!%s OK begin\r\n"},
    {"pop3", NULL, "+OK ready\r\n"},
    {"pop3", "CAPA", "+OK list\r\nUSER\r\nSTLS\r\n.\r\n"},
    {"pop3", "STLS", "!+OK begin\r\n"},
    {"ftp", NULL, "220 ready\r\n"},
    {"ftp", "AUTH", "!234 go ahead\r\n"},
};

static const struct reply *find_reply(const char *mode, const char *line)
{
    for (size_t i = 0; i < sizeof replies / sizeof replies[0]; i++)
        if (strcmp(replies[i].mode, mode) == 0 &&
            (line == NULL
                 ? replies[i].command == NULL
                 : replies[i].command != NULL && strcasestr(line, replies[i].command) != NULL))
            return &replies[i];
    return NULL;
}

static void say_reply(int fd, const struct reply *reply, const char *line)
{
    const char *text = reply->text[0] == '!' ? reply->text + 1 : reply->text;
    const char *mark = strstr(text, "%s");
    char out[512];

    if (mark == NULL)
        snprintf(out, sizeof out, "%s", text);
    else
        snprintf(out, sizeof out, "%.*s%.*s%s", (int)(mark - text), text, (int)strcspn(line, " "),
                 line, mark + 2);
    say(fd, out);
}

static void hold_dialogue(int fd, const char *mode, const char *tls_port)
{
    const struct reply *reply = find_reply(mode, NULL);
    char line[512] = "";

    for (;;) {
        if (reply != NULL)
            say_reply(fd, reply, line);
        else
            say(fd, "500 what?\r\n");
        if (reply != NULL && reply->text[0] == '!') {
            forward(fd, tls_port);
            return;
        }
        take_line(fd, line, sizeof line);
        reply = find_reply(mode, line);
    }
}

static void serve_proxy(int fd, int refuses)
{
    char line[512], host[256] = "", port[8] = "", rest[512];

    take_line(fd, line, sizeof line);
    do
        take_line(fd, rest, sizeof rest);
    while (rest[0] != '\0');
    if (sscanf(line, "CONNECT %255[^ ]", host) == 1 && strrchr(host, ':') != NULL)
        snprintf(port, sizeof port, "%.7s", strrchr(host, ':') + 1);
    fprintf(stderr, "%s\n", line);
    if (refuses || port[0] == '\0') {
        say(fd, "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
        return;
    }
    say(fd, "HTTP/1.1 200 Connection established\r\n\r\n");
    forward(fd, port);
}

static void report(const char *path, size_t sent)
{
    fprintf(stderr, "%s %zu\n", path, sent);
}

/* `count` bytes of body at a time, until the client has enough. */
static void pour(int fd, const char *path, size_t count, unsigned pause_us)
{
    static const char bytes[16384] = "";
    size_t sent = 0;

    say(fd, "HTTP/1.1 200 OK\r\n\r\n");
    while (write(fd, bytes, count) == (ssize_t)count) {
        sent += count;
        usleep(pause_us);
    }
    report(path, sent);
}

static void say_file(int fd, const char *folder, const char *path)
{
    char name[1024], bytes[16384];
    size_t length, sent = 0;
    FILE *file;

    snprintf(name, sizeof name, "%s%s", folder, path);
    file = strchr(path + 1, '/') == NULL && path[1] != '.' ? fopen(name, "rb") : NULL;
    say(fd, file != NULL ? "HTTP/1.1 200 OK\r\n\r\n" : "HTTP/1.1 404 Not Found\r\n\r\n");
    while (file != NULL && (length = fread(bytes, 1, sizeof bytes, file)) > 0 &&
           write(fd, bytes, length) == (ssize_t)length)
        sent += length;
    report(path, sent);
    if (file != NULL)
        fclose(file);
}

static void serve_http(int fd, const char *folder)
{
    char line[2048], rest[2048], url[2000] = "", *path;

    signal(SIGPIPE, SIG_IGN);
    take_line(fd, line, sizeof line);
    do
        take_line(fd, rest, sizeof rest);
    while (rest[0] != '\0');
    if (sscanf(line, "GET %1999[^ ]", url) != 1)
        return;
    path = strchr(strncmp(url, "http://", 7) == 0 ? url + 7 : url, '/'); /* or asked as a proxy */
    if (path == NULL)
        return;
    if (strcmp(path, "/slow") == 0)
        pour(fd, path, 1, 200000);
    else if (strcmp(path, "/endless") == 0)
        pour(fd, path, 16384, 0);
    else if (strcmp(path, "/silent") == 0)
        take_line(fd, rest, sizeof rest);
    else if (strncmp(path, "/to?", 4) != 0)
        say_file(fd, folder, path);
    else {
        say(fd, "HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: ");
        say(fd, path + 4);
        say(fd, "\r\n\r\n");
        report(path, 0);
    }
}

static void say_alert(int fd, int code)
{
    char bytes[4096];
    const char alert[7] = {0x15, 3, 3, 0, 2, 2, (char)code};

    if (read(fd, bytes, sizeof bytes) > 0 && write(fd, alert, sizeof alert) > 0)
        while (read(fd, bytes, sizeof bytes) > 0) /* what comes then must not reset it */
            continue;
}

static void say_escaped(int fd, const char *text)
{
    for (; *text != '\0'; text++) {
        char byte = *text;
        if (byte == '\\' && (text[1] == 'r' || text[1] == 'n'))
            byte = *++text == 'r' ? '\r' : '\n';
        if (write(fd, &byte, 1) != 1)
            return;
    }
}

static void flood(int fd)
{
    static const char hello_request[] = "\x16\x03\x03\0\x04\0\0\0"; /* with its NUL */

    while (write(fd, hello_request, sizeof hello_request) == (ssize_t)sizeof hello_request)
        continue;
}

/* The beginning of a TLS record, or of nothing that is known. */
static void drip(int fd)
{
    const struct timespec tenth = {.tv_nsec = 100000000};

    if (write(fd, "\x16\x03\x03\x3f\xff", 5) != 5)
        return;
    while (write(fd, "\x02", 1) == 1)
        (void)nanosleep(&tenth, NULL);
}

static void serve(int fd, const char *mode, const char *argument, int is_odd)
{
    char line[64];

    if (strcmp(mode, "swap") == 0 ||
        (is_odd && (strcmp(mode, "lose") == 0 || strcmp(mode, "lag") == 0)))
        forward(fd, argument);
    else if (strcmp(mode, "flood") == 0)
        flood(fd);
    else if (strcmp(mode, "drip") == 0)
        drip(fd);
    else if (strcmp(mode, "say") == 0)
        say_escaped(fd, argument);
    else if (strcmp(mode, "stall") == 0 || strcmp(mode, "lag") == 0)
        for (;;)
            take_line(fd, line, sizeof line);
    else if (strcmp(mode, "alert") == 0)
        say_alert(fd, atoi(argument));
    else if (strcmp(mode, "http") == 0)
        serve_http(fd, argument);
    else if (strcmp(mode, "proxy") == 0 || strcmp(mode, "noproxy") == 0)
        serve_proxy(fd, strcmp(mode, "noproxy") == 0);
    else if (strcmp(mode, "close") != 0 && strcmp(mode, "lose") != 0)
        hold_dialogue(fd, mode, argument);
}

int main(int argc, char **argv)
{
    struct sockaddr_in address;
    int yes = 1;
    int listener = socket(AF_INET, SOCK_STREAM, 0);

    if (argc < 3) {
        fprintf(stderr, "usage: miniserver MODE PORT [ARGUMENT...]\n");
        return 1;
    }
    signal(SIGCHLD, SIG_IGN);
    address = loopback(argv[2]);
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) != 0 ||
        listen(listener, 16) != 0)
        die("listen");
    for (int count = 0;;) {
        int fd = accept(listener, NULL, NULL);
        if (fd < 0)
            continue;
        count++;
        if (fork() == 0) {
            close(listener);
            serve(fd, argv[1], argc > 3 ? argv[argc > 4 && count % 2 == 0 ? 4 : 3] : "", count % 2);
            _exit(0);
        }
        close(fd);
    }
}
