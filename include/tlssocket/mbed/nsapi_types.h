/* nsapi_types.h -- Mbed OS's types for networks: the library's, and what C++ programs use besides
 */
#ifndef TLSSOCKET_MBED_NSAPI_TYPES_H
#define TLSSOCKET_MBED_NSAPI_TYPES_H

#include "../nsapi_types.h"

#include <stdint.h>

typedef enum nsapi_version { NSAPI_UNSPEC, NSAPI_IPv4, NSAPI_IPv6 } nsapi_version_t;

typedef enum nsapi_connection_status {
    NSAPI_STATUS_LOCAL_UP = 0,
    NSAPI_STATUS_GLOBAL_UP = 1,
    NSAPI_STATUS_DISCONNECTED = 2,
    NSAPI_STATUS_CONNECTING = 3,
    NSAPI_STATUS_ERROR_UNSUPPORTED = NSAPI_ERROR_UNSUPPORTED
} nsapi_connection_status_t;

typedef enum nsapi_event {
    NSAPI_EVENT_CONNECTION_STATUS_CHANGE = 0,
    NSAPI_EVENT_CELLULAR_STATUS_BASE = 0x1000,
    NSAPI_EVENT_CELLULAR_STATUS_END = 0x1FFF
} nsapi_event_t;

#endif
