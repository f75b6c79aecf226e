/* timestamp.h -- points in time: seconds since 1970-01-01T00:00:00Z, without leap seconds */
#ifndef CAEMBED_BASE_TIMESTAMP_H
#define CAEMBED_BASE_TIMESTAMP_H

#include <stdint.h>

#include "base/error.h"

#define TIMESTAMP_TEXT_SIZE sizeof "2026-01-01T00:00:00Z"
#define TIMESTAMP_DATE_SIZE sizeof "2026-01-01"
#define TIMESTAMP_NONE INT64_MAX

/* RFC 3339 section 5.6 (a fraction is cut off), or seconds since the epoch as digits; years 0000
 * to 9999. Returns 0, or -1 if text is neither; then *out is untouched. */
int timestamp_parse(const char *text, int64_t *out) MUST_USE;

/* RFC 3339 in UTC, whole seconds; a time outside the years 0000 to 9999 is shown as the nearest
 * inside. */
void timestamp_format(int64_t at, char out[TIMESTAMP_TEXT_SIZE]);

/* The date alone, likewise. */
void timestamp_format_date(int64_t at, char out[TIMESTAMP_DATE_SIZE]);

/* The time second_of_day seconds after midnight UTC of a date in the Gregorian calendar; month and
 * day start at 1. */
int64_t timestamp_from_date(int64_t year, int month, int day, int64_t second_of_day);

#endif
