/*
 * pcapng files (draft-ietf-opsawg-pcapng).
 *
 * A file is a row of blocks, each with its length at both ends.  A section
 * header sets the byte order and begins a new numbering of interfaces; each
 * interface has its own link type, snap length and clock.  Frames carry the
 * interface's number within the whole input.
 *
 * A block is looked at once it is wholly at hand: everything about it is
 * checked first and changes the state last, so that a damaged block met behind
 * good frames is simply met again by the next call.
 */
#include <stdlib.h>

#include "base/cursor.h"
#include "base/memory.h"
#include "capture/pcapng_time.h"
#include "capture/reader.h"

enum {
	NG_SECTION = 0x0a0d0d0a,
	NG_INTERFACE = 1,
	NG_PACKET = 2, /* obsolete since 2007; old dumpcap files have it */
	NG_SIMPLE = 3,
	NG_STATISTICS = 5,
	NG_ENHANCED = 6,
	NG_JOURNAL = 9,
	NG_CUSTOM = 0x0bad,
	NG_CUSTOM_NO_COPY = 0x40000bad,
};

enum {
	NG_MAGIC = 0x1a2b3c4d,
	NG_OPT_END = 0,
	NG_ISB_IFDROP = 5,
	NG_ISB_OSDROP = 7,
	NG_IF_TSRESOL = 9,
	NG_IF_FILTER = 11,
	NG_IF_TSOFFSET = 14,
};

#define NG_BLOCK_MIN   12u /* type, length, length */
#define NG_SECTION_MIN 28u
/* A frame names its interface in 16 bits. */
#define NG_INTERFACES_MAX 65536u

/* The counts of its last statistics block. */
struct ng_interface {
	struct pcapng_clock clock;
	uint32_t snaplen;
	uint16_t linktype;
	uint64_t ifdrop, osdrop;
};

/**
 * struct pcapng_file - Where the file is
 * @big:	Byte order of this section
 * @base:	Interfaces of the sections before
 * @others:	Records that Wireshark numbers though they hold no packet
 * @interfaces:	Of this section, @count of them
 */
struct pcapng_file {
	bool big;
	uint64_t others;
	size_t base;
	struct ng_interface *interfaces;
	size_t count, cap;
};

/**
 * struct ng_block - One block, wholly at hand
 * @type:	Its type
 * @big:	Byte order, of the block's own section for a section header
 * @offset:	Of its first byte in the input
 * @total:	Its length
 * @body:	What is between the lengths
 */
struct ng_block {
	uint32_t type;
	bool big;
	uint64_t offset;
	uint32_t total;
	struct cursor body;
};

static uint16_t ng_u16(const struct ng_block *b, struct cursor *c)
{
	return b->big ? cursor_be16(c) : cursor_le16(c);
}

static uint32_t ng_u32(const struct ng_block *b, struct cursor *c)
{
	return b->big ? cursor_be32(c) : cursor_le32(c);
}

static uint64_t ng_u64(const struct ng_block *b, struct cursor *c)
{
	uint64_t first = ng_u32(b, c), second = ng_u32(b, c);

	return b->big ? first << 32 | second : second << 32 | first;
}

static int damaged(const struct ng_block *b, struct fa_error *err, const char *what)
{
	return error_set(err, FA_EFORMAT,
			 "offset %llu: pcapng block of type %u, %u bytes: %s; the file is damaged "
			 "here, frames before it were read",
			 (unsigned long long)b->offset, b->type, b->total, what);
}

/* One option; @value covers it without its padding. */
struct ng_option {
	uint16_t code;
	uint16_t len;
	struct cursor value;
};

/**
 * ng_option() - Next option of a list
 * @c:	The rest of the block's body
 *
 * The list ends with opt_endofopt or with the block (section 3.5).
 *
 * Return: 1 an option; 0 the end; FA_EFORMAT when it passes the end of the block
 */
