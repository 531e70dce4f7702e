/* Starts identifications, hands streams to the protocols and keeps the result. */
#include "identify/protocol.h"

/*
 * Theory of operation
 *
 * Streams.  Each direction decides for itself, since the other one may not have
 * been captured.  Every protocol is asked whether the first bytes can open it
 * or answer it; those answers are two sets a side, which only shrink.  A
 * protocol is possible while some assignment of the two sides to opener and
 * answerer is left.  The first protocol of the table that is sure, with no
 * more specific one above it still waiting for bytes, follows the direction
 * and parses on from side->offset; nothing is parsed twice, so the work is
 * linear in the bytes however they are cut.  A side that fits without being
 * telling (MAYBE) is followed only by the protocol that the other side proved.
 *
 * Datagrams are the matter of datagram.c.
 *
 * Midstream and cut bytes rule nothing out.  Something proven does: it leaves
 * only its companions, below.
 */

/*
 * More specific before less: pseudo-TLS is a TLS record, anything may be an HTTP method.
 * Beside each, what first bytes must be for it to stay possible: of the side that opens /
 * of the side that answers.
 */
/* clang-format off */
static const struct stream_protocol *const stream_protocols[] = {
	&pseudo_tls_stream, /* the 50 bytes of MS-TURN 2.1.1 / the 83 */
	&tls_stream,	    /* record with a ClientHello, SSL 2.0 hello / ServerHello, clear alert */
	&msturn_stream,	    /* 02 00 frame around a message with the magic cookie / the same */
	&stun_stream,	    /* message with the cookie of RFC 5389, length of 4n / the same */
	&dcerpc_stream,	    /* bind / bind_ack, bind_nak, response, fault, ncacn_http banner */
	&smb_stream,	    /* SMB message, NetBIOS session request / SMB, session response */
	&nmf_stream,	    /* version, mode, via records / upgrade, ack or fault record */
	&msnftp_stream,	    /* VER MSN_SECURE_FTP / the same */
	&tds_stream,	    /* prelogin or login packet / response packet */
	&sip_stream,	    /* empty lines; method and SIP URI, or SIP/2.0 status / the same */
	&http_stream,	    /* empty lines; request line with HTTP/1.x, preface / status, SETTINGS */
	&framed_stream,	    /* RFC 4571 lengths; STUN, DTLS, RTP or RTCP in the first / the same */
};
/* clang-format on */

static_assert(ARRAY_SIZE(stream_protocols) <= 16, "side->opens has a bit each");

#define ALL_STREAM ((uint16_t)((1u << ARRAY_SIZE(stream_protocols)) - 1))

/* Changes of hands in one call: pseudo-TLS to MSTURN, CONNECT to TLS.  A bound, not a need. */
#define MAX_HANDS 8

/* Stream bytes of each direction that may fit nothing, once both have so many. */
#define UNKNOWN_BOTH 512

/* Of several protocols equally sure, the one with the higher rank names the flow. */
static const uint8_t rank[APP_COUNT] = {
	[APP_RTP] = 14,  [APP_RTCP] = 13, [APP_DTLS] = 12,      [APP_MSTURN] = 11,
	[APP_TURN] = 10, [APP_STUN] = 9,  [APP_PSEUDO_TLS] = 8, [APP_NMF] = 7,
	[APP_TLS] = 6,   [APP_SIP] = 5,   [APP_DCERPC] = 4,     [APP_SMB] = 4,
	[APP_SQLR] = 4,  [APP_DHCP] = 4,  [APP_MSNFTP] = 4,     [APP_TDS] = 4,
	[APP_HTTP] = 3,
};

/* What else a datagram flow may carry once this is proven; 0: nothing. */
static const uint32_t companions[APP_COUNT] = {
	[APP_STUN] = APPS_MEDIA | APP_BIT(APP_SIP), /* RFC 5626 4.4.2: SIP keep-alives */
	[APP_TURN] = APPS_MEDIA & ~APP_BIT(APP_MSTURN),
	[APP_MSTURN] = APPS_MEDIA & ~APP_BIT(APP_TURN),
	[APP_RTP] = APPS_MEDIA,
	[APP_RTCP] = APPS_MEDIA,
	[APP_DTLS] = APPS_MEDIA,
};

static_assert(sizeof(struct ident_tls) >= sizeof(struct ident_text) &&
		      sizeof(struct ident_tls) >= sizeof(struct ident_rpc),
	      "clean_side() clears the union by its longest member");

static uint32_t stream_apps(void)
{
	uint32_t apps = 0;

	for (size_t i = 0; i < ARRAY_SIZE(stream_protocols); i++)
		apps |= stream_protocols[i]->apps;
	return apps;
}

