#!/usr/bin/env python3
"""Makes the seeds of the fuzz corpus: tests/fuzz/corpus/TARGET/seed-NAME.

    tests/fuzz/seeds.py          from the top of the tree

They come from our own recordings in pcaps/ and from the short dialogues below,
written by hand.  Crashers beside them have other names and are left alone.
What the bytes of an input mean is said at the top of each fuzz_*.c.
"""
import bz2
import glob
import gzip
import lzma
import os
import struct
import subprocess

CORPUS = "tests/fuzz/corpus"
RECORDED = "pcaps/recorded/"


def write(target, name, data):
    os.makedirs(f"{CORPUS}/{target}", exist_ok=True)
    with open(f"{CORPUS}/{target}/seed-{name}", "wb") as f:
        f.write(data)


def gz(data):
    return gzip.compress(data, mtime=0)


# ---- captures ----------------------------------------------------------------
def records(data):
    """(seconds, bytes, wire length) of a classic little-endian pcap."""
    at, out = 24, []
    unit = 1e-9 if data[:4] == b"\x4d\x3c\xb2\xa1" else 1e-6
    while at + 16 <= len(data):
        s, fraction, cap, wire = struct.unpack_from("<IIII", data, at)
        out.append((s + fraction * unit, data[at + 16:at + 16 + cap], wire))
        at += 16 + cap
    return out


def blocks(data):
    """Whole pcapng blocks."""
    at, out = 0, []
    while at + 12 <= len(data):
        size = struct.unpack_from("<I", data, at + 4)[0]
        out.append(data[at:at + size])
        at += size
    return out


def recorded(name):
    data = open(RECORDED + name, "rb").read()
    if name.endswith(".gz"):
        return gzip.decompress(data)
    if name.endswith(".zst"):
        return subprocess.run(["zstd", "-dc"], input=data, stdout=subprocess.PIPE, check=True).stdout
    return data


def frames(name):
    data = recorded(name)
    if data[:4] != b"\x0a\x0d\x0d\x0a":
        return [r[1] for r in records(data)], struct.unpack_from("<I", data, 20)[0]
    link, out = 1, []
    for b in blocks(data):
        kind = struct.unpack_from("<I", b)[0]
        if kind == 1:
            link = struct.unpack_from("<H", b, 8)[0]
        elif kind == 6:
            out.append(b[28:28 + struct.unpack_from("<I", b, 20)[0]])
    return out, link


def first_records(name, n):
    """The first records of a recording, as a file of its own."""
    data = recorded(name)
    if data[:4] == b"\x0a\x0d\x0d\x0a":
        out, packets = b"", 0
        for b in blocks(data):
            packets += struct.unpack_from("<I", b)[0] == 6
            if packets > n:
                break
            out += b
        return out
    at = 24
    for _ in range(n):
        if at + 16 > len(data):
            break
        at += 16 + struct.unpack_from("<I", data, at + 8)[0]
    return data[:at]


# ---- decode ------------------------------------------------------------------
LINKS = [1, 0, 9, 12, 14, 50, 51, 101, 104, 105, 108, 113, 127, 166, 204, 228, 229, 253, 276, 147]


def frame(link, data, flags=0):
    return struct.pack(">BBH", LINKS.index(link), flags, len(data)) + data


def ip4(proto, payload, ident=1, offset=0, more=False):
    return struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(payload), ident,
                       offset // 8 | (0x2000 if more else 0), 64, proto, 0,
                       b"\x0a\0\0\x01", b"\x0a\0\0\x02") + payload


def ip6(proto, payload):
    return struct.pack(">IHBB16s16s", 6 << 28, len(payload), proto, 64, b"\x20" + b"\1" * 15,
                       b"\x20" + b"\2" * 15) + payload


def udp(payload, dport=3478):
    return struct.pack(">HHHH", 40000, dport, 8 + len(payload), 0) + payload


def tcp(payload, flags=0x18):
    return struct.pack(">HHIIBBHHH", 40000, 5061, 1, 1, 0x50, flags, 8192, 0, 0) + payload


