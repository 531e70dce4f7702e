/*
 * Audits every capture of ../shared/captures and holds the counts against what
 * tshark found in them (MANIFEST.tsv): frames, TCP conversations, UDP
 * conversations.  The captures belong to others and are not in this repository;
 * without them the test says so and passes.
 *
 *	shared SHARED-CAPTURES-DIRECTORY
 *
 * TCP is compared with tcp_streams (a tuple used again by a new handshake is a
 * new conversation), UDP with udp_5tuples (innermost headers).
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "flowaudit/flowaudit.h"

/* Where we differ from tshark, by how much, and why that is right. */
static const struct difference {
	const char *file;
	int64_t frames, tcp, udp;
	const char *why;
} differences[] = {
	{ "enterprise_mix_emix.pcap", 0, 0, +1,
	  "0.0.0.0:68 -> 255.255.255.255:67 is quiet for more than 15 minutes: two conversations" },
	{ "pcapng_bigendian_multi_section.pcapng", -3, 0, 0,
	  "tshark counts three custom blocks as frames; they hold no packet (they keep their "
	  "numbers)" },
	{ "fuzz_wireshark_2006_06.pcap", 0, 0, -13,
	  "25 UDP headers whose length field was fuzzed: tshark takes their ports, we call them "
	  "malformed" },
	{ NULL, 0, 0, 0, NULL },
};

enum { COLUMNS_MAX = 64 };

struct header {
	int file, packets, tcp, udp;
};

static int split(char *line, char **field)
{
	int n = 0;

	line[strcspn(line, "\n")] = '\0';
	for (char *p = line; p != NULL && n < COLUMNS_MAX;)
		field[n++] = strsep(&p, "\t");
	return n;
}

static int column(char **field, int n, const char *name)
{
	for (int i = 0; i < n; i++)
		if (strcmp(field[i], name) == 0)
			return i;
	fprintf(stderr, "MANIFEST.tsv has no column %s\n", name);
	exit(2);
}

static const struct difference *difference_of(const char *file)
{
	static const struct difference none = { 0 };

	for (const struct difference *d = differences; d->file != NULL; d++)
		if (strcmp(d->file, file) == 0)
			return d;
	return &none;
}

/* Audit one file.  False when it could not even be opened. */
static bool count(const char *path, int64_t *frames, int64_t *tcp, int64_t *udp)
{
	struct flowaudit *fa = flowaudit_create();
	char err[FLOWAUDIT_ERROR_TEXT];
	struct flowaudit_flow flow;
	uint64_t n, bytes;
	int status;

	*frames = *tcp = *udp = 0;
	if (fa == NULL || flowaudit_activate(fa, err) != 0) {
		fprintf(stderr, "%s\n", fa == NULL ? "no memory" : err);
		exit(2);
	}
	status = flowaudit_read(fa, path, err);
	if (status != 0)
		printf("     %s\n", err);
	if (flowaudit_finish(fa, err) != 0) {
		fprintf(stderr, "%s\n", err);
		exit(2);
	}
	flowaudit_progress(fa, &n, &bytes);
	*frames = (int64_t)n;
	for (size_t i = 0; flowaudit_flow(fa, i, &flow) == 0; i++) {
		*tcp += flow.ip_protocol == 6;
		*udp += flow.ip_protocol == 17;
	}
	flowaudit_destroy(fa);
	return status == 0 || n != 0;
}

static bool check(const char *dir, char **field, const struct header *h)
{
	const struct difference *d = difference_of(field[h->file]);
	int64_t frames, tcp, udp;
	char path[4096];
	bool same;

	snprintf(path, sizeof(path), "%s/%s", dir, field[h->file]);
	count(path, &frames, &tcp, &udp);
	same = frames == atoll(field[h->packets]) + d->frames &&
	       tcp == atoll(field[h->tcp]) + d->tcp && udp == atoll(field[h->udp]) + d->udp;
	if (!same)
		printf("FAIL %s: frames %" PRId64 " of %s, TCP %" PRId64 " of %s, UDP %" PRId64
		       " of %s\n",
		       field[h->file], frames, field[h->packets], tcp, field[h->tcp], udp,
		       field[h->udp]);
	else if (d->why != NULL)
		printf("     %s differs as it should: %s\n", field[h->file], d->why);
	return same;
}

int main(int argc, char **argv)
{
	char line[16384], *field[COLUMNS_MAX], path[4096];
	unsigned passed = 0, failed = 0;
	struct header h;
	FILE *f;
	int n;

	if (argc != 2) {
		fprintf(stderr, "usage: shared CAPTURES-DIRECTORY\n");
		return 2;
	}
	snprintf(path, sizeof(path), "%s/MANIFEST.tsv", argv[1]);
	f = fopen(path, "r");
	if (f == NULL) {
		printf("SKIP the captures of %s are not here\n", argv[1]);
		return 0;
	}
	n = fgets(line, sizeof(line), f) == NULL ? 0 : split(line, field);
	h = (struct header){ column(field, n, "file"), column(field, n, "packets"),
			     column(field, n, "tcp_streams"), column(field, n, "udp_5tuples") };
	while (fgets(line, sizeof(line), f) != NULL) {
		if (split(line, field) <= h.udp)
			continue;
		if (check(argv[1], field, &h))
			passed++;
		else
			failed++;
	}
	fclose(f);
	printf("%u passed, %u failed\n", passed, failed);
	return failed != 0 || passed == 0;
}
