/* test_cheader.c -- declarations are read as a C compiler reads them, and nothing is guessed */
#include <stdlib.h>
#include <string.h>

#include "emit/cheader.h"
#include "unit.h"

static const struct {
    const char *claim;
    const char *given;
    const char *want; /* NULL: it is not declared */
} rows[] = {
    {"one literal", "static const char X[] = \"abc\";", "abc"},
    {"adjacent literals are joined", "const char X[] =\n  \"a\\n\"\n  /* c */ \"b\" // d\n \"c\";",
     "a\nbc"},
    {"pointer", "const char *const X = \"abc\";", "abc"},
    {"attribute and size", "const char X[4] PROGMEM = \"abc\";", "abc"},
    {"attribute before the size", "const char X PROGMEM [] = \"abc\";", "abc"},
    {"attribute with arguments", "const char X[] __attribute__((section(data))) = (\"abc\");",
     "abc"},
    {"braces", "const char X[] = {\"abc\"};", "abc"},
    {"define", "#define X \"ab\" \\\n \"c\"\n\"not this\"", "abc"},
    {"define after white space", " # define X \"abc\" /* \" */\n", "abc"},
    {"a define in parentheses", "#define X (\"a\" \"bc\")\n", "abc"},
    {"a define at the end of the file", "#define X \"abc\"", "abc"},
    {"a define of another name", "const char Y[] = \"abc\";\n#define X Y\n", "abc"},
    {"a default", "#ifndef X\n#define X \"abc\"\n#endif\n", "abc"},
    {"another name first", "char Y[] = \"no\"; int XX; char X[] = \"yes\";", "yes"},
    {"arrays of numbers first",
     "char Y[] = {0x41,\r\n 66,\t}, Z[] = {1, '}', 2}; char X[] = \"yes\";", "yes"},
    {"numbers and no end", "char X[] = \"yes\", Y[] = {1, 2", "yes"},
    {"use before definition", "int n = sizeof(X); char X[] = \"yes\";", "yes"},
    {"declaration before definition", "extern const char X[]; const char X[] = \"yes\";", "yes"},
    {"name in a comment", "/* X[] = \"no\" */ // X = \"no\"\nchar X[] = \"yes\";", "yes"},
    {"name in a literal", "char Y[] = \"X[] = \\\"no\\\"\"; char X[] = \"yes\";", "yes"},
    {"quote in a character constant", "char q = '\"', r = '\\''; char X[] = \"yes\";", "yes"},
    {"other directives", "#if 0\n#include \"x.h\"\n#endif\n#pragma x \"\nchar X[] = \"yes\";",
     "yes"},
    {"includes before", "#pragma once\n#include <a.h>\n#include \"b.h\"\nchar X[] = \"yes\";",
     "yes"},
    {"spliced identifier", "char X\\\nY[] = \"no\"; char \\\r\nX[] = \"y\\\nes\";", "yes"},
    {"spliced comment", "// comment \\\nchar X[] = \"no\";\nchar X[] = \"yes\";", "yes"},
    {"a splice with blanks", "// old \\ \nchar X[] = \"no\";\nchar X[] = \"abc\";", "abc"},
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
    {"attribute before the name", "__attribute__((aligned(4))) const char X[] = \"abc\";", "abc"},
    {"room for the NUL", "char X[4] = \"abc\";", "abc"},
    {"an array's size before", "char Y[2] = \"b\", X[] = \"abc\";", "abc"},
    {"braces of C++", "constexpr std::string_view X{\"abc\"};", "abc"},
    {"a constructor", "const std::string X(\"a\" \"bc\");", "abc"},
    {"a temporary", "const std::string X = std::string(\"abc\");", "abc"},
    {"a temporary in braces", "const auto X = std::string{\"abc\"};", "abc"},
    {"a suffix of C++", "constexpr auto X = \"ab\" \"c\"sv;", "abc"},
    {"a suffix of C++ for strings", "const auto X = \"abc\"s;", "abc"},
    {"Arduino's F()", "const String X = F(\"abc\");", "abc"},
    {"AVR's PSTR()", "const char *X = PSTR(\"abc\");", "abc"},
    {"a cast", "const unsigned char *X = (const unsigned char *)\"abc\";", "abc"},
    {"a cast of C++", "const uint8_t *X = reinterpret_cast<const uint8_t *>(\"abc\");", "abc"},
    {"another name", "static const char Y[] = \"abc\";\nconst char *X = Y;", "abc"},
    {"another name, cast", "const char Y[] = \"abc\"; const uint8_t *X = (const uint8_t *)Y;",
     "abc"},
    {"another name's first", "const char Y[] = \"abc\"; const char *X = &Y[0];", "abc"},
    {"another name's name", "const char Z[] = \"abc\"; char *Y = Z; char *X = Y;", "abc"},
    {"another name of a namespace", "namespace n { const char Y[] = \"abc\"; }\nauto X = n::Y;",
     "abc"},
    {"a function of the name",
     "void X(void) { puts(\"no\"); } namespace X { char y[] = \"no\"; } char X[] = \"abc\";",
     "abc"},
    {"a type of the name", "struct X { int y = 1; }; char X[] = \"abc\";", "abc"},
    {"digraphs", "char X<::> = <% \"abc\" %>;", "abc"},
    {"an asm name", "char X[] asm(\"ca\") = \"abc\";", "abc"},
    {"an attribute with two arguments",
     "char X[] __attribute__((section(\"a\"), aligned(4))) = \"abc\";", "abc"},
    {"if 0", "#if 0\nchar X[] = \"no\"; don't\n#else\nchar X[] = \"yes\";\n#endif\n", "yes"},
    {"if 1", "#if 1\nchar X[] = \"yes\";\n#else\nchar X[] = \"no\";\n#endif\n", "yes"},
    {"if 0 in if 0",
     "#if 0\n#if 1\nX = \"no\";\n#else\nX = \"no\";\n#endif\nX = \"no\";\n#endif\n"
     "char X[] = \"yes\";",
     "yes"},
    {"a guard", "#ifndef G\n#define G\nchar X[] = \"yes\";\n#endif\n", "yes"},
    {"a guard by if", "#if !defined(G)\n#define G\nchar X[] = \"yes\";\n#endif\n", "yes"},
    {"a guard after includes", "#include <a.h>\n#ifndef G\n#define G\nchar X[] = \"yes\";\n#endif",
     "yes"},
    {"C++",
     "#ifdef __cplusplus\nextern \"C\" {\n#endif\nchar X[] = \"yes\";\n#ifdef "
     "__cplusplus\n}\n#endif\n",
     "yes"},
    {"a condition around something else", "#ifdef U\n#define V 1\n#endif\nchar X[] = \"yes\";",
     "yes"},
    {"braces in either branch",
     "#ifdef U\nvoid f(void) {\n#else\nvoid g(void) {\n#endif\n}\nchar X[] = \"yes\";", "yes"},
    {"a comment over a directive in if 0", "#if 0\n/*\n#endif\nX = \"no\";*/\n#endif\nX = \"yes\";",
     "yes"},
    {"a digraph in if 0", "#if 0\n%:if 1\n%:endif\nX = \"no\";\n%:endif\nchar X[] = \"abc\";",
     "abc"},
    {"digit separators", "int n = 1'000'000; char X[] = \"yes\";", "yes"},
    {"endif too many", "#endif\n#else\n#elif 0\nchar X[] = \"yes\";", "yes"},
    {"use in code",
     "char X[] = \"abc\"; void f(void) { if (g(X, sizeof(X))) e = \"no\"; if (X) e = \"no\"; }",
     "abc"},
    {"a variable of a function beside it", "void f(void) { char X[] = \"no\"; }\nchar X[] = \"a\";",
     "a"},
    {"an extern function's variable",
     "extern \"C\" int f(void) { char X[] = \"no\"; }\nchar X[] = \"a\";", "a"},
    {"a member beside it", "struct S { const char *X = \"no\"; };\nchar X[] = \"a\";", "a"},
    {"a parameter beside it", "void f(const char *X = \"no\");\nchar X[] = \"a\";", "a"},
    {"a name in parentheses", "char (X)[] = \"abc\";", "abc"},
    {"a byte order mark", "\xef\xbb\xbf#define X \"abc\"\n", "abc"},
    {"what is no line marker", "#0if B\n# 1x\nchar X[] = \"abc\";", "abc"},
    {"line markers", "# 1 \"x.h\"\n# 1 \"<built-in>\" 2\nchar X[] = \"a\"\n# 7 \"x.h\"\n\"bc\";",
     "abc"},
    {"what the preprocessor leaves of headers",
     "# 3 \"/usr/include/stdio.h\" 3 4\nextern int puts (const char *__s) __asm__ (\"\" \"_puts\") "
     "__attribute__ ((__nothrow__));\n__extension__ typedef struct { int x; } t;\nstatic inline "
     "int "
     "f(int c) { return c == '}' ? L'}' : '\\0'; }\nextern \"C\" {\ntemplate <class T> struct A { "
     "enum { v = sizeof(T) }; };\n}\nconst char X[] = \"abc\";",
     "abc"},
    {"a wide string beside it", "wchar_t Y[] = L\"a\"; char X[] = \"abc\";", "abc"},
    {"not there", "char Y[] = \"abc\";", NULL},
    {"a longer name", "char X\xc3\xa9[] = \"abc\"; char X$[] = \"abc\";", NULL},
    {"no initializer", "char X[];", NULL},
    {"only in if 0", "#if 0\nchar X[] = \"no\";\n#endif\n", NULL},
    {"if 0 without end", "#if 0\nchar X[] = \"no\";\n", NULL},
    {"a macro that is a string that does not end", "#define Y \"bc", NULL},
    {"an enumerator", "enum e { X = 1 };", NULL},
    {"a member of another struct", "const char *S::X = \"abc\";", NULL},
    {"empty file", "", NULL},
};

