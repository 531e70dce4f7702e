/*
 * embed: what another program does to audit captures with libflowaudit.
 *
 *	cc $(pkg-config --cflags flowaudit) -o embed embed.c $(pkg-config --libs flowaudit)
 *	./embed site.yaml capture.pcapng ...
 *
 * Prints how many flows got each verdict, then the flows that are blocked.
 * Exit status: that of the audit, see flowaudit_exit_status().
 */
#include <flowaudit/flowaudit.h>

#include <stdio.h>

/* A capture that is damaged counts up to the damage; the exit status tells. */
static int audit(struct flowaudit *fa, const char *site, char **captures, char *error)
{
	int code;

	if (flowaudit_set_site(fa, site) != 0) {
		snprintf(error, FLOWAUDIT_ERROR_TEXT, "no memory");
		return FLOWAUDIT_ENOMEM;
	}
	code = flowaudit_activate(fa, error);
	if (code != 0)
		return code;
	for (; *captures != NULL; captures++)
		if (flowaudit_read(fa, *captures, error) != 0)
			fprintf(stderr, "embed: %s\n", error);
	return flowaudit_finish(fa, error);
}

static void print(const struct flowaudit *fa)
{
	struct flowaudit_flow flow;

	for (int v = 0; v < FLOWAUDIT_VERDICTS; v++)
		printf("%-12s %llu\n", flowaudit_verdict_name((enum flowaudit_verdict)v),
		       (unsigned long long)flowaudit_verdict_count(fa, (enum flowaudit_verdict)v));
	for (size_t i = 0; flowaudit_flow(fa, i, &flow) == 0; i++)
		if (flow.verdict == FLOWAUDIT_BLOCKED)
			printf("blocked: %s port %u to %s port %u, %s, %s, frame %llu of %s\n",
			       flow.source, flow.source_port, flow.destination,
			       flow.destination_port, flow.outcome, flow.row,
			       (unsigned long long)flow.first_frame, flow.capture);
}

int main(int argc, char **argv)
{
	char error[FLOWAUDIT_ERROR_TEXT];
	struct flowaudit *fa;
	const char *problem;
	int status = 2;

	if (argc < 3) {
		fprintf(stderr, "usage: embed SITE CAPTURE ...\n");
		return 2;
	}
	fa = flowaudit_create();
	if (fa == NULL) {
		fprintf(stderr, "embed: no memory\n");
		return 2;
	}
	if (audit(fa, argv[1], argv + 2, error) == 0) {
		print(fa);
		status = flowaudit_exit_status(fa);
	} else {
		fprintf(stderr, "embed: %s\n", error);
		for (size_t i = 0; (problem = flowaudit_problem(fa, i)) != NULL; i++)
			fprintf(stderr, "%s\n", problem);
	}
	flowaudit_destroy(fa);
	return status;
}