void ident_begin(struct ident *id, bool stream, bool midstream)
{
	id->stream = stream;
	id->midstream = midstream;
	id->client = 2;
	id->possible = APPS_DATAGRAM;
	if (!stream)
		return;
	id->possible = stream_apps();
	for (unsigned d = 0; d < 2; d++)
		id->side[d].opens = id->side[d].answers = ALL_STREAM;
}

void ident_init(struct ident *id, bool stream, bool midstream)
{
	memset(id, 0, stream ? sizeof(*id) : IDENT_DATAGRAM_SIZE);
	ident_begin(id, stream, midstream);
}

/* What identifiers report. */

static unsigned weight(const struct ident *id, unsigned app)
{
	return ((id->work.strong & APP_BIT(app)) != 0 ? 256u : 0u) + rank[app];
}

static void name_flow(struct ident *id, enum app app, const struct input *in)
{
	if (id->app != (uint8_t)app) {
		if (id->app != APP_NONE && weight(id, id->app) >= weight(id, app))
			return;
		id->app = (uint8_t)app;
		id->frame[0] = id->frame[1] = 0;
	}
	id->confidence =
		(id->work.strong & APP_BIT(app)) != 0 ? CONFIDENCE_STRONG : CONFIDENCE_WEAK;
	if (id->frame[in->dir] == 0)
		id->frame[in->dir] = in->frame;
}

void ident_note(struct ident *id, enum app app, enum confidence confidence, const struct input *in)
{
	id->seen |= APP_BIT(app);
	if (confidence == CONFIDENCE_STRONG)
		id->work.strong |= APP_BIT(app);
	if (in->nested) {
		id->possible |= APP_BIT(app);
		return;
	}
	name_flow(id, app, in);
	if (confidence == CONFIDENCE_STRONG && !id->stream)
		id->possible &= companions[app];
	id->possible |= id->seen;
}

void ident_transaction(struct ident *id, uint64_t transaction, bool answer, const struct input *in)
{
	if (in->nested || id->transaction != 0)
		return;
	id->transaction = transaction;
	id->answers = answer;
	if (answer)
		ident_stray(id, transaction, in);
}

void ident_stray(struct ident *id, uint64_t transaction, const struct input *in)
{
	if (in->nested || id->stray != 0)
		return;
	id->stray = transaction;
	id->stray_frame = in->frame;
}

void ident_client(struct ident *id, unsigned dir)
{
	if (id->work.client_fixed)
		return;
	id->work.client_fixed = true;
	id->client = (uint8_t)dir;
}

void ident_accept(struct ident *id, const struct input *in)
{
	if (!in->nested && id->accepted_frame == 0)
		id->accepted_frame = in->frame;
}

void ident_refuse_again(struct ident *id, enum app app, unsigned code, const struct input *in)
{
	struct app_answer *answer = &id->answer;

	if (answer->frame != 0 && answer->dir != in->dir)
		answer = &id->counter_answer;
	if (in->nested || answer->frame != 0)
		return;
	*answer = (struct app_answer){
		.frame = in->frame,
		.code = code,
		.app = (uint8_t)app,
		.dir = (uint8_t)in->dir,
		.again = app_code_is_normal(app, code),
	};
}

void ident_refuse(struct ident *id, enum app app, unsigned code, const struct input *in)
{
	if (!app_code_is_normal(app, code))
		ident_refuse_again(id, app, code, in);
}

bool ident_is_refused(const struct ident *id)
{
	return id->answer.frame != 0 && !id->answer.again;
}

void ident_finish(struct ident *id)
{
	id->work.finished = true;
}

/* Who follows which direction of a stream. */

static unsigned protocol_index(const struct stream_protocol *p)
{
	for (unsigned i = 0; i < ARRAY_SIZE(stream_protocols); i++)
		if (stream_protocols[i] == p)
			return i;
	FA_ASSERT(false);
	return 0;
}

static uint16_t protocol_bit(unsigned index)
{
	return (uint16_t)(1u << index);
}

bool ident_follows(const struct ident *id, unsigned dir, const struct stream_protocol *p)
{
	unsigned owner = id->side[dir].owner;

	return owner != 0 && stream_protocols[owner - 1] == p;
}

static void clean_side(struct ident *id, unsigned dir, size_t offset)
{
	struct ident_side *side = &id->side[dir];

	side->offset = (uint32_t)offset;
	side->state = 0;
	side->frames = 0;
	memset(&side->tls, 0, sizeof(side->tls)); /* the longest member: all of the union */
	id->media[dir] = (struct ident_rtp){ 0 };
}

