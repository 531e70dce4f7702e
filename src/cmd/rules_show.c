/* `flowaudit rules list` and `show`. */
#include <stdio.h>
#include <string.h>

#include "cmd/command.h"
#include "cmd/rules_priv.h"
#include "policy/names.h"

const char *rules_need_name(const struct row *row)
{
	static const char *const names[] = {
		[NEED_REQUIRED] = "required", [NEED_OPTIONAL] = "optional", [NEED_NONE] = "none"
	};

	return names[row->need];
}

const char *rules_twoway_name(const struct row *row)
{
	static const char *const names[] = {
		[TWOWAY_NO] = "no", [TWOWAY_SWAP] = "swap", [TWOWAY_ANCHORED] = "anchored"
	};

	return names[row->twoway];
}

/* The port key that the row's parameter moves. */
const char *rules_tune_key_name(const struct row *row)
{
	static const char *const names[] = {
		[PORT_KEY_DPORT] = "dport", [PORT_KEY_SPORT] = "sport", [PORT_KEY_PORT] = "port"
	};

	return names[row->tune_key];
}

const char *rules_l4_text(const struct row *row)
{
	static const char *const texts[] = { "-", "tcp", "udp", "tcp,udp" };

	return texts[row->l4 & 3];
}

static void quoted(struct output *out, const char *text)
{
	output_json_string(out, text, strlen(text));
}

/* ,"key":"text" */
static void member(struct output *out, const char *key, const char *text)
{
	output_printf(out, ",\"%s\":", key);
	quoted(out, text);
}

static void side_json(struct rules_run *run, const char *key, const struct side *side)
{
	unsigned role, n = 0;

	output_printf(run->out, ",\"%s\":", key);
	if (side->kind == SIDE_UNSPECIFIED) {
		output_string(run->out, "\"unspecified\"");
		return;
	}
	output_string(run->out, side->kind == SIDE_ANY ? "{\"any\":[" : "[");
	for (role = 0; role < policy_role_count(run->policy); role++) {
		if (!role_set_has(&side->roles, role))
			continue;
		output_string(run->out, n++ == 0 ? "" : ",");
		quoted(run->out, policy_role_name(run->policy, role));
	}
	output_string(run->out, side->kind == SIDE_ANY ? "]}" : "]");
}

/* [[lo,hi],...] */
static void ports_json(struct output *out, const char *key, const struct port_set *set)
{
	unsigned i;

	if (set->count == 0)
		return;
	output_printf(out, ",\"%s\":[", key);
	for (i = 0; i < set->count; i++)
		output_printf(out, "%s[%u,%u]", i == 0 ? "" : ",", set->ranges[i].lo,
			      set->ranges[i].hi);
	output_string(out, "]");
}

static void protocols_json(struct output *out, const struct row *row)
{
	unsigned i;

	output_string(out, ",\"proto\":[");
	for (i = 0; i < row->protocol_count; i++) {
		output_string(out, i == 0 ? "{\"app\":" : ",{\"app\":");
		quoted(out, application_name(row->protocols[i].app));
		member(out, "tls", tls_mode_name(row->protocols[i].tls));
		output_string(out, "}");
	}
	output_string(out, "]");
}

static void conditions_json(struct rules_run *run, const struct row *row)
{
	unsigned i;

	output_string(run->out, ",\"when\":[");
	for (i = 0; i < row->condition_count; i++) {
		output_string(run->out, i == 0 ? "" : ",");
		quoted(run->out, policy_condition_name(run->policy, row->conditions[i]));
	}
	output_string(run->out, "]");
}

void rules_row_json(struct rules_run *run, unsigned index)
{
	const struct row *row = policy_row(run->policy, index);
	struct output *out = run->out;
	const char *const *also;

	output_string(out, "{\"event_type\":\"rule\"");
	member(out, "pack", row->pack);
	member(out, "row", row->id);
	for (also = row->also; also != NULL && *also != NULL; also++) {
		output_string(out, also == row->also ? ",\"also\":[" : ",");
		quoted(out, *also);
		if (also[1] == NULL)
			output_string(out, "]");
	}
	output_printf(out, ",\"l4\":[%s%s%s]", row->l4 & ROW_L4_TCP ? "\"tcp\"" : "",
		      row->l4 == (ROW_L4_TCP | ROW_L4_UDP) ? "," : "",
		      row->l4 & ROW_L4_UDP ? "\"udp\"" : "");
	protocols_json(out, row);
	side_json(run, "from", &row->from);
	side_json(run, "to", &row->to);
	ports_json(out, "dport", &row->dport);
	ports_json(out, "sport", &row->sport);
	ports_json(out, "port", &row->port);
	member(out, "twoway", rules_twoway_name(row));
	member(out, "need", rules_need_name(row));
	conditions_json(run, row);
	if (row->until_text != NULL)
		member(out, "until", row->until_text);
	if (row->exception != NULL)
		member(out, "except", row->exception);
	if (row->tune != NULL) {
		member(out, "tune", row->tune);
		member(out, "tune_key", rules_tune_key_name(row));
	}
	if (row->inferred != NULL)
		member(out, "inferred", row->inferred);
	if (row->note != NULL)
		member(out, "note", row->note);
	member(out, "file", row->file);
	output_printf(out, ",\"line\":%u}", row->line);
}

