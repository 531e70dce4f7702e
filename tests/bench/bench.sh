#!/bin/bash
# Measure flowaudit beside the practical limit (bare loops) and beside other
# programs that turn a capture into flows.  Prints Markdown; asserts nothing about time.
#
# usage: bench.sh [full|quick|hostile]
#
# FLOWAUDIT     the program                    (build/release/flowaudit)
# BENCH_BIN     directory of gen, bare and run (build/release/bench)
# BENCH_ONLY    sections, such as "voice live" (full: all but hostile)
# BENCH_SCALE   factor on all packet and flow counts, such as 0.5 (1; quick: 0.04)
# BENCH_ROUNDS  rounds, at least 1             (5; quick: 3); fewer where a run takes over 5 or 20 s
# BENCH_TOOLS   no other programs than these   (all that are installed)
# TMPDIR        where the captures go: 5 GB at scale 1
#
# In a round every program runs once on the same capture, in an order that
# rotates from round to round; before them one run each that counts what the
# program saw and warms the caches.  Numbers are medians over the rounds; ratios
# are medians of the ratios within a round.
#
# Exit status: 0; 2 when something is missing or a program of ours fails.
# shellcheck disable=SC2034 # the files sourced below use what is set here
set -u
export LC_ALL=C TZ=UTC

tree=$(cd "$(dirname "$0")/../.." && pwd)
mode=${1:-full}
flowaudit=${FLOWAUDIT:-$tree/build/release/flowaudit}
bin=${BENCH_BIN:-$tree/build/release/bench}
shared=${FLOWAUDIT_SHARED:-$tree/../shared}
site=$tree/rules/site-example.yaml
export FLOWAUDIT_RULES=${FLOWAUDIT_RULES:-$tree/rules}
limit_s=300 # no single run takes longer

case $mode in
full)
	scale=${BENCH_SCALE:-1} rounds=${BENCH_ROUNDS:-5}
	sections=${BENCH_ONLY:-voice small newflows mixed gvoice gsmall rivals packed live json packs start instructions}
	;;
quick)
	scale=${BENCH_SCALE:-0.04} rounds=${BENCH_ROUNDS:-3}
	sections=${BENCH_ONLY:-voice small newflows mixed packed live start}
	;;
hostile)
	scale=${BENCH_SCALE:-1} rounds=1
	sections=${BENCH_ONLY:-hostile}
	;;
*) echo "usage: bench.sh [full|quick|hostile]" >&2; exit 2 ;;
esac
few=$((rounds < 3 ? rounds : 3))
[ "$mode" != quick ] || few=1
for program in "$flowaudit" "$bin/gen" "$bin/bare" "$bin/run"; do
	[ -x "$program" ] || { echo "bench.sh: $program is not there: make bench builds it" >&2; exit 2; }
done
work=$(mktemp -d "${TMPDIR:-/tmp}/flowaudit-bench.XXXXXX") || exit 2
trap 'rm -rf "$work"' EXIT
trap 'exit 2' INT TERM

for part in programs measure sections costs; do
	# shellcheck source=/dev/null
	. "$tree/tests/bench/$part.sh"
done

for section in $sections; do
	[ "$(type -t "section_$section")" = function ] ||
		{ echo "bench.sh: no section \"$section\"" >&2; exit 2; }
done
echo "$(date -u +%FT%TZ), $(nproc) x $(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -1)," \
	"Linux $(uname -r), load $(cut -d' ' -f1-3 /proc/loadavg) at the start, scale $scale," \
	"$(git -C "$tree" describe --always --dirty 2>/dev/null)"
find_programs
for section in $sections; do
	began=$SECONDS
	echo
	"section_$section"
	echo
	echo "($section: $((SECONDS - began)) s, load $(cut -d' ' -f1 /proc/loadavg))"
done
if [ -s "$work/notes" ]; then
	echo
	echo "flowaudit's verdicts:"
	echo
	sed 's/^/- /' "$work/notes"
fi
echo
echo "Load $(cut -d' ' -f1-3 /proc/loadavg) at the end, after ${SECONDS} s."
