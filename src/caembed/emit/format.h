/* format.h -- the formats, for the table in render.c */
#ifndef CAEMBED_EMIT_FORMAT_H
#define CAEMBED_EMIT_FORMAT_H

#include "emit/render.h"

/* What stands before and after a string literal of so many bytes: one longer than C99 promises
 * (5.2.4.1) is let through by the one pragma that GCC and Clang share. */
void format_begin_literal(struct text *out, size_t length);
void format_end_literal(struct text *out, size_t length);

/* A file of PEM, with a comment (`#`) before each certificate: RFC 7468 section 5.2 allows text
 * there. No line but the certificates' own holds "-----", which many parsers search for. */
int format_pem_file_add(struct text *out, const struct render_input *input,
                        struct error *err) MUST_USE;

/* An anchor's bytes there: firmware carries the comment too. */
size_t format_pem_file_size(const struct bundle_anchor *anchor, size_t number);

/* The DER of each, without anything between: cert_folder_stage() gives each a file. */
int format_der_file_add(struct text *out, const struct render_input *input,
                        struct error *err) MUST_USE;

/* The inside of a header for Arduino (ESP32, ESP8266): all anchors in one raw string, in PROGMEM.
 * C++ only, as sketches are. */
int format_arduino_add(struct text *out, const struct render_input *input,
                       struct error *err) MUST_USE;

/* The inside of a header for BearSSL: of each anchor the name, the key and whether it is a CA, as
 * NAME0_DN and so on; NAMEs is the array of them, NAMEs_NUM its size. ERROR_TARGET for a key for
 * which BearSSL has no form. */
int format_bearssl_add(struct text *out, const struct render_input *input,
                       struct error *err) MUST_USE;
size_t format_bearssl_size(const struct bundle_anchor *anchor, size_t number);

/* The name of the array of anchors. */
void format_bearssl_array(const char *prefix, char out[RENDER_IDENTIFIER_SIZE]);

/* The curves that BearSSL takes in certificates. */
#define FORMAT_BEARSSL_CURVES 3
struct format_bearssl_curve {
    const char *name;  /* in bearssl.h */
    int number;        /* there */
    const char *group; /* OpenSSL's name */
};
extern const struct format_bearssl_curve format_bearssl_curves[FORMAT_BEARSSL_CURVES];

/* A certificate bundle of ESP-IDF 5.4 and later, or of one up to 5.3: see esp_bundle.h.
 * ERROR_TARGET for more anchors than it holds, or two of one name. */
int format_esp_bundle_add(struct text *out, const struct render_input *input,
                          struct error *err) MUST_USE;
size_t format_esp_bundle_size(const struct bundle_anchor *anchor, size_t number);
int format_esp_bundle_5_3_add(struct text *out, const struct render_input *input,
                              struct error *err) MUST_USE;
size_t format_esp_bundle_5_3_size(const struct bundle_anchor *anchor, size_t number);

/* The four files of a Zephyr project, with a NUL between them: ca_certs.inc, credentials.c and .h,
 * and ca_certs.conf. zephyr_folder_stage() writes them. */
int format_zephyr_add(struct text *out, const struct render_input *input,
                      struct error *err) MUST_USE;

/* The name of one of them, or NULL after the last. */
const char *format_zephyr_file(size_t index);

#endif
