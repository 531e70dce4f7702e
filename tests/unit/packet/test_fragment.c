/* fragment.c: reassembly through the decoder, and the bounds it keeps. */
#include "packet/frames.h"

#include <stdlib.h>
#include <string.h>

#include "packet/fragment.h"

static struct bytes frame;
static struct seen s;
static struct decoder *dec;

static void start(size_t bytes)
{
	struct decoder_options options = DECODER_DEFAULTS;

	options.fragment_bytes = bytes;
	options.checksums = true;
	options.keep_duplicates = true; /* what the store does with them */
	FA_ASSERT(decoder_new(&dec, &options, NULL) == 0);
}

static struct decoder_stats stop(void)
{
	struct decoder_stats stats;

	decoder_stats(dec, &stats);
	decoder_free(dec);
	dec = NULL;
	return stats;
}

/* A UDP datagram 1000 -> 2000 whose payload counts up from @seed, as one run of bytes. */
static void make_datagram(struct bytes *d, size_t len, unsigned seed)
{
	d->n = 0;
	put_udp(d, 1000, 2000);
	set16(d, 4, (unsigned)len);
	while (d->n < len)
		put8(d, (unsigned)(d->n + seed) & 0xff);
}

static bool is_datagram(const struct seen *got, size_t len, unsigned seed)
{
	if (got->f.class != CLASS_UDP || got->f.sport != 1000 || got->f.dport != 2000 ||
	    got->f.payload_len != len - 8 || got->f.payload_wire != len - 8 || !got->f.fragmented)
		return false;
	for (size_t i = 0; i < len - 8; i++) {
		if (got->payload[i] != (uint8_t)(i + 8 + seed))
			return false;
	}
	return true;
}

/* One IPv4 fragment of @d: bytes from @at, @n of them. */
static void make_piece(const struct bytes *d, unsigned id, size_t at, size_t n)
{
	size_t ip;

	frame.n = 0;
	put_ethernet(&frame, 0x0800);
	ip = put_ip4(&frame, 17, 1);
	set16(&frame, ip + 4, id);
	set16(&frame, ip + 6, (unsigned)(at / 8) | (at + n < d->n ? 0x2000 : 0));
	put(&frame, d->b + at, n);
	end_ip4(&frame, ip);
}

static unsigned send_at(int64_t ts_ns)
{
	see_with(dec, &frame, frame.n, frame.n, 1, ts_ns, &s);
	return s.f.class;
}

static unsigned send_piece(const struct bytes *d, unsigned id, size_t at, size_t n)
{
	make_piece(d, id, at, n);
	return send_at(0);
}

static struct bytes whole;

static void pieces_complete_in_any_order(void)
{
	static const uint8_t at[4] = { 0, 16, 40, 48 };
	static const uint8_t n[4] = { 16, 24, 8, 5 };
	unsigned orders = 0;

	start(1 << 16);
	make_datagram(&whole, 53, 3);
	for (unsigned code = 0; code < 256; code++) {
		unsigned order[4] = { code & 3, code >> 2 & 3, code >> 4 & 3, code >> 6 };

		if ((1u << order[0] | 1u << order[1] | 1u << order[2] | 1u << order[3]) != 15)
			continue;
		orders++;
		for (unsigned i = 0; i < 3; i++) {
			CU_ASSERT_EQUAL(send_piece(&whole, code, at[order[i]], n[order[i]]),
					CLASS_FRAGMENT);
			CU_ASSERT(s.f.fragmented);
			CU_ASSERT_EQUAL(s.f.l4, 0);
			CU_ASSERT_EQUAL(s.f.payload_len, 0);
		}
		send_piece(&whole, code, at[order[3]], n[order[3]]);
		CU_ASSERT(is_datagram(&s, 53, 3));
		CU_ASSERT_EQUAL(s.f.ip_len, 73);
	}
	CU_ASSERT_EQUAL(orders, 24);
	CU_ASSERT_EQUAL(stop().datagrams, 24);
}

