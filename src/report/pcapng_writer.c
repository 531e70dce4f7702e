/* pcapng blocks, as far as packets to look at later need them. */
#include "report/pcapng_writer.h"

#include <stdbool.h>
#include <string.h>

enum {
	NG_SECTION = 0x0a0d0d0a,
	NG_INTERFACE = 1,
	NG_ENHANCED = 6,
	NG_MAGIC = 0x1a2b3c4d,
	NG_OPT_COMMENT = 1,
	NG_SHB_USERAPPL = 4,
	NG_IF_TSRESOL = 9,
};

#define NG_INTERFACE_BYTES 32u

static uint8_t *put16(uint8_t *to, uint16_t v)
{
	memcpy(to, &v, sizeof(v));
	return to + sizeof(v);
}

static uint8_t *put32(uint8_t *to, uint32_t v)
{
	memcpy(to, &v, sizeof(v));
	return to + sizeof(v);
}

/* Bytes with zeros behind them up to a multiple of 4. */
static uint8_t *put_padded(uint8_t *to, const void *bytes, size_t len)
{
	memcpy(to, bytes, len);
	memset(to + len, 0, -len % 4);
	return to + len + -len % 4;
}

static size_t padded(size_t len)
{
	return len + -len % 4;
}

static uint8_t *put_option(uint8_t *to, uint16_t code, const void *value, size_t len)
{
	return put_padded(put16(put16(to, code), (uint16_t)len), value, len);
}

/* opt_endofopt, and the block's length at both of its ends.  Return: the length */
static size_t put_end(uint8_t *block, uint8_t *to, bool options)
{
	size_t len;

	if (options)
		to = put32(to, 0);
	len = (size_t)(to - block) + 4;
	put32(to, (uint32_t)len);
	put32(block + 4, (uint32_t)len);
	return len;
}

size_t pcapng_section(uint8_t *to)
{
	static const char application[] = "flowaudit " FA_VERSION;
	uint8_t *block = to;

	to = put32(to, NG_SECTION);
	to = put32(to, 0);
	to = put32(to, NG_MAGIC);
	to = put16(put16(to, 1), 0);
	/* Its length is not known. */
	to = put32(put32(to, UINT32_MAX), UINT32_MAX);
	to = put_option(to, NG_SHB_USERAPPL, application, sizeof(application) - 1);
	return put_end(block, to, true);
}

static size_t put_interface(uint8_t *to, uint16_t linktype, uint32_t snaplen)
{
	static const uint8_t nanoseconds = 9;
	uint8_t *block = to;

	to = put32(to, NG_INTERFACE);
	to = put32(to, 0);
	to = put16(put16(to, linktype), 0);
	to = put32(to, snaplen);
	to = put_option(to, NG_IF_TSRESOL, &nanoseconds, 1);
	return put_end(block, to, true);
}

static size_t put_packet(uint8_t *to, uint32_t id, const struct frame *frame, const char *comment)
{
	uint64_t ts = (uint64_t)frame->ts_ns;
	uint8_t *block = to;

	to = put32(to, NG_ENHANCED);
	to = put32(to, 0);
	to = put32(to, id);
	to = put32(put32(to, (uint32_t)(ts >> 32)), (uint32_t)ts);
	to = put32(put32(to, frame->caplen), frame->wirelen);
	to = put_padded(to, frame->bytes, frame->caplen);
	if (comment != NULL)
		to = put_option(to, NG_OPT_COMMENT, comment, strlen(comment));
	return put_end(block, to, comment != NULL);
}

size_t pcapng_packet(struct pcapng_writer *w, uint8_t *to, size_t room, const struct frame *frame,
		     const char *comment)
{
	size_t need = 32 + padded(frame->caplen), put = 0;
	uint32_t id = 0;

	if (comment != NULL)
		need += 8 + padded(strlen(comment));
	while (id < w->count && (w->interfaces[id].iface != frame->iface ||
				 w->interfaces[id].linktype != frame->linktype))
		id++;
	if (id == w->count)
		need += NG_INTERFACE_BYTES;
	if (need > room || id == PCAPNG_INTERFACES)
		return 0;
	if (id == w->count) {
		w->interfaces[id].iface = frame->iface;
		w->interfaces[id].linktype = frame->linktype;
		w->count++;
		put = put_interface(to, frame->linktype, w->snaplen);
	}
	return put + put_packet(to + put, id, frame, comment);
}
