#!/usr/bin/env python3
"""Hostile captures: work bounded by the bytes present, memory by the limits given.

    tests/hostile.py PROGRAM [SCENARIO ...]

Makes each capture, audits it, and checks that every frame is in one counter, that
nothing is concluded from it that was not shown, how much memory was used at most,
and (where valgrind is installed) that twice the bytes cost twice the instructions.
Time is never looked at.  HOSTILE_SCALE (1) multiplies the length of the floods; memory
stays within the same limits.  Exit status: 0 all hold, 1 one does not.
"""
import json
import os
import random
import re
import shutil
import struct
import subprocess
import sys
import tempfile

program = os.path.realpath(sys.argv[1])
only = sys.argv[2:]
scale = float(os.environ.get("HOSTILE_SCALE", "1"))
tree = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
os.environ.setdefault("FLOWAUDIT_RULES", tree + "/rules")
work = tempfile.mkdtemp()
failures = []
MIB = 1 << 20
# A sanitizer's memory and instructions are its own.
with open(program, "rb") as binary:
    sanitized = b"san_init" in binary.read()
T0 = 1795252442


# ---- captures, all of LINKTYPE_RAW unless told otherwise ---------------------------------
class Capture:
    def __init__(self, name, link=101):
        self.path = os.path.join(work, name + ".pcap")
        self.out = open(self.path, "wb")
        self.out.write(struct.pack("<IHHIIII", 0xa1b2c3d4, 2, 4, 0, 0, 262144, link))
        self.frames = 0

    def put(self, packet, ms=None):
        ms = self.frames if ms is None else ms
        seconds = (T0 + ms // 1000) & 0xffffffff
        self.out.write(struct.pack("<IIII", seconds, ms % 1000 * 1000, len(packet), len(packet)) + packet)
        self.frames += 1

    def close(self):
        self.out.close()
        return self.path


def host(n):
    return struct.pack(">I", 0x0a000000 + n)


def ip4(proto, src, dst, payload, ident=0, fragment=0):
    return struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(payload), ident, fragment, 64, proto, 0, src, dst) + payload


def tcp(src, dst, sport, dport, flags, seq, ack, payload=b""):
    return ip4(6, src, dst, struct.pack(">HHIIBBHHH", sport, dport, seq & 0xffffffff, ack, 0x50, flags, 8192, 0, 0) +
               payload)


def udp(src, dst, sport, dport, payload):
    return ip4(17, src, dst, struct.pack(">HHHH", sport, dport, 8 + len(payload), 0) + payload)


SYN, RST, ACK, PSH = 2, 4, 16, 8


def opened(capture, n, dport=5061):
    a, b = host(n), host(1 << 20)
    capture.put(tcp(a, b, 40000, dport, SYN, 999, 0))
    capture.put(tcp(b, a, dport, 40000, SYN | ACK, 1999, 1000))
    capture.put(tcp(a, b, 40000, dport, ACK, 1000, 2000))
    return a, b


# ---- running -----------------------------------------------------------------------------
class Audit:
    """One run: exit status, records of the JSON report, peak memory in MiB."""

    def __init__(self, path, *options, stdin=None):
        out, err = os.path.join(work, "out"), os.path.join(work, "err")
        with open(out, "wb") as o, open(err, "wb") as e, open(stdin or os.devnull, "rb") as i:
            child = subprocess.Popen([program, "audit", "-f", "json", *options, path], stdin=i, stdout=o, stderr=e)
            _, status, usage = os.wait4(child.pid, 0)
        self.status = os.waitstatus_to_exitcode(status)
        self.said = open(err, errors="replace").read()
        self.rss = usage.ru_maxrss / 1024
        self.capture, self.summary, self.flows = {}, {}, 0
        self.verdicts, self.confidence, self.fitness = {}, {}, {}
        for line in open(out):
            record = json.loads(line)
            if record["event_type"] == "capture":
                self.capture = record
                self.fitness = {f["code"]: f["detail"] for f in record["fitness"]}
            elif record["event_type"] == "flow":
                self.flows += 1
                confidence = record.get("identified", {}).get("confidence", "none")
                self.confidence[confidence] = self.confidence.get(confidence, 0) + 1
            elif record["event_type"] == "summary":
                self.summary = record
        self.verdicts = self.summary.get("verdicts", {})
        self.unlisted = self.summary.get("evicted_unlisted", 0)

    def counted(self, code):
        """The first number in what the capture's fitness says of @code."""
        numbers = re.findall(r"[0-9,]+", self.fitness.get(code, ""))
        return int(numbers[0].replace(",", "")) if numbers else 0


