#!/usr/bin/env python3
"""Measures `citrix-cloud monitor export` against a Python loop that follows links, and prints the tables of performance.md.

Usage: docs/monitor_export.py [FOLDER] [DAYS...], after `cargo build --profile dist -p citrix-cloud-cli -p citrix-cloud-emulator`;
FOLDER has the programs, default target/dist. The emulator has 470 machines and measures their load every five minutes. A
working day has some 122,000 rows, so the default, `1 9 88`, means about 100,000, a million and ten million rows. The script
skips a size that would take longer than is left of MINUTES. The loop is this script itself with `--loop`, in a process of its
own.

The last part kills an export of nine days with SIGKILL again and again, resumes it each time, and compares the file with that
of an unbroken export.
"""

import contextlib
import csv
import datetime
import hashlib
import http.client
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse

MACHINES = 470
MINUTES = float(os.environ.get("MINUTES", "40"))
SET = "LoadIndexes"
# All but ModifiedDate, which is the moment of the query.
COLUMNS = "Id,EffectiveLoadIndex,Cpu,Memory,Disk,Network,SessionCount,MachineId,CreatedDate"


def loop():
    """Asks the same queries as the program, a day each, follows the links, and writes the same lines."""
    url, token, customer, since, until, target = sys.argv[2:]
    connection = http.client.HTTPConnection(urllib.parse.urlsplit(url).netloc)
    headers = {"Authorization": f"CwsAuth Bearer={token}", "Citrix-CustomerId": customer, "Accept": "application/json"}

    def page(path):
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        text = answer.read()
        assert answer.status == 200, text
        return json.loads(text)

    at, end = (datetime.datetime.fromisoformat(it) for it in (since, until))
    is_csv = target.endswith(".csv")
    with open(target, "w", newline="") as file:
        rows = csv.writer(file)
        columns = None
        while at < end:
            to = min(at + datetime.timedelta(days=1), end)
            names = [f"{it:%Y-%m-%dT%H:%M:%SZ}" for it in (at, to)]
            condition = f"CreatedDate ge {names[0]} and CreatedDate lt {names[1]}"
            options = {"$filter": condition, "$select": COLUMNS, "$orderby": "CreatedDate,Id"}
            path = f"/monitorodata/{SET}?{urllib.parse.urlencode(options, quote_via=urllib.parse.quote)}"
            while path:
                found = page(path)
                for row in found["value"]:
                    if not is_csv:
                        file.write(json.dumps(row, separators=(",", ":"), ensure_ascii=False) + "\n")
                        continue
                    if columns is None:
                        columns = list(row)
                        rows.writerow(columns)
                    rows.writerow(row.values())
                link = found.get("@odata.nextLink")
                path = link and link.removeprefix(url)
            at = to


def run(command, environment):
    """Runs a command to its end: seconds, its own processor time, its largest resident set in MB."""
    start = time.perf_counter()
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    sizes = [0.0]

    # What wait4 says of memory has this script's own in it, from before the command took its place.
    def watch():
        while process.returncode is None:
            with contextlib.suppress(OSError, IndexError):
                sizes.append(resident(process.pid))
            time.sleep(0.02)

    watcher = threading.Thread(target=watch)
    watcher.start()
    _, status, used = os.wait4(process.pid, 0)
    took = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    watcher.join()
    assert process.returncode == 0, command
    return took, used.ru_utime + used.ru_stime, sizes[-1]


def digest(file):
    with open(file, "rb") as it:
        return hashlib.file_digest(it, "sha256").hexdigest()


def lines(file):
    with open(file, "rb") as it:
        return sum(chunk.count(b"\n") for chunk in iter(lambda: it.read(1 << 20), b""))


