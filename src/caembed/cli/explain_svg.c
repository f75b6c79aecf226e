/* explain_svg.c -- a host's paths, and when its certificates serve -> inline SVG */
#include "cli/explain_svg.h"

#include <stdlib.h>
#include <string.h>

#include "base/timestamp.h"
#include "cli/html.h"
#include "x509/cert.h"
#include "x509/lifecycle.h"

/* Opens a picture; its description follows, to be ended by begin_shapes(). */
static void begin_picture(struct text *out, const char *id, int width, int height,
                          const char *title)
{
    text_add(out,
             "<svg class=\"%s\" role=\"img\" viewBox=\"0 0 %d %d\" style=\"max-width:%dpx;"
             "min-width:%dpx\" aria-labelledby=\"%s-t\" aria-describedby=\"%s-d\">\n",
             "picture", width, height, width * 5 / 4, width * 9 / 10, id, id);
    text_add(out, "<title id=\"%s-t\">%s</title>\n<desc id=\"%s-d\">", id, title, id);
}

static void begin_shapes(struct text *out)
{
    text_add(out, "</desc>\n");
}

static void add_label(struct text *out, const char *class, int x, int y, const char *text)
{
    char attributes[80];

    snprintf(attributes, sizeof attributes, " class=\"%s\" x=\"%d\" y=\"%d\"", class, x, y);
    html_add_element(out, "text", attributes, "%s", text);
    text_add(out, "\n");
}

static void subject_text(const X509 *cert, char out[CERT_NAME_TEXT_SIZE])
{
    cert_common_name_text(X509_get_subject_name(cert), out);
}

/* Cuts the text to so many characters. */
static void shorten(char *text, size_t length)
{
    if (strlen(text) > length)
        memcpy(text + length - 3, "...", sizeof "...");
}

/* ---- the graph ---- */

#define NODE_WIDTH 204
#define NODE_CHARACTERS 28 /* that fit into a line */
#define NODE_HEIGHT 76
#define COLUMN_WIDTH (NODE_WIDTH + 14)
#define LAYER_GAP 42
#define LAYER_HEIGHT (NODE_HEIGHT + LAYER_GAP)
#define MARGIN 6
#define NODES_MAX (EXPLAIN_SVG_PATHS_MAX * PATH_LENGTH_MAX)
#define LAYERS_MAX (2 * PATH_LENGTH_MAX)

struct node {
    X509 *cert;
    int layer;          /* 0 is the leaf's */
    int column;         /* 0 is that of the first path */
    size_t path, place; /* where it was seen first */
};

struct graph {
    const struct host *host;
    const struct path *path[EXPLAIN_SVG_PATHS_MAX]; /* the chosen one first */
    size_t path_count;
    struct node node[NODES_MAX];
    size_t node_count;
    int layer_count, column_count;
};

static void list_paths(struct graph *graph)
{
    const struct host *host = graph->host;

    if (host->chosen != NULL)
        graph->path[graph->path_count++] = host->chosen;
    for (size_t i = 0; i < host->paths.count && graph->path_count < EXPLAIN_SVG_PATHS_MAX; i++)
        if (&host->paths.path[i] != host->chosen)
            graph->path[graph->path_count++] = &host->paths.path[i];
}

static struct node *find_node(struct graph *graph, const X509 *cert)
{
    for (size_t i = 0; i < graph->node_count; i++)
        if (cert_equal(graph->node[i].cert, cert))
            return &graph->node[i];
    return NULL;
}

static void list_nodes(struct graph *graph)
{
    for (size_t i = 0; i < graph->path_count; i++)
        for (size_t k = 0; k < graph->path[i]->length; k++)
            if (find_node(graph, graph->path[i]->cert[k]) == NULL)
                graph->node[graph->node_count++] =
                    (struct node){.cert = graph->path[i]->cert[k], .path = i, .place = k};
}

/* Whether it had to move a certificate of the path above the one that it signed. */
static bool raise_issuers(struct graph *graph, const struct path *path)
{
    bool has_moved = false;

    for (size_t k = 1; k < path->length; k++) {
        const int least = find_node(graph, path->cert[k - 1])->layer + 1;
        struct node *issuer = find_node(graph, path->cert[k]);
        if (issuer->layer >= least || least >= LAYERS_MAX)
            continue;
        issuer->layer = least;
        has_moved = true;
    }
    return has_moved;
}

