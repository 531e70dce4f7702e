/*
 * What to do next: at most TEXT_STEPS sentences, each from something that was
 * found, the most valuable first.
 */
#include <stdio.h>

#include "report/filter.h"
#include "report/phrase.h"
#include "report/reason.h"
#include "report/text.h"

/* The first fold, that is the largest, of a verdict; of a cause too unless CAUSE_COUNT. */
static const struct fold *largest(const struct text *t, uint8_t verdict, uint8_t cause)
{
	size_t i;

	for (i = 0; i < t->folds.count; i++) {
		const struct fold *fold = &t->folds.items[i];

		if (fold->verdict == verdict &&
		    (cause == CAUSE_COUNT ||
		     fold_flow(&t->folds, t->ledger, fold, 0)->cause == cause))
			return fold;
	}
	return NULL;
}

static const char *row_name(const struct text *t, const struct fold *fold)
{
	return fold->row < 0 ? "" : policy_row(t->ledger->policy, (unsigned)fold->row)->id;
}

static const char *responder(const struct text *t, const struct fold *fold,
			     char buf[static ADDRESS_TEXT])
{
	const struct judged *first = fold_flow(&t->folds, t->ledger, fold, 0);

	return address_text(&first->key.addr[first->initiator ^ 1u], buf);
}

/* Each step writes its sentence and returns true, or has nothing to say. */
static bool step_firewall(struct text *t, char *buf, size_t size)
{
	const struct fold *fold = largest(t, VERDICT_BLOCKED, CAUSE_NETWORK);

	if (fold == NULL)
		return false;
	snprintf(buf, size, "Give the firewall team row %s and these packets:", row_name(t, fold));
	return true;
}

static bool step_host(struct text *t, char *buf, size_t size)
{
	const struct fold *fold = largest(t, VERDICT_BLOCKED, CAUSE_HOST);
	char address[ADDRESS_TEXT], port[32];

	if (fold == NULL)
		return false;
	text_port(text_summary(t, fold), port, sizeof(port));
	snprintf(buf, size,
		 "See on %s whether the service of row %s runs: the host itself refused %s.",
		 responder(t, fold, address), row_name(t, fold), port);
	return true;
}

static bool step_application(struct text *t, char *buf, size_t size)
{
	const struct fold *fold = largest(t, VERDICT_BLOCKED, CAUSE_APPLICATION);
	char address[ADDRESS_TEXT];

	if (fold == NULL)
		return false;
	snprintf(buf, size,
		 "Look into the log of the service on %s: packets pass, the application refuses "
		 "(row %s).",
		 responder(t, fold, address), row_name(t, fold));
	return true;
}

static bool step_silence(struct text *t, char *buf, size_t size)
{
	const struct fold *fold = largest(t, VERDICT_BLOCKED, CAUSE_UNKNOWN);
	char address[ADDRESS_TEXT], port[32];

	if (fold == NULL)
		return false;
	text_port(text_summary(t, fold), port, sizeof(port));
	snprintf(buf, size,
		 "Capture beside %s as well: whether %s arrives there tells network from host (row "
		 "%s).",
		 responder(t, fold, address), port, row_name(t, fold));
	return true;
}

static bool step_mismatch(struct text *t, char *buf, size_t size)
{
	const struct fold *fold = largest(t, VERDICT_MISMATCH, CAUSE_COUNT);
	char address[ADDRESS_TEXT], port[32];

	if (fold == NULL)
		return false;
	text_port(text_summary(t, fold), port, sizeof(port));
	if (fold->reason == EVIDENCE_MTLS_DECLINED || fold->reason == EVIDENCE_MTLS_NOT_REQUESTED)
		snprintf(buf, size,
			 "Check the certificates on both ends of %s at %s: row %s documents mutual "
			 "TLS.",
			 port, responder(t, fold, address), row_name(t, fold));
	else
		snprintf(buf, size,
			 "Find out what serves %s on %s: it does not speak what row %s documents.",
			 port, responder(t, fold, address), row_name(t, fold));
	return true;
}

/* What the failing key suggests; several keys fail: the first that applies. */
static const char *suggestion(unsigned differs)
{
	static const struct {
		unsigned key;
		const char *text;
	} suggestions[] = {
		{ KEY_VALID, "the row has expired; does one of its exceptions hold here?" },
		{ KEY_WHEN, "the site denies a condition of the row; does it hold after all?" },
		{ KEY_FROM | KEY_TO, "a wrong address in the site file, or a flow to close?" },
		{ KEY_DPORT | KEY_SPORT, "a moved port, or a flow to close?" },
		{ KEY_L4, "another transport than documented, or a flow to close?" },
		{ KEY_PROTO, "another service on a documented port?" },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(suggestions); i++)
		if ((differs & suggestions[i].key) != 0)
			return suggestions[i].text;
	return "a flow to close?";
}

