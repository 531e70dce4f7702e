/* libfyaml's events to a small tree of our own. */
#include "policy/yaml.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libfyaml.h>

#include "base/error.h"
#include "base/utf8.h"

/*
 * The tree is built from parser events and not from libfyaml's own document,
 * because a document resolves aliases, follows nesting with the stack and
 * forgets where an empty value stood.  Here an alias is a complaint, nesting
 * is a counter, and every node has a place; an empty value has that of its key.
 */
struct level {
	struct yaml_node *node; /* the list or map being filled */
	struct yaml_node *last; /* its last item */
	bool value_next;        /* in a map: the next node is a value */
};

struct builder {
	struct yaml_doc *doc;
	struct level levels[YAML_DEPTH];
	unsigned depth;
	uint32_t line, column; /* of the last node that had a place */
	const char *text;
	size_t len;
	int ret;
	bool stop;
};

static void stop(struct builder *b, int ret)
{
	b->ret = ret;
	b->stop = true;
}

/* Where an event begins, for a person: libfyaml's mark is behind a quote or a '*'. */
static void set_place(struct builder *b, const struct fy_mark *mark, bool marked)
{
	if (mark == NULL)
		return;
	b->line = (uint32_t)mark->line + 1;
	b->column = (uint32_t)mark->column + 1;
	if (marked && b->column > 1)
		b->column--;
}

/* A mistake after which the rest cannot be trusted to mean what it says. */
static void refuse(struct builder *b, const char *text)
{
	(void)problems_add(b->doc->problems, SEVERITY_ERROR, "", b->doc->file, b->line, b->column,
			   "%s", text);
	stop(b, FA_EFORMAT);
}

static bool same_key(const struct yaml_node *a, const struct yaml_node *b)
{
	return a->len == b->len && memcmp(a->text, b->text, a->len) == 0;
}

/* Keys by name, then place. */
static int by_key(const void *a, const void *b)
{
	const struct yaml_node *x = *(const struct yaml_node *const *)a;
	const struct yaml_node *y = *(const struct yaml_node *const *)b;
	int order = memcmp(x->text, y->text, MIN(x->len, y->len));

	if (order == 0)
		order = (x->len > y->len) - (x->len < y->len);
	if (order == 0)
		order = (x->line > y->line) - (x->line < y->line);
	return order != 0 ? order : (x->column > y->column) - (x->column < y->column);
}

static void complain_twice(struct builder *b, const struct yaml_node *first,
			   const struct yaml_node *again)
{
	(void)problems_add(b->doc->problems, SEVERITY_ERROR, "", b->doc->file, again->line,
			   again->column, "key \"%.*s\" is there already, in line %u",
			   (int)MIN(again->len, 64u), again->text, first->line);
	b->ret = FA_EFORMAT; /* and go on: there may be more mistakes */
}

#define KEYS_BY_PAIRS 16 /* above, sorting is cheaper than comparing all pairs */

static void check_many_keys(struct builder *b, const struct yaml_node *map, size_t keys)
{
	const struct yaml_node **all = calloc(keys, sizeof(*all)), *key;
	size_t i = 0;

	if (all == NULL) {
		stop(b, FA_ENOMEM);
		return;
	}
	for (key = map->child; key != NULL; key = key->next->next)
		all[i++] = key;
	qsort(all, keys, sizeof(*all), by_key);
	for (i = 1; i < keys; i++)
		if (same_key(all[i - 1], all[i]))
			complain_twice(b, all[i - 1], all[i]);
	free(all);
}

/* The same key twice in a map. */
static void check_keys(struct builder *b, const struct yaml_node *map)
{
	const struct yaml_node *key, *other;
	size_t keys = 0;

	for (key = map->child; key != NULL; key = key->next->next)
		keys++;
	if (keys > KEYS_BY_PAIRS) {
		check_many_keys(b, map, keys);
		return;
	}
	for (key = map->child; key != NULL; key = key->next->next)
		for (other = map->child; other != key; other = other->next->next)
			if (same_key(other, key)) {
				complain_twice(b, other, key);
				break;
			}
}

/* A new node at the end of what is open; NULL when building must stop. */
static struct yaml_node *append(struct builder *b, enum yaml_kind kind)
{
	struct level *level = b->depth == 0 ? NULL : &b->levels[b->depth - 1];
	struct yaml_node *node = arena_take(&b->doc->arena, sizeof(*node));

	if (node == NULL) {
		stop(b, FA_ENOMEM);
		return NULL;
	}
	*node = (struct yaml_node){
		.kind = (uint8_t)kind, .text = "", .line = b->line, .column = b->column
	};
	if (level == NULL) {
		b->doc->root = node;
		return node;
	}
	if (level->node->kind == YAML_MAP) {
		if (!level->value_next && kind != YAML_SCALAR) {
			refuse(b, "a key must be a word");
			return NULL;
		}
		level->value_next = !level->value_next;
	}
	if (level->last == NULL)
		level->node->child = node;
	else
		level->last->next = node;
	level->last = node;
	return node;
}

