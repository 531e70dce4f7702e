/* Typed reading of a YAML tree; every mismatch becomes a complaint with its place. */
#include "policy/yaml.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "policy/names.h"

bool yaml_complain(struct yaml_doc *doc, const struct yaml_node *node, const char *code,
		   const char *fmt, ...)
{
	char text[FA_ERROR_TEXT];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	(void)problems_add(doc->problems, SEVERITY_ERROR, code, doc->file, node->line, node->column,
			   "%s", text);
	return false;
}

static const char *kind_name(enum yaml_kind kind)
{
	static const char *const names[] = { [YAML_NULL] = "nothing",
					     [YAML_SCALAR] = "a single value",
					     [YAML_LIST] = "a list",
					     [YAML_MAP] = "a map" };

	return names[kind];
}

bool yaml_expect(struct yaml_doc *doc, const struct yaml_node *node, enum yaml_kind kind,
		 const char *what)
{
	if (node->kind == kind)
		return true;
	return yaml_complain(doc, node, "", "%s: expected %s, found %s", what, kind_name(kind),
			     kind_name((enum yaml_kind)node->kind));
}

bool yaml_is(const struct yaml_node *node, const char *text)
{
	return node->kind == YAML_SCALAR && strlen(text) == node->len &&
	       memcmp(node->text, text, node->len) == 0;
}

static void complain_unknown_key(struct yaml_doc *doc, const struct yaml_node *key,
				 const char *what, const struct yaml_field *fields, size_t count)
{
	struct names names;
	char hint[160], known[256] = "";
	size_t i, at = 0;

	names_begin(&names, key->text, key->len);
	for (i = 0; i < count; i++) {
		int n = snprintf(known + at, sizeof(known) - at, "%s%s", i == 0 ? "" : ", ",
				 fields[i].key);

		names_offer(&names, fields[i].key);
		at = MIN(at + (size_t)MAX(n, 0), sizeof(known) - 1);
	}
	names_text(&names, hint, sizeof(hint));
	if (hint[0] == '\0')
		snprintf(hint, sizeof(hint), " (known: %.140s)", known);
	yaml_complain(doc, key, "", "unknown key \"%.*s\" in %s%s", (int)MIN(key->len, 64u),
		      key->text, what, hint);
}

bool yaml_fields(struct yaml_doc *doc, const struct yaml_node *map, const char *what,
		 const struct yaml_field *fields, size_t count, const struct yaml_node **values)
{
	const struct yaml_node *key;
	size_t i, tried, next = 0;

	FA_ASSERT(count <= YAML_FIELDS);
	for (i = 0; i < count; i++)
		values[i] = NULL;
	if (!yaml_expect(doc, map, YAML_MAP, what))
		return false;
	for (key = map->child; key != NULL; key = key->next->next) {
		/* Rows spell their keys in the same order: look where the last one was. */
		for (tried = 0; tried < count; tried++) {
			i = (next + tried) % count;
			if (yaml_is(key, fields[i].key))
				break;
		}
		if (tried == count) {
			complain_unknown_key(doc, key, what, fields, count);
			continue;
		}
		values[i] = key->next;
		next = i + 1;
	}
	for (i = 0; i < count; i++)
		if (fields[i].required && values[i] == NULL)
			yaml_complain(doc, map, "", "%s has no \"%s\"", what, fields[i].key);
	return true;
}

bool yaml_text(struct yaml_doc *doc, const struct yaml_node *node, const char *what, size_t most)
{
	if (!yaml_expect(doc, node, YAML_SCALAR, what))
		return false;
	if (node->len == 0)
		return yaml_complain(doc, node, "", "%s is empty", what);
	if (node->len > most)
		return yaml_complain(doc, node, "", "%s: %u bytes, at most %zu", what, node->len,
				     most);
	return true;
}

