/* html.h -- elements of an HTML page or of an SVG in it, with everything from outside escaped
 *
 * The page is ASCII, well-formed as XML too, and no line begins with text from outside. */
#ifndef CAEMBED_CLI_HTML_H
#define CAEMBED_CLI_HTML_H

#include "base/text.h"

/* Adds <tag attributes>text</tag>, on the line that it is on. `attributes` is markup of ours, "" or
 * beginning with a blank; the text is made of the format, cut at 2000 bytes, and escaped by
 * text_add_html(). */
void html_add_element(struct text *out, const char *tag, const char *attributes, const char *format,
                      ...) PRINTF_LIKE(4, 5);

/* Adds a text alone, escaped likewise: inside an element, or in an attribute's double quotes. */
void html_add_text(struct text *out, const char *format, ...) PRINTF_LIKE(2, 3);

#endif