static int ng_option(const struct ng_block *b, struct cursor *c, struct ng_option *option,
		     struct fa_error *err)
{
	if (cursor_left(c) == 0)
		return 0;
	option->code = ng_u16(b, c);
	option->len = ng_u16(b, c);
	if (cursor_ok(c) && option->code == NG_OPT_END)
		return 0;
	option->value = cursor_sub(c, option->len);
	cursor_skip(c, -(size_t)option->len % 4);
	if (!cursor_ok(c))
		return error_set(err, FA_EFORMAT,
				 "offset %llu: pcapng block of type %u, %u bytes: option %u of %u "
				 "bytes is longer than its block; the file is damaged here, frames "
				 "before it were read",
				 (unsigned long long)b->offset, b->type, b->total, option->code,
				 option->len);
	return 1;
}

/* A new section: another byte order perhaps, and interfaces from 0 again. */
static int ng_section(struct pcapng_file *f, const struct ng_block *b, struct fa_error *err)
{
	struct cursor c = b->body;
	struct ng_option option;
	uint16_t major, minor;
	int rc;

	cursor_skip(&c, 4); /* the magic, which gave b->big */
	major = ng_u16(b, &c);
	minor = ng_u16(b, &c);
	/* The section's length is a hint for skipping it. */
	cursor_skip(&c, 8);
	if (major != 1)
		return error_set(err, FA_EUNSUPPORTED,
				 "offset %llu: pcapng version %u.%u is not supported, only 1.x",
				 (unsigned long long)b->offset, major, minor);
	while ((rc = ng_option(b, &c, &option, err)) > 0)
		;
	if (rc < 0)
		return rc;
	f->big = b->big;
	f->base += f->count;
	f->count = 0;
	return 0;
}

/* The first capture filter that is an expression (4.2: code 0) and not BPF bytes. */
static void keep_filter(struct source_info *info, struct ng_option *option)
{
	const uint8_t *text;
	size_t len;

	if (info->capture_filter[0] != '\0' || option->len < 2 || cursor_u8(&option->value) != 0)
		return;
	len = MIN(cursor_left(&option->value), sizeof(info->capture_filter) - 1);
	text = cursor_take(&option->value, len);
	memcpy(info->capture_filter, text, len);
	info->capture_filter[len] = '\0';
}

/* Return: 0; FA_EFORMAT when @option cannot be what its code says. */
static int interface_option(const struct ng_block *b, struct ng_option *option, uint8_t *tsresol,
			    int64_t *offset_s, struct fa_error *err)
{
	if (option->code == NG_IF_TSRESOL) {
		if (option->len != 1)
			return damaged(b, err, "its time resolution is not one byte");
		*tsresol = cursor_u8(&option->value);
	} else if (option->code == NG_IF_TSOFFSET) {
		if (option->len != 8)
			return damaged(b, err, "its time offset is not eight bytes");
		*offset_s = (int64_t)ng_u64(b, &option->value);
	}
	return 0;
}

static int ng_interface(struct pcapng_file *f, const struct ng_block *b, struct source_info *info,
			struct fa_error *err)
{
	struct ng_option option, filter = { 0 };
	struct ng_interface interface = { 0 };
	struct cursor c = b->body;
	uint8_t tsresol = 6;
	int64_t offset_s = 0;
	int rc;

	interface.linktype = reader_linktype(ng_u16(b, &c));
	cursor_skip(&c, 2);
	interface.snaplen = ng_u32(b, &c);
	if (!cursor_ok(&c))
		return damaged(b, err, "too short for an interface description");
	while ((rc = ng_option(b, &c, &option, err)) > 0) {
		rc = interface_option(b, &option, &tsresol, &offset_s, err);
		if (rc != 0)
			return rc;
		if (option.code == NG_IF_FILTER && filter.code == 0)
			filter = option;
	}
	if (rc < 0)
		return rc;
	if (f->base + f->count >= NG_INTERFACES_MAX)
		return damaged(b, err, "more than 65536 interfaces in one input");
	if (memory_grow(&f->interfaces, &f->cap, f->count + 1, sizeof(*f->interfaces)) != 0)
		return error_set(err, FA_ENOMEM, "out of memory for an interface");
	interface.clock = pcapng_clock(tsresol, offset_s);
	f->interfaces[f->count++] = interface;
	info->interfaces++;
	reader_snaplen(info, interface.snaplen);
	keep_filter(info, &filter);
	return 0;
}

