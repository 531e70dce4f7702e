# shellcheck shell=bash disable=SC2154,SC2034 # sourced by bench.sh, with the other parts
# The sections that let programs take turns on one capture each.

# bench TOOLS KIND PACKETS [FLOWS]: without FLOWS as many as packets.  Of a
# mixed capture the flows only say how large the tables of bare must be.
bench() {
	local names=$1 kind=$2 packets flows

	packets=$(scaled "$3")
	flows=$(scaled "${4:-$3}")
	make_capture "$kind" "$packets" ${4:+"$flows"}
	# shellcheck disable=SC2086 # a list of words
	measure "$kind" "$packets" "$flows" $names
}

ours="flowaudit-1 flowaudit-2"

section_voice() { bench "$ours $loops $(installed nfpcapd softflowd)" voice 8000000 50000; }
section_small() { bench "$ours $loops $(installed nfpcapd softflowd)" small 12000000 2000000; }
section_newflows() {
	local rounds=$few

	options=(--max-flows 16000000)
	bench "$ours $loops $(installed nfpcapd softflowd)" newflows 10000000
	options=()
}
section_mixed() { bench "$ours $loops $(installed nfpcapd softflowd)" mixed 8000000 1000000; }

# generated MODE NAME PACKETS FLOWS: by the generator of ../shared
generated() {
	local packets flows

	compiled gen-voice gen-voice.c || return 0
	packets=$(scaled "$3")
	flows=$(scaled "$4")
	"$work/gen-voice" "$work/capture" "$packets" "$flows" "$1"
	# shellcheck disable=SC2086 # a list of words
	measure "$2" "$packets" "$flows" $ours $loops
}

section_gvoice() { generated 0 gvoice 8000000 50000; }
section_gsmall() { generated 1 gsmall 12000000 2000000; }

# Programs that take seconds a million packets, on captures that let them end.
section_rivals() {
	local slow

	slow=$(installed argus ndpiReader)
	if [ -n "$slow" ]; then
		bench "flowaudit-1 $slow" voice 1000000 50000
		echo
		bench "flowaudit-1 $slow" small 1000000 200000
		echo
		bench "flowaudit-1 $slow" newflows 400000
		echo
		bench "flowaudit-1 $slow" mixed 1000000 125000
	fi
	if [ -n "$(installed tshark)" ]; then
		echo
		bench "flowaudit-1 tshark" voice 200000 5000
		echo
		bench "flowaudit-1 tshark" mixed 200000 25000
	fi
}
