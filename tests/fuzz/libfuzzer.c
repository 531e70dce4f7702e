/* libFuzzer's side: the program's name says which target it is, fuzz_NAME. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

/* libFuzzer has no other place for it. */
static const struct fuzz_target *chosen;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	const char *slash = strrchr((*argv)[0], '/');
	const char *base = slash == NULL ? (*argv)[0] : slash + 1;

	(void)argc;
	if (strncmp(base, "fuzz_", 5) == 0)
		chosen = fuzz_find(base + 5);
	if (chosen == NULL) {
		fprintf(stderr, "%s is the name of no fuzz target\n", base);
		exit(2);
	}
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	fuzz_run(chosen, bytes, len);
	return 0;
}
