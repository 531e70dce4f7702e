/* The record of one flow: the only one that comes by the million, so numbers go in by hand. */
#include "report/json.h"

#include <string.h>

#include "report/community_id.h"
#include "report/filter.h"
#include "report/reason.h"
#include "report/time.h"

static void word(struct output *out, const char *s)
{
	json_text(out, s, strlen(s));
}

static void address(struct output *out, const struct address *a)
{
	char buf[ADDRESS_TEXT + 2] = "\"";
	size_t n;

	address_text(a, buf + 1);
	n = strlen(buf);
	buf[n++] = '"';
	output_bytes(out, buf, n);
}

static void moment(struct output *out, int64_t ns)
{
	char buf[TIME_EVE_TEXT + 2];

	buf[0] = '"';
	time_eve_text(ns, buf + 1);
	buf[TIME_EVE_TEXT] = '"';
	output_bytes(out, buf, TIME_EVE_TEXT + 1);
}

static void protocol(struct output *out, uint8_t l4)
{
	switch (l4) {
	case 6:
		JSON_LITERAL(out, "\"TCP\"");
		break;
	case 17:
		JSON_LITERAL(out, "\"UDP\"");
		break;
	case 132:
		JSON_LITERAL(out, "\"SCTP\"");
		break;
	default:
		output_printf(out, "\"%u\"", l4);
		break;
	}
}

/* Source first: the end shown as the initiator. */
static void endpoints(struct output *out, const struct judged *flow)
{
	unsigned from = flow->initiator, to = from ^ 1u;

	JSON_LITERAL(out, "\"src_ip\":");
	address(out, &flow->key.addr[from]);
	JSON_LITERAL(out, ",\"src_port\":");
	output_u64(out, flow->key.port[from]);
	JSON_LITERAL(out, ",\"dest_ip\":");
	address(out, &flow->key.addr[to]);
	JSON_LITERAL(out, ",\"dest_port\":");
	output_u64(out, flow->key.port[to]);
	JSON_LITERAL(out, ",\"proto\":");
	protocol(out, flow->key.l4);
}

/* EVE's words for how far the flow got and why it left the table. */
static const char *state_word(const struct judged *flow)
{
	switch ((enum flow_state)flow->state) {
	case FLOW_DATAGRAM:
		return flow->packets[0] > 0 && flow->packets[1] > 0 ? "established" : "new";
	case FLOW_SYN_SENT:
	case FLOW_SYN_ACKED:
		return "new";
	case FLOW_OPEN:
	case FLOW_MIDSTREAM:
		return "established";
	case FLOW_CLOSED:
	case FLOW_RESET:
		break;
	}
	return "closed";
}

static const char *end_word(const struct judged *flow)
{
	switch ((enum flow_end)flow->end) {
	case FLOW_END_CAPTURE:
		return "shutdown";
	case FLOW_END_IDLE:
		return "timeout";
	case FLOW_END_REUSED:
		return "tcp_reuse";
	case FLOW_END_EVICTED:
		break;
	}
	return "forced";
}

static void counts(struct output *out, const struct judged *flow)
{
	unsigned from = flow->initiator, to = from ^ 1u;

	JSON_LITERAL(out, ",\"flow\":{\"pkts_toserver\":");
	output_u64(out, flow->packets[from]);
	JSON_LITERAL(out, ",\"pkts_toclient\":");
	output_u64(out, flow->packets[to]);
	JSON_LITERAL(out, ",\"bytes_toserver\":");
	output_u64(out, flow->bytes[from]);
	JSON_LITERAL(out, ",\"bytes_toclient\":");
	output_u64(out, flow->bytes[to]);
	JSON_LITERAL(out, ",\"start\":");
	moment(out, flow->first_ns);
	JSON_LITERAL(out, ",\"end\":");
	moment(out, flow->last_ns);
	json_name(out, ",\"state\":", state_word(flow));
	json_name(out, ",\"reason\":", end_word(flow));
	JSON_LITERAL(out, "}");
}

/* Roles the site gives an address; the last answers are kept, most flows share few servers. */
static const struct role_set *roles_of(struct json_writer *w, const struct address *addr)
{
	unsigned slot = (addr->b[15] ^ addr->b[14] * 7u ^ addr->b[13] * 31u) % JSON_ROLE_SLOTS;

	if (!w->cache.roles[slot].used || address_compare(&w->cache.roles[slot].addr, addr) != 0) {
		w->cache.roles[slot].used = true;
		w->cache.roles[slot].addr = *addr;
		policy_roles_of(w->ledger->policy, addr, &w->cache.roles[slot].roles);
	}
	return &w->cache.roles[slot].roles;
}

