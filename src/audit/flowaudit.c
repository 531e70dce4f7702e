/* The public face: opaque handle, settings, activation, and answers. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "audit/flowaudit_priv.h"
#include "audit/namer.h"
#include "base/memory.h"
#include "policy/packs.h"
#include "report/report.h"

static_assert((int)FLOWAUDIT_VERDICTS == (int)VERDICT_COUNT &&
		      (int)FLOWAUDIT_INCONCLUSIVE == (int)VERDICT_INCONCLUSIVE &&
		      (int)FLOWAUDIT_MISMATCH == (int)VERDICT_MISMATCH &&
		      (int)FLOWAUDIT_ROW_NOT_SEEN == (int)ROW_NOT_SEEN &&
		      (int)FLOWAUDIT_ROW_EXPIRED == (int)ROW_EXPIRED,
	      "public verdicts and row states are the internal ones");
static_assert((int)FLOWAUDIT_EEMPTY == (int)FA_EEMPTY && (int)FLOWAUDIT_EIO == (int)FA_EIO &&
		      (int)FLOWAUDIT_EUSAGE == (int)FA_EUSAGE &&
		      FLOWAUDIT_ERROR_TEXT == FA_ERROR_TEXT,
	      "public codes and texts are the internal ones");

#define MAX_FLOWS   (1u << 27)
#define MAX_THREADS 1024u

int flowaudit_fail(char *text, int code, const char *what)
{
	snprintf(text, FLOWAUDIT_ERROR_TEXT, "%s", what);
	return code;
}

int flowaudit_give(char *text, const struct fa_error *err)
{
	return flowaudit_fail(text, err->code, err->text);
}

const char *flowaudit_version(void)
{
	return FA_VERSION;
}

struct flowaudit *flowaudit_create(void)
{
	struct flowaudit *fa = memory_array(1, sizeof(*fa));

	if (fa == NULL)
		return NULL;
	fa->options = (struct pipeline_options)PIPELINE_DEFAULTS;
	fa->fail_on = VERDICT_BIT(VERDICT_UNEXPECTED) | VERDICT_BIT(VERDICT_BLOCKED) |
		      VERDICT_BIT(VERDICT_MISMATCH);
	fa->policy = policy_new();
	if (fa->policy == NULL) {
		free(fa);
		return NULL;
	}
	clock_gettime(CLOCK_MONOTONIC, &fa->started);
	return fa;
}

void flowaudit_destroy(struct flowaudit *fa)
{
	if (fa == NULL)
		return;
	flowaudit_watch_free(fa);
	pipeline_free(fa->pipeline);
	policy_free(fa->policy);
	problems_free(&fa->problems);
	for (size_t i = 0; i < fa->pack_count; i++)
		free(fa->packs[i]);
	free(fa->packs);
	free(fa->site);
	free(fa->filter);
	free(fa);
}

int flowaudit_add_rules(struct flowaudit *fa, const char *pack)
{
	char *copy;

	if (fa->stage != STAGE_SETTING)
		return FLOWAUDIT_EUSAGE;
	copy = strdup(pack);
	if (copy == NULL ||
	    memory_grow(&fa->packs, &fa->pack_cap, fa->pack_count + 1, sizeof(*fa->packs)) != 0) {
		free(copy);
		return FLOWAUDIT_ENOMEM;
	}
	fa->packs[fa->pack_count++] = copy;
	return 0;
}

static int set_string(struct flowaudit *fa, char **slot, const char *value)
{
	char *copy;

	if (fa->stage != STAGE_SETTING)
		return FLOWAUDIT_EUSAGE;
	copy = strdup(value);
	if (copy == NULL)
		return FLOWAUDIT_ENOMEM;
	free(*slot);
	*slot = copy;
	return 0;
}

int flowaudit_set_site(struct flowaudit *fa, const char *path)
{
	return set_string(fa, &fa->site, path);
}

int flowaudit_set_filter(struct flowaudit *fa, const char *expression)
{
	return set_string(fa, &fa->filter, expression);
}

/* A setting that is a plain value within bounds. */
#define SET(condition, assignment)                              \
	do {                                                    \
		if (fa->stage != STAGE_SETTING || !(condition)) \
			return FLOWAUDIT_EUSAGE;                \
		assignment;                                     \
		return 0;                                       \
	} while (0)

