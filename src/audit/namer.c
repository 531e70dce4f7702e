/*
 * nDPI sees packets that are rebuilt from facts: an IPv4 header between two
 * addresses of TEST-NET (RFC 5737), so that its lists of addresses have nothing
 * to match; the transport header with the true ports, which some of its tests
 * need; the payload.  Of its answers only those by "deep packet inspection"
 * count, none by port, address or memory of another flow.
 *
 * That alone is not enough: some of its inspections pass whatever comes on their
 * port, or any one byte, and say so with the same confidence.  Which ones was
 * measured with random packets, 60 flows of 8 on each of 5200 ports, TCP and UDP,
 * long and short ones (nDPI 4.2.0).  RTP took 3 of 100 UDP flows, DNS every second
 * flow on port 53, NTP every second one on 123.  Those are not believed
 * (doubted[]), or looked at again (is_dns()).  What is left names fewer than 1
 * in 1000, which a test holds it to.
 *
 * nDPI's record of a flow lives in a ring of slots.  A flow takes the next slot
 * of the ring; whoever still has it began longest ago, and is given up.
 */
#include "audit/namer.h"

#if FA_NDPI

#include <netinet/in.h>
#include <ndpi_api.h>
#include <stdlib.h>
#include <string.h>

#include "base/cursor.h"
#include "base/library.h"
#include "base/memory.h"

#define IP_HEADER  20u
#define UDP_HEADER 8u
#define TCP_HEADER 20u
#define PACKET_MAX 65535u /* an IPv4 total length (RFC 791 3.1) */
/* Zeros behind a packet, for a reader that goes a little too far. */
#define PACKET_SLACK 64u

/* What is known of a flow: one of these, the slot it is asked in, or nDPI's number of its name. */
#define NAME_UNASKED 0u
#define NAME_NONE    0x7fffu
#define NAME_ASKING  0x8000u
static_assert(NAMER_SLOTS <= NAME_ASKING, "a slot fits beside the mark");
static_assert(NDPI_LAST_IMPLEMENTED_PROTOCOL < NAME_NONE, "every number of a name is free");

struct slot {
	struct ndpi_flow_struct flow;
	uint32_t id; /* flow that has it; 0: free */
	uint32_t packets;
};

/* nDPI's. */
#define NDPI_CALLS(X)                    \
	X(ndpi_detection_process_packet) \
	X(ndpi_exit_detection_module)    \
	X(ndpi_finalize_initialization)  \
	X(ndpi_free_flow_data)           \
	X(ndpi_get_proto_name)           \
	X(ndpi_init_detection_module)    \
	X(ndpi_set_protocol_detection_bitmask2)

struct ndpi_calls {
	NDPI_CALLS(LIBRARY_MEMBER)
};

/**
 * struct namer - nDPI and what it is asked about
 * @library, @calls: nDPI
 * @names:	[flows + 1], by flow: NAME_
 * @slots:	[NAMER_SLOTS]
 * @next:	Slot that the next flow takes
 * @packet:	The one being rebuilt
 */
struct namer {
	void *library;
	struct ndpi_calls calls;
	struct ndpi_detection_module_struct *ndpi;
	uint16_t *names;
	struct slot *slots;
	size_t names_size;
	uint64_t given_up;
	uint32_t next;
	uint8_t packet[PACKET_MAX + PACKET_SLACK];
};

/*
 * What nDPI is not believed: protocols that flowaudit tells itself, with harder
 * tests, and those that random bytes pass by their port or by a byte of theirs.
 */
static const struct {
	uint16_t name;
	uint8_t l4; /* on this transport only; 0: on any, so it is not even asked */
} doubted[] = {
	{ NDPI_PROTOCOL_TLS, 0 },
	{ NDPI_PROTOCOL_DTLS, 0 },
	{ NDPI_PROTOCOL_STUN, 0 },
	{ NDPI_PROTOCOL_RTP, 0 },
	{ NDPI_PROTOCOL_RTCP, 0 },
	{ NDPI_PROTOCOL_SIP, 0 },
	{ NDPI_PROTOCOL_HTTP, 0 },
	{ NDPI_PROTOCOL_HTTP_CONNECT, 0 },
	{ NDPI_PROTOCOL_HTTP_PROXY, 0 },
	{ NDPI_PROTOCOL_DCERPC, 0 },
	{ NDPI_PROTOCOL_SMBV1, 0 },
	{ NDPI_PROTOCOL_SMBV23, 0 },
	{ NDPI_PROTOCOL_DHCP, 0 },
	{ NDPI_PROTOCOL_MSSQL_TDS, 0 },
	{ NDPI_PROTOCOL_SKYPE_TEAMS, 0 },
	{ NDPI_PROTOCOL_SKYPE_CALL, 0 },
	{ NDPI_PROTOCOL_NTP, 0 },
	{ NDPI_PROTOCOL_TEREDO, 0 },
	{ NDPI_PROTOCOL_TARGUS_GETDATA, 0 },
	{ NDPI_PROTOCOL_AYIYA, 0 },
	{ NDPI_PROTOCOL_NOE, 0 },
	{ NDPI_PROTOCOL_IMO, 0 },
	{ NDPI_PROTOCOL_H323, IPPROTO_UDP },
	{ NDPI_PROTOCOL_RDP, IPPROTO_UDP },
};

