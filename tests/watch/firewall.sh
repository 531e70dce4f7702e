#!/bin/bash
# A rule change at a firewall breaks one documented row under live traffic; the watcher on the
# clients' side says which, why and in time, the one beyond says nothing, and neither says
# anything of the other rows, before, during or after.
#
#	tests/watch/firewall.sh PROGRAM [SCENARIO...]
#
# clients ---- fw ---- servers: three namespaces a scenario, all scenarios side by side.
# Servers are OpenSSL, nginx and coturn; clients are talk.py, which logs what its sockets saw.
# tcpdump stands beside the watcher: it proves that the block happened as told (the lab), and
# its capture, audited afterwards, must give the same decisions.
# shellcheck disable=SC2153,SC2048 # STATUS, SENT and PROGRAM are lab.sh's
set -u
# shellcheck source-path=SCRIPTDIR source=lab.sh
. "$(dirname "$0")/lab.sh"

SCENARIOS="reset prohibited dropped dropped_udp stopped restored"

# ---- the lab -------------------------------------------------------------------------------

fw_rule() { in_ns fw nft "add rule inet filter forward $1"; }

topology() {
	ns_add clients fw servers
	cable clients near0 fw fwn
	cable servers far0 fw fwf
	ip -n "$PREFIX-fw" addr add 10.20.0.1/24 dev fwn
	ip -n "$PREFIX-fw" addr add 10.10.0.1/24 dev fwf
	ip -n "$PREFIX-fw" route add 192.0.2.12 dev fwf
	ip -n "$PREFIX-clients" addr add 10.20.0.5/24 dev near0
	ip -n "$PREFIX-clients" addr add 10.20.0.80/24 dev near0
	ip -n "$PREFIX-clients" route add default via 10.20.0.1
	ip -n "$PREFIX-servers" addr add 10.10.0.11/24 dev far0
	ip -n "$PREFIX-servers" addr add 192.0.2.12/32 dev far0
	ip -n "$PREFIX-servers" route add default via 10.10.0.1
	in_ns fw sh -c 'echo 1 >/proc/sys/net/ipv4/ip_forward'
	in_ns fw nft -f - <<-'END' || lab_skip "no nftables with connection tracking here"
		table inet filter {
			chain forward {
				type filter hook forward priority 0; policy accept;
				ct state established,related accept
			}
		}
	END
}

certificate() {
	openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj '/O=Contoso/CN=fe01.contoso.example' \
		-keyout "$WORK/key.pem" -out "$WORK/cert.pem" 2>/dev/null || lab_die "no certificate"
}

# serve COMMAND...: sets SERVER
serve() {
	ip netns exec "$PREFIX-servers" timeout -k 2 120 "$@" >>"$WORK/servers.log" 2>&1 </dev/null &
	SERVER=$!
}

# bound tcp|udp PORT
bound() { in_ns servers ss -Hln "--$1" "sport = :$2" | grep -q .; }

# tls_line PORT: TLS that answers every line reversed
tls_line() {
	serve openssl s_server -accept "10.10.0.11:$1" -cert "$WORK/cert.pem" -key "$WORK/key.pem" \
		-rev -tls1_2
	within 5 bound tcp "$1" || lab_die "no server on $1: $(cat "$WORK/servers.log")"
}

servers() {
	cat >"$WORK/nginx.conf" <<-END
		user root; worker_processes 1; daemon off; pid $WORK/nginx.pid; error_log stderr;
		events { worker_connections 64; }
		http {
			access_log off;
			server {
				listen 10.10.0.11:8080;
				listen 10.10.0.11:4443 ssl;
				ssl_certificate $WORK/cert.pem; ssl_certificate_key $WORK/key.pem;
				location / { return 200 "hello\n"; }
			}
		}
	END
	tls_line 5061
	serve nginx -e stderr -c "$WORK/nginx.conf"
	serve turnserver -n --no-cli --log-file=stdout --simple-log -L 192.0.2.12 -p 3478 -m 1 \
		--pidfile="$WORK/turn.pid" --userdb="$WORK/turndb" -r contoso.example --no-auth \
		--no-tls --no-dtls
	tls_line 8057    # the last one: SERVER is this one's process id
	within 5 bound tcp 4443 || lab_die "no nginx: $(cat "$WORK/servers.log")"
	within 5 bound udp 3478 || lab_die "no coturn: $(cat "$WORK/servers.log")"
}

