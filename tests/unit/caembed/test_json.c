/* test_json.c -- JSON and JSON5 are read to the letter, every value knows its place, messages say
 * what is there */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "unit.h"

static int parse(const char *bytes, enum json_dialect dialect, struct json **out, struct error *err)
{
    return json_parse(bytes, strlen(bytes), "x.json", dialect, out, err);
}

/* The tree in a notation of its own: kinds and decoded texts, bytes beyond ASCII as `\XX`. */
static void dump(struct text *text, const struct json *json)
{
    static const char *const kinds[] = {"null", "false", "true", "int ", "real ", "", "[", "{"};

    if (json->key != NULL) {
        text_add_plain(text, json->key);
        text_add(text, ":");
    }
    text_add(text, "%s%s", kinds[json->kind], json->kind == JSON_STRING ? "<" : "");
    if (json->text != NULL)
        text_add_plain(text, json->text);
    for (const struct json *entry = json->first; entry != NULL; entry = entry->next) {
        dump(text, entry);
        text_add(text, "%s", entry->next != NULL ? " " : "");
    }
    text_add(text, "%s", json->trailing_comma ? "," : "");
    text_add(text, "%s",
             json->kind == JSON_STRING   ? ">"
             : json->kind == JSON_ARRAY  ? "]"
             : json->kind == JSON_OBJECT ? "}"
                                         : "");
}

/* NULL: not this dialect's. */
static const struct {
    const char *given;
    const char *want_strict;
    const char *want_five;
} readings[] = {
    {"null", "null", "null"},
    {" \t\r\n[true, false]\n", "[true false]", "[true false]"},
    {"{}", "{}", "{}"},
    {"{\"a\": {\"b\": []}, \"a\": 1}", "{a:{b:[]} a:int 1}", "{a:{b:[]} a:int 1}"},
    {"[0, -0, 10, -12, 9007199254740993, 123456789012345678901234567890]",
     "[int 0 int -0 int 10 int -12 int 9007199254740993 int 123456789012345678901234567890]",
     "[int 0 int -0 int 10 int -12 int 9007199254740993 int 123456789012345678901234567890]"},
    {"[1.0, 1e6, 1E+6, -0.5e-3]", "[real 1.0 real 1e6 real 1E+6 real -0.5e-3]",
     "[real 1.0 real 1e6 real 1E+6 real -0.5e-3]"},
    {"\"\\\" \\\\ \\/ \\b\\f\\n\\r\\t \\u00e9 \\ud83d\\ude00 /* no comment */\"",
     "<\" \\ / \\08\\0C\\0A\\0D\\09 \\C3\\A9 \\F0\\9F\\98\\80 /* no comment */>",
     "<\" \\ / \\08\\0C\\0A\\0D\\09 \\C3\\A9 \\F0\\9F\\98\\80 /* no comment */>"},
    {"{\"m\\u0061cros\": 1}", "{macros:int 1}", "{macros:int 1}"},
    {"\"\xc3\xa9\xf0\x9f\x98\x80\"", "<\\C3\\A9\\F0\\9F\\98\\80>", "<\\C3\\A9\\F0\\9F\\98\\80>"},

    {"// a\n[1, /* b */ 2 // c\n] // d", NULL, "[int 1 int 2]"},
    {"/* ** / */ 1 /**/", NULL, "int 1"},
    {"// ends with CR\r1", NULL, "int 1"},
    {"// ends with U+2028\xe2\x80\xa8"
     "1",
     NULL, "int 1"},
    {"[1,]", NULL, "[int 1,]"},
    {"{\"a\": 1, // why\n}", NULL, "{a:int 1,}"},
    {"['it''s']", NULL, NULL},
    {"'it\\'s \"q\"'", NULL, "<it's \"q\">"},
    {"{a: 1, $b_9: 2, null: 3, \xc3\xa9: 4, \\u0061b: 5, Infinity: 6}", NULL,
     "{a:int 1 $b_9:int 2 null:int 3 \\C3\\A9:int 4 ab:int 5 Infinity:int 6}"},
    {"[+1, +0x10, -0xfF, 0XDECAF, 0xffffffffffffffff, 0x0000000000000000001]", NULL,
     "[int 1 int 16 int -255 int 912559 int 18446744073709551615 int 1]"},
    {"[.5, 5., +.5e1, Infinity, -Infinity, +NaN]", NULL,
     "[real .5 real 5. real .5e1 real Infinity real -Infinity real NaN]"},
    {"'\\x41\\v\\a\\\xc3\xa9'", NULL, "<A\\0Ba\\C3\\A9>"},
    {"'a\\\nb\\\r\nc\\\rd\\\xe2\x80\xa9"
     "e'",
     NULL, "<abcde>"},
    {"\"tab\tand \xe2\x80\xa8 stay\"", NULL, "<tab\\09and \\E2\\80\\A8 stay>"},
    {"\xef\xbb\xbf\v\f\xc2\xa0\xe3\x80\x80[1]", NULL, "[int 1]"},
};

