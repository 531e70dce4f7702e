# shellcheck shell=bash disable=SC2016,SC2154
# Scans, opaque bytes, captures that saw half; sourced by record.sh.

CLOSED_PORTS="21 22 23 25 53 80 110 111 139 143 993 995 1433 1723 3306 3389 5432 5900 6379 8443"
FILTERED_PORTS="1025 1026 1027 1028 1029 1030 1031 1032 1033 1034 1035 1036 1037 1038 1039 1040 1041 1042 1043 1044"

# probe PORT...: one SYN each from near to the Access Edge, given up within the second
probe() {
	local port
	for port in "$@"; do
		near timeout 0.6 bash -c ": </dev/tcp/192.0.2.10/$port" 2>/dev/null &
		sleep 0.05
	done
	sleep 1
}

case_scan() {
	local f=scan-40-ports.pcapng cert port
	addresses near 203.0.113.66 198.51.100.20
	addresses far 192.0.2.10
	mapfile -t cert < <(with_cert sip.partner.example)
	tls_server far sip.contoso.example 192.0.2.10:5061 -tls1_2 -Verify 2
	reject 'tcp dport 1025-1044 drop'
	capture near $f dumpcap
	# shellcheck disable=SC2086
	probe $CLOSED_PORTS $FILTERED_PORTS
	sleep 26
	tls_client near 198.51.100.20:40401 192.0.2.10:5061 -tls1_2 "${cert[@]}"
	capture_end
	for port in $CLOSED_PORTS; do
		truth $f tcp 203.0.113.66 '*' 192.0.2.10 "$port" refused rejected - 'closed port, reset by the host'
	done
	for port in $FILTERED_PORTS; do
		truth $f tcp 203.0.113.66 '*' 192.0.2.10 "$port" no_reply rejected - 'one SYN, dropped by nftables'
	done
	truth $f tcp 198.51.100.20 40401 192.0.2.10 5061 established expected pic/firewall-summary/1 \
		'a partner, 26 s after the scan'
	about $f "$(versions bash openssl nft)" 'One outside address sends one SYN to each of 40 ports of the Access Edge: 20 are reset by the host, 20 dropped by nftables. All `rejected` (folded). A partner'"'"'s mutual TLS at the end, 26 s later, is `expected`, pic/firewall-summary/1.'
}

# opaque FROM TO:PORT: raw PCM samples through TCP, one way, by FFmpeg
opaque() {
	serve far ffmpeg -hide_banner -loglevel error -nostdin -f s16le -ar 8000 \
		-i "tcp://$2?listen=1" -f null -
	await far tcp "${2##*:}"
	ip -n "$NEAR" route change default via "$NEAR_GW" src "$1"
	near timeout 10 ffmpeg -hide_banner -loglevel error -nostdin -f lavfi \
		-i 'sine=frequency=440:sample_rate=8000:duration=0.2' -f s16le "tcp://$2" \
		>>"$WORK/clients.log" 2>&1
}

case_opaque() {
	local f=opaque-bytes-7777.pcap
	addresses near 203.0.113.66 10.20.0.5
	addresses far 192.0.2.10 10.10.0.11
	capture far $f
	opaque 203.0.113.66 192.0.2.10:7777
	opaque 10.20.0.5 10.10.0.11:7777
	capture_end
	truth $f tcp 203.0.113.66 '*' 192.0.2.10 7777 established unexpected - \
		'an address of no role, no row near'
	truth $f tcp 10.20.0.5 '*' 10.10.0.11 7777 established unexpected - \
		'only rows of 1024-65535 at the client would cover it (internal/client-ports/8, 9, 11), and its first bytes are no media: against a wide row'
	about $f "$(versions ffmpeg)" 'Raw PCM samples over TCP 7777. From an address of no role to the Access Edge: `unexpected`. From a client to the Front End: only rows of 1024-65535 would cover it, and its first bytes are no media: `unexpected`.'
}

case_mtls_midstream() {
	local f=mtls-5061-midstream.pcap cert first
	addresses near 10.10.0.21
	addresses far 10.10.0.11
	mapfile -t cert < <(with_cert med01.contoso.example)
	tls_server far fe01.contoso.example 10.10.0.11:5061 -tls1_2 -Verify 2
	capture near $f
	tls_client near 10.10.0.21:40411 10.10.0.11:5061 -tls1_2 "${cert[@]}"
	capture_end
	first=$(tshark -r "$OUT/$f" -Y tls.app_data -T fields -e frame.number 2>/dev/null | head -1)
	mv "$OUT/$f" "$WORK/whole.pcap"
	editcap -F pcap -r "$WORK/whole.pcap" "$OUT/$f" "$first-999999"
	truth $f tcp 10.10.0.21 40411 10.10.0.11 5061 established expected internal/server-ports/3 \
		'handshakes of TCP and TLS cut away; data both ways (midstream); initiator only by port'
	about $f "$(versions openssl wireshark)" '`mtls-5061-established` recorded again and cut with editcap to what follows both handshakes: application data both ways and the end. `established` (evidence `midstream`), `expected`, internal/server-ports/3; the other orientation would fit no row.'
}

# one_sided FILE PORT FILTER: mutual TLS with a capture filter on one end
one_sided() {
	local f=$1 cert
	addresses near 10.10.0.21
	addresses far 10.10.0.11
	mapfile -t cert < <(with_cert med01.contoso.example)
	tls_server far fe01.contoso.example 10.10.0.11:5061 -tls1_2 -Verify 2
	capture near "$f" tcpdump "src host $3"
	tls_client near "10.10.0.21:$2" 10.10.0.11:5061 -tls1_2 "${cert[@]}"
	capture_end
	truth "$f" tcp 10.10.0.21 "$2" 10.10.0.11 5061 one_sided inconclusive internal/server-ports/3 \
		"a good mutual TLS connection, of which only the packets from $3 were captured"
}

case_one_sided_initiator() {
	local f=mtls-5061-one-sided-initiator.pcap
	one_sided $f 40421 10.10.0.21
	about $f "$(versions openssl)" 'As `mtls-5061-established`, captured with the filter `src host 10.10.0.21`: SYN, acknowledgements and data of the initiator; its ACKs prove that answers existed. `one_sided`, `inconclusive`, never blocked.'
}

case_one_sided_responder() {
	local f=mtls-5061-one-sided-responder.pcap
	one_sided $f 40431 10.10.0.11
	about $f "$(versions openssl)" 'As `mtls-5061-established`, captured with the filter `src host 10.10.0.11`: SYN-ACK and the server'"'"'s side only. `one_sided`, `inconclusive`.'
}
