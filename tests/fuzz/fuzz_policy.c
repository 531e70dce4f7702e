/*
 * Packs and sites.  The input is the text of the file.
 *
 * What loads is compiled, linted and asked about a few tuples: whatever a row
 * matches must be a row, and texts of rows must end.
 */
#include <netinet/in.h>
#include <string.h>

#include "fuzz.h"
#include "policy/policy.h"

/* A pack for sites to speak of: a role of each kind, a condition, an exception. */
static const char words[] = "pack: words\n"
			    "title: Words\n"
			    "documents:\n"
			    "  doc: {title: Document, revised: 2015-03-09}\n"
			    "tables:\n"
			    "  doc/t: {title: Table, rows: 3}\n"
			    "roles:\n"
			    "  all-servers: {description: all, members: [front-end, edge-access]}\n"
			    "  front-end: {description: one}\n"
			    "  edge-access: {description: two}\n"
			    "  client: {description: three}\n"
			    "conditions:\n"
			    "  lb:hlb-only: {description: c}\n"
			    "exceptions:\n"
			    "  mainland-china: {description: e}\n"
			    "rows:\n"
			    "  - {id: doc/t/1, l4: tcp, proto: sip/tls, from: client, to: "
			    "front-end, dport: 5061, need: required}\n"
			    "  - {id: doc/t/2, l4: [tcp, udp], proto: rtp, from: client, to: "
			    "all-servers, port: 50000-59999, "
			    "need: optional, when: lb:hlb-only}\n"
			    "  - {id: doc/t/3, l4: udp, proto: stun, from: client, to: "
			    "edge-access, dport: 3478, need: required, "
			    "valid: {until: 2013-03-15, except: mainland-china}}\n";

static void check_problems(const struct problems *problems, int status)
{
	char text[FA_ERROR_TEXT];
	size_t errors = 0;

	for (size_t i = 0; i < problems->count; i++) {
		problem_text(&problems->items[i], text, sizeof(text));
		FA_ASSERT(text[0] != '\0' && strchr(text, '\n') == NULL);
		errors += problems->items[i].severity == SEVERITY_ERROR;
	}
	FA_ASSERT(errors == problems->errors);
	FA_ASSERT(status != FA_EFORMAT || errors != 0);
}

static void ask(const struct policy *policy, const struct tuple *tuple)
{
	struct match matches[64];
	struct nearest nearest;
	char text[512];
	size_t n = policy_match(policy, tuple, matches, ARRAY_SIZE(matches));

	for (size_t i = 0; i < MIN(n, ARRAY_SIZE(matches)); i++)
		FA_ASSERT(matches[i].row < policy_row_count(policy));
	policy_nearest(policy, tuple, &nearest);
	FA_ASSERT(nearest.row >= -1 && nearest.row < (int)policy_row_count(policy));
	policy_nearest_text(policy, tuple, &nearest, "HTTP", text, sizeof(text));
	FA_ASSERT(memchr(text, 0, sizeof(text)) != NULL);
}

static void ask_about_tuples(const struct policy *policy)
{
	static const uint16_t ports[] = { 0, 1, 443, 3478, 5061, 50000, 65535 };
	struct tuple tuple = { .initiator_known = true, .ts_ns = INT64_C(1400000000) * NS_PER_S };

	for (size_t i = 0; i < ARRAY_SIZE(ports); i++) {
		tuple.addr[0] = (struct address){ .b = { [10] = 0xff, [11] = 0xff, [12] = 10 } };
		tuple.addr[1] = (struct address){ .b = { 0x20, 1, 0xd, 0xb8 } };
		tuple.port[0] = 40000;
		tuple.port[1] = ports[i];
		tuple.l4 = IPPROTO_TCP;
		ask(policy, &tuple);
		tuple.l4 = IPPROTO_UDP;
		tuple.initiator_known = false;
		ask(policy, &tuple);
	}
}

static void check_rows(const struct policy *policy)
{
	char text[64];

	for (unsigned i = 0; i < policy_row_count(policy); i++) {
		const struct row *row = policy_row(policy, i);

		FA_ASSERT(policy_find_row(policy, row->id) == (int)i);
		FA_ASSERT(row->protocol_count >= 1 && row->protocol_count <= ROW_PROTOCOLS);
		FA_ASSERT(row->condition_count <= ROW_CONDITIONS && row->l4 != 0);
		policy_row_ports_text(row, text, sizeof(text));
		policy_row_protocols_text(row, text, sizeof(text));
		policy_side_text(policy, &row->from, text, sizeof(text));
		(void)policy_row_title(policy, row, text, sizeof(text));
		(void)policy_row_is_expired(policy, row, INT64_MAX);
	}
}

static void use(struct policy *policy, struct problems *problems)
{
	struct fa_error err;

	if (policy_compile(policy, &err) != 0)
		return;
	check_rows(policy);
	ask_about_tuples(policy);
	FA_ASSERT(policy_lint(policy, INT64_C(1400000000) * NS_PER_S, problems) == 0);
}

void fuzz_pack(const void *subject, const uint8_t *bytes, size_t len)
{
	struct policy *policy = policy_new();
	struct problems problems = { 0 };
	int status;

	(void)subject;
	FA_ASSERT(policy != NULL);
	status = policy_load_pack_text(policy, "input.yaml", (const char *)bytes, len, &problems);
	check_problems(&problems, status);
	if (status == 0)
		use(policy, &problems);
	else
		FA_ASSERT(policy_row_count(policy) == 0);
	problems_free(&problems);
	policy_free(policy);
}

void fuzz_site(const void *subject, const uint8_t *bytes, size_t len)
{
	struct policy *policy = policy_new();
	struct problems problems = { 0 };
	int status;

	(void)subject;
	FA_ASSERT(policy != NULL);
	status = policy_load_pack_text(policy, "words.yaml", words, sizeof(words) - 1, &problems);
	FA_ASSERT(status == 0 && problems.count == 0);
	status = policy_load_site_text(policy, "input.yaml", (const char *)bytes, len, &problems);
	check_problems(&problems, status);
	if (status == 0)
		use(policy, &problems);
	problems_free(&problems);
	policy_free(policy);
}
