/* clexer.c -- C source text -> tokens */
#include "emit/clexer.h"

#include <ctype.h>
#include <string.h>

static const char *skip_splices(const struct clexer *lexer)
{
    const char *at = lexer->at;

    while (at < lexer->end && *at == '\\') {
        const char *end = at + 1;
        while (end < lexer->end && (*end == ' ' || *end == '\t' || *end == '\r'))
            end++; /* blanks before the line's end do not count, as gcc and clang have it */
        if (end == lexer->end || *end != '\n')
            break;
        at = end + 1;
    }
    return at;
}

/* The next character after spliced lines, or -1 at the end. */
static int peek(struct clexer *lexer)
{
    lexer->at = skip_splices(lexer);
    return lexer->at < lexer->end ? (unsigned char)*lexer->at : -1;
}

static int take(struct clexer *lexer)
{
    int c = peek(lexer);

    if (c >= 0)
        lexer->at++;
    return c;
}

static bool take_if(struct clexer *lexer, char wanted)
{
    if (peek(lexer) != wanted)
        return false;
    lexer->at++;
    return true;
}

static enum ctoken break_off(struct clexer *lexer, const char *problem)
{
    lexer->problem = problem;
    return CTOKEN_BROKEN;
}

/* A literal that caembed does not decode; the tokens after it are read. */
static void blemish(struct clexer *lexer, const char *problem)
{
    if (lexer->problem == NULL)
        lexer->problem = problem;
}

/* After a slash: skips a comment and returns true, or leaves what is no comment. */
static bool skip_comment(struct clexer *lexer)
{
    int c;

    if (take_if(lexer, '/')) {
        while ((c = peek(lexer)) >= 0 && c != '\n')
            lexer->at++;
        return true;
    }
    if (!take_if(lexer, '*'))
        return false;
    while ((c = take(lexer)) >= 0)
        if (c == '*' && take_if(lexer, '/'))
            break;
    return true;
}

/* After an opening quote: up to the closing one, or to the line's end (an apostrophe in #error).
 */
static void skip_quoted(struct clexer *lexer, int quote)
{
    int c;

    while ((c = peek(lexer)) >= 0 && c != '\n') {
        lexer->at++;
        if (c == quote)
            return;
        if (c == '\\' && peek(lexer) != '\n')
            take(lexer);
    }
}

/* Letters beyond ASCII and `$` count too: gcc and clang take them. */
static bool is_name_char(int c)
{
    return c >= 0x80 || c == '_' || c == '$' || (c >= 0 && isalnum(c));
}

/* The value of the escape sequence after a backslash (C99 6.4.4.4), or -1. */
static int take_escape(struct clexer *lexer)
{
    static const char letters[] = "abfnrtv\\'\"?";
    static const char values[] = "\a\b\f\n\r\t\v\\'\"?";
    int c = take(lexer);
    const char *letter = c > 0 ? strchr(letters, c) : NULL;
    int value = 0;

    if (letter != NULL)
        return (unsigned char)values[letter - letters];
    if (c >= '0' && c <= '7') {
        value = c - '0';
        for (int i = 0; i < 2 && peek(lexer) >= '0' && peek(lexer) <= '7'; i++)
            value = value * 8 + (take(lexer) - '0');
        return value <= 255 ? value : -1;
    }
    if (c != 'x' || !isxdigit(peek(lexer)))
        return -1;
    while (peek(lexer) >= 0 && isxdigit(peek(lexer))) {
        int digit = tolower(take(lexer));
        value = value * 16 + (digit <= '9' ? digit - '0' : digit - 'a' + 10);
        if (value > 255)
            return -1;
    }
    return value;
}

static bool is_trigraph(int c)
{
    return c > 0 && strchr("=/'()!<>-", c) != NULL;
}

/* After the opening quote. */
static enum ctoken take_string(struct clexer *lexer)
{
    int questions = 0;

    text_add_bytes(&lexer->literal, "", 0); /* an empty one is one too */
    for (;;) {
        int c = take(lexer);
        char byte;
        if (c < 0 || c == '\n')
            return break_off(lexer, "a string literal that does not end");
        if (c == '"')
            return CTOKEN_STRING;
        if (questions >= 2 && is_trigraph(c))
            blemish(lexer, "a trigraph");
        questions = c == '?' ? questions + 1 : 0;
        if (c == '\\') {
            c = take_escape(lexer);
            if (c < 0)
                blemish(lexer, "an escape sequence that C does not know");
        }
        byte = (char)c;
        text_add_bytes(&lexer->literal, &byte, 1);
    }
}

/* After `R"` (C++11 2.14.5): up to 16 delimiter characters, then `(`; nothing is spliced inside.
 */
static enum ctoken take_raw_string(struct clexer *lexer)
{
    const char *delimiter = lexer->at;
    const char *open = memchr(delimiter, '(', (size_t)(lexer->end - delimiter));
    size_t length = open != NULL ? (size_t)(open - delimiter) : 0;

    if (open == NULL || length > 16)
        return break_off(lexer, "a raw string literal without its parenthesis");
    for (const char *at = open + 1; (size_t)(lexer->end - at) >= length + 2; at++) {
        if (*at == ')' && memcmp(at + 1, delimiter, length) == 0 && at[length + 1] == '"') {
            text_add_bytes(&lexer->literal, open + 1, (size_t)(at - open - 1));
            lexer->at = at + length + 2;
            return CTOKEN_STRING;
        }
    }
    return break_off(lexer, "a raw string literal that does not end");
}

