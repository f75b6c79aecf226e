/* test_mbedconfig.c -- the rules of Mbed's configuration system, one row each
 *
 * Where no other tool is named they are those of Mbed CLI 1 as Mbed OS 6.17 has it. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "../../support/suite.h"
#include "config.h"
#include "document.h"

#define LIB                                                                                        \
    "{\"name\": \"tls-socket\", \"config\": {\"debug-level\": {\"help\": \"x\", \"value\": 0}}}"
#define OVERRIDE(overrides) "{\"target_overrides\": {" overrides "}}"
#define MACROS(macros) "{\"macros\": [" macros "]}"
#define CONFIG(config) "{\"config\": {" config "}}"
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
    {"other_target_does_not_matter", LIB,
     OVERRIDE("\"K64F\": {\"nobody.knows\": 4}, \"*\": {\"tls-socket.debug-level\": 1}"), "K66F",
     "DEBUG_LEVEL 1 ", NULL},
    {"macro_with_value_is_defined", LIB, MACROS("\"MBEDTLS_SHA1_C=1\""), NULL,
     "#define MBEDTLS_SHA1_C 1 /* set by application */\n", NULL},
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

    {"overrides_apply_in_the_order_of_the_file", LIB,
     OVERRIDE("\"K64F\": {\"tls-socket.debug-level\": 4}, \"*\": {\"tls-socket.debug-level\": 1}"),
     "K64F", "DEBUG_LEVEL 1 /* tls-socket.debug-level, set by application[*] */", NULL},
    {"named_target_after_the_star_wins", LIB,
     OVERRIDE("\"*\": {\"tls-socket.debug-level\": 1}, \"K64F\": {\"tls-socket.debug-level\": 4}"),
     "K64F", "DEBUG_LEVEL 4 /* tls-socket.debug-level, set by application[K64F] */", NULL},
    {"macro_without_value_is_defined_empty", NULL, MACROS("\"MBEDTLS_SHA1_C\""), NULL,
     "#define MBEDTLS_SHA1_C /* set by application */\n", NULL},
    {"integer_keeps_its_digits", NULL, CONFIG("\"a\": 123456789012345678901234567890"), NULL,
     "_A 123456789012345678901234567890 ", NULL},
    {"integer_beyond_2_to_53_keeps_its_digits", NULL, CONFIG("\"a\": 9007199254740993"), NULL,
     "_A 9007199254740993 ", NULL},
    {"minus_zero_is_zero", NULL, CONFIG("\"a\": -0"), NULL, "_A 0 ", NULL},
    {"list_is_a_value_as_python_prints_it", NULL,
     CONFIG("\"a\": [\"x\", 1, true, null, \"it's\", [\"\\\\n\"]]"), NULL,
     "_A ['x', 1, True, None, \"it's\", ['\\\\n']] ", NULL},
    {"list_is_no_value_of_the_long_form", NULL, CONFIG("\"a\": {\"value\": [1]}"), NULL, NULL,
     "test.json:1: 'value' is not an integer, a string, true, false or null"},
    {"list_overrides", LIB, OVERRIDE("\"*\": {\"tls-socket.debug-level\": [1, 2]}"), NULL,
     "_LEVEL [1, 2] ", NULL},
    {"fraction_is_refused", NULL, CONFIG("\"a\": 1.5"), NULL, NULL,
     "test.json:1: 'a' is not an integer"},
    {"whole_fraction_is_refused", NULL, CONFIG("\"a\": 1.0"), NULL, NULL, "'a' is not an integer"},
    {"exponent_is_refused", NULL, CONFIG("\"a\": {\"value\": 1e6}"), NULL, NULL,
     "'value' is not an integer"},
    {"fraction_of_another_target_is_refused", LIB,
     OVERRIDE("\"OTHER\": {\"tls-socket.debug-level\": 1.5}"), NULL, NULL, "is not an integer"},
    {"object_is_no_value", LIB, OVERRIDE("\"*\": {\"tls-socket.debug-level\": {}}"), NULL, NULL,
     "is not an integer, a string, true, false, null or an array"},
    {"help_that_is_a_list_is_refused", NULL, CONFIG("\"a\": {\"help\": [\"x\"]}"), NULL, NULL,
     "test.json:1: 'help' is not a string"},
    {"other_keys_of_a_parameter_are_ignored", NULL,
     CONFIG("\"a\": {\"value\": 1, \"options\": [1, 2], \"colour\": {}}"), NULL, "_A 1 ", NULL},
    {"value_in_its_range", NULL,
     CONFIG("\"a\": {\"value\": 5, \"value_min\": -1, \"value_max\": 5}"), NULL, "_A 5 ", NULL},
    {"value_below_its_range", NULL, CONFIG("\"a\": {\"value\": 5, \"value_min\": 6}"), NULL, NULL,
     "the value 5 of 'app.a' is not in the required range: [6:inf] (test.json:1)"},
    {"value_above_its_range", NULL, CONFIG("\"a\": {\"value\": \"0x10\", \"value_max\": \"15\"}"),
     NULL, NULL, "the value 0x10 of 'app.a' is not in the required range: [-inf:15]"},
    {"lowest_value_of_its_range", NULL, CONFIG("\"a\": {\"value\": 6, \"value_min\": 6}"), NULL,
     "_A 6 ", NULL},
    {"value_with_a_leading_zero_has_no_range", NULL,
     CONFIG("\"a\": {\"value\": \"010\", \"value_max\": 20}"), NULL, NULL,
     "has a range, but is no whole number"},
    {"hexadecimal_value_in_its_range", NULL,
     CONFIG("\"a\": {\"value\": \"0x10\", \"value_max\": \"0x10\"}"), NULL, "_A 0x10 ", NULL},
    {"negative_value_has_no_range", NULL, CONFIG("\"a\": {\"value\": -5, \"value_min\": -10}"),
     NULL, NULL, "has a range, but is no whole number of 0 or more"},
    {"text_has_no_range", NULL, CONFIG("\"a\": {\"value\": \"b\", \"value_max\": 1}"), NULL, NULL,
     "has a range, but is no whole number"},
    {"default_out_of_range_may_be_overridden", NULL,
     "{\"config\": {\"a\": {\"value\": 50, \"value_max\": 10}}, \"target_overrides\": {\"*\": "
     "{\"a\": "
     "1}}}",
     NULL, "_A 1 ", NULL},
    {"null_has_no_range", NULL, CONFIG("\"a\": {\"value\": null, \"value_min\": 1}"), NULL,
     "#define MBED_CONFIG_H\n\n\n#endif\n", NULL},
    {"range_and_accepted_values_together_are_refused", NULL,
     CONFIG("\"a\": {\"value\": 1, \"value_min\": 1, \"accepted_values\": [1]}"), NULL, NULL,
     "'app.a' has both a range and a list of accepted values"},
    {"accepted_value", NULL, CONFIG("\"a\": {\"value\": \"x\", \"accepted_values\": [1, \"x\"]}"),
     NULL, "_A x ", NULL},
    {"true_is_accepted_as_1", NULL, CONFIG("\"a\": {\"value\": 1, \"accepted_values\": [true]}"),
     NULL, "_A 1 ", NULL},
    {"text_is_not_accepted_as_a_number", NULL,
     CONFIG("\"a\": {\"value\": \"1\", \"accepted_values\": [1]}"), NULL, NULL,
     "the value 1 of 'app.a' is not an accepted value (test.json:1)"},
    {"conflicting_values_are_refused", NULL,
     CONFIG("\"a\": {\"value\": 1, \"conflicts\": [\"app.b\"]}, \"b\": 2"), NULL, NULL,
     "the values of 'app.a' and 'app.b' conflict"},
    {"equal_values_do_not_conflict", NULL,
     CONFIG("\"a\": {\"value\": 1, \"conflicts\": [\"app.b\"]}, \"b\": true"), NULL, "_A 1 ", NULL},
    {"zero_does_not_conflict", NULL,
     CONFIG("\"a\": {\"value\": 1, \"conflicts\": [\"app.b\"]}, \"b\": 0"), NULL, "_A 1 ", NULL},

    {"macro_that_redefines_a_parameter_wins", LIB, MACROS("\"MBED_CONF_TLS_SOCKET_DEBUG_LEVEL=2\""),
     NULL,
     "#define MBED_CONFIG_H\n\n#define MBED_CONF_TLS_SOCKET_DEBUG_LEVEL 2 /* set by application "
     "*/\n\n#endif",
     NULL},
    {"last_parameter_of_one_macro_wins", NULL,
     CONFIG("\"a\": {\"value\": 1, \"macro_name\": \"X\"}, \"b\": {\"value\": 2, \"macro_name\": "
            "\"X\"}"),
     NULL, "#define MBED_CONFIG_H\n\n#define X 2 /* app.b, set by application */\n\n#endif", NULL},
    {"macro_like_a_function", NULL, MACROS("\"F(x)=((x) + #x)\""), NULL, "#define F(x) ((x) + #x) ",
     NULL},
    {"macro_that_makes_a_string_of_no_parameter", NULL, MACROS("\"F(x)=#y\""), NULL, NULL,
     "it holds '#' before something else than its parameter"},
    {"quotes_in_a_macro", NULL, MACROS("\"S=\\\"a \\\\\\\"b\\\\\\\"\\\"\""), NULL,
     "#define S \"a \\\"b\\\"\" ", NULL},
    {"macro_with_two_equals_is_refused", NULL, MACROS("\"A=b==c\""), NULL, NULL,
     "Invalid macro definition 'A=b==c' in 'application' (test.json:1)"},
    {"macro_with_equals_and_nothing_is_refused", NULL, MACROS("\"A=\""), NULL, NULL,
     "Invalid macro definition 'A=' in 'application'"},

    {"dot_in_the_name_of_a_library", "{\"name\": \"a.b\", \"config\": {\"c\": 1}}", NOTHING, NULL,
     "#define MBED_CONF_A_B_C 1 /* a.b.c, set by library:a.b */", NULL},
    {"override_of_a_library_with_a_dot_is_refused", "{\"name\": \"a.b\", \"config\": {\"c\": 1}}",
     OVERRIDE("\"*\": {\"a.b.c\": 2}"), NULL, NULL,
     "Invalid parameter name 'a.b.c' in 'application[*]'"},
    {"dot_in_the_name_of_a_parameter_is_refused", NULL, CONFIG("\"a.b\": 1"), NULL, NULL,
     "Invalid parameter name 'a.b' in 'application'"},

    {"parameter_of_the_target", NULL,
     OVERRIDE("\"*\": {\"target.network-default-interface-type\": \"ETHERNET\"}"), NULL,
     "#define MBED_CONF_TARGET_NETWORK_DEFAULT_INTERFACE_TYPE ETHERNET ", NULL},
    {"attribute_of_the_target_is_not_for_the_header", NULL,
     OVERRIDE("\"*\": {\"target.printf_lib\": \"std\", \"target.restrict_size\": \"0x1000\", "
              "\"target.device_has_remove\": [\"TRNG\"]}"),
     NULL, "#define MBED_CONFIG_H\n\n\n#endif", NULL},
    {"added_macros_are_defined", NULL, OVERRIDE("\"*\": {\"target.macros_add\": [\"A=2\", \"B\"]}"),
     NULL, "#define A 2 /* set by application[*] */\n#define B 1 /* set by application[*] */",
     NULL},
    {"added_features_are_defined", NULL,
     OVERRIDE("\"*\": {\"target.features_add\": [\"BLE\"], \"target.components_add\": [\"SD\"], "
              "\"target.device_has_add\": [\"X\"], \"target.extra_labels_add\": [\"L\"]}"),
     NULL,
     "#define TARGET_L 1 /* set by application[*] */\n#define DEVICE_X 1 /* set by application[*] "
     "*/\n#define FEATURE_BLE 1 /* set by application[*] */\n#define COMPONENT_SD 1 ",
     NULL},
    {"features_that_are_no_list_are_refused", NULL,
     OVERRIDE("\"*\": {\"target.features_add\": \"BLE\"}"), NULL, NULL,
     "not a list: 'target.features_add' in 'application[*]'"},
    {"feature_added_and_removed_is_refused",
     "{\"name\": \"l\", \"target_overrides\": {\"*\": {\"target.components_add\": [\"SD\"]}}}",
     OVERRIDE("\"*\": {\"target.components_remove\": [\"SD\"]}"), NULL, NULL,
     "Configuration conflict: both added and removed, 'SD' in 'application[*]'"},
    {"feature_added_and_not_in_the_list_is_refused",
     "{\"name\": \"l\", \"target_overrides\": {\"*\": {\"target.components_add\": [\"SD\"]}}}",
     OVERRIDE("\"*\": {\"target.components\": [\"FLASHIAP\"]}"), NULL, NULL,
     "Configuration conflict: both added and removed, 'SD'"},
    {"labels_are_the_applications_to_add",
     "{\"name\": \"l\", \"target_overrides\": {\"*\": {\"target.extra_labels_add\": [\"X\"]}}}",
     NOTHING, NULL, NULL,
     "only an application may override 'target.extra_labels_add' in 'library:l[*]'"},
    {"library_sets_a_parameter_of_the_target",
     "{\"name\": \"l\", \"target_overrides\": {\"*\": {\"target.boot-stack-size\": \"0x2000\"}}}",
     NOTHING, NULL, "#define MBED_CONF_TARGET_BOOT_STACK_SIZE 0x2000 ", NULL},
    {"offsets_of_the_target_are_parameters_that_libraries_set",
     "{\"name\": \"l\", \"target_overrides\": {\"*\": {\"target.app_offset\": \"0x10400\"}}}",
     NOTHING, NULL, "#define MBED_CONF_TARGET_APP_OFFSET 0x10400 ", NULL},
    {"library_sets_no_attribute_of_the_target",
     "{\"name\": \"l\", \"target_overrides\": {\"*\": {\"target.printf_lib\": \"std\"}}}", NOTHING,
     NULL, NULL, "Attempt to override undefined parameter 'target.printf_lib' in 'library:l[*]'"},

    {"objects_of_one_key_are_joined", NULL,
     "{\"config\": {\"a\": 1, \"b\": 2}, \"config\": {\"c\": 3, \"a\": 4}}", NULL,
     "_A 4 /* app.a, set by application */\n#define MBED_CONF_APP_B 2 /* app.b, set by application "
     "*/\n#define MBED_CONF_APP_C 3 ",
     NULL},
    {"lists_of_one_key_are_joined", NULL, "{\"macros\": [\"A\"], \"macros\": [\"B\"]}", NULL,
     "#define A /* set by application */\n#define B /* ", NULL},
    {"values_of_one_key_are_refused", NULL, "{\n\"config\": {\"a\": 1,\n\"a\": 2}}", NULL, NULL,
     "test.json:3: the key 'a' is there twice, first on line 2"},
    {"wrong_type_is_refused", NULL, "{\"macros\": {}}", NULL, NULL,
     "test.json:1: 'macros' is not an array of strings"},
    {"unknown_label_with_a_blank_is_refused", NULL, OVERRIDE("\"K 64F\": {}"), NULL, NULL,
     "'K 64F' is not a name for a target"},
    {"parameter_with_a_blank_is_refused", NULL, CONFIG("\"a b\": 1"), NULL, NULL,
     "'a b' is not a name for a parameter"},
    {"comment_is_no_json", NULL, "{\n  // x\n}", NULL, NULL,
     "test.json:2:3: found a comment, which plain JSON does not have"},
    {"leading_zero_is_no_json", NULL, CONFIG("\"a\": 01"), NULL, NULL,
     "test.json:1:18: found a number with a leading zero"},
    {"text_after_the_end_is_no_json", NULL, "{} {}", NULL, NULL, "expected the end of the file"},
    {"empty_text_is_no_json", NULL, "", NULL, NULL, "test.json:1:1: found nothing but blanks"},

    {"block_comment_in_a_value_stays", NULL, CONFIG("\"a\": \"1 /* one */ + 2\""), NULL,
     "_A 1 /* one */ + 2 /* app.a", NULL},
    {"comment_within_a_comment_is_escaped", NULL, CONFIG("\"a\": \"1 /* /* */\""), NULL,
     "_A 1 /* /\\2A */ /* app.a", NULL},
    {"line_comment_in_a_value_goes", NULL, CONFIG("\"a\": \"1 // one\""), NULL, "_A 1 /* app.a",
     NULL},
    {"comment_that_does_not_end_is_refused", NULL, CONFIG("\"a\": \"1 /* x\""), NULL, NULL,
     "the value of 'app.a' cannot stand in a header: it holds a comment that does not end "
     "(test.json:1)"},
    {"line_end_in_a_value_is_refused", NULL, CONFIG("\"a\": \"1\\n#error\""), NULL, NULL,
     "it holds a line end or another control character"},
    {"line_end_in_an_overridden_value_does_no_harm", NULL,
     "{\"config\": {\"a\": \"1\\n\"}, \"target_overrides\": {\"*\": {\"a\": 1}}}", NULL, "_A 1 ",
     NULL},
    {"nul_in_a_value_is_refused", NULL, CONFIG("\"a\": \"1\\u0000\""), NULL, NULL,
     "test.json:1:20: found the character U+0000"},
    {"line_splice_in_a_value_is_refused", NULL, CONFIG("\"a\": \"1\\\\\""), NULL, NULL,
     "it holds a backslash outside of a literal"},
    {"trigraph_in_a_value_is_refused", NULL, CONFIG("\"a\": \"1?\?/\""), NULL, NULL,
     "it holds a trigraph"},
    {"trigraph_after_an_escaped_question_mark_is_escaped", NULL,
     CONFIG("\"a\": \"\\\"what\\\\?\?\?/\\\"\""), NULL, "_A \"what\\?\\?\\?/\" ", NULL},
    {"trigraph_in_a_literal_is_escaped", NULL, CONFIG("\"a\": \"\\\"what?\?/\\\"\""), NULL,
     "_A \"what?\\?/\" ", NULL},
    {"bytes_beyond_ascii_in_a_literal_are_escaped", NULL,
     CONFIG("\"a\": \"\\\"\xc3\xa9\\u202e1\\\"\""), NULL, "_A \"\\303\\251\\342\\200\\2561\" ",
     NULL},
    {"bytes_beyond_ascii_elsewhere_are_refused", NULL, CONFIG("\"a\": \"\xc3\xa9\""), NULL, NULL,
     "it holds characters beyond ASCII outside of a literal"},
    {"bytes_beyond_ascii_in_a_wide_literal_are_refused", NULL,
     CONFIG("\"a\": \"L\\\"\xc3\xa9\\\"\""), NULL, NULL,
     "it holds characters beyond ASCII in a literal of wide characters"},
    {"open_quote_in_a_value_is_refused", NULL, CONFIG("\"a\": \"\\\"x\""), NULL, NULL,
     "it holds a quote that is not closed"},
    {"backslash_before_the_last_quote_is_refused", NULL, CONFIG("\"a\": \"\\\"x\\\\\\\"\""), NULL,
     NULL, "it holds a quote that is not closed"},
    {"raw_string_is_refused", NULL, CONFIG("\"a\": \"R\\\"(x)\\\"\""), NULL, NULL,
     "it holds a raw string"},
    {"quote_within_a_number_is_refused", NULL, CONFIG("\"a\": \"1'0'0\""), NULL, NULL,
     "it holds a quote within a number"},
    {"glue_at_an_end_is_refused", NULL, CONFIG("\"a\": \"a ##\""), NULL, NULL,
     "it begins or ends with '##'"},
    {"glue_in_the_middle_stays", NULL, CONFIG("\"a\": \"a ## b\""), NULL, "_A a ## b ", NULL},
    {"va_args_in_a_value_is_refused", NULL, CONFIG("\"a\": \"f(__VA_ARGS__)\""), NULL, NULL,
     "it holds __VA_ARGS__"},
    {"line_end_in_a_macro_is_refused", NULL, MACROS("\"A=1\\n#define B\""), NULL, NULL,
     "it holds a line end"},
    {"macro_must_be_an_identifier", NULL, MACROS("\"1A=1\""), NULL, NULL,
     "Invalid macro definition"},
    {"macro_named_defined_is_refused", NULL, MACROS("\"defined=1\""), NULL, NULL,
     "Invalid macro definition"},
    {"macro_named_va_args_is_refused", NULL, MACROS("\"__VA_ARGS__=1\""), NULL, NULL,
     "Invalid macro definition"},
    {"macro_named_as_the_include_guard_gets_another_guard", NULL, MACROS("\"MBED_CONFIG_H=1\""),
     NULL, "#ifndef MBED_CONFIG_H_\n#define MBED_CONFIG_H_\n\n#define MBED_CONFIG_H 1 ", NULL},
    {"macro_must_be_a_string", NULL, MACROS("1"), NULL, NULL,
     "'macros' holds something that is not a string"},
    {"macro_name_must_be_an_identifier", NULL,
     CONFIG("\"a\": {\"value\": 1, \"macro_name\": \"a b\"}"), NULL, NULL,
     "'a b' of 'app.a' is no C identifier that can be defined"},
    {"parameter_whose_macro_is_no_identifier_is_refused", NULL, CONFIG("\"*/\": 1"), NULL, NULL,
     "'MBED_CONF_APP_*/' of 'app.*/' is no C identifier"},
    {"names_cannot_end_the_comment",
     "{\"name\": \"*/\", \"config\": {\"a\": {\"value\": 1, \"macro_name\": \"A\"}}}", NOTHING,
     NULL, "#define A 1 /* *\\2F.a, set by library:*\\2F */", NULL},

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
    {"library_may_not_override_another",
     "{\"name\": \"l\", \"target_overrides\": {\"*\": {\"m.a\": 2}}}", NOTHING, NULL, NULL,
     "Invalid prefix 'm' for parameter name 'm.a' in 'library:l[*]'"},
    {"required_parameter_needs_a_value",
     "{\"name\": \"l\", \"config\": {\"a\": {\"required\": true}}}", NOTHING, NULL, NULL,
     "Required parameter 'l.a' defined by 'library:l' doesn't have a value"},
    {"unknown_key_is_an_error", NULL, "{\"macro\": []}", NULL, NULL, "unknown key 'macro'"},
    {"unknown_key_in_library_is_an_error", "{\"name\": \"l\", \"artifact_name\": \"x\"}", NOTHING,
     NULL, NULL, "unknown key 'artifact_name'"},
    {"library_needs_a_name", "{\"config\": {}}", NOTHING, NULL, NULL, "a library needs a 'name'"},
    {"root_must_be_an_object", NULL, "[]", NULL, NULL, "not a JSON object"},

};

