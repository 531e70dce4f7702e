/* Flows, notes and identifications written by hand. */
#include "judge/scene.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

#define FRAMES_APART 100

static const char head[] = "pack: p\n"
			   "title: Rows for tests\n"
			   "documents: {d: {title: t}}\n"
			   "tables: {d/t: {title: t, rows: %u}}\n"
			   "roles:\n"
			   "  client: {description: x}\n"
			   "  server: {description: x}\n"
			   "  edge: {description: x}\n"
			   "  partner: {description: x}\n"
			   "  dhcp: {description: x}\n"
			   "  gateway: {description: x}\n"
			   "conditions: {sunny: {description: x}}\n"
			   "exceptions: {holiday: {description: x}}\n"
			   "rows:\n"
			   "%s";

static const char default_rows[] =
	"- {id: d/t/mtls-in, l4: tcp, proto: sip/mtls, from: partner, to: edge, dport: 5061, need: "
	"required}\n"
	"- {id: d/t/mtls-out, l4: tcp, proto: sip/mtls, from: edge, to: partner, dport: 5061, "
	"need: required}\n"
	"- {id: d/t/sip, l4: tcp, proto: sip/none, from: client, to: server, dport: 5060, need: "
	"required}\n"
	"- {id: d/t/tls, l4: tcp, proto: sip/tls, from: client, to: server, dport: 5067, need: "
	"optional}\n"
	"- {id: d/t/web, l4: tcp, proto: http/none, from: client, to: server, dport: 80, need: "
	"required}\n"
	"- {id: d/t/webs, l4: tcp, proto: http/tls, from: client, to: server, dport: 443, need: "
	"required}\n"
	"- {id: d/t/psom, l4: tcp, proto: psom/tls, from: client, to: server, dport: 8057, need: "
	"required}\n"
	"- {id: d/t/twin, l4: tcp, proto: psom/tls, from: client, to: server, dport: 8057, need: "
	"optional}\n"
	"- {id: d/t/stun, l4: udp, proto: [stun, msturn], from: client, to: edge, dport: 3478, "
	"need: required}\n"
	"- {id: d/t/sql, l4: udp, proto: sql-browser/none, from: unspecified, to: server, dport: "
	"1434, need: required}\n"
	"- {id: d/t/dhcp, l4: udp, proto: dhcp/none, from: client, to: dhcp, sport: 68, dport: 67, "
	"need: required, twoway: anchored}\n"
	"- {id: d/t/media, l4: [tcp, udp], proto: media-audio, from: unspecified, to: server, "
	"dport: 49152-57500, need: required, twoway: anchored}\n"
	"- {id: d/t/rtp, l4: tcp, proto: rtp, from: edge, to: partner, dport: 50000-59999, need: "
	"optional}\n"
	"- {id: d/t/wide, l4: [tcp, udp], proto: media-audio, from: client, to: unspecified, "
	"sport: 1024-65535, need: required, twoway: anchored}\n"
	"- {id: d/t/sunny, l4: tcp, proto: http/none, from: client, to: server, dport: 8080, need: "
	"required, when: sunny}\n"
	"- {id: d/t/old, l4: tcp, proto: http/none, from: client, to: server, dport: 8081, need: "
	"required, valid: {until: 2013-03-15, except: holiday}}\n"
	"- {id: d/t/any, l4: tcp, proto: http/none, from: any, to: edge, dport: 80, need: "
	"optional}\n"
	"- {id: d/t/anyone, l4: tcp, proto: http/none, from: unspecified, to: edge, dport: 81, "
	"need: optional}\n"
	"- {id: d/t/blank, need: none}\n";

const char scene_site[] = "site: s\n"
			  "roles:\n"
			  "  client: [10.0.0.0/24]\n"
			  "  server: [10.1.0.1-10.1.0.9]\n"
			  "  edge: [192.0.2.10]\n"
			  "  dhcp: [10.1.0.99]\n"
			  "  partner: [any]\n";

