/* flowaudit forge: a capture of every documented row, and of the ways it fails. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cmd/command.h"
#include "cmd/options.h"
#include "forge/cast.h"
#include "forge/forge.h"
#include "policy/packs.h"

#define PACKS_MOST 64

enum {
	OPT_RULES,
	OPT_SITE,
	OPT_ROW,
	OPT_CASE,
	OPT_PROTOCOL,
	OPT_SEED,
	OPT_OUTPUT,
	OPT_IPV6,
	OPT_VLAN,
	OPT_TUNNEL,
	OPT_SNAPLEN,
	OPT_FLOWS,
	OPT_PACKETS,
	OPT_SIZE,
	OPT_RATE,
	OPT_QUIET,
	OPT_HELP,
};

static const struct option_row rows[] = {
	[OPT_RULES] = { 'R', "rules", "PACK", true,
			"pack by name or path, again for more (default: as flowaudit audit)" },
	[OPT_SITE] = { 'S', "site", "FILE", false,
		       "addresses of the roles (default: invented, written to DIR/site.yaml)" },
	[OPT_ROW] = { 0, "row", "ROW,...", false, "only these rows (default: all)" },
	[OPT_CASE] = { 0, "case", "CASE,...", false, "what happens to them (default: ok); all" },
	[OPT_PROTOCOL] = { 0, "protocol", "NAME", false,
			   "only rows that name it, speaking it (default: their first)" },
	[OPT_SEED] = { 0, "seed", "N", false, "for what is random on the wire (default: 1)" },
	[OPT_OUTPUT] = { 'o', "output", "DIR", false, "where; made when it is not there" },
	[OPT_IPV6] = { '6', "ipv6", NULL, false, "invent IPv6 addresses" },
	[OPT_VLAN] = { 0, "vlan", "ID", false, "tag every frame" },
	[OPT_TUNNEL] = { 0, "tunnel", "KIND", false, "wrap every packet: gre, vxlan, ipip" },
	[OPT_SNAPLEN] = { 0, "snaplen", "N", false, "keep N bytes of a frame" },
	[OPT_FLOWS] = { 0, "flows", "N", false, "conversations a row (default: 1)" },
	[OPT_PACKETS] = { 0, "packets", "N", false, "messages more in each conversation" },
	[OPT_SIZE] = { 0, "size", "BYTES", false,
		       "of each of those (default: as the protocol has)" },
	[OPT_RATE] = { 0, "rate", "N", false,
		       "packets a second, by which conversations overlap (default: none do)" },
	[OPT_QUIET] = { 'q', "quiet", NULL, false, "say nothing of cases without meaning" },
	[OPT_HELP] = { 'h', "help", NULL, false, "this text" },
	{ 0 },
};

/**
 * struct request - The command line
 * @packs:	As given; NULL-terminated
 * @paths:	The same as the expectation files name them: paths made absolute
 * @app:	What options.app points to
 * @cases:	Set of 1 << enum forge_case
 */
struct request {
	const char *packs[PACKS_MOST + 1];
	char *paths[PACKS_MOST + 1];
	unsigned pack_count;
	const char *site, *row_list;
	char *site_path;
	struct forge_options options;
	enum application app;
	unsigned cases;
	bool ipv6, quiet, help;
};

static void usage(FILE *to)
{
	fprintf(to,
		"usage: flowaudit forge [option ...] -o DIR\n\n"
		"Write ROW-CASE.pcap for every row, with real bytes of its protocol, and beside "
		"it\n"
		"ROW-CASE.expect.yaml: what flowaudit check must find in it.  The same options\n"
		"write the same bytes.\n\ncases:");
	for (unsigned c = 0; c < CASE_COUNT; c++)
		fprintf(to, " %s", forge_case_name((enum forge_case)c));
	fprintf(to, "\n\n");
	options_print(to, rows);
	fprintf(to, "\nexit status: 0 written, 2 something could not be\n");
}

static bool take_cases(struct request *q, const char *list)
{
	char name[32];

	for (const char *p = list;; p++) {
		size_t len = strcspn(p, ",");
		enum forge_case c;

		snprintf(name, sizeof(name), "%.*s", (int)MIN(len, sizeof(name) - 1), p);
		if (strcmp(name, "all") == 0) {
			q->cases |= (1u << CASE_COUNT) - 1;
		} else if (forge_case_find(name, &c)) {
			q->cases |= 1u << c;
		} else {
			command_complain("--case: \"%s\" is no case; see flowaudit forge --help",
					 name);
			return false;
		}
		p += len;
		if (*p == '\0')
			return true;
	}
}

