/* Conclusions to bytes.  Nothing is decided here. */
#ifndef FA_REPORT_REPORT_H
#define FA_REPORT_REPORT_H

#include "base/output.h"
#include "judge/ledger.h"

/**
 * struct report_options - How to print
 * @verbose:	0; 1 lists rejected and expected flows, rows not seen; 2 every flow of a fold
 * @colour:	ANSI colours (the caller decided: terminal, NO_COLOR, --color)
 * @width:	Columns for text
 * @exit_status: The run's own, for the last line
 * @fail_on:	Set of VERDICT_BIT() that are findings
 * @require:	Required rows not seen are findings
 * @elapsed_s:	Wall time of the run
 * @interim:	The run goes on
 */
struct report_options {
	unsigned verbose;
	bool colour;
	unsigned width;
	int exit_status;
	uint32_t fail_on;
	bool require;
	double elapsed_s;
	bool interim;
};

enum report_format { REPORT_TEXT, REPORT_JSON, REPORT_FORMAT_COUNT };
bool report_format_find(const char *name, enum report_format *format);
const char *report_format_name(enum report_format format);

/* Write the whole report.  Write errors stick in @out. */
void report_write(enum report_format format, struct output *out, const struct ledger *ledger,
		  const struct report_options *options);

void report_text(struct output *out, const struct ledger *ledger,
		 const struct report_options *options);
void report_json(struct output *out, const struct ledger *ledger,
		 const struct report_options *options);

#endif
