#!/usr/bin/env python3
"""Measures the emulator with a large world, and prints the table of performance.md.

Usage: docs/emulator_scale.py [PROGRAM] [MACHINES], after `cargo build --profile dist -p citrix-cloud-emulator`.
"""

import http.client
import json
import statistics
import subprocess
import sys
import time
import urllib.parse

program = sys.argv[1] if len(sys.argv) > 1 else "target/dist/citrix-cloud-emulator"
machines = int(sys.argv[2]) if len(sys.argv) > 2 else 100_000
ROUNDS = 50


def resident():
    with open(f"/proc/{emulator.pid}/status") as status:
        line = next(line for line in status if line.startswith("VmRSS"))
    return int(line.split()[1]) // 1024


def timed(path, rounds=ROUNDS, body=None):
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        connection.request("POST" if body else "GET", path, body and json.dumps(body), headers)
        answer = connection.getresponse()
        text = answer.read()
        times.append((time.perf_counter() - start) * 1000)
        assert answer.status == 200, text
    return statistics.median(times), text


def search(name, body):
    body = {"SearchFilters": [], **body}
    rows.append((f"search: {name}", f"{timed(f'{base}/Machines/$search?limit=10', 10, body)[0]:.0f} ms"))


def having(name, operator, value):
    return {"SearchFilters": [{"Property": name, "Operator": operator, "Value": value}]}


start = time.perf_counter()
emulator = subprocess.Popen(
    [program, "serve", "--machines", str(machines)],
    stdout=subprocess.PIPE,
    stderr=subprocess.DEVNULL,
    text=True,
)
try:
    ready = json.loads(emulator.stdout.readline())
    took = time.perf_counter() - start
    connection = http.client.HTTPConnection(ready["url"].removeprefix("http://"))
    form = {
        "grant_type": "client_credentials",
        "client_id": ready["clientId"],
        "client_secret": ready["clientSecret"],
    }
    connection.request(
        "POST",
        "/cctrustoauth2/root/tokens/clients",
        urllib.parse.urlencode(form),
        {"Content-Type": "application/x-www-form-urlencoded"},
    )
    token = json.loads(connection.getresponse().read())["access_token"]
    headers = {
        "Accept": "application/json",
        "Content-Type": "application/json",
        "Authorization": f"CwsAuth Bearer={token}",
        "Citrix-CustomerId": ready["customerId"],
        "Citrix-InstanceId": ready["siteId"],
    }
    base = "/cvad/manage"
    catalog = f"{base}/MachineCatalogs/{ready['catalogId']}/Machines"
    rows = [("ready", f"{took:.2f} s"), ("resident set when ready", f"{resident()} MB")]
    full, body = timed(f"{base}/Machines?limit=1000")
    rows.append(("machine on the wire", f"{len(body) / 1000 / 1000:.1f} KB"))
    rows.append(("full page of 1,000", f"{full:.1f} ms"))
    rows.append(
        ("page of 1,000 with fields=Id,SessionCount", f"{timed(f'{base}/Machines?limit=1000&fields=Id,SessionCount')[0]:.1f} ms")
    )
    rows.append(("full page of 1,000 of a catalog", f"{timed(f'{catalog}?limit=1000')[0]:.1f} ms"))
    rows.append(("one machine by name", f"{timed(f'{base}/Machines/DEMOLAB%7CVDA{machines:05}')[0]:.2f} ms"))
    rows.append(("list of catalogs", f"{timed(f'{base}/MachineCatalogs')[0]:.2f} ms"))
    search("a part of any name", {"BasicSearchString": "00017"})
    search("`PowerState`", having("PowerState", "Equals", "Off"))
    search("`HostedMachineName`", having("HostedMachineName", "Contains", "00017"))
    search("all, sorted by name", {"SortCriteria": {"Property": "MachineName", "SortDirection": "Descending"}})
    start, seen, path = time.perf_counter(), 0, f"{catalog}?limit=1000&fields=Id"
    query = path
    while True:
        page = json.loads(timed(query, 1)[1])
        seen += len(page["Items"])
        if not page.get("ContinuationToken"):
            break
        query = path + "&continuationToken=" + urllib.parse.quote(page["ContinuationToken"], "")
    assert seen == machines, seen
    rows.append((f"all {seen:,} in pages of 1,000 (fields=Id)", f"{time.perf_counter() - start:.1f} s"))
    rows.append(("resident set after that", f"{resident()} MB"))
    start = time.perf_counter()
    connection.request("POST", "/_emulator/reset", headers={"Content-Length": "0"})
    answer = connection.getresponse()
    answer.read()
    assert answer.status < 300, answer.status
    rows.append(("reset", f"{time.perf_counter() - start:.2f} s"))
    rows.append(("resident set after that", f"{resident()} MB"))
    for name, value in rows:
        print(f"| {name} | {value} |")
finally:
    emulator.terminate()
    emulator.wait()
