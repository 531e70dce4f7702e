/* Where the rows of a pack come from: documents and their tables. */
#include "policy/declare.h"

#include <string.h>

const char *declare_text(struct reader *r, const struct yaml_node *node)
{
	const char *text = arena_text(&r->policy->arena, node->text, node->len);

	r->nomem = r->nomem || text == NULL;
	return text == NULL ? "" : text;
}

const char *declare_words(struct reader *r, const struct yaml_node *node, const char *what)
{
	if (node == NULL || !yaml_text(r->doc, node, what, DECLARE_WORDS_MOST))
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
		{ "lang", true }, { "revised", true }, { "content-key-id", true },
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
		{ "title", true },   { "asset-id", false },     { "revised", false },
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
			good = yaml_complain(r->doc, key, "",
					     "document \"%.*s\": no \"/\" in an id", (int)key->len,
					     key->text);
		if (!yaml_fields(r->doc, key->next, "the document", fields, ARRAY_SIZE(fields),
				 values) ||
		    !good)
			continue;
		document = &r->documents[r->pack->document_count++];
		document->id = declare_text(r, key);
		document->title = declare_words(r, values[0], "title");
		if (values[1] != NULL)
			yaml_name(r->doc, values[1], "asset-id");
		if (values[2] != NULL && yaml_date(r->doc, values[2], "revised", &day))
			document->revised = declare_text(r, values[2]);
		if (values[3] != NULL)
			yaml_text(r->doc, values[3], "source", DECLARE_WORDS_MOST);
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
		table->title = declare_words(r, values[0], "title");
		table->line = key->line;
		table->column = key->column;
		if (values[1] != NULL)
			yaml_number(r->doc, values[1], "rows", 1, 1000000, &table->rows);
	}
}
