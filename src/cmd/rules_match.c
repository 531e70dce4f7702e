/* `flowaudit rules match`: one tuple against all rows, key by key. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/memory.h"
#include "cmd/command.h"
#include "cmd/rules_priv.h"

/*
 * The source port of a flow that is only planned is not known.  Every source
 * port is tried, then; a row is listed with those that satisfy it.
 */
#define PORT_UNKNOWN 0
/* What a nearest row is sought with, then: the first port that systems choose from (RFC 6335). */
#define PORT_DYNAMIC 49152

/* A row and the source ports for which it matches. */
struct hit {
	struct match match;
	uint32_t width;
	uint32_t ports;       /* how many */
	uint16_t first, last; /* the lowest and the highest */
};

struct search {
	struct rules_run *run;
	struct tuple tuple;
	struct match *matches; /* room for every row */
	struct hit *hits;
	size_t count;
};

/* "10.20.0.5:51000" or "[2001:db8::1]:*"; @word is NUL-terminated and may be cut up. */
static bool read_end(char *word, bool source, struct address *addr, uint16_t *port)
{
	struct address_range range;
	char *colon = strrchr(word, ':'), *end;
	struct fa_error err;
	unsigned long value;
	size_t len;

	if (colon == NULL) {
		command_complain("\"%s\": expected ADDRESS:PORT", word);
		return false;
	}
	*colon = '\0';
	len = strlen(word);
	if (len > 1 && word[0] == '[' && word[len - 1] == ']') {
		word[len - 1] = '\0';
		word++;
	} else if (strchr(word, ':') != NULL) {
		command_complain("\"%s\": write an IPv6 address in brackets, [%s]:PORT", word,
				 word);
		return false;
	}
	if (address_range_parse(word, &range, &err) != 0 ||
	    address_compare(&range.lo, &range.hi) != 0) {
		command_complain("\"%s\": expected one IPv4 or IPv6 address", word);
		return false;
	}
	*addr = range.lo;
	*port = PORT_UNKNOWN;
	if (source && (strcmp(colon + 1, "*") == 0 || strcmp(colon + 1, "0") == 0))
		return true;
	value = strtoul(colon + 1, &end, 10);
	if (colon[1] < '0' || colon[1] > '9' || *end != '\0' || value < 1 || value > 65535) {
		command_complain("\"%s\": expected a port of 1 to 65535%s", colon + 1,
				 source ? ", or *" : "");
		return false;
	}
	*port = (uint16_t)value;
	return true;
}

/* "tcp A:P B:Q", in one argument or three. */
static bool read_tuple(struct rules_run *run, struct tuple *tuple)
{
	char text[512] = "", *words[4], *save = NULL, *word;
	unsigned n = 0;
	int a;

	for (a = 0; a < run->arg_count; a++) {
		size_t at = strlen(text);

		if ((size_t)snprintf(text + at, sizeof(text) - at, " %s", run->args[a]) >=
		    sizeof(text) - at) {
			command_complain("the tuple is too long");
			return false;
		}
	}
	for (word = strtok_r(text, " ", &save); word != NULL && n < ARRAY_SIZE(words);
	     word = strtok_r(NULL, " ", &save))
		if (strcmp(word, "->") != 0)
			words[n++] = word;
	if (n != 3 || (strcmp(words[0], "tcp") != 0 && strcmp(words[0], "udp") != 0)) {
		command_complain("expected a tuple as 'tcp 10.20.0.5:51000 10.10.0.11:5061'");
		return false;
	}
	tuple->l4 = strcmp(words[0], "tcp") == 0 ? 6 : 17;
	tuple->initiator_known = true;
	tuple->ts_ns = run->at_ns;
	return read_end(words[1], true, &tuple->addr[0], &tuple->port[0]) &&
	       read_end(words[2], false, &tuple->addr[1], &tuple->port[1]);
}

static void add_hits(struct search *s, uint16_t port)
{
	const struct policy *policy = s->run->policy;
	size_t all = policy_row_count(policy), n, i, at;

	s->tuple.port[0] = port;
	n = policy_match(policy, &s->tuple, s->matches, all);
	for (i = 0; i < n; i++) {
		/* Few rows match one tuple: looking is cheaper than an index. */
		for (at = 0; at < s->count; at++)
			if (s->hits[at].match.row == s->matches[i].row)
				break;
		if (at == s->count)
			s->hits[s->count++] =
				(struct hit){ .match = s->matches[i],
					      .width = policy_row(policy, s->matches[i].row)->width,
					      .first = port };
		s->hits[at].last = port;
		s->hits[at].ports++;
	}
}

