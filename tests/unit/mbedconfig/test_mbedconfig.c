/* test_mbedconfig.c -- the rules of Mbed's configuration system, one row each */
#include "config.h"
#include "values.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#define LIB                                                                                        \
    "{\"name\": \"tls-socket\", \"config\": {\"debug-level\": {\"help\": \"x\", \"value\": 0}}}"
#define OVERRIDE(overrides) "{\"target_overrides\": {" overrides "}}"
#define MACROS(macros) "{\"macros\": [" macros "]}"
#define NOTHING "{}"

/* A library and an application, and the line that the header must have, or the error. */
struct row {
    const char *claim;
    const char *library; /* NULL: none */
    const char *application;
    const char *target; /* NULL: none */
    const char *want_line;
    const char *want_error;
};

static const struct row rows[] = {
    {"name_is_prefix_library_and_parameter_in_capitals", LIB, NOTHING, NULL,
     "#define MBED_CONF_TLS_SOCKET_DEBUG_LEVEL 0 /* tls-socket.debug-level, set by "
     "library:tls-socket */\n",
     NULL},
    {"application_parameter_has_prefix_app", NULL, "{\"config\": {\"wifi-ssid\": \"\\\"x\\\"\"}}",
     NULL, "#define MBED_CONF_APP_WIFI_SSID \"x\" /* app.wifi-ssid, set by application */\n", NULL},
    {"macro_name_takes_the_place_of_the_name",
     "{\"name\": \"mbed-trace\", \"config\": {\"max-level\": {\"value\": 8, \"macro_name\": "
     "\"MBED_TRACE_MAX_LEVEL\"}}}",
     NOTHING, NULL, "#define MBED_TRACE_MAX_LEVEL 8 ", NULL},
    {"true_becomes_1", LIB, OVERRIDE("\"*\": {\"tls-socket.debug-level\": true}"), NULL,
     "DEBUG_LEVEL 1 ", NULL},
    {"false_becomes_0", LIB, OVERRIDE("\"*\": {\"tls-socket.debug-level\": false}"), NULL,
     "DEBUG_LEVEL 0 /* tls-socket.debug-level, set by application[*] */", NULL},
    {"null_defines_nothing", LIB, OVERRIDE("\"*\": {\"tls-socket.debug-level\": null}"), NULL,
     "#define MBED_CONFIG_H\n\n\n#endif\n", NULL},
    {"string_stays_as_it_is", LIB, OVERRIDE("\"*\": {\"tls-socket.debug-level\": \"(1 << 3)\"}"),
     NULL, "DEBUG_LEVEL (1 << 3) ", NULL},
    {"negative_number_stays", LIB, OVERRIDE("\"*\": {\"tls-socket.debug-level\": -3}"), NULL,
     "DEBUG_LEVEL -3 ", NULL},
    {"large_number_is_no_exponent", LIB,
     OVERRIDE("\"*\": {\"tls-socket.debug-level\": 4294967296}"), NULL, "DEBUG_LEVEL 4294967296 ",
     NULL},
    {"url_in_string_is_no_comment", LIB,
     OVERRIDE("\"*\": {\"tls-socket.debug-level\": \"\\\"https://x/\\\\\\\"*/\\\"\"}"), NULL,
     "DEBUG_LEVEL \"https://x/\\\"*/\" ", NULL},
    {"own_parameter_needs_no_prefix", NULL,
     "{\"config\": {\"a\": 1}, \"target_overrides\": {\"*\": {\"a\": 2}}}", NULL,
     "#define MBED_CONF_APP_A 2 ", NULL},
    {"library_overrides_its_own",
     "{\"name\": \"l\", \"config\": {\"a\": 1}, \"target_overrides\": {\"*\": {\"l.a\": 2}}}",
     NOTHING, NULL, "#define MBED_CONF_L_A 2 /* l.a, set by library:l[*] */\n", NULL},
    {"application_wins_over_library",
     "{\"name\": \"l\", \"config\": {\"a\": 1}, \"target_overrides\": {\"*\": {\"a\": 2}}}",
     OVERRIDE("\"*\": {\"l.a\": 3}"), NULL, "#define MBED_CONF_L_A 3 ", NULL},
    {"named_target_wins_over_star_in_any_order", LIB,
     OVERRIDE("\"K64F\": {\"tls-socket.debug-level\": 4}, \"*\": {\"tls-socket.debug-level\": 1}"),
     "K64F", "DEBUG_LEVEL 4 /* tls-socket.debug-level, set by application[K64F] */", NULL},
    {"other_target_does_not_matter", LIB,
     OVERRIDE("\"K64F\": {\"nobody.knows\": 4}, \"*\": {\"tls-socket.debug-level\": 1}"), "K66F",
     "DEBUG_LEVEL 1 ", NULL},
    {"macro_with_value_is_defined", LIB, MACROS("\"MBEDTLS_SHA1_C=1\""), NULL,
     "#define MBEDTLS_SHA1_C 1 /* set by application */\n", NULL},
    {"macro_without_value_is_defined", LIB, MACROS("\"MBEDTLS_SHA1_C\""), NULL,
     "#define MBEDTLS_SHA1_C /* set by application */\n", NULL},
    {"same_macro_twice_is_defined_once", "{\"name\": \"l\", \"macros\": [\"A=1\"]}",
     MACROS("\"A=1\""), NULL, "#define A 1 /* set by library:l */\n\n#endif", NULL},
    {"macro_may_be_a_parameter_of_no_value", "{\"name\": \"l\", \"config\": {\"a\": null}}",
     MACROS("\"MBED_CONF_L_A=2\""), NULL, "#define MBED_CONF_L_A 2 ", NULL},
    {"empty_files_are_fine", NULL, NOTHING, NULL, "#define MBED_CONFIG_H\n\n\n#endif\n", NULL},
    {"byte_order_mark_is_skipped", NULL, "\xEF\xBB\xBF{}", NULL, "#define MBED_CONFIG_H\n\n\n",
     NULL},
    {"keys_that_say_nothing_here_are_allowed", NULL,
     "{\"name\": \"a\", \"artifact_name\": \"b\", \"requires\": [\"tls-socket\"]}", NULL, "#endif",
     NULL},

    {"undefined_override_is_an_error", NULL, OVERRIDE("\"*\": {\"tls-socket.debug-level\": 1}"),
     NULL, NULL,
     "Attempt to override undefined parameter 'tls-socket.debug-level' in 'application[*]'"},
    {"library_macro_and_application_macro_with_value_clash",
     "{\"name\": \"l\", \"macros\": [\"MBEDTLS_SHA1_C\"]}", MACROS("\"MBEDTLS_SHA1_C=1\""), NULL,
     NULL,
     "Macro 'MBEDTLS_SHA1_C' defined in both 'library:l' and 'application' with incompatible "
     "values"},
    {"macro_with_and_without_value_clash", NULL, MACROS("\"X\", \"X=1\""), NULL, NULL,
     "Macro 'X' defined in both 'application' and 'application' with incompatible values"},
    {"parameters_of_one_macro_clash", NULL, "{\"config\": {\"a-b\": 1, \"a_b\": 1}}", NULL, NULL,
     "Parameters 'app.a-b' and 'app.a_b' both define macro 'MBED_CONF_APP_A_B'"},
    {"macro_of_a_parameter_with_value_clashes", LIB,
     MACROS("\"MBED_CONF_TLS_SOCKET_DEBUG_LEVEL=2\""), NULL, NULL,
     "Macro 'MBED_CONF_TLS_SOCKET_DEBUG_LEVEL' defined in 'application' is that of"},
    {"library_may_not_override_another",
     "{\"name\": \"l\", \"target_overrides\": {\"*\": {\"m.a\": 2}}}", NOTHING, NULL, NULL,
     "Invalid prefix 'm' for parameter name 'm.a' in 'library:l[*]'"},
    {"required_parameter_needs_a_value",
     "{\"name\": \"l\", \"config\": {\"a\": {\"required\": true}}}", NOTHING, NULL, NULL,
     "Required parameter 'l.a' defined by 'library:l' doesn't have a value"},
    {"unknown_key_is_an_error", NULL, "{\"macro\": []}", NULL, NULL, "unknown key 'macro'"},
    {"unknown_key_in_library_is_an_error", "{\"name\": \"l\", \"artifact_name\": \"x\"}", NOTHING,
     NULL, NULL, "unknown key 'artifact_name'"},
    {"unknown_key_of_parameter_is_an_error", NULL, "{\"config\": {\"a\": {\"vlaue\": 1}}}", NULL,
     NULL, "unknown key 'vlaue'"},
    {"key_twice_is_an_error", NULL, "{\"macros\": [], \"macros\": []}", NULL, NULL,
     "key 'macros' is there twice"},
    {"library_needs_a_name", "{\"config\": {}}", NOTHING, NULL, NULL, "a library needs a 'name'"},
    {"array_is_no_value", NULL, "{\"config\": {\"a\": [1]}}", NULL, NULL,
     "value of 'app.a' is of no use"},
    {"number_beyond_2_to_53_is_no_value", NULL, "{\"config\": {\"a\": 9007199254740994}}", NULL,
     NULL, "value of 'app.a' is of no use"},
    {"wrong_type_is_an_error", NULL, "{\"macros\": {}}", NULL, NULL, "'macros' has the wrong type"},
    {"root_must_be_an_object", NULL, "[]", NULL, NULL, "not a JSON object"},
    {"comment_is_no_json", NULL, "{\n  // x\n}", NULL, NULL, "test.json:2: not JSON"},
    {"text_after_the_end_is_no_json", NULL, "{} {}", NULL, NULL, "not JSON"},
    {"empty_text_is_no_json", NULL, "", NULL, NULL, "not JSON"},

    {"line_end_in_value_is_refused", NULL, "{\"config\": {\"a\": \"1\\n#error\"}}", NULL, NULL,
     "value of 'app.a' cannot stand in a header"},
    {"line_splice_in_value_is_refused", NULL, "{\"config\": {\"a\": \"1\\\\\"}}", NULL, NULL,
     "cannot stand in a header"},
    {"trigraph_splice_in_value_is_refused", NULL, "{\"config\": {\"a\": \"1?\?/\"}}", NULL, NULL,
     "cannot stand in a header"},
    {"comment_in_value_is_refused", NULL, "{\"config\": {\"a\": \"/* x\"}}", NULL, NULL,
     "cannot stand in a header"},
    {"line_comment_in_value_is_refused", NULL, "{\"config\": {\"a\": \"1 // x\"}}", NULL, NULL,
     "cannot stand in a header"},
    {"open_quote_in_value_is_refused", NULL, "{\"config\": {\"a\": \"\\\"x\"}}", NULL, NULL,
     "cannot stand in a header"},
    {"line_end_in_macro_is_refused", NULL, MACROS("\"A=1\\n#define B\""), NULL, NULL,
     "is no macro"},
    {"macro_must_be_an_identifier", NULL, MACROS("\"1A=1\""), NULL, NULL, "is no macro"},
    {"macro_named_defined_is_refused", NULL, MACROS("\"defined=1\""), NULL, NULL, "is no macro"},
    {"macro_must_be_a_string", NULL, MACROS("1"), NULL, NULL, "is no macro"},
    {"macro_name_must_be_an_identifier", NULL, "{\"config\": {\"a\": {\"macro_name\": \"a b\"}}}",
     NULL, NULL, "is no C identifier"},
    {"parameter_name_cannot_end_the_comment", NULL, "{\"config\": {\"*/\": 1}}", NULL, NULL,
     "is no name for a parameter"},
    {"library_name_cannot_end_the_comment", "{\"name\": \"*/\"}", NOTHING, NULL, NULL,
     "is no name for a library"},
};

