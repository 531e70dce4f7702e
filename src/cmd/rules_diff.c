/* `flowaudit rules diff`: what a newer pack says otherwise. */
#include <stdio.h>
#include <string.h>

#include "cmd/command.h"
#include "cmd/rules_priv.h"
#include "policy/diff.h"

static void ports_value(const struct port_set *set, char *buf, size_t size)
{
	struct row row = { .dport = *set };

	if (set->count == 0)
		snprintf(buf, size, "any");
	else
		policy_row_ports_text(&row, buf, size);
}

static void when_value(const struct policy *policy, const struct row *row, char *buf, size_t size)
{
	size_t at = 0;
	unsigned i;

	snprintf(buf, size, "always");
	for (i = 0; i < row->condition_count && at < size; i++)
		at += (size_t)snprintf(buf + at, size - at, "%s%s", i == 0 ? "" : " and ",
				       policy_condition_name(policy, row->conditions[i]));
}

static void valid_value(const struct row *row, char *buf, size_t size)
{
	if (row->until_text == NULL)
		snprintf(buf, size, "no end");
	else
		snprintf(buf, size, "until %s%s%s", row->until_text,
			 row->exception == NULL ? "" : ", except for ",
			 row->exception == NULL ? "" : row->exception);
}

/* What a row says in one key, for people. */
static void value(const struct policy *policy, const struct row *row, enum diff_key key, char *buf,
		  size_t size)
{
	switch (key) {
	case DIFF_L4:
		snprintf(buf, size, "%s", rules_l4_text(row));
		return;
	case DIFF_PROTO:
		policy_row_protocols_text(row, buf, size);
		return;
	case DIFF_FROM:
		policy_side_text(policy, &row->from, buf, size);
		return;
	case DIFF_TO:
		policy_side_text(policy, &row->to, buf, size);
		return;
	case DIFF_DPORT:
		ports_value(&row->dport, buf, size);
		return;
	case DIFF_SPORT:
		ports_value(&row->sport, buf, size);
		return;
	case DIFF_PORT:
		ports_value(&row->port, buf, size);
		return;
	case DIFF_TWOWAY:
		snprintf(buf, size, "%s", rules_twoway_name(row));
		return;
	case DIFF_NEED:
		snprintf(buf, size, "%s", rules_need_name(row));
		return;
	case DIFF_WHEN:
		when_value(policy, row, buf, size);
		return;
	case DIFF_VALID:
		valid_value(row, buf, size);
		return;
	case DIFF_TUNE:
		if (row->tune == NULL)
			snprintf(buf, size, "not tunable");
		else
			snprintf(buf, size, "%s by %s", rules_tune_key_name(row), row->tune);
		return;
	case DIFF_KEYS:
		break;
	}
	snprintf(buf, size, "?");
}

struct sides {
	struct rules_run *run;
	const struct policy *older, *newer;
};

static const struct row *row_of(const struct policy *policy, int row)
{
	return row < 0 ? NULL : policy_row(policy, (unsigned)row);
}

static void json_text(struct output *out, const char *key, const char *text)
{
	output_printf(out, ",\"%s\":", key);
	if (text == NULL)
		output_string(out, "null");
	else
		output_json_string(out, text, strlen(text));
}

static void item_json(const struct sides *s, const struct diff_item *item)
{
	const struct row *older = row_of(s->older, item->older);
	const struct row *newer = row_of(s->newer, item->newer);
	struct output *out = s->run->out;
	unsigned key, n = 0;
	char text[512];

	output_string(out, "{\"event_type\":\"difference\"");
	json_text(out, "kind", diff_kind_name(item->kind));
	json_text(out, "older", older == NULL ? NULL : older->id);
	json_text(out, "newer", newer == NULL ? NULL : newer->id);
	output_string(out, ",\"changes\":[");
	for (key = 0; key < DIFF_KEYS; key++) {
		if (!(item->keys & 1u << key))
			continue;
		output_string(out, n++ == 0 ? "{\"key\":" : ",{\"key\":");
		output_printf(out, "\"%s\"", diff_key_name((enum diff_key)key));
		value(s->older, older, (enum diff_key)key, text, sizeof(text));
		json_text(out, "older", text);
		value(s->newer, newer, (enum diff_key)key, text, sizeof(text));
		json_text(out, "newer", text);
		output_string(out, "}");
	}
	output_string(out, "]}\n");
}

static void item_text(const struct sides *s, const struct diff_item *item)
{
	const struct row *older = row_of(s->older, item->older);
	const struct row *newer = row_of(s->newer, item->newer);
	struct output *out = s->run->out;
	char was[512], is[512];
	unsigned key;

	output_printf(out, "  %s%s%s\n      ", older == NULL ? "" : older->id,
		      older == NULL || newer == NULL ? "" : ", now ",
		      newer == NULL ? "" : newer->id);
	rules_row_line(out, newer == NULL ? s->older : s->newer, newer == NULL ? older : newer);
	for (key = 0; key < DIFF_KEYS; key++) {
		if (!(item->keys & 1u << key))
			continue;
		value(s->older, older, (enum diff_key)key, was, sizeof(was));
		value(s->newer, newer, (enum diff_key)key, is, sizeof(is));
		output_printf(out, "      %-7s  %s, was %s\n", diff_key_name((enum diff_key)key),
			      is, was);
	}
}

/* "old -> new: 89 rows the same, 16 added, 1 dropped" */
static void summary(const struct rules_run *run, const struct diff *diff)
{
	size_t counts[DIFF_KINDS] = { 0 }, i;
	struct output *out = run->out;
	unsigned kind;

	for (i = 0; i < diff->count; i++)
		counts[diff->items[i].kind]++;
	if (run->json) {
		output_printf(out, "{\"event_type\":\"summary\",\"same\":%zu", diff->same);
	} else {
		output_string(out, diff->count == 0 ? "" : "\n");
		output_escaped(out, run->args[0], strlen(run->args[0]));
		output_string(out, " -> ");
		output_escaped(out, run->args[1], strlen(run->args[1]));
		output_printf(out, ": %zu rows the same", diff->same);
	}
	for (kind = 0; kind < DIFF_KINDS; kind++) {
		const char *name = diff_kind_name((enum diff_kind)kind);

		if (run->json)
			output_printf(out, ",\"%s\":%zu", name, counts[kind]);
		else if (counts[kind] > 0)
			output_printf(out, ", %zu %s", counts[kind], name);
	}
	output_string(out, run->json ? "}\n" : "\n");
}

int rules_diff(struct rules_run *run, const struct policy *newer)
{
	const struct sides sides = { run, run->policy, newer };
	struct diff diff;
	size_t i;
	int status;

	if (diff_rows(run->policy, newer, &diff) != 0) {
		command_complain("out of memory");
		return EXIT_UNCHECKED;
	}
	for (i = 0; i < diff.count; i++) {
		const struct diff_item *item = &diff.items[i];

		if (run->json) {
			item_json(&sides, item);
			continue;
		}
		if (i == 0 || item[-1].kind != item->kind)
			output_printf(run->out, "%s%s\n", i == 0 ? "" : "\n",
				      diff_kind_name(item->kind));
		item_text(&sides, item);
	}
	summary(run, &diff);
	status = diff.count == 0 ? EXIT_CLEAN : EXIT_FINDINGS;
	diff_free(&diff);
	return status;
}
