/* Names and their indices. */
#include "policy/vocabulary.h"

#include <string.h>

static const struct {
	const char *word;
	unsigned most;
} kinds[VOCAB_COUNT] = {
	[VOCAB_ROLE] = { "role", ROLE_MAX },
	[VOCAB_CONDITION] = { "condition", CONDITION_MAX },
	[VOCAB_EXCEPTION] = { "exception", EXCEPTION_MAX },
	[VOCAB_PARAMETER] = { "parameter", PARAMETER_MAX },
};

const char *vocabulary_word(enum vocab kind)
{
	return kinds[kind].word;
}

unsigned vocabulary_most(enum vocab kind)
{
	return kinds[kind].most;
}

const char *vocabulary_name(const struct vocabulary *v, enum vocab kind, unsigned index)
{
	switch (kind) {
	case VOCAB_ROLE:
		return v->roles[index].name;
	case VOCAB_CONDITION:
		return v->conditions[index].name;
	case VOCAB_EXCEPTION:
		return v->exceptions[index].name;
	case VOCAB_PARAMETER:
		return v->parameters[index].name;
	case VOCAB_COUNT:
		break;
	}
	return "";
}

int vocabulary_find(const struct vocabulary *v, enum vocab kind, const char *name, size_t len)
{
	unsigned i;

	for (i = 0; i < v->counts[kind]; i++) {
		const char *known = vocabulary_name(v, kind, i);

		if (strncmp(known, name, len) == 0 && known[len] == '\0')
			return (int)i;
	}
	return -1;
}

int vocabulary_add(struct vocabulary *v, enum vocab kind, const char *name)
{
	unsigned i = v->counts[kind];

	if (i == kinds[kind].most)
		return -1;
	v->counts[kind]++;
	switch (kind) {
	case VOCAB_ROLE:
		v->roles[i] = (struct role){ .name = name, .description = "" };
		break;
	case VOCAB_CONDITION:
		v->conditions[i] = (struct condition){ .name = name, .description = "" };
		break;
	case VOCAB_EXCEPTION:
		v->exceptions[i] = (struct exception){ name, "" };
		break;
	case VOCAB_PARAMETER:
		v->parameters[i] = (struct parameter){ .name = name, .description = "" };
		break;
	case VOCAB_COUNT:
		break;
	}
	return (int)i;
}
