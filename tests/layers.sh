#!/bin/sh
# Hold the sources against the house rules that a compiler does not know:
#
# - a file of src/ROOM includes only headers of the rooms that layers.txt gives it;
# - the objects hold no variable that can change: no mutable globals.
#
# usage: layers.sh [OBJECT_DIRECTORY]     (where src/ROOM/FILE.o lie, such as
#                                          build/release; without it includes only)
# Exit status: 0 all hold, 1 something does not, 2 the check itself is broken.
set -eu
export LC_ALL=C
tests=$(cd "$(dirname "$0")" && pwd)
tree=${tests%/tests}
objects=${1:-}

# includes DIRECTORY: complaints about the sources below it
includes() (
	cd "$1"
	# shellcheck disable=SC2016 # the dollars are awk's
	find src include -name '*.[ch]' | sort | xargs awk '
	FILENAME == ARGV[1] {
		sub(/#.*/, "")
		if (split($0, half, ":") != 2)
			next
		gsub(/[ \t]/, "", half[1])
		known[half[1]] = 1
		n = split(half[2], words, " ")
		for (i = 1; i <= n; i++)
			may[half[1], words[i]] = 1
		next
	}
	FNR == 1 {
		files++
		split(FILENAME, part, "/")
		room = part[2]
		sub(/\.c$/, "", room) # src/main.c is a room of its own
		if (!(room in known))
			printf "%s: layers.txt has no room %s\n", FILENAME, room
	}
	/^[ \t]*#[ \t]*include[ \t]*"/ {
		split($0, quoted, "\"")
		header = quoted[2]
		if (header !~ "/") {
			printf "%s:%d: \"%s\" names no room\n", FILENAME, FNR, header
			next
		}
		dep = header
		sub(/\/.*/, "", dep)
		if (dep != room && !((room, dep) in may) && !((room, header) in may))
			printf "%s:%d: %s may not include %s\n", FILENAME, FNR, room, header
	}
	END {
		if (files == 0)
			print "no source file found"
	}' "$tests/layers.txt"
)

# variables DIRECTORY: complaints about writable data in the objects below it.
# .data.rel.ro is constant once the program is loaded.  The names are those of
# gcov and of the sanitizers.
variables() {
	find "$1" -name '*.o' | sort | while read -r object; do
		objdump -t "$object" | awk -v object="${object#"$1"/}" '
		match($0, /[ \t](\.t?data|\.t?bss|\*COM\*)[^ \t]*[ \t]/) {
			section = substr($0, RSTART + 1, RLENGTH - 2)
			name = $NF
			if (section ~ /^\.data\.rel\.ro/ || name ~ /^\.t?(data|bss)/)
				next
			if (name ~ /^(__gcov|__llvm_gcov|__unnamed_|__odr_asan|\.?L(ASAN|UBSAN|PB|asan|ubsan))/)
				next
			printf "%s: %s in %s can change\n", object, name, section
		}'
	done
}

# A check that cannot fail proves nothing: plant one fault of each kind.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/src/base" "$work/include" "$work/objects"
echo '#include "flow/flow.h"' >"$work/src/base/planted.c"
echo 'int *planted(void); int *planted(void) { static int n; return &n; }
static const char *const fine[] = { "a" }; const char *planted_fine(int i) { return fine[i]; }' |
	${CC:-cc} -fPIE -x c -c -o "$work/objects/planted.o" -
if [ "$(includes "$work")" != "src/base/planted.c:1: base may not include flow/flow.h" ] ||
	! variables "$work/objects" | grep -qx 'planted.o: n[.0-9]* in .bss[^ ]* can change' ||
	[ "$(variables "$work/objects" | wc -l)" -ne 1 ]; then
	echo "layers.sh: the check does not see a planted fault" >&2
	exit 2
fi

if [ -n "$objects" ] && [ -z "$(find "$objects/src" -name '*.o')" ]; then
	echo "layers.sh: no object in $objects/src" >&2
	exit 2
fi
bad=$(includes "$tree"; [ -z "$objects" ] || variables "$objects/src")
if [ -n "$bad" ]; then
	printf '%s\n' "$bad"
	exit 1
fi
