/* summary.h -- what all hosts together come to: which anchors they need, and what fails and why
 *
 * Its size depends on how many anchors and kinds of failure there are, not on the hosts. */
#ifndef CAEMBED_JUDGE_SUMMARY_H
#define CAEMBED_JUDGE_SUMMARY_H

#include "base/text.h"
#include "judge/host.h"
#include "x509/digest_map.h"

#define SUMMARY_NAME_SIZE 100
#define SUMMARY_HOST_SIZE (ENDPOINT_HOST_SIZE + 16)

/* More kinds of failure than these are counted as one, whose code is that of the first of them and
 * whose kind is "others": a kind may hold what a recording says. */
#define SUMMARY_FAILURES_MAX 1000

/* By what anchors are put together, each in a table of its own. */
enum summary_table { SUMMARY_OPERATORS, SUMMARY_KEYS, SUMMARY_YEARS, SUMMARY_TABLE_COUNT };

/* Anchors that have the operator, the kind and size of key, or the year of retirement in common. */
struct summary_class {
    char name[SUMMARY_NAME_SIZE]; /* "": the operator or the year is not known */
    size_t anchors;
    size_t hosts; /* that need any of them */
};

struct summary_anchor {
    X509 *x509; /* a reference */
    uint8_t sha256[SHA256_LENGTH];
    int64_t retires;                   /* TIMESTAMP_NONE: not known */
    size_t place[SUMMARY_TABLE_COUNT]; /* of its class in each table, until they are sorted */
    size_t hosts;
};

struct summary_failure {
    struct error first; /* of the host that comes first in the order given */
    char host[SUMMARY_HOST_SIZE];
    size_t index; /* its place */
    size_t hosts;
};

/* Set to {0} before use. */
struct summary {
    size_t hosts, good;
    struct summary_anchor *anchor;
    size_t anchor_count;
    struct {
        struct summary_class *row;
        size_t count;
    } table[SUMMARY_TABLE_COUNT];
    struct summary_failure *failure;
    size_t failure_count;
    struct digest_map anchors, failures; /* what they are found by -> their index */
};

/* Counts a host: its failure, if the verdict is one, and each anchor that its chains need, unless
 * the verdict says that they lead to none. */
int summary_add(struct summary *summary, const struct host *host, const struct judge *judge,
                const struct error *verdict, struct error *err) MUST_USE;

/* A host that was counted without a failure has one after all: name and index are those of struct
 * host, `anchors` hold what was counted for it. */
int summary_fail(struct summary *summary, const char *name, size_t index, X509 *const *anchors,
                 size_t anchor_count, const struct error *why, struct error *err) MUST_USE;

/* Puts every table in order: by hosts, the most first, and what has as many by SHA-256, name or
 * kind; the years by themselves, what is not known last. Anchors that no host needs any more are
 * left out. No host can be added afterwards. */
void summary_sort(struct summary *summary);

void summary_free(struct summary *summary);

#endif
