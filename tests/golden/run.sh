#!/bin/sh
# Compares what the program prints with what it should print, case by case.
#
#	tests/golden/run.sh PROGRAM          UPDATE=1 rewrites the expectations
#
# A line of tests/golden/cases.tsv is: name, exit status, arguments.  Standard
# output is held against NAME.out, standard error against NAME.err (absent:
# nothing may be printed there).  Runs in pcaps/, so paths are short and stable.
set -u
program=$(realpath "$1")
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export TZ=UTC LC_ALL=C COLUMNS=100
export FLOWAUDIT_RULES=../rules
unset NO_COLOR
passed=0 failed=0
# Wall time is the only thing in a report that two runs may differ in.
settle() { sed 's/"elapsed_s":[0-9.]*/"elapsed_s":0/' "$1"; }

cd "$here/../../pcaps" || exit 2
tab=$(printf '\t')
while IFS="$tab" read -r name status args; do
	case $name in '' | '#'*) continue ;; esac
	# shellcheck disable=SC2086 # the arguments are words of the table
	eval "\"\$program\" $args" >"$work/raw" 2>"$work/err" </dev/null
	got=$?
	settle "$work/raw" >"$work/out"
	if [ "${UPDATE:-0}" = 1 ]; then
		cp "$work/out" "$here/$name.out"
		if [ -s "$work/err" ]; then cp "$work/err" "$here/$name.err"; else rm -f "$here/$name.err"; fi
		[ "$got" = "$status" ] || echo "$name: exit $got, the table says $status"
		continue
	fi
	[ -e "$here/$name.err" ] && want_err=$here/$name.err || want_err=/dev/null
	if [ "$got" = "$status" ] && diff -u "$here/$name.out" "$work/out" >"$work/diff" 2>&1 &&
		diff -u "$want_err" "$work/err" >>"$work/diff" 2>&1; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAIL $name: exit $got, expected $status"
		head -40 "$work/diff"
	fi
done <"$here/cases.tsv"
echo "golden: $passed passed, $failed failed"
[ "$failed" = 0 ] && { [ "$passed" != 0 ] || [ "${UPDATE:-0}" = 1 ]; }
