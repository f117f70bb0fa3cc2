#!/usr/bin/env python3
"""Measures how long the generated crate takes to build, alone, and prints a Markdown table.

Dependencies are built first and do not count. Run it on an idle machine, from anywhere:

    python3 docs/compile_times.py [RUNS]
"""

import os
import pathlib
import resource
import statistics
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
CRATE = "citrix-cloud-gen"
SETS = {
    "none of DaaS": ["--no-default-features"],
    "default": [],
    "`daas-full`": ["--features", "daas-full"],
}


def build(features):
    command = ["cargo", "build", "--quiet", "--offline", "--package", CRATE, *features]
    # What an earlier build left behind must not make a later one look fast.
    environment = {**os.environ, "CARGO_INCREMENTAL": "0"}
    subprocess.run(command, cwd=ROOT, check=True, env=environment)


def timed(features):
    """Seconds, and the largest process among the descendants, in GB, of one child that builds."""
    (ROOT / CRATE / "src" / "lib.rs").touch()
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        start = time.monotonic()
        build(features)
        seconds = time.monotonic() - start
        memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
        os.write(writing, f"{seconds} {memory}".encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        seconds, kilobytes = pipe.read().split()
    os.waitpid(child, 0)
    return float(seconds), int(kilobytes) / 1e6


def main():
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    print("| features | seconds | memory, GB |\n|---|---|---|")
    for name, features in SETS.items():
        build(features)
        results = [timed(features) for _ in range(runs)]
        seconds = statistics.median(result[0] for result in results)
        memory = max(result[1] for result in results)
        print(f"| {name} | {seconds:.1f} | {memory:.2f} |", flush=True)


main()