static bool take_tunnel(struct request *q, const char *kind)
{
	static const char *const names[] = { [FORGE_PLAIN] = "none",
					     [FORGE_GRE] = "gre",
					     [FORGE_VXLAN] = "vxlan",
					     [FORGE_IPIP] = "ipip" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (strcmp(names[i], kind) == 0) {
			q->options.wire.tunnel = (enum forge_tunnel)i;
			return true;
		}
	}
	command_complain("--tunnel: \"%s\" is not gre, vxlan, ipip or none", kind);
	return false;
}

static bool take_protocol(struct request *q, const char *name)
{
	if (!application_find(name, strlen(name), &q->app)) {
		command_complain("--protocol: \"%s\" is none that a row can name", name);
		return false;
	}
	q->options.app = &q->app;
	return true;
}

static bool take_number(struct request *q, int option, const char *value)
{
	const char *name = rows[option].name;
	uint64_t n;

	switch (option) {
	case OPT_SEED:
		if (!options_number(name, value, 0, UINT64_MAX, &n))
			return false;
		q->options.seed = n;
		return true;
	case OPT_VLAN:
		if (!options_number(name, value, 1, 4094, &n))
			return false;
		q->options.wire.vlan = (uint16_t)n;
		return true;
	case OPT_SNAPLEN:
		if (!options_number(name, value, 1, 262144, &n))
			return false;
		q->options.wire.snaplen = (uint32_t)n;
		return true;
	case OPT_PACKETS:
		if (!options_number(name, value, 0, 1000000, &n))
			return false;
		q->options.more = (unsigned)n;
		return true;
	case OPT_SIZE:
		if (!options_number(name, value, 1, 1400, &n))
			return false;
		q->options.size = (uint16_t)n;
		return true;
	case OPT_RATE:
		if (!options_number(name, value, 1, 1000000000, &n))
			return false;
		q->options.rate = (unsigned)n;
		return true;
	default:
		if (!options_number(name, value, 1, 20000, &n))
			return false;
		q->options.repeat = (unsigned)n;
		return true;
	}
}

static bool take_option(struct request *q, int option, const char *value)
{
	switch (option) {
	case OPT_RULES:
		if (q->pack_count == PACKS_MOST) {
			command_complain("forge: more than %d packs", PACKS_MOST);
			return false;
		}
		q->packs[q->pack_count++] = value;
		return true;
	case OPT_SITE:
		q->site = value;
		return true;
	case OPT_ROW:
		q->row_list = value;
		return true;
	case OPT_CASE:
		return take_cases(q, value);
	case OPT_PROTOCOL:
		return take_protocol(q, value);
	case OPT_OUTPUT:
		q->options.directory = value;
		return true;
	case OPT_IPV6:
		q->ipv6 = true;
		return true;
	case OPT_TUNNEL:
		return take_tunnel(q, value);
	case OPT_QUIET:
		q->quiet = true;
		return true;
	case OPT_HELP:
		q->help = true;
		return true;
	default:
		return take_number(q, option, value);
	}
}

/* Packs and a site, compiled; @site NULL: none.  False after complaints. */
static bool load(const struct request *q, const char *site, struct policy *policy)
{
	const char *const *names = q->pack_count != 0 ? q->packs : packs_default();
	struct problems problems = { 0 };
	char path[PATH_MAX];
	struct fa_error err = { .text = "the packs cannot be used" };
	bool ok = true;

	for (; ok && *names != NULL; names++)
		ok = packs_locate(*names, path, sizeof(path), &err) == 0 &&
		     policy_load_pack(policy, path, &problems) == 0;
	if (ok && site != NULL)
		ok = packs_load_site(policy, site, &problems) == 0;
	ok = ok && policy_compile(policy, &err) == 0;
	for (size_t i = 0; i < problems.count; i++) {
		problem_text(&problems.items[i], path, sizeof(path));
		command_complain("%s", path);
	}
	if (!ok && problems.count == 0)
		command_complain("%s", err.text);
	problems_free(&problems);
	return ok;
}

/* A site for those who have none, in the directory. */
static bool invent_site(struct request *q)
{
	struct policy *policy = policy_new();
	char path[PATH_MAX];
	struct fa_error err = { .text = "no memory" };
	bool ok = false;

	snprintf(path, sizeof(path), "%s/site.yaml", q->options.directory);
	if (policy != NULL && load(q, NULL, policy)) {
		ok = cast_invent(policy, q->ipv6, path, &err) == 0;
		if (!ok)
			command_complain("%s", err.text);
	}
	policy_free(policy);
	q->site_path = ok ? strdup(path) : NULL;
	q->options.site = "site.yaml";
	return q->site_path != NULL;
}

