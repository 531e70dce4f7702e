#!/bin/bash
# What is told live is what `flowaudit audit` says of the same packets: every documented row in
# every case that flowaudit forge knows, and every recorded capture, go over the cable past a
# watcher and tcpdump; tcpdump's file is audited.
#
#	tests/watch/parity.sh PROGRAM
set -u
# shellcheck source-path=SCRIPTDIR source=lab.sh
. "$(dirname "$0")/lab.sh"
lab_begin parity "${1:-}"
quiet_cable
forged "$WORK/forged" --case all

# past SITE FILE...: all frames, then time enough to judge silence live, then a last conversation
# from which an audit knows that the time went by.  Sets SENT.
past() {
	local site=$1 before dump
	shift
	before=$(device_frames sender send0 tx)
	watch_start live receiver -i recv0 -S "$site" --stats 1 -f json --attempt-timeout 2
	ip netns exec "$PREFIX-receiver" tcpdump -Z root -n -i recv0 -B 65536 -w "$WORK/dump.pcap" \
		2>"$WORK/dump.err" &
	dump=$!
	within 5 grep -q 'listening on' "$WORK/dump.err" || lab_die "no tcpdump: $(cat "$WORK/dump.err")"
	replay --pps 5000 "$@"
	sleep 4
	replay --pps 5000 "$WORK/forged/internal-server-ports-14-ok.pcap"
	sleep 1
	kill -INT $dump
	wait $dump
	watch_stop live
	SENT=$(($(device_frames sender send0 tx) - before))
	"$PROGRAM" audit -q -S "$site" -f json -o "$WORK/audit.json" --attempt-timeout 2 "$WORK/dump.pcap"
	AUDITED=$?
}

# alike WHAT
alike() {
	held "$1: the lab: tcpdump has all $SENT frames" \
		is "$(records get capture frames "$WORK/audit.json")" = "$SENT"
	held "$1: every frame is accounted for" records counters "$SENT" "$WORK/live.out"
	held "$1: every flow is told once" records flows "$WORK/live.out"
	held "$1: decided as by audit" records parity "$WORK/audit.json" "$WORK/live.out"
	say "$NAME: $1: $(head -1 "$WORK/held")"
	held "$1: the capture is as fit" is "$(records get capture fitness "$WORK/live.out")" = \
		"$(records get capture fitness "$WORK/audit.json")"
	held "$1: rows are as many" is "$(records get summary rows "$WORK/live.out")" = \
		"$(records get summary rows "$WORK/audit.json")"
	held "$1: the same status" is "$STATUS" = "$AUDITED"
}

past "$WORK/forged/site.yaml" "$WORK"/forged/*.pcap
alike "every row, every case"
past "$TREE/pcaps/sites/lab.yaml" "$TREE"/pcaps/recorded/*.pcap "$TREE"/pcaps/recorded/*.pcapng
alike "recorded"
lab_end
