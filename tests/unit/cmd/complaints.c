/* A file in the place of a stream. */
#include "cmd/complaints.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <CUnit/CUnit.h>

void complaints_begin(struct complaints *c, int fd)
{
	char path[] = "/tmp/flowaudit-said-XXXXXX";

	fflush(NULL);
	c->fd = fd;
	c->text[0] = '\0';
	c->saved = dup(fd);
	c->file = mkstemp(path);
	CU_ASSERT_FATAL(c->saved >= 0 && c->file >= 0);
	unlink(path);
	CU_ASSERT_FATAL(dup2(c->file, fd) == fd);
}

const char *complaints_end(struct complaints *c)
{
	ssize_t n;

	fflush(NULL);
	dup2(c->saved, c->fd);
	close(c->saved);
	n = pread(c->file, c->text, sizeof(c->text) - 1, 0);
	c->text[n > 0 ? n : 0] = '\0';
	close(c->file);
	return c->text;
}

bool complaints_same(const char *got, const char *want)
{
	if (strcmp(got, want) == 0)
		return true;
	printf("\n    got  \"%s\"\n    want \"%s\"", got, want);
	return false;
}
