/* tls_fail.h -- calls of Mbed TLS that fail at will, for programs linked with --wrap of each */
#ifndef TLS_FAIL_H
#define TLS_FAIL_H

/* What the next calls return instead of doing anything; 0: they do what they do. */
extern int fail_ctr_drbg_seed;
extern int fail_ssl_setup;

#endif
