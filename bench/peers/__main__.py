"""`make bench-peers`: installs each peer where it is missing, and fills its database."""

import shutil
import subprocess
import sys
from pathlib import Path

from bench import postgres
from bench.peers import HOME, PEERS, Peer

# What the peers run on; ours is newer.
PYTHONS = ("python3.11", "python3.12", "python3.10")
PYENV = Path.home() / ".pyenv" / "versions"


def main() -> int:
    if not postgres.answers():
        print(f"PostgreSQL does not answer at {postgres.SERVER}: the peers need it.", file=sys.stderr)
        return 1
    python = an_older_python()
    if python is None:
        print(f"None of {', '.join(PYTHONS)} was found: the peers need one.", file=sys.stderr)
        return 1
    for peer in PEERS:
        if not peer.python.exists():
            install(peer, python)
        print(f"Filling the database of {peer.name} (its migrations take minutes) …", flush=True)
        peer.prepare()
    return 0


def install(peer: Peer, python: str) -> None:
    print(f"Installing {peer.name} …", flush=True)
    place = HOME / peer.name
    subprocess.run([python, "-m", "venv", str(place)], check=True)
    pip = [str(peer.python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    done = subprocess.run([*pip, *peer.requirements], check=False)
    if done.returncode:
        shutil.rmtree(place)  # half of a peer would be measured as if it were one
        raise SystemExit(f"{peer.name} could not be installed.")


def an_older_python() -> str | None:
    """A candidate counts only if it really runs: pyenv leaves shims that answer 127."""
    kept = [str(path) for name in PYTHONS for path in PYENV.glob(f"{name[6:]}.*/bin/python")]
    for one in [*PYTHONS, *kept]:
        try:
            done = subprocess.run([one, "-c", "import ensurepip"], capture_output=True, check=False)
        except OSError:
            continue
        if done.returncode == 0:
            return one
    return None


if __name__ == "__main__":
    sys.exit(main())
