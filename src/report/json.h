/*
 * JSON Lines: one record a line, EVE names where the meaning is EVE's
 * (DESIGN section 4).  Private to report/; report_json() writes a whole run.
 */
#ifndef FA_REPORT_JSON_H
#define FA_REPORT_JSON_H

#include "report/draft.h"
#include "report/report.h"
#include "report/time.h"

/* Slots of the caches: what is asked for next is nearly always what was asked for last. */
#define JSON_HOSTS 64
#define JSON_ROLES 16
#define JSON_LISTS 32
/* Rows of a flow that a slot has room for. */
#define JSON_ROWS 8

/* Our own words, each in quotes; and what the four numbers of an IPv4 address may be. */
struct json_words {
	struct token verdict[VERDICT_COUNT];
	struct token outcome[OUTCOME_COUNT];
	struct token cause[CAUSE_COUNT];
	struct token grade[GRADE_COUNT];
	struct token initiator_by[INITIATOR_COUNT];
	struct token app[APP_COUNT];
	struct token fit[FIT_STRONG + 1];
	struct token evidence[EVIDENCE_COUNT];
	struct {
		char text[3];
		uint8_t len;
	} octets[256];
};

/* An address, as text, and its roles. */
struct json_host {
	struct address addr;
	struct role_set roles;
	struct token text;
	bool used;
};

/* The sentence of an evidence item, and all that it follows from but the code. */
struct json_detail {
	struct address from;
	uint32_t count, value, value2;
	struct piece text;
};

/**
 * struct json_cache - What is expensive to make twice in a row
 * @hosts:	By address, initiators and responders apart
 * @roles:	Lists of role names by set
 * @lists:	Lists of row ids by rows
 * @details:	The last sentence of each code of evidence
 * @capture:	Name of input @capture_of
 * @day:	Of the last time
 */
struct json_cache {
	struct json_host hosts[2][JSON_HOSTS];
	struct {
		struct role_set set;
		struct piece text;
	} roles[JSON_ROLES];
	struct {
		uint32_t rows[JSON_ROWS];
		uint32_t count;
		struct piece text;
	} lists[JSON_LISTS];
	struct json_detail details[EVIDENCE_COUNT];
	struct piece capture;
	uint32_t capture_of;
	struct time_day day;
};

/**
 * struct json_writer - Where records go and what they are about
 * @ledger:	Borrowed; settled
 */
struct json_writer {
	struct draft draft;
	const struct ledger *ledger;
	struct json_words words;
	struct json_cache cache;
};

void json_init(struct json_writer *w, struct output *out, const struct ledger *ledger);

void json_capture(struct json_writer *w, size_t capture);
void json_flow(struct json_writer *w, const struct judged *flow);
/* ,"counters":{...} of a capture. */
void json_counters(struct draft *d, const struct capture_facts *cap);
void json_row(struct json_writer *w, unsigned row);
void json_summary(struct json_writer *w, const struct report_options *options);

/* "identified" and all it holds. */
void json_identified(struct json_writer *w, const struct judged *flow);
/* Members of it that only media has, each with its comma before it. */
void json_media(struct json_writer *w, const struct judged *flow);

/* json_cache.c: JSON texts that are looked up before they are made. */
/* Address and roles of an initiator (@side 0) or responder (1); good until the next of that side. */
const struct json_host *json_host(struct json_writer *w, unsigned side, const struct address *addr);
/* ["client"] */
void json_roles(struct json_writer *w, const struct json_host *host);
/* The documented rows of a flow: ["internal/client-ports/1"] */
void json_rows(struct json_writer *w, const struct judged *flow);
/* The sentence of an evidence item. */
void json_detail(struct json_writer *w, const struct evidence *e);
/* The name of an input. */
void json_input(struct json_writer *w, uint32_t input);

#endif
