/* A policy and a ledger made by hand, as the judge would leave it but known to the byte. */
#include "report/fixture.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <CUnit/CUnit.h>

#include "base/memory.h"

#define BEGIN_NS (INT64_C(1795252442) * NS_PER_S) /* 2026-11-21 09:14:02 UTC */

static const char pic[] =
	"pack: lync2013-pic\n"
	"title: Rows for tests\n"
	"documents:\n"
	"  pic: {title: Public IM connectivity}\n"
	"tables:\n"
	"  pic/firewall-summary: {title: Firewall summary, rows: 3}\n"
	"roles:\n"
	"  edge-access: {description: Access Edge}\n"
	"  edge-av: {description: A/V Edge}\n"
	"  pic-partner: {description: Public IM partner}\n"
	"rows:\n"
	"  - {id: pic/firewall-summary/1, l4: tcp, proto: sip/mtls, from: pic-partner,\n"
	"     to: edge-access, dport: 5061, need: required}\n"
	"  - {id: pic/firewall-summary/2, l4: tcp, proto: sip/mtls, from: edge-access,\n"
	"     to: pic-partner, dport: 5061, need: required}\n"
	"  - {id: pic/firewall-summary/3, l4: udp, proto: rtp, from: edge-av,\n"
	"     to: pic-partner, dport: 50000-59999, need: optional}\n";

static const char internal[] =
	"pack: lync2013-internal\n"
	"title: More rows for tests\n"
	"documents:\n"
	"  internal: {title: Internal ports}\n"
	"tables:\n"
	"  internal/client-ports: {title: Client ports, rows: 2}\n"
	"  internal/server-ports: {title: Server ports, rows: 3}\n"
	"roles:\n"
	"  client: {description: Client}\n"
	"  front-end: {description: Front End Server}\n"
	"  edge-av: {description: A/V Edge}\n"
	"  edge-access: {description: Access Edge}\n"
	"rows:\n"
	"  - {id: internal/client-ports/1, l4: tcp, proto: sip/tls, from: client, to: front-end,\n"
	"     dport: 5061, need: required}\n"
	"  - {id: internal/client-ports/5, l4: udp, proto: [stun, msturn], from: client,\n"
	"     to: edge-av, dport: 3478, need: required}\n"
	"  - {id: internal/server-ports/7, l4: tcp, proto: psom/tls, from: client, to: front-end,\n"
	"     dport: 8057, need: required}\n"
	"  - {id: internal/server-ports/44, l4: tcp, proto: http/tls, from: client, to: "
	"front-end,\n"
	"     dport: 443, need: required}\n"
	"  - {id: internal/server-ports/45, l4: tcp, proto: smb, from: client, to: front-end,\n"
	"     dport: 445, need: none}\n";

const char fixture_wide_pack[] =
	"pack: wide\n"
	"title: One row of many ports\n"
	"documents: {wide: {title: Wide}}\n"
	"tables: {wide/ports: {title: Ports, rows: 1}}\n"
	"roles: {client: {description: Client}}\n"
	"rows:\n"
	"  - {id: wide/ports/1, l4: [tcp, udp], proto: media-audio, from: client, to: client,\n"
	"     dport: 1024-65535, need: optional}\n";

static const char contoso[] = "site: contoso\n"
			      "roles:\n"
			      "  edge-access: [203.0.113.10, 203.0.113.20]\n"
			      "  edge-av: [203.0.113.12, 203.0.113.20]\n"
			      "  front-end: [10.10.0.11-10.10.0.13, \"2001:db8:1::/64\"]\n"
			      "  client: [10.20.0.0/16]\n"
			      "  pic-partner: [any]\n";

static void load(struct policy *policy, const char *name, const char *text, bool site)
{
	struct problems problems = { 0 };
	char line[512];
	size_t i;
	int rc = site ? policy_load_site_text(policy, name, text, strlen(text), &problems)
		      : policy_load_pack_text(policy, name, text, strlen(text), &problems);

	for (i = 0; i < problems.count; i++) {
		problem_text(&problems.items[i], line, sizeof(line));
		fprintf(stderr, "%s\n", line);
	}
	problems_free(&problems);
	CU_ASSERT_EQUAL_FATAL(rc, 0);
}

