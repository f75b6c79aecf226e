/* https_error.h -- why a request failed, as a value and as words */
#ifndef HTTPS_ERROR_H
#define HTTPS_ERROR_H

enum https_error {
    HTTPS_OK,
    HTTPS_BAD_URL,        /* a URL that this client does not take */
    HTTPS_NOT_HTTPS,      /* another scheme, of the URL or of a redirect: never followed */
    HTTPS_BAD_REQUEST,    /* a header of the caller's with a line end, or too much of them */
    HTTPS_CONNECT_FAILED, /* no TCP connection; the socket's error says more */
    HTTPS_UNTRUSTED,      /* the server's certificate, or TLS, was refused */
    HTTPS_TIMED_OUT,      /* the time for the whole request has passed */
    HTTPS_SOCKET_FAILED,  /* the connection broke; the socket's error says more */
    HTTPS_NO_RESPONSE,    /* the server closed the connection before it answered */
    HTTPS_TRUNCATED,      /* the response ended before it was whole */
    HTTPS_BAD_RESPONSE,   /* not HTTP/1.x */
    HTTPS_BAD_LENGTH,     /* a length that is wrong, given twice, or beside chunks */
    HTTPS_BAD_ENCODING,   /* a Transfer-Encoding that is not chunked alone */
    HTTPS_HEAD_TOO_LARGE, /* more header than HTTPS_HEAD_MAX, or a field too long to use */
    HTTPS_BAD_REDIRECT,   /* no Location, two, or one that is no URL */
    HTTPS_TOO_MANY_REDIRECTS,
    HTTPS_STOPPED /* the caller's function said so */
};

/* One line in lower case. Never NULL. */
const char *https_error_text(enum https_error error);

#endif