/* Roles of a side in little room: the first, and how many more there are. */
static void side_brief(const struct policy *policy, const struct side *side, char *buf, size_t size)
{
	unsigned role, n = 0;
	const char *first = "";

	if (side->kind != SIDE_ROLES) {
		snprintf(buf, size, "%s", side->kind == SIDE_ANY ? "any" : "unspecified");
		return;
	}
	for (role = 0; role < policy_role_count(policy); role++)
		if (role_set_has(&side->roles, role) && n++ == 0)
			first = policy_role_name(policy, role);
	if (n > 1)
		snprintf(buf, size, "%s +%u", first, n - 1);
	else
		snprintf(buf, size, "%s", first);
}

/* What narrows a row: need, conditions, validity, a range that can be moved. */
static void limits(struct output *out, const struct policy *policy, const struct row *row)
{
	unsigned i;

	if (row->need == NEED_OPTIONAL)
		output_string(out, ", optional");
	for (i = 0; i < row->condition_count; i++) {
		enum assertion a = policy_condition(policy, row->conditions[i]);

		output_printf(out, "%s %s%s", i == 0 ? ", if" : " and",
			      policy_condition_name(policy, row->conditions[i]),
			      a == ASSERTION_HOLDS    ? " (holds)"
			      : a == ASSERTION_DENIED ? " (denied)"
						      : "");
	}
	if (row->until_text != NULL)
		output_printf(out, ", until %s", row->until_text);
	if (row->tune != NULL)
		output_string(out, ", tunable");
	if (row->need == NEED_NONE)
		output_string(out, "; documents no flow");
}

void rules_row_line(struct output *out, const struct policy *policy, const struct row *row)
{
	char ports[80], protocols[160], from[160], to[160];

	if (row->l4 == 0) {
		output_string(out, "nothing is printed in this row\n");
		return;
	}
	policy_row_ports_text(row, ports, sizeof(ports));
	policy_row_protocols_text(row, protocols, sizeof(protocols));
	side_brief(policy, &row->from, from, sizeof(from));
	side_brief(policy, &row->to, to, sizeof(to));
	output_printf(out, "%-7s  %-11s  %-21s  %s %s %s", rules_l4_text(row), ports, protocols,
		      from, row->twoway == TWOWAY_NO ? "->" : "<->", to);
	limits(out, policy, row);
	output_string(out, "\n");
}

/* Length of "document/table" in an id. */
static size_t table_length(const char *id)
{
	size_t first = strcspn(id, "/");

	return id[first] == '\0' ? first : first + 1 + strcspn(id + first + 1, "/");
}

/* What follows "document/table/": "7", or "2/https" of a row in parts. */
static const char *row_number(const struct row *row)
{
	size_t table = table_length(row->id);

	return row->id + table + (row->id[table] == '/');
}

static void list_rows(struct rules_run *run)
{
	unsigned i, count = policy_row_count(run->policy);
	size_t widest = 3;
	const struct row *before = NULL;
	char title[512];

	for (i = 0; i < count; i++)
		widest = MAX(widest, strlen(row_number(policy_row(run->policy, i))));
	for (i = 0; i < count; i++) {
		const struct row *row = policy_row(run->policy, i);
		size_t table = table_length(row->id);

		if (run->json) {
			rules_row_json(run, i);
			output_string(run->out, "\n");
			continue;
		}
		if (before == NULL || before->pack != row->pack ||
		    strncmp(before->id, row->id, table + 1) != 0)
			output_printf(run->out, "%s%.*s\n%s\n", before == NULL ? "" : "\n",
				      (int)table, row->id,
				      policy_row_title(run->policy, row, title, sizeof(title)));
		output_printf(run->out, "  %*s  ", (int)widest, row_number(row));
		rules_row_line(run->out, run->policy, row);
		before = row;
	}
	if (!run->json)
		output_printf(run->out,
			      "\n%u rows; 'flowaudit rules show ROW' tells all about one\n", count);
}

static void list_roles(struct rules_run *run)
{
	bool site = policy_site_name(run->policy) != NULL;
	unsigned role;

	for (role = 0; role < policy_role_count(run->policy); role++) {
		const char *name = policy_role_name(run->policy, role);
		const char *description = policy_role_description(run->policy, role);
		bool bound = site && policy_role_is_bound(run->policy, role);

		if (run->json) {
			output_string(run->out, "{\"event_type\":\"role\"");
			member(run->out, "role", name);
			member(run->out, "description", description);
			output_printf(run->out, ",\"bound\":%s}\n", bound ? "true" : "false");
			continue;
		}
		output_printf(run->out, "%-32s  %s%s\n", name,
			      !site   ? ""
			      : bound ? "bound    "
				      : "unbound  ",
			      description);
	}
}

