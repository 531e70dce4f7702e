/* Private to packet/: the same packet captured twice, by SPAN, -i any or on both sides of a box. */
#ifndef FA_PACKET_DUPLICATE_H
#define FA_PACKET_DUPLICATE_H

#include "packet/fragment.h"

/*
 * Two captures of one packet are at most this far apart, and packets that a
 * sender repeats are further; duplicate.c argues.  Less where the packet has no
 * identification.
 */
#define DUPLICATE_WINDOW_NS       (10 * NS_PER_MS)
#define DUPLICATE_WINDOW_NO_ID_NS NS_PER_MS

/* Packets remembered: at a million a second the copies of 2 ms, and 10 ms at 200,000. */
#define DUPLICATE_PACKETS 2048u

struct duplicates;
struct walk;

/**
 * duplicates_new() - Take all memory that it will ever use, 112 KiB
 * @seed:	0: a random key
 * @vlans_apart: The same packet with another VLAN id is another packet
 *
 * Return: owned by the caller: duplicates_free(); NULL without memory
 */
struct duplicates *duplicates_new(uint64_t seed, bool vlans_apart);
void duplicates_free(struct duplicates *d);

/**
 * duplicate_packet() - Was this packet captured a moment ago?  If not, remember it
 * @w:	At the end of its walk, @w->transport is set
 *
 * Return: true for a copy
 */
bool duplicate_packet(struct duplicates *d, const struct walk *w);

/* The same of a fragment, before it is put together. */
bool duplicate_fragment(struct duplicates *d, const struct walk *w, const struct fragment *piece);

#endif
