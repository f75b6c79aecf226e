/* config.h -- the settings of a program: what its JSON files add up to
 *
 *     mbed_lib.json..., mbed_app.json -> document_parse -> config_resolve -> config_define
 *         -> config_render (a header) or config_explain (where a value comes from)
 *
 * The rules are those of Mbed CLI 1 (Mbed OS 5.11 to 6.17): libraries declare parameters, each with
 * a default; overrides apply in the order of the files and within them; macros are added and never
 * replaced.
 */
#ifndef MBEDCONFIG_CONFIG_H
#define MBEDCONFIG_CONFIG_H

#include <stdbool.h>
#include <stddef.h>

#include "attributes.h"
#include "base/error.h"
#include "base/text.h"
#include "document.h"

/* A value, and who gave it. The pointers lie in the documents. */
struct setting {
    const struct json *value;
    const struct document *document;
    const char *label; /* of target_overrides; NULL: where it is declared */
};

/* Parameters, macros and definitions each lie in an array, in order, and in a tree of tsearch()
 * that finds them by `key`, their first member, which they own. */
struct parameter {
    char *key;                      /* the name; in a lenient config its canonical form */
    char *name;                     /* tls-socket.debug-level */
    char *macro;                    /* MBED_CONF_TLS_SOCKET_DEBUG_LEVEL */
    const struct json *declaration; /* "help" and so on; NULL: a target's, of which we have none */
    const struct document *declared_in;
    struct setting *settings; /* in order; the last one holds */
    size_t setting_count;
    bool is_attribute; /* of the target, such as target.printf_lib: not for a header */
};

struct macro {
    char *key;        /* the identifier */
    const char *text; /* NAME or NAME=VALUE; lies in the documents */
    struct setting setting;
};

/* target.features_add, target.features_remove and the like: names, each once. */
struct name_set {
    struct setting *names;
    size_t count;
};

struct cumulative {
    struct name_set added;
    struct name_set removed;
    bool is_strict; /* target.features: only these */
};

/* A line of the header. */
struct define {
    char *key;                         /* the identifier */
    char *name;                        /* NAME or NAME(PARAMETER) */
    char *value;                       /* as C text */
    char *comment;                     /* who says so; not escaped yet */
    const struct define *replaced_by;  /* a later one of the same identifier; NULL: it holds */
    const struct parameter *parameter; /* whose value it is, or NULL */
    const struct setting *setting;     /* likewise who gave it */
};

/* Something to say, without an end of line. It may hold hostile bytes. */
struct remark {
    char *text;
    bool is_warning; /* else it is for -v */
};

struct config {
    struct parameter **parameters;
    size_t parameter_count;
    void *parameter_tree;
    struct macro **macros;
    size_t macro_count;
    void *macro_tree;
    struct define **defines;
    size_t define_count;
    void *define_tree;
    struct cumulative cumulatives[CUMULATIVE_COUNT];
    struct remark *remarks;
    size_t remark_count;
    bool is_lenient;
};

struct config_options {
    const char *const *labels; /* the target's names; "*" always holds */
    size_t label_count;
    bool is_lenient; /* as Mbed CE: overrides of libraries that are not there are warnings, '_' in
                      * names is '-', and case does not matter */
};

void config_init(struct config *config);
void config_free(struct config *config);

/* Adds up the documents: libraries in their order, then the application, if it is there. Sets
 * `included` of those that "requires" leaves out. Borrows the documents. ERROR_USAGE, with file and
 * line. */
int config_resolve(struct config *config, struct document *documents, size_t count,
                   const struct config_options *options, struct error *err) MUST_USE;

/* Checks what only the whole can show (required values, ranges, accepted values, conflicts), and
 * makes the definitions. */
int config_define(struct config *config, struct error *err) MUST_USE;

/* Adds the header; config_define() has succeeded. */
void config_render(const struct config *config, struct text *out);

/* Adds where the value of a parameter or macro comes from, in lines. key: lib.param, a parameter of
 * the application without "app.", or the name of a macro. ERROR_USAGE if there is none. */
int config_explain(const struct config *config, const char *key, struct text *out,
                   struct error *err) MUST_USE;

/* ---- for the parts of this module ---- */

/* Remembers something to say; out of memory it is lost. */
void config_remark(struct config *config, bool is_warning, const char *format, ...)
    PRINTF_LIKE(3, 4);

/* The parameter of that full name, or NULL; also if out of memory. */
struct parameter *config_find_parameter(const struct config *config, const char *name);

/* Adds an empty parameter. macro NULL: from the name. NULL if out of memory. */
struct parameter *config_add_parameter(struct config *config, const char *name, const char *macro);

/* Gives a parameter a value. */
int config_set(struct parameter *parameter, const struct setting *setting,
               struct error *err) MUST_USE;

/* The setting that holds, or NULL. */
const struct setting *parameter_setting(const struct parameter *parameter);

/* The value that holds, or NULL if there is none or it is null. */
const struct json *parameter_value(const struct parameter *parameter);

/* Finds or adds, in a tree of the above; *found is what the tree has. -1 if out of memory. */
int config_enter(void **tree, void *item, void **found) MUST_USE;
void *config_look_up(void *const *tree, const char *key);

#endif
