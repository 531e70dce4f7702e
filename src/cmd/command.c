/* Diagnostics go to standard error, one line each, whatever the text contains. */
#include "cmd/command.h"

#include <stdarg.h>
#include <stdio.h>

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
