/* The normalised tables against the packs, field by field. */
#include "printed.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <CUnit/CUnit.h>

enum field {
	DOCUMENT,
	TABLE,
	ROW,
	TRANSPORT,
	APP,
	TLS,
	SOURCE,
	DESTINATION,
	REQUIREMENT,
	PORTS,
	SOURCE_PORTS,
	SIDE,
	DIRECTION,
	CONDITION,
	VALIDITY,
	CONFIGURABLE,
	FIELDS
};

static const char *const headings[FIELDS] = {
	[DOCUMENT] = "document",
	[TABLE] = "table",
	[ROW] = "row",
	[TRANSPORT] = "transport",
	[APP] = "app_protocol",
	[TLS] = "tls",
	[SOURCE] = "source_role",
	[DESTINATION] = "destination_role",
	[REQUIREMENT] = "requirement",
	[PORTS] = "port_set",
	[SOURCE_PORTS] = "src_port_set",
	[SIDE] = "port_side",
	[DIRECTION] = "direction",
	[CONDITION] = "condition",
	[VALIDITY] = "validity",
	[CONFIGURABLE] = "configurable",
};

#define COLUMNS_MOST 40
#define ITEMS        8

/* @part: "http" or "https" of a cell that is two rules, else NULL */
struct line {
	const char *field[FIELDS];
	const char *part;
	const struct row *row;
	const struct policy *policy;
};

static bool is(const struct line *l, enum field field, const char *text)
{
	return strcmp(l->field[field], text) == 0;
}

static bool begins(const struct line *l, enum field field, const char *text)
{
	return strncmp(l->field[field], text, strlen(text)) == 0;
}

static unsigned items(const char *list, const char *separators, char out[][64], unsigned most)
{
	char copy[256], *save = NULL, *item;
	unsigned n = 0;

	snprintf(copy, sizeof(copy), "%s", list);
	for (item = strtok_r(copy, separators, &save); item != NULL && n < most;
	     item = strtok_r(NULL, separators, &save))
		snprintf(out[n++], 64, "%s", item);
	return n;
}

static bool transport_agrees(const struct line *l)
{
	unsigned want = (strstr(l->field[TRANSPORT], "tcp") != NULL ? ROW_L4_TCP : 0) |
			(strstr(l->field[TRANSPORT], "udp") != NULL ? ROW_L4_UDP : 0);

	return l->row->l4 == want;
}

static unsigned has_protocol(const struct row *row, const char *app, const char *tls)
{
	unsigned i;

	for (i = 0; i < row->protocol_count; i++)
		if (strcmp(application_name(row->protocols[i].app), app) == 0 &&
		    strcmp(tls_mode_name(row->protocols[i].tls), tls) == 0)
			return 1;
	return 0;
}

/* One application of a cell: how many of the row's protocols it stands for; 0: one is missing. */
static unsigned one_application(const struct line *l, const char *app, unsigned index,
				unsigned count)
{
	const char *suffix = strrchr(app, '-');
	char modes[ITEMS][64], name[64];
	unsigned m = items(l->field[TLS], ";+", modes, ITEMS), i;

	if (suffix != NULL && (strcmp(suffix, "-tls") == 0 || strcmp(suffix, "-mtls") == 0)) {
		snprintf(name, sizeof(name), "%.*s", (int)(suffix - app), app);
		return has_protocol(l->row, name, suffix + 1);
	}
	if (strcmp(app, "https") == 0)
		return has_protocol(l->row, "http", "tls");
	/* Media of every kind, and media that is encrypted: the words of packs are fewer. */
	if (strcmp(app, "media") == 0)
		return has_protocol(l->row, "media-audio", modes[0]) == 1 &&
				       has_protocol(l->row, "media-video", modes[0]) == 1
			       ? 2
			       : 0;
	if (strcmp(app, "srtp") == 0)
		app = "rtp";
	/* One application has all the modes; of several, each its own or the one there is. */
	if (count > 1)
		return has_protocol(l->row, app, modes[m == 1 ? 0 : index]);
	for (i = 0; i < m; i++)
		if (!has_protocol(l->row, app, modes[i]))
			return 0;
	return m;
}

/* "sip-tls;sip-mtls", "https;unspecified", "stun/msturn;media", "wcf" with "tls+mtls". */
static bool protocols_agree(const struct line *l)
{
	char apps[ITEMS][64];
	unsigned n, i, one, wanted = 0;

	if (is(l, APP, "-"))
		return l->row->protocol_count == 0;
	n = items(l->field[APP], ";/", apps, ITEMS);
	for (i = 0; i < n; i++) {
		if (l->part != NULL && strcmp(l->part, apps[i]) != 0)
			continue;
		one = one_application(l, apps[i], i, n);
		if (one == 0)
			return false;
		wanted += one;
	}
	return l->row->protocol_count == wanted;
}

