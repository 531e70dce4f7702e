# shellcheck shell=bash disable=SC2016,SC2154
# What a firewall, or the host itself, does to documented flows; sourced by record.sh.
#
# Every capture is taken at the client, so the firewall's own packets arrive
# with TTL 64 and the server's, one hop further, with 63. Silence is judged 25 s
# after the first packet, so silent cases run for 30 s and end with traffic.

# A client's SYN to the Front End says nothing of TLS or MTLS: rows of equal rank
ROWS_5061=internal/server-ports/3,internal/client-ports/6
ROWS_443=internal/server-ports/19,internal/client-ports/2,internal/client-ports/3,internal/client-ports/4

# control NEAR_ADDRESS:PORT: the positive control, TLS to the Front End's 8057
control() { tls_client near "$1" 10.10.0.11:8057 -tls1_2; }

control_truth() {
	truth "$1" tcp 10.20.0.5 "$2" 10.10.0.11 8057 established expected internal/server-ports/7 \
		'positive control'
}

# to_front_end: client 10.20.0.5, Front End 10.10.0.11 with TLS on 5061 and 8057
to_front_end() {
	addresses near 10.20.0.5
	addresses far 10.10.0.11
	tls_server far fe01.contoso.example 10.10.0.11:8057 -tls1_2
	tls_server far fe01.contoso.example 10.10.0.11:5061 -tls1_2
}

case_block_drop() {
	local f=tls-5061-dropped.pcap
	to_front_end
	reject 'tcp dport 5061 drop'
	capture near $f
	control 10.20.0.5:40201
	TRY=30 tls_try 10.20.0.5:40202 10.10.0.11:5061
	control 10.20.0.5:40203
	capture_end
	truth $f tcp 10.20.0.5 40202 10.10.0.11 5061 no_reply blocked $ROWS_5061 \
		'cause network: nftables drop, SYN repeated for 30 s'
	control_truth $f 40201
	control_truth $f 40203
	about $f "$(versions openssl nft)" 'nftables drops 5061; the client repeats its SYN for 30 s. The same client reaches the same server on 8057 before and after. `no_reply`, `blocked`, cause network, internal/server-ports/3 (and internal/client-ports/6).'
}

# tls_try FROM TO: an attempt that is given up after $TRY seconds
tls_try() {
	near timeout "${TRY:-5}" openssl s_client -bind "$1" -connect "$2" -tls1_2 \
		</dev/null >>"$WORK/clients.log" 2>&1
	return 0
}

case_block_reset() {
	local f=tls-5061-reset-by-firewall.pcap
	to_front_end
	reject 'tcp dport 5061 reject with tcp reset'
	capture near $f
	control 10.20.0.5:40211
	tls_try 10.20.0.5:40212 10.10.0.11:5061
	tls_try 10.20.0.5:40213 10.10.0.11:5061
	capture_end
	truth $f tcp 10.20.0.5 40212 10.10.0.11 5061 refused blocked $ROWS_5061 \
		'cause network: the reset has TTL 64, the server answers with 63'
	truth $f tcp 10.20.0.5 40213 10.10.0.11 5061 refused blocked $ROWS_5061 \
		'the same again'
	control_truth $f 40211
	about $f "$(versions openssl nft)" 'nftables answers two SYNs to 5061 with a reset in the name of the server (TTL 64; the server itself, on 8057 in the same capture, shows 63). `refused`, `blocked`, cause network, evidence `rst_foreign_ttl`.'
}

case_block_host_refuses() {
	local f=tls-5061-refused-by-host.pcap
	addresses near 10.20.0.5
	addresses far 10.10.0.11
	tls_server far fe01.contoso.example 10.10.0.11:8057 -tls1_2
	capture near $f
	control 10.20.0.5:40221
	tls_try 10.20.0.5:40222 10.10.0.11:5061
	capture_end
	truth $f tcp 10.20.0.5 40222 10.10.0.11 5061 refused blocked $ROWS_5061 \
		'cause host: nothing listens, the reset has the TTL of the server'
	control_truth $f 40221
	about $f "$(versions openssl)" 'No firewall and nothing listens on 5061: the host resets (TTL 63, as its other packets). `refused`, `blocked`, cause host.'
}

# A middlebox that lets the handshake of TCP pass and resets at the first data:
# nft looks for a TLS handshake record behind a 32-byte TCP header
case_block_after_hello() {
	local f=tls-5061-reset-after-hello.pcap
	to_front_end
	reject 'tcp dport 5061 tcp flags & (psh|ack) == psh|ack @th,256,8 0x16 reject with tcp reset' \
		'tcp sport 5061 tcp flags & (psh|ack) == psh|ack drop'
	capture near $f
	control 10.20.0.5:40231
	tls_try 10.20.0.5:40232 10.10.0.11:5061
	capture_end
	truth $f tcp 10.20.0.5 40232 10.10.0.11 5061 aborted blocked $ROWS_5061 \
		'cause network: connection opened, ClientHello answered by a reset with TTL 64'
	control_truth $f 40231
	about $f "$(versions openssl nft)" 'TCP opens, the ClientHello passes no further: nftables resets in the name of the server (TTL 64 against 63). `aborted`, `blocked`, cause network.'
}

