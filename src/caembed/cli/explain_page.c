/* explain_page.c -- outcomes of all hosts -> one page of HTML, in a file or on stderr */
#include "cli/explain_page.h"

#include "base/output.h"
#include "base/timestamp.h"
#include "cli/explain_html.h"
#include "cli/html.h"

/* Two sets of colours; contrast at least 4.5 to 1 for text (WCAG 2.1, 1.4.3). */
static const char style[] =
    ":root{color-scheme:light dark;--page:#fff;--ink:#1b1f24;--dim:#57606a;--line:#c4ccd4;"
    "--box:#f3f5f8;--good:#0f5f27;--bad:#a40e26;--warn:#7a4a00;--bar:#1f5fae}\n"
    "@media (prefers-color-scheme:dark){:root{--page:#14171b;--ink:#e4e8ec;--dim:#a2abb5;"
    "--line:#3d454e;--box:#1e2329;--good:#6fd08c;--bad:#ff8f94;--warn:#f0b95a;--bar:#6ea8ee}}\n"
    "*{box-sizing:border-box}\n"
    "body{margin:0 auto;max-width:60rem;padding:1rem;background:var(--page);color:var(--ink);"
    "font:1rem/1.5 system-ui,sans-serif;overflow-wrap:anywhere}\n"
    "h1{font-size:1.5rem;line-height:1.25}\n"
    "h2{font-size:1.25rem;margin-top:2.5rem;padding-top:1rem;border-top:2px solid var(--line)}\n"
    "h3{font-size:1.1rem;margin-top:2rem}\n"
    "a{color:var(--bar)}\n"
    "code{font:.85em ui-monospace,monospace}\n"
    ".dim{color:var(--dim);fill:var(--dim);font-weight:400}\n"
    ".good,.bad,.near{border-left:.3rem solid var(--good);padding:.4rem .8rem;"
    "background:var(--box)}\n"
    ".bad{border-color:var(--bad)}\n"
    ".near{border-color:var(--warn)}\n"
    ".good b{color:var(--good)}\n"
    ".bad b{color:var(--bad)}\n"
    ".near b{color:var(--warn)}\n"
    ".other{border-top:1px dashed var(--dim);margin-top:2rem;padding-top:1rem;font-weight:600}\n"
    ".scroll{overflow-x:auto}\n"
    "table{border-collapse:collapse;font-size:.9rem;width:100%}\n"
    "caption{text-align:left;color:var(--dim);padding:.4rem 0}\n"
    "th,td{text-align:left;vertical-align:top;padding:.35rem .6rem .35rem 0;"
    "border-top:1px solid var(--line)}\n"
    "th,td{overflow-wrap:normal}\n"
    "th{font-weight:600}\n"
    "tbody th{overflow-wrap:anywhere;min-width:13rem}\n"
    "code{overflow-wrap:anywhere}\n"
    ".paths tbody th{font-weight:400}\n"
    "thead th{font-weight:400;color:var(--dim);overflow-wrap:normal}\n"
    ".paths .chosen th,.chosen td{font-weight:700}\n"
    "td{min-width:4rem}\n"
    ".date{white-space:nowrap}\n"
    "@media (max-width:44rem){table,caption,tbody,tr,tbody th,td{display:block}"
    "thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}"
    "tr{border-top:1px solid var(--line);padding:.4rem 0}th,td{border:0;padding:.1rem 0}"
    "td::before{content:attr(data-head) \": \";color:var(--dim);font-weight:400}}\n"
    "figure{margin:1rem 0}\n"
    "figcaption{font-size:.9rem;color:var(--dim);margin-top:.5rem}\n"
    ".picture{display:block;width:100%;height:auto;font:11px ui-monospace,monospace}\n"
    ".picture text{fill:var(--ink)}\n"
    ".picture text.dim{fill:var(--dim);font-size:10.5px}\n"
    ".picture text.small{font-size:10px}\n"
    ".picture .name{font-weight:700}\n"
    ".picture .mark{font-weight:700;font-size:10.5px}\n"
    ".picture .end{text-anchor:end}\n"
    ".picture .over{paint-order:stroke;stroke:var(--page);stroke-width:3px}\n"
    ".n{fill:var(--box);stroke:var(--dim)}\n"
    ".n.a{stroke-width:2}\n"
    ".n.c{stroke:var(--good);stroke-width:2}\n"
    ".n.a.c{stroke-width:3.5}\n"
    ".e{fill:none;stroke:var(--dim);stroke-width:1.2}\n"
    ".e.c{stroke:var(--good);stroke-width:3}\n"
    ".e.x{stroke:var(--bad);stroke-dasharray:5 4}\n"
    ".tip{fill:var(--ink)}\n"
    ".bar{fill:var(--bar)}\n"
    ".late{stroke:var(--bar)}\n"
    ".hatch{stroke:var(--bar);stroke-width:2.5}\n"
    ".flag{stroke:var(--ink);stroke-width:2}\n"
    ".year{stroke:var(--line)}\n"
    ".now{stroke:var(--ink);stroke-width:1.5}\n"
    ".until{stroke:var(--ink);stroke-width:1.5;stroke-dasharray:3 3}\n";

/* ---- how each host ended ---- */

static const char *done_text(const struct options *options)
{
    return options->check ? "The header in place still holds."
                          : "The anchors are proven: they verify the presented chain.";
}

