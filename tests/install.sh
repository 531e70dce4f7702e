#!/bin/sh
# What `make install` puts under DESTDIR is whole and usable, and `make
# uninstall` takes it away again.
#
# usage: install.sh      (environment: MAKE, make; CC, cc; MODE, release)
#
# Another PREFIX is another build; it is made in a directory of its own, which
# INSTALL_BUILD keeps for the next time.
# Installs into a temporary DESTDIR with PREFIX=/usr and checks every file; that
# the archive defines no global name but flowaudit_*; that tests/example/embed.c
# builds with what pkg-config says and nothing else; that it and the installed
# program, run from there with the packs found there, agree about a capture.
# Exit status: 0 all hold, 1 something does not.
set -eu
export LC_ALL=C
tests=$(cd "$(dirname "$0")" && pwd)
tree=${tests%/tests}
# A make above us is asked about by its variables, not by its flags.
unset MAKEFLAGS MFLAGS MAKELEVEL
mode=${MODE:-release}
capture=$tree/pcaps/recorded/https-443-admin-prohibited.pcap
site=$tree/pcaps/sites/lab.yaml

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
root=$work/root
bad=0

complain() { echo "install: $*"; bad=1; }

build() {
	# shellcheck disable=SC2086 # MAKE may carry options
	${MAKE:-make} -s -j "$(nproc)" -C "$tree" "$@" DESTDIR="$root" PREFIX=/usr MODE="$mode" \
		${CC:+CC="$CC"} BUILD="${INSTALL_BUILD:-$work/build}" >"$work/log" 2>&1 ||
		{ tail -20 "$work/log"; echo "install: make $* failed"; exit 1; }
}

# agree TEXT FILE: FILE has TEXT somewhere
agree() { grep -q -e "$1" "$2" || complain "no \"$1\" in $2: $(head -5 "$2")"; }

build install

# Every file, with its mode; nothing else.
(
	cd "$tree"
	echo "755 usr/bin/flowaudit"
	echo "644 usr/lib/libflowaudit.a"
	echo "644 usr/lib/pkgconfig/flowaudit.pc"
	echo "644 usr/include/flowaudit/flowaudit.h"
	for file in man/*.1; do
		echo "644 usr/share/man/man1/${file##*/}"
	done
	for file in rules/*.yaml rules/*.json; do
		echo "644 usr/share/flowaudit/$file"
	done
) | sort >"$work/expected"
(cd "$root" && find . -type f -printf '%m %P\n' | sort) >"$work/installed"
diff "$work/expected" "$work/installed" || complain "not the files that should be there (<: missing, >: extra)"
[ "$bad" -eq 0 ] || exit 1

# Texts are those of the tree.
cmp "$tree/include/flowaudit/flowaudit.h" "$root/usr/include/flowaudit/flowaudit.h" || bad=1
for file in "$tree"/rules/*; do
	cmp "$file" "$root/usr/share/flowaudit/rules/${file##*/}" || bad=1
done

# The archive keeps its rooms to itself.
nm -g --defined-only "$root/usr/lib/libflowaudit.a" >"$work/names"
leaked=$(awk 'NF == 3 && $3 !~ /^flowaudit_/ { print $3 }' "$work/names")
[ -z "$leaked" ] || complain "the archive defines more than flowaudit_*:" "$(echo "$leaked" | head -5)"
grep -A1 '^FLOWAUDIT_API' "$tree/include/flowaudit/flowaudit.h" | grep -oE 'flowaudit_[a-z_]+\(' |
	tr -d '(' >"$work/functions"
while read -r function; do
	agree " T $function\$" "$work/names"
done <"$work/functions"
[ "$(wc -l <"$work/functions")" -ge 20 ] || complain "few functions in flowaudit.h; does this test still read it?"

# The manual page renders, and is that of this version.
if command -v man >/dev/null; then
	man -P cat --warnings -l "$root/usr/share/man/man1/flowaudit.1" >"$work/page" 2>"$work/warnings"
	agree 'EXIT STATUS' "$work/page"
	[ ! -s "$work/warnings" ] || complain "the manual page:" "$(head -3 "$work/warnings")"
fi
if command -v mandoc >/dev/null; then
	mandoc -T utf8 -W error "$root/usr/share/man/man1/flowaudit.1" >"$work/page" ||
		complain "mandoc finds errors in the manual page"
	agree 'EXIT STATUS' "$work/page"
fi

# An embedder needs pkg-config and what it says.  DESTDIR is not where the files
# are meant to be, so the prefix is given.
package() {
	PKG_CONFIG_PATH=$root/usr/lib/pkgconfig pkg-config --define-variable=prefix="$root/usr" "$@" flowaudit
}
[ "$(PKG_CONFIG_PATH=$root/usr/lib/pkgconfig pkg-config --variable=prefix flowaudit)" = /usr ] ||
	complain "flowaudit.pc does not say prefix=/usr"
[ "$(package --variable=rulesdir)" = "$root/usr/share/flowaudit/rules" ] ||
	complain "flowaudit.pc: rulesdir is $(package --variable=rulesdir)"
sanitize=
case $mode in asan) sanitize=-fsanitize=address,undefined ;; tsan) sanitize=-fsanitize=thread ;; cov) sanitize=--coverage ;; esac
# shellcheck disable=SC2046 # flags are words
(cd "$work" && ${CC:-cc} -std=c17 -Wall -Wextra -Wpedantic -Werror $sanitize $(package --cflags) \
	-o embed "$tests/example/embed.c" $(package --libs)) || { complain "embed.c does not build"; exit 1; }

# Both find the installed packs, away from the tree, and agree.
rules=$root/usr/share/flowaudit/rules
program=0 embedded=0
(cd "$work" && FLOWAUDIT_RULES=$rules "$root/usr/bin/flowaudit" audit -f json -S "$site" \
	-r "$capture" >"$work/json" 2>"$work/program.err") || program=$?
(cd "$work" && FLOWAUDIT_RULES=$rules ./embed "$site" "$capture" >"$work/text" 2>"$work/embed.err") ||
	embedded=$?
[ "$program" -eq 1 ] || complain "the program's status is $program"
[ "$embedded" -eq 1 ] || complain "embed's status is $embedded"
for file in "$work/program.err" "$work/embed.err"; do
	[ ! -s "$file" ] || complain "${file##*/}:" "$(head -5 "$file")"
done
agree '"verdict":"blocked"' "$work/json"
agree '^blocked: .* port 443, prohibited, ' "$work/text"
blocked=$(grep -c '"event_type":"flow".*"verdict":"blocked"' "$work/json" || true)
agree "^blocked  *$blocked\$" "$work/text"
[ "$("$root/usr/bin/flowaudit" --version)" = "flowaudit $(package --modversion)" ] ||
	complain "the program and flowaudit.pc tell different versions"

build uninstall
left=$(cd "$root" && find . ! -type d)
[ -z "$left" ] || complain "make uninstall left" "$left"
left=$(find "$root" -path '*/flowaudit*')
[ -z "$left" ] || complain "make uninstall left" "$left"
exit $bad