static int read_x(const char *text, size_t length, struct cheader_value *value, struct error *err)
{
    const struct cheader_source source = {text, length, "x.h", NULL};

    *value = (struct cheader_value){.form = CHEADER_NONE};
    *err = (struct error){.code = ERROR_NONE};
    return cheader_read(&source, "X", value, err);
}

START_TEST(cheader_reads)
{
    struct cheader_value value;
    struct error err;
    int rv = read_x(rows[_i].given, strlen(rows[_i].given), &value, &err);

    ck_assert_msg(rv == 0, "%s: %s", rows[_i].claim, err.message);
    if (rows[_i].want == NULL) {
        ck_assert_msg(value.form == CHEADER_NONE, "%s: taken", rows[_i].claim);
    } else {
        ck_assert_msg(value.form == CHEADER_STRING && value.has_nul, "%s", rows[_i].claim);
        ck_assert_str_eq(value.bytes.data, rows[_i].want);
    }
    text_free(&value.bytes);
}
END_TEST

/* Status 13 in the end, or 11 where a device refuses. */
static const struct {
    const char *claim;
    const char *given;
    const char *want;
    enum error_code code;
} unreadable[] = {
    {"a macro", "#define A \"abc\"\nchar X[] = A;", "line 1: the value holds the macro A",
     ERROR_UNREADABLE},
    {"a macro of elsewhere", "char *X = A;", "the value is A, which the file does not define",
     ERROR_UNREADABLE},
    {"a macro among literals", "char X[] =\n\"a\" Y \"b\";",
     "line 2: the value of X holds the macro Y", ERROR_UNREADABLE},
    {"a macro before literals", "char X[] = B \"b\";", "holds the macro B", ERROR_UNREADABLE},
    {"macros in a macro", "#define X B \"c\"\n", "holds the macro B", ERROR_UNREADABLE},
    {"a macro of its own", "#define X \"a\" X\n", "holds the macro X", ERROR_UNREADABLE},
    {"a macro with parameters", "char X[] = CA(1);", "a call of CA", ERROR_UNREADABLE},
    {"it is one", "#define X(n) \"a\"\n", "X is a macro with parameters", ERROR_UNREADABLE},
    {"an empty macro", "#define X\nchar X[] = \"a\";", "line 1: X is an empty macro",
     ERROR_UNREADABLE},
    {"a macro that is an expression", "#define X \"a\" + 1\n", "the macro X is an expression",
     ERROR_UNREADABLE},
    {"an F() of its own", "#define F(x) \"b\"\nchar *X = F(\"a\");", "which the file defines",
     ERROR_UNREADABLE},
    {"a condition", "\n#ifdef U\n\nchar X[] = \"a\";\n#endif\n",
     "line 4: X depends on a condition (#ifdef U, line 2)", ERROR_UNREADABLE},
    {"one value in either branch", "#ifdef U\nX = \"yes\";\n#else\nX = \"yes\";\n#endif\n",
     "depends on a condition", ERROR_UNREADABLE},
    {"an else", "#if U > 1\n#else\nchar X[] = \"a\";\n#endif\n", "(#if U > 1, line 1)",
     ERROR_UNREADABLE},
    {"an elif after if 0", "#if 0\n#elif U\nchar X[] = \"a\";\n#endif\n", "condition",
     ERROR_UNREADABLE},
    {"an else after an elif", "#if 0\n#elif U\n#else\nchar X[] = \"a\";\n#endif\n", "condition",
     ERROR_UNREADABLE},
    {"an else of a guard", "#ifndef G\n#define G\n#else\nchar X[] = \"a\";\n#endif\n",
     "(#ifndef G, line 1)", ERROR_UNREADABLE},
    {"a guard with another branch, of a macro that the compiler has",
     "#ifndef __GNUC__\n#define __GNUC__ 4\nchar X[] = \"a\";\n#ifdef A\n#else\n#endif\n#elif 1\n"
     "#endif\n",
     "(#ifndef __GNUC__, line 1)", ERROR_UNREADABLE},
    {"a guard of a defined macro", "#define G\n#ifndef G\n#define G\nchar X[] = \"a\";\n#endif\n",
     "(#ifndef G, line 2)", ERROR_UNREADABLE},
    {"a guard that asks for more", "#if !defined(G) || A\n#define H\nchar X[] = \"a\";\n#endif\n",
     "condition", ERROR_UNREADABLE},
    {"an #if in the value", "char X[] = \"a\"\n#if 1\n\"b\"\n#endif\n;", "preprocessor directive",
     ERROR_UNREADABLE},
    {"an #include in the value", "char X[] =\n#include \"x.inc\"\n;", "preprocessor directive",
     ERROR_UNREADABLE},
    {"an #include after it", "#define X \"a\"\n#include \"b.h\"\n",
     "line 2: an #include after X may define it anew", ERROR_UNREADABLE},
    {"an #undef", "#define X \"a\"\n#undef X\n", "an #undef of X", ERROR_UNREADABLE},
    {"two macros", "#define X \"a\"\n#define X \"a\"\n",
     "line 2: X is defined a second time (first in line 1)", ERROR_UNREADABLE},
    {"a second definition after one in line 0", "# 0 \"x.h\"\nchar X[] = \"a\";\nchar X[] = \"b\";",
     "a second time", ERROR_UNREADABLE},
    {"a second definition after one in the last line there can be",
     "# 18446744073709551615\n\nchar X[] = \"a\";\nchar X[] = \"b\";", "a second time",
     ERROR_UNREADABLE},
    {"a macro and a declaration", "#define X \"a\"\nchar X[] = \"a\";", "a second time",
     ERROR_UNREADABLE},
    {"a macro after an array that cuts", "char X[1] = \"a\";\n#define X \"a\"\n", "a second time",
     ERROR_UNREADABLE},
    {"in two namespaces", "namespace a { auto X = \"a\"; } namespace b { auto X = \"b\"; }",
     "a second time", ERROR_UNREADABLE},
    {"pushed macros", "#define X \"a\"\n#pragma push_macro(\"X\")\n", "a #pragma about the macro X",
     ERROR_UNREADABLE},
    {"macros pushed by an operator", "#define X \"a\"\n_Pragma(\"push_macro(\\\"X\\\")\")\n",
     "a #pragma about the macro X", ERROR_UNREADABLE},
    {"a size that is a macro", "char X[SIZE] = \"abc\";", "the size of X is an expression",
     ERROR_UNREADABLE},
    {"a size that is a product", "char X[2 * 1024] = \"abc\";", "the size of X is an expression",
     ERROR_UNREADABLE},
    {"a size that is a sum", "char X[SIZE + 1] = \"abc\";", "the size of X is an expression",
     ERROR_UNREADABLE},
    {"a size by sizeof", "char X[sizeof(int)] = \"abc\";", "the size of X is an expression",
     ERROR_UNREADABLE},
    {"a size that is an enumerator", "enum { N = 2 }; unsigned char X[N] = {65};",
     "the size of X is an expression", ERROR_UNREADABLE},
    {"an expression", "char *X = \"xabc\" + 1;", "expression", ERROR_UNREADABLE},
    {"a choice", "char *X = U ? \"a\" : \"b\";", "expression", ERROR_UNREADABLE},
    {"no end of the declaration", "char X[] = \"abc\"", "does not end", ERROR_UNREADABLE},
    {"not a string", "int X = 5;", "X is a number", ERROR_UNREADABLE},
    {"a pointer to nothing", "const char *X = NULL;", "NULL, which the file does not define",
     ERROR_UNREADABLE},
    {"a list of strings", "const char *X[] = {\"a\", \"b\"};", "an array of several values",
     ERROR_UNREADABLE},
    {"an array of strings", "const char X[2][9] = {\"a\"};", "an array of arrays",
     ERROR_UNREADABLE},
    {"an alias of itself", "const char *X = X;", "stands for a name, 8 times over",
     ERROR_UNREADABLE},
    {"the symbol of a file", "extern const char X[] asm(\"_binary_ca_pem_start\");",
     "X is _binary_ca_pem_start, the content of a file that the build embeds", ERROR_UNREADABLE},
    {"BearSSL", "static const br_x509_trust_anchor X[2] = {{0}};",
     "BearSSL trust anchors: names and keys", ERROR_UNREADABLE},
    {"unterminated", "char X[] = \"abc", "a string literal that does not end", ERROR_UNREADABLE},
    {"a name before a string that does not end", "char X[] = a\"bc", "", ERROR_UNREADABLE},
    {"newline in a literal", "char X[] = \"abc\n\";", "does not end", ERROR_UNREADABLE},
    {"unknown escape", "char X[] = \"\\q\";", "an escape sequence", ERROR_UNREADABLE},
    {"universal character name", "char X[] = \"\\u0041\";", "an escape sequence", ERROR_UNREADABLE},
    {"hex out of range", "char X[] = \"\\x141\";", "an escape sequence", ERROR_UNREADABLE},
    {"octal out of range", "char X[] = \"\\777\";", "an escape sequence", ERROR_UNREADABLE},
    {"trigraph", "char X[] = \"a?\?/n\";", "a trigraph", ERROR_UNREADABLE},
    {"trigraph after a third question mark", "char X[] = \"a?\?\?/n\";", "a trigraph",
     ERROR_UNREADABLE},
    {"wide", "wchar_t X[] = L\"abc\";", "wide characters", ERROR_UNREADABLE},
    {"wide raw", "wchar_t X[] = LR\"(a)\";", "wide characters", ERROR_UNREADABLE},
    {"raw without end", "char X[] = R\"(abc", "raw string literal", ERROR_UNREADABLE},
    {"raw with a long delimiter", "char X[] = R\"12345678901234567(a)12345678901234567\";",
     "without its parenthesis", ERROR_UNREADABLE},
    {"a raw literal over the lines of a directive", "#define Y R\"(\nchar X[] = \"a\";\n)\"\n",
     "a raw string literal in a directive", ERROR_UNREADABLE},
    {"a number too large", "unsigned char X[] = {256};", "numbers from 0 to 255", ERROR_UNREADABLE},
    {"a name among bytes", "unsigned char X[] = {65, Y};", "numbers from 0 to 255",
     ERROR_UNREADABLE},
    {"an expression among bytes", "unsigned char X[] = {65 + 1};", "expressions", ERROR_UNREADABLE},
    {"several characters in one", "const char X[] = {'AB'};", "numbers", ERROR_UNREADABLE},
    {"not binary", "unsigned char X[] = {0b2};", "numbers", ERROR_UNREADABLE},
    {"no end of the bytes", "unsigned char X[] = {65, 66", "expressions", ERROR_UNREADABLE},
    {"no comma", "unsigned char X[] = {65 66};", "expressions", ERROR_UNREADABLE},
    {"no bytes", "unsigned char X[] = {};", "X is empty", ERROR_UNREADABLE},
    {"no room for the NUL", "char X[3] = \"abc\";", "does not fit its array", ERROR_PROOF},
    {"cut by its size", "char X[0x2] = \"abc\";", "does not fit its array", ERROR_PROOF},
    {"bytes cut by their size", "char X[2] = {65, 66, 67};", "does not fit its array", ERROR_PROOF},
};

