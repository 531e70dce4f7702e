/* checksum.c and its use: against sums made another way, and against every single changed bit. */
#include "packet/frames.h"

#include <string.h>

#include "packet/walk.h"

static struct bytes frame;
static struct seen s;

/*
 * The sum as arithmetic modulo 65,535, byte by byte: nothing of the code under
 * test.  @weight is 256 for the first byte of a 16-bit word.
 */
static unsigned modulo_sum(unsigned sum, const uint8_t *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		sum = (sum + (i % 2 == 0 ? 256u : 1u) * p[i]) % 65535u;
	return sum;
}

/* An Ethernet frame with a right TCP or UDP checksum. */
static void forge(bool v6, bool tcp, const char *text)
{
	unsigned protocol = tcp ? 6 : 17, sum;
	size_t ip, segment, len;

	frame.n = 0;
	put_ethernet(&frame, v6 ? 0x86dd : 0x0800);
	ip = v6 ? put_ip6(&frame, protocol, 1) : put_ip4(&frame, protocol, 1);
	segment = frame.n;
	if (tcp)
		put_tcp(&frame, 50000, 5061, TCP_ACK);
	else
		put_udp(&frame, 50000, 3478);
	put(&frame, text, strlen(text));
	if (!tcp)
		end_udp(&frame, segment);
	len = frame.n - segment;
	sum = modulo_sum(protocol + (unsigned)len, frame.b + segment, len);
	sum = v6 ? modulo_sum(sum, frame.b + ip + 8, 32) : modulo_sum(sum, frame.b + ip + 12, 8);
	set16(&frame, segment + (tcp ? 16 : 6), 65535 - sum);
	if (v6)
		end_ip6(&frame, ip);
	else
		end_ip4(&frame, ip);
}

/* RFC 1071 3: the words 0001, f203, f4f5 and f6f7 add up to ddf2. */
static void the_example_of_rfc_1071_adds_up(void)
{
	static const uint8_t words[] = {
		0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7, 0x22, 0x0d
	};

	CU_ASSERT(checksum_fits(checksum_add(0, words, 10)));
	CU_ASSERT(checksum_fits(checksum_add(checksum_add(0, words, 4), words + 4, 6)));
	CU_ASSERT(!checksum_fits(checksum_add(0, words, 9)));
	CU_ASSERT(!checksum_fits(checksum_add(0, words, 8)));
	CU_ASSERT(!checksum_fits(checksum_add(0, words, 0)));
}

static void long_runs_keep_every_carry(void)
{
	static uint8_t ones[65536];

	static const uint8_t carries[] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
					   0xff, 0xff, 0,    0,    0,    1 };

	CU_ASSERT_EQUAL(checksum_add(0, carries, sizeof(carries)), 1);
	memset(ones, 0xff, sizeof(ones));
	for (size_t n = 2; n <= sizeof(ones); n *= 2)
		CU_ASSERT(checksum_fits(checksum_add(0, ones, n)));
	ones[777] = 0xfe;
	CU_ASSERT(!checksum_fits(checksum_add(0, ones, sizeof(ones))));
}

static bool is_bad(bool asked)
{
	struct decoder *dec = small_decoder(asked);

	see_with(dec, &frame, frame.n, frame.n, 1, 0, &s);
	decoder_free(dec);
	return s.f.bad_checksum;
}

static void right_sums_fit(void)
{
	static const char *const texts[] = { "", "a", "ab", "abc", "a longer text of 27 bytes.." };

	for (unsigned kind = 0; kind < 4; kind++) {
		for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
			forge((kind & 1) != 0, (kind & 2) != 0, texts[i]);
			CU_ASSERT(!is_bad(true));
			CU_ASSERT_EQUAL(s.f.class, (kind & 2) != 0 ? CLASS_TCP : CLASS_UDP);
			CU_ASSERT_EQUAL(s.f.payload_len, strlen(texts[i]));
		}
	}
}

static void a_changed_bit_does_not_fit(void)
{
	for (unsigned kind = 0; kind < 4; kind++) {
		forge((kind & 1) != 0, (kind & 2) != 0, "odd");
		/* Within the payload, so that nothing else changes. */
		for (unsigned bit = 0; bit < 24; bit++) {
			uint8_t *at = &frame.b[frame.n - 1 - bit / 8];

			*at ^= (uint8_t)(1u << bit % 8);
			CU_ASSERT(is_bad(true));
			CU_ASSERT(s.f.class == CLASS_TCP || s.f.class == CLASS_UDP);
			*at ^= (uint8_t)(1u << bit % 8);
		}
	}
}