START_TEST(json_reads)
{
    const char *want[] = {readings[_i].want_strict, readings[_i].want_five};

    for (int dialect = JSON_STRICT; dialect <= JSON_FIVE; dialect++) {
        struct json *json = NULL;
        struct error err = {.code = ERROR_NONE};
        struct text text = {0};
        int rv = parse(readings[_i].given, (enum json_dialect)dialect, &json, &err);
        ck_assert_msg(rv == (want[dialect] != NULL ? 0 : -1), "%s: %s", readings[_i].given,
                      err.message);
        if (rv == 0) {
            dump(&text, json);
            ck_assert_str_eq(text.data, want[dialect]);
        }
        text_free(&text);
        json_free(json);
    }
}
END_TEST

/* One text for both dialects, or NULL where the dialect takes it. */
static const struct {
    const char *given;
    const char *want_strict;
    const char *want_five;
} refusals[] = {
    {"", "1:1: found nothing but blanks", "1:1: found nothing but blanks"},
    {"\n  ", "2:3: found nothing but blanks", "2:3: found nothing but blanks"},
    {"{\n  // why\n}", "2:3: found a comment, which plain JSON does not have", NULL},
    {"{\"a\": 1,\n \"b\": [2, ]}", "2:9: found a comma before ']', which plain JSON does not have",
     NULL},
    {"\xef\xbb\xbf{}", "1:1: found a byte order mark, which plain JSON does not have", NULL},
    {"{'a': 1}", "1:2: found single quotes, which plain JSON does not have", NULL},
    {"{a: 1}", "1:2: found a key without quotes, which plain JSON does not have", NULL},
    {"[+1]", "1:2: found a plus sign, which plain JSON does not have", NULL},
    {"[0x1F]", "1:2: found a hexadecimal number, which plain JSON does not have", NULL},
    {"[1.]", "1:2: found a number that begins or ends with a point, which plain JSON does not have",
     NULL},
    {"[NaN]", "1:2: found NaN, which plain JSON does not have", NULL},
    {"[\"\xc3\xa9\xc3\xa9\", 01]", "1:8: found a number with a leading zero",
     "1:8: found a number with a leading zero"},
    {"[-01]", "1:3: found a number with a leading zero", "1:3: found a number with a leading zero"},
    {"[1e]", "1:2: found an exponent without digits", "1:2: found an exponent without digits"},
    {"[-]", "1:3: expected a value, found ']'", "1:3: expected a value, found ']'"},
    {"[,]", "1:2: expected a value, found ','", "1:2: expected a value, found ','"},
    {"[1,,]", "1:4: expected a value, found ','", "1:4: expected a value, found ','"},
    {"{\"a\" 1}", "1:6: expected ':' after a key, found '1'",
     "1:6: expected ':' after a key, found '1'"},
    {"{\"a\": 1 \"b\": 2}", "1:9: expected ',' or '}', found '\"'",
     "1:9: expected ',' or '}', found '\"'"},
    {"{1: 2}", "1:2: expected a key in quotes or '}', found '1'",
     "1:2: expected a key or '}', found '1'"},
    {"[1", "1:3: expected ',' or ']', found the end of the file",
     "1:3: expected ',' or ']', found the end of the file"},
    {"[1}", "1:3: expected ',' or ']', found '}'", "1:3: expected ',' or ']', found '}'"},
    {"{} {}", "1:4: expected the end of the file, found '{'",
     "1:4: expected the end of the file, found '{'"},
    {"nulL", "1:1: expected a value, found 'n'", "1:1: expected a value, found 'n'"},
    {"truer", "1:5: expected the end of the file, found 'r'",
     "1:5: expected the end of the file, found 'r'"},
    {"[\"a\nb\"]", "1:2: found a string that does not end on its line",
     "1:2: found a string that does not end on its line"},
    {"[\"a", "1:2: found a string that does not end on its line",
     "1:2: found a string that does not end on its line"},
    {"\"\x01\"", "1:2: found the control character 0x01 in a string", NULL},
    {"\"\\q\"", "1:2: found the unknown escape '\\q'", NULL},
    {"\"\\1\"", "1:2: found the unknown escape '\\1'", "1:2: found the unknown escape '\\1'"},
    {"\"\\x4\"", "1:2: found the unknown escape '\\x'", "1:2: found the unknown escape '\\x'"},
    {"\"\\u12g4\"", "1:2: found '\\u' without four hexadecimal digits",
     "1:2: found '\\u' without four hexadecimal digits"},
    {"\"a\\u0000\"", "1:3: found the character U+0000", "1:3: found the character U+0000"},
    {"'\\0'", "1:1: found single quotes, which plain JSON does not have",
     "1:2: found the character U+0000"},
    {"'\\x00'", "1:1: found single quotes, which plain JSON does not have",
     "1:2: found the character U+0000"},
    {"\"\\ud800\"", "1:2: found half of a surrogate pair", "1:2: found half of a surrogate pair"},
    {"\"\\ud800\\u0041\"", "1:2: found half of a surrogate pair",
     "1:2: found half of a surrogate pair"},
    {"\"\\ud800\\ue000\"", "1:2: found half of a surrogate pair",
     "1:2: found half of a surrogate pair"},
    {"\"\xe0\x80\x80\"", "1:2: found the byte 0xe0, which is not UTF-8 text",
     "1:2: found the byte 0xe0, which is not UTF-8 text"},
    {"\"\\udc00\"", "1:2: found half of a surrogate pair", "1:2: found half of a surrogate pair"},
    {"\"\xff\"", "1:2: found the byte 0xff, which is not UTF-8 text",
     "1:2: found the byte 0xff, which is not UTF-8 text"},
    {"\"\xed\xa0\x80\"", "1:2: found the byte 0xed, which is not UTF-8 text",
     "1:2: found the byte 0xed, which is not UTF-8 text"},
    {"\xff\xfe{", "1:1: found UTF-16 text, not UTF-8", "1:1: found UTF-16 text, not UTF-8"},
    {"[1] /* x", "1:5: found a comment, which plain JSON does not have",
     "1:5: found a comment that does not end"},
    {"0x", "1:1: found a hexadecimal number, which plain JSON does not have",
     "1:1: found '0x' without digits"},
    {"0x10000000000000000", "1:1: found a hexadecimal number, which plain JSON does not have",
     "1:1: found a hexadecimal number of more than 64 bits"},
    {"\v1", "1:1: expected a value, found the byte 0x0b", NULL},
};

