/*
 * A ledger for a test: a small policy from text, flows written by hand, and
 * what the judge said of them as text.
 */
#ifndef FA_TEST_JUDGE_SCENE_H
#define FA_TEST_JUDGE_SCENE_H

#include <CUnit/CUnit.h>

#include "judge/judge.h"
#include "judge/opinion.h"
#include "judge/settle.h"

/* When flows begin unless told: 2026-11-21 09:14:02 UTC. */
#define SCENE_T0 (INT64_C(1795252442) * NS_PER_S)

/* The hosts of the site; every other address is a partner. */
#define CLIENT   "10.0.0.5"
#define CLIENT_2 "10.0.0.6"
#define SERVER   "10.1.0.1"
#define SERVER_2 "10.1.0.2"
#define EDGE     "192.0.2.10"
#define PARTNER  "198.51.100.7"
#define FIREWALL "203.0.113.1"

/**
 * struct scene - Policy, ledger, and the clock of what is written into it
 * @frame:	Frame at which the next flow begins; flows are 100 frames apart
 * @now_ns:	Time at which it begins
 */
struct scene {
	struct policy *policy;
	struct ledger ledger;
	uint64_t frame;
	int64_t now_ns;
	char text[4][2048]; /* answers */
	unsigned text_next;
};

/**
 * scene_open() - A policy, and one capture of 60 seconds that begins at SCENE_T0
 * @rows:	Rules of the pack, "- {id: d/t/NAME, ...}" a line; NULL: scene.c has them
 * @site:	Site file; NULL: the one of scene.c; "": none
 */
void scene_open(struct scene *s, const char *rows, const char *site);
void scene_close(struct scene *s);

/* The pack of scene_open() as text, and the site. */
void scene_pack_text(const char *rows, char *buf, size_t size);
extern const char scene_site[];

/* One capture more: its group, and from when to when it lasts, in seconds after SCENE_T0. */
struct capture_facts *scene_capture(struct scene *s, uint32_t group, int64_t from_s, int64_t to_s);

/* A flow in the making.  [0] is the end it was written from, [1] the end it was written to. */
struct talk {
	struct flow flow;
	struct flow_notes notes;
	struct ident ident;
	uint8_t end[2]; /* endpoints in the flow key */
	bool noted;     /* otherwise judged without notes */
	bool looked;    /* otherwise judged without identification */
};

/* "10.0.0.5:50000", "[2001:db8::1]:50000" */
void talk_tcp(struct scene *s, struct talk *t, const char *from, const char *to); /* handshake */
void talk_syn(struct scene *s, struct talk *t, const char *from, const char *to, unsigned count);
void talk_midstream(struct scene *s, struct talk *t, const char *from, const char *to);
/* Datagrams [0] sends, one a second; none is answered. */
void talk_udp(struct scene *s, struct talk *t, const char *from, const char *to, unsigned count);

/* One packet with payload; over TCP it is acknowledged. */
void talk_data(struct talk *t, unsigned who);
void talk_data_both(struct talk *t);
void talk_rst(struct talk *t, unsigned who, uint8_t ttl);
/* An error about a packet of @victim; the version is that of the flow. */
void talk_icmp(struct talk *t, unsigned type, unsigned code, const char *from, unsigned victim);

/* What identification says: strongly this protocol; nothing, but these are possible. */
void talk_app(struct talk *t, enum app app);
void talk_app_weak(struct talk *t, enum app app);
void talk_unknown(struct talk *t, uint32_t possible);
/* A TLS 1.2 handshake, complete, and how far up the client-certificate ladder it got. */
void talk_tls(struct talk *t, enum client_auth auth);
/* @who answered with a code. */
void talk_answer(struct talk *t, enum app app, unsigned code);

/* Judge it; its index in the ledger, as long as flows are judged in the order of their frames. */
unsigned scene_judge(struct scene *s, struct talk *t);
void scene_settle(struct scene *s);

/* A flow that vouches for the path between two hosts: data both ways, documented or not. */
unsigned scene_control(struct scene *s, const char *from, const char *to);

struct judged *scene_flow(struct scene *s, unsigned index);
/* The item of this code; without one the test ends here. */
const struct evidence *scene_evidence(struct scene *s, unsigned index, enum evidence_code code);

/*
 * scene_said(): "blocked no_reply network likely"
 * scene_rows(): "psom=twin>wide": those of the best rank, then the others
 * scene_near(): "web dport", "mtls-in from to reversed", ""
 * scene_codes(): "syn_unanswered capture_ends_soon"
 */
const char *scene_said(struct scene *s, unsigned index);
const char *scene_rows(struct scene *s, unsigned index);
const char *scene_near(struct scene *s, unsigned index);
const char *scene_codes(struct scene *s, unsigned index);

/* Compare texts; print both when they differ. */
bool scene_same(const char *got, const char *want);

/* What was said of a flow, its rows, or where it has none the nearest, and its evidence. */
#define SAID(s, index, said, rows, codes)                                                         \
	do {                                                                                      \
		CU_ASSERT(scene_same(scene_said(s, index), said));                                \
		CU_ASSERT(scene_same(scene_flow(s, index)->row_count != 0 ? scene_rows(s, index)  \
									  : scene_near(s, index), \
				     rows));                                                      \
		CU_ASSERT(scene_same(scene_codes(s, index), codes));                              \
	} while (0)

#define SAME(got, want) CU_ASSERT(scene_same(got, want))

/* An opinion over a talk, [0] being its initiator. */
void scene_opinion(struct talk *t, struct opinion *o);
/* Codes of an opinion's evidence, as scene_codes(). */
void scene_opinion_codes(const struct opinion *o, char *buf, size_t size);

#endif
