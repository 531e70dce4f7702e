/*
 * Buffered writer with a sticky error, and the escaping every report needs.
 *
 * After the first failed write all later calls do nothing; output_close() or
 * output_flush() tell.  Nothing here allocates after output_open().
 */
#ifndef FA_BASE_OUTPUT_H
#define FA_BASE_OUTPUT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

struct output;

/**
 * output_open_file() - Write to a path, or standard output for "-"
 *
 * The file is truncated.  *@out is owned by the caller: output_close().
 *
 * Return: 0, FA_EIO or FA_ENOMEM
 */
int output_open_file(struct output **out, const char *path, struct fa_error *err);

/* Write to @fd, which stays the caller's; @name for errors, copied.  Return: 0 or FA_ENOMEM */
int output_open_fd(struct output **out, int fd, const char *name, struct fa_error *err);

/* Collect in memory; output_text() gives what was written so far, NUL-terminated. */
int output_open_memory(struct output **out, struct fa_error *err);
const char *output_text(struct output *out, size_t *len);

/* True when the bytes go to a terminal; its width in columns, 80 when unknown. */
bool output_is_terminal(const struct output *out);
unsigned output_width(const struct output *out);

void output_bytes(struct output *out, const void *bytes, size_t len);
void output_string(struct output *out, const char *s);
void output_printf(struct output *out, const char *fmt, ...) FA_PRINTF(2, 3);
void output_u64(struct output *out, uint64_t v);

/* A JSON string with its quotes (RFC 8259 7).  Bytes that are not UTF-8 become U+FFFD. */
void output_json_string(struct output *out, const char *s, size_t len);
/* Text for a terminal: control bytes and invalid UTF-8 as \xNN, so that a capture cannot move the cursor. */
void output_escaped(struct output *out, const char *s, size_t len);

/* Return: 0, or FA_EIO with the first failure's text. */
int output_flush(struct output *out, struct fa_error *err);
/* Flush, close, free.  NULL is fine.  Return as output_flush(). */
int output_close(struct output *out, struct fa_error *err);

#endif
