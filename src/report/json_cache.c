/* Texts that one record has in common with the next: kept until another takes their slot. */
#include "report/json.h"

static void init_words(struct json_words *words)
{
	unsigned i;

	for (i = 0; i < VERDICT_COUNT; i++)
		token_quote(&words->verdict[i], verdict_name((enum verdict)i));
	for (i = 0; i < OUTCOME_COUNT; i++)
		token_quote(&words->outcome[i], outcome_name((enum outcome)i));
	for (i = 0; i < CAUSE_COUNT; i++)
		token_quote(&words->cause[i], cause_name((enum cause)i));
	for (i = 0; i < GRADE_COUNT; i++)
		token_quote(&words->grade[i], grade_name((enum grade)i));
	for (i = 0; i < INITIATOR_COUNT; i++)
		token_quote(&words->initiator_by[i], initiator_by_name((enum initiator_by)i));
	for (i = 0; i < APP_COUNT; i++)
		token_quote(&words->app[i], i == APP_NONE ? "unknown" : app_name((enum app)i));
	for (i = 0; i <= FIT_STRONG; i++)
		token_quote(&words->fit[i], protocol_fit_name((enum protocol_fit)i));
	for (i = 0; i < EVIDENCE_COUNT; i++)
		token_quote(&words->evidence[i], evidence_name((enum evidence_code)i));
	for (i = 0; i < ARRAY_SIZE(words->octets); i++)
		words->octets[i].len =
			(uint8_t)(digits_short(words->octets[i].text, i) - words->octets[i].text);
}

void json_init(struct json_writer *w, struct output *out, const struct ledger *ledger)
{
	memset(w, 0, sizeof(*w));
	draft_init(&w->draft, out);
	w->ledger = ledger;
	init_words(&w->words);
}

/* Spread, not keyed: whoever makes it collide makes us write a text anew, as without a cache. */
static unsigned slot_of(const void *bytes, unsigned slots)
{
	uint64_t word[2];

	memcpy(word, bytes, sizeof(word));
	return (unsigned)((word[0] * 31 ^ word[1]) * UINT64_C(0x9e3779b97f4a7c15) >> 40) % slots;
}

static void address(const struct json_words *words, struct token *token, const struct address *addr)
{
	char text[ADDRESS_TEXT], *to = token->text;
	unsigned i;

	if (!address_is_v4(addr)) {
		token_set(token, address_text(addr, text));
		return;
	}
	for (i = 12; i < 16; i++) {
		memcpy(to, &words->octets[addr->b[i]], sizeof(words->octets[0]));
		to += words->octets[addr->b[i]].len;
		*to++ = '.';
	}
	token->len = (uint8_t)(to - 1 - token->text);
}

const struct json_host *json_host(struct json_writer *w, unsigned side, const struct address *addr)
{
	struct json_host *host = &w->cache.hosts[side][slot_of(addr, JSON_HOSTS)];
	const struct policy *policy = w->ledger->policy;

	if (host->used && address_compare(&host->addr, addr) == 0)
		return host;
	host->used = true;
	host->addr = *addr;
	address(&w->words, &host->text, addr);
	if (policy_site_name(policy) != NULL)
		policy_roles_of(policy, addr, &host->roles);
	return host;
}

static void write_roles(struct json_writer *w, const struct role_set *set)
{
	const char *prefix = "";
	unsigned i;

	DRAFT_LITERAL(&w->draft, "[");
	for (i = 0; i < ARRAY_SIZE(set->bits); i++)
		for (uint64_t bits = set->bits[i]; bits != 0; bits &= bits - 1) {
			unsigned role = 64 * i + (unsigned)__builtin_ctzll(bits);

			draft_name(&w->draft, prefix, policy_role_name(w->ledger->policy, role));
			prefix = ",";
		}
	DRAFT_LITERAL(&w->draft, "]");
}

void json_roles(struct json_writer *w, const struct json_host *host)
{
	unsigned slot = slot_of(host->roles.bits, JSON_ROLES);
	struct piece *text = &w->cache.roles[slot].text;
	struct draft_mark mark;

	if (text->len != 0 &&
	    memcmp(&w->cache.roles[slot].set, &host->roles, sizeof(host->roles)) == 0) {
		piece_write(text, &w->draft);
		return;
	}
	mark = draft_mark(&w->draft);
	write_roles(w, &host->roles);
	w->cache.roles[slot].set = host->roles;
	piece_keep(text, &w->draft, &mark);
}

static void write_rows(struct json_writer *w, const struct judged *flow)
{
	unsigned i;

	DRAFT_LITERAL(&w->draft, "[");
	for (i = 0; i < flow->row_count; i++)
		draft_name(&w->draft, i == 0 ? "" : ",",
			   policy_row(w->ledger->policy, w->ledger->rows[flow->rows + i])->id);
	DRAFT_LITERAL(&w->draft, "]");
}

void json_rows(struct json_writer *w, const struct judged *flow)
{
	unsigned count = flow->row_count, slot;
	struct draft_mark mark;
	const uint32_t *rows;

	if (count == 0 || count > JSON_ROWS) {
		write_rows(w, flow);
		return;
	}
	rows = &w->ledger->rows[flow->rows];
	slot = (rows[0] + count) % JSON_LISTS;
	if (w->cache.lists[slot].text.len != 0 && w->cache.lists[slot].count == count &&
	    memcmp(w->cache.lists[slot].rows, rows, count * sizeof(*rows)) == 0) {
		piece_write(&w->cache.lists[slot].text, &w->draft);
		return;
	}
	mark = draft_mark(&w->draft);
	write_rows(w, flow);
	w->cache.lists[slot].count = count;
	memcpy(w->cache.lists[slot].rows, rows, count * sizeof(*rows));
	piece_keep(&w->cache.lists[slot].text, &w->draft, &mark);
}

void json_detail(struct json_writer *w, const struct evidence *e)
{
	struct json_detail *kept = &w->cache.details[e->code];
	struct draft_mark mark;
	char sentence[256];

	if (kept->text.len != 0 && kept->count == e->count && kept->value == e->value &&
	    kept->value2 == e->value2 && address_compare(&kept->from, &e->from) == 0) {
		piece_write(&kept->text, &w->draft);
		return;
	}
	evidence_text(e, sentence, sizeof(sentence));
	mark = draft_mark(&w->draft);
	draft_text(&w->draft, sentence);
	kept->count = e->count;
	kept->value = e->value;
	kept->value2 = e->value2;
	kept->from = e->from;
	piece_keep(&kept->text, &w->draft, &mark);
}

void json_input(struct json_writer *w, uint32_t input)
{
	struct piece *text = &w->cache.capture;
	struct draft_mark mark;

	if (text->len != 0 && w->cache.capture_of == input) {
		piece_write(text, &w->draft);
		return;
	}
	mark = draft_mark(&w->draft);
	draft_text(&w->draft, w->ledger->captures[input].name);
	w->cache.capture_of = input;
	piece_keep(text, &w->draft, &mark);
}
