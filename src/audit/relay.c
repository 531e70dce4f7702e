/*
 * A ring of parcels between two threads.
 *
 * One producer, one consumer, and one lock that each takes twice a parcel of some
 * hundred packets.  The producer fills the slot behind the last full one, the consumer
 * works on the first, both outside the lock.  A side that has to wait is woken when
 * it can go on for a while: sleeping and waking for every parcel costs more than
 * the parcel.
 *
 * The bytes of packets stay in the windows of the source.  At most RING parcels are
 * alive, each has its packets from one window, and windows change only between parcels.
 */
#include "audit/relay.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

#define RING 6u
/* Packets of a parcel: their facts and keys are 110 KB, so that a few fit a core's own cache. */
#define RING_PACKETS 512u
/* Parcels of FRAME_BATCH packets before another thread is worth its start. */
#define ALONE 64u

/**
 * struct relay - Both sides
 * @wanted:	The open input is worth a thread once it has proved long
 * @running:	@thread runs, or has ended and waits to be joined
 * @held:	The consumer works on the first slot
 * @stopped:	relay_stop() was called for this input
 * @alone:	Parcels made so far of this input without another thread
 * @own:	The parcel of an intake without a thread
 * @first, @full, ...: Under the lock while @running
 */
struct relay {
	struct intake *intake;
	unsigned threads;
	bool wanted, running, held, stopped;
	unsigned alone;
	struct parcel own;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct parcel ring[RING];
	unsigned first, full;
	bool producer_waits, consumer_waits, stop;
};

int relay_new(struct relay **relay, const struct intake_options *options, unsigned threads,
	      struct fa_error *err)
{
	struct intake_options o = *options;
	struct relay *r = memory_array(1, sizeof(*r));
	int status;

	*relay = NULL;
	if (r == NULL)
		return error_set(err, FA_ENOMEM, "no memory");
	pthread_mutex_init(&r->lock, NULL);
	pthread_cond_init(&r->changed, NULL);
	r->threads = threads;
	o.unpack_ahead = threads > 1;
	o.turns = threads > 1 ? RING : 0;
	status = intake_new(&r->intake, &o, err);
	if (status == 0 && parcel_init(&r->own, FRAME_BATCH) != 0)
		status = error_set(err, FA_ENOMEM, "no memory");
	if (status != 0) {
		relay_free(r);
		return status;
	}
	*relay = r;
	return 0;
}

/* Wait for a slot to fill; NULL when the consumer wants no more. */
static struct parcel *free_slot(struct relay *r)
{
	struct parcel *slot = NULL;

	pthread_mutex_lock(&r->lock);
	if (r->full == RING)
		r->producer_waits = true;
	while (r->producer_waits && !r->stop)
		pthread_cond_wait(&r->changed, &r->lock);
	r->producer_waits = false;
	if (!r->stop)
		slot = &r->ring[(r->first + r->full) % RING];
	pthread_mutex_unlock(&r->lock);
	return slot;
}

static void publish(struct relay *r)
{
	pthread_mutex_lock(&r->lock);
	r->full++;
	if (r->consumer_waits) {
		r->consumer_waits = false;
		pthread_cond_signal(&r->changed);
	}
	pthread_mutex_unlock(&r->lock);
}

static void *produce(void *arg)
{
	struct relay *r = arg;
	struct parcel *slot;
	int status = 1;

	while (status == 1 && (slot = free_slot(r)) != NULL) {
		intake_fill(r->intake, slot);
		status = slot->status; /* once published it is the consumer's */
		publish(r);
	}
	return NULL;
}

/* The consumer is done with the slot that it holds. */
static void give_back(struct relay *r)
{
	pthread_mutex_lock(&r->lock);
	r->first = (r->first + 1) % RING;
	r->full--;
	if (r->producer_waits && r->full <= RING / 2) {
		r->producer_waits = false;
		pthread_cond_signal(&r->changed);
	}
	pthread_mutex_unlock(&r->lock);
	r->held = false;
}

/* Wait for a full slot. */
static const struct parcel *full_slot(struct relay *r)
{
	pthread_mutex_lock(&r->lock);
	r->consumer_waits = r->full == 0;
	while (r->consumer_waits)
		pthread_cond_wait(&r->changed, &r->lock);
	pthread_mutex_unlock(&r->lock);
	r->held = true;
	return &r->ring[r->first];
}

/* Let the intake run ahead.  Without memory or a thread to be had it stays where it is. */
static void start(struct relay *r)
{
	for (unsigned i = 0; i < RING; i++)
		if (r->ring[i].room == 0 && parcel_init(&r->ring[i], RING_PACKETS) != 0)
			return;
	r->first = r->full = 0;
	r->stop = r->producer_waits = r->consumer_waits = false;
	r->running = pthread_create(&r->thread, NULL, produce, r) == 0;
}

static void join(struct relay *r)
{
	pthread_mutex_lock(&r->lock);
	r->stop = true;
	pthread_cond_signal(&r->changed);
	pthread_mutex_unlock(&r->lock);
	pthread_join(r->thread, NULL);
	r->running = false;
}

void relay_free(struct relay *relay)
{
	if (relay == NULL)
		return;
	if (relay->running)
		join(relay);
	for (unsigned i = 0; i < RING; i++)
		parcel_destroy(&relay->ring[i]);
	parcel_destroy(&relay->own);
	pthread_mutex_destroy(&relay->lock);
	pthread_cond_destroy(&relay->changed);
	intake_free(relay->intake);
	free(relay);
}

int relay_open(struct relay *relay, const char *path, struct fa_error *err)
{
	int status = intake_open(relay->intake, path, err);

	if (status != 0)
		return status;
	relay->wanted = relay->threads > 1 && intake_threads(relay->intake) < relay->threads - 1;
	relay->alone = 0;
	relay->stopped = false;
	return 0;
}

static const struct parcel *nothing(struct relay *r)
{
	r->own.count = 0;
	r->own.opens_group = false;
	r->own.status = 0;
	return &r->own;
}

const struct parcel *relay_next(struct relay *relay)
{
	if (relay->held)
		give_back(relay);
	if (!relay->running && !relay->stopped && relay->wanted && relay->alone++ == ALONE)
		start(relay);
	if (relay->running || relay->full != 0)
		return full_slot(relay);
	if (relay->stopped)
		return nothing(relay);
	intake_fill(relay->intake, &relay->own);
	return &relay->own;
}

void relay_stop(struct relay *relay)
{
	if (relay->running)
		join(relay);
	relay->stopped = true;
}

void relay_close(struct relay *relay, struct capture_facts *cap)
{
	if (relay->held)
		give_back(relay);
	relay_stop(relay);
	FA_ASSERT(relay->full == 0);
	intake_close(relay->intake, cap);
}

bool relay_is_open(const struct relay *relay)
{
	return intake_is_open(relay->intake);
}

uint64_t relay_end(struct relay *relay)
{
	return intake_end(relay->intake);
}
