#!/bin/bash
# -C, -G and -W: names as tcpdump gives them for the same options, and no record lost or split
# over the set.
#
#	tests/watch/rotate.sh PROGRAM
set -u
# shellcheck source-path=SCRIPTDIR source=lab.sh
. "$(dirname "$0")/lab.sh"
lab_begin rotate "${1:-}"
quiet_cable
mkdir -m 777 "$WORK/size" "$WORK/ring" "$WORK/time" "$WORK/dump"
forged "$WORK/forged" --row internal/server-ports/3,internal/server-ports/7,internal/client-ports/5 --flows 1500
site=$WORK/forged/site.yaml
FLOWS=4500
traffic() { replay --preload-pcap --pps 60000 "$WORK"/forged/*.pcap; }

# dumped [option of tcpdump...]: the names tcpdump gives to the same traffic, in order
dumped() {
	rm -f "$WORK"/dump/*
	ip netns exec "$PREFIX-receiver" tcpdump -U -Z root -n -i recv0 "$@" -w "$WORK/dump/w.json" 2>"$WORK/dump.err" &
	local pid=$!
	within 5 grep -q 'listening on' "$WORK/dump.err" || lab_die "no tcpdump: $(cat "$WORK/dump.err")"
	traffic
	sleep 0.5
	kill -INT $pid
	wait $pid
	names "$WORK/dump"
}
names() { (cd "$1" && ls -v); }
# in_order DIRECTORY: its files in the order they were written
in_order() { find "$1" -type f -printf '%T@ %p\n' | sort -n | cut -d' ' -f2; }

# ---- -C: by size ----------------------------------------------------------------------------
watch_start size receiver -i recv0 -S "$site" --stats 1 -C 1 -f json -o "$WORK/size/w.json"
traffic
sleep 0.7
watch_stop size
mapfile -t set < <(in_order "$WORK/size")
held "-C 1: several files" is ${#set[@]} -ge 3
held "-C 1: every line of every file is whole" records valid "${set[@]}"
held "-C 1: $FLOWS flows are told" is "$(records count flow "${set[@]}")" = "$FLOWS"
held "-C 1: every flow once" records flows "${set[@]}"
held "-C 1: every frame is accounted for" records counters "$SENT" "${set[@]}"
held "-C 1: no file is far beyond a million bytes" \
	is "$(find "$WORK/size" -type f -size +1100000c | wc -l)" = 0
held "-C 1: none but the last is far below" \
	is "$(find "$WORK/size" -type f -size -900000c | wc -l)" -le 1
dumped -C 1 >"$WORK/wanted"
names "$WORK/size" >"$WORK/got"
both=$(($(wc -l <"$WORK/wanted") < $(wc -l <"$WORK/got") ? $(wc -l <"$WORK/wanted") : $(wc -l <"$WORK/got")))
held "-C 1: named as by tcpdump" \
	diff <(head -$both "$WORK/wanted") <(head -$both "$WORK/got")

# ---- -C -W: a ring --------------------------------------------------------------------------
watch_start ring receiver -i recv0 -S "$site" --stats 1 -C 1 -W 2 -f json -o "$WORK/ring/w.json"
traffic
sleep 0.7
watch_stop ring
mapfile -t set < <(in_order "$WORK/ring")
held "-C 1 -W 2: two files" is ${#set[@]} = 2
held "-C 1 -W 2: every line of both is whole" records valid "${set[@]}"
held "-C 1 -W 2: the newest has the end" is "$(records count summary "${set[1]}")" = 1
held "-C 1 -W 2: named as by tcpdump" diff <(dumped -C 1 -W 2) <(names "$WORK/ring")

# ---- -G: by time ----------------------------------------------------------------------------
watch_start time receiver -i recv0 -S "$site" --stats 1 -G 1 -f json -o "$WORK/time/w-%Y%m%d-%H%M%S.json"
for _ in 1 2 3; do
	traffic
	sleep 0.8
done
watch_stop time
mapfile -t set < <(in_order "$WORK/time")
held "-G 1: a file a second or so" is ${#set[@]} -ge 3
held "-G 1: the newest has the end" is "$(records count summary "${set[-1]}")" = 1
held "-G 1: named by strftime" \
	is "$(names "$WORK/time" | grep -cvE "^w-$(date +%Y%m)[0-9]{2}-[0-9]{6}\.json$")" = 0
held "-G 1: every line of every file is whole" records valid "${set[@]}"
held "-G 1: every frame is accounted for" records counters $((3 * SENT)) "${set[@]}"

# ---- -G without a template: one file, written anew ------------------------------------------
for _ in 1 2 3; do
	watch_start anew receiver -i recv0 -G 1 -o "$WORK/time/report"
	sleep 1.1
	watch_stop anew
	held "-G 1 without a template: the last report stays" says "$WORK/time/report" 'frames|packet'
done
lab_end