static void a_piece_that_comes_twice_is_ignored(void)
{
	struct decoder_stats stats;

	start(1 << 16);
	make_datagram(&whole, 40, 0);
	send_piece(&whole, 1, 0, 16);
	CU_ASSERT_EQUAL(send_piece(&whole, 1, 0, 16), CLASS_FRAGMENT);
	send_piece(&whole, 1, 32, 8);
	CU_ASSERT_EQUAL(send_piece(&whole, 1, 32, 8), CLASS_FRAGMENT);
	CU_ASSERT_EQUAL(send_piece(&whole, 1, 16, 16), CLASS_UDP);
	CU_ASSERT(is_datagram(&s, 40, 0));
	stats = stop();
	CU_ASSERT_EQUAL(stats.fragments, 5);
	CU_ASSERT_EQUAL(stats.datagrams, 1);
	CU_ASSERT_EQUAL(stats.abandoned, 0);
	CU_ASSERT_EQUAL(stats.overlaps, 0);
}

/* Send @at, @n after 0-15 and 32-39 of 40 bytes; the datagram must be void. */
static void overlap(size_t at, size_t n, bool changed)
{
	struct decoder_stats stats;

	start(1 << 16);
	make_datagram(&whole, 40, 0);
	send_piece(&whole, 1, 0, 16);
	send_piece(&whole, 1, 32, 8);
	make_piece(&whole, 1, at, n);
	if (changed)
		frame.b[frame.n - 1] ^= 1;
	CU_ASSERT_EQUAL(send_at(0), CLASS_FRAGMENT);
	/* What would have completed it does not, neither now nor from the start. */
	CU_ASSERT_EQUAL(send_piece(&whole, 1, 16, 16), CLASS_FRAGMENT);
	CU_ASSERT_EQUAL(send_piece(&whole, 1, 0, 16), CLASS_FRAGMENT);
	CU_ASSERT_EQUAL(send_piece(&whole, 1, 32, 8), CLASS_FRAGMENT);
	stats = stop();
	CU_ASSERT_EQUAL(stats.datagrams, 0);
	CU_ASSERT_EQUAL(stats.overlaps, 1);
	CU_ASSERT_EQUAL(stats.abandoned, 1);
}

static void an_overlap_makes_the_datagram_void(void)
{
	overlap(0, 24, false);  /* over the first */
	overlap(8, 16, false);  /* from within the first */
	overlap(16, 24, false); /* over the last */
	overlap(24, 16, false);
	overlap(0, 32, false); /* over the first and the gap */
	overlap(8, 32, false); /* over all but the front */
	overlap(8, 8, false);  /* inside */
	overlap(0, 8, false);
	overlap(0, 16, true); /* the same place, other bytes */
}

static void a_void_datagram_ends_with_its_time(void)
{
	start(1 << 16);
	make_datagram(&whole, 40, 0);
	send_piece(&whole, 1, 0, 16);
	send_piece(&whole, 1, 0, 24);
	make_piece(&whole, 1, 0, 32);
	CU_ASSERT_EQUAL(send_at(60 * NS_PER_S + 1), CLASS_FRAGMENT);
	make_piece(&whole, 1, 32, 8);
	CU_ASSERT_EQUAL(send_at(60 * NS_PER_S + 2), CLASS_UDP);
	CU_ASSERT_EQUAL(stop().abandoned, 1);
}

static void two_ends_contradict(void)
{
	struct decoder_stats stats;

	start(1 << 16);
	make_datagram(&whole, 40, 0);
	send_piece(&whole, 1, 32, 8);
	make_datagram(&whole, 56, 0);
	CU_ASSERT_EQUAL(send_piece(&whole, 1, 48, 8), CLASS_FRAGMENT); /* a second end */
	send_piece(&whole, 2, 48, 8);
	make_datagram(&whole, 80, 0);
	send_piece(&whole, 2, 64, 8); /* behind the end */
	send_piece(&whole, 3, 64, 8);
	make_datagram(&whole, 56, 0);
	send_piece(&whole, 3, 48, 8); /* an end in front of a piece */
	stats = stop();
	CU_ASSERT_EQUAL(stats.abandoned, 3);
	CU_ASSERT_EQUAL(stats.overlaps, 0);
}

