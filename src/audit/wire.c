/*
 * Readers and whoever takes what they read.
 *
 * Each reader fills the parcels of a ring of its own; the caller takes from each in turn.
 * One lock, held for a few instructions twice a batch.  The bytes of frames live in the
 * reader's rooms for as long as its ring is deep.
 */
#include "audit/wire.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"

/* Parcels of a reader: while findings are settled frames wait here rather than in the kernel. */
#define RING 32u
/* Parcels have room for one batch, and more, so that they keep what was put together of fragments. */
#define READER_PACKETS (2u * FRAME_BATCH)
/* Readers look at their counters so often. */
#define REFRESH_NS (200 * NS_PER_MS)
/* At the end, as long as frames come that were captured before it. */
#define STOP_NS (2 * NS_PER_S)

/**
 * struct reader - One thread
 * @first, @full: Of the ring: parcels that wait to be taken
 * @facts, @interfaces: As of the last refresh
 * @ended:	It will fill no more
 *
 * What follows @ring is under the wire's lock.
 */
struct reader {
	struct wire *wire;
	struct live *live;
	struct intake *intake;
	pthread_t thread;
	bool runs;
	struct parcel ring[RING];
	unsigned first, full;
	pthread_cond_t room;
	struct capture_facts facts;
	struct live_interface interfaces[LIVE_INTERFACES_MAX];
	bool ended;
};

/**
 * struct wire - All of them
 * @own:	Without threads: the parcel of the only reader
 * @held:	Reader whose first parcel the caller works on; NULL: none
 * @turn:	Reader that is asked first for the next one
 * @numbered, @bytes: Of the packets that were taken
 * @nothing:	What is given where there is nothing
 */
struct wire {
	struct reader *readers;
	unsigned count;
	bool started;
	struct parcel own;
	struct reader *held;
	unsigned turn;
	uint64_t numbered, bytes;
	struct parcel nothing;
	pthread_mutex_t lock;
	pthread_cond_t filled;
	bool stop;
};

int wire_open(struct wire **wire, const struct wire_options *options, struct fa_error *err)
{
	struct wire *w = memory_array(1, sizeof(*w));
	struct live_options live = options->live;
	pthread_condattr_t steady;
	int status = 0;

	*wire = NULL;
	if (w == NULL)
		return error_set(err, FA_ENOMEM, "no memory");
	pthread_mutex_init(&w->lock, NULL);
	/* Waited for by a clock that nobody sets. */
	pthread_condattr_init(&steady);
	pthread_condattr_setclock(&steady, CLOCK_MONOTONIC);
	pthread_cond_init(&w->filled, &steady);
	pthread_condattr_destroy(&steady);
	w->count = MIN(MAX(options->threads, 1u), WIRE_THREADS_MAX);
	w->readers = memory_array(w->count, sizeof(*w->readers));
	if (w->readers == NULL)
		status = error_set(err, FA_ENOMEM, "no memory");
	if (w->count > 1) {
		live.turns = RING;
		/* Of another process's groups it is told apart by chance, and the kernel. */
		live.fanout_group = (uint16_t)(1 + getpid() % 60000);
	}
	for (unsigned i = 0; status == 0 && i < w->count; i++) {
		w->readers[i].wire = w;
		pthread_cond_init(&w->readers[i].room, NULL);
		status = live_open(&w->readers[i].live, &live, err);
	}
	/* Until the last one had joined some frames came more than once. */
	for (unsigned i = 0; status == 0 && w->count > 1 && i < w->count; i++)
		live_skip(w->readers[i].live);
	if (status != 0) {
		wire_close(w);
		return status;
	}
	*wire = w;
	return 0;
}

int wire_begin(struct wire *w, const struct intake_options *options, struct fa_error *err)
{
	int status = w->count > 1 ? 0 : parcel_init(&w->own, FRAME_BATCH);

	for (unsigned i = 0; status == 0 && i < w->count; i++) {
		struct reader *r = &w->readers[i];

		status = intake_new(&r->intake, options, err);
		if (status == 0)
			intake_open_live(r->intake, r->live);
		for (unsigned k = 0; status == 0 && w->count > 1 && k < RING; k++)
			status = parcel_init(&r->ring[k], READER_PACKETS);
	}
	return status == 0 ? 0 : error_set(err, FA_ENOMEM, "no memory to read interfaces");
}

/* ---- the reader's side ------------------------------------------------------------------ */