START_TEST(json_names_what_it_refuses)
{
    const char *want[] = {refusals[_i].want_strict, refusals[_i].want_five};

    for (int dialect = JSON_STRICT; dialect <= JSON_FIVE; dialect++) {
        struct json *json = NULL;
        struct error err = {.code = ERROR_NONE};
        char message[200];
        int rv = parse(refusals[_i].given, (enum json_dialect)dialect, &json, &err);
        ck_assert_msg(rv == (want[dialect] == NULL ? 0 : -1), "%s", refusals[_i].given);
        json_free(json);
        if (rv == 0)
            continue;
        snprintf(message, sizeof message, "x.json:%s", want[dialect]);
        ck_assert_str_eq(err.message, message);
        ck_assert_int_eq(err.code, ERROR_USAGE);
    }
}
END_TEST

START_TEST(json_refuses_a_nul_byte)
{
    struct json *json = NULL;
    struct error err = {.code = ERROR_NONE};

    ck_assert_int_eq(json_parse("{}\0{", 4, "x.json", JSON_FIVE, &json, &err), -1);
    ck_assert_str_eq(err.message, "x.json:1:3: found a NUL byte");
}
END_TEST

/* The claim of every value's place, checked against the text itself. */
static void check_places(const char *bytes, const struct json *json)
{
    static const char *const first[] = {"n", "f", "t", "+-.0123456789IN", NULL, "\"'", "[", "{"};
    const char *begins = json->kind == JSON_REAL ? first[JSON_INTEGER] : first[json->kind];
    size_t line = 1;

    ck_assert_ptr_nonnull(strchr(begins, bytes[json->at]));
    ck_assert_ptr_nonnull(strchr(",]} \n/", bytes[json->end]));
    for (size_t at = 0; at < json->at; at++)
        line += bytes[at] == '\n';
    ck_assert_uint_eq(json->line, line);
    for (const struct json *entry = json->first; entry != NULL; entry = entry->next) {
        ck_assert(entry->at > json->at && entry->end <= json->tail && json->tail < json->end);
        check_places(bytes, entry);
    }
}

