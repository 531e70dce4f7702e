/* Which of the frames in memory go to a file. */
#include "report/keep.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "report/frame_ring.h"
#include "report/keep_files.h"
#include "report/outage.h"
#include "report/pcapng_writer.h"

#define COMMENTS 4096u
/* Written at a time; any frame fits. */
#define BATCH ((size_t)512 << 10)

/**
 * struct kept_flow - A flow, zeroed when it is forgotten
 * @last:	Position of its newest frame, from which its others are chained; frames of the flow
 *		that had this number before are in no chain any more
 * @comment:	Waits for its next frame; 0: none
 * @marked:	Its frames are to be written
 */
struct kept_flow {
	uint64_t last;
	uint16_t comment;
	bool marked;
};

/* Texts 1 to COMMENTS, and the numbers of those that are free. */
struct comments {
	char (*texts)[PCAPNG_COMMENT_MAX];
	uint16_t free[COMMENTS];
	unsigned free_count;
};

/**
 * struct keep - All of it
 * @due:	Frames in the ring that are to be written
 * @due_from:	None of them is before this position
 * @writer:	Of the file that is open
 */
struct keep {
	struct frame_ring ring;
	struct kept_flow *flows;
	uint32_t flow_count;
	uint32_t snaplen;
	uint64_t due, due_from;
	uint64_t kept, overwritten, lost;
	struct comments comments;
	struct pcapng_writer writer;
	struct keep_files files;
	struct outage outage;
	uint8_t batch[BATCH];
};

/* Return: its number, 0 when there is no room */
static uint16_t comment_new(struct comments *c, const char *text)
{
	size_t len = strnlen(text, PCAPNG_COMMENT_MAX);
	uint16_t number;

	if (c->free_count == 0 || len == 0)
		return 0;
	number = c->free[--c->free_count];
	/* Not within a character. */
	if (len == PCAPNG_COMMENT_MAX)
		do
			len--;
		while (len > 0 && ((uint8_t)text[len] & 0xc0) == 0x80);
	memcpy(c->texts[number - 1], text, len);
	c->texts[number - 1][len] = '\0';
	return number;
}

static void comment_free(struct comments *c, uint16_t number)
{
	if (number != 0)
		c->free[c->free_count++] = number;
}

/* NULL for none */
static const char *comment_text(const struct comments *c, uint16_t number)
{
	return number == 0 ? NULL : c->texts[number - 1];
}

static int comments_init(struct comments *c)
{
	c->texts = memory_region(COMMENTS * sizeof(*c->texts));
	for (unsigned i = COMMENTS; i > 0; i--)
		c->free[c->free_count++] = (uint16_t)i;
	return c->texts == NULL ? FA_ENOMEM : 0;
}

static void make_due(struct keep *k, uint64_t position)
{
	frame_ring_set_due(&k->ring, position, true);
	if (k->due++ == 0 || position < k->due_from)
		k->due_from = position;
}

/* Written, or lost. */
static void end_due(struct keep *k, uint64_t position)
{
	comment_free(&k->comments, frame_ring_at(&k->ring, position)->note);
	frame_ring_set_due(&k->ring, position, false);
	k->due--;
}

static void drop_oldest(struct keep *k)
{
	const struct frame_record *record = frame_ring_at(&k->ring, k->ring.tail);

	k->overwritten += !record->filler && !record->kept;
	if (FA_UNLIKELY(record->due)) {
		end_due(k, k->ring.tail);
		k->lost++;
	}
	frame_ring_drop(&k->ring);
}

void keep_frame(struct keep *k, const struct frame *frame, uint32_t id)
{
	uint32_t caplen = MIN(frame->caplen, k->snaplen);
	uint64_t need = frame_ring_need(&k->ring, caplen), position;
	struct kept_flow *flow = &k->flows[id];
	struct frame_record *record;

	FA_ASSERT(id < k->flow_count);
	while (frame_ring_room(&k->ring) < need)
		drop_oldest(k);
	record = frame_ring_put(&k->ring, frame, caplen, &position);
	record->chain = flow->last;
	flow->last = position;
	if (FA_UNLIKELY(flow->marked)) {
		record->note = flow->comment;
		flow->comment = 0;
		make_due(k, position);
	}
}

void keep_mark(struct keep *k, uint32_t id, const char *why)
{
	struct kept_flow *flow = &k->flows[id];
	struct frame_record *record = NULL;
	uint64_t position = flow->last;
	uint16_t comment;

	FA_ASSERT(id < k->flow_count);
	if (flow->marked)
		return;
	flow->marked = true;
	while (frame_ring_holds(&k->ring, position)) {
		record = frame_ring_at(&k->ring, position);
		make_due(k, position);
		position = record->chain;
	}
	comment = comment_new(&k->comments, why);
	if (record != NULL)
		record->note = comment; /* the flow's oldest */
	else
		flow->comment = comment;
}

void keep_forget(struct keep *k, uint32_t id)
{
	struct kept_flow *flow = &k->flows[id];

	FA_ASSERT(id < k->flow_count);
	comment_free(&k->comments, flow->comment);
	*flow = (struct kept_flow){ 0 };
}