START_TEST(cheader_refuses_what_needs_evaluation)
{
    struct cheader_value value;
    struct error err;
    int rv = read_x(unreadable[_i].given, strlen(unreadable[_i].given), &value, &err);

    ck_assert_msg(rv == -1, "%s: taken", unreadable[_i].claim);
    ck_assert_msg(err.code == unreadable[_i].code && err.hint[0] != '\0', "%s", err.message);
    ck_assert_msg(strstr(err.message, unreadable[_i].want) != NULL, "%s: %s", unreadable[_i].claim,
                  err.message);
}
END_TEST

START_TEST(cheader_keeps_nul_bytes)
{
    static const char source[] = "char X[] = \"a\\0b\\x00\";";
    struct cheader_value value;
    struct error err;

    ck_assert_int_eq(read_x(source, sizeof source - 1, &value, &err), 0);
    ck_assert_uint_eq(value.bytes.length, 4);
    ck_assert_mem_eq(value.bytes.data, "a\0b\0", 4);
    text_free(&value.bytes);
}
END_TEST

static const struct {
    const char *claim;
    const char *given;
    const char *want;
    bool has_nul;
} arrays[] = {
    {"hex, octal, decimal", "const unsigned char X[] = {0x41, 66,\n 0103};", "ABC", false},
    {"a comma at the end", "static const unsigned char X[2] PROGMEM = { 65, 66, };", "AB", false},
    {"comments", "unsigned char X[] = {65 /* , 1 */, // 2\n 66};", "AB", false},
    {"a suffix", "unsigned char X[] = {65u, 0x42UL};", "AB", false},
    {"binary", "unsigned char X[] = {0b1000001, 0B1000010};", "AB", false},
    {"characters", "const char X[] = {'A', '\\x42', '\\103'};", "ABC", false},
    {"of a signed char", "const char X[] = {-0x1, 65, -128};",
     "\xff"
     "A\x80",
     false},
    {"a larger array", "char X[9] = {65, 66};", "AB", true},
    {"std::array", "constexpr std::array<uint8_t, 2> X = {65, 66};", "AB", false},
    {"std::array with two braces", "constexpr std::array<uint8_t, 2> X{{65, 66}};", "AB", false},
    {"std::vector", "const std::vector<uint8_t> X = std::vector<uint8_t>{65, 66};", "AB", false},
    {"another name", "const uint8_t Y[] = {65, 66}; const uint8_t *X = Y;", "AB", false},
    {"what xxd -i makes", "unsigned char X[] = {\n  0x41, 0x42\n};\nunsigned int X_len = 2;\n",
     "AB", false},
};