def decode_seeds():
    ether = b"\2" * 6 + b"\4" * 6
    inner = ip4(17, udp(b"hello"))
    write("decode", "tags", frame(1, ether + b"\x88\xa8\0\5\x81\0\0\7\x88\x47" + b"\0\1\1\x40" + inner))
    write("decode", "pppoe", frame(1, ether + b"\x88\x64\x11\0\0\1" +
                                   struct.pack(">H", 2 + len(inner)) + b"\0\x21" + inner))
    write("decode", "gre", frame(101, ip4(47, b"\xb0\0\x08\0" + b"\0" * 12 + inner)))
    write("decode", "erspan", frame(101, ip4(47, b"\x10\0\x88\xbe\0\0\0\1" + b"\x10\0\0\0\0\0\0\0" +
                                             ether + b"\x08\0" + inner)))
    write("decode", "vxlan", frame(101, ip4(17, udp(b"\x08\0\0\0\0\0\1\0" + ether + b"\x08\0" + inner, 4789))))
    write("decode", "geneve", frame(101, ip4(17, udp(b"\x01\0\x65\x58\0\0\1\0" + b"\0" * 4 + ether +
                                                     b"\x08\0" + inner, 6081))))
    write("decode", "teredo", frame(101, ip4(17, udp(ip6(17, udp(b"x")), 3544))))
    write("decode", "in-ip", frame(228, ip4(4, ip4(41, ip6(4, inner)))))
    write("decode", "extensions", frame(229, ip6(0, b"\x3c\0\1\4\0\0\0\0" + b"\x2b\0\0\0\0\0\0\0" +
                                                 b"\x33\1\0\0" + b"\0" * 8 + b"\x06\0\0\0\0\0\0\0" + tcp(b"x"))))
    write("decode", "icmp", frame(101, ip4(1, b"\x03\x0d\0\0\0\0\0\0" + ip4(6, tcp(b"")))) +
          frame(101, ip6(58, b"\x01\x01\0\0\0\0\0\0" + ip6(17, udp(b"")))))
    pieces = udp(bytes(range(40)))
    write("decode", "fragments", frame(101, ip4(17, pieces[:16], 7, 0, True)) +
          frame(101, ip4(17, pieces[16:], 7, 16)) +
          frame(229, ip6(44, b"\x11\0\0\1\0\0\0\5" + pieces[:16])) +
          frame(229, ip6(44, b"\x11\0\0\x10\0\0\0\5" + pieces[16:])))
    for link, head in [(0, b"\2\0\0\0"), (108, b"\0\0\0\2"), (9, b"\xff\x03\0\x21"), (50, b"\xff\x03\0\x21"),
                       (51, b"\x11\0\0\1\0\x40\0\x21"), (104, b"\x0f\0\x08\0"), (113, b"\0" * 14 + b"\x08\0"),
                       (166, b"\0\0\xff\x03\0\x21"), (204, b"\0\xff\x03\0\x21"), (12, b""), (14, b""),
                       (276, b"\x08\0" + b"\0" * 18), (253, b"\0" * 14 + b"\x08\0"),
                       (105, b"\x88\x02\0\0" + b"\0" * 22 + b"\xaa\xaa\x03\0\0\0\x08\0"),
                       (127, b"\0\0\x08\0\0\0\0\0" + b"\x08\x02\0\0" + b"\0" * 20 + b"\xaa\xaa\x03\0\0\0\x08\0")]:
        write("decode", f"link-{link}", frame(link, head + inner, 1))
    for name in ["https-443-icmpv6-prohibited.pcapng", "turn-3478-quota-486.pcap"]:
        data, link = frames(name)
        write("decode", name.split(".")[0], b"".join(frame(link, f[:200]) for f in data[:8]))


