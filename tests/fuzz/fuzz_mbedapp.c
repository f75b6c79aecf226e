/* fuzz_mbedapp.c -- any text: what is merged is strict JSON, or JSON5 for Mbed CE, keeps every
 * byte, and merges to itself */
#include <string.h>

#include "emit/mbedapp.h"
#include "fuzz.h"

const long fuzz_mutations = 20000;

void fuzz_seed(struct fuzz_corpus *corpus)
{
    static const char *const seeds[] = {
        "{}",
        "{\n  \"name\": \"a\\\\\\\"\\u00e9\\n\",\n  \"macros\": [\n    \"A=1\", "
        "\"MBEDTLS_SHA1_C\"\n  "
        "],\n  \"target_overrides\": {\n    \"*\": {\n      \"a.b\": -1.5e+10\n    }\n  }\n}\n",
        "{ \"target_overrides\" : { \"K64F\":{\"x\":[]} , \"*\" :{ } },\"m\\u0061cros\":[ ] }",
        "\t{\"config\":{\"k\":{\"value\":null,\"help\":\"]}\"},\"t\":true,\"f\":false},\"config\":"
        "0}",
        "// a\n{macros:['A',/*b*/],target_overrides:{'*':{'a.b':+0x1F,},},} // c",
        "{macros:[ // none\n]/**/,'target_overrides':{\"*\"/*{*/:{/*}*/}//\n}}",
        "{\"macros\":[\"MBEDTLS_MPI_MAX_SIZE = "
        "2048\"],\"n\":[[{\"a\":[1,0,1E5]}],12345678901234567]"
        "}"};

    for (size_t i = 0; i < COUNT(seeds); i++)
        fuzz_add_text(corpus, seeds[i]);
}

/* ---- RFC 8259, without a look at UTF-8; NULL: not JSON ---- */

static const char *take_value(const char *at);

static const char *skip_space(const char *at)
{
    return at + strspn(at, " \t\r\n");
}

static const char *take_string(const char *at)
{
    if (*at++ != '"')
        return NULL;
    for (; *at != '"'; at++) {
        if ((unsigned char)*at < 0x20)
            return NULL;
        if (*at == '\\') {
            at++;
            if (*at == 'u' && strspn(at + 1, "0123456789abcdefABCDEF") < 4)
                return NULL;
            if (*at == '\0' || strchr("\"\\/bfnrtu", *at) == NULL)
                return NULL;
        }
    }
    return at + 1;
}

static const char *take_digits(const char *at)
{
    size_t count = strspn(at, "0123456789");

    return count > 0 ? at + count : NULL;
}

static const char *take_number(const char *at)
{
    if (*at == '-')
        at++;
    at = *at == '0' ? at + 1 : take_digits(at);
    if (at != NULL && *at == '.')
        at = take_digits(at + 1);
    if (at != NULL && (*at == 'e' || *at == 'E'))
        at = take_digits(at + (at[1] == '+' || at[1] == '-' ? 2 : 1));
    return at;
}

/* The rest of an object or array behind its bracket. */
static const char *take_members(const char *at, bool has_keys, char close)
{
    at = skip_space(at);
    if (*at == close)
        return at + 1;
    for (;;) {
        if (has_keys) {
            at = take_string(at);
            at = at != NULL ? skip_space(at) : NULL;
            if (at == NULL || *at != ':')
                return NULL;
            at = skip_space(at + 1);
        }
        at = take_value(at);
        at = at != NULL ? skip_space(at) : NULL;
        if (at == NULL || (*at != ',' && *at != close))
            return NULL;
        if (*at == close)
            return at + 1;
        at = skip_space(at + 1);
    }
}

static const char *take_value(const char *at)
{
    static const char *const words[] = {"true", "false", "null"};

    if (*at == '{')
        return take_members(at + 1, true, '}');
    if (*at == '[')
        return take_members(at + 1, false, ']');
    if (*at == '"')
        return take_string(at);
    for (size_t i = 0; i < COUNT(words); i++)
        if (strncmp(at, words[i], strlen(words[i])) == 0)
            return at + strlen(words[i]);
    return take_number(at);
}

static bool is_json(const char *text)
{
    const char *end = take_value(skip_space(text));

    return end != NULL && *skip_space(end) == '\0';
}

/* ---- the claims ---- */

/* What is left of `larger` when `part` is taken out of it can only have been inserted. */
static bool contains(const char *larger, const char *part)
{
    for (; *part != '\0'; part++, larger++) {
        larger = strchr(larger, *part);
        if (larger == NULL)
            return false;
    }
    return true;
}

static int merge(const char *json, size_t length, const struct target *target,
                 const struct macro_list *macros, struct text *out, struct error *err)
{
    struct text unknown = {0};
    int rv = mbedapp_merge(json, length, "mbed_app.json", macros, target, out, &unknown, err);

    text_free(&unknown);
    return rv;
}

static void check(const char *json, size_t length, const char *name,
                  const struct macro_list *macros)
{
    const struct target *target = target_find(name);
    struct text out = {0}, again = {0};
    struct error err = {.code = ERROR_NONE};

    if (merge(json, length, target, macros, &out, &err) == 0) {
        FUZZ_CHECK(target->reads_json5 || length == 0 || (is_json(json) && strlen(json) == length));
        FUZZ_CHECK(strlen(out.data) == out.length && (target->reads_json5 || is_json(out.data)));
        FUZZ_CHECK(contains(out.data, json));
        FUZZ_CHECK(merge(out.data, out.length, target, macros, &again, &err) == 0);
        FUZZ_CHECK(again.length == out.length && memcmp(again.data, out.data, out.length) == 0);
    } else {
        FUZZ_CHECK(err.code == ERROR_WRITE && err.hint[0] != '\0');
    }
    text_free(&out);
    text_free(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *json = fuzz_string(data, size);
    struct macro_list macros = {.count = 0};

    check(json, size, "mbed-os", &macros);
    macro_list_add(&macros, "MBEDTLS_SHA1_C=1");
    macro_list_add(&macros, "MBEDTLS_MPI_MAX_SIZE=1024");
    check(json, size, "mbed-os", &macros);
    check(json, size, "mbed-ce", &macros);
    free(json);
    return 0;
}
