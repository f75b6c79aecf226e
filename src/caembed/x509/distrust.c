/* distrust.c -- the comment before a certificate -> its distrust-after date */
#include "x509/distrust.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/timestamp.h"

#define KEY "# distrust-after: "
#define LINE_MAX_LENGTH 120 /* a longer one is cut, and then no date */

/* Whether a line means to be one: "distrust", "after", perhaps something between, then a value. */
static bool looks_like_one(const char *line)
{
    line += strspn(line, "#;/ \t");
    if (strncasecmp(line, "distrust", 8) != 0)
        return false;
    line += 8 + strspn(line + 8, "-_ \t");
    if (strncasecmp(line, "after", 5) != 0)
        return false;
    line += 5 + strspn(line + 5, " \t");
    return *line == '\0' || strchr(":=0123456789", *line) != NULL;
}

static int read_line(const char *line, const char *name, int64_t *earliest, struct error *err)
{
    int64_t date;

    if (!looks_like_one(line))
        return 0;
    if (strncmp(line, KEY, strlen(KEY)) != 0 || timestamp_parse(line + strlen(KEY), &date) != 0) {
        error_set(err, ERROR_USAGE, "%s: '%s' is not a distrust-after date", name, line);
        return error_hint(err, "write it as " KEY "2026-01-31T23:59:59Z");
    }
    if (date < *earliest)
        *earliest = date;
    return 0;
}

int distrust_read(const char *comment, size_t length, const char *name, int64_t *out,
                  struct error *err)
{
    const char *end = comment + length;
    int64_t earliest = TIMESTAMP_NONE;

    while (comment < end) {
        char line[LINE_MAX_LENGTH];
        size_t line_length = 0;
        while (comment + line_length < end && strchr("\r\n", comment[line_length]) == NULL)
            line_length++;
        snprintf(line, sizeof line, "%.*s",
                 (int)(line_length < sizeof line ? line_length : sizeof line - 1), comment);
        if (read_line(line, name, &earliest, err) != 0)
            return -1;
        comment += line_length + 1;
    }
    *out = earliest;
    return 0;
}