/* Whatever is freed last: the documents, on which the rest depends. */
struct run {
    struct document documents[4];
    size_t count;
    struct config config;
    struct text text;
    struct error err;
};

static int add(struct run *run, enum unit_kind kind, const char *path, const char *json,
               bool is_lenient)
{
    int rv = json != NULL ? document_parse(kind, path, json, strlen(json), is_lenient,
                                           &run->documents[run->count], &run->err)
                          : 0;

    run->count += json != NULL && rv == 0;
    return rv;
}

static int finish(struct run *run, const char *label, bool is_lenient)
{
    const struct config_options options = {&label, label != NULL, is_lenient};

    if (config_resolve(&run->config, run->documents, run->count, &options, &run->err) != 0 ||
        config_define(&run->config, &run->err) != 0)
        return -1;
    config_render(&run->config, &run->text);
    return 0;
}

static void clean_up(struct run *run)
{
    config_free(&run->config);
    config_free(&run->config);
    for (size_t i = 0; i < run->count; i++)
        document_free(&run->documents[i]);
    text_free(&run->text);
    memset(run, 0, sizeof *run);
}

START_TEST(row_holds)
{
    const struct row *row = &rows[_i];
    struct run run = {.count = 0};
    bool made = add(&run, UNIT_LIBRARY, "test.json", row->library, false) == 0 &&
                add(&run, UNIT_APPLICATION, "test.json", row->application, false) == 0 &&
                finish(&run, row->target, false) == 0;

    ck_assert_msg(made == (row->want_line != NULL), "%s: %s", row->claim, run.err.message);
    if (made)
        ck_assert_msg(strstr(run.text.data, row->want_line) != NULL, "%s: %s", row->claim,
                      run.text.data);
    else
        ck_assert_msg(strstr(run.err.message, row->want_error) != NULL, "%s: %s", row->claim,
                      run.err.message);
    clean_up(&run);
}
END_TEST