START_TEST(cheader_reads_arrays)
{
    struct cheader_value value;
    struct error err;
    int rv = read_x(arrays[_i].given, strlen(arrays[_i].given), &value, &err);

    ck_assert_msg(rv == 0, "%s: %s", arrays[_i].claim, err.message);
    ck_assert_msg(value.form == CHEADER_BYTES, "%s", arrays[_i].claim);
    ck_assert_str_eq(value.bytes.data, arrays[_i].want);
    ck_assert_msg(value.has_nul == arrays[_i].has_nul, "%s", arrays[_i].claim);
    text_free(&value.bytes);
}
END_TEST

static const struct {
    const char *claim;
    const char *given;
    const char *want;
    const char *want_hint;
    enum error_code code;
} missing[] = {
    {"another name", "\nconst char Y[] =\n \"-----BEGIN CERTIFICATE-----\\n\";",
     "it does not define X, but Y (a string, line 2)", "-n NAME", ERROR_UNREADABLE},
    {"certificates come first",
     "char A[] = \"a\";\nconst uint8_t DER[] PROGMEM = {0x30, 0x82};\n#define B \"-----BEGIN X\"\n",
     "but DER (an array, line 2), B (a macro, line 3)", "-n NAME", ERROR_UNREADABLE},
    {"anchors of other kinds",
     "static const br_x509_trust_anchor TAs[1] = {{0}};\nextern const uint8_t s[] "
     "asm(\"_binary_a_pem_start\");",
     "but TAs (BearSSL trust anchors, line 1), s (a file that the build embeds, line 2)", "-n NAME",
     ERROR_UNREADABLE},
    {"only a declaration", "\nextern const char X[];", "line 2: X is only declared here",
     "caembed --check -n X -o FILE", ERROR_UNREADABLE},
    {"a variable of a function", "void f(void) {\n char X[] = \"a\"; }",
     "line 2: X is a function, or belongs to a function", "static const char X[]",
     ERROR_UNREADABLE},
    {"a function", "const char *X(void) { return \"a\"; }", "line 1: X is a function, or belongs",
     "static const char X[]", ERROR_UNREADABLE},
    {"an include", "#include \"real.h\"\n", "unless a file that it includes does",
     "cc -E x.h | caembed --check -n X -o - HOST", ERROR_UNREADABLE},
    {"nothing", "/* nothing */\n", "the header does not define the string X",
     "or another name with -n", ERROR_PROOF},
};

