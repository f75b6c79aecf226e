/* test_cheader.c -- a header is read as a C compiler reads it */
#include <string.h>

#include "emit/cheader.h"
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
    {"attribute with a string", "const char X[] __attribute__((section(\".ca\"))) = \"abc\";",
     "abc"},
    {"room for the NUL", "char X[4] = \"abc\";", "abc"},
    {"a size that is a macro", "char X[SIZE] = \"abc\";", "abc"},
    {"an array's size before", "char Y[2] = \"b\", X[] = \"abc\";", "abc"},
    {"a size that is an expression", "char X[2 * 1024] = \"abc\";", "abc"},
    {"another", "char X[SIZE + 1] = \"abc\";", "abc"},
    {"a size that is a macro of the source", "#define LEN 4\nchar X[LEN] = \"abc\";", "abc"},
    {"a sum of products", "#define LEN 1\nchar X[1 + LEN * 3] = \"abc\";", "abc"},
    {"a third", "char X[sizeof(int) * 1024] = \"abc\";", "abc"},
    {"braces of C++", "constexpr std::string_view X{\"abc\"};", "abc"},
    {"a function of the name",
     "void X(void) { puts(\"no\"); } namespace X { char y[] = \"no\"; } char X[] = \"abc\";",
     "abc"},
    {"digraphs", "%:define A \"a\"\nchar X<::> = <% A \"bc\" %>;", "abc"},
    {"an asm name", "char X[] asm(\"ca\") = \"abc\";", "abc"},
    {"an attribute with two arguments",
     "char X[] __attribute__((section(\"a\"), aligned(4))) = \"abc\";", "abc"},
    {"a macro", "#define A \"abc\"\nchar X[] = A;", "abc"},
    {"macros among literals", "#define A \"a\"\n#define C (\"c\")\nchar X[] = A \"b\" C \"d\";",
     "abcd"},
    {"macros in a macro", "#define A \"a\"\n#define B A \"b\" A\n#define X B \"c\"\n", "abac"},
    {"an empty macro", "#define PROGMEM\n#define E\nchar X[] PROGMEM = E \"abc\" E;", "abc"},
    {"parentheses in a macro", "#define X (\"a\" \"bc\")\n", "abc"},
    {"a value that is no string before", "char *X = NULL; char X[] = \"abc\";", "abc"},
    {"if 0", "#if 0\nchar X[] = \"no\"; don't\n#else\nchar X[] = \"yes\";\n#endif\n", "yes"},
    {"if 1", "#if 1\nchar X[] = \"yes\";\n#else\nchar X[] = \"no\";\n#endif\n", "yes"},
    {"if 0 in if 0",
     "#if 0\n#if 1\nX = \"no\";\n#else\nX = \"no\";\n#endif\nX = \"no\";\n#endif\n"
     "char X[] = \"yes\";",
     "yes"},
    {"elif",
     "#if 0\nX = \"a\";\n#elif 0\nX = \"b\";\n#elif 1\nX = \"c\";\n#elif 1\nX = \"d\";\n"
     "#else\nX = \"e\";\n#endif\n",
     "c"},
    {"a guard", "#ifndef G\n#define G\nchar X[] = \"yes\";\n#endif\n", "yes"},
    {"a guard by if", "#if !defined(G)\n#define G\nchar X[] = \"yes\";\n#endif\n", "yes"},
    {"a second time behind its guard",
     "#define G\n#ifndef G\nX = \"no\";\n#endif\n#ifdef G\nX = \"yes\";\n#else\nX = "
     "\"no\";\n#endif\n",
     "yes"},
    {"if defined", "#define G 1\n#if defined G\nX = \"yes\";\n#else\nX = \"no\";\n#endif\n", "yes"},
    {"an undefined macro", "#define G\n#undef G\n#ifdef G\n#endif\nchar X[] = \"yes\";", "yes"},
    {"C++",
     "#ifdef __cplusplus\nextern \"C\" {\n#endif\nchar X[] = \"yes\";\n#ifdef "
     "__cplusplus\n}\n#endif\n",
     "yes"},
    {"one value in either branch", "#ifdef U\nX = \"yes\";\n#else\nX = \"yes\";\n#endif\n", "yes"},
    {"a comment over a directive in if 0", "#if 0\n/*\n#endif\nX = \"no\";*/\n#endif\nX = \"yes\";",
     "yes"},
    {"digit separators", "int n = 1'000'000; char X[] = \"yes\";", "yes"},
    {"endif too many", "#endif\n#else\n#elif 0\nchar X[] = \"yes\";", "yes"},
    {"a macro of a default", "#ifndef A\n#define A \"abc\"\n#endif\nchar X[] = A;", "abc"},
    {"a macro in a guard", "#ifndef G\n#define G\n#define A \"abc\"\nchar X[] = A;\n#endif\n",
     "abc"},
    {"a macro defined behind its use", "#define X A\n#define A \"abc\"\n", "abc"},
    {"a macro defined anew", "#define A \"no\"\n#define X A\n#undef A\n#define A \"abc\"\n", "abc"},
    {"use in code",
     "char X[] = \"abc\"; void f(void) { if (g(X, sizeof(X))) e = \"no\"; if (X) e = \"no\"; }",
     "abc"},
    {"a name in parentheses", "char (X)[] = \"abc\";", "abc"},
    {"elifndef", "#if 0\n#elifndef Y\n#define Y\nchar X[] = \"abc\";\n#endif\n", "abc"},
    {"a digraph in if 0", "#if 0\n%:if 1\n%:endif\nX = \"no\";\n%:endif\nchar X[] = \"abc\";",
     "abc"},
    {"a splice with blanks", "// old \\ \nchar X[] = \"no\";\nchar X[] = \"abc\";", "abc"},
    {"a macro under a condition",
     "#ifdef U\n#define A \"a\"\n#endif\n#ifndef A\n#define A \"b\"\n#endif\nchar X[] = A;", NULL},
    {"a macro by a condition",
     "#if U == 2\n#define A \"a\"\n#else\n#define A \"b\"\n#endif\nchar X[] = A;", NULL},
    {"a macro undefined under a condition",
     "#define A \"a\"\n#ifdef U\n#undef A\n#define A \"b\"\n#endif\nchar X[] = A;", NULL},
    {"a condition about a macro under a condition",
     "#ifdef U\n#define O\n#endif\n#ifdef O\nX = \"a\";\n#else\nX = \"b\";\n#endif\n", NULL},
    {"unknown, not, else", "#ifdef U\nX = \"a\";\n#elif 0\n#else\n#define A \"b\"\n#endif\nX = A;",
     NULL},
    {"a directive among literals", "char X[] = \"a\"\n#if 1\n\"b\"\n#endif\n;", NULL},
    {"an expression", "char *X = \"xabc\" + 1;", NULL},
    {"no end of the declaration", "char X[] = \"abc\"", NULL},
    {"no room by a macro", "#define LEN 3\nchar X[LEN] = \"abc\";", NULL},
    {"no room by a product", "char X[1 * 3] = \"abc\";", NULL},
    {"a macro with parameters again", "#define A \"a\"\n#define A() \"b\"\nchar X[] = A;", NULL},
    {"pushed macros", "#define X \"a\"\n#pragma push_macro(\"X\")\n", NULL},
    {"a broken condition", "#if R\"x(\n#endif\nchar X[] = \"abc\";", NULL},
    {"two values", "#ifdef U\nchar X[] = \"a\";\n#else\nchar X[] = \"b\";\n#endif\n", NULL},
    {"two macros", "#define X \"a\"\n#define X \"b\"\n", NULL},
    {"undefined", "#define X \"a\"\n#undef X\n", NULL},
    {"undefined and another", "#define X \"a\"\n#undef X\n#define X \"b\"\n", NULL},
    {"only in if 0", "#if 0\nchar X[] = \"no\";\n#endif\n", NULL},
    {"if 0 without end", "#if 0\nchar X[] = \"no\";\n", NULL},
    {"no room for the NUL", "char X[3] = \"abc\";", NULL},
    {"cut by its size", "char X[0x2] = \"abc\";", NULL},
    {"a macro of its own", "#define X \"a\" X\n", NULL},
    {"a macro with parameters", "#define F(x) \"a\"\nchar X[] = \"b\" F(1);", NULL},
    {"a macro that is an expression", "#define A \"a\" + 1\nchar X[] = A;", NULL},
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
    {"a suffix", "unsigned char X[] = {65u, 0x42UL};", "AB"},
    {"binary", "unsigned char X[] = {0b1000001, 0B1000010};", "AB"},
    {"characters", "const char X[] = {'A', '\\x42', '\\103'};", "ABC"},
    {"several characters in one", "const char X[] = {'AB'};", NULL},
    {"not binary", "unsigned char X[] = {0b2};", NULL},
    {"a string", "unsigned char X[] = \"A\";", NULL},
    {"no end", "unsigned char X[] = {65, 66", NULL},
    {"no comma", "unsigned char X[] = {65 66};", NULL},
    {"a define", "#define X {65}\n", NULL},
};

