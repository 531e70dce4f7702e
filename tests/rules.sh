#!/bin/sh
# `flowaudit rules`: exit statuses, and where its words go.
# usage: rules.sh [PROGRAM]     from the root of the tree
set -u
program=${1:-build/release/flowaudit}
FLOWAUDIT_RULES=${FLOWAUDIT_RULES:-$PWD/rules}
export FLOWAUDIT_RULES
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0
count=0

# check STATUS PATTERN ARGUMENT...: the status, and an extended pattern in standard output;
# a pattern that begins with "!" has to be in standard error.
check() {
	want=$1 pattern=$2
	shift 2
	count=$((count + 1))
	"$program" rules "$@" >"$work/out" 2>"$work/err"
	got=$?
	case $pattern in
	!*) where=err pattern=${pattern#!} ;;
	*) where=out ;;
	esac
	if [ "$got" -ne "$want" ] || ! grep -Eq -- "$pattern" "$work/$where"; then
		echo "rules.sh: rules $*: status $got, wanted $want and \"$pattern\" in std$where"
		sed 's/^/    /' "$work/out" "$work/err" | head -20
		failed=$((failed + 1))
	fi
}

site=rules/site-example.yaml
check 0 '^usage: flowaudit rules list' --help
check 0 '^ +7  tcp +8057 +psom/tls +client -> front-end$' list
check 0 '^97 rows; ' list
check 0 '^front-end-cms +bound +the Front End Server' list --roles -S $site
check 0 '"row":"internal/hlb-dns/6".*"need":"none"' list -f json
check 0 '"event_type":"role","role":"edge-av"' list --roles -f json
check 0 '^  valid +until 2013-03-15, except for mainland-china \(expired\)$' show pic/firewall-summary/4
check 0 '^  inferred +twoway: the table does not print it$' show internal/server-ports/39
check 0 '^internal/client-ports/5$' match -S $site 'udp 10.20.0.5:51000 192.0.2.12:3478'
check 0 '^  from +client: 10.20.0.5 is client$' match -S $site udp 10.20.0.5:51000 192.0.2.12:3478
check 0 '^  dport +3478: 3478$' match -S $site 'udp 10.20.0.5:51000 -> 192.0.2.12:3478'
check 0 'source ports 6891-6901$' match 'tcp 10.20.0.5:* 10.21.0.1:80'
check 0 '^pic/firewall-summary/4$' match --at 2013-03-15 'tcp 192.0.2.10:80 203.0.113.5:50000'
cat >"$work/site.yaml" <<'SITE'
roles: {edge-access: ["2001:db8::1"], messenger-client: [any]}
SITE
check 0 '^pic/firewall-summary/5$' \
	match -S "$work/site.yaml" --at 2013-03-15 'udp [2001:db8::1]:80 [2001:db8::2]:3478'
check 1 '^nearest: row pic/firewall-summary/5 expired 2013-03-15$' \
	match -S "$work/site.yaml" --at 2013-03-16 'udp [2001:db8::1]:80 [2001:db8::2]:3478'
check 1 '^nearest: row internal/server-ports/7 differs only in dport: 8059, documented 8057$' \
	match -S $site 'tcp 10.20.0.5:51000 10.10.0.11:8059'
check 1 '"differs":\["dport"\]' match -f json -S $site 'tcp 10.20.0.5:80 10.10.0.11:8059'
check 0 '^2 packs, 97 rows: 0 errors, 8 warnings' lint
check 0 '"severity":"warning","code":"duplicate"' lint -f json
check 1 'warning: row internal/server-ports/38 documents the same flows .*\[duplicate\]$' lint --strict

# Packs that are not loaded by default.
check 0 '^ +2/https  tcp +443 +http/tls +any -> directory-sync, if feature:hybrid$' list -R lync2013-hybrid
check 0 '^8 rows; ' list -R lync2013-hybrid
check 0 '^ +15  udp +- +media-audio, media-video +any -> any, .*; documents no flow$' list -R sfb2015-2019-servers
check 0 '^  tunable +dport by sbc-signalling-port$' show -R teams-direct-routing teams-direct-routing/sip/1
check 0 '"tune":"edge-media-ports","tune_key":"sport"' \
	show -f json -R lync2013-determine-av-firewall \
	lync2013-determine-av-firewall/source-and-destination-port/1
check 0 '^lync2013-single-edge-nat/external-interface/14$' \
	match -R lync2013-single-edge-nat -S $site 'udp 10.20.0.5:51000 192.0.2.12:3478'
check 0 '^3 packs, 134 rows: 0 errors' lint lync2013-pic lync2013-internal lync2013-single-edge-nat

