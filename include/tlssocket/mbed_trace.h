/* mbed_trace.h -- log lines by the names and in the form of mbed-trace
 *
 *     #define TRACE_GROUP "APP"
 *     tr_info("connected to %s", host);       prints   [INFO][APP ]: connected to example.com
 *
 * Without MBED_CONF_MBED_TRACE_ENABLE everything here compiles to nothing. MBED_TRACE_MAX_LEVEL
 * (one of TRACE_LEVEL_*) leaves out what is less urgent. Nothing is printed before
 * mbed_trace_init(). Lines are put together in one buffer of fixed size (1024 bytes unless
 * MBED_TRACE_LINE_LENGTH says otherwise when the library is built); a longer one is cut and ends
 * in "...". Nothing is allocated. State is global, as this interface has it; give the two mutex
 * functions if several threads trace. In Mbed OS its own mbed-trace takes the place of this one.
 */
#ifndef TLSSOCKET_MBED_TRACE_H
#define TLSSOCKET_MBED_TRACE_H

#if defined(__MBED__)
#include "mbed-trace/mbed_trace.h"
#else

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__) && defined(__cplusplus) && __cplusplus < 201103L
/* Or g++ -std=c++98 -Wpedantic warns of the variadic macros, which it has. */
#pragma GCC system_header
#endif

/* mbed_trace_config_set takes modes and one active level, or-ed. */
#define TRACE_MODE_PLAIN 0x80      /* the text alone: no level, no group, no colour */
#define TRACE_MODE_COLOR 0x40      /* colour by level */
#define TRACE_CARRIAGE_RETURN 0x20 /* go to the start of the line and clear it first */
#define TRACE_MASK_CONFIG 0xE0
#define TRACE_MASK_LEVEL 0x1F

#define TRACE_ACTIVE_LEVEL_ALL 0x1F
#define TRACE_ACTIVE_LEVEL_DEBUG 0x1F
#define TRACE_ACTIVE_LEVEL_INFO 0x0F
#define TRACE_ACTIVE_LEVEL_WARN 0x07
#define TRACE_ACTIVE_LEVEL_ERROR 0x03
#define TRACE_ACTIVE_LEVEL_CMD 0x01
#define TRACE_ACTIVE_LEVEL_NONE 0x00

#define TRACE_LEVEL_DEBUG 0x10
#define TRACE_LEVEL_INFO 0x08
#define TRACE_LEVEL_WARN 0x04
#define TRACE_LEVEL_ERROR 0x02
#define TRACE_LEVEL_CMD 0x01 /* the text alone, whatever the mode */

#ifndef MBED_TRACE_MAX_LEVEL
#define MBED_TRACE_MAX_LEVEL TRACE_LEVEL_DEBUG
#endif

#if defined(MBED_CONF_MBED_TRACE_ENABLE) && MBED_CONF_MBED_TRACE_ENABLE

#if defined(__GNUC__)
#define TLSSOCKET_PRINTF_LIKE(format, arguments)                                                   \
    __attribute__((__format__(__printf__, format, arguments)))
#else
#define TLSSOCKET_PRINTF_LIKE(format, arguments)
#endif

/* Starts tracing, to stdout, all levels, in colour. Returns 0. */
int mbed_trace_init(void);
/* Stops tracing and forgets every setting. */
void mbed_trace_free(void);
void mbed_trace_config_set(uint8_t config);
uint8_t mbed_trace_config_get(void);
/* Where finished lines go, without a line end; NULL is stdout. */
void mbed_trace_print_function_set(void (*print)(const char *line));
/* Text to put before level and group, and after the traced text, whose size in bytes prefix is
 * given. The result is borrowed until the line is printed. NULL stops it. Not in plain mode. */
void mbed_trace_prefix_function_set(char *(*prefix)(size_t size));
void mbed_trace_suffix_function_set(char *(*suffix)(void));
/* Called before and after each line; give both or neither. */
void mbed_trace_mutex_wait_function_set(void (*wait)(void));
void mbed_trace_mutex_release_function_set(void (*release)(void));
/* Prints only groups that are named in include, and none that is named in exclude: names with
 * commas between them. NULL stops it; longer than 63 bytes: cut. */
void mbed_trace_include_filters_set(const char *filters);
void mbed_trace_exclude_filters_set(const char *filters);
/* The last line as it was printed; "" if there was none. */
const char *mbed_trace_last(void);
void mbed_tracef(uint8_t level, const char *group, const char *format, ...)
    TLSSOCKET_PRINTF_LIKE(3, 4);
void mbed_vtracef(uint8_t level, const char *group, const char *format, va_list arguments)
    TLSSOCKET_PRINTF_LIKE(3, 0);

#define TLSSOCKET_TRACE(level, ...)                                                                \
    ((level) <= MBED_TRACE_MAX_LEVEL ? mbed_tracef((level), TRACE_GROUP, __VA_ARGS__) : (void)0)
#define tr_debug(...) TLSSOCKET_TRACE(TRACE_LEVEL_DEBUG, __VA_ARGS__)
#define tr_info(...) TLSSOCKET_TRACE(TRACE_LEVEL_INFO, __VA_ARGS__)
#define tr_warn(...) TLSSOCKET_TRACE(TRACE_LEVEL_WARN, __VA_ARGS__)
#define tr_warning(...) tr_warn(__VA_ARGS__)
#define tr_err(...) TLSSOCKET_TRACE(TRACE_LEVEL_ERROR, __VA_ARGS__)
#define tr_error(...) tr_err(__VA_ARGS__)
#define tr_cmdline(...) TLSSOCKET_TRACE(TRACE_LEVEL_CMD, __VA_ARGS__)

#else

static inline int mbed_trace_init(void)
{
    return 0;
}
static inline uint8_t mbed_trace_config_get(void)
{
    return 0;
}
#define mbed_trace_free() ((void)0)
#define mbed_trace_config_set(config) ((void)(config))
#define mbed_trace_print_function_set(print) ((void)(print))
#define mbed_trace_prefix_function_set(prefix) ((void)(prefix))
#define mbed_trace_suffix_function_set(suffix) ((void)(suffix))
#define mbed_trace_mutex_wait_function_set(wait) ((void)(wait))
#define mbed_trace_mutex_release_function_set(release) ((void)(release))
#define mbed_trace_include_filters_set(filters) ((void)(filters))
#define mbed_trace_exclude_filters_set(filters) ((void)(filters))
#define mbed_trace_last() ""
#define mbed_tracef(...) ((void)0)
#define mbed_vtracef(...) ((void)0)
#define tr_debug(...) ((void)0)
#define tr_info(...) ((void)0)
#define tr_warn(...) ((void)0)
#define tr_warning(...) ((void)0)
#define tr_err(...) ((void)0)
#define tr_error(...) ((void)0)
#define tr_cmdline(...) ((void)0)

#endif

#ifdef __cplusplus
}
#endif

#endif
#endif