/* ---- several libraries ---- */

#define L_A "{\"name\": \"a\", \"config\": {\"x\": 1}, \"requires\": [\"b\"]}"
#define L_B "{\"name\": \"b\", \"config\": {\"x\": 2}}"
#define L_C "{\"name\": \"c\", \"config\": {\"x\": 3}}"

static const struct {
    const char *claim;
    const char *libraries[3];
    const char *application;
    const char *want_lines; /* those of the header between its frame, without comments; or NULL */
    const char *want_error;
} unions[] = {
    {"without_requires_all_take_part",
     {L_A, L_B, L_C},
     NOTHING,
     "MBED_CONF_A_X 1 MBED_CONF_B_X 2 MBED_CONF_C_X 3 ",
     NULL},
    {"requires_leads_to_libraries_and_what_they_require",
     {L_C, L_B, L_A},
     "{\"requires\": [\"a\"]}",
     "MBED_CONF_B_X 2 MBED_CONF_A_X 1 ",
     NULL},
    {"requires_of_nothing_leaves_out_all", {L_A, L_B, L_C}, "{\"requires\": []}", "", NULL},
    {"application_may_require_what_is_not_there",
     {L_B, NULL, NULL},
     "{\"requires\": [\"z\"]}",
     "",
     NULL},
    {"library_may_not_require_what_is_not_there",
     {L_A, L_C, NULL},
     NOTHING,
     NULL,
     "library 'a' requires 'b' which is not present (test.json:1)"},
    {"library_that_is_left_out_has_no_parameters",
     {L_A, L_B, L_C},
     "{\"requires\": [\"a\"], \"target_overrides\": {\"*\": {\"c.x\": 4}}}",
     NULL,
     "Attempt to override undefined parameter 'c.x' in 'application[*]'"},
    {"two_libraries_of_one_name_are_refused",
     {L_B, L_B, NULL},
     NOTHING,
     NULL,
     "Library name 'b' is not unique (defined in 'test.json' and 'test.json')"},
    {"of_two_libraries_of_one_name_both_may_be_left_out",
     {L_B, L_B, L_C},
     "{\"requires\": [\"c\"]}",
     "MBED_CONF_C_X 3 ",
     NULL},
};

