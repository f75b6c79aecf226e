/* recording.c -- files of recorded lines -> what each server showed, found again
 *
 * The files are read twice: once to see what is there, then a line at a time as servers are asked
 * for. So that a survey of any size fits, only the places of the lines are kept. */
#include "net/recording.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/array.h"
#include "base/stream.h"
#include "net/recording_line.h"
#include "x509/digest_map.h"

/* Where a line is. */
struct place {
    size_t file;
    off_t offset;
    size_t length;
    int64_t time;
};

struct server {
    char *host; /* "host:port" */
    char *name; /* that it was asked by */
};

struct recording {
    FILE **file; /* as many as paths */
    const char *const *path;
    size_t file_count;
    struct place *place; /* the best line of each server and offer */
    size_t place_count;
    struct digest_map places; /* host, port, name, offer -> its index */
    struct server *server;
    size_t server_count;
    struct digest_map servers; /* host, port, name -> its index */
    struct cert_cache *certs;  /* those above the leaves, of which there are few */
    struct text *skipped;
    size_t skipped_count;
};

/* offer is NULL for a key of the server alone. */
static int make_key(const char *host, unsigned port, const char *name, const char *offer,
                    uint8_t out[SHA256_LENGTH], struct error *err)
{
    struct text text = {0};
    int rv;

    text_add(&text, "%s\n%u\n%s\n%s", host, port, name, offer != NULL ? offer : "");
    rv = digest_map_key(&text, out, err);
    text_free(&text);
    return rv;
}

static void skip(struct recording *recording, size_t file, size_t line, const char *why)
{
    if (recording->skipped_count++ < RECORDING_SKIPPED_MAX)
        text_add(recording->skipped, "%s: line %zu is passed over: %s\n", recording->path[file],
                 line, why);
}

static char *host_text(const struct recording_head *head)
{
    struct text text = {0};
    const bool is_ipv6 = strchr(head->host, ':') != NULL;

    text_add(&text, is_ipv6 ? "[%s]" : "%s", head->host);
    if (head->port != 443 || is_ipv6)
        text_add(&text, ":%u", head->port);
    if (text.failed)
        text_free(&text);
    return text.data;
}

static int add_server(struct recording *recording, const struct recording_head *head,
                      struct error *err)
{
    struct server *larger;
    uint8_t key[SHA256_LENGTH];

    if (make_key(head->host, head->port, head->servername, NULL, key, err) != 0)
        return -1;
    if (digest_map_find(&recording->servers, key, NULL))
        return 0;
    larger = array_grow(recording->server, recording->server_count, sizeof *larger);
    if (larger == NULL)
        return error_no_memory(err);
    recording->server = larger;
    larger[recording->server_count] = (struct server){host_text(head), strdup(head->servername)};
    recording->server_count++;
    if (larger[recording->server_count - 1].host == NULL ||
        larger[recording->server_count - 1].name == NULL)
        return error_no_memory(err);
    return digest_map_add(&recording->servers, key, recording->server_count - 1, err);
}

static int add_place(struct recording *recording, const struct recording_head *head,
                     const struct place *place, struct error *err)
{
    struct place *larger;
    uint8_t key[SHA256_LENGTH];
    size_t index;

    if (make_key(head->host, head->port, head->servername, head->offer, key, err) != 0)
        return -1;
    if (recording->place != NULL && digest_map_find(&recording->places, key, &index)) {
        if (place->time >= recording->place[index].time)
            recording->place[index] = *place;
        return 0;
    }
    larger = array_grow(recording->place, recording->place_count, sizeof *larger);
    if (larger == NULL)
        return error_no_memory(err);
    recording->place = larger;
    larger[recording->place_count++] = *place;
    return digest_map_add(&recording->places, key, recording->place_count - 1, err);
}

static int take_line(struct recording *recording, const char *line, struct place *place,
                     size_t number, struct error *err)
{
    struct recording_head head = {.port = 0};
    cJSON *json;
    bool is_one;

    if (!recording_line_has_sum(line, place->length)) {
        skip(recording, place->file, number, "its sum is wrong, or it has none");
        return 0;
    }
    json = cJSON_ParseWithLength(line, place->length);
    is_one = json != NULL && recording_line_read_head(json, &head);
    cJSON_Delete(json);
    if (!is_one) {
        skip(recording, place->file, number, "it is no line of this version of --record");
        return 0;
    }
    place->time = head.time;
    return add_server(recording, &head, err) != 0 || add_place(recording, &head, place, err) != 0
               ? -1
               : 0;
}

