/* Hosts for roles: from the site, or by a hash of the role's name. */
#include "forge/cast.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "forge/random.h"

struct cast {
	const struct policy *policy;
	bool v6, invented;
};

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

static struct address invented(const struct cast *cast, const char *role, unsigned nth)
{
	unsigned net = network_of(role);

	return cast->v6 ? v6(net, 5 + nth) : v4(10, net >> 8, net & 0xff, 5 + nth);
}

/* A host of no role (RFC 5737, RFC 3849). */
static struct address outsider(const struct cast *cast, unsigned nth)
{
	return cast->v6 ? v6(0xffff, 77 + nth) : v4(198, 51, 100, 77 + nth);
}

struct address cast_firewall(const struct cast *cast)
{
	return cast->v6 ? v6(0xfffe, 1) : v4(203, 0, 113, 1);
}

int cast_new(struct cast **cast, const struct policy *policy, bool use_v6, struct fa_error *err)
{
	struct cast *c = memory_array(1, sizeof(*c));

	*cast = c;
	if (c == NULL)
		return error_set(err, FA_ENOMEM, "no memory");
	*c = (struct cast){ policy, use_v6, policy_site_name(policy) == NULL };
	for (unsigned a = 0; a < policy_role_count(policy); a++)
		for (unsigned b = 0; b < a; b++)
			if (network_of(policy_role_name(policy, a)) ==
			    network_of(policy_role_name(policy, b)))
				return error_set(
					err, FA_EUSAGE,
					"roles %s and %s would get the same invented address; "
					"give a site with -S",
					policy_role_name(policy, a), policy_role_name(policy, b));
	return 0;
}

void cast_free(struct cast *cast)
{
	free(cast);
}

/* Host @nth of some role of the set; false when the site binds none of them. */
static bool from_roles(const struct cast *cast, const struct role_set *roles, unsigned nth,
		       struct address *addr)
{
	for (unsigned r = 0; r < policy_role_count(cast->policy); r++) {
		if (!role_set_has(roles, r))
			continue;
		if (cast->invented) {
			*addr = invented(cast, policy_role_name(cast->policy, r), nth);
			return true;
		}
		if (policy_role_address(cast->policy, r, nth, addr))
			return true;
	}
	return false;
}

static bool choose(const struct cast *cast, const struct side *side, unsigned nth,
		   struct address *addr)
{
	struct role_set has;

	if (side->kind == SIDE_ROLES && from_roles(cast, &side->roles, nth, addr))
		return true;
	*addr = outsider(cast, nth);
	if (side->kind != SIDE_ROLES)
		return true;
	/* "any: every address that no other role claims" gives an outsider its role. */
	policy_roles_of(cast->policy, addr, &has);
	return role_set_meets(&has, &side->roles);
}

bool cast_ends(const struct cast *cast, const struct row *row, struct address *from,
	       struct address *to)
{
	if (!choose(cast, &row->to, 0, to))
		return false;
	for (unsigned nth = 0; nth < 2; nth++)
		if (choose(cast, &row->from, nth, from) && address_compare(from, to) != 0)
			return true;
	return false;
}

int cast_write_site(const struct cast *cast, const char *path, struct fa_error *err)
{
	FILE *to = fopen(path, "we");
	char text[ADDRESS_TEXT];
	bool bad;

	if (to == NULL)
		return error_set(err, FA_EIO, "%s: cannot write: %s", path, strerror(errno));
	fprintf(to, "# Addresses invented by flowaudit forge, from the names of the roles.\n"
		    "site: forged\nroles:\n");
	for (unsigned r = 0; r < policy_role_count(cast->policy); r++) {
		struct address a = invented(cast, policy_role_name(cast->policy, r), 0);
		struct address b = invented(cast, policy_role_name(cast->policy, r), 1);

		fprintf(to, "  %s: [\"%s\"", policy_role_name(cast->policy, r),
			address_text(&a, text));
		fprintf(to, ", \"%s\"]\n", address_text(&b, text));
	}
	bad = ferror(to) != 0;
	if (fclose(to) != 0 || bad)
		return error_set(err, FA_EIO, "%s: cannot write: %s", path, strerror(errno));
	return 0;
}
