/* fuzz_json.c -- any text: what is JSON is JSON5 too and reads the same, what both readers call
 * JSON is (cJSON is the witness), values lie within their containers, and errors have a place */
#include <cjson/cJSON.h>
#include <string.h>

#include "base/json.h"
#include "fuzz.h"

const long fuzz_mutations = 20000;

void fuzz_seed(struct fuzz_corpus *corpus)
{
    static const char *const seeds[] = {
        "{\"a\": [1, -2.5e+3, true, false, null, \"\\\"\\u00e9\\ud83d\\ude00\"], \"b\": {}}",
        "// a\n{a: [+0x1F, .5, 5., Infinity, -NaN,], 'b': \"\\x41\\\n\\v\\q\", /* c */ $_: 'd',}",
        "\xef\xbb\xbf\xc2\xa0[\xe2\x80\xa8'\\\r\n\xe2\x80\xa9',{\\u0061b:null}]//",
        "[[[[{\"a\":[{}]}]]]]"};

    for (size_t i = 0; i < COUNT(seeds); i++)
        fuzz_add_text(corpus, seeds[i]);
}

static void check_places(const struct json *json, size_t length)
{
    FUZZ_CHECK(json->at < json->end && json->end <= length && json->line > 0);
    FUZZ_CHECK((json->text != NULL) == (json->kind >= JSON_INTEGER && json->kind <= JSON_STRING));
    for (const struct json *entry = json->first; entry != NULL; entry = entry->next) {
        FUZZ_CHECK(entry->at > json->at && entry->end <= json->tail && json->tail < json->end);
        FUZZ_CHECK((entry->key != NULL) == (json->kind == JSON_OBJECT));
        FUZZ_CHECK(entry->next == NULL || entry->end < entry->next->at);
        check_places(entry, length);
    }
}

static bool same_text(const char *a, const char *b)
{
    return a == NULL ? b == NULL : b != NULL && strcmp(a, b) == 0;
}

static void check_same(const struct json *a, const struct json *b)
{
    for (; a != NULL && b != NULL; a = a->next, b = b->next) {
        FUZZ_CHECK(a->kind == b->kind && a->at == b->at && a->end == b->end);
        FUZZ_CHECK(same_text(a->key, b->key) && same_text(a->text, b->text));
        check_same(a->first, b->first);
    }
    FUZZ_CHECK(a == NULL && b == NULL);
}

static void check_witness(const struct json *json, const cJSON *witness)
{
    for (; json != NULL; json = json->next, witness = witness->next) {
        FUZZ_CHECK(witness != NULL && same_text(json->key, witness->string));
        FUZZ_CHECK(json->kind != JSON_STRING || same_text(json->text, witness->valuestring));
        FUZZ_CHECK((json->kind == JSON_ARRAY) == (cJSON_IsArray(witness) != 0));
        FUZZ_CHECK((json->kind == JSON_OBJECT) == (cJSON_IsObject(witness) != 0));
        check_witness(json->first, witness->child);
    }
    FUZZ_CHECK(witness == NULL);
}

static struct json *read_as(const char *text, size_t size, enum json_dialect dialect)
{
    struct json *json = NULL;
    struct error err = {.code = ERROR_NONE};

    if (json_parse(text, size, "x", dialect, &json, &err) == 0)
        check_places(json, size);
    else
        FUZZ_CHECK(json == NULL && strncmp(err.message, "x:", 2) == 0);
    return json;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = fuzz_string(data, size);
    struct json *strict = read_as(text, size, JSON_STRICT);
    struct json *five = read_as(text, size, JSON_FIVE);

    if (strict != NULL) {
        cJSON *witness = cJSON_ParseWithOpts(text, NULL, 1);
        check_same(strict, five);
        if (witness != NULL || strict->kind < JSON_ARRAY) /* it has a lower bound of depth */
            check_witness(strict, witness);
        cJSON_Delete(witness);
    }
    json_free(strict);
    json_free(five);
    free(text);
    return 0;
}
