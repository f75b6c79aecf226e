/* outlook.h -- how long the chosen anchors will serve */
#ifndef CAEMBED_JUDGE_OUTLOOK_H
#define CAEMBED_JUDGE_OUTLOOK_H

#include "device/assess.h"
#include "judge/judge.h"

/* Warns of each root that root programs retire (x509/lifecycle.h) within
 * judge->expires_within_days, or before judge->until, and of each anchor that expires before
 * judge->until; names the roots of the same operator that serve longer. Returns -1 if the store
 * can't be read. */
int outlook_warn(struct assessment *assessment, const struct judge *judge,
                 struct error *err) MUST_USE;

/* Whether root programs retire this root within so many days of `at`, and have not done so yet. */
bool outlook_retires_within(const X509 *root, int64_t at, long days);

#endif
