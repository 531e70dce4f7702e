/* STUN (RFC 3489, 5389, MS-ICE2), RFC TURN (RFC 5766) on datagrams, and unframed on TCP. */
#include "identify/stun.h"

/*
 * With its cookie and an exact length one message is proof.  Without the cookie
 * (RFC 3489, the older of MS-ICE2's two formats) a message is a guess: known
 * types and attributes whose walk ends at the last byte.  A request and the
 * answer with the same 16-byte id prove each other.
 */

static const uint8_t stun_cookie[4] = { 0x21, 0x12, 0xa4, 0x42 };

enum {
	METHOD_BINDING = 1,
	METHOD_ALLOCATE = 3,
	METHOD_REFRESH = 4,
	METHOD_SEND = 6,
	METHOD_DATA = 7,
	METHOD_CONNECTION_ATTEMPT = 12, /* RFC 6062, the last of TURN's */
};

/* RFC 5389 6: class bits 4 and 8, the method is what is left. */
static unsigned stun_method(unsigned type)
{
	return (type & 0x000f) | (type & 0x00e0) >> 1 | (type & 0x3e00) >> 2;
}

static bool method_is_turn(unsigned method)
{
	return method == METHOD_ALLOCATE || method == METHOD_REFRESH ||
	       (method >= METHOD_SEND && method <= METHOD_CONNECTION_ATTEMPT);
}

/* RFC 5766 2: all that a client sends behind its allocation. */
static bool needs_allocation(const struct stun *m)
{
	unsigned method = stun_method(m->type);

	return (m->class == STUN_REQUEST || m->class == STUN_INDICATION) &&
	       method_is_turn(method) && method != METHOD_ALLOCATE && method != METHOD_DATA;
}

bool stun_read(struct stun *m, const uint8_t *bytes, size_t len)
{
	struct cursor c = cursor_over(bytes, len);

	m->type = cursor_be16(&c);
	m->length = cursor_be16(&c);
	m->cookie = cursor_looks_at(&c, stun_cookie, sizeof(stun_cookie));
	m->id = cursor_take(&c, 16);
	m->class = (enum stun_class)((m->type & 0x0110) >> 4);
	m->bytes = bytes;
	m->len = len;
	return cursor_ok(&c) && m->type < 0x4000;
}

enum fit stun_fits_header(const uint8_t *bytes, size_t len)
{
	enum fit fit = fit_byte(bytes, len, 0, 0, 0x3f);

	fit = MIN(fit, fit_bytes(bytes, len, 4, stun_cookie, sizeof(stun_cookie)));
	return MIN(fit, fit_byte(bytes, len, 19, 0, 255));
}

bool stun_next_attribute(struct cursor *c, bool padded, struct stun_attribute *a)
{
	size_t length;

	if (cursor_left(c) == 0)
		return false;
	a->type = cursor_be16(c);
	length = cursor_be16(c);
	a->value = cursor_sub(c, length);
	if (!cursor_ok(c))
		return false;
	if (padded)
		cursor_skip(c, MIN((4 - length % 4) % 4, cursor_left(c)));
	return true;
}

struct cursor stun_attributes(const struct stun *m)
{
	return cursor_over(m->bytes + STUN_HEADER, MIN((size_t)m->length, m->len - STUN_HEADER));
}

unsigned stun_error_code(struct cursor value)
{
	unsigned class, number;

	cursor_skip(&value, 2);
	class = cursor_u8(&value) & 7u;
	number = cursor_u8(&value);
	return cursor_ok(&value) ? class * 100 + number : 0;
}

bool stun_attribute_is_microsoft(unsigned type)
{
	return type == 0x8006 || type == 0x8008 || (type >= 0x8050 && type <= 0x8070) ||
	       type == 0x8090 || type == 0x8095;
}

/* Transactions. */

/* A remembered request that was answered: the answer may come again, and is no stray one. */
#define ANSWERED 2u
/* ... that carried what a challenge had given out. */
#define MET_CHALLENGE 4u

