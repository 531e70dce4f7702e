/* Results to bytes, one function a format. */
#ifndef FA_CHECK_WRITE_H
#define FA_CHECK_WRITE_H

#include "base/output.h"
#include "check/result.h"

enum check_format {
	CHECK_TEXT,     /* for people: what fails, then a line of counts */
	CHECK_JUNIT,    /* XML as GitLab, Jenkins and GitHub's actions read it */
	CHECK_SARIF,    /* SARIF 2.1.0 for code scanning */
	CHECK_TAP,      /* TAP 14 */
	CHECK_MARKDOWN, /* for a job's summary */
	CHECK_GITHUB,   /* workflow commands: annotations on the expectation's lines */
	CHECK_JSON,     /* JSON Lines, one object an item and a summary */
	CHECK_FORMATS
};

void check_write(enum check_format format, struct output *out, const struct results *results);

/* The formats, each in a file of its own. */
void write_text(struct output *out, const struct results *results);
void write_junit(struct output *out, const struct results *results);
void write_sarif(struct output *out, const struct results *results);
void write_tap(struct output *out, const struct results *results);
void write_markdown(struct output *out, const struct results *results);
void write_github(struct output *out, const struct results *results);
void write_json(struct output *out, const struct results *results);

/* "expected seen, found blocked": the whole of a result in one line. */
void write_sentence(const struct result *r, char *buf, size_t size);
/* "TCP 10.0.0.5:50000 -> 10.1.0.1:5061: blocked, no_reply (edge.pcapng frame 12)" */
void write_example(const struct example *e, char *buf, size_t size);
/* "12 checks: 10 pass, 1 fails, 1 error" */
void write_counts(const struct results *results, char *buf, size_t size);

#endif
