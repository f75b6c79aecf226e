/* write.h -- proven results -> header, settings, report */
#ifndef CAEMBED_CLI_WRITE_H
#define CAEMBED_CLI_WRITE_H

#include "cli/results.h"

/* Renders the header, has it proven for every host, and writes it with the settings, the report and
 * the rule for make. Nothing is written unless results_may_write(); the report is printed in any
 * case. *status is the exit status. Returns -1 with an error that concerns all. */
int write_results(struct results *results, int *status, struct error *err) MUST_USE;

#endif
