/*
 * JSON Lines: one record a line, EVE names where the meaning is EVE's
 * (DESIGN section 4).  report_json() writes a whole run; the single records
 * are here for those who write as they go.
 */
#ifndef FA_REPORT_JSON_H
#define FA_REPORT_JSON_H

#include "report/report.h"

#define JSON_ROLE_SLOTS 64

/* What is expensive to ask twice in a row. */
struct json_cache {
	struct {
		struct address addr;
		struct role_set roles;
		bool used;
	} roles[JSON_ROLE_SLOTS];
	struct {
		struct address from;
		uint32_t count, value, value2;
		uint32_t len; /* 0: unused */
		char text[256];
	} details[EVIDENCE_COUNT];
};

/**
 * struct json_writer - Where records go and what they are about
 * @out:	Borrowed
 * @ledger:	Borrowed; settled
 * @cache:	Zeroed at start
 */
struct json_writer {
	struct output *out;
	const struct ledger *ledger;
	struct json_cache cache;
};

void json_capture(struct json_writer *w, size_t capture);
void json_flow(struct json_writer *w, const struct judged *flow);
void json_row(struct json_writer *w, unsigned row);
void json_summary(struct json_writer *w, const struct report_options *options);

/* Members of "identified" that only media has, each with its comma before it. */
void json_media(struct json_writer *w, const struct judged *flow);

/* Pieces shared by the records. */
#define JSON_LITERAL(out, s) output_bytes(out, s, sizeof(s) - 1)
/* A JSON string.  Plain ASCII, which nearly all are, goes a short way. */
void json_text(struct output *out, const char *s, size_t len);
/* ,"key":"text" with @prefix = ,"key": */
void json_name(struct output *out, const char *prefix, const char *text);

#endif