static void open_node(struct builder *b, enum yaml_kind kind)
{
	char text[80];
	struct yaml_node *node;

	if (b->depth == YAML_DEPTH) {
		snprintf(text, sizeof(text), "nested deeper than %d lists and maps", YAML_DEPTH);
		refuse(b, text);
		return;
	}
	node = append(b, kind);
	if (node != NULL)
		b->levels[b->depth++] = (struct level){ .node = node };
}

static void close_node(struct builder *b)
{
	struct yaml_node *node = b->levels[--b->depth].node;

	if (node->kind == YAML_MAP)
		check_keys(b, node);
}

/* Escapes in quotes can make what the raw text may not hold. */
static bool text_is_clean(const char *text, size_t len)
{
	size_t at = 0;

	while (at < len) {
		unsigned char c = (unsigned char)text[at];
		uint32_t value = c;
		size_t n = 1;

		if (c >= 0x80)
			n = utf8_take(text + at, len - at, &value);
		if (n == 0 || utf8_is_layout(value) ||
		    (utf8_is_control(value) && value != '\n' && value != '\t'))
			return false;
		at += n;
	}
	return true;
}

static bool is_null(const char *text, size_t len)
{
	return len == 0 || (len == 1 && text[0] == '~') ||
	       (len == 4 && memcmp(text, "null", 4) == 0);
}

static void add_scalar(struct builder *b, struct fy_event *event)
{
	struct fy_token *token = event->scalar.value;
	bool plain = fy_token_scalar_style(token) == FYSS_PLAIN;
	struct yaml_node *node;
	size_t len = 0;
	const char *text = fy_token_get_text(token, &len);

	if (text == NULL)
		text = "";
	if (len > UINT32_MAX || !text_is_clean(text, len)) {
		refuse(b, "text holds a control character");
		return;
	}
	/* A text in the input stays where it is; one that libfyaml made is copied. */
	if ((uintptr_t)text - (uintptr_t)b->text > b->len)
		text = arena_text(&b->doc->arena, text, len);
	node = append(b, plain && is_null(text == NULL ? "" : text, len) ? YAML_NULL : YAML_SCALAR);
	if (node == NULL)
		return;
	if (text == NULL) {
		stop(b, FA_ENOMEM);
		return;
	}
	node->text = text;
	node->len = (uint32_t)len;
	node->quoted = !plain;
}

static void take_event(struct builder *b, struct fy_event *event)
{
	const struct fy_token *anchor = NULL, *tag = NULL;
	bool marked = event->type == FYET_ALIAS;

	if (event->type == FYET_SCALAR) {
		enum fy_scalar_style style = fy_token_scalar_style(event->scalar.value);

		anchor = event->scalar.anchor;
		tag = event->scalar.tag;
		marked = style == FYSS_SINGLE_QUOTED || style == FYSS_DOUBLE_QUOTED;
	} else if (event->type == FYET_MAPPING_START) {
		anchor = event->mapping_start.anchor;
		tag = event->mapping_start.tag;
	} else if (event->type == FYET_SEQUENCE_START) {
		anchor = event->sequence_start.anchor;
		tag = event->sequence_start.tag;
	}
	set_place(b, fy_event_start_mark(event), marked);
	if (anchor != NULL || event->type == FYET_ALIAS)
		refuse(b, "anchors (&) and aliases (*) are not used here; write the value out");
	else if (tag != NULL)
		refuse(b, "tags (!) are not used here");
	else if (event->type == FYET_DOCUMENT_START && b->doc->root != NULL)
		refuse(b, "a second document begins; one file holds one");
	else if (event->type == FYET_SCALAR)
		add_scalar(b, event);
	else if (event->type == FYET_MAPPING_START)
		open_node(b, YAML_MAP);
	else if (event->type == FYET_SEQUENCE_START)
		open_node(b, YAML_LIST);
	else if (event->type == FYET_MAPPING_END || event->type == FYET_SEQUENCE_END)
		close_node(b);
}

/* Pass on what libfyaml had to say. */
static void syntax_errors(struct builder *b, struct fy_diag *diag)
{
	struct fy_diag_error *error;
	void *at = NULL;
	bool any = false;

	while ((error = fy_diag_errors_iterate(diag, &at)) != NULL) {
		(void)problems_add(b->doc->problems, SEVERITY_ERROR, "", b->doc->file,
				   (uint32_t)MAX(error->line, 0), (uint32_t)MAX(error->column, 0),
				   "not YAML: %s", error->msg);
		any = true;
	}
	if (!any)
		(void)problems_add(b->doc->problems, SEVERITY_ERROR, "", b->doc->file, b->line,
				   b->column, "not YAML after this place");
	stop(b, FA_EFORMAT);
}

