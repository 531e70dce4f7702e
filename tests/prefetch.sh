#!/bin/sh
# The flow table's object must hold its prefetches: GCC 12 drops helpers that do nothing else,
# and nothing but speed would tell.
#   tests/prefetch.sh build/release/src/flow/table.o
set -eu

object=${1:?usage: prefetch.sh OBJECT}
want=5 # chunk, two lines of the record, two of the notes

if ! command -v objdump >/dev/null 2>&1; then
	echo "prefetch: skipped, objdump is not installed"
	exit 0
fi
case $(objdump -f "$object" | sed -n 's/^architecture: \([^,]*\).*/\1/p') in
i386*) pattern='prefetch' ;;
aarch64*) pattern='prfm' ;;
*)
	echo "prefetch: skipped, not known on this architecture"
	exit 0
	;;
esac
# In one function, so that the ones of another do not make up for a lost one.
found=$(objdump -d --no-show-raw-insn "$object" |
	awk '/^[0-9a-f]+ <flow_table_prefetch>:/ { on = 1; next } /^$/ { on = 0 } on' |
	grep -c "$pattern" || true)
if [ "$found" -lt "$want" ]; then
	echo "prefetch: $object: flow_table_prefetch() has $found prefetches, needs $want" >&2
	exit 1
fi
echo "prefetch: $found in flow_table_prefetch()"
