"""Runs a program in a terminal of its own, presses Ctrl-C once it is ready, and ends it with SIGUSR2."""

import os
import pty
import signal
import sys

process, terminal = pty.fork()
if process == 0:
    os.execv(sys.argv[1], sys.argv[1:])

seen = b""


def read_until(mark):
    global seen
    while mark not in seen:
        seen += os.read(terminal, 1024)


read_until(b"\n")
os.write(terminal, b"\x03")
read_until(b"got")
os.kill(process, signal.SIGUSR2)
try:
    while True:
        seen += os.read(terminal, 1024)
except OSError:
    # The terminal is gone with its last program.
    pass
_, status = os.waitpid(process, 0)
print(seen.decode())
print("status", os.waitstatus_to_exitcode(status))
