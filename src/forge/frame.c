/*
 * Frames by libnet.
 *
 * The innermost IP packet is laid out first, then wrapped once more when a
 * tunnel is asked for, then put behind Ethernet.  Two steps, because libnet
 * computes the checksums of one IP header a packet.
 */
#include "forge/frame.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libnet.h>

#include "base/memory.h"

#define PCAP_MAGIC_NS     0xa1b23c4du /* pcap(5): nanoseconds */
#define PCAP_SNAPLEN      262144u
#define LINKTYPE_ETHERNET 1u
#define QUOTED_MOST       548u /* RFC 1812 4.3.2.3: errors stay within 576 bytes */
#define WINDOW            64240u
#define VXLAN_PORT        4789 /* RFC 7348 5 */
#define VXLAN_VNI         100

/* One frame in memory: bytes[@at ...], @kept of its @len. */
struct kept_frame {
	int64_t ts_ns;
	size_t at;
	size_t order;
	uint32_t len, kept;
};

struct forge_file {
	FILE *to;
	libnet_t *net;
	char path[4096];
	struct forge_wire wire;
	struct kept_frame *frames;
	size_t count, cap;
	uint8_t *bytes;
	size_t used, bytes_cap;
	bool cut, failed, nomem;
};

static void put_le(struct forge_file *f, uint64_t v, unsigned bytes)
{
	for (unsigned i = 0; i < bytes; i++)
		if (putc((int)(v >> 8 * i & 0xff), f->to) == EOF)
			f->failed = true;
}

int forge_file_create(struct forge_file **file, const char *path, const struct forge_wire *wire,
		      struct fa_error *err)
{
	char why[LIBNET_ERRBUF_SIZE] = "";
	struct forge_file *f = memory_array(1, sizeof(*f));

	*file = f;
	if (f == NULL)
		return error_set(err, FA_ENOMEM, "%s: no memory", path);
	f->wire = *wire;
	snprintf(f->path, sizeof(f->path), "%s", path);
	f->net = libnet_init(LIBNET_NONE, NULL, why);
	f->to = f->net == NULL ? NULL : fopen(path, "wbe");
	if (f->to == NULL) {
		error_set(err, FA_EIO, "%s: cannot write: %s", path,
			  f->net == NULL ? why : strerror(errno));
		if (f->net != NULL)
			libnet_destroy(f->net);
		free(f);
		*file = NULL;
		return FA_EIO;
	}
	return 0;
}

void forge_file_truncate(struct forge_file *file)
{
	file->cut = true;
}

uint64_t forge_file_frames(const struct forge_file *file)
{
	return file->count;
}

static int by_time(const void *pa, const void *pb)
{
	const struct kept_frame *a = pa, *b = pb;

	if (a->ts_ns != b->ts_ns)
		return a->ts_ns < b->ts_ns ? -1 : 1;
	return a->order < b->order ? -1 : a->order > b->order;
}

static void write_header(struct forge_file *f)
{
	put_le(f, PCAP_MAGIC_NS, 4);
	put_le(f, 2, 2); /* version 2.4 */
	put_le(f, 4, 2);
	put_le(f, 0, 8); /* zone and accuracy */
	put_le(f, f->wire.snaplen != 0 ? f->wire.snaplen : PCAP_SNAPLEN, 4);
	put_le(f, LINKTYPE_ETHERNET, 4);
}

static void write_frames(struct forge_file *f)
{
	write_header(f);
	if (f->count != 0)
		qsort(f->frames, f->count, sizeof(*f->frames), by_time);
	for (size_t i = 0; i < f->count; i++) {
		const struct kept_frame *k = &f->frames[i];
		size_t n = f->cut && i + 1 == f->count ? k->kept / 2 : k->kept;

		put_le(f, (uint64_t)(k->ts_ns / NS_PER_S), 4);
		put_le(f, (uint64_t)(k->ts_ns % NS_PER_S), 4);
		put_le(f, k->kept, 4);
		put_le(f, k->len, 4);
		f->failed |= fwrite(f->bytes + k->at, 1, n, f->to) != n;
	}
}

