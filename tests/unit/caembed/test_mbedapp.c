/* test_mbedapp.c -- settings are inserted; what the user has stays to the byte */
#include <cjson/cJSON.h>
#include <string.h>

#include "emit/mbedapp.h"
#include "unit.h"

static const struct {
    const char *claim;
    const char *given; /* NULL: no file */
    const char *macro; /* NULL: none is needed */
    const char *want;
} merges[] = {
    {"a new file", NULL, NULL,
     "{\n    \"target_overrides\": {\n        \"*\": {\n            \"mbed-trace.enable\": 1,\n"
     "            \"tls-socket.debug-level\": 0\n        }\n    }\n}\n"},
    {"a new file with a macro", NULL, "MBEDTLS_SHA1_C=1",
     "{\n    \"macros\": [\"MBEDTLS_SHA1_C=1\"],\n    \"target_overrides\": {\n        \"*\": {\n"
     "            \"mbed-trace.enable\": 1,\n            \"tls-socket.debug-level\": 0\n        "
     "}\n    }\n}\n"},
    {"an empty file counts as a new one", "", NULL,
     "{\n    \"target_overrides\": {\n        \"*\": {\n            \"mbed-trace.enable\": 1,\n"
     "            \"tls-socket.debug-level\": 0\n        }\n    }\n}\n"},
    {"what is set stays",
     "{\"target_overrides\":{\"*\":{\"mbed-trace.enable\":false,\"tls-socket.debug-level\":5}}}",
     NULL,
     "{\"target_overrides\":{\"*\":{\"mbed-trace.enable\":false,\"tls-socket.debug-level\":5}}}"},
    {"one line stays one line", "{ \"target_overrides\": { \"*\": { \"a.b\": 1 } } }", NULL,
     "{ \"target_overrides\": { \"*\": { \"a.b\": 1, \"mbed-trace.enable\": 1, "
     "\"tls-socket.debug-level\": 0 } } }"},
    {"lines with two blanks, no end of line, other targets",
     "{\n  \"target_overrides\": {\n    \"K64F\": {\n      \"x.y\": 1\n    },\n    \"*\": {\n      "
     "\"a.b\": 1e400,\n"
     "      \"big\": 12345678901234567890\n    }\n  }\n}",
     NULL,
     "{\n  \"target_overrides\": {\n    \"K64F\": {\n      \"x.y\": 1\n    },\n    \"*\": {\n      "
     "\"a.b\": 1e400,\n"
     "      \"big\": 12345678901234567890,\n      \"mbed-trace.enable\": 1,\n      "
     "\"tls-socket.debug-level\": 0\n    }\n  }\n}"},
    {"tabs",
     "{\n\t\"macros\": [\n\t\t\"A\"\n\t],\n\t\"target_overrides\": {\"*\": {\"mbed-trace.enable\": "
     "1, \"tls-socket.debug-level\": 0}}\n}\n",
     "MBEDTLS_SHA1_C=1",
     "{\n\t\"macros\": [\n\t\t\"A\",\n\t\t\"MBEDTLS_SHA1_C=1\"\n\t],\n\t\"target_overrides\": "
     "{\"*\": {\"mbed-trace.enable\": 1, \"tls-socket.debug-level\": 0}}\n}\n"},
    {"brackets and escapes in strings",
     "{\"config\": {\"a\\\"}\": \"]}\\\\\"}, \"target_overrides\": {\"*\": {\"mbed-trace.enable\": "
     "1, \"tls-socket.debug-level\": 0}}}",
     "X=1",
     "{\"config\": {\"a\\\"}\": \"]}\\\\\"}, \"target_overrides\": {\"*\": {\"mbed-trace.enable\": "
     "1, \"tls-socket.debug-level\": 0}}, \"macros\": [\"X=1\"]}"},
    {"a key written with escapes",
     "{\"m\\u0061cros\": [\"X=1\"], \"target_overrides\": {\"*\": {\"mbed-trace.enable\": 1, "
     "\"tls-socket.debug-level\": 0}}}",
     "X=1",
     "{\"m\\u0061cros\": [\"X=1\"], \"target_overrides\": {\"*\": {\"mbed-trace.enable\": 1, "
     "\"tls-socket.debug-level\": 0}}}"},
    {"a key twice, of no concern here",
     "{\"name\": \"a\", \"name\": [1], \"target_overrides\": {\"*\": {\"mbed-trace.enable\": "
     "1, \"tls-socket.debug-level\": 0}}}",
     "X=1",
     "{\"name\": \"a\", \"name\": [1], \"target_overrides\": {\"*\": {\"mbed-trace.enable\": "
     "1, \"tls-socket.debug-level\": 0}}, \"macros\": [\"X=1\"]}"},
};