/* "-", "unspecified", "any", "client;device", "any(director;front-end)" */
static bool side_agrees(const struct line *l, enum field field, const struct side *side)
{
	const char *list = l->field[field];
	enum side_kind kind = SIDE_ROLES;
	char roles[ITEMS][64];
	unsigned n, i, role, have = 0, found = 0;

	if (is(l, field, "-") || is(l, field, "unspecified"))
		return side->kind == SIDE_UNSPECIFIED;
	if (begins(l, field, "any")) {
		kind = SIDE_ANY;
		list += strlen("any");
	}
	n = items(list, ";()", roles, ITEMS);
	for (role = 0; role < policy_role_count(l->policy); role++) {
		if (!role_set_has(&side->roles, role))
			continue;
		have++;
		for (i = 0; i < n; i++)
			found += strcmp(roles[i], policy_role_name(l->policy, role)) == 0;
	}
	return side->kind == kind && have == n && found == n;
}

/* "3478-3481,49152-53247", in any order; what is not a port is no constraint. */
static bool ports_are(const struct port_set *set, const char *text)
{
	char ranges[ITEMS][64];
	unsigned n = items(text, ",", ranges, ITEMS), i, r, lo, hi;

	if (text[0] < '0' || text[0] > '9')
		return set->count == 0;
	for (i = 0; i < n; i++) {
		if (sscanf(ranges[i], "%u-%u", &lo, &hi) == 1)
			hi = lo;
		for (r = 0; r < set->count; r++)
			if (set->ranges[r].lo == lo && set->ranges[r].hi == hi)
				break;
		if (r == set->count)
			return false;
	}
	return set->count == n;
}

/* Where the printed ports belong: to the destination, the source, either, or the table's role. */
static bool ports_agree(const struct line *l)
{
	const struct row *row = l->row;
	const char *dport = "", *sport = "", *port = "";
	enum row_twoway twoway = is(l, DIRECTION, "both") ? TWOWAY_SWAP : TWOWAY_NO;

	if (is(l, SIDE, "dst")) {
		dport = l->part == NULL                ? l->field[PORTS]
			: strcmp(l->part, "http") == 0 ? "80"
						       : "443";
	} else if (is(l, SIDE, "ambiguous")) {
		port = l->field[PORTS];
		twoway = TWOWAY_NO;
	} else if (is(l, SIDE, "both")) {
		sport = "68";
		dport = "67";
		twoway = TWOWAY_ANCHORED;
	} else if (is(l, SIDE, "local") && is(l, SOURCE, "client")) {
		sport = l->field[PORTS];
		twoway = TWOWAY_ANCHORED;
	} else if (is(l, SIDE, "local")) {
		dport = l->field[PORTS];
		twoway = TWOWAY_ANCHORED;
	} else if (is(l, SIDE, "src") || is(l, SIDE, "src+dst")) {
		sport = l->field[SOURCE_PORTS];
		dport = l->field[PORTS];
	} else if (!is(l, SIDE, "any") && !is(l, SIDE, "-")) {
		return false;
	}
	return ports_are(&row->dport, dport) && ports_are(&row->sport, sport) &&
	       ports_are(&row->port, port) && row->twoway == twoway;
}

static bool need_agrees(const struct line *l)
{
	/* Advice about IPsec, "not a port rule": no flow may go by it. */
	if (is(l, TABLE, "ipsec-exceptions") || is(l, REQUIREMENT, "none"))
		return l->row->need == NEED_NONE;
	if (is(l, REQUIREMENT, "conditional"))
		return l->row->need == NEED_REQUIRED && l->row->condition_count > 0;
	if (is(l, REQUIREMENT, "optional"))
		return l->row->need == NEED_OPTIONAL;
	return l->row->need == NEED_REQUIRED;
}

/* A product instead of a day: a condition, which the site knows. */
static const char no_2019[] = "not in Skype for Business Server 2019";

static bool conditions_agree(const struct line *l)
{
	char names[ITEMS][64];
	unsigned n = is(l, CONDITION, "-") ? 0 : items(l->field[CONDITION], ";", names, ITEMS - 1);
	unsigned i, j, found = 0;

	if (begins(l, VALIDITY, no_2019))
		snprintf(names[n++], sizeof(names[0]), "product:before-sfb2019");
	for (i = 0; i < n; i++) {
		char *equals = strchr(names[i], '=');

		if (equals != NULL) /* no sign for a name */
			*equals = ':';
		for (j = 0; j < l->row->condition_count; j++)
			found += strcmp(names[i], policy_condition_name(
							  l->policy, l->row->conditions[j])) == 0;
	}
	return found == n && l->row->condition_count == n;
}

static bool validity_agrees(const struct line *l)
{
	if (is(l, VALIDITY, "-") || begins(l, VALIDITY, no_2019))
		return l->row->until_text == NULL && l->row->exception == NULL;
	return begins(l, VALIDITY, "until 2013-03-15 except mainland China") &&
	       l->row->until_text != NULL && strcmp(l->row->until_text, "2013-03-15") == 0 &&
	       l->row->exception != NULL && strcmp(l->row->exception, "mainland-china") == 0;
}

