/* Documents, tables, roles, conditions, exceptions and parameters of a pack. */
#include "policy/declare.h"

#include <string.h>

#include "policy/names.h"

#define TITLE_MOST 400 /* bytes of a title or description */

const char *declare_text(struct reader *r, const struct yaml_node *node)
{
	const char *text = arena_text(&r->policy->arena, node->text, node->len);

	r->nomem = r->nomem || text == NULL;
	return text == NULL ? "" : text;
}

/* The value of a field that holds a title or a description; "" where it is missing. */
static const char *words(struct reader *r, const struct yaml_node *node, const char *what)
{
	if (node == NULL || !yaml_text(r->doc, node, what, TITLE_MOST))
		return "";
	return declare_text(r, node);
}

static size_t count_keys(const struct yaml_node *map)
{
	const struct yaml_node *key;
	size_t n = 0;

	for (key = map->child; key != NULL; key = key->next->next)
		n++;
	return n;
}

/* Where a document's translations come from: facts for a reader, not for a program. */
static void check_translations(struct reader *r, const struct yaml_node *list)
{
	static const struct yaml_field fields[] = {
		{ "lang", true }, { "revised", true },	  { "content-key-id", true },
		{ "kind", true }, { "seed", false },
	};
	const struct yaml_node *item, *values[ARRAY_SIZE(fields)];
	uint32_t number;
	int32_t day;

	if (list == NULL || !yaml_expect(r->doc, list, YAML_LIST, "translations"))
		return;
	for (item = list->child; item != NULL; item = item->next) {
		if (!yaml_fields(r->doc, item, "the translation", fields, ARRAY_SIZE(fields),
				 values))
			continue;
		if (values[0] != NULL)
			yaml_name(r->doc, values[0], "lang");
		if (values[1] != NULL)
			yaml_date(r->doc, values[1], "revised", &day);
		if (values[2] != NULL)
			yaml_number(r->doc, values[2], "content-key-id", 1, 999999999, &number);
		if (values[3] != NULL && !yaml_is(values[3], "human") &&
		    !yaml_is(values[3], "machine"))
			yaml_complain(r->doc, values[3], "", "kind: expected human or machine");
		if (values[4] != NULL)
			yaml_name(r->doc, values[4], "seed");
	}
}

void declare_documents(struct reader *r, const struct yaml_node *node)
{
	static const struct yaml_field fields[] = {
		{ "title", true },   { "asset-id", false },	{ "revised", false },
		{ "source", false }, { "translations", false },
	};
	const struct yaml_node *key, *values[ARRAY_SIZE(fields)];
	struct document *document;
	int32_t day;

	if (node == NULL || !yaml_expect(r->doc, node, YAML_MAP, "documents"))
		return;
	r->documents = arena_take(&r->policy->arena, count_keys(node) * sizeof(*r->documents));
	if (r->documents == NULL) {
		r->nomem = true;
		return;
	}
	for (key = node->child; key != NULL; key = key->next->next) {
		bool good = yaml_name(r->doc, key, "document");

		if (good && memchr(key->text, '/', key->len) != NULL)
			good = yaml_complain(r->doc, key, "", "document \"%.*s\": no \"/\" in an id",
					     (int)key->len, key->text);
		if (!yaml_fields(r->doc, key->next, "the document", fields, ARRAY_SIZE(fields),
				 values) ||
		    !good)
			continue;
		document = &r->documents[r->pack->document_count++];
		document->id = declare_text(r, key);
		document->title = words(r, values[0], "title");
		if (values[1] != NULL)
			yaml_name(r->doc, values[1], "asset-id");
		if (values[2] != NULL && yaml_date(r->doc, values[2], "revised", &day))
			document->revised = declare_text(r, values[2]);
		if (values[3] != NULL)
			yaml_text(r->doc, values[3], "source", TITLE_MOST);
		check_translations(r, values[4]);
	}
}

