#!/bin/sh
# The same report under any hash seed, batch size and way of reading, and but for
# the names themselves with and without --name-unknown.
#
#	tests/invariance.sh PROGRAM
set -u
program=$(realpath "$1")
cd "$(dirname "$0")/../pcaps" || exit 2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export TZ=UTC LC_ALL=C FLOWAUDIT_RULES=../rules
passed=0 failed=0

report() { "$program" audit -S sites/lab.yaml -f json "$@" | sed 's/"elapsed_s":[0-9.]*//'; }

same() { # WHAT FILE: the report in $work/this equals the first one
	if cmp -s "$work/first" "$work/this"; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAIL $2: $1 changes the report"
		diff "$work/first" "$work/this" | head -5
	fi
}

for file in recorded/*; do
	report --seed 1 "$file" >"$work/first"
	for seed in 0 2 3 4 5 6 7 8; do
		report --seed $seed "$file" >"$work/this"
		same "--seed $seed" "$file"
	done
	for batch in 1 7 63; do
		report --seed 1 --batch $batch "$file" >"$work/this"
		same "--batch $batch" "$file"
	done
	for threads in 1 2 4; do
		report --seed 1 --threads $threads "$file" >"$work/this"
		same "--threads $threads" "$file"
	done
	# Standard input, a byte of the name apart, is the same capture.
	case $file in *.gz | *.zst) continue ;; esac
	report --seed 1 - <"$file" | sed "s|\"pcap_filename\":\"-\"|\"pcap_filename\":\"$file\"|g" >"$work/this"
	same "standard input" "$file"
done
# All of them in one run, under two seeds.
report --seed 1 recorded >"$work/first"
report --seed 2 --batch 5 recorded >"$work/this"
same "--seed 2 --batch 5" "all recorded captures"
# Names change nothing but that they are there: every other field, and the exit status.
unnamed() { sed 's/,"name":"[^"]*","named_by":"ndpi"//; s/,"names_given_up":[0-9]*//; s/"elapsed_s":[0-9.]*//'; }
if "$program" audit -q --name-unknown recorded/opaque-bytes-7777.pcap 2>/dev/null; [ $? = 2 ]; then
	echo "invariance: --name-unknown skipped: this build has no nDPI"
else
	names=0
	for file in recorded/* "${FLOWAUDIT_SHARED:-../../shared}"/captures/*.*cap*; do
		[ -e "$file" ] || continue
		"$program" audit -S sites/lab.yaml -f json "$file" >"$work/plain" 2>/dev/null
		status=$?
		"$program" audit -S sites/lab.yaml -f json --name-unknown "$file" >"$work/named" 2>/dev/null
		echo "exit $?" >>"$work/named"
		echo "exit $status" >>"$work/plain"
		names=$((names + $(grep -c '"named_by":"ndpi"' "$work/named")))
		unnamed <"$work/plain" >"$work/first"
		unnamed <"$work/named" >"$work/this"
		same "--name-unknown" "$file"
	done
	echo "invariance: --name-unknown gave $names names"
fi
echo "invariance: $passed passed, $failed failed"
[ "$failed" = 0 ] && [ "$passed" != 0 ]
