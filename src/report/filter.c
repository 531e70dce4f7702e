/* Wireshark display filters: the conditions that all flows of a fold meet, joined by &&. */
#include "report/filter.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/**
 * struct common - What the flows of a fold share
 * @lo, @hi:	Least and greatest responder port
 * @initiator, @responder, @l4, @version: They have one address, transport, IP version
 */
struct common {
	uint16_t lo, hi;
	bool initiator, responder, l4, version;
};

static struct common find_common(const struct folds *folds, const struct ledger *ledger,
				 const struct fold *fold)
{
	const struct judged *first = fold_flow(folds, ledger, fold, 0);
	struct common c = { 65535, 0, true, true, true, true };
	uint32_t i;

	for (i = 0; i < fold->count; i++) {
		const struct judged *flow = fold_flow(folds, ledger, fold, i);
		uint16_t port = flow->key.port[flow->initiator ^ 1u];

		c.lo = MIN(c.lo, port);
		c.hi = MAX(c.hi, port);
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

const char *filter_text(const struct folds *folds, const struct ledger *ledger,
			const struct fold *fold, char buf[static FILTER_TEXT])
{
	const struct judged *first = fold_flow(folds, ledger, fold, 0);
	struct common c = find_common(folds, ledger, fold);
	const char *l4 = l4_name(first->key.l4);
	unsigned from = first->initiator, to = from ^ 1u;

	buf[0] = '\0';
	if (c.l4 && c.lo == c.hi)
		add(buf, "%s.port == %u", l4, c.lo);
	else if (c.l4 && fold->verdict == VERDICT_REJECTED)
		add(buf, "%s", l4);
	else if (c.l4)
		add(buf, "%s.port in {%u..%u}", l4, c.lo, c.hi);
	if (c.responder && c.version)
		add_address(buf, first, to);
	if (c.initiator && c.version)
		add_address(buf, first, from);
	return buf;
}
