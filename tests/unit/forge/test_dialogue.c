/* Dialogues are what they claim to be: our own identification proves them (forge/dialogue.c, say_*.c). */
#include "forge/dialogue.h"

#include <stdlib.h>
#include <string.h>

#include <CUnit/CUnit.h>

#include "base/util.h"
#include "identify/identify.h"

extern CU_TestInfo tests_dialogue[];

/* What a dialogue is identified as. */
static struct ident identified(const struct script *s, bool udp)
{
	uint8_t *bytes[2] = { malloc(s->len + 1), malloc(s->len + 1) };
	size_t len[2] = { 0 };
	struct ident id;

	CU_ASSERT_FATAL(bytes[0] != NULL && bytes[1] != NULL);
	ident_init(&id, !udp, false);
	for (size_t i = 0; i < s->count; i++) {
		const struct script_message *m = &s->messages[i];

		if (udp) {
			ident_datagram(&id, m->from, s->bytes + m->at, m->len, m->len, i + 1);
			continue;
		}
		memcpy(bytes[m->from] + len[m->from], s->bytes + m->at, m->len);
		len[m->from] += m->len;
		ident_stream(&id, m->from, bytes[m->from], len[m->from], false, i + 1);
	}
	free(bytes[0]);
	free(bytes[1]);
	return id;
}

/* Write and identify; false when there is no such dialogue. */
static bool speak(enum application app, enum tls_mode tls, bool udp, struct ident *id)
{
	struct forge_random random;
	struct script s = { 0 };
	struct dialogue d = { .app = app,
			      .tls = tls,
			      .udp = udp,
			      .port = 5061,
			      .client = "client.example",
			      .server = "server.example",
			      .random = &random };
	bool spoken;

	forge_random_seed(&random, 1, "test");
	spoken = dialogue_write(&s, &d);
	CU_ASSERT_FALSE(s.nomem);
	CU_ASSERT_EQUAL(spoken, s.count != 0);
	*id = identified(&s, udp);
	script_free(&s);
	return spoken;
}

static void dialogues_in_clear_are_proven(void)
{
	static const struct {
		enum application app;
		bool udp;
		enum app want;
	} cases[] = {
		{ APPLICATION_SIP, false, APP_SIP },
		{ APPLICATION_SIP, true, APP_SIP },
		{ APPLICATION_HTTP, false, APP_HTTP },
		{ APPLICATION_STUN, true, APP_STUN },
		{ APPLICATION_STUN, false, APP_STUN },
		{ APPLICATION_MSTURN, true, APP_MSTURN },
		{ APPLICATION_MSTURN, false, APP_MSTURN },
		{ APPLICATION_RTP, true, APP_RTP },
		{ APPLICATION_MEDIA_AUDIO, true, APP_RTP },
		{ APPLICATION_MEDIA_VIDEO, true, APP_RTP },
		{ APPLICATION_SHARING, false, APP_RTP },
		{ APPLICATION_FILE_TRANSFER, false, APP_MSNFTP },
		{ APPLICATION_SQL_BROWSER, true, APP_SQLR },
		{ APPLICATION_DHCP, true, APP_DHCP },
		{ APPLICATION_DCOM_RPC, false, APP_DCERPC },
		{ APPLICATION_WCF, false, APP_NMF },
		{ APPLICATION_SMB, false, APP_SMB },
	};
	struct ident id;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		CU_ASSERT_TRUE(speak(cases[i].app, TLS_MODE_NONE, cases[i].udp, &id));
		CU_ASSERT_EQUAL(id.app, cases[i].want);
		CU_ASSERT_EQUAL(id.confidence, CONFIDENCE_STRONG);
		if (id.app != cases[i].want || id.confidence != CONFIDENCE_STRONG)
			printf("\n    %s over %s is %s\n", application_name(cases[i].app),
			       cases[i].udp ? "UDP" : "TCP", app_name((enum app)id.app));
		/* The initiator is the client wherever the protocol has one. */
		CU_ASSERT_NOT_EQUAL(id.client, SCRIPT_RESPONDER);
	}
}

