/* Two pools, and the way from the small record to the large one. */
#include "flow/notes.h"

#include "base/error.h"

int flow_notebook_init(struct flow_notebook *book, uint32_t flows)
{
	*book = (struct flow_notebook){ 0 };
	if (flow_pool_init(&book->brief, flows, sizeof(struct flow_data)) == 0 &&
	    flow_pool_init(&book->cold, flows, sizeof(struct flow_cold)) == 0)
		return 0;
	flow_notebook_free(book);
	return FA_ENOMEM;
}

void flow_notebook_free(struct flow_notebook *book)
{
	flow_pool_free(&book->brief);
	flow_pool_free(&book->cold);
}

/* There are as many records as flows. */
static uint32_t take(struct flow_pool *pool)
{
	uint32_t id = flow_pool_take(pool);

	FA_ASSERT(id != 0);
	return id;
}

struct flow_data *flow_notebook_add_data(struct flow_notebook *book, struct flow *flow)
{
	if (flow->notes == 0)
		flow->notes = take(&book->brief) | FLOW_NOTES_BRIEF;
	return flow_notebook_data(book, flow->notes);
}

struct flow_cold *flow_notebook_add_cold(struct flow_notebook *book, struct flow *flow)
{
	uint32_t old = flow->notes;

	if (old == 0 || (old & FLOW_NOTES_BRIEF) != 0) {
		flow->notes = take(&book->cold);
		if (old != 0)
			flow_notebook_cold(book, flow->notes)->notes.data =
				*flow_notebook_data(book, old);
		flow_notebook_give(book, old);
	}
	return flow_notebook_cold(book, flow->notes);
}

const struct flow_notes *flow_notebook_read(const struct flow_notebook *book, uint32_t notes,
					    struct flow_notes *room)
{
	if (notes == 0)
		return NULL;
	if ((notes & FLOW_NOTES_BRIEF) == 0)
		return &flow_notebook_cold(book, notes)->notes;
	*room = (struct flow_notes){ .data = *flow_notebook_data(book, notes) };
	return room;
}

void flow_notebook_give(struct flow_notebook *book, uint32_t notes)
{
	if ((notes & FLOW_NOTES_BRIEF) != 0)
		flow_pool_give(&book->brief, notes & ~FLOW_NOTES_BRIEF);
	else if (notes != 0)
		flow_pool_give(&book->cold, notes);
}

void flow_notebook_close(struct flow_notebook *book)
{
	flow_pool_close(&book->brief);
	flow_pool_close(&book->cold);
}
