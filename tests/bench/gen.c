/* gen: write one capture for the benchmark. */
#include "gen.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "wire.h"

#define KINDS 5u

static int usage(void)
{
	fputs("usage: gen voice    FILE PACKETS FLOWS\n"
	      "       gen small    FILE PACKETS FLOWS\n"
	      "       gen live     FILE PACKETS FLOWS\n"
	      "       gen newflows FILE PACKETS\n"
	      "       gen mixed    FILE PACKETS CAPTURE ...\n",
	      stderr);
	return 2;
}

/* 1 .. @max, or 0. */
static uint64_t number(const char *text, uint64_t max)
{
	char *end;
	uint64_t value = strtoull(text, &end, 10);

	return *end != '\0' || value > max ? 0 : value;
}

static bool generate(FILE *out, char **argv, uint64_t packets, uint32_t flows)
{
	if (strcmp(argv[1], "voice") == 0)
		return talk_voice(out, packets, flows);
	if (strcmp(argv[1], "small") == 0)
		return talk_small(out, packets, flows);
	if (strcmp(argv[1], "live") == 0)
		return talk_live(out, packets, flows);
	if (strcmp(argv[1], "newflows") == 0)
		return talk_new_flows(out, packets);
	return loop_captures(out, packets, argv + 4);
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		int argc; /* mixed: at least */
		bool flows;
	} kinds[KINDS] = {
		{ "voice", 5, true },     { "small", 5, true },  { "live", 5, true },
		{ "newflows", 4, false }, { "mixed", 5, false },
	};
	uint64_t packets, flows = 1;
	FILE *out;
	size_t kind = 0;
	bool fine;

	while (kind < KINDS && (argc < 2 || strcmp(argv[1], kinds[kind].name) != 0))
		kind++;
	if (kind == KINDS || argc < kinds[kind].argc ||
	    (argc > kinds[kind].argc && strcmp(argv[1], "mixed") != 0))
		return usage();
	packets = number(argv[3], UINT64_C(1) << 40);
	if (kinds[kind].flows)
		flows = number(argv[4], UINT64_C(1) << 25);
	if (packets == 0 || flows == 0)
		return usage();
	out = wire_create(argv[2]);
	if (out == NULL)
		return 1;
	fine = generate(out, argv, packets, (uint32_t)flows);
	if (ferror(out) | fclose(out)) {
		perror(argv[2]);
		fine = false;
	}
	return fine ? 0 : 1;
}
