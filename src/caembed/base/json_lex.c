/* json_lex.c -- bytes -> the strings, numbers and keys of JSON and JSON5 */
#include "base/json_lex.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

static const char digits[] = "0123456789";
static const char hex_digits[] = "0123456789abcdefABCDEF";
static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_$";

/* strchr() finds the NUL, too. */
static bool is_one_of(char byte, const char *set)
{
    return byte != '\0' && strchr(set, byte) != NULL;
}

/* ---- places and messages ---- */

static void advance(struct json_place *place, const char *bytes, size_t to)
{
    for (; place->at < to; place->at++) {
        if (bytes[place->at] == '\n') {
            place->line++;
            place->column = 1;
        } else if (((unsigned char)bytes[place->at] & 0xc0) != 0x80) {
            place->column++; /* a character's first byte */
        }
    }
}

int json_fail(struct json_lexer *lexer, size_t at, const char *format, ...)
{
    struct json_place place = {0, 1, 1};
    char what[200];
    va_list args;

    advance(&place, lexer->bytes, at);
    va_start(args, format);
    vsnprintf(what, sizeof what, format, args);
    va_end(args);
    return error_set(lexer->err, ERROR_USAGE, "%.300s:%zu:%zu: %s", lexer->name, place.line,
                     place.column, what);
}

size_t json_line(struct json_lexer *lexer, size_t at)
{
    advance(&lexer->place, lexer->bytes, at);
    return lexer->place.line;
}

int json_expected(struct json_lexer *lexer, const char *wanted)
{
    unsigned char byte = (unsigned char)lexer->bytes[lexer->at];

    if (byte == '\0')
        return json_fail(lexer, lexer->at, "expected %s, found the end of the file", wanted);
    if (byte < 0x20 || byte >= 0x7f)
        return json_fail(lexer, lexer->at, "expected %s, found the byte 0x%02x", wanted, byte);
    return json_fail(lexer, lexer->at, "expected %s, found '%c'", wanted, byte);
}

/* JSON5 has it, JSON does not. */
static int need_five(struct json_lexer *lexer, size_t at, const char *what)
{
    if (lexer->dialect == JSON_FIVE)
        return 0;
    return json_fail(lexer, at, "found %s, which plain JSON does not have", what);
}

static int take(struct json_lexer *lexer, size_t length)
{
    lexer->at += length;
    lexer->tail = lexer->at;
    return 0;
}

bool json_take_word(struct json_lexer *lexer, const char *word)
{
    size_t length = strlen(word);

    if (strncmp(lexer->bytes + lexer->at, word, length) != 0)
        return false;
    take(lexer, length);
    return true;
}

/* ---- white space and comments ---- */

#define BYTE_ORDER_MARK 0xfeff

/* White space and line ends of JSON5 beyond ASCII: U+FEFF, Unicode's category Zs, U+2028 and
 * U+2029. */
static bool is_wide_space(uint32_t code)
{
    return code == BYTE_ORDER_MARK || code == 0xa0 || code == 0x1680 ||
           (code >= 0x2000 && code <= 0x200a) || code == 0x2028 || code == 0x2029 ||
           code == 0x202f || code == 0x205f || code == 0x3000;
}

/* The length of the white space character at `at`, 0 if it is none. */
static size_t space_length(const char *at, enum json_dialect dialect)
{
    size_t length = utf8_length(at);

    if (is_one_of(*at, " \t\r\n"))
        return 1;
    if (dialect != JSON_FIVE)
        return 0;
    if (*at == '\v' || *at == '\f')
        return 1;
    return length > 1 && is_wide_space(utf8_decode(at, length)) ? length : 0;
}

/* Of a line comment, LF, CR, U+2028 and U+2029 are the end. */
static size_t line_length(const char *at)
{
    size_t length = 0;

    while (!is_one_of(at[length], "\r\n") && at[length] != '\0' &&
           strncmp(at + length, "\xe2\x80\xa8", 3) != 0 &&
           strncmp(at + length, "\xe2\x80\xa9", 3) != 0)
        length++;
    return length;
}

