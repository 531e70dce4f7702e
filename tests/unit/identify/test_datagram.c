/* Which protocols a datagram is shown to (identify/datagram.c). */
#include "identify/feed.h"
#include "identify/protocol.h"

static const struct datagram_protocol *const protocols[DATAGRAM_PROTOCOLS] = {
	[DATAGRAM_MSTURN] = &msturn_datagram, [DATAGRAM_STUN] = &stun_datagram,
	[DATAGRAM_DTLS] = &dtls_datagram,     [DATAGRAM_RTCP] = &rtcp_datagram,
	[DATAGRAM_RTP] = &rtp_datagram,       [DATAGRAM_SIP] = &sip_datagram,
	[DATAGRAM_DHCP] = &dhcp_datagram,     [DATAGRAM_SQLR] = &sqlr_datagram,
	[DATAGRAM_DCERPC] = &dcerpc_datagram,
};

/* Messages of every protocol, in every form that begins otherwise; @pad zero bytes behind. */
static const struct {
	const char *hex;
	unsigned pad;
	enum datagram_index protocol;
} messages[] = {
	{ "0003 0008 2112a442 0102030405060708090a0b0c 000f0004 72c64bc6", 0, DATAGRAM_MSTURN },
	{ "ff10 0008 0102030405060708", 0, DATAGRAM_MSTURN },
	{ "0001 0000 2112a442 0102030405060708090a0b0c", 0, DATAGRAM_STUN },
	{ "0001 0000 0102030405060708090a0b0c0d0e0f10", 0, DATAGRAM_STUN },
	{ "4000 0004 00000000", 0, DATAGRAM_STUN },
	{ "14fefd0000000000000000000101", 0, DATAGRAM_DTLS },
	{ "80c90001 00000007", 0, DATAGRAM_RTCP },
	{ "806f0001 00000001 00000007", 20, DATAGRAM_RTP },
	/* OPTIONS sip:a SIP/2.0, alone and behind an empty line; SIP/2.0 200 OK */
	{ "4f5054494f4e53 20 7369703a61 20 5349502f322e30 0d0a", 0, DATAGRAM_SIP },
	{ "0d0a 4f5054494f4e53 20 7369703a61 20 5349502f322e30 0d0a", 0, DATAGRAM_SIP },
	{ "5349502f322e30 20 323030 20 4f4b 0d0a", 0, DATAGRAM_SIP },
	{ "01010600", 232, DATAGRAM_DHCP }, /* its cookie comes below */
	{ "02", 0, DATAGRAM_SQLR },
	{ "04 4142 00", 0, DATAGRAM_SQLR },
	{ "0f01 4142 00", 0, DATAGRAM_SQLR },
	{ "05 0b00 5365727665724e616d653b", 0, DATAGRAM_SQLR },
	{ "0400 0000 100000", 73, DATAGRAM_DCERPC },
};

static uint8_t packet[512];

static size_t write_message(unsigned m)
{
	size_t n = feed_unhex(messages[m].hex, packet, sizeof(packet));

	memset(packet + n, 0, messages[m].pad);
	n += messages[m].pad;
	if (messages[m].protocol == DATAGRAM_DHCP)
		n += feed_unhex("63825363", packet + n, sizeof(packet) - n);
	return n;
}

static bool fits(unsigned protocol, size_t n)
{
	/* A channel means something behind TURN only. */
	static const struct ident id = { .seen = APP_BIT(APP_TURN) };
	const struct input in = { .bytes = packet, .len = n, .wire_len = n };

	return protocols[protocol]->fits(&id, &in) != 0;
}

static void each_message_is_shown_to_its_protocol(void)
{
	for (unsigned m = 0; m < ARRAY_SIZE(messages); m++) {
		size_t n = write_message(m);

		CU_ASSERT(fits(messages[m].protocol, n));
		CU_ASSERT((datagram_askable(packet, n) & 1u << messages[m].protocol) != 0);
	}
}

static void what_is_not_asked_would_not_fit(void)
{
	for (unsigned m = 0; m < ARRAY_SIZE(messages); m++) {
		size_t n = write_message(m);

		for (unsigned begins = 0; begins < 0x10000; begins++) {
			unsigned askable, wrong = 0;

			packet[0] = (uint8_t)(begins >> 8);
			packet[1] = (uint8_t)begins;
			askable = datagram_askable(packet, n);
			for (unsigned p = 0; p < DATAGRAM_PROTOCOLS; p++)
				wrong += (askable & 1u << p) == 0 && fits(p, n);
			CU_ASSERT_EQUAL_FATAL(wrong, 0);
		}
	}
}

static void short_ones_are_nobodys_but_a_byte_that_asks(void)
{
	CU_ASSERT_EQUAL(datagram_askable(NULL, 0), 0);
	for (unsigned first = 0; first < 256; first++) {
		packet[0] = (uint8_t)first;
		for (unsigned p = 0; p < DATAGRAM_PROTOCOLS; p++)
			CU_ASSERT(!fits(p, 1) || (datagram_askable(packet, 1) & 1u << p) != 0);
	}
}

static void possible_at_first_is_what_the_protocols_show(void)
{
	struct ident id;
	uint32_t apps = 0;

	ident_init(&id, false, false);
	for (unsigned p = 0; p < DATAGRAM_PROTOCOLS; p++) {
		CU_ASSERT_EQUAL(apps & protocols[p]->apps, 0);
		apps |= protocols[p]->apps;
	}
	CU_ASSERT_EQUAL(id.possible, apps);
}

extern CU_TestInfo tests_datagram[];
CU_TestInfo tests_datagram[] = {
	{ "each message is shown to its protocol", each_message_is_shown_to_its_protocol },
	{ "what is not asked would not fit", what_is_not_asked_would_not_fit },
	{ "short ones are nobody's but a byte that asks",
	  short_ones_are_nobodys_but_a_byte_that_asks },
	{ "possible at first is what the protocols show",
	  possible_at_first_is_what_the_protocols_show },
	CU_TEST_INFO_NULL
};
