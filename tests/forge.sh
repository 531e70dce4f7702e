#!/bin/sh
# flowaudit forge closes the loop: what is forged is found again by check, row by row, case by case.
# usage: forge.sh PROGRAM
set -u
program=$(realpath "$1")
cd "$(dirname "$0")/.." || exit 2
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
failed=0 passed=0

ok() {
	passed=$((passed + 1))
}
bad() {
	echo "forge.sh: $*"
	failed=$((failed + 1))
}

# loop NAME OPTION...: forge with these options, then every expectation must hold.
loop() {
	name=$1
	shift
	if ! "$program" forge -q -o "$work/$name" "$@" 2>"$work/err"; then
		bad "$name: $(head -1 "$work/err")"
		return
	fi
	if "$program" check "$work/$name"/*.expect.yaml >"$work/out" 2>"$work/err"; then
		ok
		echo "forge.sh: $name: $(ls "$work/$name" | grep -c '\.pcap$') captures, $(tail -1 "$work/out")"
	else
		bad "$name: the audit does not find what was forged"
		head -40 "$work/out" "$work/err"
	fi
}

# Every row of the default packs, conforming and in every way it fails.
loop all --case all
[ "$(ls "$work/all" | grep -c -- '-ok\.pcap$')" = 96 ] && ok || bad "not 96 conforming captures"
for c in ok dropped refused prohibited reset-after-hello wrong-protocol wrong-initiator off-by-one \
	one-sided midstream truncated; do
	ls "$work/all" | grep -q -- "-$c\.pcap$" && ok || bad "no capture of case $c"
done

# Conforming captures of every other pack.
for pack in rules/*.yaml; do
	name=$(basename "$pack" .yaml)
	case $name in
	lync2013-pic | lync2013-internal | site*) continue ;; # in "all", and no pack
	esac
	loop "$name" -R "$pack"
done

# The same dialogues in other dress.
loop v6 -6
loop vlan --vlan 7
loop gre --tunnel gre
loop vxlan -6 --tunnel vxlan --vlan 9
loop ipip --tunnel ipip
loop load --flows 20 --rate 500 --row internal/server-ports/3,internal/server-ports/39
loop more --packets 100 --size 700 --row internal/server-ports/3,internal/server-ports/39

# What rows name second.
loop msturn --protocol msturn --case all

# With a site of one's own; the same options write the same bytes, another seed others.
loop site -S pcaps/sites/lab.yaml --row internal/server-ports/3
for n in 1 2; do
	"$program" forge -q -o "$work/same$n" --case ok,dropped --row internal/server-ports/3,internal/server-ports/39
done
diff -r "$work/same1" "$work/same2" >/dev/null && ok || bad "two runs differ"
"$program" forge -q -o "$work/seed" --case ok,dropped --seed 2 --row internal/server-ports/3
cmp -s "$work/same1/internal-server-ports-3-ok.pcap" "$work/seed/internal-server-ports-3-ok.pcap" &&
	bad "another seed changes nothing" || ok

# A truth that is wrong is found out: the loop can fail.
sed 's/verdict: expected/verdict: blocked/' "$work/all/internal-server-ports-3-ok.expect.yaml" \
	>"$work/all/wrong.yaml"
"$program" check -q "$work/all/wrong.yaml" && bad "a wrong truth holds" || ok

# Mistakes.
refuse() {
	want=$1
	shift
	"$program" forge "$@" >/dev/null 2>"$work/err"
	[ $? = 2 ] && grep -qF -- "$want" "$work/err" && ok || bad "$*: $(cat "$work/err")"
}
refuse 'no directory given'
refuse 'no row "x/y/1"' -o "$work/x" --row x/y/1
refuse '"melted" is no case' -o "$work/x" --case melted
refuse '"sipp" is none that a row can name' -o "$work/x" --protocol sipp
refuse 'no capture' -o "$work/x" --row internal/server-ports/3 --protocol smb
refuse 'cannot make the directory' -o /proc/x/y
refuse 'is not gre, vxlan' -o "$work/x" --tunnel l2tp
refuse 'no pack "nothing"' -o "$work/x" -R nothing
refuse '"more" is no option' -o "$work/x" more
refuse 'binds no two hosts' -o "$work/x" -S rules/site-example.yaml --row internal/server-ports/1
[ -w /dev/full ] && {
	mkdir "$work/full" && ln -s /dev/full "$work/full/internal-server-ports-3-ok.pcap"
	refuse 'No space left on device' -o "$work/full" --row internal/server-ports/3
}

# Others read the dialogues without a complaint.
if command -v tshark >/dev/null; then
	# Severity from "warning" up: each connection has notes of its SYN and FIN.  It knows neither
	# attributes without padding nor what follows pseudo-TLS, so MSTURN is not for it.
	ls "$work"/all/*-ok.pcap | xargs -P "$(nproc)" -I FILE sh -c 'tshark -n -r FILE \
		-Y "_ws.expert.severity >= 6291456 || _ws.malformed" -T fields -e frame.number \
		-e _ws.col.Protocol -e _ws.expert.message 2>/dev/null | sed "s|^|FILE: |"' >"$work/experts"
	[ -s "$work/experts" ] && bad "tshark complains: $(head -5 "$work/experts")" || ok
else
	echo "forge.sh: skipped: tshark is not installed"
fi

echo "forge.sh: $passed passed, $failed failed"
[ "$failed" = 0 ]
