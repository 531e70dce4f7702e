/* The public face of live runs: open with privileges, give them up, then look at what comes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit/confine.h"
#include "audit/flowaudit_priv.h"
#include "audit/privilege.h"
#include "base/clock.h"
#include "base/memory.h"

void flowaudit_watch_free(struct flowaudit *fa)
{
	watch_free(fa->watch);
	wire_close(fa->wire);
	keep_free(fa->keep);
	free(fa->watch_name);
}

/* "eth0,eth1" */
static char *join_names(const struct flowaudit_watch *q)
{
	size_t room = 1;
	char *name;

	for (unsigned i = 0; i < q->interface_count; i++)
		room += strlen(q->interfaces[i]) + 1;
	name = memory_array(room, 1);
	for (unsigned i = 0; name != NULL && i < q->interface_count; i++) {
		if (i != 0)
			strcat(name, ",");
		strcat(name, q->interfaces[i]);
	}
	return name;
}

static int open_wire(struct flowaudit *fa, const struct flowaudit_watch *q, struct fa_error *err)
{
	const struct wire_options options = {
		.live = { .interfaces = q->interfaces,
			  .interface_count = q->interface_count,
			  .filter = fa->filter,
			  .snaplen = q->snaplen,
			  .buffer_bytes = q->buffer_bytes,
			  .promiscuous = q->promiscuous != 0,
			  .immediate = q->immediate != 0 },
		.threads = q->threads,
	};

	fa->watch_name = join_names(q);
	if (fa->watch_name == NULL)
		return error_set(err, FA_ENOMEM, "no memory");
	return wire_open(&fa->wire, &options, err);
}

/* What is not open by the time that privileges are gone stays unheard. */
static int check_open(const struct flowaudit *fa, struct fa_error *err)
{
	for (unsigned i = 0; i < wire_count(fa->wire); i++) {
		struct live_interface interface;

		wire_interface(fa->wire, i, &interface);
		if (!interface.up && interface.linktype == 0)
			return error_set(
				err, FA_EIO,
				"interface %s is down and cannot be opened: bring it up first "
				"(ip link set %s up)",
				interface.name, interface.name);
	}
	return 0;
}

static int start_watch(struct flowaudit *fa, const struct flowaudit_watch *q, struct fa_error *err)
{
	const struct watch_options options = {
		.judge = fa->options.judge,
		.rules = { .fail_on = fa->fail_on, .strict = fa->strict, .require = fa->require },
		.report = { .verbose = q->flags & FLOWAUDIT_VERBOSER
					       ? 2
					       : (q->flags & FLOWAUDIT_VERBOSE) != 0,
			    .fail_on = fa->fail_on,
			    .require = fa->require,
			    .colour = !(q->flags & FLOWAUDIT_NO_COLOUR) },
		.colour_always = (q->flags & FLOWAUDIT_COLOUR) != 0,
		.name = fa->watch_name,
		.stats_ns = (int64_t)q->stats_seconds * NS_PER_S,
		.keep = fa->keep,
		.reopens = q->privileged != 0,
	};

	return watch_new(&fa->watch, fa->pipeline, fa->policy, fa->wire, &options, err);
}

/* The directory that holds @path, in @buf.  False for what is no file in one. */
static bool directory_of(const char *path, char *buf, size_t size)
{
	const char *slash = strrchr(path, '/');

	if (strcmp(path, "-") == 0 || strncmp(path, "/dev/", 5) == 0)
		return false;
	if (slash == NULL)
		snprintf(buf, size, ".");
	else
		snprintf(buf, size, "%.*s", slash == path ? 1 : (int)(slash - path), path);
	return true;
}

#define DIRECTORY_TEXT 4096

/* Of outputs, and of what is kept. */
struct directories {
	char text[WATCH_OUTPUTS + 1][DIRECTORY_TEXT];
	const char *list[WATCH_OUTPUTS + 1];
	unsigned count;
};