static unsigned count_rows(const char *rows)
{
	unsigned n = 0;

	while ((rows = strstr(rows, "{id: ")) != NULL) {
		n++;
		rows++;
	}
	return n;
}

void scene_pack_text(const char *rows, char *buf, size_t size)
{
	int n;

	if (rows == NULL)
		rows = default_rows;
	n = snprintf(buf, size, head, count_rows(rows), rows);
	CU_ASSERT_FATAL(n > 0 && (size_t)n < size);
}

static void load(struct policy *policy, const char *text, bool site)
{
	struct problems problems = { 0 };
	char line[512];
	int ret = site ? policy_load_site_text(policy, "s.yaml", text, strlen(text), &problems)
		       : policy_load_pack_text(policy, "p.yaml", text, strlen(text), &problems);

	for (size_t i = 0; i < problems.count; i++) {
		problem_text(&problems.items[i], line, sizeof(line));
		printf("\n    %s", line);
	}
	problems_free(&problems);
	CU_ASSERT_EQUAL_FATAL(ret, 0);
}

void scene_open(struct scene *s, const char *rows, const char *site)
{
	char pack[8192];
	struct fa_error err;

	*s = (struct scene){ .policy = policy_new(), .frame = 1, .now_ns = SCENE_T0 };
	CU_ASSERT_PTR_NOT_NULL_FATAL(s->policy);
	scene_pack_text(rows, pack, sizeof(pack));
	load(s->policy, pack, false);
	if (site == NULL)
		site = scene_site;
	if (*site != '\0')
		load(s->policy, site, true);
	CU_ASSERT_EQUAL_FATAL(policy_compile(s->policy, &err), 0);
	CU_ASSERT_EQUAL_FATAL(ledger_init(&s->ledger, s->policy, &err), 0);
	scene_capture(s, 0, 0, 60);
}

void scene_close(struct scene *s)
{
	ledger_free(&s->ledger);
	policy_free(s->policy);
}

struct capture_facts *scene_capture(struct scene *s, uint32_t group, int64_t from_s, int64_t to_s)
{
	struct ledger *l = &s->ledger;
	struct capture_facts *cap;

	CU_ASSERT_EQUAL_FATAL(memory_grow(&l->captures, &l->capture_cap, l->capture_count + 1,
					  sizeof(*l->captures)),
			      0);
	cap = &l->captures[l->capture_count++];
	*cap = (struct capture_facts){ .name = strdup("x.pcap"),
				       .group = group,
				       .first_ns = SCENE_T0 + from_s * NS_PER_S,
				       .last_ns = SCENE_T0 + to_s * NS_PER_S };
	return cap;
}

static void read_end(const char *text, struct address *addr, uint16_t *port)
{
	const char *colon = strrchr(text, ':');
	struct address_range range;
	char host[64];
	size_t len;

	CU_ASSERT_PTR_NOT_NULL_FATAL(colon);
	len = (size_t)(colon - text);
	if (*text == '[') {
		text++;
		len -= 2;
	}
	memcpy(host, text, len);
	host[len] = '\0';
	CU_ASSERT_EQUAL_FATAL(address_range_parse(host, &range, NULL), 0);
	*addr = range.lo;
	*port = (uint16_t)atoi(colon + 1);
}

static void talk_begin(struct scene *s, struct talk *t, const char *from, const char *to,
		       uint8_t l4)
{
	struct address a, b;
	uint16_t p, q;
	unsigned x;
	int order;

	read_end(from, &a, &p);
	read_end(to, &b, &q);
	order = address_compare(&a, &b);
	x = order > 0 || (order == 0 && p > q);
	*t = (struct talk){ .end = { (uint8_t)x, (uint8_t)(x ^ 1u) } };
	t->flow.key.addr[x] = a;
	t->flow.key.addr[x ^ 1u] = b;
	t->flow.key.port[x] = p;
	t->flow.key.port[x ^ 1u] = q;
	t->flow.key.l4 = l4;
	t->flow.key.ip_version = address_is_v4(&a) ? 4 : 6;
	t->flow.first_ns = t->flow.last_ns = s->now_ns;
	t->flow.first_frame = s->frame;
	t->flow.input = (uint16_t)(s->ledger.capture_count - 1);
	t->flow.opener = 2;
	s->frame += FRAMES_APART;
}

