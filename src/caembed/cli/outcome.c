/* outcome.c -- a host that is done -> what is kept of it */
#include "cli/outcome.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/explain.h"
#include "cli/explain_html.h"
#include "cli/explain_page.h"
#include "cli/messages.h"
#include "cli/report.h"

/* Colours are for terminals, unless NO_COLOR (no-color.org) forbids them. */
static bool wants_colour(void)
{
    const char *no_color = getenv("NO_COLOR");

    return isatty(STDERR_FILENO) && (no_color == NULL || no_color[0] == '\0');
}

int outcome_note(const struct host *host, const struct options *options, const struct judge *judge,
                 struct outcome *out, struct error *err)
{
    if (options->verbose && host->err.code == ERROR_NONE)
        message_add_choice(host, &out->notes);
    if (options->explain == EXPLAIN_HTML && host->index < EXPLAIN_PAGE_HOSTS_MAX &&
        explain_html_add_host(host, judge, &out->section, err) != 0)
        return -1;
    if (options->explain == EXPLAIN_HTML && options->explain_file == NULL)
        return 0; /* stderr is the page's */
    if (options->explain == EXPLAIN_TEXT)
        return explain_add_host(host, judge, wants_colour(), &out->notes, err);
    if (!options->quiet && !options->check)
        message_add_warnings(host, &out->notes);
    return out->notes.failed ? error_no_memory(err) : 0;
}

static int set_error(struct outcome *outcome, const struct error *why, struct error *err)
{
    outcome->err = malloc(sizeof *outcome->err);
    if (outcome->err == NULL)
        return error_no_memory(err);
    *outcome->err = *why;
    return 0;
}

int outcome_close(const struct host *host, const struct error *verdict,
                  const struct options *options, struct outcome *out, struct error *err)
{
    out->name = strdup(host_text(host));
    if (out->name == NULL)
        return error_no_memory(err);
    if (options->json && !options->summary &&
        report_host(host, verdict, options->all_chains, &out->report, err) != 0)
        return -1;
    return verdict->code != ERROR_NONE ? set_error(out, verdict, err) : 0;
}

int outcome_fail(struct outcome *outcome, const struct error *why, struct error *err)
{
    if (outcome->report != NULL && report_set_error(&outcome->report, why, err) != 0)
        return -1;
    return set_error(outcome, why, err);
}

void outcome_free(struct outcome *outcome)
{
    free(outcome->name);
    free(outcome->err);
    free(outcome->report);
    text_free(&outcome->notes);
    text_free(&outcome->section);
    *outcome = (struct outcome){.name = NULL};
}
