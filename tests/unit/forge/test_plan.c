/* What a row and a case mean on the wire, and their truth (forge/plan.c). */
#include "forge/plan.h"

#include <stdio.h>
#include <string.h>

#include <CUnit/CUnit.h>

#include "policy/rig.h"

extern CU_TestInfo tests_plan[];

/* Hosts for the roles of the rows below; .1 to .9 are told apart by the last byte. */
#define SITE                                                                                    \
	"roles: {client: [10.0.1.0/30], front-end: [10.0.2.0/30], edge-access: [10.0.3.1], "    \
	"pic-partner: [10.0.4.1], messenger-client: [10.0.5.1], all-servers: [10.0.6.1], "      \
	"all-internal-servers: [10.0.7.1], lb-front-end: [10.0.8.1], dhcp-server: [10.0.9.1], " \
	"legacy-client: [10.0.10.1], lb-director: [10.0.11.1], reverse-proxy: [10.0.12.1]}\n"

static void open_shipped(struct rig *rig)
{
	rig_open(rig);
	rig_shipped(rig);
	rig_site(rig, SITE);
	rig_compile(rig);
}

static int make(struct rig *rig, struct plan *plan, const char *id, enum forge_case c,
		struct fa_error *err)
{
	int row = policy_find_row(rig->policy, id);

	CU_ASSERT_FATAL(row >= 0);
	return plan_make(plan, rig->policy, (unsigned)row, c, NULL, err);
}

/* "blocked no_reply pic/firewall-summary/1", with "-" for what is left open; or why not. */
static const char *truth(struct rig *rig, const char *id, enum forge_case c)
{
	struct fa_error err;
	struct plan plan;
	int status = make(rig, &plan, id, c, &err);

	if (status != 0) {
		CU_ASSERT_EQUAL(status, FA_EUNSUPPORTED);
		snprintf(rig->text, sizeof(rig->text), "%s", err.text);
	} else {
		snprintf(rig->text, sizeof(rig->text), "%s %s %s", plan.verdict,
			 plan.outcome != NULL ? plan.outcome : "-",
			 plan.row != NULL ? plan.row : "-");
	}
	return rig->text;
}

struct want {
	enum forge_case c;
	const char *truth;
};

static void check_row(const char *id, const struct want *wants, size_t count)
{
	struct rig rig;

	open_shipped(&rig);
	for (size_t i = 0; i < count; i++)
		CU_ASSERT(rig_same(truth(&rig, id, wants[i].c), wants[i].truth));
	rig_close(&rig);
}

#define CHECK_ROW(id, ...)                                          \
	do {                                                        \
		static const struct want wants[] = { __VA_ARGS__ }; \
		check_row(id, wants, ARRAY_SIZE(wants));            \
	} while (0)

static void a_row_of_one_port_has_its_truths(void)
{
	CHECK_ROW("internal/hlb-only/1", { CASE_OK, "expected established internal/hlb-only/1" },
		  { CASE_TRUNCATED, "expected established internal/hlb-only/1" },
		  { CASE_MIDSTREAM, "expected established internal/hlb-only/1" },
		  { CASE_DROPPED, "blocked no_reply internal/hlb-only/1" },
		  { CASE_REFUSED, "blocked refused internal/hlb-only/1" },
		  { CASE_PROHIBITED, "blocked prohibited internal/hlb-only/1" },
		  { CASE_RESET_AFTER_HELLO, "blocked aborted internal/hlb-only/1" },
		  { CASE_WRONG_PROTOCOL, "mismatch established internal/hlb-only/1" },
		  { CASE_ONE_SIDED, "inconclusive one_sided internal/hlb-only/1" },
		  { CASE_WRONG_INITIATOR, "unexpected established -" },
		  { CASE_OFF_BY_ONE, "unexpected established -" });
}

