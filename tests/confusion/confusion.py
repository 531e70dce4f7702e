#!/usr/bin/env python3
"""What flowaudit, tshark and nDPI call the flows of the same captures, side by side.

usage: confusion.py PROGRAM DIRECTORY...     (UPDATE=1 rewrites README.md)

Every flow on which flowaudit differs from one of the others must be explained in
explained.tsv, so that a new false identification does not go unseen.

Exit status: 0 every difference is explained; 1 one is not, or a line of
explained.tsv is wrong; 77 tshark or ndpiReader is not installed.
"""

import collections
import csv
import glob
import json
import os
import re
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
TOOLS = ("tshark", "ndpi")
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
# Heuristics that tshark leaves off: it then sees media without signalling, as flowaudit must.
TSHARK_HEURISTICS = ("rtp_udp", "rtp_stun")

Flow = collections.namedtuple("Flow", "file frame key proto confidence ends")


def run(*command):
    """Standard output; damaged captures make these programs fail half-way, which is fine."""
    env = dict(os.environ, LC_ALL="C", TZ="UTC",
               FLOWAUDIT_RULES=os.path.join(HERE, "..", "..", "rules"))
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=env,
                          timeout=300, check=False).stdout.decode("utf-8", "replace")


def key_of(transport, a, aport, b, bport):
    return (transport.lower(),) + tuple(sorted(((a, int(aport)), (b, int(bport)))))


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
    names = [name for name in layers[at + 1:] if name not in ("data", "_ws.malformed")]
    for name in names:
        if name in TSHARK:
            return TSHARK[name]
    return OTHER if names else NOTHING


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


def ndpi_label(name, confidence):
    if name == "Unknown":
        return NOTHING
    for part in name.split("."):
        if part in NDPI:
            return NDPI[part] if confidence == "DPI" else "%s by %s" % (NDPI[part], confidence)
    return OTHER


def ndpi_of(path):
    """Labels by flow key; -d: no guess by port or address alone."""
    found = collections.defaultdict(list)
    for line in run("ndpiReader", "-d", "-v", "2", "-i", path).splitlines():
        flow = NDPI_FLOW.match(line)
        if flow:
            found[key_of(*flow.groups()[:5])].append((0, ndpi_label(*flow.groups()[5:])))
    return found


def best(ours, labels):
    """One label for a flow: ours where they see it too, else what they see most."""
    seen = collections.Counter(label for label in labels if label not in (OTHER, NOTHING))
    if ours in seen:
        return ours
    if seen:
        return sorted(seen.items(), key=lambda item: (-item[1], item[0]))[0][0]
    return OTHER if OTHER in labels else NOTHING


def agree(ours, theirs):
    """What flowaudit does not tell at all, it rightly leaves without a name."""
    return ours == theirs or (ours == NOTHING and theirs == OTHER)


def compare(program, path):
    """(flow, {tool: label}) of every flow; a tuple used again is parted by frame numbers."""
    flows = sorted(flows_of(program, path), key=lambda flow: (flow.frame, flow.key))
    later = collections.defaultdict(list)
    for flow in flows:
        later[flow.key].append(flow.frame)
    theirs = {"tshark": tshark_of(path), "ndpi": ndpi_of(path)}
    for flow in flows:
        end = min((f for f in later[flow.key] if f > flow.frame), default=sys.maxsize)
        labels = {}
        for tool in TOOLS:
            seen = [label for frame, label in theirs[tool].get(flow.key, ())
                    if tool == "ndpi" or flow.frame <= frame < end]
            labels[tool] = best(flow.proto, seen)
        yield flow, labels


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


def main():
    if len(sys.argv) < 3:
        print(__doc__, file=sys.stderr)
        return 2
    for tool in ("tshark", "ndpiReader"):
        if shutil.which(tool) is None:
            print("confusion: skipped: %s is not installed" % tool)
            return 77
    program = os.path.abspath(sys.argv[1])
    paths = sorted((path for directory in sys.argv[2:]
                    for path in glob.glob(os.path.join(directory, "*.*cap*"))),
                   key=lambda path: os.path.basename(path))
    explained, wrong = read_explained(os.path.join(HERE, "explained.tsv"))
    matrices = {tool: collections.Counter() for tool in TOOLS}
    differing = collections.defaultdict(list)
    for path in paths:
        for flow, labels in compare(program, path):
            for tool in TOOLS:
                matrices[tool][flow.proto, labels[tool]] += 1
                if not agree(flow.proto, labels[tool]):
                    ours = "%s %s" % (flow.proto, flow.confidence)
                    differing[flow.file, tool, ours, labels[tool]].append(flow)
    for key in sorted(differing):
        print("\t".join(key), len(differing[key]), differing[key][0].frame, differing[key][0].ends, sep="\t")


if __name__ == "__main__":
    sys.exit(main())