static void roles(struct json_writer *w, const struct address *addr)
{
	const struct policy *policy = w->ledger->policy;
	const struct role_set *set;
	const char *prefix = "";
	unsigned i;

	JSON_LITERAL(w->out, "[");
	if (policy_site_name(policy) != NULL) {
		set = roles_of(w, addr);
		for (i = 0; i < ARRAY_SIZE(set->bits); i++) {
			uint64_t bits = set->bits[i];

			for (; bits != 0; bits &= bits - 1) {
				unsigned role = 64 * i + (unsigned)__builtin_ctzll(bits);

				json_name(w->out, prefix, policy_role_name(policy, role));
				prefix = ",";
			}
		}
	}
	JSON_LITERAL(w->out, "]");
}

static void row_ids(struct json_writer *w, const struct judged *flow)
{
	unsigned i;

	JSON_LITERAL(w->out, "[");
	for (i = 0; i < flow->row_count; i++) {
		const struct row *row =
			policy_row(w->ledger->policy, w->ledger->rows[flow->rows + i]);

		json_name(w->out, i == 0 ? "" : ",", row->id);
	}
	JSON_LITERAL(w->out, "]");
}

/* How the protocol was wrapped, as far as it was seen. */
static const char *tls_word(const struct judged *flow)
{
	if (flow->app == APP_PSEUDO_TLS)
		return "pseudo";
	if (flow->app != APP_TLS && flow->app != APP_DTLS && flow->tls_version == 0)
		return "none";
	if (flow->client_auth == CLIENT_AUTH_CLAIMED || flow->client_auth == CLIENT_AUTH_PROVEN)
		return "mtls";
	return "tls";
}

/* As EVE spells tls.version. */
static const char *tls_version_word(uint16_t version)
{
	static const struct {
		uint16_t version;
		const char *name;
	} names[] = {
		{ 0x0304, "TLS 1.3" },  { 0x0303, "TLS 1.2" },  { 0x0302, "TLS 1.1" },
		{ 0x0301, "TLSv1" },    { 0x0300, "SSLv3" },    { 0xfeff, "DTLS 1.0" },
		{ 0xfefd, "DTLS 1.2" }, { 0xfefc, "DTLS 1.3" },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++)
		if (names[i].version == version)
			return names[i].name;
	return NULL;
}

static void tls_details(struct json_writer *w, const struct judged *flow)
{
	const char *version = tls_version_word(flow->tls_version);

	if (version != NULL)
		json_name(w->out, ",\"tls_version\":", version);
	else if (flow->tls_version != 0)
		output_printf(w->out, ",\"tls_version\":\"0x%04x\"", flow->tls_version);
	if (flow->app == APP_TLS || flow->tls_version != 0)
		json_name(w->out, ",\"client_auth\":",
			  client_auth_name((enum client_auth)flow->client_auth));
	if (flow->sni != 0)
		json_name(w->out, ",\"sni\":", w->ledger->text + flow->sni);
	if (flow->alpn != 0)
		json_name(w->out, ",\"alpn\":", w->ledger->text + flow->alpn);
}

/* "3.1.1", "2.1": the nibbles of a revision, but for a last one of 0 (MS-SMB2 2.2.4). */
static void smb_dialect(struct output *out, unsigned dialect)
{
	output_printf(out, ",\"smb_dialect\":\"%u.%u", dialect >> 8, dialect >> 4 & 0xf);
	if ((dialect & 0xf) != 0)
		output_printf(out, ".%u", dialect & 0xf);
	JSON_LITERAL(out, "\"");
}

static const struct clue *clue_of(const struct json_writer *w, const struct judged *flow,
				  unsigned i)
{
	return &w->ledger->clues[flow->clues + i];
}

/* The interface that was bound, and the ports that were given out. */
static void rpc_details(struct json_writer *w, const struct judged *flow)
{
	const char *prefix = ",\"rpc_ports\":[";
	unsigned i;

	for (i = 0; i < flow->clue_count; i++) {
		const struct clue *clue = clue_of(w, flow, i);

		if (clue->kind == CLUE_RPC_INTERFACE)
			json_name(w->out, ",\"rpc_interface\":",
				  rpc_interface_name((enum rpc_interface)clue->value));
	}
	for (i = 0; i < flow->clue_count; i++) {
		const struct clue *clue = clue_of(w, flow, i);

		if (clue->kind != CLUE_RPC_PORT)
			continue;
		output_printf(w->out, "%s%u", prefix, (unsigned)clue->value);
		prefix = ",";
	}
	if (prefix[1] == '\0')
		JSON_LITERAL(w->out, "]");
}

