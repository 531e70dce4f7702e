/*
 * Holds what the library says of every recorded capture against what was made
 * to happen (pcaps/truth.tsv), flow by flow.
 *
 *	truth PCAPS-DIRECTORY
 *
 * A line of the truth holds when a flow with its addresses and ports has its
 * outcome, verdict and (first of its) row; and every flow that the audit found
 * must be one that the truth knows.
 */
#include <arpa/inet.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "flowaudit/flowaudit.h"

enum { FIELDS = 10, LINES_MAX = 400, FLOWS_MAX = 400 };

/* The columns of truth.tsv. */
enum { FILE_NAME, PROTO, SRC, SPORT, DST, DPORT, OUTCOME, VERDICT, ROW, NOTE };

struct truth {
	char text[1024];
	char *field[FIELDS];
};

struct tally {
	unsigned passed, failed;
};

static bool load(const char *path, struct truth *lines, size_t *count)
{
	FILE *f = fopen(path, "r");
	char line[1024];

	if (f == NULL) {
		perror(path);
		return false;
	}
	*count = 0;
	while (fgets(line, sizeof(line), f) != NULL && *count < LINES_MAX) {
		struct truth *t = &lines[*count];
		char *rest = t->text;

		if (line[0] == '#')
			continue;
		line[strcspn(line, "\n")] = '\0';
		strcpy(t->text, line);
		for (int i = 0; i < FIELDS; i++) {
			t->field[i] = strsep(&rest, "\t");
			if (t->field[i] == NULL) {
				fprintf(stderr, "%s: a line with %d fields: %s\n", path, i, line);
				fclose(f);
				return false;
			}
		}
		++*count;
	}
	fclose(f);
	return true;
}

static bool same_address(const char *a, const char *b)
{
	unsigned char x[16], y[16];
	int family = strchr(a, ':') != NULL ? AF_INET6 : AF_INET;

	return inet_pton(family, a, x) == 1 && inet_pton(family, b, y) == 1 &&
	       memcmp(x, y, family == AF_INET6 ? 16 : 4) == 0;
}

static bool same_port(const char *text, unsigned port)
{
	return strcmp(text, "*") == 0 || (unsigned)atoi(text) == port;
}

/* The flow is the one that the line speaks of. */
static bool is_about(const struct truth *t, const struct flowaudit_flow *f)
{
	return f->ip_protocol == (strcmp(t->field[PROTO], "tcp") == 0 ? 6 : 17) &&
	       same_address(t->field[SRC], f->source) &&
	       same_address(t->field[DST], f->destination) &&
	       same_port(t->field[SPORT], f->source_port) &&
	       same_port(t->field[DPORT], f->destination_port);
}

/* @row is one of the comma-separated ids; "-" stands for no row. */
static bool has_row(const char *list, const char *row)
{
	size_t len;

	if (row == NULL)
		row = "-";
	len = strlen(row);
	for (const char *p = list; p != NULL; p = strchr(p, ',') ? strchr(p, ',') + 1 : NULL)
		if (strncmp(p, row, len) == 0 && (p[len] == ',' || p[len] == '\0'))
			return true;
	return false;
}

static bool agrees(const struct truth *t, const struct flowaudit_flow *f)
{
	return strcmp(t->field[OUTCOME], f->outcome) == 0 &&
	       strcmp(t->field[VERDICT], flowaudit_verdict_name(f->verdict)) == 0 &&
	       has_row(t->field[ROW], f->row);
}

static void complain(const struct truth *t, const struct flowaudit_flow *f)
{
	printf("FAIL %s %s %s:%s -> %s:%s\n     truth: %s %s %s (%s)\n", t->field[FILE_NAME],
	       t->field[PROTO], t->field[SRC], t->field[SPORT], t->field[DST], t->field[DPORT],
	       t->field[OUTCOME], t->field[VERDICT], t->field[ROW], t->field[NOTE]);
	if (f == NULL)
		printf("     audit: no such flow\n");
	else
		printf("     audit: %s %s %s\n", f->outcome, flowaudit_verdict_name(f->verdict),
		       f->row == NULL ? "-" : f->row);
}

static void check_lines(const struct flowaudit *fa, const struct truth *lines, size_t count,
			const char *file, struct tally *tally)
{
	for (size_t i = 0; i < count; i++) {
		const struct flowaudit_flow *shown = NULL;
		struct flowaudit_flow f, other;
		bool good = false;

		if (strcmp(lines[i].field[FILE_NAME], file) != 0)
			continue;
		for (size_t n = 0; !good && flowaudit_flow(fa, n, &f) == 0; n++) {
			if (!is_about(&lines[i], &f))
				continue;
			good = agrees(&lines[i], &f);
			other = f;
			shown = &other;
		}
		if (!good)
			complain(&lines[i], shown);
		tally->passed += good;
		tally->failed += !good;
	}
}

static void check_flows(const struct flowaudit *fa, const struct truth *lines, size_t count,
			const char *file, struct tally *tally)
{
	struct flowaudit_flow f;

	for (size_t n = 0; flowaudit_flow(fa, n, &f) == 0; n++) {
		bool known = false;

		for (size_t i = 0; !known && i < count; i++)
			known = strcmp(lines[i].field[FILE_NAME], file) == 0 &&
				is_about(&lines[i], &f);
		if (known)
			continue;
		printf("FAIL %s: a flow that the truth does not know: %s:%u -> %s:%u %s\n", file,
		       f.source, f.source_port, f.destination, f.destination_port,
		       flowaudit_verdict_name(f.verdict));
		tally->failed++;
	}
}

static void check_file(const char *dir, const char *file, const struct truth *lines, size_t count,
		       struct tally *tally)
{
	struct flowaudit *fa = flowaudit_create();
	char site[4096], path[4096], err[FLOWAUDIT_ERROR_TEXT] = "no memory";
	bool good;

	snprintf(site, sizeof(site), "%s/sites/lab.yaml", dir);
	snprintf(path, sizeof(path), "%s/recorded/%s", dir, file);
	good = fa != NULL && flowaudit_set_site(fa, site) == 0 &&
	       flowaudit_activate(fa, err) == 0 && flowaudit_read(fa, path, err) == 0 &&
	       flowaudit_finish(fa, err) == 0;
	if (!good) {
		printf("FAIL %s: %s\n", file, err);
		tally->failed++;
	} else {
		check_lines(fa, lines, count, file, tally);
		check_flows(fa, lines, count, file, tally);
	}
	flowaudit_destroy(fa);
}

int main(int argc, char **argv)
{
	static struct truth lines[LINES_MAX];
	struct tally tally = { 0 };
	char path[4096];
	size_t count;

	if (argc != 2) {
		fprintf(stderr, "usage: truth PCAPS-DIRECTORY\n");
		return 2;
	}
	snprintf(path, sizeof(path), "%s/truth.tsv", argv[1]);
	if (!load(path, lines, &count))
		return 2;
	for (size_t i = 0; i < count; i++) {
		bool first = true;

		for (size_t k = 0; first && k < i; k++)
			first = strcmp(lines[k].field[FILE_NAME], lines[i].field[FILE_NAME]) != 0;
		if (first)
			check_file(argv[1], lines[i].field[FILE_NAME], lines, count, &tally);
	}
	printf("%u passed, %u failed\n", tally.passed, tally.failed);
	return tally.failed != 0 || tally.passed == 0;
}
