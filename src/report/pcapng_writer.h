/*
 * pcapng blocks (draft-ietf-opsawg-pcapng) into memory of the caller: a section, and packets with
 * the interfaces they need.  In the byte order of this machine; times in nanoseconds.
 */
#ifndef FA_REPORT_PCAPNG_WRITER_H
#define FA_REPORT_PCAPNG_WRITER_H

#include <stddef.h>
#include <stdint.h>

#include "capture/frame.h"

#define PCAPNG_INTERFACES  256u
#define PCAPNG_COMMENT_MAX 160u /* bytes of a comment, with its NUL */
/* Most bytes of a section header, and of a packet of @caplen bytes with comment and interface. */
#define PCAPNG_SECTION_MAX        64u
#define PCAPNG_PACKET_MAX(caplen) ((caplen) + 256u)

/**
 * struct pcapng_writer - The interfaces of a section so far; zeroed but for @snaplen at its start
 * @snaplen:	That of every interface; 0: none
 */
struct pcapng_writer {
	uint32_t snaplen;
	uint32_t count;
	struct {
		uint16_t iface;
		uint16_t linktype;
	} interfaces[PCAPNG_INTERFACES];
};

/* Return: bytes put, at most PCAPNG_SECTION_MAX */
size_t pcapng_section(uint8_t *to);

/**
 * pcapng_packet() - An enhanced packet block, behind an interface block when it is the first of its
 *		     interface and link type
 * @room:	Bytes at @to
 * @frame:	Of at most FRAME_MAX bytes
 * @comment:	UTF-8, shorter than PCAPNG_COMMENT_MAX; or NULL
 *
 * Return: bytes put, whole blocks; 0 and nothing changed when they do not fit, or when the section
 *	   has PCAPNG_INTERFACES already
 */
size_t pcapng_packet(struct pcapng_writer *w, uint8_t *to, size_t room, const struct frame *frame,
		     const char *comment);

#endif
