/* A policy for a test: packs and a site from text, tuples from text, answers as text. */
#ifndef RIG_H
#define RIG_H

#include "policy/policy.h"

/* A whole pack but for its one row, which begins in line 12, column 5. */
#define RIG_HEAD                                    \
	"pack: p\n"                                 \
	"title: t\n"                                \
	"documents: {d: {title: t}}\n"              \
	"tables: {d/t: {title: t, rows: 1}}\n"      \
	"roles:\n"                                  \
	"  alpha: {description: x}\n"               \
	"  beta: {description: x}\n"                \
	"conditions: {sunny: {description: x}}\n"   \
	"exceptions: {holiday: {description: x}}\n" \
	"parameters: {width: {description: x}}\n"   \
	"rows:\n"
#define RIG_ROW "id: d/t/1, l4: tcp, proto: sip, from: alpha, to: beta, dport: 5061, need: required"

struct rig {
	struct policy *policy;
	struct problems problems;
	int64_t ts_ns; /* of the tuples */
	char text[8192];
};

/* 2013-03-15T12:00:00Z, when every shipped row is valid. */
#define RIG_NOW INT64_C(1363348800000000000)

void rig_open(struct rig *rig);
/* Load; a complaint is a failed test and is printed. */
void rig_pack(struct rig *rig, const char *text);
void rig_site(struct rig *rig, const char *text);
void rig_shipped(struct rig *rig); /* both packs of rules/ */
void rig_compile(struct rig *rig);
void rig_close(struct rig *rig);

/* "tcp 10.0.0.1:5 [2001:db8::1]:6"; a leading "?" means that the initiator is not known. */
struct tuple rig_tuple(const struct rig *rig, const char *text);

/*
 * The rows that a tuple satisfies, best first, separated by blanks, without
 * their document: "server-ports/3".  Marks: "~" reversed, "?" peer unverified,
 * "*" unbound.
 */
const char *rig_match(struct rig *rig, const char *tuple);
/* The sentence about the nearest row. */
const char *rig_nearest(struct rig *rig, const char *tuple);
/* Load a pack or a site that is wrong: every complaint, a line each. */
const char *rig_wrong_pack(struct rig *rig, const char *text);
const char *rig_wrong_site(struct rig *rig, const char *text);

/* Compare texts and print both when they differ. */
bool rig_same(const char *got, const char *want);

#endif
