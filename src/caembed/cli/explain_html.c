/* explain_html.c -- a host's way through the stages -> a section of a page for people */
#include "cli/explain_html.h"

#include <stdarg.h>
#include <stdlib.h>

#include "base/timestamp.h"
#include "cli/explain.h"
#include "cli/explain_svg.h"
#include "cli/html.h"
#include "path/fault.h"
#include "x509/cert.h"
#include "x509/lifecycle.h"

#define ROWS_MAX 50 /* of a table; a server may present a thousand certificates */

struct section {
    struct text *out;
    const struct judge *judge;
    char id[32]; /* begins every id in it */
};

/* ---- tables ---- */

struct table {
    struct text *out;
    const char *const *head; /* of each column; the first is the rows' name; NULL after the last */
    size_t column;
};

/* On a narrow screen cells stand below each other, with the column's name before each. That would
 * take a table's meaning from some browsers, so the roles are named. */
static void begin_table(const struct table *table, const char *caption)
{
    text_add(table->out,
             "<table role=\"table\">\n<caption>%s</caption>\n<thead role=\"rowgroup\"><tr "
             "role=\"row\">",
             caption);
    for (size_t i = 0; table->head[i] != NULL; i++)
        html_add_element(table->out, "th", " scope=\"col\" role=\"columnheader\"", "%s",
                         table->head[i]);
    text_add(table->out, "</tr></thead>\n<tbody role=\"rowgroup\">\n");
}

static void end_table(const struct table *table)
{
    text_add(table->out, "</tbody></table>\n");
}

/* Begins a row with its name, whose text follows up to `</th>`. */
static void begin_row(struct table *table, const char *class)
{
    table->column = 0;
    text_add(table->out, "<tr role=\"row\"%s><th scope=\"row\" role=\"rowheader\">", class);
}

static void add_cell(struct table *table, const char *format, ...) PRINTF_LIKE(2, 3);

static void add_cell(struct table *table, const char *format, ...)
{
    char raw[EXPLAIN_VERDICT_SIZE + 100];
    va_list args;

    va_start(args, format);
    vsnprintf(raw, sizeof raw, format, args);
    va_end(args);
    text_add(table->out, "<td role=\"cell\" data-head=\"%s\">", table->head[++table->column]);
    html_add_text(table->out, "%s", raw);
    text_add(table->out, "</td>");
}

static void add_date_cell(struct table *table, int64_t at)
{
    char date[TIMESTAMP_DATE_SIZE];

    timestamp_format_date(at, date);
    text_add(table->out, "<td role=\"cell\" class=\"date\" data-head=\"%s\">%s</td>",
             table->head[++table->column], at == TIMESTAMP_NONE ? "not known" : date);
}

static void add_more(struct text *out, size_t count)
{
    if (count > ROWS_MAX)
        html_add_element(out, "p", "", "and %zu more", count - ROWS_MAX);
}

/* ---- the presented chain ---- */

static bool is_in_a_path(const X509 *cert, const struct path_list *paths)
{
    for (size_t i = 0; i < paths->count; i++)
        for (size_t k = 0; k < paths->path[i].length; k++)
            if (cert_equal(paths->path[i].cert[k], cert))
                return true;
    return false;
}

static bool is_sent_before(const STACK_OF(X509) * chain, int index)
{
    for (int i = 0; i < index; i++)
        if (cert_equal(sk_X509_value(chain, i), sk_X509_value(chain, index)))
            return true;
    return false;
}

static const char *use_text(const struct host *host, int index)
{
    X509 *cert = sk_X509_value(host->presented.chain, index);

    if (index == 0)
        return "the leaf";
    if (is_sent_before(host->presented.chain, index))
        return "sent twice";
    if (!is_in_a_path(cert, &host->paths))
        return "in no path";
    return cert_same_name(X509_get_subject_name(cert), X509_get_issuer_name(cert))
               ? "a root: devices have it, or do not trust it"
               : "an intermediate";
}

static void add_presented_row(struct table *table, const struct host *host, int index)
{
    struct text *out = table->out;
    const X509 *cert = sk_X509_value(host->presented.chain, index);
    char subject[CERT_NAME_TEXT_SIZE], issuer[CERT_NAME_TEXT_SIZE], key[CERT_KEY_TEXT_SIZE];

    cert_subject_text(cert, subject);
    cert_issuer_text(cert, issuer);
    cert_key_text(cert, key);
    begin_row(table, "");
    html_add_text(out, "%d %s", index, subject);
    text_add(out, "<br/><span class=\"dim\">by ");
    html_add_text(out, "%s", issuer);
    text_add(out, "</span></th>");
    add_cell(table, "%s, signed with %s", key, cert_signature_text(cert));
    add_date_cell(table, cert_not_after(cert));
    add_cell(table, "%zu", cert_der_length(cert));
    add_cell(table, "%s", use_text(host, index));
    text_add(out, "</tr>\n");
}

