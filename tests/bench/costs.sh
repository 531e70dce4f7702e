# shellcheck shell=bash disable=SC2154,SC2034 # sourced by bench.sh, with the other parts
# The sections that measure one cost of flowaudit each, mostly as the difference
# between two runs.

# cost TOOL CAPTURE [ROUNDS]: runs of flowaudit alone into $work/TOOL.runs, one when it
# takes longer than 20 s; dies when it fails
cost() {
	local i

	rm -f "$work/$1.runs"
	use "$1" "$2" 1
	for ((i = 0; i < ${3:-$few}; i++)); do
		"$bin/run" "$limit_s" "$work/$1.runs" "${command[@]}" >/dev/null 2>"$work/log"
		awk '$1 > 20 { exit 1 }' "$work/$1.runs" || break
	done
	awk '$5 != 0 && $5 != 1 && $5 != 3 { exit 1 }' "$work/$1.runs" || failed "$2"
}

# Packed captures: the decompressor alone is what nobody can beat.
section_packed() {
	local packets flows name alone

	packets=$(scaled 4000000)
	flows=$(scaled 50000)
	make_capture voice "$packets" "$flows"
	mv "$work/capture" "$work/plain"
	for name in zstd gzip; do
		command -v "$name" >/dev/null || { echo "Skipped: $name is not installed."; continue; }
		"$name" -qc "$([ "$name" = zstd ] && echo -3 || echo -6)" <"$work/plain" >"$work/capture"
		alone=$name
		[ "$name" != gzip ] || ! command -v pigz >/dev/null || alone="$name pigz"
		base=$name
		# shellcheck disable=SC2086 # a list of words
		measure "voice.pcap.$name" "$packets" "$flows" $ours $alone
		echo
		base=${loops%% *}
	done
	echo "flowaudit unpacks with libarchive $(dpkg-query -Wf '${Version}' libarchive13 2>/dev/null)," \
		"whose zlib and libzstd are the system's; zstd, gzip and pigz unpack to /dev/null."
	rm -f "$work/plain"
}

# live_row TOOL FLOWS PACKETS: PACKETS more in the second capture; medians of
# the differences within a round of $work/once.runs and $work/more.runs
live_row() {
	awk -v tool="$1" -v flows="$2" -v packets="$3" -v least="$least" "$median_awk"'
	FNR == 1 { file++ }
	file == 1 { wall1[FNR] = $1; cpu1[FNR] = $2 + $3; next }
	{ n = FNR; wall2[n] = $1; rss[n] = $4; wall[n] = $1 - wall1[n]; cpu[n] = $2 + $3 - cpu1[n] }
	END {
		ns = median(cpu, n) / packets * 1e9
		peak = median(rss, n)
		printf "| %d | %s | %.2f | %.2f | %.1f | %.1f | %.2f | %d | %s |\n", flows, tool, median(wall1, n),
			median(wall2, n), median(wall, n) / packets * 1e9, ns, (least > 0 ? ns / least : 1), peak / 1024,
			(flows < 500000 ? "-" : sprintf("%.0f", peak * 1024 / flows))
		print ns >"'"$work"'/ns"
	}' "$work/once.runs" "$work/more.runs"
}

# Two captures of the same flows, all alive and answered in both: the second has three
# times the packets.  Their difference is what a packet costs once the flows are there.
section_live() {
	local packets flows tool tools round capture least=0

	packets=$(scaled 20000000)
	echo "| flows alive | program | wall s, $packets packets | wall s, $((3 * packets)) packets" \
		"| ns a packet between | CPU ns | CPU beside 10^4 flows | peak MiB | bytes a flow |"
	echo "| ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
	for flows in 10000 100000 1000000 10000000; do
		flows=$(scaled "$flows")
		options=(--max-flows $((flows < 4194304 ? 4194304 : flows)))
		tools=flowaudit-1
		[ $((2 * flows)) -lt "$packets" ] || tools="$ours"
		"$bin/gen" live "$work/once" "$packets" "$flows" || exit 2
		"$bin/gen" live "$work/more" $((3 * packets)) "$flows" || exit 2
		for tool in $tools; do
			rm -f "$work/once.runs" "$work/more.runs"
			for ((round = 0; round < few; round++)); do
				for capture in once more; do
					cost "$tool" "$work/$capture" 1
					cat "$work/$tool.runs" >>"$work/$capture.runs"
				done
				awk '$1 > 30 { exit 1 }' "$work/more.runs" || break
			done
			live_row "$tool" "$flows" $((2 * packets))
			[ "$least" != 0 ] || least=$(cat "$work/ns")
		done
		rm -f "$work/once" "$work/more"
	done
	options=()
	echo
	echo "Bytes a flow: peak memory of the whole process over the flows; where they are few it says nothing."
}

