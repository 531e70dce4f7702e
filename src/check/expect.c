/* Expectation files from YAML, with the place of every mistake. */
#include "check/expect.h"

#include <string.h>

const char *const expect_verdicts[EXPECT_VERDICTS] = {
	"expected", "unexpected", "blocked", "rejected", "mismatch", "inconclusive",
};

#define WORD_MOST 1024u

/* What reading needs everywhere. */
struct reader {
	struct yaml_doc doc;
	struct expectation *expect;
	bool nomem;
};

static char *copy(struct reader *r, const struct yaml_node *node)
{
	char *text = arena_text(&r->expect->arena, node->text, node->len);

	r->nomem |= text == NULL;
	return text;
}

/* A word or a list of words. */
static void read_words(struct reader *r, const struct yaml_node *node, const char *what,
		       struct expect_word **end)
{
	struct yaml_items items;
	const struct yaml_node *item;

	if (node == NULL)
		return;
	items = yaml_items(node);
	while ((item = yaml_items_next(&items)) != NULL) {
		struct expect_word *word;

		if (!yaml_text(&r->doc, item, what, WORD_MOST))
			continue;
		word = arena_take(&r->expect->arena, sizeof(*word));
		if (word == NULL || (word->text = copy(r, item)) == NULL) {
			r->nomem = true;
			return;
		}
		word->line = item->line;
		*end = word;
		end = &word->next;
	}
}

static bool read_count(struct reader *r, const struct yaml_node *node, struct count *count)
{
	if (node->kind == YAML_SCALAR && count_parse(node->text, node->len, count))
		return true;
	return yaml_complain(&r->doc, node, "",
			     "a count is a number, or \"== N\", \"<= N\" or \">= N\"");
}

static void read_rows(struct reader *r, const struct yaml_node *node)
{
	static const struct yaml_field fields[ROW_DEMANDS] = {
		[ROWS_SEEN] = { "seen", false },
		[ROWS_NOT_BLOCKED] = { "not_blocked", false },
		[ROWS_MAY_BE_ABSENT] = { "may_be_absent", false },
	};
	const struct yaml_node *values[ROW_DEMANDS];

	if (node == NULL)
		return;
	if (!yaml_fields(&r->doc, node, "rows", fields, ROW_DEMANDS, values))
		return;
	for (unsigned i = 0; i < ROW_DEMANDS; i++)
		read_words(r, values[i], "the row", &r->expect->rows[i]);
}

static void read_verdicts(struct reader *r, const struct yaml_node *node)
{
	struct yaml_field fields[EXPECT_VERDICTS];
	const struct yaml_node *values[EXPECT_VERDICTS];

	if (node == NULL)
		return;
	for (unsigned i = 0; i < EXPECT_VERDICTS; i++)
		fields[i] = (struct yaml_field){ expect_verdicts[i], false };
	if (!yaml_fields(&r->doc, node, "verdicts", fields, EXPECT_VERDICTS, values))
		return;
	for (unsigned i = 0; i < EXPECT_VERDICTS; i++)
		if (values[i] != NULL && read_count(r, values[i], &r->expect->verdicts[i].count))
			r->expect->verdicts[i].line = values[i]->line;
}

static struct expect_flow *read_flow(struct reader *r, const struct yaml_node *node)
{
	enum { NAME, MATCH, COUNT, FIELDS };
	static const struct yaml_field fields[FIELDS] = {
		[NAME] = { "name", true },
		[MATCH] = { "match", true },
		[COUNT] = { "count", false },
	};
	const struct yaml_node *values[FIELDS];
	struct expect_flow *flow = arena_take(&r->expect->arena, sizeof(*flow));

	if (flow == NULL) {
		r->nomem = true;
		return NULL;
	}
	if (!yaml_fields(&r->doc, node, "the flow", fields, FIELDS, values))
		return NULL;
	flow->line = node->line;
	flow->count = (struct count){ .op = COUNT_AT_LEAST, .value = 1 };
	if (values[NAME] != NULL && yaml_text(&r->doc, values[NAME], "name", WORD_MOST))
		flow->name = copy(r, values[NAME]);
	if (values[MATCH] != NULL)
		r->nomem |= !match_read(&r->doc, values[MATCH], &r->expect->arena, &flow->match);
	if (values[COUNT] != NULL)
		read_count(r, values[COUNT], &flow->count);
	return flow;
}

static struct expect_exception *read_exception(struct reader *r, const struct yaml_node *node)
{
	enum { MATCH, REASON, UNTIL, FIELDS };
	static const struct yaml_field fields[FIELDS] = {
		[MATCH] = { "match", true },
		[REASON] = { "reason", true },
		[UNTIL] = { "until", true },
	};
	const struct yaml_node *values[FIELDS];
	struct expect_exception *e = arena_take(&r->expect->arena, sizeof(*e));

	if (e == NULL) {
		r->nomem = true;
		return NULL;
	}
	if (!yaml_fields(&r->doc, node, "the exception", fields, FIELDS, values))
		return NULL;
	e->line = node->line;
	if (values[MATCH] != NULL)
		r->nomem |= !match_read(&r->doc, values[MATCH], &r->expect->arena, &e->match);
	if (values[REASON] != NULL && yaml_text(&r->doc, values[REASON], "reason", WORD_MOST))
		e->reason = copy(r, values[REASON]);
	if (values[UNTIL] != NULL)
		yaml_date(&r->doc, values[UNTIL], "until", &e->until);
	return e;
}

