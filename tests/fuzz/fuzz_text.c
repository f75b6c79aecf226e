/* fuzz_text.c -- any bytes: what is made of them is printable, and stays in its comment */
#include <string.h>

#include "base/c_name.h"
#include "base/text.h"
#include "emit/cheader.h"
#include "fuzz.h"

const long fuzz_mutations = 20000;

void fuzz_seed(struct fuzz_corpus *corpus)
{
    static const char *const seeds[] = {
        "CN=Root, O=A*/ int x; /* //",
        "ends in \\",
        "\?\?/ \?\?/\n \?\?' /?\?/",
        "\x1b[31mred\x1b[0m\b\x7f\x9b",
        "*\n/\r\n/\n*",
        ("8e3fdd40b6786a9988f37b29eaf8453f9bad0d000bbe29552df8af02ec6"
         "2351e"),
        "SSL_CA_PEM"};

    for (size_t i = 0; i < COUNT(seeds); i++)
        fuzz_add_text(corpus, seeds[i]);
}

static void check_printable(const struct text *text)
{
    for (size_t i = 0; i < text->length; i++)
        FUZZ_CHECK(text->data[i] >= 0x20 && text->data[i] < 0x7f);
}

static void check_comment(const char *first, const char *second)
{
    struct text line = {0}, source = {0};
    struct cheader_source header;
    struct cheader_value found = {.form = CHEADER_NONE};
    struct error err = {.code = ERROR_NONE};

    text_add(&line, " * ");
    text_add_comment(&line, first);
    text_add_comment(&line, second);
    check_printable(&line);
    FUZZ_CHECK(strstr(line.data, "*/") == NULL && strstr(line.data, "/*") == NULL);
    FUZZ_CHECK(strstr(line.data, "\?\?") == NULL && line.data[line.length - 1] != '\\');
    text_add(&source, "/*\n%s\n%s\n */\nchar a[] = \"b\";\n", line.data, line.data);
    header = (struct cheader_source){source.data, source.length, "fuzz.h", NULL};
    FUZZ_CHECK(cheader_read(&header, "a", &found, &err) == 0);
    FUZZ_CHECK(found.bytes.length == 1 && found.bytes.data[0] == 'b');
    text_free(&line);
    text_free(&source);
    text_free(&found.bytes);
}

static void check_line(const char *bytes)
{
    char *printed = NULL;
    size_t length = 0;
    FILE *stream = open_memstream(&printed, &length);
    struct text plain = {0};

    FUZZ_CHECK(stream != NULL);
    text_put_line(stream, bytes);
    FUZZ_CHECK(fclose(stream) == 0);
    text_add_plain_line(&plain, bytes);
    check_printable(&plain);
    FUZZ_CHECK(length == plain.length + 1 && printed[length - 1] == '\n');
    FUZZ_CHECK(plain.length == 0 || memcmp(printed, plain.data, plain.length) == 0);
    text_free(&plain);
    free(printed);
}

static void check_names(const char *text)
{
    uint8_t digest[SHA256_LENGTH], again[SHA256_LENGTH];
    char hex[SHA256_TEXT_SIZE];

    if (text_to_sha256(text, digest) == 0) {
        text_from_sha256(digest, hex);
        FUZZ_CHECK(strlen(hex) == 64 && text_to_sha256(hex, again) == 0);
        FUZZ_CHECK(memcmp(digest, again, sizeof digest) == 0);
    }
    if (c_name_is_free(text))
        FUZZ_CHECK(strlen(text) <= 63 && strpbrk(text, " \n\"\\/*#()") == NULL);
    FUZZ_CHECK(strchr(text_base_name(text), '/') == NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *first = fuzz_string(data, size / 2);
    char *second = fuzz_string(data + size / 2, size - size / 2);
    char *whole = fuzz_string(data, size);

    check_comment(first, second);
    check_comment(whole, "");
    check_line(whole);
    check_names(whole);
    free(first);
    free(second);
    free(whole);
    return 0;
}
