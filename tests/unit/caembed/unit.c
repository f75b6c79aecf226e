/* unit.c -- runs a suite */
#include "unit.h"
#include "../../support/suite.h"

#include <stdlib.h>
#include <string.h>

int unit_run(const char *name, TCase *cases)
{
    Suite *suite = suite_create(name);

    tcase_set_timeout(cases, 300); /* a busy machine is no failure */
    suite_add_tcase(suite, cases);
    return suite_run(suite);
}

struct store *unit_store(const struct pki *pki, const char *names)
{
    struct error err = {.code = ERROR_NONE};
    struct store *store = NULL;
    char *pem = pki_chain_pem(pki, names);

    ck_assert_msg(store_open_text(pem, strlen(pem), false, &store, &err) == 0, "%s", err.message);
    free(pem);
    return store;
}

int unit_present(struct host *host, const struct pki *pki, const char *name, const char *presented,
                 const struct judge *judge)
{
    *host = (struct host){.argument = name};
    ck_assert_int_eq(endpoint_parse(name, NULL, &host->endpoint, &host->err), 0);
    host->presented.chain = pki_chain(pki, presented);
    return host_choose(host, judge);
}