START_TEST(cheader_says_what_is_there_instead)
{
    const struct cheader_source source = {missing[_i].given, strlen(missing[_i].given), "x.h",
                                          NULL};
    struct error err = {.code = ERROR_NONE};

    ck_assert_int_eq(cheader_fail_missing(&source, "X", &err), -1);
    ck_assert_msg(err.code == missing[_i].code, "%s: %s", missing[_i].claim, err.message);
    ck_assert_msg(strstr(err.message, missing[_i].want) != NULL, "%s: %s", missing[_i].claim,
                  err.message);
    ck_assert_msg(strstr(err.hint, missing[_i].want_hint) != NULL, "%s: %s", missing[_i].claim,
                  err.hint);
}
END_TEST

START_TEST(cheader_counts_the_lines_of_the_file_that_a_marker_names)
{
    static const char source[] =
        "# 1 \"main.c\"\n\n# 40 \"inc/ca.h\" 1\n\nchar X[] = \"a\" MORE;\n";
    struct cheader_value value;
    struct error err;

    ck_assert_int_eq(read_x(source, sizeof source - 1, &value, &err), -1);
    ck_assert_msg(strstr(err.message, "line 41 of ca.h: ") == err.message, "%s", err.message);
    ck_assert_msg(strstr(err.hint, "cc -E") == NULL, "%s", err.hint);
}
END_TEST