static void the_swapped_ends_of_a_mirrored_row_are_its_twin(void)
{
	CHECK_ROW("pic/firewall-summary/1",
		  { CASE_WRONG_INITIATOR, "expected established pic/firewall-summary/2" },
		  { CASE_OFF_BY_ONE, "unexpected established -" });
	CHECK_ROW("pic/firewall-summary/6",
		  { CASE_WRONG_INITIATOR, "expected established pic/firewall-summary/5" });
	CHECK_ROW("internal/server-ports/3",
		  { CASE_WRONG_INITIATOR,
		    "internal/server-ports/3: no case wrong-initiator: either end may open it" },
		  { CASE_OFF_BY_ONE, "internal/server-ports/3: no case off-by-one: the port beside "
				     "it is documented by another row" });
	CHECK_ROW("internal/server-ports/7",
		  { CASE_WRONG_INITIATOR, "internal/server-ports/7: no case wrong-initiator: "
					  "another row documents that direction for another "
					  "protocol" });
}

/* DESIGN section 2, rulings: a lone SYN is no evidence for a wide row, a STUN request is. */
static void a_wide_row_needs_protocol_evidence(void)
{
	CHECK_ROW("internal/server-ports/28",
		  { CASE_OK, "expected established internal/server-ports/28" },
		  { CASE_DROPPED, "rejected no_reply -" }, { CASE_REFUSED, "rejected refused -" },
		  { CASE_PROHIBITED, "rejected prohibited -" },
		  { CASE_RESET_AFTER_HELLO, "blocked aborted internal/server-ports/28" },
		  { CASE_WRONG_PROTOCOL, "unexpected established -" },
		  { CASE_MIDSTREAM, "internal/server-ports/28: no case midstream: whether its "
				    "protocol can be joined in the middle is chance" });
	CHECK_ROW("internal/client-ports/8",
		  { CASE_DROPPED, "blocked no_reply internal/client-ports/8" },
		  { CASE_WRONG_PROTOCOL, "unexpected established -" });
}

static void a_media_range_catches_ephemeral_ports(void)
{
	CHECK_ROW("internal/server-ports/39",
		  { CASE_DROPPED, "blocked no_reply internal/server-ports/39" },
		  { CASE_WRONG_PROTOCOL, "unexpected established -" },
		  { CASE_OFF_BY_ONE, "unexpected established -" });
	/* On TCP, and on one port, it is not by chance that it is spoken there. */
	CHECK_ROW("pic/firewall-summary/4",
		  { CASE_WRONG_PROTOCOL, "mismatch established pic/firewall-summary/4" });
	CHECK_ROW("internal/client-ports/5",
		  { CASE_WRONG_PROTOCOL, "mismatch established internal/client-ports/5" });
}

static void silence_of_sql_resolution_proves_nothing(void)
{
	CHECK_ROW("internal/server-ports/38",
		  { CASE_DROPPED, "inconclusive - internal/server-ports/38" },
		  { CASE_ONE_SIDED, "inconclusive - internal/server-ports/38" },
		  { CASE_REFUSED, "blocked refused internal/server-ports/38" });
}

static void what_has_no_meaning_is_said(void)
{
	/* The range may be at either end. */
	CHECK_ROW("pic/firewall-summary/4",
		  { CASE_WRONG_INITIATOR,
		    "pic/firewall-summary/4: no case wrong-initiator: either end may open it" });
	CHECK_ROW("internal/hlb-dns/6",
		  { CASE_OK, "internal/hlb-dns/6: no case ok: the row is blank" });
	CHECK_ROW("internal/server-ports/15",
		  { CASE_WRONG_PROTOCOL, "internal/server-ports/15: no case wrong-protocol: the "
					 "row names no protocol that bytes could contradict" });
	CHECK_ROW("internal/server-ports/39",
		  { CASE_MIDSTREAM, "internal/server-ports/39: no case midstream: there is no such "
				    "thing on UDP" },
		  { CASE_RESET_AFTER_HELLO, "internal/server-ports/39: no case reset-after-hello: "
					    "there is no such thing on UDP" });
}

