/* Evidence in plain sentences.  What a packet carried reaches the text as numbers only. */
#include "judge/ledger.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char *icmp_phrase(uint32_t version, uint32_t type, uint32_t code)
{
	static const char *const v4[] = {
		"network unreachable",
		"host unreachable",
		"protocol unreachable",
		"port unreachable",
		"fragmentation needed",
		"source route failed",
		"network unknown",
		"host unknown",
		"source host isolated",
		"network administratively prohibited",
		"host administratively prohibited",
		"network unreachable for this service type",
		"host unreachable for this service type",
		"communication administratively prohibited",
		"host precedence violation",
		"precedence cutoff",
	};
	static const char *const v6[] = {
		"no route",
		"communication administratively prohibited",
		"beyond scope of the source address",
		"address unreachable",
		"port unreachable",
		"source address failed policy",
		"route rejected",
		"error in source routing header",
	};

	if (version == 4 && type == 3 && code < ARRAY_SIZE(v4))
		return v4[code];
	if (version == 6 && type == 1 && code < ARRAY_SIZE(v6))
		return v6[code];
	if ((version == 4 && type == 11) || (version == 6 && type == 3))
		return "time exceeded";
	if (version == 6 && type == 2)
		return "packet too big";
	return "undeliverable";
}

static void icmp_text(const struct evidence *e, char *buf, size_t size)
{
	char from[ADDRESS_TEXT], times[32] = "";

	if (e->count > 1)
		snprintf(times, sizeof(times), " %u times", e->count);
	snprintf(buf, size, "%s answered%s: %s (ICMP%s %u/%u)", address_text(&e->from, from), times,
		 icmp_phrase(e->value2, e->value >> 8, e->value & 0xff), e->value2 == 6 ? "v6" : "",
		 e->value >> 8, e->value & 0xff);
}

/* "3.0 s", "320 ms" */
static void span_text(uint32_t ms, char *buf, size_t size)
{
	if (ms >= 1000)
		snprintf(buf, size, "%.1f s", ms / 1000.0);
	else
		snprintf(buf, size, "%u ms", ms);
}

/* Codes whose sentence needs no numbers. */
static const char *fixed_text(enum evidence_code code)
{
	static const char *const text[EVIDENCE_COUNT] = {
		[EVIDENCE_PROTOCOL_UNVERIFIED] = "no payload showed the protocol",
		[EVIDENCE_PROTOCOL_WEAK] = "the packets look like RTP, as others do, and nothing "
					   "proves it: too little for a row of so many ports",
		[EVIDENCE_ANSWER_FOREIGN] = "one end speaks the documented protocol, and the other "
					    "answered with bytes of another",
		[EVIDENCE_PEER_UNVERIFIED] = "the table names no peer for this row",
		[EVIDENCE_MTLS_PROVEN] = "the client sent a certificate and proof of its key, and "
					 "the server went on",
		[EVIDENCE_MTLS_CLAIMED] =
			"the client sent a certificate; the server's answer was not captured",
		[EVIDENCE_MTLS_UNSEEN] =
			"the handshake was not captured far enough to see client certificates",
		[EVIDENCE_MTLS_NOT_REQUESTED] =
			"the server never asked for a client certificate: TLS, not mutual TLS",
		[EVIDENCE_MTLS_DECLINED] = "the server asked for a client certificate and got an "
					   "empty one: TLS, not mutual TLS",
		[EVIDENCE_ALPN_FOREIGN] =
			"the TLS handshake negotiates HTTP (ALPN), which this row does not carry",
		[EVIDENCE_SCTP_ABORT] = "the first chunk was answered by an ABORT",
		[EVIDENCE_SYN_MISANSWERED] = "the host answered the SYN with what belongs to "
					     "another connection of these ports",
		[EVIDENCE_RST_AFTER_HANDSHAKE] =
			"the responder reset the connection before any data",
		[EVIDENCE_RST_AFTER_CLIENT_HELLO] =
			"the connection was reset after the TLS ClientHello",
		[EVIDENCE_RST_AFTER_REQUEST] = "the connection was reset after the first request",
		[EVIDENCE_RST_BOTH_WAYS] = "both ends were reset at once, each in the other's "
					   "name: a box between sent both",
		[EVIDENCE_DHCP_NAK] = "the server refused: DHCPNAK",
		[EVIDENCE_NMF_FAULT] = "the server refused with a .NET framing fault",
		[EVIDENCE_TWIN_ANSWERED] = "another capture holds the responder's answer, which "
					   "never came to this one",
		[EVIDENCE_TWIN_MISSING] = "another capture that holds other packets of these two "
					  "hosts at that time does not hold this attempt",
		[EVIDENCE_INITIATOR_RESET] = "the initiator itself reset the connection",
		[EVIDENCE_SINGLE_DIRECTION] = "only one end's packets are in the capture; an "
					      "answer could not have been seen",
		[EVIDENCE_ANSWER_NOT_CAPTURED] = "the initiator went on as if answered: the "
						 "capture holds one direction only",
		[EVIDENCE_GROUP_DESTINATION] = "sent to a multicast or broadcast address: nobody "
					       "in particular had to answer",
		[EVIDENCE_SILENCE_IS_NORMAL] =
			"no answer is normal for this protocol and proves nothing",
		[EVIDENCE_MIDSTREAM] = "the connection was already open when the capture began",
		[EVIDENCE_INITIATOR_UNKNOWN] =
			"who opened it was not seen, and that decides which row documents it",
		[EVIDENCE_GAP] = "bytes of this flow are missing from the capture",
		[EVIDENCE_SNAPLEN] = "its packets were cut when captured",
		[EVIDENCE_EVICTED] =
			"the flow table was full; what came later is not in this record",
	};

	return text[code];
}

