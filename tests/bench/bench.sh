#!/bin/bash
# Measure flowaudit beside the practical limit (bare) and beside other programs
# that turn a capture into flows.  Prints Markdown; asserts nothing about time.
#
# usage: bench.sh [full|quick]
#
# FLOWAUDIT     the program                    (build/release/flowaudit)
# BENCH_BIN     directory of gen, bare and run (build/release/bench)
# BENCH_SCALE   factor on all packet and flow counts, such as 0.5 (1)
# BENCH_ROUNDS  rounds, at least 1             (5; quick: 3)
# TMPDIR        where the captures go: 2.5 GB at scale 1
#
# In a round every program runs once on the same capture, in an order that
# rotates from round to round; before them one run each that counts what the
# program saw and warms the caches.  Numbers are medians over the rounds; ratios
# are medians of the ratios within a round.
#
# Exit status: 0; 2 when something is missing or a program of ours fails.
set -u
export LC_ALL=C TZ=UTC

tree=$(cd "$(dirname "$0")/../.." && pwd)
mode=${1:-full}
flowaudit=${FLOWAUDIT:-$tree/build/release/flowaudit}
bin=${BENCH_BIN:-$tree/build/release/bench}
scale=${BENCH_SCALE:-1}
site=$tree/rules/site-example.yaml
export FLOWAUDIT_RULES=${FLOWAUDIT_RULES:-$tree/rules}
limit_s=300 # no single run takes longer

case $mode in
full) rounds=${BENCH_ROUNDS:-5} ;;
quick) rounds=${BENCH_ROUNDS:-3} ;;
*) echo "usage: bench.sh [full|quick]" >&2; exit 2 ;;
esac
for program in "$flowaudit" "$bin/gen" "$bin/bare" "$bin/run"; do
	[ -x "$program" ] || { echo "bench.sh: $program is not there: make bench builds it" >&2; exit 2; }
done
work=$(mktemp -d "${TMPDIR:-/tmp}/flowaudit-bench.XXXXXX") || exit 2
trap 'rm -rf "$work"' EXIT
trap 'exit 2' INT TERM

# The Debian package that has each program of others.
package_of() {
	case $1 in
	nfpcapd) echo nfdump ;;
	softflowd) echo softflowd ;;
	argus) echo argus-server ;;
	ndpiReader) echo libndpi-bin ;;
	tshark) echo tshark ;;
	esac
}

rivals=
for tool in nfpcapd softflowd argus ndpiReader tshark; do
	if command -v "$tool" >/dev/null; then
		rivals="$rivals $tool"
	else
		echo "Skipped: $tool is not installed (Debian package $(package_of "$tool"))."
	fi
done

# scaled N: N times the scale, at least 1000
scaled() { awk -v n="$1" -v s="$scale" 'BEGIN { n = int(n * s); print n < 1000 ? 1000 : n }'; }

# log2_of FLOWS: slots for them at most half full, as a power of two
log2_of() { awk -v n="$1" 'BEGIN { b = 4; while (2 ^ b < 2 * n) b++; print b }'; }

# use TOOL CAPTURE FLOWS: the array `command` processes the capture
use() {
	case $1 in
	flowaudit)
		command=("$flowaudit" audit)
		[ ! -f "$site" ] || command+=(-S "$site")
		command+=(-r "$2")
		;;
	bare) command=("$bin/bare" "$2" "$(log2_of "$3")") ;;
	nfpcapd) rm -rf "$work/nf"; mkdir "$work/nf"; command=(nfpcapd -r "$2" -w "$work/nf") ;;
	# Room for every flow; the records go to the discard port, where nobody listens.
	softflowd) command=(softflowd -N -v 9 -r "$2" -m $(($3 + 1)) -n 127.0.0.1:9 -c none \
		-p "$work/softflowd.pid") ;;
	argus) command=(argus -X -F /dev/null -r "$2" -w "${argus_out:-/dev/null}") ;;
	ndpiReader) command=(ndpiReader -q -i "$2") ;;
	tshark) command=(tshark -q -r "$2" -z 'conv,tcp' -z 'conv,udp') ;;
	esac
}

