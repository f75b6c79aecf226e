/* lifecycle.c -- tab-separated rules -> a root's operator, and until when it is trusted for TLS
 * servers */
#include "lifecycle.h"

#include <stdbool.h>
#include <stdio.h>

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/input.h"
#include "base/timestamp.h"

#define DAY_S INT64_C(86400)
#define COLUMN_COUNT 4

static int add_row(struct table *table, char *line)
{
    char *(*rows)[COLUMN_COUNT] = array_grow(table->row, table->count, sizeof rows[0]);

    if (rows == NULL)
        return -1;
    table->row = rows;
    for (size_t i = 0; i < COLUMN_COUNT; i++) {
        rows[table->count][i] = line;
        line = line != NULL ? strchr(line, '\t') : NULL;
        if (line != NULL)
            *line++ = '\0';
    }
    table->count++;
    return 0;
}

int table_read(const char *path, struct table *out, struct error *err)
{
    size_t length;
    char *line, *next;

    *out = (struct table){.name = path};
    if (input_read(path, &out->text, &length, err) != 0)
        return -1;
    for (line = out->text; *line != '\0'; line = next) {
        next = line + strcspn(line, "\n");
        if (*next != '\0')
            *next++ = '\0';
        if (line[0] != '#' && line[0] != '\0' && add_row(out, line) != 0)
            return error_no_memory(err);
    }
    return 0;
}

void table_free(struct table *table)
{
    free(table->text);
    free(table->row);
    *table = (struct table){.text = NULL};
}

const char *table_find_owner(const struct table *owners, const char *sha256)
{
    for (size_t i = 0; i < owners->count; i++)
        if (strcmp(owners->row[i][0], sha256) == 0)
            return owners->row[i][1];
    return NULL;
}

/* A day as the time at which it begins. */
static int parse_day(const char *day, int64_t *out)
{
    char text[32];

    if (day == NULL || strlen(day) != sizeof "2026-01-01" - 1)
        return -1;
    snprintf(text, sizeof text, "%sT00:00:00Z", day);
    return timestamp_parse(text, out);
}

/* The same day so many years later; the 29th of February becomes the 28th. */
static int add_years(int64_t at, long years, int64_t *out)
{
    char date[TIMESTAMP_DATE_SIZE], later[TIMESTAMP_DATE_SIZE + 16];

    timestamp_format_date(at, date);
    snprintf(later, sizeof later, "%04ld%s", strtol(date, NULL, 10) + years, date + 4);
    if (strcmp(later + 4, "-02-29") == 0)
        later[sizeof "2026-02-2" - 1] = '8';
    return parse_day(later, out);
}

static int fail(const struct table *lifecycle, size_t row, struct error *err)
{
    return error_set(err, ERROR_USAGE, "%s: entry %zu is malformed", lifecycle->name, row + 1);
}

static int apply_rule(char *const rule[COLUMN_COUNT], int64_t key_made, int64_t *out, bool *fits)
{
    int64_t first, last;

    if (parse_day(rule[1], &first) != 0 || parse_day(rule[2], &last) != 0 || rule[3] == NULL)
        return -1;
    *fits = key_made >= first && key_made < last + DAY_S;
    if (!*fits)
        return 0;
    return rule[3][0] == '+' ? add_years(key_made, strtol(rule[3] + 1, NULL, 10), out)
                             : parse_day(rule[3], out);
}

int table_find_retirement(const struct table *lifecycle, const char *sha256, int64_t key_made,
                          int64_t *out, struct error *err)
{
    bool fits = false;

    for (size_t i = 0; i < lifecycle->count; i++) {
        char *const *row = lifecycle->row[i];
        if (strcmp(row[0], "override") == 0 && row[1] != NULL && strcmp(row[1], sha256) == 0)
            return parse_day(row[2], out) == 0 ? 0 : fail(lifecycle, i, err);
    }
    for (size_t i = 0; i < lifecycle->count && !fits; i++)
        if (strcmp(lifecycle->row[i][0], "rule") == 0 &&
            apply_rule(lifecycle->row[i], key_made, out, &fits) != 0)
            return fail(lifecycle, i, err);
    return fits ? 0 : error_set(err, ERROR_USAGE, "%s: no rule for %s", lifecycle->name, sha256);
}
