/* Everything that packs declare and rows and sites refer to by name.  Private to policy/. */
#ifndef FA_POLICY_VOCABULARY_H
#define FA_POLICY_VOCABULARY_H

#include "policy/pack.h"

#define CONDITION_MAX 256
#define EXCEPTION_MAX 64
#define PARAMETER_MAX 64

enum vocab { VOCAB_ROLE, VOCAB_CONDITION, VOCAB_EXCEPTION, VOCAB_PARAMETER, VOCAB_COUNT };

/**
 * struct role - A name for an end
 * @file, @line, @column: Its first declaration
 * @members:	Roles it stands for where the site does not bind it
 * @is:		Roles that whoever holds this one holds too (collocation)
 */
struct role {
	const char *name;
	const char *description;
	const char *file;
	uint32_t line, column;
	struct role_set members;
	struct role_set is;
};

struct condition {
	const char *name;
	const char *description;
	uint64_t excludes[CONDITION_MAX / 64];
};

struct exception {
	const char *name;
	const char *description;
};

/* @least: ports the range needs at the least */
struct parameter {
	const char *name;
	const char *description;
	uint32_t least;
};

struct vocabulary {
	struct role roles[ROLE_MAX];
	struct condition conditions[CONDITION_MAX];
	struct exception exceptions[EXCEPTION_MAX];
	struct parameter parameters[PARAMETER_MAX];
	unsigned counts[VOCAB_COUNT];
};

/* "role", "condition", ...; with an s it is the section of a pack or site. */
const char *vocabulary_word(enum vocab kind);
const char *vocabulary_name(const struct vocabulary *v, enum vocab kind, unsigned index);
/* Index of a name; -1 when it is not declared. */
int vocabulary_find(const struct vocabulary *v, enum vocab kind, const char *name, size_t len);
/* Index of a new, zeroed entry that is to get @name; -1 when the list is full. */
int vocabulary_add(struct vocabulary *v, enum vocab kind, const char *name);
unsigned vocabulary_most(enum vocab kind);

#endif