static int merge_for(const char *target, const char *path, const char *json, const char *macro,
                     struct text *out, struct text *unknown, struct error *err)
{
    struct macro_list macros = {.count = 0};

    if (macro != NULL)
        macro_list_add(&macros, macro);
    return mbedapp_merge(json, json != NULL ? strlen(json) : 0, path, &macros, target_find(target),
                         out, unknown, err);
}

static int merge(const char *json, const char *macro, struct text *out, struct text *unknown,
                 struct error *err)
{
    return merge_for("mbed-os", "mbed_app.json", json, macro, out, unknown, err);
}

START_TEST(mbedapp_inserts)
{
    struct text out = {0}, again = {0}, unknown = {0};
    struct error err = {.code = ERROR_NONE};

    ck_assert_msg(merge(merges[_i].given, merges[_i].macro, &out, &unknown, &err) == 0, "%s: %s",
                  merges[_i].claim, err.message);
    ck_assert_str_eq(out.data, merges[_i].want);
    ck_assert_uint_eq(unknown.length, 0);
    ck_assert_int_eq(merge(out.data, merges[_i].macro, &again, &unknown, &err), 0);
    ck_assert_str_eq(again.data, out.data);
    text_free(&out);
    text_free(&again);
    text_free(&unknown);
}
END_TEST

#define DONE "target_overrides: {'*': {'mbed-trace.enable': 1, 'tls-socket.debug-level': 0}}"

/* JSON5, as Mbed CE has it: comments, quotes and commas stay as they are. */
static const struct {
    const char *claim;
    const char *given;
    const char *want;
} five[] = {
    {"comments stay with their entries",
     "{\n  // ours\n  macros: [\n    'A', // first\n    \"B\" /* "
     "second */\n    // 'C'\n  ],\n  " DONE "\n}\n",
     "{\n  // ours\n  macros: [\n    'A', // first\n    \"B\", /* second */\n    // 'C'\n    "
     "\"X=1\"\n "
     " ],\n  " DONE "\n}\n"},
    {"a trailing comma stays one", "{\n\tmacros: [\n\t\t'A',\n\t],\n\t" DONE ",\n}",
     "{\n\tmacros: [\n\t\t'A',\n\t\t\"X=1\",\n\t],\n\t" DONE ",\n}"},
    {"a trailing comma on one line", "{macros: ['A', ], " DONE ", }",
     "{macros: ['A', \"X=1\", ], " DONE ", }"},
    {"an empty array with a comment", "{macros: [ /* none */ ], " DONE "}",
     "{macros: [ /* none */ \"X=1\" ], " DONE "}"},
    {"an empty array with a line comment", "{macros: [ // none\n], " DONE "}",
     "{macros: [ // none\n    \"X=1\"\n], " DONE "}"},
    {"a line comment that CR ends", "{macros: ['A' // none\r], " DONE "}",
     "{macros: ['A', // none\n    \"X=1\"\r], " DONE "}"},
    {"a line comment that U+2028 ends", "{macros: ['A' // none\xe2\x80\xa8], " DONE "}",
     "{macros: ['A', // none\n    \"X=1\"\xe2\x80\xa8], " DONE "}"},
    {"brackets and quotes in comments",
     "/* { \" */ {macros: [/* ] ' */ 'A' /* , */], // }\n" DONE "}",
     "/* { \" */ {macros: [/* ] ' */ 'A', /* , */ \"X=1\"], // }\n" DONE "}"},
    {"keys and macros in any quotes", "{'macr\\x6fs': ['X\\\n=1'], " DONE "}",
     "{'macr\\x6fs': ['X\\\n=1'], " DONE "}"},
    {"settings behind a comment at the end",
     "{\n  macros: ['X=1'],\n  target_overrides: {\n    '*': {\n      'a.b': +0x1F, // hex\n    "
     "},\n  "
     "},\n}\n// end\n",
     "{\n  macros: ['X=1'],\n  target_overrides: {\n    '*': {\n      'a.b': +0x1F, // hex\n      "
     "\"mbed-trace.enable\": 1,\n      \"tls-socket.debug-level\": 0,\n    },\n  },\n}\n// end\n"},
    {"a byte order mark", "\xef\xbb\xbf{macros: [], " DONE "}",
     "\xef\xbb\xbf{macros: [\"X=1\"], " DONE "}"},
};

