"""Two ways to run `prepaid` in tests: as a real process, and in this one where speed matters."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from cli.main import main

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Run:
    """Exit status and output of one run of `prepaid`."""

    status: int
    out: str
    err: str

    @property
    def envelope(self) -> dict[str, Any]:
        """The one JSON line on stdout, checked for the keys every envelope has."""
        lines = self.out.splitlines()
        assert len(lines) == 1, f"stdout: {self.out!r} stderr: {self.err!r}"
        body: dict[str, Any] = json.loads(lines[0])
        assert list(body) == ["schema", "command", "ok", "data", "error"]
        assert body["schema"] == "prepaid.result/1"
        if body["error"] is not None:
            assert list(body["error"]) == ["code", "message", "hint", "revert"]
        assert body["ok"] is (body["error"] is None) is (self.status == 0)
        return body

    @property
    def data(self) -> Any:
        body = self.envelope
        assert body["ok"], body["error"]
        return body["data"]

    @property
    def code(self) -> str:
        error = self.envelope["error"]
        assert error is not None
        return str(error["code"])


def clean_environment(**extra: str) -> dict[str, str]:
    """The environment without any PREPAID_ variable, finding this repository's packages."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("PREPAID_", "_PREPAID"))}
    return {**kept, "PYTHONPATH": str(ROOT), **extra}


@pytest.fixture(name="clean_environment")
def _clean_environment() -> Callable[..., dict[str, str]]:
    return clean_environment


@pytest.fixture
def prepaid(tmp_path: Path) -> Callable[..., Run]:
    """Run `prepaid` as a process of its own in an empty folder."""

    def run(*args: str, env: dict[str, str] | None = None, cwd: Path | None = None, stdin: str = "") -> Run:
        done = subprocess.run(
            [sys.executable, "-m", "cli.main", *args],
            cwd=cwd or tmp_path, env=clean_environment(**(env or {})), input=stdin,
            capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
        return Run(done.returncode, done.stdout, done.stderr)

    return run


@pytest.fixture(scope="session")
def _furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a platform, an approved merchant, a product and money for alice."""
    folder = tmp_path_factory.mktemp("furnished")
    home = ["--home", str(folder / ".prepaid"), "--quiet"]
    for words in (
        ["init"],
        ["deploy"],
        ["merchant", "apply", "示例口腔", "--licence", "1"],
        ["merchant", "approve", "示例口腔"],
        ["product", "publish", "储值", "--price", "1000", "--bonus", "300"],
        ["account", "fund", "alice", "5000"],
    ):
        assert main([*words, *home]) == 0, words
    return folder


@pytest.fixture
def shop(_furnished: Path, tmp_path: Path) -> Path:
    """A copy of it in the test's own folder."""
    shutil.copytree(_furnished / ".prepaid", tmp_path / ".prepaid")
    return tmp_path


@pytest.fixture
def call(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Run]:
    """Run `prepaid` inside this process, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    for key in [key for key in os.environ if key.startswith("PREPAID_")]:
        monkeypatch.delenv(key)

    def run(*args: str) -> Run:
        capsys.readouterr()
        status = main(list(args))
        shown = capsys.readouterr()
        return Run(status, shown.out, shown.err)

    return run
