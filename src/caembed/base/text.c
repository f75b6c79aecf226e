/* text.c -- bytes from outside -> comment, terminal and hex text */
#include "base/text.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

static bool text_reserve(struct text *text, size_t more)
{
    size_t capacity = text->capacity > 0 ? text->capacity : 256;
    char *data;

    if (text->failed)
        return false;
    while (capacity - text->length <= more) /* leaves room for the NUL */
        capacity *= 2;
    if (capacity == text->capacity)
        return true;
    data = realloc(text->data, capacity);
    if (data == NULL) {
        text->failed = true;
        return false;
    }
    text->data = data;
    text->capacity = capacity;
    return true;
}

void text_add_bytes(struct text *text, const char *bytes, size_t length)
{
    if (!text_reserve(text, length))
        return;
    if (length > 0)
        memcpy(text->data + text->length, bytes, length);
    text->length += length;
    text->data[text->length] = '\0';
}

void text_add(struct text *text, const char *format, ...)
{
    va_list args;
    int length;

    va_start(args, format);
    length = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (length < 0)
        text->failed = true;
    if (!text_reserve(text, (size_t)length))
        return;
    va_start(args, format);
    vsnprintf(text->data + text->length, (size_t)length + 1, format, args);
    va_end(args);
    text->length += (size_t)length;
}

bool text_take_line(const struct text *text, size_t *at, struct text *line)
{
    const size_t left = text->length - *at;
    const char *end;
    char *start;
    size_t length;

    if (left == 0)
        return false;
    start = text->data + *at;
    end = memchr(start, '\n', left);
    length = end != NULL ? (size_t)(end - start) : left;
    *at += length + (end != NULL ? 1 : 0);
    if (end != NULL && length > 0 && start[length - 1] == '\r')
        length--;
    *line = (struct text){.data = start, .length = length};
    return true;
}

void text_free(struct text *text)
{
    free(text->data);
    *text = (struct text){0};
}

static bool is_printable(unsigned char byte)
{
    return byte >= 0x20 && byte < 0x7f;
}

/* In a comment a star or a slash may meet its partner, and two question marks start a trigraph. */
static bool is_harmless_in_comment(unsigned char byte, unsigned char before)
{
    if (!is_printable(byte))
        return false;
    return !(byte == '/' && (before == '*' || before == '?')) && !(byte == '*' && before == '/') &&
           !(byte == '?' && before == '?');
}

void text_add_comment(struct text *text, const char *bytes)
{
    unsigned char before = text->length > 0 ? (unsigned char)text->data[text->length - 1] : 0;

    for (; *bytes != '\0'; bytes++) {
        unsigned char byte = (unsigned char)*bytes;
        if (byte == '#' && before == '#')
            text_add(text, "\\x23");
        else if (is_harmless_in_comment(byte, before))
            text_add_bytes(text, bytes, 1);
        else
            text_add(text, "\\%02X", byte);
        before = byte;
    }
    if (before == '\\') /* a line must not end in one: RFC 4514 reads `\5C` the same */
        text_add_bytes(text, " ", 1);
}

void text_add_ascii(struct text *text, const char *bytes)
{
    for (; *bytes != '\0'; bytes++) {
        unsigned char byte = (unsigned char)*bytes;
        text_add(text, is_printable(byte) ? "%c" : "\\%02X", byte);
    }
}

/* The runners of GitHub and Azure obey `##[command]` and `##vso[command]` anywhere in a line. */
static bool begins_command(const char *bytes)
{
    return bytes[0] == '#' && bytes[1] == '#';
}

/* How many bytes of `bytes` were written as *out: one as it is, or what stands for it. */
static size_t escape_plain(const char *bytes, char out[8])
{
    if (begins_command(bytes)) {
        snprintf(out, 8, "#\\x23");
        return 2;
    }
    snprintf(out, 8, is_printable((unsigned char)*bytes) ? "%c" : "\\%02X", (unsigned char)*bytes);
    return 1;
}

void text_add_plain(struct text *text, const char *bytes)
{
    char piece[8];

    while (*bytes != '\0') {
        bytes += escape_plain(bytes, piece);
        text_add(text, "%s", piece);
    }
}

/* GitHub's runner takes `::command` at the start of a line, white space before it aside. */
static size_t blanks_before_command(const char *line)
{
    const size_t blanks = strspn(line, " \t\v\f\r");

    return strncmp(line + blanks, "::", 2) == 0 ? blanks : SIZE_MAX;
}

void text_add_plain_line(struct text *text, const char *line)
{
    const size_t blanks = blanks_before_command(line);

    if (blanks != SIZE_MAX) {
        text_add(text, "%*s\\x3a", (int)blanks, "");
        line += blanks + 1;
    }
    text_add_plain(text, line);
}

void text_put(FILE *stream, const char *bytes)
{
    char piece[8];

    while (*bytes != '\0') {
        bytes += escape_plain(bytes, piece);
        fputs(piece, stream);
    }
}

void text_put_line(FILE *stream, const char *bytes)
{
    const size_t blanks = blanks_before_command(bytes);

    if (blanks != SIZE_MAX) {
        fprintf(stream, "%*s\\x3a", (int)blanks, "");
        bytes += blanks + 1;
    }
    text_put(stream, bytes);
    putc('\n', stream);
}

void text_add_json(struct text *text, const char *json)
{
    for (; *json != '\0'; json++) {
        if (begins_command(json)) {
            text_add(text, "#\\u0023");
            json++;
        } else if (strncmp(json, "\"::", 3) == 0) {
            text_add(text, "\"\\u003a");
            json++;
        } else {
            text_add_bytes(text, json, 1);
        }
    }
}

static const char *html_reference(char byte)
{
    static const struct {
        char byte;
        const char *reference;
    } rows[] = {{'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&quot;"}, {'\'', "&#39;"}};

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (rows[i].byte == byte)
            return rows[i].reference;
    return NULL;
}

void text_add_html(struct text *text, const char *bytes)
{
    char piece[8];

    while (*bytes != '\0') {
        const char *reference = html_reference(*bytes);
        bytes += escape_plain(bytes, piece);
        text_add(text, "%s", reference != NULL ? reference : piece);
    }
}

void text_from_sha256(const uint8_t digest[SHA256_LENGTH], char out[SHA256_TEXT_SIZE])
{
    for (size_t i = 0; i < SHA256_LENGTH; i++)
        snprintf(out + 2 * i, 3, "%02x", (unsigned)digest[i]);
}

static int hex_value(char digit)
{
    static const char digits[] = "0123456789abcdef";
    const char *found;

    if (digit == '\0')
        return -1;
    found = strchr(digits, tolower((unsigned char)digit));
    return found != NULL ? (int)(found - digits) : -1;
}

int text_to_sha256(const char *text, uint8_t out[SHA256_LENGTH])
{
    for (size_t i = 0; i < SHA256_LENGTH; i++) {
        int high, low;
        if (i > 0 && *text == ':')
            text++;
        high = hex_value(text[0]);
        low = high < 0 ? -1 : hex_value(text[1]);
        if (low < 0)
            return -1;
        out[i] = (uint8_t)(high << 4 | low);
        text += 2;
    }
    return *text == '\0' ? 0 : -1;
}

const char *text_base_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash != NULL ? slash + 1 : path;
}