START_TEST(cheader_reads_arrays)
{
    struct text out = {0};
    struct error err = {.code = ERROR_NONE};
    bool is_there = false;
    int rv =
        cheader_read_bytes(arrays[_i].given, strlen(arrays[_i].given), "X", &out, &is_there, &err);

    if (arrays[_i].want == NULL) {
        ck_assert_msg(rv != 0 || !is_there, "%s: taken", arrays[_i].claim);
    } else {
        ck_assert_msg(rv == 0, "%s: %s", arrays[_i].claim, err.message);
        ck_assert_str_eq(out.data, arrays[_i].want);
    }
    text_free(&out);
}
END_TEST

/* A macro that is twice the one before, and so on: its length would be 2 to the power of 40. */
START_TEST(cheader_bounds_what_macros_stand_for)
{
    struct text source = {0}, out = {0};
    struct error err = {.code = ERROR_NONE};

    text_add(&source, "#define A0 \"a\"\n");
    for (int i = 1; i <= 40; i++)
        text_add(&source, "#define A%d A%d A%d\n", i, i - 1, i - 1);
    text_add(&source, "char X[] = A40;\n");
    ck_assert_int_eq(cheader_read_string(source.data, source.length, "X", &out, &err), -1);
    text_free(&source);
    text_add(&source, "#define A0\n");
    for (int i = 1; i <= 15; i++) { /* not so deep, but with many each, and empty */
        text_add(&source, "#define A%d", i);
        for (int k = 0; k < 100; k++)
            text_add(&source, " A%d", i - 1);
        text_add(&source, "\n");
    }
    err = (struct error){.code = ERROR_NONE};
    text_add(&source, "char X[] = \"\" A15;\n");
    ck_assert_int_eq(cheader_read_string(source.data, source.length, "X", &out, &err), -1);
    text_free(&source);
    text_free(&out);
}
END_TEST