static int add(struct config *config, enum unit_kind kind, const char *json, const char *target,
               struct error *error)
{
    return config_add_text(config, kind, "test.json", json, strlen(json), &target, target != NULL,
                           error);
}

START_TEST(row_holds)
{
    const struct row *row = &rows[_i];
    struct error error = {"", ""};
    struct config config;
    char *text = NULL;

    config_init(&config);
    if ((row->library == NULL ||
         add(&config, UNIT_LIBRARY, row->library, row->target, &error) == 0) &&
        add(&config, UNIT_APPLICATION, row->application, row->target, &error) == 0 &&
        config_check(&config, &error) == 0)
        text = config_render(&config);
    ck_assert_msg((text != NULL) == (row->want_line != NULL), "%s: %s", row->claim, error.text);
    if (text != NULL)
        ck_assert_msg(strstr(text, row->want_line) != NULL, "%s: %s", row->claim, text);
    else
        ck_assert_msg(strstr(error.text, row->want_error) != NULL, "%s: %s", row->claim,
                      error.text);
    free(text);
    config_free(&config);
    config_free(&config);
}
END_TEST

START_TEST(library_twice_is_an_error)
{
    struct error error = {"", ""};
    struct config config;

    config_init(&config);
    ck_assert_int_eq(add(&config, UNIT_LIBRARY, LIB, NULL, &error), 0);
    ck_assert_int_eq(add(&config, UNIT_LIBRARY, LIB, NULL, &error), -1);
    ck_assert_str_eq(error.text, "Library name 'tls-socket' is not unique (test.json)");
    config_free(&config);
}
END_TEST

START_TEST(nul_byte_in_file_is_an_error)
{
    struct error error = {"", ""};
    struct config config;

    config_init(&config);
    ck_assert_int_eq(
        config_add_text(&config, UNIT_APPLICATION, "test.json", "{}\0{", 4, NULL, 0, &error), -1);
    ck_assert_str_eq(error.text, "test.json: holds a NUL byte");
    config_free(&config);
}
END_TEST

START_TEST(deep_nesting_is_an_error)
{
    struct error error = {"", ""};
    struct config config;
    char json[20001];

    memset(json, '[', sizeof json - 1);
    json[sizeof json - 1] = '\0';
    config_init(&config);
    ck_assert_int_eq(add(&config, UNIT_APPLICATION, json, NULL, &error), -1);
    config_free(&config);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("mbedconfig");
    TCase *rules = tcase_create("rules");
    SRunner *runner;
    int failed;

    tcase_add_loop_test(rules, row_holds, 0, sizeof rows / sizeof rows[0]);
    tcase_add_test(rules, library_twice_is_an_error);
    tcase_add_test(rules, nul_byte_in_file_is_an_error);
    tcase_add_test(rules, deep_nesting_is_an_error);
    suite_add_tcase(suite, rules);
    runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