# Every pack stands in README and in the manual page, with the rows that its document prints.
for pack in rules/*.yaml; do
	name=$(basename "$pack" .yaml)
	[ "$name" = site-example ] && continue
	rows=$(sed -n '/^tables:/,/^roles:/s/.* rows: \([0-9]*\)}$/\1/p' "$pack" | awk '{ n += $1 } END { print n }')
	count=$((count + 1))
	if ! grep -Eq "^\| \`$name\` +\| $rows \| " README.md ||
		! grep -A1 -Fx ".B $name" man/flowaudit.1 | grep -Eq "^$rows rows?[:,.]"; then
		echo "rules.sh: README.md or man/flowaudit.1 does not name $name with $rows rows"
		failed=$((failed + 1))
	fi
done

# Differences: 0 none, 1 some, 2 could not be told.
check 0 '^lync2013-pic -> rules/lync2013-pic.yaml: 6 rows the same$' diff lync2013-pic rules/lync2013-pic.yaml
check 1 '^added$' diff lync2013-internal sfb2015-2019-servers
check 1 '^  sfb2015-2019-servers/server-ports/36$' diff lync2013-internal sfb2015-2019-servers
check 1 '^  internal/hlb-dns/6$' diff lync2013-internal sfb2015-2019-servers
check 1 ': 89 rows the same, 16 added, 1 dropped, 1 narrowed$' diff lync2013-internal sfb2015-2019-servers
check 1 ': 89 rows the same, 1 added, 16 dropped, 1 widened$' diff sfb2015-2019-servers lync2013-internal
check 1 '"kind":"changed","older":"lync2013-single-edge-nat/external-interface/9","newer":"lync2013-single-edge-public/external-interface/9","changes":\[\{"key":"from","older":"edge-av","newer":"edge-access"\}\]' \
	diff -f json lync2013-single-edge-nat lync2013-single-edge-public
check 1 '^\{"event_type":"summary","same":36,"added":0,"dropped":0,"widened":0,"narrowed":0,"changed":1\}$' \
	diff -f json lync2013-single-edge-nat lync2013-single-edge-public
check 2 '!rules diff takes two packs' diff
check 2 '!rules diff takes two packs' diff lync2013-pic
check 2 '!rules diff takes two packs' diff lync2013-pic lync2013-pic lync2013-pic
check 2 '!rules diff takes two packs, and neither -R nor -S' diff -S $site lync2013-pic lync2013-pic
check 2 '!no pack "no-such-pack"' diff lync2013-pic no-such-pack
check 2 '!No such file or directory' diff ./no-such-pack.yaml lync2013-pic

# What is wrong is said with its place, and in the right stream.
cat >"$work/bad.yaml" <<'PACK'
pack: bad
title: bad
documents: {d: {title: t}}
tables: {d/t: {title: t, rows: 1}}
roles: {alpha: {description: x}}
rows:
  - {id: d/t/1, l4: tcp, proto: sip, from: any, to: alhpa, dport: 5061, need: required}
PACK
check 1 'bad.yaml:7:53: error: unknown role "alhpa"; did you mean "alpha"\? \[unknown-role\]$' \
	lint "$work/bad.yaml"
check 2 '!^flowaudit: .*bad.yaml:7:53: unknown role' list -R "$work/bad.yaml"
printf 'roles: {front-ned: [10.0.0.1]}\n' >"$work/bad-site.yaml"
check 2 '!bad-site.yaml:1:9: unknown role "front-ned"; did you mean "front-end"\?' \
	list -S "$work/bad-site.yaml"
check 2 '!^flowaudit: .*bad.yaml:7:53: unknown role' diff lync2013-pic "$work/bad.yaml"
check 2 '!^flowaudit: no pack "no-such-pack": there is no no-such-pack.yaml in ' list -R no-such-pack
check 2 '!No such file or directory' list -R ./no-such-pack.yaml
check 2 'error: No such file or directory' lint ./no-such-pack.yaml
check 2 'error: Is a directory' lint ./tests/
check 2 '!there is no row "internal/server-port/7"; did you mean "internal/server-ports/7"' \
	show internal/server-port/7
check 2 '!expected a tuple as' match 'sctp 10.0.0.1:1 10.0.0.2:2'
check 2 '!expected a port of 1 to 65535$' match 'tcp 10.0.0.1:1 10.0.0.2:*'
check 2 '!write an IPv6 address in brackets' match 'tcp 2001:db8::1:5 10.0.0.2:2'
check 2 '!expected one IPv4 or IPv6 address' match 'tcp 10.0.0.0/8:5 10.0.0.2:2'
check 2 '!"2013-02-30" is no day' match --at 2013-02-30 'tcp 10.0.0.1:1 10.0.0.2:2'
check 2 '!there are text and json' list -f xml
check 2 '!option --site was given twice' list -S $site -S $site
check 2 '!list, show, match, lint or diff\?'
check 2 '!unknown command "rules frob"' frob
check 2 '!rules show: what\?' show
check 2 '!takes no argument' list lync2013-pic
check 2 '!unknown, ambiguous or misused option --frob' list --frob

# A report that cannot be written is not a success.
if [ -w /dev/full ]; then
	count=$((count + 1))
	"$program" rules list >/dev/full 2>"$work/err"
	got=$?
	if [ $got -ne 2 ] || ! grep -q 'No space left' "$work/err"; then
		echo "rules.sh: a full disk: status $got"
		failed=$((failed + 1))
	fi
fi
echo "rules.sh: $count checks, $failed failed"
[ "$failed" -eq 0 ]