static bool step_unexpected(struct text *t, char *buf, size_t size)
{
	const struct fold *fold = largest(t, VERDICT_UNEXPECTED, CAUSE_COUNT);
	char address[ADDRESS_TEXT], port[32];
	const struct judged *first;

	if (fold == NULL)
		return false;
	first = fold_flow(&t->folds, t->ledger, fold, 0);
	text_port(text_summary(t, fold), port, sizeof(port));
	responder(t, fold, address);
	if (fold->row < 0)
		snprintf(buf, size, "Ask who needs %s to %s: no row is close to it.", port,
			 address);
	else if (row_is_wide(policy_row(t->ledger->policy, (unsigned)fold->row)))
		snprintf(buf, size,
			 "Ask who needs %s to %s: only the wide range of row %s is close.", port,
			 address, row_name(t, fold));
	else
		snprintf(buf, size, "Compare %s to %s with row %s: %s", port, address,
			 row_name(t, fold), suggestion(first->nearest_differs));
	return true;
}

static bool step_no_site(struct text *t, char *buf, size_t size)
{
	if (policy_site_name(t->ledger->policy) != NULL || ledger_flows(t->ledger) == 0)
		return false;
	snprintf(buf, size,
		 "Write a site file (addresses of each role) and run again with -S SITE.yaml: who "
		 "may talk to whom was not checked.");
	return true;
}

static uint64_t undecided(const struct text *t, uint8_t reason)
{
	uint64_t flows = 0;

	for (size_t i = 0; i < t->folds.count; i++)
		if (t->folds.items[i].verdict == VERDICT_INCONCLUSIVE &&
		    t->folds.items[i].reason == reason)
			flows += t->folds.items[i].count;
	return flows;
}

/* Not the capture is at fault but what the site file says of it. */
static bool of_site(const struct text *t, const struct fold *fold)
{
	const struct evidence *e = reason_of(t->ledger, fold_flow(&t->folds, t->ledger, fold, 0));

	return e != NULL && e->code == EVIDENCE_FITNESS && e->value == FITNESS_SITE_ABSENT;
}

/* What another capture would have to do better, by the reason most flows are undecided. */
static bool step_capture(struct text *t, char *buf, size_t size)
{
	static const struct {
		uint8_t reason;
		const char *advice;
	} advice[] = {
		{ EVIDENCE_SINGLE_DIRECTION, "Capture where both directions pass" },
		{ EVIDENCE_ANSWER_NOT_CAPTURED, "Capture where both directions pass" },
		{ EVIDENCE_ANSWERED_ELSEWHERE, "Capture where both directions pass" },
		{ EVIDENCE_CAPTURE_ENDS_SOON, "Capture half a minute longer" },
		{ EVIDENCE_MIDSTREAM, "Start the capture before the connections open" },
		{ EVIDENCE_MTLS_UNSEEN, "Start the capture before the connections open" },
		{ EVIDENCE_SNAPLEN, "Capture whole packets (tcpdump -s 0)" },
		{ EVIDENCE_GAP, "Capture with a larger buffer (tcpdump -B)" },
		{ EVIDENCE_EVICTED, "Run again with a larger --max-flows" },
		{ EVIDENCE_FITNESS, "Mend what the capture fitness names and capture again" },
	};
	const struct fold *fold = largest(t, VERDICT_INCONCLUSIVE, CAUSE_COUNT);
	char count[64];
	size_t i;

	for (i = 0; fold != NULL && i < ARRAY_SIZE(advice); i++) {
		if (advice[i].reason != fold->reason)
			continue;
		phrase_plural(undecided(t, fold->reason), "flow is", "flows are", count,
			      sizeof(count));
		snprintf(buf, size, "%s: %s undecided for that.",
			 of_site(t, fold) ? "Compare the site file with the capture's addresses, "
					    "or capture on the other side of the translation"
					  : advice[i].advice,
			 count);
		return true;
	}
	return false;
}

void text_next(struct text *t)
{
	static bool (*const steps[])(struct text *, char *, size_t) = {
		step_firewall,   step_host,    step_application, step_mismatch,
		step_unexpected, step_silence, step_capture,     step_no_site,
	};
	char sentence[640], filter[FILTER_TEXT];
	unsigned said = 0;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(steps) && said < TEXT_STEPS; i++) {
		if (!steps[i](t, sentence, sizeof(sentence)))
			continue;
		if (said++ == 0) {
			page_blank(&t->page);
			page_line(&t->page, 0, 0);
			page_words(&t->page, PAGE_BOLD, "What to do next");
			page_end(&t->page);
		}
		page_line(&t->page, 2, 4);
		page_words(&t->page, PAGE_PLAIN, sentence);
		if (steps[i] == step_firewall)
			text_filter(t, filter_text(text_summary(t, largest(t, VERDICT_BLOCKED,
									   CAUSE_NETWORK)),
						   filter));
		page_end(&t->page);
	}
}
