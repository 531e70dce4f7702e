/* One rule of a pack: the thirteen keys, a note, and what is inferred. */
#include "policy/row.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "policy/names.h"
#include "policy/ranges.h"
#include "policy/terms.h"

#define NOTE_MOST  400 /* bytes */
#define ALSO_MOST  16
#define NS_PER_DAY (INT64_C(86400) * NS_PER_S)

enum {
	ROW_ID,
	ROW_L4,
	ROW_PROTO,
	ROW_FROM,
	ROW_TO,
	ROW_DPORT,
	ROW_SPORT,
	ROW_PORT,
	ROW_TWOWAY,
	ROW_NEED,
	ROW_WHEN,
	ROW_VALID,
	ROW_TUNE,
	ROW_INFERRED,
	ROW_NOTE,
	ROW_FIELDS
};

static const struct yaml_field row_fields[ROW_FIELDS] = {
	[ROW_ID] = { "id", true },          [ROW_L4] = { "l4", false },
	[ROW_PROTO] = { "proto", false },   [ROW_FROM] = { "from", false },
	[ROW_TO] = { "to", false },         [ROW_DPORT] = { "dport", false },
	[ROW_SPORT] = { "sport", false },   [ROW_PORT] = { "port", false },
	[ROW_TWOWAY] = { "twoway", false }, [ROW_NEED] = { "need", true },
	[ROW_WHEN] = { "when", false },     [ROW_VALID] = { "valid", false },
	[ROW_TUNE] = { "tune", false },     [ROW_INFERRED] = { "inferred", false },
	[ROW_NOTE] = { "note", false },
};

/* Index of the word a scalar is; -1 after a complaint. */
static int choice(struct reader *r, const struct yaml_node *node, const char *what,
		  const char *const *words, unsigned count)
{
	struct names names;
	char hint[160], list[120] = "";
	size_t at = 0;
	unsigned i;

	if (!yaml_expect(r->doc, node, YAML_SCALAR, what))
		return -1;
	names_begin(&names, node->text, node->len);
	for (i = 0; i < count; i++) {
		if (yaml_is(node, words[i]))
			return (int)i;
		names_offer(&names, words[i]);
		snprintf(list + at, sizeof(list) - at, "%s%s", i == 0 ? "" : ", ", words[i]);
		at = strlen(list);
	}
	names_text(&names, hint, sizeof(hint));
	yaml_complain(r->doc, node, "", "%s: \"%.*s\" is not one of %s%s", what,
		      (int)MIN(node->len, 64u), node->text, list, hint);
	return -1;
}

static struct table *table_of(struct reader *r, const char *id, size_t len)
{
	unsigned i;

	for (i = 0; i < r->pack->table_count; i++)
		if (strncmp(r->tables[i].name, id, len) == 0 && r->tables[i].name[len] == '\0')
			return &r->tables[i];
	return NULL;
}

/* Count a row of a table; the parts of one, "d/t/2/http" and "d/t/2/https", are one row. */
static void count_row(struct table *table, const char *id, size_t name_len)
{
	size_t len = name_len + 1 + strcspn(id + name_len + 1, "/");

	if (id[len] == '\0') {
		table->part = NULL;
	} else if (table->part != NULL && strncmp(table->part, id, len + 1) == 0) {
		return;
	} else {
		table->part = id;
	}
	table->found++;
}

/* "document/table/row" of a declared table, not used before.  NULL after a complaint. */
static const char *read_one_id(struct reader *r, const struct yaml_node *node, uint32_t row)
{
	const char *first, *second, *id;
	struct table *table;
	int other;

	if (!yaml_name(r->doc, node, "id"))
		return NULL;
	first = memchr(node->text, '/', node->len);
	second = first == NULL
			 ? NULL
			 : memchr(first + 1, '/', (size_t)(node->text + node->len - first - 1));
	table = second == NULL ? NULL : table_of(r, node->text, (size_t)(second - node->text));
	if (second == NULL || second + 1 == node->text + node->len) {
		yaml_complain(r->doc, node, "", "id: expected DOCUMENT/TABLE/ROW, found \"%.*s\"",
			      (int)node->len, node->text);
		return NULL;
	}
	if (table == NULL)
		yaml_complain(r->doc, node, "", "id: tables: declares no \"%.*s\"",
			      (int)(second - node->text), node->text);
	id = declare_text(r, node);
	if (r->nomem)
		return NULL;
	if (table != NULL)
		count_row(table, id, (size_t)(second - node->text));
	other = policy_enter_id(r->policy, id, row);
	if (other == -2) {
		r->nomem = true;
	} else if (other >= 0) {
		const struct row *taken = &r->policy->rows[other];

		yaml_complain(r->doc, node, "duplicate", "row \"%s\" is there already, at %s:%u:%u",
			      id, taken->file, taken->line, taken->column);
		return NULL;
	}
	return id;
}

