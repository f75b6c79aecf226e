/* demand.h -- what one certificate asks of the stack that parses it */
#ifndef CAEMBED_DEVICE_DEMAND_H
#define CAEMBED_DEVICE_DEMAND_H

#include <openssl/x509.h>

#include "device/target.h"

struct demand {
    unsigned signature; /* feature bits */
    unsigned key;
    unsigned extensions;
    unsigned rsa_bits;   /* 0: not an RSA key */
    char obstacle[120];  /* what no version of the stack can parse, or "" */
    const char *symptom; /* of the obstacle */
};

/* What differs between stacks is the obstacle. */
struct demand demand_of(const X509 *cert, enum target_stack stack);

#endif
