"""Finds the pinned Solidity compiler, and says what it found instead when there is none.

Places, in this order: the path the user gives, py-solc-x's own installed versions, `solc` on PATH,
npm's `solc` in a `node_modules` folder (run by node through `solcjs.js`), a download by py-solc-x.
Only the pinned version is accepted: another one at an implicit place is passed over and named in
the advice; another one that the user names is an error. Nothing here compiles.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from wallet.compiler.faults import CompilerMissing, CompilerRefused
from wallet.compiler.pin import SOLC_LONG_VERSION, SOLC_VERSION

PACKAGE = Path(__file__).resolve().parent
LAUNCHER = PACKAGE / "solcjs.js"
ADVICE = (
    f"run `npm install --omit=optional` beside package.json (or `npm install solc@{SOLC_VERSION}`), "
    f"or install solc {SOLC_VERSION} and name it with --solc"
)
_VERSION = re.compile(r"^Version: (\S+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Compiler:
    """One place where a compiler may be.

    `origin` is "--solc", "py-solc-x", "PATH", "npm" or "download"; `path` the native executable, or the
    folder of the npm package; `version` what it says of itself ("" if it does not run); `refusal` why
    it is not used ("" if it is acceptable).
    """

    origin: str
    path: Path
    version: str
    refusal: str = ""

    def executable(self, folder: Path) -> Path:
        """A path that can be run like native solc; for npm's, a small script written into `folder`.

        Raises CompilerRefused if npm's compiler turns out not to be the pinned one.
        """
        return _npm_script(self.path, folder) if self.path.is_dir() else self.path


def find_compiler(
    *, explicit: Path | None = None, start: Path | None = None, download: bool = True
) -> Compiler:
    """The first acceptable compiler.

    `explicit` is the user's `--solc` (an executable, or the folder of npm's package) and then the only
    one considered. `start` is the folder above which `node_modules` is looked for (default: the working
    folder; the folder of this package is tried too). `download` allows py-solc-x to fetch one.
    Raises CompilerRefused (the explicit one), CompilerMissing.
    """
    if explicit is not None:
        chosen = _examine("--solc", explicit)
        if chosen.refusal:
            raise CompilerRefused(
                f"--solc {explicit}: {chosen.refusal}",
                hint=f"only solc {SOLC_VERSION} is used here; leave --solc out to let one be found",
                path=str(explicit),
                version=chosen.version,
            )
        return chosen
    passed: list[Compiler] = []
    for candidate in candidates(start):
        if not candidate.refusal:
            return candidate
        passed.append(candidate)
    if download and (fetched := _download()) is not None:
        return fetched
    found = "; ".join(f"{c.path} ({c.origin}): {c.refusal}" for c in passed)
    raise CompilerMissing(
        f"no solc {SOLC_VERSION} was found" + (f"; passed over {found}" if found else ""),
        hint=ADVICE,
        wanted=SOLC_LONG_VERSION,
        passed_over=[{"origin": c.origin, "path": str(c.path), "version": c.version} for c in passed],
    )


def candidates(start: Path | None = None) -> Iterator[Compiler]:
    """Every compiler on this machine in order of preference, refused ones included. Fetches nothing."""
    own = Path(os.environ.get("SOLCX_BINARY_PATH") or Path.home() / ".solcx") / f"solc-v{SOLC_VERSION}"
    if own.exists():
        yield _examine("py-solc-x", own)
    if on_path := shutil.which("solc"):
        yield _examine("PATH", Path(on_path))
    for package in _npm_packages(start or Path.cwd()):
        yield _examine("npm", package)


def node_modules(start: Path) -> Iterator[Path]:
    """`node_modules` folders above `start`, then above this package, nearest first, each once."""
    seen: set[Path] = set()
    for origin in (start.resolve(), PACKAGE):
        for folder in (origin, *origin.parents):
            modules = folder / "node_modules"
            if modules not in seen and modules.is_dir():
                seen.add(modules)
                yield modules


def _npm_packages(start: Path) -> Iterator[Path]:
    for modules in node_modules(start):
        if (modules / "solc" / "soljson.js").is_file():
            yield modules / "solc"


def _examine(origin: str, path: Path) -> Compiler:
    """What stands at `path`; runs a native compiler once, reads npm's own description instead."""
    if path.is_dir():
        try:
            version = str(json.loads((path / "package.json").read_text("utf-8"))["version"])
        except (OSError, ValueError, KeyError) as error:
            return Compiler(origin, path, "", f"is not npm's solc package ({error})")
        if version != SOLC_VERSION:
            return Compiler(origin, path, version, f"is version {version}, not {SOLC_VERSION}")
        if shutil.which("node") is None:
            return Compiler(origin, path, version, "needs node, which is not on PATH")
        return Compiler(origin, path, SOLC_LONG_VERSION)
    if not path.exists():
        return Compiler(origin, path, "", "does not exist")
    version, trouble = _ask_version(path)
    if trouble:
        return Compiler(origin, path, version, trouble)
    if not _is_pinned(version):
        return Compiler(origin, path, version, f"is version {version}, not {SOLC_LONG_VERSION}")
    return Compiler(origin, path, SOLC_LONG_VERSION)


