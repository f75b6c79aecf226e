/* SocketAddress.h -- an IP address as text, and a port */
#ifndef TLSSOCKET_MBED_SOCKET_ADDRESS_H
#define TLSSOCKET_MBED_SOCKET_ADDRESS_H

#include <arpa/inet.h>
#include <stdint.h>
#include <string.h>

#include "../transport.h"
#include "nsapi_types.h"

class SocketAddress
{
  public:
    /* A numeric address; anything else leaves it empty, as in Mbed OS. */
    SocketAddress(const char *ip = NULL, uint16_t port = 0)
    {
        memset(&address, 0, sizeof address);
        address.port = port;
        if (ip != NULL)
            (void)set_ip_address(ip);
    }

    SocketAddress(const struct network_address &other) : address(other)
    {
    }

    bool set_ip_address(const char *ip)
    {
        unsigned char bytes[16];

        if (ip == NULL || strlen(ip) >= sizeof address.ip ||
            (inet_pton(AF_INET, ip, bytes) != 1 && inet_pton(AF_INET6, ip, bytes) != 1)) {
            address.ip[0] = '\0';
            return false;
        }
        strcpy(address.ip, ip);
        return true;
    }

    void set_port(uint16_t port)
    {
        address.port = port;
    }

    /* NULL if there is none. Borrowed. */
    const char *get_ip_address() const
    {
        return address.ip[0] != '\0' ? address.ip : NULL;
    }

    nsapi_version_t get_ip_version() const
    {
        return address.ip[0] == '\0'             ? NSAPI_UNSPEC
               : strchr(address.ip, ':') != NULL ? NSAPI_IPv6
                                                 : NSAPI_IPv4;
    }

    uint16_t get_port() const
    {
        return address.port;
    }

    operator bool() const
    {
        return address.ip[0] != '\0';
    }

    friend bool operator==(const SocketAddress &a, const SocketAddress &b)
    {
        return strcmp(a.address.ip, b.address.ip) == 0 && a.address.port == b.address.port;
    }

    friend bool operator!=(const SocketAddress &a, const SocketAddress &b)
    {
        return !(a == b);
    }

    /* The same as the C library has it. */
    struct network_address address;
};

#endif