static void tls_is_whole_and_mutual_tls_is_proven(void)
{
	struct ident id;

	for (unsigned app = 0; app < APPLICATION_COUNT; app++) {
		CU_ASSERT_TRUE(speak((enum application)app, TLS_MODE_TLS, false, &id));
		CU_ASSERT_EQUAL(id.app, APP_TLS);
		CU_ASSERT_EQUAL(id.confidence, CONFIDENCE_STRONG);
		CU_ASSERT_TRUE(id.tls.complete);
		CU_ASSERT_EQUAL(id.tls.version, 0x0303);
		CU_ASSERT_EQUAL(id.tls.client_auth, CLIENT_AUTH_NOT_REQUESTED);
		CU_ASSERT_STRING_EQUAL(id.tls.sni, "server.example");
		CU_ASSERT_TRUE(speak((enum application)app, TLS_MODE_MTLS, false, &id));
		CU_ASSERT_EQUAL(id.tls.client_auth, CLIENT_AUTH_PROVEN);
		CU_ASSERT_FALSE(speak((enum application)app, TLS_MODE_TLS, true, &id));
		CU_ASSERT_FALSE(speak((enum application)app, TLS_MODE_MTLS, true, &id));
	}
}

static void what_does_not_exist_on_a_transport_is_not_written(void)
{
	struct ident id;

	CU_ASSERT_FALSE(speak(APPLICATION_HTTP, TLS_MODE_NONE, true, &id));
	CU_ASSERT_FALSE(speak(APPLICATION_SMB, TLS_MODE_NONE, true, &id));
	CU_ASSERT_FALSE(speak(APPLICATION_DHCP, TLS_MODE_NONE, false, &id));
	CU_ASSERT_FALSE(speak(APPLICATION_PSOM, TLS_MODE_NONE, false, &id));
	/* PSOM only exists inside TLS. */
	CU_ASSERT_TRUE(speak(APPLICATION_PSOM, TLS_MODE_UNSPECIFIED, false, &id));
	CU_ASSERT_EQUAL(id.app, APP_TLS);
}

static void wrong_protocols_are_others(void)
{
	for (unsigned app = 0; app < APPLICATION_COUNT; app++) {
		for (unsigned udp = 0; udp < 2; udp++) {
			struct forge_random random;
			struct script s = { 0 };
			struct dialogue d = { .app = (enum application)app,
					      .udp = udp,
					      .client = "c.example",
					      .server = "s.example",
					      .random = &random };
			struct ident right, wrong;

			if (app == APPLICATION_UNSPECIFIED ||
			    !speak((enum application)app, TLS_MODE_UNSPECIFIED, udp, &right))
				continue;
			forge_random_seed(&random, 1, "wrong");
			dialogue_write_wrong(&s, &d);
			CU_ASSERT_NOT_EQUAL(s.count, 0);
			wrong = identified(&s, udp);
			if (right.app != APP_NONE)
				CU_ASSERT_NOT_EQUAL(wrong.app, right.app);
			script_free(&s);
		}
	}
}

static void more_messages_are_as_large_as_asked(void)
{
	struct forge_random random;
	struct script s = { 0 };
	struct dialogue d = { .app = APPLICATION_MEDIA_AUDIO,
			      .udp = true,
			      .more = 50,
			      .size = 700,
			      .client = "c",
			      .server = "s",
			      .random = &random };
	unsigned large = 0;

	forge_random_seed(&random, 1, "");
	dialogue_write(&s, &d);
	for (size_t i = 0; i < s.count; i++)
		large += s.messages[i].len == 12 + 700;
	CU_ASSERT(large >= 100);
	script_free(&s);
}

CU_TestInfo tests_dialogue[] = {
	{ "dialogues in clear are proven", dialogues_in_clear_are_proven },
	{ "TLS is whole, mutual TLS is proven", tls_is_whole_and_mutual_tls_is_proven },
	{ "what does not exist on a transport is not written",
	  what_does_not_exist_on_a_transport_is_not_written },
	{ "wrong protocols are others", wrong_protocols_are_others },
	{ "more messages are as large as asked", more_messages_are_as_large_as_asked },
	CU_TEST_INFO_NULL,
};
