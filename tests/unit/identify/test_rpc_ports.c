/* Towers and string bindings, and what only looks like them (identify/rpc_ports.c). */
#include <stdlib.h>
#include <string.h>

#include "identify/feed.h"
#include "identify/rpc_ports.h"

static struct rpc_facts facts;

/* Read the answer to one call; its first port. */
static unsigned answer(enum rpc_interface interface, const char *hex, bool little, unsigned opnum)
{
	uint8_t bytes[1024], *copy;
	size_t n = feed_unhex(hex, bytes, sizeof(bytes));

	facts = (struct rpc_facts){ .interface = (uint8_t)interface };
	copy = malloc(n);
	CU_ASSERT_PTR_NOT_NULL_FATAL(copy);
	memcpy(copy, bytes, n); /* so that asan sees a byte too many */
	rpc_read_ports(&facts, cursor_over(copy, n), little, opnum, 9);
	free(copy);
	return facts.port[0];
}

#define MAP(hex)   answer(RPC_ENDPOINT_MAPPER, hex, true, 3)
#define HANDLE     "0000000000000000000000000000000000000000 "
#define IFACE      "1300 0d 81bb7a364498f135ad3298f038001003 0200 0200 0000 "
#define NDR        "1300 0d 045d888aeb1cc9119fe808002b104860 0200 0200 0000 "
#define TCP(port)  "0500 " IFACE NDR "0100 0b 0200 0000 0100 07 0200 " port " 0100 09 0400 c0a80a0a "
#define PIPE       "0500 " IFACE NDR "0100 0b 0200 0000 0100 0f 0200 5c00 0100 11 0400 c0a80a0a "
#define UDP(port)  "0500 " IFACE NDR "0100 0a 0200 0000 0100 08 0200 " port " 0100 09 0400 c0a80a0a "
#define ONE(tower) HANDLE "01000000 04000000 00000000 01000000 03000000 4b000000 4b000000 " tower

static void a_tower_names_a_tcp_port(void)
{
	CU_ASSERT_EQUAL(MAP(ONE(TCP("c00b"))), 49163);
	CU_ASSERT_EQUAL(facts.ports_frame, 9);
	/* A named pipe, and RPC over datagrams, are no port of TCP. */
	CU_ASSERT_EQUAL(MAP(ONE(PIPE)), 0);
	CU_ASSERT_EQUAL(MAP(ONE(UDP("c00b"))), 0);
	CU_ASSERT_EQUAL(MAP(ONE(TCP("0000"))), 0);
	/* A TCP floor on another protocol than connection-oriented RPC. */
	CU_ASSERT_EQUAL(MAP(ONE("0500 " IFACE NDR "0100 0c 0200 0000 0100 07 0200 c00b "
				"0100 09 0400 c0a80a0a")),
			0);
	CU_ASSERT_EQUAL(facts.ports_frame, 0);
}

static void every_tower_is_read(void)
{
	/* Towers of 75 bytes are padded to 76; a null pointer has none behind it. */
	CU_ASSERT_EQUAL(MAP(HANDLE
			    "04000000 06000000 00000000 04000000 "
			    "03000000 00000000 04000000 05000000 "
			    "4b000000 4b000000 " TCP(
				    "c001") "00 "
					    "4b000000 4b000000 " TCP(
						    "c002") "00 "
							    "4b000000 4b000000 " TCP("c001") "00"),
			0xc001);
	CU_ASSERT_EQUAL(facts.port[1], 0xc002);
	CU_ASSERT_EQUAL(facts.port[2], 0);
}

static void more_ports_than_are_kept_are_dropped(void)
{
	static const char *const towers[] = { ONE(TCP("c001")), ONE(TCP("c002")), ONE(TCP("c003")),
					      ONE(TCP("c004")), ONE(TCP("c005")) };
	uint8_t bytes[256];

	facts = (struct rpc_facts){ .interface = RPC_ENDPOINT_MAPPER };
	for (size_t i = 0; i < ARRAY_SIZE(towers); i++) {
		size_t n = feed_unhex(towers[i], bytes, sizeof(bytes));

		rpc_read_ports(&facts, cursor_over(bytes, n), true, 3, i + 1);
	}
	for (unsigned i = 0; i < RPC_PORTS; i++)
		CU_ASSERT_EQUAL(facts.port[i], 0xc001 + i);
	CU_ASSERT_EQUAL(facts.ports_frame, 1);
}

/* MS-RPCE 2.2.5: counts and pointers of eight bytes, aligned to eight. */
static void ndr64_is_read_too(void)
{
	CU_ASSERT_EQUAL(MAP(HANDLE "01000000 0400000000000000 0000000000000000 "
				   "0100000000000000 0300000000000000 "
				   "4b00000000000000 4b000000 " TCP("c00b")),
			49163);
}

static void big_endian_is_read_too(void)
{
	static const char map[] = HANDLE
		"00000001 00000004 00000000 00000001 00000003 0000004b 0000004b " TCP("c00b");

	/* The tower itself is little endian all the same (C706 L). */
	CU_ASSERT_EQUAL(answer(RPC_ENDPOINT_MAPPER, map, false, 3), 49163);
	CU_ASSERT_EQUAL(answer(RPC_ENDPOINT_MAPPER, map, true, 3), 0);
}

