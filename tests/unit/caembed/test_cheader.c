/* test_cheader.c -- a header is read as a C compiler reads it */
#include <string.h>

#include "cheader.h"
#include "unit.h"

static const struct {
    const char *claim;
    const char *given;
    const char *want; /* NULL: an error */
} rows[] = {
    {"one literal", "static const char X[] = \"abc\";", "abc"},
    {"adjacent literals are joined", "const char X[] =\n  \"a\\n\"\n  /* c */ \"b\" // d\n \"c\";",
     "a\nbc"},
    {"pointer", "const char *const X = \"abc\";", "abc"},
    {"attribute and size", "const char X[4] PROGMEM = \"abc\";", "abc"},
    {"attribute with arguments", "const char X[] __attribute__((section(data))) = (\"abc\");",
     "abc"},
    {"braces", "const char X[] = {\"abc\"};", "abc"},
    {"define", "#define X \"ab\" \\\n \"c\"\n\"not this\"", "abc"},
    {"define behind white space", " # define X \"abc\" /* \" */\n", "abc"},
    {"another name first", "char Y[] = \"no\"; int XX; char X[] = \"yes\";", "yes"},
    {"use before definition", "int n = sizeof(X); char X[] = \"yes\";", "yes"},
    {"declaration before definition", "extern const char X[]; const char X[] = \"yes\";", "yes"},
    {"name in a comment", "/* X[] = \"no\" */ // X = \"no\"\nchar X[] = \"yes\";", "yes"},
    {"name in a literal", "char Y[] = \"X[] = \\\"no\\\"\"; char X[] = \"yes\";", "yes"},
    {"quote in a character constant", "char q = '\"', r = '\\''; char X[] = \"yes\";", "yes"},
    {"other directives", "#if 0\n#include \"x.h\"\n#endif\n#pragma x \"\nchar X[] = \"yes\";",
     "yes"},
    {"spliced identifier", "char X\\\nY[] = \"no\"; char \\\r\nX[] = \"y\\\nes\";", "yes"},
    {"spliced comment", "// comment \\\nchar X[] = \"no\";\nchar X[] = \"yes\";", "yes"},
    {"octal, hex and simple escapes", "char X[] = \"\\101\\x42\\t\\\\\\\"\\'\\?\\0063\";",
     "AB\t\\\"'?\0063"},
    {"hex stops at its literal's end", "char X[] = \"\\x41\" \"1\";", "A1"},
    {"raw literal", "const char X[] = R\"(a\\n\n\"b)\";", "a\\n\n\"b"},
    {"raw literal with delimiter", "const char X[] = R\"PEM(a)\"b)PEM\";", "a)\"b"},
    {"raw literal keeps a splice", "const char X[] = R\"(a\\\nb)\";", "a\\\nb"},
    {"u8 prefix", "const char X[] = u8\"abc\";", "abc"},
    {"empty", "char X[] = \"\";", ""},
    {"two question marks", "char X[] = \"a??b\";", "a??b"},
    {"a comment's start in a directive's literal", "#define F(x) f(\"/*\")\nchar X[] = \"yes\";",
     "yes"},
    {"an apostrophe in a directive", "#error don't\n#define Y '\"'\nchar X[] = \"yes\";", "yes"},
    {"wide raw", "wchar_t X[] = LR\"(a)\";", NULL},
    {"not there", "char Y[] = \"abc\";", NULL},
    {"no initializer", "char X[];", NULL},
    {"not a string", "int X = 5;", NULL},
    {"unterminated", "char X[] = \"abc", NULL},
    {"newline in a literal", "char X[] = \"abc\n\";", NULL},
    {"unknown escape", "char X[] = \"\\q\";", NULL},
    {"universal character name", "char X[] = \"\\u0041\";", NULL},
    {"hex out of range", "char X[] = \"\\x141\";", NULL},
    {"octal out of range", "char X[] = \"\\777\";", NULL},
    {"trigraph", "char X[] = \"a?\?/n\";", NULL},
    {"trigraph after a third question mark", "char X[] = \"a?\?\?/n\";", NULL},
    {"wide", "wchar_t X[] = L\"abc\";", NULL},
    {"macro among literals", "char X[] = \"a\" Y \"b\";", NULL},
    {"raw without end", "char X[] = R\"(abc", NULL},
    {"raw with a long delimiter", "char X[] = R\"12345678901234567(a)12345678901234567\";", NULL},
    {"empty file", "", NULL},
};

