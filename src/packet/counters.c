/*
 * Frames counted by what became of them.
 *
 * EtherTypes and link types share a sorted table of COUNTERS_NUMBERED places.
 * When it is full the smallest numbers keep their place: a number that ever
 * loses it is above all that stay, so it can never come back, and what is
 * shown does not depend on the order of the frames or on how many threads
 * counted them.
 */
#include "packet/counters.h"

#include <stdio.h>
#include <string.h>

#include "base/util.h"

#define IP_PROTOCOLS 256u

static_assert(sizeof(((struct counters *)0)->ip_protocol) == IP_PROTOCOLS * sizeof(uint64_t),
	      "one counter for each IP protocol");

static const char *const class_names[CLASS_COUNT] = {
	[CLASS_TCP] = "tcp",
	[CLASS_UDP] = "udp",
	[CLASS_SCTP] = "sctp",
	[CLASS_ICMP] = "icmp",
	[CLASS_FRAGMENT] = "fragment",
	[CLASS_DUPLICATE] = "duplicate",
	[CLASS_ARP] = "arp",
	[CLASS_LINK_CONTROL] = "link_control",
	[CLASS_TRUNCATED_LINK] = "truncated_link",
	[CLASS_TRUNCATED_IP] = "truncated_ip",
	[CLASS_TRUNCATED_TRANSPORT] = "truncated_transport",
	[CLASS_MALFORMED_LINK] = "malformed_link",
	[CLASS_MALFORMED_IP] = "malformed_ip",
	[CLASS_MALFORMED_TRANSPORT] = "malformed_transport",
	[CLASS_TUNNEL_TOO_DEEP] = "tunnel_too_deep",
	[CLASS_NAMED_IP_PROTOCOL] = "ip_protocol",
	[CLASS_NAMED_ETHERTYPE] = "ethertype",
	[CLASS_NAMED_LINKTYPE] = "linktype",
};

struct known {
	uint16_t value;
	char name[18];
};

static const struct known ip_protocols[] = {
	{ 0, "hopopt" },       { 2, "igmp" },        { 8, "egp" },        { 9, "igp" },
	{ 33, "dccp" },        { 46, "rsvp" },       { 47, "gre" },       { 50, "esp" },
	{ 55, "mobile" },      { 59, "ipv6_nonxt" }, { 88, "eigrp" },     { 89, "ospf" },
	{ 97, "etherip" },     { 103, "pim" },       { 108, "ipcomp" },   { 112, "vrrp" },
	{ 115, "l2tp" },       { 124, "isis" },      { 135, "mobility" }, { 136, "udplite" },
	{ 137, "mpls_in_ip" }, { 139, "hip" },       { 140, "shim6" },
};

static const struct known ethertypes[] = {
	{ 0x0842, "wake_on_lan" }, { 0x22f3, "trill" },
	{ 0x6003, "decnet" },      { 0x8035, "rarp" },
	{ 0x809b, "appletalk" },   { 0x80f3, "aarp" },
	{ 0x8137, "ipx" },         { 0x8847, "mpls" },
	{ 0x880b, "ppp" },         { 0x883e, "wccp" },
	{ 0x886d, "intel_ans" },   { 0x8870, "jumbo_llc" },
	{ 0x887b, "homeplug" },    { 0x8892, "profinet" },
	{ 0x8899, "realtek" },     { 0x88a2, "aoe" },
	{ 0x88a4, "ethercat" },    { 0x88ab, "powerlink" },
	{ 0x88b8, "goose" },       { 0x88ba, "sampled_values" },
	{ 0x88e1, "homeplug_av" }, { 0x88e5, "macsec" },
	{ 0x88e7, "pbb" },         { 0x88f7, "ptp" },
	{ 0x8906, "fcoe" },        { 0x8914, "fip" },
	{ 0x8915, "roce" },        { 0x8926, "vntag" },
	{ 0x892f, "hsr" },         { 0x893f, "etag" },
	{ 0x894f, "nsh" },
};

static const struct known linktypes[] = {
	{ 3, "ax25" },
	{ 6, "token_ring" },
	{ 10, "fddi" },
	{ 117, "pflog" },
	{ 119, "prism" },
	{ 163, "avs" },
	{ 187, "bluetooth" },
	{ 189, "usb" },
	{ 192, "ppi" },
	{ 195, "ieee802_15_4" },
	{ 201, "bluetooth_phdr" },
	{ 220, "usb_mmapped" },
	{ 227, "can" },
	{ 239, "nflog" },
	{ 249, "usbpcap" },
	{ 253, "netlink" },
};

static const char *known_name(const struct known *table, size_t n, unsigned value)
{
	for (size_t i = 0; i < n; i++) {
		if (table[i].value == value)
			return table[i].name;
	}
	return NULL;
}

