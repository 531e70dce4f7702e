#!/bin/bash
# Runs libFuzzer on every target, or on one, and says what each found.
#
# usage: run.sh PROGRAM SECONDS [TARGET]        (make fuzz SECONDS=n TARGET=name)
#
# New inputs and crashers stay beside the program: corpus/TARGET/, crash/TARGET/.
# A second run goes on from there.  Exit status: 0 nothing was found, 1 a target
# failed, 2 the run itself is broken.
set -u
export LC_ALL=C
tree=$(cd "$(dirname "$0")/../.." && pwd)
[ $# -ge 2 ] || { echo "usage: run.sh PROGRAM SECONDS [TARGET]" >&2; exit 2; }
program=$(realpath "$1") seconds=$2 only=${3:-}
dir=$(dirname "$program")
cd "$tree" || exit 2
export FLOWAUDIT_RULES=${FLOWAUDIT_RULES:-$tree/rules}
export ASAN_OPTIONS=detect_leaks=1:allocator_may_return_null=1 UBSAN_OPTIONS=print_stacktrace=1
# libfyaml 0.7.12 loses what it had of a scalar when the text ends inside it.
export LSAN_OPTIONS=suppressions=$tree/tests/fuzz/lsan.supp:print_suppressions=0

# dictionary TARGET: its words, where a text or a file format has some
dictionary() {
	case $1 in
	identify_sip | identify_http | identify_msnftp | pcapng) echo "${1#identify_}" ;;
	pack | site) echo yaml ;;
	*) echo magic ;;
	esac
}

# last FIELD LOG: the last value of a field of libFuzzer's lines
last() { grep -oE "$1: *[0-9]+" "$2" | tail -1 | grep -oE '[0-9]+$'; }

# fuzz TARGET: one row of the table
fuzz() {
	local target=$1 log=$dir/log/$1 status crashes before after
	mkdir -p "$dir/corpus/$target" "$dir/crash/$target" "$dir/log"
	ln -sf "$program" "$dir/fuzz_$target"
	nice -n 19 "$dir/fuzz_$target" -max_total_time="$seconds" -max_len=8192 -rss_limit_mb=2048 -timeout=20 \
		-print_final_stats=1 -dict="tests/fuzz/dict/$(dictionary "$target").dict" \
		-artifact_prefix="$dir/crash/$target/" \
		"$dir/corpus/$target" "tests/fuzz/corpus/$target" >"$log" 2>&1
	status=$?
	crashes=$(find "$dir/crash/$target" -type f | wc -l)
	before=$(grep -m1 INITED "$log" | grep -oE 'ft: [0-9]+')
	after=$(grep -oE 'ft: [0-9]+' "$log" | tail -1)
	printf '%-22s %12s %8s %8s %8s %8s\n' "$target" "$(last stat::number_of_executed_units "$log")" \
		"$(last stat::average_exec_per_sec "$log")" "$(last cov "$log")" \
		"$((${after:+${after#ft: }} + 0 - (${before:+${before#ft: }} + 0)))" "$crashes"
	[ $status = 0 ] && [ "$crashes" = 0 ]
}

bad=0 ran=0
printf '%-22s %12s %8s %8s %8s %8s\n' target executions exec/s edges "new ft" crashes
for path in tests/fuzz/corpus/*/; do
	target=$(basename "$path")
	[ -z "$only" ] || [ "$only" = "$target" ] || continue
	ran=$((ran + 1))
	fuzz "$target" || { bad=1; grep -m3 -E 'ERROR|runtime error|assert' "$dir/log/$target"; }
done
[ $ran != 0 ] || { echo "run.sh: no target $only" >&2; exit 2; }
exit $bad