static const char *role_words(struct rules_run *run, const struct address *addr, char *buf,
			      size_t size)
{
	struct side side = { .kind = SIDE_ROLES };
	char text[ADDRESS_TEXT], roles[256];

	address_text(addr, text);
	if (policy_site_name(run->policy) == NULL) {
		snprintf(buf, size, "%s, not checked without a site", text);
		return buf;
	}
	if (address_is_any(addr)) {
		snprintf(buf, size, "%s names no host yet", text);
		return buf;
	}
	policy_roles_of(run->policy, addr, &side.roles);
	policy_side_text(run->policy, &side, roles, sizeof(roles));
	snprintf(buf, size, "%s is %s", text, *roles == '\0' ? "no role of the site" : roles);
	return buf;
}

static void side_line(struct rules_run *run, const char *key, const struct side *side,
		      const struct address *addr)
{
	char documented[256], here[400];

	policy_side_text(run->policy, side, documented, sizeof(documented));
	output_printf(run->out, "  %-6s %s: %s%s\n", key, documented,
		      role_words(run, addr, here, sizeof(here)),
		      side->kind == SIDE_UNSPECIFIED ? "; the table names no peer" : "");
}

static void port_line(struct rules_run *run, const char *key, const struct port_set *set,
		      const char *seen)
{
	struct row row = { .dport = *set };
	char text[160];

	if (set->count == 0)
		return;
	policy_row_ports_text(&row, text, sizeof(text));
	output_printf(run->out, "  %-6s %s: %s\n", key, text, seen);
}

static void port_lines(struct search *s, const struct row *row, const struct hit *hit,
		       unsigned sport, bool any)
{
	char seen[2][64];

	snprintf(seen[0], sizeof(seen[0]), "%u", hit->first);
	if (any && hit->ports == 65535)
		snprintf(seen[0], sizeof(seen[0]), "any source port");
	else if (any && hit->last > hit->first)
		snprintf(seen[0], sizeof(seen[0]), "source ports %u-%u%s", hit->first, hit->last,
			 hit->ports == (uint32_t)hit->last - hit->first + 1 ? "" : " in part");
	snprintf(seen[1], sizeof(seen[1]), "%u", s->tuple.port[1]);
	port_line(s->run, "dport", &row->dport, seen[1 - sport]);
	port_line(s->run, "sport", &row->sport, seen[sport]);
	if (row->port.count > 0) {
		char both[160];

		snprintf(both, sizeof(both), "%s to %s, at either end", seen[0], seen[1]);
		port_line(s->run, "port", &row->port, both);
	}
}

static void explain(struct search *s, const struct hit *hit, bool any)
{
	struct rules_run *run = s->run;
	const struct row *row = policy_row(run->policy, hit->match.row);
	unsigned from, sport, i;
	char text[160];

	s->tuple.port[0] = hit->first;
	policy_row_ends(run->policy, hit->match.row, &s->tuple, &from, &sport);
	output_printf(run->out, "\n%s\n  %-6s %s\n", row->id, "l4",
		      s->tuple.l4 == 6 ? "tcp" : "udp");
	side_line(run, "from", &row->from, &s->tuple.addr[from]);
	side_line(run, "to", &row->to, &s->tuple.addr[1 - from]);
	port_lines(s, row, hit, sport, any);
	policy_row_protocols_text(row, text, sizeof(text));
	output_printf(run->out, "  %-6s %s: a tuple cannot tell\n", "proto", text);
	for (i = 0; i < row->condition_count; i++)
		output_printf(run->out, "  %-6s %s: %s\n", "when",
			      policy_condition_name(run->policy, row->conditions[i]),
			      policy_condition(run->policy, row->conditions[i]) == ASSERTION_HOLDS
				      ? "the site says so"
				      : "not known");
	if (row->until_text != NULL)
		output_printf(run->out, "  %-6s until %s\n", "valid", row->until_text);
}

static void heading(struct search *s, bool any)
{
	char addr[2][ADDRESS_TEXT], port[8] = "*", day[16];
	time_t at = (time_t)(s->run->at_ns / NS_PER_S);
	struct tm tm;
	unsigned end;

	for (end = 0; end < 2; end++)
		address_text(&s->tuple.addr[end], addr[end]);
	if (!any)
		snprintf(port, sizeof(port), "%u", s->tuple.port[0]);
	gmtime_r(&at, &tm);
	strftime(day, sizeof(day), "%Y-%m-%d", &tm);
	output_printf(s->run->out, "%s %s port %s -> %s port %u on %s\n",
		      s->tuple.l4 == 6 ? "tcp" : "udp", addr[0], port, addr[1], s->tuple.port[1],
		      day);
}