/* "NAME VALUE " of each definition. */
static void list_defines(const struct config *config, struct text *out)
{
    text_add(out, "%s", "");
    for (size_t i = 0; i < config->define_count; i++)
        if (config->defines[i]->replaced_by == NULL)
            text_add(out, "%s %s ", config->defines[i]->name, config->defines[i]->value);
}

START_TEST(union_holds)
{
    struct run run = {.count = 0};
    struct text lines = {0};
    bool made = true;

    for (size_t i = 0; i < 3; i++)
        made = made && add(&run, UNIT_LIBRARY, "test.json", unions[_i].libraries[i], false) == 0;
    made = made && add(&run, UNIT_APPLICATION, "test.json", unions[_i].application, false) == 0 &&
           finish(&run, NULL, false) == 0;
    ck_assert_msg(made == (unions[_i].want_lines != NULL), "%s: %s", unions[_i].claim,
                  run.err.message);
    if (made) {
        list_defines(&run.config, &lines);
        ck_assert_str_eq(lines.data, unions[_i].want_lines);
    } else {
        ck_assert_msg(strstr(run.err.message, unions[_i].want_error) != NULL, "%s: %s",
                      unions[_i].claim, run.err.message);
    }
    text_free(&lines);
    clean_up(&run);
}
END_TEST

