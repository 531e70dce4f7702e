#!/bin/bash
# What breaks around a monitor that must go on: the disk fills, the interface goes, the output
# directory vanishes, the clock steps.  Each is said once, each is survived, and what was
# written before and after is whole.
#
#	tests/watch/faults.sh PROGRAM        WATCH_CLOCK_STEP=1: step this machine's clock, too
set -u
# shellcheck source-path=SCRIPTDIR source=lab.sh
. "$(dirname "$0")/lab.sh"
lab_begin faults "${1:-}"
quiet_cable
forged "$WORK/forged" --row internal/server-ports/3,internal/server-ports/7,internal/client-ports/5 --flows 20
# In this site the front end is another host, so flows to 8057 are findings, told within a second
site=$WORK/site.yaml
sed 's/^  front-end: .*/  front-end: ["10.255.255.1"]/' "$WORK/forged/site.yaml" >"$site"
chmod 644 "$site"
forged "$WORK/many" --row internal/server-ports/7 --flows 4000
MANY=4000
mkdir -m 777 "$WORK/report"

# notices CODE FILE...: how many
notices() { local code=$1; shift; records count notice code="$code" "$@"; }
notice_told() { is "$(notices "$1" "$2")" -ge 1; }
# lost_records FILE: as the notice of its return has it; stats records may be among the lost
lost_records() { grep '"code":"output_again"' "$1" | grep -oE '[0-9]+ lines were lost' | cut -d' ' -f1; }
traffic() { replay --preload-pcap --pps 2000 "$WORK"/forged/*.pcap; }
flows_told() { is "$(records count flow "$1")" -ge "$2"; }

# ---- the disk is full, and then it is not ---------------------------------------------------
disk_full() {
	local disk=$WORK/disk out=$WORK/disk/watch.json
	mkdir "$disk"
	mount -t tmpfs -o size=192k,mode=777 tmpfs "$disk" 2>/dev/null || {
		say "SKIPPED $NAME: a full disk: no tmpfs may be mounted here"
		return
	}
	watch_start full receiver -i recv0 -S "$site" --stats 1 -f json -o "$out"
	sleep 1.5
	# some room, less than the records of the traffic take
	head -c $(($(df -B1 --output=avail "$disk" | tail -1) - 8192)) /dev/zero >"$disk/filler" 2>/dev/null
	traffic
	held "full disk: it is said" within 10 says "$WORK/full.err" 'watch.json.*(No space|full)'
	traffic
	sleep 2.5
	held "full disk: it is said once" said_once "$WORK/full.err" 'No space|full'
	held "full disk: it goes on" watch_runs full
	held "full disk: what was written before is whole" records whole "$out"
	rm "$disk/filler"
	held "disk free again: a notice" within 10 notice_told output_again "$out"
	traffic
	sleep 1.5
	watch_stop full
	held "disk free again: the end is there" is "$(records count summary "$out")" = 1
	held "disk free again: every line is whole" records valid "$out"
	held "disk free again: lines waited: every flow is told, once" records flows "$out"
	held "disk free again: none was lost" is "$(lost_records "$out")" = 0
	held "disk free again: the status is that of the flows" is "$STATUS" = 1
	umount "$disk"
}

# More findings than may wait: what is lost is counted, and the rest is whole
disk_full_for_long() {
	local disk=$WORK/long out=$WORK/long/watch.json lost told
	mkdir "$disk"
	mount -t tmpfs -o size=4m,mode=777 tmpfs "$disk" 2>/dev/null || return
	watch_start long receiver -i recv0 -S "$site" --stats 1 -f json -o "$out"
	sleep 1.2
	head -c $(($(df -B1 --output=avail "$disk" | tail -1) - 8192)) /dev/zero >"$disk/filler" 2>/dev/null
	replay --preload-pcap --pps 20000 "$WORK"/many/*.pcap
	held "full disk for long: it is said" within 10 says "$WORK/long.err" 'No space'
	sleep 2
	rm "$disk/filler"
	held "disk free again: a notice" within 10 notice_told output_again "$out"
	sleep 1.2
	watch_stop long
	held "full disk for long: every line is whole" records valid "$out"
	lost=$(lost_records "$out")
	told=$(($(records count flow "$out") + $(records count row "$out")))
	held "full disk for long: lines are lost, and counted" is "$lost" -gt 0
	held "full disk for long: $told told and $lost lost are the $MANY flows and the rest" \
		is $((told + lost)) -ge "$MANY"
	umount "$disk"
}

# ---- the interface goes down and comes back -------------------------------------------------
interface_down() {
	local out=$WORK/down.out before
	watch_start down receiver -i recv0 -S "$site" --stats 1 -f json
	traffic
	held "before: flows are told" within 5 flows_told "$out" 1
	ip -n "$PREFIX-receiver" link set recv0 down
	held "interface down: a notice" within 5 notice_told interface_down "$out"
	held "interface down: a line for people" within 2 says "$WORK/down.err" 'recv0.*down'
	held "interface down: it goes on" watch_runs down
	sleep 1.5
	held "interface down: stats say so" is "$(records get stats interfaces.0.up "$out")" = False
	before=$(records get stats frames "$out")
	ip -n "$PREFIX-receiver" link set recv0 up
	held "interface up: a notice" within 5 notice_told interface_up "$out"
	held "nothing came meanwhile" is "$before" = 0
	traffic
	sleep 1.5
	watch_stop down
	held "interface up: frames of both times are counted" \
		is "$(records get summary packets "$out")" = $((2 * SENT))
	held "interface down: told once" is "$(notices interface_down "$out")" = 1
	held "interface down: every line is whole" records valid "$out"
}

# ---- interfaces vanish ----------------------------------------------------------------------
# To take one up again would need the privileges that are given up: that is said.  The other is
# still heard; with the last one the watch ends, with its report.
interface_gone() {
	local out=$WORK/gone.out
	cable sender send1 receiver recv1
	watch_start gone receiver -i recv0,recv1 -S "$site" --stats 1 -f json
	traffic
	ip -n "$PREFIX-receiver" link del recv1
	held "interface gone: a notice" within 5 notice_told interface_down "$out"
	traffic
	sleep 1.5
	held "interface gone: it goes on with the other" watch_runs gone
	held "interface gone: said once" is "$(grep -cE 'recv1 (is|has) ' "$WORK/gone.err")" = 1
	ip -n "$PREFIX-receiver" link del recv0
	watch_wait gone 6
	held "all interfaces gone: status 2" is "$STATUS" = 2
	held "all interfaces gone: why" says "$WORK/gone.err" 'every interface has vanished'
	held "all interfaces gone: the report is there" records flows "$out"
	held "all interfaces gone: what came before is counted" \
		is "$(records get summary packets "$out")" = $((2 * SENT))
}

# ---- the output directory vanishes ----------------------------------------------------------
# Moved away and back it is the same directory.  Lines wait meanwhile.
directory_away() {
	local dir=$WORK/out
	mkdir -m 777 "$dir"
	watch_start away receiver -i recv0 -S "$site" --stats 1 -G 1 -f json -o "$dir/watch-%s.json"
	sleep 1.5
	mv "$dir" "$dir.away"
	traffic
	held "directory away: it is said" within 10 says "$WORK/away.err" 'watch-.*No such file'
	sleep 2.5
	held "directory away: it goes on" watch_runs away
	held "directory away: said once" said_once "$WORK/away.err" 'No such file'
	held "directory away: what was written before is whole" records valid "$dir.away"/*.json
	mv "$dir.away" "$dir"
	held "directory back: it is said" within 10 says "$WORK/away.err" 'written again; 0 lines were lost'
	traffic
	sleep 1.5
	watch_stop away
	held "directory back: a notice" is "$(notices output_again "$dir"/*.json)" -ge 1
	held "directory back: flows of both times are told, once" records flows "$dir"/*.json
	held "directory back: every frame is accounted for" records counters $((2 * SENT)) "$dir"/*.json
}

# Made anew it is another one, which the sandbox does not know: that is said, and nothing else stops
directory_anew() {
	local dir=$WORK/anew
	mkdir -m 777 "$dir"
	watch_start anew receiver -i recv0 -S "$site" --stats 1 -G 1 -f json -o "$dir/watch-%s.json" \
		-f text -o "$WORK/report/text-%s"
	sleep 1.5
	rm -r "$dir"
	held "directory gone: it is said" within 10 says "$WORK/anew.err" 'watch-.*No such file'
	mkdir -m 777 "$dir"
	traffic
	sleep 2.5
	held "directory made anew: it goes on" watch_runs anew
	watch_stop anew
	held "directory made anew: the other output has the report" grep -q '^Flows: ' -r "$WORK/report"
	held "directory made anew: lines that were lost are said to be" says "$WORK/anew.err" 'lost'
	held "directory made anew: status 2" is "$STATUS" = 2
}

# ---- the clock steps ------------------------------------------------------------------------
# CLOCK_REALTIME has no namespace and the kernel's packet times come from it: only a machine that
# nobody else uses may try this.  step.py moves the clock by an offset and back by the same.
clock_step() {
	local out=$WORK/clock.out
	[ -n "${WATCH_CLOCK_STEP:-}" ] || {
		say "SKIPPED $NAME: a step of the clock: WATCH_CLOCK_STEP=1 does it, to the whole machine"
		return
	}
	forged "$WORK/silent" --row internal/server-ports/7 --case dropped
	watch_start clock receiver -i recv0 -S "$WORK/silent/site.yaml" --stats 1 -f json --attempt-timeout 25
	# the control conversation and two SYNs: three without an answer would be blocked at any end
	replay --pps 20 --limit=12 "$WORK"/silent/*.pcap
	if ! python3 "$LAB/step.py" 300 1 -- sh -c \
		"ip netns exec $PREFIX-sender tcpreplay -q -i send0 --pps 2000 $WORK/forged/*.pcap" >/dev/null 2>"$WORK/step"; then
		say "SKIPPED $NAME: a step of the clock: $(tail -1 "$WORK/step")"
		watch_stop clock
		return
	fi
	held "clock step: a notice" within 5 notice_told clock_step "$out"
	traffic
	sleep 1
	held "clock step: it goes on" watch_runs clock
	held "clock step: silence of 2 seconds is not 300" \
		is "$(records count flow outcome=no_reply verdict=blocked "$out")" = 0
	watch_stop clock
	held "clock step: every line is whole" records valid "$out"
}

disk_full
disk_full_for_long
interface_down
directory_away
directory_anew
clock_step
interface_gone
lab_end