void fixture_open_with(struct fixture *f, bool site, const char *pack)
{
	struct fa_error err;

	*f = (struct fixture){ .options = { .width = 100,
					    .exit_status = 1,
					    .elapsed_s = 1.25,
					    .fail_on = VERDICT_BIT(VERDICT_UNEXPECTED) |
						       VERDICT_BIT(VERDICT_BLOCKED) |
						       VERDICT_BIT(VERDICT_MISMATCH) } };
	f->policy = policy_new();
	CU_ASSERT_PTR_NOT_NULL_FATAL(f->policy);
	load(f->policy, "pic.yaml", pic, false);
	load(f->policy, "internal.yaml", internal, false);
	if (pack != NULL)
		load(f->policy, "more.yaml", pack, false);
	if (site)
		load(f->policy, "contoso.yaml", contoso, true);
	CU_ASSERT_EQUAL_FATAL(policy_compile(f->policy, &err), 0);
	CU_ASSERT_EQUAL_FATAL(ledger_init(&f->ledger, f->policy, &err), 0);
}

void fixture_open(struct fixture *f, bool site)
{
	fixture_open_with(f, site, NULL);
}

void fixture_close(struct fixture *f)
{
	ledger_free(&f->ledger);
	policy_free(f->policy);
}

struct capture_facts *fixture_capture(struct fixture *f, const char *name, uint64_t frames)
{
	struct ledger *l = &f->ledger;
	struct capture_facts *cap;

	CU_ASSERT_EQUAL_FATAL(memory_grow(&l->captures, &l->capture_cap, l->capture_count + 1,
					  sizeof(*l->captures)),
			      0);
	cap = &l->captures[l->capture_count++];
	memset(cap, 0, sizeof(*cap));
	cap->name = strdup(name);
	cap->frames = frames;
	cap->bytes = frames * 400;
	cap->wire_bytes = frames * 476;
	cap->first_ns = BEGIN_NS;
	cap->last_ns = BEGIN_NS + 872 * NS_PER_S;
	cap->counters.by_class[CLASS_TCP] = frames / 2;
	cap->counters.by_class[CLASS_UDP] = frames - frames / 2;
	return cap;
}

void fixture_unfit(struct capture_facts *cap, enum fitness_code code, uint32_t disables,
		   const char *detail)
{
	struct fitness_entry *e = &cap->fitness.entries[cap->fitness.count++];

	e->code = code;
	e->disables = disables;
	e->takes = disables != 0 ? BASIS_BIT(BASIS_SILENCE) : 0;
	snprintf(e->detail, sizeof(e->detail), "%s", detail);
}

static void endpoint(const char *text, struct address *addr, uint16_t *port)
{
	struct address_range range;
	char host[64];
	const char *colon = strrchr(text, ':');
	size_t len = (size_t)(colon - text);

	if (text[0] == '[') {
		text++;
		len -= 2;
	}
	memcpy(host, text, len);
	host[len] = '\0';
	CU_ASSERT_EQUAL_FATAL(address_range_parse(host, &range, NULL), 0);
	*addr = range.lo;
	*port = (uint16_t)atoi(colon + 1);
}

struct judged *fixture_flow(struct fixture *f, enum verdict verdict, uint8_t l4, const char *from,
			    const char *to, uint64_t frame)
{
	static const uint8_t outcomes[] = {
		[VERDICT_EXPECTED] = OUTCOME_ESTABLISHED,
		[VERDICT_UNEXPECTED] = OUTCOME_ESTABLISHED,
		[VERDICT_BLOCKED] = OUTCOME_NO_REPLY,
		[VERDICT_REJECTED] = OUTCOME_REFUSED,
		[VERDICT_MISMATCH] = OUTCOME_ESTABLISHED,
		[VERDICT_INCONCLUSIVE] = OUTCOME_ONE_SIDED,
	};
	struct ledger *l = &f->ledger;
	struct address a, b;
	uint16_t p, q;
	struct judged *flow;
	unsigned first;

	CU_ASSERT_EQUAL_FATAL(
		memory_region_grow(&l->flows, &l->flow_cap, l->flow_count + 1, sizeof(*l->flows)),
		0);
	flow = &l->flows[l->flow_count++];
	memset(flow, 0, sizeof(*flow));
	endpoint(from, &a, &p);
	endpoint(to, &b, &q);
	first = address_compare(&a, &b) > 0 || (address_compare(&a, &b) == 0 && p > q);
	flow->key.addr[first] = a;
	flow->key.port[first] = p;
	flow->key.addr[first ^ 1u] = b;
	flow->key.port[first ^ 1u] = q;
	flow->key.l4 = l4;
	flow->key.ip_version = address_is_v4(&a) ? 4 : 6;
	flow->initiator = (uint8_t)first;
	flow->initiator_by = l4 == 6 ? INITIATOR_SYN : INITIATOR_PROTOCOL;
	flow->first_frame = frame;
	flow->first_ns = BEGIN_NS + (int64_t)frame * NS_PER_MS;
	flow->last_ns = flow->first_ns + 1500 * NS_PER_MS;
	flow->packets[first] = 3;
	flow->bytes[first] = 210;
	flow->packets[first ^ 1u] = verdict == VERDICT_BLOCKED ? 0 : 2;
	flow->bytes[first ^ 1u] = verdict == VERDICT_BLOCKED ? 0 : 180;
	flow->input = (uint16_t)(l->capture_count - 1);
	flow->verdict = (uint8_t)verdict;
	flow->outcome = outcomes[verdict];
	flow->state = l4 == 6 ? FLOW_CLOSED : FLOW_DATAGRAM;
	flow->fit = FIT_NONE;
	flow->nearest = -1;
	flow->control = LEDGER_NONE;
	flow->rows = (uint32_t)l->rows_count;
	flow->evidence = (uint32_t)l->evidence_count;
	return flow;
}

