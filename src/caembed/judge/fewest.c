/* fewest.c -- hosts, one by one -> the anchors that each could have; the fewest for all; each
 * host's path to one of them
 *
 * Most hosts of a survey have the same choice. What is kept of a host is the number of its kind. */
#include "judge/fewest.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "path/cover.h"
#include "x509/cert.h"
#include "x509/cert_set.h"

#if ASSESS_ANCHOR_COUNT_MAX > COVER_OPTION_COLUMNS_MAX
#error "an option has room for every anchor of a host"
#endif

#define NO_KIND ((size_t)-1)

/* What the hosts of a kind may do: have these anchors, by this path. */
struct option {
    size_t column[ASSESS_ANCHOR_COUNT_MAX]; /* the root first, then intermediates */
    size_t column_count;
    struct path path; /* of one of the hosts; holds references to its certificates */
};

/* Hosts that have the same options. */
struct kind {
    struct option *option;
    size_t option_count;
    size_t own;   /* what its hosts would have by themselves */
    size_t best;  /* what they have of the fewest */
    size_t first; /* the place of the host that comes first */
    size_t hosts;
};

/* A certificate that some host could have for an anchor. */
struct column {
    const struct path *path; /* that ends there; NULL: an intermediate */
    size_t rank;             /* its place in the order of preference */
    bool is_ranked, is_chosen, is_used_before, is_used_after;
};

/* An option in the making; all is borrowed from the host. */
struct candidate {
    const struct path *path;
    X509 *anchor[ASSESS_ANCHOR_COUNT_MAX];
    size_t anchor_count;
    enum anchor_fit fit;
};

struct fewest {
    const struct judge *judge;
    size_t *kind_of; /* by the host's place; NO_KIND of those that failed */
    struct kind *kind;
    size_t kind_count;
    struct column *column;
    size_t column_count;
    struct cert_set certs;                          /* of the columns, by their index */
    struct digest_map kinds;                        /* what makes a kind -> its index */
    struct candidate candidate[PATH_COUNT_MAX + 1]; /* of the host that is being added */
    size_t candidate_count;
};

int fewest_open(size_t host_count, const struct judge *judge, struct fewest **out,
                struct error *err)
{
    struct fewest *fewest = calloc(1, sizeof *fewest);

    if (fewest == NULL)
        return error_no_memory(err);
    fewest->judge = judge;
    fewest->kind_of = calloc(host_count + 1, sizeof fewest->kind_of[0]);
    if (fewest->kind_of == NULL) {
        free(fewest);
        return error_no_memory(err);
    }
    for (size_t i = 0; i < host_count; i++)
        fewest->kind_of[i] = NO_KIND;
    *out = fewest;
    return 0;
}

static void kind_free(struct kind *kind)
{
    for (size_t i = 0; i < kind->option_count; i++)
        for (size_t k = 0; k < kind->option[i].path.length; k++)
            X509_free(kind->option[i].path.cert[k]);
    free(kind->option);
}

void fewest_free(struct fewest *fewest)
{
    if (fewest == NULL)
        return;
    for (size_t i = 0; i < fewest->kind_count; i++)
        kind_free(&fewest->kind[i]);
    free(fewest->kind);
    free(fewest->column);
    free(fewest->kind_of);
    digest_map_free(&fewest->kinds);
    cert_set_free(&fewest->certs);
    free(fewest);
}

/* ---- a host's options ---- */

static bool has_anchors(const struct assessment *assessment, X509 *const *anchor, size_t count)
{
    if (assessment->anchor_count != count)
        return false;
    for (size_t i = 0; i < count; i++)
        if (!cert_equal(assessment->anchor[i].x509, anchor[i]))
            return false;
    return true;
}

/* Adds an option unless there is one with the same anchors: paths are sorted by length, so that the
 * first is the shortest. Returns its index. */
static size_t add_candidate(struct fewest *fewest, const struct path *path, enum anchor_fit fit,
                            const struct assessment *assessment)
{
    struct candidate *made = &fewest->candidate[fewest->candidate_count];

    for (size_t i = 0; i < fewest->candidate_count; i++)
        if (has_anchors(assessment, fewest->candidate[i].anchor, fewest->candidate[i].anchor_count))
            return i;
    *made = (struct candidate){.path = path, .anchor_count = assessment->anchor_count, .fit = fit};
    for (size_t i = 0; i < assessment->anchor_count; i++)
        made->anchor[i] = assessment->anchor[i].x509;
    return fewest->candidate_count++;
}

