/* What reading a pack or a site has at hand, and a pack's documents.  Private to policy/. */
#ifndef FA_POLICY_DECLARE_H
#define FA_POLICY_DECLARE_H

#include "policy/policy_priv.h"

#define DECLARE_WORDS_MOST 400 /* bytes of a title or description */

/**
 * struct reader - What reading one pack or site needs at hand
 * @pack:	NULL while a site is read
 * @declared:	Per enum vocab, what this very pack declares: its rows may use
 *		nothing else
 * @nomem:	Memory ran out somewhere
 */
struct reader {
	struct policy *policy;
	struct yaml_doc *doc;
	struct pack *pack;
	const char *file;
	struct table *tables;
	struct document *documents;
	struct role_set declared[VOCAB_COUNT];
	bool nomem;
};

/* A copy in the policy's arena; "" without memory, which @nomem remembers. */
const char *declare_text(struct reader *r, const struct yaml_node *node);
/* The same of a field's title or description; "" where @node is NULL or wrong. */
const char *declare_words(struct reader *r, const struct yaml_node *node, const char *what);

/* Sections of a pack; each complains by itself.  @node may be NULL. */
void declare_documents(struct reader *r, const struct yaml_node *node);
void declare_tables(struct reader *r, const struct yaml_node *node);

#endif