static void an_answer_that_lies_gives_none(void)
{
	static const char *const lies[] = {
		HANDLE "01000000 04000000 01000000 01000000 03000000 4b000000 4b000000 " TCP(
			"c00b"), /* offset */
		HANDLE "01000000 00000000 00000000 01000000 03000000 4b000000 4b000000 " TCP(
			"c00b"), /* more than most */
		HANDLE "01000000 04000000 00000000 01000000 03000000 4b000000 4a000000 " TCP(
			"c00b"),                                       /* two lengths */
		HANDLE "01000000 ffffffff 00000000 ffffffff 03000000", /* no end */
		HANDLE "01000000 04000000 00000000 00000000 00000000", /* none found */
		HANDLE "01000000 04000000 00000000 01000000 03000000 ffffffff ffffffff 0500",
		ONE("0500 ffff 0d"), /* a floor */
		HANDLE,
		"",
	};

	for (size_t i = 0; i < ARRAY_SIZE(lies); i++)
		CU_ASSERT_EQUAL(MAP(lies[i]), 0);
	/* Of other operations the answer is laid out otherwise. */
	CU_ASSERT_EQUAL(answer(RPC_ENDPOINT_MAPPER, ONE(TCP("c00b")), true, 2), 0);
}

static void every_prefix_is_read_inside_its_bytes(void)
{
	uint8_t bytes[256], *copy;
	size_t n = feed_unhex(ONE(TCP("c00b")), bytes, sizeof(bytes));

	for (size_t k = 0; k <= n; k++) {
		for (unsigned i = RPC_ENDPOINT_MAPPER; i <= RPC_OBJECT_EXPORTER; i++) {
			copy = malloc(k);
			CU_ASSERT_PTR_NOT_NULL_FATAL(k == 0 ? bytes : copy);
			if (k != 0)
				memcpy(copy, bytes, k);
			facts = (struct rpc_facts){ .interface = (uint8_t)i };
			rpc_read_ports(&facts, cursor_over(copy, k), true, 3, 1);
			CU_ASSERT(facts.port[0] == 0 || k == n);
			free(copy);
		}
	}
}

/* UTF-16 of plain text, behind a tower id. */
static size_t binding(uint8_t *out, unsigned id, const char *text)
{
	size_t n = 0;

	out[n++] = (uint8_t)id;
	out[n++] = 0;
	for (; *text != '\0'; text++) {
		out[n++] = (uint8_t)*text;
		out[n++] = 0;
	}
	out[n++] = 0;
	out[n++] = 0;
	return n;
}

static unsigned bound(unsigned id, const char *text)
{
	uint8_t bytes[256];

	facts = (struct rpc_facts){ .interface = RPC_OBJECT_EXPORTER };
	rpc_read_ports(&facts, cursor_over(bytes, binding(bytes, id, text)), true, 4, 9);
	return facts.port[0];
}

/* MS-DCOM 2.2.19.3: tower id 7, then "host[port]". */
static void a_string_binding_names_a_port(void)
{
	CU_ASSERT_EQUAL(bound(7, "192.168.56.101[49724]"), 49724);
	CU_ASSERT_EQUAL(bound(7, "DC1[135]"), 135);
	CU_ASSERT_EQUAL(bound(7, "2001:db8::1[65535]"), 65535);
	/* Without a port, of another protocol, or no number at all. */
	CU_ASSERT_EQUAL(bound(7, "DC1"), 0);
	CU_ASSERT_EQUAL(bound(15, "DC1[49724]"), 0);
	CU_ASSERT_EQUAL(bound(7, "DC1[65536]"), 0);
	CU_ASSERT_EQUAL(bound(7, "DC1[049724]"), 0);
	CU_ASSERT_EQUAL(bound(7, "DC1[4972x]"), 0);
	CU_ASSERT_EQUAL(bound(7, "DC1[]"), 0);
	CU_ASSERT_EQUAL(bound(7, "[49724]"), 0);
	CU_ASSERT_EQUAL(bound(7, "a b[49724]"), 0);
	CU_ASSERT_EQUAL(bound(7, "]]]][49724]"), 0);
	CU_ASSERT_EQUAL(bound(7, "DC1[49724]x"), 0);
}

static void bindings_are_found_inside_properties(void)
{
	uint8_t bytes[512] = { 0x4d, 0x45, 0x4f, 0x57, 1, 2, 3, 4 };
	size_t n = 8;

	n += binding(bytes + n, 7, "DC1[49724]");
	n += binding(bytes + n, 7, "192.168.56.101[49724]");
	n += binding(bytes + n, 7, "192.168.57.1[49725]");
	facts = (struct rpc_facts){ .interface = RPC_SCM_ACTIVATOR };
	rpc_read_ports(&facts, cursor_over(bytes, n), true, 4, 9);
	CU_ASSERT_EQUAL(facts.port[0], 49724);
	CU_ASSERT_EQUAL(facts.port[1], 49725);
	CU_ASSERT_EQUAL(facts.port[2], 0);
}

extern CU_TestInfo tests_rpc_ports[];
CU_TestInfo tests_rpc_ports[] = {
	{ "a tower names a TCP port", a_tower_names_a_tcp_port },
	{ "every tower is read", every_tower_is_read },
	{ "more ports than are kept are dropped", more_ports_than_are_kept_are_dropped },
	{ "NDR64 is read too", ndr64_is_read_too },
	{ "big endian is read too", big_endian_is_read_too },
	{ "an answer that lies gives none", an_answer_that_lies_gives_none },
	{ "every prefix is read inside its bytes", every_prefix_is_read_inside_its_bytes },
	{ "a string binding names a port", a_string_binding_names_a_port },
	{ "bindings are found inside properties", bindings_are_found_inside_properties },
	CU_TEST_INFO_NULL,
};
