# shellcheck shell=bash disable=SC2016,SC2154
# TLS and mutual TLS with OpenSSL's s_server and s_client; sourced by record.sh.

# certificate NAME: a key and a certificate of the run's own authority
certificate() {
	openssl req -newkey rsa:2048 -nodes -subj "/O=Contoso/CN=$1" \
		-keyout "$WORK/$1.key" -out "$WORK/$1.csr" 2>/dev/null
	printf 'subjectAltName=DNS:%s\n' "$1" >"$WORK/$1.ext"
	openssl x509 -req -in "$WORK/$1.csr" -CA "$WORK/ca.pem" -CAkey "$WORK/ca.key" \
		-CAcreateserial -days 3650 -extfile "$WORK/$1.ext" -out "$WORK/$1.pem" 2>/dev/null
}

certificates() {
	[ -e "$WORK/ca.pem" ] && return 0
	openssl req -x509 -newkey rsa:2048 -nodes -days 3650 -subj "/O=Contoso/CN=Contoso CA" \
		-keyout "$WORK/ca.key" -out "$WORK/ca.pem" 2>/dev/null
	certificate fe01.contoso.example
	certificate sip.contoso.example
	certificate med01.contoso.example
	certificate sip.partner.example
}

# tls_server near|far NAME ADDRESS:PORT [options]: answers every line reversed
tls_server() {
	local end=$1 name=$2 where=$3
	shift 3
	serve "$end" openssl s_server -accept "$where" -cert "$WORK/$name.pem" \
		-key "$WORK/$name.key" -CAfile "$WORK/ca.pem" -rev "$@"
	await "$end" tcp "${where##*:}"
}

# tls_client near|far BIND CONNECT [options]: one line there and back, then close
tls_client() {
	local end=$1 from=$2 to=$3
	shift 3
	{
		sleep 0.5
		printf 'one line through the channel\n'
		sleep 0.5
	} | "$end" timeout 40 openssl s_client -quiet -no_ign_eof -bind "$from" -connect "$to" \
		-CAfile "$WORK/ca.pem" "$@" >>"$WORK/clients.log" 2>&1
	return 0
}

# with_cert NAME: s_client options that present a certificate
with_cert() { printf '%s\n' -cert "$WORK/$1.pem" -key "$WORK/$1.key"; }

case_mtls_established() {
	local f=mtls-5061-established.pcap cert
	addresses near 10.10.0.21
	addresses far 10.10.0.11
	mapfile -t cert < <(with_cert med01.contoso.example)
	tls_server far fe01.contoso.example 10.10.0.11:5061 -tls1_2 -Verify 2
	capture near $f
	tls_client near 10.10.0.21:40001 10.10.0.11:5061 -tls1_2 "${cert[@]}"
	capture_end
	truth $f tcp 10.10.0.21 40001 10.10.0.11 5061 established expected internal/server-ports/3 \
		'mediation -> front-end; TLS 1.2, certificate asked for, given and verified'
	about $f "$(versions openssl)" 'Mediation opens 5061 to the Front End. TLS 1.2, the server asks for a certificate, the client gives one and proves its key; one line each way, orderly end. `expected`, internal/server-ports/3.'
}

# A Windows Server client takes its port from 49152-65535: the port lies in the audio range too
case_mtls_windows_port() {
	local f=mtls-5061-source-in-media-range.pcap cert
	addresses near 10.10.0.21
	addresses far 10.10.0.11
	mapfile -t cert < <(with_cert med01.contoso.example)
	tls_server far fe01.contoso.example 10.10.0.11:5061 -tls1_2 -Verify 2
	capture near $f
	tls_client near 10.10.0.21:49501 10.10.0.11:5061 -tls1_2 "${cert[@]}"
	capture_end
	truth $f tcp 10.10.0.21 49501 10.10.0.11 5061 established expected internal/server-ports/3 \
		'the source port also lies in internal/server-ports/39, whose protocol this is not'
	about $f "$(versions openssl)" 'As `mtls-5061-established`, but the client port is 49501, as Windows Server would choose it: internal/server-ports/39 (audio, 49152-57500 at an internal server) fits the tuple and not the protocol. `expected`, internal/server-ports/3 first.'
}