/* Two CAs that signed each other would rise for ever: hence the bound. */
static void set_layers(struct graph *graph)
{
    bool has_moved = true;

    for (size_t round = 0; has_moved && round < LAYERS_MAX; round++) {
        has_moved = false;
        for (size_t i = 0; i < graph->path_count; i++)
            has_moved = raise_issuers(graph, graph->path[i]) || has_moved;
    }
}

static bool is_taken(const struct graph *graph, size_t before, int layer, int column)
{
    for (size_t i = 0; i < before; i++)
        if (graph->node[i].layer == layer && graph->node[i].column == column)
            return true;
    return false;
}

/* The first path has the first column to itself, so that nothing lies in its way; what another adds
 * stands beside it, in one column where there is room. */
static void set_columns(struct graph *graph)
{
    for (size_t i = 0; i < graph->node_count; i++) {
        struct node *node = &graph->node[i];
        const bool goes_on = i > 0 && graph->node[i - 1].path == node->path;
        node->column = node->path == 0 ? 0 : goes_on ? graph->node[i - 1].column : 1;
        while (is_taken(graph, i, node->layer, node->column))
            node->column++;
        if (node->column >= graph->column_count)
            graph->column_count = node->column + 1;
        if (node->layer >= graph->layer_count)
            graph->layer_count = node->layer + 1;
    }
}

static int left_of(const struct node *node)
{
    return MARGIN + node->column * COLUMN_WIDTH;
}

static int top_of(const struct graph *graph, const struct node *node)
{
    return MARGIN + (graph->layer_count - 1 - node->layer) * LAYER_HEIGHT;
}

static int place_in_chain(const struct host *host, const X509 *cert)
{
    for (int i = 0; i < sk_X509_num(host->presented.chain); i++)
        if (cert_equal(sk_X509_value(host->presented.chain, i), cert))
            return i;
    return -1;
}

/* What the certificate is here: at most 28 characters. */
static void role_text(const struct graph *graph, const struct node *node, char *out, size_t size)
{
    static const char *const ends[] = {
        [PATH_END_STORE] = "root in the store",
        [PATH_END_CA_FILE] = "root in the CA file",
        [PATH_END_ACCEPTED] = "root, accepted",
        [PATH_END_PRESENTED] = "root, trusted by nobody",
        [PATH_END_INCOMPLETE] = "its issuer is not known",
    };
    const struct path *path = graph->path[node->path];
    const int place = place_in_chain(graph->host, node->cert);

    if (node->place + 1 == path->length && (node->place > 0 || path->end != PATH_END_INCOMPLETE))
        snprintf(out, size, "%s%s", path == graph->host->chosen ? "chosen: " : "", ends[path->end]);
    else if (place >= 0)
        snprintf(out, size, "%s, sent as %d", node->place == 0 ? "leaf" : "intermediate", place);
    else
        snprintf(out, size, "intermediate, from the store");
}

/* A name on one or two lines, the first up to a blank if there is one. Returns the next line's y.
 */
static int add_name(struct text *out, int x, int y, char *name)
{
    size_t length = strlen(name), end = length;

    if (length > NODE_CHARACTERS) {
        end = NODE_CHARACTERS;
        while (end > 0 && name[end] != ' ')
            end--;
        end = end > 3 ? end : NODE_CHARACTERS;
    }
    if (end < length) {
        char *rest = name + end + (name[end] == ' ' ? 1 : 0);
        shorten(rest, NODE_CHARACTERS);
        add_label(out, "name", x, y + 16, rest);
    }
    name[end] = '\0';
    add_label(out, "name", x, y, name);
    return y + (end < length ? 33 : 17);
}