static void the_timeout_counts_from_the_first_piece(void)
{
	start(1 << 16);
	make_datagram(&whole, 40, 0);
	make_piece(&whole, 1, 0, 16);
	send_at(5);
	make_piece(&whole, 2, 0, 16);
	send_at(5);
	make_piece(&whole, 1, 16, 24);
	CU_ASSERT_EQUAL(send_at(5 + 60 * NS_PER_S), CLASS_UDP); /* the last moment */
	make_piece(&whole, 2, 16, 24);
	CU_ASSERT_EQUAL(send_at(6 + 60 * NS_PER_S), CLASS_FRAGMENT); /* one past */
	CU_ASSERT_EQUAL(stop().abandoned, 1);
}

static void a_clock_that_steps_does_no_harm(void)
{
	start(1 << 16);
	make_datagram(&whole, 40, 0);
	make_piece(&whole, 1, 0, 16);
	send_at(100 * NS_PER_S);
	make_piece(&whole, 1, 16, 24);
	CU_ASSERT_EQUAL(send_at(0), CLASS_UDP); /* back */
	make_piece(&whole, 2, 0, 16);
	send_at(0);
	make_piece(&whole, 2, 16, 24);
	CU_ASSERT_EQUAL(send_at(99 * NS_PER_S), CLASS_UDP); /* from when it was 100 */
	make_piece(&whole, 3, 0, 16);
	send_at(INT64_MIN);
	make_piece(&whole, 4, 0, 16);
	send_at(INT64_MAX);
	make_piece(&whole, 4, 16, 24);
	CU_ASSERT_EQUAL(send_at(INT64_MIN), CLASS_UDP);
	CU_ASSERT_EQUAL(stop().abandoned, 1);
}

static void memory_is_bounded_and_the_oldest_goes_first(void)
{
	struct decoder_stats stats;
	unsigned live = 0;

	/* 8,192 bytes hold 16 datagrams, and 15 pieces of 512 bytes. */
	start(8192);
	make_datagram(&whole, 600, 0);
	for (unsigned id = 1; id <= 100; id++)
		CU_ASSERT_EQUAL(send_piece(&whole, id, 0, 512), CLASS_FRAGMENT);
	/* Small second pieces, newest first: the newest are still there. */
	for (unsigned id = 100; id >= 1; id--) {
		if (send_piece(&whole, id, 512, 88) != CLASS_UDP)
			break;
		CU_ASSERT(is_datagram(&s, 600, 0));
		live++;
	}
	CU_ASSERT(live >= 8 && live <= 15);
	stats = stop();
	CU_ASSERT_EQUAL(stats.datagrams, live);
	CU_ASSERT(stats.abandoned >= 85);
}

static void a_datagram_larger_than_memory_is_given_up(void)
{
	start(2048);
	make_datagram(&whole, 6000, 0);
	for (size_t at = 0; at < 6000; at += 1000)
		CU_ASSERT_EQUAL(send_piece(&whole, 1, at, 1000), CLASS_FRAGMENT);
	make_datagram(&whole, 4096, 0);
	CU_ASSERT_EQUAL(send_piece(&whole, 2, 0, 4000), CLASS_FRAGMENT); /* more than all of it */
	make_datagram(&whole, 64, 0);
	send_piece(&whole, 3, 0, 32);
	CU_ASSERT_EQUAL(send_piece(&whole, 3, 32, 32), CLASS_UDP);
	CU_ASSERT_EQUAL(stop().datagrams, 1);

	/* The last piece drives out the first one of its own datagram. */
	start(2048);
	make_datagram(&whole, 2000, 0);
	CU_ASSERT_EQUAL(send_piece(&whole, 1, 0, 1000), CLASS_FRAGMENT);
	CU_ASSERT_EQUAL(send_piece(&whole, 1, 1000, 1000), CLASS_FRAGMENT);
	CU_ASSERT_EQUAL(stop().abandoned, 1);
}

