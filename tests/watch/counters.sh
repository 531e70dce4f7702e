#!/bin/bash
# Nothing is lost between the counters: what was sent is what was counted, or dropped and said so.
#
#	tests/watch/counters.sh PROGRAM
set -u
# shellcheck source-path=SCRIPTDIR source=lab.sh
. "$(dirname "$0")/lab.sh"
lab_begin counters "${1:-}"
quiet_cable
forged "$WORK/forged" --row internal/server-ports/3,internal/server-ports/7,internal/client-ports/5 --flows 50
forged "$WORK/silent" --row internal/server-ports/7 --case dropped
site=$WORK/forged/site.yaml

# sent_is_received: the cable lost nothing itself
sent_is_received() {
	is "$(device_frames sender send0 tx)" = "$SENT" && is "$(device_frames receiver recv0 rx)" = "$SENT"
}

# ---- a known number of frames at a rate that loses none -------------------------------------
watch_start steady receiver -i recv0 -S "$site" -f json --stats 1
replay --preload-pcap --pps 20000 --loop 15 "$WORK"/forged/*.pcap
held "the lab: the cable loses nothing" sent_is_received
sleep 1.5
watch_stop steady
held "status 0 or 1" is "$STATUS" -le 1
held "$SENT frames are accounted for" records counters "$SENT" "$WORK/steady.out"
held "none of them dropped" is "$(records get capture frames "$WORK/steady.out")" = "$SENT"
held "every flow is told once" records flows "$WORK/steady.out"

# ---- -c stops at the frame ------------------------------------------------------------------
watch_start some receiver -i recv0 -S "$site" -f json --stats 1 -c 100
replay --preload-pcap --pps 20000 "$WORK"/forged/*.pcap
watch_wait some 5
held "-c 100 ends by itself" is "$STATUS" -le 1
held "-c 100 counts 100, and what came with them" is "$(records get summary packets "$WORK/some.out")" -ge 100

# ---- an expression leaves out the rest ------------------------------------------------------
watch_start only receiver -i recv0 -S "$site" -f json --stats 1 udp port 3478
replay --preload-pcap --pps 20000 "$WORK"/forged/*.pcap
sleep 0.5
watch_stop only
udp=$(for f in "$WORK"/forged/*.pcap; do tcpdump -n -r "$f" udp port 3478 2>/dev/null; done | wc -l)
held "a BPF expression leaves $udp frames" records counters "$udp" "$WORK/only.out"

# ---- more kinds of frame than have a counter of their own -----------------------------------
# 1500 frames of 500 ethertypes in no order: the later ones push others out of the list
python3 - >"$WORK/kinds.pcap" <<-'END'
	import random, struct, sys
	random.seed(1)
	out = sys.stdout.buffer
	out.write(struct.pack("<IHHIIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1))
	for i in range(1500):
	    kind = 0x0900 + random.randrange(500)
	    out.write(struct.pack("<IIII", i // 500, i % 500 * 2000, 60, 60))
	    out.write(b"\2\0\0\0\0\1\2\0\0\0\0\2" + struct.pack(">H", kind) + bytes(46))
END
watch_start kinds receiver -i recv0 -S "$site" -f json --stats 1
replay "$WORK/kinds.pcap"
sleep 0.5
watch_stop kinds
held "500 kinds of frame" records counters "$SENT" "$WORK/kinds.out"

# ---- several interfaces ---------------------------------------------------------------------
cable sender send1 receiver recv1
ip -n "$PREFIX-sender" link set send1 arp off mtu 9000
ip -n "$PREFIX-receiver" link set recv1 arp off mtu 9000
watch_start both receiver -i recv0,recv1 -S "$site" -f json --stats 1
watch_start any receiver -i any -S "$site" -f json --stats 1
in_ns sender tcpreplay -q -i send1 --preload-pcap --pps 20000 "$WORK"/forged/*server-ports-3*.pcap >"$WORK/replay1" 2>&1 &
replay --preload-pcap --pps 20000 "$WORK"/forged/*server-ports-7*.pcap
wait $!
second=$(device_frames sender send1 tx)
sleep 1.2
watch_stop both
watch_stop any
held "two interfaces: every frame of both" records counters $((SENT + second)) "$WORK/both.out"
held "two interfaces: every flow is told once" records flows "$WORK/both.out"
held "two interfaces: the second has its own" \
	is "$(records sum stats interfaces.1.frames "$WORK/both.out")" = "$second"
held "any: every frame of both" records counters $((SENT + second)) "$WORK/any.out"

# ---- silence, seen whole --------------------------------------------------------------------
watch_start whole receiver -i recv0 -S "$WORK/silent/site.yaml" -f json --stats 1 --attempt-timeout 1
replay --pps 20 "$WORK"/silent/*.pcap
sleep 1.5
replay --pps 2000 "$WORK"/forged/*.pcap
sleep 1
watch_stop whole
held "silence is called blocked where nothing was dropped" \
	is "$(records count flow outcome=no_reply verdict=blocked "$WORK/whole.out")" = 1

# ---- a burst into a ring that cannot hold it ------------------------------------------------
# The watcher is stopped meanwhile, so that a fast machine drops too
burst() {
	watch_signal small STOP
	replay --preload-pcap --topspeed --loop 10 "$WORK"/forged/*.pcap
	burst_sent=$((burst_sent + SENT))
	watch_signal small CONT
	sleep 1.2
}
burst_sent=0
watch_start small receiver -i recv0 -B 64 -S "$WORK/silent/site.yaml" -f json --stats 1 --attempt-timeout 1
burst
replay --pps 20 "$WORK"/silent/*.pcap
burst_sent=$((burst_sent + SENT))
burst
sleep 2
watch_stop small
drops=$(records sum stats kernel_drops "$WORK/small.out")
held "a burst into 64 KiB drops" is "$drops" -gt 0
held "$burst_sent frames are accounted for, $drops of them dropped" \
	records counters "$burst_sent" "$WORK/small.out"
held "the capture record says so" says "$WORK/small.out" '"event_type":"capture".*"code":"drops"'
held "silence is not called blocked where frames were dropped" \
	is "$(records count flow outcome=no_reply verdict=blocked "$WORK/small.out")" = 0
held "the silent flow is there, inconclusive" \
	is "$(records count flow dest_port=8057 verdict=inconclusive "$WORK/small.out")" -ge 1
lab_end
