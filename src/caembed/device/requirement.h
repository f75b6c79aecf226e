/* requirement.h -- what a certificate needs of a device stack, and the setting that brings it */
#ifndef CAEMBED_DEVICE_REQUIREMENT_H
#define CAEMBED_DEVICE_REQUIREMENT_H

#include "device/target.h"

#define REQUIREMENT_COUNT_MAX TARGET_MACRO_COUNT_MAX

/* What a feature means, whatever the stack. */
struct feature_row {
    unsigned bit;
    const char *name;    /* for tables and reports */
    const char *what;    /* that a certificate has */
    const char *macro;   /* of Mbed TLS, as a macro of mbed_app.json; a number follows a final `=`;
                            NULL: none brings it */
    const char *symptom; /* where it is missing */
};

/* The row by index, or NULL after the last. */
const struct feature_row *feature_row_at(size_t index);

/* The row of that one bit. */
const struct feature_row *feature_row_of(unsigned bit);

/* One thing that the target needs for a chain. */
struct requirement {
    const struct feature_row *feature;
    enum target_way way;
    char setting[TARGET_MACRO_SIZE]; /* "MBEDTLS_SHA1_C=1", "CONFIG_...=y"; "" if there is none */
    const char *symptom;
};

/* How the target gets a feature that it lacks; number is what the setting must hold, if it holds
 * one. */
struct requirement requirement_of(const struct target *target, const struct feature_row *feature,
                                  unsigned number);

/* Whether the stack's own configuration brings it, so that it is a setting and no refusal. */
bool requirement_arrives(const struct requirement *requirement);

/* The way's name in the JSON report. */
const char *target_way_name(enum target_way way);

/* Requirements, each once, in the order found. */
struct requirement_list {
    struct requirement item[REQUIREMENT_COUNT_MAX];
    size_t count;
};

/* Adds what is not there yet. Returns whether it was new. */
bool requirement_list_add(struct requirement_list *list, const struct requirement *requirement);

/* Writes the table of targets as text to stream. */
void requirement_print_targets(FILE *stream);

#endif
