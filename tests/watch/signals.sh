#!/bin/bash
# Signals: TERM and INT end with the whole report, USR1 asks for it now, HUP reads packs and
# site anew, and a site that is broken changes nothing.
#
#	tests/watch/signals.sh PROGRAM
# shellcheck disable=SC2153,SC2048 # STATUS, SENT and PROGRAM are lab.sh's
set -u
# shellcheck source-path=SCRIPTDIR source=lab.sh
. "$(dirname "$0")/lab.sh"
lab_begin signals "${1:-}"
quiet_cable
forged "$WORK/good" --row internal/server-ports/7 --flows 5
forged "$WORK/bad" --row internal/server-ports/7 --case refused
good() { replay --pps 1000 "$WORK"/good/*.pcap; }

# bad [N]: an attempt that is refused, from another port each: one from the same would be a retry
bad() {
	tcprewrite --portmap="40000:4100${1:-0}" -i "$WORK"/bad/*.pcap -o "$WORK/attempt.pcap" ||
		lab_die "tcprewrite"
	replay --pps 1000 "$WORK/attempt.pcap"
}

flows_told() { is "$(records count flow "verdict=$2" "$WORK/$1.out")" = "$3"; }
notice_told() { is "$(records count notice "code=$2" "$WORK/$1.out")" -ge "${3:-1}"; }
interim_told() { is "$(records count summary interim=True "$WORK/$1.out")" = 1; }

# complete NAME: as audit ends: one capture, a row record for every row, one summary, last
complete() {
	local out=$WORK/$1.out
	records valid "$out" && is "$(records count capture "$out")" = 1 &&
		is "$(records count row "$out")" -ge 90 && is "$(records count summary "$out")" = 1 &&
		is "$(tail -1 "$out" | grep -c '"event_type":"summary"')" = 1 && records flows "$out"
}

# ends_by NAME SIGNAL STATUS COMMAND...: the traffic of COMMAND, then the signal, then status and report
ends_by() {
	local name=$1 signal=$2 status=$3
	shift 3
	watch_start "$name" receiver -i recv0 -S "$WORK/good/site.yaml" -f json
	"$@"
	sleep 0.7
	watch_stop "$name" "$signal"
	held "$signal after $1: status" is "$STATUS" = "$status"
	held "$signal after $1: the report is whole" complete "$name"
	held "$signal after $1: the summary has the status" \
		is "$(records get summary exit_status "$WORK/$name.out")" = "$status"
}

# ---- the end --------------------------------------------------------------------------------
ends_by term TERM 0 good
ends_by int INT 1 bad
ends_by idle TERM 3 true    # as an audit of a capture without a packet

watch_start text receiver -i recv0 -S "$WORK/good/site.yaml"
bad
held "text: the finding is a line while it goes on" \
	within 5 says "$WORK/text.out" 'internal/server-ports/7'
held "text: one line" is "$(wc -l <"$WORK/text.out")" -le 2
watch_stop text
held "text: status" is "$STATUS" = 1
held "text: the report of audit at the end" says "$WORK/text.out" '^BLOCKED +internal/server-ports/7'
held "text: its last line" says <(tail -1 "$WORK/text.out") 'Exit 1'

watch_start short receiver -i recv0 -f json --duration 1
watch_wait short 5
held "--duration 1 ends by itself" is "$STATUS" -le 3
held "--duration 1: the report is whole" complete short

# ---- USR1 -----------------------------------------------------------------------------------
watch_start usr1 receiver -i recv0 -S "$WORK/good/site.yaml" -f json
good
sleep 0.7
watch_signal usr1 USR1
held "USR1: an interim summary" within 3 interim_told usr1
held "USR1: it counts what came" is "$(records get summary packets "$WORK/usr1.out")" = "$SENT"
held "USR1: text for people" says "$WORK/usr1.err" 'Flows: |flows'
good
sleep 0.7
held "USR1: it goes on" watch_runs usr1
watch_stop usr1
held "USR1: the end counts all" is "$(records get summary packets "$WORK/usr1.out")" = $((2 * SENT))
held "USR1: the end is the only one that is not interim" is "$(($(records count summary "$WORK/usr1.out") -
	$(records count summary interim=True "$WORK/usr1.out")))" = 1

# ---- HUP ------------------------------------------------------------------------------------
# The front end is another host in the first site: what talks to 8057 is nobody documented
sed 's/^  front-end: .*/  front-end: ["10.255.255.1"]/' "$WORK/good/site.yaml" >"$WORK/site.yaml"
chmod 644 "$WORK/site.yaml"
watch_start hup receiver -i recv0 -S "$WORK/site.yaml" -f json --stats 1
good
held "HUP: with the first site nothing is documented" within 5 flows_told hup unexpected 5
cp "$WORK/good/site.yaml" "$WORK/site.yaml"
watch_signal hup HUP
held "HUP: a notice" within 3 notice_told hup reloaded
bad 1
held "HUP: the new site holds" within 5 flows_told hup blocked 1

printf 'site: broken\nroles:\n  client: [10.0.0.256]\n' >"$WORK/site.yaml"
watch_signal hup HUP
held "HUP with a broken site: where it is broken" within 3 says "$WORK/hup.err" 'site.yaml:3:[0-9]+'
held "HUP with a broken site: a notice" within 3 notice_told hup reload_failed
held "HUP with a broken site: it goes on" watch_runs hup
rm "$WORK/site.yaml"
watch_signal hup HUP
held "HUP without the site: which file" within 3 says "$WORK/hup.err" 'site.yaml.*No such file'
bad 2
held "HUP with a broken site: the old one holds" within 5 flows_told hup blocked 2
cp "$WORK/good/site.yaml" "$WORK/site.yaml"
watch_signal hup HUP
held "HUP with the site mended: a notice" within 3 notice_told hup reloaded 2
bad 3
held "HUP with the site mended: it holds" within 5 flows_told hup blocked 3
watch_stop hup
held "HUP: status 1" is "$STATUS" = 1
held "HUP: every flow is told once, under the site it ended in" records flows "$WORK/hup.out"
held "HUP: the end is whole" complete hup
lab_end