def _is_pinned(version: str) -> bool:
    # Behind the commit stands the platform; a release candidate has its mark before the commit.
    return version == SOLC_LONG_VERSION or version.startswith(SOLC_LONG_VERSION + ".")


def _ask_version(*command: Path) -> tuple[str, str]:
    """(version, "") or (version if any, what went wrong)."""
    try:
        done = subprocess.run(
            [*map(str, command), "--version"],
            capture_output=True,
            text=True,
            errors="replace",
            timeout=30,
            check=False,
            stdin=subprocess.DEVNULL,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return "", f"does not run ({error})"
    match = _VERSION.search(done.stdout)
    if done.returncode or match is None:
        said = next(iter((done.stderr or done.stdout).strip().splitlines()), "nothing")
        return "", f"does not answer --version as solc does (exit {done.returncode}: {said})"
    return match[1], ""


def _npm_script(package: Path, folder: Path) -> Path:
    """Write (once per npm package on disk) a script that answers like native solc.

    py-solc-x asks for the version before every call, so the script knows the answer.
    """
    code = (package / "soljson.js").stat()
    launcher = hashlib.sha256(LAUNCHER.read_bytes()).hexdigest()
    node = shutil.which("node") or "node"
    identity = f"{package}\0{code.st_size}\0{code.st_mtime_ns}\0{launcher}\0{LAUNCHER}\0{node}"
    script = folder / f"solc-v{SOLC_VERSION}-{hashlib.sha256(identity.encode()).hexdigest()[:12]}"
    if script.exists():
        return script
    command = " ".join(shlex.quote(str(part)) for part in (node, LAUNCHER, package))
    folder.mkdir(parents=True, exist_ok=True)
    draft = folder / f"{script.name}.{os.getpid()}"
    draft.write_text(f'#!/bin/sh\nexec {command} "$@"\n', "utf-8")
    draft.chmod(0o755)
    version, trouble = _ask_version(draft)
    if trouble or not _is_pinned(version):
        draft.unlink()
        raise CompilerRefused(
            f"{package}: {trouble or f'is version {version}, not {SOLC_LONG_VERSION}'}",
            hint=ADVICE,
            path=str(package),
            version=version,
        )
    draft.write_text(
        "#!/bin/sh\n"
        "# Generated: npm's solc behind native solc's command line. Safe to delete.\n"
        f'[ "$1" = --version ] && {{ echo "Version: {version}"; exit 0; }}\n'
        f'exec {command} "$@"\n',
        "utf-8",
    )
    draft.replace(script)
    return script


def _download() -> Compiler | None:
    """Let py-solc-x fetch the pinned version; None where its site is out of reach."""
    import urllib.request

    from solcx import install

    address = install.BINARY_DOWNLOAD_BASE.format(install._get_os_name(), "list.json")
    try:
        # py-solc-x waits without limit, so look first whether anybody answers.
        urllib.request.urlopen(urllib.request.Request(address, method="HEAD"), timeout=5).close()  # noqa: S310 (py-solc-x's own https address)
        install.install_solc(SOLC_VERSION)
        found = _examine("download", Path(install.get_executable(SOLC_VERSION)))
    except Exception:  # any failure here means the same: go on without a download
        return None
    return None if found.refusal else found
