#!/usr/bin/env python3
"""What flowaudit, tshark and nDPI call the flows of the same captures, side by side.

usage: confusion.py PROGRAM DIRECTORY...     (UPDATE=1 rewrites README.md)
       confusion.py --check                  (explained.tsv alone)

Every flow on which flowaudit differs from one of the others must be explained in
explained.tsv, so that a new false identification does not go unseen.  A reason that
begins with FALSE or MISSED says that the others are right.

Exit status: 0 every difference is explained; 1 one is not, or a line of
explained.tsv is wrong; 77 tshark or ndpiReader is not installed.
"""

import collections
import glob
import ipaddress
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
TOOLS = ("tshark", "ndpi")
PACKED = (".gz", ".zst", ".xz", ".lz4", ".bz2")
COLUMNS = ("file", "tool", "ours", "theirs", "flows", "frame", "why")
NOTHING = "-"   # no protocol seen
OTHER = "other" # one that flowaudit does not tell: nobody documents it

# Their words for what flowaudit tells.
TSHARK = {
    "tls": "tls", "ssl": "tls", "dtls": "dtls", "stun": "stun", "classicstun": "stun",
    "turnchannel": "turn", "rtp": "rtp", "srtp": "rtp", "rtcp": "rtcp", "srtcp": "rtcp",
    "sip": "sip", "http": "http", "dcerpc": "dcerpc", "smb": "smb", "smb2": "smb",
    "dhcp": "dhcp", "tds": "tds", "mc-nmf": "nmf",
}
NDPI = {
    "TLS": "tls", "DTLS": "dtls", "STUN": "stun", "RTP": "rtp", "RTCP": "rtcp", "SIP": "sip",
    "HTTP": "http", "HTTP_Connect": "http", "HTTP_Proxy": "http", "DCE_RPC": "dcerpc",
    "SMBv1": "smb", "SMBv23": "smb", "DHCP": "dhcp", "MsSQL-TDS": "tds",
}
# Layers between a transport and what counts.
WRAPPERS = ("nbss", "data", "_ws.malformed", "_ws.short")
# Heuristics that tshark leaves off: it then sees media without signalling, as flowaudit must.
TSHARK_HEURISTICS = ("rtp_udp", "rtp_stun")

Flow = collections.namedtuple("Flow", "file frame key proto confidence ends")


def run(*command):
    """Standard output; damaged captures make these programs fail half-way, which is fine."""
    env = dict(os.environ, LC_ALL="C", TZ="UTC",
               FLOWAUDIT_RULES=os.path.join(HERE, "..", "..", "rules"))
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=env,
                          timeout=300, check=False)
    if done.returncode < 0:
        sys.exit("confusion: signal %d ended %s" % (-done.returncode, " ".join(command)))
    return done.stdout.decode("utf-8", "replace")


def key_of(transport, a, aport, b, bport):
    """Both ends in one order, addresses in one spelling."""
    ends = sorted((str(ipaddress.ip_address(address)), int(port))
                  for address, port in ((a, aport), (b, bport)))
    return (transport.lower(),) + tuple(ends)


def flows_of(program, path):
    out = run(program, "audit", "-R", os.path.join(HERE, "none.yaml"), "-f", "json", path)
    for line in out.splitlines():
        record = json.loads(line)
        if record["event_type"] != "flow" or record["proto"] not in ("TCP", "UDP"):
            continue
        identified = record["identified"]
        proto = identified["proto"]
        yield Flow(os.path.basename(path), record["pcap_cnt"],
                   key_of(record["proto"], record["src_ip"], record["src_port"],
                          record["dest_ip"], record["dest_port"]),
                   NOTHING if proto == "unknown" else proto, identified["confidence"],
                   "%s %s:%d -> %s:%d" % (record["proto"].lower(), record["src_ip"],
                                          record["src_port"], record["dest_ip"],
                                          record["dest_port"]))