static void without_memory_every_fragment_is_counted(void)
{
	struct decoder_stats stats;

	start(0);
	make_datagram(&whole, 40, 0);
	CU_ASSERT_EQUAL(send_piece(&whole, 1, 0, 16), CLASS_FRAGMENT);
	CU_ASSERT_EQUAL(send_piece(&whole, 1, 16, 24), CLASS_FRAGMENT);
	stats = stop();
	CU_ASSERT_EQUAL(stats.fragments, 2);
	CU_ASSERT_EQUAL(stats.datagrams, 0);
}

static void datagrams_are_told_apart_by_their_whole_key(void)
{
	start(1 << 16);
	make_datagram(&whole, 40, 0);
	send_piece(&whole, 1, 0, 16);
	make_piece(&whole, 2, 16, 24); /* identification */
	CU_ASSERT_EQUAL(send_at(0), CLASS_FRAGMENT);
	make_piece(&whole, 1, 16, 24);
	frame.b[14 + 9] = 6; /* protocol */
	CU_ASSERT_EQUAL(send_at(0), CLASS_FRAGMENT);
	make_piece(&whole, 1, 16, 24);
	frame.b[14 + 15] ^= 2; /* source */
	CU_ASSERT_EQUAL(send_at(0), CLASS_FRAGMENT);
	make_piece(&whole, 1, 16, 24);
	frame.b[14 + 19] ^= 2; /* destination */
	CU_ASSERT_EQUAL(send_at(0), CLASS_FRAGMENT);
	CU_ASSERT_EQUAL(send_piece(&whole, 1, 16, 24), CLASS_UDP);
	stop();
}

/* With two chains for all datagrams, what differs in one byte meets in one of them. */
static void datagrams_that_share_a_chain_are_told_apart(void)
{
	/* In the frame: identification, protocol, source, destination. */
	static const size_t key_bytes[] = { 14 + 5, 14 + 9, 14 + 15, 14 + 19 };

	start(1024);
	make_datagram(&whole, 40, 0);
	for (unsigned i = 1; i < 200; i++) {
		send_piece(&whole, 1, 0, 16);
		make_piece(&whole, 1, 16, 24);
		frame.b[key_bytes[i % 4]] ^= (uint8_t)i;
		CU_ASSERT_EQUAL(send_at(0), CLASS_FRAGMENT);
	}
	CU_ASSERT_EQUAL(stop().datagrams, 0);
}

static void a_void_datagram_outlives_its_pieces(void)
{
	start(8192);
	make_datagram(&whole, 40, 0);
	send_piece(&whole, 1, 0, 16);
	send_piece(&whole, 1, 8, 16); /* overlaps */
	for (unsigned id = 2; id < 12; id++) {
		make_datagram(&whole, 4000, id);
		send_piece(&whole, id, 0, 2000);
		CU_ASSERT_EQUAL(send_piece(&whole, id, 2000, 2000), CLASS_UDP);
	}
	make_datagram(&whole, 40, 0);
	CU_ASSERT_EQUAL(send_piece(&whole, 1, 0, 16), CLASS_FRAGMENT);
	CU_ASSERT_EQUAL(send_piece(&whole, 1, 16, 24), CLASS_FRAGMENT);
	CU_ASSERT_EQUAL(stop().abandoned, 1);
}

static void lengths_no_fragment_can_have_are_malformed(void)
{
	struct decoder_stats stats;

	start(1 << 20);
	make_datagram(&whole, 40, 0);
	CU_ASSERT_EQUAL(send_piece(&whole, 1, 0, 12), CLASS_MALFORMED_IP); /* not a multiple of 8 */
	CU_ASSERT_EQUAL(send_piece(&whole, 1, 0, 0), CLASS_MALFORMED_IP);
	make_datagram(&whole, 65536, 0);
	CU_ASSERT_EQUAL(send_piece(&whole, 1, 65528, 8), CLASS_MALFORMED_IP); /* past 65,535 */
	stats = stop();
	CU_ASSERT_EQUAL(stats.fragments, 3);
	CU_ASSERT_EQUAL(stats.abandoned, 0);
}

