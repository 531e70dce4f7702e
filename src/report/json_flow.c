/* The record of one flow: the only one that comes by the million. */
#include <stdio.h>

#include "report/community_id.h"
#include "report/filter.h"
#include "report/json.h"
#include "report/reason.h"
#include "report/time.h"

static void moment(struct json_writer *w, struct token *token, int64_t ns)
{
	time_eve_text(&w->cache.day, ns, token->text);
	token->len = TIME_EVE_TEXT - 1;
}

static char *put_protocol(char *to, uint8_t l4)
{
	switch (l4) {
	case 6:
		return PUT(to, "\"TCP\"");
	case 17:
		return PUT(to, "\"UDP\"");
	case 132:
		return PUT(to, "\"SCTP\"");
	default:
		to = PUT(to, "\"");
		to = digits_u64(to, l4);
		return PUT(to, "\"");
	}
}

/* Source first: the end shown as the initiator. */
static char *put_endpoints(char *to, const struct filter_end ends[static 2], uint8_t l4)
{
	to = PUT(to, "\"src_ip\":\"");
	to = put_token(to, ends[0].address);
	to = PUT(to, "\",\"src_port\":");
	to = put_token(to, &ends[0].port);
	to = PUT(to, ",\"dest_ip\":\"");
	to = put_token(to, ends[1].address);
	to = PUT(to, "\",\"dest_port\":");
	to = put_token(to, &ends[1].port);
	to = PUT(to, ",\"proto\":");
	return put_protocol(to, l4);
}

/* EVE's words for how far the flow got and why it left the table. */
static const struct token *state_word(const struct judged *flow)
{
	static const struct token fresh = TOKEN("\"new\""), closed = TOKEN("\"closed\""),
				  established = TOKEN("\"established\"");

	switch ((enum flow_state)flow->state) {
	case FLOW_DATAGRAM:
		return flow->packets[0] > 0 && flow->packets[1] > 0 ? &established : &fresh;
	case FLOW_SYN_SENT:
	case FLOW_SYN_ACKED:
		return &fresh;
	case FLOW_OPEN:
	case FLOW_MIDSTREAM:
		return &established;
	case FLOW_CLOSED:
	case FLOW_RESET:
		break;
	}
	return &closed;
}

static const struct token *end_word(const struct judged *flow)
{
	static const struct token shutdown = TOKEN("\"shutdown\""), timeout = TOKEN("\"timeout\""),
				  reuse = TOKEN("\"tcp_reuse\""), forced = TOKEN("\"forced\""),
				  active = TOKEN("\"active\"");

	if (flow->alive)
		return &active;
	switch ((enum flow_end)flow->end) {
	case FLOW_END_CAPTURE:
		return &shutdown;
	case FLOW_END_IDLE:
		return &timeout;
	case FLOW_END_REUSED:
		return &reuse;
	case FLOW_END_EVICTED:
		break;
	}
	return &forced;
}

static char *put_counts(char *to, const struct judged *flow, const struct token *start,
			const struct token *end)
{
	unsigned from = flow->initiator, back = from ^ 1u;

	to = PUT(to, ",\"flow\":{\"pkts_toserver\":");
	to = digits_u64(to, flow->packets[from]);
	to = PUT(to, ",\"pkts_toclient\":");
	to = digits_u64(to, flow->packets[back]);
	to = PUT(to, ",\"bytes_toserver\":");
	to = digits_u64(to, flow->bytes[from]);
	to = PUT(to, ",\"bytes_toclient\":");
	to = digits_u64(to, flow->bytes[back]);
	to = PUT(to, ",\"start\":\"");
	to = put_token(to, start);
	to = PUT(to, "\",\"end\":\"");
	to = put_token(to, end);
	to = PUT(to, "\",\"state\":");
	to = put_token(to, state_word(flow));
	to = PUT(to, ",\"reason\":");
	to = put_token(to, end_word(flow));
	return PUT(to, "}");
}

/* Whoever is asked for after it may take their places. */
static void find_ends(struct json_writer *w, const struct judged *flow,
		      const struct json_host *hosts[static 2], struct filter_end ends[static 2])
{
	unsigned side;

	for (side = 0; side < 2; side++) {
		unsigned end = flow->initiator ^ side;

		hosts[side] = json_host(w, side, &flow->key.addr[end]);
		ends[side].address = &hosts[side]->text;
		token_number(&ends[side].port, flow->key.port[end]);
	}
}