# talk GIVE_UP
talk() {
	ip netns exec "$PREFIX-clients" timeout -k 2 120 python3 "$LAB/talk.py" "$WORK/truth" "$WORK/pause" "$1" &
	TALKER=$!
}

# watchers: one a side; tcpdump beside the clients' one
watchers() {
	watch_stamped client clients -i near0 -S "$LAB/site.yaml" -f json --stats 5 --attempt-timeout 25
	watch_stamped server servers -i far0 -S "$LAB/site.yaml" -f json --stats 5 --attempt-timeout 25
	ip netns exec "$PREFIX-clients" tcpdump -U -Z root -n -i near0 -w "$WORK/near.pcap" 2>"$WORK/tcpdump.err" &
	DUMP=$!
	within 5 grep -q 'listening on' "$WORK/tcpdump.err" || lab_die "no tcpdump: $(cat "$WORK/tcpdump.err")"
}

# begin GIVE_UP: everything runs and good traffic flows
begin() {
	topology
	certificate
	servers
	watchers
	talk "$1"
	sleep 4
}

# finish: the talker first, so that no watcher misses what it logs
finish() {
	kill "$TALKER"
	wait "$TALKER"
	sleep 0.5
	watch_stop client
	CLIENT_STATUS=$STATUS
	watch_stop server
	SERVER_STATUS=$STATUS
	kill -INT "$DUMP"
	wait "$DUMP"
	"$PROGRAM" audit -q -S "$LAB/site.yaml" -f json -o "$WORK/audit.json" "$WORK/near.pcap"
}

seen() { is "$(tcpdump -n -r "$WORK/near.pcap" "$1" 2>/dev/null | wc -l)" -ge "${2:-1}"; }
# attempts PORT: so many are over
attempts() { grep -c "\"dest_port\": $1," "$WORK/truth"; }
attempts_over() { is "$(attempts "$1")" -ge "$2"; }
told_blocked() { is "$(records count flow verdict=blocked "$WORK/client.out")" -ge "${1:-1}"; }

# judge ROW OUTCOME [option of records.py firewall...]: both sides, and audit of the same packets
judge() {
	local row=$1 outcome=$2
	shift 2
	held "the clients' side" \
		records firewall --row "$row" --outcome "$outcome" "$@" "$WORK/truth" "$WORK/client.out"
	say "$NAME: $(head -1 "$WORK/held")"
	held "every flow is told once" records flows "$WORK/client.out"
	held "every flow is told once, beyond" records flows "$WORK/server.out"
	held "audit of the same packets" records parity "$WORK/audit.json" "$WORK/client.out"
}

# beyond ROW OUTCOME: the watcher that the block keeps the attempts from
beyond() {
	held "beyond the firewall nothing is found" \
		records firewall --beyond --row "$1" --outcome "$2" "$WORK/truth" "$WORK/server.out"
	held "beyond the firewall the status is 0" is "$SERVER_STATUS" = 0
}

# ---- scenarios -----------------------------------------------------------------------------

# The reset comes with the firewall's TTL, 64; the server's packets come with 63
scenario_reset() {
	begin 28
	fw_rule 'tcp dport 8057 ct state new reject with tcp reset'
	sleep 7
	in_ns fw nft flush chain inet filter forward
	sleep 4
	finish
	held "the lab: resets with TTL 64" \
		seen 'tcp src port 8057 and tcp[13] & 4 != 0 and ip[8] = 64' 3
	judge internal/server-ports/7 refused --cause network --evidence rst_foreign_ttl
	beyond internal/server-ports/7 refused
	held "status 1" is "$CLIENT_STATUS" = 1
}

