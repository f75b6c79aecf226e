/* test_timestamp.c -- RFC 3339 and epoch seconds, both ways */
#include "base/timestamp.h"
#include "unit.h"

static const struct {
    const char *given;
    int want;
    int64_t want_at;
} times[] = {
    {"1970-01-01T00:00:00Z", 0, 0},
    {"0", 0, 0},
    {"1746619200", 0, 1746619200},
    {"2026-01-01T00:00:00Z", 0, UNIT_AT},
    {"2026-01-01t01:30:00.999+01:30", 0, UNIT_AT},
    {"2025-12-31 19:00:00-05:00", 0, UNIT_AT},
    {"2000-02-29T23:59:60Z", 0, 951868800},
    {"0000-01-01T00:00:00Z", 0, -INT64_C(62167219200)},
    {"9999-12-31T23:59:59Z", 0, INT64_C(253402300799)},
    {"253402300799", 0, INT64_C(253402300799)},
    {"253402300800", -1, 0},
    {"99999999999999999999999", -1, 0},
    {"9999-12-31T23:59:59-00:01", -1, 0},
    {"1900-02-29T00:00:00Z", -1, 0},
    {"2026-13-01T00:00:00Z", -1, 0},
    {"2026-00-01T00:00:00Z", -1, 0},
    {"2026-04-31T00:00:00Z", -1, 0},
    {"2026-01-01T24:00:00Z", -1, 0},
    {"2026-01-01T00:60:00Z", -1, 0},
    {"2026-01-01T00:00:61Z", -1, 0},
    {"2026-01-01T00:00:00", -1, 0},
    {"2026-01-01T00:00:00.Z", -1, 0},
    {"2026-01-01T00:00:00Zx", -1, 0},
    {"2026-01-01", -1, 0},
    {"now", -1, 0},
    {"-1", -1, 0},
    {"", -1, 0},
};

START_TEST(timestamp_parses)
{
    int64_t at = 77;

    ck_assert_int_eq(timestamp_parse(times[_i].given, &at), times[_i].want);
    ck_assert_int_eq(at, times[_i].want == 0 ? times[_i].want_at : 77);
}
END_TEST

START_TEST(timestamp_formats_what_it_parses)
{
    static const char *const texts[] = {"1970-01-01T00:00:00Z", "2000-02-29T12:34:56Z",
                                        "0000-01-01T00:00:00Z", "1999-12-31T23:59:59Z",
                                        "2100-03-01T00:00:00Z", "9999-12-31T23:59:59Z"};

    for (size_t i = 0; i < COUNT(texts); i++) {
        char back[TIMESTAMP_TEXT_SIZE];
        int64_t at;
        ck_assert_int_eq(timestamp_parse(texts[i], &at), 0);
        timestamp_format(at, back);
        ck_assert_str_eq(back, texts[i]);
    }
}
END_TEST

START_TEST(timestamp_formats_every_day_of_four_centuries)
{
    char text[TIMESTAMP_TEXT_SIZE];
    int64_t back;

    for (int64_t day = -40000; day < 110000; day++) {
        timestamp_format(day * 86400 + 3661, text);
        ck_assert_int_eq(timestamp_parse(text, &back), 0);
        ck_assert_int_eq(back, day * 86400 + 3661);
    }
}
END_TEST

START_TEST(timestamp_formats_what_is_out_of_range)
{
    char text[TIMESTAMP_TEXT_SIZE];

    timestamp_format(INT64_MAX, text);
    ck_assert_str_eq(text, "9999-12-31T23:59:59Z");
    timestamp_format(INT64_MIN, text);
    ck_assert_str_eq(text, "0000-01-01T00:00:00Z");
}
END_TEST

int main(void)
{
    TCase *cases = tcase_create("timestamp");

    tcase_add_loop_test(cases, timestamp_parses, 0, COUNT(times));
    tcase_add_test(cases, timestamp_formats_what_it_parses);
    tcase_add_test(cases, timestamp_formats_every_day_of_four_centuries);
    tcase_add_test(cases, timestamp_formats_what_is_out_of_range);
    return unit_run("timestamp", cases);
}