/* Whether a host could have this path; what it would mean then. */
static bool may_take(const struct host *host, const struct judge *judge, const struct path *path,
                     enum anchor_fit *fit, struct assessment *assessment)
{
    const struct assess_view view = {judge->target, host->last};
    const struct judge own = host_judge(host, judge);
    struct error refusal = {.code = ERROR_NONE};

    if (!path_is_valid(path))
        return false;
    *fit = assess_fit(path, &view);
    return *fit < ANCHOR_REFUSED &&
           assess_path(judge->target, path, &host->presented, &host->endpoint, own.verify_time,
                       assessment, &refusal) == 0;
}

/* Every valid path that the target can take, and the host's own choice, whose index it returns. */
static size_t list_candidates(struct fewest *fewest, const struct host *host)
{
    const struct assess_view view = {fewest->judge->target, host->last};
    struct assessment assessment;
    enum anchor_fit fit;

    fewest->candidate_count = 0;
    for (size_t i = 0; i < host->paths.count && i < PATH_COUNT_MAX; i++)
        if (may_take(host, fewest->judge, &host->paths.path[i], &fit, &assessment))
            (void)add_candidate(fewest, &host->paths.path[i], fit, &assessment);
    return add_candidate(fewest, host->chosen, assess_fit(host->chosen, &view), &host->assessment);
}

/* ---- kinds ---- */

static int key_of(const struct fewest *fewest, size_t own, uint8_t out[SHA256_LENGTH],
                  struct error *err)
{
    struct text text = {0};
    int rv = 0;

    text_add(&text, "%zu", own);
    for (size_t i = 0; i < fewest->candidate_count; i++) {
        const struct candidate *candidate = &fewest->candidate[i];
        text_add(&text, "\n%zu %d", candidate->path->length, (int)candidate->fit);
        for (size_t k = 0; rv == 0 && k < candidate->anchor_count; k++)
            rv = cert_add_sha256(candidate->anchor[k], &text);
    }
    rv = rv == 0 ? digest_map_key(&text, out, err) : error_no_memory(err);
    text_free(&text);
    return rv;
}

static int find_or_add_column(struct fewest *fewest, X509 *x509, size_t *out, struct error *err)
{
    struct column *larger = array_grow(fewest->column, fewest->column_count, sizeof *larger);

    if (larger == NULL)
        return error_no_memory(err);
    fewest->column = larger;
    if (cert_set_find_or_add(&fewest->certs, x509, out, err) != 0)
        return -1;
    if (*out == fewest->column_count)
        larger[fewest->column_count++] = (struct column){.path = NULL};
    return 0;
}

static int make_option(struct fewest *fewest, const struct candidate *candidate, struct option *out,
                       struct error *err)
{
    out->column_count = candidate->anchor_count;
    for (size_t i = 0; i < candidate->anchor_count; i++)
        if (find_or_add_column(fewest, candidate->anchor[i], &out->column[i], err) != 0)
            return -1;
    out->path = *candidate->path;
    for (size_t i = 0; i < out->path.length; i++)
        X509_up_ref(out->path.cert[i]);
    return 0;
}

static int add_kind(struct fewest *fewest, size_t own, struct error *err)
{
    struct kind *larger = array_grow(fewest->kind, fewest->kind_count, sizeof *larger);
    struct kind made = {.own = own, .first = NO_KIND};

    if (larger != NULL)
        fewest->kind = larger;
    made.option = calloc(fewest->candidate_count, sizeof made.option[0]);
    if (larger == NULL || made.option == NULL) {
        free(made.option);
        return error_no_memory(err);
    }
    for (; made.option_count < fewest->candidate_count; made.option_count++)
        if (make_option(fewest, &fewest->candidate[made.option_count],
                        &made.option[made.option_count], err) != 0) {
            kind_free(&made);
            return -1;
        }
    larger[fewest->kind_count++] = made;
    return 0;
}

int fewest_add(struct fewest *fewest, const struct host *host, struct error *err)
{
    uint8_t key[SHA256_LENGTH];
    struct kind *kind;
    size_t own, at;

    if (host->err.code != ERROR_NONE)
        return 0;
    own = list_candidates(fewest, host);
    if (key_of(fewest, own, key, err) != 0)
        return -1;
    if (!digest_map_find(&fewest->kinds, key, &at)) {
        at = fewest->kind_count;
        if (add_kind(fewest, own, err) != 0 || digest_map_add(&fewest->kinds, key, at, err) != 0)
            return -1;
    }
    kind = &fewest->kind[at];
    kind->hosts++;
    if (host->index < kind->first)
        kind->first = host->index;
    fewest->kind_of[host->index] = at;
    return 0;
}