int flowaudit_set_max_flows(struct flowaudit *fa, uint32_t flows)
{
	SET(flows >= 1 && flows <= MAX_FLOWS, fa->options.table.max_flows = flows);
}

int flowaudit_set_seed(struct flowaudit *fa, uint64_t seed)
{
	SET(true, fa->options.table.seed = seed);
}

int flowaudit_set_batch(struct flowaudit *fa, unsigned frames)
{
	SET(frames >= 1 && frames <= FRAME_BATCH, fa->options.batch = frames);
}

int flowaudit_set_threads(struct flowaudit *fa, unsigned threads)
{
	SET(threads >= 1 && threads <= MAX_THREADS, fa->options.threads = threads);
}

int flowaudit_set_attempt_timeout(struct flowaudit *fa, unsigned seconds)
{
	SET(seconds >= 1, fa->options.judge.attempt_timeout_ns = (int64_t)seconds * NS_PER_S);
}

int flowaudit_set_checksums(struct flowaudit *fa, int on)
{
	SET(true, fa->options.decoder.checksums = on != 0);
}

int flowaudit_set_keep_duplicates(struct flowaudit *fa, int on)
{
	SET(true, fa->options.decoder.keep_duplicates = on != 0);
}

int flowaudit_set_vlan_in_key(struct flowaudit *fa, int on)
{
	SET(true, fa->options.table.vlan_in_key = on != 0);
}

int flowaudit_set_fail_on(struct flowaudit *fa, unsigned verdicts)
{
	SET(verdicts < VERDICT_BIT(VERDICT_COUNT), fa->fail_on = verdicts);
}

int flowaudit_set_strict(struct flowaudit *fa, int on)
{
	SET(true, fa->strict = on != 0);
}

int flowaudit_set_require(struct flowaudit *fa, int on)
{
	SET(true, fa->require = on != 0);
}

int flowaudit_set_live(struct flowaudit *fa, int on)
{
	SET(true, fa->options.live = on != 0);
}

int flowaudit_set_name_unknown(struct flowaudit *fa, int on)
{
	if (on && !namer_available())
		return FLOWAUDIT_EUNSUPPORTED;
	SET(true, fa->options.name_unknown = on != 0);
}

static int load_pack(struct flowaudit *fa, struct policy *policy, const char *name,
		     struct fa_error *err)
{
	char path[4096];
	int status = packs_locate(name, path, sizeof(path), err);

	if (status != 0)
		return status;
	status = policy_load_pack(policy, path, &fa->problems);
	if (status != 0)
		return error_set(err, status, "pack %s cannot be used", name);
	return 0;
}

/* Every pack is tried, so that one run shows every mistake; the first failure is returned. */
static int load_packs(struct flowaudit *fa, struct policy *policy, struct fa_error *err)
{
	const char *const *names = packs_default();
	int first = 0;

	for (size_t i = 0; fa->pack_count != 0 ? i < fa->pack_count : names[i] != NULL; i++) {
		struct fa_error this_err;
		int status = load_pack(fa, policy, fa->pack_count != 0 ? fa->packs[i] : names[i],
				       &this_err);

		if (status != 0 && first == 0) {
			first = status;
			*err = this_err;
		}
	}
	return first;
}

int flowaudit_load_policy(struct flowaudit *fa, struct policy *policy, struct fa_error *err)
{
	int status = load_packs(fa, policy, err);

	if (status == 0 && fa->site != NULL) {
		status = packs_load_site(policy, fa->site, &fa->problems);
		if (status != 0)
			error_set(err, status, "site file %s cannot be used", fa->site);
	}
	return status == 0 ? policy_compile(policy, err) : status;
}

