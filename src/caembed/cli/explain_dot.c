/* explain_dot.c -- a host's certificates and paths -> a graph for Graphviz */
#include "cli/explain.h"

#include "base/timestamp.h"
#include "x509/cert.h"

/* Inside a quoted string of DOT a quote and a backslash are special. */
static void add_label(struct text *out, const char *name)
{
    struct text plain = {0};

    text_add_plain(&plain, name);
    for (const char *at = plain.data; at != NULL && *at != '\0'; at++)
        text_add(out, *at == '"' || *at == '\\' ? "\\%c" : "%c", *at);
    out->failed = out->failed || plain.failed;
    text_free(&plain);
}

static int add_node(struct text *out, const X509 *cert, const char *style, struct error *err)
{
    char subject[CERT_NAME_TEXT_SIZE], sha256[SHA256_TEXT_SIZE], until[TIMESTAMP_DATE_SIZE];

    if (cert_sha256_text(cert, sha256) != 0)
        return error_no_memory(err);
    cert_short_name_text(X509_get_subject_name(cert), subject);
    timestamp_format_date(cert_not_after(cert), until);
    text_add(out, "    \"%s\" [label=\"", sha256);
    add_label(out, subject);
    text_add(out, "\\nuntil %s\"%s];\n", until, style);
    return 0;
}

static int add_edge(struct text *out, const X509 *child, const X509 *issuer, const char *style,
                    struct error *err)
{
    char from[SHA256_TEXT_SIZE], to[SHA256_TEXT_SIZE];

    if (cert_sha256_text(child, from) != 0 || cert_sha256_text(issuer, to) != 0)
        return error_no_memory(err);
    text_add(out, "    \"%s\" -> \"%s\"%s;\n", from, to, style);
    return 0;
}

/* The edges of all paths come in one `strict` graph, so that those in common are drawn once; the
 * chosen path comes last and keeps its colour. */
static int add_path(struct text *out, const struct path *path, const char *style, struct error *err)
{
    for (size_t i = 0; i + 1 < path->length; i++)
        if (add_edge(out, path->cert[i], path->cert[i + 1], style, err) != 0)
            return -1;
    return 0;
}

int explain_add_dot(const struct host *host, struct text *out, struct error *err)
{
    const struct path_list *paths = &host->paths;

    text_add(out, "strict digraph \"");
    add_label(out, host_text(host));
    text_add(out, "\" {\n    rankdir=BT;\n    node [shape=box];\n");
    for (int i = 0; i < sk_X509_num(host->presented.chain); i++)
        if (add_node(out, sk_X509_value(host->presented.chain, i), "", err) != 0)
            return -1;
    for (size_t i = 0; i < paths->count; i++) {
        const char *style = path_is_trusted(&paths->path[i]) ? ", style=bold" : ", style=dashed";
        if (add_node(out, anchor_of(&paths->path[i]), style, err) != 0 ||
            add_path(out, &paths->path[i], path_is_valid(&paths->path[i]) ? "" : " [color=red]",
                     err) != 0)
            return -1;
    }
    if (host->chosen != NULL &&
        (add_node(out, anchor_of(host->chosen), ", style=bold, color=green", err) != 0 ||
         add_path(out, host->chosen, " [color=green, penwidth=2]", err) != 0))
        return -1;
    text_add(out, "}\n");
    return out->failed ? error_no_memory(err) : 0;
}