/* ---- the ways of Mbed CE ---- */

static const struct {
    const char *claim;
    const char *path;
    const char *application;
    bool is_lenient;
    const char *want_lines;
    const char *want_remark; /* NULL: none */
} lenient[] = {
    {"override_of_a_library_that_is_not_given_is_a_warning", "app.json",
     OVERRIDE("\"*\": {\"m.a\": 1, \"tls-socket.debug-level\": 2}"), true,
     "MBED_CONF_TLS_SOCKET_DEBUG_LEVEL 2 ", "app.json:1: 'm.a' is left out"},
    {"override_of_a_given_library_stays_an_error", "app.json",
     OVERRIDE("\"*\": {\"tls-socket.debug-levle\": 1}"), true, NULL, NULL},
    {"underscores_and_capitals_find_the_parameter", "app.json",
     OVERRIDE("\"*\": {\"TLS_Socket.debug_level\": 5}"), true,
     "MBED_CONF_TLS_SOCKET_DEBUG_LEVEL 5 ", NULL},
    {"underscores_do_not_elsewhere", "app.json", OVERRIDE("\"*\": {\"tls_socket.debug_level\": 5}"),
     false, NULL, NULL},
    {"json5_by_its_name", "mbed_app.json5",
     "// mine\n{target_overrides: {'*': {'tls-socket.debug-level': +0x1F,},},}", false,
     "MBED_CONF_TLS_SOCKET_DEBUG_LEVEL 31 ", NULL},
    {"json5_by_the_option", "mbed_app.json", "{overrides: {'tls-socket.debug-level': 0xA}}", true,
     "MBED_CONF_TLS_SOCKET_DEBUG_LEVEL 10 ", NULL},
    {"fraction_is_refused_in_json5_too", "mbed_app.json5", "{config: {a: .5}}", false, NULL, NULL},
};