static void tls_cut_text(const struct evidence *e, char *buf, size_t size)
{
	if (e->value2 == 1)
		snprintf(buf, size,
			 "the initiator ended the connection before the TLS handshake "
			 "was finished");
	else if (e->value2 == 2)
		snprintf(buf, size,
			 "the initiator did not go on with the TLS handshake, and the "
			 "responder ended the connection");
	else
		snprintf(buf, size,
			 "the responder ended the connection before the TLS handshake "
			 "was finished");
}

static void counted_text(const struct evidence *e, char *buf, size_t size)
{
	char span[32];

	span_text(e->value, span, sizeof(span));
	if (e->code == EVIDENCE_SYN_UNANSWERED && e->count == 1)
		snprintf(buf, size, "one SYN, never answered");
	else if (e->code == EVIDENCE_SYN_UNANSWERED)
		snprintf(buf, size, "%u SYNs over %s, none answered", e->count, span);
	else if (e->code == EVIDENCE_STUN_UNANSWERED && e->value2 != 0)
		snprintf(buf, size, "the pseudo-TLS hello was never answered");
	else if (e->code == EVIDENCE_STUN_UNANSWERED && e->value == 1 && e->count > 1)
		snprintf(buf, size, "a STUN request sent %u times, never answered", e->count);
	else
		snprintf(buf, size, "%u %s%s, none answered", e->count,
			 e->code == EVIDENCE_STUN_UNANSWERED ? "STUN request"
			 : e->value != 0                     ? "empty datagram"
							     : "datagram",
			 e->count == 1 ? "" : "s");
}

/* What a refusal of a relay is about (facts/protocols.md 5e); "" for a code not in its table. */
static const char *stun_error_meaning(uint32_t code)
{
	switch (code) {
	case 274:
	case 275:
		return " (bandwidth policy)";
	case 403:
		return " (policy: forbidden)";
	case 400:
	case 420:
	case 440:
	case 442:
	case 443:
		return " (protocol: not supported)";
	case 430:
	case 431:
	case 432:
	case 434:
	case 435:
	case 436:
	case 441:
		return " (credentials)";
	case 437:
		return " (allocation mismatch)";
	case 500:
		return " (server error)";
	case 486:
	case 507:
	case 508:
		return " (capacity)";
	default:
		return "";
	}
}

static void found_text(const struct evidence *e, char *buf, size_t size)
{
	if (e->value == APP_NONE)
		snprintf(buf, size, "its first bytes are not of the documented protocol");
	else
		snprintf(buf, size, "it speaks %s, not the documented protocol",
			 app_name((enum app)e->value));
}

