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

static void every_prefix(void)
{
	static struct tally tally;
	struct dirent *entry;
	DIR *dir = opendir("pcaps/recorded");
	char name[COUNTER_NAME], path[512];
	uint64_t frames, sum = 0;

	if (dir == NULL) {
		CU_FAIL_FATAL("run from the top of the tree: pcaps/recorded is not here");
		return;
	}
	while ((entry = readdir(dir)) != NULL) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "pcaps/recorded/%s", entry->d_name);
		decode_file(path, &tally);
	}
	closedir(dir);
	for (unsigned pos = 0; counters_next(&tally.counters, &pos, name, &frames);)
		sum += frames;
	CU_ASSERT_EQUAL(sum, tally.decoded);
	CU_ASSERT(tally.frames > 1000);
}

CU_TestInfo tests_prefix[] = {
	{ "every prefix of every frame in pcaps/ ends in exactly one counter", every_prefix },
	CU_TEST_INFO_NULL,
};
