/* recording_stream.c -- files of recorded lines -> what each line shows, one after the other */
#include "net/recording_stream.h"

#include <stdlib.h>
#include <string.h>

#include "net/recording_line.h"

struct recording_stream {
    const char *const *path;
    size_t path_count;
    const struct offer *offer;
    bool needs_all_chains;
    size_t next;   /* the path that is opened next */
    FILE *file;    /* NULL: none is open */
    size_t number; /* of the line read last */
    struct stream_line line;
    struct cert_cache certs; /* those above the leaves, of which there are few */
    struct passed_over passed_over;
    size_t given;
};

int recording_stream_open(const char *const *path, size_t count, const struct offer *offer,
                          bool needs_all_chains, struct text *passed_over,
                          struct recording_stream **out, struct error *err)
{
    struct recording_stream *stream = calloc(1, sizeof *stream);

    if (stream == NULL)
        return error_no_memory(err);
    stream->path = path;
    stream->path_count = count;
    stream->offer = offer;
    stream->needs_all_chains = needs_all_chains;
    stream->passed_over.text = passed_over;
    *out = stream;
    return 0;
}

/* Reads the next line of any file. Returns 1, 0 after the last, or -1. */
static int read_line(struct recording_stream *stream, struct error *err)
{
    int more = 0;

    for (;;) {
        if (stream->file == NULL) {
            if (stream->next == stream->path_count)
                return 0;
            stream->file = recording_open_file(stream->path[stream->next], err);
            if (stream->file == NULL)
                return -1;
            stream->next++;
            stream->number = 0;
        }
        more = stream_read_line(stream->file, RECORDING_LINE_MAX, &stream->line);
        if (more != 0)
            break;
        (void)fclose(stream->file); /* that was read */
        stream->file = NULL;
    }
    stream->number++;
    return more > 0 ? 1 : error_no_memory(err);
}

static void pass_over(struct recording_stream *stream, const char *why)
{
    passed_over_add(&stream->passed_over, stream->path[stream->next - 1], stream->number, why);
}

/* What the server showed; why it can't be judged becomes its error. */
static void read_recorded(struct recording_stream *stream, const cJSON *json,
                          const struct recording_head *head, struct recorded *out)
{
    struct error why = {.code = ERROR_NONE};

    if (!recording_line_read(json, &stream->certs, out))
        recording_fail_broken(stream->path[stream->next - 1], &why);
    else if (stream->needs_all_chains && out->presented.chain != NULL && !out->has_all_chains)
        recording_fail_part(&why);
    if (why.code != ERROR_NONE) {
        recorded_free(out);
        out->err = why;
    }
    out->time = head->time;
}

static bool is_of_offer(const struct recording_head *head, const struct offer *offer)
{
    return strcmp(head->offer, offer->target != NULL ? offer->target : "") == 0;
}

int recording_stream_next(struct recording_stream *stream, struct recorded_host *out,
                          struct error *err)
{
    int more;

    while ((more = read_line(stream, err)) == 1) {
        struct recording_head head = {.port = 0};
        cJSON *json = NULL;
        const char *fault = recording_line_parse(&stream->line, &json, &head);
        if (fault == NULL && !is_of_offer(&head, stream->offer))
            fault = "it is the answer to the offer of another target";
        if (fault != NULL) {
            cJSON_Delete(json);
            pass_over(stream, fault);
            continue;
        }
        *out = (struct recorded_host){.host = recording_host_text(&head),
                                      .name = strdup(head.servername)};
        read_recorded(stream, json, &head, &out->recorded);
        cJSON_Delete(json);
        stream->given++;
        if (out->host != NULL && out->name != NULL)
            return 1;
        recorded_host_free(out);
        return error_no_memory(err);
    }
    if (more == 0)
        passed_over_close(&stream->passed_over);
    if (more == 0 && stream->given == 0)
        return recording_fail_empty(stream->path[0], err);
    return more;
}

void recorded_host_free(struct recorded_host *host)
{
    free(host->host);
    free(host->name);
    recorded_free(&host->recorded);
    *host = (struct recorded_host){.host = NULL};
}

void recording_stream_close(struct recording_stream *stream)
{
    if (stream == NULL)
        return;
    if (stream->file != NULL)
        (void)fclose(stream->file); /* that was read */
    free(stream->line.text);
    cert_cache_free(&stream->certs);
    free(stream);
}
