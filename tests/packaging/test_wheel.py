"""The wheel, installed into an environment of its own and used far from this repository."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

from wallet.compiler import template_names
from wallet.compiler.artefacts import SHIPPED

REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("dist")
    command = [
        sys.executable,
        "-m",
        "build",
        "--wheel",
        "--no-isolation",
        "--outdir",
        str(out),
        str(REPOSITORY),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    (built,) = out.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh environment with the wheel; its other packages are this environment's, by path."""
    venv = tmp_path_factory.mktemp("a fresh place") / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(venv)], check=True, timeout=60)
    python = venv / "bin" / "python"
    pip = [
        sys.executable,
        "-m",
        "pip",
        "--python",
        str(python),
        "install",
        "--no-deps",
        "--no-index",
        str(wheel),
    ]
    subprocess.run(pip, check=True, capture_output=True, timeout=120)
    (site,) = venv.glob("lib/python*/site-packages")
    # Lines of a .pth file are not read for .pth files themselves, so the editable install stays out.
    (site / "others.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return venv


def run(venv: Path, code: str, folder: Path, **environment: str) -> str:
    """Output of `code` run by the fresh environment in `folder`."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "PREPAID"))}
    done = subprocess.run(
        [str(venv / "bin" / "python"), "-c", code],
        cwd=folder,
        env={**clean, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_carries_what_it_should_and_nothing_else(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {f"wallet/artefacts/{path.name}" for path in SHIPPED.glob("*.json")} <= names
    assert {f"wallet/sources/templates/{name}.sol" for name in template_names()} <= names
    assert {"wallet/compiler/solcjs.js", "wallet/scenario/scenario.schema.json"} <= names
    templates = (REPOSITORY / "wallet/scenario/report/templates").iterdir()
    assert {f"wallet/scenario/report/templates/{path.name}" for path in templates} <= names
    tops = {name.split("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"wallet", "cli"}
    assert not {name for name in names if "/mocks/" in name or "/tests/" in name}


def test_the_import_names_are_ours(installed: Path, tmp_path: Path) -> None:
    """A package index has an unrelated `wallet`; and the checkout must not leak in either."""
    found = run(installed, "import wallet, cli; print(wallet.__file__); print(cli.__file__)", tmp_path)
    for path in found.split("\n")[:-1]:
        assert Path(path).is_relative_to(installed)


def test_loads_artefacts_without_any_compiler(installed: Path, tmp_path: Path) -> None:
    code = "from wallet.compiler import load_artefact; print(len(load_artefact('SubWallet').runtime))"
    assert int(run(installed, code, tmp_path, PATH="/nowhere")) > 1000


def test_a_copied_template_compiles_then_needs_no_compiler(installed: Path, tmp_path: Path) -> None:
    """After one compilation the compiler may go away, until the source changes."""
    rules, cache = tmp_path / "my rules", tmp_path / "cache"
    compile_here = f"""
import json
from pathlib import Path
from wallet.compiler import CompilerMissing, compile_folder, template_source
rule = Path({str(rules)!r}, "MyRule.sol")
if not rule.exists():
    rule.parent.mkdir()
    rule.write_text(template_source("StoredValue", rename="MyRule"), "utf-8")
try:
    done = compile_folder(rule.parent, cache=Path({str(cache)!r}), solc=SOLC, download=False)
    print(json.dumps([done.compiled, done.artefact("MyRule").runtime.hex()]))
except CompilerMissing as error:
    print(json.dumps(["missing", error.exit_status]))
"""
    solc = f"Path({str(REPOSITORY / 'node_modules' / 'solc')!r})"
    nothing = {"PATH": "/nowhere", "SOLCX_BINARY_PATH": str(tmp_path / "none")}
    compiled, first = json.loads(run(installed, compile_here.replace("SOLC", solc), tmp_path))
    assert compiled == ["MyRule.sol"]
    without = compile_here.replace("SOLC", "None")
    assert json.loads(run(installed, without, tmp_path, **nothing)) == [[], first]
    changed = (rules / "MyRule.sol").read_text("utf-8") + "// changed\n"
    (rules / "MyRule.sol").write_text(changed, "utf-8")
    assert json.loads(run(installed, without, tmp_path, **nothing)) == ["missing", 4]


def test_the_command_answers(installed: Path, tmp_path: Path) -> None:
    command = [str(installed / "bin" / "prepaid"), "--help"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    assert "doctor" in done.stdout


def test_plays_scenarios_and_brings_them_to_pytest(installed: Path, tmp_path: Path) -> None:
    """The starter of the installed command passes under the installed plugin, in a strict project."""
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = --strict-markers\nfilterwarnings = error\n")
    new = 'from cli.main import main; assert main(["scenario", "new", "first.scenario.yaml", "-q"]) == 0'
    run(installed, new, tmp_path)
    test = 'import pytest; pytest.main(["-q", "-p", "no:cacheprovider", "-m", "first"])'
    assert "2 passed" in run(installed, test, tmp_path, PATH="/nowhere")
