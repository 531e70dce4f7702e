/* The table of fuzz targets. */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "identify/protocol.h"

#define STREAM(protocol) (&(const struct fuzz_protocol){ .stream = &(protocol##_stream) })
#define DATAGRAM         (&(const struct fuzz_protocol){ .stream = NULL })

const struct fuzz_target fuzz_targets[] = {
	{ "decode", fuzz_decode, NULL },
	{ "fragment", fuzz_fragment, NULL },
	{ "stream", fuzz_stream, NULL },
	{ "table", fuzz_table, NULL },
	{ "identify_tls", fuzz_identify, STREAM(tls) },
	{ "identify_pseudo_tls", fuzz_identify, STREAM(pseudo_tls) },
	{ "identify_stun", fuzz_identify, STREAM(stun) },
	{ "identify_msturn", fuzz_identify, STREAM(msturn) },
	{ "identify_framed", fuzz_identify, STREAM(framed) },
	{ "identify_sip", fuzz_identify, STREAM(sip) },
	{ "identify_http", fuzz_identify, STREAM(http) },
	{ "identify_dcerpc", fuzz_identify, STREAM(dcerpc) },
	{ "identify_smb", fuzz_identify, STREAM(smb) },
	{ "identify_nmf", fuzz_identify, STREAM(nmf) },
	{ "identify_msnftp", fuzz_identify, STREAM(msnftp) },
	{ "identify_tds", fuzz_identify, STREAM(tds) },
	{ "identify_media", fuzz_identify, DATAGRAM },
	{ "identify_dtls", fuzz_identify, DATAGRAM },
	{ "identify_sqlr", fuzz_identify, DATAGRAM },
	{ "identify_dhcp", fuzz_identify, DATAGRAM },
	{ "pcap", fuzz_capture, NULL },
	{ "pcapng", fuzz_capture, NULL },
	{ "packed", fuzz_packed, NULL },
	{ "pack", fuzz_pack, NULL },
	{ "site", fuzz_site, NULL },
	{ "audit", fuzz_audit, NULL },
};

const size_t fuzz_target_count = ARRAY_SIZE(fuzz_targets);

const struct fuzz_target *fuzz_find(const char *name)
{
	for (size_t i = 0; i < fuzz_target_count; i++)
		if (strcmp(fuzz_targets[i].name, name) == 0)
			return &fuzz_targets[i];
	return NULL;
}

uint8_t *fuzz_exact(const void *bytes, size_t len)
{
	uint8_t *copy = malloc(len);

	FA_ASSERT(copy != NULL || len == 0);
	if (len > 0)
		memcpy(copy, bytes, len);
	return copy;
}

void fuzz_run(const struct fuzz_target *target, const uint8_t *bytes, size_t len)
{
	uint8_t *copy = fuzz_exact(bytes, len);

	target->run(target->subject, copy, len);
	free(copy);
}