/* Add @frames to a number, in its sorted place. */
static void add_numbered(struct counters *c, uint8_t class, uint16_t value, uint64_t frames)
{
	unsigned i = 0;

	while (i < c->numbered_count &&
	       (c->numbered[i].class < class ||
		(c->numbered[i].class == class && c->numbered[i].value < value)))
		i++;
	if (i < c->numbered_count && c->numbered[i].class == class &&
	    c->numbered[i].value == value) {
		c->numbered[i].frames += frames;
		return;
	}
	if (i == COUNTERS_NUMBERED) {
		c->numbered_other += frames;
		return;
	}
	if (c->numbered_count == COUNTERS_NUMBERED)
		c->numbered_other += c->numbered[--c->numbered_count].frames;
	memmove(&c->numbered[i + 1], &c->numbered[i],
		(c->numbered_count - i) * sizeof(c->numbered[0]));
	c->numbered[i].class = class;
	c->numbered[i].value = value;
	c->numbered[i].frames = frames;
	c->numbered_count++;
}

void counters_add(struct counters *c, const struct facts *f)
{
	switch (f->class) {
	case CLASS_NAMED_IP_PROTOCOL:
		c->ip_protocol[f->class_value & 0xff]++;
		break;
	case CLASS_NAMED_ETHERTYPE:
	case CLASS_NAMED_LINKTYPE:
		add_numbered(c, f->class, f->class_value, 1);
		break;
	default:
		c->by_class[f->class]++;
		break;
	}
}

void counters_merge(struct counters *to, const struct counters *from)
{
	for (size_t i = 0; i < ARRAY_SIZE(to->by_class); i++)
		to->by_class[i] += from->by_class[i];
	for (size_t i = 0; i < ARRAY_SIZE(to->ip_protocol); i++)
		to->ip_protocol[i] += from->ip_protocol[i];
	for (unsigned i = 0; i < from->numbered_count; i++)
		add_numbered(to, from->numbered[i].class, from->numbered[i].value,
			     from->numbered[i].frames);
	to->numbered_other += from->numbered_other;
}

/* Take @frames of a number away; what it lacks was pushed out into the others since. */
static void subtract_numbered(struct counters *c, uint8_t class, uint16_t value, uint64_t frames)
{
	for (unsigned i = 0; i < c->numbered_count; i++) {
		if (c->numbered[i].class != class || c->numbered[i].value != value)
			continue;
		if (c->numbered[i].frames >= frames) {
			c->numbered[i].frames -= frames;
			return;
		}
		frames -= c->numbered[i].frames;
		c->numbered[i].frames = 0;
		break;
	}
	c->numbered_other -= frames;
}

void counters_since(struct counters *since, const struct counters *counted,
		    const struct counters *before)
{
	*since = *counted;
	for (size_t i = 0; i < ARRAY_SIZE(since->by_class); i++)
		since->by_class[i] -= before->by_class[i];
	for (size_t i = 0; i < ARRAY_SIZE(since->ip_protocol); i++)
		since->ip_protocol[i] -= before->ip_protocol[i];
	since->numbered_other -= before->numbered_other;
	for (unsigned i = 0; i < before->numbered_count; i++)
		subtract_numbered(since, before->numbered[i].class, before->numbered[i].value,
				  before->numbered[i].frames);
}

static void number_name(char name[static COUNTER_NAME], uint8_t class, unsigned value)
{
	const char *known = NULL;

	if (class == CLASS_NAMED_IP_PROTOCOL)
		known = known_name(ip_protocols, ARRAY_SIZE(ip_protocols), value);
	else if (class == CLASS_NAMED_ETHERTYPE)
		known = known_name(ethertypes, ARRAY_SIZE(ethertypes), value);
	else
		known = known_name(linktypes, ARRAY_SIZE(linktypes), value);
	if (known != NULL)
		snprintf(name, COUNTER_NAME, "%s_%s", class_names[class], known);
	else
		snprintf(name, COUNTER_NAME, class == CLASS_NAMED_ETHERTYPE ? "%s_0x%04x" : "%s_%u",
			 class_names[class], value);
}

/* One counter of the walk's order: classes, IP protocols, numbers, the rest. */
static uint64_t counter_at(const struct counters *c, unsigned at, char name[static COUNTER_NAME])
{
	if (at < CLASS_COUNT) {
		snprintf(name, COUNTER_NAME, "%s", class_names[at]);
		return c->by_class[at];
	}
	at -= CLASS_COUNT;
	if (at < IP_PROTOCOLS) {
		number_name(name, CLASS_NAMED_IP_PROTOCOL, at);
		return c->ip_protocol[at];
	}
	at -= IP_PROTOCOLS;
	if (at < c->numbered_count) {
		number_name(name, c->numbered[at].class, c->numbered[at].value);
		return c->numbered[at].frames;
	}
	snprintf(name, COUNTER_NAME, "other");
	return at == c->numbered_count ? c->numbered_other : 0;
}

bool counters_next(const struct counters *c, unsigned *pos, char name[static COUNTER_NAME],
		   uint64_t *frames)
{
	unsigned last = CLASS_COUNT + IP_PROTOCOLS + c->numbered_count;

	while (*pos <= last) {
		*frames = counter_at(c, (*pos)++, name);
		if (*frames != 0)
			return true;
	}
	return false;
}
