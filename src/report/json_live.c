/* JSON Lines of a live run: flows as they are decided, and records of what the run itself saw. */
#include <inttypes.h>
#include <stdio.h>

#include "report/json.h"
#include "report/live.h"

static void begin(struct draft *d, struct output *out, const char *event, int64_t ns)
{
	struct time_day day = { 0 };
	char text[TIME_EVE_TEXT];

	draft_init(d, out);
	draft_name(d, "{\"event_type\":", event);
	draft_name(d, ",\"timestamp\":", time_eve_text(&day, ns, text));
}

static void finish(struct draft *d)
{
	DRAFT_LITERAL(d, "}\n");
	draft_flush(d);
}

static void seconds(struct draft *d, const char *prefix, int64_t ns)
{
	char text[64];
	int n = snprintf(text, sizeof(text), "%s%" PRId64 ".%03u", prefix, ns / NS_PER_S,
			 (unsigned)(ns % NS_PER_S / NS_PER_MS));

	draft_bytes(d, text, (size_t)n);
}

static void interfaces(struct draft *d, const struct live_stats *s)
{
	DRAFT_LITERAL(d, ",\"interfaces\":[");
	for (unsigned i = 0; i < s->interface_count; i++) {
		const struct live_interface_stats *f = &s->interfaces[i];

		draft_name(d, i == 0 ? "{\"name\":" : ",{\"name\":", f->name);
		if (f->up)
			DRAFT_LITERAL(d, ",\"up\":true");
		else
			DRAFT_LITERAL(d, ",\"up\":false");
		draft_number(d, ",\"frames\":", f->frames);
		draft_number(d, ",\"kernel_drops\":", f->kernel_drops);
		draft_number(d, ",\"interface_drops\":", f->interface_drops);
		DRAFT_LITERAL(d, "}");
	}
	DRAFT_LITERAL(d, "]");
}

void json_live_stats(struct output *out, const struct live_stats *s)
{
	struct draft d;

	begin(&d, out, "stats", s->ns);
	seconds(&d, ",\"interval_s\":", s->interval_ns);
	draft_number(&d, ",\"frames\":", s->seen->frames);
	draft_number(&d, ",\"bytes\":", s->seen->wire_bytes);
	json_counters(&d, s->seen);
	draft_number(&d, ",\"kernel_drops\":", s->seen->kernel_drops);
	draft_number(&d, ",\"interface_drops\":", s->seen->interface_drops);
	draft_number(&d, ",\"flows_live\":", s->flows_live);
	draft_number(&d, ",\"flows_ended\":", s->flows_ended);
	draft_number(&d, ",\"evictions\":", s->evictions);
	draft_number(&d, ",\"gaps\":", s->gaps);
	draft_number(&d, ",\"lost_records\":", s->lost_records);
	if (s->keeps) {
		draft_number(&d, ",\"kept\":", s->kept);
		draft_number(&d, ",\"keep_lost\":", s->keep_lost);
	}
	interfaces(&d, s);
	finish(&d);
}

void json_live_notice(struct output *out, int64_t ns, const char *code, const char *detail)
{
	struct draft d;

	begin(&d, out, "notice", ns);
	draft_name(&d, ",\"code\":", code);
	draft_name(&d, ",\"detail\":", detail);
	finish(&d);
}

void json_live_end(struct output *out, const struct ledger *ledger,
		   const struct report_options *options)
{
	struct json_writer w;

	json_init(&w, out, ledger);
	for (size_t i = 0; i < ledger->capture_count; i++)
		json_capture(&w, i);
	for (unsigned row = 0; row < policy_row_count(ledger->policy); row++)
		json_row(&w, row);
	json_summary(&w, options);
	draft_flush(&w.draft);
}

void json_live_interim(struct output *out, const struct ledger *ledger,
		       const struct report_options *options)
{
	struct report_options interim = *options;
	struct json_writer w;

	interim.interim = true;
	json_init(&w, out, ledger);
	json_summary(&w, &interim);
	draft_flush(&w.draft);
}

bool json_live_flows(struct output *out, const struct ledger *ledger, size_t *at, unsigned most)
{
	struct json_writer w;

	json_init(&w, out, ledger);
	for (; *at < ledger->flow_count && most != 0; ++*at) {
		if (!live_is_news(&ledger->flows[*at]))
			continue;
		json_flow(&w, &ledger->flows[*at]);
		most--;
	}
	draft_flush(&w.draft);
	return *at < ledger->flow_count;
}