#define PENDING ARRAY_SIZE(((struct ident *)NULL)->pending)

/* FNV-1a of the id (RFC 3489 has 16 bytes of it), the sender in bit 0, bits 1, 2 free; never 0. */
static uint32_t transaction_digest(const uint8_t id[static 16], unsigned dir)
{
	uint32_t h = 2166136261u;

	for (unsigned i = 0; i < 16; i++)
		h = (h ^ id[i]) * 16777619u;
	h = (h & ~7u) | dir;
	return h < 8 ? h + 8 : h;
}

static uint32_t *find_pending(struct ident *id, uint32_t digest)
{
	for (unsigned i = 0; i < ARRAY_SIZE(id->pending); i++)
		if ((id->pending[i] & ~(ANSWERED | MET_CHALLENGE)) == digest)
			return &id->pending[i];
	return NULL;
}

/* A slot for one request more.  Beyond PENDING the counter tells that some were forgotten. */
static uint32_t *next_pending(struct ident *id)
{
	uint32_t *slot = &id->pending[id->work.pending_next % PENDING];

	if (++id->work.pending_next > 2 * PENDING)
		id->work.pending_next = PENDING + 1;
	return slot;
}

static void saturating_add(uint16_t *n)
{
	if (*n < UINT16_MAX)
		(*n)++;
}

/* The last eight bytes of the id: random in every format (RFC 3489 11.1, RFC 5389 6). */
static uint64_t transaction_of(const struct stun *m)
{
	uint64_t tail;

	memcpy(&tail, m->id + 8, sizeof(tail));
	return tail | 1;
}

void stun_request(struct ident *id, const struct stun *m, const struct input *in,
		  bool met_challenge)
{
	uint32_t digest = transaction_digest(m->id, in->dir);
	uint32_t *known = find_pending(id, digest);

	ident_transaction(id, transaction_of(m), false, in);
	if (!in->nested && id->stun_sent < UINT8_MAX)
		id->stun_sent++;
	if (known != NULL && (*known & ANSWERED) == 0)
		return;
	if (known == NULL)
		known = next_pending(id);
	*known = digest | (met_challenge ? MET_CHALLENGE : 0);
	if (!in->nested)
		saturating_add(&id->stun_requests);
}

bool stun_answer(struct ident *id, const struct stun *m, const struct input *in)
{
	uint32_t *pending = find_pending(id, transaction_digest(m->id, 1 - in->dir));

	ident_transaction(id, transaction_of(m), true, in);
	if (!in->nested && (pending != NULL || m->cookie))
		saturating_add(&id->stun_answers);
	if (pending != NULL)
		*pending |= ANSWERED;
	else if (id->work.pending_next <= PENDING)
		ident_stray(id, transaction_of(m), in);
	return pending != NULL;
}

void stun_heard(struct ident *id, const struct input *in)
{
	if (!in->nested && id->stun.heard_frame == 0)
		id->stun.heard_frame = in->frame;
}

void stun_error(struct ident *id, enum app app, unsigned code, const struct stun *m,
		const struct input *in)
{
	const uint32_t *pending = find_pending(id, transaction_digest(m->id, 1 - in->dir));

	if (code == STUN_UNAUTHORIZED && pending != NULL && (*pending & MET_CHALLENGE) != 0)
		ident_refuse_again(id, app, code, in);
	else if (code != 0)
		ident_refuse(id, app, code, in);
}

/* Binding requests go both ways in ICE; then neither end is the client. */
static void binding_asker(struct ident *id, unsigned asker)
{
	if (id->work.client_fixed)
		return;
	id->work.askers |= (uint8_t)(1u << asker);
	id->client = id->work.askers == 3 ? 2 : (uint8_t)asker;
}

/* RFC TURN. */

