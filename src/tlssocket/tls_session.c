/* tls_session.c -- a verified connection's session <-> bytes that the program keeps
 *
 *     "tls" and the number of this form | length of what follows the digest, two bytes |
 *     SHA-256, 32 bytes | the session as Mbed TLS writes it
 *
 * The digest covers the session, and whom it may be used with: the host name, the trusted CAs and
 * the client's own certificates. A session whose digest is another is not used. There is no key in
 * it: who can write the bytes can forge them.
 *
 * Programs that do without sessions do not link this file: the wrapper reaches it by a pointer.
 */
#include "tls_internal.h"

#include "tls_trace.h"

#include <mbedtls/md.h>

#include <string.h>

/* mbedtls_ssl_session_save and _load came with 2.19. */
#if MBEDTLS_VERSION_NUMBER >= 0x02130000 && defined(MBEDTLS_MD_C)

#define DIGEST_SIZE TLSSOCKET_DIGEST_SIZE
#define DIGEST_AT TLSSOCKET_DIGEST_AT
#define SESSION_AT (DIGEST_AT + DIGEST_SIZE)
#define MBEDTLS_SESSION_MAX (TLS_SOCKET_SESSION_MAX - SESSION_AT)

static const unsigned char form[] = {'t', 'l', 's', 1};

/* Each field is preceded by its length, so that no two sequences of fields are the same bytes. */
static int add_field(mbedtls_md_context_t *md, const void *data, size_t size)
{
    const unsigned char length[] = {(unsigned char)(size >> 24), (unsigned char)(size >> 16),
                                    (unsigned char)(size >> 8), (unsigned char)size};
    const int ret = mbedtls_md_update(md, length, sizeof length);

    return ret != 0 ? ret : mbedtls_md_update(md, data, size);
}

/* The certificates of a chain, and an empty one after the last. */
static int add_chain(mbedtls_md_context_t *md, const mbedtls_x509_crt *cert)
{
    int ret = 0;

    for (; ret == 0 && cert != NULL && cert->raw.p != NULL; cert = cert->next)
        ret = add_field(md, cert->raw.p, cert->raw.len);
    return ret != 0 ? ret : add_field(md, "", 0);
}

/* What the handshake trusts, also if the program has set it by get_ssl_config. */
static const mbedtls_x509_crt *trusted(const struct tls_socket_wrapper *w)
{
    return w->config.MBEDTLS_PRIVATE(ca_chain);
}

/* The name that the certificate was checked against, or will be. */
static const char *hostname(const struct tls_socket_wrapper *w)
{
    return w->ssl.MBEDTLS_PRIVATE(hostname);
}

int tlssocket_session_digest(const struct tls_socket_wrapper *w, const char *name,
                             const unsigned char *session, size_t size,
                             unsigned char digest[DIGEST_SIZE])
{
    mbedtls_md_context_t md;
    int ret;

    mbedtls_md_init(&md);
    if ((ret = mbedtls_md_setup(&md, mbedtls_md_info_from_type(MBEDTLS_MD_SHA256), 0)) == 0 &&
        (ret = mbedtls_md_starts(&md)) == 0 && (ret = add_field(&md, name, strlen(name))) == 0 &&
        (ret = add_chain(&md, trusted(w))) == 0 && (ret = add_chain(&md, &w->client_cert)) == 0 &&
        (ret = add_field(&md, session, size)) == 0)
        ret = mbedtls_md_finish(&md, digest);
    mbedtls_md_free(&md);
    return ret;
}

/* ---- from the connection ---- */

/* Has the server given anything to resume the session by? In TLS 1.3 a session's id is none. */
static bool can_be_resumed(const mbedtls_ssl_session *session)
{
#if defined(MBEDTLS_SSL_SESSION_TICKETS)
    if (session->MBEDTLS_PRIVATE(ticket_len) > 0)
        return true;
#endif
#if defined(MBEDTLS_SSL_PROTO_TLS1_3) && MBEDTLS_VERSION_NUMBER >= 0x03020000
    if (session->MBEDTLS_PRIVATE(tls_version) == MBEDTLS_SSL_VERSION_TLS1_3)
        return false;
#endif
    return session->MBEDTLS_PRIVATE(id_len) > 0;
}

static nsapi_error_t check_saving(const struct tls_socket_wrapper *w)
{
    if (w->transport == NULL)
        return NSAPI_ERROR_NO_SOCKET;
    if ((w->state != TLS_CONNECTED && w->state != TLS_ENDED) ||
        w->ssl.MBEDTLS_PRIVATE(session) == NULL)
        return NSAPI_ERROR_NO_CONNECTION;
    if (w->verify_flags != 0 || w->must_not_save || trusted(w) == NULL)
        return NSAPI_ERROR_AUTH_FAILURE;
    return can_be_resumed(w->ssl.MBEDTLS_PRIVATE(session)) ? NSAPI_ERROR_OK
                                                           : NSAPI_ERROR_WOULD_BLOCK;
}

