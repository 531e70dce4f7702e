#!/bin/sh
# Every header compiles alone, and twice, without a warning: it includes what it
# uses and guards itself.  The public one also as C99 and as C++, by itself.
#
# usage: headers.sh FLAG...      (the preprocessor and warning flags of the Makefile)
# Compilers: gcc and clang, g++ and clang++, each skipped by name when missing.
# Exit status: 0 all compile, 1 one does not, 2 usage or no compiler at all.
set -eu
tests=$(cd "$(dirname "$0")" && pwd)
cd "${tests%/tests}"
[ $# -gt 0 ] || { echo "usage: headers.sh FLAG..." >&2; exit 2; }
bad=0 compilers=0

# alone HEADER COMPILER LANGUAGE FLAG...
alone() {
	header=$1 compiler=$2 language=$3
	shift 3
	# The declaration keeps a header of macros from being an empty translation unit.
	printf '#include "%s"\n#include "%s"\nextern int headers_sh;\n' "$header" "$header" |
		"$compiler" "$@" -Werror -fsyntax-only -x "$language" - ||
		{ echo "$header does not compile alone as $language with $compiler"; bad=1; }
}

there() {
	command -v "$1" >/dev/null && return
	echo "Skipped: $1 is not installed"
	return 1
}

for compiler in gcc clang; do
	there "$compiler" || continue
	compilers=$((compilers + 1))
	for header in $(find src include -name '*.h' | sort); do
		alone "${header#*/}" "$compiler" c "$@"
	done
	alone flowaudit/flowaudit.h "$compiler" c -Iinclude -std=c99 -Wall -Wextra -Wpedantic
done
for compiler in g++ clang++; do
	there "$compiler" || continue
	alone flowaudit/flowaudit.h "$compiler" c++ -Iinclude -std=c++11 -Wall -Wextra -Wpedantic
done
[ $compilers -gt 0 ] || exit 2
exit $bad
