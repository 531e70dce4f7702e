/*
 * An expectation file: captures, how to audit them, and what must come out.
 *
 *	captures: [edge.pcapng, "night-?.pcapng"]
 *	rules: [lync2013-pic]
 *	site: contoso.yaml
 *	exit: 0
 *	rows:
 *	  seen: [pic/firewall-summary/1, internal/server-ports/7]
 *	  not_blocked: ["pic*"]
 *	  may_be_absent: [internal/server-ports/6]
 *	verdicts: {unexpected: 0, blocked: "<= 2"}
 *	flows:
 *	  - name: clients reach the Edge on 443
 *	    match: {verdict: expected, dest_port: 443}
 *	    count: ">= 1"
 *	exceptions:
 *	  - match: {proto: TCP, dest_port: 8443}
 *	    reason: monitoring agent
 *	    until: 2027-01-31
 */
#ifndef FA_CHECK_EXPECT_H
#define FA_CHECK_EXPECT_H

#include "check/count.h"
#include "check/match.h"

/* Lists of the file, linked in its order. */
struct expect_word {
	struct expect_word *next;
	char *text;
	uint32_t line;
};

enum row_demand {
	ROWS_SEEN,          /* at least one expected flow */
	ROWS_NOT_BLOCKED,   /* not seen blocked */
	ROWS_MAY_BE_ABSENT, /* of those that must be seen: not seen will do */
	ROW_DEMANDS
};

/* The verdicts, in the order of the records. */
#define EXPECT_VERDICTS 6
extern const char *const expect_verdicts[EXPECT_VERDICTS];

struct expect_verdict {
	struct count count;
	uint32_t line; /* 0: nothing is demanded */
};

struct expect_flow {
	struct expect_flow *next;
	char *name;
	struct match match;
	struct count count;
	uint32_t line;
};

/**
 * struct expect_exception - Unexpected flows that are known
 * @until:	Last day on which they are, as days since 1970-01-01
 */
struct expect_exception {
	struct expect_exception *next;
	char *reason;
	struct match match;
	int32_t until;
	uint32_t line;
};

/**
 * struct expectation - One file
 * @file:	As given to expect_load(); borrowed, and by results too
 * @directory:	What its paths are relative to: "" or ends in '/'
 * @exit:	Status the audit must end with; -1: any
 *
 * All else belongs to @arena.
 */
struct expectation {
	const char *file;
	const char *directory;
	struct expect_word *captures, *rules, *site;
	struct expect_word *rows[ROW_DEMANDS];
	struct expect_verdict verdicts[EXPECT_VERDICTS];
	struct expect_flow *flows;
	struct expect_exception *exceptions;
	int exit;
	uint32_t exit_line;
	struct arena arena;
};

/**
 * expect_load() - Read a file
 * @expect:	expect_free() it whatever the result
 *
 * Return: 0; FA_EFORMAT, FA_EIO: every mistake is in @problems; FA_ENOMEM
 */
int expect_load(struct expectation *expect, const char *path, struct problems *problems);
/* The same from memory; @path is what it is called. */
int expect_read(struct expectation *expect, const char *path, const char *text, size_t len,
		struct problems *problems);
void expect_free(struct expectation *expect);

#endif