static void the_largest_datagram_is_put_together(void)
{
	start(1 << 20);
	make_datagram(&whole, 65535, 9);
	CU_ASSERT_EQUAL(send_piece(&whole, 1, 65528, 7), CLASS_FRAGMENT);
	for (size_t k = 1; k <= 15; k++)
		CU_ASSERT_EQUAL(send_piece(&whole, 1, 65528 - k * 4096, 4096), CLASS_FRAGMENT);
	/* 65,528 is 15 times 4,096 and 4,088: the front is shorter. */
	CU_ASSERT_EQUAL(send_piece(&whole, 1, 0, 65528 - 15 * 4096), CLASS_UDP);
	CU_ASSERT(is_datagram(&s, 65535, 9));
	stop();
}

static void too_many_pieces_make_it_void(void)
{
	for (size_t pieces = FRAGMENT_MAX_PIECES; pieces <= FRAGMENT_MAX_PIECES + 1; pieces++) {
		unsigned class = CLASS_COUNT;

		start(1 << 20);
		make_datagram(&whole, pieces * 8, 0);
		for (size_t at = 0; at < whole.n; at += 8)
			class = send_piece(&whole, 1, at, 8);
		CU_ASSERT_EQUAL(class, pieces == FRAGMENT_MAX_PIECES ? CLASS_UDP : CLASS_FRAGMENT);
		CU_ASSERT_EQUAL(stop().abandoned, pieces == FRAGMENT_MAX_PIECES ? 0 : 1);
	}
}

/* One IPv6 fragment of @d, behind a hop-by-hop header; @next is what its header says. */
static unsigned send_piece6(const struct bytes *d, unsigned long id, size_t at, size_t n,
			    unsigned next)
{
	size_t ip;

	frame.n = 0;
	put_ethernet(&frame, 0x86dd);
	ip = put_ip6(&frame, 0, 1);
	put_hex(&frame, "2c00 0104 00000000");
	put8(&frame, next);
	put8(&frame, 0);
	put16(&frame, (unsigned)at | (at + n < d->n));
	put32(&frame, id);
	put(&frame, d->b + at, n);
	end_ip6(&frame, ip);
	return send_at(0);
}

static void ipv6_fragments_complete_with_the_first_ones_header(void)
{
	start(1 << 16);
	make_datagram(&whole, 40, 5);
	CU_ASSERT_EQUAL(send_piece6(&whole, 0x10001, 24, 16, 6), CLASS_FRAGMENT);
	CU_ASSERT_EQUAL(send_piece6(&whole, 0x00001, 0, 24, 17), CLASS_FRAGMENT); /* another id */
	CU_ASSERT_EQUAL(send_piece6(&whole, 0x10001, 0, 24, 17), CLASS_UDP);
	CU_ASSERT(is_datagram(&s, 40, 5));
	CU_ASSERT_EQUAL(send_piece6(&whole, 0x00001, 24, 16, 6), CLASS_UDP);
	CU_ASSERT_EQUAL(s.f.ip_version, 6);
	CU_ASSERT_EQUAL(s.f.ip_len, 40 + 8 + 8 + 40);
	stop();
}

static void headers_inside_the_fragmented_part_are_followed(void)
{
	static struct bytes part;

	start(1 << 16);
	make_datagram(&whole, 40, 5);
	part.n = 0;
	put_hex(&part, "1100 0104 00000000");
	put(&part, whole.b, whole.n);
	CU_ASSERT_EQUAL(send_piece6(&part, 9, 0, 8, 60), CLASS_FRAGMENT);
	CU_ASSERT_EQUAL(send_piece6(&part, 9, 8, 40, 60), CLASS_UDP);
	CU_ASSERT(is_datagram(&s, 40, 5));
	stop();
}

