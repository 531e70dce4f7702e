/*
 * Bounded reassembly of IP fragments.
 *
 * Theory of operation
 *
 * All memory is taken at the start and in four regions.  Pages that are never
 * used are never paid for.
 *
 *	ring		options.fragment_bytes; pieces in order of arrival,
 *			each a struct piece and its bytes
 *	entries		datagrams in reassembly, one for ENTRY_SHARE bytes of ring
 *	buckets		heads of the hash chains over entries
 *	finished	datagrams put together since fragment_begin_batch()
 *
 *	ring:  ...| dead | A,0 | B,0 | A,1480 | dead | C,0 |... free ...|
 *	              tail^                                 ^head
 *
 * A new piece is written at the head.  When the head meets the tail, the piece
 * there gives way; if its datagram is still incomplete it is given up, so the
 * oldest goes first.  Pieces of datagrams that are done stay where they are
 * and are dead: their entry's birth no longer matches.
 *
 * An entry lists its pieces by offset.  Pieces never overlap, so the datagram
 * is complete when the sum of their lengths is its length.  A piece that comes
 * twice is ignored.  Any other overlap, or two ends, makes the datagram void
 * (RFC 5722 3): its entry stays until the timeout, as a tombstone, so that
 * what still comes of it is not taken for a new datagram.
 *
 * Lengths are those of the wire.  Where the snap length cut a piece, the
 * finished datagram ends there but still knows how long it was.
 *
 * The finished region is large enough: between two batches it takes what the
 * ring held, and at most FRAGMENT_MAX_NESTED datagrams more for a frame.
 *
 * Time is the latest packet time seen, so that a clock that steps back cannot
 * keep datagrams for ever.  Expiry is by the first piece's time, looked at
 * when a fragment arrives: the outcome depends on the packets alone.
 */
#include "packet/fragment.h"

#include <stdlib.h>

#include "base/hash.h"
#include "base/memory.h"

#define NONE UINT32_MAX
/* Pieces start at multiples of this in the ring, so that a piece header always fits. */
#define UNIT 32u
/* Ring bytes for one entry: a datagram of two small pieces. */
#define ENTRY_SHARE 512u

/**
 * struct piece - Header of a piece in the ring; its bytes follow
 * @units:	Ring space it takes, header included
 * @entry:	Its datagram, or NONE for space that holds nothing
 * @birth:	Of the entry when the piece was written; dead when it differs
 * @next:	Unit of the piece behind it in the datagram, or NONE
 */
struct piece {
	uint32_t units;
	uint32_t entry;
	uint32_t birth;
	uint32_t next;
	uint32_t offset;
	uint32_t len;
	uint32_t captured;
};

static_assert(sizeof(struct piece) <= UNIT, "the smallest gap in the ring holds a piece header");

/**
 * struct entry - One datagram
 * @birth:	Odd while in use; counts up at each change
 * @chain:	1 + the next in its bucket, or in the list of free entries; 0 ends them
 * @older, @newer: List by age, over all entries in use
 * @first, @last: Pieces with the lowest and the highest offset, or NONE
 * @held:	Sum of the pieces' lengths
 * @total:	Length of the datagram, or 0 until the last piece came
 * @protocol:	Of the piece at offset 0, once it came
 * @dead:	A tombstone: it has no pieces and takes none
 */
struct entry {
	struct address src, dst;
	int64_t born_ns;
	uint32_t id;
	uint32_t birth;
	uint32_t chain;
	uint32_t older, newer;
	uint32_t first, last;
	uint32_t held;
	uint32_t total;
	uint16_t pieces;
	uint8_t version;
	uint8_t key_protocol;
	uint8_t protocol;
	bool dead;
};

struct fragment_store {
	struct hash_fold fold;
	uint8_t *ring;     /* ring_units * UNIT bytes */
	uint8_t *finished; /* finished_size bytes */
	struct entry *entries;
	uint32_t *buckets; /* 1 + entry, or 0; a power of two of them */
	size_t finished_size;
	size_t finished_used;
	uint64_t head, tail; /* units ever written and given up; % ring_units is the place */
	uint32_t ring_units;
	uint32_t entry_count;
	uint32_t bucket_mask;
	uint32_t free;  /* 1 + latest released entry, or 0 */
	uint32_t fresh; /* entries from here on were never used */
	uint32_t oldest, newest;
	int64_t timeout_ns;
	int64_t now_ns;
	struct decoder_stats stats;
};

