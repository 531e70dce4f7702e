#!/bin/bash
# The same report under any hash seed, batch size, number of threads and way of reading,
# and but for the names themselves with and without --name-unknown.
#
#	tests/invariance.sh PROGRAM GEN		GEN: the benchmark's, tests/bench/gen.c
set -u
program=$(realpath "$1")
gen=$(realpath "$2")
cd "$(dirname "$0")/../pcaps" || exit 2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export TZ=UTC LC_ALL=C FLOWAUDIT_RULES=../rules
passed=0 failed=0

report() { "$program" audit -S sites/lab.yaml -f json "$@" | sed 's/"elapsed_s":[0-9.]*//'; }

same() { # WHAT FILE: the report in $work/this equals the first one
	if cmp -s "$work/first" "$work/this"; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAIL $2: $1 changes the report"
		diff "$work/first" "$work/this" | head -4 | cut -c1-300
	fi
}

for file in recorded/*; do
	report --seed 1 "$file" >"$work/first"
	for seed in 0 2 3 4 5 6 7 8; do
		report --seed $seed "$file" >"$work/this"
		same "--seed $seed" "$file"
	done
	for batch in 1 7 63; do
		report --seed 1 --batch $batch "$file" >"$work/this"
		same "--batch $batch" "$file"
	done
	for threads in 1 2 4; do
		report --seed 1 --threads $threads "$file" >"$work/this"
		same "--threads $threads" "$file"
	done
	# Standard input, a byte of the name apart, is the same capture.
	case $file in *.gz | *.zst) continue ;; esac
	report --seed 1 - <"$file" | sed "s|\"pcap_filename\":\"-\"|\"pcap_filename\":\"$file\"|g" >"$work/this"
	same "standard input" "$file"
done
# All of them in one run, under two seeds.
report --seed 1 recorded >"$work/first"
report --seed 2 --batch 5 recorded >"$work/this"
same "--seed 2 --batch 5" "all recorded captures"

# Captures so long that other threads run: they start after 64 batches of 64 frames.
# sed's part: the capture by its first name, however it was packed or came in.
long="$work/long"
named() { sed "s#\"pcap_filename\":\"\(-\|${long}[^\"]*\)\"#\"pcap_filename\":\"$long\"#g"; }

# cut_up DIRECTORY: the capture as a rotated set of files
cut_up() {
	python3 - "$long" "$1" <<-'EOF'
	import struct, sys
	data = open(sys.argv[1], "rb").read()
	at, out = 24, None
	for n in range(1 << 30):
	    if at == len(data):
	        break
	    if n % 5000 == 0:
	        out = open(f"{sys.argv[2]}/{n:06}.pcap", "wb")
	        out.write(data[:24])
	    size = 16 + struct.unpack_from("<8xI", data, at)[0]
	    out.write(data[at:at + size])
	    at += size
	EOF
}

# What a set has in common with the whole: frames are numbered by file.
flows() {
	grep '"event_type":"flow"' |
		sed -E 's/"pcap_filename":"[^"]*",?//g; s/"pcap_cnt":[0-9]+,?//g; s/"frames":\[[^]]*\],?//g; s/frames? [0-9,]+( and [0-9,]+)?//g' |
		sort
}

# threads_of N: the most that the program is seen to have while it audits half a million packets
threads_of() {
	python3 - "$program" "$1" "$long" <<-'EOF'
	import os, subprocess, sys
	most = 0
	for _ in range(5):
	    child = subprocess.Popen([sys.argv[1], "audit", "-q", "--threads", sys.argv[2], sys.argv[3]])
	    while child.poll() is None:
	        most = max(most, len(os.listdir(f"/proc/{child.pid}/task")))
	    if most > 1:
	        break
	print(most)
	EOF
}

for kind in "mixed 20000 recorded/*.pcap recorded/*.pcapng" "small 20000 3000" "live 20000 4000" "newflows 10000" \
	"voice 12000 300"; do
	# shellcheck disable=SC2086 # words, and names that fit a pattern
	set -- $kind
	"$gen" "$1" "$long" "${@:2}" || exit 2
	report --seed 1 --threads 1 "$long" >"$work/first"
	for threads in 2 3 8; do
		for batch in 64 1 7; do
			report --seed 3 --threads $threads --batch $batch "$long" >"$work/this"
			same "--threads $threads --batch $batch" "long $1"
		done
	done
	for threads in 1 2 8; do
		report --threads $threads - <"$long" | named >"$work/this"
		same "standard input, --threads $threads" "long $1"
		for pack in gzip zstd; do
			command -v $pack >/dev/null || continue
			$pack -qc <"$long" >"$long.$pack"
			report --threads $threads "$long.$pack" | named >"$work/this"
			same "$pack, --threads $threads" "long $1"
			report --threads $threads - <"$long.$pack" | named >"$work/this"
			same "$pack on standard input, --threads $threads" "long $1"
		done
	done
	flows <"$work/first" >"$work/whole"
	mkdir "$work/set" && cut_up "$work/set"
	report --threads 1 "$work/set" >"$work/first"
	for threads in 2 3 8; do
		report --threads $threads --batch $((threads * 5)) "$work/set" >"$work/this"
		same "--threads $threads" "rotated $1"
	done
	flows <"$work/first" >"$work/this"
	mv "$work/whole" "$work/first"
	same "cutting it up" "long $1"
	rm -r "$work/set"
done
"$gen" small "$long" 500000 5000 || exit 2
alone=$(threads_of 1) more=$(threads_of 2)
if [ "$alone" != 1 ] || [ "$more" -lt 2 ]; then
	failed=$((failed + 1))
	echo "FAIL threads: $alone with --threads 1, $more with --threads 2: nothing of the above was tried"
fi
# Names change nothing but that they are there: every other field, and the exit status.
unnamed() { sed 's/,"name":"[^"]*","named_by":"ndpi"//; s/,"names_given_up":[0-9]*//; s/"elapsed_s":[0-9.]*//'; }
if "$program" audit -q --name-unknown recorded/opaque-bytes-7777.pcap 2>/dev/null; [ $? = 2 ]; then
	echo "invariance: --name-unknown skipped: this build has no nDPI"
else
	names=0
	for file in recorded/* "${FLOWAUDIT_SHARED:-../../shared}"/captures/*.*cap*; do
		[ -e "$file" ] || continue
		"$program" audit -S sites/lab.yaml -f json "$file" >"$work/plain" 2>/dev/null
		status=$?
		"$program" audit -S sites/lab.yaml -f json --name-unknown "$file" >"$work/named" 2>/dev/null
		echo "exit $?" >>"$work/named"
		echo "exit $status" >>"$work/plain"
		names=$((names + $(grep -c '"named_by":"ndpi"' "$work/named")))
		unnamed <"$work/plain" >"$work/first"
		unnamed <"$work/named" >"$work/this"
		same "--name-unknown" "$file"
	done
	echo "invariance: --name-unknown gave $names names"
fi
echo "invariance: $passed passed, $failed failed"
[ "$failed" = 0 ] && [ "$passed" != 0 ]
