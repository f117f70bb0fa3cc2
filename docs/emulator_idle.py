#!/usr/bin/env python3
"""Measures what idle and slow clients cost the emulator, and how fast other clients get responses meanwhile.

Usage: docs/emulator_idle.py [PROGRAM] [CONNECTIONS], after `cargo build --profile dist -p citrix-cloud-emulator`. The
script raises its own limit of open files as far as it may, and so does the emulator.
"""

import json
import resource
import socket
import statistics
import subprocess
import sys
import time

program = sys.argv[1] if len(sys.argv) > 1 else "target/dist/citrix-cloud-emulator"
wanted = int(sys.argv[2]) if len(sys.argv) > 2 else 10_000
SLOW = 200

_, most = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
if most < wanted + SLOW + 100:
    sys.exit(f"{wanted} connections need more open files than the {most} that are allowed here")


def resident():
    with open(f"/proc/{emulator.pid}/status") as status:
        line = next(line for line in status if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


def connect():
    return socket.create_connection((host, port), timeout=10)


def asked():
    start = time.perf_counter()
    with connect() as stream:
        stream.sendall(b"GET /_emulator/state HTTP/1.0\r\nHost: localhost\r\n\r\n")
        answer = b""
        while chunk := stream.recv(65536):
            answer += chunk
    assert answer.startswith(b"HTTP/1.0 200"), answer[:100]
    return (time.perf_counter() - start) * 1000


emulator = subprocess.Popen(
    [program, "serve", "--max-connections", str(wanted + SLOW + 10), "--head-timeout", "600", "--idle-timeout", "600"],
    stdout=subprocess.PIPE,
    stderr=subprocess.DEVNULL,
    text=True,
)
try:
    url = json.loads(emulator.stdout.readline())["url"].removeprefix("http://")
    host, port = url.rsplit(":", 1)[0], int(url.rsplit(":", 1)[1])
    alone = statistics.median(asked() for _ in range(100))
    before = resident()
    # Half of them have asked once and keep their connection, as clients do.
    idle = [connect() for _ in range(wanted)]
    for stream in idle[::2]:
        stream.sendall(b"GET /_emulator/state HTTP/1.1\r\nHost: localhost\r\n\r\n")
    for stream in idle[::2]:
        assert stream.recv(65536).startswith(b"HTTP/1.1 200")
    held = resident()
    slow = [connect() for _ in range(SLOW)]
    times = []
    for number in range(200):
        slow[number % SLOW].sendall(b"G")
        times.append(asked())
    refused = 0
    for stream in idle[:: max(1, wanted // 100)]:
        stream.setblocking(False)
        try:
            refused += stream.recv(1) == b""
        except BlockingIOError:
            pass
    assert refused == 0, f"{refused} idle connections were closed"
    each = (held - before) * 1024 / wanted
    print(f"| resident set before | {before:.0f} MB |")
    print(f"| with {wanted:,} idle connections | {held:.0f} MB, {each:.1f} KB each |")
    print(f"| a request alone | {alone:.2f} ms |")
    print(f"| beside them and {SLOW} slow clients | {statistics.median(times):.2f} ms |")
finally:
    emulator.kill()
    emulator.wait()
