/* The documented side: rows by state, and the required ones that were not seen. */
#include <stdio.h>
#include <string.h>

#include "report/phrase.h"
#include "report/text.h"

/* Longest row id and ports that the table's columns make room for. */
#define ID_COLUMNS    36u
#define TUPLE_COLUMNS 24u

static const char *const state_words[] = {
	[ROW_SEEN] = "seen",         [ROW_BLOCKED] = "blocked",
	[ROW_MISMATCH] = "mismatch", [ROW_INCONCLUSIVE] = "inconclusive",
	[ROW_EXPIRED] = "expired",   [ROW_NOT_SEEN] = "not seen",
};
static_assert(ARRAY_SIZE(state_words) == ROW_STATE_COUNT, "words a state");

static enum page_style state_style(uint8_t state)
{
	static const uint8_t styles[] = {
		[ROW_SEEN] = PAGE_GREEN,       [ROW_BLOCKED] = PAGE_RED,
		[ROW_MISMATCH] = PAGE_MAGENTA, [ROW_INCONCLUSIVE] = PAGE_CYAN,
		[ROW_EXPIRED] = PAGE_DIM,      [ROW_NOT_SEEN] = PAGE_DIM,
	};
	static_assert(ARRAY_SIZE(styles) == ROW_STATE_COUNT, "a style a state");

	return (enum page_style)styles[state];
}

void text_row_summary(struct text *t)
{
	static const uint8_t shown[] = { ROW_SEEN,         ROW_BLOCKED,  ROW_MISMATCH,
					 ROW_INCONCLUSIVE, ROW_NOT_SEEN, ROW_EXPIRED };
	static_assert(ARRAY_SIZE(shown) == ROW_STATE_COUNT, "every state");
	unsigned rows = policy_row_count(t->ledger->policy), i;
	uint64_t states[ROW_STATE_COUNT] = { 0 };
	char count[PHRASE_COUNT], buf[64];

	for (i = 0; i < rows; i++)
		states[t->ledger->coverage[i].state]++;
	page_line(&t->page, 0, 6);
	page_word(&t->page, PAGE_BOLD, "Rows:");
	for (i = 0; i < ARRAY_SIZE(shown); i++) {
		if (states[shown[i]] == 0)
			continue;
		snprintf(buf, sizeof(buf), "%s %s", phrase_count(states[shown[i]], count),
			 state_words[shown[i]]);
		page_phrase(&t->page, state_style(shown[i]), buf);
		page_gap(&t->page, 3);
	}
	page_end(&t->page);
}

/* "tcp+udp/5061", "udp/50000-59999" */
static void row_tuple(const struct row *row, char *buf, size_t size)
{
	const char *l4 = row->l4 == ROW_L4_TCP                  ? "tcp"
			 : row->l4 == ROW_L4_UDP                ? "udp"
			 : row->l4 == (ROW_L4_TCP | ROW_L4_UDP) ? "tcp+udp"
								: "-";
	char ports[96];

	policy_row_ports_text(row, ports, sizeof(ports));
	snprintf(buf, size, "%s%s%s", l4, row->l4 == 0 ? "" : "/", row->l4 == 0 ? "" : ports);
}

static void row_line(struct text *t, unsigned index, const unsigned tabs[static 2])
{
	static const uint8_t shown[] = {
		VERDICT_EXPECTED,   VERDICT_BLOCKED,  VERDICT_MISMATCH,
		VERDICT_UNEXPECTED, VERDICT_REJECTED, VERDICT_INCONCLUSIVE
	};
	static_assert(ARRAY_SIZE(shown) == VERDICT_COUNT, "all six");
	const struct row *row = policy_row(t->ledger->policy, index);
	const struct row_coverage *c = &t->ledger->coverage[index];
	char buf[160], count[PHRASE_COUNT];
	bool first = true;
	size_t i;

	page_line(&t->page, 2, TEXT_LABEL + 2);
	page_phrase(&t->page, state_style(c->state), state_words[c->state]);
	page_tab(&t->page, TEXT_LABEL + 2);
	page_word(&t->page, PAGE_PLAIN, row->id);
	page_tab(&t->page, tabs[0]);
	row_tuple(row, buf, sizeof(buf));
	page_word(&t->page, PAGE_PLAIN, buf);
	page_tab(&t->page, tabs[1]);
	for (i = 0; i < ARRAY_SIZE(shown); i++) {
		if (c->flows[shown[i]] == 0)
			continue;
		if (!first) {
			page_gap(&t->page, 0);
			page_word(&t->page, PAGE_PLAIN, ",");
		}
		first = false;
		snprintf(buf, sizeof(buf), "%s %s", phrase_count(c->flows[shown[i]], count),
			 verdict_name((enum verdict)shown[i]));
		page_phrase(&t->page, PAGE_PLAIN, buf);
	}
	page_end(&t->page);
}

