#!/bin/bash
# Loss beside tcpdump: the same load at rising rates into `flowaudit watch` and into
# `tcpdump -w /dev/null`, in turn, with the same ring and snaplen.  Prints a table.
#
#	tests/watch/loss.sh PROGRAM [GENERATOR]
#
# LOSS_RATES    packets a second; 0 is as fast as tcpreplay can   (50000 100000 200000 400000 800000 0)
# LOSS_SECONDS  of sending at each rate                           (5)
# LOSS_ROUNDS   of every rate; the table has the worst of them    (2)
# LOSS_BUFFER   KiB of ring                                       (65536)
# LOSS_SNAPLEN  bytes of a frame                                  (512)
# LOSS_FLOWS    conversations in the load                         (2000)
# LOSS_ASSERT   1: status 1 when ours loses more at any rate, beyond 0.1 % of what was sent
#
# Sender and receiver share this machine's processors: the table compares the two programs here,
# and says nothing of a machine with a network card.
# shellcheck disable=SC2153,SC2048 # STATUS, SENT and PROGRAM are lab.sh's
set -u
# shellcheck source-path=SCRIPTDIR source=lab.sh
. "$(dirname "$0")/lab.sh"
lab_begin loss "${1:-}"
GENERATOR=$(realpath "${2:-$TREE/build/release/bench/gen}")
[ -x "$GENERATOR" ] || lab_die "no generator $GENERATOR: make builds it"
rates=${LOSS_RATES:-50000 100000 200000 400000 800000 0}
seconds=${LOSS_SECONDS:-5} rounds=${LOSS_ROUNDS:-2}
buffer=${LOSS_BUFFER:-65536} snaplen=${LOSS_SNAPLEN:-512} flows=${LOSS_FLOWS:-2000}
PACKETS=200000
quiet_cable
"$GENERATOR" voice "$WORK/load.pcap" $PACKETS "$flows" || lab_die "no load"

# load RATE: for so many seconds; sets SENT
load() {
	local rate=$1 loops
	if [ "$rate" = 0 ]; then
		replay --preload-pcap --topspeed --loop $((seconds * 1000000 / PACKETS)) "$WORK/load.pcap"
	else
		loops=$((rate * seconds / PACKETS))
		replay --preload-pcap --pps "$rate" --loop $((loops > 0 ? loops : 1)) "$WORK/load.pcap"
	fi
	RATE=$(awk '/^Rated:/ { printf "%d", $(NF - 1) }' "$WORK/replay")
}

# ours RATE, theirs RATE: set SENT, RATE and GOT, the frames the program itself says it saw
ours() {
	watch_start ours receiver -i recv0 -B "$buffer" -s "$snaplen" --stats 1 -f json -o "$WORK/ours.json"
	load "$1"
	sleep 1
	watch_stop ours
	GOT=$(records get capture frames "$WORK/ours.json")
	rm -f "$WORK/ours.json"
}

theirs() {
	ip netns exec "$PREFIX-receiver" tcpdump -n -i recv0 -B "$buffer" -s "$snaplen" -Z root \
		-w /dev/null 2>"$WORK/theirs.err" &
	local pid=$!
	within 5 grep -q 'listening on' "$WORK/theirs.err" || lab_die "no tcpdump: $(cat "$WORK/theirs.err")"
	load "$1"
	sleep 1
	kill -INT $pid
	wait $pid
	GOT=$(awk '/packets captured/ { print $1 }' "$WORK/theirs.err")
}

chmod 777 "$WORK"
declare -A worst=() sent=() rated=()
for ((round = 0; round < rounds; round++)); do
	for rate in $rates; do
		for who in $([ $((round % 2)) = 0 ] && echo ours theirs || echo theirs ours); do
			$who "$rate"
			lost=$((SENT - GOT))
			if [ $lost -ge "${worst[$who,$rate]:--1}" ]; then
				worst[$who,$rate]=$lost sent[$who,$rate]=$SENT rated[$who,$rate]=$RATE
			fi
		done
	done
done

# percent PART WHOLE
percent() { awk -v p="$1" -v w="$2" 'BEGIN { printf "%.3f", w ? 100 * p / w : 0 }'; }
declare -A best=([ours]=0 [theirs]=0)
worse=0
printf '| asked pps | sent pps | frames | watch lost | %% | sent pps | frames | tcpdump lost | %% |\n'
printf '| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n'
for rate in $rates; do
	line="| $([ "$rate" = 0 ] && echo top || echo "$rate")"
	for who in ours theirs; do
		key=$who,$rate
		line="$line | ${rated[$key]} | ${sent[$key]} | ${worst[$key]} | $(percent "${worst[$key]}" "${sent[$key]}")"
		[ "${worst[$key]}" != 0 ] || [ "${rated[$key]}" -le "${best[$who]}" ] || best[$who]=${rated[$key]}
	done
	printf '%s |\n' "$line"
	[ $((worst[ours,$rate] - worst[theirs,$rate])) -le $((sent[ours,$rate] / 1000)) ] || worse=1
done
say "highest rate without loss: watch ${best[ours]} pps, tcpdump ${best[theirs]} pps"
say "ring $buffer KiB, snaplen $snaplen, $flows conversations, $seconds s a rate, worst of $rounds, $(nproc) processors"
[ "${LOSS_ASSERT:-0}" != 1 ] || held "watch loses no more than tcpdump" is $worse = 0
lab_end