START_TEST(lenient_row_holds)
{
    struct run run = {.count = 0};
    struct text lines = {0};
    bool made = add(&run, UNIT_LIBRARY, "test.json", LIB, false) == 0 &&
                add(&run, UNIT_APPLICATION, lenient[_i].path, lenient[_i].application,
                    lenient[_i].is_lenient) == 0 &&
                finish(&run, NULL, lenient[_i].is_lenient) == 0;

    ck_assert_msg(made == (lenient[_i].want_lines != NULL), "%s: %s", lenient[_i].claim,
                  run.err.message);
    if (made) {
        list_defines(&run.config, &lines);
        ck_assert_str_eq(lines.data, lenient[_i].want_lines);
        ck_assert_uint_eq(run.config.remark_count, lenient[_i].want_remark != NULL);
    }
    if (lenient[_i].want_remark != NULL)
        ck_assert_ptr_nonnull(strstr(run.config.remarks[0].text, lenient[_i].want_remark));
    text_free(&lines);
    clean_up(&run);
}
END_TEST

/* ---- where a value comes from ---- */

#define EXPLAINED                                                                                  \
    "{\"config\": {\"a\": {\"help\": \"a\\nb\", \"value\": 1}, \"n\": null},\n"                    \
    "\"target_overrides\": {\"*\": {\"tls-socket.debug-level\": 2, \"target.printf_lib\": "        \
    "\"std\"},\n"                                                                                  \
    "\"K64F\": {\"tls-socket.debug-level\": 3}},\n\"macros\": [\"M=4\", \"MBED_CONF_APP_A=5\"]}"

