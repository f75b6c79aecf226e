/* WiFiAccessPoint.h -- an access point that WiFiInterface::scan() found */
#ifndef TLSSOCKET_MBED_WIFI_ACCESS_POINT_H
#define TLSSOCKET_MBED_WIFI_ACCESS_POINT_H

#include <string.h>

#include "nsapi_types.h"

class WiFiAccessPoint
{
  public:
    /* No access point: empty name, all zeros. */
    WiFiAccessPoint()
    {
        memset(&ap, 0, sizeof ap);
    }
    WiFiAccessPoint(nsapi_wifi_ap_t found) : ap(found)
    {
    }

    const char *get_ssid() const
    {
        return ap.ssid;
    }
    const uint8_t *get_bssid() const
    {
        return ap.bssid;
    }
    nsapi_security_t get_security() const
    {
        return ap.security;
    }
    int8_t get_rssi() const
    {
        return ap.rssi;
    }
    uint8_t get_channel() const
    {
        return ap.channel;
    }

  private:
    nsapi_wifi_ap_t ap;
};

#endif
