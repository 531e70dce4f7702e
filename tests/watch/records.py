#!/usr/bin/env python3
"""What JSON Lines of `flowaudit watch` say, and whether they say it right.

	records.py stamp                      stdin to stdout, the time of arrival before every line
	records.py valid FILE...              every line is a whole record
	records.py whole FILE...              as valid, but the last line may have been cut by a kill
	records.py count TYPE [KEY=VALUE...] FILE...
	records.py get TYPE KEY[.KEY...] FILE...
	                                      of the last such record ("-": there is none)
	records.py sum TYPE KEY[.KEY...] FILE...
	                                      over all such records
	records.py counters SENT FILE...      nothing is lost between the counters
	records.py flows FILE...              every flow is told once, or revised
	records.py parity AUDIT FILE...       `flowaudit audit` of the same packets decides alike
	records.py firewall [option...] TRUTH FILE
	                                      what talk.py did is what the watcher says

Status 0: it holds; 1: it does not, and lines on standard output say why.
Stamped lines and plain ones are both read; several files are one output in turn.
"""
import argparse
import collections
import datetime
import json
import sys
import time

FINDINGS = {"unexpected", "blocked", "mismatch"}
REPORT_WITHIN = {"refused": 10.0, "prohibited": 10.0, "no_reply": 30.0}  # seconds, the contract


class Fault(Exception):
	"""The output is not what it must be."""


def parse(line, where):
	stamp = None
	if line[:1].isdigit():
		stamp, line = line.split("\t", 1)
		stamp = float(stamp)
	try:
		record = json.loads(line)
	except ValueError as error:
		raise Fault(f"{where}: not JSON: {error}: {line[:80]!r} ... {line[-80:]!r}") from None
	if not isinstance(record, dict) or "event_type" not in record:
		raise Fault(f"{where}: no event_type: {line[:120]!r}")
	record["_arrival"] = stamp
	return record


def read(paths, cut=False, leave_out=()):
	"""All records of all files; cut: a last line without its end is left out."""
	found = []
	for path in paths:
		with open(path, encoding="utf-8", errors="strict", newline="\n") as lines:
			for number, line in enumerate(lines, 1):
				if not line.endswith("\n"):
					if cut:
						break
					raise Fault(f"{path}:{number}: the last line is cut: {line[-80:]!r}")
				record = parse(line, f"{path}:{number}")
				if record["event_type"] not in leave_out:
					found.append(record)
	return found


def of_type(records, name):
	return [r for r in records if r["event_type"] == name]


def dig(record, path):
	for key in path.split("."):
		if isinstance(record, list):
			record = record[int(key)] if key.isdigit() and int(key) < len(record) else None
		else:
			record = record.get(key) if isinstance(record, dict) else None
	return record


def endpoints(record):
	return (record["proto"], record["src_ip"], record.get("src_port"), record["dest_ip"],
		record.get("dest_port"))


def name(record):
	proto, *rest = endpoints(record)
	return "{} {}:{} -> {}:{}".format(proto, *rest)


def when(text):
	return datetime.datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%f%z").timestamp()


def last_of_each(records):
	"""The last record of every flow; a flow is its endpoints and its first packet."""
	last = {}
	for r in of_type(records, "flow"):
		last[endpoints(r) + (r["flow"]["start"],)] = r
	return last


def need(holds, words):
	if not holds:
		raise Fault(words)


# ---- one command each ----------------------------------------------------------------------


def stamp():
	for line in sys.stdin:
		sys.stdout.write(f"{time.time():.6f}\t{line}")
		sys.stdout.flush()


def count(kind, rest):
	conditions = [a.split("=", 1) for a in rest if "=" in a and "/" not in a.split("=", 1)[0]]
	records = of_type(read([a for a in rest if a.split("=", 1) not in conditions]), kind)
	print(sum(all(str(dig(r, key)) == value for key, value in conditions) for r in records))


def get(kind, path, files):
	records = of_type(read(files), kind)
	value = dig(records[-1], path) if records else None
	print("-" if value is None else value if isinstance(value, (str, int)) else json.dumps(value))


def total(kind, path, files):
	print(sum(dig(r, path) or 0 for r in of_type(read(files), kind)))


def is_rare_kind(counter):
	return counter == "other" or counter.startswith("ethertype_")