static void publish_facts(struct reader *r)
{
	struct capture_facts facts = { 0 };

	live_stats(r->live);
	intake_facts(r->intake, &facts);
	pthread_mutex_lock(&r->wire->lock);
	r->facts = facts;
	for (unsigned i = 0; i < live_count(r->live); i++)
		r->interfaces[i] = *live_interface(r->live, i);
	pthread_mutex_unlock(&r->wire->lock);
}

/* A parcel to fill.  @stop: set when the wire is to stop */
static struct parcel *free_slot(struct reader *r, bool *stop)
{
	struct parcel *slot;

	pthread_mutex_lock(&r->wire->lock);
	while (r->full == RING)
		pthread_cond_wait(&r->room, &r->wire->lock);
	slot = &r->ring[(r->first + r->full) % RING];
	*stop = r->wire->stop;
	pthread_mutex_unlock(&r->wire->lock);
	return slot;
}

static void publish(struct reader *r)
{
	pthread_mutex_lock(&r->wire->lock);
	r->full++;
	pthread_cond_signal(&r->wire->filled);
	pthread_mutex_unlock(&r->wire->lock);
}

static void *read_on(void *arg)
{
	struct reader *r = arg;
	int64_t refreshed = 0, stopped = 0;
	bool stop = false;

	for (;;) {
		struct parcel *slot = free_slot(r, &stop);
		int64_t now;
		bool done;

		intake_fill(r->intake, slot);
		/* Once published it is the caller's. */
		done = slot->status < 0 || (stop && slot->count == 0);
		if (slot->count != 0 || slot->status < 0)
			publish(r);
		now = clock_ns(CLOCK_MONOTONIC);
		if (stop && stopped == 0)
			stopped = now;
		if (done || (stop && now - stopped > STOP_NS))
			break;
		if (now - refreshed > REFRESH_NS) {
			publish_facts(r);
			refreshed = now;
		}
	}
	publish_facts(r);
	pthread_mutex_lock(&r->wire->lock);
	r->ended = true;
	pthread_cond_signal(&r->wire->filled);
	pthread_mutex_unlock(&r->wire->lock);
	return NULL;
}

/* ---- the caller's side ------------------------------------------------------------------ */

static int start(struct wire *w, struct fa_error *err)
{
	w->started = true;
	for (unsigned i = 0; i < w->count; i++) {
		struct reader *r = &w->readers[i];

		publish_facts(r);
		r->runs = pthread_create(&r->thread, NULL, read_on, r) == 0;
		if (!r->runs)
			return error_set(err, FA_ENOMEM, "no thread to read interfaces");
	}
	return 0;
}

/* Under the lock: the caller is done with what it held. */
static void give_back(struct wire *w)
{
	struct reader *r = w->held;

	w->held = NULL;
	if (r == NULL)
		return;
	r->first = (r->first + 1) % RING;
	r->full--;
	pthread_cond_signal(&r->room);
}

/* Under the lock: the next reader that has something. */
static struct reader *find_full(struct wire *w)
{
	for (unsigned i = 0; i < w->count; i++) {
		struct reader *r = &w->readers[(w->turn + i) % w->count];

		if (r->full == 0)
			continue;
		w->turn = (w->turn + i + 1) % w->count;
		return r;
	}
	return NULL;
}

/* Under the lock. */
static bool all_ended(const struct wire *w)
{
	for (unsigned i = 0; i < w->count; i++)
		if (!w->readers[i].ended)
			return false;
	return true;
}

/* Under the lock: wait for something for INTAKE_WAIT_MS, unless nothing can come. */
static void wait_filled(struct wire *w)
{
	struct timespec until;

	if (all_ended(w))
		return;
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_nsec += INTAKE_WAIT_MS * NS_PER_MS;
	until.tv_sec += until.tv_nsec / NS_PER_S;
	until.tv_nsec %= NS_PER_S;
	(void)pthread_cond_timedwait(&w->filled, &w->lock, &until);
}

static struct parcel *take(struct wire *w)
{
	struct reader *r;

	pthread_mutex_lock(&w->lock);
	give_back(w);
	r = find_full(w);
	if (r == NULL) {
		wait_filled(w);
		r = find_full(w);
	}
	w->held = r;
	pthread_mutex_unlock(&w->lock);
	return r == NULL ? NULL : &r->ring[r->first];
}

/* Each reader counts its own: packets are numbered as they are taken. */
static void number(struct wire *w, struct parcel *parcel)
{
	for (unsigned i = 0; i < parcel->count; i++) {
		parcel->facts[i].number = ++w->numbered;
		w->bytes += parcel->raw[i].caplen;
	}
	parcel->frames = w->numbered;
	parcel->bytes = w->bytes;
}

