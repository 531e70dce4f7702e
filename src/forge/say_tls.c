/*
 * TLS 1.2 with ECDHE, and mutual TLS (RFC 5246 7.3, RFC 8422).
 *
 * Every message that travels in clear is whole and well formed; what a key
 * would protect is random bytes of the right length, because nobody who looks
 * on can tell.  One cipher, AES-128-GCM: explicit nonce 8, tag 16.
 */
#include <string.h>

#include "base/util.h"
#include "forge/certificate.h"
#include "forge/say.h"

enum {
	RECORD_CCS = 20,
	RECORD_ALERT = 21,
	RECORD_HANDSHAKE = 22,
	RECORD_DATA = 23,
	GCM_OVERHEAD = 8 + 16,
	FINISHED = 16,
	POINT = 65,
	SIGNATURE = 70,
};

#define VERSION_12 0x0303
#define CIPHER     0xc02b /* TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256 */
#define P256       23
#define ECDSA_256  0x0403

/* A record, or several messages in one, before it is said. */
struct flight {
	uint8_t bytes[4096];
	struct build b;
	struct script *s;
	const struct dialogue *d;
};

static void begin(struct flight *f, struct script *s, const struct dialogue *d)
{
	f->b = (struct build){ f->bytes, f->bytes + sizeof(f->bytes) };
	f->s = s;
	f->d = d;
}

static void put_random(struct flight *f, size_t len)
{
	uint8_t bytes[2048];

	FA_ASSERT(len <= sizeof(bytes));
	forge_random_bytes(f->d->random, bytes, len);
	build_bytes(&f->b, bytes, len);
}

/* Lengths are written when what they count is there. */
static uint8_t *open_length(struct flight *f, unsigned size)
{
	uint8_t *at = f->b.at;

	for (unsigned i = 0; i < size; i++)
		build_u8(&f->b, 0);
	return at;
}

static void close_length(struct flight *f, uint8_t *at, unsigned size)
{
	size_t len = (size_t)(f->b.at - at) - size;

	for (unsigned i = 0; i < size; i++)
		at[i] = (uint8_t)(len >> 8 * (size - 1 - i));
}

static uint8_t *open_record(struct flight *f, unsigned type, unsigned version)
{
	build_u8(&f->b, type);
	build_u16(&f->b, version);
	return open_length(f, 2);
}

static uint8_t *open_message(struct flight *f, unsigned type)
{
	build_u8(&f->b, type);
	return open_length(f, 3);
}

static void say_flight(struct flight *f, enum script_end from)
{
	script_say(f->s, from, f->bytes, (size_t)(f->b.at - f->bytes));
	f->b.at = f->bytes;
}

/* RFC 6066 3: one host name. */
static void server_name(struct flight *f)
{
	size_t n = strlen(f->d->server);

	build_u16(&f->b, 0);
	build_u16(&f->b, (unsigned)n + 5);
	build_u16(&f->b, (unsigned)n + 3);
	build_u8(&f->b, 0);
	build_u16(&f->b, (unsigned)n);
	build_bytes(&f->b, f->d->server, n);
}

static void client_hello(struct flight *f)
{
	static const uint8_t tail[] = {
		0,    10, 0, 4, 0, 2, 0, P256,       /* groups */
		0,    11, 0, 2, 1, 0,                /* point formats */
		0,    13, 0, 6, 0, 4, 4, 3,    4, 1, /* signature algorithms */
		0xff, 1,  0, 1, 0,                   /* RFC 5746: initial handshake */
	};
	static const uint8_t ciphers[] = { 0xc0, 0x2b, 0xc0, 0x2f, 0x00, 0x9c, 0x00, 0x3c };
	uint8_t *record = open_record(f, RECORD_HANDSHAKE, 0x0301), *message = open_message(f, 1);
	uint8_t *extensions;

	build_u16(&f->b, VERSION_12);
	put_random(f, 32);
	build_u8(&f->b, 0);
	build_u16(&f->b, sizeof(ciphers));
	build_bytes(&f->b, ciphers, sizeof(ciphers));
	build_u16(&f->b, 0x0100);
	extensions = open_length(f, 2);
	server_name(f);
	build_bytes(&f->b, tail, sizeof(tail));
	close_length(f, extensions, 2);
	close_length(f, message, 3);
	close_length(f, record, 2);
	say_flight(f, SCRIPT_INITIATOR);
}

static void certificate(struct flight *f, const uint8_t *der, size_t len)
{
	uint8_t *message = open_message(f, 11), *list = open_length(f, 3);

	build_u24(&f->b, (unsigned)len);
	build_bytes(&f->b, der, len);
	close_length(f, list, 3);
	close_length(f, message, 3);
}

