/*
 * YAML 1.2 as packs and sites use it: maps, lists and scalars, each with its
 * place, over libfyaml's events.  Private to policy/.
 *
 * Anchors, aliases, tags, a second document and deep nesting are refused, so
 * the tree is never larger than the text.  Every getter complains by itself,
 * with the place, and returns false; a caller carries on to find more.
 */
#ifndef FA_POLICY_YAML_H
#define FA_POLICY_YAML_H

#include <stdbool.h>
#include <stdint.h>

#include "policy/arena.h"
#include "policy/problems.h"

#define YAML_DEPTH     16                  /* nested lists and maps */
#define YAML_FILE_MOST ((size_t)256 << 20) /* bytes of one file */
#define YAML_FIELDS    24                  /* keys one kind of map may have */

enum yaml_kind { YAML_NULL, YAML_SCALAR, YAML_LIST, YAML_MAP };

/**
 * struct yaml_node - One value
 * @text, @len:	 Of a scalar; not NUL-terminated; no control characters but tab and newline
 * @line, @column: From 1; columns are characters, not bytes
 * @next:	 Next item; in a map keys and values alternate
 * @child:	 First item of a list or map
 */
struct yaml_node {
	const char *text;
	struct yaml_node *next, *child;
	uint32_t len, line, column;
	uint8_t kind; /* enum yaml_kind */
	bool quoted;
};

struct yaml_doc {
	const char *file; /* as given */
	struct problems *problems;
	struct yaml_node *root;
	struct arena arena;
	char *bytes; /* of a file that yaml_load_file() read, or NULL */
};

/**
 * yaml_load() - Build the tree
 * @text:	Must live as long as @doc
 *
 * @doc needs no preparation and is released with yaml_free() whatever the result.
 * After FA_EFORMAT @doc->root is NULL, or a whole tree in which a key is there
 * twice: it may be read for more mistakes.
 *
 * Return: 0, FA_EFORMAT (said in @problems), FA_ENOMEM
 */
int yaml_load(struct yaml_doc *doc, const char *file, const char *text, size_t len,
	      struct problems *problems);
/* Also FA_EIO, said in @problems. */
int yaml_load_file(struct yaml_doc *doc, const char *path, struct problems *problems);
void yaml_free(struct yaml_doc *doc);

/* Complain about a node; always returns false. */
bool yaml_complain(struct yaml_doc *doc, const struct yaml_node *node, const char *code,
		   const char *fmt, ...) FA_PRINTF(4, 5);

/* The node is of this kind; @what names it in the complaint: "roles", "the row". */
bool yaml_expect(struct yaml_doc *doc, const struct yaml_node *node, enum yaml_kind kind,
		 const char *what);

struct yaml_field {
	const char *key;
	bool required;
};

/**
 * yaml_fields() - Sort the values of a map by key
 * @what:	For complaints: "row", "site"
 * @fields:	The @count keys there may be, at most YAML_FIELDS
 * @values:	Gets the value of each, NULL where it is missing
 *
 * Complains about unknown keys, with the nearest one, and about missing ones.
 *
 * Return: the node is a map (and @values is filled)
 */
bool yaml_fields(struct yaml_doc *doc, const struct yaml_node *map, const char *what,
		 const struct yaml_field *fields, size_t count, const struct yaml_node **values);

/* The scalar equals @text. */
bool yaml_is(const struct yaml_node *node, const char *text);
/* A scalar with at least one and at most @most characters' bytes. */
bool yaml_text(struct yaml_doc *doc, const struct yaml_node *node, const char *what, size_t most);
/* A text that names something: letters, digits and "._:/-", first a letter or digit. */
bool yaml_name(struct yaml_doc *doc, const struct yaml_node *node, const char *what);
/* true or false, nothing else. */
bool yaml_bool(struct yaml_doc *doc, const struct yaml_node *node, const char *what, bool *value);
/* A plain decimal of lo..hi. */
bool yaml_number(struct yaml_doc *doc, const struct yaml_node *node, const char *what, uint32_t lo,
		 uint32_t hi, uint32_t *value);
/* YYYY-MM-DD, a day that exists, as days since 1970-01-01. */
bool yaml_date(struct yaml_doc *doc, const struct yaml_node *node, const char *what, int32_t *day);

/* What may stand alone or in a list: the items of a list, or the node itself once. */
struct yaml_items {
	const struct yaml_node *at;
	bool single;
};
struct yaml_items yaml_items(const struct yaml_node *node);
const struct yaml_node *yaml_items_next(struct yaml_items *items);

#endif
