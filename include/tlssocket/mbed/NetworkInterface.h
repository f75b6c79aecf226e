/* NetworkInterface.h -- the PC's network by the name that Mbed OS gives a board's */
#ifndef TLSSOCKET_MBED_NETWORK_INTERFACE_H
#define TLSSOCKET_MBED_NETWORK_INTERFACE_H

#include <ifaddrs.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#if defined(__linux__)
#include <netpacket/packet.h>
#endif

#include "../network.h"
#include "Callback.h"
#include "SocketAddress.h"

/* Which name gave which address, so that connecting to the address still checks the name. The last
 * sixteen are remembered, by one thread. */
class NetworkNames
{
  public:
    static void remember(const char *ip, const char *name)
    {
        struct table &t = the_table();
        struct entry &e = t.entry[t.next++ % COUNT];

        snprintf(e.ip, sizeof e.ip, "%s", ip);
        snprintf(e.name, sizeof e.name, "%s", name);
    }

    /* The last name that gave this address; NULL if none did. */
    static const char *find(const char *ip)
    {
        const struct table &t = the_table();

        for (unsigned i = 1; i <= COUNT && i <= t.next; i++)
            if (strcmp(t.entry[(t.next - i) % COUNT].ip, ip) == 0)
                return t.entry[(t.next - i) % COUNT].name;
        return NULL;
    }

  private:
    enum { COUNT = 16 };
    struct entry {
        char ip[46];
        char name[254];
    };
    struct table {
        struct entry entry[COUNT];
        unsigned next;
    };

    static struct table &the_table()
    {
        static struct table t;
        return t;
    }
};

class WiFiInterface;

class NetworkInterface
{
  public:
    virtual ~NetworkInterface()
    {
    }

    /* The one interface, the PC's. Never NULL; not to be deleted. */
    static NetworkInterface *get_default_instance()
    {
        static NetworkInterface instance;
        return &instance;
    }

    /* The PC is connected already. Tells the listeners. */
    virtual nsapi_error_t connect()
    {
        return change(NSAPI_STATUS_GLOBAL_UP);
    }

    virtual nsapi_error_t disconnect()
    {
        return change(NSAPI_STATUS_DISCONNECTED);
    }

    virtual nsapi_connection_status_t get_connection_status() const
    {
        return status;
    }

    virtual nsapi_error_t set_blocking(bool blocking)
    {
        (void)blocking;
        return NSAPI_ERROR_OK;
    }

    /* A numeric address of the PC's, not loopback's if there is another. Borrowed until the next
     * call; NULL before connect(), as in Mbed OS. */
    virtual const char *get_ip_address()
    {
        if (status != NSAPI_STATUS_GLOBAL_UP)
            return NULL;
        read_addresses();
        return ip;
    }

    virtual nsapi_error_t get_ip_address(SocketAddress *address)
    {
        const char *text = get_ip_address();

        if (text == NULL || !address->set_ip_address(text))
            return NSAPI_ERROR_NO_CONNECTION;
        return NSAPI_ERROR_OK;
    }

    /* Of the address of get_ip_address(). */
    virtual nsapi_error_t get_netmask(SocketAddress *address)
    {
        if (get_ip_address() == NULL || !address->set_ip_address(netmask))
            return NSAPI_ERROR_NO_CONNECTION;
        return NSAPI_ERROR_OK;
    }

    /* The PC's is not told, as by an interface of Mbed OS that does not know it: the address
     * becomes empty. */
    virtual nsapi_error_t get_gateway(SocketAddress *address)
    {
        *address = SocketAddress();
        return NSAPI_ERROR_UNSUPPORTED;
    }

    /* NULL: the PC's network is taken as it is, by wire or not. */
    virtual WiFiInterface *wifiInterface()
    {
        return NULL;
    }

    /* "00:00:00:00:00:00" where it cannot be told. Borrowed until the next call. */
    virtual const char *get_mac_address()
    {
        read_addresses();
        return mac;
    }

