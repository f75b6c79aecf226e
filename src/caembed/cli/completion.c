/* completion.c -- the table of options -> a completion script for bash, zsh or fish */
#include "cli/completion.h"

#include <stdbool.h>
#include <string.h>

#include "cli/options.h"
#include "x509/lifecycle.h"

static void add_targets(struct text *out)
{
    const struct target *target;

    for (size_t i = 0; (target = target_at(i)) != NULL; i++)
        text_add(out, "%s%s", i > 0 ? " " : "", target->name);
}

static void add_formats(struct text *out)
{
    const struct renderer *renderer;

    for (size_t i = 0; (renderer = render_at(i)) != NULL; i++)
        text_add(out, "%s%s", i > 0 ? " " : "", render_name(renderer));
}

static void add_profiles(struct text *out)
{
    const char *name;

    for (size_t i = 0; (name = lifecycle_profile_name(i)) != NULL; i++)
        text_add(out, "%s%s", i > 0 ? " " : "", name);
}

/* Options whose values are names: from the tables that take them, or as they stand. */
static const struct values {
    const char *option;
    void (*add)(struct text *out);
    const char *words;
} values[] = {
    {"target", add_targets, NULL},
    {"format", add_formats, NULL},
    {"profile", add_profiles, NULL},
    {"prove", NULL, "handshake"},
    {"completion", NULL, "bash zsh fish"},
    {"explain", NULL, "html"},
    {"help", NULL, "all"},
};

/* Adds the words of the option's values; false if they are not names. */
static bool add_words(const struct option_text *option, struct text *out)
{
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        if (strcmp(values[i].option, option->name) != 0)
            continue;
        if (values[i].add != NULL)
            values[i].add(out);
        else
            text_add(out, "%s", values[i].words);
        return true;
    }
    return false;
}

static bool has_words(const struct option_text *option)
{
    struct text none = {0};
    const bool rv = add_words(option, &none);

    text_free(&none);
    return rv;
}

static bool takes_file(const struct option_text *option)
{
    return option->argument != NULL && strcmp(option->argument, "FILE") == 0;
}

/* Its value is a part of the same word, or left out. */
static bool is_optional(const struct option_text *option)
{
    return option->argument != NULL && option->argument[0] == '[';
}

/* ---- bash ---- */

/* The pattern of a case: "-o|--output". */
static void add_pattern(const struct option_text *option, struct text *out)
{
    if (option->letter != 0)
        text_add(out, "-%c|", option->letter);
    text_add(out, "--%s", option->name);
}

/* The cases of what follows an option. */
static void add_bash_values(struct text *out)
{
    const struct option_text *option;

    for (size_t i = 0; (option = options_text_at(i)) != NULL; i++) {
        if (option->argument == NULL || is_optional(option))
            continue;
        text_add(out, "    ");
        add_pattern(option, out);
        if (takes_file(option)) {
            text_add(out, ") compopt -o filenames; COMPREPLY=($(compgen -f -- \"$cur\")) ;;\n");
            continue;
        }
        text_add(out, ") COMPREPLY=(");
        if (has_words(option)) {
            text_add(out, "$(compgen -W '");
            (void)add_words(option, out);
            text_add(out, "' -- \"$cur\")");
        }
        text_add(out, ") ;;\n");
    }
}

static void add_bash(struct text *out)
{
    const struct option_text *option;

    text_add(out, "# completions of caembed for bash, from caembed --completion bash\n"
                  "_caembed() {\n"
                  "    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}\n"
                  "    COMPREPLY=()\n"
                  "    case $prev in\n");
    add_bash_values(out);
    text_add(out, "    *) [[ $cur != -* ]] || COMPREPLY=($(compgen -W '");
    for (size_t i = 0; (option = options_text_at(i)) != NULL; i++)
        text_add(out, "%s--%s", i > 0 ? " " : "", option->name);
    text_add(out, "' -- \"$cur\")) ;;\n"
                  "    esac\n"
                  "}\n"
                  "complete -F _caembed caembed\n");
}

/* ---- zsh ---- */

/* What stands in [] of _arguments and in '': no quotes and brackets. */
static void add_zsh_help(const char *help, struct text *out)
{
    for (; *help != '\0'; help++)
        text_add(out,
                 *help == '\''                    ? "'\\''"
                 : strchr("[]:\\", *help) != NULL ? "\\%c"
                                                  : "%c",
                 *help);
}

static void add_zsh_option(const struct option_text *option, struct text *out)
{
    struct text value = {0};

    if (takes_file(option)) {
        text_add(&value, ":file:_files");
    } else if (option->argument != NULL && has_words(option)) {
        text_add(&value, "%s:value:(", is_optional(option) ? ":" : "");
        (void)add_words(option, &value);
        text_add(&value, ")");
    } else if (option->argument != NULL) {
        text_add(&value, ":value: ");
    }
    if (option->letter != 0)
        text_add(out, "    {-%c,--%s%s}'[", option->letter, option->name,
                 option->argument == NULL ? ""
                 : is_optional(option)    ? "=-"
                                          : "=");
    else
        text_add(out, "    '--%s%s[", option->name,
                 option->argument == NULL ? ""
                 : is_optional(option)    ? "=-"
                                          : "=");
    add_zsh_help(option->help, out);
    text_add(out, "]%s' \\\n", value.data != NULL ? value.data : "");
    text_free(&value);
}

static void add_zsh(struct text *out)
{
    const struct option_text *option;

    text_add(out, "#compdef caembed\n"
                  "# completions of caembed for zsh, from caembed --completion zsh\n"
                  "_arguments -s \\\n");
    for (size_t i = 0; (option = options_text_at(i)) != NULL; i++)
        add_zsh_option(option, out);
    text_add(out, "    '*:host:_hosts'\n");
}

/* ---- fish ---- */

static void add_fish(struct text *out)
{
    const struct option_text *option;

    text_add(out, "# completions of caembed for fish, from caembed --completion fish\n"
                  "complete -c caembed -f\n");
    for (size_t i = 0; (option = options_text_at(i)) != NULL; i++) {
        text_add(out, "complete -c caembed -l %s", option->name);
        if (option->letter != 0)
            text_add(out, " -s %c", option->letter);
        if (option->argument != NULL && !is_optional(option))
            text_add(out, takes_file(option) ? " -r -F" : " -x");
        if (option->argument != NULL && has_words(option)) {
            text_add(out, " -a '");
            (void)add_words(option, out);
            text_add(out, "'");
        }
        text_add(out, " -d \"%s\"\n", option->help);
    }
}

void completion_add(const char *shell, struct text *out)
{
    if (strcmp(shell, "bash") == 0)
        add_bash(out);
    else if (strcmp(shell, "zsh") == 0)
        add_zsh(out);
    else
        add_fish(out);
}
