/* command.c -- options -> the command that makes the same header again */
#include "cli/command.h"

#include <string.h>

/* A word as the shell takes it back. */
static void add_word(struct text *out, const char *word)
{
    static const char plain[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:@%+=,[]";

    text_add(out, " ");
    if (word[0] != '\0' && word[strspn(word, plain)] == '\0') {
        text_add(out, "%s", word);
        return;
    }
    text_add(out, "'");
    for (; *word != '\0'; word++)
        text_add(out, *word == '\'' ? "'\\''" : "%c", *word);
    text_add(out, "'");
}

static void add_option(struct text *out, const char *option, const char *value)
{
    if (value == NULL)
        return;
    text_add(out, " %s", option);
    add_word(out, value);
}

static const char *base_name_of(const char *path)
{
    return path != NULL ? text_base_name(path) : NULL;
}

void command_add(const struct options *options, struct text *out)
{
    text_add(out, "caembed -o FILE");
    if (options->renderer != render_of_target(options->target))
        add_option(out, "-f", render_name(options->renderer));
    if (strcmp(options->name, render_default_identifier(options->renderer)) != 0)
        add_option(out, "-n", options->name);
    if (options->target != target_find("mbed-os"))
        add_option(out, "-t", options->target->name);
    add_option(out, "--store", base_name_of(options->store));
    for (size_t i = 0; i < options->ca_file_count; i++)
        add_option(out, "--ca-file", base_name_of(options->ca_file[i]));
    if (options->partial_chain)
        text_add(out, " --partial-chain");
    if (options->aia)
        text_add(out, options->aia_allow_private ? " --aia --aia-allow-private" : " --aia");
    for (size_t i = 0; i < options->accepted.count; i++) {
        char sha256[SHA256_TEXT_SIZE];
        text_from_sha256(options->accepted.sha256[i], sha256);
        add_option(out, "--accept-root", sha256);
    }
    add_option(out, "--servername", options->servername);
    add_option(out, "--until", options->until_text);
    add_option(out, "--profile", options->profile);
    if (options->address != NULL)
        text_add(out, " --all-addresses");
    if (options->all_chains)
        text_add(out, " --all-chains");
    if (options->fewest)
        text_add(out, " --fewest");
    if (options->backup)
        text_add(out, " --backup");
    add_option(out, "--from", base_name_of(options->from));
    for (size_t i = 0; i < options->argument_count; i++)
        if (i == 0 || options->host[i] != options->host[i - 1]) /* the same for each address */
            add_word(out, options->host[i]);
}