case_tls_client() {
	local f=tls-5061-client.pcap
	addresses near 10.20.0.5
	addresses far 10.10.0.11
	tls_server far fe01.contoso.example 10.10.0.11:5061 -tls1_2
	capture near $f
	tls_client near 10.20.0.5:40005 10.10.0.11:5061 -tls1_2
	capture_end
	truth $f tcp 10.20.0.5 40005 10.10.0.11 5061 established expected internal/server-ports/3 \
		'client -> front-end; plain TLS suffices here, the row says TLS and MTLS'
	about $f "$(versions openssl)" 'Client to Front End 5061, TLS 1.2, no client certificate asked for. internal/server-ports/3 gives TLS for clients: `expected`. (internal/client-ports/6, MTLS, fits the tuple only.)'
}

case_mtls_federation() {
	local f=mtls-5061-federation-both-ways.pcapng edge partner
	addresses near 198.51.100.20
	addresses far 192.0.2.10
	mapfile -t edge < <(with_cert sip.contoso.example)
	mapfile -t partner < <(with_cert sip.partner.example)
	tls_server far sip.contoso.example 192.0.2.10:5061 -tls1_2 -Verify 2
	tls_server near sip.partner.example 198.51.100.20:5061 -tls1_2 -Verify 2
	capture far $f dumpcap
	tls_client near 198.51.100.20:40011 192.0.2.10:5061 -tls1_2 "${partner[@]}"
	tls_client far 192.0.2.10:40012 198.51.100.20:5061 -tls1_2 "${edge[@]}"
	capture_end
	truth $f tcp 198.51.100.20 40011 192.0.2.10 5061 established expected pic/firewall-summary/1 \
		'pic-partner -> edge-access, mutual TLS 1.2'
	truth $f tcp 192.0.2.10 40012 198.51.100.20 5061 established expected pic/firewall-summary/2 \
		'edge-access -> pic-partner, mutual TLS 1.2'
	about $f "$(versions openssl)" 'Two connections between a public IM partner and the Access Edge, one opened by each, both mutual TLS 1.2. `expected`, pic/firewall-summary/1 and pic/firewall-summary/2.'
}

# partner_to_edge FILE PORT "SERVER OPTIONS" "CLIENT OPTIONS": one connection on 5061
partner_to_edge() {
	local f=$1 port=$2 server client
	read -ra server <<<"$3"
	read -ra client <<<"$4"
	addresses near 198.51.100.20
	addresses far 192.0.2.10
	tls_server far sip.contoso.example 192.0.2.10:5061 "${server[@]}"
	capture near "$f"
	tls_client near "198.51.100.20:$port" 192.0.2.10:5061 "${client[@]}"
	capture_end
}

case_tls_no_request() {
	local f=tls-5061-no-client-cert.pcap
	partner_to_edge $f 40021 '-tls1_2' '-tls1_2'
	truth $f tcp 198.51.100.20 40021 192.0.2.10 5061 established mismatch pic/firewall-summary/1 \
		'the row says MTLS; the server never asks for a certificate'
	about $f "$(versions openssl)" 'Partner to Access Edge 5061, TLS 1.2; the server never asks for a client certificate. The row says MTLS: `mismatch`, pic/firewall-summary/1.'
}

case_mtls_declined() {
	local f=mtls-5061-declined.pcap
	partner_to_edge $f 40031 '-tls1_2 -verify 2' '-tls1_2'
	truth $f tcp 198.51.100.20 40031 192.0.2.10 5061 established mismatch pic/firewall-summary/1 \
		'certificate asked for, empty list given, accepted'
	about $f "$(versions openssl)" 'Partner to Access Edge 5061, TLS 1.2; the server asks for a certificate and the client sends an empty certificate list, which the server accepts. `mismatch`, pic/firewall-summary/1.'
}

