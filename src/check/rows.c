/* Demands on rows: which of them each pattern names, and what the audit says of those. */
#include "check/rows.h"

#include <fnmatch.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "check/evaluate.h"
#include "policy/names.h"

/**
 * struct row_seen - A row of the packs
 * @state:	As the record spells it
 * @demands:	Set of 1 << enum row_demand
 * @line:	Where each demand first names it
 */
struct row_seen {
	const char *id, *state;
	uint32_t line[ROW_DEMANDS];
	uint8_t demands;
};

/* Examples of flows by row: ids are few, flows that are not as documented too. */
struct row_example {
	const char *id;
	struct example examples[RESULT_EXAMPLES];
	uint64_t total;
	unsigned count;
};

struct rows {
	const struct expectation *expect;
	struct results *results;
	struct row_seen *seen;
	size_t seen_count, seen_cap;
	struct row_example *examples;
	size_t example_count, example_cap;
};

static const char *const demand_names[ROW_DEMANDS] = {
	[ROWS_SEEN] = "seen",
	[ROWS_NOT_BLOCKED] = "not_blocked",
	[ROWS_MAY_BE_ABSENT] = "may_be_absent",
};

struct rows *rows_new(const struct expectation *expect, struct results *results)
{
	struct rows *rows = memory_array(1, sizeof(*rows));

	if (rows != NULL)
		*rows = (struct rows){ .expect = expect, .results = results };
	return rows;
}

void rows_free(struct rows *rows)
{
	if (rows == NULL)
		return;
	free(rows->seen);
	free(rows->examples);
	free(rows);
}

static struct row_example *example_slot(struct rows *rows, const char *id, bool make)
{
	struct row_example *slot;

	for (size_t i = 0; i < rows->example_count; i++)
		if (strcmp(rows->examples[i].id, id) == 0)
			return &rows->examples[i];
	if (!make)
		return NULL;
	if (memory_grow(&rows->examples, &rows->example_cap, rows->example_count + 1,
			sizeof(*rows->examples)) != 0) {
		rows->results->nomem = true;
		return NULL;
	}
	slot = &rows->examples[rows->example_count++];
	*slot = (struct row_example){ .id = results_text(rows->results, "%s", id) };
	return slot;
}

void rows_take_flow(struct rows *rows, const json_t *flow)
{
	const json_t *documented = record_at(flow, "documented");
	size_t counts_for = (size_t)MAX(record_number(flow, "equal_rank"), 1u);

	if (strcmp(record_text(flow, "verdict"), "expected") == 0)
		return;
	for (size_t i = 0; i < MIN(counts_for, json_array_size(documented)); i++) {
		struct row_example *slot =
			example_slot(rows, json_string_value(json_array_get(documented, i)), true);

		if (slot != NULL && slot->total++ < RESULT_EXAMPLES)
			slot->examples[slot->count++] = example_of(rows->results, flow);
	}
}

void rows_take_row(struct rows *rows, const json_t *row)
{
	if (memory_grow(&rows->seen, &rows->seen_cap, rows->seen_count + 1, sizeof(*rows->seen)) !=
	    0) {
		rows->results->nomem = true;
		return;
	}
	rows->seen[rows->seen_count++] = (struct row_seen){
		.id = results_text(rows->results, "%s", record_text(row, "row")),
		.state = results_text(rows->results, "%s", record_text(row, "state")),
	};
}

/* A pattern that names no row is a mistake, never a pass. */
static void complain(struct rows *rows, enum row_demand demand, const struct expect_word *word)
{
	struct result r = {
		.file = rows->expect->file,
		.group = "rows",
		.line = word->line,
		.state = RESULT_ERROR,
		.expected = "a row of the packs",
	};
	struct names names;
	char hint[160];

	names_begin(&names, word->text, strlen(word->text));
	for (size_t i = 0; i < rows->seen_count; i++)
		names_offer(&names, rows->seen[i].id);
	names_text(&names, hint, sizeof(hint));
	r.found = results_text(rows->results, "no row is called that%s", hint);
	results_add(rows->results, &r, "rows %s %s", demand_names[demand], word->text);
}

static void mark(struct rows *rows, enum row_demand demand)
{
	for (const struct expect_word *w = rows->expect->rows[demand]; w != NULL; w = w->next) {
		bool any = false;

		for (size_t i = 0; i < rows->seen_count; i++) {
			struct row_seen *row = &rows->seen[i];

			if (fnmatch(w->text, row->id, 0) != 0)
				continue;
			any = true;
			if ((row->demands & 1u << demand) == 0)
				row->line[demand] = w->line;
			row->demands |= (uint8_t)(1u << demand);
		}
		if (!any)
			complain(rows, demand, w);
	}
}

/* Does the state satisfy the demand? */
static bool holds(const struct row_seen *row, enum row_demand demand)
{
	bool absent = strcmp(row->state, "not_seen") == 0 || strcmp(row->state, "expired") == 0;

	switch (demand) {
	case ROWS_SEEN:
		return strcmp(row->state, "seen") == 0 ||
		       (absent && (row->demands & 1u << ROWS_MAY_BE_ABSENT) != 0);
	case ROWS_NOT_BLOCKED:
		return strcmp(row->state, "blocked") != 0;
	case ROWS_MAY_BE_ABSENT:
		return absent || strcmp(row->state, "seen") == 0;
	case ROW_DEMANDS:
		break;
	}
	return false;
}

static const char *wanted(const struct row_seen *row, enum row_demand demand)
{
	bool may_be_absent = (row->demands & 1u << ROWS_MAY_BE_ABSENT) != 0;

	if (demand == ROWS_NOT_BLOCKED)
		return "not blocked";
	return demand == ROWS_SEEN && !may_be_absent ? "seen" : "seen, or not seen at all";
}

static void finish_row(struct rows *rows, const struct row_seen *row, enum row_demand demand)
{
	struct row_example *slot = example_slot(rows, row->id, false);
	struct result r = {
		.file = rows->expect->file,
		.group = "rows",
		.line = row->line[demand],
		.state = holds(row, demand) ? RESULT_PASS : RESULT_FAIL,
		.expected = wanted(row, demand),
		.found = row->state,
	};

	if (r.state == RESULT_FAIL && slot != NULL) {
		memcpy(r.examples, slot->examples, sizeof(r.examples));
		r.example_count = slot->count;
		r.example_total = slot->total;
	}
	results_add(rows->results, &r, "rows %s %s", demand_names[demand], row->id);
}

void rows_finish(struct rows *rows)
{
	for (unsigned d = 0; d < ROW_DEMANDS; d++)
		mark(rows, (enum row_demand)d);
	for (unsigned d = 0; d < ROW_DEMANDS; d++) {
		for (size_t i = 0; i < rows->seen_count; i++) {
			const struct row_seen *row = &rows->seen[i];

			/* Where a row must be seen, its permission to be absent is no item. */
			if (d == ROWS_MAY_BE_ABSENT && (row->demands & 1u << ROWS_SEEN) != 0)
				continue;
			if ((row->demands & 1u << d) != 0)
				finish_row(rows, row, (enum row_demand)d);
		}
	}
}

void rows_write_seen(const struct rows *rows, struct output *out)
{
	bool any = false;

	for (size_t i = 0; i < rows->seen_count; i++) {
		if (strcmp(rows->seen[i].state, "seen") != 0)
			continue;
		output_printf(out, "%s    - %s\n", any ? "" : "\n", rows->seen[i].id);
		any = true;
	}
	if (!any)
		output_string(out, " []\n");
}