bool namer_available(void)
{
	return true;
}

static struct ndpi_detection_module_struct *start_ndpi(const struct namer *namer)
{
	struct ndpi_detection_module_struct *ndpi =
		namer->calls.ndpi_init_detection_module(ndpi_dont_load_tor_hosts);
	NDPI_PROTOCOL_BITMASK asked;

	if (ndpi == NULL)
		return NULL;
	NDPI_BITMASK_SET_ALL(asked);
	for (size_t i = 0; i < ARRAY_SIZE(doubted); i++)
		if (doubted[i].l4 == 0)
			/* What NDPI_BITMASK_DEL() does, without its narrowing. */
			asked.fds_bits[doubted[i].name / NDPI_BITS] &=
				~((ndpi_ndpi_mask)1 << doubted[i].name % NDPI_BITS);
	namer->calls.ndpi_set_protocol_detection_bitmask2(ndpi, &asked);
	namer->calls.ndpi_finalize_initialization(ndpi);
	return ndpi;
}

int namer_new(struct namer **namer, uint32_t flows, struct fa_error *err)
{
#define LIBRARY_STRUCT struct ndpi_calls
	static const struct library_call list[] = { NDPI_CALLS(LIBRARY_CALL) };
	static const char *const sonames[] = { "libndpi.so.4.2", NULL };
	struct namer *n = memory_array(1, sizeof(*n));
	int status;

	*namer = NULL;
	if (n == NULL)
		return error_set(err, FA_ENOMEM, "no memory");
	status = library_open(&n->library, sonames, list, ARRAY_SIZE(list), &n->calls, err);
	if (status != 0) {
		namer_free(n);
		return status;
	}
	n->names_size = ((size_t)flows + 1) * sizeof(*n->names);
	n->names = memory_region(n->names_size);
	n->slots = memory_region(NAMER_SLOTS * sizeof(*n->slots));
	n->ndpi = start_ndpi(n);
	if (n->names == NULL || n->slots == NULL || n->ndpi == NULL) {
		namer_free(n);
		return error_set(err, FA_ENOMEM, "no memory for the names of %u flows", flows);
	}
	*namer = n;
	return 0;
}

static void empty_slot(const struct namer *namer, struct slot *slot)
{
	if (slot->id == 0)
		return;
	namer->calls.ndpi_free_flow_data(&slot->flow); /* what nDPI took for it, not the record */
	memset(slot, 0, sizeof(*slot));
}

void namer_free(struct namer *namer)
{
	if (namer == NULL)
		return;
	if (namer->slots != NULL) {
		for (size_t i = 0; i < NAMER_SLOTS; i++)
			empty_slot(namer, &namer->slots[i]);
		memory_region_free(namer->slots, NAMER_SLOTS * sizeof(*namer->slots));
	}
	if (namer->names != NULL)
		memory_region_free(namer->names, namer->names_size);
	if (namer->ndpi != NULL)
		namer->calls.ndpi_exit_detection_module(namer->ndpi);
	library_close(namer->library);
	free(namer);
}

static struct slot *slot_of(const struct namer *n, uint32_t id)
{
	return (n->names[id] & NAME_ASKING) == 0 ? NULL : &n->slots[n->names[id] & ~NAME_ASKING];
}

/* Nothing more is asked about the flow. */
static void settle(struct namer *n, uint32_t id, uint16_t name)
{
	struct slot *slot = slot_of(n, id);

	if (slot != NULL)
		empty_slot(n, slot);
	n->names[id] = name;
}

static struct slot *take_slot(struct namer *n, uint32_t id)
{
	struct slot *slot = &n->slots[n->next];

	if (slot->id != 0) {
		n->given_up++;
		settle(n, slot->id, NAME_NONE);
	}
	slot->id = id;
	n->names[id] = (uint16_t)(NAME_ASKING | n->next);
	n->next = (n->next + 1) % NAMER_SLOTS;
	return slot;
}

static void put16(uint8_t *to, unsigned v)
{
	to[0] = (uint8_t)(v >> 8);
	to[1] = (uint8_t)v;
}

static void put32(uint8_t *to, uint32_t v)
{
	put16(to, v >> 16);
	put16(to + 2, v & 0xffffu);
}