int flowaudit_activate(struct flowaudit *fa, char *err)
{
	struct fa_error e = { 0 };
	int status;

	if (fa->stage != STAGE_SETTING)
		return flowaudit_fail(err, FLOWAUDIT_EUSAGE,
				      "an audit is activated once; create another");
	fa->stage = STAGE_FAILED; /* until everything is there */
	status = flowaudit_load_policy(fa, fa->policy, &e);
	fa->options.filter = fa->filter;
	if (fa->options.live)
		fa->options.threads = 1;
	if (status == 0)
		status = pipeline_new(&fa->pipeline, fa->policy, &fa->options, &e);
	if (status != 0)
		return flowaudit_give(err, &e);
	fa->stage = STAGE_ACTIVE;
	return 0;
}

const char *flowaudit_problem(struct flowaudit *fa, size_t index)
{
	if (index >= fa->problems.count)
		return NULL;
	problem_text(&fa->problems.items[index], fa->problem, sizeof(fa->problem));
	return fa->problem;
}

int flowaudit_open(struct flowaudit *fa, const char *path, char *err)
{
	struct fa_error e = { 0 };
	int status;

	if (fa->stage != STAGE_ACTIVE)
		return flowaudit_fail(err, FLOWAUDIT_EUSAGE,
				      "captures are read one at a time, after activation");
	status = pipeline_open(fa->pipeline, path, &e);
	if (status != 0) {
		fa->unreadable = true;
		return flowaudit_give(err, &e);
	}
	fa->stage = STAGE_READING;
	return 0;
}

int flowaudit_step(struct flowaudit *fa, char *err)
{
	struct fa_error e = { 0 };
	int status;

	if (fa->stage != STAGE_READING)
		return flowaudit_fail(err, FLOWAUDIT_EUSAGE, "no capture is open");
	status = pipeline_step(fa->pipeline, &e);
	if (status == 1)
		return 1;
	fa->stage = STAGE_ACTIVE;
	if (status < 0) {
		fa->unreadable = true;
		return flowaudit_give(err, &e);
	}
	return 0;
}

int flowaudit_read(struct flowaudit *fa, const char *path, char *err)
{
	int status = flowaudit_open(fa, path, err);

	if (status != 0)
		return status;
	do
		status = flowaudit_step(fa, err);
	while (status == 1);
	return status;
}

void flowaudit_progress(const struct flowaudit *fa, uint64_t *frames, uint64_t *bytes)
{
	*frames = *bytes = 0;
	if (fa->pipeline != NULL)
		pipeline_progress(fa->pipeline, frames, bytes);
}

int flowaudit_finish(struct flowaudit *fa, char *err)
{
	struct fa_error e = { 0 };
	struct timespec now;

	if (fa->stage != STAGE_ACTIVE && fa->stage != STAGE_READING && fa->stage != STAGE_WATCHING)
		return flowaudit_fail(err, FLOWAUDIT_EUSAGE,
				      "an audit is finished once, after activation");
	if (fa->stage == STAGE_WATCHING ? watch_finish(fa->watch, &e) != 0
					: pipeline_finish(fa->pipeline, &e) != 0)
		return flowaudit_give(err, &e);
	clock_gettime(CLOCK_MONOTONIC, &now);
	fa->elapsed_s = (double)(now.tv_sec - fa->started.tv_sec) +
			(double)(now.tv_nsec - fa->started.tv_nsec) * 1e-9;
	fa->stage = STAGE_FINISHED;
	return 0;
}

/* The conclusions of a finished audit. */
static const struct ledger *conclusions(const struct flowaudit *fa)
{
	return fa->watch != NULL ? watch_ledger(fa->watch) : pipeline_ledger(fa->pipeline);
}

/* To @out, which is closed. */
static int report(const struct flowaudit *fa, enum report_format kind, struct output *out,
		  unsigned flags, char *err)
{
	struct report_options options = {
		.verbose = flags & FLOWAUDIT_VERBOSER ? 2 : (flags & FLOWAUDIT_VERBOSE) != 0,
		.fail_on = fa->fail_on,
		.require = fa->require,
		.elapsed_s = fa->elapsed_s,
		.exit_status = flowaudit_exit_status(fa),
		.width = output_width(out),
		.colour = !(flags & FLOWAUDIT_NO_COLOUR) &&
			  (flags & FLOWAUDIT_COLOUR || output_is_terminal(out)),
	};
	struct fa_error e = { 0 };

	report_write(kind, out, conclusions(fa), &options);
	return output_close(out, &e) != 0 ? flowaudit_give(err, &e) : 0;
}