static void list_directories(struct directories *d, const struct flowaudit_watch *q)
{
	d->count = 0;
	for (unsigned i = 0; i < q->output_count && d->count < WATCH_OUTPUTS; i++) {
		d->list[d->count] = d->text[d->count];
		d->count += directory_of(q->outputs[i].path, d->text[d->count], DIRECTORY_TEXT);
	}
	if (q->keep_directory != NULL)
		d->list[d->count++] = q->keep_directory;
}

static int drop(const struct flowaudit_watch *q, const struct directories *d, struct fa_error *err)
{
	struct identity identity;
	int status = privilege_find(&identity, q->user, err);

	for (unsigned i = 0; i < d->count && status == 0; i++)
		status = privilege_can_write(&identity, d->list[i], err);
	return status == 0 ? privilege_drop(&identity, err) : status;
}

static int open_outputs(struct flowaudit *fa, const struct flowaudit_watch *q, int64_t now_ns,
			struct fa_error *err)
{
	for (unsigned i = 0; i < q->output_count; i++) {
		const struct flowaudit_output *o = &q->outputs[i];
		const struct stream_options options = { .path = o->path,
							.max_bytes = o->max_bytes,
							.seconds = o->seconds,
							.files = o->files };
		enum report_format format;
		struct stream *stream;
		int status;

		if (!report_format_find(o->format, &format))
			return error_set(err, FA_EUSAGE,
					 "no such report format; there are text and json");
		status = stream_open(&stream, &options, now_ns, err);
		if (status != 0)
			return status;
		status = watch_add_output(fa->watch, format, stream, err);
		if (status != 0) {
			(void)stream_close(stream, err);
			return status;
		}
	}
	return 0;
}

static int open_keep(struct flowaudit *fa, const struct flowaudit_watch *q, struct fa_error *err)
{
	const struct keep_options options = { .directory = q->keep_directory,
					      .max_bytes = q->keep_bytes,
					      .flows = pipeline_last_id(fa->pipeline),
					      .snaplen = q->snaplen };

	return q->keep_directory == NULL ? 0 : keep_new(&fa->keep, &options, err);
}

static int open_all(struct flowaudit *fa, const struct flowaudit_watch *q, struct fa_error *err)
{
	struct directories *d = memory_array(1, sizeof(*d));
	int status;

	if (d == NULL)
		return error_set(err, FA_ENOMEM, "no memory");
	list_directories(d, q);
	status = open_wire(fa, q, err);
	if (status == 0 && !q->privileged)
		status = check_open(fa, err);
	if (status == 0 && !q->privileged)
		status = drop(q, d, err);
	if (status == 0)
		status = open_keep(fa, q, err);
	if (status == 0)
		status = start_watch(fa, q, err);
	if (status == 0)
		status = open_outputs(fa, q, clock_ns(CLOCK_REALTIME), err);
	if (status == 0 && !q->privileged) {
		/*
		 * Packet sockets are not muted: that of an interface that vanishes is closed, and
		 * the next file of an output would have its number.
		 */
		int ask[WIRE_THREADS_MAX];
		const struct confine_options options = { .write_dirs = d->list,
							 .write_count = d->count,
							 .ask_fds = ask,
							 .ask_count = wire_ask_descriptors(fa->wire,
											   ask) };

		status = confine(&options, &fa->confined, err);
	}
	free(d);
	return status;
}

int flowaudit_watch_open(struct flowaudit *fa, const struct flowaudit_watch *watch, char *err)
{
	struct fa_error e = { 0 };
	int status;

	if (fa->stage != STAGE_ACTIVE || !fa->options.live || fa->wire != NULL)
		return flowaudit_fail(
			err, FLOWAUDIT_EUSAGE,
			"a live run begins once, after flowaudit_set_live() and activation");
	status = open_all(fa, watch, &e);
	if (status != 0) {
		fa->unreadable = true;
		fa->stage = STAGE_FAILED;
		return flowaudit_give(err, &e);
	}
	fa->stage = STAGE_WATCHING;
	return 0;
}

