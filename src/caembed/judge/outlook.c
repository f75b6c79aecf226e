/* outlook.c -- chosen anchors -> warnings about their end, with what comes after them */
#include "judge/outlook.h"

#include <string.h>

#include "base/timestamp.h"
#include "x509/cert.h"
#include "x509/lifecycle.h"

#define DAY_S INT64_C(86400)
#define SUCCESSORS_NAMED 3

bool outlook_retires_within(const X509 *root, int64_t at, long days)
{
    const int64_t retires = lifecycle_retires(root);

    return retires != TIMESTAMP_NONE && retires >= at && retires - at <= days * DAY_S;
}

/* Of two roots of one operator, whether `root` serves long enough in the place of `anchor`. */
static bool is_successor(const X509 *root, const X509 *anchor, const struct judge *judge)
{
    const char *owner = lifecycle_owner(anchor);
    const int64_t needed = judge->until != 0 ? judge->until : lifecycle_serves_until(anchor) + 1;

    return owner[0] != '\0' && strcmp(lifecycle_owner(root), owner) == 0 &&
           lifecycle_serves_until(root) >= needed;
}

/* Adds "; its operator's roots that do: CN=A, CN=B, ..." */
static int add_successors(const X509 *anchor, const struct judge *judge, struct text *out,
                          struct error *err)
{
    int named = 0;

    for (size_t i = 0; i < store_root_count(judge->store); i++) {
        struct store_match match;
        char name[CERT_NAME_TEXT_SIZE];
        if (store_root_at(judge->store, i, &match, err) != 0)
            return -1;
        if (!match.is_anchor || !is_successor(match.x509, anchor, judge))
            continue;
        cert_short_name_text(X509_get_subject_name(match.x509), name);
        if (named == 0)
            text_add(out, "; roots of %s that serve longer: ", lifecycle_owner(anchor));
        if (named <= SUCCESSORS_NAMED)
            text_add(out, "%s%s", named > 0 ? ", " : "", named < SUCCESSORS_NAMED ? name : "...");
        named++;
    }
    return 0;
}

/* What ends first, if it is near or before --until; NULL if neither does. */
static const char *find_end(const X509 *anchor, const struct judge *judge, int64_t *end)
{
    const int64_t retires = lifecycle_retires(anchor), not_after = cert_not_after(anchor);
    const int64_t soon = judge->verify_time + judge->expires_within_days * DAY_S;

    *end = retires < not_after ? retires : not_after;
    if (retires < not_after && (retires <= soon || retires < judge->until))
        return "root-retires";
    return not_after < judge->until ? "anchor-expires" : NULL;
}

static int warn_of(const X509 *anchor, const struct judge *judge, struct assessment *assessment,
                   struct error *err)
{
    char subject[CERT_NAME_TEXT_SIZE], date[TIMESTAMP_DATE_SIZE];
    struct text message = {0};
    int64_t end;
    const char *code = find_end(anchor, judge, &end);
    int rv = 0;

    if (code == NULL)
        return 0;
    cert_short_name_text(X509_get_subject_name(anchor), subject);
    timestamp_format_date(end, date);
    if (strcmp(code, "root-retires") == 0)
        text_add(&message,
                 "root programs end their trust in %s for TLS servers on %s: the device still "
                 "accepts it, but servers move to another root",
                 subject, date);
    else
        text_add(&message, "%s expires on %s, before the date of --until", subject, date);
    rv = add_successors(anchor, judge, &message, err);
    if (rv == 0 && message.failed)
        rv = error_no_memory(err);
    if (rv == 0)
        assess_add_warning(assessment, code, message.data);
    text_free(&message);
    return rv;
}

int outlook_warn(struct assessment *assessment, const struct judge *judge, struct error *err)
{
    for (size_t i = 0; i < assessment->anchor_count; i++)
        if (warn_of(assessment->anchor[i].x509, judge, assessment, err) != 0)
            return -1;
    return 0;
}