def cpu(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident(pid):
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def measure():
    arguments = sys.argv[1:]
    programs = pathlib.Path(arguments[0] if arguments else "target/dist").resolve()
    sizes = [int(it) for it in arguments[1:]] or [1, 9, 88]
    began = time.monotonic()
    emulator = subprocess.Popen(
        [programs / "citrix-cloud-emulator", "serve", "--machines", str(MACHINES), "--token-lifetime", "86400"],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env={**os.environ, "RUST_LOG": "off"},
    )
    try:
        ready = json.loads(emulator.stdout.readline())
        with tempfile.TemporaryDirectory() as folder:
            compare(programs, sizes, ready, emulator, pathlib.Path(folder), began)
            kill(programs, ready, pathlib.Path(folder))
    finally:
        emulator.terminate()
        emulator.wait()


def signed_in(ready):
    connection = http.client.HTTPConnection(urllib.parse.urlsplit(ready["url"]).netloc)
    form = {"grant_type": "client_credentials", "client_id": ready["clientId"], "client_secret": ready["clientSecret"]}
    connection.request(
        "POST", "/cctrustoauth2/root/tokens/clients", urllib.parse.urlencode(form),
        {"Content-Type": "application/x-www-form-urlencoded"},
    )
    return json.loads(connection.getresponse().read())["access_token"]


def environment_of(ready, home):
    return {
        "PATH": os.environ["PATH"], "HOME": str(home), "TZ": "UTC",
        "CITRIX_CLIENT_ID": ready["clientId"], "CITRIX_CLIENT_SECRET": ready["clientSecret"],
        "CITRIX_CUSTOMER_ID": ready["customerId"], "CITRIX_CLOUD_ENDPOINT": ready["url"],
    }


def span(days):
    """Whole days before today, which do not change while they are read."""
    until = datetime.datetime.now(datetime.timezone.utc).replace(hour=0, minute=0, second=0, microsecond=0)
    return [f"{it:%Y-%m-%dT%H:%M:%SZ}" for it in (until - datetime.timedelta(days=days), until)]


def exporting(programs, days, target):
    since, until = span(days)
    program = str(programs / "citrix-cloud")
    period = ["--since", since, "--until", until]
    return [program, "monitor", "export", SET, "--select", COLUMNS, *period, "--to", str(target)]


def compare(programs, sizes, ready, emulator, folder, began):
    token, environment = signed_in(ready), environment_of(ready, folder)
    print("| rows | file | by | s | rows/s | processor s | waiting | largest resident set |")
    print("|--:|---|---|--:|--:|--:|--:|--:|", flush=True)
    longest = 0.0
    for days in sizes:
        # Three rounds in changing order, of ten million one.
        rounds = 3 if days < 20 else 1
        left = MINUTES * 60 - (time.monotonic() - began)
        if longest * days * rounds > left:
            print(f"{days} days are left out: {longest * days * rounds / 60:.0f} min, and {left / 60:.0f} are left", file=sys.stderr)
            continue
        since, until = span(days)
        start = time.monotonic()
        for ending in ("csv", "jsonl"):
            files = {by: folder / f"{by}.{ending}" for by in ("program", "loop")}
            commands = {
                "program": exporting(programs, days, files["program"]),
                "loop": [sys.executable, __file__, "--loop", ready["url"], token, ready["customerId"], since, until, files["loop"]],
            }
            seen = {by: [] for by in commands}
            for nth in range(rounds):
                for by in sorted(commands, reverse=nth % 2 == 1):
                    files[by].unlink(missing_ok=True)
                    before = cpu(emulator.pid)
                    seen[by].append((*run(commands[by], environment), cpu(emulator.pid) - before))
            rows = lines(files["program"]) - (ending == "csv")
            same = digest(files["program"]) == digest(files["loop"])
            assert same, f"{files} differ"
            for by, all_of in seen.items():
                took, own, size, served = (statistics.median(it) for it in zip(*all_of))
                print(
                    f"| {rows:,} | {ending} | {by} | {took:.1f} | {rows / took:,.0f} | {own:.1f} | "
                    f"{1 - own / took:.0%} | {size:.0f} MB |", flush=True,
                )
                print(f"{days} days, {ending}, {by}: the emulator's processor {served:.1f} s", file=sys.stderr, flush=True)
            for file in files.values():
                file.unlink()
        longest = max(longest, (time.monotonic() - start) / days / rounds)
    print(f"largest resident set of the emulator: {resident(emulator.pid):.0f} MB")


def kill(programs, ready, folder):
    environment, days = environment_of(ready, folder), 9
    whole, broken = folder / "whole.csv", folder / "broken.csv"
    took, _, _ = run(exporting(programs, days, whole), environment)
    kills = 0
    while not broken.exists():
        process = subprocess.Popen(exporting(programs, days, broken), env=environment, stdout=subprocess.DEVNULL)
        try:
            # Later each time, so that it comes to its end whatever the machine does.
            code = process.wait(took * (0.2 + 0.1 * kills))
            assert code == 0, code
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            kills += 1
    assert kills > 0, "it was never killed"
    assert digest(whole) == digest(broken), "the files differ"
    names = sorted(it.name for it in folder.glob("broken*"))
    assert names == ["broken.csv"], names
    print(f"killed {kills} times in {days} days of rows: the file is that of an unbroken run, byte for byte")


if __name__ == "__main__":
    loop() if sys.argv[1:2] == ["--loop"] else measure()
