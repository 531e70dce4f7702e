/* Error codes and the text that goes with them; only cmd/ prints. */
#ifndef FA_BASE_ERROR_H
#define FA_BASE_ERROR_H

#include "base/util.h"

/* What went wrong, as far as the caller must tell cases apart.  0 is success. */
enum fa_code {
	FA_OK = 0,
	FA_ENOMEM = -1,       /* memory, or a limit that was given */
	FA_EIO = -2,          /* open, read or write failed */
	FA_EFORMAT = -3,      /* not a capture, pack or site of ours */
	FA_ETRUNCATED = -4,   /* input ends in the middle of a record */
	FA_EUNSUPPORTED = -5, /* understood, but not handled: link type, version */
	FA_EUSAGE = -6,       /* the caller asked for something that cannot be */
	FA_EEMPTY = -7,       /* a file of 0 bytes */
};

#define FA_ERROR_TEXT 1024

/**
 * struct fa_error - One error for a person
 * @code:	enum fa_code
 * @text:	One line without newline: where (file, offset or line:column),
 *		what was found, what to do.  Untrusted bytes in it are escaped.
 */
struct fa_error {
	int code;
	char text[FA_ERROR_TEXT];
};

/**
 * error_set() - Fill an error and return its code
 * @err:	May be NULL: then only the code is returned
 * @code:	enum fa_code, not FA_OK
 *
 * Control bytes that reach the text through arguments are replaced by '?'.
 * UTF-8 passes.
 *
 * Return: @code, so that callers can write return error_set(...).
 */
int error_set(struct fa_error *err, int code, const char *fmt, ...) FA_PRINTF(3, 4);

/**
 * error_prefix() - Put text in front of an error that a lower room filled
 *
 * Return: @err->code
 */
int error_prefix(struct fa_error *err, const char *fmt, ...) FA_PRINTF(2, 3);

#endif
