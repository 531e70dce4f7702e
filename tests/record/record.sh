#!/bin/bash
# Record pcaps/recorded/*: real third-party programs talk in network namespaces
# made here, with and without an nftables firewall between them.
#
# usage: record.sh [-l] [-o DIRECTORY] [CASE...]
#   -l  list the cases
#   -o  where pcaps/ lies (default: the one of this tree)
#
# Needs root. Recording is not byte-reproducible: keys, certificates, sequence
# numbers, transaction ids and times are made by the programs themselves. The
# ground truth is: it is written down beside the commands that make it happen.

here=$(cd "$(dirname "$0")" && pwd)
pcaps=$here/../../pcaps
list=0

# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$here/lib.sh"
for part in "$here"/cases-*.sh; do
	# shellcheck disable=SC1090
	. "$part"
done

cases() { declare -F | sed -n 's/^declare -f case_//p'; }

usage() { sed -n '2,12s/^# \{0,1\}//p' "$0"; }

clean_up() {
	[ -z "$CAPTURE_PID" ] || kill "$CAPTURE_PID" 2>/dev/null
	topology_down
	[ -z "$WORK" ] || rm -rf "$WORK"
}

# run NAME: one case in a fresh topology
run() {
	CASE=case_$1
	say "$1"
	topology_up
	"$CASE"
	topology_down
}

# header: of truth.tsv
header() {
	cat <<-'END'
		# What was made to happen, not what a program said of it. Site: sites/lab.yaml.
		# src initiates. Port *: chosen by the system; such a line holds of at least one flow.
		# Rows a,b are of equal rank; - means no row documents the flow. Verdicts as in the design.
	END
	printf '# file\tproto\tsrc\tsport\tdst\tdport\toutcome\tverdict\trow\tnote\n'
}

# readme: the table between the markers of pcaps/README.md, from pcaps/index.tsv
readme() {
	local table=$WORK/table.md
	{
		printf '| file | case, captured at | software | frames | what happened |\n'
		printf '| --- | --- | --- | --- | --- |\n'
		awk -F '\t' '!/^#/ {
			printf "| recorded/%s | `%s`, %s | %s | %d | %s |\n", $1, $2, $3, $4, $5, $6
		}' "$pcaps/index.tsv"
	} >"$table"
	awk -v table="$table" '
		/<!-- recorded: begin -->/ { print; while ((getline line < table) > 0) print line; skip = 1 }
		/<!-- recorded: end -->/ { skip = 0 }
		!skip || /<!-- recorded: end -->/ { if (!/<!-- recorded: begin -->/) print }
	' "$pcaps/README.md" >"$WORK/README.md" && cp "$WORK/README.md" "$pcaps/README.md"
}

while getopts lo:h option; do
	case $option in
	l) list=1 ;;
	o) pcaps=$OPTARG ;;
	h) usage; exit 0 ;;
	*) usage >&2; exit 2 ;;
	esac
done
shift $((OPTIND - 1))
[ $list = 0 ] || { cases; exit 0; }
for name in "$@"; do
	declare -F "case_$name" >/dev/null || die "no case $name (-l lists them)"
done

need_programs
OUT=$pcaps/recorded
mkdir -p "$OUT" || exit 2
OUT=$(cd "$OUT" && pwd)
trap clean_up EXIT
trap 'exit 2' INT TERM HUP
WORK=$(mktemp -d "${TMPDIR:-/tmp}/$PREFIX.XXXXXX") || exit 2
chmod 755 "$WORK"
certificates
[ $# -gt 0 ] || mapfile -t all < <(cases)
for name in "$@" "${all[@]}"; do
	run "$name"
done
[ -e "$pcaps/truth.tsv" ] || header >"$pcaps/truth.tsv"
[ -e "$pcaps/index.tsv" ] ||
	printf '# file\tcase\tcaptured at\tsoftware\tframes\twhat happened\n' >"$pcaps/index.tsv"
merge "$WORK/truth.tsv" "$pcaps/truth.tsv"
merge "$WORK/index.tsv" "$pcaps/index.tsv"
[ ! -e "$pcaps/README.md" ] || readme
say "done: $(find "$OUT" -type f | wc -l) captures in $OUT"