static nsapi_error_t save_failed(const char *function, int ret)
{
    tlssocket_trace_error(function, ret);
    (void)function;
    return tlssocket_is_out_of_memory(ret) ? NSAPI_ERROR_NO_MEMORY : NSAPI_ERROR_UNSUPPORTED;
}

nsapi_size_or_error_t tls_socket_wrapper_get_session(const struct tls_socket_wrapper *w, void *data,
                                                     size_t size)
{
    const mbedtls_ssl_session *session = w->ssl.MBEDTLS_PRIVATE(session);
    const nsapi_error_t error = check_saving(w);
    unsigned char *bytes = data;
    size_t length = 0;
    int ret;

    if (error != NSAPI_ERROR_OK)
        return error;
    ret = mbedtls_ssl_session_save(session, NULL, 0, &length);
    if (ret != 0 && ret != MBEDTLS_ERR_SSL_BUFFER_TOO_SMALL)
        return save_failed("mbedtls_ssl_session_save", ret);
    if (length > MBEDTLS_SESSION_MAX)
        return NSAPI_ERROR_UNSUPPORTED;
    if (data == NULL)
        return (nsapi_size_or_error_t)(SESSION_AT + length);
    if (size < SESSION_AT + length)
        return NSAPI_ERROR_PARAMETER;
    if ((ret = mbedtls_ssl_session_save(session, bytes + SESSION_AT, length, &length)) != 0)
        return save_failed("mbedtls_ssl_session_save", ret);
    if ((ret = tlssocket_session_digest(w, hostname(w), bytes + SESSION_AT, length,
                                        bytes + DIGEST_AT)) != 0)
        return save_failed("mbedtls_md", ret);
    memcpy(bytes, form, sizeof form);
    bytes[4] = (unsigned char)(length >> 8);
    bytes[5] = (unsigned char)length;
    return (nsapi_size_or_error_t)(SESSION_AT + length);
}

/* ---- to the next connection ---- */

/* Returns how long Mbed TLS's part of size bytes is, or 0 if they are not in this form. */
static size_t session_length(const unsigned char *bytes, size_t size)
{
    size_t length;

    if (bytes == NULL || size <= SESSION_AT || memcmp(bytes, form, sizeof form) != 0)
        return 0;
    length = (size_t)bytes[4] << 8 | bytes[5];
    return length <= MBEDTLS_SESSION_MAX && length <= size - SESSION_AT ? length : 0;
}

/* Hands the session to Mbed TLS, which copies it. Returns 0 or Mbed TLS's error. */
static int load(struct tls_socket_wrapper *w, const unsigned char *bytes, size_t length)
{
    mbedtls_ssl_session session;
    int ret;

    mbedtls_ssl_session_init(&session);
    ret = mbedtls_ssl_session_load(&session, bytes, length);
    if (ret == 0)
        ret = mbedtls_ssl_set_session(&w->ssl, &session);
    mbedtls_ssl_session_free(&session);
    return ret;
}

/* Offers the server the session that the program gave, if it is for this server. */
static int offer_session(struct tls_socket_wrapper *w)
{
    const unsigned char *bytes = w->session;
    const size_t length = session_length(bytes, w->session_size);
    unsigned char digest[DIGEST_SIZE];
    int ret;

    w->session = NULL;
    if (length > 0 &&
        (ret = tlssocket_session_digest(w, hostname(w), bytes + SESSION_AT, length, digest)) != 0)
        return ret;
    if (length == 0 || memcmp(digest, bytes + DIGEST_AT, DIGEST_SIZE) != 0) {
        tr_warn("Saved session is not used: it is damaged, or of another name or CA");
        return 0;
    }
    ret = load(w, bytes + SESSION_AT, length);
    w->is_resumed = ret == 0;
    if (ret != 0)
        tlssocket_trace_error("mbedtls_ssl_session_load", ret);
    return tlssocket_is_out_of_memory(ret) ? ret : 0;
}

nsapi_error_t tls_socket_wrapper_set_session(struct tls_socket_wrapper *w, const void *data,
                                             size_t size)
{
    w->session = NULL;
    if (data == NULL && size == 0)
        return NSAPI_ERROR_OK;
    if (session_length(data, size) == 0)
        return NSAPI_ERROR_PARAMETER;
    w->session = data;
    w->session_size = size;
    w->offer_session = offer_session;
    return NSAPI_ERROR_OK;
}

#else

nsapi_size_or_error_t tls_socket_wrapper_get_session(const struct tls_socket_wrapper *w, void *data,
                                                     size_t size)
{
    (void)w;
    (void)data;
    (void)size;
    return NSAPI_ERROR_UNSUPPORTED;
}

nsapi_error_t tls_socket_wrapper_set_session(struct tls_socket_wrapper *w, const void *data,
                                             size_t size)
{
    (void)w;
    (void)data;
    (void)size;
    return NSAPI_ERROR_UNSUPPORTED;
}

#endif
