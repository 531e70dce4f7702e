/* A script between two addresses, with what the network does to it. */
#ifndef FA_FORGE_TALK_H
#define FA_FORGE_TALK_H

#include "forge/frame.h"
#include "forge/random.h"
#include "forge/script.h"

/* DESIGN section 4: the cases of flowaudit forge. */
enum forge_case {
	CASE_OK,
	CASE_DROPPED,           /* attempts on the sender's schedule, no answer */
	CASE_REFUSED,           /* TCP: reset by the responder; UDP: its own port unreachable */
	CASE_PROHIBITED,        /* ICMP 3/13, ICMPv6 1/1 of a firewall between */
	CASE_RESET_AFTER_HELLO, /* TCP: opened, first message, reset with another TTL */
	CASE_WRONG_PROTOCOL,    /* another protocol's dialogue on the port */
	CASE_WRONG_INITIATOR,   /* the row's ends swapped */
	CASE_OFF_BY_ONE,        /* the port next to the documented range */
	CASE_ONE_SIDED,         /* only the initiator's packets */
	CASE_MIDSTREAM,         /* from the middle of an open connection */
	CASE_TRUNCATED,         /* the file ends in the middle of its last record */
	CASE_COUNT
};
const char *forge_case_name(enum forge_case c); /* "ok", "reset-after-hello", ... */
bool forge_case_find(const char *name, enum forge_case *c);

/**
 * struct talk - One conversation
 * @addr, @port: Of the initiator and the responder, host order ports
 * @start_ns:	First packet
 * @firewall:	Who sends what CASE_PROHIBITED answers
 * @mss:	Bytes a TCP segment at most
 */
struct talk {
	struct address addr[2];
	uint16_t port[2];
	bool udp;
	int64_t start_ns;
	struct address firewall;
	uint16_t mss;
	struct forge_random *random;
};

/**
 * talk_write() - Write the conversation as frames
 * @c:	CASE_WRONG_*, CASE_OFF_BY_ONE and CASE_TRUNCATED are written like CASE_OK: their
 *	script, ends or file differ
 *
 * Return: time of the last packet; for CASE_DROPPED when the sender gave up
 */
int64_t talk_write(struct forge_file *file, const struct talk *talk, const struct script *script,
		   enum forge_case c);

/* Does the case exist on this transport?  There is no reset on UDP, and nothing midstream. */
bool talk_has(bool udp, enum forge_case c);

#endif
