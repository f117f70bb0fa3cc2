#!/usr/bin/env python3
"""Makes the pictures of the README from the real programs: a terminal as SVG, the emulator's page as PNG.

Usage: docs/pictures.py [FOLDER], after `cargo build -p citrix-cloud-cli -p citrix-cloud-emulator`; FOLDER has the
programs, default target/debug. The page needs Chromium; without it the script says so and makes only the terminal picture.
"""

import html
import json
import os
import pathlib
import pty
import re
import select
import shutil
import subprocess
import sys
import tempfile

programs = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "target/debug").resolve()
pictures = pathlib.Path(__file__).parent / "src" / "pictures"

COLUMNS, ROWS = 92, 40
COMMANDS = [
    "citrix-cloud overview",
    'citrix-cloud daas machines list --catalog "Edge Cases" --columns name,power,maintenance',
    "citrix-cloud daas reboot-idle --catalog 8a0a3c1e-5b7d-4d7e-9a55-0c2f6f1de9ca --dry-run",
]

# Spaces in a row are one in SVG, unlike these.
NO_BREAK = "\u00a0"

# Colors of a dark terminal, by their SGR number.
COLORS = {
    30: "#484f58", 31: "#ff7b72", 32: "#3fb950", 33: "#d29922", 34: "#58a6ff", 35: "#bc8cff", 36: "#39c5cf", 37: "#b1bac4",
    90: "#6e7681", 91: "#ffa198", 92: "#56d364", 93: "#e3b341", 94: "#79c0ff", 95: "#d2a8ff", 96: "#56d4dd", 97: "#f0f6fc",
}


def on_a_terminal(command, environment):
    """What a command prints on a terminal of this size, colors included."""
    child, terminal = pty.fork()
    if child == 0:
        os.execvpe("sh", ["sh", "-c", f"stty cols {COLUMNS} rows {ROWS}; exec {command}"], environment)
    printed = b""
    while select.select([terminal], [], [], 60)[0]:
        try:
            piece = os.read(terminal, 65536)
        except OSError:  # Linux says so when the other end is closed.
            break
        if not piece:
            break
        printed += piece
    _, status = os.waitpid(child, 0)
    if os.waitstatus_to_exitcode(status) != 0:
        sys.exit(f"{command}: {printed.decode()}")
    return printed.decode()


def spans(line):
    """The pieces of a line, each with its color and whether it is bold or faint."""
    color, bold, faint = None, False, False
    for piece in re.split(r"(\x1b\[[0-9;]*m)", line):
        found = re.fullmatch(r"\x1b\[([0-9;]*)m", piece)
        if not found:
            text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", piece)
            if text:
                yield text, color, bold, faint
            continue
        for code in (int(it or 0) for it in found[1].split(";")):
            if code == 0:
                color, bold, faint = None, False, False
            elif code == 1:
                bold = True
            elif code == 2:
                faint = True
            elif code == 22:
                bold = faint = False
            elif code == 39:
                color = None
            elif code in COLORS:
                color = COLORS[code]


def drawn(lines):
    """The lines as SVG."""
    across, down, margin = 8.4, 19, 16
    width, height = COLUMNS * across + 2 * margin, len(lines) * down + 2 * margin
    rows = []
    for number, line in enumerate(lines):
        pieces, column = "", 0
        for text, color, bold, faint in spans(line):
            style = f' fill="{color}"' if color else ""
            style += ' font-weight="bold"' if bold else ""
            style += ' opacity="0.7"' if faint else ""
            # A length for each piece, so that columns stay columns whatever the font.
            pieces += (
                f'<tspan x="{margin + column * across:.1f}" textLength="{len(text) * across:.1f}"{style}>'
                f"{html.escape(text, quote=False).replace(' ', NO_BREAK)}</tspan>"
            )
            column += len(text)
        rows.append(f'<text y="{margin + (number + 0.75) * down:.1f}">{pieces}</text>')
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" role="img" '
        f'aria-label="A terminal with citrix-cloud">\n'
        f'<rect width="100%" height="100%" rx="8" fill="#0d1117"/>\n'
        f'<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, monospace" font-size="14" fill="#c9d1d9">\n'
        + "\n".join(rows) + "\n</g>\n</svg>\n"
    )


def photographed(address):
    """The emulator's page as PNG, where there is a Chromium."""
    names = ["chromium", "chromium-browser", "google-chrome"]
    browser = next(filter(None, map(shutil.which, names)), None)
    if browser is None:
        print("no Chromium (Debian package chromium): the picture of the page stays as it is")
        return
    target = pictures / "emulator.png"
    with tempfile.TemporaryDirectory() as profile:
        subprocess.run(
            [
                browser, "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
                f"--user-data-dir={profile}", "--window-size=1100,640", "--virtual-time-budget=5000",
                f"--screenshot={target}", address,
            ],
            check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=120,
        )
    print(f"{target}: {target.stat().st_size} bytes")


emulator = subprocess.Popen(
    [programs / "citrix-cloud-emulator", "serve"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
)
try:
    ready = json.loads(emulator.stdout.readline())
    with tempfile.TemporaryDirectory() as home:
        environment = {
            "PATH": f"{programs}:{os.environ['PATH']}",
            "HOME": home,
            "TERM": "xterm-256color",
            "TZ": "UTC",
            "CITRIX_CLIENT_ID": ready["clientId"],
            "CITRIX_CLIENT_SECRET": ready["clientSecret"],
            "CITRIX_CUSTOMER_ID": ready["customerId"],
            "CITRIX_CLOUD_ENDPOINT": ready["url"],
        }
        lines = []
        for command in COMMANDS:
            printed = on_a_terminal(command, environment).replace("\r\n", "\n").rstrip("\n")
            lines += [f"\x1b[32m$\x1b[0m \x1b[1m{command}\x1b[0m", *printed.split("\n"), ""]
    pictures.mkdir(exist_ok=True)
    target = pictures / "terminal.svg"
    target.write_text(drawn(lines[:-1]))
    print(f"{target}: {target.stat().st_size} bytes")
    photographed(f"{ready['url']}/_emulator/")
finally:
    emulator.terminate()
    emulator.wait()
