/* Fields of flow records against the values an expectation gives. */
#include "check/match.h"

#include <stdio.h>
#include <string.h>

#include "base/address.h"
#include "policy/names.h"

#define VALUE_MOST 512u

static bool is_address_field(const char *path)
{
	return strcmp(path, "src_ip") == 0 || strcmp(path, "dest_ip") == 0;
}

/* An address field takes "192.0.2.1", "192.0.2.0/24", "192.0.2.1-192.0.2.9". */
static void check_address(struct yaml_doc *doc, const struct yaml_node *node, const char *value)
{
	struct address_range range;
	struct fa_error err;

	if (address_range_parse(value, &range, &err) != 0)
		yaml_complain(doc, node, "", "%s", err.text);
}

/* True unless memory ran out. */
static bool read_values(struct yaml_doc *doc, const struct yaml_node *node, struct arena *arena,
			struct match_field *field)
{
	struct yaml_items items = yaml_items(node);
	const struct yaml_node *item;
	size_t count = 0;

	while (yaml_items_next(&items) != NULL)
		count++;
	if (count == 0)
		yaml_complain(doc, node, "", "%s: an empty list matches nothing", field->path);
	field->values = arena_take(arena, MAX(count, 1) * sizeof(*field->values));
	if (field->values == NULL)
		return false;
	items = yaml_items(node);
	while ((item = yaml_items_next(&items)) != NULL) {
		char *value;

		if (!yaml_text(doc, item, field->path, VALUE_MOST))
			continue;
		value = arena_text(arena, item->text, item->len);
		if (value == NULL)
			return false;
		if (is_address_field(field->path))
			check_address(doc, item, value);
		field->values[field->value_count++] = value;
	}
	return true;
}

static bool is_known(struct yaml_doc *doc, const struct yaml_node *key, const char *path)
{
	struct names names;
	char hint[160];
	const char *field;

	names_begin(&names, key->text, key->len);
	for (size_t i = 0; (field = record_field(i)) != NULL; i++) {
		if (strcmp(field, path) == 0)
			return true;
		names_offer(&names, field);
	}
	names_text(&names, hint, sizeof(hint));
	return yaml_complain(doc, key, "", "records of flows have no field \"%.64s\"%s", path,
			     hint);
}

bool match_read(struct yaml_doc *doc, const struct yaml_node *node, struct arena *arena,
		struct match *match)
{
	struct match_field **end = &match->fields;

	*match = (struct match){ 0 };
	if (!yaml_expect(doc, node, YAML_MAP, "match"))
		return true;
	for (const struct yaml_node *key = node->child; key != NULL; key = key->next->next) {
		struct match_field *f = arena_take(arena, sizeof(*f));

		if (f == NULL || (f->path = arena_text(arena, key->text, key->len)) == NULL)
			return false;
		if (is_known(doc, key, f->path) && !read_values(doc, key->next, arena, f))
			return false;
		*end = f;
		end = &f->next;
		match->field_count++;
	}
	if (match->field_count == 0)
		yaml_complain(doc, node, "", "match: no field is given; every flow would match");
	return true;
}

/* A scalar as the file would write it. */
static const char *scalar_text(const json_t *value, char *buf, size_t size)
{
	switch (json_typeof(value)) {
	case JSON_STRING:
		return json_string_value(value);
	case JSON_INTEGER:
		snprintf(buf, size, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
		return buf;
	case JSON_TRUE:
		return "true";
	case JSON_FALSE:
		return "false";
	case JSON_REAL:
	case JSON_NULL:
	case JSON_ARRAY:
	case JSON_OBJECT:
		break;
	}
	return NULL;
}

static bool address_fits(const char *found, const char *value)
{
	struct address_range one, range;

	return address_range_parse(found, &one, NULL) == 0 &&
	       address_range_parse(value, &range, NULL) == 0 && address_in_range(&one.lo, &range);
}

static bool scalar_fits(const struct match_field *field, const json_t *value)
{
	char buf[32];
	const char *found = scalar_text(value, buf, sizeof(buf));

	for (size_t i = 0; found != NULL && i < field->value_count; i++)
		if (strcmp(found, field->values[i]) == 0 ||
		    (is_address_field(field->path) && address_fits(found, field->values[i])))
			return true;
	return false;
}

/* The value at @path below @value; through lists, any element's. */
static bool fits_below(const struct match_field *field, const json_t *value, const char *path)
{
	size_t i;
	const json_t *item;
	char key[64];
	size_t len;

	if (json_is_array(value)) {
		json_array_foreach((json_t *)(uintptr_t)value, i,
				   item) if (fits_below(field, item, path)) return true;
		return false;
	}
	if (*path == '\0')
		return value != NULL && scalar_fits(field, value);
	len = strcspn(path, ".");
	if (len >= sizeof(key))
		return false;
	memcpy(key, path, len);
	key[len] = '\0';
	value = json_object_get(value, key);
	return value != NULL && fits_below(field, value, path + len + (path[len] == '.'));
}

size_t match_failing(const struct match *match, const json_t *record,
		     const struct match_field **first)
{
	size_t failing = 0;

	*first = NULL;
	for (const struct match_field *f = match->fields; f != NULL; f = f->next) {
		if (fits_below(f, record, f->path))
			continue;
		if (failing++ == 0)
			*first = f;
	}
	return failing;
}

void match_text(const struct match *match, char *buf, size_t size)
{
	size_t at = 0;

	buf[0] = '\0';
	for (const struct match_field *f = match->fields; f != NULL; f = f->next) {
		bool list = f->value_count > 1;

		at += (size_t)snprintf(buf + at, size - at, "%s%s: %s", at == 0 ? "" : ", ",
				       f->path, list ? "[" : "");
		for (size_t i = 0; i < f->value_count && at < size; i++)
			at += (size_t)snprintf(buf + at, size - at, "%s%s", i == 0 ? "" : ", ",
					       f->values[i]);
		if (list && at < size)
			at += (size_t)snprintf(buf + at, size - at, "]");
		if (at >= size)
			return;
	}
}
