/* https_error.c -- enum https_error -> words */
#include "https_error.h"

#include <stddef.h>

const char *https_error_text(enum https_error error)
{
    static const char *const texts[] = {
        [HTTPS_OK] = "no error",
        [HTTPS_BAD_URL] = "this is no URL that can be asked for",
        [HTTPS_NOT_HTTPS] = "only https is spoken",
        [HTTPS_BAD_REQUEST] = "the request's own headers are too long, or hold a line end",
        [HTTPS_CONNECT_FAILED] = "the server cannot be reached",
        [HTTPS_UNTRUSTED] = "the server cannot be trusted",
        [HTTPS_TIMED_OUT] = "the time for the request has passed",
        [HTTPS_SOCKET_FAILED] = "the connection broke",
        [HTTPS_NO_RESPONSE] = "the server closed the connection without an answer",
        [HTTPS_TRUNCATED] = "the response ended before it was whole",
        [HTTPS_BAD_RESPONSE] = "the response is not HTTP/1.x",
        [HTTPS_BAD_LENGTH] = "the length of the response's body is wrong or contradicts itself",
        [HTTPS_BAD_ENCODING] = "the response has a transfer encoding other than chunked",
        [HTTPS_HEAD_TOO_LARGE] = "the response's header is too large",
        [HTTPS_BAD_REDIRECT] = "the response redirects to no place",
        [HTTPS_TOO_MANY_REDIRECTS] = "the server redirects too often",
        [HTTPS_STOPPED] = "the caller stopped the response",
    };

    return (size_t)error < sizeof texts / sizeof texts[0] ? texts[error] : "unknown error";
}
