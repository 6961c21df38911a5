"""Which compiler is used, which are refused, and what is said when there is none.

Real processes throughout: small scripts stand for other people's compilers.
"""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from wallet.compiler import (
    SOLC_LONG_VERSION,
    SOLC_VERSION,
    CompilerMissing,
    CompilerRefused,
    candidates,
    find_compiler,
)
from wallet.compiler.locate import LAUNCHER, node_modules

REPOSITORY = Path(__file__).resolve().parents[2]
SYSTEM_PATH = os.pathsep.join(("/usr/local/bin", "/usr/bin", "/bin"))


def fake_solc(path: Path, version: str) -> Path:
    """A program that answers --version like solc and can do nothing else."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        f'#!/bin/sh\n[ "$1" = --version ] || exit 1\necho "solc, the compiler"\necho "Version: {version}"\n'
    )
    path.chmod(0o755)
    return path


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine without any compiler: empty py-solc-x folder, empty PATH, no node_modules anywhere above."""
    monkeypatch.setenv("SOLCX_BINARY_PATH", str(tmp_path / "solcx"))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    # The package itself stands below the repository's node_modules: pretend it is installed elsewhere.
    monkeypatch.setattr("wallet.compiler.locate.PACKAGE", tmp_path / "site")
    return tmp_path


def npm_solc(project: Path, version: str) -> Path:
    package = project / "node_modules" / "solc"
    package.mkdir(parents=True)
    (package / "package.json").write_text(json.dumps({"name": "solc", "version": version}))
    (package / "soljson.js").write_text("")
    return package


def test_none_anywhere_says_how_to_get_one(bare: Path) -> None:
    with pytest.raises(CompilerMissing) as raised:
        find_compiler(start=bare, download=False)
    assert raised.value.exit_status == 4
    assert f"no solc {SOLC_VERSION}" in raised.value.message
    assert "npm install" in raised.value.hint
    assert "--solc" in raised.value.hint


