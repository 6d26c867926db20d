"""`make check` asks whether a known vulnerability is in what is locked (quality §3), where the index can be reached.

Without an answer it says so and lets the build go on: a build off the network must not fail for that.
"""

import importlib.util
import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ("requirements/base.txt", "requirements/dev.txt")
WAIT = 10  # seconds, for one answer
AT_MOST = 120  # seconds, for all of it


def command() -> list[str]:
    """Of what is locked, by its hashes: nothing is resolved, nothing installed."""
    files = [word for lock in LOCKS for word in ("-r", lock)]
    return [
        sys.executable, "-m", "pip_audit", "--disable-pip", "--progress-spinner", "off", "--format", "json",
        "--timeout", str(WAIT), *files,
    ]  # fmt: skip


def asked() -> str:
    """What pip-audit answers; empty when it does not come to an end."""
    try:
        done = subprocess.run(
            command(), cwd=ROOT, capture_output=True, text=True, check=False, timeout=AT_MOST
        )
    except subprocess.TimeoutExpired:
        return ""
    return done.stdout


def judged(answer: str) -> tuple[int, Sequence[str]]:
    """Exit status and what to say: 1 only for what is known to be vulnerable."""
    try:
        found: list[dict[str, Any]] = json.loads(answer)["dependencies"]
    except (ValueError, KeyError, TypeError):
        return 0, ["Not audited: the index could not be reached. Ask again with « make check » on a network."]
    said = [
        f"{one['name']} {one['version']}: {flaw['id']}, mended in {', '.join(flaw['fix_versions']) or 'no version yet'}"
        for one in found
        for flaw in one.get("vulns", ())
    ]
    skipped = sum("skip_reason" in one for one in found)
    if skipped:
        note = f"Not audited: {skipped} of {len(found)} locked packages, which this index does not know."
        return (1 if said else 0), [*said, note]
    return (1, said) if said else (0, [f"{len(found)} locked packages, no known vulnerability."])


def main() -> int:
    if importlib.util.find_spec("pip_audit") is None:
        print("Not audited: pip-audit is not installed (make lock, then make check).")
        return 0
    status, said = judged(asked())
    print("\n".join(said))
    return status


if __name__ == "__main__":
    sys.exit(main())
