#!/usr/bin/env python3
"""Measures the command line with 100,000 machines: first byte, memory, requests and start-up time.

    cargo build --profile dist -p citrix-cloud-cli -p citrix-cloud-emulator
    docs/cli_scale.py [FOLDER WITH BOTH PROGRAMS]

Figures are medians of five runs, and of 25 for the start-up time.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

MACHINES = 100_000
RUNS = 5
STARTS = 25
FORMATS = ["json", "jsonl", "csv", "table"]


def environment(served, cache):
    return {
        "CITRIX_CLOUD_ENDPOINT": served["url"],
        "CITRIX_CLIENT_ID": served["clientId"],
        "CITRIX_CLIENT_SECRET": served["clientSecret"],
        "CITRIX_CUSTOMER_ID": served["customerId"],
        "CITRIX_CLOUD_CONFIG_DIR": cache,
        "CITRIX_CLOUD_TOKEN_CACHE": os.path.join(cache, "tokens"),
    }


def run(program, arguments, env):
    """First byte and end in seconds, and the most memory in MB."""
    begun = time.monotonic()
    ran = subprocess.Popen([program, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env)
    os.read(ran.stdout.fileno(), 1)
    first = time.monotonic() - begun
    while os.read(ran.stdout.fileno(), 1 << 20):
        pass
    said = ran.stderr.read().decode()
    _, status, usage = os.wait4(ran.pid, 0)
    if status != 0:
        sys.exit(f"{arguments}: {status}: {said}")
    return first, time.monotonic() - begun, usage.ru_maxrss / 1024, said


def main():
    folder = sys.argv[1] if len(sys.argv) > 1 else "target/dist"
    program = os.path.join(folder, "citrix-cloud")
    serve = [os.path.join(folder, "citrix-cloud-emulator"), "serve", "--machines", str(MACHINES)]
    emulator = subprocess.Popen(serve, stdout=subprocess.PIPE, env={"RUST_LOG": "off"})
    try:
        served = json.loads(emulator.stdout.readline())
        with tempfile.TemporaryDirectory() as cache:
            env = environment(served, cache)
            listing = ["daas", "machines", "list"]
            print("| | first byte | end | memory |\n|---|--:|--:|--:|")
            for form in FORMATS:
                runs = [run(program, [*listing, "--output", form], env)[:3] for _ in range(RUNS)]
                first, end, memory = (statistics.median(it) for it in zip(*runs))
                print(f"| `machines list --output {form}` | {first:.2f} s | {end:.1f} s | {memory:.0f} MB |")
            one = ["-v", *listing, "--name", "VDA00777"]
            runs = [run(program, one, env) for _ in range(RUNS)]
            first, end, memory = (statistics.median(it) for it in list(zip(*runs))[:3])
            requests = [it for it in runs[-1][3].splitlines() if it.startswith(("GET", "POST"))]
            print(f"| `machines list --name VDA00777` | {first:.2f} s | {end:.2f} s | {memory:.0f} MB |")
            print("\n".join(requests))
            starts = [run(program, ["--version"], {})[1] for _ in range(STARTS)]
            print(f"start: {statistics.median(starts) * 1000:.1f} ms")
    finally:
        emulator.kill()
        emulator.wait()


main()
