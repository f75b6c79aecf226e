/* arduino-esp32.ino -- GET / of a host on an ESP32 with the roots that caembed wrote. Untried on a board.
 *
 *   caembed -f arduino -t esp-idf -o ca.h api.example.com
 *
 * makes ca.h, beside this file. For an ESP8266, whose core has BearSSL, make it with -t bearssl; there use
 * BearSSL::X509List roots(SSL_CA_PEM) and client.setTrustAnchors(&roots) instead of setCACert(). */
#include <WiFi.h>
#include <WiFiClientSecure.h>
#include <time.h>

#include "ca.h"

static const char *const HOST = "api.example.com";

static void wait_for_wifi()
{
    WiFi.begin("SSID", "PASSWORD");
    while (WiFi.status() != WL_CONNECTED)
        delay(100);
}

/* Without the time nobody can tell whether a certificate is valid. */
static void wait_for_time()
{
    configTime(0, 0, "pool.ntp.org");
    while (time(NULL) < 1700000000)
        delay(100);
}

void setup()
{
    WiFiClientSecure client;

    Serial.begin(115200);
    wait_for_wifi();
    wait_for_time();
    client.setCACert(SSL_CA_PEM);
    if (!client.connect(HOST, 443)) {
        Serial.println("no TLS connection");
        return;
    }
    client.printf("GET / HTTP/1.0\r\nHost: %s\r\n\r\n", HOST);
    while (client.connected() || client.available())
        if (client.available())
            Serial.write(client.read());
}

void loop()
{
}
