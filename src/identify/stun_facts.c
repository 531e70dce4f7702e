/* What STUN-shaped messages say beside success and failure: struct stun_facts. */
#include "identify/stun.h"

enum {
	BINDING_REQUEST = 0x0001,
	STUN_USERNAME = 0x0006,
	MS_NONCE = 0x0014,              /* MS-TURN; REALM of RFC 5389, which comes with the nonce */
	STUN_NONCE = 0x0015,            /* RFC 5389; Realm of MS-TURN */
	MS_ALTERNATE_SERVER = 0x000e,   /* MS-TURN, and the TURN drafts it is made of */
	STUN_ALTERNATE_SERVER = 0x8023, /* RFC 5389 15.11 */
	MS_VERSION = 0x8008,
	MS_SERVICE_QUALITY = 0x8055,
	MS_IMPLEMENTATION_VERSION = 0x8070,
	STREAM_TYPE_LAST = 4,
};

static uint64_t digest(const uint8_t *bytes, size_t len)
{
	uint64_t h = UINT64_C(14695981039346656037); /* FNV-1a */

	for (size_t i = 0; i < len; i++)
		h = (h ^ bytes[i]) * UINT64_C(1099511628211);
	return h;
}

/*
 * The checks of the two ends name the same two fragments, each its peer's first
 * (RFC 5245 7.1.2.3): a sum does not care.  The older format pads with NULs.
 */
static uint64_t session_digest(struct cursor value)
{
	const uint8_t *name = value.pos, *colon;
	size_t len = cursor_left(&value), head;
	uint64_t sum;

	while (len > 0 && name[len - 1] == '\0')
		len--;
	if (len == 0)
		return 0;
	colon = memchr(name, ':', len);
	head = colon == NULL ? len : (size_t)(colon - name);
	sum = digest(name, head);
	if (colon != NULL)
		sum += digest(colon + 1, len - head - 1);
	return sum == 0 ? 1 : sum;
}

/* RFC 5389 15.1: zero, family, port, address; not XORed in either attribute. */
static void note_alternate(struct stun_facts *facts, struct cursor value, uint64_t frame)
{
	unsigned family;
	uint16_t port;
	const uint8_t *bytes;

	cursor_skip(&value, 1);
	family = cursor_u8(&value);
	port = cursor_be16(&value);
	bytes = cursor_take(&value, family == 2 ? 16 : 4);
	if (bytes == NULL || port == 0 || (family != 1 && family != 2))
		return;
	facts->alternate = family == 1 ? address_from_v4(bytes) : address_from_v6(bytes);
	facts->alternate_port = port;
	facts->alternate_frame = frame;
}

/* A version is a small number; what does not fit was never assigned. */
static void note_version(uint8_t *version, struct cursor value)
{
	uint32_t number = cursor_be32(&value);

	if (*version == 0 && number <= UINT8_MAX)
		*version = (uint8_t)number;
}

static void note_stream_type(struct stun_facts *facts, struct cursor value)
{
	unsigned type = cursor_be16(&value);

	if (facts->stream_type == 0 && type <= STREAM_TYPE_LAST)
		facts->stream_type = (uint8_t)type;
}

void stun_note_attribute(struct ident *id, const struct stun *m, const struct stun_attribute *a,
			 const struct input *in)
{
	struct stun_facts *facts = &id->stun;

	/* In other methods it names an account, not a session. */
	if (a->type == STUN_USERNAME && m->type == BINDING_REQUEST && facts->session == 0)
		facts->session = session_digest(a->value);
	if (in->nested)
		return;
	switch (a->type) {
	case MS_ALTERNATE_SERVER:
	case STUN_ALTERNATE_SERVER:
		if (m->class == STUN_ERROR && facts->alternate_frame == 0)
			note_alternate(facts, a->value, in->frame);
		break;
	case MS_NONCE:
	case STUN_NONCE:
		if (m->class == STUN_REQUEST)
			stun_heard(id, in);
		break;
	case MS_VERSION:
		note_version(&facts->ms_version, a->value);
		break;
	case MS_IMPLEMENTATION_VERSION:
		note_version(&facts->ice_version, a->value);
		break;
	case MS_SERVICE_QUALITY:
		note_stream_type(facts, a->value);
		break;
	default:
		break;
	}
}
