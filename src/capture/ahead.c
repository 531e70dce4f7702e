/*
 * A ring of blocks between a thread that reads and the one that parses.
 *
 * One producer, one consumer, one lock taken a few times a block of 256 KiB.
 * The producer fills the slot behind the last full one outside the lock; the
 * consumer empties the first one outside it.  What the input says at its end,
 * an error or that it was cut, is read by the consumer after @ended.
 */
#include "capture/ahead.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/memory.h"

/* Enough that neither side waits for the other's longest block. */
#define SLOTS 4

struct ahead {
	const struct block_ops *ops;
	void *from;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	uint8_t *slot[SLOTS];
	size_t len[SLOTS];
	unsigned first, full; /* under the lock */
	bool ended, stop;     /* under the lock */
	size_t used;          /* the consumer's: bytes taken from the first slot */
	ssize_t last;         /* what the last read returned: 0 or an error */
	struct fa_error err;
};

/* Wait until a slot is free; its index, or -1 when the consumer has closed. */
static int free_slot(struct ahead *a)
{
	int slot = -1;

	pthread_mutex_lock(&a->lock);
	while (a->full == SLOTS && !a->stop)
		pthread_cond_wait(&a->changed, &a->lock);
	if (!a->stop)
		slot = (int)((a->first + a->full) % SLOTS);
	pthread_mutex_unlock(&a->lock);
	return slot;
}

static void *produce(void *arg)
{
	struct ahead *a = arg;
	int slot;

	while ((slot = free_slot(a)) >= 0) {
		ssize_t n = a->ops->read(a->from, a->slot[slot], BLOCK_BYTES, &a->err);

		pthread_mutex_lock(&a->lock);
		if (n > 0) {
			a->len[slot] = (size_t)n;
			a->full++;
		} else {
			a->last = n;
			a->ended = true;
		}
		pthread_cond_signal(&a->changed);
		pthread_mutex_unlock(&a->lock);
		if (n <= 0)
			break;
	}
	return NULL;
}

/* Wait for a full slot.  False at the end. */
static bool full_slot(struct ahead *a)
{
	bool there;

	pthread_mutex_lock(&a->lock);
	while (a->full == 0 && !a->ended)
		pthread_cond_wait(&a->changed, &a->lock);
	there = a->full != 0;
	pthread_mutex_unlock(&a->lock);
	return there;
}

static ssize_t ahead_read(void *from, uint8_t *to, size_t room, struct fa_error *err)
{
	struct ahead *a = from;
	size_t n;

	if (!full_slot(a))
		return a->last < 0 ? error_set(err, a->err.code, "%s", a->err.text) : 0;
	n = MIN(room, a->len[a->first] - a->used);
	memcpy(to, a->slot[a->first] + a->used, n);
	a->used += n;
	if (a->used < a->len[a->first])
		return (ssize_t)n;
	a->used = 0;
	pthread_mutex_lock(&a->lock);
	a->first = (a->first + 1) % SLOTS;
	a->full--;
	pthread_cond_signal(&a->changed);
	pthread_mutex_unlock(&a->lock);
	return (ssize_t)n;
}

static bool ahead_cut(const void *from)
{
	const struct ahead *a = from;

	return a->ops->cut != NULL && a->ops->cut(a->from);
}

static void release(struct ahead *a)
{
	pthread_mutex_destroy(&a->lock);
	pthread_cond_destroy(&a->changed);
	for (unsigned i = 0; i < SLOTS; i++)
		free(a->slot[i]);
	free(a);
}

static void ahead_close(void *from)
{
	struct ahead *a = from;

	pthread_mutex_lock(&a->lock);
	a->stop = true;
	pthread_cond_signal(&a->changed);
	pthread_mutex_unlock(&a->lock);
	pthread_join(a->thread, NULL);
	if (a->ops->close != NULL)
		a->ops->close(a->from);
	release(a);
}

static const struct block_ops ahead_ops = {
	.read = ahead_read,
	.cut = ahead_cut,
	.close = ahead_close,
};

int ahead_start(struct block_reader *in, struct fa_error *err)
{
	struct ahead *a = memory_array(1, sizeof(*a));
	bool whole = a != NULL;

	if (a == NULL)
		return error_set(err, FA_ENOMEM, "out of memory to read ahead");
	a->ops = in->ops;
	a->from = in->from;
	pthread_mutex_init(&a->lock, NULL);
	pthread_cond_init(&a->changed, NULL);
	for (unsigned i = 0; i < SLOTS; i++) {
		a->slot[i] = memory_array(BLOCK_BYTES, 1);
		whole = whole && a->slot[i] != NULL;
	}
	if (!whole || pthread_create(&a->thread, NULL, produce, a) != 0) {
		release(a);
		return error_set(err, FA_ENOMEM, "no thread to read ahead with");
	}
	in->ops = &ahead_ops;
	in->from = a;
	return 0;
}