static struct judged *last(struct fixture *f)
{
	return &f->ledger.flows[f->ledger.flow_count - 1];
}

void fixture_row(struct fixture *f, const char *id)
{
	struct ledger *l = &f->ledger;
	int row = policy_find_row(f->policy, id);

	CU_ASSERT_FATAL(row >= 0);
	CU_ASSERT_EQUAL_FATAL(
		memory_region_grow(&l->rows, &l->rows_cap, l->rows_count + 1, sizeof(*l->rows)), 0);
	l->rows[l->rows_count++] = (uint32_t)row;
	last(f)->row_count++;
	last(f)->best_rows = 1;
	last(f)->standing = STANDING_DOCUMENTED;
}

struct evidence *fixture_evidence(struct fixture *f, enum evidence_code code, uint64_t frame,
				  uint32_t count, uint32_t value)
{
	struct ledger *l = &f->ledger;
	struct evidence *e;

	CU_ASSERT_EQUAL_FATAL(memory_region_grow(&l->evidence, &l->evidence_cap,
						 l->evidence_count + 1, sizeof(*l->evidence)),
			      0);
	e = &l->evidence[l->evidence_count++];
	memset(e, 0, sizeof(*e));
	e->code = (uint8_t)code;
	e->frames[0] = frame;
	e->count = count;
	e->value = value;
	last(f)->evidence_count++;
	return e;
}

void fixture_nearest(struct fixture *f, const char *id, unsigned differs)
{
	last(f)->nearest = policy_find_row(f->policy, id);
	last(f)->nearest_differs = (uint8_t)differs;
	CU_ASSERT_FATAL(last(f)->nearest >= 0);
}

void fixture_control(struct fixture *f, enum control_kind kind, uint32_t flow)
{
	last(f)->control_kind = (uint8_t)kind;
	last(f)->control = flow;
}

void fixture_protocol(struct fixture *f, enum app app, enum protocol_fit fit)
{
	struct judged *flow = last(f);

	flow->app = (uint8_t)app;
	flow->fit = (uint8_t)fit;
	flow->confidence = CONFIDENCE_STRONG;
	flow->examined = true;
	flow->ident_frame[flow->initiator] = flow->first_frame + 3;
	flow->ident_frame[flow->initiator ^ 1u] = flow->first_frame + 5;
	if (app == APP_TLS)
		flow->tls_version = 0x0303;
}

void fixture_settle(struct fixture *f)
{
	static const uint8_t states[] = {
		[VERDICT_EXPECTED] = ROW_SEEN,     [VERDICT_UNEXPECTED] = ROW_NOT_SEEN,
		[VERDICT_BLOCKED] = ROW_BLOCKED,   [VERDICT_REJECTED] = ROW_NOT_SEEN,
		[VERDICT_MISMATCH] = ROW_MISMATCH, [VERDICT_INCONCLUSIVE] = ROW_INCONCLUSIVE
	};
	struct ledger *l = &f->ledger;
	unsigned rows = policy_row_count(f->policy), row;
	size_t i;

	for (row = 0; row < rows; row++)
		l->coverage[row].state = ROW_NOT_SEEN;
	for (i = 0; i < l->flow_count; i++) {
		const struct judged *flow = &l->flows[i];
		struct row_coverage *c;

		l->verdicts[flow->verdict]++;
		if (flow->row_count == 0)
			continue;
		c = &l->coverage[l->rows[flow->rows]];
		c->flows[flow->verdict]++;
		c->state = MIN(c->state, states[flow->verdict]);
	}
	for (row = 0; row < rows; row++)
		l->coverage[row].required = l->coverage[row].state == ROW_NOT_SEEN &&
					    policy_row(f->policy, row)->need == NEED_REQUIRED;
}

