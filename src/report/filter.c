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

static size_t put_word(char *to, const char *word)
{
	size_t n = strlen(word);

	memcpy(to, word, n);
	return n;
}

static size_t put_port(char *to, unsigned port)
{
	char digits[5];
	unsigned n = 0;

	do
		digits[n++] = (char)('0' + port % 10);
	while ((port /= 10) != 0);
	for (unsigned i = 0; i < n; i++)
		to[i] = digits[n - 1 - i];
	return n;
}

/* "ip.src == 10.0.0.1 && tcp.srcport == 1000" */
static size_t put_end(char *to, const struct judged *flow, unsigned end, const char *which)
{
	const char *l4 = l4_name(flow->key.l4);
	char text[ADDRESS_TEXT];
	size_t n = put_word(to, flow->key.ip_version == 6 ? "ipv6." : "ip.");

	n += put_word(to + n, which);
	n += put_word(to + n, " == ");
	n += put_word(to + n, address_text(&flow->key.addr[end], text));
	n += put_word(to + n, " && ");
	n += put_word(to + n, l4);
	n += put_word(to + n, ".");
	n += put_word(to + n, which);
	n += put_word(to + n, "port == ");
	return n + put_port(to + n, flow->key.port[end]);
}

static size_t put_direction(char *to, const struct judged *flow, unsigned from)
{
	size_t n = put_word(to, "(");

	n += put_end(to + n, flow, from, "src");
	n += put_word(to + n, " && ");
	n += put_end(to + n, flow, from ^ 1u, "dst");
	return n + put_word(to + n, ")");
}

/* By hand, not by printf: a record of each of millions of flows has one. */
size_t filter_flow_text(const struct judged *flow, char buf[static FILTER_TEXT])
{
	/* The longest: SCTP between IPv6 addresses of 39 characters. */
	static_assert(2 * sizeof("(ipv6.src ==  && sctp.srcport == 65535 && ipv6.dst ==  && "
				 "sctp.dstport == 65535)") +
				      4 * 39 + sizeof(" || ") <=
			      FILTER_TEXT,
		      "both directions fit");
	size_t n = put_direction(buf, flow, flow->initiator);

	n += put_word(buf + n, " || ");
	n += put_direction(buf + n, flow, flow->initiator ^ 1u);
	buf[n] = '\0';
	return n;
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