static struct piece *piece_at(struct fragment_store *s, uint32_t unit)
{
	return (struct piece *)(void *)(s->ring + (size_t)unit * UNIT);
}

static uint8_t *piece_bytes(struct piece *p)
{
	return (uint8_t *)(p + 1);
}

static uint32_t *bucket_of(struct fragment_store *s, const struct address *src,
			   const struct address *dst, uint32_t id, unsigned version,
			   unsigned protocol)
{
	uint64_t words[5];

	memcpy(&words[0], src, sizeof(*src));
	memcpy(&words[2], dst, sizeof(*dst));
	words[4] = (uint64_t)id << 16 | version << 8 | protocol;
	return &s->buckets[hash_fold5(&s->fold, words) & s->bucket_mask];
}

/* IPv6 fragments of one datagram may name different headers (RFC 8200 4.5). */
static uint8_t key_protocol(const struct fragment *f)
{
	return f->version == 4 ? f->protocol : 0;
}

static void entry_free(struct fragment_store *s, uint32_t index)
{
	struct entry *e = &s->entries[index];
	uint32_t *link = bucket_of(s, &e->src, &e->dst, e->id, e->version, e->key_protocol);

	while (*link != index + 1)
		link = &s->entries[*link - 1].chain;
	*link = e->chain;
	if (e->older != NONE)
		s->entries[e->older].newer = e->newer;
	else
		s->oldest = e->newer;
	if (e->newer != NONE)
		s->entries[e->newer].older = e->older;
	else
		s->newest = e->older;
	e->birth++;
	e->chain = s->free;
	s->free = index + 1;
}

static void give_up(struct fragment_store *s, uint32_t index)
{
	if (!s->entries[index].dead)
		s->stats.abandoned++;
	entry_free(s, index);
}

/* Make a tombstone.  Its pieces die where they are, because the birth moves on. */
static void make_void(struct fragment_store *s, struct entry *e, bool overlap)
{
	e->dead = true;
	e->birth += 2;
	s->stats.abandoned++;
	if (overlap)
		s->stats.overlaps++;
}

static struct entry *entry_find(struct fragment_store *s, const struct fragment *f)
{
	uint8_t protocol = key_protocol(f);
	uint32_t i = *bucket_of(s, f->src, f->dst, f->id, f->version, protocol);

	for (; i != 0; i = s->entries[i - 1].chain) {
		struct entry *e = &s->entries[i - 1];

		if (e->id == f->id && e->version == f->version && e->key_protocol == protocol &&
		    address_compare(&e->src, f->src) == 0 && address_compare(&e->dst, f->dst) == 0)
			return e;
	}
	return NULL;
}

static struct entry *entry_new(struct fragment_store *s, const struct fragment *f)
{
	uint8_t protocol = key_protocol(f);
	uint32_t *bucket = bucket_of(s, f->src, f->dst, f->id, f->version, protocol);
	struct entry *e;
	uint32_t index;

	if (s->free == 0 && s->fresh == s->entry_count)
		give_up(s, s->oldest);
	if (s->free == 0)
		s->free = ++s->fresh; /* zeroed, so none is behind it */
	index = s->free - 1;
	e = &s->entries[index];
	s->free = e->chain;
	*e = (struct entry){ .src = *f->src,
			     .dst = *f->dst,
			     .born_ns = s->now_ns,
			     .id = f->id,
			     .birth = e->birth + 1,
			     .chain = *bucket,
			     .older = s->newest,
			     .newer = NONE,
			     .first = NONE,
			     .last = NONE,
			     .version = f->version,
			     .key_protocol = protocol };
	*bucket = index + 1;
	if (s->newest != NONE)
		s->entries[s->newest].newer = index;
	else
		s->oldest = index;
	s->newest = index;
	return e;
}

/* The difference is unsigned because a capture may hold any two times. */
static bool is_stale(const struct fragment_store *s, const struct entry *e)
{
	return (uint64_t)s->now_ns - (uint64_t)e->born_ns > (uint64_t)s->timeout_ns;
}

static void expire(struct fragment_store *s)
{
	while (s->oldest != NONE && is_stale(s, &s->entries[s->oldest]))
		give_up(s, s->oldest);
}

