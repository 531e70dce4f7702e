/* See trap.h. */
#include "audit/trap.h"

#include <stdio.h>
#include <string.h>

#include "policy/packs.h"

static const char site[] = "site: traps\n"
			   "roles:\n"
			   "  edge-access:      [192.0.2.10]\n"
			   "  edge-av:          [192.0.2.12]\n"
			   "  reverse-proxy:    [192.0.2.80]\n"
			   "  front-end:        [10.10.0.11-10.10.0.12, \"2001:db8:10::11\"]\n"
			   "  front-end-cms:    [10.10.0.12]\n"
			   "  mediation:        [10.10.0.21]\n"
			   "  persistent-chat-front-end: [10.10.0.31]\n"
			   "  client:           [10.20.0.5-10.20.0.9, 203.0.113.5, "
			   "\"2001:db8:20::5\", 0.0.0.0]\n"
			   "  dhcp-server:      [10.20.0.2, 255.255.255.255]\n"
			   "  pstn-gateway:     [10.20.0.90]\n"
			   "  trusted-service:  [10.20.0.91]\n"
			   "  pic-partner:      [198.51.100.20]\n"
			   "conditions:\n"
			   "  feature:external-user-access: true\n"
			   "  feature:federation-or-pic: true\n"
			   "  lb:hlb-only: false\n"
			   "  lb:dns-plus-hlb: false\n";

static void load(struct trap *t)
{
	struct problems problems = { 0 };
	char path[512];
	struct fa_error err;

	for (const char *const *name = packs_default(); *name != NULL; name++) {
		CU_ASSERT_EQUAL_FATAL(packs_locate(*name, path, sizeof(path), &err), 0);
		CU_ASSERT_EQUAL_FATAL(policy_load_pack(t->policy, path, &problems), 0);
	}
	CU_ASSERT_EQUAL_FATAL(
		policy_load_site_text(t->policy, "traps", site, sizeof(site) - 1, &problems), 0);
	problems_free(&problems);
	CU_ASSERT_EQUAL_FATAL(policy_compile(t->policy, &err), 0);
}

void trap_open(struct trap *t)
{
	struct fa_error err;

	*t = (struct trap){ .policy = policy_new(), .options = PIPELINE_DEFAULTS };
	CU_ASSERT_PTR_NOT_NULL_FATAL(t->policy);
	load(t);
	t->options.table.max_flows = 1000;
	t->options.table.stream_bytes = 1 << 20;
	t->options.table.seed = 1;
	CU_ASSERT_EQUAL_FATAL(pipeline_new(&t->pipe, t->policy, &t->options, &err), 0);
	tapes_open(&t->dir);
	tape_begin(&t->tape);
}

void trap_close(struct trap *t)
{
	pipeline_free(t->pipe);
	tape_free(&t->tape);
	tapes_close(&t->dir);
	policy_free(t->policy);
}

void trap_input(struct trap *t)
{
	const char *path = tape_save(&t->dir, "trap.pcap", &t->tape);
	struct fa_error err;
	int status;

	tape_begin(&t->tape);
	CU_ASSERT_EQUAL_FATAL(pipeline_open(t->pipe, path, &err), 0);
	do
		status = pipeline_step(t->pipe, &err);
	while (status == 1);
	CU_ASSERT_EQUAL_FATAL(status, 0);
}

void trap_run(struct trap *t)
{
	struct fa_error err;

	trap_input(t);
	CU_ASSERT_EQUAL_FATAL(pipeline_finish(t->pipe, &err), 0);
	t->ledger = pipeline_ledger(t->pipe);
}

/* "10.20.0.5:50000", "[2001:db8::1]:50000" */
static const char *end_text(const struct judged *f, unsigned endpoint, char buf[static 64])
{
	char addr[ADDRESS_TEXT];
	bool v6 = strchr(address_text(&f->key.addr[endpoint], addr), ':') != NULL;

	snprintf(buf, 64, v6 ? "[%s]:%u" : "%s:%u", addr, f->key.port[endpoint]);
	return buf;
}

const struct judged *trap_flow(struct trap *t, const char *from, const char *to)
{
	char a[64], b[64];

	for (size_t i = 0; i < t->ledger->flow_count; i++) {
		const struct judged *f = &t->ledger->flows[i];

		if (strcmp(end_text(f, f->initiator, a), from) == 0 &&
		    strcmp(end_text(f, f->initiator ^ 1u, b), to) == 0)
			return f;
	}
	printf("\n    no flow from %s to %s, but:", from, to);
	for (size_t i = 0; i < t->ledger->flow_count; i++) {
		const struct judged *f = &t->ledger->flows[i];

		printf(" %s-%s", end_text(f, f->initiator, a), end_text(f, f->initiator ^ 1u, b));
	}
	return NULL;
}

static char *answer(struct trap *t)
{
	char *text = t->text[t->text_next++ % ARRAY_SIZE(t->text)];

	text[0] = '\0';
	return text;
}

static void append(char *text, const char *separator, const char *word)
{
	size_t at = strlen(text);

	if (*word != '\0')
		snprintf(text + at, sizeof(((struct trap *)0)->text[0]) - at, "%s%s",
			 at == 0 ? "" : separator, word);
}

/* "internal/server-ports/7" -> "server-ports/7" */
static const char *short_id(const struct row *row)
{
	return strchr(row->id, '/') + 1;
}

static void append_rows(struct trap *t, const struct judged *f, char *text)
{
	for (unsigned i = 0; i < f->best_rows; i++)
		append(text, i == 0 ? "; " : "=",
		       short_id(policy_row(t->policy, t->ledger->rows[f->rows + i])));
	if (f->row_count != 0 || f->nearest < 0)
		return;
	append(text, "; near ", short_id(policy_row(t->policy, (unsigned)f->nearest)));
	for (unsigned bit = 0; bit < KEY_COUNT; bit++)
		if (f->nearest_differs & 1u << bit)
			append(text, " ", rule_key_name((enum rule_key)(1u << bit)));
}

static const char *said(struct trap *t, const struct judged *f)
{
	char *text = answer(t);

	append(text, " ", verdict_name((enum verdict)f->verdict));
	append(text, " ", outcome_name((enum outcome)f->outcome));
	append(text, " ", cause_name((enum cause)f->cause));
	append(text, " ", grade_name((enum grade)f->grade));
	append_rows(t, f, text);
	for (unsigned i = 0; i < f->evidence_count; i++)
		append(text, i == 0 ? "; " : " ",
		       evidence_name(
			       (enum evidence_code)t->ledger->evidence[f->evidence + i].code));
	return text;
}

const char *trap_said(struct trap *t, const char *from, const char *to)
{
	const struct judged *f = trap_flow(t, from, to);

	return f == NULL ? "no such flow" : said(t, f);
}

const char *trap_said_at(struct trap *t, size_t index)
{
	return index < t->ledger->flow_count ? said(t, &t->ledger->flows[index]) : "no such flow";
}
