/* validate.c -- certification paths -> those that OpenSSL accepts, and why it rejects the others */
#include "path/validate.h"

#include <openssl/err.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include "x509/cert.h"

static int set_verify_params(X509_VERIFY_PARAM *param, const struct endpoint *endpoint)
{
    X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_NO_CHECK_TIME); /* check_validity() does */
    X509_VERIFY_PARAM_set_depth(param, PATH_LENGTH_MAX);
    X509_VERIFY_PARAM_set_hostflags(param, X509_CHECK_FLAG_NEVER_CHECK_SUBJECT |
                                               X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    if (X509_VERIFY_PARAM_set_purpose(param, X509_PURPOSE_SSL_SERVER) != 1)
        return -1;
    if (endpoint->name_is_address)
        return X509_VERIFY_PARAM_set1_ip_asc(param, endpoint->name) == 1 ? 0 : -1;
    return X509_VERIFY_PARAM_set1_host(param, endpoint->name, 0) == 1 ? 0 : -1;
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

/* RFC 5280 section 4.1.2.5: both ends of the validity are in it; OpenSSL counts the last second
 * out. */
static void check_validity(struct path *path, int64_t at)
{
    for (size_t i = 0; i < path->length && path->verify_error == X509_V_OK; i++) {
        if (at > cert_not_after(path->cert[i]))
            path->verify_error = X509_V_ERR_CERT_HAS_EXPIRED;
        else if (at < cert_not_before(path->cert[i]))
            path->verify_error = X509_V_ERR_CERT_NOT_YET_VALID;
        path->verify_depth = (int)i;
    }
}

static int validate_path(struct path *path, const struct endpoint *endpoint, int64_t at,
                         struct error *err)
{
    X509_STORE_CTX *context = X509_STORE_CTX_new();
    STACK_OF(X509) *untrusted = sk_X509_new_null();
    STACK_OF(X509) *trusted = sk_X509_new_null();
    int rv = -1;

    if (context == NULL || untrusted == NULL || trusted == NULL ||
        sk_X509_push(trusted, path->cert[path->length - 1]) <= 0)
        goto done;
    for (size_t i = 1; i + 1 < path->length; i++)
        if (sk_X509_push(untrusted, path->cert[i]) <= 0)
            goto done;
    if (X509_STORE_CTX_init(context, NULL, path->cert[0], untrusted) != 1 ||
        set_verify_params(X509_STORE_CTX_get0_param(context), endpoint) != 0)
        goto done;
    X509_STORE_CTX_set0_trusted_stack(context, trusted);
    if (X509_verify_cert(context) == 1) {
        path->verify_error = built_this_path(context, path) ? X509_V_OK : X509_V_ERR_UNSPECIFIED;
    } else {
        path->verify_error = X509_STORE_CTX_get_error(context);
        path->verify_depth = X509_STORE_CTX_get_error_depth(context);
        if (path->verify_error == X509_V_ERR_OUT_OF_MEM)
            goto done;
        if (path->verify_error == X509_V_OK)
            path->verify_error = X509_V_ERR_UNSPECIFIED;
    }
    check_validity(path, at);
    path->is_distrusted = cert_not_before(path->cert[0]) > path->distrust_after;
    rv = 0;
done:
    if (rv != 0)
        error_no_memory(err);
    ERR_clear_error();
    sk_X509_free(trusted);
    sk_X509_free(untrusted);
    X509_STORE_CTX_free(context);
    return rv;
}

int validate_paths(struct path_list *list, const struct endpoint *endpoint, int64_t at,
                   struct error *err)
{
    for (size_t i = 0; i < list->count; i++)
        if (path_is_trusted(&list->path[i]) &&
            validate_path(&list->path[i], endpoint, at, err) != 0)
            return -1;
    return 0;
}
