/* unit.h -- what the unit tests of the tool share */
#ifndef TESTS_UNIT_H
#define TESTS_UNIT_H

#include <check.h>
#include <stddef.h>
#include <stdint.h>

#include "judge/host.h"
#include "pki.h"
#include "x509/store.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* 2026-01-01T00:00:00Z: all tests judge at this time unless they say otherwise. */
#define UNIT_AT INT64_C(1767225600)

/* Runs the cases of a suite; the exit status of the program. */
int unit_run(const char *name, TCase *cases);

/* A store of the named rows of a PKI; the caller frees it with store_free(). */
struct store *unit_store(const struct pki *pki, const char *names);

/* Takes the named rows as what the server of `name` presents, through host_choose(), whose result
 * it returns. The caller frees with host_clear(). */
int unit_present(struct host *host, const struct pki *pki, const char *name, const char *presented,
                 const struct judge *judge);

#endif