static void add_presented(const struct section *section, const struct host *host)
{
    static const char *const head[] = {"certificate", "key", "expires", "bytes", "use", NULL};
    struct table table = {section->out, head, 0};
    const int count = sk_X509_num(host->presented.chain);
    struct text *out = section->out;
    size_t bytes = 0;

    for (int i = 0; i < count; i++)
        bytes += cert_der_length(sk_X509_value(host->presented.chain, i));
    html_add_element(out, "h3", "", "What the server presented");
    html_add_element(
        out, "p", "", "%d certificate%s, %zu bytes%s%s%s%s.", count, count == 1 ? "" : "s", bytes,
        host->presented.tls_version[0] != '\0' ? ", over " : "", host->presented.tls_version,
        host->presented.address[0] != '\0' ? ", from " : "", host->presented.address);
    begin_table(&table, "The presented chain, numbered in the server's order");
    for (int i = 0; i < count && i < ROWS_MAX; i++)
        add_presented_row(&table, host, i);
    end_table(&table);
    add_more(out, (size_t)count);
}

/* ---- the paths ---- */

static int add_path_row(struct table *table, const struct host *host, const struct path *path,
                        const struct judge *judge, struct error *err)
{
    char verdict[EXPLAIN_VERDICT_SIZE], subject[CERT_NAME_TEXT_SIZE];
    struct text *out = table->out;

    if (explain_path_verdict(host, path, judge, verdict, err) != 0)
        return -1;
    begin_row(table, path == host->chosen ? " class=\"chosen\"" : "");
    for (size_t k = 0; k < path->length; k++) {
        cert_common_name_text(X509_get_subject_name(path->cert[k]), subject);
        html_add_text(out, "%s%s", k > 0 ? " <- " : "", subject);
    }
    text_add(out, "</th>");
    add_cell(table, "%s", explain_end_text(path->end));
    add_cell(table, "%s", verdict);
    text_add(out, "</tr>\n");
    return 0;
}

static void add_graph(const struct section *section, const struct host *host)
{
    struct text *out = section->out;
    char id[48];

    snprintf(id, sizeof id, "%s-g", section->id);
    text_add(out, "<figure>\n<div class=\"scroll\" role=\"region\" tabindex=\"0\" "
                  "aria-label=\"Graph of the paths\">\n");
    explain_svg_add_graph(host, id, out);
    text_add(out,
             "</div>\n<figcaption>An arrow leads from a certificate to the one that signed it. "
             "Thick: the chosen path. Thin: another valid path. Dashed: a path that is not valid. "
             "A thick frame: a trusted root.%s</figcaption>\n</figure>\n",
             host->paths.count > EXPLAIN_SVG_PATHS_MAX
                 ? " Not all paths are drawn; the table has more."
                 : "");
}

static int add_paths(const struct section *section, const struct host *host, struct error *err)
{
    static const char *const head[] = {"path, from the leaf", "its end is", "verdict", NULL};
    struct table table = {section->out, head, 0};
    struct text *out = section->out;

    if (host->paths.count == 0)
        return 0;
    html_add_element(out, "h3", "", "Certification paths");
    add_graph(section, host);
    text_add(out, "<div class=\"paths\">\n");
    begin_table(&table, "Every path, and why it was chosen or not");
    for (size_t i = 0; i < host->paths.count && i < ROWS_MAX; i++)
        if (add_path_row(&table, host, &host->paths.path[i], section->judge, err) != 0)
            return -1;
    end_table(&table);
    text_add(out, "</div>\n");
    add_more(out, host->paths.count);
    return 0;
}

/* ---- the target ---- */

static void add_requirement(struct text *out, const struct requirement *requirement)
{
    text_add(out, "<li>");
    html_add_element(out, "b", "", "%s", requirement->feature->what);
    html_add_text(out, " (by: %s)", target_way_name(requirement->way));
    if (requirement->setting[0] != '\0') {
        text_add(out, ": ");
        html_add_element(out, "code", "", "%s", requirement->setting);
    }
    if (requirement->symptom != NULL)
        html_add_text(out, ". Without it: %s", requirement->symptom);
    text_add(out, "</li>\n");
}

