/* creader.h -- what the parts of the reader of C sources share: see cheader.h */
#ifndef CAEMBED_EMIT_CREADER_H
#define CAEMBED_EMIT_CREADER_H

#include "emit/cheader.h"
#include "emit/clexer.h"

#define CREADER_DEFINED_COUNT_MAX 256

/* How to go on after a failure. */
enum way {
    WAY_PREPROCESS,
    WAY_MACRO,
    WAY_WRITE,
    WAY_SIZE,
    WAY_EMBEDDED,
    WAY_BEARSSL,
    WAY_ANCHORS,
    WAY_ELSEWHERE
};

/* A group of #if that may or may not count; in the branches of one, braces open where it began. */
struct condition {
    bool is_unknown;
    bool has_branch; /* one that counts for certain has been read: the others do not */
    bool is_guard, is_after_value;
    size_t braces;
    size_t line;
    char text[48];
};

/* What a file defines, for messages: those that look like certificates come first. */
struct listing {
    struct text text;
    size_t count;
};

struct creader {
    struct clexer lexer;
    const char *asked;  /* the name that the user asked for */
    const char *wanted; /* the same, or a name that is its value */
    bool wants_anchors; /* of BearSSL, instead of a string or bytes */
    bool is_macro;      /* `asked` is a macro: its value is lost once the preprocessor has run */
    struct cheader_value value;      /* of the wanted name, once it is found */
    char alias[CLEXER_NAME_MAX + 1]; /* the name that is its value; "" if there is none */
    size_t definition_line;          /* of the value that is being taken */
    bool is_found;
    size_t found_line;    /* where; a line marker may say 0 */
    bool is_cut;          /* it does not fit its array */
    size_t declared_line; /* without a value */
    size_t inner_line;    /* in braces, in a class, or as a function */
    bool has_own_wrapper; /* the file defines F() or the like */
    bool has_include, has_line_markers;
    /* where the lexer is */
    struct condition condition[CHEADER_CONDITION_DEPTH_MAX];
    size_t depth;
    size_t braces; /* open ones of functions, types and values */
    size_t scopes; /* open ones of namespaces and extern "C" */
    size_t parentheses;
    enum { SCOPE_NONE, SCOPE_EXTERN, SCOPE_OPENS } scope; /* the next brace is one of a scope */
    bool names_type; /* the next name is one of a type or namespace */
    bool names_namespace;
    char before; /* the mark before, or 'a' */
    char declared[CLEXER_NAME_MAX + 1];
    bool is_declared; /* `declared` is complete: what follows are attributes */
    bool is_bearssl;
    /* what was counted and kept */
    const char *counted_at;
    size_t counted_line;
    char file[64]; /* of the last line marker */
    uint64_t defined[CREADER_DEFINED_COUNT_MAX];
    size_t defined_count;
    struct listing anchors, others;
    /* the first failure */
    enum error_code code;
    enum way way;
    char problem[240];
};

struct creader *creader_new(const char *asked, const char *wanted, struct error *err);
void creader_free(struct creader *reader);

/* Whether an allocation failed on the way. */
bool creader_has_failed(const struct creader *reader);

/* The number of the line that the lexer is in. */
size_t creader_line(struct creader *reader);

/* Keeps the first failure. Returns CTOKEN_BROKEN. */
enum ctoken creader_fail_at(struct creader *reader, size_t line, enum way way, const char *format,
                            ...) PRINTF_LIKE(4, 5);

#define creader_fail(reader, way, ...)                                                             \
    creader_fail_at(reader, creader_line(reader), way, __VA_ARGS__)

/* Whether the name is in a list that ends in NULL. */
bool creader_is_one_of(const char *name, const char *const *names);

/* Whether the token, read just now, is that mark. */
bool creader_is_mark(const struct creader *reader, enum ctoken token, char mark);

/* The next token; line markers are none. */
enum ctoken creader_next(struct creader *reader);

/* What the token after this would be, with its literal in *ahead, which is to be freed. */
enum ctoken creader_look_ahead(const struct creader *reader, struct clexer *ahead);

/* After an opening parenthesis: up to the closing one. A string inside lies in the lexer. */
enum ctoken creader_skip_parentheses(struct creader *reader);

/* ---- cvalue.c ---- */

/* The value of an integer constant (C99 6.4.4.1, with C++14's 0b), or -1. */
long cvalue_integer(const char *digits);

/* Whether it stands around strings without changing them: F(), std::string(), ... */
bool cvalue_is_wrapper(const char *name);

/* At the first token of a value: its bytes in lexer.literal, or another name in reader->alias.
 * Returns the first token after it. */
enum ctoken cvalue_take(struct creader *reader, enum ctoken token, size_t depth);

/* ---- cdeclaration.c, canchors.c ---- */

/* The size in brackets after a name. */
struct csize {
    unsigned long bytes; /* 0: none is given */
    bool is_unknown, is_nested;
};

/* Before a value of the wanted name is taken: whether it counts for certain. */
bool cdeclaration_may_define(struct creader *reader, enum way way);

/* What was taken is the value. */
enum ctoken cdeclaration_keep(struct creader *reader, const struct csize *size, enum ctoken token);

/* After the wanted name at file scope: `[size] attributes = value`, `("value")`, `{"value"}`.
 * Returns the first token that is not part of it. */
enum ctoken cdeclaration_read(struct creader *reader);

/* After the `=`, at the first token of an array of br_x509_trust_anchor: its words in
 * lexer.literal, see cheader_read_anchors(). Returns the first token after it. */
enum ctoken canchors_take(struct creader *reader, const struct csize *size, enum ctoken token);

/* ---- cdirective.c ---- */

/* After the `#`: reads the directive and goes to its line's end. */
void cdirective_read(struct creader *reader);

/* push_macro and pop_macro change what a macro stands for. */
void cdirective_note_pragma(struct creader *reader, const char *text);

/* ---- clisting.c: what the file defines, for messages ---- */

/* Lists a name unless it is the wanted one. */
void clisting_add(struct creader *reader, const char *name, const char *form, bool is_anchor);

bool clisting_is_pem(const struct text *text);

/* At what opens a value of reader->declared: lists the name if it is a string or an array. */
void clisting_add_definition(struct creader *reader);

/* A name at file scope: the last one before brackets and attributes is what is declared. */
void clisting_note_name(struct creader *reader);

/* What to show of it. */
const struct text *clisting_text(const struct creader *reader);

#endif
