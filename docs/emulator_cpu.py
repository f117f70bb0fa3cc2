#!/usr/bin/env python3
"""Measures the processor time that the emulator takes per request, so you can compare two builds on a busy machine.

Usage: docs/emulator_cpu.py PROGRAM [OTHER], after release builds. The script asks both in turn. Each figure is the least of
five rounds, in microseconds of user time per request. The last column divides the second by the first.
"""

import http.client
import json
import os
import subprocess
import sys
import time

TICK = os.sysconf("SC_CLK_TCK")
MACHINES = 100_000


class Emulator:
    def __init__(self, program):
        self.process = subprocess.Popen(
            [program, "serve", "--machines", str(MACHINES)],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env={**os.environ, "RUST_LOG": "off"},
        )
        ready = json.loads(self.process.stdout.readline())
        self.start = self.spent()
        self.memory = self.resident()
        self.connection = http.client.HTTPConnection(ready["url"].removeprefix("http://"))
        form = "grant_type=client_credentials&client_id={clientId}&client_secret={clientSecret}".format(**ready)
        self.connection.request(
            "POST",
            "/cctrustoauth2/root/tokens/clients",
            form,
            {"Content-Type": "application/x-www-form-urlencoded"},
        )
        token = json.loads(self.connection.getresponse().read())["access_token"]
        self.headers = {
            "Accept": "application/json",
            "Content-Type": "application/json",
            "Citrix-CustomerId": ready["customerId"],
            "Citrix-InstanceId": ready["siteId"],
            "Authorization": f"CwsAuth Bearer={token}",
        }

    def spent(self):
        """User time of the process so far, in seconds."""
        with open(f"/proc/{self.process.pid}/stat") as stat:
            return int(stat.read().rsplit(")", 1)[1].split()[11]) / TICK

    def resident(self):
        with open(f"/proc/{self.process.pid}/status") as status:
            line = next(line for line in status if line.startswith("VmRSS"))
        return int(line.split()[1]) / 1024

    def ask(self, times, path, body):
        before = self.spent()
        for _ in range(times):
            text = body and json.dumps(body)
            self.connection.request("POST" if body else "GET", path, text, self.headers)
            answer = self.connection.getresponse()
            answer.read()
            assert answer.status == 200, (path, answer.status)
        return (self.spent() - before) / times * 1e6


def having(name, operator, value):
    return {"SearchFilters": [{"Property": name, "Operator": operator, "Value": value}]}


BASE = "/cvad/manage"
SEARCH = f"{BASE}/Machines/$search?limit=10"
WORK = [
    ("full page of 1,000", 50, f"{BASE}/Machines?limit=1000", None),
    ("page of 1,000 with `fields=Id,SessionCount`", 500, f"{BASE}/Machines?limit=1000&fields=Id,SessionCount", None),
    ("one machine by name", 2000, f"{BASE}/Machines/DEMOLAB%7CVDA00017", None),
    ("list of catalogs", 50, f"{BASE}/MachineCatalogs", None),
    ("reboot of a machine", 1000, f"{BASE}/Machines/17/$reboot?detailResponseRequired=false", {"a": 1}),
    ("search: a part of any name", 6, SEARCH, {"BasicSearchString": "VDA000"}),
    ("search: `PowerState`", 10, SEARCH, having("PowerState", "Equals", "Off")),
    ("search: `HostedMachineName`", 6, SEARCH, having("HostedMachineName", "Contains", "17")),
]

programs = sys.argv[1:] or ["target/dist/citrix-cloud-emulator"]
emulators = [Emulator(program) for program in programs]
try:
    print("| | " + " | ".join(f"build {number}" for number in range(1, len(emulators) + 1)) + " | ratio |")
    print("|---|" + "--:|" * (len(emulators) + 1))

    def row(name, figures, form):
        ratio = f"{figures[-1] / figures[0]:.2f}" if figures[0] else ""
        print(f"| {name} | " + " | ".join(form.format(it) for it in figures) + f" | {ratio} |", flush=True)

    row("start, s", [it.start for it in emulators], "{:.2f}")
    row("resident set when ready, MB", [it.memory for it in emulators], "{:.0f}")
    for name, times, path, body in WORK:
        rounds = [[it.ask(times, path, body) for it in emulators] for _ in range(5)]
        row(name, [min(figures) for figures in zip(*rounds)], "{:,.0f} µs")
    time.sleep(1)
    row("resident set at the end, MB", [it.resident() for it in emulators], "{:.0f}")
finally:
    for emulator in emulators:
        emulator.process.terminate()