START_TEST(mbedapp_inserts_into_json5)
{
    static const char *const ways[][2] = {{"mbed-ce", "mbed_app.json"},
                                          {"mbed-os", "mbed_app.json5"}};

    for (size_t i = 0; i < COUNT(ways); i++) {
        struct text out = {0}, unknown = {0};
        struct error err = {.code = ERROR_NONE};
        int rv = merge_for(ways[i][0], ways[i][1], five[_i].given, "X=1", &out, &unknown, &err);
        ck_assert_msg(rv == 0, "%s: %s", five[_i].claim, err.message);
        ck_assert_str_eq(out.data, five[_i].want);
        text_free(&out);
        text_free(&unknown);
    }
}
END_TEST

static const struct {
    const char *has;
    const char *needs;
    bool want;
} macros[] = {
    {"MBEDTLS_SHA1_C=1", "MBEDTLS_SHA1_C=1", true},
    {"MBEDTLS_SHA1_C", "MBEDTLS_SHA1_C=1", true},
    {"MBEDTLS_SHA1_C = 1", "MBEDTLS_SHA1_C=1", true},
    {"MBEDTLS_SHA1_C=0", "MBEDTLS_SHA1_C=1", false},
    {"MBEDTLS_SHA1_C=yes", "MBEDTLS_SHA1_C=1", false},
    {"X_ENABLED", "X_ENABLED", true},
    {"X_ENABLED=1", "X_ENABLED", true},
    {"X_ENABLED=0", "X_ENABLED", false},
    {"MBEDTLS_MPI_MAX_SIZE=1024", "MBEDTLS_MPI_MAX_SIZE=1024", true},
    {"MBEDTLS_MPI_MAX_SIZE=2048", "MBEDTLS_MPI_MAX_SIZE=1024", true},
    {"MBEDTLS_MPI_MAX_SIZE=512", "MBEDTLS_MPI_MAX_SIZE=1024", false},
    {"MBEDTLS_MPI_MAX_SIZE=-1", "MBEDTLS_MPI_MAX_SIZE=1024", false},
};

START_TEST(mbedapp_compares_macros)
{
    struct text json = {0}, out = {0}, unknown = {0};
    struct error err = {.code = ERROR_NONE};
    int rv;

    text_add(&json, "{\"macros\": [\"OTHER\", \"%s\"]}", macros[_i].has);
    rv = merge(json.data, macros[_i].needs, &out, &unknown, &err);
    ck_assert_int_eq(rv, macros[_i].want ? 0 : -1);
    if (rv == 0) {
        ck_assert_ptr_nonnull(strstr(out.data, macros[_i].has));
        ck_assert_ptr_eq(strstr(strstr(out.data, "macros") + 8, "], "), strchr(out.data, ']'));
    } else {
        ck_assert_ptr_nonnull(strstr(err.message, macros[_i].has));
        ck_assert_ptr_nonnull(strstr(err.message, macros[_i].needs));
        ck_assert_int_eq(err.code, ERROR_WRITE);
    }
    text_free(&json);
    text_free(&out);
    text_free(&unknown);
}
END_TEST

