/*
 * Packs: the documented rows, read from YAML with file:line:column for every
 * complaint.  A pack that is wrong in any way is refused as a whole, after all
 * its mistakes have been collected.
 */
#ifndef FA_POLICY_PACK_H
#define FA_POLICY_PACK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "policy/application.h"
#include "policy/problems.h"

/* Roles over all loaded packs; a role's index is its bit. */
#define ROLE_MAX 256

struct role_set {
	uint64_t bits[ROLE_MAX / 64];
};

static inline bool role_set_has(const struct role_set *set, unsigned role)
{
	return set->bits[role / 64] >> (role % 64) & 1;
}

static inline bool role_set_meets(const struct role_set *a, const struct role_set *b)
{
	return ((a->bits[0] & b->bits[0]) | (a->bits[1] & b->bits[1]) | (a->bits[2] & b->bits[2]) |
		(a->bits[3] & b->bits[3])) != 0;
}

/* Which ends a row names on one side. */
enum side_kind {
	SIDE_ROLES,       /* the roles of the set */
	SIDE_ANY,         /* printed "any": authorises every peer; the set may narrow the wording */
	SIDE_UNSPECIFIED, /* the table names no peer: matches, reported as peer-unverified */
};

struct side {
	enum side_kind kind;
	struct role_set roles;
};

struct port_range {
	uint16_t lo, hi; /* inclusive */
};

struct port_set {
	const struct port_range *ranges; /* ascending, disjoint */
	unsigned count;                  /* 0: no constraint at this end */
};

static inline bool port_set_has(const struct port_set *set, uint16_t port)
{
	unsigned i;

	for (i = 0; i < set->count; i++)
		if (port >= set->ranges[i].lo && port <= set->ranges[i].hi)
			return true;
	return false;
}

/* Ports between @port and the nearest one of the set; 0 inside it, and without a constraint. */
static inline uint32_t port_set_distance(const struct port_set *set, uint16_t port)
{
	uint32_t best = UINT32_MAX;

	for (unsigned i = 0; i < set->count; i++) {
		uint32_t lo = set->ranges[i].lo, hi = set->ranges[i].hi;
		uint32_t d = port < lo ? lo - port : port > hi ? port - hi : 0;

		best = MIN(best, d);
	}
	return set->count == 0 ? 0 : best;
}

enum row_need { NEED_REQUIRED, NEED_OPTIONAL, NEED_NONE };

enum row_twoway {
	TWOWAY_NO,       /* from opens, to listens */
	TWOWAY_SWAP,     /* either may open; the dport is the responder's */
	TWOWAY_ANCHORED, /* either may open; the ports stay with their roles */
};

enum port_key { PORT_KEY_DPORT, PORT_KEY_SPORT, PORT_KEY_PORT };

#define ROW_L4_TCP 1u
#define ROW_L4_UDP 2u

#define ROW_PROTOCOLS  4
#define ROW_CONDITIONS 4

struct row_protocol {
	enum application app;
	enum tls_mode tls;
};

/**
 * struct row - One documented row.  Immutable; everything it points to belongs to its policy
 * @id:		"document/table/row"
 * @also:	Further ids of the same printed row, NULL-terminated (split cells); may be NULL
 * @pack:	Name of its pack
 * @file, @line, @column: Where its rule begins
 * @l4:		Set of ROW_L4_
 * @protocols:	@protocol_count alternatives, any of which satisfies the row
 * @from, @to:	The initiator's and the responder's end
 * @dport:	At the @to end
 * @sport:	At the @from end
 * @port:	At either end, where the source does not say which
 * @conditions:	@condition_count indices, see policy_condition_name(); all must hold
 * @until_ns:	First instant at which the row is past its validity; INT64_MAX: none
 * @until_text:	"2013-03-15" as printed in messages, or NULL
 * @exception:	Name of the exception that keeps it valid ("mainland-china"), or NULL
 * @tune:	Name of the parameter that moves its range, or NULL
 * @tune_key:	Which of its port keys that parameter moves; may be one that the
 *		row leaves out, where the documentation prints no default
 * @note:	Short, in our own words; may be NULL
 * @inferred:	"l4, proto": keys (and "tls") that the table does not print, or NULL
 * @width:	Ports its narrowest constraint admits (1 for a single port);
 *		65536 without one
 */
struct row {
	const char *id;
	const char *const *also;
	const char *pack;
	const char *file;
	uint32_t line, column;
	uint8_t l4;
	uint8_t protocol_count;
	uint8_t condition_count;
	uint8_t need;     /* enum row_need */
	uint8_t twoway;   /* enum row_twoway */
	uint8_t tune_key; /* enum port_key */
	struct row_protocol protocols[ROW_PROTOCOLS];
	struct side from, to;
	struct port_set dport, sport, port;
	uint16_t conditions[ROW_CONDITIONS];
	int64_t until_ns;
	const char *until_text;
	const char *exception;
	const char *tune;
	const char *note;
	const char *inferred;
	uint32_t width;
};

/* A row this wide documents a flow only with protocol evidence (DESIGN section 2). */
#define ROW_WIDE 10000u

static inline bool row_is_wide(const struct row *row)
{
	return row->width > ROW_WIDE;
}

#endif
