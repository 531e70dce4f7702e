/* Frames for the tests of packet/. */
#include "packet/frames.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

void put(struct bytes *f, const void *bytes, size_t n)
{
	FA_ASSERT(n <= sizeof(f->b) - f->n);
	memcpy(f->b + f->n, bytes, n);
	f->n += n;
}

void put_zeros(struct bytes *f, size_t n)
{
	FA_ASSERT(n <= sizeof(f->b) - f->n);
	memset(f->b + f->n, 0, n);
	f->n += n;
}

void put8(struct bytes *f, unsigned v)
{
	uint8_t b = (uint8_t)v;

	put(f, &b, 1);
}

void put16(struct bytes *f, unsigned v)
{
	put8(f, v >> 8 & 0xff);
	put8(f, v & 0xff);
}

void put32(struct bytes *f, unsigned long v)
{
	put16(f, (unsigned)(v >> 16 & 0xffff));
	put16(f, (unsigned)(v & 0xffff));
}

static unsigned nibble(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = strchr(digits, c);

	FA_ASSERT(c != '\0' && at != NULL);
	return (unsigned)(at - digits);
}

void put_hex(struct bytes *f, const char *hex)
{
	while (*hex != '\0') {
		if (*hex == ' ') {
			hex++;
			continue;
		}
		put8(f, nibble(hex[0]) << 4 | nibble(hex[1]));
		hex += 2;
	}
}

void set16(struct bytes *f, size_t at, unsigned v)
{
	f->b[at] = (uint8_t)(v >> 8);
	f->b[at + 1] = (uint8_t)v;
}

void put_ethernet(struct bytes *f, unsigned type)
{
	put_hex(f, "020000000002 020000000001");
	put16(f, type);
}

void put_tag(struct bytes *f, unsigned id, unsigned type)
{
	put16(f, id);
	put16(f, type);
}

size_t put_ip4(struct bytes *f, unsigned protocol, unsigned last)
{
	size_t at = f->n;

	put_hex(f, "4500 0000 beef 4000 3c");
	put8(f, protocol);
	put_hex(f, "0000 c00002");
	put8(f, last);
	put_hex(f, "c63364");
	put8(f, last);
	return at;
}

static unsigned sum16(const uint8_t *p, size_t n)
{
	unsigned long sum = 0;

	for (size_t i = 0; i < n; i += 2)
		sum += (unsigned long)p[i] << 8 | p[i + 1];
	while (sum >> 16 != 0)
		sum = (sum & 0xffff) + (sum >> 16);
	return (unsigned)(~sum & 0xffff);
}

void end_ip4(struct bytes *f, size_t at)
{
	size_t header = (f->b[at] & 0x0fu) * 4;

	set16(f, at + 2, (unsigned)(f->n - at));
	set16(f, at + 10, 0);
	set16(f, at + 10, sum16(f->b + at, header));
}

size_t put_ip6(struct bytes *f, unsigned next, unsigned last)
{
	size_t at = f->n;

	put_hex(f, "60000000 0000");
	put8(f, next);
	put8(f, 60);
	put_hex(f, "20010db8 00000000 00000000 000000");
	put8(f, last);
	put_hex(f, "20010db8 00010000 00000000 000000");
	put8(f, last);
	return at;
}

void end_ip6(struct bytes *f, size_t at)
{
	set16(f, at + 4, (unsigned)(f->n - at - 40));
}

size_t put_udp(struct bytes *f, unsigned sport, unsigned dport)
{
	size_t at = f->n;

	put16(f, sport);
	put16(f, dport);
	put32(f, 0);
	return at;
}

void end_udp(struct bytes *f, size_t at)
{
	set16(f, at + 4, (unsigned)(f->n - at));
}

void put_tcp(struct bytes *f, unsigned sport, unsigned dport, unsigned flags)
{
	put16(f, sport);
	put16(f, dport);
	put_hex(f, "01020304 05060708 50");
	put8(f, flags);
	put_hex(f, "2345 0000 0000");
}