/* " (access denied)" behind the statuses that a reader is most likely to meet. */
static const char *status_words(uint32_t status)
{
	switch (status) {
	case 0x5:        /* nca_s_fault_access_denied */
	case 0xc0000022: /* MS-ERREF 2.3.1 */
		return " (access denied)";
	case 0xc000006d:
		return " (logon failure)";
	default:
		return "";
	}
}

static const char *lacking(enum fitness_code code)
{
	static const char *const texts[] = {
		[FITNESS_TRUNCATED_FILE] = "its file ends in the middle of a packet",
		[FITNESS_DAMAGED_FILE] = "part of its file cannot be read",
		[FITNESS_DROPS] = "the capturing host lost packets",
		[FITNESS_GAPS] = "bytes that were acknowledged are not in it",
		[FITNESS_SNAPLEN] = "its packets are cut",
		[FITNESS_ONE_DIRECTION] = "it shows one direction only",
		[FITNESS_MIDSTREAM] = "it begins in the middle of connections",
		[FITNESS_FILTERED] = "a filter may have left the answer out",
		[FITNESS_UNDECODED] = "some of its frames could not be followed",
		[FITNESS_FRAGMENTS] = "pieces of datagrams are missing",
		[FITNESS_CLOCK] = "its times run backwards",
		[FITNESS_NO_TIME] = "packets have no time",
		[FITNESS_EVICTED] = "the flow table was too small",
		[FITNESS_DUPLICATES] = "packets are in it twice",
		[FITNESS_CHECKSUMS] = "checksums are wrong",
		[FITNESS_SITE_ABSENT] = "no address of the site is in it",
		[FITNESS_NAT_BOTH_SIDES] =
			"the same connection is in it under documented addresses",
	};

	return code < ARRAY_SIZE(texts) && texts[code] != NULL ? texts[code] : "it is limited";
}

/* What an application, or what stands in its place, refused with.  False: the code is none of theirs. */
static bool refusal_text(const struct evidence *e, char *buf, size_t size)
{
	switch (e->code) {
	case EVIDENCE_PROXY_ANSWER:
		snprintf(buf, size, "a proxy answered in the server's place: HTTP status %u",
			 e->value);
		return true;
	case EVIDENCE_HTTP_TO_TLS:
		snprintf(buf, size, "the TLS hello was answered in clear HTTP%s",
			 e->value2 ? ": a proxy or portal stands between" : "");
		return true;
	case EVIDENCE_PSEUDO_TLS_INTERCEPTED:
		snprintf(buf, size,
			 "the pseudo-TLS hello was answered with %s, which no relay does: "
			 "something else stands in its place, as a proxy that inspects TLS would",
			 e->value2 != 0         ? "a reset"
			 : e->value == APP_NONE ? "other bytes"
						: app_name((enum app)e->value));
		return true;
	case EVIDENCE_RPC_REFUSED:
		snprintf(buf, size, "the server refused: DCE/RPC status 0x%x%s", e->value,
			 status_words(e->value));
		return true;
	case EVIDENCE_SMB_STATUS:
		snprintf(buf, size, "the server refused: NT status 0x%08x%s", e->value,
			 status_words(e->value));
		return true;
	case EVIDENCE_TLS_ALERT:
		snprintf(buf, size, "the %s ended the handshake: TLS alert %s (%u)",
			 e->value2 ? "client" : "server", tls_alert_name((uint8_t)e->value),
			 e->value);
		return true;
	case EVIDENCE_STUN_ERROR:
		snprintf(buf, size, "the server refused: STUN error %u%s", e->value,
			 stun_error_meaning(e->value));
		return true;
	case EVIDENCE_SIP_STATUS:
		snprintf(buf, size, "the server refused: SIP status %u%s", e->value,
			 e->value == 504 ? ", its next hop did not answer: a fault of another leg"
					 : "");
		return true;
	case EVIDENCE_HTTP_STATUS:
		snprintf(buf, size, "the server refused: HTTP status %u", e->value);
		return true;
	default:
		return false;
	}
}