static const char *const broken[] = {
    " ",
    "[]",
    "null",
    "{",
    "{} x",
    "{\"a\": 1,}",
    "{ // comment\n}",
    "{ /* comment */ }",
    "{'a': 1}",
    "\xef\xbb\xbf{}",
    "{\x01}",
    "{\"macros\": {}}",
    "{\"macros\": [1]}",
    "{\"macros\": [], \"macros\": []}",
    "{\"target_overrides\": []}",
    "{\"target_overrides\": [0]}",
    "{\"target_overrides\": {\"*\": 1}}",
    "{\"target_overrides\": {\"*\": {}, \"*\": {}}}",
    "{\"macros\\u0000\": [\"A\"]}",
    "{\"name\": \"\\u00+9\"}",
};

START_TEST(mbedapp_refuses_what_is_broken)
{
    struct text out = {0}, unknown = {0};
    struct error err = {.code = ERROR_NONE};

    ck_assert_msg(merge(broken[_i], "X=1", &out, &unknown, &err) == -1, "taken: %s", broken[_i]);
    ck_assert_int_eq(err.code, ERROR_WRITE);
    ck_assert_ptr_nonnull(strstr(err.hint, "\"X=1\""));
    text_free(&out);
    text_free(&unknown);
}
END_TEST

START_TEST(mbedapp_says_where_it_is_no_json)
{
    struct text out = {0}, unknown = {0};
    struct error err = {.code = ERROR_NONE};

    ck_assert_int_eq(merge("{\n  \"macros\": [\"A\", ]\n}", "X=1", &out, &unknown, &err), -1);
    ck_assert_str_eq(err.message,
                     "mbed_app.json:2:17: found a comma before ']', which plain JSON does "
                     "not have");
    text_free(&out);
    text_free(&unknown);
}
END_TEST

START_TEST(mbedapp_refuses_deep_nesting)
{
    char json[9000];
    struct text out = {0}, unknown = {0};
    struct error err = {.code = ERROR_NONE};

    memset(json, '[', sizeof json - 1);
    json[sizeof json - 1] = '\0';
    ck_assert_int_eq(merge(json, NULL, &out, &unknown, &err), -1);
    text_free(&out);
    text_free(&unknown);
}
END_TEST

START_TEST(mbedapp_names_keys_that_mbed_os_does_not_know)
{
    struct text out = {0}, unknown = {0};
    struct error err = {.code = ERROR_NONE};

    ck_assert_int_eq(merge("{\"name\": \"x\", \"comment\": 1, \"config\": {}, \"version\": 2}",
                           NULL, &out, &unknown, &err),
                     0);
    ck_assert_str_eq(unknown.data, "comment, version");
    ck_assert_ptr_nonnull(strstr(out.data, "\"comment\": 1"));
    text_free(&out);
    text_free(&unknown);
}
END_TEST

START_TEST(mbedapp_names_a_few_of_many_unknown_keys)
{
    struct text json = {0}, out = {0}, unknown = {0};
    struct error err = {.code = ERROR_NONE};

    text_add(&json, "{");
    for (int i = 0; i < 200000; i++)
        text_add(&json, "\"key-%d-%s\": 0,", i,
                 i == 1 ? "of-a-name-that-does-not-end-so-soon" : "");
    text_add(&json, "\"name\": \"x\"}");
    ck_assert_int_eq(merge(json.data, NULL, &out, &unknown, &err), 0);
    ck_assert_uint_lt(unknown.length, 200);
    ck_assert_ptr_nonnull(
        strstr(unknown.data, "key-0-, key-1-of-a-name-that-does-not-end-so-soo..., "));
    ck_assert_ptr_nonnull(strstr(unknown.data, " and 199992 more"));
    text_free(&json);
    text_free(&out);
    text_free(&unknown);
}
END_TEST

/* Whatever the document looks like, what comes out is JSON with the settings and all that was
 * there. */