static void an_atomic_fragment_does_not_meet_the_others(void)
{
	start(1 << 16);
	make_datagram(&whole, 40, 5);
	send_piece6(&whole, 9, 0, 24, 17);
	CU_ASSERT_EQUAL(send_piece6(&whole, 9, 0, 40, 17), CLASS_UDP);
	CU_ASSERT(!s.f.fragmented);
	CU_ASSERT_EQUAL(s.f.payload_len, 32);
	CU_ASSERT_EQUAL(send_piece6(&whole, 9, 24, 16, 17), CLASS_UDP);
	CU_ASSERT(is_datagram(&s, 40, 5));
	CU_ASSERT_EQUAL(stop().overlaps, 0);
}

static void pieces_that_the_snap_length_cut_keep_their_lengths(void)
{
	start(1 << 16);
	make_datagram(&whole, 3000, 1);
	make_piece(&whole, 1, 0, 1480);
	see_with(dec, &frame, 96, frame.n, 1, 0, &s);
	CU_ASSERT_EQUAL(s.f.class, CLASS_FRAGMENT);
	make_piece(&whole, 1, 1480, 1480);
	see_with(dec, &frame, 96, frame.n, 1, 0, &s);
	make_piece(&whole, 1, 2960, 40);
	see_with(dec, &frame, frame.n, frame.n, 1, 0, &s);
	CU_ASSERT_EQUAL(s.f.class, CLASS_UDP);
	CU_ASSERT_EQUAL(s.f.payload_wire, 2992);
	CU_ASSERT_EQUAL(s.f.payload_len, 96 - 14 - 20 - 8);
	CU_ASSERT_EQUAL(s.payload[0], 9);
	CU_ASSERT_EQUAL(s.f.ip_len, 3020);
	stop();
}

static void all_datagrams_of_a_batch_are_readable_at_its_end(void)
{
	static struct bytes copies[8];
	struct frame frames[8];
	struct facts facts[8];

	start(1 << 16);
	for (unsigned i = 0; i < 8; i++) {
		make_datagram(&whole, 1000, i / 2);
		make_piece(&whole, i / 2, i % 2 == 0 ? 0 : 800, i % 2 == 0 ? 800 : 200);
		copies[i] = frame;
		frames[i] = (struct frame){ .bytes = copies[i].b,
					    .caplen = (uint32_t)frame.n,
					    .wirelen = (uint32_t)frame.n,
					    .linktype = 1 };
	}
	decode_batch(dec, frames, 8, facts);
	for (unsigned i = 1; i < 8; i += 2) {
		CU_ASSERT_EQUAL(facts[i - 1].class, CLASS_FRAGMENT);
		CU_ASSERT_EQUAL_FATAL(facts[i].class, CLASS_UDP);
		CU_ASSERT_EQUAL_FATAL(facts[i].payload_len, 992);
		for (unsigned b = 0; b < 992; b++)
			CU_ASSERT_EQUAL(facts[i].payload[b], (uint8_t)(b + 8 + i / 2));
	}
	stop();
}

/* Put an IPv4 header of @protocol in front of what @from holds. */
static void wrap(const struct bytes *from, struct bytes *to, unsigned protocol)
{
	size_t ip;

	to->n = 0;
	ip = put_ip4(to, protocol, 50);
	put(to, from->b, from->n);
	end_ip4(to, ip);
}