def tshark_label(layers):
    """What is known of the layers above the innermost transport; None without one."""
    at = max((i for i, name in enumerate(layers) if name in ("tcp", "udp")), default=None)
    if at is None or "icmp" in layers or "icmpv6" in layers:
        return None
    names = [name for name in layers[at + 1:] if name not in WRAPPERS]
    if names[:2] == ["rtp", "rtcp"]: # both on one pair of ports (RFC 5761)
        del names[0]
    return TSHARK.get(names[0], OTHER) if names else NOTHING


def tshark_of(path):
    """Labels by flow key: [(frame, label)] in the order of frames."""
    fields = ("frame.number", "frame.protocols", "ip.src", "ip.dst", "ipv6.src", "ipv6.dst",
              "tcp.srcport", "tcp.dstport", "udp.srcport", "udp.dstport")
    command = ["tshark", "-n", "-r", path, "-T", "fields", "-E", "occurrence=l", "-E", "separator=;"]
    for name in TSHARK_HEURISTICS:
        command += ["--enable-heuristic", name]
    for field in fields:
        command += ["-e", field]
    found = collections.defaultdict(list)
    for line in run(*command).splitlines():
        values = dict(zip(fields, line.split(";")))
        layers = values["frame.protocols"].split(":")
        label = tshark_label(layers)
        if label is None:
            continue
        transport = [name for name in layers if name in ("tcp", "udp")][-1]
        network = [name for name in layers if name in ("ip", "ipv6")]
        ends = [values["%s.%s" % (network[-1] if network else "ip", end)] for end in ("src", "dst")]
        ports = [values["%s.%s" % (transport, end)] for end in ("srcport", "dstport")]
        if all(ends) and all(ports):
            found[key_of(transport, ends[0], ports[0], ends[1], ports[1])].append(
                (int(values["frame.number"]), label))
    return found


NDPI_FLOW = re.compile(r"^\t\d+\t(TCP|UDP) \[?([0-9a-fA-F.:]+?)\]?:(\d+) (?:<->|->) "
                       r"\[?([0-9a-fA-F.:]+?)\]?:(\d+) .*?\[proto: [\d.]+/([^\]]+)\].*?"
                       r"\[Confidence: ([^\]]+)\]")


def ndpi_labels(name, confidence):
    """"SIP.HTTP" is both: nDPI names what it guesses by the port first."""
    if name == "Unknown":
        return [NOTHING]
    known = [NDPI[part] for part in name.split(".") if part in NDPI]
    if confidence != "DPI":
        known = ["%s by %s" % (label, confidence) for label in known]
    return known or [OTHER]


def ndpi_of(path):
    """Labels by flow key; -d: no guess by port or address alone."""
    found = collections.defaultdict(list)
    with tempfile.TemporaryDirectory() as work:
        if path.endswith(PACKED): # ndpiReader does not unpack
            plain = os.path.join(work, "plain.pcap")
            run("tshark", "-r", path, "-F", "pcap", "-w", plain)
            path = plain
        out = run("ndpiReader", "-d", "-v", "2", "-i", path)
    for line in out.splitlines():
        flow = NDPI_FLOW.match(line)
        if not flow:
            continue
        try:
            found[key_of(*flow.groups()[:5])] += ndpi_labels(*flow.groups()[5:])
        except ValueError: # ndpiReader shortens some IPv6 addresses to what is none
            pass
    return found


def best(ours, labels):
    """One label for a flow: ours where they see it too, else what they see most."""
    seen = collections.Counter(label for label in labels if label not in (OTHER, NOTHING))
    if ours in seen:
        return ours
    if ours == "turn" and "stun" in seen:
        return "stun"
    if seen:
        return sorted(seen.items(), key=lambda item: (-item[1], item[0]))[0][0]
    return OTHER if OTHER in labels else NOTHING


def agree(ours, theirs):
    """What flowaudit does not tell at all, it rightly leaves without a name."""
    return (ours == theirs or (ours == NOTHING and theirs == OTHER) or
            # Neither has a word of its own for the TURN methods of STUN.
            (ours == "turn" and theirs == "stun"))