START_TEST(cheader_reads)
{
    struct text out = {0};
    struct error err = {.code = ERROR_NONE};
    int rv = cheader_read_string(rows[_i].given, strlen(rows[_i].given), "X", &out, &err);

    if (rows[_i].want == NULL) {
        ck_assert_msg(rv == -1 && err.code == ERROR_PROOF, "%s: taken", rows[_i].claim);
    } else {
        ck_assert_msg(rv == 0, "%s: %s", rows[_i].claim, err.message);
        ck_assert_str_eq(out.data, rows[_i].want);
    }
    text_free(&out);
}
END_TEST

START_TEST(cheader_keeps_nul_bytes)
{
    static const char source[] = "char X[] = \"a\\0b\\x00\";";
    struct text out = {0};
    struct error err = {.code = ERROR_NONE};

    ck_assert_int_eq(cheader_read_string(source, sizeof source - 1, "X", &out, &err), 0);
    ck_assert_uint_eq(out.length, 4);
    ck_assert_mem_eq(out.data, "a\0b\0", 4);
    text_free(&out);
}
END_TEST

static const struct {
    const char *claim;
    const char *given;
    const char *want; /* NULL: an error */
} arrays[] = {
    {"hex, octal, decimal", "const unsigned char X[] = {0x41, 66,\n 0103};", "ABC"},
    {"a comma at the end", "static const unsigned char X[2] PROGMEM = { 65, 66, };", "AB"},
    {"comments", "unsigned char X[] = {65 /* , 1 */, // 2\n 66};", "AB"},
    {"empty", "unsigned char X[] = {};", NULL},
    {"too large", "unsigned char X[] = {256};", NULL},
    {"a name", "unsigned char X[] = {65, Y};", NULL},
    {"an expression", "unsigned char X[] = {65 + 1};", NULL},
    {"a suffix", "unsigned char X[] = {65u};", NULL},
    {"a string", "unsigned char X[] = \"A\";", NULL},
    {"no end", "unsigned char X[] = {65, 66", NULL},
    {"no comma", "unsigned char X[] = {65 66};", NULL},
    {"a define", "#define X {65}\n", NULL},
};

START_TEST(cheader_reads_arrays)
{
    struct text out = {0};
    struct error err = {.code = ERROR_NONE};
    int rv = cheader_read_bytes(arrays[_i].given, strlen(arrays[_i].given), "X", &out, &err);

    if (arrays[_i].want == NULL) {
        ck_assert_msg(rv == -1 && err.code == ERROR_PROOF, "%s: taken", arrays[_i].claim);
    } else {
        ck_assert_msg(rv == 0, "%s: %s", arrays[_i].claim, err.message);
        ck_assert_str_eq(out.data, arrays[_i].want);
    }
    text_free(&out);
}
END_TEST

START_TEST(cheader_without_name_takes_the_first_pem)
{
    static const char source[] =
        "char Y[] = \"no\";\n#define Z \"no\"\nchar W[] = \"-----BEGIN X\";";
    struct text out = {0};
    struct error err = {.code = ERROR_NONE};

    ck_assert_int_eq(cheader_read_string(source, sizeof source - 1, NULL, &out, &err), 0);
    ck_assert_str_eq(out.data, "-----BEGIN X");
    text_free(&out);
}
END_TEST

START_TEST(cheader_survives_every_cut_of_a_source)
{
    static const char source[] =
        "#define A 'x'\n// c\\\n\nchar X[] = /* c */ \"a\\x41\\n\" R\"d(b)d\" u8\"c\";\n";

    for (size_t length = 0; length < sizeof source; length++) {
        struct text out = {0};
        struct error err = {.code = ERROR_NONE};
        (void)!cheader_read_string(source, length, "X", &out, &err);
        text_free(&out);
    }
}
END_TEST

int main(void)
{
    TCase *cases = tcase_create("cheader");

    tcase_add_loop_test(cases, cheader_reads, 0, COUNT(rows));
    tcase_add_loop_test(cases, cheader_reads_arrays, 0, COUNT(arrays));
    tcase_add_test(cases, cheader_keeps_nul_bytes);
    tcase_add_test(cases, cheader_without_name_takes_the_first_pem);
    tcase_add_test(cases, cheader_survives_every_cut_of_a_source);
    return unit_run("cheader", cases);
}
