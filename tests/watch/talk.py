#!/usr/bin/env python3
"""Clients of the firewall lab: an attempt a second on every documented row.

	talk.py LOG PAUSE GIVE_UP [ROW...]

A line of LOG is one attempt, written when it is over: what was tried, from
which port, when, and what the socket said (ok, refused, prohibited, no_reply,
aborted, abandoned).  That is the truth the watchers are held against.  A row
named in the file PAUSE makes no new attempts.  GIVE_UP: seconds until an
unanswered attempt is over.  SIGTERM ends it.
"""
import json
import os
import random
import selectors
import signal
import socket
import ssl
import struct
import sys
import threading
import time

CLIENT, PROXY = "10.20.0.5", "10.20.0.80"
FRONT_END, RELAY = "10.10.0.11", "192.0.2.12"
#       row: (transport, from, to, port, conversation)
ROWS = {
	"internal/server-ports/3": ("tcp", CLIENT, FRONT_END, 5061, "line"),
	"internal/server-ports/7": ("tcp", CLIENT, FRONT_END, 8057, "line"),
	"internal/server-ports/13": ("tcp", PROXY, FRONT_END, 8080, "http"),
	"internal/server-ports/14": ("tcp", CLIENT, FRONT_END, 4443, "https"),
	"internal/client-ports/5": ("udp", CLIENT, RELAY, 3478, "stun"),
}
PERIOD = 0.8
over = threading.Event()
used = set()  # every port once: an attempt from the same port again would be a retry


class Silence(Exception):
	"""Nothing came."""


class Abandoned(Exception):
	"""The talker was told to end."""


def wait_for(sock, event, until):
	"""Until the socket is ready, in small steps so that SIGTERM is heard."""
	with selectors.DefaultSelector() as selector:
		selector.register(sock, event)
		while not selector.select(0.1):
			if over.is_set():
				raise Abandoned
			if time.time() > until:
				raise Silence


def connect(sock, to, until):
	sock.setblocking(False)
	status = sock.connect_ex(to)
	if status == 115:  # EINPROGRESS
		wait_for(sock, selectors.EVENT_WRITE, until)
		status = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
	if status:
		raise OSError(status, os.strerror(status))
	sock.settimeout(5)


def tls(sock):
	context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
	context.check_hostname = False
	context.verify_mode = ssl.CERT_NONE
	context.maximum_version = ssl.TLSVersion.TLSv1_2
	return context.wrap_socket(sock, server_hostname="fe01.contoso.example")


def read_all(sock):
	while sock.recv(4096):
		pass


def talk(sock, conversation):
	if conversation != "http":
		sock = tls(sock)
	if conversation == "line":
		sock.sendall(b"one line through the channel\n")
		sock.recv(4096)
		sock.unwrap().close()
		return
	sock.sendall(b"GET / HTTP/1.1\r\nHost: fe01.contoso.example\r\nConnection: close\r\n\r\n")
	read_all(sock)
	sock.close()


def stun(sock, to, until):
	"""A Binding request, repeated as RFC 5389 has it."""
	request = struct.pack(">HHI", 1, 0, 0x2112A442) + os.urandom(12)
	sock.connect(to)
	pause = 0.5
	while time.time() < until:
		sock.send(request)
		try:
			wait_for(sock, selectors.EVENT_READ, min(until, time.time() + pause))
			if sock.recv(4096)[:2] == b"\x01\x01":
				return
		except Silence:
			pause *= 2
	raise Silence


def bind_unused(sock, source):
	while True:
		sport = random.randrange(40000, 49000)
		if sport not in used:
			used.add(sport)
			try:
				sock.bind((source, sport))
				return sport
			except OSError:
				pass


def attempt(row, give_up):
	transport, source, to, port, conversation = ROWS[row]
	kind = socket.SOCK_STREAM if transport == "tcp" else socket.SOCK_DGRAM
	start = time.time()
	with socket.socket(socket.AF_INET, kind) as sock:
		sport = bind_unused(sock, source)
		try:
			if transport == "udp":
				stun(sock, (to, port), start + give_up)
			else:
				connect(sock, (to, port), start + give_up)
				talk(sock, conversation)
			result = "ok"
		except Silence:
			result = "no_reply"
		except Abandoned:
			result = "abandoned"
		except ConnectionRefusedError:
			result = "refused"
		except OSError as error:
			result = "prohibited" if error.errno == 113 else "aborted"  # EHOSTUNREACH
	return {"row": row, "src_ip": source, "src_port": sport, "dest_ip": to, "dest_port": port,
		"proto": transport.upper(), "start": start, "end": time.time(), "result": result}


def paused(path, row):
	try:
		with open(path, encoding="ascii") as names:
			return row in names.read().split()
	except FileNotFoundError:
		return False


def keep_talking(row, log, lock, pause, give_up):
	while not over.wait(PERIOD):
		if paused(pause, row):
			continue
		line = json.dumps(attempt(row, give_up))
		with lock:
			log.write(line + "\n")
			log.flush()


def main():
	path, pause, give_up, *rows = sys.argv[1:]
	signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})  # for every thread; sigwait() takes it
	lock = threading.Lock()
	with open(path, "w", encoding="ascii") as log:
		threads = [threading.Thread(target=keep_talking, args=(row, log, lock, pause, float(give_up)))
			for row in rows or ROWS]
		for thread in threads:
			thread.start()
		signal.sigwait({signal.SIGTERM})
		over.set()
		for thread in threads:
			thread.join()


if __name__ == "__main__":
	main()
