/*
 * One dialogue shown to the identification, whole parts first, then byte by byte.
 *
 * An input is a byte of flags (1 datagrams, 2 joined late) and a run of parts:
 * control (1 the endpoint; 2 a datagram that was cut, or the direction ends
 * here), length (two bytes, of what is left at most), bytes.  The bytes seen so
 * far lie in a heap block whose rest is poisoned, so that a read past them is
 * seen whatever the split.
 */
#include <stdlib.h>
#include <string.h>

#include <sanitizer/asan_interface.h>

#include "fuzz.h"
#include "identify/protocol.h"

#define PARTS 256

struct part {
	const uint8_t *bytes;
	size_t len;
	unsigned dir;
	bool ends;
};

struct dialogue {
	struct part part[PARTS];
	size_t parts;
	size_t total;
	bool stream, midstream;
};

/*
 * struct feed - An identification and what it was shown
 * @bytes:	[@room] of each endpoint, poisoned from @len on
 * @calls:	Calls so far; call n of endpoint d was frame 2 n + d
 */
struct feed {
	struct ident id;
	uint8_t *bytes[2];
	size_t len[2];
	size_t room;
	uint64_t calls;
	bool ended[2];
	bool done;
};

static void read_dialogue(struct cursor *c, struct dialogue *d)
{
	unsigned flags = cursor_u8(c);

	*d = (struct dialogue){ .stream = (flags & 1) == 0, .midstream = (flags & 2) != 0 };
	while (d->parts < PARTS && cursor_left(c) > 3) {
		unsigned control = cursor_u8(c);
		size_t len = cursor_be16(c);

		len = MIN(len, cursor_left(c));
		d->part[d->parts++] = (struct part){
			.bytes = cursor_take(c, len),
			.len = len,
			.dir = control & 1,
			.ends = (control & 2) != 0,
		};
		d->total += len;
	}
}

static void feed_open(struct feed *f, const struct dialogue *d)
{
	*f = (struct feed){ .room = d->total + 1 };
	ident_init(&f->id, d->stream, d->midstream);
	if (!d->stream)
		ASAN_POISON_MEMORY_REGION((char *)&f->id + IDENT_DATAGRAM_SIZE,
					  sizeof(f->id) - IDENT_DATAGRAM_SIZE);
	for (unsigned dir = 0; dir < 2; dir++) {
		f->bytes[dir] = malloc(f->room);
		FA_ASSERT(f->bytes[dir] != NULL);
		ASAN_POISON_MEMORY_REGION(f->bytes[dir], f->room);
	}
}

static void feed_close(struct feed *f)
{
	ASAN_UNPOISON_MEMORY_REGION(&f->id, sizeof(f->id));
	for (unsigned dir = 0; dir < 2; dir++) {
		ASAN_UNPOISON_MEMORY_REGION(f->bytes[dir], f->room);
		free(f->bytes[dir]);
	}
}

static void put(struct feed *f, unsigned dir, const uint8_t *bytes, size_t len)
{
	ASAN_UNPOISON_MEMORY_REGION(f->bytes[dir] + f->len[dir], len);
	if (len > 0)
		memcpy(f->bytes[dir] + f->len[dir], bytes, len);
	f->len[dir] += len;
}

/* The frame was shown, by endpoint @dir (2: either). */
static void check_frame(const struct feed *f, uint64_t frame, unsigned dir)
{
	FA_ASSERT(frame == 0 || (frame / 2 >= 1 && frame / 2 <= f->calls));
	FA_ASSERT(frame == 0 || dir == 2 || frame % 2 == dir);
}

/* True of every identification at every moment. */
static void check(const struct feed *f)
{
	const struct ident *id = &f->id;

	FA_ASSERT((id->seen & ~id->possible) == 0 && (id->work.strong & ~id->seen) == 0);
	FA_ASSERT((id->app == APP_NONE) == (id->confidence == CONFIDENCE_NONE));
	FA_ASSERT(id->app == APP_NONE || (id->seen & APP_BIT(id->app)) != 0);
	FA_ASSERT(id->client <= 2);
	for (unsigned dir = 0; dir < 2; dir++) {
		check_frame(f, id->frame[dir], dir);
		FA_ASSERT(id->examined[dir] <= f->len[dir]);
		FA_ASSERT(f->len[dir] != 0 || id->frame[dir] == 0);
	}
	FA_ASSERT(id->app == APP_NONE || id->frame[0] != 0 || id->frame[1] != 0);
	check_frame(f, id->accepted_frame, 2);
	check_frame(f, id->answer.frame, id->answer.dir);
	check_frame(f, id->counter_answer.frame, id->counter_answer.dir);
	check_frame(f, id->stun.alternate_frame, 2);
	if (!id->stream)
		return;
	check_frame(f, id->tls.alert_frame, id->tls.alert_dir);
	check_frame(f, id->tls.certreq_frame, 2);
	check_frame(f, id->tls.client_cert_frame, 2);
	check_frame(f, id->rpc.ports_frame, 2);
	FA_ASSERT(memchr(id->tls.sni, 0, sizeof(id->tls.sni)) != NULL);
	FA_ASSERT(memchr(id->tls.alpn, 0, sizeof(id->tls.alpn)) != NULL);
}