# seen TOOL OUTPUT: "packets flows" as the program itself counts them
seen() {
	case $1 in
	flowaudit) tr -d ',\n' <"$2" | sed -nE 's/.* ([0-9]+) frames? .* ([0-9]+) flows?site .*/\1 \2/p' ;;
	bare) awk '{ print $1, $3 }' "$2" ;;
	nfpcapd) nfdump -R "$work/nf" -I 2>/dev/null |
		awk '$1 == "Flows:" { f = $2 } $1 == "Packets:" { p = $2 } END { print p, f }' ;;
	softflowd) awk '/^Packets processed:/ { p = $3 } /^Flows expired:/ { print p, $3 }' "$2" ;;
	argus) racount -r "$work/argus.out" 2>/dev/null | awk '$1 == "sum" { print $3, $2 }' ;;
	ndpiReader) awk '/IP packets:/ { p = $3 } /Unique flows:/ { print p, $3 }' "$2" ;;
	tshark) awk '/<->/ { n++ } END { print "-", n }' "$2" ;;
	esac
}

# One run that counts.
check() {
	local tool=$1 capture=$2 flows=$3 argus_out=$work/argus.out

	rm -f "$argus_out"
	use "$tool" "$capture" "$flows"
	[ "$tool" != ndpiReader ] || command=(ndpiReader -i "$capture") # -q is silent about flows
	"$bin/run" "$limit_s" "$work/checked" "${command[@]}" >"$work/output" 2>"$work/log"
	seen "$tool" <(cat "$work/output" "$work/log") >"$work/seen.$tool"
	[ -s "$work/seen.$tool" ] || echo "? ?" >"$work/seen.$tool"
	if [ "$tool" = flowaudit ]; then
		case $(awk 'END { print $5 }' "$work/checked") in
		0 | 1 | 3) ;;
		*) echo "bench.sh: flowaudit failed on $capture:" >&2; head -3 "$work/log" >&2; exit 2 ;;
		esac
		grep -A1 '^Flows: ' "$work/output" >"$work/verdicts"
	fi
}

# rows NAME PACKETS TOOL...: the Markdown rows of one capture
rows() {
	local name=$1 packets=$2

	shift 2
	for tool; do
		awk -v name="$name" -v tool="$tool" -v packets="$packets" -v seen="$(cat "$work/seen.$tool")" '
		function median(a, n,    i, j, t) {
			for (i = 2; i <= n; i++)
				for (j = i; j > 1 && a[j] < a[j - 1]; j--) { t = a[j]; a[j] = a[j - 1]; a[j - 1] = t }
			return n % 2 ? a[(n + 1) / 2] : (a[n / 2] + a[n / 2 + 1]) / 2
		}
		NR == FNR { base[FNR] = $1; base_cpu[FNR] = $2 + $3; next }
		{
			n = FNR; wall[n] = $1; user[n] = $2; sys[n] = $3; rss[n] = $4
			ratio[n] = base[n] > 0 ? $1 / base[n] : 0
			cpu[n] = base_cpu[n] > 0 ? ($2 + $3) / base_cpu[n] : 0
			if ($5 != 0 && !(tool == "flowaudit" && ($5 == 1 || $5 == 3))) failed = $5
		}
		END {
			split(seen, s, " ")
			if (failed) { printf "| %s | %s | exit status %s |||||||||\n", name, tool, failed; exit }
			w = median(wall, n)
			printf "| %s | %s | %s | %s | %.3f | %.2f | %.2f | %.2f | %d | %.2f | %.2f |\n", name, tool,
				s[1], s[2], w, (w > 0 ? packets / w / 1e6 : 0), median(user, n), median(sys, n),
				median(rss, n) / 1024, median(ratio, n), median(cpu, n)
		}' "$work/$base_tool.runs" "$work/$tool.runs"
	done
}

