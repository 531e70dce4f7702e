/* The text report: two minutes to read, ready to forward. */
#include "report/text.h"

#include <stdio.h>
#include <string.h>

#include "report/phrase.h"

bool text_is_finding(const struct text *t, uint8_t verdict)
{
	return (t->options->fail_on & VERDICT_BIT(verdict)) != 0;
}

size_t text_cap(const struct text *t, size_t cap)
{
	return t->options->verbose > 0 ? SIZE_MAX : cap;
}

void text_more(struct text *t, unsigned column, size_t hidden, const char *one, const char *many)
{
	char buf[80];

	if (hidden == 0)
		return;
	page_line(&t->page, column, column + 2);
	page_printf(&t->page, PAGE_DIM, "... %s, -v lists %s",
		    phrase_plural(hidden, one, many, buf, sizeof(buf)),
		    hidden == 1 ? "it" : "them");
	page_end(&t->page);
}

static const char *l4_name(uint8_t l4)
{
	return l4 == 6 ? "tcp" : l4 == 17 ? "udp" : "sctp";
}

const struct fold_summary *text_summary(struct text *t, const struct fold *fold)
{
	const struct judged *first = fold_flow(&t->folds, t->ledger, fold, 0);
	struct fold_summary *summary = &t->largest[fold->verdict][first->cause];

	if (summary->fold != NULL && summary->fold != fold)
		summary = &t->other;
	if (summary->fold != fold)
		fold_summarize(summary, &t->folds, t->ledger, fold);
	return summary;
}

void text_port(const struct fold_summary *summary, char *buf, size_t size)
{
	const struct fold_ports *ports = &summary->ports;
	unsigned i;
	size_t at;

	snprintf(buf, size, "%s/%u", l4_name(summary->first->key.l4), ports->lo);
	for (i = 1; i < ports->count; i++) {
		at = strlen(buf);
		snprintf(buf + at, size - at, ",%u", ports->port[i]);
	}
	at = strlen(buf);
	if (ports->count == 0)
		snprintf(buf + at, size - at, "-%u", ports->hi);
}

void text_end(const struct fold_summary *summary, unsigned end, char *buf, size_t size)
{
	const struct judged *first = summary->first;
	uint64_t distinct = summary->ends[end].addresses;
	const char *role = summary->ends[end].role;
	char address[ADDRESS_TEXT], count[64];

	phrase_plural(distinct, "address", "addresses", count, sizeof(count));
	address_text(&first->key.addr[first->initiator ^ end], address);
	if (distinct > 1)
		snprintf(buf, size, role == NULL ? "%s%s" : "%s (%s)", role == NULL ? "" : role,
			 count);
	else
		snprintf(buf, size, "%s%s%s", role == NULL ? "" : role, role == NULL ? "" : " ",
			 address);
}

/* "8,371 expected   14 blocked": flows by verdict, those there are. */
static void verdict_summary(struct text *t)
{
	static const uint8_t shown[] = {
		VERDICT_EXPECTED,   VERDICT_BLOCKED,      VERDICT_MISMATCH,
		VERDICT_UNEXPECTED, VERDICT_INCONCLUSIVE, VERDICT_REJECTED
	};
	static_assert(ARRAY_SIZE(shown) == VERDICT_COUNT, "all six");
	char count[PHRASE_COUNT], phrase[64];
	size_t i;

	page_line(&t->page, 0, 7);
	page_word(&t->page, PAGE_BOLD, "Flows:");
	for (i = 0; i < ARRAY_SIZE(shown); i++) {
		uint64_t n = t->ledger->verdicts[shown[i]];

		if (n == 0)
			continue;
		snprintf(phrase, sizeof(phrase), "%s %s", phrase_count(n, count),
			 verdict_name((enum verdict)shown[i]));
		page_phrase(&t->page, text_verdict_style(shown[i]), phrase);
		page_gap(&t->page, 3);
	}
	if (ledger_flows(t->ledger) == 0)
		page_words(&t->page, PAGE_PLAIN, "none");
	page_end(&t->page);
	if (t->ledger->counted != 0) {
		page_line(&t->page, 0, 2);
		page_printf(
			&t->page, PAGE_PLAIN,
			"%s counted and not listed: of each finding the first are below, all were "
			"told as they were decided.",
			phrase_plural(t->ledger->counted, "flow is", "flows are", phrase,
				      sizeof(phrase)));
		page_end(&t->page);
	}
	if (t->ledger->unlisted != 0) {
		page_line(&t->page, 0, 2);
		page_printf(&t->page, PAGE_PLAIN,
			    "%s counted and not listed: evicted from a full flow table "
			    "(--max-flows).",
			    phrase_plural(t->ledger->unlisted, "inconclusive flow is",
					  "inconclusive flows are", phrase, sizeof(phrase)));
		page_end(&t->page);
	}
	if (t->ledger->names_given_up == 0)
		return;
	page_line(&t->page, 0, 2);
	page_printf(&t->page, PAGE_PLAIN, "%s without a name: more at once than nDPI has room for.",
		    phrase_plural(t->ledger->names_given_up, "flow is", "flows are", phrase,
				  sizeof(phrase)));
	page_end(&t->page);
}

