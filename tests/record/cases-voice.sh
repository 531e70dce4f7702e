# shellcheck shell=bash disable=SC2016,SC2154
# SIP with SIPp, TURN with coturn, RTP with FFmpeg; sourced by record.sh.
# Debian's SIPp is built without TLS, so SIP over TLS is s_client's, see cases-tls.sh.

# sip_call UAS:PORT UAC: two calls over TCP, INVITE to BYE, from near to far
sip_call() {
	local uas=${1%:*} port=${1#*:}
	serve far sipp -sn uas -t t1 -i "$uas" -p "$port" -nostdin
	await far tcp "$port"
	near timeout 30 sipp -sn uac -t t1 -i "$2" -nostdin -m 2 -r 2 -d 400 "$uas:$port" \
		>>"$WORK/clients.log" 2>&1
}

case_sip_gateway() {
	local f=sip-tcp-5068-gateway.pcap.gz
	addresses near 10.20.0.90
	addresses far 10.10.0.21
	capture near ${f%.gz}
	sip_call 10.10.0.21:5068 10.20.0.90
	capture_end
	gzip -9nf "$OUT/${f%.gz}"
	truth $f tcp 10.20.0.90 '*' 10.10.0.21 5068 established expected internal/server-ports/48 \
		'pstn-gateway -> mediation, SIP in clear, two calls on one connection'
	about $f "$(versions sipp), gzip" 'Two calls, INVITE to BYE, from the PSTN gateway to Mediation over TCP 5068 in clear. `expected`, internal/server-ports/48. The file is gzip.'
}

case_sip_trusted() {
	local f=sip-tcp-5060-trusted-service.pcapng
	addresses near 10.20.0.91
	addresses far 10.10.0.11
	capture near $f dumpcap
	sip_call 10.10.0.11:5060 10.20.0.91
	capture_end
	truth $f tcp 10.20.0.91 '*' 10.10.0.11 5060 established expected internal/server-ports/2 \
		'trusted-service -> front-end, SIP in clear'
	about $f "$(versions sipp)" 'Two calls from a trusted service (remote call control) to the Front End over TCP 5060. `expected`, internal/server-ports/2 (optional).'
}

# turn_server ADDRESS [options]: coturn on udp and tcp 3478, and on 443
turn_server() {
	local a=$1
	shift
	serve far turnserver -n --no-cli --log-file=stdout --simple-log -L "$a" -p 3478 \
		--aux-server="$a:443" --pidfile="$WORK/turn.pid" --userdb="$WORK/turndb" \
		-r contoso.example -u lync:secret -a --no-tls --no-dtls \
		--min-port 50000 --max-port 50100 --allow-loopback-peers "$@"
	await far udp 3478
	await far tcp 443
	sleep 0.5
}

# turn_client SOURCE SERVER [options]: allocate, bind a channel, relay, release
turn_client() {
	local from=$1 to=$2
	shift 2
	near timeout 34 turnutils_uclient -c -y -n 2 -u lync -w secret -L "$from" "$@" "$to" \
		>>"$WORK/clients.log" 2>&1
	return 0
}

case_turn() {
	local f=turn-3478-established.pcap
	addresses near 203.0.113.5
	addresses far 192.0.2.12
	turn_server 192.0.2.12
	capture near $f
	turn_client 203.0.113.5 192.0.2.12
	near timeout 10 turnutils_stunclient -L 203.0.113.5 192.0.2.12 >>"$WORK/clients.log"
	turn_client 203.0.113.5 192.0.2.12 -t -p 443
	capture_end
	truth $f udp 203.0.113.5 '*' 192.0.2.12 3478 established expected internal/client-ports/5 \
		'client -> edge-av; TURN Allocate with 401 as normal challenge, channels, data, release (3 sockets); and one Binding (1)'
	truth $f tcp 203.0.113.5 '*' 192.0.2.12 443 established expected internal/client-ports/4 \
		'the same over TCP 443 (3 sockets): RFC TURN without framing'
	about $f "$(versions coturn)" 'A remote client allocates on the A/V Edge over UDP 3478 (401 challenge, Allocate, ChannelBind, ChannelData, release), asks one Binding, then does the same over TCP 443. RFC TURN, not MS-TURN: no magic cookie attribute. The client closes its sockets early, so it answers late packets with ICMP port unreachable: that refuses nothing. `expected`, internal/client-ports/5 and internal/client-ports/4.'
}

case_turn_quota() {
	local f=turn-3478-quota-486.pcap
	addresses near 203.0.113.5
	addresses far 192.0.2.12
	turn_server 192.0.2.12 --user-quota=1
	capture near $f
	turn_client 203.0.113.5 192.0.2.12
	capture_end
	truth $f udp 203.0.113.5 '*' 192.0.2.12 3478 established expected internal/client-ports/5 \
		'the first socket: 401, then an allocation'
	truth $f udp 203.0.113.5 '*' 192.0.2.12 3478 aborted blocked internal/client-ports/5 \
		'the second socket: 401, then 486 Allocation Quota Reached; cause application'
	about $f "$(versions coturn)" 'The relay grants a user one allocation. The first socket gets it (`expected`); the next is challenged and then refused with STUN error 486: `aborted`, `blocked`, cause application, internal/client-ports/5.'
}

# The two Messenger rows ended on 2013-03-15: the same packets, now and then
case_turn_messenger() {
	local f=turn-3478-messenger-expired.pcap g=turn-3478-messenger-2012.pcap shift
	addresses near 203.0.113.40
	addresses far 192.0.2.10
	turn_server 192.0.2.10
	capture near $f
	turn_client 203.0.113.40 192.0.2.10
	capture_end
	shift=$(($(date -u -d 2012-11-01 +%s) - $(date +%s)))
	editcap -F pcap -t "$shift" "$OUT/$f" "$OUT/$g"
	truth $f udp 203.0.113.40 '*' 192.0.2.10 3478 established unexpected - \
		'messenger-client -> edge-access after 2013-03-15; nearest pic/firewall-summary/6, valid'
	truth $g udp 203.0.113.40 '*' 192.0.2.10 3478 established expected pic/firewall-summary/6 \
		'the same packets dated November 2012'
	about $f "$(versions coturn)" 'A Messenger client allocates at the Access Edge address, UDP 3478, on the day of the recording: the row ended on 2013-03-15. `unexpected`, nearest pic/firewall-summary/6 (expired).'
	about $g "$(versions coturn wireshark)" 'The frames of `turn-3478-messenger-expired` moved to 1 November 2012 with editcap -t. `expected`, pic/firewall-summary/6.'
}

# rtp near|far FROM TO PORT TONE: 2 s of G.711 mu-law with RTCP on the next port
rtp() {
	local end=$1 from=$2 to=$3
	"$end" timeout 20 ffmpeg -hide_banner -loglevel error -nostdin -re -f lavfi \
		-i "sine=frequency=$4:sample_rate=8000:samples_per_frame=160:duration=2" -c:a pcm_mulaw -f rtp \
		"rtp://$to?localaddr=${from%:*}&localrtpport=${from#*:}&localrtcpport=$((${from#*:} + 1))&pkt_size=172" \
		>>"$WORK/clients.log" 2>&1
}

case_rtp() {
	local f=rtp-audio-both-ways.pcap.zst pid
	addresses near 10.20.0.5
	addresses far 10.10.0.21
	capture near ${f%.zst}
	rtp far 10.10.0.21:49200 10.20.0.5:50020 330 &
	pid=$!
	rtp near 10.20.0.5:50020 10.10.0.21:49200 440
	wait $pid
	capture_end
	zstd -q -19 --rm -f "$OUT/${f%.zst}"
	truth $f udp 10.20.0.5 50020 10.10.0.21 49200 established expected internal/server-ports/39 \
		'RTP PCMU both ways; either end may count as initiator'
	truth $f udp 10.20.0.5 50021 10.10.0.21 49201 established expected internal/server-ports/39 \
		'RTCP sender reports both ways'
	about $f "$(versions ffmpeg), zstd" 'Two seconds of G.711 mu-law RTP both ways between client 50020 and Mediation 49200, RTCP on 50021 and 49201. `expected`, internal/server-ports/39 (audio range at the Mediation end); internal/client-ports/8 and 9 cover it too. The file is zstd.'
}