static const struct {
    const char *key;
    const char *want; /* NULL: there is none */
} explanations[] = {
    {"tls-socket.debug-level",
     "tls-socket.debug-level\n    x\n    lib.json:1: 0, by library:tls-socket\n    app.json:2: 2, "
     "by "
     "application[*]\n    app.json:3: 3, by application[K64F]\n    #define "
     "MBED_CONF_TLS_SOCKET_DEBUG_LEVEL 3\n"},
    {"a",
     "app.a\n    a\\0Ab\n    app.json:1: 1, by application\n    app.json:4: MBED_CONF_APP_A=5, by "
     "application\n    #define MBED_CONF_APP_A 5\n"},
    {"MBED_CONF_APP_A",
     "app.a\n    a\\0Ab\n    app.json:1: 1, by application\n    app.json:4: MBED_CONF_APP_A=5, by "
     "application\n    #define MBED_CONF_APP_A 5\n"},
    {"app.n", "app.n\n    app.json:1: null, by application\n    nothing is defined\n"},
    {"M", "M\n    app.json:4: M=4, by application\n    #define M 4\n"},
    {"target.printf_lib",
     "target.printf_lib (an attribute of the target, which no header holds)\n    "
     "app.json:2: std, by application[*]\n"},
    {"debug-level", NULL},
};

