/* Who plays the roles (forge/cast.c): invented sites, sites of one's own, ends of rows. */
#include "forge/cast.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <CUnit/CUnit.h>

#include "policy/rig.h"

extern CU_TestInfo tests_cast[];

/* The shipped packs with an invented site. */
static void open_invented(struct rig *rig, bool v6)
{
	char path[] = "/tmp/castXXXXXX";
	int fd = mkstemp(path);
	struct rig packs;
	struct fa_error err;

	CU_ASSERT_FATAL(fd >= 0);
	close(fd);
	rig_open(&packs);
	rig_shipped(&packs);
	rig_compile(&packs);
	CU_ASSERT_EQUAL(cast_invent(packs.policy, v6, path, &err), 0);
	rig_close(&packs);
	rig_open(rig);
	rig_shipped(rig);
	CU_ASSERT_EQUAL(policy_load_site(rig->policy, path, &rig->problems), 0);
	CU_ASSERT_EQUAL(rig->problems.count, 0);
	rig_compile(rig);
	unlink(path);
}

/* The shipped packs with a site of one's own. */
static void open_own(struct rig *rig, const char *site)
{
	rig_open(rig);
	rig_shipped(rig);
	rig_site(rig, site);
	rig_compile(rig);
}

/* "10.0.0.1 10.0.0.2", or "none", for a row by its id. */
static const char *ends(struct rig *rig, const char *id)
{
	int row = policy_find_row(rig->policy, id);
	struct address from, to;
	char text[ADDRESS_TEXT];

	CU_ASSERT_FATAL(row >= 0);
	if (!cast_ends(rig->policy, policy_row(rig->policy, (unsigned)row), &from, &to))
		return "none";
	strcpy(rig->text, address_text(&from, text));
	strcat(rig->text, " ");
	return strcat(rig->text, address_text(&to, text));
}

static void an_invented_site_binds_every_role_to_two_hosts(void)
{
	for (unsigned v6 = 0; v6 < 2; v6++) {
		struct address a, b;
		struct role_set roles;
		struct rig rig;

		open_invented(&rig, v6);
		CU_ASSERT(policy_role_count(rig.policy) > 20);
		for (unsigned r = 0; r < policy_role_count(rig.policy); r++) {
			CU_ASSERT_TRUE(policy_role_address(rig.policy, r, 0, &a));
			CU_ASSERT_TRUE(policy_role_address(rig.policy, r, 1, &b));
			CU_ASSERT_NOT_EQUAL(address_compare(&a, &b), 0);
			CU_ASSERT_EQUAL(address_is_v4(&a), v6 == 0);
			policy_roles_of(rig.policy, &b, &roles);
			CU_ASSERT_TRUE(role_set_has(&roles, r));
		}
		rig_close(&rig);
	}
}

static void an_invented_address_does_not_depend_on_the_packs(void)
{
	struct rig rig;

	/* These are in captures that are kept. */
	open_invented(&rig, false);
	CU_ASSERT(rig_same(ends(&rig, "pic/firewall-summary/1"), "10.72.167.5 10.170.237.5"));
	rig_close(&rig);
	open_invented(&rig, true);
	CU_ASSERT(rig_same(ends(&rig, "pic/firewall-summary/1"),
			   "2001:db8:48a7::5 2001:db8:aaed::5"));
	rig_close(&rig);
}

/* An end that names roles has one of them, another end none. */
static void check_side(const struct rig *rig, const struct side *side, const struct address *end)
{
	static const struct role_set nobody;
	struct role_set has;

	policy_roles_of(rig->policy, end, &has);
	if (side->kind == SIDE_ROLES)
		CU_ASSERT_TRUE(role_set_meets(&has, &side->roles));
	if (side->kind == SIDE_UNSPECIFIED)
		CU_ASSERT_EQUAL(memcmp(&has, &nobody, sizeof(has)), 0);
}

static void the_ends_of_every_row_differ_and_have_its_roles(void)
{
	for (unsigned v6 = 0; v6 < 2; v6++) {
		struct rig rig;

		open_invented(&rig, v6);
		for (unsigned r = 0; r < policy_row_count(rig.policy); r++) {
			const struct row *row = policy_row(rig.policy, r);
			struct address from, to;

			if (row->need == NEED_NONE)
				continue;
			CU_ASSERT_TRUE_FATAL(cast_ends(rig.policy, row, &from, &to));
			CU_ASSERT_NOT_EQUAL(address_compare(&from, &to), 0);
			CU_ASSERT_EQUAL(address_is_v4(&from), v6 == 0);
			CU_ASSERT_EQUAL(address_is_v4(&to), v6 == 0);
			check_side(&rig, &row->from, &from);
			check_side(&rig, &row->to, &to);
		}
		rig_close(&rig);
	}
}