static int skip_comment(struct json_lexer *lexer)
{
    const char *start = lexer->bytes + lexer->at;
    const char *end;

    if (need_five(lexer, lexer->at, "a comment") != 0)
        return -1;
    if (start[1] == '/')
        return take(lexer, line_length(start));
    end = strstr(start + 2, "*/");
    if (end == NULL)
        return json_fail(lexer, lexer->at, "found a comment that does not end");
    return take(lexer, (size_t)(end + 2 - start));
}

int json_skip_blank(struct json_lexer *lexer)
{
    for (;;) {
        const char *at = lexer->bytes + lexer->at;
        size_t length = space_length(at, lexer->dialect);
        if (length > 0)
            lexer->at += length;
        else if (at[0] != '/' || (at[1] != '/' && at[1] != '*'))
            break;
        else if (skip_comment(lexer) != 0)
            return -1;
    }
    if (strncmp(lexer->bytes + lexer->at, "\xef\xbb\xbf", 3) == 0)
        return need_five(lexer, lexer->at, "a byte order mark");
    return 0;
}

/* ---- strings and keys ---- */

/* So many hexadecimal digits as a number; -1 if they are none. */
static long hex_value(const char *at, size_t count)
{
    char copy[5] = {0};

    if (strspn(at, hex_digits) < count)
        return -1;
    memcpy(copy, at, count);
    return strtol(copy, NULL, 16);
}

/* `\uXXXX`, of which two may stand for one character. */
static int take_unicode(struct json_lexer *lexer, struct text *text)
{
    const char *at = lexer->bytes + lexer->at;
    long code = hex_value(at + 2, 4);
    long low = -1;

    if (code < 0)
        return json_fail(lexer, lexer->at, "found '\\u' without four hexadecimal digits");
    if (code == 0)
        return json_fail(lexer, lexer->at, "found the character U+0000");
    if (code >= 0xd800 && code <= 0xdbff && at[6] == '\\' && at[7] == 'u')
        low = hex_value(at + 8, 4);
    if (code >= 0xd800 && code <= 0xdfff && (low < 0xdc00 || low > 0xdfff || code > 0xdbff))
        return json_fail(lexer, lexer->at, "found half of a surrogate pair");
    if (low >= 0)
        code = 0x10000 + (code - 0xd800) * 0x400 + (low - 0xdc00);
    utf8_add(text, (uint32_t)code);
    return take(lexer, low >= 0 ? 12 : 6);
}

/* A backslash and a line end: both go. */
static size_t continuation_length(const char *at)
{
    if (at[1] == '\r' && at[2] == '\n')
        return 3;
    if (at[1] == '\r' || at[1] == '\n')
        return 2;
    return strncmp(at + 1, "\xe2\x80\xa8", 3) == 0 || strncmp(at + 1, "\xe2\x80\xa9", 3) == 0 ? 4
                                                                                              : 0;
}

/* What JSON5 has beyond JSON: `\xXX`, `\v`, `\'`, line continuations, and any other character for
 * itself, except for digits. */
static int take_escape_of_five(struct json_lexer *lexer, struct text *text)
{
    const char *at = lexer->bytes + lexer->at;
    size_t continuation = continuation_length(at);
    long code = at[1] == 'x' ? hex_value(at + 2, 2) : at[1] == 'v' ? '\v' : -1;

    if (continuation > 0)
        return take(lexer, continuation);
    if ((at[1] == '0' && !is_one_of(at[2], digits)) || (at[1] == 'x' && code == 0))
        return json_fail(lexer, lexer->at, "found the character U+0000");
    if (is_one_of(at[1], digits) || (at[1] == 'x' && code < 0))
        return json_fail(lexer, lexer->at, "found the unknown escape '\\%c'", at[1]);
    if (code > 0) {
        utf8_add(text, (uint32_t)code);
        return take(lexer, at[1] == 'x' ? 4 : 2);
    }
    text_add_bytes(text, at + 1, utf8_length(at + 1));
    return take(lexer, 1 + utf8_length(at + 1));
}

