/* fuzz_cheader.c -- any C source: the reader ends; and any bytes: written as a literal, it reads
 * them back */
#include <string.h>

#include "emit/bearssl_reader.h"
#include "emit/cheader.h"
#include "fuzz.h"

const long fuzz_mutations = 20000;

void fuzz_seed(struct fuzz_corpus *corpus)
{
    static const char *const seeds[] = {
        ("/* c */ // d \\\n e\n#ifndef A_H\n#define A_H\nstatic const char A[] =\n"
         "    \"-----BEGIN CERTIFICATE-----\\n\"\n    \"MIID\\n\";\n#endif\n"),
        "#define A \"one\\x41\\101\" \"two\" /* b\n */\n#pragma GCC diagnostic push\n",
        "const char *x = f('\\'', '\"'), A[5] __attribute__((used)) = {(\"\\a\\?\\\"\" u8\"z\")};",
        "auto A = u8R\"xy(raw \\n )\" )xy\" R\"(b)\"; wchar_t w[] = L\"a\";",
        ("#if 0\n#if B\nchar A[] = \"0\";\n#endif\n#elif !defined(B) // c\n#define B \"b\" "
         "B2\n#else\n"
         "#undef B\n#endif\n#define A (B \"a\" B)\n#define F(x) x\n#ifdef B\n#endif\n"),
        "unsigned char A[3] = {0x41u, 'b', 0b11, 1'0};",
        ("namespace n {\nauto B = std::string(F(\"b\"sv));\n}\nstatic const uint8_t *A = (const "
         "uint8_t *)&B[0];\n"),
        ("# 1 \"x.h\" 2\nextern \"C\" { extern char A[] asm(\"_binary_a\"); struct S { int A = 1; "
         "}; }\n#include <b>\n#pragma push_macro(\"A\")\nstd::array<char, 2> A{{-1, 2}};"),
        ("unsigned char D[] = {0x30, 0}, N[] = {0xc1, 1}, E[] = {3};\n"
         "static const br_x509_trust_anchor As[2] = {{{(unsigned char *)D, sizeof D}, "
         "BR_X509_TA_CA, "
         "{BR_KEYTYPE_RSA, {.rsa = {(unsigned char *)N, sizeof N, E, sizeof(E),}}}}, {{D, 2}, 0, "
         "{2, {.ec = {BR_EC_secp256r1, N, 2,}}}}};\n#define As_NUM 2\n"),
        "char A[] = \"sp\\\nli\\\r\nced\" B;\n\"\?\?/\"; extern const char A[];\n"};

    for (size_t i = 0; i < COUNT(seeds); i++)
        fuzz_add_text(corpus, seeds[i]);
}

static void check_read(const char *text, size_t size)
{
    const struct cheader_source source = {text, size, "fuzz.h", NULL};
    struct cheader_value value = {.form = CHEADER_NONE};
    struct error err = {.code = ERROR_NONE};

    if (cheader_read(&source, "A", &value, &err) != 0) {
        FUZZ_CHECK(err.code == ERROR_PROOF || err.code == ERROR_UNREADABLE);
        FUZZ_CHECK(err.message[0] != '\0' && err.hint[0] != '\0');
    } else if (value.form == CHEADER_NONE) {
        FUZZ_CHECK(cheader_fail_missing(&source, "A", &err) == -1);
        FUZZ_CHECK(err.code == ERROR_PROOF || err.code == ERROR_UNREADABLE);
        FUZZ_CHECK(err.message[0] != '\0' && err.hint[0] != '\0');
    } else {
        FUZZ_CHECK(value.bytes.length <= CHEADER_VALUE_LENGTH_MAX + size &&
                   value.bytes.data[value.bytes.length] == '\0');
    }
    text_free(&value.bytes);
}

static void add_escaped(struct text *source, uint8_t byte)
{
    if (byte == '"' || byte == '\\' || byte == '?')
        text_add(source, "\\%c", byte);
    else if (byte >= 0x20 && byte < 0x7f)
        text_add(source, "%c", byte);
    else
        text_add(source, "\\%03o", byte);
}

static void check_round_trip(const uint8_t *data, size_t size)
{
    struct text text = {0};
    struct cheader_source source;
    struct cheader_value value = {.form = CHEADER_NONE};
    struct error err = {.code = ERROR_NONE};

    text_add(&text, "static const char A[] = \"");
    for (size_t i = 0; i < size; i++) {
        add_escaped(&text, data[i]);
        if (i % 7 == 6)
            text_add(&text, data[i] & 1 ? "\"\n/* \" */ \"" : "\\\n");
    }
    text_add(&text, "\";\n");
    source = (struct cheader_source){text.data, text.length, "fuzz.h", NULL};
    FUZZ_CHECK(cheader_read(&source, "A", &value, &err) == 0);
    FUZZ_CHECK(value.form == CHEADER_STRING && value.bytes.length == size &&
               (size == 0 || memcmp(value.bytes.data, data, size) == 0));
    text_free(&text);
    text_free(&value.bytes);
}

/* The same text as a header for BearSSL. */
static void check_anchors(const char *text, size_t size)
{
    const struct cheader_source source = {text, size, "fuzz.h", NULL};
    struct text pem = {0};
    struct error err = {.code = ERROR_NONE};

    if (bearssl_read_header(&source, "A", &pem, &err) != 0) {
        FUZZ_CHECK(err.code == ERROR_PROOF || err.code == ERROR_UNREADABLE);
        FUZZ_CHECK(err.message[0] != '\0' && err.hint[0] != '\0');
    } else {
        FUZZ_CHECK(pem.length > 0);
    }
    text_free(&pem);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    check_read((const char *)data, size);
    check_anchors((const char *)data, size);
    check_round_trip(data, size);
    return 0;
}
