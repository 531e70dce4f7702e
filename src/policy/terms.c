/* Roles, conditions, exceptions and parameters: where they are declared, and by whom used. */
#include "policy/terms.h"

#include <stdio.h>

#include "policy/names.h"

/* Enter a name; a second pack may declare it again.  False when the list is full. */
static bool enter(struct reader *r, enum vocab kind, const struct yaml_node *key)
{
	struct vocabulary *v = &r->policy->vocabulary;
	int i = vocabulary_find(v, kind, key->text, key->len);

	if (i < 0) {
		i = vocabulary_add(v, kind, declare_text(r, key));
		if (i < 0)
			return yaml_complain(r->doc, key, "", "more than %u %ss over all packs",
					     vocabulary_most(kind), vocabulary_word(kind));
		if (kind == VOCAB_ROLE) {
			v->roles[i].file = r->file;
			v->roles[i].line = key->line;
			v->roles[i].column = key->column;
		}
	}
	role_set_add(&r->declared[kind], (unsigned)i);
	return true;
}

/* The names first, so that they may refer to each other in any order. */
static void enter_all(struct reader *r, enum vocab kind, const struct yaml_node *node)
{
	const struct yaml_node *key;

	for (key = node->child; key != NULL; key = key->next->next) {
		if (!yaml_name(r->doc, key, vocabulary_word(kind)))
			continue;
		if (kind == VOCAB_ROLE && (yaml_is(key, "any") || yaml_is(key, "unspecified")))
			yaml_complain(r->doc, key, "",
				      "role \"%.*s\": the word has a meaning already",
				      (int)key->len, key->text);
		else if (!enter(r, kind, key))
			return;
	}
}

/* A role, or a list of them, into a set. */
static void role_list(struct reader *r, const struct yaml_node *node, const char *what,
		      struct role_set *set)
{
	struct yaml_items items;
	const struct yaml_node *item;
	int i;

	if (node == NULL)
		return;
	items = yaml_items(node);
	while ((item = yaml_items_next(&items)) != NULL) {
		i = terms_refer(r, VOCAB_ROLE, item, what);
		if (i >= 0)
			role_set_add(set, (unsigned)i);
	}
}

static void read_role(struct reader *r, unsigned index, const struct yaml_node *node)
{
	static const struct yaml_field fields[] = { { "description", true },
						    { "members", false },
						    { "is", false } };
	struct role *role = &r->policy->vocabulary.roles[index];
	const struct yaml_node *values[ARRAY_SIZE(fields)];
	const char *description;

	if (!yaml_fields(r->doc, node, "the role", fields, ARRAY_SIZE(fields), values))
		return;
	description = declare_words(r, values[0], "description");
	if (role->description[0] == '\0')
		role->description = description;
	role_list(r, values[1], "members", &role->members);
	role_list(r, values[2], "is", &role->is);
}

static void read_condition(struct reader *r, unsigned index, const struct yaml_node *node)
{
	static const struct yaml_field fields[] = { { "description", true },
						    { "excludes", false } };
	struct condition *all = r->policy->vocabulary.conditions;
	const struct yaml_node *values[ARRAY_SIZE(fields)], *item;
	struct yaml_items items;
	int other;

	if (!yaml_fields(r->doc, node, "the condition", fields, ARRAY_SIZE(fields), values))
		return;
	all[index].description = declare_words(r, values[0], "description");
	if (values[1] == NULL)
		return;
	items = yaml_items(values[1]);
	while ((item = yaml_items_next(&items)) != NULL) {
		other = terms_refer(r, VOCAB_CONDITION, item, "condition");
		if (other == (int)index) {
			yaml_complain(r->doc, item, "", "a condition cannot exclude itself");
		} else if (other >= 0) {
			/* Exclusion goes both ways. */
			all[index].excludes[other / 64] |= UINT64_C(1) << other % 64;
			all[other].excludes[index / 64] |= UINT64_C(1) << index % 64;
		}
	}
}