static bool has_document(const struct reader *r, const char *id, size_t len)
{
	unsigned i;

	for (i = 0; i < r->pack->document_count; i++)
		if (strlen(r->documents[i].id) == len && memcmp(r->documents[i].id, id, len) == 0)
			return true;
	return false;
}

void declare_tables(struct reader *r, const struct yaml_node *node)
{
	static const struct yaml_field fields[] = { { "title", true }, { "rows", true } };
	const struct yaml_node *key, *values[ARRAY_SIZE(fields)];
	struct table *table;
	const char *slash;

	if (node == NULL || !yaml_expect(r->doc, node, YAML_MAP, "tables"))
		return;
	r->tables = arena_take(&r->policy->arena, count_keys(node) * sizeof(*r->tables));
	if (r->tables == NULL) {
		r->nomem = true;
		return;
	}
	for (key = node->child; key != NULL; key = key->next->next) {
		bool good = yaml_name(r->doc, key, "table");

		slash = memchr(key->text, '/', key->len);
		if (good && (slash == NULL || slash[1] == '/' ||
			     !has_document(r, key->text, (size_t)(slash - key->text))))
			good = yaml_complain(r->doc, key, "",
					     "table \"%.*s\": expected DOCUMENT/TABLE with a "
					     "document of this pack",
					     (int)key->len, key->text);
		if (!yaml_fields(r->doc, key->next, "the table", fields, ARRAY_SIZE(fields),
				 values) ||
		    !good)
			continue;
		table = &r->tables[r->pack->table_count++];
		table->name = declare_text(r, key);
		table->title = words(r, values[0], "title");
		table->line = key->line;
		table->column = key->column;
		if (values[1] != NULL)
			yaml_number(r->doc, values[1], "rows", 1, 1000000, &table->rows);
	}
}

/* Index for a declared name, new or known from another pack; -1 when the list is full. */
static int place(struct reader *r, const struct yaml_node *key, int known, unsigned *count,
		 unsigned most, const char *what)
{
	if (known >= 0)
		return known;
	if (*count == most) {
		yaml_complain(r->doc, key, "", "more than %u %s over all packs", most, what);
		return -1;
	}
	return (int)(*count)++;
}

/* First pass: names only, so that members may be declared in any order. */
static void name_roles(struct reader *r, const struct yaml_node *node)
{
	struct vocabulary *v = &r->policy->vocabulary;
	const struct yaml_node *key;
	bool full = false;
	int i;

	for (key = node->child; key != NULL && !full; key = key->next->next) {
		if (!yaml_name(r->doc, key, "role"))
			continue;
		if (yaml_is(key, "any") || yaml_is(key, "unspecified")) {
			yaml_complain(r->doc, key, "", "role \"%.*s\": the word has a meaning already",
				      (int)key->len, key->text);
			continue;
		}
		i = policy_role_index(v, key->text, key->len);
		if (i < 0) {
			i = place(r, key, i, &v->role_count, ROLE_MAX, "roles");
			full = i < 0;
			if (full)
				continue;
			v->roles[i] = (struct role){ .name = declare_text(r, key),
						     .description = "",
						     .file = r->file,
						     .line = key->line,
						     .column = key->column };
		}
		role_set_add(&r->declared, (unsigned)i);
	}
}

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
		i = declare_role(r, item, what);
		if (i >= 0)
			role_set_add(set, (unsigned)i);
	}
}

