/* What "identified" adds of a media flow: versions, kind of stream, payload types. */
#include "report/json.h"

static const char *stream_type_name(uint64_t type)
{
	static const char *const names[] = { "", "audio", "video", "supplemental-video", "data" };

	return type < ARRAY_SIZE(names) ? names[type] : "";
}

static void payload_type(struct draft *d, unsigned number, bool first)
{
	const char *name = rtp_payload_name(number);

	draft_number(d, first ? ",\"payload_types\":[{\"number\":" : ",{\"number\":", number);
	if (name != NULL)
		draft_name(d, ",\"name\":", name);
	DRAFT_LITERAL(d, "}");
}

/* One number a kind, the two ends' payload types as a list without repetition. */
void json_media(struct json_writer *w, const struct judged *flow)
{
	struct draft *d = &w->draft;
	uint64_t shown = 0;

	for (unsigned i = 0; i < flow->clue_count; i++) {
		const struct clue *clue = &w->ledger->clues[flow->clues + i];

		switch ((enum clue_kind)clue->kind) {
		case CLUE_MS_VERSION:
			draft_number(d, ",\"ms_version\":", clue->value);
			break;
		case CLUE_ICE_VERSION:
			draft_number(d, ",\"ice_version\":", clue->value);
			break;
		case CLUE_STREAM_TYPE:
			draft_name(d, ",\"stream_type\":", stream_type_name(clue->value));
			break;
		case CLUE_PAYLOAD_TYPE:
			if (clue->value != shown)
				payload_type(d, (unsigned)clue->value - 1, shown == 0);
			shown = clue->value;
			break;
		case CLUE_ICE_SESSION:
		case CLUE_TRANSACTION:
		case CLUE_STRAY:
		case CLUE_ALTERNATE:
		case CLUE_TLS_GIVEN:
		case CLUE_TLS_USED:
		case CLUE_RPC_PORT:
		case CLUE_RPC_INTERFACE:
		case CLUE_SMB_DIALECT:
		case CLUE_COUNT:
			break;
		}
	}
	if (shown != 0)
		DRAFT_LITERAL(d, "]");
}