/* A DER ECDSA signature of random numbers: SEQUENCE of two INTEGERs of 32 bytes, all positive. */
static void signature(struct flight *f)
{
	build_u16(&f->b, ECDSA_256);
	build_u16(&f->b, SIGNATURE);
	build_u16(&f->b, 0x3044);
	for (unsigned i = 0; i < 2; i++) {
		build_u16(&f->b, 0x0220);
		build_u8(&f->b, 0x41);
		put_random(f, 31);
	}
}

static void server_flight(struct flight *f, bool mutual)
{
	uint8_t *record = open_record(f, RECORD_HANDSHAKE, VERSION_12), *message;

	message = open_message(f, 2);
	build_u16(&f->b, VERSION_12);
	put_random(f, 32);
	build_u8(&f->b, 32);
	put_random(f, 32);
	build_u16(&f->b, CIPHER);
	build_u8(&f->b, 0);
	build_u16(&f->b, 5);
	build_u16(&f->b, 0xff01);
	build_u16(&f->b, 1);
	build_u8(&f->b, 0);
	close_length(f, message, 3);
	certificate(f, certificate_server, sizeof(certificate_server));
	message = open_message(f, 12);
	build_u8(&f->b, 3); /* named_curve */
	build_u16(&f->b, P256);
	build_u8(&f->b, POINT);
	build_u8(&f->b, 4);
	put_random(f, POINT - 1);
	signature(f);
	close_length(f, message, 3);
	if (mutual) {
		message = open_message(f, 13);
		build_u16(&f->b, 0x0140); /* one type: ecdsa_sign */
		build_u16(&f->b, 2);
		build_u16(&f->b, ECDSA_256);
		build_u16(&f->b, 0); /* any authority */
		close_length(f, message, 3);
	}
	close_length(f, open_message(f, 14), 3);
	close_length(f, record, 2);
	say_flight(f, SCRIPT_RESPONDER);
}

static void opaque_record(struct flight *f, unsigned type, size_t len)
{
	uint8_t *record = open_record(f, type, VERSION_12);

	put_random(f, len + GCM_OVERHEAD);
	close_length(f, record, 2);
}

static void finished(struct flight *f)
{
	uint8_t *record = open_record(f, RECORD_CCS, VERSION_12);

	build_u8(&f->b, 1);
	close_length(f, record, 2);
	opaque_record(f, RECORD_HANDSHAKE, FINISHED);
}

static void client_flight(struct flight *f, bool mutual)
{
	uint8_t *record = open_record(f, RECORD_HANDSHAKE, VERSION_12), *message;

	if (mutual)
		certificate(f, certificate_client, sizeof(certificate_client));
	message = open_message(f, 16);
	build_u8(&f->b, POINT);
	build_u8(&f->b, 4);
	put_random(f, POINT - 1);
	close_length(f, message, 3);
	if (mutual) {
		message = open_message(f, 15);
		signature(f);
		close_length(f, message, 3);
	}
	close_length(f, record, 2);
	finished(f);
	say_flight(f, SCRIPT_INITIATOR);
}

/* Bytes of the application's first messages, by turns: what a look from outside sees of it. */
static const uint16_t *shape(enum application app, size_t *count)
{
	static const uint16_t requests[] = { 310, 540, 290, 1200 };
	static const uint16_t sip[] = { 780, 620, 1100, 700, 1300, 560 };
	static const uint16_t objects[] = { 96, 64, 120, 88, 72, 140, 64, 96 };

	if (app == APPLICATION_HTTP) {
		*count = ARRAY_SIZE(requests);
		return requests;
	}
	if (app == APPLICATION_PSOM) {
		*count = ARRAY_SIZE(objects);
		return objects;
	}
	*count = ARRAY_SIZE(sip);
	return sip;
}

static void handshake(struct script *s, const struct dialogue *d, bool mutual)
{
	struct flight f;
	const uint16_t *sizes;
	size_t count;

	begin(&f, s, d);
	client_hello(&f);
	script_wait(s, 2);
	server_flight(&f, mutual);
	script_wait(s, 4);
	client_flight(&f, mutual);
	script_wait(s, 3);
	finished(&f);
	say_flight(&f, SCRIPT_RESPONDER);
	sizes = shape(d->app, &count);
	for (size_t i = 0; i < count + d->more; i++) {
		bool more = i >= count && d->size != 0;

		script_wait(s, 10);
		opaque_record(&f, RECORD_DATA, more ? d->size : sizes[i % count]);
		say_flight(&f, i % 2 == 0 ? SCRIPT_INITIATOR : SCRIPT_RESPONDER);
	}
	opaque_record(&f, RECORD_ALERT, 2); /* close_notify */
	say_flight(&f, SCRIPT_INITIATOR);
}

void say_tls(struct script *s, const struct dialogue *d)
{
	handshake(s, d, false);
}

void say_mtls(struct script *s, const struct dialogue *d)
{
	handshake(s, d, true);
}