/* Each would make the reader look to the end of the source, or to the line's beginning. */
START_TEST(cheader_is_not_quadratic)
{
    static const char *const pieces[] = {"#if R\"x(\n#endif\n",
                                         "#if R\"\n#endif\n",
                                         "#ifndef A\n",
                                         "#if 0\n#endif\n#ifndef B\n#endif\n",
                                         "\\   \\   ",
                                         "X,",
                                         "X(",
                                         "X=(a*",
                                         "{X[",
                                         "asm(\"_binary_\")",
                                         "a=\"b\";"};

    for (size_t i = 0; i < COUNT(pieces); i++) {
        struct text source = {0};
        struct cheader_value value;
        struct error err;
        for (int k = 0; k < 100000; k++)
            text_add(&source, "%s", pieces[i]);
        (void)!read_x(source.data, source.length, &value, &err);
        text_free(&value.bytes);
        text_free(&source);
    }
}
END_TEST

START_TEST(cheader_bounds_conditions_and_parentheses)
{
    for (int kind = 0; kind < 3; kind++) {
        struct text source = {0};
        struct cheader_value value;
        struct error err;
        text_add(&source, kind == 2 ? "char X[] = " : "");
        for (int i = 0; i < 1000; i++)
            text_add(&source, "%s", kind == 0 ? "#if U\n" : kind == 1 ? "#if 0\n" : "(");
        text_add(&source, kind == 2 ? "\"a\";" : "char X[] = \"a\";");
        ck_assert_int_eq(read_x(source.data, source.length, &value, &err), kind == 1 ? 0 : -1);
        ck_assert_int_eq(value.form, CHEADER_NONE);
        text_free(&source);
    }
}
END_TEST

