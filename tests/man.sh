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
"$program" audit --help | grep -oE -- '--[a-z][a-z-]+' | sort -u >"$work/help"
# Only the OPTIONS section; \- is how roff writes a hyphen.
sed -n '/^\.SH OPTIONS/,/^\.SH VERDICTS/p' man/flowaudit.1 | sed 's/\\-/-/g' |
	grep -E '^\.(B|BR) ' | grep -oE -- '--[a-z][a-z-]+' | sort -u >"$work/man"
if ! diff "$work/help" "$work/man" >"$work/diff"; then
	echo "FAIL options differ (< --help, > flowaudit.1):"
	cat "$work/diff"
	failed=1
fi
if command -v man >/dev/null && ! MANWIDTH=80 man --warnings -l man/flowaudit.1 >/dev/null 2>"$work/warnings"; then
	failed=1
fi
if [ -s "$work/warnings" ]; then
	echo "FAIL flowaudit.1 does not render cleanly:"
	head -5 "$work/warnings"
	failed=1
fi
[ -s "$work/help" ] || failed=1
echo "man: $((1 - failed)) passed, $failed failed"
[ "$failed" = 0 ]