void evidence_text(const struct evidence *e, char *buf, size_t size)
{
	const char *fixed = fixed_text((enum evidence_code)e->code);
	char text[ADDRESS_TEXT];

	if (fixed != NULL) {
		snprintf(buf, size, "%s", fixed);
		return;
	}
	if (refusal_text(e, buf, size))
		return;
	switch (e->code) {
	case EVIDENCE_PROTOCOL_CONTRADICTED:
		found_text(e, buf, size);
		break;
	case EVIDENCE_MTLS_HIDDEN:
		snprintf(buf, size, "client certificates are hidden here (%s)",
			 e->value == CLIENT_AUTH_HIDDEN_TLS13          ? "TLS 1.3"
			 : e->value == CLIENT_AUTH_HIDDEN_RENEGOTIATED ? "renegotiation"
								       : "resumed session");
		break;
	case EVIDENCE_TCP_RST_SYN:
		snprintf(buf, size, "the SYN was answered by a reset (TTL %u)", e->value);
		break;
	case EVIDENCE_RST_FOREIGN_TTL:
		snprintf(buf, size,
			 "the reset came with TTL %u, other packets of that host with %u: a box "
			 "between sent it",
			 e->value, e->value2);
		break;
	case EVIDENCE_RST_FOREIGN_ID:
		snprintf(
			buf, size,
			"the reset came with IP identification %u, the host's own packets count on "
			"from %u: a box between sent it",
			e->value, e->value2);
		break;
	case EVIDENCE_MTLS_INHERITED:
		snprintf(
			buf, size,
			"the session was resumed; the full handshake it came from shows the client "
			"certificate %s",
			client_auth_name((enum client_auth)e->value));
		break;
	case EVIDENCE_RPC_MAPPED:
		snprintf(buf, size, "the endpoint mapper of %s gave out port %u",
			 address_text(&e->from, text), e->value);
		break;
	case EVIDENCE_ICE_SESSION_WORKS:
		snprintf(buf, size,
			 "%u other candidate pair%s of this media session worked: that this one "
			 "did not is normal",
			 e->value, e->value == 1 ? "" : "s");
		break;
	case EVIDENCE_ICE_SESSION_FAILED:
		if (e->value == 1) {
			snprintf(buf, size,
				 "the only candidate pair of this media session that was tried "
				 "did not answer (%u requests)",
				 e->value2);
			break;
		}
		snprintf(buf, size,
			 "none of the %u candidate pairs of this media session that were tried "
			 "answered (%u requests)",
			 e->value, e->value2);
		break;
	case EVIDENCE_DATA_UNACKNOWLEDGED:
		snprintf(buf, size,
			 "the connection opened, then its first data was sent %u times and never "
			 "acknowledged",
			 e->count);
		break;
	case EVIDENCE_TLS_CUT_SHORT:
		tls_cut_text(e, buf, size);
		break;
	case EVIDENCE_TLS_END_HIDDEN:
		snprintf(buf, size,
			 "the responder ended the connection behind the client's TLS handshake%s: "
			 "TLS 1.3 hides whether it refused the client",
			 e->value != 0 ? ", with one record of the size of an alert" : "");
		break;
	case EVIDENCE_CLOSED_UNANSWERED:
		snprintf(buf, size, "%s",
			 e->value == 0 ? "the responder closed the connection after the first "
					 "request without a byte of answer"
				       : "the initiator asked, got no byte of answer and closed "
					 "the connection");
		break;
	case EVIDENCE_SYNACK_UNHEARD:
		if (e->value2 == 0) {
			snprintf(buf, size,
				 "the responder answered the SYN, and the initiator never "
				 "acknowledged it");
			break;
		}
		span_text(e->value, text, sizeof(text));
		snprintf(buf, size,
			 "the responder answered, yet the initiator sent its SYN %u times over %s: "
			 "the answer is lost between the capture and it",
			 e->count, text);
		break;
	case EVIDENCE_ICMP_ADMIN_PROHIBITED:
	case EVIDENCE_ICMP_PORT_UNREACHABLE:
	case EVIDENCE_ICMP_UNREACHABLE:
	case EVIDENCE_ICMP_OTHER:
		icmp_text(e, buf, size);
		break;
	case EVIDENCE_SYN_UNANSWERED:
	case EVIDENCE_UDP_UNANSWERED:
	case EVIDENCE_STUN_UNANSWERED:
		counted_text(e, buf, size);
		break;
	case EVIDENCE_CAPTURE_ENDS_SOON:
		span_text(e->value, text, sizeof(text));
		snprintf(buf, size,
			 "the capture ends %s after the first try: too soon to judge silence",
			 text);
		break;
	case EVIDENCE_ANSWERED_ELSEWHERE:
		snprintf(buf, size,
			 e->value == 0 ? "the answer came from %s" : "it answers what %s was asked",
			 address_text(&e->from, text));
		break;
	case EVIDENCE_FITNESS:
		snprintf(buf, size, "the capture cannot carry this verdict: %s (%s)",
			 lacking((enum fitness_code)e->value),
			 fitness_name((enum fitness_code)e->value));
		break;
	default:
		snprintf(buf, size, "%s", evidence_name((enum evidence_code)e->code));
		break;
	}
}

