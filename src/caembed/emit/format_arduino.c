/* format_arduino.c -- anchors -> a raw string in PROGMEM, for sketches */
#include "emit/format.h"
#include "x509/cert.h"

/* PEM holds nothing that could end the raw string. */
int format_arduino_add(struct text *out, const struct render_input *input, struct error *err)
{
    struct text pem = {0};
    int rv = 0;

    for (size_t i = 0; rv == 0 && i < input->bundle->count; i++)
        rv = cert_add_pem(input->bundle->anchor[i].embedded.x509, &pem);
    if (rv == 0) {
        text_add(out, "#include <Arduino.h>\n\n");
        format_begin_literal(out, pem.length);
        text_add(out, "static const char %s[] PROGMEM = R\"EOF(", input->name);
        text_add_bytes(out, pem.data != NULL ? pem.data : "", pem.length);
        text_add(out, ")EOF\";\n");
        format_end_literal(out, pem.length);
    }
    text_free(&pem);
    return rv == 0 ? 0 : error_no_memory(err);
}
