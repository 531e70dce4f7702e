/* The head of the report: what was read, against what, and whether it can carry the verdicts. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "report/phrase.h"
#include "report/text.h"
#include "report/time.h"

/* Longest name that others are aligned to. */
#define NAME_COLUMNS 40u

/* "1,284,113 frames   612 MB   8,402 flows" */
static void sizes(struct page *page, uint64_t frames, uint64_t bytes, uint64_t flows)
{
	char buf[64], size[PHRASE_BYTES];

	page_gap(page, 3);
	page_phrase(page, PAGE_PLAIN, phrase_plural(frames, "frame", "frames", buf, sizeof(buf)));
	page_gap(page, 3);
	page_phrase(page, PAGE_PLAIN, phrase_bytes(bytes, size));
	page_gap(page, 3);
	page_phrase(page, PAGE_PLAIN, phrase_plural(flows, "flow", "flows", buf, sizeof(buf)));
}

static void capture_line(struct text *t, const struct capture_facts *cap, uint64_t flows,
			 unsigned tab)
{
	struct page *page = &t->page;
	char date[TIME_DATE_TEXT], span[TIME_DURATION_TEXT], text[TIME_DATE_TEXT + 4];

	page_line(page, 0, 4);
	page_word(page, PAGE_BOLD, cap->name);
	page_gap(page, 3);
	if (tab > 0)
		page_tab(page, tab);
	if (cap->frames == 0) {
		page_words(page, PAGE_PLAIN, "no frames");
	} else {
		if (cap->first_ns != 0 || cap->last_ns != 0) {
			snprintf(text, sizeof(text), "%s UTC", time_date_text(cap->first_ns, date));
			page_phrase(page, PAGE_PLAIN, text);
			page_gap(page, 3);
			page_phrase(page, PAGE_PLAIN,
				    time_duration_text(cap->last_ns - cap->first_ns, span));
		} else if (cap->filtered < cap->frames) {
			page_phrase(page, PAGE_PLAIN, "no times");
		}
		sizes(page, cap->frames, cap->wire_bytes, flows);
	}
	page_end(page);
}

static uint64_t *count_flows(const struct ledger *ledger)
{
	uint64_t *flows = memory_array(ledger->capture_count, sizeof(*flows));
	size_t i;

	if (flows != NULL && ledger->capture_count == 1)
		flows[0] = ledger_flows(ledger) - ledger->captures[0].evicted_unlisted;
	for (i = 0; flows != NULL && ledger->capture_count > 1 && i < ledger->flow_count; i++)
		if (ledger->flows[i].input < ledger->capture_count)
			flows[ledger->flows[i].input]++;
	return flows;
}

static void totals(struct text *t)
{
	uint64_t frames = 0, bytes = 0;
	char buf[64];
	size_t i;

	for (i = 0; i < t->ledger->capture_count; i++) {
		frames += t->ledger->captures[i].frames;
		bytes += t->ledger->captures[i].wire_bytes;
	}
	page_line(&t->page, 0, 4);
	page_phrase(
		&t->page, PAGE_BOLD,
		phrase_plural(t->ledger->capture_count, "capture", "captures", buf, sizeof(buf)));
	sizes(&t->page, frames, bytes, ledger_flows(t->ledger));
	page_end(&t->page);
}

void text_captures(struct text *t)
{
	const struct ledger *ledger = t->ledger;
	size_t shown = MIN(ledger->capture_count, text_cap(t, TEXT_CAPTURES)), i;
	uint64_t *flows = count_flows(ledger);
	unsigned tab = 0;

	for (i = 0; i < shown && ledger->capture_count > 1; i++) {
		unsigned columns =
			page_columns(ledger->captures[i].name, strlen(ledger->captures[i].name));

		if (columns <= NAME_COLUMNS)
			tab = MAX(tab, columns + 3);
	}
	for (i = 0; i < shown; i++)
		capture_line(t, &ledger->captures[i],
			     flows == NULL ? 0 : flows[i] + ledger->captures[i].evicted_unlisted,
			     tab);
	text_more(t, 0, ledger->capture_count - shown, "more capture", "more captures");
	if (ledger->capture_count > 1)
		totals(t);
	free(flows);
}

