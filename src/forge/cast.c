/* Hosts for roles: from the site, or by a hash of the role's name. */
#include "forge/cast.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "forge/random.h"

static struct address v4(unsigned a, unsigned b, unsigned c, unsigned d)
{
	const uint8_t bytes[4] = { (uint8_t)a, (uint8_t)b, (uint8_t)c, (uint8_t)d };

	return address_from_v4(bytes);
}

static struct address v6(unsigned net, unsigned host)
{
	const uint8_t bytes[16] = {
		0x20, 0x01, 0x0d, 0xb8, (uint8_t)(net >> 8), (uint8_t)net, [15] = (uint8_t)host
	};

	return address_from_v6(bytes);
}

/* A network of its own for each name, and in it host 5 or 6: 10.x.y.5, 2001:db8:xy::5. */
static unsigned network_of(const char *role)
{
	struct forge_random r;

	forge_random_seed(&r, 0, role);
	return (unsigned)(forge_random_next(&r) >> 48);
}

static struct address invented(const char *role, unsigned nth, bool use_v6)
{
	unsigned net = network_of(role);

	return use_v6 ? v6(net, 5 + nth) : v4(10, net >> 8, net & 0xff, 5 + nth);
}

/* A host of no role (RFC 5737, RFC 3849). */
static struct address outsider(unsigned nth, bool use_v6)
{
	return use_v6 ? v6(0xffff, 77 + nth) : v4(198, 51, 100, 77 + nth);
}

struct address cast_firewall(const struct address *end)
{
	return address_is_v4(end) ? v4(203, 0, 113, 1) : v6(0xfffe, 1);
}

static int check_names(const struct policy *policy, struct fa_error *err)
{
	for (unsigned a = 0; a < policy_role_count(policy); a++)
		for (unsigned b = 0; b < a; b++)
			if (network_of(policy_role_name(policy, a)) ==
			    network_of(policy_role_name(policy, b)))
				return error_set(err, FA_EUSAGE,
						 "roles %s and %s would get the same invented "
						 "address; give a site with -S",
						 policy_role_name(policy, a),
						 policy_role_name(policy, b));
	return 0;
}

int cast_invent(const struct policy *policy, bool use_v6, const char *path, struct fa_error *err)
{
	char text[ADDRESS_TEXT];
	FILE *to;
	bool bad;

	if (check_names(policy, err) != 0)
		return err->code;
	to = fopen(path, "we");
	if (to == NULL)
		return error_set(err, FA_EIO, "%s: cannot write: %s", path, strerror(errno));
	fprintf(to, "# Addresses invented by flowaudit forge, from the names of the roles.\n"
		    "site: forged\nroles:\n");
	for (unsigned r = 0; r < policy_role_count(policy); r++) {
		const char *role = policy_role_name(policy, r);
		struct address a = invented(role, 0, use_v6), b = invented(role, 1, use_v6);

		fprintf(to, "  %s: [\"%s\"", role, address_text(&a, text));
		fprintf(to, ", \"%s\"]\n", address_text(&b, text));
	}
	bad = ferror(to) != 0;
	if (fclose(to) != 0 || bad)
		return error_set(err, FA_EIO, "%s: cannot write: %s", path, strerror(errno));
	return 0;
}

/* Host @nth of a role of the set; false when the site binds none of them. */
static bool from_roles(const struct policy *policy, const struct role_set *roles, unsigned nth,
		       struct address *addr)
{
	for (unsigned r = 0; r < policy_role_count(policy); r++)
		if (role_set_has(roles, r) && policy_role_address(policy, r, nth, addr))
			return true;
	return false;
}

static bool choose(const struct policy *policy, const struct side *side, unsigned nth, bool use_v6,
		   struct address *addr)
{
	struct role_set has;

	if (side->kind == SIDE_ROLES && from_roles(policy, &side->roles, nth, addr))
		return true;
	*addr = outsider(nth, use_v6);
	if (side->kind != SIDE_ROLES)
		return true;
	/* "any: every address that no other role claims" gives an outsider its role. */
	policy_roles_of(policy, addr, &has);
	return role_set_meets(&has, &side->roles);
}

bool cast_ends(const struct policy *policy, const struct row *row, struct address *from,
	       struct address *to)
{
	bool use_v6;

	/* An end without a role is of the other end's family. */
	if (!choose(policy, &row->from, 0, false, from))
		return false;
	use_v6 = row->from.kind == SIDE_ROLES && !address_is_v4(from);
	if (!choose(policy, &row->to, 0, use_v6, to))
		return false;
	use_v6 = !address_is_v4(to);
	for (unsigned nth = 0; nth < 2; nth++)
		if (choose(policy, &row->from, nth, use_v6, from) &&
		    address_compare(from, to) != 0 && address_is_v4(from) == address_is_v4(to))
			return true;
	return false;
}
