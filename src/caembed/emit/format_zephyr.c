/* format_zephyr.c -- anchors -> the four files of a Zephyr project, with a NUL between them */
#include "emit/comment.h"
#include "emit/format.h"
#include "x509/cert.h"

/* The PEM of all, and the NUL by which Zephyr tells PEM from DER: one credential holds them all. */
static int add_certs(struct text *out, const struct render_input *input, struct error *err)
{
    struct text pem = {0};
    int rv = 0;

    for (size_t i = 0; rv == 0 && i < input->bundle->count; i++)
        rv = cert_add_pem(input->bundle->anchor[i].embedded.x509, &pem);
    if (rv != 0) {
        text_free(&pem);
        return error_no_memory(err);
    }
    text_add(out, "/*\n");
    rv = comment_add_anchors(out, " *", input, err);
    text_add(out, " */\n");
    for (size_t i = 0; i < pem.length; i++)
        text_add(out, i % 16 == 15 ? "0x%02x,\n" : "0x%02x, ", (unsigned char)pem.data[i]);
    text_add(out, "0x00\n");
    text_free(&pem);
    return rv;
}

static int add_code(struct text *out, const struct render_input *input, struct error *err)
{
    const char *name = input->name;

    (void)err;
    text_add(out, "/* Written by caembed, with ca_certs.inc. */\n"
                  "#include \"credentials.h\"\n\n");
    text_add(out, "static const unsigned char %s[] = {\n#include \"ca_certs.inc\"\n};\n\n", name);
    text_add(out, "int %s_add(sec_tag_t tag)\n{\n", name);
    text_add(out,
             "    return tls_credential_add(tag, TLS_CREDENTIAL_CA_CERTIFICATE, %s, sizeof %s);\n"
             "}\n",
             name, name);
    return 0;
}

static int add_declaration(struct text *out, const struct render_input *input, struct error *err)
{
    const char *name = input->name;

    (void)err;
    text_add(out, "/* Written by caembed, with ca_certs.inc. */\n");
    text_add(out, "#ifndef CAEMBED_%s_H\n#define CAEMBED_%s_H\n\n", name, name);
    text_add(out, "#include <zephyr/net/tls_credentials.h>\n\n"
                  "#ifdef __cplusplus\nextern \"C\" {\n#endif\n\n");
    text_add(out,
             "/* Registers the trust anchors under a tag that no other credential has, for\n"
             " * TLS_SEC_TAG_LIST of a socket. Call it once, before the first connection.\n"
             " * Returns what tls_credential_add() returns: 0, -EACCES, -ENOMEM, -EEXIST. */\n"
             "int %s_add(sec_tag_t tag);\n\n",
             name);
    text_add(out, "#ifdef __cplusplus\n}\n#endif\n\n#endif\n");
    return 0;
}

/* What the row `zephyr` of the targets assumes, then what these anchors need. */
static int add_settings(struct text *out, const struct render_input *input, struct error *err)
{
    static const char *const assumed[] = {
        "NET_SOCKETS_SOCKOPT_TLS",
        "TLS_CREDENTIALS",
        "MBEDTLS",
        "MBEDTLS_PEM_CERTIFICATE_FORMAT",
        "MBEDTLS_SERVER_NAME_INDICATION",
        "MBEDTLS_TLS_VERSION_1_2",
        "MBEDTLS_ECP_C",
        "MBEDTLS_ECDH_C",
        "MBEDTLS_ECDSA_C",
        "MBEDTLS_KEY_EXCHANGE_ECDHE_RSA_ENABLED",
        "MBEDTLS_KEY_EXCHANGE_ECDHE_ECDSA_ENABLED",
        "MBEDTLS_CIPHER_GCM_ENABLED",
        "MBEDTLS_ECP_DP_SECP256R1_ENABLED",
        "MBEDTLS_ECP_DP_SECP384R1_ENABLED",
        "MBEDTLS_SHA256",
        "MBEDTLS_SHA384",
        "MBEDTLS_SHA512",
    };

    (void)err;
    text_add(out,
             "# Written by caembed, with ca_certs.inc: give it to west build as EXTRA_CONF_FILE.\n"
             "# What caembed assumes of the target zephyr (3.7):\n");
    for (size_t i = 0; i < sizeof assumed / sizeof assumed[0]; i++)
        text_add(out, "CONFIG_%s=y\n", assumed[i]);
    if (input->bundle->macros.count > 0)
        text_add(out, "# What these trust anchors and servers need besides:\n");
    for (size_t i = 0; i < input->bundle->macros.count; i++)
        text_add(out, "%s\n", input->bundle->macros.macro[i]);
    return 0;
}

static const struct {
    const char *name;
    int (*add)(struct text *out, const struct render_input *input, struct error *err);
} files[] = {
    {"ca_certs.inc", add_certs},
    {"credentials.c", add_code},
    {"credentials.h", add_declaration},
    {"ca_certs.conf", add_settings},
};

const char *format_zephyr_file(size_t index)
{
    return index < sizeof files / sizeof files[0] ? files[index].name : NULL;
}

int format_zephyr_add(struct text *out, const struct render_input *input, struct error *err)
{
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        if (i > 0)
            text_add_bytes(out, "", 1);
        if (files[i].add(out, input, err) != 0)
            return -1;
    }
    return 0;
}
