/* What "identified" adds of a media flow: versions, kind of stream, payload types. */
#include "report/json.h"

static const char *stream_type_name(uint64_t type)
{
	static const char *const names[] = { "", "audio", "video", "supplemental-video", "data" };

	return type < ARRAY_SIZE(names) ? names[type] : "";
}

static void payload_type(struct output *out, unsigned number, bool first)
{
	const char *name = rtp_payload_name(number);

	if (first)
		JSON_LITERAL(out, ",\"payload_types\":[{\"number\":");
	else
		JSON_LITERAL(out, ",{\"number\":");
	output_u64(out, number);
	if (name != NULL)
		json_name(out, ",\"name\":", name);
	JSON_LITERAL(out, "}");
}

/* One number a kind, the two ends' payload types as a list without repetition. */
void json_media(struct json_writer *w, const struct judged *flow)
{
	struct output *out = w->out;
	uint64_t shown = 0;

	for (unsigned i = 0; i < flow->clue_count; i++) {
		const struct clue *clue = &w->ledger->clues[flow->clues + i];

		switch ((enum clue_kind)clue->kind) {
		case CLUE_MS_VERSION:
			JSON_LITERAL(out, ",\"ms_version\":");
			output_u64(out, clue->value);
			break;
		case CLUE_ICE_VERSION:
			JSON_LITERAL(out, ",\"ice_version\":");
			output_u64(out, clue->value);
			break;
		case CLUE_STREAM_TYPE:
			json_name(out, ",\"stream_type\":", stream_type_name(clue->value));
			break;
		case CLUE_PAYLOAD_TYPE:
			if (clue->value != shown)
				payload_type(out, (unsigned)clue->value - 1, shown == 0);
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
		JSON_LITERAL(out, "]");
}
