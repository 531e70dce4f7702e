/*
 * The kinds of capture the benchmark makes.  The same arguments give the same
 * bytes: the seed is fixed.  Each returns false with a line on stderr.
 */
#ifndef BENCH_GEN_H
#define BENCH_GEN_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* Calls between clients and servers: RTP of 20 ms, SIP and HTTPS over TLS; 0 < @flows. */
bool talk_voice(FILE *out, uint64_t packets, uint32_t flows);
/* The same talks in frames of 60 bytes. */
bool talk_small(FILE *out, uint64_t packets, uint32_t flows);
/* STUN requests of all flows, then all the answers, then media through the relay at random. */
bool talk_live(FILE *out, uint64_t packets, uint32_t flows);
/* Every packet opens a flow: SYNs and STUN requests in turn. */
bool talk_new_flows(FILE *out, uint64_t packets);
/* Real captures over and over, each time with other clients; @paths ends with NULL. */
bool loop_captures(FILE *out, uint64_t packets, char **paths);

#endif
