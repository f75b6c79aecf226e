/* attributes.h -- what "target.NAME" means in target_overrides: facts about targets.json */
#ifndef MBEDCONFIG_ATTRIBUTES_H
#define MBEDCONFIG_ATTRIBUTES_H

#include <stdbool.h>
#include <stddef.h>

#define CUMULATIVE_COUNT 5

/* Attributes that are sets of names, to which target.NAME_add and target.NAME_remove apply. */
struct cumulative_attribute {
    const char *name;   /* features */
    const char *prefix; /* FEATURE_: what the build defines for each name; "" for macros */
};

extern const struct cumulative_attribute cumulative_attributes[CUMULATIVE_COUNT];

/* Whether "target.NAME" is an attribute of a target (of some release of Mbed OS or of Mbed CE),
 * which steers the build and never reaches mbed_config.h. Whatever is not is a parameter of the
 * target. */
bool attribute_is_of_target(const char *name);

/* Whether it is one that libraries may set, too: the layout of memory. */
bool attribute_is_of_memory(const char *name);

#endif
