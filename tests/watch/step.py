#!/usr/bin/env python3
"""Step this machine's clock, and back by the same amount, whatever happens.

	step.py SECONDS HOLD -- COMMAND...

COMMAND runs while the clock is SECONDS ahead, for at least HOLD seconds.
clock_adjtime(2) adds to the clock rather than sets it, so nothing is lost.
"""
import ctypes
import os
import signal
import subprocess
import sys
import time

ADJ_SETOFFSET = 0x0100


class Timex(ctypes.Structure):
	"""struct timex, as far as an offset needs it; the kernel reads 208 bytes."""
	_fields_ = [("modes", ctypes.c_uint), ("before", ctypes.c_long * 8),
		("seconds", ctypes.c_long), ("micros", ctypes.c_long), ("rest", ctypes.c_byte * 256)]


def step(seconds):
	libc = ctypes.CDLL(None, use_errno=True)
	if libc.clock_adjtime(time.CLOCK_REALTIME, ctypes.byref(Timex(modes=ADJ_SETOFFSET, seconds=seconds))) < 0:
		error = ctypes.get_errno()
		sys.exit(f"the clock cannot be stepped: {os.strerror(error)}")


def main():
	seconds, hold, command = int(sys.argv[1]), float(sys.argv[2]), sys.argv[4:]
	signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGINT, signal.SIGHUP})
	step(seconds)
	try:
		until = time.monotonic() + hold
		subprocess.run(command, timeout=10, check=False)
		time.sleep(max(0.0, until - time.monotonic()))
	finally:
		step(-seconds)


if __name__ == "__main__":
	main()