START_TEST(cheader_survives_every_cut_of_a_source)
{
    static const char source[] =
        "# 1 \"x\"\n#if 0\n#if 1\n#endif\n#elif defined(A)\n#endif\n// c\\\n\nchar Y[9] = "
        "(char*)/* "
        "c */ \"a\\x41\\n\" R\"d(b)d\" u8\"c\"sv, X[] = {{-1, 'a', 0b1}}, *Z = "
        "std::string<a>(F(&X[0"
        "]));extern \"C\" { char *X __attribute__((asm(\"_binary_\"))) = Y; }";

    for (size_t length = 0; length < sizeof source; length++) {
        struct cheader_value value;
        struct error err;
        char *copy = malloc(length + 1); /* for the sanitizer to see the end */
        ck_assert_ptr_nonnull(copy);
        memcpy(copy, source, length);
        (void)!read_x(copy, length, &value, &err);
        text_free(&value.bytes);
        free(copy);
    }
}
END_TEST

int main(void)
{
    TCase *cases = tcase_create("cheader");

    tcase_add_loop_test(cases, cheader_reads, 0, COUNT(rows));
    tcase_add_loop_test(cases, cheader_refuses_what_needs_evaluation, 0, COUNT(unreadable));
    tcase_add_loop_test(cases, cheader_reads_arrays, 0, COUNT(arrays));
    tcase_add_loop_test(cases, cheader_says_what_is_there_instead, 0, COUNT(missing));
    tcase_add_test(cases, cheader_keeps_nul_bytes);
    tcase_add_test(cases, cheader_counts_the_lines_of_the_file_that_a_marker_names);
    tcase_add_test(cases, cheader_is_not_quadratic);
    tcase_add_test(cases, cheader_bounds_conditions_and_parentheses);
    tcase_add_test(cases, cheader_survives_every_cut_of_a_source);
    return unit_run("cheader", cases);
}
