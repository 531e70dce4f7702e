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
FLOWS=60    # of one replay: 3 rows, 20 each

# notices CODE FILE: how many
notices() { records count notice code="$1" "$2"; }
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

# ---- the interface vanishes -----------------------------------------------------------------
# To take it up again would need the privileges that are given up: it is said, and the end is whole
interface_gone() {
	local out=$WORK/gone.out
	watch_start gone receiver -i recv0 -S "$site" --stats 1 -f json
	traffic
	ip -n "$PREFIX-receiver" link del recv0
	held "interface gone: a notice" within 5 notice_told interface_down "$out"
	sleep 1.5
	held "interface gone: it goes on" watch_runs gone
	held "interface gone: said once" is "$(grep -c 'recv0.*down' "$WORK/gone.err")" = 1
	watch_stop gone
	held "interface gone: the end is whole" records flows "$out"
	held "interface gone: what came before is counted" is "$(records get summary packets "$out")" = "$SENT"
}

# ---- the output directory vanishes ----------------------------------------------------------
directory_gone() {
	local dir=$WORK/out
	mkdir -m 777 "$dir"
	watch_start dir receiver -i recv0 -S "$site" --stats 1 -G 1 -f json -o "$dir/watch-%s.json"
	sleep 1.5
	rm -r "$dir"
	held "directory gone: it is said" within 10 says "$WORK/dir.err" 'watch-.*(No such file|directory)'
	sleep 2.5
	held "directory gone: it goes on" watch_runs dir
	held "directory gone: said once" is "$(grep -c 'No such file' "$WORK/dir.err")" = 1
	mkdir -m 777 "$dir"
	held "directory there again: files are written" within 10 sh -c "ls '$dir'/watch-*.json"
	traffic
	sleep 1.5
	watch_stop dir
	held "directory there again: a notice" is "$(notices output_again "$dir"/*.json)" -ge 1
	held "directory there again: flows are told" is "$(records count flow "$dir"/*.json)" -ge $FLOWS
	held "directory there again: every line is whole" records valid "$dir"/*.json
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
	replay --pps 20 "$WORK"/silent/*.pcap
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
directory_gone
clock_step
interface_gone
lab_end