# What writing a line for every flow costs beside the text report.
section_json() {
	local flows text json

	flows=$(scaled 2000000)
	make_capture live $((3 * flows)) "$flows"
	echo "| flows | threads | text, wall s | JSON Lines, wall s | more, s a million flows | text, CPU s | JSON Lines, CPU s |" \
		"peak MiB, text | peak MiB, JSON Lines |"
	echo "| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
	for threads in 1 2; do
		options=(-f text)
		cost "flowaudit-$threads" "$work/capture"
		mv "$work/flowaudit-$threads.runs" "$work/text"
		options=(-f json)
		cost "flowaudit-$threads" "$work/capture"
		mv "$work/flowaudit-$threads.runs" "$work/json"
		text=$(median_of "$work/text" 1)
		json=$(median_of "$work/json" 1)
		awk -v flows="$flows" -v threads="$threads" -v text="$text" -v json="$json" "$median_awk"'
		FNR == 1 { file++ }
		{ cpu[file, FNR] = $2 + $3; rss[file, FNR] = $4; n = FNR }
		function med(f, what,    i, v) {
			for (i = 1; i <= n; i++)
				v[i] = what == "cpu" ? cpu[f, i] : rss[f, i]
			return median(v, n)
		}
		END {
			printf "| %d | %d | %.2f | %.2f | %.2f | %.2f | %.2f | %d | %d |\n", flows, threads, text, json,
				(json - text) / flows * 1e6, med(1, "cpu"), med(2, "cpu"), med(1, "rss") / 1024,
				med(2, "rss") / 1024
		}' "$work/text" "$work/json"
	done
	options=()
	rm -f "$work/capture"
}

# large_pack ROWS: a pack that documents every port of the front end over and over
large_pack() {
	awk -v rows="$1" 'BEGIN {
		print "pack: large\ntitle: \"Rows without number\"\ndocuments:\n  large: {title: \"Generated\"}"
		printf "tables:\n  large/rows: {title: \"Generated\", rows: %d}\n", rows
		print "roles:\n  client: {description: \"clients\"}\n  front-end: {description: \"servers\"}\nrows:"
		for (i = 1; i <= rows; i++)
			printf "  - {id: large/rows/%d, l4: %s, from: client, to: front-end, dport: %d, need: optional}\n",
				i, i % 2 ? "tcp, proto: http/tls" : "udp, proto: rtp", 1024 + int(i / 2) % 48000
	}' >"$work/large.yaml"
}

# Packs of 100,000 rows beside the default ones: time to load, time of the packets.
section_packs() {
	local packets rows=100000 with tool=flowaudit-1

	packets=$(scaled 4000000)
	large_pack "$rows"
	"$bin/gen" voice "$work/ten" 10 10 || exit 2
	make_capture voice "$packets" "$(scaled 20000)"
	echo "| packs | wall s, 10 packets | wall s, $packets packets | ns a packet between | peak MiB |"
	echo "| --- | ---: | ---: | ---: | ---: |"
	for with in "97 rows" "97 and $rows rows"; do
		options=()
		[ "$with" = "97 rows" ] || options=(-R lync2013-pic -R lync2013-internal -R "$work/large.yaml")
		cost $tool "$work/ten" "$rounds"
		mv "$work/$tool.runs" "$work/ten.runs"
		cost $tool "$work/capture" "$rounds"
		awk -v with="$with" -v packets="$packets" -v a="$(median_of "$work/ten.runs" 1)" \
			-v b="$(median_of "$work/$tool.runs" 1)" -v peak="$(median_of "$work/$tool.runs" 4)" 'BEGIN {
			printf "| %s | %.4f | %.3f | %.1f | %d |\n", with, a, b, (b - a) / packets * 1e9, peak / 1024
		}'
	done
	options=()
	rm -f "$work/capture" "$work/large.yaml"
}

# The smallest audit, from exec to exit.
section_start() {
	local tool n=50

	"$bin/gen" voice "$work/ten" 10 10 || exit 2
	echo "| 10 packets, $n runs | mean wall ms | median wall ms | mean CPU ms | peak MiB |"
	echo "| --- | ---: | ---: | ---: | ---: |"
	for tool in $ours; do
		cost "$tool" "$work/ten" $n
		awk -v tool="$tool" "$median_awk"'
		{ v[NR] = $1; wall += $1; cpu += $2 + $3; rss = $4 > rss ? $4 : rss }
		END {
			printf "| %s | %.2f | %.2f | %.2f | %.1f |\n", tool, wall / NR * 1e3, median(v, NR) * 1e3,
				cpu / NR * 1e3, rss / 1024
		}' "$work/$tool.runs"
	done
}

section_instructions() { "$tree/tests/bench/instructions.sh" all; }

# 50 million tuples against a table of a million: memory is bounded, evictions are said.
section_hostile() {
	local packets tool

	packets=$(scaled 50000000)
	options=(--max-flows "$(scaled 1000000)" -f json)
	make_capture newflows "$packets"
	echo "| tuples | --max-flows | program | wall s | Mpps | peak MiB | exit | fitness | verdicts |"
	echo "| ---: | ---: | --- | ---: | ---: | ---: | ---: | --- | --- |"
	for tool in $ours; do
		rm -f "$work/$tool.runs"
		use "$tool" "$work/capture" 1
		"$bin/run" 3000 "$work/$tool.runs" "${command[@]}" 2>"$work/log" |
			grep -E '"event_type":"(capture|summary)"' >"$work/output"
		awk -v packets="$packets" -v tool="$tool" -v most="${options[1]}" \
			-v said="$(grep -o '"code":"[a-z_]*"' "$work/output" | cut -d'"' -f4 | tr '\n' ' ')" \
			-v verdicts="$(sed -n 's/.*"verdicts":{\([^}]*\)}.*/\1/p' "$work/output" | tr -d '"')" '{
			printf "| %d | %d | %s | %.1f | %.2f | %d | %d | %s| %s |\n", packets, most, tool, $1,
				packets / $1 / 1e6, $4 / 1024, $5, said, verdicts
		}' "$work/$tool.runs"
	done
	options=()
	rm -f "$work/capture"
}