/* Reads a line without its end into *line, which grows. Returns 1, 0 at the end of the file, or -1
 * if out of memory. A line that is too long is read to its end, and `*length` is more than
 * RECORDING_LINE_MAX. */
static int read_line(FILE *file, char **line, size_t *capacity, size_t *length, bool *has_end)
{
    int c = EOF;

    for (*length = 0; (c = getc_unlocked(file)) != EOF && c != '\n'; ++*length) {
        if (*length > RECORDING_LINE_MAX)
            continue;
        if (*length == *capacity) {
            char *larger = realloc(*line, *capacity * 2 + 4096);
            if (larger == NULL)
                return -1;
            *line = larger;
            *capacity = *capacity * 2 + 4096;
        }
        (*line)[*length] = (char)c;
    }
    *has_end = c == '\n';
    return *length > 0 || c != EOF ? 1 : 0;
}

static int scan(struct recording *recording, size_t index, struct error *err)
{
    struct place place = {.file = index};
    char *line = NULL;
    size_t capacity = 0;
    bool has_end;
    int rv = 0, more;

    for (size_t number = 1;; number++) {
        place.offset = ftello(recording->file[index]);
        more = read_line(recording->file[index], &line, &capacity, &place.length, &has_end);
        if (more <= 0 || rv != 0)
            break;
        if (!has_end)
            skip(recording, index, number, "it is cut off");
        else if (place.length > RECORDING_LINE_MAX)
            skip(recording, index, number, "it is too long");
        else
            rv = take_line(recording, line, &place, number, err);
    }
    free(line);
    return more < 0 ? error_no_memory(err) : rv;
}

static int open_file(struct recording *recording, size_t index, struct error *err)
{
    const char *path = recording->path[index];
    FILE *file = stream_open(path, O_RDONLY, "r"); /* a pipe may have no writer */
    struct stat status;

    recording->file[index] = file;
    if (file == NULL) {
        error_set(err, ERROR_USAGE, "%s: cannot open: %s", path, strerror(errno));
        return error_hint(err, "check the path and its permissions");
    }
    if (fstat(fileno(file), &status) == 0 && S_ISREG(status.st_mode))
        return scan(recording, index, err);
    error_set(err, ERROR_USAGE, "%s: not a regular file", path);
    return error_hint(err, "--replay reads a file twice: save what comes from a pipe first");
}

static bool holds_cut_line(FILE *file)
{
    char *line = NULL;
    size_t capacity = 0, length;
    bool has_end;
    const int more = read_line(file, &line, &capacity, &length, &has_end);
    const bool is_cut = more == 0 || (more == 1 && !has_end && length <= RECORDING_LINE_MAX &&
                                      recording_line_may_begin(line, length));

    free(line);
    return is_cut && !ferror(file);
}

bool recording_is_cut_in_first_line(const char *path)
{
    FILE *file = stream_open(path, O_RDONLY, "r");
    struct stat status;
    bool is_cut;

    if (file == NULL)
        return false;
    is_cut = fstat(fileno(file), &status) == 0 && S_ISREG(status.st_mode) && holds_cut_line(file);
    (void)fclose(file); /* that was read */
    return is_cut;
}

static int fail_empty(const struct recording *recording, struct error *err)
{
    error_set(err, ERROR_USAGE, "%s: holds no line of --record", recording->path[0]);
    return error_hint(err, "caembed --record FILE HOST... writes such a file");
}

int recording_open(const char *const *path, size_t count, struct recording **out,
                   struct text *skipped, struct error *err)
{
    struct recording *recording = calloc(1, sizeof *recording);
    int rv = 0;

    if (recording == NULL)
        return error_no_memory(err);
    *recording = (struct recording){.path = path, .skipped = skipped, .file_count = count};
    recording->file = calloc(count, sizeof(FILE *));
    recording->certs = calloc(1, sizeof *recording->certs);
    if (recording->file == NULL || recording->certs == NULL) {
        recording_close(recording);
        return error_no_memory(err);
    }
    for (size_t i = 0; rv == 0 && i < count; i++)
        rv = open_file(recording, i, err);
    if (rv == 0 && recording->server_count == 0)
        rv = fail_empty(recording, err);
    if (recording->skipped_count > RECORDING_SKIPPED_MAX)
        text_add(skipped, "%zu lines are passed over in all\n", recording->skipped_count);
    if (rv != 0) {
        recording_close(recording);
        return -1;
    }
    *out = recording;
    return 0;
}

