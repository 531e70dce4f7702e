/* The container: packs and a site in, an immutable set of lookups out. */
#include "policy/policy.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/memory.h"
#include "policy/classes.h"

struct policy *policy_new(void)
{
	return memory_array(1, sizeof(struct policy));
}

void policy_drop(struct policy *policy)
{
	unsigned l4, end;

	for (l4 = 0; l4 < 2; l4++)
		for (end = 0; end < 2; end++)
			ports_free(&policy->ports[l4][end]);
	roles_map_free(&policy->map);
	classes_free(&policy->classes);
	free(policy->rules);
	policy->rules = NULL;
	policy->compiled = false;
}

void policy_free(struct policy *policy)
{
	if (policy == NULL)
		return;
	policy_drop(policy);
	roles_claims_free(&policy->site.claims);
	free(policy->packs);
	free(policy->rows);
	free(policy->alternatives);
	free(policy->ids);
	arena_free(&policy->arena);
	free(policy);
}

static bool named(const char *name, const char *text, size_t len)
{
	return strncmp(name, text, len) == 0 && name[len] == '\0';
}

/* Where an id is, or would go.  The key need not be secret: ids are the operator's own files. */
static size_t id_slot(const struct id_slot *ids, size_t cap, const char *id)
{
	struct hash_key key;
	size_t at;

	hash_key_init(&key, 1);
	at = hash_bytes(&key, id, strlen(id)) & (cap - 1);
	while (ids[at].id != NULL && strcmp(ids[at].id, id) != 0)
		at = (at + 1) & (cap - 1);
	return at;
}

int policy_enter_id(struct policy *policy, const char *id, uint32_t row)
{
	size_t at, i;

	if (2 * (policy->id_count + 1) > policy->id_cap) {
		size_t cap = policy->id_cap == 0 ? 256 : 2 * policy->id_cap;
		struct id_slot *ids = memory_array(cap, sizeof(*ids));

		if (ids == NULL)
			return -2;
		for (i = 0; i < policy->id_cap; i++)
			if (policy->ids[i].id != NULL)
				ids[id_slot(ids, cap, policy->ids[i].id)] = policy->ids[i];
		free(policy->ids);
		policy->ids = ids;
		policy->id_cap = cap;
	}
	at = id_slot(policy->ids, policy->id_cap, id);
	if (policy->ids[at].id != NULL)
		return (int)policy->ids[at].row;
	policy->ids[at] = (struct id_slot){ id, row };
	policy->id_count++;
	return -1;
}

int policy_find_row(const struct policy *policy, const char *id)
{
	size_t at;

	if (policy->id_cap == 0)
		return -1;
	at = id_slot(policy->ids, policy->id_cap, id);
	return policy->ids[at].id == NULL ? -1 : (int)policy->ids[at].row;
}

/* Enter the ids of the rows again, after rows were taken back. */
static void enter_ids_again(struct policy *policy)
{
	const char *const *also;
	uint32_t row;

	for (row = 0; row < policy->id_cap; row++)
		policy->ids[row].id = NULL;
	policy->id_count = 0;
	for (row = 0; row < policy->row_count; row++) {
		/* Room is there: they were all in before. */
		(void)policy_enter_id(policy, policy->rows[row].id, row);
		also = policy->rows[row].also;
		for (; also != NULL && *also != NULL; also++)
			(void)policy_enter_id(policy, *also, row);
	}
}

/* A pack goes in whole or not at all. */
static int load_pack(struct policy *policy, struct yaml_doc *doc, int ret)
{
	struct vocabulary *before = memory_array(1, sizeof(*before));
	size_t rows = policy->row_count, packs = policy->pack_count;
	size_t alternatives = policy->alternative_count;
	size_t errors = doc->problems->errors;

	if (before == NULL)
		return FA_ENOMEM;
	*before = policy->vocabulary;
	if (doc->root != NULL) {
		int read = pack_read(policy, doc);

		ret = ret == 0 || read == FA_ENOMEM ? read : ret;
	}
	if (ret == 0 && doc->problems->errors > errors)
		ret = FA_EFORMAT;
	if (ret != 0) {
		policy->vocabulary = *before;
		policy->row_count = rows;
		policy->pack_count = packs;
		policy->alternative_count = alternatives;
		enter_ids_again(policy);
	}
	free(before);
	return ret;
}