/*
 * A count of dropped frames.  Some are differences of two readings of a driver
 * whose counter went back in between, in 32 bits or in 64: below zero, and worth
 * nothing.
 */
static uint64_t ng_drops(uint64_t count, uint64_t before, struct source_info *info)
{
	if ((count >> 31) != 1 && count >> 63 == 0)
		return count;
	info->drops_below_zero = true;
	return before;
}

/* Later blocks replace the counts of earlier ones: they count since the start (4.6). */
static int ng_statistics(struct pcapng_file *f, const struct ng_block *b, struct source_info *info,
			 struct fa_error *err)
{
	struct cursor c = b->body;
	struct ng_option option;
	struct ng_interface *interface;
	uint64_t ifdrop, osdrop;
	bool told = false;
	uint32_t id = ng_u32(b, &c);
	int rc;

	cursor_skip(&c, 8);
	if (!cursor_ok(&c))
		return damaged(b, err, "too short for interface statistics");
	if (id >= f->count)
		return damaged(b, err, "statistics of an interface that was not declared");
	interface = &f->interfaces[id];
	ifdrop = interface->ifdrop;
	osdrop = interface->osdrop;
	while ((rc = ng_option(b, &c, &option, err)) > 0) {
		if (option.len != 8)
			continue;
		if (option.code == NG_ISB_IFDROP)
			ifdrop = ng_drops(ng_u64(b, &option.value), ifdrop, info);
		else if (option.code == NG_ISB_OSDROP)
			osdrop = ng_drops(ng_u64(b, &option.value), osdrop, info);
		told = told || option.code == NG_ISB_IFDROP || option.code == NG_ISB_OSDROP;
	}
	if (rc < 0)
		return rc;
	info->interface_drops += ifdrop - interface->ifdrop;
	info->kernel_drops += osdrop - interface->osdrop;
	info->has_drops = info->has_drops || told;
	interface->ifdrop = ifdrop;
	interface->osdrop = osdrop;
	return 0;
}

/* The interface that a packet names, or NULL with @err filled. */
static const struct ng_interface *packet_interface(const struct pcapng_file *f,
						   const struct ng_block *b, uint32_t id,
						   struct fa_error *err)
{
	if (FA_LIKELY(id < f->count))
		return &f->interfaces[id];
	error_set(err, FA_EFORMAT,
		  "offset %llu: packet of interface %u, but the section declares %zu; the file is "
		  "damaged here, frames before it were read",
		  (unsigned long long)b->offset, id, f->count);
	return NULL;
}

/* Enhanced and obsolete packet blocks, which differ in their first word (4.3, appendix A). */
static int ng_packet(const struct pcapng_file *f, const struct ng_block *b, struct frame *frame,
		     struct fa_error *err)
{
	const struct ng_interface *interface;
	struct cursor c = b->body;
	/* One check for all fields: this is the path of every packet. */
	const uint8_t *p = cursor_take(&c, 20), *bytes;
	uint32_t id, caplen, wirelen;
	uint64_t ticks;

	if (FA_UNLIKELY(p == NULL))
		return damaged(b, err, "too short for a packet");
	/* The obsolete block has a count of drops in the other half of its first word. */
	id = b->type == NG_PACKET ? block_u16(p, b->big) : block_u32(p, b->big);
	ticks = (uint64_t)block_u32(p + 4, b->big) << 32 | block_u32(p + 8, b->big);
	caplen = block_u32(p + 12, b->big);
	wirelen = block_u32(p + 16, b->big);
	interface = packet_interface(f, b, id, err);
	if (interface == NULL)
		return FA_EFORMAT;
	bytes = cursor_take(&c, caplen);
	if (FA_UNLIKELY(bytes == NULL || caplen > FRAME_MAX))
		return error_set(err, FA_EFORMAT,
				 "offset %llu: packet length %u is impossible (block of %u bytes, "
				 "limit %u); the file is damaged here, frames before it were read",
				 (unsigned long long)b->offset, caplen, b->total, FRAME_MAX);
	*frame = (struct frame){
		.ts_ns = pcapng_time(&interface->clock, ticks),
		.bytes = bytes,
		.caplen = caplen,
		.wirelen = MAX(wirelen, caplen),
		.linktype = interface->linktype,
		.iface = (uint16_t)(f->base + id), /* < NG_INTERFACES_MAX */
		.has_time = 1,
	};
	return 1;
}