size_t recording_count(const struct recording *recording)
{
    return recording->server_count;
}

const char *recording_host(const struct recording *recording, size_t index)
{
    return recording->server[index].host;
}

const char *recording_servername(const struct recording *recording, size_t index)
{
    return recording->server[index].name;
}

/* ---- one server ---- */

static int fail_broken(const struct recording *recording, const struct place *place,
                       struct error *err)
{
    error_set(err, ERROR_USAGE, "%s: the line of this server holds neither chains nor an error",
              recording->path[place->file]);
    return error_hint(err, "record it again");
}

static int fail_changed(const struct recording *recording, const struct place *place,
                        struct error *err)
{
    error_set(err, ERROR_USAGE, "%s: changed while it was read", recording->path[place->file]);
    return error_hint(err, "run again when nobody writes to it");
}

static int read_place(const struct recording *recording, const struct place *place,
                      struct recorded *out, struct error *err)
{
    FILE *file = recording->file[place->file];
    char *line = malloc(place->length + 1);
    cJSON *json = NULL;
    bool is_line, is_read = false;

    if (line == NULL)
        return error_no_memory(err);
    if (fseeko(file, place->offset, SEEK_SET) == 0 &&
        fread(line, 1, place->length, file) == place->length &&
        recording_line_has_sum(line, place->length))
        json = cJSON_ParseWithLength(line, place->length);
    is_line = json != NULL;
    if (is_line)
        is_read = recording_line_read(json, recording->certs, out);
    out->time = place->time;
    cJSON_Delete(json);
    free(line);
    if (is_read)
        return 0;
    recorded_free(out);
    return is_line ? fail_broken(recording, place, err) : fail_changed(recording, place, err);
}

static int fail_missing(const struct endpoint *endpoint, const struct offer *offer, bool is_known,
                        struct error *err)
{
    if (is_known) {
        error_set(err, ERROR_USAGE, "the recording has no answer to the offer of %s",
                  offer->target != NULL ? offer->target : "this target");
        return error_hint(err,
                          "record again with -t %s, or replay with the target of the recording",
                          offer->target != NULL ? offer->target : "generic");
    }
    error_set(err, ERROR_USAGE, "the recording has no server %s asked by the name %.200s",
              endpoint->text, endpoint->name);
    return error_hint(err, "without hosts --replay takes all that are there");
}

static int fail_part(struct recorded *recorded, struct error *err)
{
    recorded_free(recorded);
    error_set(err, ERROR_USAGE, "the recording has the chain for the target alone");
    return error_hint(err, "record with --all-chains, or leave it out");
}

int recording_find(const struct recording *recording, const struct endpoint *endpoint,
                   const struct offer *offer, bool needs_all_chains, struct recorded *out,
                   struct error *err)
{
    uint8_t key[SHA256_LENGTH], server[SHA256_LENGTH];
    size_t index;

    if (make_key(endpoint->host, endpoint->port, endpoint->name, offer->target, key, err) != 0 ||
        make_key(endpoint->host, endpoint->port, endpoint->name, NULL, server, err) != 0)
        return -1;
    if (!digest_map_find(&recording->places, key, &index))
        return fail_missing(endpoint, offer, digest_map_find(&recording->servers, server, NULL),
                            err);
    if (read_place(recording, &recording->place[index], out, err) != 0)
        return -1;
    return needs_all_chains && out->presented.chain != NULL && !out->has_all_chains
               ? fail_part(out, err)
               : 0;
}

void recording_close(struct recording *recording)
{
    if (recording == NULL)
        return;
    for (size_t i = 0; recording->file != NULL && i < recording->file_count; i++)
        if (recording->file[i] != NULL)
            (void)fclose(recording->file[i]); /* that was read */
    for (size_t i = 0; i < recording->server_count; i++) {
        free(recording->server[i].host);
        free(recording->server[i].name);
    }
    if (recording->certs != NULL)
        cert_cache_free(recording->certs);
    free(recording->certs);
    free(recording->file);
    free(recording->server);
    free(recording->place);
    digest_map_free(&recording->places);
    digest_map_free(&recording->servers);
    free(recording);
}