int rules_list(struct rules_run *run)
{
	if (run->roles)
		list_roles(run);
	else
		list_rows(run);
	return 0;
}

static void show_when(struct rules_run *run, const struct row *row)
{
	static const char *const words[] = { [ASSERTION_UNKNOWN] = "not known here",
					     [ASSERTION_HOLDS] = "holds here",
					     [ASSERTION_DENIED] = "denied here" };
	unsigned i;

	for (i = 0; i < row->condition_count; i++)
		output_printf(run->out, "  %-9s %s (%s)\n", i == 0 ? "when" : "and",
			      policy_condition_name(run->policy, row->conditions[i]),
			      words[policy_condition(run->policy, row->conditions[i])]);
}

static void show_set(struct output *out, const char *key, const struct port_set *set)
{
	struct row row = { .dport = *set };
	char text[160];

	if (set->count == 0)
		return;
	policy_row_ports_text(&row, text, sizeof(text));
	output_printf(out, "  %-9s %s\n", key, text);
}

static void show_row(struct rules_run *run, const struct row *row)
{
	static const char *const twoways[] = {
		[TWOWAY_SWAP] = "swap: either end may open, the port is the one that answers",
		[TWOWAY_ANCHORED] =
			"anchored: either end may open, the ports stay with their roles",
	};
	const char *const *also;
	struct output *out = run->out;
	char text[512];

	output_printf(out, "%s\n", row->id);
	for (also = row->also; also != NULL && *also != NULL; also++)
		output_printf(out, "%s\n", *also);
	output_printf(out, "  %s\n", policy_row_title(run->policy, row, text, sizeof(text)));
	output_printf(out, "  %-9s %s\n", "l4", rules_l4_text(row));
	policy_row_protocols_text(row, text, sizeof(text));
	output_printf(out, "  %-9s %s\n", "proto", text);
	policy_side_text(run->policy, &row->from, text, sizeof(text));
	output_printf(out, "  %-9s %s\n", "from", text);
	policy_side_text(run->policy, &row->to, text, sizeof(text));
	output_printf(out, "  %-9s %s\n", "to", text);
	show_set(out, "dport", &row->dport);
	show_set(out, "sport", &row->sport);
	show_set(out, "port", &row->port);
	if (row->twoway != TWOWAY_NO)
		output_printf(out, "  %-9s %s\n", "twoway", twoways[row->twoway]);
	output_printf(out, "  %-9s %s%s\n", "need", rules_need_name(row),
		      policy_site_name(run->policy) == NULL      ? ""
		      : policy_row_is_required(run->policy, row) ? ", and so here"
								 : ", not here");
	show_when(run, row);
	if (row->until_text != NULL)
		output_printf(out, "  %-9s until %s%s%s%s\n", "valid", row->until_text,
			      row->exception == NULL ? "" : ", except for ",
			      row->exception == NULL ? "" : row->exception,
			      policy_row_is_expired(run->policy, row, run->at_ns) ? " (expired)"
										  : "");
	if (row->tune != NULL)
		output_printf(out, "  %-9s %s by %s\n", "tunable", rules_tune_key_name(row),
			      row->tune);
	if (row->inferred != NULL)
		output_printf(out, "  %-9s %s: the table does not print it\n", "inferred",
			      row->inferred);
	if (row_is_wide(row))
		output_printf(out, "  %-9s %u ports: needs the protocol's own bytes as evidence\n",
			      "wide", row->width);
	if (row->note != NULL)
		output_printf(out, "  %-9s %s\n", "note", row->note);
	output_printf(out, "  %-9s %s, %s:%u\n", "pack", row->pack, row->file, row->line);
}

static void unknown_row(struct rules_run *run, const char *id)
{
	unsigned i, count = policy_row_count(run->policy);
	struct names names;
	char hint[512];

	names_begin(&names, id, strlen(id));
	for (i = 0; i < count; i++)
		names_offer(&names, policy_row(run->policy, i)->id);
	names_text(&names, hint, sizeof(hint));
	command_complain("there is no row \"%s\"%s", id,
			 hint[0] == '\0' ? "; 'flowaudit rules list' shows all" : hint);
}

int rules_show(struct rules_run *run)
{
	int a, row, status = 0;

	for (a = 0; a < run->arg_count; a++) {
		row = policy_find_row(run->policy, run->args[a]);
		if (row < 0) {
			unknown_row(run, run->args[a]);
			status = EXIT_UNCHECKED;
			continue;
		}
		if (run->json) {
			rules_row_json(run, (unsigned)row);
			output_string(run->out, "\n");
			continue;
		}
		if (a > 0)
			output_string(run->out, "\n");
		show_row(run, policy_row(run->policy, (unsigned)row));
	}
	return status;
}
