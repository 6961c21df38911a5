"""`diagnose` reports what is here and what to do about what is not, and never raises."""

from __future__ import annotations

from pathlib import Path

import pytest

from wallet.compiler import SOLC_VERSION, Finding, diagnose

REPOSITORY = Path(__file__).resolve().parents[2]


def by_name(findings: list[Finding]) -> dict[str, Finding]:
    return {each.name: each for each in findings}


def test_in_this_checkout_everything_needed_is_found(tmp_path: Path) -> None:
    found = by_name(diagnose(home=tmp_path / ".prepaid", project=REPOSITORY))
    assert {each.name for each in found.values() if each.required and not each.ok} == set()
    assert found[f"solc {SOLC_VERSION}"].ok
    assert found["OpenZeppelin"].found.startswith("5.7.0")
    assert found["anvil"].ok
    assert found["pyrevm"].ok


def test_on_a_bare_machine_every_finding_has_a_fix(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("SOLCX_BINARY_PATH", str(tmp_path / "solcx"))
    monkeypatch.setattr("wallet.compiler.locate.PACKAGE", tmp_path)
    findings = diagnose(home=tmp_path / ".prepaid", project=tmp_path)
    missing = {each.name for each in findings if not each.ok}
    assert {"Node", f"solc {SOLC_VERSION}", "OpenZeppelin", "anvil", "Brownie"} <= missing
    assert all(each.fix for each in findings if not each.ok)
    assert not any(each.fix for each in findings if each.ok)
    assert not any(each.required for each in findings if not each.ok), "the embedded chain works without them"


def test_the_named_compiler_is_the_one_judged(tmp_path: Path) -> None:
    finding = by_name(diagnose(project=REPOSITORY, solc=tmp_path / "solc"))[f"solc {SOLC_VERSION}"]
    assert not finding.ok
    assert "does not exist" in finding.found


def test_a_state_folder_that_is_a_file_is_reported(tmp_path: Path) -> None:
    (tmp_path / ".prepaid").write_text("")
    finding = by_name(diagnose(home=tmp_path / ".prepaid", project=REPOSITORY))["State folder"]
    assert not finding.ok
    assert "PREPAID_HOME" in finding.fix


def test_an_anvil_named_in_the_environment_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Doctor looks where `--chain anvil` looks."""
    program = tmp_path / "my-anvil"
    program.write_text("#!/bin/sh\necho anvil Version: 1.7.1\n")
    program.chmod(0o755)
    monkeypatch.setenv("PREPAID_ANVIL", str(program))
    (found,) = [one for one in diagnose(home=tmp_path, project=tmp_path) if one.name == "anvil"]
    assert found.ok
    assert str(program) in found.found