/* The packet, as it would be between two addresses that nobody has.  Return: its length. */
static uint16_t rebuild(uint8_t *packet, const struct facts *f, unsigned dir)
{
	static const uint8_t ends[2][4] = { { 192, 0, 2, 1 }, { 198, 51, 100, 1 } };
	bool tcp = f->l4 == IPPROTO_TCP;
	uint32_t headers = IP_HEADER + (tcp ? TCP_HEADER : UDP_HEADER);
	uint8_t *l4 = packet + IP_HEADER;

	memset(packet, 0, headers);
	packet[0] = 0x45;
	put16(packet + 2, headers + f->payload_len);
	packet[8] = f->ttl;
	packet[9] = f->l4;
	memcpy(packet + 12, ends[dir], sizeof(ends[dir]));
	memcpy(packet + 16, ends[dir ^ 1u], sizeof(ends[dir]));
	put16(l4, f->sport);
	put16(l4 + 2, f->dport);
	if (tcp) {
		put32(l4 + 4, f->seq);
		put32(l4 + 8, f->ack);
		l4[12] = TCP_HEADER / 4 << 4;
		l4[13] = f->tcp_flags;
		put16(l4 + 14, f->window);
	} else {
		put16(l4 + 4, UDP_HEADER + f->payload_len);
	}
	memcpy(packet + headers, f->payload, f->payload_len);
	memset(packet + headers + f->payload_len, 0, PACKET_SLACK);
	return (uint16_t)(headers + f->payload_len);
}

/*
 * A header of DNS, mDNS or LLMNR whose records can be in the message at all: a
 * question takes 5 bytes at least, a record 11 (RFC 1035 4.1, RFC 6762 18, RFC 4795 2.1).
 */
static bool is_dns(const struct facts *f)
{
	struct cursor c = cursor_over(f->payload, f->payload_len);
	uint32_t questions, records = 0;
	bool fits = true;

	if (f->l4 == IPPROTO_TCP) /* a length stands in front, RFC 1035 4.2.2 */
		fits = cursor_be16(&c) == f->payload_len - 2;
	cursor_skip(&c, 4); /* id, flags */
	questions = cursor_be16(&c);
	for (unsigned i = 0; i < 3; i++)
		records += cursor_be16(&c);
	return cursor_ok(&c) && fits && questions + records != 0 &&
	       questions * 5 + records * 11 <= cursor_left(&c);
}

/* Does what nDPI says hold? */
static bool believed(uint16_t name, const struct facts *f)
{
	for (size_t i = 0; i < ARRAY_SIZE(doubted); i++)
		if (doubted[i].name == name && (doubted[i].l4 == 0 || doubted[i].l4 == f->l4))
			return false;
	if (name == NDPI_PROTOCOL_DNS || name == NDPI_PROTOCOL_MDNS || name == NDPI_PROTOCOL_LLMNR)
		return is_dns(f);
	return true;
}

void namer_look(struct namer *namer, uint32_t id, const struct facts *facts, unsigned dir)
{
	struct slot *slot = slot_of(namer, id);
	ndpi_protocol answer;
	uint16_t name, len;

	if (slot == NULL && namer->names[id] != NAME_UNASKED)
		return;
	if ((facts->l4 != IPPROTO_TCP && facts->l4 != IPPROTO_UDP) || facts->payload_len == 0 ||
	    facts->payload_len != facts->payload_wire ||
	    facts->payload_len > PACKET_MAX - IP_HEADER - TCP_HEADER)
		return;
	if (slot == NULL)
		slot = take_slot(namer, id);
	len = rebuild(namer->packet, facts, dir);
	answer = namer->calls.ndpi_detection_process_packet(namer->ndpi, &slot->flow, namer->packet,
							    len, (uint64_t)facts->ts_ns / 1000000);
	/* The protocol, not whose service it serves: "DNS", not "DNS.Google". */
	name = answer.master_protocol != NDPI_PROTOCOL_UNKNOWN ? answer.master_protocol
							       : answer.app_protocol;
	if (name != NDPI_PROTOCOL_UNKNOWN && slot->flow.confidence == NDPI_CONFIDENCE_DPI &&
	    name < NDPI_LAST_IMPLEMENTED_PROTOCOL)
		settle(namer, id, believed(name, facts) ? name : NAME_NONE);
	else if (++slot->packets == NAMER_PACKETS)
		settle(namer, id, NAME_NONE);
}

const char *namer_name(const struct namer *namer, uint32_t id)
{
	uint16_t name = namer->names[id];

	if (name == NAME_UNASKED || name == NAME_NONE || (name & NAME_ASKING) != 0)
		return NULL;
	return namer->calls.ndpi_get_proto_name(namer->ndpi, name);
}

void namer_forget(struct namer *namer, uint32_t id)
{
	settle(namer, id, NAME_UNASKED);
}

uint64_t namer_given_up(const struct namer *namer)
{
	return namer->given_up;
}

#endif