/* "lync2013-pic (6 rows)" */
static void pack_phrase(const struct text *t, unsigned pack, char *buf, size_t size)
{
	const struct policy *policy = t->ledger->policy;
	const char *name = policy_pack_name(policy, pack);
	unsigned count = policy_row_count(policy), i;
	uint64_t rows = 0;
	char text[48];

	for (i = 0; i < count; i++)
		rows += strcmp(policy_row(policy, i)->pack, name) == 0;
	snprintf(buf, size, "%s (%s)", name,
		 phrase_plural(rows, "row", "rows", text, sizeof(text)));
}

void text_policy(struct text *t)
{
	const struct policy *policy = t->ledger->policy;
	const char *site = policy_site_name(policy);
	unsigned packs = policy_pack_count(policy), i;
	char buf[256];

	page_line(&t->page, 0, 4);
	if (site != NULL) {
		snprintf(buf, sizeof(buf), "site %s", site);
		page_phrase(&t->page, PAGE_BOLD, buf);
	}
	for (i = 0; i < packs; i++) {
		if (site != NULL || i > 0)
			page_word(&t->page, PAGE_DIM, "\xc2\xb7"); /* middle dot */
		pack_phrase(t, i, buf, sizeof(buf));
		page_phrase(&t->page, PAGE_PLAIN, buf);
	}
	page_end(&t->page);
	if (site != NULL)
		return;
	phrase_plural(policy_role_count(policy), "role the packs name", "roles the packs name", buf,
		      sizeof(buf));
	page_line(&t->page, 0, 4);
	page_printf(&t->page, PAGE_YELLOW,
		    "no site: roles not checked; -S SITE.yaml would bind the %s and check who "
		    "talks to whom",
		    buf);
	page_end(&t->page);
}

static void fitness_line(struct text *t, const struct capture_facts *cap,
			 const struct fitness_entry *e)
{
	char effect[256];

	page_line(&t->page, 2, 4);
	if (t->ledger->capture_count > 1) {
		page_word(&t->page, PAGE_PLAIN, cap->name);
		page_gap(&t->page, 0);
		page_word(&t->page, PAGE_PLAIN, ":");
	}
	page_words(&t->page, PAGE_PLAIN, e->detail);
	fitness_effect(e, effect, sizeof(effect));
	if (effect[0] != '\0') {
		page_gap(&t->page, 0);
		page_word(&t->page, PAGE_PLAIN, ":");
		page_words(&t->page, PAGE_YELLOW, effect);
		if (cap->in_part)
			page_words(&t->page, PAGE_YELLOW, "in those minutes");
	}
	page_end(&t->page);
}

/* The head of the section: how many limits, and whether they cost verdicts. */
static void fitness_head(struct text *t, size_t limits, bool disabling)
{
	char buf[64];

	page_line(&t->page, 0, 2);
	page_words(&t->page, PAGE_BOLD, "Capture fitness:");
	page_words(&t->page, disabling ? PAGE_YELLOW : PAGE_GREEN, disabling ? "limited" : "good");
	if (limits > 0) {
		page_gap(&t->page, 0);
		page_word(&t->page, PAGE_PLAIN, ",");
		page_words(&t->page, PAGE_PLAIN,
			   limits == 1 ? "one limit"
				       : phrase_plural(limits, "", "limits", buf, sizeof(buf)));
	}
	page_end(&t->page);
}

static bool no_frames(const struct ledger *ledger)
{
	size_t i;

	for (i = 0; i < ledger->capture_count; i++)
		if (ledger->captures[i].frames != 0)
			return false;
	return true;
}

void text_fitness(struct text *t)
{
	const struct ledger *ledger = t->ledger;
	size_t limits = 0, shown = 0, i;
	bool disabling = false;
	unsigned j;

	for (i = 0; i < ledger->capture_count; i++) {
		const struct fitness *fit = &ledger->captures[i].fitness;

		limits += fit->count;
		for (j = 0; j < fit->count; j++)
			disabling |= fit->entries[j].disables != 0;
	}
	if (limits == 0 && no_frames(ledger)) {
		page_line(&t->page, 0, 2);
		page_words(&t->page, PAGE_BOLD, "Capture fitness:");
		page_words(&t->page, PAGE_YELLOW, "none, there are no frames");
		page_end(&t->page);
		return;
	}
	fitness_head(t, limits, disabling);
	for (i = 0; i < ledger->capture_count; i++) {
		const struct capture_facts *cap = &ledger->captures[i];

		for (j = 0; j < cap->fitness.count && shown < text_cap(t, TEXT_FITNESS); j++) {
			fitness_line(t, cap, &cap->fitness.entries[j]);
			shown++;
		}
	}
	text_more(t, 2, limits - shown, "more limit", "more limits");
}
