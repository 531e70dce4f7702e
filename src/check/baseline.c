/* Findings by conversation, of the older audit and of the newer. */
#include "check/baseline.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "check/evaluate.h"

/* RFC 6335 6: from here on ports are picked by chance. */
#define DYNAMIC_PORTS 49152u

/* Verdicts by bit; the first three are findings. */
static const char *const verdicts[] = {
	"unexpected", "blocked", "mismatch", "expected", "rejected", "inconclusive",
};
#define FINDINGS 0x7u

/**
 * struct conversation - One of them, in either audit
 * @before, @now: Sets of verdicts that its flows have
 */
struct conversation {
	struct example example;
	uint64_t flows;
	uint8_t before, now;
};

/**
 * struct baseline - Conversations by name
 * @index:	From a name to its place in @items
 */
struct baseline {
	json_t *index;
	struct conversation *items;
	size_t count, cap;
};

static uint8_t verdict_bit(const json_t *flow)
{
	const char *verdict = record_text(flow, "verdict");

	for (size_t i = 0; i < ARRAY_SIZE(verdicts); i++)
		if (strcmp(verdict, verdicts[i]) == 0)
			return (uint8_t)(1u << i);
	return 0;
}

static void name_of(const json_t *flow, char *buf, size_t size)
{
	const char *from = record_text(flow, "src_ip"), *to = record_text(flow, "dest_ip");
	const char *proto = record_text(flow, "proto");
	uint64_t port = record_number(flow, "dest_port");
	bool known = strcmp(record_text(flow, "initiator_by"), "unknown") != 0;

	/* Where nobody knows who opened it, the ends have no order. */
	if (!known && strcmp(from, to) > 0) {
		const char *swap = from;

		from = to;
		to = swap;
		port = record_number(flow, "src_port");
	}
	if (port >= DYNAMIC_PORTS)
		snprintf(buf, size, "%s %s -> %s (a dynamic port)", proto, from, to);
	else
		snprintf(buf, size, "%s %s -> %s:%" PRIu64, proto, from, to, port);
}

static struct conversation *slot(struct baseline *b, const json_t *flow)
{
	char name[192];
	json_t *place;

	name_of(flow, name, sizeof(name));
	place = json_object_get(b->index, name);
	if (place != NULL)
		return &b->items[json_integer_value(place)];
	if (memory_grow(&b->items, &b->cap, b->count + 1, sizeof(*b->items)) != 0 ||
	    json_object_set_new(b->index, name, json_integer((json_int_t)b->count)) != 0)
		return NULL;
	b->items[b->count] = (struct conversation){ 0 };
	return &b->items[b->count++];
}

static int read_all(struct baseline *b, FILE *from, const char *path, struct fa_error *err)
{
	struct records records;
	enum record_type type;
	json_t *record;
	int status;

	records_begin(&records, from, path);
	while ((status = records_next(&records, &record, &type, err)) == 1) {
		struct conversation *c = type == RECORD_FLOW ? slot(b, record) : NULL;

		if (c != NULL)
			c->before |= verdict_bit(record);
		json_decref(record);
		if (type == RECORD_FLOW && c == NULL) {
			status = error_set(err, FA_ENOMEM, "%s: no memory for its flows", path);
			break;
		}
	}
	if (status == 0 && records.line == 0)
		status = error_set(err, FA_EFORMAT, "%s: the baseline is empty", path);
	records_end(&records);
	return status;
}

int baseline_load(struct baseline **baseline, const char *path, struct fa_error *err)
{
	struct baseline *b = memory_array(1, sizeof(*b));
	FILE *from;
	int status;

	*baseline = b;
	if (b == NULL || (b->index = json_object()) == NULL)
		return error_set(err, FA_ENOMEM, "%s: no memory", path);
	from = fopen(path, "re");
	if (from == NULL)
		return error_set(err, FA_EIO, "%s: cannot open: %s", path, strerror(errno));
	status = read_all(b, from, path, err);
	fclose(from);
	return status;
}

void baseline_free(struct baseline *baseline)
{
	if (baseline == NULL)
		return;
	json_decref(baseline->index);
	free(baseline->items);
	free(baseline);
}

void baseline_take(struct baseline *baseline, const json_t *flow, struct results *results)
{
	struct conversation *c = slot(baseline, flow);

	if (c == NULL) {
		results->nomem = true;
		return;
	}
	/* The example is of the worst that it has. */
	if (c->flows++ == 0 || (verdict_bit(flow) & FINDINGS & ~(unsigned)c->now) != 0)
		c->example = example_of(results, flow);
	c->now |= verdict_bit(flow);
}

static const char *set_text(struct results *results, uint8_t set)
{
	char buf[96] = "";
	size_t at = 0;

	for (size_t i = 0; i < ARRAY_SIZE(verdicts); i++)
		if ((set >> i & 1u) != 0)
			at += (size_t)snprintf(buf + at, sizeof(buf) - at, "%s%s",
					       at == 0 ? "" : ", ", verdicts[i]);
	return results_text(results, "%s", at == 0 ? "not there" : buf);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void compare(const struct baseline *b, const char *name, const char *file,
		    struct results *results)
{
	const struct conversation *c =
		&b->items[json_integer_value(json_object_get(b->index, name))];
	unsigned before = c->before & FINDINGS, now = c->now & FINDINGS;
	struct result r = { .file = file, .group = "baseline" };
	bool fresh = (now & ~before) != 0 && before == 0;

	if (before == now)
		return;
	r.state = fresh ? RESULT_FAIL : RESULT_PASS;
	r.expected = results_text(results, "%s, as in the baseline", set_text(results, c->before));
	r.found = set_text(results, c->now);
	if (now != 0) {
		r.examples[0] = c->example;
		r.example_count = 1;
		r.example_total = c->flows;
	}
	results_add(results, &r, "baseline %s: %s",
		    fresh      ? "new"
		    : now == 0 ? "gone"
			       : "changed",
		    name);
}

void baseline_finish(const struct baseline *baseline, const char *file, struct results *results)
{
	const char **names = memory_array(baseline->count, sizeof(*names));
	const char *name;
	json_t *place;
	size_t n = 0;

	if (names == NULL) {
		results->nomem = true;
		return;
	}
	json_object_foreach(baseline->index, name, place) names[n++] = name;
	qsort(names, n, sizeof(*names), by_name);
	for (size_t i = 0; i < n; i++)
		compare(baseline, names[i], file, results);
	free(names);
}
