/* lwip_tap.c -- lwIP over the tap device "caembed0" as network_default(), for the tests' programs
 *
 * It is 10.9.0.2; at 10.9.0.1 are the way out and the DNS. */
#include "tlssocket/network_lwip.h"

#include <lwip/dns.h>
#include <lwip/etharp.h>
#include <lwip/init.h>
#include <lwip/netif.h>
#include <lwip/sys.h>
#include <lwip/timeouts.h>
#include <netif/ethernet.h>

#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#define FRAME_MAX 1514

static int tap;
static struct netif ethernet;

u32_t sys_now(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (u32_t)((uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000);
}

static err_t send_frame(struct netif *netif, struct pbuf *frame)
{
    unsigned char bytes[FRAME_MAX];
    const u16_t size = pbuf_copy_partial(frame, bytes, sizeof bytes, 0);

    (void)netif;
    return write(tap, bytes, size) == size ? ERR_OK : ERR_IF;
}

static err_t set_up(struct netif *netif)
{
    static const unsigned char address[] = {2, 0, 0, 0, 0, 1};

    netif->name[0] = 't';
    netif->name[1] = 'p';
    netif->mtu = 1500;
    netif->hwaddr_len = sizeof address;
    memcpy(netif->hwaddr, address, sizeof address);
    netif->flags = NETIF_FLAG_BROADCAST | NETIF_FLAG_ETHARP | NETIF_FLAG_LINK_UP;
    netif->output = etharp_output;
    netif->linkoutput = send_frame;
    return ERR_OK;
}

static void receive_frames(void)
{
    unsigned char bytes[FRAME_MAX];
    ssize_t size;

    while ((size = read(tap, bytes, sizeof bytes)) > 0) {
        struct pbuf *frame = pbuf_alloc(PBUF_RAW, (u16_t)size, PBUF_POOL);

        if (frame == NULL)
            return; /* is lost, as on a small device */
        (void)pbuf_take(frame, bytes, (u16_t)size);
        if (ethernet.input(frame, &ethernet) != ERR_OK)
            (void)pbuf_free(frame);
    }
}

static void run(void *context, uint32_t max_ms)
{
    struct pollfd ready = {.fd = tap, .events = POLLIN};
    const u32_t timer_ms = sys_timeouts_sleeptime();

    (void)context;
    (void)poll(&ready, 1, (int)(timer_ms < max_ms ? timer_ms : max_ms));
    receive_frames();
    sys_check_timeouts();
}

static void start(void)
{
    struct ifreq request = {.ifr_flags = IFF_TAP | IFF_NO_PI};
    ip4_addr_t address;
    ip4_addr_t mask;
    ip_addr_t gateway;

    strcpy(request.ifr_name, "caembed0");
    tap = open("/dev/net/tun", O_RDWR | O_NONBLOCK);
    if (tap < 0 || ioctl(tap, TUNSETIFF, &request) != 0) {
        perror("caembed0");
        exit(3);
    }
    srandom((unsigned)sys_now()); /* or each program begins at the same port */
    lwip_init();
    IP4_ADDR(&address, 10, 9, 0, 2);
    IP4_ADDR(&mask, 255, 255, 255, 0);
    IP_ADDR4(&gateway, 10, 9, 0, 1);
    (void)netif_add(&ethernet, &address, &mask, ip_2_ip4(&gateway), NULL, set_up, ethernet_input);
    netif_set_default(&ethernet);
    netif_set_up(&ethernet);
    dns_setserver(0, &gateway);
}

static struct network_lwip lwip = {.run = run};

const struct network *network_default(void)
{
    static struct network network;

    if (network.open == NULL) {
        start();
        network = network_lwip(&lwip);
    }
    return &network;
}

nsapi_error_t network_wait(const struct network_transport *socket, bool for_write, int timeout_ms)
{
    (void)socket;
    (void)for_write;
    network_lwip_run(&lwip, timeout_ms < 0 || timeout_ms > 100 ? 100 : (uint32_t)timeout_ms);
    return NSAPI_ERROR_OK;
}