void declare_roles(struct reader *r, const struct yaml_node *node)
{
	static const struct yaml_field fields[] = { { "description", true },
						    { "members", false },
						    { "is", false } };
	struct vocabulary *v = &r->policy->vocabulary;
	const struct yaml_node *key, *values[ARRAY_SIZE(fields)];
	const char *description;
	int i;

	if (node == NULL || !yaml_expect(r->doc, node, YAML_MAP, "roles"))
		return;
	name_roles(r, node);
	for (key = node->child; key != NULL; key = key->next->next) {
		i = policy_role_index(v, key->text, key->len);
		if (!yaml_fields(r->doc, key->next, "the role", fields, ARRAY_SIZE(fields),
				 values) ||
		    i < 0)
			continue;
		description = words(r, values[0], "description");
		if (v->roles[i].description[0] == '\0')
			v->roles[i].description = description;
		role_list(r, values[1], "members", &v->roles[i].members);
		role_list(r, values[2], "is", &v->roles[i].is);
	}
}

void declare_conditions(struct reader *r, const struct yaml_node *node)
{
	static const struct yaml_field fields[] = { { "description", true },
						    { "excludes", false } };
	struct vocabulary *v = &r->policy->vocabulary;
	const struct yaml_node *key, *values[ARRAY_SIZE(fields)], *item;
	struct yaml_items items;
	int i, other;

	if (node == NULL || !yaml_expect(r->doc, node, YAML_MAP, "conditions"))
		return;
	for (key = node->child; key != NULL; key = key->next->next) {
		if (!yaml_name(r->doc, key, "condition"))
			continue;
		i = policy_condition_index(v, key->text, key->len);
		if (i < 0) {
			i = place(r, key, i, &v->condition_count, CONDITION_MAX, "conditions");
			if (i < 0)
				return;
			v->conditions[i] = (struct condition){ .name = declare_text(r, key),
							       .description = "" };
		}
		r->conditions[i] = true;
	}
	for (key = node->child; key != NULL; key = key->next->next) {
		i = policy_condition_index(v, key->text, key->len);
		if (!yaml_fields(r->doc, key->next, "the condition", fields, ARRAY_SIZE(fields),
				 values) ||
		    i < 0)
			continue;
		v->conditions[i].description = words(r, values[0], "description");
		if (values[1] == NULL)
			continue;
		items = yaml_items(values[1]);
		while ((item = yaml_items_next(&items)) != NULL) {
			other = declare_condition(r, item);
			if (other == i)
				yaml_complain(r->doc, item, "", "a condition cannot exclude itself");
			else if (other >= 0) {
				/* Exclusion goes both ways. */
				v->conditions[i].excludes[other / 64] |= UINT64_C(1) << other % 64;
				v->conditions[other].excludes[i / 64] |= UINT64_C(1) << i % 64;
			}
		}
	}
}

void declare_exceptions(struct reader *r, const struct yaml_node *node)
{
	static const struct yaml_field fields[] = { { "description", true } };
	struct vocabulary *v = &r->policy->vocabulary;
	const struct yaml_node *key, *values[ARRAY_SIZE(fields)];
	int i;

	if (node == NULL || !yaml_expect(r->doc, node, YAML_MAP, "exceptions"))
		return;
	for (key = node->child; key != NULL; key = key->next->next) {
		if (!yaml_name(r->doc, key, "exception") ||
		    !yaml_fields(r->doc, key->next, "the exception", fields, ARRAY_SIZE(fields),
				 values))
			continue;
		i = place(r, key, policy_exception_index(v, key->text, key->len),
			  &v->exception_count, EXCEPTION_MAX, "exceptions");
		if (i < 0)
			return;
		v->exceptions[i] = (struct named){ declare_text(r, key),
						   words(r, values[0], "description") };
		r->exceptions[i] = true;
	}
}