/* Expectations lie in the directory: what they name by path must be found from there. */
static bool make_absolute(struct request *q)
{
	for (unsigned i = 0; i < q->pack_count; i++) {
		bool path = strchr(q->packs[i], '/') != NULL || strstr(q->packs[i], ".y") != NULL;

		q->paths[i] = path ? realpath(q->packs[i], NULL) : strdup(q->packs[i]);
		if (q->paths[i] == NULL) {
			command_complain("%s: %s", q->packs[i], strerror(errno));
			return false;
		}
	}
	if (q->site != NULL && (q->site_path = realpath(q->site, NULL)) == NULL) {
		command_complain("%s: %s", q->site, strerror(errno));
		return false;
	}
	q->options.rules = (const char *const *)q->paths;
	q->options.site = q->site_path;
	return true;
}

static bool names_protocol(const struct row *row, enum application app)
{
	for (unsigned i = 0; i < row->protocol_count; i++)
		if (row->protocols[i].app == app)
			return true;
	return false;
}

/* Is the row one of those asked for? */
static bool wanted(const struct request *q, const struct row *row)
{
	size_t len = strlen(row->id);

	if (q->options.app != NULL && !names_protocol(row, q->app))
		return false;
	if (q->row_list == NULL)
		return true;
	for (const char *p = q->row_list;; p++) {
		size_t n = strcspn(p, ",");

		if (n == len && memcmp(p, row->id, n) == 0)
			return true;
		p += n;
		if (*p == '\0')
			return false;
	}
}

static bool check_rows(const struct request *q, const struct policy *policy)
{
	char id[256];

	for (const char *p = q->row_list; p != NULL; p++) {
		size_t n = strcspn(p, ",");

		snprintf(id, sizeof(id), "%.*s", (int)MIN(n, sizeof(id) - 1), p);
		if (policy_find_row(policy, id) < 0) {
			command_complain("--row: no row \"%s\"; flowaudit rules list shows them",
					 id);
			return false;
		}
		p += n;
		if (*p == '\0')
			break;
	}
	return true;
}

static int forge_all(struct request *q, const struct policy *policy)
{
	struct fa_error err;
	unsigned written = 0;

	for (unsigned r = 0; r < policy_row_count(policy); r++) {
		for (unsigned c = 0; wanted(q, policy_row(policy, r)) && c < CASE_COUNT; c++) {
			int status;

			if ((q->cases >> c & 1u) == 0)
				continue;
			status = forge_row(policy, r, (enum forge_case)c, &q->options, &err);
			if (status < 0) {
				command_complain("%s", err.text);
				return EXIT_UNCHECKED;
			}
			written += status > 0;
			if (status == 0 && !q->quiet)
				command_complain("skipped: %s", err.text);
		}
	}
	if (written == 0) {
		command_complain("forge: no capture; no row has such a case or protocol");
		return EXIT_UNCHECKED;
	}
	if (!q->quiet)
		printf("%u captures in %s\n", written, q->options.directory);
	return EXIT_CLEAN;
}

static bool make_directory(const struct request *q)
{
	if (mkdir(q->options.directory, 0777) == 0 || errno == EEXIST)
		return true;
	command_complain("%s: cannot make the directory: %s", q->options.directory,
			 strerror(errno));
	return false;
}

static int forge(struct request *q)
{
	struct policy *policy = policy_new();
	int status = EXIT_UNCHECKED;

	if (q->options.directory == NULL)
		command_complain("forge: no directory given; see flowaudit forge --help");
	else if (policy == NULL)
		command_complain("no memory");
	else if (make_absolute(q) && make_directory(q) && (q->site != NULL || invent_site(q)) &&
		 load(q, q->site_path, policy) && check_rows(q, policy))
		status = forge_all(q, policy);
	for (unsigned i = 0; i < q->pack_count; i++)
		free(q->paths[i]);
	free(q->site_path);
	policy_free(policy);
	return status;
}

int cmd_forge(int argc, char **argv)
{
	struct request q = { .options = { .seed = 1, .repeat = 1 } };
	struct options_state state = { 0 };
	int option;

	while ((option = options_next(argc, argv, rows, &state)) >= 0 && !q.help)
		if (!take_option(&q, option, state.value))
			return EXIT_UNCHECKED;
	if (q.help) {
		usage(stdout);
		return EXIT_CLEAN;
	}
	if (option != -1)
		return EXIT_UNCHECKED;
	if (state.operand != argc) {
		command_complain("forge: \"%s\" is no option; see flowaudit forge --help",
				 argv[state.operand]);
		return EXIT_UNCHECKED;
	}
	if (q.cases == 0)
		q.cases = 1u << CASE_OK;
	return forge(&q);
}
