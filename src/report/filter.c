/* Wireshark display filters: the conditions that all flows of a fold meet, joined by &&. */
#include "report/filter.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/**
 * struct common - What the flows of a fold share
 * @initiator, @responder, @l4, @version: They have one address, transport, IP version
 */
struct common {
	bool initiator, responder, l4, version;
};

static struct common find_common(const struct folds *folds, const struct ledger *ledger,
				 const struct fold *fold)
{
	const struct judged *first = fold_flow(folds, ledger, fold, 0);
	struct common c = { true, true, true, true };
	uint32_t i;

	for (i = 0; i < fold->count; i++) {
		const struct judged *flow = fold_flow(folds, ledger, fold, i);

		c.initiator =
			c.initiator && address_compare(&flow->key.addr[flow->initiator],
						       &first->key.addr[first->initiator]) == 0;
		c.responder = c.responder &&
			      address_compare(&flow->key.addr[flow->initiator ^ 1u],
					      &first->key.addr[first->initiator ^ 1u]) == 0;
		c.l4 = c.l4 && flow->key.l4 == first->key.l4;
		c.version = c.version && flow->key.ip_version == first->key.ip_version;
	}
	return c;
}

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

const char *filter_text(const struct folds *folds, const struct ledger *ledger,
			const struct fold *fold, char buf[static FILTER_TEXT])
{
	const struct judged *first = fold_flow(folds, ledger, fold, 0);
	struct common c = find_common(folds, ledger, fold);
	unsigned from = first->initiator, to = from ^ 1u;
	struct fold_ports ports;

	buf[0] = '\0';
	fold_find_ports(folds, ledger, fold, &ports);
	if (c.l4 && fold->verdict == VERDICT_REJECTED && ports.count == 0)
		add(buf, "%s", l4_name(first->key.l4)); /* a scan: its ports are no range */
	else if (c.l4)
		add_ports(buf, l4_name(first->key.l4), &ports);
	if (c.responder && c.version)
		add_address(buf, first, to);
	/* A host that talks to itself is one address. */
	if (c.initiator && c.version &&
	    !(c.responder && address_compare(&first->key.addr[0], &first->key.addr[1]) == 0))
		add_address(buf, first, from);
	return buf;
}
