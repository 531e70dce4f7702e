/* One finding: what, where, why, in which frames, and against what control. */
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "report/filter.h"
#include "report/phrase.h"
#include "report/reason.h"
#include "report/text.h"

/* Frames listed of a fold. */
#define FRAMES_SHOWN 3u

void text_verdict(uint8_t verdict, bool shout, char buf[static TEXT_LABEL])
{
	snprintf(buf, TEXT_LABEL, "%s", verdict_name((enum verdict)verdict));
	for (; shout && *buf != '\0'; buf++)
		if (*buf >= 'a')
			*buf = (char)(*buf - 32);
}

void text_label(struct text *t, uint8_t verdict)
{
	char buf[TEXT_LABEL];

	text_verdict(verdict, text_is_finding(t, verdict), buf);
	page_line(&t->page, 0, TEXT_LABEL);
	page_word(&t->page, text_verdict_style(verdict), buf);
	page_tab(&t->page, TEXT_LABEL);
}

/* Start a further line of the block. */
static void block_line(struct text *t)
{
	page_line(&t->page, TEXT_LABEL, TEXT_LABEL + 2);
}

/* "14 flows, proven" */
static void flows_text(const struct fold_summary *s, char *buf, size_t size)
{
	const uint32_t *by = s->grades;
	char count[64], proven[PHRASE_COUNT];

	phrase_plural(s->fold->count, "flow", "flows", count, sizeof(count));
	if (by[GRADE_PROVEN] == s->fold->count || by[GRADE_LIKELY] == s->fold->count)
		snprintf(buf, size, "%s, %s", count,
			 by[GRADE_LIKELY] == 0 ? grade_name(GRADE_PROVEN)
					       : grade_name(GRADE_LIKELY));
	else if (by[GRADE_PROVEN] > 0)
		snprintf(buf, size, "%s, %s proven", count, phrase_count(by[GRADE_PROVEN], proven));
	else
		snprintf(buf, size, "%s", count);
}

/* "TLS 1.2 consistent with PSOM": as much as can be said of what is inside. */
static void say_hidden(const struct text *t, const struct judged *flow, char *buf, size_t size)
{
	enum application app = ledger_hidden_application(t->ledger, flow);
	size_t len = strlen(buf), from;

	if (app == APPLICATION_UNSPECIFIED)
		return;
	snprintf(buf + len, size - len, " consistent with ");
	from = strlen(buf);
	snprintf(buf + from, size - from, "%s", application_name(app));
	for (; buf[from] != '\0'; from++)
		buf[from] = (char)toupper((unsigned char)buf[from]);
}

/* What they spoke; what the row documents where nothing was seen that could tell. */
static void protocol_text(const struct text *t, const struct fold_summary *s, char *buf,
			  size_t size)
{
	const struct judged *first = s->first;
	const struct row *row = first->row_count == 0 ? NULL : ledger_best_row(t->ledger, first);

	if (s->named == s->fold->count)
		snprintf(buf, size, "%s (named by nDPI)", s->name);
	else if (s->named != 0)
		snprintf(buf, size, "unknown protocol, in part %s (named by nDPI)", s->name);
	else if (first->app == APP_NONE && !first->examined && row != NULL && !row_is_wide(row))
		policy_row_protocols_text(row, buf, size);
	else
		ledger_protocol_text(first, buf, size);
	say_hidden(t, first, buf, size);
}

static void row_id(struct text *t, const struct judged *first)
{
	const struct row *row = ledger_best_row(t->ledger, first);

	if (row == NULL)
		return;
	page_word(&t->page, PAGE_BOLD, row->id);
	if (first->best_rows > 1)
		page_printf(&t->page, PAGE_PLAIN, "(and %u of equal rank)", first->best_rows - 1u);
	page_gap(&t->page, 2);
}

void text_where(struct text *t, const struct fold_summary *s)
{
	char buf[256], from[200], to[200];

	row_id(t, s->first);
	protocol_text(t, s, buf, sizeof(buf));
	page_phrase(&t->page, PAGE_PLAIN, buf);
	text_port(s, buf, sizeof(buf));
	page_phrase(&t->page, PAGE_PLAIN, buf);
	page_gap(&t->page, 2);
	text_end(s, 0, from, sizeof(from));
	page_phrase(&t->page, PAGE_PLAIN, from);
	text_end(s, 1, to, sizeof(to));
	snprintf(buf, sizeof(buf), "-> %s", to);
	page_phrase(&t->page, PAGE_PLAIN, buf);
}

static void head(struct text *t, const struct fold_summary *s)
{
	char buf[256];

	text_label(t, s->fold->verdict);
	text_where(t, s);
	page_gap(&t->page, 3);
	flows_text(s, buf, sizeof(buf));
	page_phrase(&t->page, PAGE_PLAIN, buf);
	page_end(&t->page);
}

