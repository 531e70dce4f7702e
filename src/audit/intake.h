/*
 * Intake: from the bytes of an input to facts and the keys of their flows.
 *
 * The front half of the pipeline: read, filter, decode, count.  It knows the
 * captures and no flow, so it may run ahead of the half that does, on a thread
 * of its own: see relay.h.
 *
 * Inputs whose times follow one another (a rotated set) are one group: flows and
 * fragments go on from one to the next.  Any other input begins a group of its own.
 */
#ifndef FA_AUDIT_INTAKE_H
#define FA_AUDIT_INTAKE_H

#include "capture/live.h"
#include "capture/source.h"
#include "flow/slot.h"
#include "judge/fitness.h"
#include "packet/decode.h"

/* Files of one rotated set follow each other within this; a SYN's first retries would fit in. */
#define INTAKE_GROUP_GAP_NS (10 * NS_PER_S)
/*
 * Capture hosts deliver a few packets out of order; more than this is another time.
 * Less counts only where the input begins nearer the end of the one before it than
 * its beginning: else it is a capture of another point, which ran beside it.
 */
#define INTAKE_GROUP_SLACK_NS NS_PER_S

/**
 * struct intake_options - What frames go through
 * @filter:	BPF expression or NULL; borrowed
 * @decoder:	As decoder_new()
 * @hashing:	How flows are told apart
 * @unpack_ahead: Packed files are unpacked on a thread of their own
 * @turns:	How long the bytes of a parcel live, see source_turn(); 0: until the next
 */
struct intake_options {
	const char *filter;
	struct decoder_options decoder;
	struct flow_hashing hashing;
	bool unpack_ahead;
	unsigned turns;
};

/**
 * struct parcel - Some packets of one input, in order
 * @facts, @slots: [@count] of [@room]; the caller's memory
 * @raw:	Of interfaces: [@count] frames that they were made of, FRAME_BATCH at most
 * @pieces:	Payload put together from fragments, copied so that it lives as long as
 *		the parcel; NULL until needed.  Not there in a parcel of FRAME_BATCH
 *		packets: its payload dies with the next parcel
 * @turn:	source_turn() of its packets
 * @opens_group: The group before ended with the input before this one
 * @abandoned:	... and datagrams that it left in pieces
 * @frames, @bytes: Read of the input so far, this parcel included
 * @status:	1: there is more; 0: the input has ended; negative: it is damaged behind
 *		these packets, and @err says how.  Interfaces may bring nothing for a while: 1
 *		without a packet
 */
struct parcel {
	struct facts *facts;
	struct flow_slot *slots;
	struct frame *raw;
	unsigned count, room;
	uint8_t *pieces;
	size_t pieces_used;
	uint64_t turn;
	uint64_t frames, bytes;
	uint64_t abandoned;
	bool opens_group;
	int status;
	struct fa_error err;
};

/* Room for @packets, at least FRAME_BATCH.  Return: 0 or FA_ENOMEM */
int parcel_init(struct parcel *parcel, unsigned packets);
void parcel_destroy(struct parcel *parcel);

struct intake;

/* @options: @filter is borrowed until intake_free() */
int intake_new(struct intake **intake, const struct intake_options *options, struct fa_error *err);
void intake_free(struct intake *intake);

/**
 * intake_open() - Begin an input; the one before it must have been closed
 *
 * Return: 0, or the code and text of source_open()
 */
int intake_open(struct intake *intake, const char *path, struct fa_error *err);

/* How long intake_fill() waits for the first packet of interfaces, in milliseconds. */
#define INTAKE_WAIT_MS 200

/* The same from interfaces, which have no end.  @live: borrowed as long as the intake */
void intake_open_live(struct intake *intake, struct live *live);

/**
 * intake_fill() - The next packets of the open input
 * @parcel:	Filled up to its room, or to the end of a turn; with @status 1 it is
 *		never empty.  Not to be called again once @status was another
 */
void intake_fill(struct intake *intake, struct parcel *parcel);

/* What is known of the open input, or of interfaces, by frames alone so far; @cap->name stays. */
void intake_facts(const struct intake *intake, struct capture_facts *cap);

/* Let the input go, as at its end.  @cap as by intake_facts() */
void intake_close(struct intake *intake, struct capture_facts *cap);

bool intake_is_open(const struct intake *intake);

/*
 * Threads that the open input has already: 1 that unpacks, or 0.  UINT_MAX for an input
 * that may make a reader wait for ever, who could then not be stopped.
 */
unsigned intake_threads(const struct intake *intake);

/* The last input was read.  Return: datagrams that its group left in pieces */
uint64_t intake_end(struct intake *intake);

#endif
