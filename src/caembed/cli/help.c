/* help.c -- the table of options -> the text of --help */
#include "cli/help.h"

#include <stdio.h>
#include <string.h>

#include "cli/options.h"

#define LEFT_WIDTH 25

static const char *const headings[GROUP_COUNT] = {
    [GROUP_OUTPUT] = "What is written",     [GROUP_HOSTS] = "Hosts and connections",
    [GROUP_TRUST] = "What is trusted",      [GROUP_CHOICE] = "The choice of anchors",
    [GROUP_CHECK] = "Checking and proving", [GROUP_REPORT] = "What is printed",
};

static void add_option(const struct option_text *option, struct text *out)
{
    const char *argument = option->argument != NULL ? option->argument : "";
    const char *separator = argument[0] != '\0' && argument[0] != '[' ? " " : "";
    char letter[8] = "    ", left[60];

    if (option->letter != 0)
        snprintf(letter, sizeof letter, "-%c, ", option->letter);
    snprintf(left, sizeof left, "%s--%s%s%s", letter, option->name, separator, argument);
    if (strlen(left) > LEFT_WIDTH)
        text_add(out, "  %s\n  %-*s %s\n", left, LEFT_WIDTH, "", option->help);
    else
        text_add(out, "  %-*s %s\n", LEFT_WIDTH, left, option->help);
}

static void add_basic(struct text *out)
{
    const struct option_text *option;

    for (size_t i = 0; (option = options_text_at(i)) != NULL; i++)
        if (option->is_basic)
            add_option(option, out);
    text_add(out,
             "\nHOST may be a URL (https, mqtts, ...; smtp, imap, pop3 and ftp use STARTTLS).\n"
             "See caembed --help=all and man caembed.\n");
}

static void add_all(struct text *out)
{
    const struct option_text *option;

    for (int group = 0; group < GROUP_COUNT; group++) {
        text_add(out, "%s%s:\n", group > 0 ? "\n" : "", headings[group]);
        for (size_t i = 0; (option = options_text_at(i)) != NULL; i++)
            if ((int)option->group == group)
                add_option(option, out);
    }
    text_add(
        out,
        "\nHOST may be a URL: https, mqtts, amqps, ... or, with STARTTLS, smtp, imap, pop3, ftp.\n"
        "Exit status: 0 done, 1 usage, 2 no connection, 3 no TLS, 4 no trust anchor, 5 proof\n"
        "failed, 6 cannot write, 7 internal; with --check 10 to 13. See man caembed.\n");
}

void help_add(bool all, struct text *out)
{
    text_add(out, "usage: caembed [options] HOST[:PORT]...\n"
                  "Finds the root CA that a firmware must carry for a TLS host, proves it, and\n"
                  "writes it as a C header with the matching mbed_app.json.\n\n");
    if (all)
        add_all(out);
    else
        add_basic(out);
}