static void read_id(struct reader *r, const struct yaml_node *node, struct row *row, uint32_t index)
{
	struct yaml_items items = yaml_items(node);
	const struct yaml_node *item;
	const char *also[ALSO_MOST + 1];
	const char **kept;
	unsigned count = 0;

	while ((item = yaml_items_next(&items)) != NULL) {
		const char *id = read_one_id(r, item, index);

		if (id == NULL)
			continue;
		if (row->id[0] == '\0')
			row->id = id;
		else if (count == ALSO_MOST)
			yaml_complain(r->doc, item, "", "more than %d ids", ALSO_MOST + 1);
		else
			also[count++] = id;
	}
	if (node->kind == YAML_LIST && node->child == NULL)
		yaml_complain(r->doc, node, "", "id: the list is empty");
	if (count == 0)
		return;
	also[count++] = NULL;
	kept = arena_take(&r->policy->arena, count * sizeof(*kept));
	if (kept == NULL) {
		r->nomem = true;
		return;
	}
	memcpy(kept, also, count * sizeof(*kept));
	row->also = kept;
}

static void read_l4(struct reader *r, const struct yaml_node *node, struct row *row)
{
	static const char *const names[] = { "tcp", "udp" };
	struct yaml_items items = yaml_items(node);
	const struct yaml_node *item;

	if (node->kind == YAML_LIST && node->child == NULL)
		yaml_complain(r->doc, node, "", "l4: the list is empty");
	while ((item = yaml_items_next(&items)) != NULL) {
		int i = choice(r, item, "l4", names, ARRAY_SIZE(names));

		if (i >= 0)
			row->l4 = (uint8_t)(row->l4 | (ROW_L4_TCP << i));
	}
}

static bool read_application(struct reader *r, const struct yaml_node *node, size_t len,
			     enum application *app)
{
	struct names names;
	char hint[400];
	int i;

	if (application_find(node->text, len, app))
		return true;
	names_begin(&names, node->text, len);
	for (i = 0; i < APPLICATION_COUNT; i++)
		names_offer(&names, application_name((enum application)i));
	names_text(&names, hint, sizeof(hint));
	if (len == 5 && memcmp(node->text, "https", 5) == 0)
		snprintf(hint, sizeof(hint), "; write http/tls");
	return yaml_complain(r->doc, node, "unknown-application", "unknown application \"%.*s\"%s",
			     (int)len, node->text, hint);
}

/* "sip", "sip/mtls" */
static void read_one_proto(struct reader *r, const struct yaml_node *node, struct row *row)
{
	struct row_protocol p = { .tls = TLS_MODE_UNSPECIFIED };
	const char *slash;
	size_t len;

	if (!yaml_name(r->doc, node, "proto"))
		return;
	slash = memchr(node->text, '/', node->len);
	len = slash == NULL ? node->len : (size_t)(slash - node->text);
	if (!read_application(r, node, len, &p.app))
		return;
	if (slash != NULL && !tls_mode_find(slash + 1, node->len - len - 1, &p.tls)) {
		yaml_complain(r->doc, node, "",
			      "proto: \"%.*s\" is not one of tls, mtls, none, unspecified",
			      (int)(node->len - len - 1), slash + 1);
		return;
	}
	if (row->protocol_count == ROW_PROTOCOLS) {
		yaml_complain(r->doc, node, "", "proto: more than %d alternatives", ROW_PROTOCOLS);
		return;
	}
	row->protocols[row->protocol_count++] = p;
}

static void read_proto(struct reader *r, const struct yaml_node *node, struct row *row)
{
	struct yaml_items items = yaml_items(node);
	const struct yaml_node *item;

	if (node->kind == YAML_LIST && node->child == NULL)
		yaml_complain(r->doc, node, "", "proto: the list is empty");
	while ((item = yaml_items_next(&items)) != NULL)
		read_one_proto(r, item, row);
}

/* "any", "unspecified", a role, a list of roles, or {any: [roles]} */
static void read_side(struct reader *r, const struct yaml_node *node, const char *what,
		      struct side *side)
{
	static const struct yaml_field fields[] = { { "any", true } };
	const struct yaml_node *value, *item;
	struct yaml_items items;