static void add_node(struct text *out, const struct graph *graph, const struct node *node)
{
    const struct path *path = graph->path[node->path];
    const bool is_end = node->place + 1 == path->length;
    char role[64], subject[CERT_NAME_TEXT_SIZE], key[CERT_KEY_TEXT_SIZE];
    char until[TIMESTAMP_DATE_SIZE], line[CERT_KEY_TEXT_SIZE + 32];
    const int x = left_of(node), y = top_of(graph, node);

    role_text(graph, node, role, sizeof role);
    subject_text(node->cert, subject);
    cert_key_text(node->cert, key);
    timestamp_format_date(cert_not_after(node->cert), until);
    snprintf(line, sizeof line, "%.14s, to %s", key, until);
    text_add(out,
             "<rect class=\"n%s%s\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"%d\"/>\n",
             is_end && path_is_trusted(path) ? " a" : "", path == graph->host->chosen ? " c" : "",
             x, y, NODE_WIDTH, NODE_HEIGHT, node->place == 0 ? 14 : 3);
    add_label(out, "dim", x + 9, y + 17, role);
    add_label(out, "dim", x + 9, add_name(out, x + 9, y + 33, subject), line);
}

static void add_edge(struct text *out, const struct graph *graph, const char *id,
                     const struct node *child, const struct node *issuer, const char *class)
{
    const int x1 = left_of(child) + NODE_WIDTH / 2, x2 = left_of(issuer) + NODE_WIDTH / 2;
    const int y1 = top_of(graph, child), y2 = top_of(graph, issuer) + NODE_HEIGHT + 7;
    const int middle = (y1 + y2) / 2;

    text_add(out,
             "<path class=\"e %s\" d=\"M%d %dC%d %d %d %d %d %d\" marker-end=\"url(#%s-m)\"/>\n",
             class, x1, y1, x1, middle, x2, middle, x2, y2, id);
}

static bool has_step(const struct path *path, const X509 *child, const X509 *issuer)
{
    for (size_t k = 0; k + 1 < path->length; k++)
        if (cert_equal(path->cert[k], child) && cert_equal(path->cert[k + 1], issuer))
            return true;
    return false;
}

/* Each signature is drawn once, as the best of its paths has it: chosen, valid, or not. */
static void add_edges_of(struct text *out, struct graph *graph, size_t index, const char *id)
{
    const struct path *path = graph->path[index];
    const char *class = path == graph->host->chosen ? "c" : path_is_valid(path) ? "v" : "x";

    for (size_t k = 0; k + 1 < path->length; k++) {
        bool is_drawn = false;
        for (size_t i = 0; i < graph->path_count; i++) {
            const bool is_better = path_is_valid(graph->path[i]) && !path_is_valid(path);
            if (i != index &&
                (is_better || (i < index && path_is_valid(graph->path[i]) == path_is_valid(path))))
                is_drawn = is_drawn || has_step(graph->path[i], path->cert[k], path->cert[k + 1]);
        }
        if (!is_drawn)
            add_edge(out, graph, id, find_node(graph, path->cert[k]),
                     find_node(graph, path->cert[k + 1]), class);
    }
}

/* The paths in words. */
static void add_description(struct text *out, const struct graph *graph)
{
    for (size_t i = 0; i < graph->path_count; i++) {
        const struct path *path = graph->path[i];
        html_add_text(out, "%sPath %zu%s: ", i > 0 ? " " : "", i + 1,
                      path == graph->host->chosen ? ", chosen"
                      : path_is_valid(path)       ? ""
                                                  : ", not valid");
        for (size_t k = 0; k < path->length; k++) {
            char subject[CERT_NAME_TEXT_SIZE];
            subject_text(path->cert[k], subject);
            html_add_text(out, "%s%s", k > 0 ? ", signed by " : "", subject);
        }
        text_add(out, ".");
    }
}

static void draw_graph(struct text *out, struct graph *graph, const char *id)
{
    begin_picture(out, id, 2 * MARGIN + graph->column_count * COLUMN_WIDTH - 14,
                  2 * MARGIN + graph->layer_count * LAYER_HEIGHT - LAYER_GAP,
                  "The certification paths, from the leaf at the bottom to the roots");
    add_description(out, graph);
    begin_shapes(out);
    text_add(out,
             "<defs><marker id=\"%s-m\" viewBox=\"0 0 8 8\" refX=\"2\" refY=\"4\" "
             "markerUnits=\"userSpaceOnUse\" markerWidth=\"9\" markerHeight=\"9\" "
             "orient=\"auto\"><path class=\"tip\" d=\"M0 0L8 4L0 8z\"/></marker></defs>\n",
             id);
    for (size_t i = graph->path_count; i > 0; i--)
        add_edges_of(out, graph, i - 1, id);
    for (size_t i = 0; i < graph->node_count; i++)
        add_node(out, graph, &graph->node[i]);
    text_add(out, "</svg>\n");
}