static void say_documented(struct text *t, const struct judged *flow)
{
	const struct row *row = ledger_best_row(t->ledger, flow);
	char protocols[160], phrase[200];

	if (row == NULL)
		return;
	policy_row_protocols_text(row, protocols, sizeof(protocols));
	snprintf(phrase, sizeof(phrase), "documented: %s", protocols);
	page_gap(&t->page, 0);
	page_word(&t->page, PAGE_PLAIN, ";");
	page_phrase(&t->page, PAGE_PLAIN, phrase);
}

void text_reason(struct text *t, const struct judged *first)
{
	const struct evidence *reason = reason_of(t->ledger, first);
	char sentence[512];

	if (reason == NULL)
		return;
	evidence_text(reason, sentence, sizeof(sentence));
	page_words(&t->page, PAGE_PLAIN, sentence);
	if (first->verdict == VERDICT_MISMATCH)
		say_documented(t, first);
	if (first->verdict == VERDICT_BLOCKED && first->cause != CAUSE_NONE) {
		page_gap(&t->page, 0);
		page_word(&t->page, PAGE_PLAIN, ";");
		snprintf(sentence, sizeof(sentence),
			 first->cause == CAUSE_UNKNOWN ? "cause %s" : "cause: the %s",
			 cause_name((enum cause)first->cause));
		page_phrase(&t->page, PAGE_PLAIN, sentence);
	}
}

/* Why, in a sentence, and whose doing it is. */
static void reason_lines(struct text *t, const struct fold_summary *s)
{
	const struct fold *fold = s->fold;
	const struct judged *first = s->first;
	const struct evidence *support = reason_support(t->ledger, first);
	char sentence[512];

	if (reason_of(t->ledger, first) == NULL)
		return;
	block_line(t);
	if (fold->count > 1)
		page_phrase(&t->page, PAGE_PLAIN, s->one_sentence ? "each:" : "first flow:");
	text_reason(t, first);
	page_end(&t->page);
	if (support == NULL || fold->verdict == VERDICT_INCONCLUSIVE)
		return;
	block_line(t);
	evidence_text(support, sentence, sizeof(sentence));
	page_words(&t->page, PAGE_PLAIN, sentence);
	if (support->elsewhere != 0 && support->frames[0] != 0)
		page_printf(&t->page, PAGE_PLAIN, "(frame %" PRIu64 " of %s)", support->frames[0],
			    t->ledger->captures[support->elsewhere - 1].name);
	page_end(&t->page);
}

void text_nearest(struct text *t, const struct judged *first)
{
	char sentence[REASON_TEXT];
	const char *text = sentence;

	reason_text(t->ledger, first, sentence);
	if (first->nearest >= 0)
		page_words(&t->page, PAGE_PLAIN, "nearest:");
	if (strncmp(text, "row ", 4) == 0)
		text += 4;
	page_words(&t->page, PAGE_PLAIN, text);
}

static void nearest_line(struct text *t, const struct judged *first)
{
	if (first->verdict != VERDICT_UNEXPECTED)
		return;
	block_line(t);
	text_nearest(t, first);
	page_end(&t->page);
}

static void add_frame(char *buf, size_t size, uint64_t frame)
{
	size_t len = strlen(buf);

	snprintf(buf + len, size - len, " %" PRIu64, frame);
}

/* Does its reason list frames of the flow's own file? */
static bool has_frames(const struct evidence *reason)
{
	return reason != NULL && reason->frames[0] != 0 && reason->elsewhere == 0;
}

/* The frame that decides one flow: its reason's, else its first. */
static uint64_t deciding_frame(const struct ledger *ledger, const struct judged *flow)
{
	const struct evidence *reason = reason_of(ledger, flow);

	return has_frames(reason) ? reason->frames[0] : flow->first_frame;
}

/*
 * "frames 1204 1377 1402 +6": of one flow all that its reason lists, of several
 * one each.  They are numbers in the first flow's file; flows of other files
 * only count.
 */
static void frames_text(const struct text *t, const struct fold *fold, char *buf, size_t size)
{
	const struct judged *first = fold_flow(&t->folds, t->ledger, fold, 0);
	const struct evidence *reason = reason_of(t->ledger, first);
	uint64_t shown = 0, all = fold->count;
	char list[96] = "";
	size_t len;
	uint32_t i;

	if (fold->count == 1 && has_frames(reason)) {
		all = reason->count;
		for (; shown < FLOW_FRAMES && reason->frames[shown] != 0; shown++)
			add_frame(list, sizeof(list), reason->frames[shown]);
	} else {
		for (i = 0; i < fold->count && shown < FRAMES_SHOWN; i++) {
			const struct judged *flow = fold_flow(&t->folds, t->ledger, fold, i);

			if (flow->input != first->input)
				break;
			add_frame(list, sizeof(list), deciding_frame(t->ledger, flow));
			shown++;
		}
	}
	len = strlen(list);
	if (all > shown)
		snprintf(list + len, sizeof(list) - len, " +%" PRIu64, all - shown);
	snprintf(buf, size, "%s%s", all == 1 ? "frame" : "frames", list);
}

