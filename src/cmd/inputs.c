/* Operands: files, directories, "-", and the words of a BPF expression. */
#include "cmd/inputs.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/memory.h"
#include "cmd/command.h"

static bool ends_with(const char *name, const char *tail)
{
	size_t n = strlen(name), t = strlen(tail);

	return n > t && strcmp(name + n - t, tail) == 0;
}

/* Named like a capture, packed or not. */
static bool named_capture(const char *name)
{
	static const char *const kinds[] = { ".pcap", ".pcapng", ".cap", ".ntar", ".dmp" };
	static const char *const packs[] = { "", ".gz", ".zst", ".xz", ".lz4", ".bz2" };
	char tail[32];

	for (size_t k = 0; k < ARRAY_SIZE(kinds); k++) {
		for (size_t p = 0; p < ARRAY_SIZE(packs); p++) {
			snprintf(tail, sizeof(tail), "%s%s", kinds[k], packs[p]);
			if (ends_with(name, tail))
				return true;
		}
	}
	return false;
}

/* Begins as pcap (either order, microseconds or nanoseconds) or pcapng does. */
static bool begins_as_capture(const char *path)
{
	static const unsigned char magic[][4] = {
		{ 0xd4, 0xc3, 0xb2, 0xa1 }, { 0xa1, 0xb2, 0xc3, 0xd4 }, { 0x4d, 0x3c, 0xb2, 0xa1 },
		{ 0xa1, 0xb2, 0x3c, 0x4d }, { 0x0a, 0x0d, 0x0d, 0x0a },
	};
	unsigned char head[4];
	FILE *f = fopen(path, "rb");
	bool whole;

	if (f == NULL)
		return false;
	whole = fread(head, sizeof(head), 1, f) == 1;
	fclose(f);
	for (size_t i = 0; whole && i < ARRAY_SIZE(magic); i++)
		if (memcmp(head, magic[i], sizeof(head)) == 0)
			return true;
	return false;
}

static bool push(struct inputs *in, const char *path)
{
	char *copy = strdup(path);

	if (copy == NULL || memory_grow(&in->paths, &in->cap, in->count + 1, sizeof(*in->paths))) {
		free(copy);
		command_complain("no memory for the list of captures");
		return false;
	}
	in->paths[in->count++] = copy;
	return true;
}

static bool add_entry(struct inputs *in, const char *dir, const char *name)
{
	char path[4096];
	struct stat st;

	if (name[0] == '.')
		return true;
	if ((size_t)snprintf(path, sizeof(path), "%s/%s", dir, name) >= sizeof(path)) {
		command_complain("%s/%s: path too long", dir, name);
		return false;
	}
	if (stat(path, &st) != 0 || !S_ISREG(st.st_mode))
		return true;
	if (!named_capture(name) && !begins_as_capture(path))
		return true;
	return push(in, path);
}

static bool add_directory(struct inputs *in, const char *dir)
{
	struct dirent **entries;
	size_t before = in->count;
	int n = scandir(dir, &entries, NULL, alphasort);
	bool good = n >= 0;

	if (n < 0) {
		command_complain("%s: cannot list: %s", dir, strerror(errno));
		return false;
	}
	for (int i = 0; i < n; i++) {
		good = good && add_entry(in, dir, entries[i]->d_name);
		free(entries[i]);
	}
	free(entries);
	if (good && in->count == before) {
		command_complain("%s: no capture in this directory", dir);
		return false;
	}
	return good;
}

bool inputs_add(struct inputs *in, const char *path)
{
	struct stat st;

	if (strcmp(path, "-") != 0 && stat(path, &st) == 0 && S_ISDIR(st.st_mode))
		return add_directory(in, path);
	return push(in, path);
}

static bool is_capture_operand(const char *word)
{
	struct stat st;

	return strcmp(word, "-") == 0 || stat(word, &st) == 0 || named_capture(word);
}

/* The words joined by blanks, as tcpdump joins them. */
static bool join(struct inputs *in, int argc, char **argv)
{
	size_t len = 1;

	if (in->filter != NULL) {
		command_complain("a filter was given twice: by -F and after the captures");
		return false;
	}
	for (int i = 0; i < argc; i++)
		len += strlen(argv[i]) + 1;
	in->filter = memory_array(len, 1);
	if (in->filter == NULL) {
		command_complain("no memory for the filter");
		return false;
	}
	for (int i = 0; i < argc; i++) {
		if (i != 0)
			strcat(in->filter, " ");
		strcat(in->filter, argv[i]);
	}
	return true;
}

bool inputs_operands(struct inputs *in, int argc, char **argv, bool captures_given)
{
	int i = 0;

	if (!captures_given) {
		for (; i < argc && (i == 0 || is_capture_operand(argv[i])); i++)
			if (!inputs_add(in, argv[i]))
				return false;
	}
	return i == argc || join(in, argc - i, argv + i);
}

bool inputs_filter_file(struct inputs *in, const char *path)
{
	enum { LONGEST = 65536 };
	FILE *f = fopen(path, "r");
	bool comment = false;
	size_t n = 0;
	int c;

	if (f == NULL) {
		command_complain("%s: cannot open: %s", path, strerror(errno));
		return false;
	}
	free(in->filter);
	in->filter = memory_array(LONGEST, 1);
	while (in->filter != NULL && n < LONGEST - 1 && (c = getc(f)) != EOF) {
		if (c == '#' || c == '\n')
			comment = c == '#';
		if (!comment)
			in->filter[n++] = c == '\n' ? ' ' : (char)c;
	}
	if (in->filter == NULL || ferror(f) || n == LONGEST - 1) {
		command_complain("%s: cannot be read as a filter of at most 64 KiB", path);
		fclose(f);
		return false;
	}
	fclose(f);
	return true;
}

void inputs_free(struct inputs *in)
{
	for (size_t i = 0; i < in->count; i++)
		free(in->paths[i]);
	free(in->paths);
	free(in->filter);
	*in = (struct inputs){ 0 };
}