static uint64_t next_frame(struct feed *f, unsigned dir)
{
	return 2 * ++f->calls + dir;
}

/* A stream grew, or ended. */
static void show(struct feed *f, unsigned dir, bool last)
{
	if (f->done || f->ended[dir])
		return;
	f->ended[dir] = last;
	f->done = ident_stream(&f->id, dir, f->bytes[dir], f->len[dir], last, next_frame(f, dir)) !=
		  IDENT_MORE;
	check(f);
}

static void feed_stream(struct feed *f, const struct dialogue *d, bool by_byte)
{
	feed_open(f, d);
	for (size_t i = 0; i < d->parts; i++) {
		const struct part *p = &d->part[i];

		for (size_t k = 0; by_byte && k < p->len; k++) {
			put(f, p->dir, p->bytes + k, 1);
			show(f, p->dir, p->ends && k + 1 == p->len);
		}
		if (by_byte)
			continue;
		put(f, p->dir, p->bytes, p->len);
		if (p->len > 0)
			show(f, p->dir, p->ends);
	}
	/* As when a flow ends. */
	for (unsigned dir = 0; dir < 2; dir++)
		show(f, dir, true);
	feed_close(f);
}

static void feed_datagrams(struct feed *f, const struct dialogue *d)
{
	feed_open(f, d);
	for (size_t i = 0; i < d->parts && !f->done; i++) {
		const struct part *p = &d->part[i];
		uint8_t *copy = fuzz_exact(p->bytes, p->len);

		f->len[p->dir] += p->len;
		f->done = ident_datagram(&f->id, p->dir, copy, p->len, p->len + (p->ends ? 700 : 0),
					 next_frame(f, p->dir)) != IDENT_MORE;
		free(copy);
		check(f);
	}
	feed_close(f);
}

/* What a dialogue says does not depend on how it was cut into segments. */
static void check_same(const struct ident *a, const struct ident *b)
{
	FA_ASSERT(a->app == b->app && a->confidence == b->confidence && a->client == b->client);
	FA_ASSERT(a->seen == b->seen && a->pseudo == b->pseudo);
	FA_ASSERT(a->answered_otherwise == b->answered_otherwise);
	FA_ASSERT(a->tls.version == b->tls.version && a->tls.client_auth == b->tls.client_auth);
	FA_ASSERT(a->tls.complete == b->tls.complete);
	FA_ASSERT(strcmp(a->tls.sni, b->tls.sni) == 0 && strcmp(a->tls.alpn, b->tls.alpn) == 0);
	FA_ASSERT(a->answer.code == b->answer.code && a->answer.app == b->answer.app);
	FA_ASSERT((a->accepted_frame != 0) == (b->accepted_frame != 0));
}

/* A test of first bytes: more bytes never take back a NO or a YES, none are no YES. */
static void check_fit(enum fit (*fits)(const uint8_t *, size_t), const uint8_t *bytes, size_t len)
{
	enum fit before = FIT_MORE;

	for (size_t k = 0; k <= len; k++) {
		uint8_t *copy = fuzz_exact(bytes, k);
		enum fit fit = fits(copy, k);

		free(copy);
		FA_ASSERT(k != 0 || fit == FIT_MORE);
		FA_ASSERT(before != FIT_NO || fit == FIT_NO);
		FA_ASSERT(before != FIT_YES || fit == FIT_YES);
		before = fit;
	}
}

static void check_protocol(const struct stream_protocol *p, const struct dialogue *d)
{
	size_t len;

	if (d->parts == 0)
		return;
	len = MIN(d->part[0].len, 300);
	check_fit(p->opens, d->part[0].bytes, len);
	check_fit(p->answers, d->part[0].bytes, len);
	for (size_t pos = 0; p->joins != NULL && pos < len; pos++)
		(void)p->joins(d->part[0].bytes, d->part[0].len, pos);
}

void fuzz_identify(const void *subject, const uint8_t *bytes, size_t len)
{
	const struct fuzz_protocol *protocol = subject;
	struct cursor c = cursor_over(bytes, len);
	static struct dialogue d; /* large; read anew each time */
	struct feed whole, split;

	read_dialogue(&c, &d);
	if (!d.stream) {
		feed_datagrams(&whole, &d);
		return;
	}
	feed_stream(&whole, &d, false);
	feed_stream(&split, &d, true);
	check_same(&whole.id, &split.id);
	if (protocol->stream != NULL)
		check_protocol(protocol->stream, &d);
}
