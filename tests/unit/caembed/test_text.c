/* test_text.c -- bytes from outside are harmless in comments, terminals and names */
#include <string.h>

#include "base/c_name.h"
#include "base/text.h"
#include "unit.h"

static const struct {
    const char *given;
    const char *want_comment;
    const char *want_plain;
} escapes[] = {
    {"CN=Plain, O=Name", "CN=Plain, O=Name", "CN=Plain, O=Name"},
    {"a */ b", "a *\\2F b", "a */ b"},
    {"a /* b", "a /\\2A b", "a /* b"},
    {"what?\?/", "what?\\3F\\2F", "what?\?/"},
    {"?/", "?\\2F", "?/"},
    {"line\nbreak\r", "line\\0Abreak\\0D", "line\\0Abreak\\0D"},
    {"\x1b[31mred", "\\1B[31mred", "\\1B[31mred"},
    {"\xe2\x80\xaeltr \x7f", "\\E2\\80\\AEltr \\7F", "\\E2\\80\\AEltr \\7F"},
    {"ends in \\", "ends in \\ ", "ends in \\"},
    {"x##[stop-commands]y", "x#\\x23[stop-commands]y", "x#\\x23[stop-commands]y"},
    {"##vso[task]", "#\\x23vso[task]", "#\\x23vso[task]"},
    {"###[a", "#\\x23\\x23[a", "#\\x23#[a"},
    {"a # b ::c", "a # b ::c", "a # b ::c"},
    {"", "", ""},
};

START_TEST(text_escapes_comment)
{
    struct text text = {0};

    text_add(&text, "%s", "");
    text_add_comment(&text, escapes[_i].given);
    ck_assert_str_eq(text.data, escapes[_i].want_comment);
    text_free(&text);
}
END_TEST

START_TEST(text_escapes_plain)
{
    struct text text = {0};

    text_add(&text, "%s", "");
    text_add_plain(&text, escapes[_i].given);
    ck_assert_str_eq(text.data, escapes[_i].want_plain);
    text_free(&text);
}
END_TEST

static const struct {
    const char *given, *want;
} markup[] = {
    {"Plain, text.", "Plain, text."},   {"<script>", "&lt;script&gt;"},
    {"a\" x=\"b", "a&quot; x=&quot;b"}, {"a' x='b", "a&#39; x=&#39;b"},
    {"&lt;&#60;", "&amp;lt;&amp;#60;"}, {"]]><!-- -->", "]]&gt;&lt;!-- --&gt;"},
    {"'##[x]", "&#39;#\\x23[x]"},       {"\x1b\n\x7f", "\\1B\\0A\\7F"},
    {"\xe2\x80\xae", "\\E2\\80\\AE"},   {"", ""},
};

START_TEST(text_escapes_markup)
{
    struct text text = {0};

    text_add(&text, "%s", "");
    text_add_html(&text, markup[_i].given);
    ck_assert_str_eq(text.data, markup[_i].want);
    text_free(&text);
}
END_TEST

/* What the runners of GitHub (actions/runner, ActionCommand.cs: a line without its leading white
 * space begins with "::", or holds "##[") and Azure Pipelines ("##vso[") take for a command. */
static bool runner_obeys(const char *line)
{
    return strncmp(line + strspn(line, " \t\v\f\r"), "::", 2) == 0 || strstr(line, "##[") != NULL ||
           strstr(line, "##vso[") != NULL;
}

static const struct {
    const char *given, *want;
} lines[] = {
    {"::error file=a::b", "\\x3a:error file=a::b"},
    {"  ::set-output name=x::1", "  \\x3a:set-output name=x::1"},
    {"\t::add-mask::x", "\\x3a:add-mask::x"},
    {"a::b ##[endgroup]", "a::b #\\x23[endgroup]"},
    {"[::1]:443", "[::1]:443"},
    {":::", "\\x3a::"},
};

START_TEST(no_line_from_outside_is_a_runners_command)
{
    struct text text = {0};

    ck_assert(runner_obeys(lines[_i].given) == (lines[_i].given[0] != '['));
    text_add_plain_line(&text, lines[_i].given);
    ck_assert(!runner_obeys(text.data));
    if (lines[_i].given[0] != '\t') /* a tab before it becomes a blank */
        ck_assert_str_eq(text.data, lines[_i].want);
    text_free(&text);
}
END_TEST

