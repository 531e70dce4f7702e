/*
 * Frames from network interfaces, by libpcap, which is loaded by live_open().
 *
 * Privileges are needed by live_open() only.  What is called afterwards are
 * poll, getsockopt, sendto and recvfrom on an open netlink socket; setsockopt,
 * munmap and close for an interface that has vanished, and what opens it anew
 * when it is there again.  A sandbox that refuses that with an errno, rather
 * than kill, leaves the interface down and all else working.  (Getsockname and
 * ioctl are what libpcap calls if an interface goes down while it is reading.)
 */
#ifndef FA_CAPTURE_LIVE_H
#define FA_CAPTURE_LIVE_H

#include <stdbool.h>

#include "base/error.h"
#include "capture/frame.h"

#define LIVE_INTERFACES_MAX 16

/**
 * struct live_options - What to capture
 * @interfaces:	@interface_count names, 1..LIVE_INTERFACES_MAX, none of them
 *		twice; "any" stands for all and is alone.  Borrowed for
 *		live_open() only.
 * @filter:	BPF that the kernel applies, or NULL; borrowed for live_open()
 *		only
 * @snaplen:	Most bytes kept of a frame; 0 is FRAME_MAX
 * @buffer_bytes: Of each interface's ring in the kernel; 0 is 64 MiB
 * @fanout_group: The first of @interface_count numbers, one for each interface;
 *		0 for none.  Captures with the same number on the same interface,
 *		also of other processes, share its frames by flow: each frame
 *		goes to one of them, the fragments of a datagram to the same one.
 *		Before it has joined each gets them all: see live_skip()
 * @turns:	0, or how many more calls of live_next() the bytes of frames live through
 * @promiscuous: Frames for other stations too; "any" cannot
 * @immediate:	Frames come a few milliseconds late at most, rather than 100.
 *		Blocks of the ring are handed over with few frames in them
 *		then, so that a slow reader loses some sooner.
 */
struct live_options {
	const char *const *interfaces;
	unsigned interface_count;
	const char *filter;
	uint32_t snaplen;
	uint32_t buffer_bytes;
	uint16_t fanout_group;
	unsigned turns;
	bool promiscuous;
	bool immediate;
};

/**
 * struct live_interface - One interface so far
 * @linktype:	LINKTYPE_ of its frames; 0 before it could first be opened
 * @up:		false: it was down, or not there, when last looked at, which is
 *		once a second and whenever the kernel says so
 * @gone:	It has vanished; one of that name is another, which must be opened anew
 * @frames:	Handed out by live_next()
 * @received:	Frames that passed the filter, as the kernel counts: delivered,
 *		dropped or still in the ring.  A few that came before the filter
 *		was set, and were then left out, are among them.
 * @kernel_drops: Of these, dropped because the ring was full
 * @interface_drops: Frames the interface itself lost since it was opened
 *		(missed and FIFO errors); 0 for "any", where nobody counts
 * @downs:	How often it went down or vanished
 *
 * @received and @kernel_drops are as of the last live_stats(), @interface_drops
 * and @up as of the last look.
 */
struct live_interface {
	const char *name;
	uint16_t linktype;
	bool up;
	bool gone;
	uint64_t frames;
	uint64_t received;
	uint64_t kernel_drops;
	uint64_t interface_drops;
	uint64_t downs;
};

struct live;

/**
 * live_open() - Begin to capture
 *
 * An interface that is down is no error: frames come once it is up.  One that
 * goes down and up again is captured further with what it was opened with;
 * only one that was down at this moment, or has vanished since, is opened
 * anew, for which the process must still be privileged.
 *
 * Return: 0; FA_EUSAGE for a filter that does not compile, names given twice and
 *	   a fanout group near 65535; FA_EIO for an interface that there is not,
 *	   with those there are, and without permission, with what to do;
 *	   FA_EUNSUPPORTED without libpcap, and for a filter that an interface's
 *	   link type cannot have; FA_ENOMEM
 */
int live_open(struct live **live, const struct live_options *options, struct fa_error *err);

/**
 * live_next() - The next frames
 * @frames:	Filled; their bytes are valid until the next call, or @turns calls longer.  Numbers run
 *		over all interfaces; iface is the index into the options'
 *		@interfaces.
 * @timeout_ms:	How long to wait; 0 not at all, negative without limit
 *
 * Interfaces take turns to fill a batch, so that a flooded one does not starve
 * the others; between interfaces frames are in no order of time.
 *
 * Return: 1..FRAME_BATCH; 0 when nothing came, also before @timeout_ms: at
 *	   once for a signal, and about every second, when interfaces are looked
 *	   after; FA_EIO when nothing can ever come again
 */
int live_next(struct live *live, struct frame frames[static FRAME_BATCH], int timeout_ms,
	      struct fa_error *err);

/* What has been captured so far is thrown away and not counted. */
void live_skip(struct live *live);

/* Asks the kernel for the counters: a system call an interface.  They never wrap around. */
void live_stats(struct live *live);

/* The socket by which the kernel is asked about interfaces, with sendto(2): for a sandbox. */
int live_ask_descriptor(const struct live *live);

unsigned live_count(const struct live *live);

/* Interface @i, as the options gave them; valid until live_close(), kept up to date. */
const struct live_interface *live_interface(const struct live *live, unsigned i);

/* NULL is fine.  Frames still in the rings are lost. */
void live_close(struct live *live);

#endif
