#!/bin/sh
# The forged captures: which there are, and how they come about.
# usage: forge.sh PROGRAM DIRECTORY     (the directory is removed first)
#
# The same program writes the same bytes, so the set is kept in git: "make pcaps" writes
# pcaps/forged anew, "make pcaps-check" holds it against another one.
set -eu
program=$1 to=$2
rm -rf "$to"
mkdir -p "$to"

# forge SUBDIRECTORY ROW,... OPTION...: packs by name, so that more of them change nothing here.
forge() {
	directory=$to/$1 rows=$2
	shift 2
	"$program" forge -q -R lync2013-pic -R lync2013-internal --row "$rows" -o "$directory" "$@"
}

server=internal/server-ports client=internal/client-ports pic=pic/firewall-summary

# A dialogue of each protocol.
forge . $pic/1                    # SIP, mutual TLS
forge . $pic/3                    # SIP, TLS
forge . $pic/4                    # RTP over TCP
forge . $server/7                 # PSOM in TLS
forge . $server/5                 # DCE/RPC
forge . $server/10                # media, video
forge . $server/13                # HTTP
forge . $server/19                # HTTP in TLS
forge . $server/28                # media, application sharing
forge . $server/37                # SMB
forge . $server/38                # SQL Browser
forge . $server/39                # media, audio
forge . $server/48                # SIP
forge . $server/51                # WCF in TLS
forge . $client/1                 # DHCP
forge . $client/4                 # STUN over TCP
forge . $client/5                 # STUN
forge . $client/7                 # file transfer
forge msturn $client/4,$client/5 --protocol msturn # behind pseudo-TLS, and on UDP

# Each way to fail.
forge . internal/hlb-only/1 --case all
forge . $client/5 --case dropped,refused,prohibited,wrong-protocol
forge . $pic/1 --case wrong-initiator # its mirror documents that

# In other dress.
forge ipv6 $server/3,$server/38,$client/5 -6
forge ipv6 $server/3 -6 --case prohibited
forge vlan $server/3,$server/39 --vlan 7
forge gre $server/3,$server/39 --tunnel gre
