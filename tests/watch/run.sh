#!/bin/bash
# The short tests of `flowaudit watch`, as `make watch-test` runs them.
#
#	tests/watch/run.sh PROGRAM [TEST...]
#
# They mostly wait, so they run side by side; counters.sh, which loads the machine, runs alone.  Where namespaces are not permitted a test says so and is skipped; that is no failure.
set -u
here=$(cd "$(dirname "$0")" && pwd)
program=${1:?usage: run.sh PROGRAM [TEST...]}
shift
failed=0

# over TEST STATUS
over() {
	case $2 in
	0 | 77) ;;
	*) failed=1; echo "FAIL tests/watch/$1.sh: status $2" ;;
	esac
}

run() { timeout -k 20 110 "$here/$1.sh" "$program"; over "$1" $?; }

if [ $# -gt 0 ]; then
	for test in "$@"; do run "$test"; done
	exit $failed
fi
# some TEST...: one after the other, in the background
some() {
	for test in "$@"; do run "$test"; done
	exit $failed
}

jobs=
for few in firewall faults 'signals parity' 'privileges rotate'; do
	# shellcheck disable=SC2086 # they are words
	some $few &
	jobs="$jobs $!"
done
for job in $jobs; do
	wait "$job" || failed=1
done
run counters
exit $failed
