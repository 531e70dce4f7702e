/* A pack: its header, its vocabulary, its rows, and whether they add up. */
#include "policy/pack.h"

#include <stdio.h>
#include <string.h>

#include "base/memory.h"
#include "policy/declare.h"
#include "policy/row.h"
#include "policy/terms.h"

#define LICENCE_MOST 1000 /* bytes of the attribution note */

enum {
	PACK_NAME,
	PACK_TITLE,
	PACK_LICENCE,
	PACK_DOCUMENTS,
	PACK_TABLES,
	PACK_ROLES,
	PACK_CONDITIONS,
	PACK_EXCEPTIONS,
	PACK_PARAMETERS,
	PACK_ALTERNATIVES,
	PACK_ROWS,
	PACK_FIELDS
};

static const struct yaml_field pack_fields[PACK_FIELDS] = {
	[PACK_NAME] = { "pack", true },
	[PACK_TITLE] = { "title", true },
	[PACK_LICENCE] = { "licence", false },
	[PACK_DOCUMENTS] = { "documents", true },
	[PACK_TABLES] = { "tables", true },
	[PACK_ROLES] = { "roles", true },
	[PACK_CONDITIONS] = { "conditions", false },
	[PACK_EXCEPTIONS] = { "exceptions", false },
	[PACK_PARAMETERS] = { "parameters", false },
	[PACK_ALTERNATIVES] = { "alternatives", false },
	[PACK_ROWS] = { "rows", true },
};

static void read_header(struct reader *r, const struct yaml_node *const *values)
{
	const struct yaml_node *name = values[PACK_NAME];
	size_t p;

	r->pack->name = r->pack->title = "";
	if (name != NULL && yaml_name(r->doc, name, "pack")) {
		r->pack->name = declare_text(r, name);
		for (p = 0; p + 1 < r->policy->pack_count; p++)
			if (strcmp(r->policy->packs[p].name, r->pack->name) == 0)
				yaml_complain(r->doc, name, "duplicate",
					      "pack \"%s\" is loaded already, from %s",
					      r->pack->name, r->policy->packs[p].file);
	}
	if (values[PACK_TITLE] != NULL &&
	    yaml_text(r->doc, values[PACK_TITLE], "title", LICENCE_MOST))
		r->pack->title = declare_text(r, values[PACK_TITLE]);
	if (values[PACK_LICENCE] != NULL)
		yaml_text(r->doc, values[PACK_LICENCE], "licence", LICENCE_MOST);
}

static int add_alternative(struct reader *r, int row, int role, int instead)
{
	struct policy *policy = r->policy;

	if (memory_grow(&policy->alternatives, &policy->alternative_cap,
			policy->alternative_count + 1, sizeof(*policy->alternatives)) != 0) {
		r->nomem = true;
		return FA_ENOMEM;
	}
	policy->alternatives[policy->alternative_count++] =
		(struct alternative){ (uint32_t)row, (uint16_t)role, (uint16_t)instead };
	return 0;
}

/* One row that an alternative names. */
static void alternative_row(struct reader *r, const struct yaml_node *item, int role, int instead)
{
	char id[160];
	int row;

	if (!yaml_name(r->doc, item, "row"))
		return;
	snprintf(id, sizeof(id), "%.*s", (int)item->len, item->text);
	row = policy_find_row(r->policy, id);
	if (row < 0)
		yaml_complain(r->doc, item, "", "there is no row \"%s\"", id);
	else if (role < 0 || instead < 0)
		return;
	else if (!role_set_has(&r->policy->rows[row].from.roles, (unsigned)role) &&
		 !role_set_has(&r->policy->rows[row].to.roles, (unsigned)role))
		yaml_complain(r->doc, item, "", "row \"%s\" does not name the role", id);
	else
		(void)add_alternative(r, row, role, instead);
}

/* "- {role: edge-access, or: edge-av, rows: [...]}" */
static void read_alternatives(struct reader *r, const struct yaml_node *node)
{
	static const struct yaml_field fields[] = {
		{ "role", true }, { "or", true }, { "rows", true }, { "note", false }
	};
	const struct yaml_node *values[ARRAY_SIZE(fields)], *entry, *item;
	struct yaml_items items;
	int role, instead;

	if (node == NULL || !yaml_expect(r->doc, node, YAML_LIST, "alternatives"))
		return;
	for (entry = node->child; entry != NULL; entry = entry->next) {
		if (!yaml_fields(r->doc, entry, "the alternative", fields, ARRAY_SIZE(fields),
				 values))
			continue;
		role = values[0] == NULL ? -1 : terms_refer(r, VOCAB_ROLE, values[0], "role");
		instead = values[1] == NULL ? -1 : terms_refer(r, VOCAB_ROLE, values[1], "or");
		if (values[3] != NULL)
			yaml_text(r->doc, values[3], "note", LICENCE_MOST);
		if (values[2] == NULL)
			continue;
		items = yaml_items(values[2]);
		while ((item = yaml_items_next(&items)) != NULL)
			alternative_row(r, item, role, instead);
	}
}

/* Every printed row is there, none is there that was not printed. */
static void check_counts(struct reader *r)
{
	unsigned i;

	for (i = 0; i < r->pack->table_count; i++) {
		const struct table *table = &r->tables[i];

		if (table->rows != 0 && table->found != table->rows)
			(void)problems_add(r->doc->problems, SEVERITY_ERROR, "", r->doc->file,
					   table->line, table->column,
					   "table \"%s\" has %u rows, %u of them are here",
					   table->name, table->rows, table->found);
	}
}

int pack_read(struct policy *policy, struct yaml_doc *doc)
{
	const struct yaml_node *values[PACK_FIELDS];
	struct reader r = { .policy = policy, .doc = doc };

	if (memory_grow(&policy->packs, &policy->pack_cap, policy->pack_count + 1,
			sizeof(*policy->packs)) != 0)
		return FA_ENOMEM;
	r.pack = &policy->packs[policy->pack_count++];
	*r.pack = (struct pack){ .name = "", .title = "" };
	r.file = arena_text(&policy->arena, doc->file, strlen(doc->file));
	if (r.file == NULL)
		return FA_ENOMEM;
	r.pack->file = r.file;
	if (!yaml_fields(doc, doc->root, "the pack", pack_fields, PACK_FIELDS, values))
		return FA_EFORMAT;
	read_header(&r, values);
	declare_documents(&r, values[PACK_DOCUMENTS]);
	declare_tables(&r, values[PACK_TABLES]);
	terms_declare(&r, VOCAB_ROLE, values[PACK_ROLES]);
	terms_declare(&r, VOCAB_CONDITION, values[PACK_CONDITIONS]);
	terms_declare(&r, VOCAB_EXCEPTION, values[PACK_EXCEPTIONS]);
	terms_declare(&r, VOCAB_PARAMETER, values[PACK_PARAMETERS]);
	row_read_all(&r, values[PACK_ROWS]);
	read_alternatives(&r, values[PACK_ALTERNATIVES]);
	check_counts(&r);
	r.pack->documents = r.documents;
	r.pack->tables = r.tables;
	return r.nomem ? FA_ENOMEM : 0;
}
