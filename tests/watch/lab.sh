# shellcheck shell=bash disable=SC2086,SC2034
# Namespaces, watchers, senders and assertions of the tests of `flowaudit watch`; sourced, never run.
#
# A test is  . lab.sh; lab_begin NAME PROGRAM; ...; lab_end  and exits 0, 1 (something did not
# hold), 2 (the lab itself failed) or 77 (not permitted here; a line says what).  Everything
# lies in $WORK and in namespaces "$PREFIX-*", and is gone when the test ends, however it ends.
# Both ends of every cable are made inside namespaces: no frame of the host reaches a capture.

LAB=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
TREE=$(cd "$LAB/../.." && pwd)
export FLOWAUDIT_RULES=${FLOWAUDIT_RULES:-$TREE/rules} TZ=UTC LC_ALL=C
NAME="" PREFIX="" WORK="" PROGRAM=""
WATCH_OPTIONS=${WATCH_OPTIONS:-}    # of every watcher, such as "--threads 2"
PASSED=0 FAILED=0
declare -A PID=()    # watcher -> process id
STATUS=0             # of the last watcher that ended

say() { printf '%s\n' "$*"; }
lab_die() { printf '%s: error: %s\n' "$NAME" "$*" >&2; exit 2; }
lab_skip() { printf 'SKIPPED %s: %s\n' "$NAME" "$*"; exit 77; }

# lab_need PROGRAM:PACKAGE...
lab_need() {
	local pair missing=""
	for pair in "$@"; do
		command -v "${pair%%:*}" >/dev/null || missing="$missing ${pair##*:}"
	done
	[ -z "$missing" ] || lab_skip "not installed:$missing (make watch-deps)"
}

# lab_begin NAME PROGRAM: WORK, PREFIX and the way out; leaves with 77 where namespaces are not permitted
lab_begin() {
	NAME=$1
	[ "$(id -u)" = 0 ] || lab_skip "needs root"
	lab_need ip:iproute2 python3:python3 tcpreplay:tcpreplay tcpdump:tcpdump
	PROGRAM=$(realpath "${2:?usage: $1.sh PROGRAM}") && [ -x "$PROGRAM" ] || lab_die "no program $2"
	PREFIX="faw-$BASHPID"
	WORK=$(mktemp -d "${TMPDIR:-/tmp}/$PREFIX.XXXXXX") || lab_die "no room for work"
	chmod 755 "$WORK"
	trap lab_clean EXIT
	trap 'exit 2' INT TERM HUP
	ip netns add "$PREFIX-try" 2>"$WORK/try" ||
		lab_skip "no network namespaces here: $(head -1 "$WORK/try")"
	ip netns del "$PREFIX-try"
}

# lab_end: the verdict of the test, in one line
lab_end() {
	printf '%s: %d held, %d did not\n' "$NAME" "$PASSED" "$FAILED"
	[ "$FAILED" = 0 ] || exit 1
	exit 0
}

# What the test started is ended by process id; KEEP=1 leaves the files
lab_clean() {
	local ns pid
	trap - EXIT
	for pid in "${PID[@]}"; do kill -CONT "$pid" 2>/dev/null; kill -9 "$pid" 2>/dev/null; done
	for ns in $(ip netns list 2>/dev/null | awk -v p="$PREFIX-" 'index($1, p) == 1 { print $1 }'); do
		for pid in $(ip netns pids "$ns"); do kill "$pid" 2>/dev/null; done
		for _ in 1 2 3 4 5 6 7 8 9 10; do
			[ -n "$(ip netns pids "$ns")" ] || break
			sleep 0.1
		done
		for pid in $(ip netns pids "$ns"); do kill -9 "$pid" 2>/dev/null; done
		ip netns del "$ns"
	done
	awk -v w="$WORK/" 'index($2, w) == 1 { print $2 }' /proc/mounts |
		while read -r mount; do umount -l "$mount"; done
	wait 2>/dev/null
	if [ -n "${KEEP:-}" ]; then say "$NAME: kept $WORK"; else rm -rf "$WORK"; fi
}

# ---- assertions ----------------------------------------------------------------------------

# held WHAT COMMAND...: the command must succeed; what it prints is shown when it does not
held() {
	local what=$1
	shift
	if "$@" >"$WORK/held" 2>&1; then
		PASSED=$((PASSED + 1))
	else
		FAILED=$((FAILED + 1))
		printf 'FAIL %s: %s\n' "$NAME" "$what"
		sed 's/^/     /' "$WORK/held" | head -20
	fi
}

# is GOT OPERATOR WANTED: a comparison of test(1) that says what it saw
is() {
	test "$1" "$2" "$3" && return 0
	printf 'got "%s", wanted %s "%s"\n' "$1" "$2" "$3"
	return 1
}

# says FILE PATTERN: a line of the file fits the extended regular expression
says() {
	grep -qE -- "$2" "$1" && return 0
	printf 'no line of %s fits "%s":\n' "${1##*/}" "$2"
	tail -5 "$1"
	return 1
}

# said_once FILE PATTERN
said_once() { is "$(grep -cE -- "$2" "$1")" = 1; }

# centiseconds: of a clock that nobody sets
centiseconds() { local up; read -r up _ </proc/uptime; echo "${up/./}"; }

