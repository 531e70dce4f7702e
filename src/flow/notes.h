/*
 * Where the notes of flows are kept, in records of two sizes.
 *
 * Of most flows of datagrams there is nothing to note but their payload: one
 * cache line.  Everything else, and all of TCP, has a cold record (cold.h).
 * A flow names its record by a number that says which of the two it is.
 */
#ifndef FA_FLOW_NOTES_H
#define FA_FLOW_NOTES_H

#include "flow/cold.h"
#include "flow/pool.h"

/* Set in flow.notes: the record is brief. */
#define FLOW_NOTES_BRIEF (UINT32_C(1) << 31)

/**
 * struct flow_notebook - Owned by whoever called flow_notebook_init()
 * @brief:	Records of struct flow_data
 * @cold:	Records of struct flow_cold
 */
struct flow_notebook {
	struct flow_pool brief, cold;
};

/* Reserve records for @flows, each of either size.  Return: 0 or FA_ENOMEM */
int flow_notebook_init(struct flow_notebook *book, uint32_t flows);
void flow_notebook_free(struct flow_notebook *book);

/* @notes: not 0 and not brief. */
static inline struct flow_cold *flow_notebook_cold(const struct flow_notebook *book, uint32_t notes)
{
	return (struct flow_cold *)(void *)book->cold.base + notes;
}

/* The same of any flow; NULL when it has no cold record. */
static inline struct flow_cold *flow_notebook_find(const struct flow_notebook *book, uint32_t notes)
{
	return notes == 0 || (notes & FLOW_NOTES_BRIEF) != 0 ? NULL
							     : flow_notebook_cold(book, notes);
}

/* @notes: not 0. */
static inline struct flow_data *flow_notebook_data(const struct flow_notebook *book, uint32_t notes)
{
	if (FA_LIKELY((notes & FLOW_NOTES_BRIEF) != 0))
		return (struct flow_data *)(void *)book->brief.base + (notes & ~FLOW_NOTES_BRIEF);
	return &flow_notebook_cold(book, notes)->notes.data;
}

/* What @flow sent, in a record of any size, made at the first call. */
struct flow_data *flow_notebook_add_data(struct flow_notebook *book, struct flow *flow);
/* The cold record of @flow, made at the first call, with what a brief one held. */
struct flow_cold *flow_notebook_add_cold(struct flow_notebook *book, struct flow *flow);

/**
 * flow_notebook_read() - All notes of a flow
 * @room:	Filled where the record is brief
 *
 * Return: the notes, valid until the flow's next packet; NULL: nothing was noted
 */
const struct flow_notes *flow_notebook_read(const struct flow_notebook *book, uint32_t notes,
					    struct flow_notes *room);

/* flow_pool_close() for all records. */
void flow_notebook_close(struct flow_notebook *book);

/* Give the record back, if there is one; the caller forgets @notes. */
void flow_notebook_give(struct flow_notebook *book, uint32_t notes);

#endif
