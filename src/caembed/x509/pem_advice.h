/* pem_advice.h -- a text without a certificate -> what it is, and how to convert it */
#ifndef CAEMBED_X509_PEM_ADVICE_H
#define CAEMBED_X509_PEM_ADVICE_H

#include "x509/pem.h"

/* What a block of that label is, for messages: "a private key"; or "a block of another kind". */
const char *pem_advice_kind(const char *label);

/* Sets the error for a text in which pem_parse() found no certificate. `label` and `line` are of
 * the first block of another kind; "" if there is none. Returns -1. */
int pem_advice_fail(const char *text, size_t length, const char *name, const char *label,
                    size_t line, struct error *err);

/* The hint for a block with characters that are no base64, or with its lines joined: how to mend
 * it. Returns false if there is no advice of that kind. */
bool pem_advice_body(const char *body, size_t length, struct error *err);

#endif