/* RFC 5766 11.4: channel, length, data; padded to 4 on streams, optionally on datagrams. */
static enum fit channel_data(const struct ident *id, const struct input *in)
{
	struct cursor c = cursor_over(in->bytes, in->len);
	unsigned channel = cursor_be16(&c);
	size_t size = 4 + (size_t)cursor_be16(&c);

	if (!cursor_ok(&c) || channel < 0x4000 || channel > 0x4fff ||
	    (id->seen & APP_BIT(APP_TURN)) == 0)
		return FIT_NO;
	return in->wire_len == size || in->wire_len == (size + 3) / 4 * 4 ? FIT_YES : FIT_NO;
}

static void channel_follow(struct ident *id, const struct input *in)
{
	struct input inner = *in;
	struct cursor c = cursor_over(in->bytes, in->len);
	struct cursor data;

	cursor_skip(&c, 2);
	data = cursor_sub(&c, cursor_be16(&c));
	ident_note(id, APP_TURN, CONFIDENCE_STRONG, in);
	stun_heard(id, in);
	if (!cursor_ok(&data) || in->nested)
		return;
	inner.bytes = data.pos;
	inner.len = inner.wire_len = cursor_left(&data);
	inner.nested = true;
	media_packet(id, &inner);
}

/* Messages. */

/* Attributes of RFC 3489, the 3489bis drafts, ICE and MS-ICE2; Zoom's dialect has others. */
static bool attribute_is_known(unsigned type)
{
	return (type >= 0x0001 && type <= 0x000b) || (type >= 0x0014 && type <= 0x0015) ||
	       (type >= 0x0020 && type <= 0x0025) || (type >= 0x8020 && type <= 0x802c) ||
	       stun_attribute_is_microsoft(type);
}

static bool known_attributes_to_the_end(const struct stun *m, bool padded)
{
	struct cursor c = stun_attributes(m);
	struct stun_attribute a;

	while (stun_next_attribute(&c, padded, &a))
		if (!attribute_is_known(a.type))
			return false;
	return cursor_ok(&c);
}

/* RFC 3489 11.1: Binding and, never used, Shared Secret. */
static bool fits_without_cookie(const struct stun *m, const struct input *in)
{
	if (m->type != 0x0001 && m->type != 0x0101 && m->type != 0x0111)
		return false;
	return input_whole(in) &&
	       (known_attributes_to_the_end(m, true) || known_attributes_to_the_end(m, false));
}

static uint32_t stun_fits(const struct ident *id, const struct input *in)
{
	struct stun m;

	if (channel_data(id, in) == FIT_YES)
		return APP_BIT(APP_TURN);
	if (!stun_read(&m, in->bytes, in->len) || STUN_HEADER + (size_t)m.length != in->wire_len ||
	    msturn_fits_header(in->bytes, in->len) == FIT_YES)
		return 0;
	if (m.cookie)
		return APP_BIT(method_is_turn(stun_method(m.type)) ? APP_TURN : APP_STUN);
	return fits_without_cookie(&m, in) ? APP_BIT(APP_STUN) : 0;
}

/* Errors, the relayed packet, what is worth keeping; stops quietly where the attributes do. */
static unsigned read_attributes(struct ident *id, const struct stun *m, const struct input *in,
				struct input *inner, bool *met_challenge)
{
	struct cursor c = stun_attributes(m);
	struct stun_attribute a;
	unsigned code = 0;

	while (stun_next_attribute(&c, true, &a)) {
		if (a.type == STUN_ERROR_CODE)
			code = stun_error_code(a.value);
		if (stun_attribute_meets_challenge(a.type))
			*met_challenge = true;
		if (a.type == STUN_DATA) {
			inner->bytes = a.value.pos;
			inner->len = inner->wire_len = cursor_left(&a.value);
		}
		id->microsoft = id->microsoft || stun_attribute_is_microsoft(a.type);
		stun_note_attribute(id, m, &a, in);
	}
	return code;
}