def counters(sent, files):
	"""Every frame sent is counted once, or in kernel_drops, in every record that counts."""
	records = read(files, leave_out=("flow", "row"))
	stats, captures = of_type(records, "stats"), of_type(records, "capture")
	need(len(captures) == 1, f"{len(captures)} capture records")
	need(stats, "no stats record")
	need(of_type(records, "summary"), "no summary")
	frames, sums, drops = 0, collections.Counter(), 0
	for r in stats:
		counted = sum(r["counters"].values())
		need(counted == r["frames"],
			f"stats of {r['timestamp']}: {r['frames']} frames, counters make {counted}")
		by_interface = sum(i["frames"] for i in r["interfaces"])
		need(by_interface == r["frames"],
			f"stats of {r['timestamp']}: {r['frames']} frames, interfaces make {by_interface}")
		frames += r["frames"]
		drops += r["kernel_drops"]
		sums.update(r["counters"])
	capture, summary = captures[0], of_type(records, "summary")[-1]
	need(frames == capture["frames"], f"stats make {frames} frames, capture {capture['frames']}")
	# Of ethertypes only the frequent ones keep a name of their own, so the end may call others "other".
	for key in {k for k in set(sums) | set(capture["counters"]) if not is_rare_kind(k)}:
		need(sums[key] == capture["counters"].get(key, 0),
			f"counter {key}: stats make {sums[key]}, capture {capture['counters'].get(key, 0)}")
	need(summary["packets"] == capture["frames"],
		f"summary {summary['packets']} frames, capture {capture['frames']}")
	need(sum(r["bytes"] for r in stats) == capture["bytes"],
		f"stats make {sum(r['bytes'] for r in stats)} bytes, capture {capture['bytes']}")
	need(frames + drops == sent,
		f"{sent} frames sent; {frames} seen and {drops} dropped make {frames + drops}")


def flows(files):
	"""Every flow once; once more only if it changed, and then it names what it revises."""
	records = read(files)
	seen = {}
	for r in of_type(records, "flow"):
		key = endpoints(r) + (r["flow"]["start"],)
		before = seen.get(key)
		if before is None:
			need("revises" not in r, f"{name(r)} revises what was never told")
		else:
			need("revises" in r, f"{name(r)} is told twice: {before['verdict']}, {r['verdict']}")
			need(r["revises"] == before["verdict"],
				f"{name(r)} revises {r['revises']}, was {before['verdict']}")
		seen[key] = r
	need(of_type(records, "summary"), "no summary")
	summary = of_type(records, "summary")[-1]
	need(len(seen) == summary["flows"], f"{len(seen)} flows told, summary has {summary['flows']}")
	told = collections.Counter(r["verdict"] for r in seen.values())
	for verdict, number in summary["verdicts"].items():
		need(told[verdict] == number, f"{told[verdict]} {verdict} told, summary has {number}")


def decision(record):
	return record["verdict"], record["outcome"], (record["documented"] or ["-"])[0]


def parity(audit, files):
	live = {endpoints(r): r for r in last_of_each(read(files)).values()}
	offline = {endpoints(r): r for r in last_of_each(read([audit])).values()}
	for key in live.keys() | offline.keys():
		need(key in live, f"{name(offline.get(key))}: only audit has it")
		need(key in offline, f"{name(live[key])}: only watch has it")
		need(decision(live[key]) == decision(offline[key]),
			f"{name(live[key])}: watch {decision(live[key])}, audit {decision(offline[key])}")
	print(f"{len(live)} flows alike")


# ---- the firewall lab ----------------------------------------------------------------------


def same_attempt(attempt, record):
	start = when(record["flow"]["start"])
	return endpoints(attempt) == endpoints(record) and attempt["start"] - 1 <= start <= attempt["end"] + 1


def check_broken(attempt, told, wanted):
	"""An attempt that failed: its first record is the finding, in time."""
	need(told, f"{name(attempt)} {attempt['result']}: nothing told")
	first = told[0]
	need(decision(first) == ("blocked", wanted.outcome, wanted.row),
		f"{name(attempt)}: told {decision(first)}, wanted blocked {wanted.outcome} {wanted.row}")
	need(not wanted.cause or first.get("cause") == wanted.cause,
		f"{name(attempt)}: cause {first.get('cause')}, wanted {wanted.cause}")
	codes = [e["code"] for e in first["evidence"]]
	need(not wanted.evidence or wanted.evidence in codes,
		f"{name(attempt)}: evidence {codes}, wanted {wanted.evidence}")
	since = attempt["start"] if wanted.outcome == "no_reply" else attempt["end"]
	late = first["_arrival"] - since
	need(late <= REPORT_WITHIN[wanted.outcome],
		f"{name(attempt)}: told after {late:.1f} s, allowed {REPORT_WITHIN[wanted.outcome]}")
	return late