# within SECONDS COMMAND...: until the command succeeds; its output is that of the last try
within() {
	local until=$(($(centiseconds) + $1 * 100)) out
	shift
	while ! out=$("$@" 2>&1); do
		[ "$(centiseconds)" -lt "$until" ] || { printf 'not in time: %s\n' "$out"; return 1; }
		sleep 0.1
	done
}

records() { python3 "$LAB/records.py" "$@"; }

# ---- namespaces ----------------------------------------------------------------------------

in_ns() { local ns=$PREFIX-$1; shift; ip netns exec "$ns" "$@"; }

# ns_add NAME...: only IPv4, and no audio or video port is anybody's source port
ns_add() {
	local ns
	for ns in "$@"; do
		ip netns add "$PREFIX-$ns" || lab_die "no namespace $ns"
		ip -n "$PREFIX-$ns" link set lo up
		in_ns "$ns" sh -c '
			echo 1 >/proc/sys/net/ipv6/conf/all/disable_ipv6
			echo 1 >/proc/sys/net/ipv6/conf/default/disable_ipv6
			echo 40000 48999 >/proc/sys/net/ipv4/ip_local_port_range
			sysctl=/proc/sys/net/ipv4/tcp_syn_linear_timeouts
			[ ! -e $sysctl ] || echo 0 >$sysctl' || lab_skip "/proc/sys/net is read-only here"
	done
}

# cable NS DEVICE NS DEVICE
cable() {
	ip link add "$2" netns "$PREFIX-$1" type veth peer name "$4" netns "$PREFIX-$3" ||
		lab_skip "no veth devices here"
	ip -n "$PREFIX-$1" link set "$2" up
	ip -n "$PREFIX-$3" link set "$4" up
}

# quiet_cable: send0 in namespace sender, recv0 in receiver, and not a frame but what the test sends
quiet_cable() {
	ns_add sender receiver
	cable sender send0 receiver recv0
	ip -n "$PREFIX-sender" link set send0 arp off mtu 9000
	ip -n "$PREFIX-receiver" link set recv0 arp off mtu 9000
	sleep 0.2
	is "$(device_frames sender send0 tx)" = 0 || lab_die "the cable is not quiet"
}

# device_frames NS DEVICE rx|tx: what the kernel counted
device_frames() { in_ns "$1" cat "/sys/class/net/$2/statistics/${3}_packets"; }

# ---- traffic -------------------------------------------------------------------------------

# forged DIRECTORY [option of forge...]: captures as flowaudit forge makes them
forged() {
	local to=$1
	shift
	"$PROGRAM" forge -q -o "$to" "$@" || lab_die "forge: $*"
}

# replay [option of tcpreplay...] FILE...: into the quiet cable; sets SENT
replay() {
	in_ns sender tcpreplay -q -i send0 "$@" >"$WORK/replay" 2>&1 || {
		tail -5 "$WORK/replay" >&2
		lab_die "tcpreplay $*"
	}
	SENT=$(awk '/Successful packets/ { print $NF }' "$WORK/replay")
}

# ---- watchers ------------------------------------------------------------------------------

# watch_try NAME NS [option of watch...]: in the background; standard output and error
# go to NAME.out and NAME.err.  The process is our child: its id is PID[NAME].
watch_try() {
	local name=$1 ns=$2
	shift 2
	in_ns "$ns" true || lab_die "no namespace $ns"
	ip netns exec "$PREFIX-$ns" "$PROGRAM" watch $WATCH_OPTIONS "$@" \
		>"$WORK/$name.out" 2>"$WORK/$name.err" </dev/null &
	PID[$name]=$!
}

# watch_ready NAME: it captures, or the test is over
watch_ready() {
	within 10 grep -q '^flowaudit: watching' "$WORK/$1.err" >/dev/null ||
		lab_die "watch $1 does not start: $(cat "$WORK/$1.err")"
}

watch_start() { watch_try "$@"; watch_ready "$1"; }

# watch_stamped NAME NS ...: as watch_start, but NAME.out gets the time of arrival before every line
watch_stamped() {
	local name=$1 ns=$2
	shift 2
	ip netns exec "$PREFIX-$ns" "$PROGRAM" watch $WATCH_OPTIONS "$@" 2>"$WORK/$name.err" </dev/null \
		> >(exec python3 "$LAB/records.py" stamp >"$WORK/$name.out") &
	PID[$name]=$!
	watch_ready "$name"
}

watch_signal() { kill "-$2" "${PID[$1]}"; }
watch_runs() { kill -0 "${PID[$1]}" 2>/dev/null || { echo "watch $1 is gone"; tail -3 "$WORK/$1.err"; return 1; }; }

# watch_wait NAME SECONDS: its end by itself; sets STATUS (124: it had to be killed)
watch_wait() {
	local pid=${PID[$1]} i late=0
	{    # the shell has nothing to say of who was killed
		for ((i = 0; i < $2 * 10; i++)); do
			kill -0 "$pid" || break
			sleep 0.1
		done
		kill -9 "$pid" && late=1
		wait "$pid"
		STATUS=$?
	} 2>/dev/null
	[ $late = 0 ] || STATUS=124
	unset "PID[$1]"
	sleep 0.2    # what reads its output is done too
}

# watch_stop NAME [SIGNAL]
watch_stop() {
	watch_signal "$1" "${2:-TERM}" 2>/dev/null
	watch_wait "$1" 10
}