static void rows_that_expire_are_forged_while_they_hold(void)
{
	struct rig rig;
	struct fa_error err;
	struct plan plan;

	open_shipped(&rig);
	for (unsigned r = 0; r < policy_row_count(rig.policy); r++) {
		const struct row *row = policy_row(rig.policy, r);

		if (row->until_ns == INT64_MAX)
			continue;
		CU_ASSERT_EQUAL(make(&rig, &plan, row->id, CASE_OK, &err), 0);
		CU_ASSERT_FALSE(policy_row_is_expired(rig.policy, row, plan.start_ns));
		CU_ASSERT(rig_same(plan.verdict, "expected"));
	}
	rig_close(&rig);
	/* Long gone when the others are forged. */
	rig_open(&rig);
	rig_pack(&rig, RIG_HEAD "  - {" RIG_ROW ", valid: {until: 2010-05-01}}\n");
	rig_site(&rig, "roles: {alpha: [10.0.0.1], beta: [10.0.0.2]}\n");
	rig_compile(&rig);
	CU_ASSERT_EQUAL(make(&rig, &plan, "d/t/1", CASE_OK, &err), 0);
	CU_ASSERT_FALSE(
		policy_row_is_expired(rig.policy, policy_row(rig.policy, 0), plan.start_ns));
	rig_close(&rig);
}

static void ports_are_those_of_the_row(void)
{
	struct rig rig;
	struct fa_error err;
	struct plan plan;

	open_shipped(&rig);
	CU_ASSERT_EQUAL(make(&rig, &plan, "pic/firewall-summary/1", CASE_OK, &err), 0);
	CU_ASSERT_EQUAL(plan.port[0], 40000);
	CU_ASSERT_EQUAL(plan.port[1], 5061);
	CU_ASSERT_EQUAL(plan.ports, 20000);
	CU_ASSERT_EQUAL(make(&rig, &plan, "pic/firewall-summary/1", CASE_OFF_BY_ONE, &err), 0);
	CU_ASSERT_EQUAL(plan.port[1], 5062);
	CU_ASSERT_EQUAL(make(&rig, &plan, "internal/server-ports/39", CASE_OFF_BY_ONE, &err), 0);
	CU_ASSERT_EQUAL(plan.port[1], 57501);
	/* No port is higher than these. */
	CU_ASSERT_EQUAL(make(&rig, &plan, "internal/server-ports/10", CASE_OFF_BY_ONE, &err), 0);
	CU_ASSERT_EQUAL(plan.port[1], 57500);
	CU_ASSERT_EQUAL(make(&rig, &plan, "internal/client-ports/1", CASE_OK, &err), 0);
	CU_ASSERT_EQUAL(plan.port[0], 68);
	CU_ASSERT_EQUAL(plan.port[1], 67);
	CU_ASSERT_EQUAL(plan.ports, 1);
	CU_ASSERT_EQUAL(make(&rig, &plan, "internal/server-ports/39", CASE_OK, &err), 0);
	CU_ASSERT_TRUE(plan.udp);
	CU_ASSERT_EQUAL(plan.port[1] % 2, 0);
	CU_ASSERT(plan.port[1] >= 49152 && plan.port[1] <= 57500);
	rig_close(&rig);
}

static void a_source_range_is_kept_to(void)
{
	struct rig rig;
	struct fa_error err;
	struct plan plan;

	rig_open(&rig);
	rig_pack(&rig, RIG_HEAD "  - {id: d/t/1, l4: udp, proto: rtp, from: alpha, to: beta, "
				"sport: 50000-50019, need: required}\n");
	rig_site(&rig, "roles: {alpha: [10.0.0.1], beta: [10.0.0.2]}\n");
	rig_compile(&rig);
	CU_ASSERT_EQUAL(make(&rig, &plan, "d/t/1", CASE_OK, &err), 0);
	CU_ASSERT(plan.port[0] >= 50000);
	CU_ASSERT_EQUAL(plan.port[0] + plan.ports, 50020);
	CU_ASSERT_EQUAL(plan.port[1], 40443);
	CU_ASSERT_EQUAL(make(&rig, &plan, "d/t/1", CASE_OFF_BY_ONE, &err), 0);
	CU_ASSERT_EQUAL(plan.port[0], 50020);
	CU_ASSERT(rig_same(plan.verdict, "unexpected"));
	rig_close(&rig);
}