    /* The first address of a name, by getaddrinfo; a numeric address is itself. */
    virtual nsapi_error_t gethostbyname(const char *host, SocketAddress *address,
                                        nsapi_version_t version = NSAPI_UNSPEC)
    {
        struct addrinfo hints, *found = NULL;
        char text[46];

        if (host == NULL || host[0] == '\0' || strlen(host) > 253)
            return NSAPI_ERROR_PARAMETER;
        memset(&hints, 0, sizeof hints);
        hints.ai_socktype = SOCK_STREAM;
        hints.ai_family = version == NSAPI_IPv4   ? AF_INET
                          : version == NSAPI_IPv6 ? AF_INET6
                                                  : AF_UNSPEC;
        if (getaddrinfo(host, NULL, &hints, &found) != 0)
            return NSAPI_ERROR_DNS_FAILURE;
        if (getnameinfo(found->ai_addr, found->ai_addrlen, text, sizeof text, NULL, 0,
                        NI_NUMERICHOST) != 0)
            text[0] = '\0';
        freeaddrinfo(found);
        if (!address->set_ip_address(text))
            return NSAPI_ERROR_DNS_FAILURE;
        if (strcmp(host, text) != 0)
            NetworkNames::remember(text, host);
        return NSAPI_ERROR_OK;
    }

    virtual void add_event_listener(mbed::Callback<void(nsapi_event_t, intptr_t)> listener)
    {
        if (listener_count < LISTENERS_MAX)
            listeners[listener_count++] = listener;
    }

    virtual void attach(mbed::Callback<void(nsapi_event_t, intptr_t)> listener)
    {
        add_event_listener(listener);
    }

    /* What the C library opens sockets on. */
    virtual const struct network *network()
    {
        return network_default();
    }

  protected:
    NetworkInterface() : status(NSAPI_STATUS_DISCONNECTED), listener_count(0)
    {
        ip[0] = netmask[0] = mac[0] = '\0';
    }

  private:
    enum { LISTENERS_MAX = 4 };
    nsapi_connection_status_t status;
    mbed::Callback<void(nsapi_event_t, intptr_t)> listeners[LISTENERS_MAX];
    int listener_count;
    char ip[46], netmask[46], mac[18];

    NetworkInterface(const NetworkInterface &);
    NetworkInterface &operator=(const NetworkInterface &);

    nsapi_error_t change(nsapi_connection_status_t next)
    {
        const bool differs = next != status;

        status = next;
        for (int i = 0; differs && i < listener_count; i++)
            listeners[i](NSAPI_EVENT_CONNECTION_STATUS_CHANGE, next);
        return NSAPI_ERROR_OK;
    }

    static void put_ipv4(const struct sockaddr *address, char text[46])
    {
        (void)!getnameinfo(address, sizeof(struct sockaddr_in), text, 46, NULL, 0, NI_NUMERICHOST);
    }

    void take_address(const struct ifaddrs *at)
    {
        if (at->ifa_addr->sa_family == AF_INET) {
            put_ipv4(at->ifa_addr, ip);
            if (at->ifa_netmask != NULL)
                put_ipv4(at->ifa_netmask, netmask);
        }
#if defined(__linux__)
        if (at->ifa_addr->sa_family == AF_PACKET) {
            struct sockaddr_ll link;
            memcpy(&link, at->ifa_addr, sizeof link);
            snprintf(mac, sizeof mac, "%02x:%02x:%02x:%02x:%02x:%02x", link.sll_addr[0],
                     link.sll_addr[1], link.sll_addr[2], link.sll_addr[3], link.sll_addr[4],
                     link.sll_addr[5]);
        }
#endif
    }

    void read_addresses()
    {
        struct ifaddrs *all = NULL;

        strcpy(ip, "127.0.0.1");
        strcpy(netmask, "255.0.0.0");
        strcpy(mac, "00:00:00:00:00:00");
        if (getifaddrs(&all) != 0)
            return;
        for (const struct ifaddrs *at = all; at != NULL; at = at->ifa_next)
            if (at->ifa_addr != NULL && (at->ifa_flags & IFF_UP) != 0 &&
                (at->ifa_flags & IFF_LOOPBACK) == 0)
                take_address(at);
        freeifaddrs(all);
    }
};

typedef NetworkInterface NetworkStack; /* sockets open on either */

#endif
