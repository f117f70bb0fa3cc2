#!/usr/bin/env python3
"""Measures how long the generated crate and the SDK take to build, each alone, and prints a Markdown table.

The script builds dependencies first and does not count them. Run it on an idle machine, from any folder; on a busy machine, only
the CPU time means something. With the folder of another checkout, it builds both in turn:

    python3 docs/compile_times.py [RUNS] [OTHER_CHECKOUT]
"""

import os
import pathlib
import resource
import statistics
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILDS = [
    ("citrix-cloud-gen", "none of DaaS", ["--no-default-features"]),
    ("citrix-cloud-gen", "default", []),
    ("citrix-cloud-gen", "`daas-full`", ["--features", "daas-full"]),
    ("citrix-cloud", "default", []),
    ("citrix-cloud", "`daas-full`", ["--features", "daas-full"]),
]


def build(root, crate, features):
    command = ["cargo", "build", "--quiet", "--offline", "--package", crate, *features]
    # What an earlier build left behind must not make a later one look fast.
    environment = {**os.environ, "CARGO_INCREMENTAL": "0"}
    subprocess.run(command, cwd=root, check=True, env=environment)


def timed(root, crate, features):
    """Seconds, seconds of CPU, and the largest process in GB, of one child that builds."""
    (root / crate / "src" / "lib.rs").touch()
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        start = time.monotonic()
        build(root, crate, features)
        seconds = time.monotonic() - start
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        os.write(writing, f"{seconds} {used.ru_utime + used.ru_stime} {used.ru_maxrss}".encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        seconds, cpu, kilobytes = pipe.read().split()
    os.waitpid(child, 0)
    return float(seconds), float(cpu), int(kilobytes) / 1e6


def main():
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    roots = [ROOT, *(pathlib.Path(folder).resolve() for folder in sys.argv[2:])]
    print("| checkout | crate | features | seconds | seconds of CPU | memory, GB |\n|---|---|---|---|---|---|")
    for crate, name, features in BUILDS:
        for root in roots:
            build(root, crate, features)
        results = {root: [] for root in roots}
        for _ in range(runs):
            for root in roots:
                results[root].append(timed(root, crate, features))
        for root, rounds in results.items():
            seconds, cpu, memory = (statistics.median(column) for column in zip(*rounds))
            print(f"| {root.name} | {crate} | {name} | {seconds:.1f} | {cpu:.1f} | {memory:.2f} |", flush=True)


main()
