/* Captures written packet by packet into a directory of their own. */
#ifndef FA_TEST_AUDIT_TAPE_H
#define FA_TEST_AUDIT_TAPE_H

#include <stddef.h>
#include <stdint.h>

/* First packet times are near this: 2026-11-21 09:14:02 UTC. */
#define TAPE_T0 (INT64_C(1795252442) * INT64_C(1000000000))
#define TAPE_S  INT64_C(1000000000)
#define TAPE_MS INT64_C(1000000)

/* A temporary directory; tapes_close() removes it with all files in it. */
struct tapes {
	char dir[64];
	char path[8][128]; /* answers of tapes_save() */
	unsigned next;
};

void tapes_open(struct tapes *t);
void tapes_close(struct tapes *t);
/* Path of a file of the directory, written or not; good for seven more calls. */
const char *tapes_path(struct tapes *t, const char *name);
const char *tapes_save(struct tapes *t, const char *name, const void *bytes, size_t len);

/* Options of the records that follow. */
struct tape {
	uint8_t *bytes;
	size_t len, cap;
	unsigned frames;
	uint32_t snaplen; /* 0: whole packets */
	int spoil;        /* wrong TCP and UDP checksums */
	uint16_t id;      /* 0: packets have none; else that of the next one, counted up */
	size_t last;      /* where the last record begins */
};

/* A classic pcap in nanoseconds, of raw IPv4. */
void tape_begin(struct tape *t);
void tape_free(struct tape *t);
const char *tape_save(struct tapes *dir, const char *name, struct tape *t); /* and tape_free() */

/* "10.0.0.5:50000" */
void tape_tcp(struct tape *t, int64_t ns, const char *from, const char *to, unsigned flags,
	      uint32_t seq, uint32_t ack, const char *payload);
void tape_tcp_bytes(struct tape *t, int64_t ns, const char *from, const char *to, unsigned flags,
		    uint32_t seq, uint32_t ack, const void *payload, size_t len);
void tape_udp(struct tape *t, int64_t ns, const char *from, const char *to, const void *payload,
	      size_t len);
/* An ICMP error of @from about the last TCP or UDP packet. */
void tape_icmp(struct tape *t, int64_t ns, const char *from, unsigned type, unsigned code);
/* The last packet once more, as captured @hops further on: a copy. */
void tape_again(struct tape *t, int64_t ns, unsigned hops);
/* The first piece of a datagram that is never finished. */
void tape_fragment(struct tape *t, int64_t ns, const char *from, const char *to, unsigned id);
/* A record that no reader can believe. */
void tape_damage(struct tape *t);

/* Handshake, an OPTIONS request, its 200, FINs: nine packets, a millisecond apart. */
#define TAPE_SIP_PACKETS 9
void tape_sip_packet(struct tape *t, int64_t ns, const char *from, const char *to, unsigned n);
void tape_sip(struct tape *t, int64_t ns, const char *from, const char *to);

#endif
