/* A filter over fields of flow records: every field given must have one of its values. */
#ifndef FA_CHECK_MATCH_H
#define FA_CHECK_MATCH_H

#include "check/record.h"
#include "policy/yaml.h"

/**
 * struct match_field - One field
 * @path:	Dotted, one of record_field()
 * @values:	Any of these; NUL-terminated
 */
struct match_field {
	struct match_field *next;
	char *path;
	char **values;
	size_t value_count;
};

/* No field at all matches everything.  Memory is the arena's that read it. */
struct match {
	struct match_field *fields;
	size_t field_count;
};

/**
 * match_read() - Read a map of fields
 *
 * Complains about fields that flows do not have, and about addresses that are none.
 *
 * Return: false without memory; a match with mistakes is read as far as it goes
 */
bool match_read(struct yaml_doc *doc, const struct yaml_node *node, struct arena *arena,
		struct match *match);

/**
 * match_failing() - Which fields of a flow do not fit
 * @first:	The first of them, or NULL
 *
 * A value fits when the record has it as text; a list of the record fits when
 * one of its elements does.  src_ip and dest_ip take prefixes and ranges too.
 *
 * Return: how many fields do not fit; 0: the flow matches
 */
size_t match_failing(const struct match *match, const json_t *record,
		     const struct match_field **first);

/* "verdict: expected, dest_port: [443, 444]" into @buf. */
void match_text(const struct match *match, char *buf, size_t size);

#endif
