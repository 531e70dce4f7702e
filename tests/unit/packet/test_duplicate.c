/* The same packet captured twice (packet/duplicate.c), through the decoder. */
#include "packet/duplicate.h"

#include <stdlib.h>
#include <string.h>

#include "packet/frames.h"

#define MS INT64_C(1000000)
#define US INT64_C(1000)

static struct bytes frame;
static struct seen s;
static struct decoder *dec;

/* What a packet of the tests is made of; 0 leaves the usual. */
struct what {
	unsigned vlan;  /* tagged with it */
	unsigned flags; /* TCP with these flags, else UDP */
	bool v6;
	unsigned id;         /* IPv4 */
	unsigned hops;       /* fewer in TTL */
	unsigned last;       /* of both addresses */
	unsigned ports;      /* added to the source port */
	const char *text;    /* payload */
	const char *options; /* of TCP, hexadecimal, 12 bytes */
	int sequence, acknowledged;
	bool spoilt;
};

static unsigned folded(const uint8_t *p, size_t n, unsigned long sum)
{
	for (size_t i = 0; i < n; i++)
		sum += i % 2 == 0 ? (unsigned long)p[i] << 8 : p[i];
	while (sum >> 16 != 0)
		sum = (sum & 0xffff) + (sum >> 16);
	return (unsigned)(~sum & 0xffff);
}

static void put_transport(const struct what *w)
{
	size_t at = frame.n;

	if (w->flags != 0) {
		put_tcp(&frame, 1000 + w->ports, 5061, w->flags);
		frame.b[at + 7] = (uint8_t)(frame.b[at + 7] + w->sequence);
		frame.b[at + 11] = (uint8_t)(frame.b[at + 11] + w->acknowledged);
		if (w->options != NULL) {
			put_hex(&frame, w->options);
			frame.b[at + 12] = 8 << 4;
		}
	} else {
		put_udp(&frame, 1000 + w->ports, 3478);
	}
	if (w->text != NULL)
		put(&frame, w->text, strlen(w->text));
	if (w->flags == 0)
		end_udp(&frame, at);
}

static void forge(const struct what *w)
{
	unsigned protocol = w->flags != 0 ? 6 : 17, last = w->last == 0 ? 7 : w->last;
	size_t ip, segment, sum;

	frame.n = 0;
	put_ethernet(&frame, w->vlan != 0 ? 0x8100 : w->v6 ? 0x86dd : 0x0800);
	if (w->vlan != 0)
		put_tag(&frame, w->vlan, w->v6 ? 0x86dd : 0x0800);
	ip = w->v6 ? put_ip6(&frame, protocol, last) : put_ip4(&frame, protocol, last);
	segment = frame.n;
	put_transport(w);
	sum = segment + (w->flags != 0 ? 16 : 6);
	if (w->v6) {
		frame.b[ip + 7] = (uint8_t)(frame.b[ip + 7] - w->hops);
		end_ip6(&frame, ip);
		set16(&frame, sum,
		      folded(frame.b + segment, frame.n - segment,
			     protocol + (frame.n - segment) +
				     (~folded(frame.b + ip + 8, 32, 0) & 0xffff)));
	} else {
		set16(&frame, ip + 4, w->id);
		frame.b[ip + 8] = (uint8_t)(frame.b[ip + 8] - w->hops);
		end_ip4(&frame, ip);
		set16(&frame, sum,
		      folded(frame.b + segment, frame.n - segment,
			     protocol + (frame.n - segment) +
				     (~folded(frame.b + ip + 12, 8, 0) & 0xffff)));
	}
	if (w->spoilt)
		frame.b[sum] ^= 0x55;
}

static void begin(bool vlans_apart)
{
	struct decoder_options options = DECODER_DEFAULTS;

	options.vlans_apart = vlans_apart;
	FA_ASSERT(decoder_new(&dec, &options, NULL) == 0);
}

static void end(void)
{
	decoder_free(dec);
	dec = NULL;
}

static bool is_copy(int64_t ts_ns)
{
	see_with(dec, &frame, frame.n, frame.n, 1, ts_ns, &s);
	return s.f.class == CLASS_DUPLICATE;
}

/* @second, captured @apart_ns after @first, is a copy of it. */
static bool copies(const struct what *first, const struct what *second, int64_t apart_ns)
{
	bool copy;

	begin(false);
	forge(first);
	CU_ASSERT(!is_copy(1000 * MS));
	forge(second);
	copy = is_copy(1000 * MS + apart_ns);
	end();
	return copy;
}

