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
    struct passed_over passed_over;
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
    larger[recording->server_count] =
        (struct server){recording_host_text(head), strdup(head->servername)};
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

static int take_line(struct recording *recording, const struct stream_line *line,
                     struct place *place, size_t number, struct error *err)
{
    struct recording_head head = {.port = 0};
    const char *fault = recording_line_parse(line, NULL, &head);

    if (fault != NULL) {
        passed_over_add(&recording->passed_over, recording->path[place->file], number, fault);
        return 0;
    }
    place->time = head.time;
    return add_server(recording, &head, err) != 0 || add_place(recording, &head, place, err) != 0
               ? -1
               : 0;
}

static int scan(struct recording *recording, size_t index, struct error *err)
{
    struct place place = {.file = index};
    struct stream_line line = {.text = NULL};
    FILE *file = recording->file[index];
    int rv = 0, more;

    for (size_t number = 1;; number++) {
        place.offset = ftello(file);
        more = stream_read_line(file, RECORDING_LINE_MAX, &line);
        if (more <= 0 || rv != 0)
            break;
        place.length = line.length;
        rv = take_line(recording, &line, &place, number, err);
    }
    free(line.text);
    return more < 0 ? error_no_memory(err) : rv;
}

static int open_file(struct recording *recording, size_t index, struct error *err)
{
    recording->file[index] = recording_open_file(recording->path[index], err);
    return recording->file[index] != NULL ? scan(recording, index, err) : -1;
}

static bool holds_cut_line(FILE *file)
{
    struct stream_line line = {.text = NULL};
    const int more = stream_read_line(file, RECORDING_LINE_MAX, &line);
    const bool is_cut =
        more == 0 || (more == 1 && !line.has_end && line.length <= RECORDING_LINE_MAX &&
                      recording_line_may_begin(line.text, line.length));

    free(line.text);
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

int recording_open(const char *const *path, size_t count, struct recording **out,
                   struct text *skipped, struct error *err)
{
    struct recording *recording = calloc(1, sizeof *recording);
    int rv = 0;

    if (recording == NULL)
        return error_no_memory(err);
    *recording =
        (struct recording){.path = path, .passed_over = {.text = skipped}, .file_count = count};
    recording->file = calloc(count, sizeof(FILE *));
    recording->certs = calloc(1, sizeof *recording->certs);
    if (recording->file == NULL || recording->certs == NULL) {
        recording_close(recording);
        return error_no_memory(err);
    }
    for (size_t i = 0; rv == 0 && i < count; i++)
        rv = open_file(recording, i, err);
    if (rv == 0 && recording->server_count == 0)
        rv = recording_fail_empty(path[0], err);
    passed_over_close(&recording->passed_over);
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
    return is_line ? recording_fail_broken(recording->path[place->file], err)
                   : fail_changed(recording, place, err);
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
    if (!needs_all_chains || out->presented.chain == NULL || out->has_all_chains)
        return 0;
    recorded_free(out);
    return recording_fail_part(err);
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
