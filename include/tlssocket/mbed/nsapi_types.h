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

/* Of a wireless network. */
typedef enum nsapi_security {
    NSAPI_SECURITY_NONE = 0x0,
    NSAPI_SECURITY_WEP = 0x1,
    NSAPI_SECURITY_WPA = 0x2,
    NSAPI_SECURITY_WPA2 = 0x3,
    NSAPI_SECURITY_WPA_WPA2 = 0x4,
    NSAPI_SECURITY_PAP = 0x5,
    NSAPI_SECURITY_CHAP = 0x6,
    NSAPI_SECURITY_EAP_TLS = 0x7,
    NSAPI_SECURITY_PEAP = 0x8,
    NSAPI_SECURITY_WPA2_ENT = 0x9,
    NSAPI_SECURITY_WPA3 = 0xA,
    NSAPI_SECURITY_WPA3_WPA2 = 0xB,
    NSAPI_SECURITY_UNKNOWN = 0xFF
} nsapi_security_t;

/* What a scan tells of an access point. */
typedef struct nsapi_wifi_ap {
    char ssid[33]; /* ends with a NUL */
    uint8_t bssid[6];
    nsapi_security_t security;
    int8_t rssi; /* dBm */
    uint8_t channel;
} nsapi_wifi_ap_t;

#endif