static void fragments_in_fragments_are_put_together_twice(void)
{
	static struct bytes inner[2], outer;

	for (unsigned levels = 1; levels <= FRAGMENT_MAX_NESTED + 1; levels++) {
		struct bytes *now = &inner[0], *next = &inner[1];
		unsigned class = CLASS_COUNT;

		start(1 << 16);
		make_datagram(&whole, 40, 0);
		/* The first piece of each level alone, innermost last; then all last ones at once.
		 */
		*now = whole;
		for (unsigned level = 0; level < levels; level++) {
			struct bytes *swap = now;

			/* The first 16 bytes of this level's packet come in a packet of their own.
			 */
			frame.n = 0;
			put_ethernet(&frame, 0x0800);
			size_t ip = put_ip4(&frame, level == 0 ? 17 : 4, 60 + level);
			set16(&frame, ip + 6, 0x2000);
			put(&frame, now->b, 16);
			end_ip4(&frame, ip);
			CU_ASSERT_EQUAL(send_at(0), CLASS_FRAGMENT);
			/* The rest is what the next level carries. */
			next->n = 0;
			ip = put_ip4(next, level == 0 ? 17 : 4, 60 + level);
			set16(next, ip + 6, 2);
			put(next, now->b + 16, now->n - 16);
			end_ip4(next, ip);
			now = next;
			next = swap;
		}
		wrap(now, &outer, 4);
		frame.n = 0;
		put_ethernet(&frame, 0x0800);
		put(&frame, outer.b, outer.n);
		class = send_at(0);
		CU_ASSERT_EQUAL(class, levels <= FRAGMENT_MAX_NESTED ? CLASS_UDP : CLASS_FRAGMENT);
		if (levels <= FRAGMENT_MAX_NESTED)
			CU_ASSERT(is_datagram(&s, 40, 0));
		CU_ASSERT_EQUAL(stop().datagrams, MIN(levels, (unsigned)FRAGMENT_MAX_NESTED));
	}
}

static void a_mirrored_frame_in_two_outer_fragments_is_followed(void)
{
	static struct bytes gre;
	size_t at, ip;

	start(1 << 16);
	gre.n = 0;
	put_hex(&gre, "1000 88be 00000001 10010000 00000000");
	put_ethernet(&gre, 0x8100);
	put_tag(&gre, 12, 0x0800);
	put_packet4(&gre, 3);
	for (at = 0; at < gre.n; at += 48) {
		size_t n = MIN(gre.n - at, (size_t)48);

		frame.n = 0;
		put_ethernet(&frame, 0x0800);
		ip = put_ip4(&frame, 47, 99);
		set16(&frame, ip + 6, (unsigned)(at / 8) | (at + n < gre.n ? 0x2000 : 0));
		put(&frame, gre.b + at, n);
		end_ip4(&frame, ip);
		send_at(0);
	}
	check_packet4(&s, 3);
	CU_ASSERT(s.f.fragmented);
	CU_ASSERT_EQUAL(s.f.tunnels, TUNNEL_GRE | TUNNEL_ERSPAN | TUNNEL_VLAN);
	CU_ASSERT_EQUAL(s.f.vlan[0], 12);
	stop();
}

static void a_fragment_cut_anywhere_has_a_class(void)
{
	make_datagram(&whole, 40, 0);
	make_piece(&whole, 1, 0, 16);
	SEE(&frame, &s, CLASS_FRAGMENT);
	make_piece(&whole, 1, 16, 24);
	SEE(&frame, &s, CLASS_FRAGMENT);
	start(0);
	send_piece6(&whole, 1, 0, 16, 17);
	stop();
	SEE(&frame, &s, CLASS_FRAGMENT);
}

/*
 * A model: many datagrams in pieces of all sizes, shuffled and interleaved,
 * through rings from too small to ample.  Whatever completes is right, and
 * with room for all, all do.
 */
static void random_traffic_is_put_together_or_given_up(void)
{
	enum { LIVE = 12, ROUNDS = 3000 };
	static const size_t sizes[] = { 1024, 4096, 20000, 1 << 20 };
	struct {
		unsigned id, len, step, at;
	} live[LIVE];
	unsigned seed = 12345;

	for (size_t k = 0; k < ARRAY_SIZE(sizes); k++) {
		unsigned id = 0, finished = 0, started = 0;
		struct decoder_stats stats;

		start(sizes[k]);
		memset(live, 0, sizeof(live));
		for (unsigned round = 0; round < ROUNDS; round++) {
			unsigned slot, n;

			seed = seed * 1103515245 + 12345;
			slot = (seed >> 16) % LIVE;
			if (live[slot].at == live[slot].len) {
				live[slot].id = ++id;
				live[slot].len = 40 + (seed >> 20) % 900;
				live[slot].step = 8 * (1 + (seed >> 8) % 40);
				live[slot].at = 0;
				started += live[slot].len > live[slot].step;
			}
			n = MIN(live[slot].step, live[slot].len - live[slot].at);
			make_datagram(&whole, live[slot].len, live[slot].id);
			make_piece(&whole, live[slot].id, live[slot].at, n);
			send_at((int64_t)round);
			live[slot].at += n;
			if (s.f.class == CLASS_UDP && s.f.fragmented) {
				CU_ASSERT(is_datagram(&s, live[slot].len, live[slot].id));
				CU_ASSERT_EQUAL(live[slot].at, live[slot].len);
				finished++;
			} else if (k == ARRAY_SIZE(sizes) - 1 && s.f.fragmented) {
				CU_ASSERT(live[slot].at < live[slot].len);
			}
		}
		stats = stop();
		CU_ASSERT_EQUAL(stats.datagrams, finished);
		if (k == 0)
			CU_ASSERT(stats.abandoned > 0);
		if (k == ARRAY_SIZE(sizes) - 1) {
			CU_ASSERT_EQUAL(stats.abandoned, 0);
			CU_ASSERT(finished + LIVE >= started);
		}
	}
}