static void add_requirements(struct text *out, const struct requirement_list *list)
{
    if (list->count == 0)
        return;
    html_add_element(out, "h4", "", "Settings that it needs");
    text_add(out, "<ul>\n");
    for (size_t i = 0; i < list->count; i++)
        add_requirement(out, &list->item[i]);
    text_add(out, "</ul>\n");
}

static void add_warnings(struct text *out, const struct assessment *assessment)
{
    if (assessment->warning_count == 0)
        return;
    html_add_element(out, "h4", "", "Warnings");
    text_add(out, "<ul>\n");
    for (size_t i = 0; i < assessment->warning_count; i++) {
        text_add(out, "<li>");
        html_add_element(out, "b", "", "%s", assessment->warning[i].code);
        html_add_text(out, ": %s", assessment->warning[i].message);
        text_add(out, "</li>\n");
    }
    text_add(out, "</ul>\n");
}

static void add_target(const struct section *section, const struct host *host)
{
    const struct target *target = section->judge->target;
    const struct assessment *assessment = &host->assessment;
    struct text *out = section->out;

    html_add_element(out, "h3", "", "The target: %s", target->name);
    html_add_element(out, "p", "", "%s.", target->description);
    if (assessment->requirements.count == 0 && assessment->anchor_count > 0)
        html_add_element(out, "p", "", "It takes this chain without a setting.");
    if (target->stack == STACK_MBEDTLS && !target->checks_dates)
        html_add_element(out, "p", "",
                         "It compares no dates: an expired certificate passes on the device.");
    add_requirements(out, &assessment->requirements);
    add_warnings(out, assessment);
}

/* ---- the anchors, and how long they serve ---- */

static const char *source_text(const struct embedded *embedded)
{
    if (embedded->is_backup)
        return "the store, as a backup";
    if (embedded->is_intermediate)
        return "the chain, as an intermediate that the target needs";
    return explain_end_text(embedded->source);
}

static int add_anchor_row(struct table *table, const struct embedded *embedded, const char *source,
                          const char *size, struct error *err)
{
    const X509 *cert = embedded->x509;
    struct text *out = table->out;
    char subject[CERT_NAME_TEXT_SIZE], sha256[SHA256_TEXT_SIZE], key[CERT_KEY_TEXT_SIZE];

    if (cert_sha256_text(cert, sha256) != 0)
        return error_no_memory(err);
    cert_subject_text(cert, subject);
    cert_key_text(cert, key);
    begin_row(table, "");
    html_add_text(out, "%s", subject);
    text_add(out, "<br/><span class=\"dim\">SHA-256 </span><code>%s</code></th>", sha256);
    add_cell(table, "%s%s%s", key, lifecycle_owner(cert)[0] != '\0' ? ", of " : "",
             lifecycle_owner(cert));
    add_cell(table, "%s", source);
    add_date_cell(table, cert_not_before(cert));
    add_date_cell(table, lifecycle_retires(cert));
    add_date_cell(table, cert_not_after(cert));
    add_cell(table, "%s", size);
    text_add(out, "</tr>\n");
    return 0;
}

static struct table begin_anchors(const struct section *section, const char *caption)
{
    static const char *const head[] = {"anchor",  "key, operator", "where from", "valid from",
                                       "retires", "expires",       "bytes",      NULL};
    const struct table table = {section->out, head, 0};

    begin_table(&table, caption);
    return table;
}

static void add_time_line(const struct section *section, const struct explain_span *span,
                          size_t count)
{
    char id[48];

    snprintf(id, sizeof id, "%s-l", section->id);
    text_add(section->out, "<figure>\n<div class=\"scroll\" role=\"region\" tabindex=\"0\" "
                           "aria-label=\"Time line\">\n");
    explain_svg_add_time_line(span, count, section->judge->verify_time, section->judge->until, id,
                              section->out);
    text_add(section->out,
             "</div>\n<figcaption>Solid: valid and in use. Hatched: root programs no longer trust "
             "the root for web servers, so servers move to another one; the device goes on "
             "accepting it.</figcaption>\n</figure>\n");
}