scenario_prohibited() {
	begin 28
	fw_rule 'tcp dport 4443 ct state new reject with icmpx admin-prohibited'
	sleep 7
	in_ns fw nft flush chain inet filter forward
	sleep 4
	finish
	held "the lab: ICMP 3/13 from the firewall" \
		seen 'icmp[0] = 3 and icmp[1] = 13 and src host 10.20.0.1' 3
	judge internal/server-ports/14 prohibited --cause network
	beyond internal/server-ports/14 prohibited
	held "status 1" is "$CLIENT_STATUS" = 1
}

# dropped RULE FILTER ROW: told between 25 and 30 s after the first packet
dropped() {
	local over port=${1#* dport }
	port=${port%% *}
	begin 28
	fw_rule "$1"
	held "told while it goes on" within 34 told_blocked
	over=$(attempts "$port")
	held "the client gives up" within 10 attempts_over "$port" $((over + 1))
	in_ns fw nft flush chain inet filter forward
	sleep 4
	finish
	held "the lab: attempts are repeated" seen "$2" 4
	judge "$3" no_reply    # silence alone does not say whose
	beyond "$3" no_reply
	held "status 1" is "$CLIENT_STATUS" = 1
}

scenario_dropped() {
	dropped 'tcp dport 5061 ct state new drop' 'tcp dst port 5061 and tcp[13] = 2' internal/server-ports/3
}

scenario_dropped_udp() {
	dropped 'udp dport 3478 ct state new drop' 'udp dst port 3478' internal/client-ports/5
}

# The host itself refuses: both sides see it, and it is not the network
scenario_stopped() {
	begin 28
	echo internal/server-ports/7 >"$WORK/pause"
	sleep 1.5
	kill "$SERVER"
	wait "$SERVER" 2>/dev/null
	rm "$WORK/pause"
	sleep 6
	tls_line 8057
	sleep 4
	finish
	held "the lab: resets with the server's TTL, 63" \
		seen 'tcp src port 8057 and tcp[13] & 4 != 0 and ip[8] = 63' 3
	judge internal/server-ports/7 refused --cause host
	held "the servers' side says so too" records firewall --row internal/server-ports/7 \
		--outcome refused "$WORK/truth" "$WORK/server.out"
	held "status 1" is "$CLIENT_STATUS" = 1
}

# A drop that is taken back after the finding: the client's next SYN (at 31 s) is answered, and
# what was told is revised
scenario_restored() {
	local over
	begin 60
	fw_rule 'tcp dport 5061 ct state new drop'
	held "told while it goes on" within 34 told_blocked
	over=$(attempts 5061)
	in_ns fw nft flush chain inet filter forward
	held "the client gets through at last" within 12 attempts_over 5061 $((over + 1))
	sleep 3
	finish
	held "the lab: the attempt is answered late" records firewall --beyond \
		--row internal/server-ports/3 --outcome no_reply "$WORK/truth" "$WORK/server.out"
	judge internal/server-ports/3 no_reply
}

# ---- all at once ---------------------------------------------------------------------------

if [ "${2:-}" = --one ]; then
	lab_begin "firewall/$3" "$1"
	"scenario_$3"
	lab_end
fi
program=${1:-}
shift
lab_begin firewall "$program"
lab_need nft:nftables openssl:openssl nginx:nginx-light turnserver:coturn ss:iproute2
declare -A job=()
for scenario in ${*:-$SCENARIOS}; do
	timeout -k 20 110 "$0" "$PROGRAM" --one "$scenario" >"$WORK/$scenario.log" 2>&1 &
	job[$scenario]=$!
done
skipped=0
for scenario in ${*:-$SCENARIOS}; do
	wait "${job[$scenario]}"
	status=$?
	grep -v ': .* held, .* did not$' "$WORK/$scenario.log"
	case $status in
	0) PASSED=$((PASSED + 1)) ;;
	77) skipped=1 ;;
	*) FAILED=$((FAILED + 1)); echo "FAIL $NAME: $scenario (status $status)" ;;
	esac
done
[ $skipped = 0 ] || exit 77
lab_end