static void put_datagram(struct bytes *f, unsigned last)
{
	size_t udp = put_udp(f, 1000 + last, 2000 + last);

	put(f, "0123456789", 10);
	end_udp(f, udp);
}

void put_packet4(struct bytes *f, unsigned last)
{
	size_t ip = put_ip4(f, 17, last);

	put_datagram(f, last);
	end_ip4(f, ip);
}

void put_packet6(struct bytes *f, unsigned last)
{
	size_t ip = put_ip6(f, 17, last);

	put_datagram(f, last);
	end_ip6(f, ip);
}

struct decoder *small_decoder(bool checksums)
{
	struct decoder_options options = DECODER_DEFAULTS;
	struct decoder *dec = NULL;

	options.checksums = checksums;
	options.keep_duplicates = true;
	options.fragment_bytes = 8192;
	FA_ASSERT(decoder_new(&dec, &options, NULL) == 0);
	return dec;
}

void see_with(struct decoder *dec, const struct bytes *frame, size_t caplen, size_t wirelen,
	      unsigned linktype, int64_t ts_ns, struct seen *s)
{
	uint8_t *copy = malloc(caplen + (caplen == 0));
	struct frame one = {
		.ts_ns = ts_ns,
		.number = 7,
		.bytes = copy,
		.caplen = (uint32_t)caplen,
		.wirelen = (uint32_t)wirelen,
		.linktype = (uint16_t)linktype,
		.has_time = 1,
	};

	FA_ASSERT(copy != NULL);
	memcpy(copy, frame->b, caplen);
	/* What the decoder leaves alone must not look like an answer. */
	memset(&s->f, 0xa5, sizeof(s->f));
	decode_batch(dec, &one, 1, &s->f);
	CU_ASSERT_FATAL(s->f.payload_len <= sizeof(s->payload));
	if (s->f.payload_len != 0)
		memcpy(s->payload, s->f.payload, s->f.payload_len);
	if (s->f.payload_len != 0 && !s->f.fragmented) {
		CU_ASSERT(s->f.payload >= copy);
		CU_ASSERT(s->f.payload + s->f.payload_len <= copy + caplen);
	}
	free(copy);
}

/* What holds of the facts of any bytes. */
static void check_any(const struct seen *s)
{
	struct counters c = { .numbered_count = 0 };
	char name[COUNTER_NAME];
	uint64_t frames = 0;
	unsigned pos = 0;

	CU_ASSERT_FATAL(s->f.class < CLASS_COUNT);
	CU_ASSERT(s->f.payload_len <= s->f.payload_wire);
	CU_ASSERT(s->f.vlans <= 2);
	CU_ASSERT_EQUAL(s->f.number, 7);
	counters_add(&c, &s->f);
	CU_ASSERT(counters_next(&c, &pos, name, &frames));
	CU_ASSERT_EQUAL(frames, 1);
	CU_ASSERT(!counters_next(&c, &pos, name, &frames));
}

static bool is_truncated(unsigned class)
{
	return class == CLASS_TRUNCATED_LINK || class == CLASS_TRUNCATED_IP ||
	       class == CLASS_TRUNCATED_TRANSPORT;
}