void ledger_nearest_text(const struct ledger *ledger, const struct judged *flow, char *buf,
			 size_t size)
{
	struct nearest nearest = {
		.row = flow->nearest,
		.differs = flow->nearest_differs,
		.reversed = flow->nearest_reversed,
	};
	struct tuple tuple;
	char found[80];

	buf[0] = '\0';
	if (flow->nearest < 0)
		return;
	ledger_tuple(flow, &tuple);
	ledger_protocol_text(flow, found, sizeof(found));
	policy_nearest_text(ledger->policy, &tuple, &nearest, found, buf, size);
}

/* Upper-case initials, as people write them. */
static const char *app_title(enum app app)
{
	static const char *const titles[] = {
		[APP_NONE] = "unknown",
		[APP_TLS] = "TLS",
		[APP_PSEUDO_TLS] = "pseudo-TLS",
		[APP_DTLS] = "DTLS",
		[APP_STUN] = "STUN",
		[APP_TURN] = "TURN",
		[APP_MSTURN] = "MSTURN",
		[APP_RTP] = "RTP",
		[APP_RTCP] = "RTCP",
		[APP_SIP] = "SIP",
		[APP_HTTP] = "HTTP",
		[APP_DCERPC] = "DCE/RPC",
		[APP_SMB] = "SMB",
		[APP_SQLR] = "SQL Browser",
		[APP_DHCP] = "DHCP",
		[APP_NMF] = ".NET framing",
		[APP_MSNFTP] = "MSN file transfer",
		[APP_TDS] = "TDS",
	};
	static_assert(ARRAY_SIZE(titles) == APP_COUNT, "a title for each protocol");

	return titles[app];
}

void ledger_protocol_text(const struct judged *flow, char *buf, size_t size)
{
	const char *weak = flow->confidence == CONFIDENCE_WEAK ? " (weak)" : "";
	const char *mutual = flow->client_auth == CLIENT_AUTH_PROVEN ? "mutual " : "";

	if (flow->app == APP_NONE)
		snprintf(buf, size, "%s", flow->examined ? "unknown protocol" : "no payload");
	else if (flow->app == APP_TLS && flow->tls_version >= 0x0301 && flow->tls_version <= 0x0304)
		snprintf(buf, size, "%sTLS 1.%u%s", mutual, flow->tls_version - 0x0301u, weak);
	else
		snprintf(buf, size, "%s%s", app_title((enum app)flow->app), weak);
}

enum application ledger_hidden_application(const struct ledger *ledger, const struct judged *flow)
{
	const struct row *row = ledger_best_row(ledger, flow);

	if (row == NULL || flow->app != APP_TLS || flow->fit != FIT_CONSISTENT)
		return APPLICATION_UNSPECIFIED;
	for (unsigned i = 1; i < row->protocol_count; i++)
		if (row->protocols[i].app != row->protocols[0].app)
			return APPLICATION_UNSPECIFIED;
	return row->protocols[0].app;
}