/* Each would make the reader look to the end of the source. */
START_TEST(cheader_is_not_quadratic)
{
    static const char *const pieces[] = {"#if R\"x(\n#endif\n", "#if R\"\n#endif\n", "#ifndef A\n",
                                         "#if 0\n#endif\n#ifndef B\n#endif\n", "\\   \\   "};

    for (size_t i = 0; i < COUNT(pieces); i++) {
        struct text source = {0}, out = {0};
        struct error err = {.code = ERROR_NONE};
        for (int k = 0; k < 100000; k++)
            text_add(&source, "%s", pieces[i]);
        ck_assert_int_eq(cheader_read_string(source.data, source.length, "X", &out, &err), -1);
        text_free(&source);
        text_free(&out);
    }
}
END_TEST

START_TEST(cheader_bounds_conditions)
{
    struct text source = {0}, out = {0};
    struct error err = {.code = ERROR_NONE};

    for (int i = 0; i < 1000; i++)
        text_add(&source, "#if %s\n", i < 500 ? "U" : "0");
    ck_assert_int_eq(cheader_read_string(source.data, source.length, "X", &out, &err), -1);
    text_free(&source);
    text_free(&out);
}
END_TEST

START_TEST(cheader_survives_every_cut_of_a_source)
{
    static const char source[] = "#define A 'x'\n#if 0\n#if 1\n#endif\n#elif defined(A)\n// "
                                 "c\\\n\nchar X[9] = A /* c */ \"a\\x41\\n\" R\"d(b)d\" u8\"c\";\n";

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
    tcase_add_test(cases, cheader_bounds_what_macros_stand_for);
    tcase_add_test(cases, cheader_is_not_quadratic);
    tcase_add_test(cases, cheader_bounds_conditions);
    tcase_add_test(cases, cheader_survives_every_cut_of_a_source);
    return unit_run("cheader", cases);
}
