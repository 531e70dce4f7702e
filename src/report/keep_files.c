/* Capture files in a directory that may hold so many bytes. */
#include "report/keep_files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "report/append.h"
#include "report/time.h"

#define NUMBERS 10000u /* of files that begin in one second */

int keep_files_init(struct keep_files *f, const char *directory, uint64_t max_bytes,
		    struct fa_error *err)
{
	DIR *dir;

	*f = (struct keep_files){ .max_bytes = max_bytes,
				  .limit = max_bytes / KEEP_FILES,
				  .fd = -1 };
	dir = opendir(directory);
	if (dir == NULL)
		return error_set(err, FA_EIO, "%s: cannot keep packets in this directory: %s",
				 directory, strerror(errno));
	closedir(dir);
	f->directory = strdup(directory);
	return f->directory != NULL ? 0 : error_set(err, FA_ENOMEM, "%s: out of memory", directory);
}

void keep_files_free(struct keep_files *f)
{
	if (f->directory == NULL)
		return;
	keep_files_end(f);
	free(f->directory);
}

/* A name that we give: a digit for each 0. */
static int is_own(const struct dirent *entry)
{
	static const char like[] = "flowaudit-00000000T000000-0000.pcapng";
	const char *name = entry->d_name;

	if (strlen(name) != sizeof(like) - 1)
		return 0;
	for (size_t i = 0; i < sizeof(like) - 1; i++)
		if (like[i] == '0' ? name[i] < '0' || name[i] > '9' : name[i] != like[i])
			return 0;
	return 1;
}

static int by_age(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static uint64_t size_in(int dir, const char *name)
{
	struct stat st;

	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISREG(st.st_mode))
		return 0;
	return (uint64_t)st.st_size;
}

/* Remove the first of @n files, oldest first, until @most bytes are left.  Return: 0 or errno */
static int remove_oldest(int dir, struct dirent **files, int n, uint64_t most)
{
	uint64_t sum = 0;

	for (int i = 0; i < n; i++)
		sum += size_in(dir, files[i]->d_name);
	for (int i = 0; i < n && sum > most; i++) {
		uint64_t size = size_in(dir, files[i]->d_name);

		if (unlinkat(dir, files[i]->d_name, 0) != 0 && errno != ENOENT && errno != EISDIR)
			return errno;
		sum -= size < sum ? size : sum;
	}
	return 0;
}

/* Return: 0 or errno */
static int make_room(const struct keep_files *f)
{
	int dir = open(f->directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC), n, error;
	struct dirent **files;

	if (dir < 0)
		return errno;
	n = scandirat(dir, ".", &files, is_own, by_age);
	if (n < 0) {
		error = errno;
	} else {
		error = remove_oldest(dir, files, n, f->max_bytes - f->limit);
		while (n > 0)
			free(files[--n]);
		free(files);
	}
	close(dir);
	return error;
}

/* A file of our own that was not there before.  Return: 0 or errno */
static int begin_file(struct keep_files *f, int64_t now_ns)
{
	char t[TIME_DATE_TEXT], path[sizeof(f->path)];

	/* "2026-11-21 09:14:02"; gmtime(3) would look for a time zone, which a sandbox may hide. */
	time_date_text(now_ns, t);
	for (unsigned i = 0; i < NUMBERS; i++) {
		int n = snprintf(path, sizeof(path),
				 "%s/flowaudit-%.4s%.2s%.2sT%.2s%.2s%.2s-%04u.pcapng", f->directory,
				 t, t + 5, t + 8, t + 11, t + 14, t + 17, f->number++ % NUMBERS);

		if (n < 0 || (size_t)n >= sizeof(path))
			return ENAMETOOLONG;
		f->fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0644);
		if (f->fd >= 0) {
			memcpy(f->path, path, (size_t)n + 1);
			return 0;
		}
		if (errno != EEXIST)
			return errno;
	}
	return EEXIST;
}

bool keep_files_begin(struct keep_files *f, int64_t now_ns, struct outage *outage, uint64_t lost)
{
	int error;

	if (f->fd >= 0)
		return true;
	error = make_room(f);
	if (error != 0) {
		outage_begin(outage, lost, f->directory, "cannot make room for kept packets",
			     error);
		return false;
	}
	error = begin_file(f, now_ns);
	if (error != 0)
		outage_begin(outage, lost, f->directory, "cannot begin a file for kept packets",
			     error);
	f->size = 0;
	return error == 0;
}

bool keep_files_write(struct keep_files *f, const void *bytes, size_t len, struct outage *outage,
		      uint64_t lost)
{
	int error;
	size_t done = append_write(f->fd, bytes, len, &error);

	if (done == len) {
		f->size += len;
		return true;
	}
	outage_begin(outage, lost, f->path, "cannot write", error);
	/* Readers take a cut block at the end of a file for its end: it must be the end. */
	if (!append_cut(f->fd, done)) {
		f->size += done;
		keep_files_end(f);
	}
	return false;
}

void keep_files_end(struct keep_files *f)
{
	if (f->fd < 0)
		return;
	if (f->size == 0 && !append_moved(f->fd, f->path))
		unlink(f->path);
	close(f->fd);
	f->fd = -1;
}

void keep_files_look_after(struct keep_files *f, int64_t now_ns)
{
	if (f->fd < 0 || (now_ns >= f->looked_ns && now_ns - f->looked_ns < NS_PER_S))
		return;
	f->looked_ns = now_ns;
	if (append_moved(f->fd, f->path))
		keep_files_end(f);
}