int forge_file_close(struct forge_file *file, struct fa_error *err)
{
	int status = 0;

	errno = 0;
	if (!file->failed && !file->nomem)
		write_frames(file);
	file->failed |= fclose(file->to) != 0;
	if (file->nomem)
		status = error_set(err, FA_ENOMEM, "%s: no memory for its frames", file->path);
	else if (file->failed)
		status = error_set(err, FA_EIO, "%s: cannot write: %s", file->path,
				   errno != 0 ? strerror(errno) : "libnet refused a packet");
	libnet_destroy(file->net);
	free(file->frames);
	free(file->bytes);
	free(file);
	return status;
}

/* What libnet has built so far, as one block; forget() releases it. */
static uint8_t *collect(struct forge_file *f, uint32_t *len)
{
	uint8_t *packet = NULL;

	if (f->failed || libnet_pblock_coalesce(f->net, &packet, len) != 1) {
		f->failed = true;
		packet = NULL;
	}
	libnet_clear_packet(f->net);
	return packet;
}

static void forget(struct forge_file *f, uint8_t *packet)
{
	if (packet != NULL)
		libnet_adv_free_packet(f->net, packet);
}

static void must(struct forge_file *f, libnet_ptag_t tag)
{
	f->failed |= tag == -1;
}

/* An address's last four bytes make a MAC that is locally administered. */
static void mac_of(const struct address *a, uint8_t mac[static 6])
{
	mac[0] = 2;
	mac[1] = 0;
	memcpy(mac + 2, a->b + 12, 4);
}

static void ip_header(struct forge_file *f, const struct address *src, const struct address *dst,
		      unsigned protocol, unsigned ttl, uint16_t ip_id, uint32_t payload)
{
	if (address_is_v4(src)) {
		uint32_t from, to;

		memcpy(&from, src->b + 12, sizeof(from));
		memcpy(&to, dst->b + 12, sizeof(to));
		must(f, libnet_build_ipv4((uint16_t)(LIBNET_IPV4_H + payload), 0, ip_id, IP_DF,
					  (uint8_t)ttl, (uint8_t)protocol, 0, from, to, NULL, 0,
					  f->net, 0));
	} else {
		struct libnet_in6_addr from, to;

		memcpy(&from, src->b, sizeof(src->b));
		memcpy(&to, dst->b, sizeof(dst->b));
		must(f, libnet_build_ipv6(0, 0, (uint16_t)payload, (uint8_t)protocol, (uint8_t)ttl,
					  from, to, NULL, 0, f->net, 0));
	}
}

/* @inner in an outer IP packet from the gateway of its source to that of its destination. */
static uint8_t *wrap(struct forge_file *f, uint8_t *inner, uint32_t *len, bool v4)
{
	static const uint8_t from[4] = { 192, 0, 2, 250 }, to[4] = { 192, 0, 2, 251 };
	struct address src = address_from_v4(from), dst = address_from_v4(to);
	uint8_t shell[8 + LIBNET_ETH_H] = { 0x08, [6] = VXLAN_VNI, [8] = 2, [14] = 2 };
	uint8_t *payload;
	uint32_t size = *len;

	switch (f->wire.tunnel) {
	case FORGE_PLAIN:
		return inner;
	case FORGE_IPIP:
		must(f, libnet_build_data(inner, size, f->net, 0));
		ip_header(f, &src, &dst, v4 ? IPPROTO_IPIP : IPPROTO_IPV6, 64, 0, size);
		break;
	case FORGE_GRE:
		must(f, libnet_build_egre(0, v4 ? ETHERTYPE_IP : ETHERTYPE_IPV6, 0, 0, 0, 0,
					  (uint16_t)(LIBNET_GRE_H + size), inner, size, f->net, 0));
		ip_header(f, &src, &dst, IPPROTO_GRE, 64, 0, size + LIBNET_GRE_H);
		break;
	case FORGE_VXLAN:
		shell[20] = v4 ? 0x08 : 0x86;
		shell[21] = v4 ? 0x00 : 0xdd;
		payload = malloc(sizeof(shell) + size);
		if (payload == NULL) {
			f->nomem = f->failed = true;
			break;
		}
		memcpy(payload, shell, sizeof(shell));
		memcpy(payload + sizeof(shell), inner, size);
		size += (uint32_t)sizeof(shell);
		must(f,
		     libnet_build_udp(VXLAN_PORT + 1, VXLAN_PORT, (uint16_t)(LIBNET_UDP_H + size),
				      0, payload, size, f->net, 0));
		ip_header(f, &src, &dst, IPPROTO_UDP, 64, 0, LIBNET_UDP_H + size);
		free(payload);
		break;
	}
	forget(f, inner);
	return collect(f, len);
}

