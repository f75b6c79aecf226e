/* rules.h -- by what a chain is judged: the time, and what the device's stack does (plain values)
 */
#ifndef CAEMBED_PATH_RULES_H
#define CAEMBED_PATH_RULES_H

#include <stdbool.h>
#include <stdint.h>

struct path_rules {
    int64_t at;             /* seconds since the epoch */
    int rsa_min_bits;       /* below the anchor; shorter keys are weak */
    bool ignores_key_ids;   /* the stack does not compare authority key identifiers */
    bool takes_dns_address; /* the stack finds an address in a DNS name of the leaf, too */
};

#endif