static void read_flows(struct reader *r, const struct yaml_node *node)
{
	struct expect_flow **end = &r->expect->flows;

	if (node == NULL)
		return;
	if (!yaml_expect(&r->doc, node, YAML_LIST, "flows"))
		return;
	for (const struct yaml_node *item = node->child; item != NULL; item = item->next) {
		*end = read_flow(r, item);
		if (*end != NULL)
			end = &(*end)->next;
	}
}

static void read_exceptions(struct reader *r, const struct yaml_node *node)
{
	struct expect_exception **end = &r->expect->exceptions;

	if (node == NULL)
		return;
	if (!yaml_expect(&r->doc, node, YAML_LIST, "exceptions"))
		return;
	for (const struct yaml_node *item = node->child; item != NULL; item = item->next) {
		*end = read_exception(r, item);
		if (*end != NULL)
			end = &(*end)->next;
	}
}

/* JUnit's readers drop all but one of the cases with the same name. */
static void check_names(struct reader *r, const struct yaml_node *flows)
{
	for (const struct expect_flow *f = r->expect->flows; f != NULL; f = f->next)
		for (const struct expect_flow *g = r->expect->flows; g != f; g = g->next)
			if (f->name != NULL && g->name != NULL && strcmp(f->name, g->name) == 0)
				yaml_complain(&r->doc, flows, "",
					      "two flows are called \"%.100s\" (lines %u and %u)",
					      f->name, g->line, f->line);
}

static void read_root(struct reader *r)
{
	enum { CAPTURES, RULES, SITE, EXIT, ROWS, VERDICTS, FLOWS, EXCEPTIONS, FIELDS };
	static const struct yaml_field fields[FIELDS] = {
		[CAPTURES] = { "captures", true }, [RULES] = { "rules", false },
		[SITE] = { "site", false },        [EXIT] = { "exit", false },
		[ROWS] = { "rows", false },        [VERDICTS] = { "verdicts", false },
		[FLOWS] = { "flows", false },      [EXCEPTIONS] = { "exceptions", false },
	};
	const struct yaml_node *values[FIELDS];
	uint32_t status;

	if (!yaml_fields(&r->doc, r->doc.root, "the expectation", fields, FIELDS, values))
		return;
	read_words(r, values[CAPTURES], "the capture", &r->expect->captures);
	if (values[CAPTURES] != NULL && r->expect->captures == NULL)
		yaml_complain(&r->doc, values[CAPTURES], "", "captures: none is given");
	read_words(r, values[RULES], "the pack", &r->expect->rules);
	read_words(r, values[SITE], "the site", &r->expect->site);
	if (r->expect->site != NULL && r->expect->site->next != NULL)
		yaml_complain(&r->doc, values[SITE], "", "site: an audit has one");
	if (values[EXIT] != NULL && yaml_number(&r->doc, values[EXIT], "exit", 0, 3, &status)) {
		r->expect->exit = (int)status;
		r->expect->exit_line = values[EXIT]->line;
	}
	read_rows(r, values[ROWS]);
	read_verdicts(r, values[VERDICTS]);
	read_flows(r, values[FLOWS]);
	check_names(r, values[FLOWS]);
	read_exceptions(r, values[EXCEPTIONS]);
}

/* "a/b/c.yaml" -> "a/b/" */
static char *directory_of(struct reader *r, const char *path)
{
	const char *slash = strrchr(path, '/');

	return arena_text(&r->expect->arena, path, slash == NULL ? 0 : (size_t)(slash - path) + 1);
}

/* @status: of the YAML, which is taken over and released. */
static int read_document(struct reader *r, int status, size_t errors)
{
	if (r->doc.root != NULL)
		read_root(r);
	if (status == 0 && r->doc.problems->errors != errors)
		status = FA_EFORMAT;
	yaml_free(&r->doc);
	return r->nomem ? FA_ENOMEM : status;
}

static bool begin(struct reader *r, struct expectation *expect, const char *path)
{
	*r = (struct reader){ .expect = expect };
	*expect = (struct expectation){ .file = path, .exit = -1 };
	expect->directory = directory_of(r, path);
	return expect->directory != NULL;
}

int expect_load(struct expectation *expect, const char *path, struct problems *problems)
{
	struct reader r;
	size_t errors = problems->errors;

	if (!begin(&r, expect, path))
		return FA_ENOMEM;
	return read_document(&r, yaml_load_file(&r.doc, path, problems), errors);
}

int expect_read(struct expectation *expect, const char *path, const char *text, size_t len,
		struct problems *problems)
{
	struct reader r;
	size_t errors = problems->errors;

	if (!begin(&r, expect, path))
		return FA_ENOMEM;
	return read_document(&r, yaml_load(&r.doc, path, text, len, problems), errors);
}

void expect_free(struct expectation *expect)
{
	arena_free(&expect->arena);
}
