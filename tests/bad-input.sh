#!/bin/bash
# Bad input of every kind: one clear line, the right status, and nothing lost
# that was audited before it.
#
#	tests/bad-input.sh PROGRAM
set -u
program=$(realpath "$1")
root=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export TZ=UTC LC_ALL=C FLOWAUDIT_RULES="$root/rules"
good=$root/pcaps/recorded/mtls-5061-established.pcap
passed=0 failed=0
cd "$work" || exit 2

# expect WHAT STATUS PATTERN COMMAND...: its status, and a few lines at most
# on standard error (every mistake with its place, then what they cost) that fit the pattern ("": silence)
expect() {
	local what=$1 status=$2 pattern=$3 got
	shift 3
	"$@" >out 2>err </dev/null
	got=$?
	if [ "$got" = "$status" ] && { [ -z "$pattern" ] && [ ! -s err ] || grep -qE "$pattern" err; } &&
		[ "$(wc -l <err)" -le 4 ] && ! grep -q 'runtime error\|Sanitizer' err; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAIL $what: exit $got (expected $status), wanted \"$pattern\", said: $(head -3 err)"
	fi
}

# holds WHAT PATTERN: the report of the last command says so
holds() {
	if grep -qE "$2" out; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAIL $1: the report does not say \"$2\""
	fi
}

bytes() { printf '%b' "$1"; }
header() { bytes '\xd4\xc3\xb2\xa1\x02\x00\x04\x00\0\0\0\0\0\0\0\0\xff\xff\0\0'"$1"'\0\0\0'; }

# ---- captures ------------------------------------------------------------
: >empty.pcap
expect "an empty file is not a capture" 2 'empty.pcap: .*(empty|0 bytes)' "$program" audit empty.pcap
header '\x01' >none.pcap
expect "a capture without a packet judges nothing" 3 '' "$program" audit none.pcap
header '\x01' | head -c 20 >short.pcap
expect "a file shorter than a header" 2 'short.pcap: .*not a capture' "$program" audit short.pcap
echo 'this is no capture at all' >text.pcap
expect "a file of another kind" 2 'text.pcap: .*not a capture' "$program" audit text.pcap
expect "a file that is not there" 2 'missing.pcap: .*No such file' "$program" audit missing.pcap
expect "a path through a file" 2 'text.pcap/x.pcap: .*Not a directory' "$program" audit text.pcap/x.pcap
mkdir nothing && echo note >nothing/README
expect "a directory without captures" 2 'nothing: no capture' "$program" audit nothing
head -c 2000 "$good" >cut.pcap
expect "a capture cut in a record is judged up to there" 0 '' "$program" audit cut.pcap
holds "a cut capture" 'ends in the middle of a record'
expect "a cut capture under --strict" 3 '' "$program" audit --strict cut.pcap
{ cat "$good"; bytes '\0\0\0\0\0\0\0\0\xff\xff\xff\x7f\xff\xff\xff\x7f'; } >absurd.pcap
expect "an absurd record length" 2 'absurd.pcap: offset [0-9]+: .*2147483647' "$program" audit absurd.pcap
holds "an absurd length after good records" '1 flow'
holds "an absurd length after good records" 'reading stopped early'
{ header '\x93'; bytes '\0\0\0\0\0\0\0\0\x04\0\0\0\x04\0\0\0abcd'; } >user.pcap
expect "a link type that nobody decodes judges nothing" 3 '' "$program" audit user.pcap
holds "an unknown link type is counted by name" 'linktype_147'
gzip -c "$good" | head -c 900 >cut.pcap.gz
expect "a packed capture cut short" 2 'cut.pcap.gz: .*cut short' "$program" audit cut.pcap.gz
gzip -c "$good" | gzip -c | head -c 1500 >twice.pcap.gz
expect "a capture packed twice and cut short" 2 'twice.pcap.gz: .*cut short' "$program" audit twice.pcap.gz
gzip -c text.pcap >text.pcap.gz
expect "a packed file of another kind" 2 'text.pcap.gz: .*not a capture' "$program" audit text.pcap.gz
expect "what was read beside a bad file is reported" 2 'text.pcap: ' "$program" audit text.pcap "$good"
holds "a bad file beside a good one" 'mtls-5061-established'

# ---- packs and sites -----------------------------------------------------
site() { printf '%b' "$1" >site.yaml; expect "$2" 2 "site.yaml:$3" "$program" audit -S site.yaml "$good"; }
site 'site: x\nroles:\n  front-ned: [10.0.0.1]\n' "a role that no pack knows" '3:3: .*front-end'
site 'site: x\nroles:\n  front-end: [10.0.0.300]\n' "an address that is none" '3:15'
site 'site: x\nroles:\n  front-end: [10.0.0.1/8]\n' "a prefix with host bits" '3:15'
site 'site: x\nroles:\n  front-end: [10.0.0.9-10.0.0.1]\n' "a range that descends" '3:15'
site 'site: x\nroels:\n  front-end: [10.0.0.1]\n' "an unknown key" '2:1'
site 'site: x\nroles: [a, b]\n' "roles that are no mapping" '2:8'
site 'site: x\nroles:\n  front-end: [10.0.0.1\n' "YAML that does not close" '[0-9]+:[0-9]+'
site 'site: x\n' "no roles" '[0-9]+:[0-9]+'
site 'site: x\nroles:\n  client: [10.0.0.1]\nconditions:\n  lb:hbl-only: true\n' "an unknown condition" '5:3'
site 'site: x\nroles:\n  client: [10.0.0.1]\nexceptions: [atlantis]\n' "an unknown exception" '4:14'
expect "a site file that is not there" 2 'nosite.yaml' "$program" audit -S nosite.yaml "$good"
expect "a pack that is not there" 2 'no pack "nopack"' "$program" audit -R nopack "$good"
sed '0,/l4: tcp/s//l4: tpc/' "$root/rules/lync2013-pic.yaml" >bad.yaml
expect "a pack with an unknown transport" 2 'bad.yaml:[0-9]+:[0-9]+: .*tpc' "$program" audit -R ./bad.yaml "$good"

# ---- the command line ----------------------------------------------------
expect "no capture" 2 'no capture given' "$program" audit
expect "an unknown option" 2 'unknown.*--frobnicate' "$program" audit --frobnicate "$good"
expect "an option without its value" 2 'needs a value' "$program" audit "$good" -S
expect "a site given twice" 2 'given twice' "$program" audit -S a -S b "$good"
expect "an unknown verdict" 2 'no verdict' "$program" audit --fail-on blokced "$good"
expect "an unknown format" 2 'no report format' "$program" audit -f yaml "$good"
expect "a number that is none" 2 'max-flows: "many"' "$program" audit --max-flows many "$good"
expect "a number out of bounds" 2 'max-flows: "0"' "$program" audit --max-flows 0 "$good"
expect "two reports on standard output" 2 'standard output' "$program" audit -f text -f json "$good"
expect "a report that cannot be written" 2 'nodir/x: cannot write' "$program" audit -o nodir/x "$good"
expect "a report on a full disk" 2 '/dev/full' "$program" audit -o /dev/full "$good"
expect "a filter that does not compile" 2 'filter' "$program" audit "$good" "tcp prot 5061"
if "$program" audit -q --name-unknown "$good" 2>/dev/null; [ $? = 2 ]; then
	expect "names in a build without nDPI" 2 'no nDPI' "$program" audit --name-unknown "$good"
fi
expect "an unknown subcommand" 2 'frobnicate' "$program" frobnicate
echo "bad input: $passed passed, $failed failed"
[ "$failed" = 0 ] && [ "$passed" != 0 ]
