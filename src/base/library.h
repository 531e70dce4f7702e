/*
 * Shared libraries that few runs need, loaded when one does.
 *
 * What a library needs in turn is loaded and relocated before main(): libarchive
 * brings XML and ICU, libpcap D-Bus and systemd.  The three of which that is true cost
 * 8 of the 13 ms of an audit of ten packets (tests/bench/README.md).
 *
 * Use: list the calls in a macro, CALLS(X) X(first) X(second), declare
 * struct calls { CALLS(LIBRARY_MEMBER) }, and fill one by library_open() with
 * static const struct library_call list[] = { CALLS(LIBRARY_CALL) }, where
 * LIBRARY_STRUCT is defined as that struct.
 */
#ifndef FA_BASE_LIBRARY_H
#define FA_BASE_LIBRARY_H

#include <stddef.h>

#include "base/error.h"

/* A pointer of the type of the function that the library's own header declares. */
#define LIBRARY_MEMBER(call) __typeof__(call) *(call);
#define LIBRARY_CALL(call)   { #call, offsetof(LIBRARY_STRUCT, call) },

/**
 * struct library_call - One function
 * @offset:	Where its pointer goes, in bytes from the beginning of the struct
 */
struct library_call {
	const char *name;
	size_t offset;
};

/**
 * library_open() - Load a library and find functions in it
 * @library:	For library_close(); NULL on failure
 * @sonames:	What it is called, by preference; NULL ends the list
 * @list:	@count functions, all of which must be there
 * @calls:	Filled
 *
 * Return: 0, or FA_EUNSUPPORTED with text that names the library
 */
int library_open(void **library, const char *const *sonames, const struct library_call *list,
		 size_t count, void *calls, struct fa_error *err);

/*
 * None of its functions may be in use.  @library may be NULL.  The code stays mapped: nDPI keeps
 * memory in variables of its own, which the next use would take again and which only they know.
 */
void library_close(void *library);

#endif
