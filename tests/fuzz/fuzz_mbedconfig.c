/* fuzz_mbedconfig.c -- a mbed_lib.json, a 0xFF, a mbed_app.json: the header holds nothing but
 * definitions, each on its line and with its comment */
#include <ctype.h>
#include <string.h>

#include "config.h"
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
        "\"R\\\"(x)\\\"\"}},\"artifact_name\":\"x\"}"};

    for (size_t i = 0; i < COUNT(seeds); i++)
        fuzz_add_text(corpus, seeds[i]);
}

static const char *skip_literal(const char *at)
{
    char quote = *at;

    for (at++; *at != quote; at++) {
        FUZZ_CHECK(*at != '\0');
        if (*at == '\\')
            at++;
    }
    return at + 1;
}

/* `#define NAME VALUE`, and one comment that ends the line. */
static void check_definition(const char *line)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_";
    const char *at = line + strlen("#define ");
    const char *comment;

    FUZZ_CHECK(*at != '\0' && !isdigit((unsigned char)*at) && strspn(at, letters) > 0);
    at += strspn(at, letters);
    FUZZ_CHECK(*at == ' ');
    while (strncmp(at, "/*", 2) != 0) {
        FUZZ_CHECK(*at != '\0' && *at != '\\' && strncmp(at, "//", 2) != 0);
        at = *at == '"' || *at == '\'' ? skip_literal(at) : at + 1;
    }
    comment = strstr(at + 2, "*/");
    FUZZ_CHECK(comment != NULL && comment[2] == '\0');
}

static void check_header(char *text)
{
    char *next;

    for (char *line = text; line != NULL; line = next) {
        next = strchr(line, '\n');
        if (next != NULL)
            *next++ = '\0';
        for (const char *at = line; *at != '\0'; at++)
            FUZZ_CHECK(!iscntrl((unsigned char)*at));
        if (strncmp(line, "#define ", 8) == 0 && strcmp(line, "#define MBED_CONFIG_H") != 0)
            check_definition(line);
        else
            FUZZ_CHECK(line[0] == '\0' || line[0] == '#' || strncmp(line, "/* Made by", 10) == 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *middle = size > 0 ? memchr(data, 0xff, size) : NULL;
    size_t split = middle != NULL ? (size_t)(middle - data) : 0;
    size_t rest = middle != NULL ? split + 1 : 0;
    char *library = fuzz_string(data, split);
    char *application = fuzz_string(data + rest, size - rest);
    struct config config;
    struct error error = {"", ""};

    config_init(&config);
    if ((split == 0 || config_add_text(&config, UNIT_LIBRARY, "lib", library, split, labels,
                                       COUNT(labels), &error) == 0) &&
        config_add_text(&config, UNIT_APPLICATION, "app", application, size - rest, labels,
                        COUNT(labels), &error) == 0 &&
        config_check(&config, &error) == 0) {
        char *text = config_render(&config);
        FUZZ_CHECK(text != NULL);
        check_header(text);
        free(text);
    } else {
        FUZZ_CHECK(error.text[0] != '\0');
    }
    config_free(&config);
    free(library);
    free(application);
    return 0;
}
