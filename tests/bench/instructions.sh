#!/bin/bash
# Instructions that flowaudit spends on a packet, counted by callgrind: unlike
# time they do not depend on the machine's load.
#
# usage: instructions.sh [KIND [PACKETS FLOWS]]   (voice 200000 5000)
#        instructions.sh all                      a row for every kind, without a profile
#
# Environment: FLOWAUDIT and BENCH_BIN as for bench.sh.  Runs the audit, on one
# thread, on a capture of PACKETS and on one of the first packet alone: the difference
# is what packets and flows cost, without the loading of packs and the set-up of tables.
set -eu
tree=$(cd "$(dirname "$0")/../.." && pwd)
flowaudit=${FLOWAUDIT:-$tree/build/release/flowaudit}
bin=${BENCH_BIN:-$tree/build/release/bench}
FLOWAUDIT_RULES=${FLOWAUDIT_RULES:-$tree/rules}
export FLOWAUDIT_RULES

if ! command -v valgrind >/dev/null; then
	echo "Skipped: valgrind is not installed (Debian package valgrind)."
	exit 0
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# count NAME PROGRAM...: instructions of one run; its profile stays in $work/NAME
count() {
	local name=$1

	shift
	valgrind --tool=callgrind --callgrind-out-file="$work/$name" "$@" >/dev/null 2>"$work/log" ||
		[ $? -ne 2 ] || { cat "$work/log" >&2; exit 2; }
	awk '/^(summary|totals):/ { n = $2 } END { print n }' "$work/$name"
}

# gen KIND FILE PACKETS FLOWS
gen() {
	case $1 in
	newflows) "$bin/gen" newflows "$2" "$3" ;;
	mixed) "$bin/gen" mixed "$2" "$3" "$tree"/pcaps/recorded/*.pcap "$tree"/pcaps/recorded/*.pcapng ;;
	*) "$bin/gen" "$@" ;;
	esac
}

# per_packet KIND PACKETS FLOWS: one row of the table
per_packet() {
	local audit one all bare_one bare_all

	audit=("$flowaudit" audit --seed 1 --threads 1 -S "$tree/rules/site-example.yaml" -r)
	gen "$1" "$work/one.pcap" 1 "$3"
	gen "$1" "$work/all.pcap" "$2" "$3"
	one=$(count one "${audit[@]}" "$work/one.pcap")
	all=$(count all "${audit[@]}" "$work/all.pcap")
	bare_one=$(count bare "$bin/bare" "$work/one.pcap" 20)
	bare_all=$(count bare "$bin/bare" "$work/all.pcap" 20)
	awk -v kind="$1" -v packets="$2" -v flows="$("$bin/bare" "$work/all.pcap" 20 | awk '{ print $3 }')" \
		-v one="$one" -v all="$all" -v bare="$((bare_all - bare_one))" 'BEGIN {
		printf "| %s | %d | %d | %.0f | %.0f | %.1f |\n", kind, packets, flows, (all - one) / (packets - 1),
			bare / (packets - 1), one / 1e6
	}'
}

echo "| capture | packets | flows | instructions a packet | bare | millions to start |"
echo "| --- | ---: | ---: | ---: | ---: | ---: |"
if [ "${1-}" = all ]; then
	per_packet voice 500000 5000
	per_packet small 500000 100000
	per_packet newflows 200000 200000
	per_packet mixed 300000 30000
	exit 0
fi
per_packet "${1:-voice}" "${2:-200000}" "${3:-5000}"
echo
callgrind_annotate --threshold=90 "$work/all" 2>/dev/null |
	awk '/^ *[0-9,]+ \([ 0-9.]+%\)/ && ++n <= 25 { sub(/ \[.*/, ""); print }'