# measure NAME PACKETS FLOWS BASE TOOL... (the capture is $work/capture)
measure() {
	local name=$1 packets=$2 flows=$3 base_tool=$4 tools count

	shift 4
	tools=("$@")
	count=${#tools[@]}
	rm -f "$work"/*.runs
	for tool; do
		check "$tool" "$work/capture" "$flows"
	done
	for ((round = 0; round < rounds; round++)); do
		for ((i = 0; i < count; i++)); do
			tool=${tools[$(((i + round) % count))]}
			use "$tool" "$work/capture" "$flows"
			"$bin/run" "$limit_s" "$work/$tool.runs" "${command[@]}" >/dev/null 2>&1
		done
	done
	rows "$name" "$packets" "${tools[@]}"
	echo "$name: $(tr -s ' \n' ' ' <"$work/verdicts")" >>"$work/notes"
	rm -f "$work/capture"
}

# make_capture KIND PACKETS [FLOWS]
make_capture() {
	local kind=$1 packets=$2

	shift 2
	# The recorded captures of real software that gen can read, see pcaps/README.md.
	[ "$kind" != mixed ] || set -- "$tree"/pcaps/recorded/*.pcap "$tree"/pcaps/recorded/*.pcapng
	"$bin/gen" "$kind" "$work/capture" "$packets" "$@" || exit 2
}

# bench BASE TOOLS KIND PACKETS [FLOWS]: without FLOWS as many as packets.  Of a
# mixed capture the flows only say how large the tables of bare must be.
bench() {
	local base=$1 names=$2 kind=$3 packets flows

	packets=$(scaled "$4")
	flows=$(scaled "${5:-$4}")
	make_capture "$kind" "$packets" ${5:+"$flows"}
	# shellcheck disable=SC2086 # a list of words
	measure "$kind" "$packets" "$flows" "$base" $names
}

head_of_table() {
	echo
	echo "| capture | program | packets seen | flows seen | wall s | Mpps | user s | sys s | peak MiB | wall / $1 | CPU / $1 |"
	echo "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
}

echo "$(date -u +%FT%TZ), $(nproc) x $(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -1)," \
	"Linux $(uname -r), load $(cut -d' ' -f1-3 /proc/loadavg) at the start"
quick_tools="flowaudit bare${rivals/ tshark/}"
case $mode in
full)
	head_of_table bare
	bench bare "flowaudit bare" voice 8000000 50000
	bench bare "flowaudit bare" small 6000000 1000000
	bench bare "flowaudit bare" newflows 1000000
	bench bare "flowaudit bare" mixed 2000000 250000
	head_of_table flowaudit
	bench flowaudit "$quick_tools" voice 2000000 50000
	bench flowaudit "$quick_tools" small 1000000 200000
	bench flowaudit "$quick_tools" newflows 400000
	bench flowaudit "$quick_tools" mixed 1000000 125000
	if [[ $rivals == *tshark* ]]; then
		head_of_table flowaudit
		bench flowaudit "flowaudit tshark" voice 200000 5000
	fi
	;;
quick)
	head_of_table bare
	for kind in "voice 2000000 50000" "small 2000000 500000" "newflows 500000" "mixed 1000000 125000"; do
		# shellcheck disable=SC2086 # a list of words
		bench bare "flowaudit bare" $kind
	done
	head_of_table flowaudit
	bench flowaudit "$quick_tools" voice 400000 20000
	bench flowaudit "$quick_tools" mixed 200000 25000
	;;
esac
echo
echo "flowaudit's verdicts, in the order of the tables:"
echo
sed 's/^/- /' "$work/notes"
echo
echo "Load $(cut -d' ' -f1-3 /proc/loadavg) at the end, after ${SECONDS} s."
