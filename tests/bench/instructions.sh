#!/bin/sh
# Instructions that flowaudit spends on a packet, counted by callgrind: unlike
# time they do not depend on the machine's load.
#
# usage: instructions.sh [PACKETS FLOWS]        (200000 5000, kind voice)
#
# Environment: FLOWAUDIT and BENCH_BIN as for bench.sh.  Runs the audit on a
# capture of PACKETS and on one of the first packet alone: the difference is what
# packets and flows cost, without the loading of packs and the set-up of tables.
set -eu
tree=$(cd "$(dirname "$0")/../.." && pwd)
flowaudit=${FLOWAUDIT:-$tree/build/release/flowaudit}
bin=${BENCH_BIN:-$tree/build/release/bench}
packets=${1:-200000} flows=${2:-5000}
FLOWAUDIT_RULES=${FLOWAUDIT_RULES:-$tree/rules}
export FLOWAUDIT_RULES

if ! command -v valgrind >/dev/null; then
	echo "Skipped: valgrind is not installed (Debian package valgrind)."
	exit 0
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# count CAPTURE NAME: instructions of one audit; its profile stays in $work/NAME
count() {
	valgrind --tool=callgrind --callgrind-out-file="$work/$2" "$flowaudit" audit --seed 1 \
		-S "$tree/rules/site-example.yaml" -r "$1" >/dev/null 2>"$work/log" || [ $? -ne 2 ] ||
		{ cat "$work/log" >&2; exit 2; }
	awk '/^(summary|totals):/ { n = $2 } END { print n }' "$work/$2"
}

"$bin/gen" voice "$work/one.pcap" 1 "$flows"
"$bin/gen" voice "$work/all.pcap" "$packets" "$flows"
one=$(count "$work/one.pcap" one)
all=$(count "$work/all.pcap" all)
awk -v all="$all" -v one="$one" -v packets="$packets" -v flows="$flows" 'BEGIN {
	printf "voice, %d packets, %d flows: %.0f instructions per packet", packets, flows,
		(all - one) / (packets - 1)
	printf " (%.0f with the start, which takes %.1f million)\n\n", all / packets, one / 1e6
}'
callgrind_annotate --threshold=90 "$work/all" 2>/dev/null |
	awk '/^ *[0-9,]+ \([ 0-9.]+%\)/ && ++n <= 25 { sub(/ \[.*/, ""); print }'
