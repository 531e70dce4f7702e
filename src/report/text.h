/* The text report, section by section.  Private to report/. */
#ifndef FA_REPORT_TEXT_H
#define FA_REPORT_TEXT_H

#include "report/fold_summary.h"
#include "report/page.h"
#include "report/report.h"

/* Column at which findings and tables go on beside their label ("inconclusive" and two blanks). */
#define TEXT_LABEL 14u

/* Lines a section may have before "-v lists them" closes it. */
#define TEXT_CAPTURES  20u
#define TEXT_FITNESS   12u
#define TEXT_ROWS      12u
#define TEXT_FINDINGS  10u /* a verdict */
#define TEXT_UNDECIDED 5u
#define TEXT_SOURCES   5u
#define TEXT_REQUIRED  10u
#define TEXT_STEPS     4u

/**
 * struct text - One report being written
 * @folds:	All findings; those of expected flows only when @options->verbose
 * @largest:	Summaries of the first fold that was asked for of each verdict and cause: that is
 *		the largest, which "What to do next" speaks of again
 * @other:	That of the last other fold
 */
struct text {
	struct page page;
	const struct ledger *ledger;
	const struct report_options *options;
	struct folds folds;
	struct fold_summary largest[VERDICT_COUNT][CAUSE_COUNT], other;
};

/* text_head.c: inputs, site and packs, capture fitness. */
void text_captures(struct text *t);
void text_policy(struct text *t);
void text_fitness(struct text *t);

/* text_rows.c: rows by state, the table of them, required rows that are missing. */
void text_row_summary(struct text *t);
void text_row_table(struct text *t);
void text_required(struct text *t);
/* Required rows that were not seen. */
size_t text_required_missing(const struct ledger *ledger);

/* text_findings.c: all of them; with one style a verdict. */
void text_findings(struct text *t);
enum page_style text_verdict_style(uint8_t verdict);

/* text_finding.c: one, and its parts. */
void text_finding(struct text *t, const struct fold *fold);
/* "blocked", or "BLOCKED": findings shout. */
void text_verdict(uint8_t verdict, bool shout, char buf[static TEXT_LABEL]);
/* Begin a block with its verdict; it goes on at TEXT_LABEL. */
void text_label(struct text *t, uint8_t verdict);
/* "internal/client-ports/5  STUN udp/3478  client 10.20.0.5 -> edge-av 203.0.113.12" */
void text_where(struct text *t, const struct fold_summary *summary);
/* Why, in a sentence, and whose doing it is; nothing for a flow that needs none. */
void text_reason(struct text *t, const struct judged *flow);
/* How far an unexpected flow is from the row that is nearest. */
void text_nearest(struct text *t, const struct judged *flow);
/* Every flow of a fold, with -vv. */
void text_members(struct text *t, const struct fold *fold);

/* text_next.c: what to do about it. */
void text_next(struct text *t);

/* A filter, whole where a line can hold it, else broken between its conditions. */
void text_filter(struct text *t, const char *filter);

/* text.c: pieces that sections share. */
bool text_is_finding(const struct text *t, uint8_t verdict);
/* "... 7 more, -v lists them" at @column, when @hidden is not 0. */
void text_more(struct text *t, unsigned column, size_t hidden, const char *one, const char *many);
/* Good until the next fold is asked for. */
const struct fold_summary *text_summary(struct text *t, const struct fold *fold);
/* "tcp/5061" of the responder; "udp/3478,3479", "udp/50005-50020" where there are several. */
void text_port(const struct fold_summary *summary, char *buf, size_t size);
/* "client 10.20.0.5", "client (9 addresses)", "10.20.0.5", "9 addresses" of the initiators for
 * @end 0, of the responders for 1. */
void text_end(const struct fold_summary *summary, unsigned end, char *buf, size_t size);
/* Entries a section may show: all of them with -v. */
size_t text_cap(const struct text *t, size_t cap);

#endif
