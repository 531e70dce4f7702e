/* A policy and a ledger made by hand, for the tests of report/. */
#ifndef FA_TEST_REPORT_FIXTURE_H
#define FA_TEST_REPORT_FIXTURE_H

#include "report/report.h"

struct fixture {
	struct policy *policy;
	struct ledger ledger;
	struct report_options options;
};

/* Packs "lync2013-pic" and "lync2013-internal"; with @site the site "contoso". */
void fixture_open(struct fixture *f, bool site);
/* The same and one pack more, or NULL. */
void fixture_open_with(struct fixture *f, bool site, const char *pack);
/* A pack for it: one row, "wide/ports/1", media on tcp and udp 1024-65535. */
extern const char fixture_wide_pack[];
void fixture_close(struct fixture *f);

/* Add an input that begins at 2026-11-21 09:14:02 UTC and lasts 14m32s. */
struct capture_facts *fixture_capture(struct fixture *f, const char *name, uint64_t frames);
void fixture_unfit(struct capture_facts *cap, enum fitness_code code, uint32_t disables,
		   const char *detail);

/**
 * fixture_flow() - Append a flow to the last input, at its frame @frame
 *
 * "10.20.0.5:50000" or "[2001:db8::1]:50000" to the same.  The pointer is good
 * until the next flow.
 */
struct judged *fixture_flow(struct fixture *f, enum verdict verdict, uint8_t l4, const char *from,
			    const char *to, uint64_t frame);
/* The last flow: a documented row more; evidence more; its nearest row; its control. */
void fixture_row(struct fixture *f, const char *id);
struct evidence *fixture_evidence(struct fixture *f, enum evidence_code code, uint64_t frame,
				  uint32_t count, uint32_t value);
void fixture_nearest(struct fixture *f, const char *id, unsigned differs);
void fixture_control(struct fixture *f, enum control_kind kind, uint32_t flow);
void fixture_protocol(struct fixture *f, enum app app, enum protocol_fit fit);

/* What ledger_settle() does last: verdict counts and the states of rows. */
void fixture_settle(struct fixture *f);

/* The whole report; release with free(). */
char *fixture_report(struct fixture *f, enum report_format format);

/* Every verdict once, two inputs' worth of detail: what the goldens show. */
void fixture_every_verdict(struct fixture *f);

#endif
