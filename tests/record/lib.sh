# shellcheck shell=bash
# Topology, captures and bookkeeping for record.sh; sourced, never run.
#
# near ---- fw ---- far: three network namespaces and two veth pairs. fw
# forwards and may filter. Each end holds any number of /32 (or /128)
# addresses, so a case can put two servers of one subnet on either side of
# the firewall. Nothing outside the namespaces is touched, and both veth
# ends are created inside them, so no frame of the host can reach a capture.

PREFIX="fa-rec-$$"
NEAR="$PREFIX-near"
FW="$PREFIX-fw"
FAR="$PREFIX-far"
NEAR_GW=10.20.0.1 # the firewall as near and far know it
FAR_GW=10.10.0.1
WORK=""           # scratch directory of this run
OUT=""            # directory that receives the captures
POINT="near"      # where the current capture was taken
CAPTURE_PID=""
CAPTURE_FILE=""
TIMEOUT=${TIMEOUT:-120}   # no program of a case outlives this many seconds

die() { printf 'record.sh: error: %s\n' "$*" >&2; exit 2; }
say() { printf '%s\n' "$*"; }

# need_programs: name every missing program with the Debian package that has it
need_programs() {
	local missing=0 pair
	for pair in ip:iproute2 nft:nftables tcpdump:tcpdump dumpcap:wireshark-common \
		tshark:tshark editcap:wireshark-common capinfos:wireshark-common \
		openssl:openssl curl:curl nginx:nginx-light sipp:sip-tester \
		turnserver:coturn turnutils_uclient:coturn turnutils_stunclient:coturn \
		ffmpeg:ffmpeg dnsmasq:dnsmasq-base dhclient:isc-dhcp-client \
		smbd:samba smbclient:smbclient gzip:gzip zstd:zstd; do
		command -v "${pair%%:*}" >/dev/null && continue
		printf 'record.sh: missing %s (Debian package %s)\n' "${pair%%:*}" "${pair##*:}" >&2
		missing=1
	done
	[ "$missing" = 0 ] || exit 2
	command -v ethtool >/dev/null ||
		say "no ethtool: offloads stay on, transmitted checksums will be partial"
	[ "$(id -u)" = 0 ] || die "namespaces need root"
}

near() { ip netns exec "$NEAR" "$@"; }
fw() { ip netns exec "$FW" "$@"; }
far() { ip netns exec "$FAR" "$@"; }

# wire_like NS IF: checksums finished and no segments above the MTU, as on a wire
wire_like() {
	ip -n "$1" link set "$2" gso_max_segs 1
	command -v ethtool >/dev/null || return 0
	ip netns exec "$1" ethtool -K "$2" tx off rx off sg off tso off gso off gro off >/dev/null
}

# link_up NS IF MAC
link_up() {
	ip -n "$1" link set "$2" address "$3"
	wire_like "$1" "$2"
	ip -n "$1" link set "$2" up
}

topology_up() {
	local ns
	for ns in "$NEAR" "$FW" "$FAR"; do
		ip netns add "$ns"
		ip -n "$ns" link set lo up
		ip netns exec "$ns" sh -c '
			echo 1 > /proc/sys/net/ipv6/conf/all/disable_ipv6
			echo 1 > /proc/sys/net/ipv6/conf/default/disable_ipv6
			echo 40000 48999 > /proc/sys/net/ipv4/ip_local_port_range'
	done
	ip link add near0 netns "$NEAR" type veth peer name fwn netns "$FW"
	ip link add far0 netns "$FAR" type veth peer name fwf netns "$FW"
	link_up "$NEAR" near0 02:00:00:20:00:05
	link_up "$FW" fwn 02:00:00:20:00:01
	link_up "$FW" fwf 02:00:00:10:00:01
	link_up "$FAR" far0 02:00:00:10:00:11
	fw sh -c 'echo 1 > /proc/sys/net/ipv4/ip_forward'
	ip -n "$FW" addr add "$NEAR_GW/32" dev fwn
	ip -n "$FW" addr add "$FAR_GW/32" dev fwf
	ip -n "$NEAR" route add "$NEAR_GW" dev near0
	ip -n "$FAR" route add "$FAR_GW" dev far0
}