/* The names of a pack without its rows.  A name that is known means what it did. */
static int load_words(struct policy *policy, struct yaml_doc *doc, int ret)
{
	struct vocabulary *before = memory_array(1, sizeof(*before)), *now = &policy->vocabulary;
	size_t rows = policy->row_count, packs = policy->pack_count;
	size_t alternatives = policy->alternative_count;

	if (before == NULL)
		return FA_ENOMEM;
	*before = *now;
	ret = load_pack(policy, doc, ret);
	if (ret == 0) {
		policy->row_count = rows;
		policy->pack_count = packs;
		policy->alternative_count = alternatives;
		enter_ids_again(policy);
		memcpy(now->roles, before->roles,
		       before->counts[VOCAB_ROLE] * sizeof(before->roles[0]));
		memcpy(now->conditions, before->conditions,
		       before->counts[VOCAB_CONDITION] * sizeof(before->conditions[0]));
		memcpy(now->exceptions, before->exceptions,
		       before->counts[VOCAB_EXCEPTION] * sizeof(before->exceptions[0]));
		memcpy(now->parameters, before->parameters,
		       before->counts[VOCAB_PARAMETER] * sizeof(before->parameters[0]));
	}
	free(before);
	return ret;
}

static int load_site(struct policy *policy, struct yaml_doc *doc, int ret)
{
	struct site *site = memory_array(1, sizeof(*site));
	size_t errors = doc->problems->errors;

	if (site == NULL)
		return FA_ENOMEM;
	if (policy->site.name != NULL)
		yaml_complain(doc, &(struct yaml_node){ 0 }, "", "a site is loaded already: %s",
			      policy->site.file);
	if (doc->root != NULL) {
		int read = site_read(policy, doc, site);

		ret = ret == 0 || read == FA_ENOMEM ? read : ret;
	}
	if (ret == 0 && doc->problems->errors > errors)
		ret = FA_EFORMAT;
	if (ret == 0)
		policy->site = *site;
	else
		roles_claims_free(&site->claims);
	free(site);
	return ret;
}

/* What packs and sites have in common: read, hand on, put the complaints in order. */
static int load(struct policy *policy, const char *path, const char *text, size_t len,
		struct problems *problems,
		int (*take)(struct policy *policy, struct yaml_doc *doc, int ret))
{
	size_t first = problems->count;
	struct yaml_doc doc;
	int ret;

	policy_drop(policy);
	ret = text == NULL ? yaml_load_file(&doc, path, problems)
			   : yaml_load(&doc, path, text, len, problems);
	/* A tree with double keys is still read, for its other mistakes. */
	if (ret == 0 || ret == FA_EFORMAT)
		ret = take(policy, &doc, ret);
	yaml_free(&doc);
	problems_sort(problems, first);
	return ret;
}

int policy_load_pack(struct policy *policy, const char *path, struct problems *problems)
{
	return load(policy, path, NULL, 0, problems, load_pack);
}

int policy_load_pack_text(struct policy *policy, const char *name, const char *text, size_t len,
			  struct problems *problems)
{
	return load(policy, name, text, len, problems, load_pack);
}

int policy_load_words(struct policy *policy, const char *path, struct problems *problems)
{
	return load(policy, path, NULL, 0, problems, load_words);
}

int policy_load_site(struct policy *policy, const char *path, struct problems *problems)
{
	return load(policy, path, NULL, 0, problems, load_site);
}

int policy_load_site_text(struct policy *policy, const char *name, const char *text, size_t len,
			  struct problems *problems)
{
	return load(policy, name, text, len, problems, load_site);
}

unsigned policy_pack_count(const struct policy *policy)
{
	return (unsigned)policy->pack_count;
}

const char *policy_pack_name(const struct policy *policy, unsigned pack)
{
	FA_ASSERT(pack < policy->pack_count);
	return policy->packs[pack].name;
}

const char *policy_pack_title(const struct policy *policy, unsigned pack)
{
	FA_ASSERT(pack < policy->pack_count);
	return policy->packs[pack].title;
}

unsigned policy_row_count(const struct policy *policy)
{
	return (unsigned)policy->row_count;
}

const struct row *policy_row(const struct policy *policy, unsigned row)
{
	FA_ASSERT(row < policy->row_count);
	return &policy->rows[row];
}