static bool stun_follow(struct ident *id, const struct input *in)
{
	struct input inner = { .frame = in->frame, .dir = in->dir, .nested = true };
	bool answer, matched = false, relay, met_challenge = false;
	enum app app;
	struct stun m;
	unsigned code;

	if (channel_data(id, in) == FIT_YES) {
		channel_follow(id, in);
		return true;
	}
	if (!stun_read(&m, in->bytes, in->len))
		return false;
	relay = m.cookie && method_is_turn(stun_method(m.type));
	app = relay ? APP_TURN : APP_STUN;
	answer = m.class == STUN_SUCCESS || m.class == STUN_ERROR;
	code = read_attributes(id, &m, in, &inner, &met_challenge);
	if (relay && needs_allocation(&m))
		stun_heard(id, in);
	if (m.class == STUN_REQUEST)
		stun_request(id, &m, in, met_challenge);
	else if (answer)
		matched = stun_answer(id, &m, in);
	ident_note(id, app, m.cookie || matched ? CONFIDENCE_STRONG : CONFIDENCE_WEAK, in);
	if (m.class == STUN_SUCCESS && (m.cookie || matched)) {
		id->stun.checked = id->stun.checked || app == APP_STUN;
		ident_accept(id, in);
	}
	if (m.class == STUN_ERROR)
		stun_error(id, app, code, &m, in);
	if (!in->nested && (m.class == STUN_REQUEST || answer)) {
		unsigned asker = answer ? 1 - in->dir : in->dir;

		if (relay)
			ident_client(id, asker);
		else
			binding_asker(id, asker);
	}
	if (relay && inner.len > 0 && !in->nested)
		media_packet(id, &inner);
	return true;
}

const struct datagram_protocol stun_datagram = {
	.apps = APP_BIT(APP_STUN) | APP_BIT(APP_TURN),
	.fits = stun_fits,
	.follow = stun_follow,
};

/* Unframed on TCP (RFC 5389 7.2.2): message after message, ChannelData between them. */

static enum fit stream_starts(const uint8_t *bytes, size_t len)
{
	enum fit fit = stun_fits_header(bytes, len);

	/* A message on a stream is a multiple of 4 long (RFC 5389 6). */
	if (len >= 4 && bytes[3] % 4 != 0)
		return FIT_NO;
	return fit;
}

/* Size of the unit at the cursor, padded; 0 when its header is not there or not one. */
static size_t unit_size(const uint8_t *bytes, size_t len)
{
	struct cursor c = cursor_over(bytes, len);
	unsigned first = cursor_be16(&c);
	size_t length = cursor_be16(&c);

	if (!cursor_ok(&c))
		return 0;
	if (first < 0x4000)
		return STUN_HEADER + length;
	return (4 + length + 3) / 4 * 4;
}

static enum follow stun_stream_follow(struct ident *id, const struct input *in)
{
	struct ident_side *side = &id->side[in->dir];

	/* Behind the end nothing is looked at, also in the segment that holds it. */
	while (in->len > side->offset && !id->work.finished) {
		struct input unit = *in;
		size_t size;

		unit.bytes += side->offset;
		unit.len -= side->offset;
		size = unit_size(unit.bytes, unit.len);
		if (size == 0 || size > unit.len)
			return FOLLOW_MORE;
		unit.len = unit.wire_len = size;
		if (stun_fits(id, &unit) == 0 || !stun_follow(id, &unit))
			return id->seen == 0 ? FOLLOW_LOST : FOLLOW_END;
		side->offset += (uint32_t)size;
		if (id->accepted_frame != 0 || ident_is_refused(id))
			ident_finish(id);
	}
	return FOLLOW_MORE;
}

const struct stream_protocol stun_stream = {
	.apps = APPS_MEDIA & ~APP_BIT(APP_MSTURN),
	.opens = stream_starts,
	.answers = stream_starts,
	.follow = stun_stream_follow,
};