def holds(name, what, condition, audit):
    if not condition:
        failures.append(name)
        print(f"FAIL {name}: {what}: exit {audit.status}, {audit.rss:.0f} MiB, verdicts {audit.verdicts}, "
              f"fitness {sorted(audit.fitness)}, counters {audit.capture.get('counters')}, {audit.said[:300]}")


def check(name, audit, frames, most_mib, status=(0, 1, 3)):
    """What is true of every capture here."""
    holds(name, f"exit status of {status}", audit.status in status, audit)
    holds(name, f"{frames} frames", audit.capture.get("frames") == frames, audit)
    holds(name, "every frame in one counter", sum(audit.capture.get("counters", {}).values()) == frames, audit)
    holds(name, "every flow has a verdict", sum(audit.verdicts.values()) == audit.flows + audit.unlisted ==
          audit.summary.get("flows"), audit)
    holds(name, f"at most {most_mib} MiB", sanitized or audit.rss <= most_mib, audit)
    print(f"     {name}: {frames} frames, {audit.flows} flows, {audit.rss:.0f} MiB at most")


# ---- headers without end -----------------------------------------------------------------
def header_chains():
    ether = b"\2" * 6 + b"\4" * 6
    inner = udp(host(1), host(2), 1, 2, b"x")

    def ip6(next_header, payload):
        return struct.pack(">IHBB16s16s", 6 << 28, len(payload), next_header, 64, b"\x20" * 16, b"\x21" * 16) + payload

    def nested(wrap, times, packet):
        for _ in range(times):
            packet = wrap(packet)
        return packet
    chains = [
        (101, ip6(60, b"\x3c\0\1\4\0\0\0\0" * 8000 + inner)),
        (101, ip6(0, b"\0\0\1\4\0\0\0\0" * 8000)),
        (101, ip6(44, b"\x2c\0\0\0\0\0\0\1" * 8000)),
        (1, ether + b"\x81\0\0\1" * 15000 + b"\x08\0" + inner),
        (1, ether + b"\x88\x47" + b"\0\1\0\x40" * 15000 + b"\0\1\1\x40" + inner),
        (101, nested(lambda p: ip4(4, host(1), host(2), p), 2000, inner)),
        (101, nested(lambda p: ip4(47, host(1), host(2), b"\0\0\x08\0" + p), 2000, inner)),
        (101, nested(lambda p: udp(host(1), host(2), 9, 4789, b"\x08" + b"\0" * 7 + ether + b"\x08\0" + p), 1000, inner)),
    ]
    for link in (1, 101):
        capture = Capture(f"chains-{link}", link)
        for _ in range(200):
            for kind, packet in chains:
                if kind == link:
                    capture.put(packet)
        audit = Audit(capture.close())
        check(f"header chains, link type {link}", audit, capture.frames, 100)