START_TEST(json_knows_the_place_of_every_value)
{
    static const char bytes[] = "\n{ a: [1, 'x' /* c */, +2.5\n , ], // d\n 'b': {c: null, d: true "
                                "/* e */}, e: {}, f: [ // none\n ] }\n";
    struct json *json = NULL;
    struct error err = {.code = ERROR_NONE};
    const struct json *list;

    ck_assert_int_eq(parse(bytes, JSON_FIVE, &json, &err), 0);
    check_places(bytes, json);
    list = json_member(json, "f");
    ck_assert_uint_eq(list->tail, (size_t)(strstr(bytes, "none") + 4 - bytes));
    list = json_member(json, "a");
    ck_assert(bytes[list->tail - 1] == ',' && list->trailing_comma);
    list = json_member(json, "e");
    ck_assert_uint_eq(list->tail, list->at + 1);
    ck_assert_ptr_null(json_member(json, "A"));
    ck_assert_ptr_null(json_member(list, "a"));
    ck_assert_ptr_null(json_member(NULL, "a"));
    json_free(json);
}
END_TEST

START_TEST(json_bounds_depth)
{
    char bytes[2 * JSON_DEPTH_MAX + 3] = "";
    struct json *json = NULL;
    struct error err = {.code = ERROR_NONE};

    memset(bytes, '[', JSON_DEPTH_MAX + 1);
    memset(bytes + JSON_DEPTH_MAX + 1, ']', JSON_DEPTH_MAX + 1);
    ck_assert_int_eq(parse(bytes, JSON_STRICT, &json, &err), -1);
    ck_assert_ptr_nonnull(strstr(err.message, "more than 1000 brackets within each other"));
    bytes[2 * JSON_DEPTH_MAX + 1] = '\0';
    err = (struct error){.code = ERROR_NONE};
    ck_assert_int_eq(parse(bytes + 1, JSON_STRICT, &json, &err), 0);
    json_free(json);
}
END_TEST

START_TEST(json_bounds_no_brackets_beside_each_other)
{
    struct text bytes = {0};
    struct json *json = NULL;
    struct error err = {.code = ERROR_NONE};

    text_add(&bytes, "[[]");
    for (int i = 0; i < 2 * JSON_DEPTH_MAX; i++)
        text_add(&bytes, ",{}");
    text_add(&bytes, "]");
    ck_assert_int_eq(parse(bytes.data, JSON_STRICT, &json, &err), 0);
    json_free(json);
    text_free(&bytes);
}
END_TEST

START_TEST(json_bounds_the_number_of_values)
{
    size_t length = 2 * ((size_t)JSON_COUNT_MAX + 2);
    char *bytes = malloc(length + 1);
    struct json *json = NULL;
    struct error err = {.code = ERROR_NONE};

    ck_assert_ptr_nonnull(bytes);
    for (size_t i = 0; i < length; i++)
        bytes[i] = i % 2 == 0 ? '0' : ',';
    bytes[0] = '[';
    bytes[1] = ' ';
    bytes[length - 1] = ']';
    bytes[length] = '\0';
    ck_assert_int_eq(parse(bytes, JSON_STRICT, &json, &err), -1);
    ck_assert_ptr_nonnull(strstr(err.message, "more than 1000000 values"));
    free(bytes);
}
END_TEST

/* Whatever is cut off or replaced: an error with its place, or a tree, and nothing is read that is
 * not there. */
START_TEST(json_survives_every_change_of_a_byte)
{
    static const char bytes[] =
        "{a:[1,0x1f,.5,'\\x41\\u00e9\\\n'],\"b\":{c:null,},/*x*/d:true}//y\n";
    static const char others[] = "\"'\\/*{}[]:,0x.e\n \xe2";

    for (size_t at = 0; at < sizeof bytes; at++)
        for (size_t i = 0; i < sizeof others; i++) {
            char *copy = malloc(sizeof bytes);
            struct json *json = NULL;
            struct error err = {.code = ERROR_NONE};
            ck_assert_ptr_nonnull(copy);
            memcpy(copy, bytes, sizeof bytes);
            copy[at < sizeof bytes - 1 ? at : 0] = others[i];
            if (parse(copy, JSON_FIVE, &json, &err) != 0)
                ck_assert_msg(strncmp(err.message, "x.json:", 7) == 0, "%s", err.message);
            json_free(json);
            free(copy);
        }
}
END_TEST

int main(void)
{
    TCase *cases = tcase_create("json");

    tcase_add_loop_test(cases, json_reads, 0, COUNT(readings));
    tcase_add_loop_test(cases, json_names_what_it_refuses, 0, COUNT(refusals));
    tcase_add_test(cases, json_refuses_a_nul_byte);
    tcase_add_test(cases, json_knows_the_place_of_every_value);
    tcase_add_test(cases, json_bounds_depth);
    tcase_add_test(cases, json_bounds_no_brackets_beside_each_other);
    tcase_add_test(cases, json_bounds_the_number_of_values);
    tcase_add_test(cases, json_survives_every_change_of_a_byte);
    return unit_run("json", cases);
}
