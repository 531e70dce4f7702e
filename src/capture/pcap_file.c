/*
 * Classic pcap files (draft-ietf-opsawg-pcap).
 *
 * Record headers are read where they lie in the block; nothing is copied but
 * the twelve bytes a frame is made of.  Both byte orders, micro- and
 * nanoseconds, and the 24-byte record headers of Alexey Kuznetsov's patched
 * libpcap.
 */
#include <stdlib.h>

#include "base/memory.h"
#include "capture/reader.h"

#define PCAP_HEADER 24u

#define PCAP_MAGIC_US        0xa1b2c3d4u
#define PCAP_MAGIC_NS        0xa1b23c4du
#define PCAP_MAGIC_KUZNETSOV 0xa1b2cd34u

/* Until version 2.3 the two lengths stood in the other order; in 2.3 in either. */
enum pcap_lengths { LENGTHS_CAPTURED_FIRST, LENGTHS_WIRE_FIRST, LENGTHS_SHORTER_IS_CAPTURED };

/**
 * struct pcap_file - What the file header says
 * @big:	Byte order of every field
 * @record:	Bytes of a record header
 * @tick_ns:	Nanoseconds a unit of the sub-second field
 */
struct pcap_file {
	bool big;
	enum pcap_lengths lengths;
	uint32_t record;
	uint32_t tick_ns;
	uint16_t linktype;
};

static bool known_magic(uint32_t magic)
{
	return magic == PCAP_MAGIC_US || magic == PCAP_MAGIC_NS || magic == PCAP_MAGIC_KUZNETSOV;
}

static bool pcap_knows(const uint8_t *head, size_t len)
{
	return len >= 4 &&
	       (known_magic(block_u32(head, false)) || known_magic(block_u32(head, true)));
}

static int pcap_open(void **state, struct block_reader *in, struct source_info *info,
		     struct fa_error *err)
{
	struct pcap_file *f;
	const uint8_t *p;
	uint16_t major, minor;
	uint32_t magic;
	bool big;
	int rc = block_need(in, PCAP_HEADER, err);

	if (rc < 0)
		return rc;
	if (rc == 0)
		return error_set(err, FA_EFORMAT,
				 "not a capture (only %zu bytes; a pcap header has %u)",
				 block_left(in), PCAP_HEADER);
	p = in->pos;
	big = !known_magic(block_u32(p, false));
	magic = block_u32(p, big);
	major = block_u16(p + 4, big);
	minor = block_u16(p + 6, big);
	if (major != 2)
		return error_set(err, FA_EUNSUPPORTED,
				 "offset 4: pcap version %u.%u is not supported, only 2.x; "
				 "convert the file with a newer program, or it is damaged",
				 major, minor);
	f = memory_array(1, sizeof(*f));
	if (f == NULL)
		return error_set(err, FA_ENOMEM, "out of memory");
	*f = (struct pcap_file){
		.big = big,
		.lengths = minor < 3   ? LENGTHS_WIRE_FIRST
			   : minor > 3 ? LENGTHS_CAPTURED_FIRST
				       : LENGTHS_SHORTER_IS_CAPTURED,
		.record = magic == PCAP_MAGIC_KUZNETSOV ? 24 : 16,
		.tick_ns = magic == PCAP_MAGIC_NS ? 1 : 1000,
		/*
		 * Above the 16 bits of the type are the length of the frame
		 * check sequence (4 bits), the bit that says it is known, and
		 * reserved bits that readers must not interpret.
		 */
		.linktype = reader_linktype((uint16_t)(block_u32(p + 20, big) & 0xffff)),
	};
	reader_snaplen(info, block_u32(p + 16, big));
	info->interfaces = 1;
	in->pos += PCAP_HEADER;
	*state = f;
	return 0;
}

static void swap_lengths(uint32_t *caplen, uint32_t *wirelen, enum pcap_lengths lengths)
{
	uint32_t first = *caplen;

	if (lengths == LENGTHS_SHORTER_IS_CAPTURED && *caplen <= *wirelen)
		return;
	*caplen = *wirelen;
	*wirelen = first;
}

/* Why pcap_fill() stopped: the batch is full, bytes are missing, the record cannot be. */
enum pcap_stop { STOP_FULL, STOP_SHORT, STOP_DAMAGED };

/**
 * pcap_fill() - Make frames of the records that are wholly at hand
 * @big:	@f->big, as a constant: the compiler makes one loop for each order
 * @count:	Frames made
 * @value:	STOP_SHORT: bytes needed; STOP_DAMAGED: the impossible length
 */
FA_INLINE enum pcap_stop pcap_fill(const struct pcap_file *f, bool big, struct block_reader *in,
				   struct source_info *info, struct frame *frames, int *count,
				   uint32_t *value)
{
	const uint8_t *p = in->pos, *const end = in->end;
	const uint32_t record = f->record, tick_ns = f->tick_ns;
	uint64_t number = info->frames;
	enum pcap_stop stop = STOP_FULL;
	int n;

	for (n = 0; n < FRAME_BATCH; n++) {
		size_t left = (size_t)(end - p);
		uint32_t caplen, wirelen;

		if (FA_UNLIKELY(left < record)) {
			*value = record;
			stop = STOP_SHORT;
			break;
		}
		caplen = block_u32(p + 8, big);
		wirelen = block_u32(p + 12, big);
		if (FA_UNLIKELY(f->lengths != LENGTHS_CAPTURED_FIRST))
			swap_lengths(&caplen, &wirelen, f->lengths);
		if (FA_UNLIKELY(caplen > FRAME_MAX)) {
			*value = caplen;
			stop = STOP_DAMAGED;
			break;
		}
		if (FA_UNLIKELY(caplen > left - record)) {
			*value = record + caplen;
			stop = STOP_SHORT;
			break;
		}
		frames[n] = (struct frame){
			.ts_ns = block_u32(p, big) * NS_PER_S +
				 (int64_t)block_u32(p + 4, big) * tick_ns,
			.number = ++number,
			.bytes = p + record,
			.caplen = caplen,
			.wirelen = MAX(wirelen, caplen),
			.linktype = f->linktype,
			.iface = 0,
			.has_time = 1,
		};
		p += record + caplen;
	}
	in->pos = p;
	info->frames = number;
	*count = n;
	return stop;
}

static int pcap_next(void *state, struct block_reader *in, struct source_info *info,
		     struct frame frames[static FRAME_BATCH], struct fa_error *err)
{
	const struct pcap_file *f = state;

	for (;;) {
		uint32_t value = 0;
		int count, rc;
		enum pcap_stop stop =
			f->big ? pcap_fill(f, true, in, info, frames, &count, &value)
			       : pcap_fill(f, false, in, info, frames, &count, &value);

		/* The bytes of these frames live until block_need(). */
		if (count > 0)
			return count;
		if (stop == STOP_DAMAGED)
			return error_set(err, FA_EFORMAT,
					 "offset %llu: record length %u is impossible (limit %u); "
					 "the file is damaged here, frames before it were read",
					 (unsigned long long)block_offset(in), value, FRAME_MAX);
		rc = block_need(in, value, err);
		if (rc < 0)
			return rc;
		if (rc == 0)
			return block_left(in) == 0 ? 0 : reader_truncated(in, info);
	}
}

const struct reader_ops pcap_file_reader = {
	.name = "pcap",
	.knows = pcap_knows,
	.open = pcap_open,
	.next = pcap_next,
	.close = free,
};