void text_filter(struct text *t, const char *filter)
{
	char condition[FILTER_TEXT];
	const char *end;

	if (page_holds(&t->page, filter)) {
		page_phrase(&t->page, PAGE_DIM, filter);
		return;
	}
	for (; *filter != '\0'; filter = end) {
		end = strstr(filter + 1, "&& ");
		if (end == NULL)
			end = filter + strlen(filter);
		snprintf(condition, sizeof(condition), "%.*s", (int)(end - filter), filter);
		if (*end != '\0') /* the blank in front of the next "&&" */
			condition[end - filter - 1] = '\0';
		page_phrase(&t->page, PAGE_DIM, condition);
	}
}

static void frames_line(struct text *t, const struct fold_summary *s)
{
	char frames[128], filter[FILTER_TEXT];

	frames_text(t, s->fold, frames, sizeof(frames));
	filter_text(s, filter);
	block_line(t);
	page_phrase(&t->page, PAGE_PLAIN, frames);
	if (t->ledger->capture_count > 1) {
		page_words(&t->page, PAGE_PLAIN, "of");
		page_word(&t->page, PAGE_PLAIN, t->ledger->captures[s->first->input].name);
	}
	page_gap(&t->page, 3);
	text_filter(t, filter);
	page_end(&t->page);
}

static void control_line(struct text *t, const struct fold_summary *s)
{
	const struct judged *flow = s->controlled, *other;
	char client[ADDRESS_TEXT], server[ADDRESS_TEXT];
	unsigned from, to;
	bool same_server;

	if (flow == NULL)
		return;
	other = &t->ledger->flows[flow->control];
	from = other->initiator;
	to = from ^ 1u;
	address_text(&other->key.addr[from], client);
	address_text(&other->key.addr[to], server);
	same_server = flow->control_kind == CONTROL_SAME_SERVER;
	block_line(t);
	page_words(&t->page, PAGE_PLAIN, "control:");
	if (same_server)
		page_printf(&t->page, PAGE_PLAIN, "the same server answered %s", client);
	else if (s->ends[0].addresses > 1)
		page_printf(&t->page, PAGE_PLAIN, "of these clients, %s reached %s", client,
			    server);
	else
		page_printf(&t->page, PAGE_PLAIN, "the same client reached %s", server);
	page_printf(&t->page, PAGE_PLAIN, "on %s/%u (frame %" PRIu64,
		    other->key.l4 == 6    ? "tcp"
		    : other->key.l4 == 17 ? "udp"
					  : "sctp",
		    other->key.port[to], other->first_frame);
	/* Frames are numbers in the file that the line above names. */
	if (other->input != s->first->input) {
		page_words(&t->page, PAGE_PLAIN, "of");
		page_word(&t->page, PAGE_PLAIN, t->ledger->captures[other->input].name);
	}
	page_gap(&t->page, 0);
	page_word(&t->page, PAGE_PLAIN, ")");
	page_end(&t->page);
}

void text_members(struct text *t, const struct fold *fold)
{
	char from[ADDRESS_TEXT], to[ADDRESS_TEXT];
	uint32_t i;

	if (t->options->verbose < 2)
		return;
	for (i = 0; i < fold->count; i++) {
		const struct judged *flow = fold_flow(&t->folds, t->ledger, fold, i);
		unsigned a = flow->initiator, b = a ^ 1u;

		page_line(&t->page, TEXT_LABEL + 2, TEXT_LABEL + 4);
		page_printf(&t->page, PAGE_DIM, "%s:%u -> %s:%u",
			    address_text(&flow->key.addr[a], from), flow->key.port[a],
			    address_text(&flow->key.addr[b], to), flow->key.port[b]);
		page_gap(&t->page, 2);
		page_printf(&t->page, PAGE_DIM, "frame %" PRIu64, flow->first_frame);
		page_gap(&t->page, 2);
		page_word(&t->page, PAGE_DIM, outcome_name((enum outcome)flow->outcome));
		if (t->ledger->capture_count > 1)
			page_word(&t->page, PAGE_DIM, t->ledger->captures[flow->input].name);
		page_end(&t->page);
	}
}

void text_finding(struct text *t, const struct fold *fold)
{
	const struct fold_summary *summary = text_summary(t, fold);

	head(t, summary);
	if (fold->verdict == VERDICT_EXPECTED) {
		text_members(t, fold);
		return;
	}
	reason_lines(t, summary);
	nearest_line(t, summary->first);
	frames_line(t, summary);
	control_line(t, summary);
	text_members(t, fold);
}