char *fixture_report(struct fixture *f, enum report_format format)
{
	struct output *out = NULL;
	const char *text;
	char *copy;
	size_t len;

	/* Reports speak of settled ledgers: as many verdicts as there are flows, listed or not. */
	memset(f->ledger.verdicts, 0, sizeof(f->ledger.verdicts));
	for (size_t i = 0; i < f->ledger.flow_count; i++)
		f->ledger.verdicts[f->ledger.flows[i].verdict]++;
	f->ledger.verdicts[VERDICT_INCONCLUSIVE] += f->ledger.unlisted;
	CU_ASSERT_EQUAL_FATAL(output_open_memory(&out, NULL), 0);
	report_write(format, out, &f->ledger, &f->options);
	text = output_text(out, &len);
	CU_ASSERT_EQUAL(strlen(text), len);
	copy = strdup(text);
	CU_ASSERT_PTR_NOT_NULL_FATAL(copy);
	CU_ASSERT_EQUAL(output_close(out, NULL), 0);
	return copy;
}

static void blocked(struct fixture *f)
{
	static const char *const clients[] = { "10.20.0.5:50001", "10.20.0.6:50002",
					       "10.20.0.5:50003", "10.20.0.7:50004",
					       "10.20.0.5:50005" };
	const uint8_t firewall[4] = { 203, 0, 113, 1 };
	struct evidence *e;
	unsigned i;

	for (i = 0; i < ARRAY_SIZE(clients); i++) {
		struct judged *flow = fixture_flow(f, VERDICT_BLOCKED, 17, clients[i],
						   "203.0.113.12:3478", 1200 + 10 * i);

		flow->outcome = OUTCOME_PROHIBITED;
		flow->cause = CAUSE_NETWORK;
		flow->grade = GRADE_PROVEN;
		fixture_row(f, "internal/client-ports/5");
		fixture_protocol(f, APP_MSTURN, FIT_STRONG);
		e = fixture_evidence(f, EVIDENCE_ICMP_ADMIN_PROHIBITED, 1204 + 10 * i, 1,
				     3u << 8 | 13);
		e->value2 = 4;
		e->from = address_from_v4(firewall);
		fixture_control(f, CONTROL_SAME_CLIENT, 0);
	}
}

void fixture_every_verdict(struct fixture *f)
{
	struct judged *flow;
	struct evidence *e;
	unsigned i;
	char from[32];

	fixture_capture(f, "edge-after-change.pcapng", 1284113);
	fixture_unfit(&f->ledger.captures[0], FITNESS_MIDSTREAM, 0,
		      "3.1 % of TCP flows began before the capture; their initiator comes from the "
		      "protocol");
	flow = fixture_flow(f, VERDICT_EXPECTED, 6, "10.20.0.5:49152", "10.10.0.11:5061", 1190);
	flow->client_auth = CLIENT_AUTH_NOT_REQUESTED;
	fixture_row(f, "internal/client-ports/1");
	fixture_protocol(f, APP_TLS, FIT_CONSISTENT);
	blocked(f);
	fixture_flow(f, VERDICT_UNEXPECTED, 6, "10.20.0.5:49160", "10.10.0.11:8059", 1300);
	fixture_protocol(f, APP_TLS, FIT_STRONG);
	fixture_nearest(f, "internal/server-ports/7", KEY_DPORT);
	fixture_flow(f, VERDICT_MISMATCH, 6, "198.51.100.9:49170", "203.0.113.10:5061", 1400);
	fixture_row(f, "pic/firewall-summary/1");
	fixture_protocol(f, APP_TLS, FIT_CONTRADICTED);
	fixture_evidence(f, EVIDENCE_MTLS_NOT_REQUESTED, 1405, 1, 0);
	for (i = 0; i < 4; i++) {
		snprintf(from, sizeof(from), "198.51.100.%u:40000", 7 + i / 3);
		flow = fixture_flow(f, VERDICT_REJECTED, 6, from,
				    i % 2 ? "203.0.113.10:22" : "203.0.113.12:3389", 1500 + i);
		e = fixture_evidence(f, EVIDENCE_TCP_RST_SYN, 1600 + i, 1, 64);
		flow->cause = CAUSE_HOST;
		CU_ASSERT_EQUAL(e->frames[1], 0);
	}
	fixture_flow(f, VERDICT_INCONCLUSIVE, 6, "10.20.0.9:49190", "10.10.0.12:8057", 1700);
	fixture_row(f, "internal/server-ports/7");
	fixture_evidence(f, EVIDENCE_SINGLE_DIRECTION, 1700, 1, 0);
	fixture_settle(f);
}