static int take_escape(struct json_lexer *lexer, struct text *text)
{
    static const char names[] = "\"\\/bfnrt";
    static const char stands_for[] = "\"\\/\b\f\n\r\t";
    const char *at = lexer->bytes + lexer->at;
    const char *found = is_one_of(at[1], names) ? strchr(names, at[1]) : NULL;

    if (at[1] == '\0')
        return json_fail(lexer, lexer->at, "found a string that does not end");
    if (at[1] == 'u')
        return take_unicode(lexer, text);
    if (found != NULL) {
        text_add_bytes(text, &stands_for[found - names], 1);
        return take(lexer, 2);
    }
    if (lexer->dialect == JSON_FIVE)
        return take_escape_of_five(lexer, text);
    if ((unsigned char)at[1] > 0x20 && (unsigned char)at[1] < 0x7f)
        return json_fail(lexer, lexer->at, "found the unknown escape '\\%c'", at[1]);
    return json_fail(lexer, lexer->at,
                     "found a backslash before white space or a byte beyond ASCII");
}

static int take_character(struct json_lexer *lexer, size_t start, struct text *text)
{
    const char *at = lexer->bytes + lexer->at;

    if (*at == '\\')
        return take_escape(lexer, text);
    if (*at == '\0' || *at == '\n' || *at == '\r')
        return json_fail(lexer, start, "found a string that does not end on its line");
    if ((unsigned char)*at < 0x20 && lexer->dialect != JSON_FIVE)
        return json_fail(lexer, lexer->at, "found the control character 0x%02x in a string",
                         (unsigned char)*at);
    text_add_bytes(text, at, 1);
    return take(lexer, 1);
}

/* Hands the text over, or frees it after a failure. */
static int finish(struct json_lexer *lexer, int rv, struct text *text, char **out)
{
    text_add_bytes(text, "", 0);
    if (rv == 0 && text->failed)
        rv = error_no_memory(lexer->err);
    if (rv == 0)
        *out = text->data;
    else
        text_free(text);
    return rv;
}

int json_take_string(struct json_lexer *lexer, char **out)
{
    size_t start = lexer->at;
    char quote = lexer->bytes[start];
    struct text text = {0};
    int rv = 0;

    if (quote == '\'')
        rv = need_five(lexer, start, "single quotes");
    else if (quote != '"')
        rv = json_expected(lexer, "a string");
    if (rv == 0)
        take(lexer, 1);
    while (rv == 0 && lexer->bytes[lexer->at] != quote)
        rv = take_character(lexer, start, &text);
    if (rv == 0)
        take(lexer, 1);
    return finish(lexer, rv, &text, out);
}

/* The length of the character at `at` of a key without quotes (ES5 7.6), 0 if it can't be one. */
static size_t name_length(const char *at, bool is_first)
{
    size_t length = utf8_length(at);

    if (length == 1)
        return is_one_of(*at, letters) || (!is_first && is_one_of(*at, digits)) ? 1 : 0;
    return length > 1 && !is_wide_space(utf8_decode(at, length)) ? length : 0;
}

int json_take_key(struct json_lexer *lexer, char **out)
{
    const char *at = lexer->bytes + lexer->at;
    struct text text = {0};
    int rv = 0;

    if (*at == '"' || *at == '\'')
        return json_take_string(lexer, out);
    if (name_length(at, true) == 0 && strncmp(at, "\\u", 2) != 0)
        return json_expected(lexer, lexer->dialect == JSON_FIVE ? "a key or '}'"
                                                                : "a key in quotes or '}'");
    rv = need_five(lexer, lexer->at, "a key without quotes");
    while (rv == 0) {
        size_t length = name_length(lexer->bytes + lexer->at, text.length == 0);
        if (length == 0 && strncmp(lexer->bytes + lexer->at, "\\u", 2) != 0)
            break;
        if (length == 0) {
            rv = take_unicode(lexer, &text);
        } else {
            text_add_bytes(&text, lexer->bytes + lexer->at, length);
            take(lexer, length);
        }
    }
    return finish(lexer, rv, &text, out);
}