void ident_hand(struct ident *id, unsigned dir, const struct stream_protocol *p, size_t offset)
{
	clean_side(id, dir, offset);
	id->side[dir].owner = (uint8_t)(1 + protocol_index(p));
}

void ident_restart(struct ident *id, unsigned dir, size_t offset)
{
	struct ident_side *side = &id->side[dir];

	clean_side(id, dir, offset);
	side->base = (uint32_t)offset;
	side->searched = (uint32_t)offset;
	side->owner = side->first = 0;
	side->lost = 0;
	side->opens = side->answers = ALL_STREAM;
	/* The first of the two: the other side will begin anew as well. */
	if (id->side[1 - dir].base == 0) {
		id->side[1 - dir].opens = ALL_STREAM;
		id->side[1 - dir].answers = ALL_STREAM;
	}
	id->settled = 0;
}

/* How the first bytes of a side fit one protocol; it leaves the side's sets when they do not. */
static enum fit test_side(struct ident_side *side, unsigned i, const uint8_t *bytes, size_t len)
{
	const struct stream_protocol *p = stream_protocols[i];
	enum fit opens = FIT_NO, answers = FIT_NO;

	if ((side->opens & protocol_bit(i)) != 0)
		opens = p->opens(bytes, len);
	if ((side->answers & protocol_bit(i)) != 0)
		answers = p->answers(bytes, len);
	if (opens == FIT_NO)
		side->opens &= (uint16_t)~protocol_bit(i);
	if (answers == FIT_NO)
		side->answers &= (uint16_t)~protocol_bit(i);
	return (side->lost & protocol_bit(i)) != 0 ? FIT_NO : MAX(opens, answers);
}

static void own(struct ident *id, unsigned dir, unsigned i, size_t offset)
{
	ident_hand(id, dir, stream_protocols[i], offset);
	id->side[dir].first = (uint8_t)(1 + i);
}

/* Midstream: try every position once for the protocols that can be joined there. */
static void join_somewhere(struct ident *id, unsigned dir, const uint8_t *bytes, size_t len)
{
	struct ident_side *side = &id->side[dir];

	for (size_t pos = side->searched; pos < len; pos++) {
		for (unsigned i = 0; i < ARRAY_SIZE(stream_protocols); i++) {
			const struct stream_protocol *p = stream_protocols[i];
			enum fit fit;

			if (p->joins == NULL || (side->lost & protocol_bit(i)) != 0)
				continue;
			fit = p->joins(bytes, len, pos);
			if (fit == FIT_YES) {
				own(id, dir, i, pos);
				side->searched = (uint32_t)pos + 1;
				return;
			}
			if (fit == FIT_MORE)
				return;
		}
		side->searched = (uint32_t)pos + 1;
	}
}

/* The stream protocols that some assignment of the sets to the sides still allows. */
static uint16_t stream_candidates(const struct ident *id)
{
	const struct ident_side *a = &id->side[0], *b = &id->side[1];

	if (id->settled != 0)
		return id->settled;
	if (id->midstream)
		return ALL_STREAM;
	return (uint16_t)(((a->opens & b->answers) | (b->opens & a->answers)) &
			  ~(a->lost | b->lost));
}

/* How many bytes of a direction are looked at while nobody follows it. */
static size_t unknown_room(const struct ident *id, unsigned dir)
{
	const struct ident_side *other = &id->side[1 - dir];

	if (other->owner != 0)
		return SIZE_MAX;
	return id->examined[1 - dir] - other->base >= UNKNOWN_BOTH ? UNKNOWN_BOTH
								   : IDENT_UNKNOWN_MAX;
}

/*
 * Choose who follows this direction, if its bytes tell.  Whatever they came with, it is
 * decided as when they had come one by one: no further than its room, and what may yet
 * turn out to have begun at the first byte goes before what begins at a later one.
 */
static void choose_owner(struct ident *id, const struct input *in)
{
	struct ident_side *side = &id->side[in->dir];
	unsigned other = id->side[1 - in->dir].first;
	enum fit fits[ARRAY_SIZE(stream_protocols)];
	uint16_t candidates = ALL_STREAM;
	const uint8_t *bytes = in->bytes + side->base;
	size_t room = unknown_room(id, in->dir), len = MIN(in->len - side->base, room);
	bool waits = false;
	int first = -1;

	if (len == 0)
		return;
	for (unsigned i = 0; i < ARRAY_SIZE(stream_protocols); i++)
		fits[i] = test_side(side, i, bytes, len);
	/* As when the bytes had come one by one: what the other side rules out is out. */
	if (other == 0)
		candidates = stream_candidates(id);
	for (unsigned i = 0; i < ARRAY_SIZE(stream_protocols); i++) {
		enum fit fit = (candidates & protocol_bit(i)) != 0 ? fits[i] : FIT_NO;

		if (fit == FIT_MAYBE && other == i + 1 && first < 0)
			first = (int)i;
		if (fit == FIT_YES && first < 0 && !waits)
			first = (int)i;
		waits = waits || fit == FIT_MORE;
	}
	if (first >= 0)
		own(id, in->dir, (unsigned)first, side->base);
	else if (id->midstream && (!waits || in->last || len == room))
		join_somewhere(id, in->dir, in->bytes, side->base + len);
}