static void build(struct builder *b, struct fy_parser *parser, struct fy_diag *diag)
{
	struct fy_event *event;

	if (fy_parser_set_string(parser, b->text, b->len) != 0) {
		stop(b, FA_ENOMEM);
		return;
	}
	while (!b->stop && (event = fy_parser_parse(parser)) != NULL) {
		take_event(b, event);
		fy_parser_event_free(parser, event);
	}
	if (!b->stop && (fy_parser_get_stream_error(parser) || b->depth > 0))
		syntax_errors(b, diag);
	if (!b->stop && b->doc->root == NULL) {
		b->line = 0;
		refuse(b, "holds nothing but comments");
	}
}

/* The place of the first byte that is not text. */
static int check_bytes(struct yaml_doc *doc, const char *text, size_t len)
{
	uint32_t line = 1, column = 1;
	size_t at = 0;

	while (at < len) {
		unsigned char c = (unsigned char)text[at];
		uint32_t value = c;
		size_t n = 1;

		if (c >= 0x80)
			n = utf8_take(text + at, len - at, &value);
		if (n == 0 || (utf8_is_control(value) && c != '\n' && c != '\t' && c != '\r')) {
			(void)problems_add(
				doc->problems, SEVERITY_ERROR, "", doc->file, line, column,
				n == 0 ? "not UTF-8 (byte 0x%02x)" : "control character 0x%02x", c);
			return FA_EFORMAT;
		}
		column = c == '\n' ? 1 : column + 1;
		line += c == '\n';
		at += n;
	}
	return 0;
}

int yaml_load(struct yaml_doc *doc, const char *file, const char *text, size_t len,
	      struct problems *problems)
{
	struct builder b = { .doc = doc, .text = text, .len = len, .line = 1, .column = 1 };
	struct fy_parse_cfg cfg = { .flags = FYPCF_QUIET | FYPCF_DEFAULT_VERSION_1_2 |
					     FYPCF_JSON_NONE };
	struct fy_diag_cfg diag_cfg;
	struct fy_parser *parser;
	int ret;

	*doc = (struct yaml_doc){ .file = file, .problems = problems };
	if (len == 0) {
		(void)problems_add(problems, SEVERITY_ERROR, "", file, 0, 0, "the file is empty");
		return FA_EFORMAT;
	}
	ret = check_bytes(doc, text, len);
	if (ret != 0)
		return ret;
	/* Without a sink of its own libfyaml writes to standard error. */
	fy_diag_cfg_default(&diag_cfg);
	diag_cfg.fp = NULL;
	diag_cfg.colorize = false;
	cfg.diag = fy_diag_create(&diag_cfg);
	if (cfg.diag == NULL)
		return FA_ENOMEM;
	fy_diag_set_collect_errors(cfg.diag, true);
	parser = fy_parser_create(&cfg);
	if (parser == NULL)
		stop(&b, FA_ENOMEM);
	else
		build(&b, parser, cfg.diag);
	fy_parser_destroy(parser);
	fy_diag_destroy(cfg.diag);
	if (b.stop)
		doc->root = NULL; /* half a tree: keys may be without values */
	return b.ret;
}

static int file_problem(struct problems *problems, const char *path, const char *text)
{
	(void)problems_add(problems, SEVERITY_ERROR, "", path, 0, 0, "%s", text);
	return FA_EIO;
}

/* The whole file in memory; sockets, directories and endless files are refused. */
static int read_all(const char *path, char **bytes, size_t *len, struct problems *problems)
{
	size_t cap = (size_t)64 << 10, used = 0;
	FILE *f = fopen(path, "rbe");
	char *buf, *more;

	if (f == NULL)
		return file_problem(problems, path, strerror(errno));
	buf = malloc(cap);
	while (buf != NULL && used < YAML_FILE_MOST) {
		used += fread(buf + used, 1, cap - used, f);
		if (used < cap)
			break;
		cap *= 2;
		more = realloc(buf, cap);
		if (more == NULL)
			free(buf);
		buf = more;
	}
	if (buf == NULL) {
		fclose(f);
		return FA_ENOMEM;
	}
	if (ferror(f) || used >= YAML_FILE_MOST) {
		int ret = file_problem(problems, path,
				       ferror(f) ? strerror(errno) : "larger than 256 MiB");

		free(buf);
		fclose(f);
		return ret;
	}
	fclose(f);
	*bytes = buf;
	*len = used;
	return 0;
}

int yaml_load_file(struct yaml_doc *doc, const char *path, struct problems *problems)
{
	char *bytes = NULL;
	size_t len = 0;
	int ret;

	*doc = (struct yaml_doc){ .file = path, .problems = problems };
	ret = read_all(path, &bytes, &len, problems);
	if (ret != 0)
		return ret;
	ret = yaml_load(doc, path, bytes, len, problems);
	doc->bytes = bytes;
	return ret;
}

void yaml_free(struct yaml_doc *doc)
{
	arena_free(&doc->arena);
	free(doc->bytes);
	doc->root = NULL;
	doc->bytes = NULL;
}