static void sent(struct talk *t, unsigned who, uint64_t packets)
{
	unsigned e = t->end[who];

	t->flow.packets[e] += packets;
	t->flow.bytes[e] += packets * 80;
	t->flow.ttl[e] = who == 0 ? 128 : 60;
}

void talk_syn(struct scene *s, struct talk *t, const char *from, const char *to, unsigned count)
{
	talk_begin(s, t, from, to, 6);
	t->noted = true;
	t->flow.state = FLOW_SYN_SENT;
	t->flow.opener = t->end[0];
	sent(t, 0, count);
	t->notes.syn.count = count;
	t->notes.syn.first_ns = t->notes.syn.last_ns = t->flow.first_ns;
	for (unsigned i = 0; i < count; i++) {
		/* 0, 1, 3, 7, ... seconds */
		int64_t at = t->flow.first_ns + ((INT64_C(1) << i) - 1) * NS_PER_S;

		if (i < FLOW_FRAMES)
			t->notes.syn.frames[i] = t->flow.first_frame + 5 * i;
		t->notes.syn.last_ns = t->flow.last_ns = at;
	}
}

void talk_tcp(struct scene *s, struct talk *t, const char *from, const char *to)
{
	talk_syn(s, t, from, to, 1);
	t->flow.state = FLOW_OPEN;
	sent(t, 0, 1);
	sent(t, 1, 1);
	t->notes.synack_frame = t->flow.first_frame + 1;
	t->notes.synack_ns = t->flow.first_ns;
	t->notes.synack_count = 1;
}

void talk_midstream(struct scene *s, struct talk *t, const char *from, const char *to)
{
	talk_begin(s, t, from, to, 6);
	t->noted = true;
	t->flow.state = FLOW_MIDSTREAM;
	talk_data_both(t);
}

void talk_udp(struct scene *s, struct talk *t, const char *from, const char *to, unsigned count)
{
	talk_begin(s, t, from, to, 17);
	t->noted = true;
	t->flow.state = FLOW_DATAGRAM;
	t->flow.last_ns = t->flow.first_ns + (count - 1) * NS_PER_S;
	sent(t, 0, count);
	t->notes.data.frame[t->end[0]] = t->flow.first_frame;
	t->notes.data.packets[t->end[0]] = count;
}

void talk_data(struct talk *t, unsigned who)
{
	unsigned e = t->end[who];
	struct flow_notes *n = &t->notes;

	sent(t, who, 1);
	if (n->data.frame[e] == 0) {
		n->data.frame[e] = t->flow.first_frame + 10 + who;
		n->data.ns[e] = t->flow.first_ns;
	}
	n->data.packets[e]++;
	n->data.bytes[e] += 40;
	if (t->flow.key.l4 == 6)
		n->acked[e ^ 1u] = true;
}

void talk_data_both(struct talk *t)
{
	talk_data(t, 0);
	talk_data(t, 1);
}

void talk_rst(struct talk *t, unsigned who, uint8_t ttl)
{
	unsigned e = t->end[who];

	t->flow.packets[e]++;
	t->notes.rst_frame = t->flow.first_frame + 20;
	t->notes.rst_ns = t->flow.last_ns;
	t->notes.rst_count[e] = 1;
	t->notes.rst_dir = (uint8_t)e;
	t->notes.rst_ttl = ttl;
	t->notes.rst_refused = t->flow.state == FLOW_SYN_SENT && who == 1;
	t->flow.state = FLOW_RESET;
}

