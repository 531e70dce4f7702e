/*
 * Everything a run concluded: what reports read.  Flows are appended as they
 * end, settled once when all evidence is in, and never change after that.
 */
#ifndef FA_JUDGE_LEDGER_H
#define FA_JUDGE_LEDGER_H

#include "flow/flow.h"
#include "identify/identify.h"
#include "judge/fitness.h"
#include "judge/verdict.h"
#include "policy/memo.h"

#define LEDGER_NONE UINT32_MAX

/**
 * struct evidence - One coded fact
 * @frames:	First frames that show it; 0 ends the list
 * @count:	How often it was seen (at least the frames listed)
 * @value, @value2: As the code says
 * @from:	Who said it, for ICMP and answers from elsewhere
 * @elsewhere:	1 + index of the capture that @frames are numbers in, where they are no frames
 *		of the flow; 0: the flow's own
 */
struct evidence {
	uint64_t frames[FLOW_FRAMES];
	struct address from;
	uint32_t count;
	uint32_t value, value2;
	uint16_t elsewhere;
	uint8_t code; /* enum evidence_code */
};

/* What joins a flow to others, or tells more of it than its name. */
enum clue_kind {
	CLUE_ICE_SESSION, /* value: digest of the ICE username pair, see stun_facts */
	CLUE_ALTERNATE,   /* addr, value (port): server that the relay named for the next request */
	CLUE_TLS_GIVEN,   /* value: digest of the session that a full handshake began */
	CLUE_TLS_USED,    /* value: ... that this handshake resumed */
	CLUE_RPC_PORT,    /* value: TCP port that the endpoint mapper gave out */
	CLUE_RPC_INTERFACE, /* value: enum rpc_interface */
	CLUE_SMB_DIALECT,   /* value: dialect revision, MS-SMB2 2.2.4; 0x0100 for SMB 1 */
	CLUE_MS_VERSION,    /* value: MS-Version, MS-TURN 2.2.2.17 */
	CLUE_ICE_VERSION,   /* value: IMPLEMENTATION-VERSION, MS-ICE2 2.2 */
	CLUE_STREAM_TYPE,   /* value: stream type of MS-Service-Quality */
	CLUE_TRANSACTION,   /* value: of its first request or answer (STUN id, DHCP xid) */
	CLUE_STRAY,         /* value: ... of the first answer that nothing on the flow asked for */
	CLUE_PAYLOAD_TYPE,  /* value: 1 + RTP payload type; of one endpoint or of both */
	CLUE_COUNT
};

#define CLUE_BIT(kind) (UINT32_C(1) << (kind))
static_assert(CLUE_COUNT <= 32, "a set of them is 32 bits");

/**
 * struct clue - One such fact
 * @frame:	Where it was seen first
 */
struct clue {
	struct address addr;
	uint64_t value;
	uint64_t frame;
	uint8_t kind; /* enum clue_kind */
};

/* How the documentation stands to a flow, before the network's part is looked at. */
enum standing {
	STANDING_UNDOCUMENTED,
	STANDING_DOCUMENTED,
	STANDING_CONTRADICTED, /* by tuple yes, by protocol no */
	STANDING_UNPROVEN,     /* only a wide row would cover it, and no protocol was seen */
};

/* How well the bytes fit the protocol a row names; ordered, better is larger. */
enum protocol_fit {
	FIT_CONTRADICTED,
	FIT_NONE,       /* nothing seen that could tell */
	FIT_CONSISTENT, /* TLS seen, what is inside cannot be */
	FIT_WEAK,
	FIT_STRONG,
};
/* "contradicted", "none", ...: the confidence printed with a flow. */
const char *protocol_fit_name(enum protocol_fit fit);

/* What a control flow shares with the one it vouches for. */
enum control_kind { CONTROL_NONE, CONTROL_SAME_PAIR, CONTROL_SAME_CLIENT, CONTROL_SAME_SERVER };
const char *control_name(enum control_kind kind); /* "same-client", ... */