static void stream_details(struct json_writer *w, const struct judged *flow)
{
	enum application hidden = ledger_hidden_application(w->ledger, flow);
	unsigned i;

	if (hidden != APPLICATION_UNSPECIFIED)
		json_name(w->out, ",\"consistent_with\":", application_name(hidden));
	for (i = 0; i < flow->clue_count; i++)
		if (clue_of(w, flow, i)->kind == CLUE_SMB_DIALECT)
			smb_dialect(w->out, (unsigned)clue_of(w, flow, i)->value);
	rpc_details(w, flow);
}

static void identified(struct json_writer *w, const struct judged *flow)
{
	uint64_t a = MIN(flow->ident_frame[0], flow->ident_frame[1]);
	uint64_t b = MAX(flow->ident_frame[0], flow->ident_frame[1]);
	enum protocol_fit fit =
		flow->verdict == VERDICT_MISMATCH ? FIT_CONTRADICTED : (enum protocol_fit)flow->fit;
	struct output *out = w->out;

	json_name(out, ",\"identified\":{\"proto\":",
		  flow->app == APP_NONE ? "unknown" : app_name((enum app)flow->app));
	json_name(out, ",\"tls\":", tls_word(flow));
	json_name(out, ",\"confidence\":", protocol_fit_name(fit));
	JSON_LITERAL(out, ",\"frames\":[");
	if (a != 0 && a != b) {
		output_u64(out, a);
		JSON_LITERAL(out, ",");
	}
	if (b != 0)
		output_u64(out, b);
	JSON_LITERAL(out, "]");
	tls_details(w, flow);
	json_media(w, flow);
	stream_details(w, flow);
	if (flow->name != 0) {
		json_name(out, ",\"name\":", w->ledger->text + flow->name);
		JSON_LITERAL(out, ",\"named_by\":\"ndpi\"");
	}
	JSON_LITERAL(out, "}");
}

/* Sentences repeat from flow to flow: the last one of each code is kept. */
static void detail(struct json_writer *w, const struct evidence *e)
{
	size_t size = sizeof(w->cache.details[0].text);

	if (w->cache.details[e->code].len == 0 || w->cache.details[e->code].count != e->count ||
	    w->cache.details[e->code].value != e->value ||
	    w->cache.details[e->code].value2 != e->value2 ||
	    address_compare(&w->cache.details[e->code].from, &e->from) != 0) {
		w->cache.details[e->code].count = e->count;
		w->cache.details[e->code].value = e->value;
		w->cache.details[e->code].value2 = e->value2;
		w->cache.details[e->code].from = e->from;
		evidence_text(e, w->cache.details[e->code].text, size);
		w->cache.details[e->code].len = (uint32_t)strlen(w->cache.details[e->code].text);
	}
	json_text(w->out, w->cache.details[e->code].text, w->cache.details[e->code].len);
}

/* "frames":[1,2]; where they are numbers of another file it is named. */
static void frames_of(struct json_writer *w, const struct evidence *e)
{
	unsigned i;

	JSON_LITERAL(w->out, "\"frames\":[");
	for (i = 0; i < FLOW_FRAMES && e->frames[i] != 0; i++) {
		if (i > 0)
			JSON_LITERAL(w->out, ",");
		output_u64(w->out, e->frames[i]);
	}
	JSON_LITERAL(w->out, "]");
	if (e->elsewhere != 0)
		json_name(w->out,
			  ",\"pcap_filename\":", w->ledger->captures[e->elsewhere - 1].name);
}

static void evidence(struct json_writer *w, const struct judged *flow)
{
	struct output *out = w->out;
	unsigned i;

	JSON_LITERAL(out, ",\"evidence\":[");
	for (i = 0; i < flow->evidence_count; i++) {
		const struct evidence *e = &w->ledger->evidence[flow->evidence + i];

		json_name(out, i == 0 ? "{\"code\":" : ",{\"code\":",
			  evidence_name((enum evidence_code)e->code));
		JSON_LITERAL(out, ",");
		frames_of(w, e);
		JSON_LITERAL(out, ",\"count\":");
		output_u64(out, e->count);
		JSON_LITERAL(out, ",\"detail\":");
		detail(w, e);
		JSON_LITERAL(out, "}");
	}
	JSON_LITERAL(out, "]");
}

static void control(struct json_writer *w, const struct judged *flow)
{
	const struct judged *other;

	if (flow->control_kind == CONTROL_NONE || flow->control >= w->ledger->flow_count)
		return;
	other = &w->ledger->flows[flow->control];
	json_name(w->out,
		  ",\"control\":{\"kind\":", control_name((enum control_kind)flow->control_kind));
	/* Frame numbers are per file. */
	if (other->input != flow->input)
		json_name(w->out, ",\"pcap_filename\":", w->ledger->captures[other->input].name);
	JSON_LITERAL(w->out, ",\"pcap_cnt\":");
	output_u64(w->out, other->first_frame);
	JSON_LITERAL(w->out, ",");
	endpoints(w->out, other);
	JSON_LITERAL(w->out, "}");
}

