/* The section of findings: the worst first, each kind capped, probes one line a source. */
#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"
#include "report/phrase.h"
#include "report/text.h"

enum page_style text_verdict_style(uint8_t verdict)
{
	static const uint8_t styles[] = {
		[VERDICT_EXPECTED] = PAGE_GREEN,   [VERDICT_UNEXPECTED] = PAGE_YELLOW,
		[VERDICT_BLOCKED] = PAGE_RED,      [VERDICT_REJECTED] = PAGE_PLAIN,
		[VERDICT_MISMATCH] = PAGE_MAGENTA, [VERDICT_INCONCLUSIVE] = PAGE_CYAN,
	};
	static_assert(ARRAY_SIZE(styles) == VERDICT_COUNT, "a style a verdict");

	return (enum page_style)styles[verdict];
}

/* Different responder ports; 0 without memory. */
static uint64_t count_ports(const struct text *t, const struct fold_summary *s)
{
	uint64_t distinct = 0, *seen;
	uint32_t i;

	if (s->ports.count != 0)
		return s->ports.count;
	seen = memory_array(UINT16_MAX / 64 + 1, sizeof(*seen));
	if (seen == NULL)
		return 0;
	for (i = 0; i < s->fold->count; i++) {
		const struct judged *flow = fold_flow(&t->folds, t->ledger, s->fold, i);
		unsigned port = flow->key.port[flow->initiator ^ 1u];

		distinct += ~seen[port / 64] >> port % 64 & 1;
		seen[port / 64] |= (uint64_t)1 << port % 64;
	}
	free(seen);
	return distinct;
}

/* "512 flows from 198.51.100.7 to 512 ports of 203.0.113.12" */
static void source(struct text *t, const struct fold *fold)
{
	const struct fold_summary *summary = text_summary(t, fold);
	char from[200], to[200], ports[64], flows[64];
	uint64_t distinct = count_ports(t, summary);

	phrase_plural(fold->count, "flow", "flows", flows, sizeof(flows));
	text_end(summary, 0, from, sizeof(from));
	page_printf(&t->page, PAGE_PLAIN, "%s from %s to", flows, from);
	text_end(summary, 1, to, sizeof(to));
	if (distinct == 1)
		text_port(summary, ports, sizeof(ports));
	else
		phrase_plural(distinct, "port", "ports", ports, sizeof(ports));
	page_printf(&t->page, PAGE_PLAIN, "%s of %s", ports, to);
	page_end(&t->page);
}

/* What was neither documented nor let through: usually the Internet knocking. */
static void rejected(struct text *t, const struct fold *folds, size_t count)
{
	size_t shown = MIN(count, text_cap(t, TEXT_SOURCES)), i;
	char flows[64], sources[64];

	if (count == 0)
		return;
	page_blank(&t->page);
	text_label(t, VERDICT_REJECTED);
	if (count == 1) {
		source(t, folds);
		text_members(t, folds);
		return;
	}
	phrase_plural(t->ledger->verdicts[VERDICT_REJECTED], "flow", "flows", flows, sizeof(flows));
	phrase_plural(count, "address", "addresses", sources, sizeof(sources));
	page_printf(&t->page, PAGE_PLAIN, "%s from %s: not documented, not let through", flows,
		    sources);
	page_end(&t->page);
	for (i = 0; i < shown; i++) {
		page_line(&t->page, TEXT_LABEL, TEXT_LABEL + 2);
		source(t, &folds[i]);
		text_members(t, &folds[i]);
	}
	text_more(t, TEXT_LABEL, count - shown, "more source", "more sources");
}

/* The folds of one verdict, which lie together. */
static void one_verdict(struct text *t, const struct fold *folds, size_t count)
{
	uint8_t verdict = folds[0].verdict;
	size_t most = text_cap(t, verdict == VERDICT_INCONCLUSIVE ? TEXT_UNDECIDED : TEXT_FINDINGS);
	size_t shown = MIN(count, most), i;
	char one[40], many[40];

	for (i = 0; i < shown; i++) {
		if (i == 0 || verdict != VERDICT_EXPECTED)
			page_blank(&t->page);
		text_finding(t, &folds[i]);
	}
	snprintf(one, sizeof(one), "more %s finding", verdict_name((enum verdict)verdict));
	snprintf(many, sizeof(many), "more %s findings", verdict_name((enum verdict)verdict));
	text_more(t, TEXT_LABEL, count - shown, one, many);
}

void text_findings(struct text *t)
{
	const struct fold *folds = t->folds.items;
	size_t at = 0, end;

	for (; at < t->folds.count; at = end) {
		for (end = at + 1; end < t->folds.count; end++)
			if (folds[end].verdict != folds[at].verdict)
				break;
		if (folds[at].verdict == VERDICT_REJECTED)
			rejected(t, folds + at, end - at);
		else
			one_verdict(t, folds + at, end - at);
	}
}
