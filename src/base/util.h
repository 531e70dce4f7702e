/* The few macros every file may use. */
#ifndef FA_BASE_UTIL_H
#define FA_BASE_UTIL_H

#include <assert.h>
#include <stddef.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define MIN(a, b)     ((a) < (b) ? (a) : (b))
#define MAX(a, b)     ((a) > (b) ? (a) : (b))

#define FA_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#define FA_NODISCARD         __attribute__((warn_unused_result))
#define FA_LIKELY(x)         __builtin_expect(!!(x), 1)
#define FA_UNLIKELY(x)       __builtin_expect(!!(x), 0)
/* GCC 12 deletes a static helper whose only effect is a prefetch unless it is forced inline. */
#define FA_INLINE static inline __attribute__((always_inline))

#define NS_PER_S  INT64_C(1000000000)
#define NS_PER_MS INT64_C(1000000)

/**
 * FA_ASSERT() - Stop on a mistake of ours
 *
 * Always on.  No packet, pack or option may ever be able to fire one: bad
 * input is a result, not an assertion.  @expr has no side effects.
 */
#define FA_ASSERT(expr) ((expr) ? (void)0 : fa_assert_failed(#expr, __func__, __FILE__, __LINE__))

_Noreturn void fa_assert_failed(const char *expr, const char *func, const char *file, int line);

#endif
