# shellcheck shell=bash disable=SC2016,SC2154
# HTTP and HTTPS with nginx and curl, SMB with Samba, DHCP; sourced by record.sh.

# web_server NAME LISTEN...: nginx in far; "A:P ssl" is HTTPS with NAME's certificate
web_server() {
	local name=$1 listen
	shift
	{
		printf 'daemon off; master_process off; pid %s/nginx.pid; error_log stderr;\n' "$WORK"
		printf 'events {}\nhttp {\n\taccess_log off; server_tokens off;\n'
		printf '\tssl_protocols TLSv1.2 TLSv1.3;\n'
		printf '\tssl_certificate %s/%s.pem; ssl_certificate_key %s/%s.key;\n' \
			"$WORK" "$name" "$WORK" "$name"
		for listen in "$@"; do
			printf '\tserver { listen %s; location / { return 200 "%s\\n"; } }\n' \
				"$listen" "${listen%% *}"
		done
		printf '}\n'
	} >"$WORK/nginx.conf"
	serve far nginx -p "$WORK" -e stderr -c "$WORK/nginx.conf"
	listen=${1%% *}
	await far tcp "${listen##*:}"
}

# get SOURCE PORT [options] URL...: curl from near
get() {
	local from=$1 port=$2
	shift 2
	near curl -ksS --max-time 10 --interface "$from" --local-port "$port" "$@" \
		>>"$WORK/clients.log" 2>&1
	return 0
}

case_https_front_end() {
	local f=https-443-front-end.pcap
	addresses near 10.20.0.5
	addresses far 10.10.0.11
	web_server fe01.contoso.example '10.10.0.11:443 ssl http2'
	capture near $f tcpdump --time-stamp-precision=nano
	get 10.20.0.5 40301 --http2 https://10.10.0.11/
	get 10.20.0.5 40302 --http1.1 --tls-max 1.2 https://10.10.0.11/
	capture_end
	truth $f tcp 10.20.0.5 40301 10.10.0.11 443 established expected internal/server-ports/19 \
		'HTTP/2 over TLS 1.3, ALPN offers h2 and http/1.1; the row names no peer'
	truth $f tcp 10.20.0.5 40302 10.10.0.11 443 established expected internal/server-ports/19 \
		'HTTP/1.1 over TLS 1.2, ALPN http/1.1; the row names no peer'
	about $f "$(versions nginx curl)" 'Client to the web services of the Front End: HTTP/2 over TLS 1.3, then HTTP/1.1 over TLS 1.2, both with ALPN. `expected`, internal/server-ports/19 (no peer named: peer unverified). Nanosecond pcap.'
}

case_https_edge() {
	local f=https-443-edge-access.pcap rows
	rows=pic/firewall-summary/3,internal/client-ports/2,internal/client-ports/3
	addresses near 203.0.113.5
	addresses far 192.0.2.10
	web_server sip.contoso.example '192.0.2.10:443 ssl'
	capture near $f
	get 203.0.113.5 40311 --no-alpn --tls-max 1.2 https://192.0.2.10/
	get 203.0.113.5 40312 --http1.1 --tls-max 1.2 https://192.0.2.10/
	capture_end
	truth $f tcp 203.0.113.5 40311 192.0.2.10 443 established expected $rows \
		'TLS 1.2 without ALPN: nothing visible contradicts SIP or PSOM in TLS'
	truth $f tcp 203.0.113.5 40312 192.0.2.10 443 established mismatch $rows,internal/client-ports/4 \
		'ALPN http/1.1 offered and chosen: HTTPS where SIP, PSOM or STUN is documented'
	about $f "$(versions nginx curl)" 'A remote client to the Access Edge 443, twice TLS 1.2: without ALPN, where nothing visible contradicts SIP/TLS (`expected`, pic/firewall-summary/3 and internal/client-ports/2, 3), and with ALPN http/1.1, which does (`mismatch`).'
}

case_http_web() {
	local f=http-8080-80.pcap
	addresses near 192.0.2.80 10.20.0.5
	addresses far 10.10.0.11
	web_server fe01.contoso.example 10.10.0.11:8080 10.10.0.11:80
	capture near $f
	get 192.0.2.80 40321 http://10.10.0.11:8080/
	get 10.20.0.5 40322 http://10.10.0.11/
	capture_end
	truth $f tcp 192.0.2.80 40321 10.10.0.11 8080 established expected internal/server-ports/13 \
		'reverse-proxy -> front-end, plain HTTP'
	truth $f tcp 10.20.0.5 40322 10.10.0.11 80 established unexpected - \
		'client -> front-end 80: the rows for 80 are for other ends'
	about $f "$(versions nginx curl)" 'Plain HTTP to the Front End: reverse proxy to 8080 (`expected`, internal/server-ports/13) and client to 80 (`unexpected`: port 80 is documented between other roles).'
}

