/*
 * What a filter expression may leave out, by the words in it.
 *
 * Not by its meaning: that would take a compiler for the language, and "or"
 * could still join anything.  A word that asks for more than ports and protocols
 * is enough to doubt silence; words that are not known are names of hosts.
 */
#include "judge/filter_reach.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "base/util.h"

/* These ask for the same of a packet and of its answer (pcap-filter(7)). */
static const char *const both_ways[] = { "tcp",  "udp",  "sctp", "icmp",      "icmp6", "ip",
					 "ip6",  "arp",  "port", "portrange", "proto", "protochain",
					 "vlan", "mpls", "and",  "or",        "not",   "pppoes" };
static const char *const one_way[] = { "src",     "dst",  "inbound", "outbound",
				       "gateway", "less", "greater", "len" };

static bool among(const char *const *words, size_t count, const char *word, size_t len)
{
	for (size_t i = 0; i < count; i++)
		if (strlen(words[i]) == len && memcmp(words[i], word, len) == 0)
			return true;
	return false;
}

/* 5061, 50000-59999 */
static bool is_number(const char *word, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (!isdigit((unsigned char)word[i]) && word[i] != '-')
			return false;
	return true;
}

enum filter_reach filter_reach(const char *expression)
{
	enum filter_reach reach = FILTER_BOTH_WAYS;
	bool after_port = false;
	size_t len;

	/* Bytes and flags are asked for in brackets, and held against masks and numbers. */
	if (strpbrk(expression, "[]<>=") != NULL)
		return FILTER_ONE_WAY;
	for (const char *p = expression + strspn(expression, " \t\r\n()!&|"); *p != '\0';
	     p += len + strspn(p + len, " \t\r\n()!&|")) {
		len = strcspn(p, " \t\r\n()!&|");
		if (among(one_way, ARRAY_SIZE(one_way), p, len))
			return FILTER_ONE_WAY;
		if (!after_port && !is_number(p, len) &&
		    !among(both_ways, ARRAY_SIZE(both_ways), p, len))
			reach = FILTER_ADDRESSES;
		/* Services have names: port https. */
		after_port = len == 4 && memcmp(p, "port", 4) == 0;
	}
	return reach;
}