const struct parcel *wire_next(struct wire *w)
{
	struct parcel *parcel;

	if (w->count == 1) {
		intake_fill(w->readers[0].intake, &w->own);
		return &w->own;
	}
	w->nothing.status = 1;
	if (!w->started && start(w, &w->nothing.err) != 0) {
		w->nothing.status = FA_ENOMEM;
		return &w->nothing;
	}
	parcel = take(w);
	if (parcel == NULL) {
		w->nothing.frames = w->numbered;
		w->nothing.bytes = w->bytes;
		return &w->nothing;
	}
	number(w, parcel);
	return parcel;
}

void wire_stop(struct wire *w)
{
	pthread_mutex_lock(&w->lock);
	w->stop = true;
	pthread_mutex_unlock(&w->lock);
}

bool wire_is_idle(struct wire *w)
{
	bool idle;

	if (w->count == 1 || !w->started)
		return true;
	pthread_mutex_lock(&w->lock);
	idle = all_ended(w);
	pthread_mutex_unlock(&w->lock);
	return idle;
}

void wire_refresh(struct wire *w)
{
	if (w->count == 1)
		live_stats(w->readers[0].live);
}

/* The sums of two readers. */
static void add_facts(struct capture_facts *to, const struct capture_facts *from)
{
	counters_merge(&to->counters, &from->counters);
	to->frames += from->frames;
	to->bytes += from->bytes;
	to->wire_bytes += from->wire_bytes;
	to->cut_frames += from->cut_frames;
	to->verified_checksums += from->verified_checksums;
	to->bad_checksums += from->bad_checksums;
	to->abandoned_datagrams += from->abandoned_datagrams;
	to->kernel_drops += from->kernel_drops;
}

void wire_facts(struct wire *w, struct capture_facts *cap)
{
	if (w->count == 1) {
		intake_facts(w->readers[0].intake, cap);
		return;
	}
	pthread_mutex_lock(&w->lock);
	*cap = w->readers[0].facts;
	for (unsigned i = 1; i < w->count; i++)
		add_facts(cap, &w->readers[i].facts);
	pthread_mutex_unlock(&w->lock);
}

unsigned wire_count(const struct wire *w)
{
	return live_count(w->readers[0].live);
}

void wire_interface(struct wire *w, unsigned i, struct live_interface *interface)
{
	if (!w->started) {
		*interface = *live_interface(w->readers[0].live, i);
		return;
	}
	pthread_mutex_lock(&w->lock);
	*interface = w->readers[0].interfaces[i];
	for (unsigned k = 1; k < w->count; k++) {
		/* What the interface itself lost each of them is told. */
		interface->frames += w->readers[k].interfaces[i].frames;
		interface->received += w->readers[k].interfaces[i].received;
		interface->kernel_drops += w->readers[k].interfaces[i].kernel_drops;
	}
	pthread_mutex_unlock(&w->lock);
}

unsigned wire_ask_descriptors(const struct wire *w, int fds[static WIRE_THREADS_MAX])
{
	for (unsigned i = 0; i < w->count; i++)
		fds[i] = live_ask_descriptor(w->readers[i].live);
	return w->count;
}

/* Readers may wait for room: give them all there is, until they have ended. */
static void join(struct wire *w)
{
	wire_stop(w);
	for (unsigned i = 0; i < w->count; i++) {
		struct reader *r = &w->readers[i];

		if (!r->runs)
			continue;
		pthread_mutex_lock(&w->lock);
		while (!r->ended) {
			r->full = 0;
			pthread_cond_signal(&r->room);
			pthread_cond_wait(&w->filled, &w->lock);
		}
		pthread_mutex_unlock(&w->lock);
		pthread_join(r->thread, NULL);
	}
}

void wire_close(struct wire *wire)
{
	if (wire == NULL)
		return;
	join(wire);
	for (unsigned i = 0; wire->readers != NULL && i < wire->count; i++) {
		struct reader *r = &wire->readers[i];

		intake_free(r->intake);
		live_close(r->live);
		for (unsigned k = 0; k < RING; k++)
			if (r->ring[k].room != 0)
				parcel_destroy(&r->ring[k]);
		pthread_cond_destroy(&r->room);
	}
	if (wire->own.room != 0)
		parcel_destroy(&wire->own);
	pthread_mutex_destroy(&wire->lock);
	pthread_cond_destroy(&wire->filled);
	free(wire->readers);
	free(wire);
}
