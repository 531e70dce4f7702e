/* JSON Lines in, one object at a time, by jansson: a check is no hot path. */
#include "check/record.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Every field of a flow record by its dotted path; tests/check.sh holds it against real records. */
static const char *const flow_fields[] = {
	"timestamp",
	"pcap_filename",
	"pcap_cnt",
	"src_ip",
	"src_port",
	"dest_ip",
	"dest_port",
	"proto",
	"ip_v",
	"vlan",
	"community_id",
	"app_proto",
	"flow.pkts_toserver",
	"flow.pkts_toclient",
	"flow.bytes_toserver",
	"flow.bytes_toclient",
	"flow.start",
	"flow.end",
	"flow.state",
	"flow.reason",
	"initiator_by",
	"src_role",
	"dest_role",
	"verdict",
	"alive",
	"revises",
	"documented",
	"equal_rank",
	"outcome",
	"cause",
	"grade",
	"reason.text",
	"reason.frames",
	"reason.pcap_filename",
	"filter",
	"identified.proto",
	"identified.tls",
	"identified.confidence",
	"identified.frames",
	"identified.tls_version",
	"identified.client_auth",
	"identified.sni",
	"identified.alpn",
	"identified.ms_version",
	"identified.ice_version",
	"identified.stream_type",
	"identified.payload_types.number",
	"identified.payload_types.name",
	"identified.consistent_with",
	"identified.smb_dialect",
	"identified.rpc_interface",
	"identified.rpc_ports",
	"identified.name",
	"identified.named_by",
	"evidence.code",
	"evidence.frames",
	"evidence.pcap_filename",
	"evidence.count",
	"evidence.detail",
	"control.kind",
	"control.pcap_filename",
	"control.pcap_cnt",
	"control.src_ip",
	"control.src_port",
	"control.dest_ip",
	"control.dest_port",
	"control.proto",
	"nearest.row",
	"nearest.differs",
	"nearest.text",
};

void records_begin(struct records *r, FILE *from, const char *name)
{
	*r = (struct records){ .from = from, .name = name };
}

void records_end(struct records *r)
{
	free(r->text);
	*r = (struct records){ 0 };
}

static enum record_type type_of(const char *event_type)
{
	static const char *const names[] = {
		[RECORD_CAPTURE] = "capture",
		[RECORD_FLOW] = "flow",
		[RECORD_ROW] = "row",
		[RECORD_SUMMARY] = "summary",
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (strcmp(event_type, names[i]) == 0)
			return (enum record_type)i;
	return RECORD_OTHER;
}

int records_next(struct records *r, json_t **record, enum record_type *type, struct fa_error *err)
{
	json_error_t why;
	ssize_t len;

	errno = 0;
	len = getline(&r->text, &r->cap, r->from);
	if (len < 0) {
		if (errno != 0)
			return error_set(err, FA_EIO, "%s: cannot read: %s", r->name,
					 strerror(errno));
		return 0;
	}
	r->line++;
	*record = json_loadb(r->text, (size_t)len, JSON_REJECT_DUPLICATES, &why);
	if (*record == NULL)
		return error_set(err, FA_EFORMAT, "%s:%lu:%d: not a record of an audit: %s",
				 r->name, r->line, why.column, why.text);
	if (record_text(*record, "event_type")[0] == '\0') {
		json_decref(*record);
		*record = NULL;
		return error_set(err, FA_EFORMAT,
				 "%s:%lu: not a record of an audit: it has no event_type; write "
				 "such a file with flowaudit audit -f json -o FILE",
				 r->name, r->line);
	}
	*type = type_of(record_text(*record, "event_type"));
	return 1;
}

const json_t *record_at(const json_t *record, const char *path)
{
	char key[64];

	for (;;) {
		size_t len = strcspn(path, ".");

		if (len >= sizeof(key))
			return NULL;
		memcpy(key, path, len);
		key[len] = '\0';
		record = json_object_get(record, key);
		if (record == NULL || path[len] == '\0')
			return record;
		path += len + 1;
	}
}

const char *record_text(const json_t *record, const char *path)
{
	const char *text = json_string_value(record_at(record, path));

	return text == NULL ? "" : text;
}

uint64_t record_number(const json_t *record, const char *path)
{
	json_int_t value = json_integer_value(record_at(record, path));

	return value < 0 ? 0 : (uint64_t)value;
}

const char *record_field(size_t index)
{
	return index < ARRAY_SIZE(flow_fields) ? flow_fields[index] : NULL;
}
