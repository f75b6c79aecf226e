/* nsapi_types.h -- the error values and sizes of Mbed OS's network sockets
 *
 * The values are those of Mbed OS's own nsapi_types.h, which takes the place of this one there.
 */
#ifndef TLSSOCKET_NSAPI_TYPES_H
#define TLSSOCKET_NSAPI_TYPES_H

#if defined(__MBED__)
#include "netsocket/nsapi_types.h"
#else

#ifdef __cplusplus
extern "C" {
#endif

enum nsapi_error {
    NSAPI_ERROR_OK = 0,
    NSAPI_ERROR_WOULD_BLOCK = -3001,        /* nothing could be done without waiting */
    NSAPI_ERROR_UNSUPPORTED = -3002,        /* the transport or a TLS socket cannot do that */
    NSAPI_ERROR_PARAMETER = -3003,          /* an argument that can never work */
    NSAPI_ERROR_NO_CONNECTION = -3004,      /* not connected, or no longer */
    NSAPI_ERROR_NO_SOCKET = -3005,          /* not open */
    NSAPI_ERROR_NO_ADDRESS = -3006,         /* no address to bind or connect to */
    NSAPI_ERROR_NO_MEMORY = -3007,          /* an allocation failed */
    NSAPI_ERROR_NO_SSID = -3008,            /* for the sake of the numbering; never returned here */
    NSAPI_ERROR_DNS_FAILURE = -3009,        /* the name could not be resolved */
    NSAPI_ERROR_DHCP_FAILURE = -3010,       /* never returned here */
    NSAPI_ERROR_AUTH_FAILURE = -3011,       /* no connection that could be trusted came about */
    NSAPI_ERROR_DEVICE_ERROR = -3012,       /* the connection broke down; see enum tls_cause */
    NSAPI_ERROR_IN_PROGRESS = -3013,        /* connecting; call again */
    NSAPI_ERROR_ALREADY = -3014,            /* already under way */
    NSAPI_ERROR_IS_CONNECTED = -3015,       /* already connected */
    NSAPI_ERROR_CONNECTION_LOST = -3016,    /* the peer or the link went away */
    NSAPI_ERROR_CONNECTION_TIMEOUT = -3017, /* connecting took longer than the time-out */
    NSAPI_ERROR_ADDRESS_IN_USE = -3018,     /* bind: taken */
    NSAPI_ERROR_TIMEOUT = -3019,            /* sending or receiving took longer than the time-out */
    NSAPI_ERROR_BUSY = -3020                /* try again later */
};

typedef signed int nsapi_error_t;
typedef unsigned int nsapi_size_t;
typedef signed int nsapi_size_or_error_t;

#ifdef __cplusplus
}
#endif

#endif
#endif
