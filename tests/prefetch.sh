#!/bin/sh
# Objects that ask for memory ahead must hold their prefetches: GCC 12 drops helpers that do
# nothing else unless they are always inlined, and nothing but speed would tell.
#   tests/prefetch.sh build/release/src
set -eu

objects=${1:?usage: prefetch.sh DIRECTORY}

if ! command -v objdump >/dev/null 2>&1; then
	echo "prefetch: skipped, objdump is not installed"
	exit 0
fi

# count OBJECT [FUNCTION]: prefetches in it
count()
{
	objdump -d --no-show-raw-insn "$objects/$1" |
		awk -v only="${2:-}" '/^[0-9a-f]+ <.*>:$/ { on = only == "" || $2 == "<" only ">:" } on' |
		grep -c "$pattern" || true
}

# holds OBJECT WANT [FUNCTION]
holds()
{
	found=$(count "$1" "${3:-}")
	if [ "$found" -lt "$2" ]; then
		echo "prefetch: $objects/$1: ${3:-it} has $found prefetches, needs $2" >&2
		exit 1
	fi
	echo "prefetch: $found in $1${3:+, $3()}"
}

case $(objdump -f "$objects/flow/table.o" | sed -n 's/^architecture: \([^,]*\).*/\1/p') in
i386*) pattern='prefetch' ;;
aarch64*) pattern='prfm' ;;
*)
	echo "prefetch: skipped, not known on this architecture"
	exit 0
	;;
esac
# In one function, so that the ones of another do not make up for a lost one: chunk, two
# lines of the record, two of the notes.
holds flow/table.o 5 flow_table_prefetch
holds audit/pipeline.o 5 # identifications: two lines of datagrams', four of streams'
holds audit/docket.o 12  # record, notes, identification
holds judge/control.o 2  # both passes