/* Give up what stands at the ring's tail until @units are free. */
static void make_room(struct fragment_store *s, uint32_t units)
{
	while (s->ring_units - (s->head - s->tail) < units) {
		struct piece *p = piece_at(s, (uint32_t)(s->tail % s->ring_units));

		s->tail += p->units;
		if (p->entry != NONE && s->entries[p->entry].birth == p->birth)
			give_up(s, p->entry);
	}
}

/* Take @units at the head, as space that nothing uses yet. */
static void ring_advance(struct fragment_store *s, uint32_t at, uint32_t units)
{
	make_room(s, units);
	*piece_at(s, at) = (struct piece){ .units = units, .entry = NONE };
	s->head += units;
}

/* Room for one piece in a stretch, or NONE when the ring is too small for it. */
static uint32_t ring_claim(struct fragment_store *s, uint32_t units)
{
	uint32_t at;

	if (units > s->ring_units)
		return NONE;
	at = (uint32_t)(s->head % s->ring_units);
	if (units > s->ring_units - at) {
		ring_advance(s, at, s->ring_units - at);
		at = 0;
	}
	ring_advance(s, at, units);
	return at;
}

/* Where a piece belongs. */
enum fit { FIT_HERE, FIT_TWICE, FIT_OVERLAP };

/**
 * find_place() - Find the piece that @f goes behind
 * @before:	That piece, or NONE at the front
 */
static enum fit find_place(struct fragment_store *s, const struct entry *e,
			   const struct fragment *f, uint32_t *before)
{
	uint32_t next = e->first;
	struct piece *p;

	*before = NONE;
	/* In order, as nearly always, it goes behind the last. */
	if (e->last != NONE && piece_at(s, e->last)->offset < f->offset) {
		*before = e->last;
		next = NONE;
	}
	while (next != NONE && piece_at(s, next)->offset < f->offset) {
		*before = next;
		next = piece_at(s, next)->next;
	}
	if (next != NONE) {
		p = piece_at(s, next);
		if (p->offset == f->offset && p->len == f->len &&
		    memcmp(piece_bytes(p), f->bytes, MIN(p->captured, f->captured)) == 0)
			return FIT_TWICE;
		if (f->len > p->offset - f->offset)
			return FIT_OVERLAP;
	}
	if (*before != NONE) {
		p = piece_at(s, *before);
		if (p->len > f->offset - p->offset)
			return FIT_OVERLAP;
	}
	return FIT_HERE;
}

/* A second end, or bytes behind the end. */
static bool contradicts(struct fragment_store *s, const struct entry *e, const struct fragment *f)
{
	uint32_t end = f->offset + f->len;

	if (!f->more && e->total != 0)
		return true;
	if (!f->more && e->last != NONE)
		return piece_at(s, e->last)->offset > f->offset;
	return e->total != 0 && end > e->total;
}

/* Copy the pieces together, up to the first byte that was not captured. */
static void put_together(struct fragment_store *s, struct entry *e, struct datagram *out)
{
	uint8_t *to = s->finished + s->finished_used;
	size_t room = s->finished_size - s->finished_used;
	uint32_t captured = 0;

	for (uint32_t at = e->first; at != NONE;) {
		struct piece *p = piece_at(s, at);

		FA_ASSERT(p->captured <= room - captured);
		memcpy(to + captured, piece_bytes(p), p->captured);
		captured += p->captured;
		if (p->captured < p->len)
			break;
		at = p->next;
	}
	s->finished_used += captured;
	*out = (struct datagram){
		.bytes = to, .captured = captured, .len = e->total, .protocol = e->protocol
	};
	s->stats.datagrams++;
	entry_free(s, (uint32_t)(e - s->entries));
}

/* Write the piece into the ring and its datagram's list. */
static bool keep(struct fragment_store *s, struct entry *e, const struct fragment *f,
		 uint32_t before)
{
	uint32_t birth = e->birth;
	uint32_t units = (uint32_t)((sizeof(struct piece) + f->captured + UNIT - 1) / UNIT);
	uint32_t at = ring_claim(s, units);
	struct piece *p;

	/* The oldest that gave way may have been this very datagram. */
	if (e->birth != birth)
		return false;
	if (at == NONE) {
		give_up(s, (uint32_t)(e - s->entries));
		return false;
	}
	p = piece_at(s, at);
	*p = (struct piece){ .units = units,
			     .entry = (uint32_t)(e - s->entries),
			     .birth = birth,
			     .next = before == NONE ? e->first : piece_at(s, before)->next,
			     .offset = f->offset,
			     .len = f->len,
			     .captured = f->captured };
	memcpy(piece_bytes(p), f->bytes, f->captured);
	if (before == NONE)
		e->first = at;
	else
		piece_at(s, before)->next = at;
	if (p->next == NONE)
		e->last = at;
	e->pieces++;
	e->held += f->len;
	return true;
}

