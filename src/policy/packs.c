/* Names of packs to files. */
#include "policy/packs.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const defaults[] = { "lync2013-pic", "lync2013-internal", NULL };

static const char *const siblings[] = {
	"lync2013-single-edge-nat",
	"lync2013-single-edge-public",
	"lync2013-scaled-edge-dnslb-nat",
	"lync2013-scaled-edge-dnslb-public",
	"lync2013-scaled-edge-hlb",
	"lync2013-reverse-proxy",
	"lync2013-single-director",
	"lync2013-director-pool-hlb",
	"lync2013-director-dns-hlb",
	"lync2013-sip-xmpp-federation-and-pic",
	"lync2013-xmpp-federation",
	"lync2013-determine-av-firewall",
	"lync2013-hybrid",
	"lync2013-port-range-defaults",
	"sfb2015-2019-servers",
	"sfb2015-2019-edge",
	"teams-endpoints-2023-07-31",
	"teams-endpoints-later",
	"teams-direct-routing",
	"teams-qos",
	NULL,
};

const char *const *packs_default(void)
{
	return defaults;
}

const char *const *packs_siblings(void)
{
	return siblings;
}

static bool ends_in(const char *text, const char *end)
{
	size_t n = strlen(text), m = strlen(end);

	return n > m && strcmp(text + n - m, end) == 0;
}

/* DIR/NAME.yaml, if it is there to read. */
static bool look_in(const char *dir, const char *name, char *path, size_t size)
{
	int n = snprintf(path, size, "%s/%s.yaml", dir, name);

	return n > 0 && (size_t)n < size && access(path, R_OK) == 0;
}

/* "/src/build/release/flowaudit" -> "/src/rules"; false when it cannot be told. */
static bool beside_program(char *dir, size_t size)
{
	ssize_t n = readlink("/proc/self/exe", dir, size);
	unsigned up;

	if (n <= 0 || (size_t)n >= size)
		return false;
	dir[n] = '\0';
	for (up = 0; up < 3; up++) {
		char *slash = strrchr(dir, '/');

		if (slash == NULL)
			return false;
		*slash = '\0';
	}
	n = (ssize_t)strlen(dir);
	return snprintf(dir + n, size - (size_t)n, "/rules") < (int)(size - (size_t)n);
}

int packs_locate(const char *name, char *path, size_t size, struct fa_error *err)
{
	const char *given = getenv("FLOWAUDIT_RULES");
	char tree[1024] = "";

	if (strchr(name, '/') != NULL || ends_in(name, ".yaml") || ends_in(name, ".yml")) {
		if ((size_t)snprintf(path, size, "%s", name) >= size)
			return error_set(err, FA_EUSAGE, "%.64s...: the path is too long", name);
		return 0;
	}
	if (*name == '\0')
		return error_set(err, FA_EUSAGE, "the name of a pack is empty");
	if (given == NULL)
		given = "";
	if (*given != '\0' && look_in(given, name, path, size))
		return 0;
	if (look_in(FA_RULESDIR, name, path, size))
		return 0;
	if (!beside_program(tree, sizeof(tree)))
		tree[0] = '\0';
	else if (look_in(tree, name, path, size))
		return 0;
	return error_set(err, FA_EUSAGE, "no pack \"%s\": there is no %s.yaml in %s%s%s%s%s", name,
			 name, given, *given == '\0' ? "" : ", ", FA_RULESDIR,
			 *tree == '\0' ? "" : " or ", tree);
}

static bool is_loaded(const struct policy *policy, const char *name)
{
	for (unsigned i = 0; i < policy_pack_count(policy); i++)
		if (strcmp(policy_pack_name(policy, i), name) == 0)
			return true;
	return false;
}

static void learn_words(struct policy *policy, const char *const *name)
{
	char path[4096];

	for (; *name != NULL; name++) {
		struct problems ignored = { 0 };

		/* A pack that is absent or broken costs its names, not the run. */
		if (!is_loaded(policy, *name) && packs_locate(*name, path, sizeof(path), NULL) == 0)
			(void)policy_load_words(policy, path, &ignored);
		problems_free(&ignored);
	}
}

/* Reading twenty packs takes longer than the rest of a short run: only for a site that needs it. */
int packs_load_site(struct policy *policy, const char *site, struct problems *problems)
{
	struct problems first = { 0 };
	struct stat st;
	int ret;

	learn_words(policy, defaults);
	/* What comes through a pipe can be read only once. */
	if (stat(site, &st) == 0 && S_ISREG(st.st_mode)) {
		ret = policy_load_site(policy, site, &first);
		problems_free(&first);
		if (ret == 0)
			return 0;
	}
	learn_words(policy, siblings);
	return policy_load_site(policy, site, problems);
}