/* "17 flows in 3 findings. Exit 1." */
static void last_line(struct text *t)
{
	uint64_t flows = 0, findings = 0, open = t->ledger->verdicts[VERDICT_INCONCLUSIVE];
	size_t missing = t->options->require ? text_required_missing(t->ledger) : 0, i;
	char a[64], b[64];

	for (i = 0; i < t->folds.count; i++) {
		if (!text_is_finding(t, t->folds.items[i].verdict))
			continue;
		findings++;
		flows += t->folds.items[i].count;
	}
	page_line(&t->page, 0, 2);
	if (findings > 0)
		page_printf(&t->page, PAGE_BOLD, "%s in %s",
			    phrase_plural(flows, "flow", "flows", a, sizeof(a)),
			    phrase_plural(findings, "finding", "findings", b, sizeof(b)));
	if (missing > 0)
		page_printf(&t->page, PAGE_BOLD, findings > 0 ? "and %s not seen" : "%s not seen",
			    phrase_plural(missing, "required row", "required rows", a, sizeof(a)));
	if (findings == 0 && missing == 0 && ledger_flows(t->ledger) == 0)
		page_words(&t->page, PAGE_BOLD, "No flows: nothing could be judged");
	else if (findings == 0 && missing == 0 && open > 0 &&
		 !text_is_finding(t, VERDICT_INCONCLUSIVE))
		page_printf(&t->page, PAGE_BOLD, "No findings; %s undecided",
			    phrase_plural(open, "flow is", "flows are", a, sizeof(a)));
	else if (findings == 0 && missing == 0)
		page_words(&t->page, PAGE_BOLD, "No findings");
	page_gap(&t->page, 0);
	page_word(&t->page, PAGE_BOLD, ".");
	if (t->options->interim)
		page_words(&t->page, PAGE_BOLD, "The run goes on.");
	else
		page_printf(&t->page, PAGE_BOLD, "Exit %d.", t->options->exit_status);
	page_end(&t->page);
}

void report_text(struct output *out, const struct ledger *ledger,
		 const struct report_options *options)
{
	struct text t = { .ledger = ledger, .options = options };
	uint32_t verdicts = VERDICT_BIT(VERDICT_COUNT) - 1u;

	page_init(&t.page, out, options->width, options->colour);
	if (options->verbose == 0 && (options->fail_on & VERDICT_BIT(VERDICT_EXPECTED)) == 0)
		verdicts &= ~VERDICT_BIT(VERDICT_EXPECTED);
	text_captures(&t);
	text_policy(&t);
	page_blank(&t.page);
	text_fitness(&t);
	page_blank(&t.page);
	text_row_summary(&t);
	text_row_table(&t);
	page_blank(&t.page);
	verdict_summary(&t);
	if (fold_flows(&t.folds, ledger, verdicts) != 0) {
		page_line(&t.page, 0, 0);
		page_words(&t.page, PAGE_RED,
			   "Out of memory: the flows could not be folded into findings.");
		page_end(&t.page);
		return;
	}
	text_findings(&t);
	text_required(&t);
	text_next(&t);
	page_blank(&t.page);
	last_line(&t);
	fold_free(&t.folds);
}
