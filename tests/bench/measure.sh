# shellcheck shell=bash disable=SC2154,SC2034 # sourced by bench.sh, with the other parts
# Captures, runs that take turns, and tables of their medians.

# scaled N: N times the scale, at least 1000
scaled() { awk -v n="$1" -v s="$scale" 'BEGIN { n = int(n * s); print n < 1000 ? 1000 : n }'; }

# make_capture KIND PACKETS [FLOWS]: $work/capture
make_capture() {
	local kind=$1 packets=$2

	shift 2
	# The recorded captures of real software that gen can read, see pcaps/README.md.
	[ "$kind" != mixed ] || set -- "$tree"/pcaps/recorded/*.pcap "$tree"/pcaps/recorded/*.pcapng
	"$bin/gen" "$kind" "$work/capture" "$packets" "$@" || exit 2
}

failed() {
	echo "bench.sh: flowaudit failed on $1:" >&2
	head -3 "$work/log" >&2
	exit 2
}

# check TOOL CAPTURE FLOWS: one run that counts
check() {
	local tool=$1 capture=$2 flows=$3 argus_out=$work/argus.out

	rm -f "$argus_out" "$work/checked"
	use "$tool" "$capture" "$flows"
	[ "$tool" != ndpiReader ] || command=(ndpiReader -i "$capture") # -q is silent about flows
	[[ $tool != @(zstd|gzip|pigz) ]] || command=(true) # nothing to count in a GB of output
	"$bin/run" "$limit_s" "$work/checked" "${command[@]}" >"$work/output" 2>"$work/log"
	cp "$work/checked" "$work/took.$tool"
	seen "$tool" <(cat "$work/output" "$work/log") >"$work/seen.$tool"
	[ -s "$work/seen.$tool" ] || echo "? ?" >"$work/seen.$tool"
	[[ $tool == flowaudit-* ]] || return 0
	case $(awk '{ print $5 }' "$work/checked") in
	0 | 1 | 3) ;;
	*) failed "$capture" ;;
	esac
	grep -A1 '^Flows: ' "$work/output" >"$work/verdicts"
}

# rounds_of TOOL: fewer where its first run took long, and of others where all should be quick
rounds_of() {
	[ "$mode" != quick ] || [[ " $rivals " != *" $1 "* ]] || { echo "$few"; return; }
	awk -v rounds="$rounds" -v few="$few" '{ print ($1 > 20 ? 1 : $1 > 5 ? few : rounds) }' "$work/took.$1"
}

# take_turns CAPTURE FLOWS TOOL...: the costs of every run in $work/TOOL.runs
take_turns() {
	local capture=$1 flows=$2 tools most=() count next tool

	shift 2
	tools=("$@")
	count=${#tools[@]}
	rm -f "$work"/*.runs
	for tool; do
		most[${#most[@]}]=$(rounds_of "$tool")
	done
	for ((round = 0; round < rounds; round++)); do
		for ((i = 0; i < count; i++)); do
			next=$(((i + round) % count))
			tool=${tools[next]}
			[ "$round" -lt "${most[next]}" ] || continue
			use "$tool" "$capture" "$flows"
			"$bin/run" "$limit_s" "$work/$tool.runs" "${command[@]}" >/dev/null 2>&1
		done
	done
}

# For awk: the median of a[1] to a[n]
median_awk='function median(a, n,    i, j, t) {
	for (i = 2; i <= n; i++)
		for (j = i; j > 1 && a[j] < a[j - 1]; j--) { t = a[j]; a[j] = a[j - 1]; a[j - 1] = t }
	return n % 2 ? a[(n + 1) / 2] : (a[n / 2] + a[n / 2 + 1]) / 2
}'

# median_of FILE COLUMN
median_of() { awk -v c="$2" "$median_awk"' { v[NR] = $c } END { print median(v, NR) }' "$1"; }

# row NAME PACKETS TOOL BASE OTHER: costs, wall time beside both, CPU time beside BASE
row() {
	awk -v name="$1" -v tool="$3" -v packets="$2" -v seen="$(cat "$work/seen.$3")" "$median_awk"'
	FNR == 1 { file++ }
	file == 1 { base[FNR] = $1; base_cpu[FNR] = $2 + $3; next }
	file == 2 { other[FNR] = $1; next }
	{
		n = FNR; wall[n] = $1; user[n] = $2; sys[n] = $3; rss[n] = $4
		ratio[n] = base[n] > 0 ? $1 / base[n] : 0
		beside[n] = other[n] > 0 ? $1 / other[n] : 0
		cpu[n] = base_cpu[n] > 0 ? ($2 + $3) / base_cpu[n] : 0
		if ($5 != 0 && !(tool ~ /^flowaudit/ && ($5 == 1 || $5 == 3))) failed = $5
	}
	END {
		split(seen, s, " ")
		if (failed) { printf "| %s | %s | %d | exit status %s ||||||||||\n", name, tool, n, failed; exit }
		w = median(wall, n)
		printf "| %s | %s | %d | %s | %s | %.3f | %.2f | %.2f | %.2f | %d | %.2f | %.2f | %.2f |\n",
			name, tool, n, s[1], s[2], w, (w > 0 ? packets / w / 1e6 : 0), median(user, n),
			median(sys, n), median(rss, n) / 1024, median(ratio, n), median(cpu, n), median(beside, n)
	}' "$work/$4.runs" "$work/$5.runs" "$work/$3.runs"
}

# head_of_table BASE
head_of_table() {
	echo "| capture | program | rounds | packets seen | flows seen | wall s | Mpps | user s | sys s | peak MiB" \
		"| wall / $1 | CPU / $1 | wall / flowaudit-1 |"
	echo "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
}

# measure NAME PACKETS FLOWS TOOL...: a table of $work/capture, which is then deleted
measure() {
	local name=$1 packets=$2 flows=$3 beside=$base

	shift 3
	[[ " $* " == *" $beside "* ]] || beside=flowaudit-1
	for tool; do
		check "$tool" "$work/capture" "$flows"
	done
	take_turns "$work/capture" "$flows" "$@"
	head_of_table "$beside"
	for tool; do
		row "$name" "$packets" "$tool" "$beside" flowaudit-1
	done
	echo "$name, $packets packets: $(tr -s ' \n' ' ' <"$work/verdicts")" >>"$work/notes"
	rm -f "$work/capture"
}
