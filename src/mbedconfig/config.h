/* config.h -- the settings of a program: what its JSON files add up to
 *
 *     mbed_lib.json..., mbed_app.json -> config_add_file -> struct config -> config_render -> text
 *
 * The rules are those of Mbed CLI's configuration system: libraries declare parameters, each with a
 * default; later files override them; macros are added to what there is and never replaced.
 */
#ifndef MBEDCONFIG_CONFIG_H
#define MBEDCONFIG_CONFIG_H

#include <stdbool.h>
#include <stddef.h>

/* The first error wins; hint may be empty. */
struct error {
    char text[512];
    char hint[256];
};

/* One parameter or macro, and who said so: "library:NAME", "application" or those with "[LABEL]".
 */
struct parameter {
    char *name;   /* tls-socket.debug-level */
    char *macro;  /* MBED_CONF_TLS_SOCKET_DEBUG_LEVEL */
    char *value;  /* as C text; NULL: null, nothing is defined */
    char *set_by; /* who gave the value */
    bool required;
};

struct macro {
    char *text; /* NAME or NAME=VALUE, as it was given */
    char *set_by;
};

struct config {
    struct parameter *parameters;
    size_t parameter_count;
    struct macro *macros;
    size_t macro_count;
    char **libraries;
    size_t library_count;
};

enum unit_kind { UNIT_LIBRARY, UNIT_APPLICATION };

void config_init(struct config *config);
void config_free(struct config *config);

/* Adds the JSON text of one mbed_lib.json or mbed_app.json. labels are the target's names, the most
 * special last; "*" always holds, and comes first. path is for messages. 0 or -1 with *error. */
int config_add_text(struct config *config, enum unit_kind kind, const char *path, const char *json,
                    size_t size, const char *const *labels, size_t label_count,
                    struct error *error);

/* Checks what only the whole can show: required values, and macros that say different things. */
int config_check(const struct config *config, struct error *error);

/* The header as text that the caller frees; NULL if there is no memory. config has been checked. */
char *config_render(const struct config *config);

#endif
