/*
 * Runs every kept input of every target once, without libFuzzer.
 *
 *	replay CORPUS [TARGET]		the inputs of CORPUS/TARGET/
 *
 * Exit status: 0 all ran, 1 an input fails (its name is said), 2 a target has no
 * input or one cannot be read.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fuzz.h"

/* Longest input kept. */
#define INPUT_MAX ((size_t)1 << 20)

/* What a process of its own does with one target, where its parent can read it. */
struct progress {
	char path[4096];
	unsigned inputs;
};

static int replay_file(const struct fuzz_target *target, const char *path)
{
	static uint8_t bytes[INPUT_MAX];
	FILE *f = fopen(path, "rb");
	size_t len;
	bool whole;

	if (f == NULL)
		return 2;
	len = fread(bytes, 1, sizeof(bytes), f);
	whole = !ferror(f) && feof(f);
	fclose(f);
	if (!whole)
		return 2;
	fuzz_run(target, bytes, len);
	return 0;
}

static int replay(const struct fuzz_target *target, const char *corpus, struct progress *p)
{
	char dir_path[2048];
	struct dirent *entry;
	DIR *dir;

	snprintf(dir_path, sizeof(dir_path), "%s/%s", corpus, target->name);
	snprintf(p->path, sizeof(p->path), "%s", dir_path);
	dir = opendir(dir_path);
	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(p->path, sizeof(p->path), "%s/%s", dir_path, entry->d_name);
		if (replay_file(target, p->path) != 0)
			return 2;
		p->inputs++;
	}
	if (dir != NULL)
		closedir(dir);
	return p->inputs == 0 ? 2 : 0;
}

/* Run a target apart, so that one that dies leaves a name and lets the others run. */
static int replay_apart(const struct fuzz_target *target, const char *corpus, struct progress *p)
{
	int status;
	pid_t child;

	p->inputs = 0;
	fflush(NULL);
	child = fork();
	if (child == 0)
		exit(replay(target, corpus, p)); /* exit(): leaks are looked for */
	if (child < 0 || waitpid(child, &status, 0) != child)
		return 2;
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return 0;
	if (WIFEXITED(status) && WEXITSTATUS(status) == 2) {
		fprintf(stderr, "fuzz target %s: no input, or cannot be read: %s\n", target->name,
			p->path);
		return 2;
	}
	fprintf(stderr, "fuzz target %s: FAIL at or before the end of %s\n", target->name, p->path);
	return 1;
}

int main(int argc, char **argv)
{
	struct progress *p =
		mmap(NULL, sizeof(*p), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	unsigned targets = 0, inputs = 0;
	int worst = 0;

	if (p == MAP_FAILED || argc < 2 || argc > 3 || (argc == 3 && fuzz_find(argv[2]) == NULL)) {
		fprintf(stderr, "usage: replay CORPUS [TARGET]\n");
		return 2;
	}
	for (size_t i = 0; i < fuzz_target_count; i++) {
		int status;

		if (argc == 3 && strcmp(fuzz_targets[i].name, argv[2]) != 0)
			continue;
		status = replay_apart(&fuzz_targets[i], argv[1], p);
		worst = MAX(worst, status);
		inputs += p->inputs;
		targets++;
	}
	printf("fuzz corpus: %u inputs of %u targets\n", inputs, targets);
	return worst;
}