case_http_on_5061() {
	local f=http-on-5061.pcap
	addresses near 10.20.0.5
	addresses far 10.10.0.11
	web_server fe01.contoso.example 10.10.0.11:5061
	capture near $f
	get 10.20.0.5 40331 http://10.10.0.11:5061/
	capture_end
	truth $f tcp 10.20.0.5 40331 10.10.0.11 5061 established mismatch \
		internal/server-ports/3,internal/client-ports/6 'plain HTTP where SIP in TLS is documented'
	about $f "$(versions nginx curl)" 'A web server answers plain HTTP on 5061 of the Front End. `mismatch`, internal/server-ports/3 (and internal/client-ports/6).'
}

# The second request of a kept connection, with everything before it cut away
case_http_midstream() {
	local f=http-8080-midstream.pcap first
	addresses near 192.0.2.80
	addresses far 10.10.0.11
	web_server fe01.contoso.example 10.10.0.11:8080
	capture near $f
	get 192.0.2.80 40341 http://10.10.0.11:8080/1 http://10.10.0.11:8080/2
	capture_end
	first=$(tshark -r "$OUT/$f" -Y 'http.request.uri == "/2"' -T fields -e frame.number 2>/dev/null)
	mv "$OUT/$f" "$WORK/whole.pcap"
	editcap -F pcap -r "$WORK/whole.pcap" "$OUT/$f" "$first-999999"
	truth $f tcp 192.0.2.80 40341 10.10.0.11 8080 established expected internal/server-ports/13 \
		'begins with the second request of the connection: initiator by protocol, midstream'
	about $f "$(versions nginx curl wireshark)" 'A kept HTTP connection whose handshake and first request were cut away with editcap: it begins with the second request. `established` (evidence `midstream`, initiator by protocol), `expected`, internal/server-ports/13.'
}

case_smb() {
	local f=smb-445-cms-replication.pcap dir=$WORK/smb
	addresses near 10.10.0.12
	addresses far 10.10.0.11
	mkdir -p "$dir/share"
	chmod 777 "$dir/share"
	printf 'a replica of the central management store\n' >"$dir/share/replica.txt"
	cat >"$WORK/smb.conf" <<-END
		[global]
		netbios name = FE01
		workgroup = CONTOSO
		server string = Front End
		server role = standalone server
		disable netbios = yes
		smb ports = 445
		interfaces = 10.10.0.11/32
		bind interfaces only = yes
		map to guest = bad user
		guest account = nobody
		load printers = no
		private dir = $dir
		lock directory = $dir
		state directory = $dir
		cache directory = $dir
		pid directory = $dir
		ncalrpc dir = $dir/ncalrpc
		log file = $dir/log
		[xds-replica]
		path = $dir/share
		guest ok = yes
		read only = no
	END
	serve far smbd --foreground --no-process-group --configfile="$WORK/smb.conf"
	await far tcp 445
	capture near $f
	near timeout 20 smbclient -s "$WORK/smb.conf" -n FE-CMS -U 'guest%' //10.10.0.11/xds-replica \
		-c "lcd $dir; get replica.txt; put replica.txt copy.txt" >>"$WORK/clients.log" 2>&1
	capture_end
	truth $f tcp 10.10.0.12 '*' 10.10.0.11 445 established expected internal/server-ports/37 \
		'front-end-cms -> front-end (one of all-servers), SMB2 negotiate, guest session, files'
	about $f "$(versions samba)" 'The Front End with the central management store opens a share on another Front End, reads a file and writes one. `expected`, internal/server-ports/37.'
}

case_dhcp() {
	local f=dhcp-lease-renew.pcap
	ip -n "$FW" addr flush dev fwn
	ip -n "$FW" addr add 10.20.0.2/24 dev fwn
	serve fw dnsmasq --keep-in-foreground --conf-file=/dev/null --port=0 --interface=fwn \
		--bind-interfaces --no-ping --dhcp-range=10.20.0.5,10.20.0.5,255.255.255.0,1h \
		--dhcp-option-force=58,4s --dhcp-leasefile="$WORK/leases" --no-resolv --no-hosts \
		--dhcp-script=/bin/true --pid-file="$WORK/dnsmasq.pid" --user=root --log-facility=-
	await fw udp 67
	printf 'send host-name "lync-client";\nrequest subnet-mask, routers, vendor-encapsulated-options;\n' \
		>"$WORK/dhclient.conf"
	capture near $f
	near timeout 9 dhclient -4 -d -cf "$WORK/dhclient.conf" -sf "$here/dhclient-script" \
		-lf "$WORK/dhclient.leases" -pf "$WORK/dhclient.pid" near0 >>"$WORK/clients.log" 2>&1
	capture_end
	truth $f udp 0.0.0.0 68 255.255.255.255 67 established expected internal/client-ports/1 \
		'DISCOVER and REQUEST; answered (same xid) from 10.20.0.2 to the offered address'
	truth $f udp 10.20.0.5 68 10.20.0.2 67 established expected internal/client-ports/1 \
		'OFFER and ACK come first in time, yet the client initiates; then unicast renewals'
	about $f "$(versions dnsmasq dhclient)" 'DISCOVER and REQUEST from 0.0.0.0 to broadcast, OFFER and ACK from the server to the address offered, then unicast renewals between the two addresses. The site binds 0.0.0.0 and 255.255.255.255. `expected`, internal/client-ports/1, although the broadcast flow alone has no packet back.'
}