void declare_parameters(struct reader *r, const struct yaml_node *node)
{
	static const struct yaml_field fields[] = { { "description", true },
						    { "least", false },
						    { "set-by", false } };
	struct vocabulary *v = &r->policy->vocabulary;
	const struct yaml_node *key, *values[ARRAY_SIZE(fields)];
	int i;

	if (node == NULL || !yaml_expect(r->doc, node, YAML_MAP, "parameters"))
		return;
	for (key = node->child; key != NULL; key = key->next->next) {
		uint32_t least = 1;

		if (!yaml_name(r->doc, key, "parameter") ||
		    !yaml_fields(r->doc, key->next, "the parameter", fields, ARRAY_SIZE(fields),
				 values))
			continue;
		if (values[1] != NULL)
			yaml_number(r->doc, values[1], "least", 1, 65535, &least);
		if (values[2] != NULL)
			yaml_text(r->doc, values[2], "set-by", TITLE_MOST);
		i = place(r, key, policy_parameter_index(v, key->text, key->len),
			  &v->parameter_count, PARAMETER_MAX, "parameters");
		if (i < 0)
			return;
		v->parameters[i] = (struct parameter){ declare_text(r, key),
						       words(r, values[0], "description"), least };
		r->parameters[i] = true;
	}
}

/* What the four references below complain. */
static int unknown(struct reader *r, const struct yaml_node *node, const char *code,
		   const char *what, const struct names *names, const char *where)
{
	char hint[400];

	names_text(names, hint, sizeof(hint));
	yaml_complain(r->doc, node, code, "unknown %s \"%.*s\"%s%s", what, (int)node->len,
		      node->text, hint, hint[0] == '\0' ? where : "");
	return -1;
}

int declare_role(struct reader *r, const struct yaml_node *node, const char *what)
{
	const struct vocabulary *v = &r->policy->vocabulary;
	struct names names;
	unsigned role;
	int i;

	if (!yaml_name(r->doc, node, what))
		return -1;
	i = policy_role_index(v, node->text, node->len);
	if (i >= 0 && role_set_has(&r->declared, (unsigned)i))
		return i;
	names_begin(&names, node->text, node->len);
	for (role = 0; role < v->role_count; role++)
		if (role_set_has(&r->declared, role))
			names_offer(&names, v->roles[role].name);
	return unknown(r, node, "unknown-role", "role", &names, "; roles: declares none like it");
}

int declare_condition(struct reader *r, const struct yaml_node *node)
{
	const struct vocabulary *v = &r->policy->vocabulary;
	struct names names;
	unsigned c;
	int i;

	if (!yaml_name(r->doc, node, "condition"))
		return -1;
	i = policy_condition_index(v, node->text, node->len);
	if (i >= 0 && r->conditions[i])
		return i;
	names_begin(&names, node->text, node->len);
	for (c = 0; c < v->condition_count; c++)
		if (r->conditions[c])
			names_offer(&names, v->conditions[c].name);
	return unknown(r, node, "unknown-condition", "condition", &names,
		       "; conditions: declares none like it");
}

int declare_exception(struct reader *r, const struct yaml_node *node)
{
	const struct vocabulary *v = &r->policy->vocabulary;
	struct names names;
	unsigned e;
	int i;

	if (!yaml_name(r->doc, node, "exception"))
		return -1;
	i = policy_exception_index(v, node->text, node->len);
	if (i >= 0 && r->exceptions[i])
		return i;
	names_begin(&names, node->text, node->len);
	for (e = 0; e < v->exception_count; e++)
		if (r->exceptions[e])
			names_offer(&names, v->exceptions[e].name);
	return unknown(r, node, "unknown-exception", "exception", &names,
		       "; exceptions: declares none like it");
}

int declare_parameter(struct reader *r, const struct yaml_node *node)
{
	const struct vocabulary *v = &r->policy->vocabulary;
	struct names names;
	unsigned p;
	int i;

	if (!yaml_name(r->doc, node, "tune"))
		return -1;
	i = policy_parameter_index(v, node->text, node->len);
	if (i >= 0 && r->parameters[i])
		return i;
	names_begin(&names, node->text, node->len);
	for (p = 0; p < v->parameter_count; p++)
		if (r->parameters[p])
			names_offer(&names, v->parameters[p].name);
	return unknown(r, node, "unknown-parameter", "parameter", &names,
		       "; parameters: declares none like it");
}
