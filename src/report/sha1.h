/* SHA-1, for Community ID only: a name for a flow, not protection against anybody. */
#ifndef FA_REPORT_SHA1_H
#define FA_REPORT_SHA1_H

#include <stddef.h>
#include <stdint.h>

#define SHA1_BYTES 20

/* Digest of @len bytes (RFC 3174). */
void sha1_digest(const void *bytes, size_t len, uint8_t digest[static SHA1_BYTES]);

#endif