# ---- payload that never gets anywhere ------------------------------------------------------
STREAMS = {
    "TLS records without content": b"\x16\x03\x03\0\0",
    "a TLS record of 16 KB": b"\x17\x03\x03\x3f\xff" + b"A" * 16383,
    "a ClientHello of 16 KB": b"\x16\x03\x03\x3f\xff\x01\0\x3f\xfb\3\3" + b"A" * 16373,
    "HTTP headers without end": b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * 6000,
    "an HTTP header line without end": b"GET / HTTP/1.1\r\nA: " + b"b" * 32000,
    "chunks without end": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"1\r\na\r\n" * 6000,
    "empty lines without end": b"\r\n" * 16000,
    "SIP messages without end": b"OPTIONS sip:a@b SIP/2.0\r\nl: 0\r\n\r\n" * 1000,
    "NetBIOS keep-alives": b"\x85\0\0\0",
    "an SMB message that lies": b"\0\xff\xff\xff\xfeSMB" + b"\0" * 32000,
    "empty ChannelData": b"\x40\0\0\0",
    "a STUN message that lies": b"\0\1\xff\xfc\x21\x12\xa4\x42" + b"\0" * 32000,
    "null packets of RFC 4571": b"\0\0",
    "RFC 4571 packets of RTP": b"".join(struct.pack(">HBBHII", 12, 0x80, 0, n & 0xffff, n, 7) for n in range(2300)),
    "empty MSTURN frames": b"\2\0\0\0",
    "an MSTURN frame that lies": b"\2\0\xff\xff\0\3\xff\xeb" + b"\0" * 16 + b"\0\x0f\0\4\x72\xc6\x4b\xc6" + b"\0" * 32000,
    "DCE/RPC units without body": struct.pack("<BBBBIHHI", 5, 0, 0, 3, 16, 24, 0, 1) + b"\0" * 8,
    ".NET records without end": b"\0\1\0\1\2" + b"\6\0" * 16000,
    "TDS packets without body": b"\x12\1\0\x08\0\0\0\0",
    "HTTP/2 frames without body": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\0\0\0\4\0\0\0\0\0" * 3600,
}


