/*
 * Where frames come from: capture files of any kind, standard input, memory.
 *
 * The kind of a file is decided by its content, never by its name.  Files are
 * read in blocks by our own pcap and pcapng readers, because libpcap refuses
 * mixed link types in the middle of a legal pcapng and reads at half our
 * speed; libpcap compiles and runs the BPF filters.
 *
 * Compressed files (gzip, zstd, xz, lz4, bzip2) are unpacked on the way by
 * libarchive.  An unpacked stream that grows past SOURCE_MAX_RATIO times its
 * packed size is refused as a bomb once it passes SOURCE_BOMB_FLOOR bytes.
 */
#ifndef FA_CAPTURE_SOURCE_H
#define FA_CAPTURE_SOURCE_H

#include <stdbool.h>

#include "base/error.h"
#include "capture/frame.h"

#define SOURCE_MAX_RATIO  1000u
#define SOURCE_BOMB_FLOOR (UINT64_C(1) << 30)

struct source;

/**
 * struct source_options - How to open an input
 * @filter:	BPF expression in libpcap's language, or NULL.  Frames that do not
 *		match are counted in source_info.filtered and not delivered;
 *		they keep their number.
 * @threads:	2 or more: packed files are unpacked on a thread of their own.  The
 *		frames are the same
 * @turns:	0, or how much longer the bytes of frames live, see source_turn()
 */
struct source_options {
	const char *filter;
	unsigned threads;
	unsigned turns;
};

/**
 * struct source_info - What is known of an input; complete at its end
 * @name:		The path as given, "-" for standard input
 * @format:		"pcap", "pcapng"; "pcap, gzip" and the like
 * @frames:		Records read so far, filtered ones included
 * @filtered:		Records the BPF expression left out
 * @bytes:		Bytes of the (unpacked) input consumed so far
 * @snaplen:		Smallest snap length any interface declares; 0: none or unlimited
 * @interfaces:		Interfaces declared
 * @kernel_drops:	Sum of isb_osdrop of the last statistics block of each interface
 * @interface_drops:	Sum of isb_ifdrop, likewise
 * @drops_below_zero:	A drop counter ran below zero (tcpdump issue 787: 4294965006 frames
 *			dropped); what it said last before is in the sums
 * @has_drops:		False where the input says nothing of drops (every classic pcap)
 * @capture_filter:	First if_filter option that holds a libpcap expression, or ""
 * @truncated:		The input ends in the middle of a record (also when packed)
 * @truncated_at:	Byte offset (in the unpacked stream) of the cut record
 * @skipped_blocks:	pcapng blocks of kinds that carry no packet of ours
 */
struct source_info {
	const char *name;
	char format[32];
	uint64_t frames;
	uint64_t filtered;
	uint64_t bytes;
	uint32_t snaplen;
	uint32_t interfaces;
	uint64_t kernel_drops;
	uint64_t interface_drops;
	uint64_t skipped_blocks;
	uint64_t truncated_at;
	bool has_drops;
	bool drops_below_zero;
	bool truncated;
	bool waits, ahead;
	char capture_filter[256];
};

/**
 * source_open() - Open a capture file, or standard input for "-"
 * @src:	Owned by the caller on success: source_close()
 * @options:	May be NULL
 *
 * Reads the header only.  An error text names the file and what to do.
 *
 * Return: 0; FA_EIO (cannot open or read); FA_EEMPTY (0 bytes: not a capture);
 *	   FA_EFORMAT (no magic we know, or a header that contradicts itself);
 *	   FA_EUNSUPPORTED (a version we do not know); FA_EUSAGE (filter does
 *	   not compile); FA_ENOMEM
 */
int source_open(struct source **src, const char *path, const struct source_options *options,
		struct fa_error *err);

/**
 * source_open_memory() - The same over bytes of the caller (tests, fuzzing)
 * @name:	For messages; copied
 * @bytes:	Borrowed until source_close()
 */
int source_open_memory(struct source **src, const char *name, const void *bytes, size_t len,
		       const struct source_options *options, struct fa_error *err);

/**
 * source_next() - Next frames, in file order
 * @frames:	Room for FRAME_BATCH frames; their bytes live until the next call
 * @err:	Filled when the result is negative
 *
 * Frames before a damaged record are delivered first; the call after them
 * reports the damage, and every later call reports it again.  An input that
 * ends within a record is not damage: it ends, with source_info.truncated set.
 *
 * Return: 1..FRAME_BATCH frames; 0 at the end; FA_EIO; FA_EFORMAT; FA_ENOMEM;
 *	   FA_EUNSUPPORTED (a later pcapng section's version, or a link type the
 *	   filter cannot be compiled for)
 */
int source_next(struct source *src, struct frame frames[static FRAME_BATCH], struct fa_error *err);

/**
 * source_turn() - Which turn the latest frames belong to
 *
 * With source_options.turns the bytes of a frame live on after the next call of
 * source_next(): until this number, taken behind the call that gave the frame, has
 * grown by more than @turns.  It grows by at most one from call to call.
 */
uint64_t source_turn(const struct source *src);

const struct source_info *source_info(const struct source *src);

/* NULL is fine. */
void source_close(struct source *src);

#endif
