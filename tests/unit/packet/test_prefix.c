/* Every prefix of every frame in pcaps/, each from a heap block of exactly its size. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <CUnit/CUnit.h>

#include "capture/source.h"
#include "packet/counters.h"
#include "packet/decode.h"

extern CU_TestInfo tests_prefix[];

struct tally {
	struct counters counters;
	uint64_t decoded;
	unsigned frames;
};

/* Decode the first @len bytes, out of reach of whatever follows them. */
static void decode_prefix(struct decoder *dec, const struct frame *frame, uint32_t len,
			  struct tally *tally)
{
	struct frame cut = *frame;
	uint8_t *bytes = malloc(len);
	struct facts facts;

	memcpy(bytes, frame->bytes, len);
	cut.bytes = bytes;
	cut.caplen = len;
	decode_batch(dec, &cut, 1, &facts);
	counters_add(&tally->counters, &facts);
	tally->decoded++;
	if (facts.class >= CLASS_COUNT || facts.payload_len > len ||
	    (facts.payload_len != 0 && !facts.fragmented &&
	     (facts.payload < bytes || facts.payload + facts.payload_len > bytes + len)))
		CU_FAIL("payload outside the prefix");
	free(bytes);
}

static void decode_file(const char *path, struct tally *tally)
{
	struct decoder_options options = DECODER_DEFAULTS;
	struct frame frames[FRAME_BATCH];
	struct decoder *dec;
	struct source *src;
	struct fa_error err;
	int n;

	options.checksums = true;
	if (source_open(&src, path, NULL, &err) != 0 || decoder_new(&dec, &options, &err) != 0)
		CU_FAIL_FATAL("a capture of ours does not open");
	while ((n = source_next(src, frames, &err)) > 0) {
		for (int i = 0; i < n; i++) {
			tally->frames++;
			for (uint32_t len = 0; len <= frames[i].caplen; len++)
				decode_prefix(dec, &frames[i], len, tally);
		}
	}
	CU_ASSERT_EQUAL(n, 0);
	decoder_free(dec);
	source_close(src);
}

static void decode_directory(const char *name, struct tally *tally)
{
	struct dirent *entry;
	DIR *dir = opendir(name);
	char path[512];

	if (dir == NULL) {
		printf("\n    %s", name);
		CU_FAIL_FATAL("run from the top of the tree: captures are not here");
		return;
	}
	while ((entry = readdir(dir)) != NULL) {
		/* Forged captures have their site and their expectations beside them. */
		if (strstr(entry->d_name, ".pcap") == NULL)
			continue;
		snprintf(path, sizeof(path), "%s/%s", name, entry->d_name);
		decode_file(path, tally);
	}
	closedir(dir);
}

static void every_prefix(void)
{
	static const char *const directories[] = { "pcaps/recorded",    "pcaps/forged",
						   "pcaps/forged/ipv6", "pcaps/forged/vlan",
						   "pcaps/forged/gre",  "pcaps/forged/msturn" };
	static struct tally tally;
	char name[COUNTER_NAME];
	uint64_t frames, sum = 0;

	for (size_t i = 0; i < ARRAY_SIZE(directories); i++)
		decode_directory(directories[i], &tally);
	for (unsigned pos = 0; counters_next(&tally.counters, &pos, name, &frames);)
		sum += frames;
	CU_ASSERT_EQUAL(sum, tally.decoded);
	CU_ASSERT(tally.frames > 2000);
}

CU_TestInfo tests_prefix[] = {
	{ "every prefix of every frame in pcaps/ ends in exactly one counter", every_prefix },
	CU_TEST_INFO_NULL,
};
