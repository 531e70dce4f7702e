/*
 * run: run a program and append what it cost to a file, one line:
 *
 *	wall_s user_s sys_s peak_rss_KiB status
 *
 * Times and memory are of the program and of the children it waited for
 * (wait4(2)); status is its exit status, 128 + N when signal N ended it.  A
 * program that takes longer than the limit is ended by SIGALRM: its status is 142.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double seconds(struct timeval t)
{
	return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
	unsigned long limit_s = argc > 3 ? strtoul(argv[1], NULL, 10) : 0;
	struct rusage usage;
	double start;
	int status;
	pid_t pid;
	FILE *out;

	if (limit_s == 0) {
		fputs("usage: run LIMIT_SECONDS FILE PROGRAM [ARGUMENT ...]\n", stderr);
		return 2;
	}
	out = fopen(argv[2], "a");
	if (out == NULL) {
		perror(argv[2]);
		return 2;
	}
	start = now();
	pid = fork();
	if (pid == 0) {
		/* An alarm survives execve(2) and ends whatever does not catch it. */
		alarm((unsigned)limit_s);
		execvp(argv[3], argv + 3);
		perror(argv[3]);
		_exit(127);
	}
	while (pid > 0 && wait4(pid, &status, 0, &usage) < 0)
		if (errno != EINTR)
			pid = -1;
	if (pid < 0) {
		perror("run");
		return 2;
	}
	status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	fprintf(out, "%.6f %.6f %.6f %ld %d\n", now() - start, seconds(usage.ru_utime),
		seconds(usage.ru_stime), usage.ru_maxrss, status);
	if (fclose(out) != 0) {
		perror(argv[2]);
		return 2;
	}
	return 0;
}
