/*
 * Captures that others made, read from the file to the facts: as many TCP and
 * UDP 5-tuples of innermost headers as tshark found (MANIFEST.tsv), and every
 * frame in one counter.  The captures are not in this repository: without
 * $FLOWAUDIT_SHARED, ../shared or ../../shared the test says so and passes.
 */
#include <CUnit/CUnit.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "capture/source.h"
#include "packet/counters.h"
#include "packet/decode.h"

/* Where we differ from tshark 4.0.17, by how many, and why that is right. */
static const struct difference {
	const char *file;
	int frames, tcp, udp;
	const char *why;
} differences[] = {
	{ "pcapng_bigendian_multi_section.pcapng", -3, 0, 0,
	  "records 1, 7 and 10 are custom blocks (type 0xbad): tshark shows them as frames of "
	  "\"data\"" },
	{ "fuzz_wireshark_2006_06.pcap", 0, 0, -13,
	  "25 UDP headers have a length below 8 or above their IP payload: a host drops them and "
	  "we "
	  "call them malformed; tshark takes their ports, 13 pairs of which occur nowhere else" },
};

enum { COLUMNS_MAX = 64, LINE_MAX_BYTES = 16384 };

/* Both ends in one order, so that directions are one tuple. */
struct tuple {
	struct address a, b;
	uint16_t aport, bport;
	uint8_t l4;
	uint8_t zero[3]; /* compared as bytes */
};

struct tuples {
	struct tuple *t;
	size_t n, room;
};

static int compare_tuples(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct tuple));
}

static void unique(struct tuples *all)
{
	size_t kept = 0;

	if (all->n == 0)
		return;
	qsort(all->t, all->n, sizeof(*all->t), compare_tuples);
	for (size_t i = 1; i < all->n; i++) {
		if (compare_tuples(&all->t[kept], &all->t[i]) != 0)
			all->t[++kept] = all->t[i];
	}
	all->n = kept + 1;
}

static void add(struct tuples *all, const struct facts *f)
{
	int order = address_compare(&f->src, &f->dst);
	struct tuple *t;

	if (all->n == all->room) {
		unique(all);
		if (all->n >= all->room / 2) {
			all->room = all->room == 0 ? 4096 : all->room * 2;
			all->t = realloc(all->t, all->room * sizeof(*all->t));
			FA_ASSERT(all->t != NULL);
		}
	}
	t = &all->t[all->n++];
	memset(t, 0, sizeof(*t));
	t->l4 = f->l4;
	if (order < 0 || (order == 0 && f->sport <= f->dport)) {
		t->a = f->src;
		t->b = f->dst;
		t->aport = f->sport;
		t->bport = f->dport;
	} else {
		t->a = f->dst;
		t->b = f->src;
		t->aport = f->dport;
		t->bport = f->sport;
	}
}

/* What one file holds. */
struct content {
	uint64_t frames;
	size_t tcp, udp;
};

static void read_frames(struct source *src, struct decoder *dec, struct tuples *all,
			struct counters *counters)
{
	struct frame frames[FRAME_BATCH];
	struct facts facts[FRAME_BATCH];
	struct fa_error err;
	int n;

	while ((n = source_next(src, frames, &err)) > 0) {
		decode_batch(dec, frames, (size_t)n, facts);
		for (int i = 0; i < n; i++) {
			counters_add(counters, &facts[i]);
			if (facts[i].class == CLASS_TCP || facts[i].class == CLASS_UDP)
				add(all, &facts[i]);
		}
	}
}

static struct content read_file(const char *path)
{
	struct decoder_options options = DECODER_DEFAULTS;
	struct counters counters = { .numbered_count = 0 };
	struct content content = { 0 };
	struct tuples all = { 0 };
	char name[COUNTER_NAME];
	struct decoder *dec;
	struct source *src;
	struct fa_error err;
	uint64_t frames, sum = 0;
	unsigned pos = 0;