/* Is the checksum of frame @number verified where nobody asks for all? */
static bool is_sampled(uint64_t number)
{
	struct decoder_options options = DECODER_DEFAULTS;
	struct frame one = { .number = number,
			     .bytes = frame.b,
			     .caplen = (uint32_t)frame.n,
			     .wirelen = (uint32_t)frame.n,
			     .linktype = 1 };
	struct decoder *dec;

	FA_ASSERT(decoder_new(&dec, &options, NULL) == 0);
	decode_batch(dec, &one, 1, &s.f);
	decoder_free(dec);
	CU_ASSERT_EQUAL(s.f.bad_checksum, s.f.verified);
	return s.f.verified;
}

static void a_sample_is_verified(void)
{
	for (unsigned kind = 0; kind < 4; kind++) {
		forge((kind & 1) != 0, (kind & 2) != 0, "odd");
		frame.b[frame.n - 1] ^= 1;
		CU_ASSERT(is_sampled(1) && is_sampled(DECODE_CHECKSUMS_FIRST));
		CU_ASSERT(!is_sampled(DECODE_CHECKSUMS_FIRST + 1));
		CU_ASSERT(!is_sampled(100 * DECODE_CHECKSUMS_EVERY - 1));
		CU_ASSERT(is_sampled(100 * DECODE_CHECKSUMS_EVERY));
	}
}

static void an_ipv4_header_sum_is_checked(void)
{
	forge(false, false, "x");
	frame.b[14 + 8]--; /* a router that forgot */
	CU_ASSERT(is_bad(true));
	CU_ASSERT_EQUAL(s.f.class, CLASS_UDP);
}

static void a_missing_udp_sum_is_bad_only_in_ipv6(void)
{
	forge(false, false, "x");
	set16(&frame, 14 + 20 + 6, 0);
	CU_ASSERT(!is_bad(true));
	forge(true, false, "x");
	set16(&frame, 14 + 40 + 6, 0);
	CU_ASSERT(is_bad(true));
}

static void half_a_segment_is_not_judged(void)
{
	struct decoder *dec = small_decoder(true);

	forge(false, true, "0123456789");
	frame.b[frame.n - 5] ^= 1;
	see_with(dec, &frame, frame.n - 1, frame.n, 1, 0, &s);
	CU_ASSERT(!s.f.bad_checksum);
	see_with(dec, &frame, frame.n, frame.n, 1, 0, &s);
	CU_ASSERT(s.f.bad_checksum);
	decoder_free(dec);
}

static void a_rerouted_packet_is_not_judged(void)
{
	static struct bytes routed;
	unsigned length;

	forge(true, false, "0123");
	frame.b[frame.n - 1] ^= 1;
	routed = frame;
	routed.n = 14 + 40;
	routed.b[14 + 6] = 43;
	put_hex(&routed, "1102 0401 00000000 20010db8000000000000000000000099");
	put(&routed, frame.b + 54, frame.n - 54);
	length = (unsigned)(routed.n - 54);
	set16(&routed, 14 + 4, length);
	frame = routed;
	CU_ASSERT(!is_bad(true));
	CU_ASSERT_EQUAL(s.f.class, CLASS_UDP);
	frame.b[54 + 3] = 0; /* at its end: the destination is the header's again */
	CU_ASSERT(is_bad(true));
}

extern CU_TestInfo tests_checksum[];
CU_TestInfo tests_checksum[] = {
	{ "the example of RFC 1071 adds up", the_example_of_rfc_1071_adds_up },
	{ "long runs keep every carry", long_runs_keep_every_carry },
	{ "right sums fit", right_sums_fit },
	{ "a changed bit does not fit", a_changed_bit_does_not_fit },
	{ "of the first frames and of one in many, checksums are verified unasked",
	  a_sample_is_verified },
	{ "an IPv4 header sum is checked", an_ipv4_header_sum_is_checked },
	{ "a missing UDP sum is bad only in IPv6", a_missing_udp_sum_is_bad_only_in_ipv6 },
	{ "half a segment is not judged", half_a_segment_is_not_judged },
	{ "a rerouted packet is not judged", a_rerouted_packet_is_not_judged },
	CU_TEST_INFO_NULL
};