	side->kind = SIDE_ROLES;
	if (yaml_is(node, "any") || yaml_is(node, "unspecified")) {
		side->kind = yaml_is(node, "any") ? SIDE_ANY : SIDE_UNSPECIFIED;
		return;
	}
	if (node->kind == YAML_MAP) {
		side->kind = SIDE_ANY;
		if (!yaml_fields(r->doc, node, what, fields, ARRAY_SIZE(fields), &value) ||
		    value == NULL)
			return;
		node = value;
	}
	items = yaml_items(node);
	if (node->kind == YAML_LIST && node->child == NULL)
		yaml_complain(r->doc, node, "", "%s: the list is empty", what);
	while ((item = yaml_items_next(&items)) != NULL) {
		int role = terms_refer(r, VOCAB_ROLE, item, what);

		if (role >= 0)
			role_set_add(&side->roles, (unsigned)role);
	}
}

static void read_when(struct reader *r, const struct yaml_node *node, struct row *row)
{
	struct yaml_items items = yaml_items(node);
	const struct yaml_node *item;

	while ((item = yaml_items_next(&items)) != NULL) {
		int condition = terms_refer(r, VOCAB_CONDITION, item, "when");

		if (condition < 0)
			continue;
		if (row->condition_count == ROW_CONDITIONS) {
			yaml_complain(r->doc, item, "", "when: more than %d conditions",
				      ROW_CONDITIONS);
			return;
		}
		row->conditions[row->condition_count++] = (uint16_t)condition;
	}
}

static void read_valid(struct reader *r, const struct yaml_node *node, struct row *row)
{
	static const struct yaml_field fields[] = { { "until", true }, { "except", false } };
	const struct yaml_node *values[ARRAY_SIZE(fields)];
	int32_t day;
	int exception;

	if (!yaml_fields(r->doc, node, "valid", fields, ARRAY_SIZE(fields), values))
		return;
	if (values[0] != NULL && yaml_date(r->doc, values[0], "until", &day)) {
		/* The last day counts whole, in UTC. */
		row->until_ns = ((int64_t)day + 1) * NS_PER_DAY;
		row->until_text = declare_text(r, values[0]);
	}
	if (values[1] == NULL)
		return;
	exception = terms_refer(r, VOCAB_EXCEPTION, values[1], "except");
	if (exception >= 0)
		row->exception = r->policy->vocabulary.exceptions[exception].name;
}

static void read_inferred(struct reader *r, const struct yaml_node *node, struct row *row)
{
	static const char *const names[] = { "l4",    "proto", "tls",  "from",   "to",   "dport",
					     "sport", "port",  "need", "twoway", "when", "valid" };
	struct yaml_items items = yaml_items(node);
	const struct yaml_node *item;
	char text[120] = "";

	while ((item = yaml_items_next(&items)) != NULL) {
		int i = choice(r, item, "inferred", names, ARRAY_SIZE(names));
		size_t at = strlen(text);

		if (i >= 0)
			snprintf(text + at, sizeof(text) - at, "%s%s", at == 0 ? "" : ", ",
				 names[i]);
	}
	row->inferred = arena_text(&r->policy->arena, text, strlen(text));
	r->nomem = r->nomem || row->inferred == NULL;
}

/* The keys that a row of need none leaves out and every other has. */
static void check_complete(struct reader *r, const struct yaml_node *node,
			   const struct yaml_node *const *values)
{
	static const unsigned wanted[] = { ROW_L4, ROW_PROTO, ROW_FROM, ROW_TO };
	unsigned i;

	for (i = 0; i < ARRAY_SIZE(wanted); i++)
		if (values[wanted[i]] == NULL)
			yaml_complain(r->doc, node, "", "the row has no \"%s\"",
				      row_fields[wanted[i]].key);
	if (values[ROW_DPORT] == NULL && values[ROW_SPORT] == NULL && values[ROW_PORT] == NULL)
		yaml_complain(r->doc, node, "",
			      "the row has none of \"dport\", \"sport\", \"port\"");
}