/* Where the table's columns begin, so that all rows that may be shown line up. */
static void find_tabs(const struct text *t, unsigned tabs[static 2])
{
	unsigned rows = policy_row_count(t->ledger->policy), row, ids = 0, tuples = 0;
	char tuple[160];

	for (row = 0; row < rows; row++) {
		const struct row *r = policy_row(t->ledger->policy, row);
		unsigned columns = page_columns(r->id, strlen(r->id));

		if (t->ledger->coverage[row].state == ROW_NOT_SEEN && t->options->verbose == 0)
			continue;
		if (columns <= ID_COLUMNS)
			ids = MAX(ids, columns);
		row_tuple(r, tuple, sizeof(tuple));
		columns = page_columns(tuple, strlen(tuple));
		if (columns <= TUPLE_COLUMNS)
			tuples = MAX(tuples, columns);
	}
	tabs[0] = TEXT_LABEL + 2 + ids + 2;
	tabs[1] = tabs[0] + tuples + 2;
}

void text_row_table(struct text *t)
{
	static const uint8_t order[] = { ROW_BLOCKED, ROW_MISMATCH, ROW_INCONCLUSIVE,
					 ROW_SEEN,    ROW_EXPIRED,  ROW_NOT_SEEN };
	const struct ledger *ledger = t->ledger;
	size_t states = t->options->verbose > 0 ? ARRAY_SIZE(order) : 4, shown = 0, all = 0, i;
	unsigned rows = policy_row_count(ledger->policy), row, tabs[2];

	static_assert(ARRAY_SIZE(order) == ROW_STATE_COUNT, "every state");
	find_tabs(t, tabs);
	for (i = 0; i < states; i++) {
		for (row = 0; row < rows; row++) {
			if (ledger->coverage[row].state != order[i])
				continue;
			all++;
			if (shown < text_cap(t, TEXT_ROWS)) {
				row_line(t, row, tabs);
				shown++;
			}
		}
	}
	text_more(t, 2, all - shown, "more row", "more rows");
}

static bool is_missing(const struct ledger *ledger, unsigned row)
{
	return ledger->coverage[row].required && ledger->coverage[row].state == ROW_NOT_SEEN;
}

size_t text_required_missing(const struct ledger *ledger)
{
	unsigned rows = policy_row_count(ledger->policy), row;
	size_t missing = 0;

	for (row = 0; row < rows; row++)
		missing += is_missing(ledger, row);
	return missing;
}

/* Unless asked for, a list would be the table of contents. */
static void required_count(struct text *t, size_t missing)
{
	bool site = policy_site_name(t->ledger->policy) != NULL;
	char buf[64];

	page_blank(&t->page);
	page_line(&t->page, 0, 2);
	page_words(&t->page, PAGE_BOLD, "Required and not seen:");
	page_printf(&t->page, PAGE_PLAIN, "%s; %s, -v lists %s",
		    phrase_plural(missing, "row", "rows", buf, sizeof(buf)),
		    site ? missing == 1 ? "--require makes it a finding"
					: "--require makes them findings"
			 : "a site file would tell which of them apply here",
		    missing == 1 ? "it" : "them");
	page_end(&t->page);
}

void text_required(struct text *t)
{
	const struct policy *policy = t->ledger->policy;
	size_t missing = text_required_missing(t->ledger), shown = 0, most;
	unsigned rows = policy_row_count(policy), row;
	char buf[200];

	if (missing == 0 || (ledger_flows(t->ledger) == 0 && !t->options->require))
		return;
	if ((missing > TEXT_REQUIRED || policy_site_name(policy) == NULL) &&
	    t->options->verbose == 0 && !t->options->require) {
		required_count(t, missing);
		return;
	}
	most = MIN(missing, text_cap(t, TEXT_REQUIRED));
	page_blank(&t->page);
	page_line(&t->page, 0, 2);
	page_words(&t->page, t->options->require ? PAGE_RED : PAGE_BOLD,
		   policy_site_name(policy) == NULL
			   ? "Required and not seen:"
			   : "Required, asserted by the site and not seen:");
	for (row = 0; row < rows && shown < most; row++) {
		if (!is_missing(t->ledger, row))
			continue;
		shown++;
		snprintf(buf, sizeof(buf), "%s%s", policy_row(policy, row)->id,
			 shown < missing ? "," : "");
		page_word(&t->page, PAGE_PLAIN, buf);
	}
	if (shown < missing)
		page_printf(&t->page, PAGE_PLAIN, "and %s, -v lists them",
			    phrase_plural(missing - shown, "more", "more", buf, sizeof(buf)));
	page_end(&t->page);
}