/* An IP packet behind Ethernet into the file; takes it over. */
static void emit(struct forge_file *f, int64_t ts_ns, const struct address *src,
		 const struct address *dst, uint8_t *packet, uint32_t len)
{
	bool v4 = address_is_v4(src);
	uint16_t type;
	uint8_t from[6], to[6], *frame;
	uint32_t kept;

	if (packet != NULL)
		packet = wrap(f, packet, &len, v4);
	if (packet == NULL)
		return;
	type = v4 || f->wire.tunnel != FORGE_PLAIN ? ETHERTYPE_IP : ETHERTYPE_IPV6;
	mac_of(src, from);
	mac_of(dst, to);
	must(f, libnet_build_data(packet, len, f->net, 0));
	if (f->wire.vlan != 0)
		must(f, libnet_build_802_1q(to, from, ETHERTYPE_VLAN, 0, 0, f->wire.vlan, type,
					    NULL, 0, f->net, 0));
	else
		must(f, libnet_build_ethernet(to, from, type, NULL, 0, f->net, 0));
	forget(f, packet);
	frame = collect(f, &len);
	if (frame == NULL)
		return;
	kept = f->wire.snaplen != 0 ? MIN(len, f->wire.snaplen) : len;
	if (memory_grow(&f->frames, &f->cap, f->count + 1, sizeof(*f->frames)) != 0 ||
	    memory_grow(&f->bytes, &f->bytes_cap, f->used + kept, 1) != 0) {
		f->nomem = true;
	} else {
		f->frames[f->count] = (struct kept_frame){ ts_ns, f->used, f->count, len, kept };
		f->count++;
		memcpy(f->bytes + f->used, frame, kept);
		f->used += kept;
	}
	forget(f, frame);
}

/* The IP packet of @p. */
static uint8_t *build(struct forge_file *f, const struct forge_packet *p, uint32_t *len)
{
	uint32_t header = p->l4 == IPPROTO_TCP ? LIBNET_TCP_H : LIBNET_UDP_H;
	const uint8_t *payload = p->len == 0 ? NULL : p->payload;

	if (p->l4 == IPPROTO_TCP)
		must(f, libnet_build_tcp(p->sport, p->dport, p->seq, p->ack, p->flags, WINDOW, 0, 0,
					 (uint16_t)(header + p->len), payload, p->len, f->net, 0));
	else
		must(f, libnet_build_udp(p->sport, p->dport, (uint16_t)(header + p->len), 0,
					 payload, p->len, f->net, 0));
	ip_header(f, &p->src, &p->dst, p->l4, p->ttl, p->ip_id, header + p->len);
	return collect(f, len);
}

void forge_packet_write(struct forge_file *file, const struct forge_packet *packet)
{
	uint32_t len = 0;
	uint8_t *ip = build(file, packet, &len);

	emit(file, packet->ts_ns, &packet->src, &packet->dst, ip, len);
}

void forge_icmp_write(struct forge_file *file, int64_t ts_ns, const struct address *from,
		      unsigned type, unsigned code, const struct forge_packet *quoted)
{
	bool v4 = address_is_v4(from);
	uint32_t len = 0, quote;
	uint8_t *ip = build(file, quoted, &len), *error;

	if (ip == NULL)
		return;
	quote = MIN(len, QUOTED_MOST);
	if (v4)
		must(file, libnet_build_icmpv4_unreach((uint8_t)type, (uint8_t)code, 0, ip, quote,
						       file->net, 0));
	else
		must(file, libnet_build_icmpv6_unreach((uint8_t)type, (uint8_t)code, 0, ip, quote,
						       file->net, 0));
	ip_header(file, from, &quoted->src, v4 ? IPPROTO_ICMP : IPPROTO_ICMPV6, 64,
		  (uint16_t)file->count, quote + 8);
	forget(file, ip);
	len = 0;
	error = collect(file, &len);
	emit(file, ts_ns, from, &quoted->src, error, len);
}