# addresses near|far A...: the first is the source of unbound programs
addresses() {
	local end=$1 ns dev fwdev gw a
	shift
	if [ "$end" = near ]; then
		ns=$NEAR dev=near0 fwdev=fwn gw=$NEAR_GW
	else
		ns=$FAR dev=far0 fwdev=fwf gw=$FAR_GW
	fi
	for a in "$@"; do
		ip -n "$ns" addr add "$a/32" dev "$dev"
		ip -n "$FW" route add "$a" dev "$fwdev"
	done
	ip -n "$ns" route add default via "$gw" src "$1"
}

# topology_v6 NEAR_ADDRESS FAR_ADDRESS: IPv6 beside IPv4, no autoconfiguration
topology_v6() {
	local ns
	for ns in "$NEAR" "$FW" "$FAR"; do
		ip netns exec "$ns" sh -c '
			echo 0 > /proc/sys/net/ipv6/conf/all/accept_ra
			echo 0 > /proc/sys/net/ipv6/conf/all/disable_ipv6
			echo 0 > /proc/sys/net/ipv6/conf/default/disable_ipv6'
	done
	fw sh -c 'echo 1 > /proc/sys/net/ipv6/conf/all/forwarding'
	ip -n "$FW" addr add 2001:db8:20::1/64 dev fwn nodad
	ip -n "$FW" addr add 2001:db8:10::1/64 dev fwf nodad
	ip -n "$NEAR" addr add "$1/64" dev near0 nodad
	ip -n "$FAR" addr add "$2/64" dev far0 nodad
	ip -n "$NEAR" route add default via 2001:db8:20::1
	ip -n "$FAR" route add default via 2001:db8:10::1
	sleep 3    # router solicitations and MLD reports are over before the capture
}

# reject RULE...: one nftables rule a line in fw's forward chain
reject() {
	local rule
	fw nft 'add table inet filter'
	fw nft 'add chain inet filter forward { type filter hook forward priority 0; policy accept; }'
	for rule in "$@"; do
		fw nft "add rule inet filter forward $rule"
	done
}

# end_namespace NS: end what runs there, by process id, then the namespace
end_namespace() {
	local pid
	ip netns list | grep -qw "^$1" || return 0
	for pid in $(ip netns pids "$1"); do kill "$pid" 2>/dev/null; done
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		[ -z "$(ip netns pids "$1")" ] && break
		sleep 0.1
	done
	for pid in $(ip netns pids "$1"); do kill -9 "$pid" 2>/dev/null; done
	ip netns del "$1"
}

topology_down() {
	local ns
	for ns in "$NEAR" "$FAR" "$FW"; do end_namespace "$ns"; done
	wait 2>/dev/null
	return 0
}

# serve near|fw|far CMD...: a server in the background, bounded in time
serve() {
	local ns=$PREFIX-$1
	shift
	ip netns exec "$ns" timeout "$TIMEOUT" "$@" >>"$WORK/servers.log" 2>&1 </dev/null &
}

# await near|fw|far tcp|udp PORT: until something is bound there
await() {
	local ns=$PREFIX-$1 flags=-Htln i
	[ "$2" = udp ] && flags=-Huln
	for i in $(seq 100); do
		ip netns exec "$ns" ss $flags "sport = :$3" | grep -q . && return 0
		sleep 0.1
	done
	tail -5 "$WORK/servers.log" >&2
	die "nothing bound to $2/$3 after ${i}00 ms"
}