	/* Some are there to be refused; then nothing was delivered. */
	if (source_open(&src, path, NULL, &err) != 0)
		return content;
	options.checksums = true;
	CU_ASSERT_FATAL(decoder_new(&dec, &options, &err) == 0);
	read_frames(src, dec, &all, &counters);
	while (counters_next(&counters, &pos, name, &frames)) {
		sum += frames;
		if (getenv("FLOWAUDIT_SHOW_COUNTERS") != NULL)
			printf("\n  %s: %s %" PRIu64, path, name, frames);
	}
	content.frames = source_info(src)->frames;
	CU_ASSERT_EQUAL(sum, content.frames);
	decoder_free(dec);
	source_close(src);
	unique(&all);
	for (size_t i = 0; i < all.n; i++) {
		content.tcp += all.t[i].l4 == 6;
		content.udp += all.t[i].l4 == 17;
	}
	free(all.t);
	return content;
}

static int split(char *line, char *field[COLUMNS_MAX])
{
	int n = 0;

	line[strcspn(line, "\n")] = '\0';
	while (line != NULL && n < COLUMNS_MAX)
		field[n++] = strsep(&line, "\t");
	return n;
}

static int column(char *field[COLUMNS_MAX], int n, const char *name)
{
	for (int i = 0; i < n; i++) {
		if (strcmp(field[i], name) == 0)
			return i;
	}
	return -1;
}

static const struct difference *difference_of(const char *file)
{
	static const struct difference none = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(differences); i++) {
		if (strcmp(differences[i].file, file) == 0)
			return &differences[i];
	}
	return &none;
}

static FILE *open_manifest(char dir[static 512])
{
	const char *const places[] = { getenv("FLOWAUDIT_SHARED"), "../shared", "../../shared" };

	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		char path[600];
		FILE *f;

		if (places[i] == NULL)
			continue;
		snprintf(dir, 512, "%s/captures", places[i]);
		snprintf(path, sizeof(path), "%s/MANIFEST.tsv", dir);
		f = fopen(path, "r");
		if (f != NULL)
			return f;
	}
	return NULL;
}

static void tuples_are_those_that_tshark_found(void)
{
	static char line[LINE_MAX_BYTES];
	char *field[COLUMNS_MAX];
	char dir[512], path[1024];
	int file, packets, tcp, udp, n;
	FILE *manifest = open_manifest(dir);
	unsigned files = 0;

	if (manifest == NULL) {
		printf("skipped, the shared captures are not here ... ");
		return;
	}
	CU_ASSERT_FATAL(fgets(line, sizeof(line), manifest) != NULL);
	n = split(line, field);
	file = column(field, n, "file");
	packets = column(field, n, "packets");
	tcp = column(field, n, "tcp_5tuples");
	udp = column(field, n, "udp_5tuples");
	CU_ASSERT_FATAL(file == 0 && packets > 0 && tcp > packets && udp > tcp);
	while (fgets(line, sizeof(line), manifest) != NULL) {
		const struct difference *d;
		struct content c;
		bool same;

		if (split(line, field) <= udp)
			continue;
		d = difference_of(field[file]);
		snprintf(path, sizeof(path), "%s/%s", dir, field[file]);
		c = read_file(path);
		same = (int64_t)c.frames == atoll(field[packets]) + d->frames &&
		       (int64_t)c.tcp == atoll(field[tcp]) + d->tcp &&
		       (int64_t)c.udp == atoll(field[udp]) + d->udp;
		CU_ASSERT(same);
		if (!same)
			printf("\n  %s: %" PRIu64 " frames of %s, %zu TCP of %s, %zu UDP of %s",
			       field[file], c.frames, field[packets], c.tcp, field[tcp], c.udp,
			       field[udp]);
		files++;
	}
	CU_ASSERT(files > 0);
	fclose(manifest);
}

extern CU_TestInfo tests_shared_captures[];
CU_TestInfo tests_shared_captures[] = { { "5-tuples are those that tshark found",
					  tuples_are_those_that_tshark_found },
					CU_TEST_INFO_NULL };
