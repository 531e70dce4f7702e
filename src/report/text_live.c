/* One flow is a fold of one: the words of the report serve. */
#include "report/text_live.h"

#include <stdio.h>
#include <string.h>

#include "report/live.h"
#include "report/phrase.h"
#include "report/text.h"
#include "report/time.h"

/* Lines never wrap: a log has one event a line. */
#define WIDTH 100000u

/* Set up @t for one flow; @fold and @member live as long. */
static void begin(struct text *t, struct output *out, const struct ledger *ledger,
		  const struct judged *flow, const struct report_options *options,
		  struct fold *fold, uint32_t *member)
{
	*member = (uint32_t)(flow - ledger->flows);
	*fold = (struct fold){ .count = 1,
			       .row = -1,
			       .verdict = flow->verdict,
			       .one_port = true,
			       .one_responder = true };
	*t = (struct text){ .ledger = ledger, .options = options };
	t->folds = (struct folds){ .items = fold, .count = 1, .members = member };
	hash_fold_init(&t->folds.hash, 1);
	page_init(&t->page, out, WIDTH, options->colour);
}

static void stamp(struct text *t, int64_t ns)
{
	char date[TIME_DATE_TEXT];

	page_line(&t->page, 0, 0);
	page_printf(&t->page, PAGE_DIM, "%sZ", time_date_text(ns, date));
	page_gap(&t->page, 2);
}

/* Findings shout when they are new, and only then. */
static void label(struct text *t, uint8_t verdict, bool shout)
{
	char name[TEXT_LABEL];

	text_verdict(verdict, shout, name);
	page_word(&t->page, text_verdict_style(verdict), name);
	page_gap(&t->page, 2);
}

void text_live_finding(struct output *out, int64_t ns, const struct ledger *ledger,
		       const struct judged *flow, const struct report_options *options)
{
	struct fold fold;
	uint32_t member;
	struct text t;

	begin(&t, out, ledger, flow, options, &fold, &member);
	stamp(&t, ns);
	label(&t, flow->verdict, text_is_finding(&t, flow->verdict));
	text_where(&t, text_summary(&t, &fold));
	if (flow->told != 0 && flow->told != flow->verdict + 1u) {
		page_gap(&t.page, 0);
		page_printf(&t.page, PAGE_PLAIN, ", not %s as told before",
			    verdict_name((enum verdict)(flow->told - 1)));
	}
	if (flow->verdict != VERDICT_EXPECTED) {
		page_gap(&t.page, 0);
		page_word(&t.page, PAGE_PLAIN, ":");
	}
	if (flow->verdict == VERDICT_UNEXPECTED) {
		if (flow->nearest < 0)
			page_words(&t.page, PAGE_PLAIN, "no row is near");
		else
			text_nearest(&t, flow);
	} else {
		text_reason(&t, flow);
	}
	if (flow->grade != GRADE_NONE)
		page_printf(&t.page, PAGE_PLAIN, "(%s)", grade_name((enum grade)flow->grade));
	page_end(&t.page);
}

void text_live_where(const struct ledger *ledger, const struct judged *flow,
		     char buf[static TEXT_LIVE_WHERE])
{
	static const struct report_options plain = { 0 };
	struct fa_error err;
	struct output *out;
	struct fold fold;
	uint32_t member;
	struct text t;
	size_t len;

	buf[0] = '\0';
	if (output_open_memory(&out, &err) != 0)
		return;
	begin(&t, out, ledger, flow, &plain, &fold, &member);
	page_line(&t.page, 0, 0);
	text_where(&t, text_summary(&t, &fold));
	snprintf(buf, TEXT_LIVE_WHERE, "%s", output_text(out, &len));
	(void)output_close(out, &err);
}

void text_live_more(struct output *out, int64_t ns, uint8_t verdict, const char *where,
		    uint64_t more, uint64_t all, const struct report_options *options)
{
	struct text t = { .options = options };
	char a[64], b[PHRASE_COUNT];

	page_init(&t.page, out, WIDTH, options->colour);
	stamp(&t, ns);
	label(&t, verdict, false);
	if (more == all) /* none of them had a line */
		page_printf(&t.page, PAGE_PLAIN, "%s: %s", where,
			    phrase_plural(all, "flow", "flows", a, sizeof(a)));
	else
		page_printf(&t.page, PAGE_PLAIN, "%s: %s, %s in all", where,
			    phrase_plural(more, "more flow", "more flows", a, sizeof(a)),
			    phrase_count(all, b));
	page_end(&t.page);
}

void text_live_notice(struct output *out, int64_t ns, const char *text,
		      const struct report_options *options)
{
	struct text t = { .options = options };

	page_init(&t.page, out, WIDTH, options->colour);
	stamp(&t, ns);
	page_word(&t.page, PAGE_BOLD, "notice");
	page_gap(&t.page, 2);
	page_words(&t.page, PAGE_PLAIN, text);
	page_end(&t.page);
}

/* ", N THINGS" where there are any. */
static void some(struct page *page, uint64_t n, const char *one, const char *many)
{
	char buf[80];

	if (n == 0)
		return;
	page_gap(page, 0);
	page_word(page, PAGE_PLAIN, ",");
	page_phrase(page, PAGE_YELLOW, phrase_plural(n, one, many, buf, sizeof(buf)));
}

void text_live_stats(struct output *out, const struct live_stats *s,
		     const struct report_options *options)
{
	double span = (double)s->interval_ns / NS_PER_S;
	struct text t = { .options = options };
	char a[64], b[PHRASE_BYTES], c[64];

	page_init(&t.page, out, WIDTH, options->colour);
	stamp(&t, s->ns);
	page_word(&t.page, PAGE_DIM, "stats");
	page_gap(&t.page, 2);
	page_printf(&t.page, PAGE_PLAIN, "%s in %.1f s (%.0f/s, %s)",
		    phrase_plural(s->seen->frames, "frame", "frames", a, sizeof(a)), span,
		    span > 0 ? (double)s->seen->frames / span : 0.0,
		    phrase_bytes(s->seen->wire_bytes, b));
	page_gap(&t.page, 0);
	page_printf(&t.page, PAGE_PLAIN, ", %s",
		    phrase_plural(s->flows_live, "live flow", "live flows", c, sizeof(c)));
	some(&t.page, s->seen->kernel_drops, "frame dropped by the kernel",
	     "frames dropped by the kernel");
	some(&t.page, s->seen->interface_drops, "frame dropped by the interface",
	     "frames dropped by the interface");
	some(&t.page, s->gaps, "flow with bytes not captured", "flows with bytes not captured");
	some(&t.page, s->evictions, "eviction", "evictions");
	some(&t.page, s->lost_records, "line lost", "lines lost");
	some(&t.page, s->keep_lost, "packet to keep lost", "packets to keep lost");
	for (unsigned i = 0; i < s->interface_count; i++) {
		if (s->interfaces[i].up)
			continue;
		page_gap(&t.page, 0);
		page_printf(&t.page, PAGE_RED, ", %s is down", s->interfaces[i].name);
	}
	page_end(&t.page);
}
