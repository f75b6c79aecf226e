/* timestamp.c -- RFC 3339 text, digits, ASN.1 times -> seconds since the epoch, and back */
#include "base/timestamp.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define DAY_S 86400
#define YEAR_0000_S (-INT64_C(62167219200)) /* 0000-01-01T00:00:00Z */
#define YEAR_9999_S INT64_C(253402300799)   /* 9999-12-31T23:59:59Z */

static bool is_leap(int64_t year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int days_in_month(int64_t year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

    return days[month - 1] + (month == 2 && is_leap(year) ? 1 : 0);
}

/* Days from 0000-01-01 to the first of January of year, which is not negative. */
static int64_t days_before_year(int64_t year)
{
    return 365 * year + (year + 3) / 4 - (year + 99) / 100 + (year + 399) / 400;
}

int64_t timestamp_from_date(int64_t year, int month, int day, int64_t second_of_day)
{
    int64_t days = days_before_year(year) + day - 1;

    for (int m = 1; m < month; m++)
        days += days_in_month(year, m);
    return YEAR_0000_S + days * DAY_S + second_of_day;
}

/* Reads `count` digits; returns their value and moves *text on, or returns -1. */
static int take_digits(const char **text, int count)
{
    int value = 0;

    for (int i = 0; i < count; i++, (*text)++) {
        if (**text < '0' || **text > '9')
            return -1;
        value = value * 10 + (**text - '0');
    }
    return value;
}

static bool take_one_of(const char **text, const char *set)
{
    if (**text == '\0' || strchr(set, **text) == NULL)
        return false;
    (*text)++;
    return true;
}

/* `Z` or an offset such as +01:00; *offset_s is what to subtract to come to UTC. */
static bool take_offset(const char **text, int64_t *offset_s)
{
    bool west = **text == '-';
    int hour, minute;

    *offset_s = 0;
    if (take_one_of(text, "Zz"))
        return true;
    if (!take_one_of(text, "+-"))
        return false;
    hour = take_digits(text, 2);
    if (hour < 0 || hour > 23 || !take_one_of(text, ":"))
        return false;
    minute = take_digits(text, 2);
    if (minute < 0 || minute > 59)
        return false;
    *offset_s = (west ? -1 : 1) * (hour * 3600 + minute * 60);
    return true;
}

static int parse_rfc3339(const char *text, int64_t *out)
{
    int year, month, day, hour, minute, second;
    int64_t offset_s, at;

    year = take_digits(&text, 4);
    if (year < 0 || !take_one_of(&text, "-"))
        return -1;
    month = take_digits(&text, 2);
    if (month < 1 || month > 12 || !take_one_of(&text, "-"))
        return -1;
    day = take_digits(&text, 2);
    if (day < 1 || day > days_in_month(year, month) || !take_one_of(&text, "Tt "))
        return -1;
    hour = take_digits(&text, 2);
    if (hour < 0 || hour > 23 || !take_one_of(&text, ":"))
        return -1;
    minute = take_digits(&text, 2);
    if (minute < 0 || minute > 59 || !take_one_of(&text, ":"))
        return -1;
    second = take_digits(&text, 2);
    if (second < 0 || second > 60)
        return -1;
    if (take_one_of(&text, ".")) {
        if (take_digits(&text, 1) < 0)
            return -1;
        while (take_digits(&text, 1) >= 0)
            continue;
    }
    if (!take_offset(&text, &offset_s) || *text != '\0')
        return -1;
    at = timestamp_from_date(year, month, day, hour * 3600 + minute * 60 + second) - offset_s;
    if (at < YEAR_0000_S || at > YEAR_9999_S)
        return -1;
    *out = at;
    return 0;
}

static int parse_epoch(const char *text, int64_t *out)
{
    int64_t value = 0;

    for (; *text != '\0'; text++) {
        if (*text < '0' || *text > '9' || value > YEAR_9999_S / 10)
            return -1;
        value = value * 10 + (*text - '0');
    }
    if (value > YEAR_9999_S)
        return -1;
    *out = value;
    return 0;
}

int timestamp_parse(const char *text, int64_t *out)
{
    if (*text == '\0')
        return -1;
    return strchr(text, ':') != NULL ? parse_rfc3339(text, out) : parse_epoch(text, out);
}

void timestamp_format(int64_t at, char out[TIMESTAMP_TEXT_SIZE])
{
    int64_t days, second_of_day, year;
    int month = 1;

    at = at < YEAR_0000_S ? YEAR_0000_S : at > YEAR_9999_S ? YEAR_9999_S : at;
    days = (at - YEAR_0000_S) / DAY_S;
    second_of_day = (at - YEAR_0000_S) % DAY_S;
    year = days / 366;
    while (days_before_year(year + 1) <= days)
        year++;
    days -= days_before_year(year);
    while (days >= days_in_month(year, month))
        days -= days_in_month(year, month++);
    snprintf(out, TIMESTAMP_TEXT_SIZE, "%04u-%02u-%02uT%02u:%02u:%02uZ", (unsigned)year % 10000,
             (unsigned)month % 100, (unsigned)(days + 1) % 100,
             (unsigned)(second_of_day / 3600) % 100, (unsigned)(second_of_day / 60 % 60),
             (unsigned)(second_of_day % 60));
}

void timestamp_format_date(int64_t at, char out[TIMESTAMP_DATE_SIZE])
{
    char text[TIMESTAMP_TEXT_SIZE];

    timestamp_format(at, text);
    memcpy(out, text, TIMESTAMP_DATE_SIZE - 1);
    out[TIMESTAMP_DATE_SIZE - 1] = '\0';
}
