/* Numbers as people write them. */
#ifndef FA_REPORT_PHRASE_H
#define FA_REPORT_PHRASE_H

#include <stddef.h>
#include <stdint.h>

#define PHRASE_COUNT 27 /* 18,446,744,073,709,551,615 and NUL */
#define PHRASE_BYTES 32

/* "1,284,113" */
const char *phrase_count(uint64_t n, char buf[static PHRASE_COUNT]);

/* "1 flow", "2 flows", "0 flows", "1,904 flows": @one for exactly one, @many for the rest. */
const char *phrase_plural(uint64_t n, const char *one, const char *many, char *buf, size_t size);

/* "812 bytes", "1.3 kB", "612 MB", "2.5 GB": powers of 1000, two or three digits. */
const char *phrase_bytes(uint64_t n, char buf[static PHRASE_BYTES]);

#endif
