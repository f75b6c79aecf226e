/* driver.c -- a target without libFuzzer: seeds -> a fixed number of mutations, the same each time
 *
 *     fuzz_NAME              runs the seeds and fuzz_mutations inputs made from them
 *     fuzz_NAME -n COUNT     likewise, as many
 *     fuzz_NAME -s FOLDER    writes the seeds into FOLDER, for libFuzzer
 *     fuzz_NAME FILE...      runs these inputs
 *
 * An input that ends the process is left in PROGRAM.crash. */
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "fuzz.h"

#define SIZE_MAX_OF_INPUT (64 * 1024)

struct seed {
    uint8_t *data;
    size_t size;
};

struct fuzz_corpus {
    struct seed *seed;
    size_t count;
};

/* The input under way, for the signal handler. */
static struct {
    const uint8_t *data;
    size_t size;
    char path[512];
} current;

static void keep_input(int signal_number)
{
    int fd = open(current.path, O_WRONLY | O_CREAT | O_TRUNC, 0644);

    if (fd >= 0) {
        (void)!write(fd, current.data, current.size);
        close(fd);
    }
    signal(signal_number, SIG_DFL);
    raise(signal_number);
}

static void run(const uint8_t *data, size_t size)
{
    uint8_t *copy = malloc(size > 0 ? size : 1); /* so that a sanitizer sees its end */

    FUZZ_CHECK(copy != NULL);
    if (size > 0)
        memcpy(copy, data, size);
    current.data = copy;
    current.size = size;
    (void)LLVMFuzzerTestOneInput(copy, size);
    free(copy);
}

void fuzz_add(struct fuzz_corpus *corpus, const void *data, size_t size)
{
    struct seed *larger = realloc(corpus->seed, (corpus->count + 1) * sizeof *larger);

    FUZZ_CHECK(larger != NULL && size <= SIZE_MAX_OF_INPUT);
    corpus->seed = larger;
    larger[corpus->count++] = (struct seed){(uint8_t *)fuzz_string(data, size), size};
}

/* xorshift64* (Vigna 2014): the same numbers everywhere. */
static uint64_t next_random(uint64_t *state)
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return *state * UINT64_C(2685821657736338717);
}

static size_t below(uint64_t *state, size_t limit)
{
    return limit > 0 ? (size_t)((next_random(state) >> 16) % limit) : 0;
}

/* Replaces `old` bytes at `at` by `size` bytes of data, if there is room. */
static void replace(uint8_t *input, size_t *length, size_t at, size_t old, const uint8_t *data,
                    size_t size)
{
    if (*length - old + size > SIZE_MAX_OF_INPUT)
        return;
    memmove(input + at + size, input + at + old, *length - at - old);
    if (size > 0)
        memcpy(input + at, data, size);
    *length = *length - old + size;
}

/* One of: another bit, byte or interesting byte; a range less, twice, or from another seed. */
static void mutate(uint8_t *input, size_t *length, const struct seed *other, uint64_t *state)
{
    static const uint8_t special[] = "\0\xff\x80\x7f\"\\*/?\n\r{}[]()%:0-";
    uint8_t piece[256];
    size_t at = below(state, *length);
    size_t size = below(state, below(state, 16) == 0 ? sizeof piece : 8);
    size_t from = below(state, other->size);

    if (size > *length - at)
        size = *length - at;
    switch (below(state, 7)) {
    case 0:
        if (*length > 0)
            input[at] ^= (uint8_t)(1u << below(state, 8));
        break;
    case 1:
        if (*length > 0)
            input[at] = (uint8_t)next_random(state);
        break;
    case 2:
        replace(input, length, at, *length > 0 ? below(state, 2) : 0,
                special + below(state, sizeof special), 1);
        break;
    case 3:
        replace(input, length, at, size, NULL, 0);
        break;
    case 4:
        memcpy(piece, input + at, size);
        replace(input, length, at, 0, piece, size);
        break;
    case 5:
        replace(input, length, at, size, other->data + from,
                below(state, other->size - from < 64 ? other->size - from + 1 : 64));
        break;
    default:
        if (*length > 0)
            *length = below(state, 8) == 0 ? at : *length;
        break;
    }
}

static void run_mutations(const struct fuzz_corpus *corpus, long count)
{
    static uint8_t input[SIZE_MAX_OF_INPUT];
    uint64_t state = UINT64_C(0x9e3779b97f4a7c15);

    for (long i = 0; i < count; i++) {
        const struct seed *seed = &corpus->seed[below(&state, corpus->count)];
        size_t length = seed->size;
        memcpy(input, seed->data, length);
        for (size_t k = 1 + below(&state, 4); k > 0; k--)
            mutate(input, &length, &corpus->seed[below(&state, corpus->count)], &state);
        run(input, length);
    }
}

static void run_file(const char *path)
{
    FILE *stream = fopen(path, "rb");
    uint8_t *data = malloc(16 * SIZE_MAX_OF_INPUT);

    FUZZ_CHECK(stream != NULL && data != NULL);
    run(data, fread(data, 1, 16 * SIZE_MAX_OF_INPUT, stream));
    free(data);
    fclose(stream);
}

static void write_seeds(const struct fuzz_corpus *corpus, const char *folder)
{
    for (size_t i = 0; i < corpus->count; i++) {
        char path[512];
        FILE *stream;
        snprintf(path, sizeof path, "%s/seed-%zu", folder, i);
        stream = fopen(path, "wb");
        FUZZ_CHECK(stream != NULL);
        FUZZ_CHECK(fwrite(corpus->seed[i].data, 1, corpus->seed[i].size, stream) ==
                   corpus->seed[i].size);
        FUZZ_CHECK(fclose(stream) == 0);
    }
}

static void run_all(const struct fuzz_corpus *corpus, long count, const char *program)
{
    const char *slash = strrchr(program, '/');

    FUZZ_CHECK(corpus->count > 0);
    for (size_t i = 0; i < corpus->count; i++)
        run(corpus->seed[i].data, corpus->seed[i].size);
    run_mutations(corpus, count);
    printf("%s: 1 passed, 0 failed (%zu seeds, %ld mutations)\n",
           slash != NULL ? slash + 1 : program, corpus->count, count);
}

static void corpus_free(struct fuzz_corpus *corpus)
{
    for (size_t i = 0; i < corpus->count; i++)
        free(corpus->seed[i].data);
    free(corpus->seed);
}

int main(int argc, char **argv)
{
    static const int deadly[] = {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGALRM};
    struct fuzz_corpus corpus = {NULL, 0};

    snprintf(current.path, sizeof current.path, "%s.crash", argv[0]);
    for (size_t i = 0; i < COUNT(deadly); i++)
        signal(deadly[i], keep_input);
    fuzz_seed(&corpus);
    if (argc == 3 && strcmp(argv[1], "-s") == 0) {
        write_seeds(&corpus, argv[2]);
    } else if (argc == 3 && strcmp(argv[1], "-n") == 0) {
        run_all(&corpus, strtol(argv[2], NULL, 10), argv[0]);
    } else if (argc > 1) {
        for (int i = 1; i < argc; i++)
            run_file(argv[i]);
    } else {
        alarm(600); /* an input that hangs */
        run_all(&corpus, fuzz_mutations, argv[0]);
    }
    corpus_free(&corpus);
    return EXIT_SUCCESS;
}