static bool is_alnum(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool yaml_name(struct yaml_doc *doc, const struct yaml_node *node, const char *what)
{
	uint32_t i;

	if (!yaml_text(doc, node, what, 128))
		return false;
	for (i = 0; i < node->len; i++)
		if (!is_alnum(node->text[i]) &&
		    (i == 0 || memchr("._:/-", node->text[i], 5) == NULL))
			return yaml_complain(
				doc, node, "",
				"%s: \"%.*s\" is not a name (letters, digits and ._:/-)", what,
				(int)node->len, node->text);
	return true;
}

bool yaml_bool(struct yaml_doc *doc, const struct yaml_node *node, const char *what, bool *value)
{
	if (!yaml_expect(doc, node, YAML_SCALAR, what))
		return false;
	*value = yaml_is(node, "true");
	if (node->quoted || (!*value && !yaml_is(node, "false")))
		return yaml_complain(doc, node, "", "%s: expected true or false, found %s%.*s%s",
				     what, node->quoted ? "the text \"" : "",
				     (int)MIN(node->len, 64u), node->text,
				     node->quoted ? "\"" : "");
	return true;
}

/* @len digits without sign or leading zero, at most 9. */
static bool decimal(const char *text, size_t len, uint32_t *value)
{
	uint32_t v = 0;
	size_t i;

	if (len == 0 || len > 9 || (len > 1 && text[0] == '0'))
		return false;
	for (i = 0; i < len; i++) {
		if (text[i] < '0' || text[i] > '9')
			return false;
		v = v * 10 + (uint32_t)(text[i] - '0');
	}
	*value = v;
	return true;
}

bool yaml_number(struct yaml_doc *doc, const struct yaml_node *node, const char *what, uint32_t lo,
		 uint32_t hi, uint32_t *value)
{
	if (!yaml_expect(doc, node, YAML_SCALAR, what))
		return false;
	if (node->quoted || !decimal(node->text, node->len, value) || *value < lo || *value > hi)
		return yaml_complain(doc, node, "",
				     "%s: expected a number of %u to %u, found \"%.*s\"", what, lo,
				     hi, (int)MIN(node->len, 64u), node->text);
	return true;
}

/* Days from 1970-01-01 in the proleptic Gregorian calendar, for years 1 and later. */
static int32_t day_number(int32_t y, int32_t m, int32_t d)
{
	int32_t before;

	/* Count years from March, so that the leap day comes last. */
	if (m <= 2) {
		y--;
		m += 12;
	}
	before = 365 * y + y / 4 - y / 100 + y / 400;
	return before + (153 * (m - 3) + 2) / 5 + d - 1 - 719468;
}

static bool two_digits(const char *text, int32_t *value)
{
	if (text[0] < '0' || text[0] > '9' || text[1] < '0' || text[1] > '9')
		return false;
	*value = (text[0] - '0') * 10 + text[1] - '0';
	return true;
}

bool yaml_date(struct yaml_doc *doc, const struct yaml_node *node, const char *what, int32_t *day)
{
	static const int32_t lengths[] = { 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	int32_t century, y, m, d;
	const char *t = node->text;

	if (!yaml_expect(doc, node, YAML_SCALAR, what))
		return false;
	if (node->len != 10 || t[4] != '-' || t[7] != '-' || !two_digits(t, &century) ||
	    !two_digits(t + 2, &y) || !two_digits(t + 5, &m) || !two_digits(t + 8, &d))
		return yaml_complain(doc, node, "",
				     "%s: expected a date as 2013-03-15, found \"%.*s\"", what,
				     (int)MIN(node->len, 64u), t);
	y += 100 * century;
	/* 1678 to 2261 is what 64 bits of nanoseconds hold. */
	if (y < 1970 || y > 2261 || m < 1 || m > 12 || d < 1 || d > lengths[m - 1] ||
	    (m == 2 && d == 29 && (y % 4 != 0 || (y % 100 == 0 && y % 400 != 0))))
		return yaml_complain(doc, node, "", "%s: there is no day %.*s", what,
				     (int)node->len, t);
	*day = day_number(y, m, d);
	return true;
}

struct yaml_items yaml_items(const struct yaml_node *node)
{
	bool list = node->kind == YAML_LIST;

	return (struct yaml_items){ .at = list ? node->child : node, .single = !list };
}

const struct yaml_node *yaml_items_next(struct yaml_items *items)
{
	const struct yaml_node *item = items->at;

	if (item != NULL)
		items->at = items->single ? NULL : item->next;
	return item;
}
