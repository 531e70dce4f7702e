/*
 * Fuzz targets: each runs one input and aborts on what must never be.
 *
 * A target keeps no state between inputs, so that an input that fails once fails
 * always.  The same targets run under libFuzzer (libfuzzer.c) and over the kept
 * corpus without it (replay.c).
 */
#ifndef FA_TEST_FUZZ_FUZZ_H
#define FA_TEST_FUZZ_FUZZ_H

#include <stdint.h>

#include "base/cursor.h"
#include "base/error.h"

/**
 * struct fuzz_target - One untrusted input
 * @name:	Of its corpus directory and of its program, fuzz_NAME
 * @run:	Takes @len bytes; returns, or aborts by FA_ASSERT() or a sanitizer
 * @subject:	Given to @run: what of a family this target is about; may be NULL
 */
struct fuzz_target {
	const char *name;
	void (*run)(const void *subject, const uint8_t *bytes, size_t len);
	const void *subject;
};

extern const struct fuzz_target fuzz_targets[];
extern const size_t fuzz_target_count;

/* NULL when there is none of this name. */
const struct fuzz_target *fuzz_find(const char *name);

/* A heap copy of exactly @len bytes, so that a read past them is seen; release with free(). */
uint8_t *fuzz_exact(const void *bytes, size_t len);

/* Run a target on an exact copy. */
void fuzz_run(const struct fuzz_target *target, const uint8_t *bytes, size_t len);

/* The targets; what the bytes of an input mean stands beside each. */
void fuzz_decode(const void *subject, const uint8_t *bytes, size_t len);
void fuzz_fragment(const void *subject, const uint8_t *bytes, size_t len);
void fuzz_stream(const void *subject, const uint8_t *bytes, size_t len);
void fuzz_table(const void *subject, const uint8_t *bytes, size_t len);
void fuzz_identify(const void *subject, const uint8_t *bytes, size_t len);
void fuzz_capture(const void *subject, const uint8_t *bytes, size_t len);
void fuzz_packed(const void *subject, const uint8_t *bytes, size_t len);
void fuzz_pack(const void *subject, const uint8_t *bytes, size_t len);
void fuzz_site(const void *subject, const uint8_t *bytes, size_t len);
void fuzz_audit(const void *subject, const uint8_t *bytes, size_t len);

/**
 * struct fuzz_protocol - Subject of fuzz_identify()
 * @stream:	Its stream_protocol, or NULL
 */
struct fuzz_protocol {
	const struct stream_protocol *stream;
};

#endif
