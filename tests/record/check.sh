#!/bin/bash
# Hold pcaps/recorded/* against pcaps/truth.tsv with tshark: every flow written
# down is there, every TCP, UDP flow that is there is written down, only
# documentation and lab addresses occur, and nothing is large.
#
# usage: check.sh [DIRECTORY]     (where pcaps/ lies; default: the one of this tree)
# Exit status: 0 all hold, 1 something does not.

here=$(cd "$(dirname "$0")" && pwd)
pcaps=${1:-$here/../../pcaps}
bad=0

complain() { printf '%s\n' "$*"; bad=1; }

# flows FILE: proto, address, port, address, port of every TCP and UDP packet, once
flows() {
	tshark -n -r "$1" -Y '(tcp or udp) and not icmp and not icmpv6' -T fields -E separator=' ' \
		-e ip.src -e ipv6.src -e ip.dst -e ipv6.dst -e ip.proto -e ipv6.nxt \
		-e tcp.srcport -e udp.srcport -e tcp.dstport -e udp.dstport 2>/dev/null |
		awk '{ print ($3 == 6 ? "tcp" : "udp"), $1, $4, $2, $5 }' | sort -u
}

for file in "$pcaps"/recorded/*; do
	name=${file##*/}
	[ "$(stat -c %s "$file")" -le 61440 ] || complain "$name: over 60 KiB"
	foreign=$(flows "$file" | awk '{ print $2; print $4 }' | sort -u | grep -vE \
		'^(10\.(10|20)\.0\.|192\.0\.2\.|198\.51\.100\.|203\.0\.113\.|2001:db8:|0\.0\.0\.0$|255\.255\.255\.255$)')
	[ -z "$foreign" ] || complain "$name: foreign addresses: $foreign"
	flows "$file" | awk -v name="$name" '
		NR == FNR {
			if ($1 == name) { n++; p[n] = $2; s[n] = $3; sp[n] = $4; d[n] = $5; dp[n] = $6 }
			next
		}
		{
			known = 0
			for (i = 1; i <= n; i++) {
				there = p[i] == $1 && s[i] == $2 && (sp[i] == "*" || sp[i] == $3) && d[i] == $4 && dp[i] == $5
				back = p[i] == $1 && s[i] == $4 && (sp[i] == "*" || sp[i] == $5) && d[i] == $2 && dp[i] == $3
				if (there || back) { known = 1; seen[i] = 1 }
			}
			if (!known) { print name ": not written down: " $0; fault = 1 }
		}
		END {
			if (n == 0) { print name ": no truth"; fault = 1 }
			for (i = 1; i <= n; i++)
				if (!seen[i]) { print name ": not there: " p[i], s[i], sp[i], d[i], dp[i]; fault = 1 }
			exit fault
		}' <(grep -v '^#' "$pcaps/truth.tsv") - || bad=1
done
while read -r name; do
	[ -e "$pcaps/recorded/$name" ] || complain "$name: missing"
done < <(grep -v '^#' "$pcaps/truth.tsv" | cut -f1 | sort -u)
[ $bad = 0 ] && echo "recorded captures agree with truth.tsv"
exit $bad