def compare(program, path):
    """(flow, {tool: label}) of every flow; a tuple used again is parted by frame numbers."""
    flows = sorted(flows_of(program, path), key=lambda flow: (flow.frame, flow.key))
    tuples = collections.defaultdict(list)
    for flow in flows:
        tuples[flow.key].append(flow)
    tshark, ndpi = tshark_of(path), ndpi_of(path)
    for flow in flows:
        others = [other for other in tuples[flow.key] if other is not flow]
        end = min((other.frame for other in others if other.frame > flow.frame),
                  default=sys.maxsize)
        # nDPI has one label for all flows of a tuple: it is meant for the one it fits.
        taken = {other.proto for other in others} - {flow.proto}
        yield flow, {
            "tshark": best(flow.proto, [label for frame, label in tshark.get(flow.key, ())
                                        if flow.frame <= frame < end]),
            "ndpi": best(flow.proto, [label for label in ndpi.get(flow.key, ())
                                      if label not in taken]),
        }


def read_explained(path):
    """Lines of explained.tsv by (file, tool, ours, theirs); complaints about the file."""
    explained, wrong = {}, []
    with open(path, encoding="ascii", newline="") as table:
        lines = [(number, line.rstrip("\n").split("\t")) for number, line in enumerate(table, 1)
                 if line.strip() and not line.startswith("#")]
    for number, fields in lines:
        if len(fields) != len(COLUMNS) or not all(fields):
            wrong.append("%s:%d: wants %d fields: %s" % (path, number, len(COLUMNS),
                                                        " ".join(COLUMNS)))
            continue
        row = dict(zip(COLUMNS, fields))
        key = tuple(row[name] for name in COLUMNS[:4])
        if row["tool"] not in TOOLS or not row["flows"].isdigit() or not row["frame"].isdigit():
            wrong.append("%s:%d: the tool is tshark or ndpi, flows and frame are numbers" %
                         (path, number))
        elif key in explained:
            wrong.append("%s:%d: explained twice" % (path, number))
        else:
            explained[key] = row
    return explained, wrong


def judge(differing, explained):
    """Complaints that fail the run, and notes that do not."""
    wrong, notes = [], []
    for key, flows in sorted(differing.items()):
        known = int(explained[key]["flows"]) if key in explained else 0
        if len(flows) > known:
            wrong.append("%s: frame %d, %s: flowaudit says %s, %s says %s: %d flows, %d explained" %
                         (key[0], flows[0].frame, flows[0].ends, key[2], key[1], key[3],
                          len(flows), known))
    for key, row in sorted(explained.items()):
        found = len(differing.get(key, ()))
        if found < int(row["flows"]):
            notes.append("%s: %s where %s says %s: %s flows explained, %d found" %
                         (key[0], key[2], key[1], key[3], row["flows"], found))
    return wrong, notes


def matrix_lines(matrix):
    """Ours down, theirs across, in one order for both tools."""
    rows = sorted({ours for ours, _ in matrix})
    columns = sorted({theirs for _, theirs in matrix})
    yield "| ours | %s |" % " | ".join(columns)
    yield "| --- |%s" % (" ---: |" * len(columns))
    for ours in rows:
        cells = []
        for theirs in columns:
            count = matrix[ours, theirs]
            cells.append("" if count == 0 else
                         "%d" % count if agree(ours, theirs) else "**%d**" % count)
        yield "| %s | %s |" % (ours, " | ".join(cells))


def version(*command):
    return re.search(r"\d+(\.\d+)+", run(*command)).group()