void talk_icmp(struct talk *t, unsigned type, unsigned code, const char *from, unsigned victim)
{
	struct flow_icmp *icmp = &t->notes.icmp;
	struct address_range range;

	CU_ASSERT_EQUAL_FATAL(address_range_parse(from, &range, NULL), 0);
	*icmp = (struct flow_icmp){
		.from = range.lo,
		.frames = { t->flow.first_frame + 30, t->flow.first_frame + 31 },
		.first_ns = t->flow.last_ns,
		.count = 2,
		.version = t->flow.key.ip_version,
		.type = (uint8_t)type,
		.code = (uint8_t)code,
		.victim = t->end[victim],
	};
	icmp->from_peer = address_compare(&icmp->from, &t->flow.key.addr[t->end[victim] ^ 1u]) == 0;
}

static void look(struct talk *t, uint32_t possible)
{
	/* What datagrams do not have is not to be read. */
	memset(&t->ident, 0xff, sizeof(t->ident));
	ident_init(&t->ident, t->flow.key.l4 == 6, t->flow.state == FLOW_MIDSTREAM);
	t->looked = true;
	t->ident.possible = possible;
	t->ident.examined[t->end[0]] = 100;
	t->ident.client = 2;
}

void talk_unknown(struct talk *t, uint32_t possible)
{
	look(t, possible);
}

void talk_app(struct talk *t, enum app app)
{
	look(t, APP_BIT(app));
	t->ident.app = (uint8_t)app;
	t->ident.confidence = CONFIDENCE_STRONG;
	t->ident.seen = APP_BIT(app);
	t->ident.frame[t->end[0]] = t->flow.first_frame + 10;
	if (t->flow.packets[t->end[1]] != 0)
		t->ident.frame[t->end[1]] = t->flow.first_frame + 11;
	if (app == APP_STUN || app == APP_MSTURN || app == APP_TURN)
		t->ident.stun_requests = 1;
}

void talk_app_weak(struct talk *t, enum app app)
{
	talk_app(t, app);
	t->ident.confidence = CONFIDENCE_WEAK;
}

void talk_tls(struct talk *t, enum client_auth auth)
{
	talk_app(t, APP_TLS);
	t->ident.tls.version = 0x0303;
	t->ident.tls.client_auth = (uint8_t)auth;
	t->ident.tls.client_hello = t->ident.tls.server_hello = t->ident.tls.complete = true;
	if (auth == CLIENT_AUTH_PROVEN || auth == CLIENT_AUTH_CLAIMED ||
	    auth == CLIENT_AUTH_DECLINED)
		t->ident.tls.client_cert_frame = t->flow.first_frame + 13;
	t->ident.accepted_frame = t->flow.first_frame + 14;
}

void talk_answer(struct talk *t, enum app app, unsigned code)
{
	t->ident.answer = (struct app_answer){ .frame = t->flow.first_frame + 15,
					       .code = code,
					       .app = (uint8_t)app,
					       .dir = t->end[1] };
}

unsigned scene_judge(struct scene *s, struct talk *t)
{
	struct opinion o;

	judge_form(&o, s->ledger.memo, &t->flow, t->noted ? &t->notes : NULL,
		   t->looked ? &t->ident : NULL);
	CU_ASSERT_FATAL(judge_keep(&s->ledger, &o) >= 0);
	return (unsigned)s->ledger.flow_count - 1;
}

void scene_settle(struct scene *s)
{
	static const struct judge_options options = JUDGE_DEFAULTS;

	CU_ASSERT_EQUAL_FATAL(ledger_settle(&s->ledger, &options), 0);
}

unsigned scene_control(struct scene *s, const char *from, const char *to)
{
	struct talk t;

	talk_tcp(s, &t, from, to);
	talk_data_both(&t);
	return scene_judge(s, &t);
}

