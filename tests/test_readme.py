"""Every command that the README shows is run here, in the order in which it stands there."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
TEXT = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = [block.splitlines() for block in re.findall(r"```sh\n(.*?)```", TEXT, re.S)]
MAKE = [line.split("#")[0].strip() for line in BLOCKS[0]]
ANVIL = shutil.which("anvil") or str(ROOT / "node_modules" / ".bin" / "anvil")


def _run(line: str, folder: Path, keys: str = "") -> subprocess.CompletedProcess[str]:
    """Run one line as a person would, in `folder`, with our `prepaid` first on the path."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{ROOT / 'node_modules' / '.bin'}{os.pathsep}"
    environ = {k: v for k, v in os.environ.items() if not k.startswith("PREPAID_")}
    environ["PATH"] = path + environ["PATH"]
    return subprocess.run(
        line, shell=True, cwd=folder, env=environ, input=keys, capture_output=True, text=True, timeout=120
    )


@pytest.mark.parametrize("block", BLOCKS[1:], ids=["develop", "test", "show"])
def test_commands_of_the_readme_work_in_order(block: list[str], tmp_path: Path) -> None:
    for line in block:
        if "anvil" in line and not Path(ANVIL).exists():
            pytest.skip("anvil is not installed: npm install")
        done = _run(line, tmp_path, keys="\n" * 40)
        assert done.returncode == 0, f"{line}\n{done.stdout}\n{done.stderr}"


def test_make_targets_of_the_readme_exist() -> None:
    """`make demo` and `make test` are what CI and a newcomer run; here only that they are there."""
    assert MAKE == ["make demo", "make test"]
    for line in [*MAKE, "make demo ARGS=--step", "make setup"]:
        told = [*line.split(), "--dry-run"]
        done = subprocess.run(told, cwd=ROOT, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr


def test_files_that_the_readme_points_to_exist() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", TEXT):
        assert (ROOT / target).exists(), target