def write_readme(path, program, matrices, strong, explained):
    day = run("date", "-u", "+%Y-%m-%d").strip()
    lines = ["# What flowaudit, tshark and nDPI call the same flows", "",
             "Written by `make confusion UPDATE=1` on %s: flowaudit %s, tshark %s, ndpiReader %s." %
             (day, version(program, "--version"), version("tshark", "--version"),
              version("ndpiReader", "-h")), "",
             "`make confusion` audits every capture of `../shared/captures` and `pcaps/recorded` with a",
             "pack that documents nothing (`none.yaml`), so that the protocol and its confidence come from",
             "the payload alone, and asks beside it",
             "`tshark -n -T fields -e frame.protocols --enable-heuristic %s`" %
             " --enable-heuristic ".join(TSHARK_HEURISTICS),
             "for every frame and `ndpiReader -d -v 2` for every flow. tshark's label of a flow is ours where",
             "it sees that protocol in any frame of it, else the one it sees most. A flow without a protocol",
             "is `-`; `other` is a protocol that flowaudit does not tell, which agrees with `-`. Neither tool",
             "has a word of its own for the TURN methods of STUN, so `turn` agrees with `stun`. Bold: they differ.",
             "",
             "Every difference is a line of `explained.tsv`, judged by its bytes. One that is not there, or a",
             "flow more than there, fails.", ""]
    false = sum(int(row["flows"]) for row in explained.values() if row["why"].startswith("FALSE"))
    for tool in TOOLS:
        matrix = matrices[tool]
        same = sum(n for cell, n in matrix.items() if agree(*cell))
        lines += ["## flowaudit and %s" % tool, "",
                  "%d flows: %d agree, %d differ." % (sum(matrix.values()), same,
                                                     sum(matrix.values()) - same), ""]
        lines += list(matrix_lines(matrix)) + [""]
    lines += ["## Strong identifications", "",
              "%d flows. tshark sees the same in %d, nDPI but not tshark in %d, neither in %d: each of" %
              (sum(strong.values()), strong["tshark"], strong["ndpi"], strong[NOTHING]),
              "those is among the differences below. False by its bytes: %d." % false, "",
              "## Every difference, and why", "",
              "| capture | frame | flows | ours | theirs | why |", "| --- | ---: | ---: | --- | --- | --- |"]
    for key, row in sorted(explained.items()):
        lines.append("| %s | %s | %s | %s | %s: %s | %s |" %
                     (row["file"], row["frame"], row["flows"], row["ours"], row["tool"],
                      row["theirs"], row["why"]))
    with open(path, "w", encoding="ascii") as readme:
        readme.write("\n".join(lines) + "\n")


def survey(program, paths):
    """The matrices, the flows that differ by key of explained.tsv, and who sees strong ones too."""
    matrices = {tool: collections.Counter() for tool in TOOLS}
    differing = collections.defaultdict(list)
    strong = collections.Counter()
    for path in paths:
        for flow, labels in compare(program, path):
            seen = [tool for tool in TOOLS if agree(flow.proto, labels[tool])]
            if flow.confidence == "strong":
                strong[seen[0] if seen else NOTHING] += 1
            for tool in TOOLS:
                matrices[tool][flow.proto, labels[tool]] += 1
                if tool not in seen:
                    ours = "%s %s" % (flow.proto, flow.confidence)
                    differing[flow.file, tool, ours, labels[tool]].append(flow)
    return matrices, differing, strong


def main():
    explained, wrong = read_explained(os.path.join(HERE, "explained.tsv"))
    if sys.argv[1:] == ["--check"]:
        print("\n".join(wrong + ["confusion: explained.tsv has %d lines" % len(explained)]))
        return 1 if wrong or not explained else 0
    if len(sys.argv) < 3:
        print(__doc__, file=sys.stderr)
        return 2
    for tool in ("tshark", "ndpiReader"):
        if shutil.which(tool) is None:
            print("confusion: skipped: %s is not installed" % tool)
            return 77
    program = os.path.abspath(sys.argv[1])
    paths = sorted((path for directory in sys.argv[2:]
                    for path in glob.glob(os.path.join(directory, "*.*cap*"))), key=os.path.basename)
    matrices, differing, strong = survey(program, paths)
    complaints, notes = judge(differing, explained)
    wrong += complaints
    if os.environ.get("UPDATE") == "1":
        write_readme(os.path.join(HERE, "README.md"), program, matrices, strong, explained)
    for line in wrong:
        print("FAIL " + line)
    for line in notes:
        print("note: " + line)
    total = sum(matrices["tshark"].values())
    print("confusion: %d flows of %d captures; %d differences explained, %d wrong" %
          (total, len(paths), len(differing) - len(complaints), len(wrong)))
    return 1 if wrong or total == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
