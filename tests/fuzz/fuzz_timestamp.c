/* fuzz_timestamp.c -- any text and any number: what is read can be written and read again */
#include <string.h>

#include "base/timestamp.h"
#include "fuzz.h"
#include "x509/cert.h"

const long fuzz_mutations = 20000;

void fuzz_seed(struct fuzz_corpus *corpus)
{
    static const char *const seeds[] = {"2026-01-31T12:00:00Z",
                                        "2024-02-29T23:59:60z",
                                        "0000-01-01T00:00:00+23:59",
                                        "9999-12-31T23:59:59.123456-00:00",
                                        "2026-01-01 00:00:00+01:00",
                                        "253402300799",
                                        "0",
                                        "1900-02-28t00:00:00.5Z"};

    for (size_t i = 0; i < COUNT(seeds); i++)
        fuzz_add_text(corpus, seeds[i]);
}

static void round_trip(int64_t at)
{
    char text[TIMESTAMP_TEXT_SIZE], again[TIMESTAMP_TEXT_SIZE];
    int64_t back = 0;

    timestamp_format(at, text);
    FUZZ_CHECK(strlen(text) == sizeof text - 1);
    FUZZ_CHECK(timestamp_parse(text, &back) == 0);
    FUZZ_CHECK(back == at || at < INT64_C(-62167219200) || at > INT64_C(253402300799));
    timestamp_format(back, again);
    FUZZ_CHECK(strcmp(text, again) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = fuzz_string(data, size);
    int64_t at = 0;
    ASN1_TIME *time = ASN1_TIME_new();

    if (size >= sizeof at)
        memcpy(&at, data, sizeof at);
    round_trip(at);
    round_trip(at % INT64_C(300000000000)); /* most of these have a year of four digits */
    if (timestamp_parse(text, &at) == 0)
        round_trip(at);
    for (int type = 0; type < 2; type++) {
        FUZZ_CHECK(time != NULL && ASN1_STRING_set(time, text, (int)size) == 1);
        time->type = type == 0 ? V_ASN1_UTCTIME : V_ASN1_GENERALIZEDTIME;
        at = cert_time_from_asn1(time, INT64_MIN);
        if (at != INT64_MIN)
            round_trip(at);
    }
    ASN1_TIME_free(time);
    free(text);
    return 0;
}
