"""What is installed here, what is missing, and the command that repairs it.

Looks only: installs nothing, fetches nothing, starts nothing but `--version`.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from wallet.compiler.locate import ADVICE, candidates, node_modules
from wallet.compiler.pin import SOLC_LONG_VERSION, SOLC_VERSION

NODE_MINIMUM = 20


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at.

    `ok` whether it can be used; `required` whether the embedded chain and shipped contracts need it
    (the rest is for compiling, other chains, or speed); `found` what and where, in words; `fix` what to
    do, "" if nothing.
    """

    name: str
    ok: bool
    required: bool
    found: str
    fix: str = ""


def diagnose(
    *, home: Path | None = None, project: Path | None = None, solc: Path | None = None
) -> list[Finding]:
    """Examine this machine. Never raises: what fails is a finding.

    `home` is the state folder (may not exist yet), `project` the folder whose `node_modules` and
    environments count (default: the working folder), `solc` the compiler the user named.
    """
    project = project or Path.cwd()
    checks: tuple[Callable[[], Finding], ...] = (
        _python,
        lambda: _package("eth-tester", "embedded chain", required=True, module="eth_tester"),
        lambda: _package("py-evm", "embedded chain", required=True, module="eth"),
        lambda: _package("coincurve", "fast signatures", required=False, module="coincurve"),
        lambda: _package("pyrevm", "in-process checks", required=False, module="pyrevm"),
        _node,
        lambda: _solc(project, solc),
        lambda: _openzeppelin(project),
        lambda: _anvil(project),
        lambda: _brownie(project),
        lambda: _home(home or project / ".prepaid"),
    )
    return [check() for check in checks]


def _python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    ok = (3, 11) <= sys.version_info[:2] < (3, 13)
    return Finding(
        "Python", ok, True, f"{version} at {sys.executable}", "" if ok else "use Python 3.11 or 3.12"
    )


def _package(name: str, purpose: str, *, required: bool, module: str) -> Finding:
    from importlib import metadata, util

    try:
        version = metadata.version(name)
    except metadata.PackageNotFoundError:
        return Finding(name, False, required, f"not installed ({purpose})", f"pip install {name}")
    if util.find_spec(module) is None:
        return Finding(
            name,
            False,
            required,
            f"{version}, but {module} cannot be imported",
            f"pip install --force-reinstall {name}",
        )
    return Finding(name, True, required, f"{version} ({purpose})")


def _node() -> Finding:
    path = shutil.which("node")
    if path is None:
        return Finding(
            "Node", False, False, "not on PATH", f"install Node {NODE_MINIMUM} or later (it runs npm's solc)"
        )
    version = _first_line(path)
    major = version.removeprefix("v").partition(".")[0]
    ok = major.isdigit() and int(major) >= NODE_MINIMUM
    return Finding(
        "Node",
        ok,
        False,
        f"{version or 'does not run'} at {path}",
        "" if ok else f"install Node {NODE_MINIMUM} or later",
    )


def _solc(project: Path, explicit: Path | None) -> Finding:
    name = f"solc {SOLC_VERSION}"
    tried = list(_tried(project, explicit))
    found = next((each for each in tried if not each[1]), None)
    if found:
        return Finding(name, True, False, f"{SOLC_LONG_VERSION} {found[0]}")
    passed = "; ".join(f"{place} {refusal}" for place, refusal in tried) or "nowhere"
    return Finding(name, False, False, passed, ADVICE)


def _tried(project: Path, explicit: Path | None) -> Iterator[tuple[str, str]]:
    """(place, why refused) of each compiler that would be considered."""
    from wallet.compiler.faults import CompilerRefused
    from wallet.compiler.locate import find_compiler

    if explicit is not None:
        try:
            yield f"at {find_compiler(explicit=explicit).path} (--solc)", ""
        except CompilerRefused as error:
            yield "", error.message
        return
    for each in candidates(project):
        yield f"at {each.path} ({each.origin})", each.refusal


def _openzeppelin(project: Path) -> Finding:
    name = "OpenZeppelin"
    for modules in node_modules(project):
        described = modules / "@openzeppelin" / "contracts" / "package.json"
        try:
            return Finding(
                name, True, False, f"{json.loads(described.read_text('utf-8'))['version']} in {modules}"
            )
        except (OSError, ValueError, KeyError):
            continue
    return Finding(
        name,
        False,
        False,
        "not in any node_modules (only contracts that import it need it)",
        "npm install @openzeppelin/contracts@5.7.0",
    )


def _anvil(project: Path) -> Finding:
    local = (str(modules / ".bin" / "anvil") for modules in node_modules(project))
    path = (
        os.environ.get("PREPAID_ANVIL")
        or next((each for each in local if os.access(each, os.X_OK)), None)
        or shutil.which("anvil")
    )
    if path is None:
        return Finding(
            "anvil",
            False,
            False,
            "not found (needed for --chain anvil)",
            "npm install @foundry-rs/anvil@1.7.1",
        )
    version = _first_line(path)
    ok = bool(version)
    return Finding(
        "anvil",
        ok,
        False,
        f"{version or 'does not run'} at {path}",
        "" if ok else "reinstall @foundry-rs/anvil",
    )


def _brownie(project: Path) -> Finding:
    for path in (project / ".venv-brownie" / "bin" / "brownie", shutil.which("brownie")):
        if path and Path(path).exists():
            return Finding("Brownie", True, False, f"at {path}")
    return Finding("Brownie", False, False, "no environment of its own", "run `make brownie` in a checkout")


def _home(home: Path) -> Finding:
    """The state folder, or the nearest folder above it that exists, must take files."""
    existing = next(each for each in (home, *home.absolute().parents) if each.exists())
    ok = existing.is_dir() and os.access(existing, os.W_OK | os.X_OK)
    state = "writable" if ok else "not writable"
    found = f"{home} ({state})" if existing == home else f"{home} does not exist yet; {existing} is {state}"
    return Finding(
        "State folder", ok, True, found, "" if ok else "choose another folder with --home or PREPAID_HOME"
    )


def _first_line(path: str) -> str:
    """First line of `--version`, "" if it does not run."""
    try:
        done = subprocess.run(
            [path, "--version"],
            capture_output=True,
            text=True,
            timeout=15,
            check=False,
            stdin=subprocess.DEVNULL,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip().partition("\n")[0] if done.returncode == 0 else ""
