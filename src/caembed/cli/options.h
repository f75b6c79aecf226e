/* options.h -- the command line */
#ifndef CAEMBED_CLI_OPTIONS_H
#define CAEMBED_CLI_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"
#include "device/target.h"
#include "emit/render.h"
#include "net/fetch.h"
#include "net/recording.h"
#include "path/path.h"

/* Strings are borrowed from argv. */
struct options {
    const char *output;   /* -o; NULL: stdout, unless that carries something else; "-" is stdout, or
                             with check, stdin */
    const char *mbed_app; /* -m; "-": the snippet on stdout */
    const char *depfile;  /* NULL: none */
    const char *name;
    const struct renderer *renderer;
    const struct target *target;
    const char *chain;
    const char *record;  /* the file to keep what is presented in, or NULL */
    const char *resume;  /* what a run that was broken off has recorded, or NULL */
    const char **replay; /* files of such lines, as many as replay_count */
    size_t replay_count;
    const char *store;
    const char **ca_file; /* as many as ca_file_count */
    size_t ca_file_count;
    bool partial_chain;
    bool aia;
    bool aia_allow_private;
    struct accepted_roots accepted;
    int64_t at;   /* the time to judge at: --at, or now */
    bool has_at;  /* it was given */
    long threads; /* that judge; 0: as many as there are processors */
    int64_t now;
    int64_t until; /* how long the firmware must work; 0: not given */
    const char *until_text;
    const char *profile; /* whose roots to add, or NULL */
    const char *servername;
    struct fetch_options fetch;
    bool prove_handshake;
    enum explain_form { EXPLAIN_NONE, EXPLAIN_TEXT, EXPLAIN_HTML } explain;
    const char *explain_file; /* of the page; NULL: stderr */
    bool json;
    bool summary;   /* one report on all hosts instead of the header, or of json's lines */
    bool unordered; /* with json: each line when its host is done */
    bool quiet;
    bool verbose;
    bool traces; /* -vv */
    bool help;
    bool help_all;          /* with help: every option */
    const char *completion; /* the shell; NULL: none */
    bool version;
    bool list_targets;
    bool list_roots;
    const char *from; /* --from as given, or NULL */
    char *from_text;  /* its content, cut into lines */
    bool streams;     /* the hosts of --from - or of the recordings are not listed, but read as they
                         come, and nothing is kept of those that are done */
    bool fewest;
    bool all_chains;
    bool all_addresses;
    const char *cert, *key; /* of the client, with prove_handshake; or NULL */
    bool backup;
    bool keep_going;
    bool check;
    long expires_within_days;
    const char (*address)[ENDPOINT_ADDRESS_SIZE]; /* of each host, by expand_hosts(); or NULL */
    const struct recording *recording; /* of replay or resume, by expand_hosts(); or NULL */
    bool lists_recording;              /* the hosts are those of the recording */
    const char **host; /* as many as host_count: the arguments, then the lines of --from */
    size_t host_count;
    size_t argument_count; /* how many of them are arguments */
};

/* Reads the command line; `now` is the time to judge at unless --at is given. ERROR_USAGE with the
 * reason. Free with options_free(), also after an error. */
int options_parse(int argc, char **argv, int64_t now, struct options *out,
                  struct error *err) MUST_USE;

/* No host was given: ERROR_USAGE. */
int options_fail_no_host(struct error *err);

/* Whether the header, the snippet or the report goes to stdout. */
bool options_header_to_stdout(const struct options *options);

/* Whether something is to be printed instead of a run over hosts. */
bool options_ask_for_information(const struct options *options);

/* What the help calls the parts of the command line, in its order. */
enum option_group {
    GROUP_OUTPUT,
    GROUP_HOSTS,
    GROUP_TRUST,
    GROUP_CHOICE,
    GROUP_CHECK,
    GROUP_REPORT,
    GROUP_COUNT
};

/* What help and completions tell of an option. */
struct option_text {
    const char *name;
    const char *argument; /* NULL: a flag; in brackets: may be left out */
    const char *help;
    char letter; /* 0: long only */
    enum option_group group;
    bool is_basic; /* most people need it */
};

/* By index from 0; NULL after the last. */
const struct option_text *options_text_at(size_t index);

void options_free(struct options *options);

#endif
