/*
 * The wire: interfaces, read by the caller's thread or by several of their own.
 *
 * With several the kernel deals an interface's frames out by flow (packet(7),
 * PACKET_FANOUT_HASH), one socket for each thread, which reads and decodes its share.
 * The packets of a flow come in their order; those of different flows in any.
 */
#ifndef FA_AUDIT_WIRE_H
#define FA_AUDIT_WIRE_H

#include "audit/intake.h"
#include "capture/live.h"

#define WIRE_THREADS_MAX 16u

/**
 * struct wire_options - What to read, and how
 * @live:	Its @fanout_group and @turns are the wire's to set; borrowed for wire_open() only
 * @threads:	1: the caller's.  2 to WIRE_THREADS_MAX: so many beside it
 */
struct wire_options {
	struct live_options live;
	unsigned threads;
};

struct wire;

/**
 * wire_open() - Open the interfaces, for which privileges are needed
 *
 * Return: 0, or the code and text of live_open()
 */
int wire_open(struct wire **wire, const struct wire_options *options, struct fa_error *err);

/**
 * wire_begin() - Say how packets are made of frames; before the first wire_next()
 * @intake:	Its @filter is borrowed until wire_close()
 *
 * Makes no thread: the first wire_next() does, after privileges were given up.
 *
 * Return: 0 or FA_ENOMEM
 */
int wire_begin(struct wire *wire, const struct intake_options *intake, struct fa_error *err);

/**
 * wire_next() - The next packets, or none where none came for INTAKE_WAIT_MS
 *
 * Return: never NULL; @status is negative when none can come any more; valid until the next call
 */
const struct parcel *wire_next(struct wire *wire);

/*
 * Read what the kernel holds already and no more.  wire_next() gives it: over once it is
 * empty and wire_is_idle().
 */
void wire_stop(struct wire *wire);
bool wire_is_idle(struct wire *wire);

/* Ask the kernel for its counters: wire_facts() and wire_interface() are of now, or, with
 * threads, as of some tenths of a second ago; exact once the wire is idle. */
void wire_refresh(struct wire *wire);
/* The capture so far: frames, counters, drops. */
void wire_facts(struct wire *wire, struct capture_facts *cap);
unsigned wire_count(const struct wire *wire);
/* Interface @i over all threads; its name lives as long as the wire. */
void wire_interface(struct wire *wire, unsigned i, struct live_interface *interface);

/* As live_ask_descriptor(), of every thread, in @fds.  Return: how many */
unsigned wire_ask_descriptors(const struct wire *wire, int fds[static WIRE_THREADS_MAX]);

/* NULL is fine. */
void wire_close(struct wire *wire);

#endif
