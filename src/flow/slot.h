/*
 * The flow that a packet belongs to, as a key and its hash: all that can be said
 * without the table, so that another thread can say it.
 */
#ifndef FA_FLOW_SLOT_H
#define FA_FLOW_SLOT_H

#include "flow/key.h"

/**
 * struct flow_hashing - How packets are told apart; fixed for a run
 * @vlan_in_key:	Flows of different VLANs are different flows
 */
struct flow_hashing {
	struct hash_fold fold;
	bool vlan_in_key;
};

/* @seed: as hash_fold_init() */
void flow_hashing_init(struct flow_hashing *hashing, uint64_t seed, bool vlan_in_key);

/**
 * struct flow_slot - One packet on its way into the table
 * @hash:	The low half is the index's; the high half is free to choose shards by
 * @hint:	Set by flow_table_prefetch(): flow that the prefetched record belongs to,
 *		most likely; or FLOW_NONE
 * @user:	Likewise: flow.user of that record while its payload is wanted; else 0
 * @dir:	Endpoint that sent it
 * @kind:	FLOW_SLOT_
 */
struct flow_slot {
	struct flow_key key;
	uint64_t hash;
	uint32_t hint;
	uint32_t user;
	uint8_t dir;
	uint8_t kind;
};
#define FLOW_SLOT_NONE   0 /* belongs to no flow */
#define FLOW_SLOT_PACKET 1
#define FLOW_SLOT_QUOTE  2 /* an ICMP error; key and dir are those of the quoted packet */

/* Fill all of @slots but what flow_table_prefetch() sets. */
void flow_slots_make(const struct flow_hashing *hashing, const struct facts *facts, size_t n,
		     struct flow_slot *slots);

#endif
