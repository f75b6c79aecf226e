/* format_der_file.c -- anchors -> the DER of each, one after the other */
#include "emit/format.h"

int format_der_file_add(struct text *out, const struct render_input *input, struct error *err)
{
    for (size_t i = 0; i < input->bundle->count; i++) {
        unsigned char *der = NULL;
        int der_len = i2d_X509(input->bundle->anchor[i].embedded.x509, &der);
        if (der_len <= 0)
            return error_no_memory(err);
        text_add_bytes(out, (const char *)der, (size_t)der_len);
        OPENSSL_free(der);
    }
    return 0;
}