# icmp_case FILE PORT TYPE WORDS: 8057 open, 443 rejected by the firewall with TYPE
icmp_case() {
	local f=$1 port=$2
	to_front_end
	reject "tcp dport 443 reject with icmp type $3"
	capture near "$f"
	control "10.20.0.5:$port"
	near curl -ksS --max-time 5 --local-port $((port + 1)) https://10.10.0.11/ \
		>>"$WORK/clients.log" 2>&1
	capture_end
	truth "$f" tcp 10.20.0.5 $((port + 1)) 10.10.0.11 443 prohibited blocked $ROWS_443 \
		"cause network: $4 from 10.20.0.1, quoting the SYN"
	control_truth "$f" "$port"
	about "$f" "$(versions curl openssl nft)" "443 at the Front End is rejected by the firewall (10.20.0.1) with $4; 8057 is reached. \`prohibited\`, \`blocked\`, cause network; a lone SYN to 443 fits internal/server-ports/19 and internal/client-ports/2 to 4 alike."
}

case_block_admin_prohibited() {
	icmp_case https-443-admin-prohibited.pcap 40241 admin-prohibited 'ICMP 3/13'
}

case_block_host_prohibited() {
	icmp_case https-443-host-prohibited.pcap 40251 host-prohibited 'ICMP 3/10'
}

case_block_icmpv6() {
	local f=https-443-icmpv6-prohibited.pcapng
	addresses near 10.20.0.5
	addresses far 10.10.0.11
	topology_v6 2001:db8:20::5 2001:db8:10::11
	tls_server far fe01.contoso.example '[2001:db8:10::11]:8057' -tls1_2
	reject 'tcp dport 443 reject with icmpv6 type admin-prohibited'
	capture near $f dumpcap
	tls_client near '[2001:db8:20::5]:40261' '[2001:db8:10::11]:8057' -tls1_2
	near curl -ksS --max-time 5 --local-port 40262 'https://[2001:db8:10::11]/' \
		>>"$WORK/clients.log" 2>&1
	capture_end
	truth $f tcp 2001:db8:20::5 40262 2001:db8:10::11 443 prohibited blocked \
		$ROWS_443 \
		'cause network: ICMPv6 1/1 from 2001:db8:20::1, quoting the SYN'
	truth $f tcp 2001:db8:20::5 40261 2001:db8:10::11 8057 established expected \
		internal/server-ports/7 'positive control over IPv6'
	about $f "$(versions curl openssl nft)" '443 at the Front End over IPv6 is rejected by the firewall with ICMPv6 1/1; TLS on 8057, also IPv6, is the control. curl tries twice. `prohibited`, `blocked`, cause network.'
}

# turn_blocked FILE RULE: UDP 3478 filtered, TCP 443 open, as a client falls back
turn_blocked() {
	addresses near 203.0.113.5
	addresses far 192.0.2.12
	turn_server 192.0.2.12
	reject "$2"
	capture near "$1"
	turn_client 203.0.113.5 192.0.2.12
	turn_client 203.0.113.5 192.0.2.12 -t -p 443
	capture_end
	truth "$1" tcp 203.0.113.5 '*' 192.0.2.12 443 established expected internal/client-ports/4 \
		'positive control: the same relay over TCP 443'
}

case_block_turn_drop() {
	local f=turn-3478-dropped.pcap
	turn_blocked $f 'udp dport 3478 drop'
	truth $f udp 203.0.113.5 '*' 192.0.2.12 3478 no_reply blocked internal/client-ports/5 \
		'cause network: one Allocate sent seven times in 31.5 s, never answered'
	about $f "$(versions coturn nft)" 'nftables drops UDP 3478: the client sends its Allocate at 0, 0.5, 1.5, 3.5, 7.5, 15.5 and 31.5 s and is stopped at 34 s; then it allocates over TCP 443. `no_reply`, `blocked`, cause network, internal/client-ports/5.'
}

case_block_turn_port_unreachable() {
	local f=turn-3478-port-unreachable-by-firewall.pcap
	turn_blocked $f 'udp dport 3478 reject with icmp type port-unreachable'
	truth $f udp 203.0.113.5 '*' 192.0.2.12 3478 prohibited blocked internal/client-ports/5 \
		'cause network: ICMP 3/3 sent by 10.20.0.1, not by the relay'
	about $f "$(versions coturn nft)" 'UDP 3478 is answered with ICMP port unreachable by the firewall, 10.20.0.1, not by the relay: `prohibited`, `blocked`, cause network. TCP 443 works.'
}

case_block_turn_host_refuses() {
	local f=turn-3478-refused-by-host.pcap
	addresses near 203.0.113.5
	addresses far 192.0.2.12
	capture near $f
	near timeout 5 turnutils_stunclient -L 203.0.113.5 192.0.2.12 >>"$WORK/clients.log" 2>&1
	capture_end
	truth $f udp 203.0.113.5 '*' 192.0.2.12 3478 refused blocked internal/client-ports/5 \
		'cause host: ICMP 3/3 from 192.0.2.12 itself'
	about $f "$(versions coturn)" 'No relay runs: the A/V Edge itself answers a Binding request with ICMP port unreachable. `refused`, `blocked`, cause host.'
}
