/* tls_alloc.c -- the linker sends every calloc and free here first */
#include "tls_alloc.h"

#include <malloc.h>
#include <stdint.h>

void *__real_calloc(size_t count, size_t size);
void __real_free(void *block);
void *__wrap_calloc(size_t count, size_t size);
void __wrap_free(void *block);

static size_t fail_at = SIZE_MAX;
static bool has_failed;
static unsigned pauses;
static bool counts_all;
static long live_count;
static long live_bytes;
static long peak_bytes;

void alloc_fail_at(size_t index)
{
    fail_at = index;
    has_failed = false;
}

bool alloc_has_failed(void)
{
    fail_at = SIZE_MAX;
    return has_failed;
}

void alloc_pause(void)
{
    pauses++;
}

void alloc_resume(void)
{
    pauses--;
}

void alloc_count_all(void)
{
    counts_all = true;
}

long alloc_live_count(void)
{
    return live_count;
}

long alloc_live_bytes(void)
{
    return live_bytes;
}

long alloc_peak_bytes(void)
{
    const long peak = peak_bytes;

    peak_bytes = live_bytes;
    return peak;
}

static bool fails_now(void)
{
    if (pauses > 0 || fail_at == SIZE_MAX || fail_at-- > 0)
        return false;
    fail_at = SIZE_MAX;
    has_failed = true;
    return true;
}

void *__wrap_calloc(size_t count, size_t size)
{
    void *block = fails_now() ? NULL : __real_calloc(count, size);

    if (block != NULL && (pauses == 0 || counts_all)) {
        live_count++;
        live_bytes += (long)malloc_usable_size(block);
        peak_bytes = live_bytes > peak_bytes ? live_bytes : peak_bytes;
    }
    return block;
}

void __wrap_free(void *block)
{
    if (block != NULL && (pauses == 0 || counts_all)) {
        live_count--;
        live_bytes -= (long)malloc_usable_size(block);
    }
    __real_free(block);
}