struct judged *scene_flow(struct scene *s, unsigned index)
{
	CU_ASSERT_FATAL(index < s->ledger.flow_count);
	return &s->ledger.flows[index];
}

const struct evidence *scene_evidence(struct scene *s, unsigned index, enum evidence_code code)
{
	const struct judged *f = scene_flow(s, index);

	for (unsigned i = 0; i < f->evidence_count; i++)
		if (s->ledger.evidence[f->evidence + i].code == code)
			return &s->ledger.evidence[f->evidence + i];
	CU_FAIL_FATAL("the flow has no such evidence");
	return NULL;
}

static char *answer(struct scene *s)
{
	char *text = s->text[s->text_next++ % ARRAY_SIZE(s->text)];

	text[0] = '\0';
	return text;
}

static void append(char *text, const char *separator, const char *word)
{
	size_t at = strlen(text);

	if (*word != '\0')
		snprintf(text + at, sizeof(((struct scene *)0)->text[0]) - at, "%s%s",
			 at == 0 ? "" : separator, word);
}

/* "d/t/web" -> "web" */
static const char *short_id(const struct row *row)
{
	return strrchr(row->id, '/') + 1;
}

const char *scene_said(struct scene *s, unsigned index)
{
	const struct judged *f = scene_flow(s, index);
	char *text = answer(s);

	append(text, " ", verdict_name((enum verdict)f->verdict));
	append(text, " ", outcome_name((enum outcome)f->outcome));
	append(text, " ", cause_name((enum cause)f->cause));
	append(text, " ", grade_name((enum grade)f->grade));
	return text;
}

const char *scene_rows(struct scene *s, unsigned index)
{
	const struct judged *f = scene_flow(s, index);
	char *text = answer(s);

	for (unsigned i = 0; i < f->row_count; i++)
		append(text, i < f->best_rows ? "=" : ">",
		       short_id(policy_row(s->policy, s->ledger.rows[f->rows + i])));
	return text;
}

const char *scene_near(struct scene *s, unsigned index)
{
	const struct judged *f = scene_flow(s, index);
	char *text = answer(s);

	if (f->nearest < 0)
		return text;
	append(text, "", short_id(policy_row(s->policy, (unsigned)f->nearest)));
	for (unsigned bit = 0; bit < KEY_COUNT; bit++)
		if (f->nearest_differs & 1u << bit)
			append(text, " ", rule_key_name((enum rule_key)(1u << bit)));
	if (f->nearest_reversed)
		append(text, " ", "reversed");
	return text;
}

const char *scene_codes(struct scene *s, unsigned index)
{
	const struct judged *f = scene_flow(s, index);
	char *text = answer(s);

	for (unsigned i = 0; i < f->evidence_count; i++)
		append(text, " ",
		       evidence_name((enum evidence_code)s->ledger.evidence[f->evidence + i].code));
	return text;
}

bool scene_same(const char *got, const char *want)
{
	if (strcmp(got, want) == 0)
		return true;
	printf("\n    got  \"%s\"\n    want \"%s\"", got, want);
	return false;
}

void scene_opinion(struct talk *t, struct opinion *o)
{
	*o = (struct opinion){ .flow = &t->flow,
			       .notes = t->noted ? &t->notes : NULL,
			       .ident = t->looked ? &t->ident : NULL };
	o->judged.key = t->flow.key;
	o->judged.first_frame = t->flow.first_frame;
	o->judged.first_ns = t->flow.first_ns;
	o->judged.initiator = t->end[0];
	o->judged.initiator_by = INITIATOR_SYN;
	o->judged.nearest = -1;
}

void scene_opinion_codes(const struct opinion *o, char *buf, size_t size)
{
	size_t at = 0;

	buf[0] = '\0';
	for (unsigned i = 0; i < o->judged.evidence_count && at < size; i++)
		at += (size_t)snprintf(buf + at, size - at, "%s%s", i == 0 ? "" : " ",
				       evidence_name((enum evidence_code)o->evidence[i].code));
}