/* Keys that begin with where and when, up to what the flow carried. */
static void opening(struct json_writer *w, const struct judged *flow,
		    const struct filter_end ends[static 2])
{
	struct token start, end;
	char *to = draft_room(&w->draft);

	moment(w, &start, flow->first_ns);
	moment(w, &end, flow->last_ns);
	to = PUT(to, "{\"timestamp\":\"");
	to = put_token(to, &start);
	w->draft.at = PUT(to, "\",\"event_type\":\"flow\",\"pcap_filename\":");
	json_input(w, flow->input);
	to = draft_room(&w->draft);
	to = PUT(to, ",\"pcap_cnt\":");
	to = digits_u64(to, flow->first_frame);
	to = PUT(to, ",");
	to = put_endpoints(to, ends, flow->key.l4);
	to = PUT(to, ",\"ip_v\":");
	to = digits_u64(to, flow->key.ip_version);
	if (flow->vlan != 0) {
		to = PUT(to, ",\"vlan\":[");
		to = digits_u64(to, flow->vlan);
		to = PUT(to, "]");
	}
	to = PUT(to, ",\"community_id\":\"");
	community_id_text(&flow->key, to);
	to = PUT(to + COMMUNITY_ID_TEXT - 1, "\"");
	/* EVE's word for bytes that were looked at and fit nothing. */
	if (flow->app != APP_NONE) {
		to = PUT(to, ",\"app_proto\":");
		to = put_token(to, &w->words.app[flow->app]);
	} else if (flow->examined) {
		to = PUT(to, ",\"app_proto\":\"failed\"");
	}
	w->draft.at = put_counts(to, flow, &start, &end);
}

static void judgement(struct json_writer *w, const struct judged *flow,
		      const struct json_host *const hosts[static 2])
{
	struct draft *d = &w->draft;
	char *to = draft_room(d);

	to = PUT(to, ",\"initiator_by\":");
	to = put_token(to, &w->words.initiator_by[flow->initiator_by]);
	d->at = PUT(to, ",\"src_role\":");
	json_roles(w, hosts[0]);
	DRAFT_LITERAL(d, ",\"dest_role\":");
	json_roles(w, hosts[1]);
	to = draft_room(d);
	to = PUT(to, ",\"verdict\":");
	to = put_token(to, &w->words.verdict[flow->verdict]);
	d->at = PUT(to, ",\"documented\":");
	json_rows(w, flow);
	to = draft_room(d);
	if (flow->best_rows > 1) {
		to = PUT(to, ",\"equal_rank\":");
		to = digits_u64(to, flow->best_rows);
	}
	to = PUT(to, ",\"outcome\":");
	to = put_token(to, &w->words.outcome[flow->outcome]);
	if (flow->verdict == VERDICT_BLOCKED) {
		to = PUT(to, ",\"cause\":");
		to = put_token(to, &w->words.cause[flow->cause]);
		to = PUT(to, ",\"grade\":");
		to = put_token(to, &w->words.grade[flow->grade]);
	}
	d->at = to;
}

/* "frames":[1,2] */
static char *put_frames(char *to, const struct evidence *e)
{
	unsigned i;

	to = PUT(to, "\"frames\":[");
	for (i = 0; i < FLOW_FRAMES && e->frames[i] != 0; i++) {
		if (i > 0)
			to = PUT(to, ",");
		to = digits_u64(to, e->frames[i]);
	}
	return PUT(to, "]");
}

/* Where frames are numbers of another file it is named. */
static void elsewhere(struct json_writer *w, const struct evidence *e)
{
	if (e->elsewhere == 0)
		return;
	DRAFT_LITERAL(&w->draft, ",\"pcap_filename\":");
	json_input(w, e->elsewhere - 1u);
}

static void evidence(struct json_writer *w, const struct judged *flow)
{
	struct draft *d = &w->draft;
	unsigned i;
	char *to;

	DRAFT_LITERAL(d, ",\"evidence\":[");
	for (i = 0; i < flow->evidence_count; i++) {
		const struct evidence *e = &w->ledger->evidence[flow->evidence + i];

		to = draft_room(d);
		if (i > 0)
			to = PUT(to, ",");
		to = PUT(to, "{\"code\":");
		to = put_token(to, &w->words.evidence[e->code]);
		to = PUT(to, ",");
		d->at = put_frames(to, e);
		elsewhere(w, e);
		to = draft_room(d);
		to = PUT(to, ",\"count\":");
		to = digits_u64(to, e->count);
		d->at = PUT(to, ",\"detail\":");
		json_detail(w, e);
		DRAFT_LITERAL(d, "}");
	}
	DRAFT_LITERAL(d, "]");
}

