/* A proposal for --update: the same questions, answered by what was seen. */
#include "check/propose.h"

#include <inttypes.h>
#include <string.h>

#include "check/day.h"
#include "check/evaluate_priv.h"

static void quoted(struct output *out, const char *text)
{
	output_json_string(out, text, strlen(text)); /* which YAML reads too */
}

static void words(struct output *out, const char *key, const struct expect_word *word)
{
	const char *comma = "";

	if (word == NULL)
		return;
	output_printf(out, "%s: [", key);
	for (; word != NULL; word = word->next) {
		output_string(out, comma);
		quoted(out, word->text);
		comma = ", ";
	}
	output_string(out, "]\n");
}

static void match(struct output *out, const struct match *m)
{
	const char *comma = "";

	output_string(out, "match: {");
	for (const struct match_field *f = m->fields; f != NULL; f = f->next) {
		output_printf(out, "%s%s: %s", comma, f->path, f->value_count > 1 ? "[" : "");
		for (size_t i = 0; i < f->value_count; i++) {
			output_string(out, i == 0 ? "" : ", ");
			quoted(out, f->values[i]);
		}
		output_string(out, f->value_count > 1 ? "]" : "");
		comma = ", ";
	}
	output_string(out, "}\n");
}

/* The count that was asked for where it holds, else the one that was found. */
static void count(struct output *out, const struct count *want, uint64_t found)
{
	char text[COUNT_TEXT];

	if (!count_holds(want, found))
		output_printf(out, "%" PRIu64, found);
	else if (want->op == COUNT_EQUAL)
		output_string(out, count_notation(want, text));
	else
		output_printf(out, "\"%s\"", count_notation(want, text));
}

static void row_lists(struct output *out, const struct evaluation *e)
{
	output_string(out, "rows:\n  seen:");
	rows_write_seen(e->rows, out);
	words(out, "  not_blocked", e->expect->rows[ROWS_NOT_BLOCKED]);
}

static void verdicts(struct output *out, const struct evaluation *e)
{
	output_string(out, "verdicts:\n");
	for (unsigned v = 0; v < EXPECT_VERDICTS; v++) {
		static const struct count any = { .op = COUNT_EQUAL, .value = UINT64_MAX };
		const struct expect_verdict *want = &e->expect->verdicts[v];

		output_printf(out, "  %s: ", expect_verdicts[v]);
		count(out, want->line != 0 ? &want->count : &any, e->verdicts[v].count);
		output_string(out, "\n");
	}
}

static void flows(struct output *out, const struct evaluation *e)
{
	const struct flow_tally *t = e->flows;

	if (e->expect->flows != NULL)
		output_string(out, "flows:\n");
	for (const struct expect_flow *f = e->expect->flows; f != NULL; f = f->next, t++) {
		output_string(out, "  - name: ");
		quoted(out, f->name);
		output_string(out, "\n    ");
		match(out, &f->match);
		output_string(out, "    count: ");
		count(out, &f->count, t->hits.count);
		output_string(out, "\n");
	}
}

/* Those that have run out stay away: renewing one is for a person to decide. */
static void exceptions(struct output *out, const struct evaluation *e)
{
	bool any = false;
	char until[DAY_TEXT];

	for (const struct expect_exception *x = e->expect->exceptions; x != NULL; x = x->next) {
		if (x->until < e->today)
			continue;
		output_string(out, any ? "" : "exceptions:\n");
		any = true;
		output_string(out, "  - ");
		match(out, &x->match);
		output_string(out, "    reason: ");
		quoted(out, x->reason);
		output_printf(out, "\n    until: %s\n", day_text(x->until, until));
	}
}

void propose(struct output *out, const struct evaluation *e)
{
	output_string(
		out, "# Proposed by flowaudit check --update from what the captures show.\n"
		     "# Read it before you take it: it writes down what is, not what should be.\n");
	words(out, "captures", e->expect->captures);
	words(out, "rules", e->expect->rules);
	if (e->expect->site != NULL) {
		output_string(out, "site: ");
		quoted(out, e->expect->site->text);
		output_string(out, "\n");
	}
	output_printf(out, "exit: %d\n", e->exit);
	row_lists(out, e);
	verdicts(out, e);
	flows(out, e);
	exceptions(out, e);
}
