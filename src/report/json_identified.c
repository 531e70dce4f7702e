/* What was identified in a flow, and what is known of it beside its name. */
#include <stdio.h>

#include "report/json.h"

/* How the protocol was wrapped, as far as it was seen. */
static const struct token *tls_word(const struct judged *flow)
{
	static const struct token none = TOKEN("\"none\""), tls = TOKEN("\"tls\""),
				  mtls = TOKEN("\"mtls\""), pseudo = TOKEN("\"pseudo\"");

	if (flow->app == APP_PSEUDO_TLS)
		return &pseudo;
	if (flow->app != APP_TLS && flow->app != APP_DTLS && flow->tls_version == 0)
		return &none;
	if (flow->client_auth == CLIENT_AUTH_CLAIMED || flow->client_auth == CLIENT_AUTH_PROVEN)
		return &mtls;
	return &tls;
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

static void version_number(struct draft *d, unsigned version)
{
	char text[8];

	snprintf(text, sizeof(text), "0x%04x", version);
	draft_name(d, ",\"tls_version\":", text);
}

static void tls_details(struct json_writer *w, const struct judged *flow)
{
	const char *version;

	if (flow->tls_version != 0) {
		version = tls_version_word(flow->tls_version);
		if (version != NULL)
			draft_name(&w->draft, ",\"tls_version\":", version);
		else
			version_number(&w->draft, flow->tls_version);
	}
	if (flow->app == APP_TLS || flow->tls_version != 0)
		draft_name(&w->draft, ",\"client_auth\":",
			   client_auth_name((enum client_auth)flow->client_auth));
	if (flow->sni != 0)
		draft_name(&w->draft, ",\"sni\":", w->ledger->text + flow->sni);
	if (flow->alpn != 0)
		draft_name(&w->draft, ",\"alpn\":", w->ledger->text + flow->alpn);
}

/* "3.1.1", "2.1": the nibbles of a revision, but for a last one of 0 (MS-SMB2 2.2.4). */
static void smb_dialect(struct draft *d, unsigned dialect)
{
	draft_number(d, ",\"smb_dialect\":\"", dialect >> 8);
	draft_number(d, ".", dialect >> 4 & 0xf);
	if ((dialect & 0xf) != 0)
		draft_number(d, ".", dialect & 0xf);
	DRAFT_LITERAL(d, "\"");
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
			draft_name(&w->draft, ",\"rpc_interface\":",
				   rpc_interface_name((enum rpc_interface)clue->value));
	}
	for (i = 0; i < flow->clue_count; i++) {
		const struct clue *clue = clue_of(w, flow, i);

		if (clue->kind != CLUE_RPC_PORT)
			continue;
		draft_number(&w->draft, prefix, clue->value);
		prefix = ",";
	}
	if (prefix[1] == '\0')
		DRAFT_LITERAL(&w->draft, "]");
}

static void stream_details(struct json_writer *w, const struct judged *flow)
{
	enum application hidden = ledger_hidden_application(w->ledger, flow);
	unsigned i;

	if (hidden != APPLICATION_UNSPECIFIED)
		draft_name(&w->draft, ",\"consistent_with\":", application_name(hidden));
	for (i = 0; i < flow->clue_count; i++)
		if (clue_of(w, flow, i)->kind == CLUE_SMB_DIALECT)
			smb_dialect(&w->draft, (unsigned)clue_of(w, flow, i)->value);
	rpc_details(w, flow);
}

/* ,"identified":{"proto":"sip","tls":"none","confidence":"strong","frames":[3,4] */
static void name_and_frames(struct json_writer *w, const struct judged *flow)
{
	uint64_t a = MIN(flow->ident_frame[0], flow->ident_frame[1]);
	uint64_t b = MAX(flow->ident_frame[0], flow->ident_frame[1]);
	unsigned fit = flow->verdict == VERDICT_MISMATCH ? FIT_CONTRADICTED : flow->fit;
	char *to = draft_room(&w->draft);

	to = PUT(to, ",\"identified\":{\"proto\":");
	to = put_token(to, &w->words.app[flow->app]);
	to = PUT(to, ",\"tls\":");
	to = put_token(to, tls_word(flow));
	to = PUT(to, ",\"confidence\":");
	to = put_token(to, &w->words.fit[fit]);
	to = PUT(to, ",\"frames\":[");
	if (a != 0 && a != b) {
		to = digits_u64(to, a);
		to = PUT(to, ",");
	}
	if (b != 0)
		to = digits_u64(to, b);
	w->draft.at = PUT(to, "]");
}

void json_identified(struct json_writer *w, const struct judged *flow)
{
	struct draft *d = &w->draft;

	name_and_frames(w, flow);
	tls_details(w, flow);
	if (flow->clue_count != 0)
		json_media(w, flow);
	stream_details(w, flow);
	if (flow->name != 0) {
		draft_name(d, ",\"name\":", w->ledger->text + flow->name);
		DRAFT_LITERAL(d, ",\"named_by\":\"ndpi\"");
	}
	DRAFT_LITERAL(d, "}");
}