void explain_svg_add_graph(const struct host *host, const char *id, struct text *out)
{
    struct graph *graph = calloc(1, sizeof *graph);

    if (graph == NULL) {
        out->failed = true;
        return;
    }
    graph->host = host;
    list_paths(graph);
    list_nodes(graph);
    set_layers(graph);
    set_columns(graph);
    if (graph->node_count > 0)
        draw_graph(out, graph, id);
    free(graph);
}

/* ---- the time line ---- */

#define LINE_WIDTH 364
#define LINE_CHARACTERS 53 /* that fit into it */
#define LINE_TOP 36
#define ROW_HEIGHT 54
#define YEAR_S INT64_C(31556952) /* on average */
#define YEARS_SHOWN_MAX 60       /* before and after the check: there are certificates to 9999 */

struct scale {
    int64_t from, to;
};

static int64_t clamp(int64_t value, int64_t least, int64_t most)
{
    return value < least ? least : value > most ? most : value;
}

static int x_of(const struct scale *scale, int64_t at)
{
    const int64_t inside = clamp(at, scale->from, scale->to) - scale->from;

    return MARGIN + (int)(inside * (LINE_WIDTH - 2 * MARGIN) / (scale->to - scale->from));
}

static struct scale make_scale(const struct explain_span *span, size_t count, int64_t at,
                               int64_t until)
{
    const int64_t least = at - YEARS_SHOWN_MAX * YEAR_S, most = at + YEARS_SHOWN_MAX * YEAR_S;
    struct scale scale = {at, at};

    if (until > scale.to)
        scale.to = clamp(until, least, most);
    for (size_t i = 0; i < count; i++) {
        const int64_t from = clamp(cert_not_before(span[i].cert), least, most);
        const int64_t to = clamp(cert_not_after(span[i].cert), least, most);
        scale.from = from < scale.from ? from : scale.from;
        scale.to = to > scale.to ? to : scale.to;
    }
    scale.from -= YEAR_S / 4;
    scale.to += YEAR_S / 4;
    return scale;
}

static int64_t year_of(int64_t at)
{
    char date[TIMESTAMP_DATE_SIZE];

    timestamp_format_date(at, date);
    return strtol(date, NULL, 10);
}

/* The years at which lines are drawn: at most eight. */
static void add_years(struct text *out, const struct scale *scale, int bottom)
{
    static const int steps[] = {1, 2, 5, 10, 20};
    const int64_t first = year_of(scale->from), last = year_of(scale->to);
    size_t i = 0;

    while (i + 1 < sizeof steps / sizeof steps[0] && (last - first) / steps[i] > 7)
        i++;
    for (int64_t year = first / steps[i] * steps[i]; year <= last; year += steps[i]) {
        const int64_t at = timestamp_from_date(year, 1, 1, 0);
        char text[24];
        if (at < scale->from || at > scale->to)
            continue;
        snprintf(text, sizeof text, "%lld", (long long)year);
        text_add(out, "<path class=\"year\" d=\"M%d %dV%d\"/>\n", x_of(scale, at), LINE_TOP - 6,
                 bottom);
        add_label(out, x_of(scale, at) > LINE_WIDTH - 36 ? "dim end" : "dim", x_of(scale, at),
                  bottom + 12, text);
    }
}

/* A date that concerns all rows. */
static void add_mark(struct text *out, const struct scale *scale, int64_t at, int y, int bottom,
                     const char *class, const char *what)
{
    const int x = x_of(scale, at);
    char date[TIMESTAMP_DATE_SIZE], text[64], label[32];

    timestamp_format_date(at, date);
    snprintf(text, sizeof text, "%s %s", what, date);
    snprintf(label, sizeof label, "mark%s", x > LINE_WIDTH / 2 ? " end" : "");
    text_add(out, "<path class=\"%s\" d=\"M%d %dV%d\"/>\n", class, x, y - 8, bottom);
    add_label(out, label, x > LINE_WIDTH / 2 ? x - 4 : x + 4, y, text);
}

