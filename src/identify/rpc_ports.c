/* Reads towers and string bindings for the TCP ports that they name. */
#include "identify/rpc_ports.h"

/*
 * Two ways to learn where a service listens:
 *
 * The endpoint mapper answers ept_map with towers.  A tower is a stack of
 * floors, each a protocol identifier and its data; RPC over TCP has the floors
 * 0x0b (connection-oriented RPC), 0x07 (TCP, a port) and 0x09 (IP).
 *
 * DCOM's resolver and activator answer with a DUALSTRINGARRAY of bindings,
 * "host[port]" in UTF-16 behind tower id 7.  The activator packs it into
 * properties within properties, so the text is searched for instead of walked
 * to: tower id, host and bracketed number in a row are long enough not to be
 * anything else.
 */

enum {
	FLOOR_TCP = 0x07,
	FLOOR_RPC_CO = 0x0b,
	FLOORS_MAX = 8,
	TOWERS_MAX = 16,
	HANDLE_SIZE = 20,
	TOWER_ID_TCP = 7,
	UNIT = 2, /* bytes of a UTF-16 unit */
};

enum { OP_EPT_MAP = 3 };

bool rpc_gives_ports(enum rpc_interface interface)
{
	return interface != RPC_OTHER;
}

static void add_port(struct rpc_facts *rpc, unsigned port, uint64_t frame)
{
	if (port == 0)
		return;
	for (unsigned i = 0; i < RPC_PORTS; i++) {
		if (rpc->port[i] == port)
			return;
		if (rpc->port[i] == 0) {
			rpc->port[i] = (uint16_t)port;
			if (rpc->ports_frame == 0)
				rpc->ports_frame = frame;
			return;
		}
	}
}

/* Lengths in a tower are little endian whatever the PDU says, ports big endian (C706 L). */
static unsigned tower_port(struct cursor tower)
{
	unsigned floors = cursor_le16(&tower), port = 0;
	bool rpc = false;

	for (unsigned i = 0; i < MIN(floors, (unsigned)FLOORS_MAX); i++) {
		struct cursor left = cursor_sub(&tower, cursor_le16(&tower));
		struct cursor right = cursor_sub(&tower, cursor_le16(&tower));
		unsigned id = cursor_u8(&left);

		if (!cursor_ok(&left) || !cursor_ok(&tower))
			return 0;
		rpc = rpc || id == FLOOR_RPC_CO;
		if (id == FLOOR_TCP)
			port = cursor_be16(&right);
	}
	return rpc ? port : 0;
}

/* A count or pointer: four bytes in NDR, eight in NDR64, aligned to its size. */
struct ndr {
	struct cursor c;
	const uint8_t *start;
	bool little;
	bool wide;
};

static void ndr_align(struct ndr *n, size_t to)
{
	size_t at = (size_t)(n->c.pos - n->start);

	cursor_skip(&n->c, (to - at % to) % to);
}

static uint32_t ndr_u32(struct ndr *n)
{
	ndr_align(n, 4);
	return n->little ? cursor_le32(&n->c) : cursor_be32(&n->c);
}

/* What does not fit 32 bits is no count of anything here. */
static uint32_t ndr_word(struct ndr *n)
{
	uint32_t first, second;

	if (!n->wide)
		return ndr_u32(n);
	ndr_align(n, 8);
	first = ndr_u32(n);
	second = ndr_u32(n);
	if ((n->little ? second : first) != 0)
		return UINT32_MAX;
	return n->little ? first : second;
}

/* ept_map: handle, number, then a conformant varying array of pointers to towers. */
static void read_map(struct rpc_facts *rpc, struct ndr n, uint64_t frame)
{
	uint32_t most, first, actual, towers = 0;

	cursor_skip(&n.c, HANDLE_SIZE);
	ndr_u32(&n);
	most = ndr_word(&n);
	first = ndr_word(&n);
	actual = ndr_word(&n);
	if (!cursor_ok(&n.c) || first != 0 || actual > most || actual > TOWERS_MAX)
		return;
	for (uint32_t i = 0; i < actual; i++)
		towers += ndr_word(&n) != 0;
	for (uint32_t i = 0; i < towers; i++) {
		uint32_t size = ndr_word(&n), length = ndr_u32(&n);
		struct cursor tower = cursor_sub(&n.c, length);

		if (!cursor_ok(&n.c) || size != length)
			return;
		add_port(rpc, tower_port(tower), frame);
	}
}

/* UTF-16 in the sender's order; 0 for what is not there. */
static unsigned unit_at(const struct cursor *stub, size_t at, bool little)
{
	const uint8_t *b = stub->pos;

	if (at + UNIT > (size_t)(stub->end - stub->pos))
		return 0;
	return little ? b[at] | (unsigned)b[at + 1] << 8 : (unsigned)b[at] << 8 | b[at + 1];
}

static bool is_host_unit(unsigned u)
{
	return (u >= '0' && u <= '9') || (u >= 'a' && u <= 'z') || (u >= 'A' && u <= 'Z') ||
	       u == '.' || u == '-' || u == '_' || u == ':';
}

/*
 * The port of a binding whose ']' is the unit at @at; 0: it is none.  Read backwards, and
 * never past the bracket before, so each unit is read once in all.
 */
static unsigned binding_port(const struct cursor *stub, size_t at, bool little)
{
	unsigned port = 0, scale = 1, u;
	size_t host;

	if (unit_at(stub, at + UNIT, little) != 0)
		return 0;
	for (at -= UNIT; at >= UNIT && scale <= 10000; at -= UNIT, scale *= 10) {
		u = unit_at(stub, at, little);
		if (u < '0' || u > '9')
			break;
		port += (u - '0') * scale;
	}
	if (unit_at(stub, at, little) != '[' || port > UINT16_MAX)
		return 0;
	for (host = at; at >= 2 * UNIT && is_host_unit(unit_at(stub, at - UNIT, little));)
		at -= UNIT;
	return at < host && unit_at(stub, at - UNIT, little) == TOWER_ID_TCP ? port : 0;
}

static void search_bindings(struct rpc_facts *rpc, struct cursor stub, bool little, uint64_t frame)
{
	size_t len = cursor_left(&stub);

	/* The strings are aligned to their units. */
	for (size_t at = 2 * UNIT; at + 2 * UNIT <= len; at += UNIT)
		if (unit_at(&stub, at, little) == ']')
			add_port(rpc, binding_port(&stub, at, little), frame);
}

void rpc_read_ports(struct rpc_facts *rpc, struct cursor stub, bool little, unsigned opnum,
		    uint64_t frame)
{
	struct ndr n = { .c = stub, .start = stub.pos, .little = little };

	if (!cursor_ok(&stub))
		return;
	if (rpc->interface != RPC_ENDPOINT_MAPPER) {
		search_bindings(rpc, stub, little, frame);
	} else if (opnum == OP_EPT_MAP) {
		/* Which of the two was agreed on is not kept; either reads the other as none. */
		read_map(rpc, n, frame);
		n.wide = true;
		read_map(rpc, n, frame);
	}
}
