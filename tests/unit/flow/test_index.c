/* The chunk index, against a plain array and with hashes that collide. */
#include "fixture.h"

#include "flow/index.h"

extern CU_TestInfo tests_index[];

/* A set of flows beside the index; number 0 stays empty. */
#define MODEL 4096u

struct model {
	struct flow_index index;
	struct flow records[MODEL + 1];
	bool in[MODEL + 1];
	uint32_t count;
	uint32_t (*hash)(uint32_t id);
};

static struct model model;

static void model_start(uint32_t capacity, uint32_t (*hash)(uint32_t id))
{
	memset(&model, 0, sizeof(model));
	CU_ASSERT_EQUAL_FATAL(flow_index_init(&model.index, capacity, capacity), 0);
	model.hash = hash;
	for (uint32_t id = 1; id <= MODEL; id++) {
		model.records[id].key.addr[0] = fix_address(id);
		model.records[id].key.l4 = IPPROTO_UDP;
	}
}

static uint32_t model_find(uint32_t id)
{
	return flow_index_find(&model.index, model.hash(id), &model.records[id].key, model.records);
}

static void model_insert(uint32_t id)
{
	flow_index_insert(&model.index, model.hash(id), id);
	model.in[id] = true;
	model.count++;
}

static void model_erase(uint32_t id)
{
	CU_ASSERT(flow_index_erase(&model.index, model.hash(id), id));
	model.in[id] = false;
	model.count--;
}

static void model_agrees(void)
{
	unsigned wrong = 0;

	for (uint32_t id = 1; id <= MODEL; id++)
		wrong += model_find(id) != (model.in[id] ? id : FLOW_NONE);
	CU_ASSERT_EQUAL(wrong, 0);
}

/* All overflow counters together. */
static uint64_t overflow(void)
{
	uint64_t sum = 0;

	for (uint32_t c = 0; c <= model.index.mask; c++)
		sum += model.index.chunks[c].ovf;
	return sum;
}

static uint32_t spread_hash(uint32_t id)
{
	uint64_t state = id;

	return (uint32_t)fix_random(&state);
}

static uint32_t constant_hash(uint32_t id)
{
	(void)id;
	return 0x12345678;
}

/* Every tag the same, homes differ. */
static uint32_t one_tag_hash(uint32_t id)
{
	return spread_hash(id) & 0x01ffffffu;
}

static void churn(uint32_t capacity, uint32_t (*hash)(uint32_t id), uint64_t seed, unsigned steps)
{
	model_start(capacity, hash);
	for (unsigned i = 0; i < steps; i++) {
		uint32_t id = 1 + (uint32_t)(fix_random(&seed) % MODEL);

		if (model.in[id])
			model_erase(id);
		else if (model.count < capacity)
			model_insert(id);
		if (i % 1024 == 0)
			model_agrees();
	}
	model_agrees();
	for (uint32_t id = 1; id <= MODEL; id++)
		if (model.in[id])
			model_erase(id);
	model_agrees();
	flow_index_free(&model.index);
}

static void random_operations(void)
{
	static const uint32_t capacities[] = { 1, 2, 8, 9, 16, 100, 1000, MODEL };

	for (size_t c = 0; c < ARRAY_SIZE(capacities); c++)
		for (uint64_t seed = 1; seed <= 4; seed++)
			churn(capacities[c], spread_hash, seed, 8192);
}

static void colliding(void)
{
	churn(200, constant_hash, 7, 4096);
	churn(1000, one_tag_hash, 8, 8192);
}

static void overflow_is_taken_back(void)
{
	model_start(1024, one_tag_hash);
	for (unsigned round = 0; round < 20; round++) {
		for (uint32_t id = 1; id <= 1024; id++)
			model_insert(id);
		for (uint32_t id = 1024; id >= 1; id--)
			model_erase(id);
	}
	CU_ASSERT_EQUAL(overflow(), 0);
	flow_index_free(&model.index);
}

/* 300 entries pass the home chunk of one hash: its counter stays at 255 for good. */
static void saturation(void)
{
	model_start(MODEL, constant_hash);
	for (uint32_t id = 1; id <= 400; id++)
		model_insert(id);
	CU_ASSERT_EQUAL(model.index.chunks[constant_hash(0) & model.index.mask].ovf, 255);
	model_agrees();
	for (uint32_t id = 1; id <= 400; id++)
		model_erase(id);
	CU_ASSERT_EQUAL(model.index.chunks[constant_hash(0) & model.index.mask].ovf, 255);
	model_agrees();
	for (uint32_t id = 100; id <= 110; id++)
		model_insert(id);
	model_agrees();
	flow_index_free(&model.index);
}

/* Even with every counter saturated a search for what is not there ends. */
static void search_ends(void)
{
	model_start(64, spread_hash);
	for (uint32_t c = 0; c <= model.index.mask; c++)
		model.index.chunks[c].ovf = 255;
	CU_ASSERT_EQUAL(model_find(1), FLOW_NONE);
	CU_ASSERT_FALSE(flow_index_erase(&model.index, spread_hash(1), 1));
	model_insert(1);
	CU_ASSERT_EQUAL(model_find(1), 1);
	flow_index_free(&model.index);
}

static void capacity_fits(void)
{
	for (uint32_t capacity = 1; capacity <= 200; capacity++) {
		uint32_t slots;

		model_start(capacity, spread_hash);
		slots = (model.index.mask + 1) * FLOW_CHUNK_SLOTS;
		CU_ASSERT(slots > capacity);
		CU_ASSERT((model.index.mask & (model.index.mask + 1)) == 0);
		for (uint32_t id = 1; id <= capacity; id++)
			model_insert(id);
		model_agrees();
		flow_index_free(&model.index);
	}
}

static void matching(void)
{
	struct flow_chunk chunk;
	uint64_t seed = 3;
	unsigned wrong = 0;

	for (unsigned round = 0; round < 2000; round++) {
		uint8_t few = (uint8_t)(round % 5 == 0 ? 0xff : 0x83);

		/* The counter and padding beside the tags must not count as tags. */
		memset(&chunk, 0x80 | (round & 0x7f), sizeof(chunk));
		for (unsigned i = 0; i < FLOW_CHUNK_SLOTS; i++)
			chunk.tag[i] = (uint8_t)(fix_random(&seed) & few);
		for (unsigned tag = 0; tag < 256; tag++)
			wrong += flow_chunk_match(&chunk, (uint8_t)tag) !=
				 flow_chunk_match_plain(&chunk, (uint8_t)tag);
	}
	CU_ASSERT_EQUAL(wrong, 0);
	memset(&chunk, 0, sizeof(chunk));
	CU_ASSERT_EQUAL(flow_chunk_match(&chunk, 0), 0xfff);
	chunk.tag[11] = 0x90;
	chunk.ovf = 0x90;
	CU_ASSERT_EQUAL(flow_chunk_match(&chunk, 0x90), 0x800);
	CU_ASSERT_EQUAL(flow_chunk_match_plain(&chunk, 0x90), 0x800);
}

CU_TestInfo tests_index[] = {
	{ "random insertions and removals agree with an array", random_operations },
	{ "entries whose hashes all collide are found", colliding },
	{ "overflow counters return to zero", overflow_is_taken_back },
	{ "a saturated counter costs probes, never an answer", saturation },
	{ "a search among saturated chunks ends", search_ends },
	{ "the capacity asked for always fits", capacity_fits },
	{ "comparing tags in plain C and by vectors agree", matching },
	CU_TEST_INFO_NULL,
};
