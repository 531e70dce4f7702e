#!/bin/sh
# flowaudit check end to end: every demand of an expectation holds, and fails when its truth is broken.
# usage: check.sh PROGRAM
set -u
program=$(realpath "$1")
here=$(cd "$(dirname "$0")" && pwd)
shared=${FLOWAUDIT_SHARED:-$here/../../shared}
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
mkdir "$work/check"
cp "$here"/check/*.yaml "$work/check"
mkdir "$work/site" && cp "$here"/../pcaps/sites/lab.yaml "$work/site"
ln -s "$here/../pcaps/recorded" "$work/recorded"
ln -s "$here/../pcaps/forged" "$work/forged"
# The same files, with their paths as seen from here.
sed -i -e 's|\.\./\.\./pcaps/recorded|../recorded|' -e 's|\.\./\.\./pcaps/sites|../site|' "$work"/check/*.yaml
cd "$work" || exit 2
failed=0 passed=0

# want STATUS TEXT NAME: the last run ended so and said TEXT.
want() {
	if [ "$status" = "$1" ] && grep -qF -- "$2" out err; then
		passed=$((passed + 1))
	else
		echo "check.sh: $3: status $status, expected $1; or \"$2\" was not said"
		sed 's/^/    /' out err
		failed=$((failed + 1))
	fi
}

run() {
	"$program" check "$@" >out 2>err
	status=$?
}

# broken EDIT STATUS TEXT: lab.yaml holds until this edit of it.
broken() {
	sed -e "$1" check/lab.yaml >check/broken.yaml
	if cmp -s check/lab.yaml check/broken.yaml; then
		echo "check.sh: the edit \"$1\" changes nothing"
		failed=$((failed + 1))
	fi
	run check/broken.yaml
	want "$2" "$3" "$1"
}

run check/lab.yaml
want 0 ' pass, 0 fail, 0 errors. Exit 0.' 'lab.yaml holds'
run check/known.yaml
want 0 '2 checks: 2 pass' 'known flows are excepted'
run check/blocked.yaml
want 1 'found     blocked' 'a blocked row fails'
grep -q 'TCP 10.20.0.5:[0-9]* -> 10.10.0.11:5061: blocked, no_reply' out || {
	echo "check.sh: blocked.yaml shows no flow"
	failed=$((failed + 1))
}

# Every demand, broken.
broken 's|exit: 0|exit: 3|' 1 'exit 3'
broken 's|seen: \[|&internal/server-ports/52, |' 1 'rows seen internal/server-ports/52'
broken 's|may_be_absent: .*|may_be_absent: [internal/server-ports/99]|' 2 'no row is called that'
broken 's|unexpected: 0|unexpected: 1|' 1 'exactly 1 unexpected'
broken 's|expected: ">= 4"|expected: "<= 1"|' 1 'at most 1 expected'
broken 's|client_auth: proven|client_auth: declined|' 1 'in one field only, identified.client_auth: proven'
broken 's|proto: http}|proto: tls}|' 1 'nobody speaks HTTP'
sed 's|2099-12-31|2020-01-31|' check/known.yaml >check/over.yaml
run check/over.yaml
want 1 'exceptions pilot of the new conferencing port' 'an exception that is over'
grep -q 'verdicts unexpected' out || {
	echo "check.sh: flows of an exception that is over do not count again"
	failed=$((failed + 1))
}

# What cannot be checked is never a pass.
broken 's|^captures:.*|captures: [nothing-*.pcap]|;/^  - \.\./d;/^  - "/d' 2 'no file fits'
broken 's|^captures:|captur:|' 2 'broken.yaml:2:1: unknown key "captur"'
broken 's|verdict: expected|verdikt: expected|' 2 'records of flows have no field "verdikt"'
broken 's|rules: .*|rules: [no-such-pack]|' 2 'no pack "no-such-pack"'
broken 's|site: .*|site: missing.yaml|' 2 'missing.yaml: No such file'
broken 's|seen: \[|&internal/server-prots/1, |' 2 'did you mean "internal/server-ports/1"'
printf 'not a capture' >noise.pcap
printf 'captures: ../noise.pcap\nverdicts: {unexpected: 0}\n' >check/noise.yaml
run check/noise.yaml
want 2 'noise.pcap' 'a capture that cannot be read'
# A pcap header and not one packet.
printf '\324\303\262\241\002\000\004\000\000\000\000\000\000\000\000\000\000\000\004\000\001\000\000\000' >empty.pcap
printf 'captures: ../empty.pcap\nverdicts: {unexpected: 0}\n' >check/empty.yaml
run check/empty.yaml
want 2 'captures without a packet: nothing was checked' 'zero packets'
run check/missing.yaml
want 2 'check/missing.yaml: No such file' 'no expectation file'
run
want 2 'no expectation file given' 'nothing to check'
run --junit /nonexistent/j.xml check/lab.yaml
want 2 '/nonexistent/j.xml: cannot write' 'an output that cannot be written'
if [ -w /dev/full ]; then
	run --tap /dev/full check/lab.yaml
	want 2 'No space left on device' 'a full disk'
fi
run check/lab.yaml check/missing.yaml check/blocked.yaml
want 2 'found     blocked' 'one bad file does not hide the others'

# --update proposes beside the file, and the proposal holds.
cp check/blocked.yaml before.yaml
run --update check/blocked.yaml
want 1 'wrote check/blocked.yaml.proposed' 'a proposal is written'
cmp -s before.yaml check/blocked.yaml || {
	echo "check.sh: --update changed the file itself"
	failed=$((failed + 1))
}
mv check/blocked.yaml.proposed check/proposed.yaml
run check/proposed.yaml
want 0 '0 fail, 0 errors. Exit 0.' 'the proposal holds'

# --baseline: the same night, a worse one, a better one.
"$program" audit -q -S site/lab.yaml -f json -o good.jsonl recorded/tls-5061-client.pcap
"$program" audit -q -S site/lab.yaml -f json -o bad.jsonl recorded/tls-5061-dropped.pcap
printf 'captures: ../recorded/tls-5061-client.pcap\nsite: ../site/lab.yaml\nverdicts: {unexpected: 0}\n' >check/good.yaml
printf 'captures: ../recorded/tls-5061-dropped.pcap\nsite: ../site/lab.yaml\nverdicts: {unexpected: 0}\n' >check/bad.yaml
run --baseline good.jsonl check/good.yaml
want 0 '1 check: 1 pass' 'nothing differs from the baseline'
run --baseline good.jsonl check/bad.yaml
want 1 'baseline new: TCP 10.20.0.5 -> 10.10.0.11:5061' 'a new finding'
run --baseline bad.jsonl --json gone.jsonl check/good.yaml
want 0 '2 checks: 2 pass' 'a finding that is gone'
grep -q '"baseline gone: TCP 10.20.0.5 -> 10.10.0.11:5061"' gone.jsonl || {
	echo "check.sh: what is gone is not reported"
	failed=$((failed + 1))
}
run --baseline check/bad.yaml check/good.yaml
want 2 'not a record of an audit' 'a baseline that is none'

# Every field that records have may be asked for.
python3 - "$program" <<'PYTHON' >fields.yaml
import glob, json, subprocess, sys
names = set()
def walk(value, path):
    if isinstance(value, dict):
        for k, v in value.items():
            walk(v, path + [k])
    elif isinstance(value, list) and (not value or isinstance(value[0], dict)):
        for v in value:
            walk(v, path)
    else:
        names.add(".".join(path))
out = subprocess.run([sys.argv[1], "audit", "-S", "site/lab.yaml", "-f", "json"] +
                     sorted(glob.glob("recorded/*") + glob.glob("forged/*.pcap")), capture_output=True, text=True).stdout
for line in out.splitlines():
    record = json.loads(line)
    if record.pop("event_type") == "flow":
        walk(record, [])
print("captures: ../recorded/tls-5061-client.pcap")
print("flows: [{name: all, match: {" + ", ".join(n + (": 192.0.2.9" if n in ("src_ip", "dest_ip") else ": x")
                                                for n in sorted(names)) + "}, count: 0}]")
PYTHON
mv fields.yaml check/fields.yaml
run check/fields.yaml
want 0 '1 check: 1 pass' 'every field of the records is known'

# All formats at once, valid by their schemas.
run --junit j.xml --sarif s.sarif --tap t.tap --markdown m.md --json j.jsonl --github \
	check/lab.yaml check/blocked.yaml check/broken.yaml
want 2 '::error file=check/blocked.yaml,line=5' 'annotations'
for f in j.xml s.sarif t.tap m.md j.jsonl; do
	[ -s $f ] || {
		echo "check.sh: $f was not written"
		failed=$((failed + 1))
	}
done
if [ -f "$shared/schemas/junit-10.xsd" ] && command -v xmllint >/dev/null; then
	xmllint --noout --schema "$shared/schemas/junit-10.xsd" j.xml 2>err || {
		echo "check.sh: the JUnit report does not fit its schema"
		cat err
		failed=$((failed + 1))
	}
else
	echo "check.sh: skipped: the JUnit schema needs ../shared and xmllint"
fi
if [ -f "$shared/schemas/sarif-schema-2.1.0.json" ] && python3 -c 'import jsonschema' 2>/dev/null; then
	python3 - "$shared/schemas/sarif-schema-2.1.0.json" s.sarif <<'PYTHON' || failed=$((failed + 1))
import json, sys, jsonschema
schema, log = (json.load(open(p, encoding="utf-8")) for p in sys.argv[1:])
errors = list(jsonschema.Draft7Validator(schema).iter_errors(log))
for e in errors:
    print("check.sh: SARIF:", "/".join(map(str, e.path)), e.message)
sys.exit(bool(errors) or not log["runs"][0]["results"])
PYTHON
else
	echo "check.sh: skipped: the SARIF schema needs ../shared and python3-jsonschema"
fi

# The schema for editors says what the program says.
if python3 -c 'import jsonschema, yaml' 2>/dev/null; then
	python3 - "$here/../rules/expectation.schema.json" <<'PYTHON' || failed=$((failed + 1))
import glob, json, sys, jsonschema, yaml
schema = json.load(open(sys.argv[1], encoding="utf-8"))
check = jsonschema.Draft202012Validator(schema)
load = lambda p: yaml.load(open(p, encoding="utf-8"), yaml.BaseLoader)
def typed(v):
    if isinstance(v, dict): return {k: typed(x) for k, x in v.items()}
    if isinstance(v, list): return [typed(x) for x in v]
    return int(v) if v.isdigit() else v
bad = 0
for name in ("lab", "blocked", "known", "proposed", "good"):
    for e in check.iter_errors(typed(load(f"check/{name}.yaml"))):
        print(f"check.sh: schema: {name}.yaml: {'/'.join(map(str, e.path))}: {e.message}")
        bad += 1
good = typed(load("check/known.yaml"))
for change in (lambda e: e.pop("captures"), lambda e: e.update(x=1), lambda e: e.update(exit=4),
               lambda e: e["verdicts"].update(blocked="few"), lambda e: e["exceptions"][0].pop("reason"),
               lambda e: e["exceptions"][0].update(until="soon")):
    copy = json.loads(json.dumps(good))
    change(copy)
    if check.is_valid(copy):
        print("check.sh: the schema accepts a mistake")
        bad += 1
sys.exit(bad != 0)
PYTHON
else
	echo "check.sh: skipped: the schema needs python3-jsonschema and python3-yaml"
fi

# The script lines that the README gives to pipelines do what they say.
if python3 -c 'import yaml' 2>/dev/null; then
	python3 - "$here/../README.md" >lines <<'PYTHON'
import re, sys, yaml
for block in re.findall(r"```yaml\n(.*?)```", open(sys.argv[1], encoding="utf-8").read(), re.S):
    doc = yaml.safe_load(block)
    for job in list(doc.values()) + list((doc.get("jobs") or {}).values()):
        if isinstance(job, dict):
            lines = job.get("script", []) + [s["run"] for s in job.get("steps", []) if "run" in s]
            print("\n".join(lines), end="\n" if lines else "")
PYTHON
	mkdir bin && ln -s "$program" bin/flowaudit && mv check expectations
	[ "$(grep -c 'flowaudit check' lines)" = 2 ] || {
		echo "check.sh: the README has not two lines for pipelines"
		failed=$((failed + 1))
	}
	find expectations -name '*.yaml' ! -name lab.yaml ! -name known.yaml -delete
	while read -r line; do
		PATH=$work/bin:$PATH GITHUB_STEP_SUMMARY=$work/summary.md sh -ec "$line" >out 2>err
		status=$?
		want 0 '0 fail, 0 errors' "README: $line"
	done <lines
	printf 'verdicts: {expected: 0}\ncaptures: ../recorded/tls-5061-client.pcap\n' >expectations/worse.yaml
	while read -r line; do
		PATH=$work/bin:$PATH GITHUB_STEP_SUMMARY=$work/summary.md sh -ec "$line" >out 2>err
		status=$?
		want 1 'verdicts expected' "README, with a failure: $line"
	done <lines
	for f in flowaudit.xml flowaudit.sarif summary.md; do
		grep -q 'verdicts' $f || {
			echo "check.sh: $f does not show the failure"
			failed=$((failed + 1))
		}
	done
else
	echo "check.sh: skipped: the README's lines need python3-yaml"
fi

echo "check.sh: $passed passed, $failed failed"
[ "$failed" = 0 ]
