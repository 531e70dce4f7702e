# shellcheck shell=bash disable=SC2154,SC2034 # sourced by bench.sh, with the other parts
# The programs that take turns: where they come from, how each processes a
# capture, and what it says it saw.

# Options that a section adds to flowaudit's command.
options=()

# The Debian package that has each program of others.
package_of() {
	case $1 in
	nfpcapd) echo nfdump ;;
	softflowd) echo softflowd ;;
	argus) echo argus-server ;;
	ndpiReader) echo libndpi-bin ;;
	tshark) echo tshark ;;
	esac
}

# compiled NAME SOURCE: $work/NAME from an example of ../shared
compiled() {
	[ -f "$shared/examples/$2" ] ||
		{ echo "Skipped: $1: there is no $2 in \$FLOWAUDIT_SHARED/examples."; return 1; }
	"${CC:-cc}" -D_GNU_SOURCE -O2 -w -o "$work/$1" "$shared/examples/$2" 2>"$work/log" ||
		{ echo "Skipped: $1: $2 does not compile: $(grep -m1 error "$work/log")"; return 1; }
}

# Sets rivals, loops (the practical limit, the first is the base) and base.
find_programs() {
	rivals='' loops=bare
	for tool in nfpcapd softflowd argus ndpiReader tshark; do
		[[ " ${BENCH_TOOLS-$tool} " == *" $tool "* ]] || continue
		if command -v "$tool" >/dev/null; then
			rivals="$rivals $tool"
		else
			echo "Skipped: $tool is not installed (Debian package $(package_of "$tool"))."
		fi
	done
	# It needs xxhash.h (Debian package libxxhash-dev).
	! compiled bare-loop bare-loop.c || loops="bare-loop bare"
	base=${loops%% *}
}

# installed TOOL...: those of them that are there
installed() {
	local found=

	for tool; do
		[[ " $rivals " != *" $tool "* ]] || found="$found $tool"
	done
	echo "$found"
}

# log2_of FLOWS: slots for them at most half full, as a power of two
log2_of() { awk -v n="$1" 'BEGIN { b = 4; while (2 ^ b < 2 * n) b++; print b }'; }

# use TOOL CAPTURE FLOWS: the array `command` processes the capture
use() {
	case $1 in
	# flowaudit-N: N threads at most
	flowaudit-*)
		command=("$flowaudit" audit -S "$site" --threads "${1##*[!0-9]}" ${options[@]+"${options[@]}"} -r "$2")
		;;
	bare) command=("$bin/bare" "$2" "$(log2_of "$3")") ;;
	bare-loop) command=("$work/bare-loop" "$2" "$(log2_of "$3")") ;;
	nfpcapd) rm -rf "$work/nf"; mkdir "$work/nf"; command=(nfpcapd -r "$2" -w "$work/nf") ;;
	# Room for every flow; the records go to the discard port, where nobody listens.
	softflowd) command=(softflowd -N -v 9 -r "$2" -m $(($3 + 1)) -n 127.0.0.1:9 -c none \
		-p "$work/softflowd.pid") ;;
	argus) command=(argus -X -F /dev/null -r "$2" -w "${argus_out:-/dev/null}") ;;
	ndpiReader) command=(ndpiReader -q -i "$2") ;;
	tshark) command=(tshark -q -r "$2" -z 'conv,tcp' -z 'conv,udp') ;;
	zstd | gzip | pigz) command=("$1" -dc "$2") ;;
	esac
}

# seen TOOL OUTPUT: "packets flows" as the program itself counts them
seen() {
	case $1 in
	flowaudit-*) tr -d ',\n' <"$2" | sed -nE 's/.* ([0-9]+) frames? .* ([0-9]+) flows?site .*/\1 \2/p' ;;
	bare) awk '{ print $1, $3 }' "$2" ;;
	bare-loop) awk '{ print "-", $NF }' "$2" ;;
	nfpcapd) nfdump -R "$work/nf" -I 2>/dev/null |
		awk '$1 == "Flows:" { f = $2 } $1 == "Packets:" { p = $2 } END { print p, f }' ;;
	softflowd) awk '/^Packets processed:/ { p = $3 } /^Flows expired:/ { print p, $3 }' "$2" ;;
	argus) racount -r "$work/argus.out" 2>/dev/null | awk '$1 == "sum" { print $3, $2 }' ;;
	ndpiReader) awk '/IP packets:/ { p = $3 } /Unique flows:/ { print p, $3 }' "$2" ;;
	tshark) awk '/<->/ { n++ } END { print "-", n }' "$2" ;;
	*) echo "- -" ;;
	esac
}