static void add_outcome(struct text *out, const struct outcome *outcome,
                        const struct options *options)
{
    const struct error *err = outcome->err;

    if (err == NULL) {
        text_add(out, "<p class=\"good\"><b>Good.</b> %s</p>\n", done_text(options));
        return;
    }
    text_add(out, "<div class=\"%s\"><p><b>%s (%s).</b> ",
             error_still_verifies(err->code) ? "near" : "bad",
             error_still_verifies(err->code) ? "Still verifies" : "Failed", error_name(err->code));
    html_add_text(out, "%s.", err->message);
    text_add(out, "</p>");
    if (err->hint[0] != '\0')
        html_add_element(out, "p", "", "Hint: %s", err->hint);
    text_add(out, "</div>\n");
}

static void add_index(struct text *out, const struct results *results)
{
    const size_t count = results->options->host_count;

    if (count < 2)
        return;
    html_add_element(out, "p", "", "%zu of %zu hosts are good.", results_count_good(results),
                     count);
    text_add(out, "<nav aria-label=\"Hosts\"><ul>\n");
    for (size_t i = 0; i < count; i++) {
        const struct error *err = results->outcome[i].err;
        char link[48] = "";
        if (i < EXPLAIN_PAGE_HOSTS_MAX)
            snprintf(link, sizeof link, " href=\"#h%zu\"", i);
        text_add(out, "<li>");
        html_add_element(out, "a", link, "%s", results->outcome[i].name);
        html_add_text(out, ": %s", err == NULL ? "good" : error_name(err->code));
        text_add(out, "</li>\n");
    }
    text_add(out, "</ul></nav>\n");
    if (count > EXPLAIN_PAGE_HOSTS_MAX)
        text_add(out, "<p>Only the first %d hosts are shown in full.</p>\n",
                 EXPLAIN_PAGE_HOSTS_MAX);
}

/* ---- the page ---- */

static void add_head(struct text *out, const struct results *results)
{
    const struct options *options = results->options;
    char at[TIMESTAMP_TEXT_SIZE], title[300];

    timestamp_format(options->at, at);
    snprintf(title, sizeof title, "Trust anchors for %.200s%s",
             options->host_count > 0 ? results->outcome[0].name : options->profile,
             options->host_count > 1 ? " and other hosts" : "");
    text_add(out, "<!DOCTYPE html>\n<html lang=\"en\" xmlns=\"http://www.w3.org/1999/xhtml\">\n"
                  "<head>\n<meta charset=\"utf-8\"/>\n<meta name=\"viewport\" "
                  "content=\"width=device-width, initial-scale=1\"/>\n"
                  "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
                  "style-src 'unsafe-inline'\"/>\n");
    html_add_element(out, "title", "", "%s", title);
    text_add(out, "\n<style>\n%s</style>\n</head>\n<body>\n<main>\n", style);
    html_add_element(out, "h1", "", "%s", title);
    html_add_element(out, "p", "", "Judged for the target %s at %s, with %s.",
                     options->target->name, at,
                     options->store != NULL ? "the store of --store" : store_bundled_name());
    text_add(out, "\n");
}

static int add_header(struct text *out, const struct results *results, struct error *err)
{
    const struct options *options = results->options;
    size_t bytes = 0;

    if (results->bundle.count == 0 || results_count_good(results) == 0)
        return 0;
    for (size_t i = 0; i < results->bundle.count; i++)
        bytes += render_size(options->renderer, &results->bundle.anchor[i], i + 1);
    html_add_element(out, "h2", "", "The header");
    html_add_element(out, "p", "", "%zu anchor%s, %zu bytes in the firmware in the format %s.",
                     results->bundle.count, results->bundle.count == 1 ? "" : "s", bytes,
                     render_name(options->renderer));
    if (options->host_count == 1 && !options->backup && options->profile == NULL)
        return 0; /* its section shows them */
    return explain_html_add_bundle(&results->bundle, results->judge, options->renderer, out, err);
}

static void add_host(struct text *out, const struct results *results, size_t index)
{
    const struct outcome *outcome = &results->outcome[index];

    text_add(out, "<section id=\"h%zu\" aria-labelledby=\"h%zu-n\">\n<h2 id=\"h%zu-n\">", index,
             index, index);
    html_add_text(out, "%s", outcome->name);
    text_add(out, "</h2>\n");
    add_outcome(out, outcome, results->options);
    if (outcome->section.length > 0)
        text_add_bytes(out, outcome->section.data, outcome->section.length);
    text_add(out, "</section>\n");
}

static int make_page(const struct results *results, struct text *out, struct error *err)
{
    add_head(out, results);
    add_index(out, results);
    for (size_t i = 0; i < results->options->host_count && i < EXPLAIN_PAGE_HOSTS_MAX; i++)
        add_host(out, results, i);
    if (add_header(out, results, err) != 0)
        return -1;
    text_add(out, "</main>\n</body>\n</html>\n");
    return out->failed ? error_no_memory(err) : 0;
}

static int write_page(const char *path, const struct text *page, struct error *err)
{
    struct output_file file = {.path = NULL};
    int rv;

    if (path == NULL) {
        fputs(page->data, stderr);
        return 0;
    }
    rv = output_stage(path, page->data, page->length, &file, err);
    if (rv == 0)
        rv = output_commit(&file, err);
    output_discard(&file);
    return rv;
}

int explain_page_write(const struct results *results, struct error *err)
{
    struct text page = {0};
    int rv;

    if (results->options->explain != EXPLAIN_HTML)
        return 0;
    rv = make_page(results, &page, err);
    if (rv == 0)
        rv = write_page(results->options->explain_file, &page, err);
    text_free(&page);
    return rv;
}
