/* Appending to files that others rename, fill up and delete. */
#include "report/append.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

int append_open(const char *path, bool anew)
{
	/* O_APPEND: behind a log that was emptied in place (logrotate's copytruncate) no hole is left. */
	return open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | (anew ? O_TRUNC : 0), 0644);
}

size_t append_write(int fd, const void *bytes, size_t len, int *error)
{
	const char *from = bytes;
	size_t done = 0;

	*error = 0;
	while (done < len) {
		ssize_t n = write(fd, from + done, len - done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			*error = errno;
			break;
		}
		done += (size_t)n;
	}
	return done;
}

bool append_cut(int fd, size_t len)
{
	struct stat st;
	off_t end;

	if (len == 0)
		return true;
	end = lseek(fd, 0, SEEK_CUR);
	if (end < (off_t)len || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || st.st_size != end)
		return false;
	end -= (off_t)len;
	/* Standard output may not be in append mode. */
	return ftruncate(fd, end) == 0 && lseek(fd, end, SEEK_SET) == end;
}

uint64_t append_size(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISREG(st.st_mode) ? (uint64_t)st.st_size : 0;
}

bool append_moved(int fd, const char *path)
{
	struct stat open_file, named;

	return fstat(fd, &open_file) != 0 || open_file.st_nlink == 0 || stat(path, &named) != 0 ||
	       open_file.st_ino != named.st_ino || open_file.st_dev != named.st_dev;
}
