#!/bin/sh
# The index of traps is whole, and every test it names is there.
#
#	tests/traps.sh UNIT_PROGRAM
#
# A test is "suite: test name", "golden: case" or "script: FILE: words in it"; "pending: what"
# is one that is missing, and fails.
set -u
export LC_ALL=C
unit=$1
tests=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The documents are not in this tree, so their numbers are here.
{
	seq -f 'P0.%g' 13
	for state in S0 REJ S1 SF S2S3 RSTO RSTR RSTOS0 RSTRH SHSHR OTH UDP split asymmetric; do
		echo "P16.1-$state"
	done
	for schedule in linux linux65 macos windows3 windows1 reset; do
		echo "P16.2-$schedule"
	done
	for timer in rfc5389 webrtc microsoft tcp sip; do
		echo "P16.3-$timer"
	done
	for code in 0 2 3 4 6 9 10 11 13 14; do
		echo "P16.4-v4-$code"
	done
	seq -f 'P16.4-v6-%g' 0 6
	echo P16.4-quote
	echo P16.4-exceeded
	seq -f 'P16.5-%g' 14
	seq -f 'C%g' 40
} | sort >"$work/wanted"

"$unit" --list >"$work/tests" || exit 2
awk -F '\t' '!/^#/ && NF { print $1 }' "$tests/traps.tsv" | sort >"$work/found"
diff "$work/wanted" "$work/found" >"$work/diff" || {
	echo "traps.sh: ids wanted (<) and found (>) in traps.tsv differ:"
	grep '^[<>]' "$work/diff"
	exit 1
}

awk -F '\t' -v list="$work/tests" -v dir="$tests" '
function complain(what) {
	print "traps.sh: " $1 ": " what
	failed++
}
# A file that holds the words, or a golden case of that name.
function stands_in(file, words, first_field,   line, cell) {
	while ((getline line < file) > 0) {
		split(line, cell, "\t")
		if (first_field ? cell[1] == words : index(line, words) != 0) {
			close(file)
			return 1
		}
	}
	close(file)
	return 0
}
function check(test,   at, file) {
	named++
	if (test ~ /^pending: /)
		complain(test)
	else if (test ~ /^golden: /) {
		if (!stands_in(dir "/golden/cases.tsv", substr(test, 9), 1))
			complain("no such case: " test)
	} else if (test ~ /^script: /) {
		file = substr(test, 9)
		at = index(file, ": ")
		if (at == 0 || !stands_in(dir "/" substr(file, 1, at - 1), substr(file, at + 2), 0))
			complain("no such words: " test)
	} else if (!(test in known))
		complain("no such test: " test)
}
BEGIN {
	while ((getline line < list) > 0)
		known[line] = 1
}
/^#/ || !NF { next }
{
	traps++
	if ($3 ~ /^no: ./ && NF == 4 && $4 == "")
		next
	if ($3 != "yes" || NF != 4 || $4 == "")
		complain("neither \"yes\" with tests nor \"no: reason\" without")
	n = split($4, names, " [|] ")
	for (i = 1; i <= n; i++)
		check(names[i])
}
END {
	printf "traps: %d traps, %d tests named, %d complaints\n", traps, named, failed
	exit failed != 0
}' "$tests/traps.tsv"
