/*
 * A ring of sheets, each of which lists some flows.
 *
 * A sheet is filled and at the end kept by the caller.  Between the two it is formed:
 * by the caller when it is due and nobody has begun, else by the other thread.  Which
 * of the two it is changes nothing but the time.
 */
#include "audit/docket.h"

#include <netinet/in.h>
#include <pthread.h>
#include <stdlib.h>

#include "base/memory.h"

#define SHEETS      4u
#define SHEET_FLOWS (DOCKET_FLOWS / SHEETS)
/* Flows whose records are asked for ahead of the one that is being judged. */
#define AHEAD 4u

/* One flow that has ended; @notes may point to @room. */
struct matter {
	uint32_t id;
	const struct flow *flow;
	const struct flow_notes *notes;
	const struct ident *ident;
	struct flow_notes room;
	struct opinion opinion;
};

enum sheet_state { SHEET_OPEN, SHEET_FILED, SHEET_BEGUN, SHEET_FORMED };

struct sheet {
	struct matter matters[SHEET_FLOWS];
	unsigned count;
	enum sheet_state state;
};

/**
 * struct docket - Caller's side and the helper's
 * @keep:	NULL: no packets are kept
 * @sheets:	In a ring: @first is the oldest that is not empty, @used of them are filed;
 *		the one behind them is being filled
 * @sheet_count: SHEETS, or 1 without a helper
 * @helped:	@thread runs
 * @memo:	The helper's
 * @lock:	Of the states of filed sheets, of the ring's ends, and of what follows it
 * @idle:	The helper waits for work
 * @awaited:	The caller waits for this sheet
 */
struct docket {
	struct docket_rooms rooms;
	struct keep *keep;
	unsigned sheet_count;
	unsigned first, used;
	bool helped;
	pthread_t thread;
	struct policy_memo *memo;
	pthread_mutex_t lock;
	pthread_cond_t filed, formed;
	bool idle, stop;
	const struct sheet *awaited;
	struct sheet sheets[SHEETS];
};

/* The sheet that is being filled. */
static struct sheet *open_sheet(struct docket *d)
{
	return &d->sheets[(d->first + d->used) % d->sheet_count];
}

int docket_new(struct docket **docket, const struct docket_rooms *rooms, unsigned threads,
	       struct fa_error *err)
{
	struct docket *d = memory_array(1, sizeof(*d));

	*docket = d;
	if (d == NULL)
		return error_set(err, FA_ENOMEM, "no memory");
	d->rooms = *rooms;
	d->sheet_count = threads > 1 ? SHEETS : 1;
	pthread_mutex_init(&d->lock, NULL);
	pthread_cond_init(&d->filed, NULL);
	pthread_cond_init(&d->formed, NULL);
	return 0;
}

void docket_set_keep(struct docket *docket, struct keep *keep)
{
	docket->keep = keep;
}

/* The records of a flow that is judged soon. */
FA_INLINE void prefetch(const struct matter *m)
{
	__builtin_prefetch(m->flow);
	__builtin_prefetch(&m->flow->first_frame);
	if (m->notes != NULL && m->notes != &m->room)
		for (unsigned line = 0; line < 4; line++)
			__builtin_prefetch((const char *)m->notes + (size_t)line * 64);
	if (m->ident != NULL)
		ident_prefetch_facts(m->ident, m->ident->stream);
}

static void form(struct sheet *s, struct policy_memo *memo)
{
	for (unsigned i = 0; i < s->count; i++) {
		struct matter *m = &s->matters[i];

		if (i + AHEAD < s->count)
			prefetch(&s->matters[i + AHEAD]);
		judge_form(&m->opinion, memo, m->flow, m->notes, m->ident);
	}
}

/* Under the lock: the oldest sheet that nobody has begun, which is begun now. */
static struct sheet *begin(struct docket *d)
{
	for (unsigned i = 0; i < d->used; i++) {
		struct sheet *s = &d->sheets[(d->first + i) % d->sheet_count];

		if (s->state == SHEET_FILED) {
			s->state = SHEET_BEGUN;
			return s;
		}
	}
	return NULL;
}

static void *help(void *arg)
{
	struct docket *d = arg;
	struct sheet *s;

	pthread_mutex_lock(&d->lock);
	while (!d->stop) {
		s = begin(d);
		if (s == NULL) {
			d->idle = true;
			pthread_cond_wait(&d->filed, &d->lock);
			continue;
		}
		pthread_mutex_unlock(&d->lock);
		form(s, d->memo);
		pthread_mutex_lock(&d->lock);
		s->state = SHEET_FORMED;
		if (d->awaited == s)
			pthread_cond_signal(&d->formed);
	}
	pthread_mutex_unlock(&d->lock);
	return NULL;
}

void docket_free(struct docket *docket)
{
	if (docket == NULL)
		return;
	if (docket->helped) {
		pthread_mutex_lock(&docket->lock);
		docket->stop = true;
		pthread_cond_signal(&docket->filed);
		pthread_mutex_unlock(&docket->lock);
		pthread_join(docket->thread, NULL);
	}
	pthread_mutex_destroy(&docket->lock);
	pthread_cond_destroy(&docket->filed);
	pthread_cond_destroy(&docket->formed);
	policy_memo_free(docket->memo);
	free(docket);
}