static void nearest_out(struct search *s)
{
	struct rules_run *run = s->run;
	struct nearest nearest;
	char text[1024];
	unsigned bit, n = 0;

	policy_nearest(run->policy, &s->tuple, &nearest);
	policy_nearest_text(run->policy, &s->tuple, &nearest, NULL, text, sizeof(text));
	if (!run->json) {
		output_printf(run->out, "\nnearest: %s\n", text);
		return;
	}
	output_string(run->out, "{\"event_type\":\"nearest\",\"row\":");
	if (nearest.row < 0)
		output_string(run->out, "null");
	else
		output_printf(run->out, "\"%s\"",
			      policy_row(run->policy, (unsigned)nearest.row)->id);
	output_string(run->out, ",\"differs\":[");
	for (bit = 0; bit < KEY_COUNT; bit++)
		if (nearest.differs & 1u << bit)
			output_printf(run->out, "%s\"%s\"", n++ == 0 ? "" : ",",
				      rule_key_name((enum rule_key)(1u << bit)));
	output_string(run->out, "],\"text\":");
	output_json_string(run->out, text, strlen(text));
	output_string(run->out, "}\n");
}

static int by_width(const void *a, const void *b)
{
	const struct hit *x = a, *y = b;

	if (x->width != y->width)
		return x->width < y->width ? -1 : 1;
	return (x->match.row > y->match.row) - (x->match.row < y->match.row);
}

static void wide_line(struct rules_run *run, const struct hit *hit)
{
	const struct row *row = policy_row(run->policy, hit->match.row);
	char ports[80], protocols[160];

	policy_row_ports_text(row, ports, sizeof(ports));
	policy_row_protocols_text(row, protocols, sizeof(protocols));
	output_printf(run->out, "  %-26s  %-11s  %s\n", row->id, ports, protocols);
}

/* Return: rows that document the tuple as it is, without the protocol's bytes. */
static size_t hits_out(struct search *s, bool any)
{
	struct rules_run *run = s->run;
	size_t i, narrow = 0;

	while (narrow < s->count && s->hits[narrow].width <= ROW_WIDE)
		narrow++;
	for (i = 0; i < s->count && run->json; i++) {
		rules_row_json(run, s->hits[i].match.row);
		output_string(run->out, "\n");
	}
	if (run->json)
		return narrow;
	if (narrow == 0)
		output_string(run->out, "No row documents it.\n");
	else
		output_printf(run->out, "%zu %s it%s%s\n", narrow,
			      narrow == 1 ? "row documents" : "rows document",
			      narrow > 1 ? ", the narrowest first" : "",
			      policy_site_name(run->policy) == NULL
				      ? "; a site (-S) would tell the roles"
				      : "");
	for (i = 0; i < narrow; i++)
		explain(s, &s->hits[i], any);
	if (narrow < s->count)
		output_printf(run->out,
			      "\nToo wide to document it without the protocol's bytes:\n");
	for (i = narrow; i < s->count; i++)
		wide_line(run, &s->hits[i]);
	return narrow;
}

int rules_match(struct rules_run *run)
{
	struct search s = { .run = run };
	size_t rows = policy_row_count(run->policy), documented;
	uint32_t port;
	bool any;

	if (!read_tuple(run, &s.tuple))
		return EXIT_UNCHECKED;
	s.matches = memory_array(rows, sizeof(*s.matches));
	s.hits = memory_array(rows, sizeof(*s.hits));
	if (s.matches == NULL || s.hits == NULL) {
		command_complain("out of memory");
		free(s.matches);
		free(s.hits);
		return EXIT_UNCHECKED;
	}
	any = s.tuple.port[0] == PORT_UNKNOWN;
	if (!any)
		add_hits(&s, s.tuple.port[0]);
	for (port = 1; any && port <= 65535; port++)
		add_hits(&s, (uint16_t)port);
	if (!run->json)
		heading(&s, any);
	if (any)
		s.tuple.port[0] = PORT_DYNAMIC;
	if (any && s.count > 1)
		qsort(s.hits, s.count, sizeof(*s.hits), by_width);
	documented = hits_out(&s, any);
	if (documented == 0)
		nearest_out(&s);
	free(s.matches);
	free(s.hits);
	return documented > 0 ? EXIT_CLEAN : EXIT_FINDINGS;
}
