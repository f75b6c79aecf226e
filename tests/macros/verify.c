/* verify.c -- the header that caembed wrote + a presented chain -> what Mbed TLS says, as a device
 *
 *     verify CHAIN.pem HOST
 *
 * Prints "ok", or the step that fails and its code: "anchors -0x262E", "chain -0x2300",
 * "verify -0x2700 flags 0x4000". Parsing is done as the TLS client of Mbed TLS 2.28 does it
 * (ssl_parse_certificate_chain() passes over a presented certificate whose signature algorithm it
 * does not know), and a bundle with one bad certificate is refused as TLSSocket does.
 */
#include <mbedtls/oid.h>
#include <mbedtls/pem.h>
#include <mbedtls/x509_crt.h>
#include <stdio.h>
#include <string.h>

#include HEADER

static int fail(const char *step, int code)
{
    printf("%s -0x%04X\n", step, (unsigned)-code);
    return 1;
}

static int read_file(const char *path, char *text, size_t size)
{
    FILE *stream = fopen(path, "r");
    size_t length;

    if (stream == NULL)
        return -1;
    length = fread(text, 1, size - 1, stream);
    text[length] = '\0';
    return fclose(stream);
}

static int parse_presented(mbedtls_x509_crt *chain, const char *text)
{
    const char *next = text;

    while ((next = strstr(next, "-----BEGIN CERTIFICATE-----")) != NULL) {
        mbedtls_pem_context pem;
        size_t used = 0;
        int code;

        mbedtls_pem_init(&pem);
        code = mbedtls_pem_read_buffer(&pem, "-----BEGIN CERTIFICATE-----",
                                       "-----END CERTIFICATE-----", (const unsigned char *)next,
                                       NULL, 0, &used);
        if (code == 0)
            code = mbedtls_x509_crt_parse_der(chain, pem.buf, pem.buflen);
        mbedtls_pem_free(&pem);
        if (code != 0 && code != MBEDTLS_ERR_X509_UNKNOWN_SIG_ALG + MBEDTLS_ERR_OID_NOT_FOUND)
            return code;
        next += used;
    }
    return 0;
}

static int run(mbedtls_x509_crt *anchors, mbedtls_x509_crt *chain, const char *presented,
               const char *host)
{
    uint32_t flags = 0;
    int code =
        mbedtls_x509_crt_parse(anchors, (const unsigned char *)SSL_CA_PEM, sizeof SSL_CA_PEM);

    if (code > 0) {
        printf("anchors %d unread\n", code);
        return 1;
    }
    if (code != 0)
        return fail("anchors", code);
    if ((code = parse_presented(chain, presented)) != 0)
        return fail("chain", code);
    code = mbedtls_x509_crt_verify(chain, anchors, NULL, host, &flags, NULL, NULL);
    if (code != 0) {
        printf("verify -0x%04X flags 0x%X\n", (unsigned)-code, (unsigned)flags);
        return 1;
    }
    printf("ok\n");
    return 0;
}

int main(int argc, char **argv)
{
    static char presented[100000];
    mbedtls_x509_crt anchors, chain;
    int status;

    if (argc != 3 || read_file(argv[1], presented, sizeof presented) != 0) {
        fprintf(stderr, "usage: verify CHAIN.pem HOST\n");
        return 2;
    }
    mbedtls_x509_crt_init(&anchors);
    mbedtls_x509_crt_init(&chain);
    status = run(&anchors, &chain, presented, argv[2]);
    mbedtls_x509_crt_free(&chain);
    mbedtls_x509_crt_free(&anchors);
    return status;
}
