/* Diagnostics go to standard error, one line each, whatever the text contains. */
#include "cmd/command.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

void command_complain(const char *fmt, ...)
{
	char line[2048];
	va_list args;

	va_start(args, fmt);
	vsnprintf(line, sizeof(line), fmt, args);
	va_end(args);
	for (char *p = line; *p != '\0'; p++)
		if ((unsigned char)*p < 0x20 || *p == 0x7f)
			*p = '?';
	fprintf(stderr, "flowaudit: %s\n", line);
}

bool command_can_write(const char *path)
{
	int fd;

	if (strcmp(path, "-") == 0)
		return true;
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
	if (fd < 0) {
		command_complain("%s: cannot write: %s", path, strerror(errno));
		return false;
	}
	close(fd);
	return true;
}
