/* validate.c -- certification paths -> those that are valid, and why the others are not */
#include "path/validate.h"

#include <openssl/err.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include "path/fault.h"
#include "path/leaf.h"
#include "path/strict.h"
#include "x509/cert.h"

#define VALIDATION_US 100 /* what OpenSSL takes for a path of ordinary certificates */

/* path_build() has verified every signature. */
static int verify_no_signature(X509_STORE_CTX *context)
{
    (void)context;
    return 1;
}

/* path_build() has found the issuers by name and key; the key identifiers are strict.c's. */
static int is_issued(X509_STORE_CTX *context, X509 *cert, X509 *issuer)
{
    (void)context;
    return X509_NAME_cmp(X509_get_subject_name(issuer), X509_get_issuer_name(cert)) == 0;
}

/* The name is the same for all paths, and so is checked once, apart. An anchor may be any
 * certificate that the caller trusts: each path is checked with its own end as the only one. */
static X509_STORE *make_verifier(void)
{
    X509_STORE *verifier = X509_STORE_new();
    X509_VERIFY_PARAM *param;

    if (verifier == NULL)
        return NULL;
    X509_STORE_set_verify(verifier, verify_no_signature);
    X509_STORE_set_check_issued(verifier, is_issued);
    param = X509_STORE_get0_param(verifier);
    X509_VERIFY_PARAM_set_depth(param, PATH_LENGTH_MAX);
    if (X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_NO_CHECK_TIME | /* check_validity() does */
                                               X509_V_FLAG_PARTIAL_CHAIN |
                                               X509_V_FLAG_POLICY_CHECK) == 1 &&
        X509_VERIFY_PARAM_add0_policy(param, OBJ_nid2obj(NID_any_policy)) == 1 &&
        X509_VERIFY_PARAM_set_purpose(param, X509_PURPOSE_SSL_SERVER) == 1)
        return verifier;
    X509_STORE_free(verifier);
    return NULL;
}

/* OpenSSL builds its own chain; given nothing but this path it can only shorten it. A shorter path
 * is in the list by itself. */
static bool built_this_path(X509_STORE_CTX *context, const struct path *path)
{
    const STACK_OF(X509) *built = X509_STORE_CTX_get0_chain(context);

    if (sk_X509_num(built) != (int)path->length)
        return false;
    for (size_t i = 0; i < path->length; i++)
        if (!cert_equal(sk_X509_value(built, (int)i), path->cert[i]))
            return false;
    return true;
}

static void set_fault(struct path *path, int verify_error, int verify_depth)
{
    if (path->verify_error != X509_V_OK)
        return;
    path->verify_error = verify_error;
    path->verify_depth = verify_depth;
}

/* Sets the path's verify_error to what OpenSSL says. Returns -1 out of memory. */
static int ask_openssl(X509_STORE *verifier, unsigned long cleared_flags, struct path *path)
{
    X509_STORE_CTX *context = X509_STORE_CTX_new();
    STACK_OF(X509) *untrusted = sk_X509_new_null();
    STACK_OF(X509) *trusted = sk_X509_new_null();
    int rv = -1, verdict = X509_V_ERR_OUT_OF_MEM;

    if (context == NULL || untrusted == NULL || trusted == NULL ||
        sk_X509_push(trusted, path->cert[path->length - 1]) <= 0)
        goto done;
    for (size_t i = 1; i + 1 < path->length; i++)
        if (sk_X509_push(untrusted, path->cert[i]) <= 0)
            goto done;
    if (X509_STORE_CTX_init(context, verifier, path->cert[0], untrusted) != 1)
        goto done;
    X509_VERIFY_PARAM_clear_flags(X509_STORE_CTX_get0_param(context), cleared_flags);
    X509_STORE_CTX_set0_trusted_stack(context, trusted);
    if (X509_verify_cert(context) == 1) {
        verdict = built_this_path(context, path) ? X509_V_OK : (int)PATH_FAULT_REBUILT;
    } else {
        verdict = X509_STORE_CTX_get_error(context);
        if (verdict == X509_V_ERR_OUT_OF_MEM)
            goto done;
        if (verdict == X509_V_OK)
            verdict = PATH_FAULT_REBUILT;
    }
    set_fault(path, verdict, X509_STORE_CTX_get_error_depth(context));
    rv = 0;
done:
    ERR_clear_error();
    sk_X509_free(trusted);
    sk_X509_free(untrusted);
    X509_STORE_CTX_free(context);
    return rv;
}

/* OpenSSL says that memory is out, too, where a policy tree would grow beyond its limit. */
static int validate_with_openssl(X509_STORE *verifier, struct path *path, struct error *err)
{
    if (ask_openssl(verifier, 0, path) == 0)
        return 0;
    if (ask_openssl(verifier, X509_V_FLAG_POLICY_CHECK, path) != 0)
        return error_no_memory(err);
    set_fault(path, PATH_FAULT_POLICY_LIMIT, 0);
    return 0;
}

/* RFC 5280 section 4.1.2.5: both ends of the validity are in it; OpenSSL counts the last second
 * out. */
static void check_validity(struct path *path, int64_t at)
{
    for (size_t i = 0; i < path->length; i++) {
        if (at > cert_not_after(path->cert[i]))
            set_fault(path, X509_V_ERR_CERT_HAS_EXPIRED, (int)i);
        else if (at < cert_not_before(path->cert[i]))
            set_fault(path, X509_V_ERR_CERT_NOT_YET_VALID, (int)i);
    }
}

static int validate_path(X509_STORE *verifier, struct path *path, int name_error,
                         const struct path_rules *rules, struct cost *cost, struct error *err)
{
    set_fault(path, name_error, 0);
    if (cost_spend(cost, VALIDATION_US, "the paths", err) != 0 ||
        strict_check_before(path, rules, cost, err) != 0 ||
        (path->verify_error == X509_V_OK && validate_with_openssl(verifier, path, err) != 0))
        return -1;
    check_validity(path, rules->at);
    if (path->verify_error == X509_V_OK && strict_check_after(path, rules, cost, err) != 0)
        return -1;
    path->is_distrusted = cert_not_before(path->cert[0]) > path->distrust_after;
    return 0;
}

static int name_error_of(const struct path_list *list, const struct endpoint *endpoint,
                         const struct path_rules *rules)
{
    if (list->count == 0 || leaf_matches_name(list->path[0].cert[0], endpoint, rules))
        return X509_V_OK;
    return endpoint->name_is_address ? X509_V_ERR_IP_ADDRESS_MISMATCH
                                     : X509_V_ERR_HOSTNAME_MISMATCH;
}

int validate_paths(struct path_list *list, const struct endpoint *endpoint,
                   const struct path_rules *rules, struct error *err)
{
    const int name_error = name_error_of(list, endpoint, rules);
    X509_STORE *verifier = make_verifier();
    int rv = 0;

    if (verifier == NULL)
        return error_no_memory(err);
    for (size_t i = 0; rv == 0 && i < list->count; i++) {
        struct path *path = &list->path[i];
        path->verify_error = X509_V_OK;
        path->verify_depth = 0;
        if (path_is_trusted(path))
            rv = validate_path(verifier, path, name_error, rules, &list->cost, err);
        else
            strict_check_strength(path, rules);
    }
    X509_STORE_free(verifier);
    return rv;
}