def stream_capture(name, size):
    """Every stream above in @size bytes, one byte a segment, to and from the server, early and joined late."""
    capture = Capture(name)
    for n, unit in enumerate(STREAMS.values()):
        data = (unit * (size // len(unit) + 1))[:size]
        for way in range(3):
            a, b = host(1 + n * 4 + way), host(1 << 20)
            if way < 2:
                opened(capture, 1 + n * 4 + way)
            src, dst, sport, dport, seq = (b, a, 5061, 40000, 2000) if way == 1 else (a, b, 40000, 5061, 1000)
            for k in range(size):
                capture.put(tcp(src, dst, sport, dport, ACK | PSH, seq + k, 1000 if way == 1 else 2000, data[k:k + 1]))
    return capture


def instructions(path):
    log = os.path.join(work, "callgrind")
    subprocess.run(["valgrind", "--tool=callgrind", "--callgrind-out-file=" + log, program, "audit", "--seed", "1", "-R",
                    "lync2013-pic", "--threads", "1", "-f", "json", path], stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL, check=False)
    for line in open(log):
        if line.startswith(("summary:", "totals:")):
            return int(line.split()[1])
    return 0


def endless_payload():
    capture = stream_capture("streams", 8000)
    audit = Audit(capture.close(), "--max-flows", "1000")
    check("payload a byte a segment", audit, capture.frames, 120)


def work_is_linear():
    if sanitized or shutil.which("valgrind") is None:
        print("Skipped: no valgrind, or a sanitizer's build, so no instructions were counted")
        return
    none = instructions(Capture("none").close())
    once = instructions(stream_capture("once", 1000).close()) - none
    twice = instructions(stream_capture("twice", 2000).close()) - none
    print(f"     work: {once / 1e6:.0f} million instructions for 1000 bytes a stream, {twice / 1e6:.0f} for 2000")
    if once <= 0 or twice > 2.1 * once:
        failures.append("work is linear")
        print("FAIL work is linear: twice the bytes cost more than twice the work")


# ---- tuples that collide ---------------------------------------------------------------------
def crc_tuple(n):
    """A multiple of the polynomial of CRC-32: the CRC of all such tuples is that of zeros."""
    tuple96 = 0
    for bit in range(12):
        if n >> bit & 1:
            tuple96 ^= 0x104c11db7 << bit * 5
    return tuple96 >> 64, tuple96 >> 32 & 0xffffffff, tuple96 >> 16 & 0xffff, tuple96 & 0xffff


def random_tuple(n):
    dice = random.Random(n)
    return dice.randrange(1 << 32), dice.randrange(1 << 32), dice.randrange(1 << 16), dice.randrange(1 << 16)


# What each is constant under; the last one is what the others are held against.
COLLIDING = {
    "tuples of one XOR": lambda n: (0x0a000000 + n, (0x0a000000 + n) ^ 0x00550000, 1024 + n, (1024 + n) ^ 0x2222),
    "tuples of one sum": lambda n: (0x0a000000 + n, 0x0a800000 - n, 1024 + n, 60000 - n),
    "tuples of one product modulo a power of two": lambda n: (n << 20 | 0xa01, 0x0a000001, 40000, 5061),
    "tuples of one CRC-32": crc_tuple,
    "tuples drawn at random": random_tuple,
}


def collisions():
    """Whatever tuples are chosen, a packet costs what it costs with tuples drawn at random."""
    costs = {}
    for kind, make in COLLIDING.items():
        capture = Capture("colliding")
        for k in range(6):
            for n in range(1, 4001):
                src, dst, sport, dport = make(n)
                ends = struct.pack(">I", src), struct.pack(">I", dst), sport, dport
                ends = ends if k % 2 == 0 else (ends[1], ends[0], ends[3], ends[2])
                capture.put(udp(*ends, b"\0" * 8))
        audit = Audit(capture.close(), "-R", "lync2013-pic", "--threads", "1")
        check(kind, audit, capture.frames, 60)
        holds("collisions", "a flow for every tuple", audit.flows == 4000, audit)
        if not sanitized and shutil.which("valgrind") is not None:
            costs[kind] = instructions(capture.path)
            print(f"     {costs[kind] / 1e6:.0f} million instructions")
    for kind, cost in costs.items():
        if cost > 1.25 * costs["tuples drawn at random"]:
            failures.append("collisions")
            print(f"FAIL collisions: {kind} cost {cost} instructions, of {costs}")


# ---- floods --------------------------------------------------------------------------------
# Bytes of the report's ledger that a listed flow may cost: those the table holds and as many evicted
# ones.  Beyond those an evicted flow is a number.
LEDGER = 768


def flooded(name, kind, packet, tuples, most):
    """Distinct tuples against a table of @most flows: evicted, counted, and nothing concluded."""
    capture = Capture("flood")
    for n in range(tuples):
        capture.put(packet(n), n // 100)
    capture.close()
    audit = Audit("-", "--max-flows", str(most), "-R", "lync2013-pic", stdin=capture.path)
    check(f"{tuples} {kind}, {most} kept", audit, capture.frames, 80 + most * (1024 + 2 * LEDGER) / MIB)
    holds(name, "evictions are said", "evicted" in audit.fitness, audit)
    holds(name, f"{tuples - most} evictions are counted", audit.counted("evicted") >= tuples - most, audit)
    holds(name, f"{most} evicted flows are listed", audit.flows == 2 * most, audit)
    holds(name, "evicted attempts are inconclusive", audit.verdicts["inconclusive"] >= tuples - most, audit)
    holds(name, "nothing is blocked or expected", audit.verdicts["expected"] == audit.verdicts["blocked"] == 0, audit)
    os.unlink(capture.path)


def half_open():
    server = host(1 << 20)
    flooded("half-open", "half-open flows", lambda n: tcp(host(1 + n % 65521), server, 1024 + n // 65521 % 60000, 5061,
                                                          SYN, n & 0xffffffff, 0), int(1000000 * scale), 10000)


def datagrams():
    server = host(1 << 20)
    flooded("datagrams", "unanswered datagrams", lambda n: udp(host(1 + n % 65521), server, 1024 + n // 65521 % 60000,
                                                               3478, b"\0" * 8), int(200000 * scale), 1000)


def disorder():
    capture = Capture("disorder")
    for n in range(3000):
        a, b = opened(capture, 1 + n)
        for k in range(20):
            capture.put(tcp(a, b, 40000, 5061, ACK, 1000 + 32000 - k * 1500, 2000, b"\x16\x03\x01" * 7))
    audit = Audit(capture.close())
    check("segments far out of order", audit, capture.frames, 260)
    holds("disorder", "nothing is strong", "strong" not in audit.confidence, audit)
    one = Capture("one-hole")
    a, b = opened(one, 1)
    for k in range(int(300000 * scale)):
        one.put(tcp(a, b, 40000, 5061, ACK, 2000 + k * 7919 % 100000, 2000, b"\x16\x03\x01"), k // 100)
    audit = Audit(one.close())
    check("segments behind one hole", audit, one.frames, 100)


def fragments():
    capture = Capture("fragments")
    for n in range(int(300000 * scale)):
        capture.put(ip4(17, host(n // 60000), host(1 << 20), b"\x9c\x40\x0d\x96\xff\xf0\0\0" + b"x" * 24, n & 0xffff,
                        0x2000 | (0 if n % 3 else 1 + n % 7)), n // 100)
    audit = Audit(capture.close())
    check("fragments that never complete", audit, capture.frames, 100)
    holds("fragments", "all of them are fragments", audit.capture["counters"] == {"fragment": capture.frames}, audit)
    holds("fragments", "what was given up is said", any("fragment" in f for f in audit.fitness), audit)


def clock():
    capture = Capture("clock")
    years = [0, 4294967, 1795252, 2 ** 31 // 1000]
    for n in range(40000):
        capture.put(tcp(host(1 + n % 500), host(1 << 20), 40000, 5061, SYN, n // 500, 0),
                    (years[n % 4] * 1000 + n) * 1000)
    audit = Audit(capture.close(), "--max-flows", "100000")
    check("a clock that jumps by years", audit, capture.frames, 150)
    holds("clock", "it is said", "clock" in audit.fitness, audit)
    holds("clock", "silence proves nothing", audit.verdicts["blocked"] == 0, audit)


def look_alikes():
    capture, dice = Capture("look-alikes"), random.Random(1)
    for n in range(4000):
        for k in range(6):
            payload = bytes([0x80 | dice.randrange(64)]) + dice.randbytes(39)
            ends = (host(1 + n), host(1 << 20), 50000, 50001)
            capture.put(udp(*(ends if k % 2 == 0 else (ends[1], ends[0], ends[3], ends[2])), payload))
    audit = Audit(capture.close())
    check("look-alikes of RTP", audit, capture.frames, 120)
    holds("look-alikes", "none is strong", "strong" not in audit.confidence, audit)


# ---- bombs ---------------------------------------------------------------------------------
def packed(path, *command):
    with open(path, "rb") as f, open(path + ".packed", "wb") as out:
        subprocess.run(command, stdin=f, stdout=out, check=True)
    return path + ".packed"


def bomb_source(gib):
    """A capture of frames of 64 KB zeros; read by nobody but the packer."""
    capture = Capture("bomb")
    record = struct.pack("<IIII", T0, 0, 65535, 65535) + b"\0" * 65535
    for _ in range(int(gib * 1024 * MIB // len(record))):
        capture.out.write(record)
    return capture.close()


def bombs():
    if shutil.which("zstd") is None:
        print("Skipped: zstd is not installed, so there are no bombs")
        return
    source = bomb_source(1.2)
    once = packed(source, "zstd", "-qc")
    os.unlink(source)
    tries = [("zstd", once), ("zstd in gzip", packed(once, "gzip", "-9c"))]
    for name, path in tries:
        audit = Audit(path)
        frames = audit.capture.get("frames", 0)
        check(f"a bomb of {name}", audit, frames, 200, status=(2,))
        holds(name, "what it is, is said", "decompression bomb" in audit.said, audit)
        holds(name, "what came before it was read", frames > 16000, audit)


try:
    for scenario in [header_chains, endless_payload, work_is_linear, collisions, half_open, datagrams, disorder, fragments,
                     clock, look_alikes, bombs]:
        if not only or scenario.__name__ in only:
            scenario()
finally:
    shutil.rmtree(work)
print(f"hostile captures: {'failed: ' + ', '.join(failures) if failures else 'all hold'}")
sys.exit(1 if failures else 0)