/* It is tuned, and at the end whose port is left to the administrator. */
static bool configurable_agrees(const struct line *l)
{
	const struct row *row = l->row;
	bool range[] = { [PORT_KEY_DPORT] = row->dport.count > 0 && row->width > 1,
			 [PORT_KEY_SPORT] = row->sport.count > 0,
			 [PORT_KEY_PORT] = row->port.count > 0 };

	if (!is(l, CONFIGURABLE, "yes"))
		return row->tune == NULL;
	if (row->tune == NULL)
		return false;
	if (is(l, SOURCE_PORTS, "defined-by-admin") || is(l, SOURCE_PORTS, "media-range"))
		return row->tune_key == PORT_KEY_SPORT;
	if (is(l, PORTS, "defined-by-admin"))
		return row->tune_key == PORT_KEY_DPORT;
	return range[row->tune_key];
}

static void check_line(const struct line *l)
{
	const struct {
		const char *what;
		bool agrees;
	} fields[] = {
		{ "transport", transport_agrees(l) },
		{ "protocols and tls", protocols_agree(l) },
		{ "source role", side_agrees(l, SOURCE, &l->row->from) },
		{ "destination role", side_agrees(l, DESTINATION, &l->row->to) },
		{ "ports, side and direction", ports_agree(l) },
		{ "requirement", need_agrees(l) },
		{ "condition", conditions_agree(l) },
		{ "validity", validity_agrees(l) },
		{ "configurable", configurable_agrees(l) },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(fields); i++)
		if (!fields[i].agrees) {
			printf("\n    %s: %s differs from the table", l->row->id, fields[i].what);
			CU_FAIL("a field differs");
		}
}

/* The row of a line, or one part of it. */
static void find_and_check(struct line *l, unsigned *seen)
{
	char id[160];
	int index;

	snprintf(id, sizeof(id), "%s/%s/%s%s%s", l->field[DOCUMENT], l->field[TABLE], l->field[ROW],
		 l->part == NULL ? "" : "/", l->part == NULL ? "" : l->part);
	index = policy_find_row(l->policy, id);
	if (index < 0) {
		printf("\n    there is no row %s", id);
		CU_FAIL("a row is missing");
		return;
	}
	seen[index]++;
	l->row = policy_row(l->policy, (unsigned)index);
	check_line(l);
}

/* Cut a line at its tabs.  Return: columns */
static unsigned cut(char *text, char *columns[COLUMNS_MOST])
{
	unsigned n = 0;

	text[strcspn(text, "\n")] = '\0';
	while (text != NULL && n < COLUMNS_MOST)
		columns[n++] = strsep(&text, "\t");
	CU_ASSERT_PTR_NULL_FATAL(text);
	return n;
}

/* Where each field is; -1 where the table has no such column. */
static void find_columns(char *text, int at[FIELDS])
{
	char *columns[COLUMNS_MOST];
	unsigned n = cut(text, columns), field, i;

	for (field = 0; field < FIELDS; field++) {
		at[field] = -1;
		for (i = 0; i < n; i++)
			if (strcmp(columns[i], headings[field]) == 0)
				at[field] = (int)i;
		CU_ASSERT_FATAL(at[field] >= 0 || field == SOURCE_PORTS);
	}
}

static void read_line(char *text, const int at[FIELDS], struct line *l)
{
	char *columns[COLUMNS_MOST];
	unsigned n = cut(text, columns), field;

	for (field = 0; field < FIELDS; field++) {
		CU_ASSERT_FATAL(at[field] < (int)n);
		l->field[field] = at[field] < 0 ? "-" : columns[at[field]];
	}
}

static FILE *open_table(const char *name)
{
	const char *shared = getenv("FLOWAUDIT_SHARED");
	char path[1024];
	FILE *f;

	snprintf(path, sizeof(path), "%s/facts/%s", shared == NULL ? "../shared" : shared, name);
	f = fopen(path, "re");
	if (f == NULL)
		printf("(no %s: set FLOWAUDIT_SHARED) ", name);
	return f;
}

int printed_compare(const struct policy *policy, const char *name, const char *document,
		    unsigned *seen)
{
	FILE *f = open_table(name);
	int at[FIELDS], lines = 0;
	char *text = NULL;
	size_t cap = 0;

	if (f == NULL)
		return -1;
	CU_ASSERT_FATAL(getline(&text, &cap, f) > 0);
	find_columns(text, at);
	while (getline(&text, &cap, f) > 0) {
		struct line l = { .policy = policy };

		read_line(text, at, &l);
		if (document != NULL && !is(&l, DOCUMENT, document))
			continue;
		lines++;
		if (!is(&l, APP, "http;https")) {
			find_and_check(&l, seen);
			continue;
		}
		l.part = "http";
		find_and_check(&l, seen);
		l.part = "https";
		find_and_check(&l, seen);
	}
	free(text);
	fclose(f);
	return lines;
}
