#!/bin/bash
# What the running process still may, as /proc says, and what happens where it may not.
#
#	tests/watch/privileges.sh PROGRAM
set -u
# shellcheck source-path=SCRIPTDIR source=lab.sh
. "$(dirname "$0")/lab.sh"
lab_begin privileges "${1:-}"
quiet_cable
mkdir "$WORK/forbidden" "$WORK/open"
chmod 700 "$WORK/forbidden"
chmod 777 "$WORK/open"
nobody=$(id -u nobody) nogroup=$(id -g nobody) daemon=$(id -u daemon)

# shows NAME FIELD WANTED: every word of the field in /proc/PID/status, of every thread
shows() {
	local task got
	for task in /proc/"${PID[$1]}"/task/*; do
		got=$(awk -v f="$2:" '$1 == f { $1 = ""; print substr($0, 2) }' "$task/status")
		is "$got" = "$3" || return 1
	done
}

# lines_of FILE NUMBER
lines_are() { is "$(wc -l <"$1")" = "$2" || { cat "$1"; return 1; }; }

# refused WHAT PATTERN [option of watch...]: status 2 and one line that says why
refused() {
	local what=$1 pattern=$2
	shift 2
	watch_try refused receiver "$@"
	watch_wait refused 5
	held "$what: status 2" is "$STATUS" = 2
	held "$what: says why" says "$WORK/refused.err" "$pattern"
	held "$what: in one line" lines_are <(grep -v 'watch --help says more' "$WORK/refused.err") 1
}

# ---- nobody, with nothing -------------------------------------------------------------------
watch_start plain receiver -i recv0 -f json
held "runs as nobody" shows plain Uid "$nobody $nobody $nobody $nobody"
held "in no group of root's" shows plain Gid "$nogroup $nogroup $nogroup $nogroup"
held "no supplementary groups" shows plain Groups ""
for set in CapInh CapPrm CapEff CapAmb; do
	held "no capabilities: $set" shows plain $set 0000000000000000
done
held "no new privileges" shows plain NoNewPrivs 1
held "a filter on system calls" shows plain Seccomp 2
forged "$WORK/forged" --row internal/server-ports/7
replay --pps 100 "$WORK"/forged/*.pcap
sleep 0.5
held "it still captures" watch_runs plain
watch_stop plain
held "and counts what came" is "$(records get summary packets "$WORK/plain.out")" = "$SENT"

# ---- -Z -------------------------------------------------------------------------------------
watch_start root receiver -i recv0 -f json -Z root
held "-Z root stays root" shows root Uid "0 0 0 0"
held "-Z root: a filter on system calls" shows root Seccomp 2
watch_stop root
held "-Z root ends well" is "$STATUS" -le 3
watch_start daemon receiver -i recv0 -f json -Z daemon
held "-Z daemon is daemon" shows daemon Uid "$daemon $daemon $daemon $daemon"
watch_stop daemon
refused "-Z of nobody we know" 'no-such-user' -i recv0 -Z no-such-user

# ---- what cannot be written as nobody -------------------------------------------------------
refused "a directory that nobody may not write" 'forbidden' \
	-i recv0 -G 1 -f json -o "$WORK/forbidden/watch-%s.json"
watch_start written receiver -i recv0 -G 1 -f json -o "$WORK/open/watch-%s.json"
sleep 2.2
watch_stop written
held "a directory that nobody may write" is "$(find "$WORK/open" -name 'watch-*.json' | wc -l)" -ge 2
held "its files are nobody's" is "$(find "$WORK/open" -name 'watch-*.json' ! -uid "$nobody" | wc -l)" = 0

# ---- interfaces -----------------------------------------------------------------------------
refused "no such interface" 'recv7' -i recv7
refused "no interface at all" '-i' -f json
refused "an expression that is none" 'no such words|syntax|expression' -i recv0 no such words
lab_end
