/* What is said on standard error, for a test to read. */
#ifndef FA_TEST_CMD_COMPLAINTS_H
#define FA_TEST_CMD_COMPLAINTS_H

#include <stdbool.h>
#include <stddef.h>

/* Catch a stream (2: standard error) in a file until complaints_end(). */
struct complaints {
	int fd, saved, file;
	char text[4096];
};

void complaints_begin(struct complaints *c, int fd);
/* What was said; good until the next begin. */
const char *complaints_end(struct complaints *c);

/* Compare texts; print both when they differ. */
bool complaints_same(const char *got, const char *want);

/* @call returns @result and says @words on standard error. */
#define SAYS(call, result, words)                              \
	do {                                                   \
		struct complaints says_;                       \
		long got_;                                     \
		complaints_begin(&says_, 2);                   \
		got_ = (long)(call);                           \
		complaints_end(&says_);                        \
		CU_ASSERT_EQUAL(got_, (long)(result));         \
		CU_ASSERT(complaints_same(says_.text, words)); \
	} while (0)

#endif
