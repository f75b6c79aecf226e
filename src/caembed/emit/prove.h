/* prove.h -- the rendered bytes, read back and tried before anything is written */
#ifndef CAEMBED_EMIT_PROVE_H
#define CAEMBED_EMIT_PROVE_H

#include "base/text.h"
#include "device/target.h"
#include "emit/render.h"
#include "net/endpoint.h"
#include "net/fetch.h"

/* What a header holds under a name. Set to {0} before use; pem is to be freed with text_free(). */
struct header_anchors {
    struct text pem;  /* of the string NAME, or made of the arrays NAME, NAME_2, ... of DER, or of
                         trust anchors of BearSSL: see cert_stand_in() */
    bool lacks_nul;   /* an array of PEM without a NUL after it */
    char blemish[80]; /* what only lenient parsers take, or "" */
};

/* Reads the certificates of an artefact: of C those that `name` stands for, as a compiler would see
 * them, of a PEM file all. `path`
 * is what hints call the header; "-" is standard input. ERROR_UNREADABLE for a form of header that
 * cheader_read() does not read, ERROR_PROOF for what no device takes. */
int prove_read_header(const struct renderer *renderer, const struct text *header, const char *path,
                      const char *name, struct header_anchors *out, struct error *err) MUST_USE;

/* Reads the certificates `name` out of the rendered header as a compiler would; pem is {0} before,
 * and to be freed with text_free(). ERROR_PROOF if it
 * does not hold exactly anchor_count certificates, byte for byte those of anchor[]; of bearssl
 * exactly their names, keys and CA flags. */
int prove_header(const struct renderer *renderer, const struct text *header, const char *name,
                 X509 *const *anchor, size_t anchor_count, struct text *pem,
                 struct error *err) MUST_USE;

/* The certificates of a header, as the target's TLS stack has parsed them. */
struct prover;

/* Has the target's TLS stack (Mbed TLS, BearSSL, or for `generic` OpenSSL) parse the certificates
 * in pem, which came from prove_header(): once for all hosts. Borrows both. What the stack does not
 * take is no error yet. ERROR_LACK if BearSSL is not linked in. Free with prover_close(). */
int prover_open(const struct target *target, const struct text *pem, size_t anchor_count,
                struct prover **out, struct error *err) MUST_USE;

/* Has the stack verify the presented chain, in its presented order, for the endpoint's name at time
 * `at`, trusting nothing but these certificates. ERROR_PROOF with the stack's own reason if it
 * refuses, ERROR_LACK if the Mbed TLS linked in cannot parse what the target can. One thread at a
 * time. */
int prover_prove(struct prover *prover, const struct endpoint *endpoint,
                 const struct presented *presented, int64_t at, struct error *err) MUST_USE;

/* Takes NULL. */
void prover_close(struct prover *prover);

/* All three, for one host. */
int prove_host(const struct target *target, const struct text *pem, size_t anchor_count,
               const struct endpoint *endpoint, const struct presented *presented, int64_t at,
               struct error *err) MUST_USE;

#endif
