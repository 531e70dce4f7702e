/* What the source asks of a capture file format; private to the capture room. */
#ifndef FA_CAPTURE_READER_H
#define FA_CAPTURE_READER_H

#include <stdbool.h>

#include "capture/block.h"
#include "capture/source.h"

/**
 * struct reader_ops - One capture file format
 * @name:	As source_info.format shows it
 * @knows:	Whether these first @len bytes begin such a file
 * @open:	Read the file header from @in and leave it behind it; *@state is
 *		released by @close.  Fills what @info it can.
 * @next:	As source_next(), without a filter: frames lie in @in.  Counts
 *		info->frames and numbers frames by it.  At the end fills
 *		info->truncated and info->truncated_at.  With frames to give it
 *		gives them, and meets the trouble behind them on the next call.
 * @close:	NULL is fine
 *
 * Error texts come without the input's name: the source puts it in front.
 */
struct reader_ops {
	const char *name;
	bool (*knows)(const uint8_t *head, size_t len);
	int (*open)(void **state, struct block_reader *in, struct source_info *info,
		    struct fa_error *err);
	int (*next)(void *state, struct block_reader *in, struct source_info *info,
		    struct frame frames[static FRAME_BATCH], struct fa_error *err);
	void (*close)(void *state);
};

extern const struct reader_ops pcap_file_reader;
extern const struct reader_ops pcapng_file_reader;

/* The input ends inside the record at @in->pos.  Return: 0, for the end. */
static inline int reader_truncated(const struct block_reader *in, struct source_info *info)
{
	info->truncated = true;
	info->truncated_at = block_offset(in);
	return 0;
}

/* A declared snap length; 0 and what no packet reaches mean that there is none. */
static inline void reader_snaplen(struct source_info *info, uint32_t snaplen)
{
	if (snaplen != 0 && snaplen <= INT32_MAX && (info->snaplen == 0 || snaplen < info->snaplen))
		info->snaplen = snaplen;
}

/**
 * reader_linktype() - LINKTYPE_ value of a link-type field
 * @word:	Low 16 bits of the field
 *
 * 12 and 14 are what BSDs call DLT_RAW; some programs wrote their own number
 * into files.  No LINKTYPE_ was ever assigned there, so both are LINKTYPE_RAW.
 */
static inline uint16_t reader_linktype(uint16_t word)
{
	return word == 12 || word == 14 ? 101 : word;
}

#endif