def test_order_is_own_then_path_then_npm(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each better place wins as soon as it is there."""
    monkeypatch.setenv("PATH", os.pathsep.join((str(bare / "bin"), SYSTEM_PATH)))
    npm_solc(bare, SOLC_VERSION)
    assert find_compiler(start=bare).origin == "npm"
    fake_solc(bare / "bin" / "solc", f"{SOLC_LONG_VERSION}.Linux.g++")
    assert find_compiler(start=bare).origin == "PATH"
    fake_solc(bare / "solcx" / f"solc-v{SOLC_VERSION}", f"{SOLC_LONG_VERSION}.Linux.g++")
    assert find_compiler(start=bare).origin == "py-solc-x"
    named = fake_solc(bare / "mine" / "solc-of-mine", f"{SOLC_LONG_VERSION}.Darwin.appleclang")
    assert find_compiler(start=bare, explicit=named).path == named


@pytest.mark.parametrize(
    "version",
    [
        "0.8.36+commit.11111111.Linux.g++",
        "0.8.38+commit.11111111.Linux.g++",
        "0.8.37-nightly.2026.1.1+commit.f401782d.Linux.g++",
        "0.8.37+commit.f401782d5.Linux.g++",
        "0.8.370+commit.f401782d.Linux.g++",
    ],
)
def test_any_other_version_is_refused(bare: Path, version: str) -> None:
    path = fake_solc(bare / "solc", version)
    with pytest.raises(CompilerRefused) as raised:
        find_compiler(explicit=path, start=bare)
    assert version in raised.value.message
    assert raised.value.exit_status == 4


def test_other_versions_at_implicit_places_are_passed_over_and_named(bare: Path) -> None:
    fake_solc(bare / "bin" / "solc", "0.8.30+commit.73712a01.Linux.g++")
    npm_solc(bare, "0.8.20")
    with pytest.raises(CompilerMissing) as raised:
        find_compiler(start=bare, download=False)
    assert "0.8.30" in raised.value.message
    assert "0.8.20" in raised.value.message


@pytest.mark.parametrize(
    "content", ["", "#!/bin/sh\nexit 3\n", "#!/no/such/interpreter\n", "#!/bin/sh\necho Version 7\n"]
)
def test_something_that_is_no_compiler_is_refused(bare: Path, content: str) -> None:
    path = bare / "solc"
    path.write_text(content)
    path.chmod(0o755)
    with pytest.raises(CompilerRefused):
        find_compiler(explicit=path, start=bare)


def test_a_path_that_does_not_exist_is_refused(bare: Path) -> None:
    with pytest.raises(CompilerRefused, match="does not exist"):
        find_compiler(explicit=bare / "nowhere", start=bare)


def test_npm_needs_node(bare: Path) -> None:
    npm_solc(bare, SOLC_VERSION)
    assert [each.refusal for each in candidates(bare)] == ["needs node, which is not on PATH"]


def test_node_modules_are_found_upwards(bare: Path) -> None:
    npm_solc(bare, SOLC_VERSION)
    deep = bare / "a" / "b"
    deep.mkdir(parents=True)
    assert next(node_modules(deep)) == bare / "node_modules"


def test_npm_package_that_lies_about_its_version_is_caught(
    bare: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The description says the pinned version, the compiler inside is another one."""
    monkeypatch.setenv("PATH", os.pathsep.join((str(bare / "bin"), SYSTEM_PATH)))
    package = npm_solc(bare, SOLC_VERSION)
    (package / "index.js").write_text('exports.version = () => "0.8.1+commit.df193b15.Emscripten.clang";')
    compiler = find_compiler(start=bare, download=False)
    with pytest.raises(CompilerRefused, match=r"0\.8\.1"):
        compiler.executable(bare / "scratch")


def test_npm_script_works_behind_spaces_and_knows_its_version(tmp_path: Path) -> None:
    folder = tmp_path / 'a folder\'s name with "quotes"'
    compiler = next(each for each in candidates(REPOSITORY) if each.origin == "npm")
    script = compiler.executable(folder)
    assert script == compiler.executable(folder), "written once"
    answer = subprocess.run(
        [script, "--version"], capture_output=True, text=True, check=True, env={"PATH": ""}
    )
    assert answer.stdout.splitlines()[-1].startswith(f"Version: {SOLC_LONG_VERSION}.")


def test_launcher_answers_pure_json_longer_than_a_pipe(tmp_path: Path) -> None:
    """npm's own solcjs prints a line before the JSON and cuts it when stdout is a pipe."""
    functions = "".join(
        f"function f{i}(uint a) external pure returns (uint) {{ return a + {i}; }}" for i in range(700)
    )
    request = {
        "language": "Solidity",
        "sources": {"a.sol": {"content": f"contract A {{ {functions} }}"}},
        "settings": {"outputSelection": {"*": {"*": ["abi", "evm.methodIdentifiers"]}}},
    }
    answer = subprocess.run(
        [str(LAUNCHER), "--standard-json"],
        input=json.dumps(request),
        capture_output=True,
        text=True,
        check=True,
    )
    assert len(answer.stdout) > 65536
    assert len(json.loads(answer.stdout)["contracts"]["a.sol"]["A"]["abi"]) == 700


def test_launcher_reads_imports_only_inside_the_roots_it_was_given(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "Good.sol").write_text("contract Good {}")
    (tmp_path / "Secret.sol").write_text("contract Secret {}")
    (tmp_path / "in" / "Link.sol").symlink_to(tmp_path / "Secret.sol")

    def errors(name: str) -> list[str]:
        request = {
            "language": "Solidity",
            "sources": {"a.sol": {"content": f'import "{name}";'}},
            "settings": {"outputSelection": {"*": {"*": ["abi"]}}},
        }
        command = [str(LAUNCHER), "--standard-json", "--base-path", str(tmp_path / "in")]
        done = subprocess.run(command, input=json.dumps(request), capture_output=True, text=True, check=True)
        return [each["message"] for each in json.loads(done.stdout)["errors"] if each["severity"] == "error"]

    assert errors("Good.sol") == []
    assert "not found" in errors("Link.sol")[0]
    assert "not found" in errors(str(tmp_path / "Secret.sol"))[0]


def test_launcher_refuses_flags_it_does_not_know() -> None:
    done = subprocess.run([str(LAUNCHER), "--gas"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, "unrecognised option '--gas'\n")