static int add_anchors(const struct section *section, const struct host *host, struct error *err)
{
    const struct assessment *assessment = &host->assessment;
    struct explain_span span[ASSESS_ANCHOR_COUNT_MAX + 1];
    struct table table;
    size_t count = 0;

    for (size_t i = 0; i < assessment->anchor_count; i++)
        span[count++] = (struct explain_span){assessment->anchor[i].x509, "anchor"};
    if (count == 0 && host->chosen != NULL)
        span[count++] = (struct explain_span){anchor_of(host->chosen), "anchor"};
    span[count++] = (struct explain_span){sk_X509_value(host->presented.chain, 0), "leaf"};
    html_add_element(section->out, "h3", "", "How long they serve");
    add_time_line(section, span, count);
    if (assessment->anchor_count == 0)
        return 0;
    table = begin_anchors(section, "The anchors for this host");
    for (size_t i = 0; i < assessment->anchor_count; i++) {
        const struct embedded *embedded = &assessment->anchor[i];
        char size[60];
        snprintf(size, sizeof size, "%zu as DER, %zu as PEM", cert_der_length(embedded->x509),
                 cert_pem_length(embedded->x509));
        if (add_anchor_row(&table, embedded, source_text(embedded), size, err) != 0)
            return -1;
    }
    end_table(&table);
    return 0;
}

/* ---- a host, a header ---- */

static int add_chain(struct section *section, const struct host *host, struct error *err)
{
    add_presented(section, host);
    if (add_paths(section, host, err) != 0)
        return -1;
    if (host->chosen != NULL)
        add_target(section, host);
    return add_anchors(section, host, err);
}

/* What precedes another chain of the same server. */
static void begin_other(const struct section *section, const struct host *other, bool counts)
{
    char key[CERT_KEY_TEXT_SIZE];

    cert_key_text(sk_X509_value(other->presented.chain, 0), key);
    html_add_element(section->out, "p", " class=\"other\"",
                     "The server has another chain, with %s. %s", key,
                     counts ? "The anchors hold for it too."
                            : "A client with another offer is shown it; --all-chains has the "
                              "anchors hold for it too.");
}

int explain_html_add_host(const struct host *host, const struct judge *judge, struct text *out,
                          struct error *err)
{
    const size_t index = host->index;
    struct section section = {.out = out, .judge = judge};

    if (host->presented.chain == NULL) {
        html_add_element(out, "p", "", "No chain came.");
        return out->failed ? error_no_memory(err) : 0;
    }
    for (int i = 0; host != NULL; host = host->other, i++) {
        if (i > 0 && host->presented.chain == NULL)
            continue;
        snprintf(section.id, sizeof section.id, "h%zu-%d", index, i);
        if (i > 0)
            begin_other(&section, host, judge->needs_every_chain);
        if (add_chain(&section, host, err) != 0)
            return -1;
    }
    return out->failed ? error_no_memory(err) : 0;
}

static void bundle_source(const struct bundle_anchor *anchor, char *out, size_t size)
{
    if (anchor->profile != NULL)
        snprintf(out, size, "the profile %s", anchor->profile);
    else if (anchor->embedded.is_backup)
        snprintf(out, size, "a backup, for no host yet");
    else
        snprintf(out, size, "%.100s%s", anchor->host_count > 0 ? anchor->host[0] : "",
                 anchor->host_count > 1 ? " and others" : "");
}

static int add_bundle_rows(const struct section *section, const struct bundle *bundle,
                           const struct renderer *renderer, struct error *err)
{
    struct table table = begin_anchors(section, "All anchors, and what they are for");
    char source[160], size[24];

    for (size_t i = 0; i < bundle->count; i++) {
        bundle_source(&bundle->anchor[i], source, sizeof source);
        snprintf(size, sizeof size, "%zu", render_size(renderer, &bundle->anchor[i], i + 1));
        if (add_anchor_row(&table, &bundle->anchor[i].embedded, source, size, err) != 0)
            return -1;
    }
    end_table(&table);
    return 0;
}

int explain_html_add_bundle(const struct bundle *bundle, const struct judge *judge,
                            const struct renderer *renderer, struct text *out, struct error *err)
{
    const struct section section = {out, judge, "all"};
    struct explain_span *span = calloc(bundle->count + 1, sizeof *span);

    if (span == NULL)
        return error_no_memory(err);
    for (size_t i = 0; i < bundle->count; i++)
        span[i] = (struct explain_span){bundle->anchor[i].embedded.x509, "anchor"};
    add_time_line(&section, span, bundle->count);
    free(span);
    if (add_bundle_rows(&section, bundle, renderer, err) != 0)
        return -1;
    return out->failed ? error_no_memory(err) : 0;
}