def fragment_seeds():
    def piece(ident, flags, offset, size, step=0, cut=0):
        return struct.pack(">BBHHBB", ident, flags, offset // 8, size, step, cut)
    write("fragment", "in-order", piece(1, 1, 0, 1480) + piece(1, 1, 1480, 1480) + piece(1, 0, 2960, 100))
    write("fragment", "last-first", piece(2, 2, 800, 30) + piece(2, 3, 0, 800))
    write("fragment", "overlap", piece(3, 1, 0, 800) + piece(3, 0, 792, 100) + piece(3, 1, 0, 800))
    write("fragment", "two-at-once", piece(4, 1, 0, 8) + piece(5, 1, 0, 8) + piece(4, 8, 8, 8) + piece(5, 0, 8, 8))
    write("fragment", "largest", b"".join(piece(6, 1, n, 8184) for n in range(0, 57288, 8184)) +
          piece(6, 0, 57288, 8247))
    write("fragment", "late", piece(7, 1, 0, 8) + piece(7, 4, 8, 8, 1))
    write("fragment", "cut", piece(1, 17, 0, 800, 0, 9) + piece(1, 16, 800, 800, 0, 200))


def stream_seeds():
    def op(what, stream, offset, size):
        return struct.pack(">BBhH", what, stream, offset, size)
    write("stream", "in-order", b"".join(op(0, 0, n, 1460) for n in range(0, 32000, 1460)))
    write("stream", "holes", op(0, 0, 500, 50) + op(0, 0, 100, 50) + op(0, 0, 0, 120) + op(2, 0, 900, 0) +
          op(0, 0, 90, 500))
    write("stream", "full", b"".join(op(0, s, 0, 32000) for s in range(4)) + op(3, 0, 0, 0) + op(0, 0, 0, 9000))
    write("stream", "other-bytes", op(0, 1, 10, 10) + op(16, 1, 0, 40) + op(8, 1, 40, 10))


def table_seeds():
    def packet(kind, flags, seq, size, ack=0, step=0):
        return struct.pack(">BBHHBb", kind, flags, seq, size, ack, step)
    def opened(n):
        return packet(n, 2, 999, 0) + packet(n | 8, 0x12, 4999, 0) + packet(n, 0x10, 1000, 0)
    write("table", "dialogue", opened(0) + packet(0, 0x18, 1000, 300) + packet(8, 0x18, 5000, 200, 21) +
          packet(0, 0x11, 1300, 0) + packet(8, 0x11, 5200, 0) + packet(0, 0x10, 1301, 0))
    write("table", "evictions", b"".join(packet(n, 2, 100, 0, 0, 1) for n in range(8)) +
          b"".join(packet(n | 8, 0x14, 0, 0) for n in range(8)))
    write("table", "icmp", packet(1, 2, 7, 0) + packet(0x21, 2, 7, 0) + packet(1, 2, 7, 0, 0, 3))
    write("table", "out-of-order", opened(2) + packet(2, 0x18, 1500, 500) + packet(2, 0x18, 1000, 500) +
          packet(2, 0x18, 1000, 512) + packet(2, 0x3f, 2000, 1))
    write("table", "overlap", opened(4) + packet(4, 0x18, 1000, 300) + packet(4, 0x18, 1200, 400) +
          packet(4, 0x18, 1900, 100) + packet(4, 0x18, 1500, 512))
    write("table", "clock", packet(3, 0x18, 9, 9, 0, 120) + packet(3, 0x18, 18, 9, 0, -128) +
          packet(0x53, 0, 0, 100, 0, 100) + packet(0x53, 0, 0, 100, 0, 127))


# ---- identify ----------------------------------------------------------------
def dialogue(parts, datagrams=False, midstream=False):
    out = bytes([datagrams | midstream << 1])
    for side, data in parts:
        out += struct.pack(">BH", side, len(data)) + data
    return out


def h(text):
    return bytes.fromhex(text)


def transport(name, proto):
    """Payloads of a recording's first conversation over TCP (6) or UDP (17), in order."""
    data, link = frames(name)
    skip = {1: 14, 101: 0, 113: 16, 276: 20}[link]
    parts, first, seen = [], None, set()
    for f in data:
        ip = f[skip:]
        if len(ip) < 28 or ip[0] >> 4 != 4 or ip[9] != proto:
            continue
        head = (ip[0] & 15) * 4
        ends = (ip[12:16] + ip[head:head + 2], ip[16:20] + ip[head + 2:head + 4])
        if proto == 6:
            seq, payload = ip[head + 4:head + 8], ip[head + (ip[head + 12] >> 4) * 4:
                                                     struct.unpack_from(">H", ip, 2)[0]]
        else:
            seq, payload = bytes(ip[4:6]), ip[head + 8:struct.unpack_from(">H", ip, 2)[0]]
        first = first or ends
        if set(ends) != set(first) or not payload or (ends[0], seq) in seen:
            continue
        seen.add((ends[0], seq))
        parts.append((int(ends[0] != first[0]), payload))
    return parts


TID = "0102030405060708090a0b0c"
MAGIC = "000f000472c64bc6"
ALLOCATE = h("00030010 2112a442" + TID + MAGIC + "8008000400000004")
CHALLENGE = h("0113001c 2112a442" + TID + MAGIC + "0009000700000401 6e6f74 00140005 6162636465")
ALLOCATED = h("01030010 2112a442" + TID + MAGIC + "000d00040000003c")
ALTERNATE = h("01130020 2112a442" + TID + MAGIC + "00090004 00000300 000e0008 00010d96 c0000201")
RELAYED = h("0115001c" + "c0" * 16 + MAGIC + "00130010 806f0001 00000000 11223344 00000000")
CHECK = h("0001001c 2112a442" + TID + "80700004 00000003 00060008 613a623a633a643a 80540000")
SUCCESS = h("0101000c 2112a442" + TID + "00200008 0001a147 e112a643")
PSEUDO_ASK = h("160301002d 01000029 0301" + "11" * 32 + "00 0002 0018 0100")
PSEUDO_ANSWER = h("160301004e 02000046 0301" + "22" * 32 + "20" + "33" * 32 + "0018 00 0e000000")
BIND = h("05000b03 10000000 4800 0000 01000000 d016d016 00000000 01000000 0000 01 00"
         "0883afe11f5dc91191a408002b14a0fa 03000000 045d888aeb1cc9119fe808002b104860 02000000")
BIND_ACK = h("05000c03 10000000 1c00 0000 01000000 d016d016 01000000 00000000")
# A tower of five floors in the answer of ept_map: TCP port 49200.
MAP = h("05000003 10000000 1c00 0000 02000000 00000000 0000 0300 00000000")
TOWER = h("0500 1300 0d 045d888aeb1cc9119fe808002b104860 0200 0200 0000"
          "1300 0d 045d888aeb1cc9119fe808002b104860 0200 0200 0000"
          "0100 0b 0200 0000 0100 07 0200 c030 0100 09 0400 0a000001")
MAPPED = h("05000203 10000000") + struct.pack("<HHIIHH", 24 + 48 + len(TOWER), 0, 2, 0, 0, 0) + \
    b"\0" * 20 + struct.pack("<IIIIIII", 1, 4, 0, 1, 3, len(TOWER), len(TOWER)) + TOWER


def framed(data):
    return struct.pack(">H", len(data)) + data


def turn(kind, data):
    return bytes([kind, 0]) + struct.pack(">H", len(data)) + data


def rtp(seq, ssrc=0x11223344, kind=0):
    return struct.pack(">BBHII", 0x80, kind, seq, seq * 160, ssrc) + b"\xd5" * 20


def identify_seeds():
    for name in ["mtls-5061-established", "mtls-5061-declined", "mtls-5061-required-alert",
                 "tls13-5061-mtls-hidden", "https-443-edge-access", "tls-8059-undocumented"]:
        write("identify_tls", name, dialogue(transport(name + ".pcap", 6)))
    write("identify_tls", "late", dialogue(transport("mtls-5061-midstream.pcap", 6), midstream=True))
    hello = transport("tls-5061-client.pcap", 6)[0][1]
    write("identify_tls", "resumed", dialogue(transport("mtls-5061-resumed.pcap", 6)[:6]))
    write("identify_tls", "alert", dialogue([(0, hello), (1, h("15030300020228"))]))
    write("identify_tls", "empty-records", dialogue([(0, hello), (1, h("1603030000") * 20)]))
    write("identify_tls", "ssl2", dialogue([(0, h("802e0100020015000000100700c00300800100800600400400800000") + b"\1" * 24)]))
    for name in ["sip-tcp-5060-trusted-service.pcapng", "sip-tcp-5068-gateway.pcap.gz"]:
        write("identify_sip", name.split(".")[0], dialogue(transport(name, 6)))
    write("identify_sip", "refused-then-accepted", dialogue(
        [(1, b"SIP/2.0 403 Forbidden\r\nl: 0\r\n\r\nSIP/2.0 200 OK\r\nl: 0\r\n\r\n")]))
    write("identify_sip", "keep-alives", dialogue([(0, b"\r\n\r\n" * 8), (1, b"\r\n")]))
    write("identify_sip", "datagram", dialogue(
        [(0, b"OPTIONS sip:a@b SIP/2.0\r\nCall-ID: 1\r\nContent-Length: 0\r\n\r\n"),
         (1, b"SIP/2.0 403 Forbidden\r\nContent-Length: 0\r\n\r\n")], datagrams=True))
    for name in ["http-8080-80.pcap", "http-on-5061.pcap"]:
        write("identify_http", name.split(".")[0], dialogue(transport(name, 6)))
    write("identify_http", "late", dialogue(transport("http-8080-midstream.pcap", 6), midstream=True))
    write("identify_http", "connect", dialogue(
        [(0, b"CONNECT sip.example:443 HTTP/1.1\r\nHost: sip.example\r\n\r\n"),
         (1, b"HTTP/1.1 200 Connection established\r\nVia: 1.1 proxy\r\n\r\n"), (0, hello)]))
    write("identify_http", "chunked", dialogue(
        [(0, b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"),
         (1, b"HTTP/1.1 503 Busy\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n")]))
    write("identify_http", "rpc", dialogue(
        [(0, b"RPC_IN_DATA /rpc/rpcproxy.dll?a:593 HTTP/1.1\r\nContent-Length: 200\r\n\r\n" + BIND),
         (1, b"HTTP/1.1 200 OK\r\nContent-Length: 80\r\n\r\n" + BIND_ACK)]))
    write("identify_smb", "recorded", dialogue(transport("smb-445-cms-replication.pcap", 6)))
    write("identify_smb", "one", dialogue(
        [(0, h("81000044") + b" CKFDENECFDEFFCFGEFFCCACACACACACA\0" * 2),
         (1, h("82000000")), (0, h("00000020 ff534d4272") + b"\0" * 27)]))
    write("identify_dhcp", "recorded", dialogue(transport("dhcp-lease-renew.pcap", 17), datagrams=True))
    write("identify_stun", "turn", dialogue(transport("turn-3478-established.pcap", 17)[:14], datagrams=True))
    write("identify_stun", "quota", dialogue(transport("turn-3478-quota-486.pcap", 17), datagrams=True))
    write("identify_stun", "checks", dialogue([(0, CHECK), (1, CHECK), (1, SUCCESS), (0, SUCCESS)], datagrams=True))
    write("identify_stun", "channel", dialogue(
        [(0, CHECK), (1, SUCCESS), (0, h("40000020") + rtp(1)), (0, h("40000020") + rtp(2))], datagrams=True))
    write("identify_stun", "tcp", dialogue([(0, CHECK), (1, SUCCESS)]))
    write("identify_msturn", "udp", dialogue(
        [(0, ALLOCATE), (1, CHALLENGE), (0, ALLOCATE), (1, ALTERNATE), (0, ALLOCATE), (1, ALLOCATED),
         (1, RELAYED), (0, h("ff10001c0001020304050607 00010000 2112a442" + TID))], datagrams=True))
    write("identify_msturn", "tcp", dialogue(
        [(0, turn(2, ALLOCATE)), (1, turn(2, CHALLENGE) + turn(2, ALLOCATED)), (0, turn(3, CHECK)),
         (1, turn(3, SUCCESS) + turn(2, RELAYED))]))
    write("identify_msturn", "late", dialogue([(0, b"\xa5" * 5 + turn(2, ALLOCATE))], midstream=True))
    write("identify_pseudo_tls", "relay", dialogue(
        [(0, PSEUDO_ASK), (1, PSEUDO_ANSWER), (0, turn(2, ALLOCATE)), (1, turn(2, ALLOCATED))]))
    write("identify_pseudo_tls", "intercepted", dialogue(
        [(0, PSEUDO_ASK), (1, transport("tls-5061-client.pcap", 6)[1][1])]))
    write("identify_framed", "checks", dialogue(
        [(0, framed(CHECK)), (1, framed(SUCCESS)), (0, b"".join(framed(rtp(n)) for n in range(6)))]))
    write("identify_framed", "rtp", dialogue([(0, b"".join(framed(rtp(n)) for n in range(12)))]))
    write("identify_dcerpc", "mapper", dialogue([(0, BIND), (1, BIND_ACK), (0, MAP), (1, MAPPED)]))
    write("identify_dcerpc", "refused", dialogue([(0, BIND), (1, h("05000d0310000000140000000100000004000000"))]))
    write("identify_dcerpc", "fault", dialogue(
        [(0, BIND), (1, BIND_ACK + h("05000303 10000000 2000 0000 01000000 00000000 0000 0000 05000000 00000000"))]))
    write("identify_dcerpc", "datagram", dialogue(
        [(0, h("04000800 10000000") + b"\0" * 56 + h("0000 0000 ffff ffff 0000 0000 0000 0000"))], datagrams=True))
    preamble = h("000100 0102 020c 6e65742e7463703a2f2f682f 0308")
    write("identify_nmf", "ack", dialogue([(0, preamble + b"\x0c"), (1, b"\x0b"), (0, b"\x06\x03abc\x07")]))
    write("identify_nmf", "upgrade", dialogue(
        [(0, preamble + h("0913") + b"application/ssl-tls"), (1, b"\x0a")] +
        transport("mtls-5061-established.pcap", 6)[:3]))
    write("identify_nmf", "fault", dialogue([(0, preamble + b"\x0c"), (1, b"\x08\x02hi")]))
    write("identify_msnftp", "greeting", dialogue([(0, b"VER MSN_SECURE_FTP\r\n"), (1, b"VER MSN_SECURE_FTP\r\n"),
                                                   (0, b"USR a@b 123\r\n"), (1, b"FIL 4096\r\n")]))
    tokens = "00000b0006 010011 0001 ff 0b0007d00000 00"
    write("identify_tds", "prelogin", dialogue([(0, h("1201001a00000100" + tokens)), (1, h("0401001a00000100" + tokens)),
                                                (0, h("0101000c 00000100 73003100"))]))
    write("identify_tds", "tls", dialogue(
        [(0, h("1201001a00000100" + tokens)), (1, h("0401001a00000100" + tokens)),
         (0, b"\x12\1" + struct.pack(">H", 8 + len(hello)) + b"\0\0\1\0" + hello)]))
    media = transport("rtp-audio-both-ways.pcap.zst", 17)
    write("identify_media", "recorded", dialogue(media[:12], datagrams=True))
    write("identify_media", "rtcp", dialogue(
        [(n & 1, h("80c80006 11223344") + b"\0" * 20 + h("81ca0003 11223344 01036162 63000000") + rtp(n))
         for n in range(4)] + [(n & 1, rtp(n)) for n in range(8)], datagrams=True))
    write("identify_media", "extension", dialogue(
        [(0, h("90ef") + struct.pack(">H", n) + h("00000000 11223344 bede0001 10ff0000") + b"x" * 30)
         for n in range(6)], datagrams=True))
    write("identify_dtls", "hello", dialogue(
        [(0, h("16feff0000000000000000 0014 01 000008 0000 000000 000008 fefd010203040506")),
         (1, h("16feff0000000000000000 0010 03 000004 0000 000000 000004 feff0102")),
         (0, h("14fefd0000000000000005 0001 01 17fefd0001000000000001 0004 01020304"))], datagrams=True))
    reply = b"ServerName;SQL01;InstanceName;RTC;IsClustered;No;Version;11.0.2100.60;tcp;49172;;"
    write("identify_sqlr", "named", dialogue(
        [(0, b"\4RTC\0"), (1, b"\5" + struct.pack("<H", len(reply)) + reply), (0, b"\2"), (0, b"\3"),
         (0, b"\x0f\1RTC\0"), (1, b"\5\6\0\1\xce\x05")], datagrams=True))


# ---- files -------------------------------------------------------------------
def block(kind, body):
    body += b"\0" * (-len(body) % 4)
    return struct.pack("<II", kind, len(body) + 12) + body + struct.pack("<I", len(body) + 12)


def option(code, value):
    return struct.pack("<HH", code, len(value)) + value + b"\0" * (-len(value) % 4)


def file_seeds():
    small = first_records("turn-3478-refused-by-host.pcap", 3)
    write("pcap", "recorded", small)
    write("pcap", "nanoseconds", b"\x4d\x3c\xb2\xa1" + small[4:])
    write("pcap", "big-endian", struct.pack(">IHHIIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1) +
          struct.pack(">IIII", 1, 2, 4, 60) + b"abcd")
    write("pcap", "old", small[:6] + b"\2\0" + small[8:])
    write("pcap", "kuznetsov", b"\x34\xcd\xb2\xa1" + small[4:24] + struct.pack("<IIIIQ", 1, 2, 4, 4, 0) + b"abcd")
    write("pcap", "cut", small[:-1])
    write("pcapng", "recorded", first_records("https-443-icmpv6-prohibited.pcapng", 3))
    section = block(0x0a0d0d0a, struct.pack("<IHHq", 0x1a2b3c4d, 1, 0, -1))
    interface = block(1, struct.pack("<HHI", 1, 0, 96) + option(9, b"\x09") + option(11, b"\0tcp port 1") +
                      option(14, struct.pack("<q", 3600)) + option(0, b""))
    write("pcapng", "kinds", section + interface + block(1, struct.pack("<HHI", 101, 0, 0) + option(9, b"\x8a")) +
          block(6, struct.pack("<IIIII", 0, 1, 2, 5, 60) + b"abcde") + block(3, struct.pack("<I", 6) + b"abcdef") +
          block(2, struct.pack("<HHIIII", 1, 0, 1, 2, 3, 3) + b"abc") +
          block(5, struct.pack("<III", 0, 1, 2) + option(5, struct.pack("<Q", 9)) + option(7, struct.pack("<Q", 7))) +
          block(0x0bad, b"skipped") + section + interface)
    big = struct.pack(">III", 0x0a0d0d0a, 28, 0x1a2b3c4d) + struct.pack(">HHqI", 1, 0, -1, 28)
    write("pcapng", "big-endian", big + struct.pack(">IIHHII", 1, 20, 1, 0, 0, 20))
    for name, pack in [("gzip", gz), ("bzip2", bz2.compress), ("xz", lzma.compress)]:
        write("packed", name, pack(small))
    for tool in ["zstd", "lz4"]:
        write("packed", tool, subprocess.run([tool, "-c"], input=small, stdout=subprocess.PIPE, check=True).stdout)
    write("packed", "twice", gz(lzma.compress(small)))
    write("packed", "cut", gz(small)[:-20])
    write("packed", "zeros", gz(small + b"\0" * (1 << 20)))


def audit_seeds():
    for path in sorted(glob.glob(RECORDED + "*")):
        name = os.path.basename(path)
        data = first_records(name, 12)
        if len(data) < 4000:
            write("audit", name.split(".")[0], b"\0" + data)
    write("audit", "small-table", b"\2" + first_records("scan-40-ports.pcapng", 30))
    write("audit", "no-site", b"\1" + first_records("dhcp-lease-renew.pcap", 12))


PACK = """pack: words
title: "Words"
documents:
  doc: {title: "Document", revised: 2015-03-09, translations: [{lang: ja, kind: human}]}
tables:
  doc/t: {title: "Table", rows: 3}
roles:
  all-servers: {description: "all", members: [front-end, edge-access]}
  front-end: {description: "one", is: [client]}
  edge-access: {description: "two"}
  client: {description: "three"}
alternatives:
  - {role: edge-access, or: front-end, rows: [doc/t/3]}
conditions:
  lb:hlb-only: {description: "c"}
exceptions:
  mainland-china: {description: "e"}
rows:
  - {id: doc/t/1, l4: tcp, proto: sip/tls, from: client, to: front-end, dport: 5061, need: required, note: "n"}
  - {id: doc/t/2, l4: [tcp, udp], proto: [rtp, stun], from: any, to: all-servers, port: "50000-59999", twoway: anchored,
     need: optional, when: lb:hlb-only, tune: media, inferred: [l4, proto]}
  - {id: doc/t/3, l4: udp, proto: msturn, from: unspecified, to: edge-access, dport: [3478, 67-68], sport: 1024-65535,
     need: none, twoway: swap, valid: {until: 2013-03-15, except: mainland-china}}
"""

SITE = """# Addresses of every form.
site: lab
roles:
  front-end: [10.0.0.1, 10.0.1.0/24, 10.0.2.1-10.0.2.9, "2001:db8::1", "2001:db8:1::/48"]
  edge-access: 192.0.2.1
  client: [any]
conditions:
  lb:hlb-only: true
exceptions: [mainland-china]
"""


def text_seeds():
    write("pack", "small", PACK.encode())
    write("pack", "wrong", PACK.replace("tcp", "tpc").replace("5061", "70000").replace("client", "cleint", 1).encode())
    write("pack", "anchors", b"pack: &a x\ntitle: *a\nroles: !!map {}\n---\nrows: []\n")
    write("pack", "deep", b"rows: " + b"[" * 40 + b"]" * 40)
    write("site", "all", SITE.encode())
    write("site", "wrong", SITE.replace("10.0.0.1,", "10.0.0.300,").replace("lb:hlb", "lb:hbl").encode())
    write("site", "block", b"site: x\nroles:\n  front-end:\n    - 10.0.0.1\n    - '10.0.0.2'\n  client: |\n    any\n")
    write("site", "twice", b"site: x\nsite: y\nroles: {client: any, client: any}\n")


for seeds in [decode_seeds, fragment_seeds, stream_seeds, table_seeds, identify_seeds, file_seeds, audit_seeds,
              text_seeds]:
    seeds()
