#!/bin/bash
# Hours in small: a steady load whose flows come and go, rotation and HUP every minute, a second
# watcher that is killed in the middle.  Memory and descriptors must stay where they were.
#
#	tests/watch/soak.sh PROGRAM
#
# SOAK_SECONDS   (1200; under 600 memory has hardly settled)
# SOAK_PPS       packets a second                               (5000)
# SOAK_GROWTH    percent that memory may grow after the warm-up (5)
# SOAK_TABLE     a file that keeps the samples, tab-separated
#
# The load is TCP conversations that close, some attempts that are refused and some that nobody
# answers, every few seconds from other addresses: a closed flow is kept for 60 s, an attempt
# for 140 s, so that after the warm-up, a fifth of the time and at least 180 s, as many go as come.
set -u
# shellcheck source-path=SCRIPTDIR source=lab.sh
. "$(dirname "$0")/lab.sh"
lab_begin soak "${1:-}"
seconds=${SOAK_SECONDS:-1200} pps=${SOAK_PPS:-5000} growth=${SOAK_GROWTH:-5}
warm=$((seconds / 5 > 180 ? seconds / 5 : 180))
out=$WORK/out
samples=$WORK/samples
site=$WORK/site.yaml
mkdir -m 777 "$out" "$WORK/killed"
# tcpreplay moves both addresses by one a round, so a role is a network here
cat >"$site" <<-'END'
	site: soak
	roles:
	  client:    [10.169.0.0/16]
	  front-end: [10.61.0.0/16]
END
chmod 644 "$site"
quiet_cable
forged "$WORK/load" --row internal/server-ports/3,internal/server-ports/7 --flows 700
forged "$WORK/load" --row internal/server-ports/7 --case refused,dropped --flows 7

# newest KEY: of the last whole stats record in the files so far
newest() {
	find "$out" -name '*.json' | sort | tail -2 | xargs cat | grep '"event_type":"stats"' | tail -1 |
		grep -o "\"$1\":[0-9]*" | head -1 | cut -d: -f2
}

# sample SECOND: one line of the table
sample() {
	local proc=/proc/${PID[soak]} rss fds
	rss=$(awk '/^VmRSS:/ { print $2 }' "$proc/status")
	fds=$(find "$proc/fd" -mindepth 1 2>/dev/null | wc -l)
	printf '%d\t%d\t%d\t%s\t%s\t%s\n' "$1" "$rss" "$fds" \
		"$(newest flows_live)" "$(newest frames)" "$(newest kernel_drops)" >>"$samples"
	tail -1 "$samples" | awk -F '\t' '{ printf "%6d s %9d KiB %3d fds %8s flows live %8s frames %s dropped\n", $1, $2, $3, $4, $5, $6 }'
}

# steady: whether memory and descriptors of the samples after the warm-up grew
steady() {
	awk -F '\t' -v from=$warm -v allowed="$growth" '
		function median(a, first, last,   i, j, t, b, n) {
			for (i = first; i <= last; i++) b[++n] = a[i]
			for (i = 2; i <= n; i++)
				for (j = i; j > 1 && b[j - 1] > b[j]; j--) { t = b[j]; b[j] = b[j - 1]; b[j - 1] = t }
			return b[int((n + 1) / 2)]
		}
		$1 >= from { n++; rss[n] = $2; fds[n] = $3 }
		END {
			if (n < 4) { print "too few samples: " n + 0; exit 1 }
			q = int((n + 3) / 4)
			early = median(rss, 1, q); late = median(rss, n - q + 1, n)
			f = median(fds, 1, q); g = median(fds, n - q + 1, n)
			percent = 100 * (late - early) / early
			printf "resident %d KiB, then %d KiB: %+.1f %%; descriptors %d, then %d\n", early, late, percent, f, g
			exit percent >= allowed || f != g
		}' "$samples"
}

watch_start soak receiver -i recv0 -S "$site" --stats 10 -G 60 -f json -o "$out/w-%Y%m%d-%H%M%S.json"
watch_start second receiver -i recv0 -S "$site" --stats 1 -f json -o "$WORK/killed/w.json"
in_ns sender timeout -k 5 $((seconds + 60)) tcpreplay -q -i send0 --preload-pcap --pps "$pps" --loop 0 \
	--unique-ip --duration="$seconds" "$WORK"/load/*.pcap >"$WORK/replay" 2>&1 &
sender=$!
begin=$(date +%s)
for ((at = 10; at <= seconds; at += 10)); do
	now=$(($(date +%s) - begin))
	[ $now -ge $at ] || sleep $((at - now))
	watch_runs soak || lab_die "it ended after $at s"
	sample $at
	[ $((at % 60)) != 30 ] || watch_signal soak HUP
	if [ -n "${PID[second]:-}" ] && [ $at -ge $((seconds / 2)) ]; then
		watch_stop second KILL
		held "killed: every whole line of $(wc -l <"$WORK/killed/w.json") is a record" \
			records whole "$WORK/killed/w.json"
	fi
done
wait $sender
SENT=$(device_frames sender send0 tx)
sleep 1
watch_stop soak
[ -z "${SOAK_TABLE:-}" ] || cp "$samples" "$SOAK_TABLE"
mapfile -t set < <(find "$out" -name '*.json' | sort)
held "status 1: there were refusals and silence" is "$STATUS" = 1
held "most was as documented" \
	is "$(records get summary verdicts.expected "${set[@]}")" -gt $((SENT / 100))
held "memory and descriptors stay" steady
say "$(steady)"
held "a file a minute" is ${#set[@]} -ge $((seconds / 60))
held "every HUP was heeded" is "$(records count notice code=reloaded "${set[@]}")" = $(((seconds + 30) / 60))
held "nothing was said in the meantime" is "$(grep -cE 'error|failed|cannot' "$WORK/soak.err")" = 0
held "$SENT frames are accounted for" records counters "$SENT" "${set[@]}"
lab_end