/**
 * struct judged - One flow and what we say of it
 * What settlement looks at in every flow comes first.
 *
 * @key, @bytes, @packets, @first_ns, @last_ns, @first_frame: From the flow
 * @input:	Index of the capture it began in
 * @initiator:	Endpoint shown as the source: the initiator where @initiator_by knows
 *		it, else the first that was seen to send
 * @rows, @row_count: Documented rows, best first: ledger->rows[@rows ...]
 * @best_rows:	How many of them share the best rank and count for this flow
 * @evidence, @evidence_count: ledger->evidence[@evidence ...]
 * @clues, @clue_count: ledger->clues[@clues ...]
 * @answer_frame: SYN-ACK, or first datagram of the responder; 0: none
 * @isn:	Sequence number of the initiator's SYN; 0: none seen
 * @nearest:	Row index, or -1
 * @nearest_differs: Set of enum rule_key
 * @control:	Index of the control flow in ledger->flows, or LEDGER_NONE
 * @sni:	Offset in ledger->text, 0: none
 * @name:	Offset in ledger->text of nDPI's name for a flow of APP_NONE, 0: none; only reports
 *		look at it
 * @standing:	enum standing: what the documented set came to
 * @fit:	enum protocol_fit of the best row, or of @app alone where no row counts
 * @possible:	Set of protocols that its bytes do not rule out
 * @alpn:	Offset in ledger->text, 0: none
 * @examined:	Payload was looked at
 * @either_way:	The initiator is not known, and different rows document the flow by
 *		who it was
 * @answers:	What CLUE_TRANSACTION was taken from is an answer
 * @checked:	An ICE check was answered with success on it, one that a relay carried included
 * @ttl:	Usual TTL of each endpoint, 0: not known
 * @opened:	The handshake went through, or datagrams both ways, whatever came of it
 * @told, @fresh, @alive: Of a live run, see audit/recent.h: @fresh is what was concluded since
 *		the last look, @alive a flow that has not ended
 */
struct judged {
	struct flow_key key;
	uint16_t input;
	uint16_t row_count, best_rows;
	uint8_t app, confidence, fit;
	uint8_t outcome, verdict, standing;
	uint8_t initiator, initiator_by;
	uint8_t evidence_count;
	uint8_t clue_count;
	uint8_t control_kind;
	uint8_t end : 2;  /* enum flow_end */
	uint8_t told : 3; /* 1 + verdict told while it was alive; 0: none */
	bool fresh : 1, alive : 1;
	uint8_t state; /* enum flow_state */
	uint8_t client_auth;
	uint8_t rst_ttl; /* of the reset that decided the outcome; 0: none */
	uint8_t nearest_differs;
	bool nearest_reversed : 1;
	bool examined : 1;
	bool answers : 1;
	bool checked : 1;
	bool either_way : 1;
	bool opened : 1;
	/* second line */
	int64_t first_ns, last_ns;
	uint64_t first_frame;
	uint64_t packets[2];
	uint32_t rows;
	uint32_t evidence;
	uint32_t clues;
	uint32_t control;
	int32_t nearest;
	uint32_t possible;
	/* third line */
	uint64_t bytes[2];
	uint64_t ident_frame[2];
	uint64_t answer_frame;
	uint32_t isn;
	uint32_t sni, alpn;
	uint32_t name;
	uint16_t vlan; /* 0: untagged */
	uint16_t tls_version;
	uint8_t ttl[2];
	uint8_t cause, grade;
};
static_assert(sizeof(struct judged) == 192, "three cache lines, of which most passes read one");

enum row_state {
	ROW_SEEN,
	ROW_BLOCKED,
	ROW_MISMATCH,
	ROW_INCONCLUSIVE,
	ROW_EXPIRED,
	ROW_NOT_SEEN,
	ROW_STATE_COUNT
};
const char *row_state_name(enum row_state state);

struct row_coverage {
	uint64_t flows[VERDICT_COUNT];
	uint8_t state; /* enum row_state */
	bool required; /* and not seen: a finding under --require */
};

/**
 * struct ledger - The conclusions of one run
 * @policy:	Borrowed
 * @memo:	Of @policy, for the thread that owns the ledger
 * @captures:	One an input, in the order they were read
 * @flows:	After ledger_settle() sorted by (input, first frame, key): never in table order
 * @coverage:	One a row of the policy
 * @verdicts:	Flows by verdict
 * @flows, @evidence, @clues, @rows: Grow by memory_region_grow()
 * @apps, @clue_kinds: Sets of those that some flow has: who looks for one need not look
 * @evicted_room: Evicted flows that may still be listed; the rest of them is counted
 * @unlisted:	How many were: in @verdicts and @coverage, and not in @flows
 * @counted:	Of a live run: flows that are in @verdicts and @coverage and were not kept,
 *		but for those as expected, which never are.  Controls of flows that were
 *		kept are in @flows with VERDICT_COUNT
 * @names_given_up: Flows that nDPI had no room to name
 * @text:	NUL-terminated strings; offset 0 is ""
 */