case_mtls_required() {
	local f=mtls-5061-required-alert.pcap
	partner_to_edge $f 40041 '-tls1_2 -Verify 2' '-tls1_2'
	truth $f tcp 198.51.100.20 40041 192.0.2.10 5061 aborted blocked pic/firewall-summary/1 \
		'cause application: alert 40 in clear after an empty certificate list'
	about $f "$(versions openssl)" 'Partner to Access Edge 5061, TLS 1.2; the server insists on a certificate: empty certificate list, then a clear-text alert 40 (handshake_failure) from the server and the end. `aborted`, `blocked`, cause application, pic/firewall-summary/1.'
}

case_tls13_mtls() {
	local f=tls13-5061-mtls-hidden.pcap
	partner_to_edge $f 40051 '-tls1_3 -Verify 2' \
		"-tls1_3 -cert $WORK/sip.partner.example.pem -key $WORK/sip.partner.example.key"
	truth $f tcp 198.51.100.20 40051 192.0.2.10 5061 established expected pic/firewall-summary/1 \
		'mutual TLS 1.3: both certificates exist, neither is visible (mtls_hidden)'
	about $f "$(versions openssl)" 'Partner to Access Edge 5061, mutual TLS 1.3: certificates were exchanged both ways and none is visible. `expected` with evidence `mtls_hidden`, pic/firewall-summary/1.'
}

case_tls_resumed() {
	local f=mtls-5061-resumed.pcap cert
	addresses near 198.51.100.20
	addresses far 192.0.2.10
	mapfile -t cert < <(with_cert sip.partner.example)
	tls_server far sip.contoso.example 192.0.2.10:5061 -tls1_2 -Verify 2
	capture near $f
	tls_client near 198.51.100.20:40061 192.0.2.10:5061 -tls1_2 "${cert[@]}" \
		-sess_out "$WORK/session"
	tls_client near 198.51.100.20:40062 192.0.2.10:5061 -tls1_2 "${cert[@]}" \
		-sess_in "$WORK/session"
	capture_end
	truth $f tcp 198.51.100.20 40061 192.0.2.10 5061 established expected pic/firewall-summary/1 \
		'full mutual handshake'
	truth $f tcp 198.51.100.20 40062 192.0.2.10 5061 established expected pic/firewall-summary/1 \
		'the same session resumed: no certificate message at all (mtls_hidden)'
	about $f "$(versions openssl)" 'Partner to Access Edge 5061: a full mutual TLS 1.2 handshake, then the same session resumed on a second connection, which carries no certificate message. Both `expected`, pic/firewall-summary/1, the second with `mtls_hidden`.'
}

# The 8057 of the table with a finger slip
case_tls_8059() {
	local f=tls-8059-undocumented.pcap
	addresses near 10.20.0.5
	addresses far 10.10.0.11
	tls_server far fe01.contoso.example 10.10.0.11:8059 -tls1_2
	tls_server far fe01.contoso.example 10.10.0.11:8057 -tls1_2
	capture near $f
	tls_client near 10.20.0.5:40071 10.10.0.11:8059 -tls1_2
	tls_client near 10.20.0.5:40072 10.10.0.11:8057 -tls1_2
	capture_end
	truth $f tcp 10.20.0.5 40071 10.10.0.11 8059 established unexpected - \
		'nearest internal/server-ports/7, dport 8059 for 8057'
	truth $f tcp 10.20.0.5 40072 10.10.0.11 8057 established expected internal/server-ports/7 \
		'TLS without ALPN, consistent with PSOM'
	about $f "$(versions openssl)" 'Client to Front End, TLS 1.2 without ALPN, on 8059 (`unexpected`, nearest internal/server-ports/7: 8057) and on 8057 (`expected`, internal/server-ports/7).'
}
