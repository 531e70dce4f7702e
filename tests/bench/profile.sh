#!/bin/bash
# Where the time goes: the symbols that samples of a running audit fall into, by
# thread and by room of the program.  Prints Markdown for README.md.
#
# usage: profile.sh [PACKETS [FLOWS]]     (8000000 50000; small: 12000000 2000000)
#
# Environment: FLOWAUDIT and BENCH_BIN as for bench.sh; THREADS (1).  Samples
# cycles where perf can count them, else the CPU clock.
set -eu
export LC_ALL=C
tree=$(cd "$(dirname "$0")/../.." && pwd)
flowaudit=${FLOWAUDIT:-$tree/build/release/flowaudit}
bin=${BENCH_BIN:-$tree/build/release/bench}
FLOWAUDIT_RULES=${FLOWAUDIT_RULES:-$tree/rules}
export FLOWAUDIT_RULES

if ! command -v perf >/dev/null; then
	echo "Skipped: perf is not installed (Debian package linux-perf)."
	exit 0
fi
work=$(mktemp -d "${TMPDIR:-/tmp}/flowaudit-profile.XXXXXX")
trap 'rm -rf "$work"' EXIT
event=cpu-clock
if perf stat -x, -e cycles true 2>&1 | grep -q '^[0-9][0-9]*,'; then
	event=cycles
fi

# The room of every function of ours, by the file that defines it.
rooms() {
	nm -l "$flowaudit" 2>/dev/null | awk '$2 ~ /^[tT]$/ && match($4, /\/src\/[a-z]+\//) {
		print $3, substr($4, RSTART + 5, RLENGTH - 6) }'
}

# profile KIND PACKETS FLOWS
profile() {
	"$bin/gen" "$1" "$work/capture" "$2" "$3"
	perf record -q -e "$event" -F 4000 -o "$work/data" "$flowaudit" audit --threads "${THREADS:-1}" \
		-S "$tree/rules/site-example.yaml" -r "$work/capture" >/dev/null 2>"$work/log" || [ $? -le 3 ]
	rm -f "$work/capture"
	echo "$1: $2 packets, $3 flows, ${THREADS:-1} thread(s), $event"
	echo
	perf report -i "$work/data" --stdio --no-children --percent-limit 0 -s dso,symbol -t '|' 2>/dev/null |
		awk -F'|' '!/^#/ && NF >= 3 { gsub(/^ +| +$/, "", $1); gsub(/ /, "", $2)
			sub(/^ *\[.\] /, "", $3); sub(/ +$/, "", $3); print $1 + 0 "|" $2 "|" $3 }' >"$work/symbols"
	rooms >"$work/rooms"
	awk -F'|' 'NR == FNR { split($0, w, " "); room[w[1]] = w[2]; next }
		{
			name = $3; sub(/\..*/, "", name)
			r = $2 ~ /^\[/ ? "kernel" : $2 != "flowaudit" ? $2 : name in room ? room[name] : "flowaudit"
			part[r] += $1
			if (++n <= 25)
				top[n] = sprintf("| %.1f | %s | `%s` |", $1, r, name)
		}
		END {
			print "| % | room or library |\n| ---: | --- |"
			for (r in part)
				if (part[r] >= 0.5)
					printf "| %.1f | %s |\n", part[r], r | "sort -t\"|\" -k2,2nr"
			close("sort -t\"|\" -k2,2nr")
			print "\n| % | room | function |\n| ---: | --- | --- |"
			for (i = 1; i <= n && i <= 25; i++)
				print top[i]
		}' "$work/rooms" "$work/symbols"
	echo
}

profile voice "${1:-8000000}" "${2:-50000}"
profile small "${1:-12000000}" "${2:-2000000}"
