/* device_clock.c -- the validity of a certificate -> whether the device's clock lies in it */
#include "device/device_clock.h"

#include <stdio.h>

#include "base/timestamp.h"

/* Seconds since the epoch; a date that is none gives `otherwise`. */
static int64_t from_mbedtls(const mbedtls_x509_time *time, int64_t otherwise)
{
    char text[80];
    int64_t at = otherwise;

    snprintf(text, sizeof text, "%04d-%02d-%02dT%02d:%02d:%02dZ", time->year, time->mon, time->day,
             time->hour, time->min, time->sec);
    return timestamp_parse(text, &at) == 0 ? at : otherwise;
}

bool device_clock_in_date(const struct device_clock *clock, const mbedtls_x509_crt *crt)
{
    return !clock->checks_dates || (from_mbedtls(&crt->valid_from, INT64_MAX) <= clock->at &&
                                    clock->at <= from_mbedtls(&crt->valid_to, INT64_MIN));
}