static void stream_possible(struct ident *id)
{
	uint16_t candidates = stream_candidates(id);
	uint32_t apps = id->seen;

	for (unsigned i = 0; i < ARRAY_SIZE(stream_protocols); i++)
		if ((candidates & protocol_bit(i)) != 0)
			apps |= stream_protocols[i]->apps;
	id->possible = apps;
}

/*
 * The client is followed as a protocol that was seen, and the first bytes of the server
 * are of none that goes with it.  Both must have begun at the same layer.
 */
static bool answered_otherwise(const struct ident *id)
{
	const struct ident_side *client, *server;
	const struct stream_protocol *p;
	uint16_t bit;

	if (id->midstream || id->client > 1)
		return false;
	client = &id->side[id->client];
	server = &id->side[1 - id->client];
	if (client->first == 0 || id->examined[1 - id->client] <= server->base ||
	    (client->base == 0) != (server->base == 0))
		return false;
	p = stream_protocols[client->first - 1];
	bit = protocol_bit(client->first - 1u);
	return p->answered_in_kind && ((p->apps & id->work.strong) != 0 || id->tls.client_hello) &&
	       (((client->opens & server->answers) | (client->answers & server->opens)) & bit) == 0;
}

/* A proven protocol leaves no room for another beside it on the same bytes. */
static void stream_settle(struct ident *id, unsigned dir)
{
	unsigned owner = id->side[dir].owner;

	if (owner != 0 && (stream_protocols[owner - 1]->apps & id->work.strong) != 0)
		id->settled = protocol_bit(owner - 1);
}

static bool stream_done(const struct ident *id)
{
	const struct ident_side *a = &id->side[0], *b = &id->side[1];

	if (id->work.finished || (a->ended && b->ended))
		return true;
	if (a->owner != 0 || b->owner != 0)
		return false;
	if (stream_candidates(id) == 0)
		return true;
	return id->examined[0] - a->base >= unknown_room(id, 0) ||
	       id->examined[1] - b->base >= unknown_room(id, 1);
}

/* One change of hands, or one look by the protocol in charge; true to go on. */
static bool follow_once(struct ident *id, const struct input *in)
{
	struct ident_side *side = &id->side[in->dir];
	unsigned owner;

	if (side->owner == 0)
		choose_owner(id, in);
	if (side->owner == 0)
		return false;
	owner = side->owner - 1;
	switch (stream_protocols[owner]->follow(id, in)) {
	case FOLLOW_MORE:
		return false;
	case FOLLOW_END:
		side->ended = true;
		return false;
	case FOLLOW_LOST:
		/* Joined late, a wrong beginning says nothing of what begins behind it. */
		if (id->midstream && side->searched == side->base) {
			side->opens &= (uint16_t)~protocol_bit(owner);
			side->answers &= (uint16_t)~protocol_bit(owner);
		} else {
			side->lost |= protocol_bit(owner);
		}
		clean_side(id, in->dir, side->base);
		side->owner = side->first = 0;
		return true;
	case FOLLOW_HANDED:
		return true;
	}
	return false;
}

int ident_stream(struct ident *id, unsigned dir, const uint8_t *bytes, size_t len, bool last,
		 uint64_t frame)
{
	struct ident_side *side = &id->side[dir];
	const struct input in = {
		.bytes = bytes,
		.len = len,
		.wire_len = len,
		.frame = frame,
		.dir = dir,
		.last = last,
	};

	if (stream_done(id))
		return 0;
	id->examined[dir] = (uint32_t)MAX(id->examined[dir], len);
	if (!side->ended && len >= side->offset && len >= side->base)
		for (unsigned hands = 0; hands < MAX_HANDS && follow_once(id, &in); hands++)
			;
	side->ended = side->ended || last;
	stream_settle(id, dir);
	stream_possible(id);
	id->answered_otherwise = answered_otherwise(id);
	return stream_done(id) ? 0 : IDENT_MORE;
}
