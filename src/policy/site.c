/* A site: addresses for roles, conditions, exceptions and moved port ranges. */
#include <string.h>

#include "policy/ranges.h"
#include "policy/terms.h"

enum { SITE_NAME, SITE_ROLES, SITE_CONDITIONS, SITE_EXCEPTIONS, SITE_PARAMETERS, SITE_FIELDS };

static const struct yaml_field site_fields[SITE_FIELDS] = {
	[SITE_NAME] = { "site", false },
	[SITE_ROLES] = { "roles", true },
	[SITE_CONDITIONS] = { "conditions", false },
	[SITE_EXCEPTIONS] = { "exceptions", false },
	[SITE_PARAMETERS] = { "parameters", false },
};

/* Words are roles, everything else has to be an address: "fe80::1", "10.0.0.0/8". */
static bool looks_like_role(const struct yaml_node *node)
{
	uint32_t i;

	if (node->len == 0 || node->text[0] < 'a' || node->text[0] > 'z')
		return false;
	for (i = 0; i < node->len; i++)
		if (node->text[i] == ':' || node->text[i] == '.' || node->text[i] == '/')
			return false;
	return true;
}

/* One item of a role: "any", an address, a prefix, a range, or another role. */
static void read_binding(struct reader *r, const struct yaml_node *node, unsigned role,
			 struct site *site)
{
	struct address_range range;
	struct fa_error err;
	char text[2 * ADDRESS_TEXT + 2];
	int other;

	if (!yaml_text(r->doc, node, "the address", sizeof(text) - 1))
		return;
	if (yaml_is(node, "any")) {
		role_set_add(&site->claims.any, role);
		return;
	}
	if (looks_like_role(node)) {
		other = terms_refer(r, VOCAB_ROLE, node, "role");
		if (other == (int)role)
			yaml_complain(r->doc, node, "", "a role cannot stand for itself");
		else if (other >= 0)
			role_set_add(&site->claims.alias[role], (unsigned)other);
		return;
	}
	memcpy(text, node->text, node->len);
	text[node->len] = '\0';
	if (address_range_parse(text, &range, &err) != 0)
		yaml_complain(r->doc, node, "", "%s", err.text);
	else if (roles_claim(&site->claims, &range, role) != 0)
		r->nomem = true;
}

static void read_roles(struct reader *r, const struct yaml_node *node, struct site *site)
{
	const struct yaml_node *key, *item;
	struct yaml_items items;
	int role;

	if (node == NULL || !yaml_expect(r->doc, node, YAML_MAP, "roles"))
		return;
	for (key = node->child; key != NULL; key = key->next->next) {
		role = terms_refer(r, VOCAB_ROLE, key, "role");
		if (role < 0)
			continue;
		role_set_add(&site->bound, (unsigned)role);
		if (key->next->kind == YAML_NULL)
			yaml_complain(r->doc, key, "",
				      "role \"%.*s\" has no address; write [] if there is none",
				      (int)key->len, key->text);
		items = yaml_items(key->next);
		while (key->next->kind != YAML_NULL && (item = yaml_items_next(&items)) != NULL)
			read_binding(r, item, (unsigned)role, site);
	}
}

/* What excludes an asserted condition is thereby denied. */
static void deny_excluded(struct reader *r, const struct yaml_node *key, int condition,
			  struct site *site)
{
	const struct vocabulary *v = &r->policy->vocabulary;
	unsigned other;

	for (other = 0; other < v->counts[VOCAB_CONDITION]; other++) {
		if (!(v->conditions[condition].excludes[other / 64] >> (other % 64) & 1))
			continue;
		if (site->assertions[other] == ASSERTION_HOLDS)
			yaml_complain(r->doc, key, "", "%s and %s cannot both hold",
				      v->conditions[condition].name, v->conditions[other].name);
		else
			site->assertions[other] = ASSERTION_DENIED;
	}
}

static void read_conditions(struct reader *r, const struct yaml_node *node, struct site *site)
{
	const struct yaml_node *key;
	int condition;
	bool holds;

	if (node == NULL || !yaml_expect(r->doc, node, YAML_MAP, "conditions"))
		return;
	for (key = node->child; key != NULL; key = key->next->next) {
		condition = terms_refer(r, VOCAB_CONDITION, key, "condition");
		if (condition >= 0 && yaml_bool(r->doc, key->next, "condition", &holds))
			site->assertions[condition] = holds ? ASSERTION_HOLDS : ASSERTION_DENIED;
	}
	for (key = node->child; key != NULL; key = key->next->next) {
		condition = vocabulary_find(&r->policy->vocabulary, VOCAB_CONDITION, key->text,
					    key->len);
		if (condition >= 0 && yaml_is(key->next, "true"))
			deny_excluded(r, key, condition, site);
	}
}

static void read_exceptions(struct reader *r, const struct yaml_node *node, struct site *site)
{
	struct yaml_items items;
	const struct yaml_node *item;
	int i;

	if (node == NULL)
		return;
	items = yaml_items(node);
	while ((item = yaml_items_next(&items)) != NULL) {
		i = terms_refer(r, VOCAB_EXCEPTION, item, "exception");
		if (i >= 0)
			site->exceptions[i] = true;
	}
}

static void read_parameters(struct reader *r, const struct yaml_node *node, struct site *site)
{
	const struct parameter *known = r->policy->vocabulary.parameters;
	const struct yaml_node *key;
	struct port_range range;
	uint32_t ports;
	int i;

	if (node == NULL || !yaml_expect(r->doc, node, YAML_MAP, "parameters"))
		return;
	for (key = node->child; key != NULL; key = key->next->next) {
		i = terms_refer(r, VOCAB_PARAMETER, key, "parameter");
		if (i < 0 || !ranges_read_one(r, key->next, "parameter", &range))
			continue;
		ports = (uint32_t)range.hi - range.lo + 1;
		if (ports < known[i].least)
			yaml_complain(r->doc, key->next, "", "%s: %u ports, %u are the least",
				      known[i].name, ports, known[i].least);
		site->tuned[i] = range;
	}
}

int site_read(struct policy *policy, struct yaml_doc *doc, struct site *site)
{
	const struct yaml_node *values[SITE_FIELDS];
	struct reader r = { .policy = policy, .doc = doc };

	site->file = arena_text(&policy->arena, doc->file, strlen(doc->file));
	if (site->file == NULL)
		return FA_ENOMEM;
	if (!yaml_fields(doc, doc->root, "the site", site_fields, SITE_FIELDS, values))
		return FA_EFORMAT;
	site->name = site->file; /* a site without a name goes by its file */
	if (values[SITE_NAME] != NULL && yaml_text(doc, values[SITE_NAME], "site", 200))
		site->name = declare_text(&r, values[SITE_NAME]);
	read_roles(&r, values[SITE_ROLES], site);
	read_conditions(&r, values[SITE_CONDITIONS], site);
	read_exceptions(&r, values[SITE_EXCEPTIONS], site);
	read_parameters(&r, values[SITE_PARAMETERS], site);
	return r.nomem ? FA_ENOMEM : 0;
}
