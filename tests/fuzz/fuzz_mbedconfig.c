/* fuzz_mbedconfig.c -- a mbed_lib.json, a 0xFF, a mbed_app.json: the header holds nothing but
 * definitions, each on its line and with its comment */
#include <ctype.h>
#include <string.h>

#include "config.h"
#include "document.h"
#include "fuzz.h"

static const char *const labels[] = {"K64F"};

const long fuzz_mutations = 20000;

void fuzz_seed(struct fuzz_corpus *corpus)
{
    static const char *const seeds[] = {
        "{\"name\":\"tls-socket\",\"config\":{\"debug-level\":{\"help\":\"h\",\"value\":0},\"a\":{"
        "\"value\":null,\"macro_name\":\"A_B\",\"required\":true}},\"target_overrides\":{\"K64F\":{"
        "\"a\":\"\\\"x\\\"\"}}}\xff{\"target_overrides\":{\"*\":{\"tls-socket.debug-level\":2}},"
        "\"macros\":[\"X\",\"Y='\\\\''\"]}",
        "{\"name\":\"lib\",\"macros\":[\"M=1\"],\"config\":{\"s\":\"a "
        "/b\",\"t\":true,\"n\":-1.5e3}}"
        "\xff{\"config\":{\"u\":0.1},\"target_overrides\":{\"*\":{\"u\":9007199254740992,\"lib.s\":"
        "\"R\\\"(x)\\\"\"}},\"artifact_name\":\"x\"}",
        "{name:'l',config:{a:{value:'0x1F',value_min:+1,value_max:'0xff',},b:[1,'x',null,'it\\'s']}"
        ","
        "target_overrides:{'*':{'target.macros_add':['A=1','B'],'target.components':['SD']}},"
        "requires:[]}\xff{overrides:{'l.a':2,'target.printf_lib':'std'},config:{s:'L\"x\" /* c */ "
        "1.5f \"\xc3\xa9?\?/\" ## y // z',c:{value:1,accepted_values:[1,true],conflicts:['l.a']}},"
        "macros:['F(x)=((x)+#x)','MBED_CONFIG_H=1','MBED_CONF_L_A=3'],macros:['Z']}"};

    for (size_t i = 0; i < COUNT(seeds); i++)
        fuzz_add_text(corpus, seeds[i]);
}

static const char *skip_literal(const char *at)
{
    char quote = *at;

    for (at++; *at != quote; at++) {
        FUZZ_CHECK(*at != '\0');
        FUZZ_CHECK((unsigned char)*at < 0x80);
        if (*at == '\\')
            at++;
    }
    return at + 1;
}

/* `#define NAME VALUE`, and a comment that ends the line. */
static void check_definition(const char *line)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_";
    const char *at = line + strlen("#define ");
    bool is_comment = false;

    FUZZ_CHECK(*at != '\0' && !isdigit((unsigned char)*at) && strspn(at, letters) > 0);
    at += strspn(at, letters);
    if (*at == '(') {
        at += 1 + strspn(at + 1, letters);
        FUZZ_CHECK(*at++ == ')');
    }
    FUZZ_CHECK(*at == ' ');
    while (*at != '\0') {
        FUZZ_CHECK(*at != '\\' && strncmp(at, "//", 2) != 0 && (unsigned char)*at < 0x80);
        is_comment = strncmp(at, "/*", 2) == 0;
        if (is_comment) {
            const char *end = strstr(at + 2, "*/");
            const char *nested = strstr(at + 2, "/*"); /* that of a closing one does not count */
            FUZZ_CHECK(end != NULL && (nested == NULL || nested + 1 >= end));
            at = end + 2;
        } else {
            at = *at == '"' || *at == '\'' ? skip_literal(at) : at + 1;
        }
    }
    FUZZ_CHECK(is_comment);
}

static void check_header(char *text)
{
    char *next;

    for (char *line = text; line != NULL; line = next) {
        next = strchr(line, '\n');
        if (next != NULL)
            *next++ = '\0';
        for (const char *at = line; *at != '\0'; at++)
            FUZZ_CHECK(!iscntrl((unsigned char)*at) && strncmp(at, "?\?/", 3) != 0);
        if (strncmp(line, "#define ", 8) == 0 &&
            (strncmp(line + 8, "MBED_CONFIG_H", 13) != 0 || strchr(line + 8, ' ') != NULL))
            check_definition(line);
        else
            FUZZ_CHECK(line[0] == '\0' || line[0] == '#' || strncmp(line, "/* Made by", 10) == 0);
    }
}

/* The header, and every word of it explained. */
static void check_config(const struct config *config)
{
    struct text text = {0}, line = {0};
    struct error err = {.code = ERROR_NONE};

    for (size_t i = 0; i < config->parameter_count && i < 8; i++)
        FUZZ_CHECK(config_explain(config, config->parameters[i]->name, &line, &err) == 0);
    for (size_t i = 0; i < config->define_count && i < 8; i++)
        FUZZ_CHECK(config_explain(config, config->defines[i]->key, &line, &err) == 0);
    for (size_t i = 0; i < line.length; i++)
        FUZZ_CHECK(line.data[i] == '\n' || !iscntrl((unsigned char)line.data[i]));
    config_render(config, &text);
    FUZZ_CHECK(!text.failed);
    check_header(text.data);
    text_free(&text);
    text_free(&line);
}

static void check(struct document documents[2], size_t count, bool is_lenient)
{
    const struct config_options options = {labels, COUNT(labels), is_lenient};
    struct error err = {.code = ERROR_NONE};
    struct config config;

    config_init(&config);
    if (config_resolve(&config, documents, count, &options, &err) == 0 &&
        config_define(&config, &err) == 0)
        check_config(&config);
    else
        FUZZ_CHECK(err.code == ERROR_USAGE && err.message[0] != '\0');
    config_free(&config);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *middle = size > 0 ? memchr(data, 0xff, size) : NULL;
    size_t split = middle != NULL ? (size_t)(middle - data) : 0;
    size_t rest = middle != NULL ? split + 1 : 0;
    char *library = fuzz_string(data, split);
    char *application = fuzz_string(data + rest, size - rest);

    for (int is_lenient = 0; is_lenient < 2; is_lenient++) {
        struct document documents[2];
        struct error err = {.code = ERROR_NONE};
        size_t count = 0;
        if (split > 0 && document_parse(UNIT_LIBRARY, "lib", library, split, is_lenient,
                                        &documents[count], &err) == 0)
            count++;
        if ((split == 0 || count > 0) &&
            document_parse(UNIT_APPLICATION, "app", application, size - rest, is_lenient,
                           &documents[count], &err) == 0)
            check(documents, ++count, is_lenient);
        FUZZ_CHECK(count > 0 || err.message[0] != '\0');
        while (count > 0)
            document_free(&documents[--count]);
    }
    free(library);
    free(application);
    return 0;
}