/* A cut frame says less than the whole one, never something else. */
static void check_cut(const struct seen *cut, const struct seen *whole)
{
	if (is_truncated(cut->f.class))
		return;
	/* A tunnel whose header is not all there is the datagram it would be in. */
	if (cut->f.class == CLASS_UDP && cut->f.class != whole->f.class &&
	    (whole->f.tunnels & (TUNNEL_VXLAN | TUNNEL_GENEVE | TUNNEL_TEREDO)) != 0)
		return;
	/* Ports without the UDP length: all that IP had is taken for payload. */
	if (cut->f.class == CLASS_UDP && cut->f.payload_len == 0 &&
	    (whole->f.class != CLASS_UDP || cut->f.payload_wire != whole->f.payload_wire)) {
		CU_ASSERT(whole->f.class == CLASS_UDP ||
			  whole->f.class == CLASS_MALFORMED_TRANSPORT);
		return;
	}
	CU_ASSERT_EQUAL(cut->f.class, whole->f.class);
	if (cut->f.tunnels != whole->f.tunnels)
		return;
	CU_ASSERT_EQUAL(cut->f.sport, whole->f.sport);
	CU_ASSERT_EQUAL(cut->f.dport, whole->f.dport);
	CU_ASSERT_EQUAL(cut->f.payload_wire, whole->f.payload_wire);
	CU_ASSERT_EQUAL(address_compare(&cut->f.src, &whole->f.src), 0);
}

void see(const struct bytes *frame, unsigned linktype, struct seen *s)
{
	static const uint8_t change[3] = { 0x00, 0xff, 0x01 };
	struct decoder *dec = small_decoder(true);
	struct seen *near = malloc(sizeof(*near));
	struct bytes *mutant = malloc(sizeof(*mutant));
	size_t ends = MIN(frame->n, (size_t)300);

	FA_ASSERT(near != NULL && mutant != NULL);
	see_with(dec, frame, frame->n, frame->n, linktype, 0, s);
	check_any(s);
	for (size_t n = 0; n < ends; n++) {
		see_with(dec, frame, n, frame->n, linktype, 0, near);
		check_any(near);
		check_cut(near, s);
		see_with(dec, frame, n, n, linktype, 0, near);
		check_any(near);
	}
	memcpy(mutant, frame, sizeof(*mutant));
	for (size_t i = 0; i < 3 * ends; i++) {
		uint8_t *at = &mutant->b[i / 3];
		uint8_t was = *at;

		*at = i % 3 == 2 ? was ^ change[2] : change[i % 3];
		see_with(dec, mutant, mutant->n, mutant->n, linktype, 0, near);
		check_any(near);
		*at = was;
	}
	free(mutant);
	free(near);
	decoder_free(dec);
}

static void check_packet(const struct seen *s, unsigned last)
{
	CU_ASSERT_EQUAL(s->f.class, CLASS_UDP);
	CU_ASSERT_EQUAL(s->f.l4, 17);
	CU_ASSERT_EQUAL(s->f.sport, 1000 + last);
	CU_ASSERT_EQUAL(s->f.dport, 2000 + last);
	CU_ASSERT_EQUAL(s->f.src.b[15], last);
	CU_ASSERT_EQUAL(s->f.dst.b[15], last);
	CU_ASSERT_EQUAL(s->f.ttl, 60);
	CU_ASSERT_EQUAL_FATAL(s->f.payload_len, 10);
	CU_ASSERT_EQUAL(s->f.payload_wire, 10);
	CU_ASSERT_EQUAL(memcmp(s->payload, "0123456789", 10), 0);
}

void check_packet4(const struct seen *s, unsigned last)
{
	check_packet(s, last);
	CU_ASSERT_EQUAL(s->f.ip_version, 4);
	CU_ASSERT_EQUAL(s->f.ip_len, 38);
	CU_ASSERT_EQUAL(s->f.ip_id, 0xbeef);
	CU_ASSERT(address_is_v4(&s->f.src) && address_is_v4(&s->f.dst));
	CU_ASSERT_EQUAL(s->f.src.b[12], 192);
	CU_ASSERT_EQUAL(s->f.dst.b[12], 198);
}

void check_packet6(const struct seen *s, unsigned last)
{
	check_packet(s, last);
	CU_ASSERT_EQUAL(s->f.ip_version, 6);
	CU_ASSERT_EQUAL(s->f.ip_len, 58);
	CU_ASSERT_EQUAL(s->f.ip_id, 0);
	CU_ASSERT_EQUAL(s->f.src.b[5], 0);
	CU_ASSERT_EQUAL(s->f.dst.b[5], 1);
}
