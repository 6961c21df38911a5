"""Every command and every line of the console session in docs/brownie.md, tried as it stands there."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.brownie.console import ROOT, Console

TEXT = (ROOT / "docs" / "brownie.md").read_text("utf-8")
FIRST, *BLOCKS = [block.splitlines() for block in re.findall(r"```sh\n(.*?)```", TEXT, re.S)]
(SESSION,) = re.findall(r"```pycon\n(.*?)```", TEXT, re.S)
FIXTURES = set(re.findall(r"^\| `(\w+)` \|", TEXT, re.M))


def shell(lines: list[str], folder: Path) -> str:
    """What a shell prints for these lines, which have to succeed; HOME is the person's own, and empty."""
    environment = {"HOME": str(folder), "PATH": os.environ["PATH"], "LANG": "C.UTF-8"}
    done = subprocess.run(
        ["bash", "-e", "-c", "\n".join(lines)],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=180,
    )
    assert done.returncode == 0, f"{lines}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def test_the_first_command_is_a_target() -> None:
    assert [line.split("#")[0].strip() for line in FIRST] == ["make brownie"]
    done = subprocess.run(["make", "brownie", "--dry-run"], cwd=ROOT, capture_output=True, timeout=60)
    assert done.returncode == 0


@pytest.mark.parametrize("lines", BLOCKS, ids=range(len(BLOCKS)))
def test_commands(lines: list[str], tmp_path: Path) -> None:
    # By number: a name with the words after -k in it would be among the tests that they choose.
    assert shell(lines, tmp_path)


def test_the_console_session() -> None:
    lines = SESSION.splitlines()
    with Console() as console:
        for line, following in zip(lines, [*lines[1:], ">>>"], strict=True):
            if not line.startswith(">>> "):
                continue
            answer = console.ask(line.removeprefix(">>> "))
            assert "Error" not in answer, answer
            if not following.startswith(">>>"):
                printed = [one.strip() for one in answer.splitlines() if one.strip()]
                assert printed[-2] == following, answer


def test_the_fixtures_are_there(request: pytest.FixtureRequest) -> None:
    assert len(FIXTURES) >= 6
    for name in FIXTURES:
        request.getfixturevalue(name)
