/* summary_report.h -- the report of --summary on stdout */
#ifndef CAEMBED_CLI_SUMMARY_REPORT_H
#define CAEMBED_CLI_SUMMARY_REPORT_H

#include "device/target.h"
#include "judge/summary.h"

/* Sorts the summary and makes its report, which the caller frees with free(): tables for people, or
 * one JSON object and a line feed (see the manual). All text is ASCII. */
int summary_report(struct summary *summary, const struct target *target, bool as_json, char **out,
                   struct error *err) MUST_USE;

#endif
