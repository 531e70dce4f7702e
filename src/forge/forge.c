/* Rows and cases to files. */
#include "forge/forge.h"

#include <stdio.h>

#include "forge/cast.h"
#include "forge/plan.h"
#include "forge/say.h"
#include "forge/truth.h"

#define PATH_MOST 4096
#define MSS       1460
/* Between conversations of a load, and between control and case. */
#define PAUSE_NS (200 * NS_PER_MS)
/* After the last packet of a case silence must be long enough to be judged (25 s). */
#define SETTLE_NS (30 * NS_PER_S)

/* "pic/firewall-summary/1", "ok" -> "pic-firewall-summary-1-ok.pcap" */
static void name_of(const struct row *row, enum forge_case c, const char *ending, char *buf,
		    size_t size)
{
	snprintf(buf, size, "%s-%s%s", row->id, forge_case_name(c), ending);
	for (char *p = buf; *p != '\0'; p++)
		if (*p == '/')
			*p = '-';
}

static void write_script(struct script *s, const struct plan *plan, enum forge_case c,
			 const struct forge_options *options, struct forge_random *random)
{
	const struct dialogue d = {
		.app = plan->protocol.app,
		.tls = plan->protocol.tls,
		.udp = plan->udp,
		.port = plan->port[1],
		.more = options->more,
		.size = options->size,
		.client = "client.contoso.example",
		.server = "server.contoso.example",
		.random = random,
	};

	if (c == CASE_WRONG_PROTOCOL)
		dialogue_write_wrong(s, &d);
	else
		dialogue_write(s, &d);
}

/*
 * The same two hosts before, or after, on a port of no row: what vouches for the
 * path when the case itself shows nothing.
 */
static int64_t control(struct forge_file *file, const struct plan *plan, int64_t start_ns,
		       struct forge_random *random)
{
	struct script s = { 0 };
	const struct dialogue d = { .random = random, .client = "", .server = "" };
	struct talk talk = {
		.addr = { plan->addr[0], plan->addr[1] },
		.port = { 39999, 22 },
		.start_ns = start_ns,
		.mss = MSS,
		.random = random,
	};
	int64_t end;

	say_ssh(&s, &d);
	end = talk_write(file, &talk, &s, CASE_OK);
	script_free(&s);
	return end;
}

static bool needs_control(enum forge_case c)
{
	return c == CASE_DROPPED || c == CASE_REFUSED || c == CASE_PROHIBITED ||
	       c == CASE_RESET_AFTER_HELLO;
}

static int write_capture(struct forge_file *file, const struct plan *plan, enum forge_case c,
			 const struct forge_options *options, struct forge_random *random)
{
	int64_t now = plan->start_ns, end = now, last = now;
	bool nomem = false;

	if (needs_control(c))
		now = control(file, plan, now, random) + PAUSE_NS;
	for (unsigned i = 0; i < options->repeat; i++) {
		uint64_t before = forge_file_frames(file);
		struct script s = { 0 };
		struct talk talk = {
			.addr = { plan->addr[0], plan->addr[1] },
			.port = { (uint16_t)(plan->port[0] + i), plan->port[1] },
			.udp = plan->udp,
			.start_ns = now,
			.firewall = cast_firewall(&plan->addr[0]),
			.mss = MSS,
			.random = random,
		};

		write_script(&s, plan, c, options, random);
		nomem |= s.nomem;
		if (!nomem)
			last = talk_write(file, &talk, &s, c);
		end = MAX(end, last);
		if (options->rate != 0)
			now += (int64_t)(forge_file_frames(file) - before) * NS_PER_S /
			       (int64_t)options->rate;
		else
			now = end + PAUSE_NS;
		script_free(&s);
	}
	/* Silence must last to be judged; and what is cut off is the control, not the case. */
	if (c == CASE_DROPPED || c == CASE_TRUNCATED)
		control(file, plan, end + (c == CASE_DROPPED ? SETTLE_NS : PAUSE_NS), random);
	if (c == CASE_TRUNCATED)
		forge_file_truncate(file);
	return nomem ? FA_ENOMEM : 0;
}

int forge_row(const struct policy *policy, unsigned row, enum forge_case c,
	      const struct forge_options *options, struct fa_error *err)
{
	const struct row *r = policy_row(policy, row);
	char name[512], truth[512], path[PATH_MOST];
	struct forge_random random;
	struct forge_file *file;
	struct plan plan;
	int status = plan_make(&plan, policy, row, c, options->app, err);

	if (status == FA_EUNSUPPORTED)
		return 0;
	if (status != 0)
		return status;
	if (options->repeat > plan.ports) {
		error_set(err, FA_EUNSUPPORTED,
			  "%s: no %u conversations: its source ports allow %u", r->id,
			  options->repeat, plan.ports);
		return 0;
	}
	name_of(r, c, ".pcap", name, sizeof(name));
	name_of(r, c, ".expect.yaml", truth, sizeof(truth));
	forge_random_seed(&random, options->seed, name);
	snprintf(path, sizeof(path), "%s/%s", options->directory, name);
	status = forge_file_create(&file, path, &options->wire, err);
	if (status != 0)
		return status;
	if (write_capture(file, &plan, c, options, &random) != 0)
		status = error_set(err, FA_ENOMEM, "%s: no memory", path);
	if (forge_file_close(file, err) != 0 && status == 0)
		status = err->code;
	if (status != 0)
		return status;
	snprintf(path, sizeof(path), "%s/%s", options->directory, truth);
	status = truth_write(&plan, c, options, path, name, err);
	return status == 0 ? 1 : status;
}