START_TEST(json_holds_no_runners_command)
{
    struct text text = {0};

    text_add_json(&text, "{\"a\":\"##[x] ::y\",\"b\":\"::z ###\"}");
    ck_assert_str_eq(text.data, "{\"a\":\"#\\u0023[x] ::y\",\"b\":\"\\u003a:z #\\u0023#\"}");
    text_free(&text);
}
END_TEST

START_TEST(text_escapes_comment_end_across_additions)
{
    struct text text = {0};

    text_add_comment(&text, "*");
    text_add_comment(&text, "/");
    ck_assert_str_eq(text.data, "*\\2F");
    text_free(&text);
}
END_TEST

START_TEST(text_grows_past_its_first_capacity)
{
    struct text text = {0};

    for (int i = 0; i < 1000; i++)
        text_add(&text, "%03d ", i);
    ck_assert(!text.failed);
    ck_assert_uint_eq(text.length, 4000);
    ck_assert_str_eq(text.data + 3996, "999 ");
    text_free(&text);
    text_free(&text);
}
END_TEST

#define HEX32 "00112233445566778899aabbccddeeff"
static const struct {
    const char *given;
    int want;
} fingerprints[] = {
    {HEX32 HEX32, 0},
    {"00112233445566778899AABBCCDDEEFF" HEX32, 0},
    {"00:11:22:33:44:55:66:77:88:99:aa:bb:cc:dd:ee:ff:" HEX32, 0},
    {HEX32 HEX32 "0", -1},
    {HEX32, -1},
    {"", -1},
    {":" HEX32 HEX32, -1},
    {HEX32 HEX32 ":", -1},
    {"0x" HEX32 HEX32, -1},
    {"g0112233445566778899aabbccddeeff" HEX32, -1},
    {"0:0112233445566778899aabbccddeeff" HEX32, -1},
};

START_TEST(text_reads_sha256)
{
    uint8_t digest[SHA256_LENGTH];
    char back[SHA256_TEXT_SIZE];

    ck_assert_int_eq(text_to_sha256(fingerprints[_i].given, digest), fingerprints[_i].want);
    if (fingerprints[_i].want != 0)
        return;
    text_from_sha256(digest, back);
    ck_assert_str_eq(back, HEX32 HEX32);
}
END_TEST

static const struct {
    const char *given;
    bool want;
} names[] = {
    {"SSL_CA_PEM", true},
    {"_x9", true},
    {"a", true},
    {"", false},
    {"9a", false},
    {"a-b", false},
    {"int", false},
    {"class", false},
    {"nullptr", false},
    {"main", false},
    {"a b", false},
    {"caf\xc3\xa9", false},
    {"interrupt", true},
    {"_Static_assert", false},
    {"AVR", false},
    {"BUFSIZ", false},
    {"EOF", false},
    {"I", false},
    {"INT_MAX", false},
    {"NULL", false},
    {"PPC", false},
    {"WINT_MIN", false},
    {"__LINE__", false},
    {"__int128", false},
    {"__attribute__", false},
    {"_BitInt", false},
    {"alignas", false},
    {"char8_t", false},
    {"co_await", false},
    {"concept", false},
    {"consteval", false},
    {"errno", false},
    {"i386", false},
    {"linux", false},
    {"offsetof", false},
    {"requires", false},
    {"stdin", false},
    {"typeof", false},
    {"typeof_unqual", false},
    {"unix", false},
    {"xor_eq", false},
    {"Linux", true},
    {"_linux", true},
    {"a23456789012345678901234567890123456789012345678901234567890123", true},
    {"a234567890123456789012345678901234567890123456789012345678901234", false},
};

START_TEST(c_name_tells_free_names)
{
    ck_assert_int_eq(c_name_is_free(names[_i].given), names[_i].want);
}
END_TEST

int main(void)
{
    TCase *cases = tcase_create("text");

    tcase_add_loop_test(cases, text_escapes_comment, 0, COUNT(escapes));
    tcase_add_loop_test(cases, no_line_from_outside_is_a_runners_command, 0, COUNT(lines));
    tcase_add_test(cases, json_holds_no_runners_command);
    tcase_add_loop_test(cases, text_escapes_markup, 0, COUNT(markup));
    tcase_add_loop_test(cases, text_escapes_plain, 0, COUNT(escapes));
    tcase_add_test(cases, text_escapes_comment_end_across_additions);
    tcase_add_test(cases, text_grows_past_its_first_capacity);
    tcase_add_loop_test(cases, text_reads_sha256, 0, COUNT(fingerprints));
    tcase_add_loop_test(cases, c_name_tells_free_names, 0, COUNT(names));
    return unit_run("text", cases);
}
