/* The walk down a frame: from the link type to the transport header, one handler a layer. */
#include "packet/decode.h"

#include <stdlib.h>

#include "base/memory.h"
#include "packet/duplicate.h"
#include "packet/walk.h"

typedef enum layer layer_fn(struct walk *w);

static layer_fn *const handlers[LAYER_COUNT] = {
	[LAYER_ETHERNET] = link_ethernet,
	[LAYER_VLAN] = tunnel_vlan,
	[LAYER_MPLS] = tunnel_mpls,
	[LAYER_PPPOE] = tunnel_pppoe,
	[LAYER_METADATA] = tunnel_metadata,
	[LAYER_IPV4] = ip_v4,
	[LAYER_IPV6] = ip_v6,
	[LAYER_EXTENSION] = ip_extension,
	[LAYER_IP_IN_IP] = tunnel_ip_in_ip,
	[LAYER_GRE] = tunnel_gre,
	[LAYER_TCP] = transport_tcp,
	[LAYER_UDP] = transport_udp,
	[LAYER_SCTP] = transport_sctp,
	[LAYER_ICMP] = transport_icmp,
};

int decoder_new(struct decoder **dec, const struct decoder_options *options, struct fa_error *err)
{
	struct decoder *d = memory_array(1, sizeof(*d));
	int rc;

	if (d == NULL)
		return error_set(err, FA_ENOMEM, "no memory for a decoder");
	d->checksums = options->checksums;
	if (!options->keep_duplicates) {
		d->duplicates = duplicates_new(options->seed, options->vlans_apart);
		if (d->duplicates == NULL) {
			free(d);
			return error_set(err, FA_ENOMEM, "no memory for a decoder");
		}
	}
	rc = fragment_store_new(&d->fragments, options->fragment_bytes,
				options->fragment_timeout_ns, err);
	if (rc != 0) {
		duplicates_free(d->duplicates);
		free(d);
		return rc;
	}
	*dec = d;
	return 0;
}

void decoder_free(struct decoder *dec)
{
	if (dec == NULL)
		return;
	fragment_store_free(dec->fragments);
	duplicates_free(dec->duplicates);
	free(dec);
}

/*
 * Empty facts, but for f->quoted, which is only valid with f->icmp_error.
 * Member by member, because the compiler makes a handful of stores of it and
 * a slow string instruction of the memset() that would say the same.
 */
FA_INLINE void begin(struct facts *f, const struct frame *frame)
{
	static const struct address none;

	f->ts_ns = frame->ts_ns;
	f->number = frame->number;
	f->payload = NULL;
	f->src = none;
	f->dst = none;
	f->wirelen = frame->wirelen;
	f->ip_len = 0;
	f->payload_len = 0;
	f->payload_wire = 0;
	f->seq = 0;
	f->ack = 0;
	f->sport = 0;
	f->dport = 0;
	f->class_value = 0;
	f->ip_id = 0;
	f->window = 0;
	f->vlan[0] = 0;
	f->vlan[1] = 0;
	f->tunnels = 0;
	f->class = 0;
	f->vlans = 0;
	f->l4 = 0;
	f->ip_version = 0;
	f->ttl = 0;
	f->tcp_flags = 0;
	f->icmp_type = 0;
	f->icmp_code = 0;
	f->icmp_error = false;
	f->verified = false;
	f->bad_checksum = false;
	f->fragmented = false;
}

FA_INLINE bool is_sampled(uint64_t number)
{
	return number % DECODE_CHECKSUMS_EVERY == 0 || number <= DECODE_CHECKSUMS_FIRST;
}

/*
 * Every handler takes at least one byte, but for those whose successor does;
 * headers of encapsulation and extension are counted besides.  So this ends.
 */
static void decode_frame(struct decoder *dec, const struct frame *frame, struct facts *f)
{
	struct walk w = {
		.c = cursor_over(frame->bytes, frame->caplen),
		.wire = MAX(frame->wirelen, frame->caplen),
		.f = f,
		.dec = dec,
		.checksums = dec->checksums || is_sampled(frame->number),
		.duplicates = FA_LIKELY(frame->has_time) ? dec->duplicates : NULL,
	};
	enum layer next;

	begin(f, frame);
	next = FA_LIKELY(frame->linktype == LINKTYPE_ETHERNET) ? LAYER_ETHERNET
							       : link_open(&w, frame->linktype);
	while (next != LAYER_DONE)
		next = handlers[next](&w);
	if (w.transport != NULL && w.duplicates != NULL && duplicate_packet(w.duplicates, &w))
		f->class = CLASS_DUPLICATE;
}

void decode_batch(struct decoder *dec, const struct frame *frames, size_t n, struct facts *facts)
{
	FA_ASSERT(n <= FRAME_BATCH);
	fragment_begin_batch(dec->fragments);
	for (size_t i = 0; i < n; i++)
		decode_frame(dec, &frames[i], &facts[i]);
}

void decoder_end(struct decoder *dec)
{
	fragment_end(dec->fragments);
}

void decoder_stats(const struct decoder *dec, struct decoder_stats *stats)
{
	fragment_stats(dec->fragments, stats);
}