START_TEST(mbedapp_survives_every_cut_of_a_document)
{
    static const char json[] =
        "{ \"name\" : \"a\\\\\\\"\" ,\n \"macros\":[\n\n],\"target_overrides\":{\t\"*\":{ } } }\n";

    for (size_t length = 0; length < sizeof json; length++) {
        char cut[sizeof json];
        struct text out = {0}, unknown = {0};
        struct error err = {.code = ERROR_NONE};
        memcpy(cut, json, length);
        cut[length] = '\0';
        if (merge(cut, "X=1", &out, &unknown, &err) == 0) {
            cJSON *root = cJSON_Parse(out.data);
            ck_assert_msg(root != NULL, "%s", out.data);
            ck_assert_ptr_nonnull(strstr(out.data, "\"X=1\""));
            cJSON_Delete(root);
        } else {
            ck_assert_uint_lt(length, sizeof json - 2);
        }
        text_free(&out);
        text_free(&unknown);
    }
}
END_TEST

/* A merge that would lose or change something is not given out. */
static const struct {
    const char *claim, *before, *after;
    bool want;
} kept[] = {
    {"the same", "{\"a\":[1,{\"b\":null}]}", "{ \"a\": [1, {\"b\": null}] }", true},
    {"more at the end", "{\"a\":[1]}", "{\"a\":[1,2],\"c\":{}}", true},
    {"a key that is lost", "{\"a\":1,\"b\":2}", "{\"b\":2}", false},
    {"the last key that is lost", "{\"a\":1,\"b\":2}", "{\"a\":1}", false},
    {"a key that is lost further in", "{\"a\":{\"b\":1}}", "{\"a\":{},\"b\":1}", false},
    {"a key with another name", "{\"a\":1}", "{\"A\":1}", false},
    {"another string", "{\"a\":\"b\"}", "{\"a\":\"c\"}", false},
    {"another number", "{\"a\":1}", "{\"a\":1.0}", false},
    {"another kind", "{\"a\":true}", "{\"a\":false}", false},
    {"a string for a number", "{\"a\":1}", "{\"a\":\"1\"}", false},
    {"an entry that is lost", "{\"a\":[1,2]}", "{\"a\":[1]}", false},
    {"an entry that is put before", "{\"a\":[1]}", "{\"a\":[2,1]}", false},
    {"another order", "{\"a\":1,\"b\":2}", "{\"b\":2,\"a\":1}", false},
};

START_TEST(mbedapp_keeps_all_that_was_there)
{
    struct error err = {.code = ERROR_NONE};
    struct json *before = NULL, *after = NULL;

    ck_assert_int_eq(
        json_parse(kept[_i].before, strlen(kept[_i].before), "a", JSON_STRICT, &before, &err), 0);
    ck_assert_int_eq(
        json_parse(kept[_i].after, strlen(kept[_i].after), "b", JSON_STRICT, &after, &err), 0);
    ck_assert_msg(mbedapp_keeps(before, after) == kept[_i].want, "%s", kept[_i].claim);
    json_free(before);
    json_free(after);
}
END_TEST

int main(void)
{
    TCase *cases = tcase_create("mbedapp");

    tcase_add_loop_test(cases, mbedapp_inserts, 0, COUNT(merges));
    tcase_add_loop_test(cases, mbedapp_inserts_into_json5, 0, COUNT(five));
    tcase_add_loop_test(cases, mbedapp_compares_macros, 0, COUNT(macros));
    tcase_add_loop_test(cases, mbedapp_refuses_what_is_broken, 0, COUNT(broken));
    tcase_add_test(cases, mbedapp_says_where_it_is_no_json);
    tcase_add_test(cases, mbedapp_refuses_deep_nesting);
    tcase_add_test(cases, mbedapp_names_keys_that_mbed_os_does_not_know);
    tcase_add_test(cases, mbedapp_names_a_few_of_many_unknown_keys);
    tcase_add_test(cases, mbedapp_survives_every_cut_of_a_document);
    tcase_add_loop_test(cases, mbedapp_keeps_all_that_was_there, 0, COUNT(kept));
    return unit_run("mbedapp", cases);
}