struct ledger {
	const struct policy *policy;
	struct policy_memo *memo;
	struct capture_facts *captures;
	size_t capture_count, capture_cap;
	struct judged *flows;
	size_t flow_count, flow_cap;
	struct evidence *evidence;
	size_t evidence_count, evidence_cap;
	struct clue *clues;
	size_t clue_count, clue_cap;
	uint32_t *rows;
	size_t rows_count, rows_cap;
	char *text;
	size_t text_len, text_cap;
	struct row_coverage *coverage;
	uint64_t verdicts[VERDICT_COUNT];
	uint64_t evicted_room, unlisted;
	uint64_t counted;
	uint64_t names_given_up;
	uint32_t apps;       /* APP_BIT() */
	uint32_t clue_kinds; /* CLUE_BIT() */
};

/*
 * The site's addresses appear in no capture that has flows.  Nothing could be held
 * against the documentation, and rows that were not seen mean nothing.
 */
bool ledger_site_is_absent(const struct ledger *ledger);

int ledger_init(struct ledger *ledger, const struct policy *policy, struct fa_error *err);
void ledger_free(struct ledger *ledger);

/* One more input, of this name.  Return: 0; FA_ENOMEM also where there are UINT16_MAX */
int ledger_add_capture(struct ledger *ledger, const char *name);

/* The captures of @from are those of @to from now on, which has none. */
void ledger_move_captures(struct ledger *to, struct ledger *from);

/* Forget all flows and what was made of them; captures, policy and memory stay. */
void ledger_clear(struct ledger *ledger);

/* Keep a name that came from the capture; @offset in ledger->text, 0 for "".  Return: 0 or FA_ENOMEM */
int ledger_keep_text(struct ledger *ledger, const char *text, uint32_t *offset);

/**
 * ledger_enter() - Append a flow, with the lists that belong to it
 * @flow:	Its counts say how many of each there are; where they lie is set
 *
 * Return: 0 or FA_ENOMEM
 */
int ledger_enter(struct ledger *ledger, struct judged *flow, const struct evidence *evidence,
		 const struct clue *clues, const uint32_t *rows);

/**
 * ledger_copy_flow() - Append a flow of another ledger of the same policy
 *
 * Its control stays an index into @from.
 *
 * Return: 0 or FA_ENOMEM
 */
int ledger_copy_flow(struct ledger *to, const struct ledger *from, const struct judged *flow);

/* Best row of a flow, or NULL; the nearest row, or NULL. */
const struct row *ledger_best_row(const struct ledger *ledger, const struct judged *flow);
const struct row *ledger_nearest_row(const struct ledger *ledger, const struct judged *flow);

/**
 * ledger_tuple() - The tuple of a flow as policy sees it
 *
 * addr[0] and port[0] are the end shown as the source.
 */
void ledger_tuple(const struct judged *flow, struct tuple *tuple);

/* One plain sentence for an evidence item: "203.0.113.1 answered: communication
 * administratively prohibited (ICMP 3/13)".  No frame numbers in it. */
void evidence_text(const struct evidence *e, char *buf, size_t size);
/* Why the nearest row does not document the flow, one sentence; "" without one. */
void ledger_nearest_text(const struct ledger *ledger, const struct judged *flow, char *buf,
			 size_t size);
/*
 * The application that a TLS handshake is consistent with, though what is inside cannot be
 * seen: that of the best row.  APPLICATION_UNSPECIFIED where the row names several or none,
 * or more than that is known.  PSOM has no other evidence (facts/protocols.md 8).
 */
enum application ledger_hidden_application(const struct ledger *ledger, const struct judged *flow);
/* What was identified, for people: "TLS 1.2", "SIP", "MSTURN (weak)", "unknown". */
void ledger_protocol_text(const struct judged *flow, char *buf, size_t size);

/* All flows of a settled ledger, listed or not. */
static inline uint64_t ledger_flows(const struct ledger *ledger)
{
	uint64_t flows = 0;

	for (unsigned v = 0; v < VERDICT_COUNT; v++)
		flows += ledger->verdicts[v];
	return flows;
}

/* The capture, as a group of inputs, that holds the flow. */
static inline uint32_t ledger_group(const struct ledger *ledger, const struct judged *flow)
{
	return ledger->captures[flow->input].group;
}

#endif
