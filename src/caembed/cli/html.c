/* html.c -- texts -> elements of HTML and SVG, escaped */
#include "cli/html.h"

#include <stdarg.h>
#include <stdio.h>

#define ELEMENT_TEXT_SIZE 2001

void html_add_element(struct text *out, const char *tag, const char *attributes, const char *format,
                      ...)
{
    char raw[ELEMENT_TEXT_SIZE];
    va_list args;

    va_start(args, format);
    vsnprintf(raw, sizeof raw, format, args);
    va_end(args);
    text_add(out, "<%s%s>", tag, attributes);
    text_add_html(out, raw);
    text_add(out, "</%s>", tag);
}

void html_add_text(struct text *out, const char *format, ...)
{
    char raw[ELEMENT_TEXT_SIZE];
    va_list args;

    va_start(args, format);
    vsnprintf(raw, sizeof raw, format, args);
    va_end(args);
    text_add_html(out, raw);
}