/* ---- columns in the order of preference ---- */

static int compare_kinds(const void *a, const void *b)
{
    const struct kind *one = *(const struct kind *const *)a,
                      *other = *(const struct kind *const *)b;

    return one->first < other->first ? -1 : one->first > other->first;
}

/* The kinds in the order of the hosts, whatever the order in which these came. The caller frees. */
static struct kind **sort_kinds(const struct fewest *fewest)
{
    struct kind **sorted = calloc(fewest->kind_count + 1, sizeof(struct kind *));

    for (size_t i = 0; sorted != NULL && i < fewest->kind_count; i++)
        sorted[i] = &fewest->kind[i];
    if (sorted != NULL && fewest->kind_count > 1)
        qsort(sorted, fewest->kind_count, sizeof(struct kind *), compare_kinds);
    return sorted;
}

/* Roots by the rules, then intermediates as they came. */
static int comes_before(const struct fewest *fewest, size_t a, size_t b, bool *out,
                        struct error *err)
{
    const struct assess_view view = {fewest->judge->target, NULL};
    const struct anchor_policy policy = {assess_fit, &view, fewest->judge->until};
    const struct path *first = fewest->column[a].path, *second = fewest->column[b].path;

    *out = first != NULL && second == NULL;
    if (first == NULL || second == NULL)
        return 0;
    return anchor_is_preferred(first, second, &policy, out, err);
}

/* Puts a column in its place among those that came before it. */
static int insert(const struct fewest *fewest, size_t *order, size_t count, size_t column,
                  struct error *err)
{
    size_t at = count;

    for (; at > 0; at--) {
        bool is_before;
        if (comes_before(fewest, column, order[at - 1], &is_before, err) != 0)
            return -1;
        if (!is_before)
            break;
        order[at] = order[at - 1];
    }
    order[at] = column;
    return 0;
}

static int insert_all(struct fewest *fewest, struct kind *const *sorted, size_t *order,
                      struct error *err)
{
    size_t count = 0;

    for (size_t i = 0; i < fewest->kind_count; i++)
        for (size_t k = 0; k < sorted[i]->option_count; k++) {
            const struct option *option = &sorted[i]->option[k];
            for (size_t c = 0; c < option->column_count; c++) {
                struct column *column = &fewest->column[option->column[c]];
                if (column->is_ranked)
                    continue;
                column->is_ranked = true;
                column->path = c == 0 ? &option->path : NULL;
                if (insert(fewest, order, count++, option->column[c], err) != 0)
                    return -1;
            }
        }
    return 0;
}

/* order[] becomes the columns by preference. */
static int rank_columns(struct fewest *fewest, struct kind *const *sorted, size_t *order,
                        struct error *err)
{
    if (insert_all(fewest, sorted, order, err) != 0)
        return -1;
    for (size_t i = 0; i < fewest->column_count; i++)
        fewest->column[order[i]].rank = i;
    return 0;
}

/* ---- the choice ---- */

/* The problem's rows are the kinds as sorted. Its arrays are freed with rows_free(). */
struct rows {
    struct cover_option *option;
    size_t *first, *weight;
    bool *is_chosen; /* by rank */
};

static void rows_free(struct rows *rows)
{
    free(rows->option);
    free(rows->first);
    free(rows->weight);
    free(rows->is_chosen);
}

static int rows_fill(const struct fewest *fewest, struct kind *const *sorted, struct rows *out,
                     struct error *err)
{
    size_t count = 0;

    for (size_t i = 0; i < fewest->kind_count; i++)
        count += sorted[i]->option_count;
    out->option = calloc(count + 1, sizeof out->option[0]);
    out->first = calloc(fewest->kind_count + 1, sizeof out->first[0]);
    out->weight = calloc(fewest->kind_count + 1, sizeof out->weight[0]);
    out->is_chosen = calloc(fewest->column_count + 1, sizeof out->is_chosen[0]);
    if (out->option == NULL || out->first == NULL || out->weight == NULL || out->is_chosen == NULL)
        return error_no_memory(err);
    count = 0;
    for (size_t i = 0; i < fewest->kind_count; i++) {
        for (size_t k = 0; k < sorted[i]->option_count; k++) {
            const struct option *from = &sorted[i]->option[k];
            struct cover_option *to = &out->option[count++];
            to->column_count = from->column_count;
            to->cost = (unsigned)from->path.length;
            for (size_t c = 0; c < from->column_count; c++)
                to->column[c] = fewest->column[from->column[c]].rank;
        }
        out->first[i + 1] = count;
        out->weight[i] = sorted[i]->hosts;
    }
    return 0;
}

