/* verdict.c -- a host's chains -> one verdict */
#include "judge/verdict.h"

#include <stdio.h>

#include "emit/bundle.h"
#include "x509/cert.h"

/* Says first what a verdict is about. */
static void put_before(const char *what, struct error *verdict)
{
    const struct error bare = *verdict;

    if (bare.code == ERROR_NONE)
        return;
    *verdict = (struct error){.code = ERROR_NONE};
    error_kind(verdict, "%s", bare.kind);
    error_set(verdict, bare.code, "%s: %.500s", what, bare.message);
    error_hint(verdict, "%s", bare.hint);
}

/* A verdict about another chain than the one for the target's offer says so. */
static void name_chain(const struct host *chain, struct error *verdict)
{
    char key[CERT_KEY_TEXT_SIZE], what[CERT_KEY_TEXT_SIZE + 32];

    cert_key_text(sk_X509_value(chain->presented.chain, 0), key);
    snprintf(what, sizeof what, "the server's chain for %s", key);
    put_before(what, verdict);
}

/* With --all-addresses. */
static void name_address(const struct host *host, struct error *verdict)
{
    char what[ENDPOINT_ADDRESS_SIZE + 8];

    snprintf(what, sizeof what, "at %s", host->endpoint.address);
    if (host->endpoint.address[0] != '\0')
        put_before(what, verdict);
}

/* Judges the header that is there, instead of proving the host's choice. */
static int judge_header(const struct host *host, const struct verdict_context *context,
                        struct error *verdict, struct error *err)
{
    struct error why = {.code = ERROR_NONE};

    if (existing_header_check_host(host, context->existing, context->judge, context->proofs,
                                   verdict, err) != 0)
        return -1;
    if (context->handshake == NULL ||
        (verdict->code != ERROR_NONE && !error_still_verifies(verdict->code)))
        return 0;
    if (handshake_prove(context->handshake, &context->existing->pem, &host->endpoint,
                        &host->presented, &why) != 0)
        *verdict = why;
    return 0;
}

/* Proves the host's choice with its own anchors alone. */
static int judge_choice(const struct host *host, const struct verdict_context *context,
                        struct error *verdict, struct error *err)
{
    struct text pem = {0};
    int rv;

    *verdict = host->err;
    if (host->err.code != ERROR_NONE)
        return 0;
    rv = assess_add_pem(&host->assessment, &pem, err);
    if (rv == 0)
        rv = proof_cache_prove(context->proofs, host, &pem, host->assessment.anchor_count,
                               context->judge, verdict, err);
    text_free(&pem);
    return rv;
}

static int judge_chain(const struct host *chain, const struct verdict_context *context,
                       struct error *verdict, struct error *err)
{
    return context->existing != NULL ? judge_header(chain, context, verdict, err)
                                     : judge_choice(chain, context, verdict, err);
}

static int judge_chains(const struct host *host, const struct verdict_context *context,
                        struct error *verdict, struct error *err)
{
    const struct host *chain = host;

    if (judge_chain(chain, context, verdict, err) != 0)
        return -1;
    while ((verdict->code == ERROR_NONE || error_still_verifies(verdict->code)) &&
           (chain = host_next_chain(chain, context->judge)) != NULL) {
        struct error other = {.code = ERROR_NONE};
        if (judge_chain(chain, context, &other, err) != 0)
            return -1;
        name_chain(chain, &other);
        if (other.code != ERROR_NONE &&
            (verdict->code == ERROR_NONE || !error_still_verifies(other.code)))
            *verdict = other;
    }
    return 0;
}

int verdict_reach(const struct host *host, const struct verdict_context *context,
                  struct error *verdict, struct error *err)
{
    if (judge_chains(host, context, verdict, err) != 0)
        return -1;
    name_address(host, verdict);
    return 0;
}
