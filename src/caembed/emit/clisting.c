/* clisting.c -- declarations beside the wanted one -> a list for messages, certificates first */
#include <string.h>

#include "emit/creader.h"

#define LISTED_COUNT_MAX 6

void clisting_add(struct creader *reader, const char *name, const char *form, bool is_anchor)
{
    struct listing *listing = is_anchor ? &reader->anchors : &reader->others;

    if (strcmp(name, reader->wanted) == 0 || name[0] == '\0')
        return;
    if (listing->count++ < LISTED_COUNT_MAX)
        text_add(&listing->text, "%s%.40s (%s, line %zu)", listing->text.length > 0 ? ", " : "",
                 name, form, creader_line(reader));
}

bool clisting_is_pem(const struct text *text)
{
    return text->length > 10 && strstr(text->data, "-----BEGIN") != NULL;
}

void clisting_add_definition(struct creader *reader)
{
    struct clexer ahead;
    enum ctoken token = creader_look_ahead(reader, &ahead);
    long value = -1;

    if (reader->is_bearssl && reader->lexer.mark == '=')
        clisting_add(reader, reader->declared, "BearSSL trust anchors", true);
    else if (token == CTOKEN_STRING &&
             (reader->lexer.mark == '=' || clisting_is_pem(&ahead.literal)))
        clisting_add(reader, reader->declared, "a string", clisting_is_pem(&ahead.literal));
    else if (token == CTOKEN_MARK && ahead.mark == '{' && clexer_next(&ahead) == CTOKEN_NAME &&
             (value = cvalue_integer(ahead.name)) >= 0)
        clisting_add(reader, reader->declared, "an array", value == 0x30 || value == '-');
    text_free(&ahead.literal);
}

/* After `asm` outside of the wanted declaration. */
static void list_symbol(struct creader *reader)
{
    struct clexer ahead;

    if (creader_look_ahead(reader, &ahead) == CTOKEN_MARK && clexer_next(&ahead) == CTOKEN_STRING &&
        strncmp(ahead.literal.data, "_binary_", 8) == 0)
        clisting_add(reader, reader->declared, "a file that the build embeds", true);
    text_free(&ahead.literal);
}

void clisting_note_name(struct creader *reader)
{
    static const char *const attributes[] = {"PROGMEM",  "ICACHE_RODATA_ATTR", "__attribute__",
                                             "FLASHMEM", "__in_flash",         "DRAM_ATTR",
                                             NULL};
    static const char *const symbols[] = {"asm", "__asm", "__asm__", NULL};
    const char *name = reader->lexer.name;

    if (creader_is_one_of(name, symbols))
        list_symbol(reader);
    else if (strcmp(name, "br_x509_trust_anchor") == 0)
        reader->is_bearssl = true;
    else if (!reader->is_declared && !creader_is_one_of(name, attributes))
        memcpy(reader->declared, name, sizeof reader->declared);
}

const struct text *clisting_text(const struct creader *reader)
{
    return reader->anchors.count > 0 ? &reader->anchors.text : &reader->others.text;
}