const char *policy_site_name(const struct policy *policy)
{
	return policy->site.name;
}

unsigned policy_role_count(const struct policy *policy)
{
	return policy->vocabulary.counts[VOCAB_ROLE];
}

const char *policy_role_name(const struct policy *policy, unsigned role)
{
	FA_ASSERT(role < policy->vocabulary.counts[VOCAB_ROLE]);
	return policy->vocabulary.roles[role].name;
}

const char *policy_role_description(const struct policy *policy, unsigned role)
{
	FA_ASSERT(role < policy->vocabulary.counts[VOCAB_ROLE]);
	return policy->vocabulary.roles[role].description;
}

bool policy_role_is_bound(const struct policy *policy, unsigned role)
{
	FA_ASSERT(policy->compiled && role < policy->vocabulary.counts[VOCAB_ROLE]);
	return role_set_meets(&policy->closures[role], &policy->site.bound);
}

unsigned policy_bound_count(const struct policy *policy)
{
	return (unsigned)policy->site.claims.count;
}

const char *policy_condition_name(const struct policy *policy, unsigned condition)
{
	FA_ASSERT(condition < policy->vocabulary.counts[VOCAB_CONDITION]);
	return policy->vocabulary.conditions[condition].name;
}

enum assertion policy_condition(const struct policy *policy, unsigned condition)
{
	FA_ASSERT(condition < policy->vocabulary.counts[VOCAB_CONDITION]);
	return (enum assertion)policy->site.assertions[condition];
}

bool policy_row_is_required(const struct policy *policy, const struct row *row)
{
	unsigned i;

	if (row->need != NEED_REQUIRED)
		return false;
	for (i = 0; i < row->condition_count; i++)
		if (policy_condition(policy, row->conditions[i]) != ASSERTION_HOLDS)
			return false;
	return true;
}

bool policy_row_is_expired(const struct policy *policy, const struct row *row, int64_t ts_ns)
{
	int exception;

	if (ts_ns < row->until_ns)
		return false;
	if (row->exception == NULL)
		return true;
	exception = vocabulary_find(&policy->vocabulary, VOCAB_EXCEPTION, row->exception,
				    strlen(row->exception));
	return exception < 0 || !policy->site.exceptions[exception];
}

const char *policy_row_title(const struct policy *policy, const struct row *row, char *buf,
			     size_t size)
{
	size_t document = strcspn(row->id, "/");
	size_t name = document + 1 + strcspn(row->id + document + 1, "/");
	unsigned p, i;

	snprintf(buf, size, "%s", row->pack);
	for (p = 0; p < policy->pack_count; p++) {
		const struct pack *pack = &policy->packs[p];
		const char *title = "", *revised = NULL, *table = "";

		if (pack->name != row->pack)
			continue;
		for (i = 0; i < pack->document_count; i++)
			if (named(pack->documents[i].id, row->id, document)) {
				title = pack->documents[i].title;
				revised = pack->documents[i].revised;
			}
		for (i = 0; i < pack->table_count; i++)
			if (named(pack->tables[i].name, row->id, name))
				table = pack->tables[i].title;
		snprintf(buf, size, "%s%s%s%s: %s", title, revised == NULL ? "" : " (revised ",
			 revised == NULL ? "" : revised, revised == NULL ? "" : ")", table);
	}
	return buf;
}

/* The address @n behind @a, while it stays within @hi. */
static bool address_behind(const struct address *a, unsigned n, const struct address *hi,
			   struct address *to)
{
	unsigned carry = n;

	*to = *a;
	for (int i = 15; i >= 0 && carry != 0; i--) {
		carry += to->b[i];
		to->b[i] = (uint8_t)carry;
		carry >>= 8;
	}
	return carry == 0 && address_compare(to, hi) <= 0;
}

bool policy_role_address(const struct policy *policy, unsigned role, unsigned index,
			 struct address *addr)
{
	for (size_t i = 0; i < policy->map.count; i++) {
		const struct roles_interval *v = &policy->map.intervals[i];

		if (!role_set_has(&v->roles, role))
			continue;
		if (address_behind(&v->lo, index, &v->hi, addr))
			return true;
		/* What the interval has is used up. */
		for (unsigned n = 0; index > 0 && address_behind(&v->lo, n, &v->hi, addr); n++)
			index--;
	}
	return false;
}