static void a_range_that_holds_others_takes_a_port_of_its_own(void)
{
	struct rig rig;
	struct fa_error err;
	struct plan plan;

	rig_open(&rig);
	rig_pack(&rig,
		 "pack: p\ntitle: t\ndocuments: {d: {title: t}}\n"
		 "tables: {d/t: {title: t, rows: 3}}\n"
		 "roles: {alpha: {description: x}, beta: {description: x}}\nrows:\n"
		 "  - {id: d/t/1, l4: tcp, proto: application-sharing, from: alpha, to: beta, "
		 "dport: 49152-65534, need: required}\n"
		 "  - {id: d/t/2, l4: tcp, proto: media-audio, from: alpha, to: beta, "
		 "dport: 49152-57499, need: required}\n"
		 "  - {id: d/t/3, l4: tcp, proto: media-video, from: alpha, to: beta, "
		 "dport: 57501-65534, need: required}\n");
	rig_site(&rig, "roles: {alpha: [10.0.0.1], beta: [10.0.0.2]}\n");
	rig_compile(&rig);
	CU_ASSERT_EQUAL(make(&rig, &plan, "d/t/1", CASE_OK, &err), 0);
	CU_ASSERT_EQUAL(plan.port[1], 57500);
	CU_ASSERT_EQUAL(make(&rig, &plan, "d/t/2", CASE_OK, &err), 0);
	CU_ASSERT_EQUAL(plan.port[1], 53324);
	rig_close(&rig);
}

static void the_protocol_is_the_rows_first_or_the_one_asked_for(void)
{
	static const enum application msturn = APPLICATION_MSTURN, smb = APPLICATION_SMB;
	struct rig rig;
	struct fa_error err;
	struct plan plan;
	unsigned row;

	open_shipped(&rig);
	row = (unsigned)policy_find_row(rig.policy, "internal/client-ports/5");
	CU_ASSERT_EQUAL(plan_make(&plan, rig.policy, row, CASE_OK, NULL, &err), 0);
	CU_ASSERT_EQUAL(plan.protocol.app, APPLICATION_STUN);
	CU_ASSERT_EQUAL(plan_make(&plan, rig.policy, row, CASE_OK, &msturn, &err), 0);
	CU_ASSERT_EQUAL(plan.protocol.app, APPLICATION_MSTURN);
	CU_ASSERT_EQUAL(plan_make(&plan, rig.policy, row, CASE_OK, &smb, &err), FA_EUNSUPPORTED);
	rig_close(&rig);
}

static void a_site_without_the_roles_is_a_mistake(void)
{
	struct rig rig;
	struct fa_error err;
	struct plan plan;

	open_shipped(&rig);
	CU_ASSERT_EQUAL(make(&rig, &plan, "internal/server-ports/46", CASE_OK, &err), FA_EUSAGE);
	CU_ASSERT(rig_same(err.text,
			   "internal/server-ports/46: the site binds no two hosts to its ends"));
	rig_close(&rig);
}

CU_TestInfo tests_plan[] = {
	{ "a row of one port has its truths", a_row_of_one_port_has_its_truths },
	{ "the swapped ends of a mirrored row are its twin",
	  the_swapped_ends_of_a_mirrored_row_are_its_twin },
	{ "a wide row needs protocol evidence", a_wide_row_needs_protocol_evidence },
	{ "a media range catches ephemeral ports", a_media_range_catches_ephemeral_ports },
	{ "silence of SQL resolution proves nothing", silence_of_sql_resolution_proves_nothing },
	{ "what has no meaning is said", what_has_no_meaning_is_said },
	{ "rows that expire are forged while they hold",
	  rows_that_expire_are_forged_while_they_hold },
	{ "ports are those of the row", ports_are_those_of_the_row },
	{ "a source range is kept to", a_source_range_is_kept_to },
	{ "a range that holds others takes a port of its own",
	  a_range_that_holds_others_takes_a_port_of_its_own },
	{ "the protocol is the row's first, or the one asked for",
	  the_protocol_is_the_rows_first_or_the_one_asked_for },
	{ "a site without the roles is a mistake", a_site_without_the_roles_is_a_mistake },
	CU_TEST_INFO_NULL,
};
