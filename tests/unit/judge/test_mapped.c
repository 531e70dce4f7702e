/* Ports that the endpoint mapper gave out (judge/mapped.c). */
#include "judge/scene.h"

static const char rows[] =
	"- {id: d/t/rpc, l4: tcp, proto: dcom-rpc, from: client, to: server, dport: 135, need: "
	"required}\n"
	"- {id: d/t/media, l4: [tcp, udp], proto: media-audio, from: unspecified, to: server, "
	"dport: 49152-57500, need: required, twoway: anchored}\n"
	"- {id: d/t/wide, l4: [tcp, udp], proto: media-audio, from: client, to: unspecified, "
	"sport: 1024-65535, need: required, twoway: anchored}\n"
	"- {id: d/t/web, l4: tcp, proto: http/none, from: client, to: server, dport: 80, need: "
	"required}\n";

static struct scene s;

static void begin(void)
{
	scene_open(&s, rows, NULL);
}

/* A dialogue with the mapper that gave out a port; 0: none. */
static unsigned mapper(const char *from, const char *to, unsigned port)
{
	struct talk t;

	talk_tcp(&s, &t, from, to);
	talk_data_both(&t);
	talk_app(&t, APP_DCERPC);
	t.ident.rpc.interface = RPC_ENDPOINT_MAPPER;
	t.ident.rpc.port[0] = (uint16_t)port;
	t.ident.rpc.ports_frame = t.flow.first_frame + 12;
	return scene_judge(&s, &t);
}

static unsigned speaks(const char *from, const char *to, enum app app)
{
	struct talk t;

	talk_tcp(&s, &t, from, to);
	talk_data_both(&t);
	if (app == APP_NONE)
		talk_unknown(&t, APP_BIT(APP_DCERPC) | APP_BIT(APP_RTP));
	else
		talk_app(&t, app);
	return scene_judge(&s, &t);
}

static void a_port_that_was_given_out_is_documented(void)
{
	const struct evidence *e;
	unsigned flow;

	begin();
	mapper(CLIENT ":40001", SERVER ":135", 49724);
	flow = speaks(CLIENT ":40002", SERVER ":49724", APP_DCERPC);
	scene_settle(&s);
	SAID(&s, flow, "expected established", "rpc", "rpc_mapped");
	e = scene_evidence(&s, flow, EVIDENCE_RPC_MAPPED);
	CU_ASSERT_EQUAL(e->value, 49724);
	CU_ASSERT_EQUAL(e->frames[0], 13);
	CU_ASSERT_EQUAL(e->elsewhere, 0);
	CU_ASSERT_EQUAL(address_compare(&e->from, &scene_flow(&s, flow)->key.addr[1]), 0);
	CU_ASSERT_EQUAL(scene_flow(&s, flow)->fit, FIT_STRONG);
	scene_close(&s);
}

/*
 * Without the mapper's answer the media range is all there is: what speaks RPC in it is not
 * documented, and no media gone wrong; what is silent may be media.
 */
static void without_an_answer_rpc_is_not_documented(void)
{
	unsigned flow, silent;
	struct talk t;

	begin();
	mapper(CLIENT ":40001", SERVER ":135", 0);
	flow = speaks(CLIENT ":40002", SERVER ":49724", APP_DCERPC);
	talk_syn(&s, &t, CLIENT ":40003", SERVER ":49724", 3);
	silent = scene_judge(&s, &t);
	scene_settle(&s);
	SAID(&s, flow, "unexpected established", "rpc dport", "");
	SAID(&s, silent, "blocked no_reply unknown likely", "media",
	     "syn_unanswered peer_unverified protocol_unverified");
	scene_close(&s);
}

static void who_asked_what_and_when_must_fit(void)
{
	unsigned early, other_client, other_server, other_port;

	begin();
	early = speaks(CLIENT ":40000", SERVER ":49724", APP_DCERPC);
	mapper(CLIENT ":40001", SERVER ":135", 49724);
	other_client = speaks(CLIENT_2 ":40002", SERVER ":49724", APP_DCERPC);
	other_server = speaks(CLIENT ":40003", SERVER_2 ":49724", APP_DCERPC);
	other_port = speaks(CLIENT ":40004", SERVER ":49725", APP_DCERPC);
	scene_settle(&s);
	SAME(scene_said(&s, early), "unexpected established");
	SAME(scene_said(&s, other_client), "unexpected established");
	SAME(scene_said(&s, other_server), "unexpected established");
	SAME(scene_said(&s, other_port), "unexpected established");
	scene_close(&s);
}

/* A mapper that is no documented one documents nothing. */
static void only_a_documented_mapper_counts(void)
{
	unsigned flow;

	begin();
	mapper(CLIENT ":40001", SERVER ":136", 49724);
	flow = speaks(CLIENT ":40002", SERVER ":49724", APP_DCERPC);
	scene_settle(&s);
	SAME(scene_said(&s, flow), "unexpected established");
	scene_close(&s);
}