static int solve(struct fewest *fewest, struct kind *const *sorted, size_t *gap, struct error *err)
{
    size_t *order = calloc(fewest->column_count + 1, sizeof *order);
    struct rows rows = {.first = NULL};
    struct cover_problem problem;
    int rv = -1;

    if (order == NULL) {
        error_no_memory(err);
        goto done;
    }
    if (rank_columns(fewest, sorted, order, err) != 0 || rows_fill(fewest, sorted, &rows, err) != 0)
        goto done;
    problem = (struct cover_problem){rows.option, rows.first, fewest->kind_count,
                                     fewest->column_count, rows.weight};
    if (cover_solve(&problem, rows.is_chosen, gap, err) != 0)
        goto done;
    for (size_t i = 0; i < fewest->column_count; i++)
        fewest->column[order[i]].is_chosen = rows.is_chosen[i];
    rv = 0;
done:
    rows_free(&rows);
    free(order);
    return rv;
}

static bool is_open(const struct fewest *fewest, const struct option *option)
{
    for (size_t i = 0; i < option->column_count; i++)
        if (!fewest->column[option->column[i]].is_chosen)
            return false;
    return true;
}

/* The kind's shortest option among the chosen anchors; among equals that of the preferred anchor.
 */
static size_t best_option(const struct fewest *fewest, const struct kind *kind)
{
    size_t best = kind->option_count;

    for (size_t i = 0; i < kind->option_count; i++) {
        const struct option *option = &kind->option[i], *former = &kind->option[best];
        if (is_open(fewest, option) &&
            (best == kind->option_count || option->path.length < former->path.length ||
             (option->path.length == former->path.length &&
              fewest->column[option->column[0]].rank < fewest->column[former->column[0]].rank)))
            best = i;
    }
    return best;
}

static void choose_for(struct fewest *fewest, struct kind *kind)
{
    const struct option *own = &kind->option[kind->own], *best;

    kind->best = best_option(fewest, kind);
    best = &kind->option[kind->best];
    for (size_t i = 0; i < own->column_count; i++)
        fewest->column[own->column[i]].is_used_before = true;
    for (size_t i = 0; i < best->column_count; i++)
        fewest->column[best->column[i]].is_used_after = true;
}

int fewest_choose(struct fewest *fewest, struct fewest_outcome *out, struct error *err)
{
    struct kind **sorted = sort_kinds(fewest);
    size_t before = 0, after = 0;
    int rv = -1;

    *out = (struct fewest_outcome){.saved_bytes = 0};
    if (sorted == NULL)
        return error_no_memory(err);
    if (solve(fewest, sorted, &out->gap, err) != 0)
        goto done;
    for (size_t i = 0; i < fewest->kind_count; i++)
        choose_for(fewest, &fewest->kind[i]);
    for (size_t i = 0; i < fewest->column_count; i++) {
        const size_t bytes = cert_pem_length(fewest->certs.cert[i]);
        before += fewest->column[i].is_used_before ? bytes : 0;
        after += fewest->column[i].is_used_after ? bytes : 0;
    }
    out->saved_bytes = before > after ? before - after : 0;
    rv = 0;
done:
    free(sorted);
    return rv;
}

/* ---- what the choice means for a host ---- */

static bool is_best(const struct fewest *fewest, const struct kind *kind,
                    const struct assessment *assessment)
{
    const struct option *best = &kind->option[kind->best];
    X509 *anchor[ASSESS_ANCHOR_COUNT_MAX];

    for (size_t i = 0; i < best->column_count; i++)
        anchor[i] = fewest->certs.cert[best->column[i]];
    return has_anchors(assessment, anchor, best->column_count);
}

int fewest_apply(const struct fewest *fewest, struct host *host, struct error *err)
{
    const size_t at = fewest->kind_of[host->index];
    const struct kind *kind = at != NO_KIND ? &fewest->kind[at] : NULL;

    if (kind == NULL || kind->best == kind->own || host->err.code != ERROR_NONE)
        return 0;
    for (size_t i = 0; i < host->paths.count; i++) {
        const struct path *path = &host->paths.path[i];
        struct assessment assessment;
        enum anchor_fit fit;
        if (!may_take(host, fewest->judge, path, &fit, &assessment) ||
            !is_best(fewest, kind, &assessment))
            continue;
        host->chosen = path;
        host->reason = ANCHOR_FEWEST;
        host->assessment = assessment;
        return 0;
    }
    return error_set(err, ERROR_INTERNAL, "%s does not present what it did before",
                     host_text(host));
}
