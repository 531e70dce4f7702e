/* The slow half of records: what is rare, and what is done once. */
#include "report/draft.h"

void token_set(struct token *token, const char *s)
{
	size_t len = strlen(s);

	FA_ASSERT(len <= sizeof(token->text));
	memcpy(token->text, s, len);
	token->len = (uint8_t)len;
}

void token_quote(struct token *token, const char *s)
{
	size_t len = strlen(s);

	FA_ASSERT(len + 2 <= sizeof(token->text));
	token->text[0] = '"';
	memcpy(token->text + 1, s, len);
	token->text[len + 1] = '"';
	token->len = (uint8_t)(len + 2);
}

/* Between quotes it stands for itself. */
static bool is_plain(const char *s, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++) {
		unsigned char c = (unsigned char)s[i];

		if (c < 0x20 || c > 0x7e || c == '"' || c == '\\')
			return false;
	}
	return true;
}

void draft_init(struct draft *d, struct output *out)
{
	d->out = out;
	d->at = d->bytes;
	d->flushes = 0;
}

void draft_flush(struct draft *d)
{
	output_bytes(d->out, d->bytes, (size_t)(d->at - d->bytes));
	d->at = d->bytes;
	d->flushes++;
}

void draft_overflow(struct draft *d, const void *bytes, size_t len)
{
	draft_flush(d);
	output_bytes(d->out, bytes, len);
}

void draft_text(struct draft *d, const char *s)
{
	size_t len = strlen(s);

	if (!is_plain(s, len)) {
		draft_flush(d);
		output_json_string(d->out, s, len);
		return;
	}
	DRAFT_LITERAL(d, "\"");
	draft_bytes(d, s, len);
	DRAFT_LITERAL(d, "\"");
}

void draft_name(struct draft *d, const char *prefix, const char *s)
{
	draft_bytes(d, prefix, strlen(prefix));
	draft_text(d, s);
}

void draft_number(struct draft *d, const char *prefix, uint64_t v)
{
	draft_bytes(d, prefix, strlen(prefix));
	d->at = digits_u64(draft_room(d), v);
}

void piece_keep(struct piece *piece, const struct draft *d, const struct draft_mark *mark)
{
	size_t len = (size_t)(d->at - mark->at);

	piece->len = 0;
	if (d->flushes != mark->flushes || len > sizeof(piece->text))
		return;
	memcpy(piece->text, mark->at, len);
	piece->len = (uint16_t)len;
}
