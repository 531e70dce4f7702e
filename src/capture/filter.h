/* BPF expressions over frames of any link type; private to the capture room. */
#ifndef FA_CAPTURE_FILTER_H
#define FA_CAPTURE_FILTER_H

#include "base/error.h"
#include "capture/frame.h"

struct filter;

/**
 * filter_open() - Check an expression and keep it
 * @text:	libpcap's filter language; copied
 *
 * Return: 0; FA_EUSAGE when no common link type can compile it, with libpcap's
 *	   reason for Ethernet; FA_ENOMEM
 */
int filter_open(struct filter **filter, const char *text, struct fa_error *err);

/**
 * filter_match() - Whether a frame passes
 *
 * The program is compiled when a link type is first met.
 *
 * Return: 1 or 0; FA_EUNSUPPORTED when the expression cannot be compiled for
 *	   the frame's link type: leaving such frames out would lose them
 *	   silently
 */
int filter_match(struct filter *filter, const struct frame *frame, struct fa_error *err);

/* NULL is fine. */
void filter_close(struct filter *filter);

#endif