static void a_site_of_ones_own_gives_the_hosts(void)
{
	struct rig rig;

	open_own(&rig, "roles: {client: [10.20.0.0/24], front-end: [10.10.0.11, 10.10.0.12]}\n");
	CU_ASSERT(rig_same(ends(&rig, "internal/server-ports/7"), "10.20.0.0 10.10.0.11"));
	/* A role that speaks to itself needs its second host. */
	CU_ASSERT(rig_same(ends(&rig, "internal/server-ports/17"), "10.10.0.12 10.10.0.11"));
	CU_ASSERT(rig_same(ends(&rig, "internal/server-ports/13"), "none"));
	rig_close(&rig);
	open_own(&rig, "roles: {client: [10.20.0.7], front-end: [10.10.0.11]}\n");
	CU_ASSERT(rig_same(ends(&rig, "internal/server-ports/17"), "none"));
	rig_close(&rig);
}

static void an_end_without_a_role_is_of_the_others_family(void)
{
	struct rig rig;

	open_own(&rig, "roles: {client: [\"2001:db8:7::1\"], front-end: [10.10.0.11]}\n");
	CU_ASSERT(rig_same(ends(&rig, "internal/server-ports/19"), "198.51.100.77 10.10.0.11"));
	CU_ASSERT(
		rig_same(ends(&rig, "internal/client-ports/5"), "2001:db8:7::1 2001:db8:ffff::4d"));
	/* No packet goes from one family to the other. */
	CU_ASSERT(rig_same(ends(&rig, "internal/server-ports/7"), "none"));
	rig_close(&rig);
}

static void a_role_that_is_any_is_played_by_an_outsider(void)
{
	struct rig rig;

	open_own(&rig, "roles: {pic-partner: [any], edge-access: [192.0.2.10]}\n");
	CU_ASSERT(rig_same(ends(&rig, "pic/firewall-summary/1"), "198.51.100.77 192.0.2.10"));
	CU_ASSERT(rig_same(ends(&rig, "pic/firewall-summary/2"), "192.0.2.10 198.51.100.77"));
	rig_close(&rig);
}

static void a_firewall_is_of_the_family_and_has_no_role(void)
{
	for (unsigned v6 = 0; v6 < 2; v6++) {
		struct rig rig;
		struct address a, fw;
		struct role_set roles;

		open_invented(&rig, v6);
		CU_ASSERT_TRUE_FATAL(policy_role_address(rig.policy, 0, 0, &a));
		fw = cast_firewall(&a);
		CU_ASSERT_EQUAL(address_is_v4(&fw), v6 == 0);
		policy_roles_of(rig.policy, &fw, &roles);
		for (unsigned r = 0; r < policy_role_count(rig.policy); r++)
			CU_ASSERT_FALSE(role_set_has(&roles, r));
		rig_close(&rig);
	}
}

static void a_site_that_cannot_be_invented_is_refused(void)
{
	struct rig rig;
	struct fa_error err;

	rig_open(&rig);
	rig_shipped(&rig);
	rig_compile(&rig);
	CU_ASSERT_EQUAL(cast_invent(rig.policy, false, "/proc/none/site.yaml", &err), FA_EIO);
	rig_close(&rig);
	/* The hashes of these two names are the same. */
	rig_open(&rig);
	rig_pack(&rig, "pack: p\ntitle: t\ndocuments: {d: {title: t}}\n"
		       "tables: {d/t: {title: t, rows: 1}}\n"
		       "roles: {role-72: {description: x}, role-186: {description: x}}\n"
		       "rows:\n  - {id: d/t/1, l4: tcp, proto: sip, from: role-72, to: role-186, "
		       "dport: 5061, need: required}\n");
	rig_compile(&rig);
	CU_ASSERT_EQUAL(cast_invent(rig.policy, false, "/proc/none/site.yaml", &err), FA_EUSAGE);
	CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "role-186 and role-72"));
	rig_close(&rig);
}

CU_TestInfo tests_cast[] = {
	{ "an invented site binds every role to two hosts",
	  an_invented_site_binds_every_role_to_two_hosts },
	{ "an invented address does not depend on the packs",
	  an_invented_address_does_not_depend_on_the_packs },
	{ "the ends of every row differ and have its roles",
	  the_ends_of_every_row_differ_and_have_its_roles },
	{ "a site of one's own gives the hosts", a_site_of_ones_own_gives_the_hosts },
	{ "an end without a role is of the other's family",
	  an_end_without_a_role_is_of_the_others_family },
	{ "a role that is any is played by an outsider",
	  a_role_that_is_any_is_played_by_an_outsider },
	{ "a firewall is of the family and has no role",
	  a_firewall_is_of_the_family_and_has_no_role },
	{ "a site that cannot be invented is refused", a_site_that_cannot_be_invented_is_refused },
	CU_TEST_INFO_NULL,
};
