/* Keys and hashes of packets, without any table. */
#include "flow/slot.h"

#include <string.h>

void flow_hashing_init(struct flow_hashing *hashing, uint64_t seed, bool vlan_in_key)
{
	hash_fold_init(&hashing->fold, seed);
	hashing->vlan_in_key = vlan_in_key;
}

static uint8_t make_key(const struct flow_hashing *hashing, const struct facts *f,
			struct flow_slot *slot)
{
	unsigned dir = 0;
	uint8_t kind;

	if (flow_key_from_facts(f, &slot->key, &dir))
		kind = FLOW_SLOT_PACKET;
	else if (f->icmp_error && flow_key_from_quote(f, &slot->key, &dir))
		kind = FLOW_SLOT_QUOTE;
	else
		return FLOW_SLOT_NONE;
	slot->dir = (uint8_t)dir;
	if (hashing->vlan_in_key && f->vlans != 0)
		slot->key.context = f->vlan[0];
	return kind;
}

void flow_slots_make(const struct flow_hashing *hashing, const struct facts *facts, size_t n,
		     struct flow_slot *slots)
{
	for (size_t i = 0; i < n; i++) {
		struct flow_slot *slot = &slots[i];
		uint64_t words[5];

		slot->kind = make_key(hashing, &facts[i], slot);
		if (slot->kind == FLOW_SLOT_NONE)
			continue;
		memcpy(words, &slot->key, sizeof(words));
		slot->hash = hash_fold5(&hashing->fold, words);
	}
}
