/* A policy for a test. */
#include "rig.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <CUnit/CUnit.h>

#define MATCHES 128

void rig_open(struct rig *rig)
{
	*rig = (struct rig){ .policy = policy_new(), .ts_ns = RIG_NOW };
	CU_ASSERT_PTR_NOT_NULL_FATAL(rig->policy);
}

void rig_close(struct rig *rig)
{
	policy_free(rig->policy);
	problems_free(&rig->problems);
}

static void print_problems(const struct rig *rig)
{
	char text[1024];
	size_t i;

	for (i = 0; i < rig->problems.count; i++) {
		problem_text(&rig->problems.items[i], text, sizeof(text));
		printf("\n    %s", text);
	}
}

void rig_pack(struct rig *rig, const char *text)
{
	int ret = policy_load_pack_text(rig->policy, "p.yaml", text, strlen(text), &rig->problems);

	print_problems(rig);
	CU_ASSERT_EQUAL_FATAL(ret, 0);
}

void rig_site(struct rig *rig, const char *text)
{
	int ret = policy_load_site_text(rig->policy, "s.yaml", text, strlen(text), &rig->problems);

	print_problems(rig);
	CU_ASSERT_EQUAL_FATAL(ret, 0);
}

void rig_shipped(struct rig *rig)
{
	int ret = policy_load_pack(rig->policy, "rules/lync2013-pic.yaml", &rig->problems);

	if (ret == 0)
		ret = policy_load_pack(rig->policy, "rules/lync2013-internal.yaml", &rig->problems);
	print_problems(rig);
	CU_ASSERT_EQUAL_FATAL(ret, 0);
}

void rig_compile(struct rig *rig)
{
	struct fa_error err;

	CU_ASSERT_EQUAL_FATAL(policy_compile(rig->policy, &err), 0);
}

static void read_end(char *word, struct address *addr, uint16_t *port)
{
	struct address_range range;
	struct fa_error err;
	char *colon = strrchr(word, ':');

	CU_ASSERT_PTR_NOT_NULL_FATAL(colon);
	*colon = '\0';
	if (*word == '[') {
		colon[-1] = '\0';
		word++;
	}
	CU_ASSERT_EQUAL_FATAL(address_range_parse(word, &range, &err), 0);
	*addr = range.lo;
	*port = (uint16_t)atoi(colon + 1);
}

struct tuple rig_tuple(const struct rig *rig, const char *text)
{
	struct tuple tuple = { .ts_ns = rig->ts_ns, .initiator_known = *text != '?' };
	char l4[16], from[64], to[64];

	CU_ASSERT_EQUAL_FATAL(sscanf(text + !tuple.initiator_known, "%15s %63s %63s", l4, from, to),
			      3);
	tuple.l4 = strcmp(l4, "tcp") == 0 ? 6 : strcmp(l4, "udp") == 0 ? 17 : (uint8_t)atoi(l4);
	read_end(from, &tuple.addr[0], &tuple.port[0]);
	read_end(to, &tuple.addr[1], &tuple.port[1]);
	return tuple;
}

const char *rig_match(struct rig *rig, const char *text)
{
	struct tuple tuple = rig_tuple(rig, text);
	struct match matches[MATCHES];
	size_t n = policy_match(rig->policy, &tuple, matches, MATCHES), i, at = 0;

	CU_ASSERT_FATAL(n <= MATCHES);
	rig->text[0] = '\0';
	for (i = 0; i < n; i++) {
		const struct row *row = policy_row(rig->policy, matches[i].row);

		snprintf(rig->text + at, sizeof(rig->text) - at, "%s%s%s%s%s", i == 0 ? "" : " ",
			 strchr(row->id, '/') + 1, matches[i].reversed ? "~" : "",
			 matches[i].peer_unverified ? "?" : "", matches[i].unbound ? "*" : "");
		at = strlen(rig->text);
	}
	return rig->text;
}

const char *rig_nearest(struct rig *rig, const char *text)
{
	struct tuple tuple = rig_tuple(rig, text);
	struct nearest nearest;

	policy_nearest(rig->policy, &tuple, &nearest);
	policy_nearest_text(rig->policy, &tuple, &nearest, NULL, rig->text, sizeof(rig->text));
	return rig->text;
}

static const char *complaints(struct rig *rig)
{
	size_t i, at = 0;

	rig->text[0] = '\0';
	for (i = 0; i < rig->problems.count; i++) {
		if (i > 0)
			rig->text[at++] = '\n';
		problem_text(&rig->problems.items[i], rig->text + at, sizeof(rig->text) - at);
		at = strlen(rig->text);
	}
	problems_free(&rig->problems);
	return rig->text;
}

const char *rig_wrong_pack(struct rig *rig, const char *text)
{
	unsigned rows = policy_row_count(rig->policy), roles = policy_role_count(rig->policy);
	int ret = policy_load_pack_text(rig->policy, "p.yaml", text, strlen(text), &rig->problems);

	/* Refused as a whole. */
	CU_ASSERT_EQUAL(ret, FA_EFORMAT);
	CU_ASSERT_EQUAL(policy_row_count(rig->policy), rows);
	CU_ASSERT_EQUAL(policy_role_count(rig->policy), roles);
	return complaints(rig);
}

const char *rig_wrong_site(struct rig *rig, const char *text)
{
	int ret = policy_load_site_text(rig->policy, "s.yaml", text, strlen(text), &rig->problems);

	CU_ASSERT_EQUAL(ret, FA_EFORMAT);
	CU_ASSERT_PTR_NULL(policy_site_name(rig->policy));
	return complaints(rig);
}

bool rig_same(const char *got, const char *want)
{
	if (strcmp(got, want) == 0)
		return true;
	printf("\n    got  \"%s\"\n    want \"%s\"\n", got, want);
	return false;
}
