/*
 * The whole pipeline: a capture to a ledger to reports.
 *
 * An input is a byte of options (1 no site, 2 a table of eight flows) and the
 * capture.  The JSON report must parse, count every frame once and every flow
 * once, and be the same when frames are handled one at a time.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <jansson.h>

#include "audit/pipeline.h"
#include "capture/unpack.h"
#include "fuzz.h"
#include "policy/packs.h"
#include "report/report.h"

/* Loading the packs takes longer than most inputs: both policies are made once. */
static const struct policy *policies[2];

/* A file without a name that is written anew for every input; pipelines read paths. */
static int capture_fd = -1;
static char capture_path[64];

static const struct policy *load_policy(bool site)
{
	struct policy *policy = policy_new();
	struct problems problems = { 0 };
	struct fa_error err;
	char path[4096];

	FA_ASSERT(policy != NULL);
	for (size_t i = 0; packs_default()[i] != NULL; i++) {
		FA_ASSERT(packs_locate(packs_default()[i], path, sizeof(path), &err) == 0);
		FA_ASSERT(policy_load_pack(policy, path, &problems) == 0);
	}
	if (site)
		FA_ASSERT(policy_load_site(policy, "pcaps/sites/lab.yaml", &problems) == 0);
	FA_ASSERT(policy_compile(policy, &err) == 0);
	problems_free(&problems);
	return policy;
}

static void set_up(void)
{
	if (capture_fd >= 0)
		return;
	policies[0] = load_policy(true);
	policies[1] = load_policy(false);
	capture_fd = memfd_create("capture", 0);
	FA_ASSERT(capture_fd >= 0);
	snprintf(capture_path, sizeof(capture_path), "/proc/self/fd/%d", capture_fd);
}

/* Audit the capture in the file; NULL when it is none. */
static struct pipeline *audit(unsigned options_byte, unsigned batch)
{
	struct pipeline_options options = PIPELINE_DEFAULTS;
	struct pipeline *pipe;
	struct fa_error err;
	int status;

	options.table.max_flows = (options_byte & 2) != 0 ? 8 : 4096;
	options.table.seed = batch;
	options.table.stream_bytes = (size_t)1 << 20;
	options.decoder.fragment_bytes = (size_t)64 << 10;
	options.threads = 1;
	options.batch = batch;
	FA_ASSERT(pipeline_new(&pipe, policies[options_byte & 1], &options, &err) == 0);
	if (pipeline_open(pipe, capture_path, &err) != 0) {
		pipeline_free(pipe);
		return NULL;
	}
	do
		status = pipeline_step(pipe, &err);
	while (status == 1);
	FA_ASSERT(pipeline_finish(pipe, &err) == 0);
	return pipe;
}

static struct output *report(const struct pipeline *pipe, enum report_format format)
{
	const struct report_options options = {
		.verbose = 2, .width = 100, .fail_on = 0x3f, .require = true
	};
	struct output *out;
	struct fa_error err;

	FA_ASSERT(output_open_memory(&out, &err) == 0);
	report_write(format, out, pipeline_ledger(pipe), &options);
	return out;
}

static json_int_t integer(const json_t *object, const char *key)
{
	FA_ASSERT(json_is_integer(json_object_get(object, key)));
	return json_integer_value(json_object_get(object, key));
}

static json_int_t total(json_t *object)
{
	const char *key;
	json_t *value;
	json_int_t sum = 0;

	FA_ASSERT(json_is_object(object));
	json_object_foreach(object, key, value)
	{
		FA_ASSERT(json_is_integer(value));
		sum += json_integer_value(value);
	}
	return sum;
}

/* Each line is an object; frames and flows are counted once. */
static void check_json(struct output *out)
{
	json_int_t flows = 0, frames = 0;
	bool summed = false;
	size_t len;
	const char *text = output_text(out, &len);

	while (len > 0) {
		const char *end = memchr(text, '\n', len);
		json_t *line;
		const char *type;

		FA_ASSERT(end != NULL && !summed);
		line = json_loadb(text, (size_t)(end - text), JSON_REJECT_DUPLICATES, NULL);
		FA_ASSERT(line != NULL);
		type = json_string_value(json_object_get(line, "event_type"));
		FA_ASSERT(type != NULL);
		if (strcmp(type, "capture") == 0) {
			frames += integer(line, "frames");
			FA_ASSERT(total(json_object_get(line, "counters")) == frames);
		} else if (strcmp(type, "flow") == 0) {
			flows++;
		} else if (strcmp(type, "summary") == 0) {
			FA_ASSERT(integer(line, "flows") == flows);
			FA_ASSERT(integer(line, "packets") == frames);
			FA_ASSERT(total(json_object_get(line, "verdicts")) == flows);
			summed = true;
		}
		json_decref(line);
		len -= (size_t)(end - text) + 1;
		text = end + 1;
	}
	FA_ASSERT(summed);
}

/* Nothing of a capture can move a terminal's cursor. */
static void check_text(struct output *out)
{
	size_t len;
	const char *text = output_text(out, &len);

	for (size_t i = 0; i < len; i++)
		FA_ASSERT(text[i] == '\n' || ((unsigned char)text[i] >= 0x20 && text[i] != 0x7f));
}

static void check_same(struct output *a, struct output *b)
{
	size_t len_a, len_b;
	const char *text_a = output_text(a, &len_a), *text_b = output_text(b, &len_b);

	FA_ASSERT(len_a == len_b && memcmp(text_a, text_b, len_a) == 0);
}

static uint64_t clock_steps(const struct pipeline *pipe)
{
	const struct ledger *l = pipeline_ledger(pipe);
	uint64_t steps = 0;

	for (size_t i = 0; i < l->capture_count; i++)
		steps += l->captures[i].clock_steps;
	return steps;
}

static void close_output(struct output *out)
{
	struct fa_error err;

	FA_ASSERT(output_close(out, &err) == 0);
}

void fuzz_audit(const void *subject, const uint8_t *bytes, size_t len)
{
	struct pipeline *batches, *singles;
	struct output *json, *text, *again;

	(void)subject;
	/* A bomb is no news here, and slow. */
	if (len == 0 || unpack_knows(bytes + 1, len - 1) != NULL)
		return;
	set_up();
	FA_ASSERT(ftruncate(capture_fd, 0) == 0);
	FA_ASSERT(pwrite(capture_fd, bytes + 1, len - 1, 0) == (ssize_t)(len - 1));
	batches = audit(bytes[0], FRAME_BATCH);
	if (batches == NULL)
		return;
	json = report(batches, REPORT_JSON);
	text = report(batches, REPORT_TEXT);
	check_json(json);
	check_text(text);
	/* Who is evicted from a full table may depend on its seed. */
	if ((bytes[0] & 2) == 0) {
		singles = audit(bytes[0], 1);
		again = report(singles, REPORT_JSON);
		FA_ASSERT(clock_steps(batches) == clock_steps(singles));
		/* A packet that comes long after its time may find its flow gone (flow/table.h). */
		if (clock_steps(batches) == 0)
			check_same(json, again);
		close_output(again);
		pipeline_free(singles);
	}
	close_output(text);
	close_output(json);
	pipeline_free(batches);
}