static void read_exception(struct reader *r, unsigned index, const struct yaml_node *node)
{
	static const struct yaml_field fields[] = { { "description", true } };
	const struct yaml_node *value;

	if (yaml_fields(r->doc, node, "the exception", fields, ARRAY_SIZE(fields), &value))
		r->policy->vocabulary.exceptions[index].description =
			declare_words(r, value, "description");
}

static void read_parameter(struct reader *r, unsigned index, const struct yaml_node *node)
{
	static const struct yaml_field fields[] = { { "description", true },
						    { "least", false },
						    { "set-by", false } };
	struct parameter *parameter = &r->policy->vocabulary.parameters[index];
	const struct yaml_node *values[ARRAY_SIZE(fields)];

	parameter->least = 1;
	if (!yaml_fields(r->doc, node, "the parameter", fields, ARRAY_SIZE(fields), values))
		return;
	parameter->description = declare_words(r, values[0], "description");
	if (values[1] != NULL)
		yaml_number(r->doc, values[1], "least", 1, 65535, &parameter->least);
	if (values[2] != NULL)
		yaml_text(r->doc, values[2], "set-by", DECLARE_WORDS_MOST);
}

void terms_declare(struct reader *r, enum vocab kind, const struct yaml_node *node)
{
	static void (*const read[VOCAB_COUNT])(struct reader *, unsigned,
					       const struct yaml_node *) = {
		[VOCAB_ROLE] = read_role,
		[VOCAB_CONDITION] = read_condition,
		[VOCAB_EXCEPTION] = read_exception,
		[VOCAB_PARAMETER] = read_parameter,
	};
	const struct yaml_node *key;
	char section[32];
	int i;

	snprintf(section, sizeof(section), "%ss", vocabulary_word(kind));
	if (node == NULL || !yaml_expect(r->doc, node, YAML_MAP, section))
		return;
	enter_all(r, kind, node);
	for (key = node->child; key != NULL; key = key->next->next) {
		i = vocabulary_find(&r->policy->vocabulary, kind, key->text, key->len);
		if (i >= 0)
			read[kind](r, (unsigned)i, key->next);
	}
}

/* Known here: to a site whatever any pack declares, to a pack its own. */
static bool known(const struct reader *r, enum vocab kind, unsigned index)
{
	return r->pack == NULL || role_set_has(&r->declared[kind], index);
}

int terms_refer(struct reader *r, enum vocab kind, const struct yaml_node *node, const char *what)
{
	const struct vocabulary *v = &r->policy->vocabulary;
	static const char *const codes[VOCAB_COUNT] = {
		[VOCAB_ROLE] = "unknown-role",
		[VOCAB_CONDITION] = "unknown-condition",
		[VOCAB_EXCEPTION] = "unknown-exception",
		[VOCAB_PARAMETER] = "unknown-parameter",
	};
	const char *word = vocabulary_word(kind);
	char hint[400], where[64] = "";
	struct names names;
	unsigned index;
	int i;

	if (!yaml_name(r->doc, node, what))
		return -1;
	i = vocabulary_find(v, kind, node->text, node->len);
	if (i >= 0 && known(r, kind, (unsigned)i))
		return i;
	names_begin(&names, node->text, node->len);
	for (index = 0; index < v->counts[kind]; index++)
		if (known(r, kind, index))
			names_offer(&names, vocabulary_name(v, kind, index));
	names_text(&names, hint, sizeof(hint));
	if (r->pack != NULL && hint[0] == '\0')
		snprintf(where, sizeof(where), "; %ss: declares none like it", word);
	else if (r->pack == NULL && kind == VOCAB_ROLE)
		snprintf(where, sizeof(where), " (rules list --roles shows all)");
	yaml_complain(r->doc, node, codes[kind], "unknown %s \"%.*s\"%s%s", word, (int)node->len,
		      node->text, hint, where);
	return -1;
}