static void dates_text(const X509 *cert, char *out, size_t size)
{
    char from[TIMESTAMP_DATE_SIZE], retires[TIMESTAMP_DATE_SIZE], to[TIMESTAMP_DATE_SIZE];
    const int64_t retired = lifecycle_retires(cert);

    timestamp_format_date(cert_not_before(cert), from);
    timestamp_format_date(cert_not_after(cert), to);
    timestamp_format_date(retired, retires);
    snprintf(out, size, "valid %s, %s%s%sexpires %s", from,
             retired == TIMESTAMP_NONE ? "" : "retires ", retired == TIMESTAMP_NONE ? "" : retires,
             retired == TIMESTAMP_NONE ? "" : ", ", to);
}

/* A bar of at least three units, so that a leaf of some weeks can be seen. */
static void add_bar(struct text *out, const char *style, int x1, int x2, int y)
{
    text_add(out, "<rect %s x=\"%d\" y=\"%d\" width=\"%d\" height=\"12\"/>\n", style, x1, y,
             x2 - x1 < 3 ? 3 : x2 - x1);
}

static void add_span(struct text *out, const struct scale *scale, const struct explain_span *span,
                     int y, const char *id)
{
    const int64_t end = cert_not_after(span->cert), retires = lifecycle_retires(span->cert);
    const int64_t served = retires < end ? retires : end;
    char subject[CERT_NAME_TEXT_SIZE], line[CERT_NAME_TEXT_SIZE + 32], style[80];
    const int x1 = x_of(scale, cert_not_before(span->cert)), x2 = x_of(scale, served);

    subject_text(span->cert, subject);
    snprintf(line, sizeof line, "%s: %s", span->role,
             strncmp(subject, "CN=", 3) == 0 ? subject + 3 : subject);
    shorten(line, LINE_CHARACTERS);
    add_label(out, "name over", MARGIN, y + 10, line);
    dates_text(span->cert, line, sizeof line);
    add_label(out, "dim small over", MARGIN, y + 23, line);
    add_bar(out, "class=\"bar\"", x1, x2, y + 29);
    if (served == end)
        return;
    snprintf(style, sizeof style, "class=\"late\" fill=\"url(#%s-h)\"", id);
    add_bar(out, style, x2, x_of(scale, end), y + 29);
    text_add(out, "<path class=\"flag\" d=\"M%d %dv18\"/>\n", x2, y + 26);
}

static void add_time_description(struct text *out, const struct explain_span *span, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char subject[CERT_NAME_TEXT_SIZE], dates[120];
        subject_text(span[i].cert, subject);
        dates_text(span[i].cert, dates, sizeof dates);
        html_add_text(out, "%sThe %s %s: %s.", i > 0 ? " " : "", span[i].role, subject, dates);
    }
}

void explain_svg_add_time_line(const struct explain_span *span, size_t count, int64_t at,
                               int64_t until, const char *id, struct text *out)
{
    const struct scale scale = make_scale(span, count, at, until);
    const int bottom = LINE_TOP + (int)count * ROW_HEIGHT;

    begin_picture(out, id, LINE_WIDTH, bottom + 18, "When each certificate is valid");
    add_time_description(out, span, count);
    begin_shapes(out);
    text_add(out,
             "<defs><pattern id=\"%s-h\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\" "
             "patternTransform=\"rotate(45)\"><path class=\"hatch\" d=\"M0 0V6\"/></pattern>"
             "</defs>\n",
             id);
    add_years(out, &scale, bottom);
    add_mark(out, &scale, at, 10, bottom, "now", "checked");
    if (until > 0)
        add_mark(out, &scale, until, 24, bottom, "until", "until");
    for (size_t i = 0; i < count; i++)
        add_span(out, &scale, &span[i], LINE_TOP + (int)i * ROW_HEIGHT, id);
    text_add(out, "</svg>\n");
}