/* The one after the other @apart_ns apart, itself. */
static bool repeats(struct what w, int64_t apart_ns)
{
	return copies(&w, &w, apart_ns);
}

static const struct what data = { .flags = TCP_PSH | TCP_ACK,
				  .id = 77,
				  .text = "some bytes of a stream" };
static const struct what datagram = { .id = 78, .text = "some bytes of a datagram" };

static void a_copy_is_told_by_its_packet(void)
{
	CU_ASSERT(repeats(data, 0));
	CU_ASSERT(repeats(data, 3 * US));
	CU_ASSERT(repeats(datagram, 3 * US));
	CU_ASSERT(repeats((struct what){ .flags = TCP_SYN, .id = 1 }, US));
	CU_ASSERT(repeats((struct what){ .flags = TCP_ACK, .id = 1 }, US));
	CU_ASSERT(repeats((struct what){ .flags = TCP_RST, .id = 1 }, US));
	CU_ASSERT(repeats((struct what){ .id = 1 }, US));
	CU_ASSERT(repeats((struct what){ .id = 1, .text = "short" }, US));
}

static void tags_routers_and_headers_of_the_link_make_no_other_packet(void)
{
	static const struct what kinds[] = {
		{ .flags = TCP_ACK, .id = 9, .text = "stream" },
		{ .id = 9, .text = "datagram" },
		{ .flags = TCP_ACK, .v6 = true, .text = "stream" },
		{ .v6 = true, .text = "datagram" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		struct what other = kinds[i];

		other.vlan = 12;
		other.hops = 1;
		CU_ASSERT(copies(&kinds[i], &other, 200 * US));
		CU_ASSERT(copies(&other, &kinds[i], 200 * US));
	}
}

static void what_the_sender_changed_makes_another(void)
{
	struct what other = data;

#define DIFFERS(base, field, value)                      \
	do {                                             \
		other = (base);                          \
		other.field = (value);                   \
		CU_ASSERT(!copies(&(base), &other, US)); \
	} while (0)
	DIFFERS(data, id, 78);
	DIFFERS(data, sequence, 1);
	DIFFERS(data, acknowledged, 1);
	DIFFERS(data, flags, TCP_ACK);
	DIFFERS(data, ports, 1);
	DIFFERS(data, last, 8);
	DIFFERS(data, text, "some bytes of a strea");
	DIFFERS(datagram, id, 79);
	DIFFERS(datagram, ports, 1);
	DIFFERS(datagram, last, 8);
	DIFFERS(datagram, text, "some bytes of a datagraM");
	DIFFERS(datagram, text, "Some bytes of a datagram");
	DIFFERS(datagram, text, "some bytes of a datagra");
#undef DIFFERS
	CU_ASSERT(!copies(&data, &datagram, US));
}

/* The same bytes as a segment and as a datagram. */
static void another_protocol_makes_another(void)
{
	const size_t ip = 14, segment = ip + 20;

	begin(false);
	forge(&data);
	set16(&frame, segment + 4, (unsigned)(frame.n - segment)); /* UDP's length */
	CU_ASSERT(!is_copy(0));
	CU_ASSERT_EQUAL(s.f.class, CLASS_TCP);
	frame.b[ip + 9] = 17;
	CU_ASSERT(!is_copy(US));
	CU_ASSERT_EQUAL(s.f.class, CLASS_UDP);
	CU_ASSERT(is_copy(US));
	end();
}

static void the_window_is_ten_milliseconds(void)
{
	CU_ASSERT(repeats(data, 10 * MS));
	CU_ASSERT(!repeats(data, 10 * MS + 1));
	/* Merged files may have the later copy first. */
	CU_ASSERT(repeats(data, -10 * MS));
	CU_ASSERT(!repeats(data, -10 * MS - 1));
	CU_ASSERT(!repeats(data, INT64_MIN / 2));
	/* It is counted from the first: a packet sent for ever is not one. */
	begin(false);
	forge(&data);
	CU_ASSERT(!is_copy(0));
	CU_ASSERT(is_copy(6 * MS));
	CU_ASSERT(!is_copy(12 * MS));
	CU_ASSERT(is_copy(18 * MS));
	end();
}

/* IPv6, or IPv4 with DF as Linux sends it. */
static void without_an_identification_it_is_one_millisecond(void)
{
	for (unsigned v6 = 0; v6 < 2; v6++) {
		struct what w = { .v6 = v6 != 0, .text = "a STUN request of twenty-eight" };

		CU_ASSERT(repeats(w, MS));
		CU_ASSERT(!repeats(w, MS + 1)); /* sent again: WhatsApp after 3 ms */
		w.flags = TCP_ACK | TCP_PSH;
		CU_ASSERT(repeats(w, MS));
		CU_ASSERT(!repeats(w, MS + 1)); /* a fast retransmission */
		w.text = NULL;
		w.flags = TCP_SYN | TCP_ACK;
		CU_ASSERT(repeats(w, MS));
		CU_ASSERT(!repeats(w, 1000 * MS)); /* Linux repeats it unchanged */
		w.flags = TCP_FIN | TCP_ACK;
		CU_ASSERT(repeats(w, MS));
	}
}

static void equal_acknowledgements_and_resets_are_no_copies_without_one(void)
{
	for (unsigned v6 = 0; v6 < 2; v6++) {
		struct what w = { .v6 = v6 != 0, .flags = TCP_ACK };

		CU_ASSERT(!repeats(w, US)); /* RFC 5681 3.2 */
		w.flags = TCP_RST;
		CU_ASSERT(!repeats(w, US));
		w.flags = TCP_RST | TCP_ACK;
		CU_ASSERT(!repeats(w, US));
	}
}

/* A DHCP Discover and its Request: one transaction, one length, zeroes at the end. */
static void bodies_that_differ_in_the_middle_are_told_by_their_checksum(void)
{
	static const char discover[] = "0123456789abcdef--- discover ---0123456789abcdef";
	static const char request[] = "0123456789abcdef--- request  ---0123456789abcdef";

	for (unsigned flags = 0; flags <= TCP_ACK; flags += TCP_ACK) {
		struct what a = { .flags = flags, .text = discover };
		struct what b = { .flags = flags, .text = request };

		CU_ASSERT(!copies(&a, &b, US));
		CU_ASSERT(repeats(a, US));
		/* Left to the network card it vouches for nothing. */
		a.spoilt = b.spoilt = true;
		CU_ASSERT(!repeats(a, US));
		/* With an identification nobody asks for it. */
		a.id = 5;
		CU_ASSERT(repeats(a, US));
	}
}

static void keep_alives_are_seconds_apart(void)
{
	struct what w = { .flags = TCP_ACK, .text = "\1", .sequence = -1 };

	CU_ASSERT(!repeats(w, 1000 * MS));
	w.v6 = true;
	CU_ASSERT(!repeats(w, 1000 * MS));
}

static void a_syn_is_one_whatever_segment_size_a_router_writes(void)
{
	struct what a = { .flags = TCP_SYN, .id = 3, .options = "0204 05b4 0101 0402 0101 0101" };
	struct what b = { .flags = TCP_SYN, .id = 3, .options = "0204 0550 0101 0402 0101 0101" };

	CU_ASSERT(copies(&a, &b, 300 * US));
	a.v6 = b.v6 = true;
	CU_ASSERT(copies(&a, &b, 300 * US));
	/* The options of data are the sender's: its clock, or what it lacks. */
	a = (struct what){ .flags = TCP_ACK, .v6 = true, .text = "data" };
	b = a;
	a.options = "0101 080a 0000 0001 0000 0001";
	b.options = "0101 080a 0000 0002 0000 0001";
	CU_ASSERT(!copies(&a, &b, US));
}

/* One copy is cut: an identification is enough, without one it is too little. */
static void cut_packets_are_copies_only_with_an_identification(void)
{
	for (unsigned id = 0; id < 2; id++) {
		struct what w = { .flags = TCP_ACK, .id = id, .text = "0123456789 0123456789" };

		begin(false);
		forge(&w);
		see_with(dec, &frame, 54, frame.n, 1, 0, &s);
		CU_ASSERT_EQUAL(s.f.class, CLASS_TCP);
		see_with(dec, &frame, 54, frame.n, 1, US, &s);
		CU_ASSERT_EQUAL(s.f.class, id != 0 ? CLASS_DUPLICATE : CLASS_TCP);
		/* Not even the header: part of a flow, and nothing to compare. */
		see_with(dec, &frame, 50, frame.n, 1, 2 * US, &s);
		CU_ASSERT_EQUAL(s.f.class, CLASS_TCP);
		end();
	}
}

static void put_error(unsigned id, unsigned code, unsigned port, bool v6)
{
	struct bytes *f = &frame;
	size_t ip, inner;

	f->n = 0;
	put_ethernet(f, v6 ? 0x86dd : 0x0800);
	ip = v6 ? put_ip6(f, 58, 9) : put_ip4(f, 1, 9);
	put8(f, v6 ? 1 : 3);
	put8(f, code);
	put_zeros(f, 6);
	inner = v6 ? put_ip6(f, 17, 4) : put_ip4(f, 17, 4);
	put_udp(f, port, 3478);
	put(f, "as much of the datagram as the router likes to quote", 52);
	end_udp(f, f->n - 60);
	if (v6) {
		end_ip6(f, inner);
		end_ip6(f, ip);
		return;
	}
	end_ip4(f, inner);
	set16(f, ip + 4, id);
	end_ip4(f, ip);
}

static void errors_are_told_by_what_they_quote(void)
{
	for (unsigned v6 = 0; v6 < 2; v6++) {
		begin(false);
		put_error(5, 1, 1000, v6 != 0);
		CU_ASSERT(!is_copy(0));
		CU_ASSERT_EQUAL(s.f.class, CLASS_ICMP);
		CU_ASSERT(is_copy(US));
		put_error(5, 1, 1001, v6 != 0);
		CU_ASSERT(!is_copy(US));
		put_error(5, 4, 1000, v6 != 0);
		CU_ASSERT(!is_copy(US));
		end();
	}
	/* Cut, and without an identification. */
	begin(false);
	put_error(5, 1, 1000, true);
	for (unsigned i = 0; i < 2; i++) {
		see_with(dec, &frame, frame.n - 9, frame.n, 1, i * US, &s);
		CU_ASSERT_EQUAL(s.f.class, CLASS_ICMP);
	}
	end();
	begin(false);
	put_error(5, 1, 1000, false);
	CU_ASSERT(!is_copy(0));
	put_error(6, 1, 1000, false);
	CU_ASSERT(!is_copy(US));
	/* What is no part of a flow is not compared: pings may be alike. */
	frame.b[14 + 20] = 8;
	CU_ASSERT(!is_copy(2 * US));
	CU_ASSERT(!is_copy(2 * US));
	end();
}

static void put_piece(size_t at, unsigned more, unsigned id)
{
	size_t ip;

	frame.n = 0;
	put_ethernet(&frame, 0x0800);
	ip = put_ip4(&frame, 17, 7);
	set16(&frame, ip + 4, id);
	set16(&frame, ip + 6, more << 13 | (unsigned)(at / 8));
	if (at == 0) {
		put_udp(&frame, 1000, 2000);
		set16(&frame, frame.n - 4, 32);
	}
	while (frame.n < ip + 20 + 16)
		put8(&frame, (unsigned)(at + frame.n) & 0xff);
	end_ip4(&frame, ip);
}

/* Each piece twice: the datagram is whole once, and nothing waits for a piece of it. */
static void fragments_are_told_apart_by_their_place(void)
{
	struct decoder_stats stats;

	begin(false);
	for (unsigned id = 1; id < 3; id++) {
		put_piece(0, 1, id);
		CU_ASSERT(!is_copy(id * MS));
		CU_ASSERT_EQUAL(s.f.class, CLASS_FRAGMENT);
		CU_ASSERT(is_copy(id * MS + US));
		put_piece(16, 0, id);
		CU_ASSERT(!is_copy(id * MS + 2 * US));
		CU_ASSERT_EQUAL(s.f.class, CLASS_UDP);
		CU_ASSERT(is_copy(id * MS + 3 * US));
	}
	decoder_end(dec);
	decoder_stats(dec, &stats);
	CU_ASSERT_EQUAL(stats.datagrams, 2);
	CU_ASSERT_EQUAL(stats.abandoned, 0);
	end();
}

/* Pieces of silence: all bytes are alike, and only the place is not. */
static void equal_pieces_of_one_datagram_are_no_copies(void)
{
	begin(false);
	for (unsigned i = 1; i < 6; i++) {
		size_t ip;

		frame.n = 0;
		put_ethernet(&frame, 0x0800);
		ip = put_ip4(&frame, 17, 7);
		set16(&frame, ip + 6, 1u << 13 | i * 4);
		put_zeros(&frame, 32);
		end_ip4(&frame, ip);
		CU_ASSERT(!is_copy(i * US));
	}
	CU_ASSERT(is_copy(6 * US));
	end();
}

static void frames_without_a_time_are_not_compared(void)
{
	struct frame two[2];
	struct facts facts[2];

	begin(false);
	forge(&data);
	for (unsigned i = 0; i < 2; i++)
		two[i] = (struct frame){ .bytes = frame.b,
					 .number = i + 1,
					 .caplen = (uint32_t)frame.n,
					 .wirelen = (uint32_t)frame.n,
					 .linktype = 1 };
	decode_batch(dec, two, 2, facts);
	CU_ASSERT_EQUAL(facts[0].class, CLASS_TCP);
	CU_ASSERT_EQUAL(facts[1].class, CLASS_TCP);
	end();
}

static void copies_may_be_kept_and_vlans_apart(void)
{
	struct what tagged = data;

	dec = small_decoder(false); /* which keeps them */
	forge(&data);
	CU_ASSERT(!is_copy(0));
	CU_ASSERT(!is_copy(0));
	end();
	tagged.vlan = 12;
	begin(true);
	forge(&data);
	CU_ASSERT(!is_copy(0));
	forge(&tagged);
	CU_ASSERT(!is_copy(US));
	CU_ASSERT(is_copy(2 * US));
	end();
	/* A new decoder, as every new capture gets one, has seen nothing. */
	begin(false);
	forge(&data);
	CU_ASSERT(!is_copy(0));
	end();
}

/* Copies of @back packets before, under this seed; how many were told. */
static unsigned copies_behind(unsigned back, uint64_t seed)
{
	struct decoder_options options = DECODER_DEFAULTS;
	unsigned found = 0;

	options.seed = seed;
	FA_ASSERT(decoder_new(&dec, &options, NULL) == 0);
	for (unsigned i = 0; i < 2 * back; i++) {
		struct what w = datagram;

		w.ports = i % back;
		w.id = 1 + i % back;
		forge(&w);
		found += is_copy(i);
	}
	end();
	return found;
}

/* As a mirror port makes them.  What is told depends on no hash. */
static void copies_are_told_behind_as_many_packets_as_are_remembered(void)
{
	for (uint64_t seed = 0; seed < 5; seed++) {
		CU_ASSERT_EQUAL(copies_behind(1, seed), 1);
		CU_ASSERT_EQUAL(copies_behind(DUPLICATE_PACKETS, seed), DUPLICATE_PACKETS);
		CU_ASSERT_EQUAL(copies_behind(DUPLICATE_PACKETS + 1, seed), 0);
	}
}

extern CU_TestInfo tests_duplicate[];
CU_TestInfo tests_duplicate[] = {
	{ "complaint 23: a copy is told by its packet", a_copy_is_told_by_its_packet },
	{ "tags, routers and the link make no other packet",
	  tags_routers_and_headers_of_the_link_make_no_other_packet },
	{ "what the sender changed makes another", what_the_sender_changed_makes_another },
	{ "the same bytes of another protocol make another", another_protocol_makes_another },
	{ "copies are at most 10 ms apart, counted from the first",
	  the_window_is_ten_milliseconds },
	{ "without an identification at most one",
	  without_an_identification_it_is_one_millisecond },
	{ "... and never bare acknowledgements or resets",
	  equal_acknowledgements_and_resets_are_no_copies_without_one },
	{ "... and only with a checksum that vouches for the middle",
	  bodies_that_differ_in_the_middle_are_told_by_their_checksum },
	{ "keep-alives are no copies of each other", keep_alives_are_seconds_apart },
	{ "a SYN is one whatever segment size a router writes into it",
	  a_syn_is_one_whatever_segment_size_a_router_writes },
	{ "cut packets are copies only with an identification",
	  cut_packets_are_copies_only_with_an_identification },
	{ "ICMP errors are told by what they quote", errors_are_told_by_what_they_quote },
	{ "fragments are told apart by their place, before they are put together",
	  fragments_are_told_apart_by_their_place },
	{ "equal pieces of one datagram are no copies",
	  equal_pieces_of_one_datagram_are_no_copies },
	{ "frames without a time are not compared", frames_without_a_time_are_not_compared },
	{ "copies may be kept, and VLANs apart", copies_may_be_kept_and_vlans_apart },
	{ "copies are told behind as many packets as are remembered, whatever the seed",
	  copies_are_told_behind_as_many_packets_as_are_remembered },
	CU_TEST_INFO_NULL
};