static void control(struct json_writer *w, const struct judged *flow)
{
	const struct json_host *hosts[2];
	const struct judged *other;
	struct draft *d = &w->draft;
	struct filter_end ends[2];
	char *to;

	if (flow->control_kind == CONTROL_NONE || flow->control >= w->ledger->flow_count)
		return;
	other = &w->ledger->flows[flow->control];
	find_ends(w, other, hosts, ends);
	draft_name(d,
		   ",\"control\":{\"kind\":", control_name((enum control_kind)flow->control_kind));
	/* Frame numbers are per file. */
	if (other->input != flow->input)
		draft_name(d, ",\"pcap_filename\":", w->ledger->captures[other->input].name);
	draft_number(d, ",\"pcap_cnt\":", other->first_frame);
	to = draft_room(d);
	to = PUT(to, ",");
	to = put_endpoints(to, ends, other->key.l4);
	d->at = PUT(to, "}");
}

static void nearest(struct json_writer *w, const struct judged *flow, const char *sentence)
{
	const struct row *row = ledger_nearest_row(w->ledger, flow);
	struct draft *d = &w->draft;
	const char *prefix = "";
	unsigned i;

	draft_name(d, ",\"nearest\":{\"row\":", row->id);
	DRAFT_LITERAL(d, ",\"differs\":[");
	for (i = 0; i < KEY_COUNT; i++) {
		if ((flow->nearest_differs & 1u << i) == 0)
			continue;
		draft_name(d, prefix, rule_key_name((enum rule_key)(1u << i)));
		prefix = ",";
	}
	draft_name(d, "],\"text\":", sentence);
	DRAFT_LITERAL(d, "}");
}

/*
 * Why, in the sentence that the text report leads with, which may be that of the
 * nearest row; and how to see it in Wireshark.
 */
static void reason(struct json_writer *w, const struct judged *flow,
		   const struct filter_end ends[static 2], const char *nearest_sentence)
{
	const struct evidence *e = reason_of(w->ledger, flow);
	const struct evidence first = { .frames = { flow->first_frame } };
	struct draft *d = &w->draft;
	char sentence[REASON_TEXT], *to;

	DRAFT_LITERAL(d, ",\"reason\":{\"text\":");
	if (e != NULL) {
		json_detail(w, e);
	} else if (flow->verdict == VERDICT_UNEXPECTED && *nearest_sentence != '\0') {
		draft_text(d, nearest_sentence);
	} else {
		reason_text(w->ledger, flow, sentence);
		draft_text(d, sentence);
	}
	if (e == NULL || e->frames[0] == 0)
		e = &first;
	to = draft_room(d);
	to = PUT(to, ",");
	d->at = put_frames(to, e);
	elsewhere(w, e);
	to = draft_room(d);
	static_assert(FILTER_ROOM + sizeof("},\"filter\":\"\"") <= DRAFT_ROOM, "a filter fits");
	to = PUT(to, "},\"filter\":\"");
	to = filter_flow_text(to, flow, ends);
	d->at = PUT(to, "\"");
}

/* Of a live run: the flow goes on, or was told to have another verdict. */
static void live(struct draft *d, const struct judged *flow)
{
	if (flow->alive)
		DRAFT_LITERAL(d, ",\"alive\":true");
	if (flow->told != 0 && flow->told != flow->verdict + 1u)
		draft_name(d, ",\"revises\":", verdict_name((enum verdict)(flow->told - 1)));
}

void json_flow(struct json_writer *w, const struct judged *flow)
{
	const struct json_host *hosts[2];
	struct filter_end ends[2];
	char sentence[REASON_TEXT];

	sentence[0] = '\0';
	find_ends(w, flow, hosts, ends);
	opening(w, flow, ends);
	judgement(w, flow, hosts);
	if (flow->nearest >= 0)
		ledger_nearest_text(w->ledger, flow, sentence, sizeof(sentence));
	if (flow->verdict != VERDICT_EXPECTED)
		reason(w, flow, ends, sentence);
	json_identified(w, flow);
	evidence(w, flow);
	control(w, flow);
	if (flow->nearest >= 0)
		nearest(w, flow, sentence);
	if (FA_UNLIKELY(flow->alive || flow->told != 0))
		live(&w->draft, flow);
	DRAFT_LITERAL(&w->draft, "}\n");
}