# capture near|far FILE [tcpdump|dumpcap] [arguments of it]
capture() {
	local ns=$PREFIX-$1 dev=${1}0 tool=${3:-tcpdump} file=$OUT/$2
	local log=$WORK/capture.log
	POINT=$1
	shift $(($# < 3 ? $# : 3))
	rm -f "$file"
	: >"$log"
	case $tool in
	tcpdump)
		ip netns exec "$ns" tcpdump -U -Z root -n -i "$dev" -w "$file" "$@" 2>"$log" & ;;
	dumpcap)
		ip netns exec "$ns" dumpcap -i "$dev" -w "$file" "$@" 2>"$log" & ;;
	esac
	CAPTURE_PID=$!
	CAPTURE_FILE=$file
	for _ in $(seq 100); do
		grep -qE 'listening on|^File:' "$log" && return 0
		sleep 0.1
	done
	die "no capture: $(cat "$log")"
}

# mask FILE: dumpcap names the machine and its kernel; overwrite both in place
mask() {
	local name
	for name in "$(uname -sr)" \
		"$(capinfos "$1" 2>/dev/null | sed -n 's/^Capture hardware: *//p')"; do
		[ -n "$name" ] || continue
		LC_ALL=C sed -i "s/$(printf '%s' "$name" | sed 's,[][\\.*^$/],\\&,g')/$(printf '%s' "$name" |
			sed 's/./-/g')/g" "$1"
	done
}

capture_end() {
	sleep 1.2
	kill -INT "$CAPTURE_PID"
	wait "$CAPTURE_PID"
	CAPTURE_PID=""
	chmod 644 "$CAPTURE_FILE"
	case $CAPTURE_FILE in *.pcapng) mask "$CAPTURE_FILE" ;; esac
}

# truth FILE PROTO SRC SPORT DST DPORT OUTCOME VERDICT ROW NOTE
# The initiator is SRC; a row list a,b means rows of equal rank.
truth() {
	local IFS=$'\t'
	printf '%s\n' "$*" >>"$WORK/truth.tsv"
}

# about FILE SOFTWARE WORDS: one line of the table in pcaps/README.md
about() {
	printf '%s\t%s\t%s\t%s\t%s\t%s\n' "$1" "$CASE" "$POINT" "$2" \
		"$(capinfos -Mcr "$OUT/$1" | awk '/Number of packets/ { print $NF }')" "$3" \
		>>"$WORK/index.tsv"
}

version() {
	case $1 in
	openssl) openssl version | awk '{ print "OpenSSL " $2 }' ;;
	curl) curl -V | awk 'NR == 1 { print "curl " $2 }' ;;
	nginx) nginx -v 2>&1 | sed 's,.*nginx/,nginx ,' ;;
	sipp) sipp -v 2>&1 | sed -n 's/.*\(SIPp\) v\([0-9.]*\).*/\1 \2/p' ;;
	coturn) dpkg-query -W -f 'coturn ${Version}' coturn ;;
	ffmpeg) ffmpeg -version | awk 'NR == 1 { print "FFmpeg " $3 }' ;;
	dnsmasq) dnsmasq -v | awk 'NR == 1 { print "dnsmasq " $3 }' ;;
	dhclient) dhclient --version 2>&1 | sed 's/.*dhclient-/ISC dhclient /' ;;
	samba) smbd -V | sed 's/Version/Samba/; s/-Debian.*//' ;;
	bash) printf 'bash %s' "${BASH_VERSION%%(*}" ;;
	nft) nft -v | awk '{ print "nftables " $2 }' ;;
	wireshark) editcap -v | sed -n '1s/.*(Wireshark) \([0-9.]*\).*/editcap \1/p' ;;
	esac
}

# versions NAME...: comma-separated
versions() {
	local v list=""
	for v in "$@"; do list="$list, $(version "$v")"; done
	printf '%s' "${list#, }"
}

# merge NEW OLD: the comments and other files' lines of OLD, then NEW, in order
merge() {
	[ -s "$1" ] || return 0
	touch "$2"
	{
		grep '^#' "$2"
		{
			awk -F '\t' 'NR == FNR { new[$1] = 1; next }
				!/^#/ && !($1 in new)' "$1" "$2"
			cat "$1"
		} | LC_ALL=C sort -s -t "$(printf '\t')" -k1,1
	} >"$2.new"
	mv "$2.new" "$2"
}
