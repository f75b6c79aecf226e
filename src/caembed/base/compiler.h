/* compiler.h -- attributes that gcc and clang check calls by */
#ifndef CAEMBED_BASE_COMPILER_H
#define CAEMBED_BASE_COMPILER_H

#define MUST_USE __attribute__((warn_unused_result))
#define PRINTF_LIKE(text, first) __attribute__((format(printf, text, first)))

#endif
