/*
 * A trap: a forged capture, the shipped packs, a site, and what is said of it.
 *
 * The tests of these suites are indexed by tests/traps.tsv.
 */
#ifndef FA_TEST_AUDIT_TRAP_H
#define FA_TEST_AUDIT_TRAP_H

#include <CUnit/CUnit.h>

#include "audit/call.h"
#include "audit/pipeline.h"
#include "judge/scene.h"

/* Hosts of the site. */
#define USER      "10.20.0.5"
#define USER_2    "10.20.0.6"
#define USER_V6   "2001:db8:20::5"
#define REMOTE    "203.0.113.5" /* a client outside */
#define FRONT     "10.10.0.11"
#define FRONT_V6  "2001:db8:10::11"
#define MEDIATION "10.10.0.21"
#define CHAT      "10.10.0.31"
#define ACCESS    "192.0.2.10" /* Access Edge */
#define RELAY     "192.0.2.12" /* A/V Edge */
#define PROVIDER  "198.51.100.20"
#define PROXY     "192.0.2.80"
#define DHCP      "10.20.0.2"
#define ROUTER    "10.20.0.1" /* holds no role */
#define STRANGER  "203.0.113.66"

struct trap {
	struct policy *policy;
	struct tapes dir;
	struct tape tape;
	struct pipeline_options options;
	struct pipeline *pipe;
	const struct ledger *ledger;
	char text[4][2048]; /* answers */
	unsigned text_next;
};

/* Both shipped packs and a site with the hosts above; an empty tape. */
void trap_open(struct trap *t);
void trap_close(struct trap *t);

/* What is on the tape becomes one input more; the tape begins anew. */
void trap_input(struct trap *t);
/* trap_input(), then the conclusions. */
void trap_run(struct trap *t);

/* The flow that @from initiated towards @to, "10.20.0.5:50000"; NULL and a word when none is. */
const struct judged *trap_flow(struct trap *t, const char *from, const char *to);

/*
 * trap_said() - Conclusion, rows of the best rank, and evidence of that flow
 *
 * "blocked no_reply network likely; server-ports/7; syn_unanswered", or in
 * place of the rows the nearest: "near server-ports/7 dport".
 */
const char *trap_said(struct trap *t, const char *from, const char *to);
/* The same of a flow by its place in the ledger. */
const char *trap_said_at(struct trap *t, size_t index);

#define SAYS(t, from, to, want) CU_ASSERT(scene_same(trap_said(t, from, to), want))

#endif
