/* fetch.h -- endpoint -> what its server presents */
#ifndef CAEMBED_NET_FETCH_H
#define CAEMBED_NET_FETCH_H

#include <curl/curl.h>
#include <openssl/x509.h>

#include "net/endpoint.h"

/* The largest Certificate message that is taken, in bytes. */
#define FETCH_CERT_LIST_MAX (4L * 1024 * 1024)

struct fetch_options {
    long connect_timeout_ms; /* for name look-up, TCP, proxy and TLS handshake */
    long max_time_ms;        /* for everything */
    const char *proxy;       /* as curl takes it, or NULL: the *_proxy variables */
    long jobs;               /* connections in parallel */
    long retries;            /* after a failure to connect or shake hands */
};

/* A server's Certificate message and the connection it came over. */
struct presented {
    STACK_OF(X509) * chain; /* in the server's order, the leaf first; never empty */
    char tls_version[16];   /* "TLSv1.3"; "" when it came from a file */
    char tls_cipher[64];
    char address[64]; /* the IP address that it came from; "" through a proxy or from a file */
};

/* One connection to take a chain over. It is driven by libcurl: fetch_many() does. */
struct fetch;

/* Prepares a connection that takes the chain as it arrives. Nothing is trusted here: neither the
 * chain nor the server's possession of the key is verified, and old protocol versions and weak
 * algorithms are let in, so that their chains can be judged. curl_global_init() has been called.
 * Borrows endpoint. */
int fetch_start(const struct endpoint *endpoint, const struct fetch_options *options,
                struct fetch **out, struct error *err) MUST_USE;

/* The handle to be driven; its CURLOPT_PRIVATE is free for use. */
CURL *fetch_handle(struct fetch *fetch);

/* What came of it, `result` being libcurl's. What happened after the chain came (a wanted client
 * certificate, a failed handshake) does not matter. Errors: ERROR_RESOLVE, _CONNECT, _TIMEOUT,
 * _PROXY, or ERROR_HANDSHAKE. Free *out with presented_free(). */
int fetch_finish(struct fetch *fetch, CURLcode result, struct presented *out,
                 struct error *err) MUST_USE;

void fetch_free(struct fetch *fetch);

/* A connection to the same server for another TLS stack, made by libcurl within the same limits and
 * through the same proxy: *out is a handle for curl_easy_send() and curl_easy_recv(), to be closed
 * with curl_easy_cleanup(). */
int fetch_connect_plain(const struct endpoint *endpoint, const struct presented *presented,
                        const struct fetch_options *options, CURL **out,
                        struct error *err) MUST_USE;

/* Reads the presented chain from a PEM file instead, "-" being stdin. */
int fetch_chain_file(const char *path, struct presented *out, struct error *err) MUST_USE;

void presented_free(struct presented *presented);

#endif
