/* values.c -- JSON names and values -> C names and values, or an error */
#include "values.h"

#include <ctype.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXACT_INTEGER_MAX                                                                          \
    9007199254740992.0 /* 2^53: beyond it a JSON number is no exact integer                        \
                        */

int error_set(struct error *error, const char *hint, const char *format, ...)
{
    va_list arguments;

    if (error->text[0] != '\0')
        return -1;
    va_start(arguments, format);
    (void)vsnprintf(error->text, sizeof error->text, format, arguments);
    va_end(arguments);
    (void)snprintf(error->hint, sizeof error->hint, "%s", hint == NULL ? "" : hint);
    return -1;
}

char *text_printf(const char *format, ...)
{
    va_list arguments;
    va_list again;
    char *text = NULL;
    int length;

    va_start(arguments, format);
    va_copy(again, arguments);
    length = vsnprintf(NULL, 0, format, arguments);
    if (length >= 0 && (text = malloc((size_t)length + 1)) != NULL)
        (void)vsnprintf(text, (size_t)length + 1, format, again);
    va_end(again);
    va_end(arguments);
    return text;
}

bool name_is_valid(const char *text)
{
    const size_t length = strlen(text);

    return length > 0 && length <= 128 &&
           strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.") ==
               length;
}

bool macro_name_is_valid(const char *text, size_t size)
{
    if (size == 0 || size > 256 || isdigit((unsigned char)text[0]))
        return false;
    for (size_t i = 0; i < size; i++)
        if (!isalnum((unsigned char)text[i]) && text[i] != '_')
            return false;
    return !(size == strlen("defined") && memcmp(text, "defined", size) == 0);
}

/* Skips a string or character literal that starts at text; NULL if it does not end. */
static const char *skip_literal(const char *text)
{
    const char quote = *text++;

    for (; *text != '\0' && *text != quote; text++)
        if (*text == '\\' && *++text == '\0')
            return NULL;
    return *text == quote ? text + 1 : NULL;
}

bool macro_value_is_valid(const char *text)
{
    for (const char *c = text; *c != '\0'; c++)
        if (iscntrl((unsigned char)*c) ||
            strncmp(c, "?\?/", 3) == 0) /* the trigraph of a backslash */
            return false;
    while (text != NULL && *text != '\0') {
        if (*text == '"' || *text == '\'')
            text = skip_literal(text);
        else if (*text == '\\' || strncmp(text, "//", 2) == 0 || strncmp(text, "/*", 2) == 0 ||
                 strncmp(text, "##", 2) == 0)
            return false;
        else
            text++;
    }
    return text != NULL;
}

char *macro_name_of(const char *unit, const char *parameter)
{
    char *name = text_printf("MBED_CONF_%s_%s", unit, parameter);

    for (char *c = name; c != NULL && *c != '\0'; c++)
        *c = (char)(*c == '-' || *c == '.' ? '_' : toupper((unsigned char)*c));
    return name;
}

static char *number_to_c(double number)
{
    if (fabs(number) <= EXACT_INTEGER_MAX && floor(number) == number)
        return text_printf("%.0f", number);
    return fabs(number) < EXACT_INTEGER_MAX ? text_printf("%.17g", number) : NULL;
}

int value_to_c(const cJSON *value, const char *name, char **out, struct error *error)
{
    char *text;

    if (cJSON_IsNull(value)) {
        *out = NULL;
        return 0;
    }
    if (cJSON_IsString(value) && !macro_value_is_valid(value->valuestring))
        return error_set(error, "it must be one line of C without comments and open quotes",
                         "value of '%s' cannot stand in a header", name);
    if (cJSON_IsString(value))
        text = text_printf("%s", value->valuestring);
    else if (cJSON_IsBool(value))
        text = text_printf("%d", cJSON_IsTrue(value) ? 1 : 0);
    else if (cJSON_IsNumber(value) && fabs(value->valuedouble) <= EXACT_INTEGER_MAX)
        text = number_to_c(value->valuedouble);
    else
        return error_set(error, "give a number up to 2^53, a string, true, false or null",
                         "value of '%s' is of no use", name);
    if (text == NULL)
        return error_set(error, NULL, "out of memory");
    *out = text;
    return 0;
}
