/* fuzz_cheader.c -- any C source: the reader ends; and any bytes: written as a literal, it reads
 * them back */
#include <string.h>

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
        "char A[] = \"sp\\\nli\\\r\nced\" B;\n\"\?\?/\"; extern const char A[];\n"};

    for (size_t i = 0; i < COUNT(seeds); i++)
        fuzz_add_text(corpus, seeds[i]);
}

static void check_read(const char *source, size_t size,
                       int (*read)(const char *, size_t, const char *, struct text *,
                                   struct error *))
{
    struct text found = {0};
    struct error err = {.code = ERROR_NONE};

    if (read(source, size, "A", &found, &err) == 0)
        FUZZ_CHECK(found.length <= CHEADER_VALUE_LENGTH_MAX + size &&
                   found.data[found.length] == '\0');
    else
        FUZZ_CHECK(err.code == ERROR_PROOF && err.message[0] != '\0' && err.hint[0] != '\0');
    text_free(&found);
}

static int read_bytes(const char *source, size_t size, const char *name, struct text *out,
                      struct error *err)
{
    bool is_there = false;

    if (cheader_read_bytes(source, size, name, out, &is_there, err) != 0 || is_there)
        return err->code == ERROR_NONE ? 0 : -1;
    error_set(err, ERROR_PROOF, "none");
    return error_hint(err, "none");
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
    struct text source = {0}, found = {0};
    struct error err = {.code = ERROR_NONE};

    text_add(&source, "static const char A[] = \"");
    for (size_t i = 0; i < size; i++) {
        add_escaped(&source, data[i]);
        if (i % 7 == 6)
            text_add(&source, data[i] & 1 ? "\"\n/* \" */ \"" : "\\\n");
    }
    text_add(&source, "\";\n");
    FUZZ_CHECK(cheader_read_string(source.data, source.length, "A", &found, &err) == 0);
    FUZZ_CHECK(found.length == size && (size == 0 || memcmp(found.data, data, size) == 0));
    text_free(&source);
    text_free(&found);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    check_read((const char *)data, size, cheader_read_string);
    check_read((const char *)data, size, read_bytes);
    check_round_trip(data, size);
    return 0;
}
