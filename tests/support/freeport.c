/* freeport.c -- prints a TCP port of 127.0.0.1 that nobody listens on
 *
 * It lies below the ports that connect() takes by itself (32768 on Linux), so that no connection of
 * a test that runs at the same time can have it; by chance, so that two tests seldom get the same.
 */
#include <arpa/inet.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define FIRST 10000
#define COUNT 22000
#define TRIES 1000

static uint32_t seed(void)
{
    struct timespec now = {0, 0};

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint32_t)now.tv_nsec * 2654435761u ^ (uint32_t)getpid() * 40503u;
}

/* Whether the port can be bound, and so is free. */
static int is_free(uint16_t port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    int bound;

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    bound = fd >= 0 && bind(fd, (struct sockaddr *)&address, sizeof address) == 0;
    if (fd >= 0)
        close(fd);
    return bound;
}

int main(void)
{
    uint32_t state = seed();

    for (int i = 0; i < TRIES; i++) {
        uint16_t port;
        state = state * 1664525u + 1013904223u;
        port = (uint16_t)(FIRST + (state >> 8) % COUNT);
        if (is_free(port)) {
            printf("%u\n", (unsigned)port);
            return 0;
        }
    }
    return 1;
}
