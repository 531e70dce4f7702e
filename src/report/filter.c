/* Wireshark display filters: the conditions that all flows of a fold meet, joined by &&. */
#include "report/filter.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void add(char *buf, const char *fmt, ...) FA_PRINTF(2, 3);

/* One more condition. */
static void add(char *buf, const char *fmt, ...)
{
	size_t len = strlen(buf);
	va_list args;

	if (len > 0)
		len += (size_t)snprintf(buf + len, FILTER_TEXT - len, " && ");
	if (len >= FILTER_TEXT)
		return;
	va_start(args, fmt);
	vsnprintf(buf + len, FILTER_TEXT - len, fmt, args);
	va_end(args);
}

static void add_address(char *buf, const struct judged *flow, unsigned end)
{
	char text[ADDRESS_TEXT];

	add(buf, "%s == %s", flow->key.ip_version == 6 ? "ipv6.addr" : "ip.addr",
	    address_text(&flow->key.addr[end], text));
}

static const char *l4_name(uint8_t l4)
{
	return l4 == 6 ? "tcp" : l4 == 17 ? "udp" : "sctp";
}

/* "ip.src == 10.0.0.1 && tcp.srcport == 1000" */
#define PUT_END(to, ip, l4, which, end)               \
	do {                                          \
		(to) = put_token(to, ip);             \
		(to) = PUT(to, which " == ");         \
		(to) = put_token(to, (end)->address); \
		(to) = PUT(to, " && ");               \
		(to) = put_token(to, l4);             \
		(to) = PUT(to, "." which "port == "); \
		(to) = put_token(to, &(end)->port);   \
	} while (0)

static const struct token *l4_token(uint8_t l4)
{
	static const struct token tcp = TOKEN("tcp"), udp = TOKEN("udp"), sctp = TOKEN("sctp");

	return l4 == 6 ? &tcp : l4 == 17 ? &udp : &sctp;
}

char *filter_flow_text(char *to, const struct judged *flow, const struct filter_end ends[static 2])
{
	/* The longest: SCTP between IPv6 addresses of 39 characters. */
	static_assert(2 * sizeof("(ipv6.src ==  && sctp.srcport == 65535 && ipv6.dst ==  && "
				 "sctp.dstport == 65535)") +
				      4 * 39 + sizeof(" || ") <=
			      FILTER_TEXT,
		      "both directions fit");
	static const struct token ip4 = TOKEN("ip."), ip6 = TOKEN("ipv6.");
	const struct token *ip = flow->key.ip_version == 6 ? &ip6 : &ip4;
	const struct token *l4 = l4_token(flow->key.l4);

	to = PUT(to, "(");
	PUT_END(to, ip, l4, "src", &ends[0]);
	to = PUT(to, " && ");
	PUT_END(to, ip, l4, "dst", &ends[1]);
	to = PUT(to, ") || (");
	PUT_END(to, ip, l4, "src", &ends[1]);
	to = PUT(to, " && ");
	PUT_END(to, ip, l4, "dst", &ends[0]);
	return PUT(to, ")");
}

/* "udp.port == 3478", "tcp.port in {53, 389}", "udp.port in {50010..50020}" */
static void add_ports(char *buf, const char *l4, const struct fold_ports *ports)
{
	char list[64] = "";
	size_t at = 0;
	unsigned i;

	if (ports->count == 1) {
		add(buf, "%s.port == %u", l4, ports->lo);
		return;
	}
	for (i = 0; i < ports->count; i++)
		at += (size_t)snprintf(list + at, sizeof(list) - at, "%s%u", i == 0 ? "" : ", ",
				       ports->port[i]);
	if (ports->count == 0)
		snprintf(list, sizeof(list), "%u..%u", ports->lo, ports->hi);
	add(buf, "%s.port in {%s}", l4, list);
}

const char *filter_text(const struct fold_summary *summary, char buf[static FILTER_TEXT])
{
	const struct judged *first = summary->first;
	unsigned from = first->initiator, to = from ^ 1u;
	bool one_initiator = summary->ends[0].addresses == 1;
	bool one_responder = summary->ends[1].addresses == 1;

	buf[0] = '\0';
	if (summary->one_l4 && summary->fold->verdict == VERDICT_REJECTED &&
	    summary->ports.count == 0)
		add(buf, "%s", l4_name(first->key.l4)); /* a scan: its ports are no range */
	else if (summary->one_l4)
		add_ports(buf, l4_name(first->key.l4), &summary->ports);
	if (one_responder && summary->one_version)
		add_address(buf, first, to);
	/* A host that talks to itself is one address. */
	if (one_initiator && summary->one_version &&
	    !(one_responder && address_compare(&first->key.addr[0], &first->key.addr[1]) == 0))
		add_address(buf, first, from);
	return buf;
}
