/*
 * A policy: packs and at most one site, compiled.  Load packs, then the site,
 * then compile; after that it is immutable and may be shared by threads.
 *
 * This and memo.h are the only headers of the room that judge and report need.
 */
#ifndef FA_POLICY_POLICY_H
#define FA_POLICY_POLICY_H

#include "base/address.h"
#include "policy/pack.h"

struct policy;

struct policy *policy_new(void); /* NULL without memory */
void policy_free(struct policy *policy);

/**
 * policy_load_pack() - Read one pack
 * @path:	File; the message texts use it as given
 * @problems:	Every complaint is added
 *
 * Return: 0; FA_EIO (cannot read; said in @problems too), FA_EFORMAT, FA_ENOMEM
 */
int policy_load_pack(struct policy *policy, const char *path, struct problems *problems);
/* The same over text (tests, fuzzing). */
int policy_load_pack_text(struct policy *policy, const char *name, const char *text, size_t len,
			  struct problems *problems);

/*
 * Learn the names that a pack declares (roles, conditions, exceptions) without
 * taking its rows, so that a site may speak of them too.  Names that are known
 * already keep their meaning.
 */
int policy_load_words(struct policy *policy, const char *path, struct problems *problems);

/* Read the site file; after the packs, whose roles, conditions and exceptions it must use. */
int policy_load_site(struct policy *policy, const char *path, struct problems *problems);
int policy_load_site_text(struct policy *policy, const char *name, const char *text, size_t len,
			  struct problems *problems);

/* Build the lookups.  Return: 0, FA_EUSAGE (no pack loaded), FA_ENOMEM. */
int policy_compile(struct policy *policy, struct fa_error *err);

/* What was loaded. */
unsigned policy_pack_count(const struct policy *policy);
const char *policy_pack_name(const struct policy *policy, unsigned pack);
const char *policy_pack_title(const struct policy *policy, unsigned pack);
unsigned policy_row_count(const struct policy *policy);
const struct row *policy_row(const struct policy *policy, unsigned row);
/* Index of the row with this id (or also-id); -1 when there is none. */
int policy_find_row(const struct policy *policy, const char *id);
const char *policy_site_name(const struct policy *policy); /* NULL without a site */
unsigned policy_role_count(const struct policy *policy);
const char *policy_role_name(const struct policy *policy, unsigned role);
/* One line about a role, from its pack; may be empty. */
const char *policy_role_description(const struct policy *policy, unsigned role);
/* The site gives addresses to it, or to a role that stands for it.  After policy_compile(). */
bool policy_role_is_bound(const struct policy *policy, unsigned role);
/**
 * policy_role_address() - An address of a role by the site
 * @index:	0 for the first, counting up; addresses that follow one another in a range
 *		are told apart, so a role with a subnet has many
 *
 * Return: false past the last, and without a site
 */
bool policy_role_address(const struct policy *policy, unsigned role, unsigned index,
			 struct address *addr);
const char *policy_condition_name(const struct policy *policy, unsigned condition);
/* "Port summary (revised 2015-03-09): Firewall summary": where a row comes from.  Return: @buf */
const char *policy_row_title(const struct policy *policy, const struct row *row, char *buf,
			     size_t size);

/* What the site says of a condition. */
enum assertion { ASSERTION_UNKNOWN, ASSERTION_HOLDS, ASSERTION_DENIED };
enum assertion policy_condition(const struct policy *policy, unsigned condition);

/* A row is required here: need is required and the site asserts every condition, or it has none. */
bool policy_row_is_required(const struct policy *policy, const struct row *row);
/* Past its validity at @ts_ns, and the site does not assert its exception. */
bool policy_row_is_expired(const struct policy *policy, const struct row *row, int64_t ts_ns);

/*
 * Roles the site binds to an address; empty without a site or binding.
 *
 * Return: the site gives a role to this very address; `any` gives none to any
 */
bool policy_roles_of(const struct policy *policy, const struct address *addr,
		     struct role_set *roles);

/* Addresses, prefixes and ranges that the site lists; 0 without a site. */
unsigned policy_bound_count(const struct policy *policy);

/**
 * struct tuple - What a match looks at
 *
 * 0.0.0.0, :: and 255.255.255.255 name no host (DHCP): they satisfy any role,
 * and the match says peer_unverified.
 *
 * @addr, @port:  [0] the initiator's, [1] the responder's; host order ports
 * @l4:		  IP protocol number (6 or 17; others match nothing)
 * @initiator_known: When false both orientations are tried
 * @ts_ns:	  Packet time, for validity
 */
