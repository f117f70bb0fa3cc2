"""Fails when a dependency needs a newer Rust than `rust-version` in Cargo.toml promises.

Older toolchains than the installed one are not to be had everywhere, so this is asked of what the dependencies
declare. What our own code needs is not seen by it.
"""

import json
import subprocess
import sys


def version(text):
    return tuple(int(part) for part in text.split(".")[:2])


command = ["cargo", "metadata", "--format-version", "1", "--all-features", "--locked"]
packages = json.loads(subprocess.check_output(command))["packages"]
ours = {it["rust_version"] for it in packages if it["source"] is None}
promised = min(version(text) for text in ours)
declared = [it for it in packages if it["source"] and it["rust_version"]]
newer = [it for it in declared if version(it["rust_version"]) > promised]
for it in newer:
    print(f"{it['name']} {it['version']} needs Rust {it['rust_version']}", file=sys.stderr)
print(f"{len(declared)} dependencies declare a version of Rust, {len(newer)} of them a newer one than {max(ours)}")
sys.exit(bool(newer) or not declared)