/* A flow was judged: what nDPI calls it goes with its identification, if it is @listed. */
static int give_ident(struct docket *d, const struct matter *m, bool listed)
{
	uint32_t user = m->flow->user;
	int status = 0;

	if (d->rooms.namer != NULL) {
		const char *name = listed && m->ident->app == APP_NONE
					   ? namer_name(d->rooms.namer, user)
					   : NULL;

		if (name != NULL)
			status = judge_name(d->rooms.ledger, name);
		namer_forget(d->rooms.namer, user);
	}
	ident_pool_give(d->rooms.idents, user);
	return status;
}

/* Into the ledger, and its records back. */
static int keep(struct docket *d, struct sheet *s, struct flow_table *table)
{
	int status = 0;

	for (unsigned i = 0; i < s->count; i++) {
		struct matter *m = &s->matters[i];

		if (d->rooms.known != NULL)
			m->opinion.judged.told =
				known_at(d->rooms.known, m->id, m->flow->first_frame)->told & 7u;
		if (status >= 0)
			status = judge_keep(d->rooms.ledger, &m->opinion);
		if (status >= 0 && m->ident != NULL)
			status = give_ident(d, m, status == 0);
		if (d->keep != NULL)
			keep_forget(d->keep, m->id);
		flow_table_release(table, m->id);
	}
	s->count = 0;
	return MIN(status, 0);
}

/* Have the oldest filed sheet formed.  While another forms it there may be others to form. */
static struct sheet *oldest(struct docket *d)
{
	struct sheet *s = &d->sheets[d->first], *mine;

	pthread_mutex_lock(&d->lock);
	while (s->state != SHEET_FORMED) {
		mine = begin(d);
		if (mine == NULL) {
			d->awaited = s;
			pthread_cond_wait(&d->formed, &d->lock);
			continue;
		}
		pthread_mutex_unlock(&d->lock);
		form(mine, d->rooms.ledger->memo);
		pthread_mutex_lock(&d->lock);
		mine->state = SHEET_FORMED;
	}
	d->awaited = NULL;
	pthread_mutex_unlock(&d->lock);
	return s;
}

/* The oldest filed sheet leaves the ring. */
static int close_sheet(struct docket *d, struct flow_table *table)
{
	struct sheet *s = oldest(d);
	int status = keep(d, s, table);

	pthread_mutex_lock(&d->lock);
	s->state = SHEET_OPEN;
	d->first = (d->first + 1) % d->sheet_count;
	d->used--;
	pthread_mutex_unlock(&d->lock);
	return status;
}

/* Without memory for a helper or its memo we go on alone. */
static void call_help(struct docket *d)
{
	if (d->memo == NULL)
		d->memo = policy_memo_new(d->rooms.ledger->policy);
	if (d->memo != NULL)
		d->helped = pthread_create(&d->thread, NULL, help, d) == 0;
}

/* The sheet that is being filled is full, or the last. */
static int file_sheet(struct docket *d, struct flow_table *table)
{
	pthread_mutex_lock(&d->lock);
	open_sheet(d)->state = SHEET_FILED;
	d->used++;
	/* Woken for two sheets: for one it costs more than it helps. */
	if (d->idle && d->used > 1) {
		d->idle = false;
		pthread_cond_signal(&d->filed);
	}
	pthread_mutex_unlock(&d->lock);
	if (d->used < d->sheet_count)
		return 0;
	if (!d->helped && d->sheet_count > 1)
		call_help(d);
	return close_sheet(d, table);
}

/* Hand the identification what its streams still hold. */
static void last_look(struct flow_table *table, struct matter *m, struct ident *ident)
{
	if (!ident->stream || (m->flow->flags & FLOW_WANTS_PAYLOAD) == 0 || m->notes == NULL)
		return;
	for (unsigned dir = 0; dir < 2; dir++) {
		bool last, grown;
		size_t len;
		const uint8_t *bytes = flow_table_stream(table, m->id, dir, &len, &last, &grown);

		if (bytes != NULL)
			ident_stream(ident, dir, bytes, len, true, m->notes->data.frame[dir]);
	}
}

static void enter(struct docket *d, struct flow_table *table, struct matter *m, uint32_t id)
{
	struct ident *ident;

	m->id = id;
	m->flow = flow_table_flow(table, id);
	m->notes = flow_table_notes(table, id, &m->room);
	m->ident = NULL;
	if (m->flow->user == 0)
		return;
	ident = ident_pool_at(d->rooms.idents, m->flow->user);
	m->ident = ident;
	last_look(table, m, ident);
}

int docket_take(struct docket *docket, struct flow_table *table)
{
	uint32_t id;

	while ((id = flow_table_retired(table)) != FLOW_NONE) {
		struct sheet *s = open_sheet(docket);

		enter(docket, table, &s->matters[s->count++], id);
		if (s->count == SHEET_FLOWS && file_sheet(docket, table) != 0)
			return FA_ENOMEM;
	}
	return 0;
}

int docket_clear(struct docket *docket, struct flow_table *table)
{
	if (docket_take(docket, table) != 0)
		return FA_ENOMEM;
	if (open_sheet(docket)->count != 0 && file_sheet(docket, table) != 0)
		return FA_ENOMEM;
	while (docket->used != 0)
		if (close_sheet(docket, table) != 0)
			return FA_ENOMEM;
	return 0;
}
