#!/bin/sh
# The manual page and --help name the same options, and the page renders without a complaint.
#
#	tests/man.sh PROGRAM
set -u
program=$(realpath "$1")
cd "$(dirname "$0")/.." || exit 2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0

# compare COMMAND PAGE: what was found in its help, and in its page.
compare() {
	diff "$work/help" "$work/man" >"$work/diff" && return
	echo "FAIL options differ (< $1 --help, > $2):"
	cat "$work/diff"
	failed=1
}
# page COMMAND PAGE LAST: the options of a command and of its page, from OPTIONS to the section LAST.
page() {
	"$program" "$1" --help | grep -oE -- '--[a-z][a-z-]+' | sort -u >"$work/help"
	# Only the OPTIONS section; \- is how roff writes a hyphen.
	sed -n "/^\.SH OPTIONS/,/^\.SH $3/p" "man/$2" | sed 's/\\-/-/g' |
		grep -E '^\.(B|BR) ' | grep -oE -- '--[a-z][a-z-]+' | sort -u >"$work/man"
	compare "$1" "$2"
	if command -v man >/dev/null && ! MANWIDTH=80 man --warnings -l "man/$2" >/dev/null 2>"$work/warnings"; then
		failed=1
	fi
	if [ -s "$work/warnings" ]; then
		echo "FAIL $2 does not render cleanly:"
		head -5 "$work/warnings"
		failed=1
	fi
	[ -s "$work/help" ] || failed=1
}
# words TABLE FILE: the page has every word of that table.
words() {
	words=$(sed -n "/\\*const $1\\[\\]/,/^};/p" "$2" | grep -oE '"[a-z0-9_]+"' | tr -d '"')
	[ -n "$words" ] || failed=1
	for word in $words; do
		grep -qE "(^\.B |f[BR])$word(\\\\fR|\$)" man/flowaudit.1 || {
			echo "FAIL flowaudit.1 lacks $word"
			failed=1
		}
	done
}
# live: the page names the options of watch, which shares most of them with audit.
live() {
	"$program" watch --help | grep -oE -- '--[a-z][a-z-]+' | sort -u >"$work/help"
	sed -n '/^\.SH OPTIONS/,/^\.SH VERDICTS/p; /^\.SH WATCH/,/^\.SH PACKS/p' man/flowaudit.1 |
		sed 's/\\-/-/g' | grep -E '^\.(B|BR) -' | grep -oE -- '--[a-z][a-z-]+' | sort -u >"$work/man"
	"$program" audit --help | grep -oE -- '--(read|batch)' | sort -u >>"$work/help"
	sort -u -o "$work/help" "$work/help"
	compare watch flowaudit.1
}
words evidence_names src/judge/names.c
words fitness_names src/judge/names.c
page audit flowaudit.1 VERDICTS
live
page check flowaudit-check.1 '"EXPECTATION'
page forge flowaudit-forge.1 CASES
echo "man: $((1 - failed)) passed, $failed failed"
[ "$failed" = 0 ]
