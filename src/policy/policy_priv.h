/* What a policy is made of.  Private to policy/. */
#ifndef FA_POLICY_POLICY_PRIV_H
#define FA_POLICY_POLICY_PRIV_H

#include "policy/arena.h"
#include "policy/ports.h"
#include "policy/policy.h"
#include "policy/roles.h"
#include "policy/vocabulary.h"
#include "policy/yaml.h"

struct document {
	const char *id;
	const char *title;
	const char *revised; /* NULL where the pack does not say */
};

/* @name: "pic/firewall-summary"; @part: id of the row counted last, where it came in parts */
struct table {
	const char *name;
	const char *title;
	const char *part;
	uint32_t rows;  /* as declared */
	uint32_t found; /* in the pack */
	uint32_t line, column;
};

struct pack {
	const char *name;
	const char *title;
	const char *file;
	const struct document *documents;
	const struct table *tables;
	unsigned document_count, table_count;
};

/* "@instead of @role on @row": a documented alternative. */
struct alternative {
	uint32_t row;
	uint16_t role, instead;
};

/* Row ids to rows: open addressing, a power of two, at most half full. */
struct id_slot {
	const char *id; /* NULL: free */
	uint32_t row;
};

/* What matching looks at, besides the row. */
struct row_rule {
	struct role_set from, to; /* with members, inheritance and alternatives */
	struct port_set anchor;   /* the narrowest port key, by which the row is found */
	uint8_t ends;             /* by whose port: bit 0 the initiator's, bit 1 the responder's */
	bool denied;              /* the site denies a condition */
	bool excepted;            /* the site asserts its exception: never expires */
};

struct site {
	const char *name; /* NULL: no site */
	const char *file;
	struct role_set bound;             /* roles the site mentions */
	uint8_t assertions[CONDITION_MAX]; /* enum assertion */
	bool exceptions[EXCEPTION_MAX];
	struct port_range tuned[PARAMETER_MAX]; /* lo 0: as documented */
	struct roles_claims claims;
};

/**
 * struct classes - Where rows begin and end
 * @ports:	First port of each stretch in which every row's keys hold the same; [0] is 0
 * @times:	Instants at which some row expires, ascending
 */
struct classes {
	uint32_t *ports;
	int64_t *times;
	unsigned port_count, time_count;
};

struct policy {
	struct arena arena;
	struct vocabulary vocabulary;
	struct pack *packs;
	size_t pack_count, pack_cap;
	struct row *rows;
	size_t row_count, row_cap;
	struct alternative *alternatives;
	size_t alternative_count, alternative_cap;
	struct id_slot *ids;
	size_t id_count, id_cap;
	struct site site;
	/* After policy_compile(): */
	bool compiled;
	struct row_rule *rules; /* one a row */
	struct role_set closures[ROLE_MAX];
	struct roles_map map;
	struct classes classes;
	struct ports ports[2][2]; /* [tcp, udp][by the initiator's, the responder's port] */
};

static inline void role_set_add(struct role_set *set, unsigned role)
{
	set->bits[role / 64] |= UINT64_C(1) << (role % 64);
}

static inline void role_set_join(struct role_set *set, const struct role_set *more)
{
	unsigned i;

	for (i = 0; i < ARRAY_SIZE(set->bits); i++)
		set->bits[i] |= more->bits[i];
}

static inline bool role_set_is_empty(const struct role_set *set)
{
	return (set->bits[0] | set->bits[1] | set->bits[2] | set->bits[3]) == 0;
}

/* Ports in a set; 65536 in one that does not constrain. */
uint32_t policy_port_count(const struct port_set *set);
/* The constraint a row is found by: its narrowest.  May be without one. */
const struct port_set *policy_anchor(const struct row *row);

/* Give up what policy_compile() built. */
void policy_drop(struct policy *policy);

/*
 * Enter an id.  Return: -1, or the row that has it already; -2 without memory.
 * @id stays where it is.
 */
int policy_enter_id(struct policy *policy, const char *id, uint32_t row);

/* pack.c: read a tree into @policy; problems have been said.  Return: 0, FA_EFORMAT, FA_ENOMEM. */
int pack_read(struct policy *policy, struct yaml_doc *doc);
/* site.c: the same for a site, into @site. */
int site_read(struct policy *policy, struct yaml_doc *doc, struct site *site);

#endif
