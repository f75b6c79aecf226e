/* fetch.h -- endpoint -> what its server presents */
#ifndef CAEMBED_NET_FETCH_H
#define CAEMBED_NET_FETCH_H

#include <openssl/ssl.h>
#include <openssl/x509.h>

#include "base/text.h"
#include "net/connection.h"
#include "net/endpoint.h"

/* The largest Certificate message that is taken: in bytes, in certificates and in elements of their
 * DER (names, extensions and the like). OpenSSL takes 0.1 ms to read a certificate and 0.6 us for
 * an element, however small. */
#define FETCH_CERT_LIST_MAX (4L * 1024 * 1024)
#define FETCH_CERT_COUNT_MAX 256
#define FETCH_ELEMENT_COUNT_MAX 50000

/* A server's Certificate message and the connection it came over. */
struct presented {
    STACK_OF(X509) * chain; /* in the server's order, the leaf first; never empty */
    char tls_version[16];   /* "TLSv1.3"; "" when it came from a file */
    char tls_cipher[64];
    char address[64]; /* the IP address that it came from; "" through a proxy or from a file */
};

/* One connection to take a chain over. It waits for nobody: its user polls. */
struct fetch;

/* A client's SSL_CTX for fetch_start(), to be shared by all that make the same offer. Free with
 * SSL_CTX_free(). */
int fetch_make_context(const struct offer *offer, enum offer_key key, SSL_CTX **out,
                       struct error *err) MUST_USE;

/* Prepares a connection that takes the chain as it arrives, until end_ms of monotonic_now_ms() and
 * no longer than options->connect_timeout_ms from now. Nothing is trusted here: neither the
 * chain nor the server's possession of the key is verified. curl_global_init() has been called.
 * Borrows endpoint, options and context. */
int fetch_start(const struct endpoint *endpoint, const struct fetch_options *options,
                SSL_CTX *context, int64_t end_ms, struct fetch **out, struct error *err) MUST_USE;

/* First libcurl connects: the handle belongs in a multi handle, to stay there until fetch_free();
 * its CURLOPT_PRIVATE is free for use. */
CURL *fetch_handle(struct fetch *fetch);

/* Then this takes libcurl's result and goes on, as often as fetch_socket() is ready for what it
 * returned, or fetch_deadline_ms() has come. IO_DONE or IO_FAILED: it is over. */
enum io fetch_connected(struct fetch *fetch, CURLcode result);
enum io fetch_step(struct fetch *fetch);
curl_socket_t fetch_socket(const struct fetch *fetch);
int64_t fetch_deadline_ms(const struct fetch *fetch);

/* What came of it. The handshake ends when the chain is there; what would happen then (a wanted
 * client certificate, a failed key exchange) does not matter. Errors: ERROR_RESOLVE, _CONNECT,
 * _TIMEOUT, _PROXY, _HANDSHAKE, or _LIMIT for too large a message. Free *out with
 * presented_free(). */
int fetch_finish(struct fetch *fetch, struct presented *out, struct error *err) MUST_USE;

/* Of one that failed: whether the server (or OpenSSL) said no to the other's version, suites,
 * groups or algorithms, so that another offer may come through. REFUSAL_NONE if the connection was
 * lost or the port speaks something else. */
enum refusal fetch_refusal(const struct fetch *fetch);

/* Whether the server refused the connection itself, or closed it before it said anything, as one
 * does that has too many. */
bool fetch_is_turned_away(const struct fetch *fetch);

void fetch_free(struct fetch *fetch);

/* Reads the presented chain from a file instead, "-" being stdin: see pem_read_file(). */
int fetch_chain_file(const char *path, struct presented *out, struct text *skipped,
                     struct error *err) MUST_USE;

void presented_free(struct presented *presented);

#endif