/* A simple packet: interface 0, no time, the captured length left to be worked out (4.4). */
static int ng_simple(const struct pcapng_file *f, const struct ng_block *b, struct frame *frame,
		     struct fa_error *err)
{
	const struct ng_interface *interface;
	struct cursor c = b->body;
	uint32_t wirelen = ng_u32(b, &c), caplen = wirelen;
	const uint8_t *bytes;

	if (!cursor_ok(&c))
		return damaged(b, err, "too short for a packet");
	interface = packet_interface(f, b, 0, err);
	if (interface == NULL)
		return FA_EFORMAT;
	if (interface->snaplen != 0)
		caplen = MIN(caplen, interface->snaplen);
	bytes = cursor_take(&c, caplen);
	if (bytes == NULL || caplen > FRAME_MAX)
		return error_set(err, FA_EFORMAT,
				 "offset %llu: packet length %u is impossible (block of %u bytes, "
				 "limit %u); the file is damaged here, frames before it were read",
				 (unsigned long long)b->offset, caplen, b->total, FRAME_MAX);
	*frame = (struct frame){
		.bytes = bytes,
		.caplen = caplen,
		.wirelen = wirelen,
		.linktype = interface->linktype,
		.iface = (uint16_t)f->base,
	};
	return 1;
}

/* Return: 1 when @frame was filled; 0 when the block held none; an enum fa_code. */
static int ng_use(struct pcapng_file *f, const struct ng_block *b, struct source_info *info,
		  struct frame *frame, struct fa_error *err)
{
	switch (b->type) {
	case NG_ENHANCED:
	case NG_PACKET:
		return ng_packet(f, b, frame, err);
	case NG_SIMPLE:
		return ng_simple(f, b, frame, err);
	case NG_INTERFACE:
		return ng_interface(f, b, info, err);
	case NG_STATISTICS:
		return ng_statistics(f, b, info, err);
	case NG_SECTION:
		return ng_section(f, b, err);
	case NG_JOURNAL:
	case NG_CUSTOM:
	case NG_CUSTOM_NO_COPY:
		/* Wireshark (4.0.17) lists these in its packet list, under a number. */
		f->others++;
		info->skipped_blocks++;
		return 0;
	default:
		/* Names, secrets and what is not known: nothing of ours. */
		info->skipped_blocks++;
		return 0;
	}
}

/**
 * ng_at_hand() - The next block, if all of it is there
 * @big:	Byte order of the section so far
 * @need:	When it is not: bytes to ask for
 *
 * Return: 1, 0, or FA_EFORMAT
 */
static int ng_at_hand(bool big, const struct block_reader *in, struct ng_block *b, size_t *need,
		      struct fa_error *err)
{
	const uint8_t *p = in->pos;
	size_t left = block_left(in);