/* The classic block of the RPC range: the mapper answers, the port does not. */
static void a_silent_or_refused_port_is_blocked(void)
{
	unsigned control, silent, reset, wide;
	struct talk t;

	begin();
	scene_control(&s, CLIENT ":39999", SERVER ":80");
	control = mapper(CLIENT ":40001", SERVER ":135", 49724);
	mapper(CLIENT ":40002", SERVER ":135", 62000);
	talk_syn(&s, &t, CLIENT ":40003", SERVER ":49724", 3);
	silent = scene_judge(&s, &t);
	talk_syn(&s, &t, CLIENT ":40004", SERVER ":49724", 1);
	talk_rst(&t, 1, t.flow.ttl[t.end[1]]);
	reset = scene_judge(&s, &t);
	/* A port that no narrow row covers: it would be a rejected probe. */
	talk_syn(&s, &t, CLIENT ":40005", SERVER ":62000", 3);
	wide = scene_judge(&s, &t);
	scene_settle(&s);
	SAID(&s, silent, "blocked no_reply network likely", "rpc",
	     "syn_unanswered rpc_mapped protocol_unverified");
	CU_ASSERT_EQUAL(scene_flow(&s, silent)->control, control);
	CU_ASSERT_EQUAL(scene_flow(&s, silent)->control_kind, CONTROL_SAME_PAIR);
	SAME(scene_rows(&s, reset), "rpc");
	CU_ASSERT_EQUAL(scene_flow(&s, reset)->verdict, VERDICT_BLOCKED);
	CU_ASSERT_EQUAL(scene_flow(&s, reset)->cause, CAUSE_HOST);
	SAID(&s, wide, "blocked no_reply network likely", "rpc",
	     "syn_unanswered rpc_mapped protocol_unverified");
	scene_close(&s);
}

static void another_protocol_on_the_port_is_not_documented(void)
{
	unsigned http, unknown, ruled_out;
	struct talk t;

	begin();
	mapper(CLIENT ":40001", SERVER ":135", 49724);
	http = speaks(CLIENT ":40002", SERVER ":49724", APP_HTTP);
	unknown = speaks(CLIENT ":40003", SERVER ":49724", APP_NONE);
	talk_tcp(&s, &t, CLIENT ":40004", SERVER ":49724");
	talk_data_both(&t);
	talk_unknown(&t, 0);
	ruled_out = scene_judge(&s, &t);
	scene_settle(&s);
	SAID(&s, http, "mismatch established", "media>wide",
	     "peer_unverified protocol_contradicted");
	SAID(&s, unknown, "expected established", "rpc", "rpc_mapped protocol_unverified");
	SAME(scene_said(&s, ruled_out), "mismatch established");
	scene_close(&s);
}

/* Files of one capture are one; other captures are not. */
static void the_answer_may_be_in_another_file_of_the_capture(void)
{
	const struct evidence *e;
	unsigned same, other;

	begin();
	mapper(CLIENT ":40001", SERVER ":135", 49724);
	scene_capture(&s, 0, 0, 60);
	same = speaks(CLIENT ":40002", SERVER ":49724", APP_DCERPC);
	scene_capture(&s, 2, 0, 60);
	other = speaks(CLIENT ":40003", SERVER ":49724", APP_DCERPC);
	scene_settle(&s);
	SAME(scene_said(&s, same), "expected established");
	e = scene_evidence(&s, same, EVIDENCE_RPC_MAPPED);
	CU_ASSERT_EQUAL(e->elsewhere, 1);
	SAME(scene_said(&s, other), "unexpected established");
	scene_close(&s);
}

/* DCE/RPC on a port that no row has: not a media row that differs in everything it says. */
static void the_nearest_row_of_dce_rpc_is_one(void)
{
	unsigned flow, weak;
	struct talk t;

	begin();
	flow = speaks(CLIENT ":40002", SERVER ":62000", APP_DCERPC);
	talk_tcp(&s, &t, CLIENT ":40003", SERVER ":62000");
	talk_data_both(&t);
	talk_app_weak(&t, APP_DCERPC);
	t.ident.possible = APP_BIT(APP_DCERPC);
	weak = scene_judge(&s, &t);
	scene_settle(&s);
	SAID(&s, flow, "unexpected established", "rpc dport", "");
	SAID(&s, weak, "unexpected established", "wide proto", "");
	scene_close(&s);
}

extern CU_TestInfo tests_mapped[];
CU_TestInfo tests_mapped[] = {
	{ "a port that was given out is documented", a_port_that_was_given_out_is_documented },
	{ "without an answer RPC is not documented", without_an_answer_rpc_is_not_documented },
	{ "who asked what and when must fit", who_asked_what_and_when_must_fit },
	{ "only a documented mapper counts", only_a_documented_mapper_counts },
	{ "mapper fine but dynamic port silent is blocked", a_silent_or_refused_port_is_blocked },
	{ "another protocol on the port is not documented",
	  another_protocol_on_the_port_is_not_documented },
	{ "the answer may be in another file of the capture",
	  the_answer_may_be_in_another_file_of_the_capture },
	{ "the nearest row of DCE/RPC is one", the_nearest_row_of_dce_rpc_is_one },
	CU_TEST_INFO_NULL,
};