static void absurd_memory_is_refused(void)
{
	struct decoder_options options = DECODER_DEFAULTS;
	struct fa_error err;

	options.fragment_bytes = ((size_t)1 << 36) + 1;
	CU_ASSERT_EQUAL(decoder_new(&dec, &options, &err), FA_EUSAGE);
	CU_ASSERT_EQUAL(err.code, FA_EUSAGE);
}

extern CU_TestInfo tests_fragment[];
CU_TestInfo tests_fragment[] = {
	{ "pieces complete in any order", pieces_complete_in_any_order },
	{ "a piece that comes twice is ignored", a_piece_that_comes_twice_is_ignored },
	{ "an overlap makes the datagram void", an_overlap_makes_the_datagram_void },
	{ "a void datagram ends with its time", a_void_datagram_ends_with_its_time },
	{ "two ends contradict", two_ends_contradict },
	{ "the timeout counts from the first piece", the_timeout_counts_from_the_first_piece },
	{ "a clock that steps does no harm", a_clock_that_steps_does_no_harm },
	{ "memory is bounded and the oldest goes first",
	  memory_is_bounded_and_the_oldest_goes_first },
	{ "a datagram larger than memory is given up", a_datagram_larger_than_memory_is_given_up },
	{ "without memory every fragment is counted", without_memory_every_fragment_is_counted },
	{ "datagrams are told apart by their whole key",
	  datagrams_are_told_apart_by_their_whole_key },
	{ "datagrams that share a chain are told apart",
	  datagrams_that_share_a_chain_are_told_apart },
	{ "a void datagram outlives its pieces", a_void_datagram_outlives_its_pieces },
	{ "lengths no fragment can have are malformed",
	  lengths_no_fragment_can_have_are_malformed },
	{ "the largest datagram is put together", the_largest_datagram_is_put_together },
	{ "too many pieces make it void", too_many_pieces_make_it_void },
	{ "IPv6 fragments complete with the first one's header",
	  ipv6_fragments_complete_with_the_first_ones_header },
	{ "headers inside the fragmented part are followed",
	  headers_inside_the_fragmented_part_are_followed },
	{ "an atomic fragment does not meet the others",
	  an_atomic_fragment_does_not_meet_the_others },
	{ "pieces that the snap length cut keep their lengths",
	  pieces_that_the_snap_length_cut_keep_their_lengths },
	{ "all datagrams of a batch are readable at its end",
	  all_datagrams_of_a_batch_are_readable_at_its_end },
	{ "fragments in fragments are put together twice",
	  fragments_in_fragments_are_put_together_twice },
	{ "a mirrored frame in two outer fragments is followed",
	  a_mirrored_frame_in_two_outer_fragments_is_followed },
	{ "a fragment cut anywhere has a class", a_fragment_cut_anywhere_has_a_class },
	{ "random traffic is put together or given up",
	  random_traffic_is_put_together_or_given_up },
	{ "absurd memory is refused", absurd_memory_is_refused },
	CU_TEST_INFO_NULL
};
