/* bearssl_reader.h -- a header with trust anchors of BearSSL -> certificates that stand for them */
#ifndef CAEMBED_EMIT_BEARSSL_READER_H
#define CAEMBED_EMIT_BEARSSL_READER_H

#include "emit/cheader.h"

/* Anchors in one header. */
#define BEARSSL_ANCHOR_COUNT_MAX 256

/* Reads the array `<prefix>s`, or `<prefix>`, of br_x509_trust_anchor as brssl, SSLClient's and
 * ArduinoBearSSL's tools write it, and the arrays that it names. Adds the PEM of a certificate to
 * *pem for each, in their order, which has the anchor's name, key and CA flag, and nothing else
 * that means anything (cert_stand_in()). ERROR_UNREADABLE for another form of header, ERROR_PROOF
 * for an anchor that no device can use. */
int bearssl_read_header(const struct cheader_source *source, const char *prefix, struct text *pem,
                        struct error *err) MUST_USE;

#endif
