/* WiFiInterface.h -- what a driver of a wireless network offers; the face of a PC has none
 *
 * NetworkInterface::wifiInterface() is NULL, as for any other interface in Mbed OS, so that a
 * program takes its way without Wi-Fi. A test may derive a driver of its own.
 */
#ifndef TLSSOCKET_MBED_WIFI_INTERFACE_H
#define TLSSOCKET_MBED_WIFI_INTERFACE_H

#include "NetworkInterface.h"
#include "WiFiAccessPoint.h"

class WiFiInterface : public virtual NetworkInterface
{
  public:
    /* The PC's: NULL. */
    static WiFiInterface *get_default_instance()
    {
        return NULL;
    }

    virtual nsapi_error_t set_credentials(const char *ssid, const char *pass,
                                          nsapi_security_t security = NSAPI_SECURITY_NONE) = 0;
    virtual nsapi_error_t set_channel(uint8_t channel) = 0;
    virtual int8_t get_rssi() = 0;
    virtual nsapi_error_t connect(const char *ssid, const char *pass,
                                  nsapi_security_t security = NSAPI_SECURITY_NONE,
                                  uint8_t channel = 0) = 0;
    virtual nsapi_error_t connect() = 0;
    virtual nsapi_error_t disconnect() = 0;

    /* Finds up to `count` access points, all if it is 0; returns their number or an error. */
    virtual nsapi_size_or_error_t scan(WiFiAccessPoint *found, nsapi_size_t count) = 0;

    virtual WiFiInterface *wifiInterface()
    {
        return this;
    }
};

#endif