/* Is there something to report, in this format? */
static int report_ready(const struct flowaudit *fa, const char *format, enum report_format *kind,
			char *err)
{
	if (fa->stage != STAGE_FINISHED)
		return flowaudit_fail(err, FLOWAUDIT_EUSAGE, "a report needs a finished audit");
	if (!report_format_find(format, kind))
		return flowaudit_fail(err, FLOWAUDIT_EUSAGE,
				      "no such report format; there are text and json");
	return 0;
}

int flowaudit_report(const struct flowaudit *fa, const char *format, const char *path,
		     unsigned flags, char *err)
{
	enum report_format kind;
	struct fa_error e = { 0 };
	struct output *out;
	int status = report_ready(fa, format, &kind, err);

	if (status != 0)
		return status;
	if (output_open_file(&out, path, &e) != 0)
		return flowaudit_give(err, &e);
	return report(fa, kind, out, flags, err);
}

int flowaudit_report_fd(const struct flowaudit *fa, const char *format, int fd, unsigned flags,
			char *err)
{
	enum report_format kind;
	struct fa_error e = { 0 };
	struct output *out;
	int status = report_ready(fa, format, &kind, err);

	if (status != 0)
		return status;
	if (output_open_fd(&out, fd, "the report", &e) != 0)
		return flowaudit_give(err, &e);
	return report(fa, kind, out, flags, err);
}

int flowaudit_exit_status(const struct flowaudit *fa)
{
	const struct exit_rules rules = { .fail_on = fa->fail_on,
					  .strict = fa->strict,
					  .require = fa->require };

	if (fa->pipeline == NULL || fa->unreadable)
		return 2;
	return exit_status_of(conclusions(fa), &rules);
}

size_t flowaudit_flow_count(const struct flowaudit *fa)
{
	return fa->stage == STAGE_FINISHED ? conclusions(fa)->flow_count : 0;
}

uint64_t flowaudit_verdict_count(const struct flowaudit *fa, enum flowaudit_verdict verdict)
{
	if (fa->stage != STAGE_FINISHED || (unsigned)verdict >= VERDICT_COUNT)
		return 0;
	return conclusions(fa)->verdicts[verdict];
}

int flowaudit_flow(const struct flowaudit *fa, size_t index, struct flowaudit_flow *flow)
{
	const struct ledger *l;
	const struct judged *j;
	const struct row *row;

	if (index >= flowaudit_flow_count(fa))
		return FLOWAUDIT_EUSAGE;
	l = conclusions(fa);
	j = &l->flows[index];
	row = ledger_best_row(l, j);
	*flow = (struct flowaudit_flow){
		.source_port = j->key.port[j->initiator],
		.destination_port = j->key.port[j->initiator ^ 1u],
		.ip_protocol = j->key.l4,
		.verdict = (enum flowaudit_verdict)j->verdict,
		.outcome = outcome_name((enum outcome)j->outcome),
		.row = row == NULL ? NULL : row->id,
		.first_frame = j->first_frame,
		.capture = l->captures[j->input].name,
	};
	address_text(&j->key.addr[j->initiator], flow->source);
	address_text(&j->key.addr[j->initiator ^ 1u], flow->destination);
	return 0;
}

const char *flowaudit_row(const struct flowaudit *fa, size_t index, enum flowaudit_row_state *state)
{
	if (fa->stage != STAGE_FINISHED || index >= policy_row_count(fa->policy))
		return NULL;
	*state = (enum flowaudit_row_state)conclusions(fa)->coverage[index].state;
	return policy_row(fa->policy, (unsigned)index)->id;
}

const char *flowaudit_verdict_name(enum flowaudit_verdict verdict)
{
	return (unsigned)verdict < VERDICT_COUNT ? verdict_name((enum verdict)verdict) : NULL;
}

int flowaudit_verdict_find(const char *name, size_t len, enum flowaudit_verdict *verdict)
{
	enum verdict v;

	if (!verdict_find(name, len, &v))
		return FLOWAUDIT_EUSAGE;
	*verdict = (enum flowaudit_verdict)v;
	return 0;
}
