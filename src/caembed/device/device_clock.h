/* device_clock.h -- the dates of Mbed TLS's certificates against a device's clock */
#ifndef CAEMBED_DEVICE_DEVICE_CLOCK_H
#define CAEMBED_DEVICE_DEVICE_CLOCK_H

#include <mbedtls/x509_crt.h>
#include <stdbool.h>
#include <stdint.h>

struct device_clock {
    int64_t at;        /* what it shows, seconds since the epoch */
    bool checks_dates; /* MBEDTLS_HAVE_TIME_DATE; if not, every date is good */
};

/* Whether the certificate is valid at that time. */
bool device_clock_in_date(const struct device_clock *clock, const mbedtls_x509_crt *crt);

#endif