def check_restored(attempt, told):
	"""Blocked for so long that it was told, then answered after all."""
	need([r["verdict"] for r in told] == ["blocked", "expected"] and told[1].get("revises") == "blocked",
		f"{name(attempt)}: answered late, told " +
		str([(r["verdict"], r.get("revises")) for r in told]) + ", wanted blocked, then expected revising it")


def check_good(attempt, told):
	need(told, f"{name(attempt)} {attempt['row']}: nothing told")
	verdicts = [r["verdict"] for r in told]
	need(verdicts == ["expected"], f"{name(attempt)} {attempt['row']}: told {verdicts}, wanted expected")
	need(attempt["row"] in told[0]["documented"],
		f"{name(attempt)}: told {told[0]['documented']}, wanted {attempt['row']}")


def is_broken(attempt, wanted):
	return attempt["row"] == wanted.row and attempt["result"] == wanted.outcome


def is_late(attempt):
	return attempt["result"] == "ok" and attempt["end"] - attempt["start"] > 26


def check_attempt(attempt, told, wanted):
	"""Returns how late the finding was, or None where there must be none."""
	if attempt["result"] == "abandoned":
		return None
	if is_late(attempt):
		check_restored(attempt, told)
		return check_broken(attempt, told, wanted)
	if attempt["result"] == "ok":
		check_good(attempt, told)
	elif is_broken(attempt, wanted):
		return check_broken(attempt, told, wanted)
	else:
		raise Fault(f"the lab: {name(attempt)} {attempt['row']}: {attempt['result']}")
	return None


def firewall(arguments):
	"""Faults are gathered, so that one run shows them all."""
	parser = argparse.ArgumentParser(prog="records.py firewall")
	parser.add_argument("--row", required=True, help="the row that was broken")
	parser.add_argument("--outcome", required=True, choices=REPORT_WITHIN)
	parser.add_argument("--cause", default="")
	parser.add_argument("--evidence", default="", help="a code that must be there")
	parser.add_argument("--beyond", action="store_true",
		help="the watcher stands beyond the firewall: broken attempts never reach it")
	parser.add_argument("truth")
	parser.add_argument("file")
	wanted = parser.parse_args(arguments)
	with open(wanted.truth, encoding="ascii") as lines:
		attempts = [json.loads(line) for line in lines]
	told = of_type(read([wanted.file]), "flow")
	faults, late, good, broken = [], [], 0, 0
	for attempt in attempts:
		mine = [r for r in told if same_attempt(attempt, r)]
		told = [r for r in told if not same_attempt(attempt, r)]
		failed = is_broken(attempt, wanted) or is_late(attempt)
		good, broken = good + (attempt["result"] == "ok"), broken + failed
		try:
			if not wanted.beyond:
				late.append(check_attempt(attempt, mine, wanted))
			elif not failed:
				check_attempt(attempt, mine, wanted)
			else:
				need(not FINDINGS & {r["verdict"] for r in mine},
					f"{name(attempt)} never got here, told {[r['verdict'] for r in mine]}")
		except Fault as fault:
			faults.append(str(fault))
	faults += [f"{name(r)}: nobody sent this; told {r['verdict']}" for r in told]
	if not good or not broken:
		faults.append(f"the lab: {good} good attempts, {broken} broken ones")
	print(f"{good} good, {broken} broken, told after " +
		(f"{max(x for x in late if x is not None):.2f} s at most" if any(late) else "-"))
	need(not faults, "\n".join(faults))


def main():
	command, *rest = sys.argv[1:] or ["help"]
	commands = {
		"stamp": stamp,
		"valid": lambda *files: read(files),
		"whole": lambda *files: print(len(read(files, cut=True)), "whole lines"),
		"count": lambda kind, *a: count(kind, a),
		"get": lambda kind, path, *files: get(kind, path, files),
		"sum": lambda kind, path, *files: total(kind, path, files),
		"counters": lambda sent, *files: counters(int(sent), files),
		"flows": lambda *files: flows(files),
		"parity": lambda audit, *files: parity(audit, files),
		"firewall": lambda *a: firewall(a),
	}
	if command not in commands:
		print(__doc__)
		return 2
	try:
		commands[command](*rest)
	except (Fault, OSError) as fault:
		print(fault)
		return 1
	except KeyError as missing:
		print(f"a record has no {missing}")
		return 1
	return 0


if __name__ == "__main__":
	sys.exit(main())