bool fragment_add(struct fragment_store *s, const struct fragment *f, struct datagram *out)
{
	struct entry *e;
	uint32_t before;
	enum fit fit;

	s->stats.fragments++;
	if (s->entry_count == 0)
		return false;
	s->now_ns = MAX(s->now_ns, f->ts_ns);
	expire(s);
	e = entry_find(s, f);
	if (e == NULL)
		e = entry_new(s, f);
	if (e->dead)
		return false;
	fit = find_place(s, e, f, &before);
	if (fit == FIT_TWICE)
		return false;
	if (fit == FIT_OVERLAP || contradicts(s, e, f) || e->pieces == FRAGMENT_MAX_PIECES) {
		make_void(s, e, fit == FIT_OVERLAP);
		return false;
	}
	if (!keep(s, e, f, before))
		return false;
	if (f->offset == 0)
		e->protocol = f->protocol;
	if (!f->more)
		e->total = f->offset + f->len;
	if (e->total == 0 || e->held != e->total)
		return false;
	put_together(s, e, out);
	return true;
}

void fragment_refuse(struct fragment_store *s)
{
	s->stats.fragments++;
}

void fragment_begin_batch(struct fragment_store *s)
{
	s->finished_used = 0;
}

void fragment_end(struct fragment_store *store)
{
	while (store->oldest != NONE)
		give_up(store, store->oldest);
}

void fragment_stats(const struct fragment_store *s, struct decoder_stats *stats)
{
	*stats = s->stats;
}

static int take_memory(struct fragment_store *s, size_t bytes)
{
	uint32_t buckets = 1;

	s->ring_units = (uint32_t)(bytes / UNIT);
	s->entry_count = (uint32_t)(bytes / ENTRY_SHARE);
	if (s->entry_count == 0)
		return 0;
	while (buckets < s->entry_count)
		buckets *= 2;
	s->bucket_mask = buckets - 1;
	s->finished_size = bytes + (size_t)FRAME_BATCH * FRAGMENT_MAX_NESTED * FRAGMENT_MAX_BYTES;
	s->ring = memory_region((size_t)s->ring_units * UNIT);
	s->finished = memory_region(s->finished_size);
	s->entries = memory_array(s->entry_count, sizeof(*s->entries));
	s->buckets = memory_array(buckets, sizeof(*s->buckets));
	if (s->ring == NULL || s->finished == NULL || s->entries == NULL || s->buckets == NULL)
		return FA_ENOMEM;
	return 0;
}

int fragment_store_new(struct fragment_store **store, size_t bytes, int64_t timeout_ns,
		       struct fa_error *err)
{
	struct fragment_store *s;

	if (bytes > (size_t)1 << 36)
		return error_set(err, FA_EUSAGE,
				 "%zu bytes for fragments: at most 64 GiB can be used", bytes);
	s = memory_array(1, sizeof(*s));
	if (s == NULL)
		return error_set(err, FA_ENOMEM, "no memory for reassembly");
	hash_fold_init(&s->fold, 0);
	s->timeout_ns = MAX(timeout_ns, 0);
	s->now_ns = INT64_MIN;
	s->oldest = NONE;
	s->newest = NONE;
	if (take_memory(s, bytes) != 0) {
		fragment_store_free(s);
		return error_set(err, FA_ENOMEM, "no memory for %zu bytes of fragments", bytes);
	}
	*store = s;
	return 0;
}

void fragment_store_free(struct fragment_store *s)
{
	if (s == NULL)
		return;
	if (s->ring != NULL)
		memory_region_free(s->ring, (size_t)s->ring_units * UNIT);
	if (s->finished != NULL)
		memory_region_free(s->finished, s->finished_size);
	free(s->entries);
	free(s->buckets);
	free(s);
}