/* "parameter", which moves the only port key there is, or "{sport: parameter}". */
static void read_tune(struct reader *r, const struct yaml_node *const *values, struct row *row)
{
	static const struct yaml_field fields[] = {
		[PORT_KEY_DPORT] = { "dport", false },
		[PORT_KEY_SPORT] = { "sport", false },
		[PORT_KEY_PORT] = { "port", false },
	};
	static const unsigned keys[] = { ROW_DPORT, ROW_SPORT, ROW_PORT };
	const struct yaml_node *given[ARRAY_SIZE(fields)], *node = values[ROW_TUNE];
	unsigned i, count = 0;
	int parameter;

	for (i = 0; i < ARRAY_SIZE(keys); i++)
		given[i] = values[keys[i]];
	if (node->kind == YAML_MAP &&
	    !yaml_fields(r->doc, node, "tune", fields, ARRAY_SIZE(fields), given))
		return;
	for (i = 0; i < ARRAY_SIZE(keys); i++) {
		if (given[i] == NULL)
			continue;
		row->tune_key = (uint8_t)i;
		count++;
	}
	if (node->kind == YAML_MAP && count != 1) {
		yaml_complain(r->doc, node, "", "tune: expected one of dport, sport, port");
		return;
	}
	if (count > 1) {
		yaml_complain(r->doc, node, "",
			      "tune: the row has two port keys, which one moves?");
		return;
	}
	if (node->kind == YAML_MAP)
		node = given[row->tune_key];
	parameter = terms_refer(r, VOCAB_PARAMETER, node, "tune");
	if (parameter >= 0)
		row->tune = r->policy->vocabulary.parameters[parameter].name;
}

static void read_matching(struct reader *r, const struct yaml_node *const *values, struct row *row)
{
	static const char *const twoways[] = { "no", "swap", "anchored" };
	int i;

	if (values[ROW_L4] != NULL)
		read_l4(r, values[ROW_L4], row);
	if (values[ROW_PROTO] != NULL)
		read_proto(r, values[ROW_PROTO], row);
	if (values[ROW_FROM] != NULL)
		read_side(r, values[ROW_FROM], "from", &row->from);
	if (values[ROW_TO] != NULL)
		read_side(r, values[ROW_TO], "to", &row->to);
	if (values[ROW_DPORT] != NULL)
		ranges_read(r, values[ROW_DPORT], "dport", &row->dport);
	if (values[ROW_SPORT] != NULL)
		ranges_read(r, values[ROW_SPORT], "sport", &row->sport);
	if (values[ROW_PORT] != NULL)
		ranges_read(r, values[ROW_PORT], "port", &row->port);
	i = values[ROW_TWOWAY] == NULL
		    ? 0
		    : choice(r, values[ROW_TWOWAY], "twoway", twoways, ARRAY_SIZE(twoways));
	row->twoway = (uint8_t)MAX(i, 0);
	row->width = policy_port_count(policy_anchor(row));
}

static void read_row(struct reader *r, const struct yaml_node *node, struct row *row,
		     uint32_t index)
{
	static const char *const needs[] = { "required", "optional", "none" };
	const struct yaml_node *values[ROW_FIELDS];
	int need;

	if (!yaml_fields(r->doc, node, "the row", row_fields, ROW_FIELDS, values))
		return;
	if (values[ROW_ID] != NULL)
		read_id(r, values[ROW_ID], row, index);
	need = values[ROW_NEED] == NULL
		       ? 0
		       : choice(r, values[ROW_NEED], "need", needs, ARRAY_SIZE(needs));
	row->need = (uint8_t)MAX(need, 0);
	if (need != NEED_NONE)
		check_complete(r, node, values);
	read_matching(r, values, row);
	if (values[ROW_WHEN] != NULL)
		read_when(r, values[ROW_WHEN], row);
	if (values[ROW_VALID] != NULL)
		read_valid(r, values[ROW_VALID], row);
	if (values[ROW_TUNE] != NULL)
		read_tune(r, values, row);
	if (values[ROW_INFERRED] != NULL)
		read_inferred(r, values[ROW_INFERRED], row);
	if (values[ROW_NOTE] != NULL && yaml_text(r->doc, values[ROW_NOTE], "note", NOTE_MOST))
		row->note = declare_text(r, values[ROW_NOTE]);
}

void row_read_all(struct reader *r, const struct yaml_node *node)
{
	struct policy *policy = r->policy;
	const struct yaml_node *item;
	struct row *row;

	if (node == NULL || !yaml_expect(r->doc, node, YAML_LIST, "rows"))
		return;
	if (node->child == NULL)
		yaml_complain(r->doc, node, "", "rows: the list is empty");
	for (item = node->child; item != NULL && !r->nomem; item = item->next) {
		if (memory_grow(&policy->rows, &policy->row_cap, policy->row_count + 1,
				sizeof(*policy->rows)) != 0) {
			r->nomem = true;
			return;
		}
		row = &policy->rows[policy->row_count++];
		*row = (struct row){ .id = "",
				     .pack = r->pack->name,
				     .file = r->file,
				     .line = item->line,
				     .column = item->column,
				     .from.kind = SIDE_UNSPECIFIED,
				     .to.kind = SIDE_UNSPECIFIED,
				     .until_ns = INT64_MAX };
		read_row(r, item, row, (uint32_t)(policy->row_count - 1));
	}
}
