/* connection.h -- endpoint -> a TCP connection to its server, made by libcurl */
#ifndef CAEMBED_NET_CONNECTION_H
#define CAEMBED_NET_CONNECTION_H

#include <curl/curl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "net/endpoint.h"
#include "net/offer.h"

/* What holds for every connection of a run. */
struct fetch_options {
    long connect_timeout_ms;    /* for name look-up, TCP, proxy and TLS handshake */
    long max_time_ms;           /* for everything */
    const char *proxy;          /* as curl takes it, or NULL: the *_proxy variables */
    long jobs;                  /* connections at once */
    long per_host;              /* to one host name; 0: no matter */
    long retries;               /* after a failure to connect or shake hands */
    const struct offer *offer;  /* what the device's client says */
    long ip_version;            /* CURL_IPRESOLVE_… */
    struct curl_slist *resolve; /* HOST:PORT:ADDRESS, as CURLOPT_RESOLVE takes them, or NULL */
    bool asks_every_chain;      /* also what the server shows for ECDSA or RSA alone ... */
    bool needs_every_chain;     /* ... and one that does not answer has failed */
};

/* Bytes to and from one server, without TLS of their own; those to an https proxy go in the TLS
 * that libcurl speaks with it. */
struct connection;

/* How far something went that waits for nobody. */
enum io { IO_READS, IO_WRITES, IO_DONE, IO_FAILED };

/* Prepares a connection to the endpoint, at this address of it unless that is "", to be made within
 * timeout_ms, through the proxy that curl would take. Borrows options. */
int connection_start(const struct endpoint *endpoint, const char *address,
                     const struct fetch_options *options, int64_t timeout_ms,
                     struct connection **out, struct error *err) MUST_USE;

/* The handle for a libcurl multi handle to connect, in which it stays until connection_free(); its
 * CURLOPT_PRIVATE is free for use. */
CURL *connection_handle(struct connection *connection);

/* Connects here and now instead. */
int connection_open(struct connection *connection, struct error *err) MUST_USE;

/* What libcurl's result means, if it is a failure to connect: ERROR_RESOLVE, _CONNECT, _TIMEOUT or
 * _PROXY. Returns -1. */
int connection_fail(const struct connection *connection, CURLcode result, struct error *err);

/* ERROR_TIMEOUT with what the connection says of itself. Returns -1. */
int connection_fail_timeout(struct error *err);

/* Sends or receives some; of a connection that is made. IO_DONE: *moved bytes, 0 at the end of
 * what the server sends. IO_FAILED: the connection is lost. */
enum io connection_send(struct connection *connection, const void *bytes, size_t length,
                        size_t *moved);
enum io connection_receive(struct connection *connection, void *bytes, size_t size, size_t *moved);

curl_socket_t connection_socket(const struct connection *connection);

/* Waits until there is something to read or room to write, as `what` says. Returns false if that
 * was not before deadline_ms of monotonic_now_ms(). */
bool connection_wait(const struct connection *connection, enum io what, int64_t deadline_ms);

/* The server's address, "" through a proxy. */
void connection_address(const struct connection *connection, char *address, size_t size);

/* Whether another attempt may come through where one failed so, and how long to wait for it after
 * so many: 1, 2, 4, ... seconds, at most 60. */
bool connection_may_retry(enum error_code code);
int64_t connection_backoff_ms(long attempts);

void connection_free(struct connection *connection);

#endif