static void nearest(struct json_writer *w, const struct judged *flow)
{
	const struct row *row = ledger_nearest_row(w->ledger, flow);
	char sentence[512];
	const char *prefix = "";
	unsigned i;

	if (row == NULL)
		return;
	json_name(w->out, ",\"nearest\":{\"row\":", row->id);
	JSON_LITERAL(w->out, ",\"differs\":[");
	for (i = 0; i < KEY_COUNT; i++) {
		if ((flow->nearest_differs & 1u << i) == 0)
			continue;
		json_name(w->out, prefix, rule_key_name((enum rule_key)(1u << i)));
		prefix = ",";
	}
	JSON_LITERAL(w->out, "],\"text\":");
	ledger_nearest_text(w->ledger, flow, sentence, sizeof(sentence));
	word(w->out, sentence);
	JSON_LITERAL(w->out, "}");
}

/* Why, in the sentence that the text report leads with; and how to see it in Wireshark. */
static void reason(struct json_writer *w, const struct judged *flow)
{
	const struct evidence *e = reason_of(w->ledger, flow);
	const struct evidence first = { .frames = { flow->first_frame } };
	char sentence[REASON_TEXT], filter[FILTER_TEXT];

	if (flow->verdict == VERDICT_EXPECTED)
		return;
	JSON_LITERAL(w->out, ",\"reason\":{\"text\":");
	if (e != NULL) {
		detail(w, e);
	} else {
		reason_text(w->ledger, flow, sentence);
		word(w->out, sentence);
	}
	JSON_LITERAL(w->out, ",");
	frames_of(w, e != NULL && e->frames[0] != 0 ? e : &first);
	JSON_LITERAL(w->out, "},\"filter\":\"");
	output_bytes(w->out, filter, filter_flow_text(flow, filter));
	JSON_LITERAL(w->out, "\"");
}

static void opening(struct json_writer *w, const struct judged *flow)
{
	struct output *out = w->out;
	char id[COMMUNITY_ID_TEXT];

	JSON_LITERAL(out, "{\"timestamp\":");
	moment(out, flow->first_ns);
	JSON_LITERAL(out, ",\"event_type\":\"flow\",\"pcap_filename\":");
	word(out, w->ledger->captures[flow->input].name);
	JSON_LITERAL(out, ",\"pcap_cnt\":");
	output_u64(out, flow->first_frame);
	JSON_LITERAL(out, ",");
	endpoints(out, flow);
	JSON_LITERAL(out, ",\"ip_v\":");
	output_u64(out, flow->key.ip_version);
	if (flow->vlan != 0) {
		JSON_LITERAL(out, ",\"vlan\":[");
		output_u64(out, flow->vlan);
		JSON_LITERAL(out, "]");
	}
	JSON_LITERAL(out, ",\"community_id\":\"");
	community_id_text(&flow->key, id);
	output_bytes(out, id, COMMUNITY_ID_TEXT - 1);
	JSON_LITERAL(out, "\"");
	/* EVE's word for bytes that were looked at and fit nothing. */
	if (flow->app != APP_NONE)
		json_name(out, ",\"app_proto\":", app_name((enum app)flow->app));
	else if (flow->examined)
		JSON_LITERAL(out, ",\"app_proto\":\"failed\"");
	counts(out, flow);
}

void json_flow(struct json_writer *w, const struct judged *flow)
{
	struct output *out = w->out;
	unsigned from = flow->initiator, to = from ^ 1u;

	opening(w, flow);
	json_name(out,
		  ",\"initiator_by\":", initiator_by_name((enum initiator_by)flow->initiator_by));
	JSON_LITERAL(out, ",\"src_role\":");
	roles(w, &flow->key.addr[from]);
	JSON_LITERAL(out, ",\"dest_role\":");
	roles(w, &flow->key.addr[to]);
	json_name(out, ",\"verdict\":", verdict_name((enum verdict)flow->verdict));
	JSON_LITERAL(out, ",\"documented\":");
	row_ids(w, flow);
	if (flow->best_rows > 1) {
		JSON_LITERAL(out, ",\"equal_rank\":");
		output_u64(out, flow->best_rows);
	}
	json_name(out, ",\"outcome\":", outcome_name((enum outcome)flow->outcome));
	if (flow->verdict == VERDICT_BLOCKED) {
		json_name(out, ",\"cause\":", cause_name((enum cause)flow->cause));
		json_name(out, ",\"grade\":", grade_name((enum grade)flow->grade));
	}
	reason(w, flow);
	identified(w, flow);
	evidence(w, flow);
	control(w, flow);
	nearest(w, flow);
	JSON_LITERAL(out, "}\n");
}