static int not_watching(char *err)
{
	return flowaudit_fail(err, FLOWAUDIT_EUSAGE, "no live run is under way");
}

int flowaudit_watch_step(struct flowaudit *fa, char *err)
{
	struct fa_error e = { 0 };

	if (fa->stage != STAGE_WATCHING)
		return not_watching(err);
	if (watch_step(fa->watch, &e) != 0) {
		fa->unreadable = true;
		return flowaudit_give(err, &e);
	}
	return !watch_is_over(fa->watch);
}

int flowaudit_watch_summary(struct flowaudit *fa, char *err)
{
	struct fa_error e = { 0 };

	if (fa->stage != STAGE_WATCHING)
		return not_watching(err);
	return watch_say_summary(fa->watch, &e) != 0 ? flowaudit_give(err, &e) : 0;
}

int flowaudit_watch_reload(struct flowaudit *fa, char *err)
{
	struct fa_error e = { 0 };
	struct policy *policy;
	int status;

	if (fa->stage != STAGE_WATCHING)
		return not_watching(err);
	problems_free(&fa->problems);
	policy = policy_new();
	if (policy == NULL)
		return flowaudit_fail(err, FLOWAUDIT_ENOMEM, "no memory");
	status = flowaudit_load_policy(fa, policy, &e);
	if (status != 0) {
		char text[FA_ERROR_TEXT];

		policy_free(policy);
		snprintf(text, sizeof(text),
			 "reload failed, what was loaded before goes on: %.800s", e.text);
		watch_notice(fa->watch, "reload_failed", text);
		return flowaudit_give(err, &e);
	}
	status = watch_set_policy(fa->watch, policy, &e);
	if (status != 0) {
		policy_free(policy);
		return flowaudit_give(err, &e);
	}
	policy_free(fa->policy);
	fa->policy = policy;
	watch_notice(fa->watch, "reloaded", "packs and site were loaded again");
	return 0;
}

const char *flowaudit_watch_trouble(struct flowaudit *fa)
{
	return fa->watch == NULL ? "" : watch_next_trouble(fa->watch);
}

int flowaudit_watch_status(struct flowaudit *fa, struct flowaudit_watch_status *status)
{
	struct watch_status s;

	*status = (struct flowaudit_watch_status){ 0 };
	if (fa->stage != STAGE_WATCHING)
		return FLOWAUDIT_EUSAGE;
	watch_status(fa->watch, &s);
	status->name = fa->watch_name;
	status->frames = s.cap.frames;
	status->bytes = s.cap.wire_bytes;
	status->drops = s.cap.kernel_drops + s.cap.interface_drops;
	status->flows_live = s.flows_live;
	status->evictions = s.evictions;
	status->lost_records = s.lost_records;
	status->findings = s.findings;
	status->confined = fa->confined;
	status->frames_per_second = s.rate;
	for (unsigned v = 0; v < VERDICT_COUNT; v++)
		status->verdicts[v] = s.sum->verdicts[v];
	for (unsigned r = 0; r < policy_row_count(fa->policy); r++)
		status->rows[s.sum->coverage[r].state]++;
	return 0;
}

static_assert(FLOWAUDIT_FINDINGS == WATCH_LATEST, "as many as are listed");

unsigned flowaudit_watch_findings(struct flowaudit *fa, struct flowaudit_finding *list)
{
	const struct seen_finding *latest[WATCH_LATEST];
	unsigned count = fa->stage == STAGE_WATCHING ? watch_latest(fa->watch, latest) : 0;

	for (unsigned i = 0; i < count; i++) {
		list[i] = (struct flowaudit_finding){
			.verdict = (enum flowaudit_verdict)latest[i]->verdict,
			.flows = latest[i]->flows,
			.last_ns = latest[i]->last_ns,
		};
		snprintf(list[i].text, sizeof(list[i].text), "%s", latest[i]->where);
	}
	return count;
}
