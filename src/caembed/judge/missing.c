/* missing.c -- an incomplete chain -> the issuers that it names, fetched -> judged again */
#include "judge/missing.h"

#include "base/monotonic.h"
#include "x509/aia.h"
#include "x509/cert.h"

/* What was done for one host. */
struct search {
    struct issuers *issuers;
    int64_t deadline_ms;
    char asked[MISSING_ADDRESSES_MAX][AIA_URL_SIZE];
    size_t asked_count;
    struct error why; /* the last thing that went wrong */
};

bool missing_is_wanted(const struct host *host)
{
    bool is_incomplete = false;

    if (host->presented.chain == NULL || host->err.code != ERROR_UNTRUSTED)
        return false;
    for (size_t i = 0; i < host->paths.count; i++) {
        if (path_is_trusted(&host->paths.path[i]))
            return false;
        is_incomplete = is_incomplete || host->paths.path[i].end == PATH_END_INCOMPLETE;
    }
    return is_incomplete;
}

static bool is_known(const struct host *host, const X509 *cert)
{
    for (int i = 0; i < sk_X509_num(host->issuers); i++)
        if (cert_equal(sk_X509_value(host->issuers, i), cert))
            return true;
    for (int i = 0; i < sk_X509_num(host->presented.chain); i++)
        if (cert_equal(sk_X509_value(host->presented.chain, i), cert))
            return true;
    return false;
}

/* Returns how many are new, or -1 if out of memory. */
static int add_issuers(struct host *host, const STACK_OF(X509) * certs)
{
    int added = 0;

    if (host->issuers == NULL && (host->issuers = sk_X509_new_null()) == NULL)
        return -1;
    for (int i = 0; i < sk_X509_num(certs); i++) {
        X509 *cert = sk_X509_value(certs, i);
        if (is_known(host, cert))
            continue;
        if (X509_up_ref(cert) != 1)
            return -1;
        if (sk_X509_push(host->issuers, cert) <= 0) {
            X509_free(cert);
            return -1;
        }
        added++;
    }
    return added;
}

static bool was_asked(const struct search *search, const char *url)
{
    for (size_t i = 0; i < search->asked_count; i++)
        if (strcmp(search->asked[i], url) == 0)
            return true;
    return false;
}

/* Asks one address, unless that was done or the bounds are reached. Returns how many certificates
 * are new, or -1 if out of memory. */
static int ask(struct host *host, const char *url, struct search *search)
{
    const int64_t left_ms = search->deadline_ms - monotonic_now_ms();
    const STACK_OF(X509) *certs = NULL;
    struct error why = {.code = ERROR_NONE};
    size_t length;
    int rv;

    if (was_asked(search, url) || search->asked_count == MISSING_ADDRESSES_MAX || left_ms <= 0)
        return 0;
    snprintf(search->asked[search->asked_count++], AIA_URL_SIZE, "%.*s", AIA_URL_SIZE - 1, url);
    rv = issuers_get(search->issuers, url, left_ms, &certs, &length, &why);
    host->issuer_bytes += length;
    if (rv == 0)
        return add_issuers(host, certs);
    search->why = why;
    return 0;
}

/* The addresses that the last certificates of the incomplete paths give: the first that helps. */
static int ask_for_ends(struct host *host, struct search *search)
{
    char url[AIA_URLS_MAX][AIA_URL_SIZE];
    int added = 0;

    for (size_t i = 0; i < host->paths.count; i++) {
        const struct path *path = &host->paths.path[i];
        size_t count = path->end == PATH_END_INCOMPLETE
                           ? aia_issuer_urls(path->cert[path->length - 1], url)
                           : 0;
        int more = 0;
        for (size_t k = 0; more == 0 && k < count; k++)
            if ((more = ask(host, url[k], search)) < 0)
                return -1;
        added += more;
    }
    return added;
}

static void judge_again(struct host *host, const struct judge *judge)
{
    path_list_free(&host->paths);
    host->chosen = NULL;
    host->err = (struct error){.code = ERROR_NONE};
    (void)!host_choose(host, judge);
}

/* Both: what the chain lacks, and why that did not come. */
static void tell_both(struct host *host, const struct search *search)
{
    const struct error what = host->err;
    const char *why = search->why.code != ERROR_NONE ? search->why.message
                      : search->asked_count > 0      ? "the issuers that came do not lead to a root"
                                                     : "no certificate says where its issuer is";

    host->err = (struct error){.code = ERROR_NONE};
    error_kind(&host->err, "%s", what.kind);
    error_set(&host->err, what.code, "%.400s (--aia: %.200s)", what.message, why);
    error_hint(&host->err, "%s", search->why.hint[0] != '\0' ? search->why.hint : what.hint);
}

void missing_fetch(struct host *host, const struct judge *judge, struct issuers *issuers,
                   int64_t max_time_ms)
{
    const int64_t time_ms = max_time_ms < MISSING_TIME_MAX_MS ? max_time_ms : MISSING_TIME_MAX_MS;
    struct search search = {.issuers = issuers, .deadline_ms = monotonic_now_ms() + time_ms};

    for (int depth = 0; depth < MISSING_DEPTH_MAX && missing_is_wanted(host); depth++) {
        int added = ask_for_ends(host, &search);
        if (added < 0) {
            host->err = (struct error){.code = ERROR_NONE};
            error_no_memory(&host->err);
            return;
        }
        if (added == 0)
            break;
        judge_again(host, judge);
    }
    if (missing_is_wanted(host))
        tell_both(host, &search);
}