	*need = 8;
	if (left < *need)
		return 0;
	b->big = big;
	b->type = block_u32(p, big);
	b->offset = block_offset(in);
	if (FA_UNLIKELY(b->type == NG_SECTION)) {
		/* The type reads the same both ways; the magic after the length tells the order. */
		*need = 12;
		if (left < *need)
			return 0;
		b->big = block_u32(p + 8, true) == NG_MAGIC;
		b->total = block_u32(p + 4, b->big);
		if (!b->big && block_u32(p + 8, false) != NG_MAGIC)
			return damaged(b, err, "a section header without its byte-order magic");
	}
	b->total = block_u32(p + 4, b->big);
	if (FA_UNLIKELY(b->total < (b->type == NG_SECTION ? NG_SECTION_MIN : NG_BLOCK_MIN) ||
			b->total % 4 != 0 || b->total > BLOCK_MAX))
		return error_set(err, FA_EFORMAT,
				 "offset %llu: pcapng block length %u is impossible (a multiple of "
				 "4, limit %zu); the file is damaged here, frames before it were "
				 "read",
				 (unsigned long long)b->offset, b->total, BLOCK_MAX);
	*need = b->total;
	if (left < b->total)
		return 0;
	if (FA_UNLIKELY(block_u32(p + b->total - 4, b->big) != b->total))
		return error_set(err, FA_EFORMAT,
				 "offset %llu: pcapng block of %u bytes says %u at its end; the "
				 "file is damaged here, frames before it were read",
				 (unsigned long long)b->offset, b->total,
				 block_u32(p + b->total - 4, b->big));
	b->body = cursor_over(p + 8, b->total - NG_BLOCK_MIN);
	return 1;
}

static bool pcapng_knows(const uint8_t *head, size_t len)
{
	return len >= 4 && block_u32(head, false) == NG_SECTION;
}

/* The first block is the section header that pcapng_knows() saw; a cut one is no file. */
static int first_section(struct pcapng_file *f, struct block_reader *in, struct fa_error *err)
{
	struct ng_block b;
	size_t need;
	int rc;

	while ((rc = ng_at_hand(false, in, &b, &need, err)) == 0) {
		rc = block_need(in, need, err);
		if (rc < 0)
			return rc;
		if (rc == 0)
			return error_set(err, FA_EFORMAT,
					 "not a capture (only %zu bytes; its pcapng section header "
					 "has %zu or more)",
					 block_left(in), MAX(need, (size_t)NG_SECTION_MIN));
	}
	if (rc > 0)
		rc = ng_section(f, &b, err);
	if (rc == 0)
		in->pos += b.total;
	return rc;
}

static void pcapng_close(void *state)
{
	struct pcapng_file *f = state;

	if (f != NULL)
		free(f->interfaces);
	free(f);
}

static int pcapng_open(void **state, struct block_reader *in, struct source_info *info,
		       struct fa_error *err)
{
	struct pcapng_file *f = memory_array(1, sizeof(*f));
	int rc;

	(void)info;
	if (f == NULL)
		return error_set(err, FA_ENOMEM, "out of memory");
	rc = first_section(f, in, err);
	if (rc != 0) {
		pcapng_close(f);
		return rc;
	}
	*state = f;
	return 0;
}

/* Fill a batch from the blocks at hand.  Return: as ng_at_hand(), of the block that stopped it. */
static int pcapng_fill(struct pcapng_file *f, struct block_reader *in, struct source_info *info,
		       struct frame *frames, int *count, size_t *need, struct fa_error *err)
{
	*count = 0;
	while (*count < FRAME_BATCH) {
		struct frame *frame = &frames[*count];
		struct ng_block b;
		int rc = ng_at_hand(f->big, in, &b, need, err);

		if (rc <= 0)
			return rc;
		rc = ng_use(f, &b, info, frame, err);
		if (rc < 0)
			return rc;
		if (rc > 0) {
			frame->number = ++info->frames + f->others;
			++*count;
		}
		in->pos += b.total;
	}
	return 1;
}

static int pcapng_next(void *state, struct block_reader *in, struct source_info *info,
		       struct frame frames[static FRAME_BATCH], struct fa_error *err)
{
	struct pcapng_file *f = state;

	for (;;) {
		size_t need = 0;
		int count, rc = pcapng_fill(f, in, info, frames, &count, &need, err);

		/* The bytes of these frames live until block_need(). */
		if (count > 0)
			return count;
		if (rc < 0)
			return rc;
		rc = block_need(in, need, err);
		if (rc < 0)
			return rc;
		if (rc == 0)
			return block_left(in) == 0 ? 0 : reader_truncated(in, info);
	}
}

const struct reader_ops pcapng_file_reader = {
	.name = "pcapng",
	.knows = pcapng_knows,
	.open = pcapng_open,
	.next = pcapng_next,
	.close = pcapng_close,
};