START_TEST(explains)
{
    struct run run = {.count = 0};
    struct text out = {0};
    int rv;

    ck_assert_int_eq(add(&run, UNIT_LIBRARY, "lib.json", LIB, false), 0);
    ck_assert_int_eq(add(&run, UNIT_APPLICATION, "app.json", EXPLAINED, false), 0);
    ck_assert_int_eq(finish(&run, "K64F", false), 0);
    rv = config_explain(&run.config, explanations[_i].key, &out, &run.err);
    ck_assert_int_eq(rv, explanations[_i].want != NULL ? 0 : -1);
    if (rv == 0)
        ck_assert_str_eq(out.data, explanations[_i].want);
    else
        ck_assert_str_eq(run.err.hint, "there is tls-socket.debug-level");
    text_free(&out);
    clean_up(&run);
}
END_TEST

/* ---- hostile files ---- */

START_TEST(nul_byte_in_file_is_an_error)
{
    struct document document;
    struct error err = {.code = ERROR_NONE};

    ck_assert_int_eq(
        document_parse(UNIT_APPLICATION, "test.json", "{}\0{", 4, false, &document, &err), -1);
    ck_assert_str_eq(err.message, "test.json:1:3: found a NUL byte");
}
END_TEST

START_TEST(deep_nesting_is_an_error)
{
    struct run run = {.count = 0};
    char json[20001];

    memset(json, '[', sizeof json - 1);
    json[sizeof json - 1] = '\0';
    ck_assert_int_eq(add(&run, UNIT_APPLICATION, "test.json", json, false), -1);
}
END_TEST

/* As many entries as a file can have: time must not grow with their square. */
START_TEST(many_entries_are_no_burden)
{
    struct run run = {.count = 0};
    struct text json = {0};

    text_add(&json, "{\"config\": {");
    for (int i = 0; i < 8000; i++)
        text_add(&json, "%s\"p%d\":%d", i > 0 ? "," : "", i, i);
    text_add(&json, "}, \"macros\": [");
    for (int i = 0; i < 8000; i++)
        text_add(&json, "%s\"M%d\"", i > 0 ? "," : "", i);
    text_add(&json, "]}");
    ck_assert_uint_lt(json.length, DOCUMENT_SIZE_MAX);
    ck_assert_int_eq(add(&run, UNIT_APPLICATION, "test.json", json.data, false), 0);
    ck_assert_int_eq(finish(&run, NULL, false), 0);
    ck_assert_uint_eq(run.config.define_count, 16000);
    text_free(&json);
    clean_up(&run);
}
END_TEST

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

int main(void)
{
    Suite *suite = suite_create("mbedconfig");
    TCase *rules = tcase_create("rules");

    tcase_add_loop_test(rules, row_holds, 0, COUNT(rows));
    tcase_add_loop_test(rules, union_holds, 0, COUNT(unions));
    tcase_add_loop_test(rules, lenient_row_holds, 0, COUNT(lenient));
    tcase_add_loop_test(rules, explains, 0, COUNT(explanations));
    tcase_add_test(rules, nul_byte_in_file_is_an_error);
    tcase_add_test(rules, deep_nesting_is_an_error);
    tcase_add_test(rules, many_entries_are_no_burden);
    suite_add_tcase(suite, rules);
    return suite_run(suite);
}
