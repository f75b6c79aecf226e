/* main.c -- a GET over a TLS socket that trusts the anchors of trust/ alone */
#include <stdio.h>
#include <string.h>
#include <zephyr/net/socket.h>
#include <zephyr/posix/netdb.h>
#include <zephyr/posix/sys/socket.h>
#include <zephyr/posix/unistd.h>

#include "credentials.h"

#define HOST "example.org"
#define TAG 1

static int connect_tls(void)
{
    static const struct addrinfo hints = {.ai_family = AF_INET, .ai_socktype = SOCK_STREAM};
    const sec_tag_t tags[] = {TAG};
    struct addrinfo *address;
    int fd;

    if (getaddrinfo(HOST, "443", &hints, &address) != 0)
        return -1;
    fd = socket(address->ai_family, SOCK_STREAM, IPPROTO_TLS_1_2);
    if (fd >= 0 && (setsockopt(fd, SOL_TLS, TLS_SEC_TAG_LIST, tags, sizeof tags) != 0 ||
                    setsockopt(fd, SOL_TLS, TLS_HOSTNAME, HOST, sizeof HOST) != 0 ||
                    connect(fd, address->ai_addr, address->ai_addrlen) != 0)) {
        close(fd);
        fd = -1;
    }
    freeaddrinfo(address);
    return fd;
}

int main(void)
{
    static const char request[] = "GET / HTTP/1.0\r\nHost: " HOST "\r\n\r\n";
    char answer[256];
    ssize_t size;
    int fd = -1;

    if (ssl_ca_add(TAG) == 0)
        fd = connect_tls();
    if (fd < 0 || send(fd, request, strlen(request), 0) < 0) {
        printf("no connection to " HOST "\n");
        return 1;
    }
    while ((size = recv(fd, answer, sizeof answer, 0)) > 0)
        fwrite(answer, 1, (size_t)size, stdout);
    close(fd);
    return 0;
}