/* Between R and its quote: whether the line ends in the middle of a raw string literal (or of what
 * would be one in another language standard). */
static bool begins_raw_lines(const struct clexer *lexer)
{
    struct clexer ahead = *lexer;
    bool has_lines;

    ahead.literal = (struct text){0};
    ahead.at++;
    has_lines = take_raw_string(&ahead) == CTOKEN_BROKEN ||
                memchr(ahead.literal.data, '\n', ahead.literal.length) != NULL;
    text_free(&ahead.literal);
    return has_lines;
}

void clexer_skip_line(struct clexer *lexer)
{
    bool is_after_name = false;
    int c;

    while ((c = peek(lexer)) >= 0 && c != '\n') {
        lexer->at++;
        if (c == 'R' && peek(lexer) == '"' && !is_after_name && begins_raw_lines(lexer)) {
            lexer->problem = "a raw string literal in a directive, or in what #if 0 leaves out";
            lexer->at = lexer->end;
        }
        is_after_name = is_name_char(c);
        if (c == '/')
            skip_comment(lexer);
        else if (c == '"' || c == '\'')
            skip_quoted(lexer, c);
    }
}

/* The `#` of a directive, or its digraph. */
static bool take_hash(struct clexer *lexer)
{
    if (take_if(lexer, '#'))
        return true;
    if (peek(lexer) != '%' || lexer->end - lexer->at < 2 || lexer->at[1] != ':')
        return false;
    lexer->at += 2;
    return true;
}

bool clexer_skip_to_directive(struct clexer *lexer)
{
    int c;

    do {
        clexer_skip_line(lexer);
        while ((c = peek(lexer)) >= 0 && (isspace(c) || c == '/')) {
            lexer->at++;
            if (c == '/' && !skip_comment(lexer))
                break;
        }
    } while (c >= 0 && !take_hash(lexer));
    return c >= 0;
}

/* After the opening apostrophe. */
static enum ctoken take_char(struct clexer *lexer)
{
    int count = 0;
    int c;

    while ((c = take(lexer)) >= 0 && c != '\'' && c != '\n') {
        lexer->value = c == '\\' ? take_escape(lexer) : c;
        count++;
    }
    if (count != 1)
        lexer->value = -1;
    return c == '\'' ? CTOKEN_CHAR : break_off(lexer, "a character constant that does not end");
}

/* An apostrophe between digits (C++14 2.14.2). */
static bool is_separator(struct clexer *lexer)
{
    return peek(lexer) == '\'' && lexer->end - lexer->at >= 2 &&
           isalnum((unsigned char)lexer->at[1]);
}

/* An identifier or number, unless it turns out to be the prefix of a string literal. */
static enum ctoken take_name(struct clexer *lexer)
{
    const bool is_number = isdigit(peek(lexer)) != 0;
    size_t length = 0;

    while (is_name_char(peek(lexer)) || (is_number && is_separator(lexer))) {
        int c = take(lexer);
        if (length < CLEXER_NAME_MAX)
            lexer->name[length++] = (char)c;
    }
    lexer->name[length] = '\0';
    if (peek(lexer) != '"')
        return CTOKEN_NAME;
    if (strcmp(lexer->name, "R") == 0 || strcmp(lexer->name, "u8R") == 0) {
        take(lexer);
        return take_raw_string(lexer);
    }
    if (strcmp(lexer->name, "u8") == 0) {
        take(lexer);
        return take_string(lexer);
    }
    if (strchr("LuU", lexer->name[0]) != NULL && lexer->name[0] != '\0' &&
        (lexer->name[1] == '\0' || strcmp(lexer->name + 1, "R") == 0)) {
        blemish(lexer, "a string literal of wide characters");
        take(lexer);
        return lexer->name[1] == 'R' ? take_raw_string(lexer) : take_string(lexer);
    }
    return CTOKEN_NAME;
}

/* After c: the character that it stands for with the next one (digraphs, C99 6.4.6). */
static int take_digraph(struct clexer *lexer, int c)
{
    static const char digraphs[][4] = {"<:[", ":>]", "<%{", "%>}", "%:#"};

    for (size_t i = 0; i < sizeof digraphs / sizeof digraphs[0]; i++)
        if (c == digraphs[i][0] && take_if(lexer, digraphs[i][1]))
            return (unsigned char)digraphs[i][2];
    return c;
}

enum ctoken clexer_next(struct clexer *lexer)
{
    for (;;) {
        int c = peek(lexer);
        bool was_line_start = lexer->at_line_start;
        if (c < 0)
            return CTOKEN_END;
        if (is_name_char(c)) {
            lexer->at_line_start = false;
            return take_name(lexer);
        }
        lexer->at++;
        if (c == '\n') {
            lexer->at_line_start = true;
            if (lexer->in_directive)
                return CTOKEN_LINE_END;
            continue;
        }
        if (isspace(c) || (c == '/' && skip_comment(lexer)))
            continue;
        c = take_digraph(lexer, c);
        lexer->at_line_start = false;
        lexer->mark = (char)c;
        if (c == '"')
            return take_string(lexer);
        if (c == '\'')
            return take_char(lexer);
        return c == '#' && was_line_start ? CTOKEN_DIRECTIVE : CTOKEN_MARK;
    }
}
