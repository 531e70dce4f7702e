#!/bin/sh
# The example for embedders builds from the public header and the library alone,
# and says of every recorded capture what the program says.
#
# usage: example.sh [BUILD_DIRECTORY]     (build/release: flowaudit, libflowaudit.a)
# Environment: CC, cc; LIBS, what the archive needs; CFLAGS and LDFLAGS, such as -fsanitize=address for MODE=asan
# Exit status: 0 all hold, 1 something does not, 2 nothing to check with.
set -eu
export LC_ALL=C
tests=$(cd "$(dirname "$0")" && pwd)
tree=${tests%/tests}
built=${1:-$tree/build/release}
export FLOWAUDIT_RULES="$tree/rules"
site=$tree/pcaps/sites/lab.yaml
[ -x "$built/flowaudit" ] || { echo "example.sh: no $built/flowaudit" >&2; exit 2; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
bad=0

complain() { echo "example: $*"; bad=1; }

# Without -Isrc and -D_GNU_SOURCE: an embedder has neither.
# shellcheck disable=SC2046,SC2086 # flags are words
${CC:-cc} -std=c17 -Wall -Wextra -Wpedantic -Werror ${CFLAGS:-} -I"$tree/include" -o "$work/embed" \
	"$tests/example/embed.c" "$built/libflowaudit.a" ${LDFLAGS:-} \
	${LIBS:-$(pkg-config --libs libpcap libfyaml) -larchive -lpthread}

# verdicts: "name count" of every verdict, from the program's JSON
verdicts() {
	sed -n 's/.*"event_type":"summary".*"verdicts":{\([^}]*\)}.*/\1/p' | tr ',' '\n' |
		sed 's/"//g; s/:/ /'
}

count=0
for capture in "$tree"/pcaps/recorded/*; do
	count=$((count + 1))
	program=0 embedded=0
	"$built/flowaudit" audit -f json -S "$site" -r "$capture" >"$work/json" 2>"$work/err1" || program=$?
	"$work/embed" "$site" "$capture" >"$work/text" 2>"$work/err2" || embedded=$?
	[ $program -eq $embedded ] || complain "${capture##*/}: the program's status is $program, embed's $embedded"
	verdicts <"$work/json" | sort >"$work/expected"
	sed -n '/^blocked:/d; s/  */ /p' "$work/text" | sort | diff "$work/expected" - ||
		complain "${capture##*/}: other verdicts than the program's (<)"
	blocked=$(awk '$1 == "blocked" { print $2 }' "$work/expected")
	[ "$(grep -c '^blocked: ' "$work/text")" = "$blocked" ] ||
		complain "${capture##*/}: not every blocked flow is told"
	cat "$work/err1" "$work/err2" >"$work/err"
	[ ! -s "$work/err" ] || complain "${capture##*/}: $(head -3 "$work/err")"
done
[ $count -ge 30 ] || complain "only $count recorded captures"

# refused TEXT SITE CAPTURE: status 2, TEXT on standard error
refused() {
	status=0
	"$work/embed" "$2" "$3" >"$work/text" 2>"$work/err" || status=$?
	[ $status -eq 2 ] || complain "status $status where \"$1\" should be said"
	grep -q "$1" "$work/err" || complain "no \"$1\" but: $(head -3 "$work/err")"
}

# Mistakes come back as texts.
printf 'roles:\n  nobody-knows-this: [192.0.2.1]\n' >"$work/wrong.yaml"
refused "^$work/wrong.yaml:2:.*nobody-knows-this" "$work/wrong.yaml" "$capture"
refused '^embed: .*missing.pcap' "$site" "$work/missing.pcap"
exit $bad