/* ---- numbers ---- */

static int take_hex(struct json_lexer *lexer, const char *sign, char **out)
{
    const char *at = lexer->bytes + lexer->at + 2;
    size_t count = strspn(at, hex_digits);
    size_t zeros = strspn(at, "0");
    struct text text = {0};

    if (need_five(lexer, lexer->at, "a hexadecimal number") != 0)
        return -1;
    if (count == 0)
        return json_fail(lexer, lexer->at, "found '0x' without digits");
    if (count - (zeros < count ? zeros : count) > 16)
        return json_fail(lexer, lexer->at, "found a hexadecimal number of more than 64 bits");
    text_add(&text, "%s%llu", sign, strtoull(at, NULL, 16));
    take(lexer, 2 + count);
    return finish(lexer, 0, &text, out);
}

/* The length of the decimal number at `at`. Leaves without one: a leading zero, no digits. */
static int measure_decimal(struct json_lexer *lexer, size_t *length, enum json_kind *kind)
{
    const char *start = lexer->bytes + lexer->at;
    size_t whole = strspn(start, digits);
    size_t fraction = start[whole] == '.' ? strspn(start + whole + 1, digits) : 0;
    const char *at = start + whole + (start[whole] == '.' ? 1 + fraction : 0);

    if (whole > 1 && start[0] == '0')
        return json_fail(lexer, lexer->at, "found a number with a leading zero");
    if (whole + fraction == 0)
        return json_expected(lexer, "a value");
    if (start[whole] == '.' && (whole == 0 || fraction == 0) &&
        need_five(lexer, lexer->at, "a number that begins or ends with a point") != 0)
        return -1;
    if (*at == 'e' || *at == 'E') {
        at += at[1] == '+' || at[1] == '-' ? 2 : 1;
        if (!is_one_of(*at, digits))
            return json_fail(lexer, lexer->at, "found an exponent without digits");
        at += strspn(at, digits);
    }
    *length = (size_t)(at - start);
    *kind = *length > whole ? JSON_REAL : JSON_INTEGER;
    return 0;
}

/* Infinity and NaN, which are words. */
static int take_endless(struct json_lexer *lexer, const char *sign, char **out)
{
    size_t start = lexer->at;
    bool is_infinity = json_take_word(lexer, "Infinity");
    struct text text = {0};

    if (!is_infinity && !json_take_word(lexer, "NaN"))
        return json_expected(lexer, "a value");
    if (need_five(lexer, start, is_infinity ? "Infinity" : "NaN") != 0)
        return -1;
    text_add(&text, "%s%s", sign, is_infinity ? "Infinity" : "NaN");
    return finish(lexer, 0, &text, out);
}

int json_take_number(struct json_lexer *lexer, enum json_kind *kind, char **out)
{
    const char *at = lexer->bytes + lexer->at;
    const char *sign = *at == '-' ? "-" : "";
    struct text text = {0};
    size_t length = 0;

    if (*at == '+' && need_five(lexer, lexer->at, "a plus sign") != 0)
        return -1;
    if (*at == '+' || *at == '-')
        take(lexer, 1);
    at = lexer->bytes + lexer->at;
    *kind = JSON_REAL;
    if (*at == 'I' || *at == 'N')
        return take_endless(lexer, sign, out);
    *kind = JSON_INTEGER;
    if (at[0] == '0' && (at[1] == 'x' || at[1] == 'X'))
        return take_hex(lexer, sign, out);
    if (measure_decimal(lexer, &length, kind) != 0)
        return -1;
    text_add_bytes(&text, sign, strlen(sign));
    text_add_bytes(&text, at, length);
    take(lexer, length);
    return finish(lexer, 0, &text, out);
}
