/* Expectations for flowaudit check: one item for the forged flows, one for their row. */
#include "forge/truth.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* A double-quoted scalar (YAML 1.2, 7.3.1). */
static void quoted(FILE *to, const char *text)
{
	putc('"', to);
	for (; *text != '\0'; text++) {
		if (*text == '"' || *text == '\\')
			putc('\\', to);
		putc(*text, to);
	}
	putc('"', to);
}

static void flow(FILE *to, const struct plan *plan, enum forge_case c, unsigned count)
{
	char text[ADDRESS_TEXT];

	fprintf(to, "flows:\n  - name: %s\n    match:\n", forge_case_name(c));
	fprintf(to, "      src_ip: \"%s\"\n", address_text(&plan->addr[0], text));
	fprintf(to, "      dest_ip: \"%s\"\n", address_text(&plan->addr[1], text));
	fprintf(to, "      dest_port: %u\n      proto: %s\n", plan->port[1],
		plan->udp ? "UDP" : "TCP");
	fprintf(to, "      verdict: %s\n", plan->verdict);
	if (plan->outcome != NULL)
		fprintf(to, "      outcome: %s\n", plan->outcome);
	if (plan->row != NULL)
		fprintf(to, "      documented: %s\n", plan->row);
	fprintf(to, "    count: %u\n", count);
}

static void rows(FILE *to, const struct plan *plan)
{
	if (plan->row != NULL && strcmp(plan->verdict, "expected") == 0)
		fprintf(to, "rows:\n  seen: %s\n  not_blocked: %s\n", plan->row, plan->row);
}

int truth_write(const struct plan *plan, enum forge_case c, const struct forge_options *options,
		const char *path, const char *capture, struct fa_error *err)
{
	FILE *to = fopen(path, "we");
	bool bad;

	if (to == NULL)
		return error_set(err, FA_EIO, "%s: cannot write: %s", path, strerror(errno));
	fprintf(to, "# What %s was made to show.\ncaptures: %s\n", capture, capture);
	if (options->rules[0] != NULL) {
		fprintf(to, "rules:\n");
		for (const char *const *r = options->rules; *r != NULL; r++) {
			fprintf(to, "  - ");
			quoted(to, *r);
			putc('\n', to);
		}
	}
	fprintf(to, "site: ");
	quoted(to, options->site);
	putc('\n', to);
	rows(to, plan);
	flow(to, plan, c, options->repeat);
	bad = ferror(to) != 0;
	if (fclose(to) != 0 || bad)
		return error_set(err, FA_EIO, "%s: cannot write: %s", path, strerror(errno));
	return 0;
}