/* Return: bytes of the batch with what is due before *@end, which is set */
static size_t fill_batch(struct keep *k, uint64_t *end)
{
	size_t room = (size_t)MIN(k->files.limit - k->files.size, (uint64_t)BATCH), len = 0, n;
	uint64_t position = k->due_from;

	if (k->files.size == 0) {
		k->writer = (struct pcapng_writer){ .snaplen = k->snaplen };
		len = pcapng_section(k->batch);
	}
	while ((position = frame_ring_next_due(&k->ring, position)) < k->ring.head) {
		const struct frame_record *record = frame_ring_at(&k->ring, position);
		struct frame frame = frame_ring_frame(record);

		n = pcapng_packet(&k->writer, k->batch + len, room - len, &frame,
				  comment_text(&k->comments, record->note));
		if (n == 0)
			break;
		len += n;
		position += record->size;
	}
	*end = position;
	return len;
}

/* What was due before @end is written. */
static void batch_done(struct keep *k, uint64_t end)
{
	uint64_t position = k->due_from;

	while ((position = frame_ring_next_due(&k->ring, position)) < end) {
		end_due(k, position);
		frame_ring_at(&k->ring, position)->kept = true;
		k->kept++;
	}
	k->due_from = end;
}

/* Return: whether what is due went, or a new file is to be begun for it */
static bool write_batch(struct keep *k, int64_t now_ns)
{
	struct pcapng_writer before;
	uint64_t end;
	size_t len;

	if (!keep_files_begin(&k->files, now_ns, &k->outage, k->lost))
		return false;
	before = k->writer;
	k->due_from = MAX(k->due_from, k->ring.tail);
	len = fill_batch(k, &end);
	if (len == 0) {
		keep_files_end(&k->files);
		return true;
	}
	if (!keep_files_write(&k->files, k->batch, len, &k->outage, k->lost)) {
		k->writer = before;
		return false;
	}
	batch_done(k, end);
	return true;
}

int keep_write(struct keep *k, int64_t now_ns, struct fa_error *err)
{
	uint64_t before = k->kept;

	keep_files_look_after(&k->files, now_ns);
	while (k->due > 0)
		if (!write_batch(k, now_ns))
			break;
	/* That nothing is due any more may be because all of it is lost. */
	return outage_tell(&k->outage, k->due == 0 && k->kept > before, k->files.directory,
			   "packets", k->lost, err);
}

void keep_stats(const struct keep *k, struct keep_stats *stats)
{
	*stats = (struct keep_stats){ .kept = k->kept,
				      .overwritten = k->overwritten,
				      .lost = k->lost,
				      .file = k->files.path };
}

static int check_options(const struct keep_options *o, uint32_t snaplen, struct fa_error *err)
{
	uint64_t least = KEEP_FILES * (PCAPNG_SECTION_MAX + (uint64_t)PCAPNG_PACKET_MAX(snaplen));

	if (o->memory != 0 && o->memory < KEEP_MEMORY_LEAST)
		return error_set(err, FA_EUSAGE,
				 "%zu bytes are too few for packets that wait; give "
				 "%zu or more",
				 o->memory, KEEP_MEMORY_LEAST);
	if (o->max_bytes < least)
		return error_set(err, FA_EUSAGE,
				 "%s: %llu bytes are too few for kept packets; give "
				 "%llu or more",
				 o->directory, (unsigned long long)o->max_bytes,
				 (unsigned long long)least);
	return 0;
}

int keep_new(struct keep **out, const struct keep_options *o, struct fa_error *err)
{
	uint32_t snaplen = o->snaplen == 0 ? FRAME_MAX : MIN(o->snaplen, FRAME_MAX);
	int rc = check_options(o, snaplen, err);
	struct keep *k;

	if (rc != 0)
		return rc;
	k = memory_array(1, sizeof(*k));
	if (k == NULL)
		return error_set(err, FA_ENOMEM, "out of memory for packets to keep");
	FA_ASSERT(o->flows < UINT32_MAX);
	k->snaplen = snaplen;
	k->flow_count = o->flows + 1;
	k->flows = memory_region(((size_t)o->flows + 1) * sizeof(*k->flows));
	rc = keep_files_init(&k->files, o->directory, o->max_bytes, err);
	if (rc == 0 && (frame_ring_init(&k->ring, o->memory == 0 ? KEEP_MEMORY : o->memory) != 0 ||
			comments_init(&k->comments) != 0 || k->flows == NULL))
		rc = error_set(err, FA_ENOMEM, "out of memory for packets that wait");
	if (rc != 0) {
		keep_free(k);
		return rc;
	}
	*out = k;
	return 0;
}

void keep_free(struct keep *k)
{
	if (k == NULL)
		return;
	keep_files_free(&k->files);
	frame_ring_free(&k->ring);
	if (k->flows != NULL)
		memory_region_free(k->flows, k->flow_count * sizeof(*k->flows));
	if (k->comments.texts != NULL)
		memory_region_free(k->comments.texts, COMMENTS * sizeof(*k->comments.texts));
	free(k);
}