struct tuple {
	struct address addr[2];
	uint16_t port[2];
	uint8_t l4;
	bool initiator_known;
	int64_t ts_ns;
};

/**
 * struct match - One row that a tuple satisfies
 * @row:	  Index
 * @reversed:	  Only addr[1] as the initiator satisfies it (initiator not known)
 * @peer_unverified: An end of the row is unspecified
 * @unbound:	  There is no site, so a role of the row was not checked
 */
struct match {
	uint32_t row;
	bool reversed;
	bool peer_unverified;
	bool unbound;
};

/**
 * policy_match() - Every row a tuple satisfies by role, transport and ports
 * @matches:	Room for @cap; the narrowest rows come first, then pack order
 *
 * Rows whose condition the site denies, expired rows and rows of need none
 * are left out.  No protocol evidence is looked at here.
 *
 * Return: rows satisfied; only the first @cap of them are written
 */
size_t policy_match(const struct policy *policy, const struct tuple *tuple, struct match *matches,
		    size_t cap);

/* The rule keys a nearest row can differ in. */
enum rule_key {
	KEY_L4 = 1u << 0,
	KEY_FROM = 1u << 1,
	KEY_TO = 1u << 2,
	KEY_SPORT = 1u << 3,
	KEY_DPORT = 1u << 4,
	KEY_PROTO = 1u << 5,
	KEY_VALID = 1u << 6,
	KEY_WHEN = 1u << 7,
};
#define KEY_COUNT 8
/* "l4", "from", ... of one key's bit. */
const char *rule_key_name(enum rule_key key);

/**
 * struct nearest - The documented row closest to a tuple
 * @row:	Index, or -1 when no row is close (more than two keys differ)
 * @differs:	Set of enum rule_key; swapped roles are KEY_FROM | KEY_TO
 * @reversed:	Its ends fit with addr[1] as the initiator
 */
struct nearest {
	int row;
	unsigned differs;
	bool reversed;
};

/**
 * policy_row_ends() - Which end of a tuple is which end of a row that it satisfies
 * @from:	Index into addr[] of the row's @from end
 * @sport:	Index into port[] of the port its sport key speaks of; dport is the other
 */
void policy_row_ends(const struct policy *policy, unsigned row, const struct tuple *tuple,
		     unsigned *from, unsigned *sport);

/**
 * policy_nearest() - Row with the fewest failing keys, two at most
 *
 * Rows that fit but are expired or denied come first; swapped roles count as
 * one failing key.  Among equals come rows that are not wide before wide ones,
 * rows that name both ends before rows that leave a peer unspecified, then the
 * smaller distance between the port and the documented range, the narrower
 * row, pack order.
 *
 * Rows that fit entirely are left out: they are for policy_match(), and a wide
 * one that the protocol contradicts is for the caller.  A `port` key that
 * fails at both ends counts as KEY_DPORT.  KEY_PROTO is never set here.
 */
void policy_nearest(const struct policy *policy, const struct tuple *tuple,
		    struct nearest *nearest);

/**
 * policy_nearest_text() - One sentence for a person
 *
 * "row internal/server-ports/7 differs only in dport: 8059, documented 8057",
 * "row pic/firewall-summary/4 expired 2013-03-15", ...  For KEY_PROTO, which
 * the caller sets, @found names what was seen ("HTTP").
 */
void policy_nearest_text(const struct policy *policy, const struct tuple *tuple,
			 const struct nearest *nearest, const char *found, char *buf, size_t size);

/* "50000-59999", "67,68": the ports a row documents, for people. */
void policy_row_ports_text(const struct row *row, char *buf, size_t size);
/* "sip/mtls, http/tls" */
void policy_row_protocols_text(const struct row *row, char *buf, size_t size);
/* "edge-access", "client or device", "any", "unspecified" */
void policy_side_text(const struct policy *policy, const struct side *side, char *buf, size_t size);

/**
 * policy_lint() - Complaints about packs that parse
 * @now_ns:	For expired rows
 *
 * After policy_compile().  Warnings "unreachable" (conditions that exclude
 * each other, ports that cannot meet), "shadowed" (another row admits all its
 * flows with the same protocols), "duplicate", "expired" and "unused-role";
 * notes "overlap" (a range shares flows with another row, the protocol must
 * tell them apart) and, with a site, "unbound" (no role of an end has an address).  Unknown
 * roles are errors of loading, with the code "unknown-role".
 *
 * Return: 0 or FA_ENOMEM
 */
int policy_lint(const struct policy *policy, int64_t now_ns, struct problems *problems);

#endif
