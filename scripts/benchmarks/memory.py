"""Peak memory of `prepaid demo`, against a bare Python that has imported web3."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks.figures import Figure
from benchmarks.startup import PREPAID


def measure(folder: Path, *, quick: bool) -> Iterator[Figure]:
    """One figure; a program's peak is the same every time, so once is enough."""
    home = folder / "home"
    home.mkdir()
    demo = peak([str(PREPAID), "demo", "--json"], home)
    bare = peak([sys.executable, "-c", "import web3"], home)
    yield Figure(
        "demo-memory",
        "peak memory of `prepaid demo`, against `import web3` alone",
        demo / bare,
        details={"demo_megabytes": round(demo), "import_web3_megabytes": round(bare)},
    )


def peak(command: list[str], folder: Path) -> float:
    """Most memory the program held at once, in MB. Raises CalledProcessError if it fails."""
    env = {k: v for k, v in os.environ.items() if not k.startswith("PREPAID_")}
    launcher = [sys.executable, "-I", "-S", "-c", _LAUNCHING, *command]
    done = subprocess.run(
        launcher, check=True, stdout=subprocess.PIPE, env={**env, "HOME": str(folder)}, timeout=300
    )
    # Linux counts in kB, macOS in bytes.
    return int(done.stdout) / (1024 if sys.platform != "darwin" else 1024 * 1024)


# A program's peak includes what its starter held when it started it, so a small one has to do that.
_LAUNCHING = """
import os, sys
quiet = [(os.POSIX_SPAWN_OPEN, fd, os.devnull, os.O_RDWR, 0) for fd in (0, 1)]
_, status, usage = os.wait4(os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ, file_actions=quiet), 0)
print(usage.ru_maxrss)
sys.exit(bool(status))
"""
