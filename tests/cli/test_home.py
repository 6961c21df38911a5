"""init, doctor, policy, accounts and templates: commands that need no chain."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Run

Call = Callable[..., "Run"]


def _tree(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_init_makes_a_folder_once(call: Call, tmp_path: Path) -> None:
    first = call("init", "--json").data
    assert first["created"] is True
    assert Path(first["home"]) == tmp_path / ".prepaid"
    before = _tree(tmp_path)
    assert call("init", "--json").data["created"] is False
    assert _tree(tmp_path) == before


def test_a_home_is_found_upwards_or_named(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As git finds its folder; --home and PREPAID_HOME come first."""
    call("init")
    deep = tmp_path / "a" / "b"
    deep.mkdir(parents=True)
    monkeypatch.chdir(deep)
    assert call("policy", "set", "--per-day", "100", "--json").status == 0
    assert (tmp_path / ".prepaid" / "policy.toml").exists()
    other = tmp_path / "path with spaces"
    assert call("--home", str(other), "init", "--json").data["home"] == str(other)
    assert call("policy", "show", "--json", "--home", str(other)).data["per_day"] is None
    monkeypatch.setenv("PREPAID_HOME", str(other))
    assert call("policy", "show", "--json").data["per_day"] is None


def test_without_a_home_the_way_out_is_named(call: Call) -> None:
    done = call("policy", "show", "--json")
    assert (done.status, done.code) == (4, "home-missing")
    assert "prepaid init" in done.envelope["error"]["hint"]


def test_a_damaged_home_is_said_and_kept(call: Call, tmp_path: Path) -> None:
    call("init")
    config = tmp_path / ".prepaid" / "config.toml"
    config.write_text("schema = ")
    before = _tree(tmp_path)
    done = call("policy", "show", "--json")
    assert (done.status, done.code) == (4, "home-unreadable")
    assert str(config) in done.envelope["error"]["message"]
    assert _tree(tmp_path) == before


def test_doctor_names_a_fix_for_everything_missing(call: Call) -> None:
    done = call("doctor", "--json")
    findings = done.envelope["data"]["findings"]
    assert {"Python", "Node", "State folder"} <= {finding["name"] for finding in findings}
    assert all(finding["ok"] or finding["fix"] for finding in findings)
    shown = call("doctor").out
    assert all(finding["name"] in shown for finding in findings)


def test_doctor_fails_when_something_required_is_missing(call: Call, tmp_path: Path) -> None:
    """A state folder that is a file: data and error are both there."""
    blocked = tmp_path / "file"
    blocked.write_text("")
    done = call("doctor", "--json", "--home", str(blocked))
    assert done.status == 4
    assert done.code == "incomplete"
    assert done.envelope["data"]["findings"]


@pytest.mark.parametrize("option", ["--per-charge", "--per-day"])
@pytest.mark.parametrize(
    "amount",
    ["1e3", "-1", "0", "0.001", "１２", "10000000000000.00", "", "1,000", "+1", "0x10", "NaN", "1_000"],
)
def test_bad_amounts_change_nothing(option: str, amount: str, call: Call, tmp_path: Path) -> None:
    """Each is one clear error that names value and place."""
    call("init")
    call("policy", "set", "--per-charge", "500")
    before = _tree(tmp_path)
    done = call("policy", "set", option, amount, "--json")
    assert done.status == 2
    if amount:
        assert done.code == "invalid-amount"
        assert option in done.envelope["error"]["message"]
    assert done.envelope["error"]["hint"]
    assert _tree(tmp_path) == before


def test_policy_rules_are_set_one_by_one(call: Call) -> None:
    call("init")
    call("policy", "set", "--per-charge", "500", "--over", "refuse")
    merchant = "0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC"
    call("policy", "set", "--per-day", "2000.50", "--merchant", merchant)
    data = call("policy", "show", "--json").data
    assert data["per_charge"] == {"fen": 50_000, "outcome": "refuse"}
    assert data["per_day"] == {"fen": 200_050, "outcome": "ask"}
    assert data["merchants"] == {"merchants": [merchant], "outcome": "ask"}
    data = call("policy", "set", "--over", "refuse", "--json").data
    assert {data[rule]["outcome"] for rule in ("per_charge", "per_day", "merchants")} == {"refuse"}
    data = call("policy", "set", "--per-day", "none", "--any-merchant", "--json").data
    assert data["per_day"] is data["merchants"] is None
    assert "500.00" in call("policy", "show").out


@pytest.mark.parametrize(
    "args",
    [
        (),
        ("--over", "maybe"),
        ("--merchant", "0x3c44CdDdB6a900fa2b585dd299e03d12FA4293BC"),
        ("--merchant", "0x3C44"),
        ("--merchant", "x", "--any-merchant"),
    ],
)
def test_bad_policies_change_nothing(args: tuple[str, ...], call: Call, tmp_path: Path) -> None:
    call("init")
    before = _tree(tmp_path)
    assert call("policy", "set", *args, "--json").status == 2
    assert _tree(tmp_path) == before


def test_an_account_is_made_with_a_password_from_a_file(call: Call, tmp_path: Path) -> None:
    call("init")
    secret = tmp_path / "secret"
    secret.write_text("correct horse\n")
    made = call("account", "new", "mei", "--password-file", str(secret), "--json").data
    assert json.loads(Path(made["path"]).read_text())["version"] == 3
    before = _tree(tmp_path)
    again = call("account", "new", "mei", "--password-file", str(secret), "--json")
    assert (again.status, again.code) == (2, "account-exists")
    assert _tree(tmp_path) == before
    copied = call(
        "account", "import", "copy", "--keystore", made["path"], "--password-file", str(secret), "--json"
    )
    assert copied.code == "account-exists"


@pytest.mark.parametrize("args", [(), ("--password-file", "nowhere"), ("--password-file", "empty")])
def test_without_a_password_no_account_is_made(args: tuple[str, ...], call: Call, tmp_path: Path) -> None:
    call("init")
    (tmp_path / "empty").write_text("\n")
    before = _tree(tmp_path)
    done = call("account", "new", "mei", *args, "--json")
    assert done.status in (2, 4)
    assert done.envelope["error"]["hint"]
    assert _tree(tmp_path) == before


@pytest.mark.parametrize("name", ["", "Mei Li", "../x", "a" * 40, "美"])
def test_bad_account_names_are_refused(name: str, call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    call("init")
    monkeypatch.setenv("PREPAID_PASSWORD", "x")
    done = call("account", "new", name, "--json")
    assert (done.status, done.code) == (2, "invalid-account")


def test_a_development_key_is_not_imported(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Everybody knows it, so it must not look like somebody's own."""
    call("init")
    monkeypatch.setenv("PREPAID_PASSWORD", "x")
    key = tmp_path / "key"
    key.write_text("ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80")
    done = call("account", "import", "mine", "--key-file", str(key), "--json")
    assert (done.status, done.code) == (5, "public-key-known")
    key.write_text("ab" * 31)
    assert call("account", "import", "mine", "--key-file", str(key), "--json").code == "invalid-key"


def test_a_template_is_copied_renamed_and_never_overwritten(call: Call, tmp_path: Path) -> None:
    path = Path(call("template", "new", "Mine", "--json").data["path"])
    text = path.read_text()
    assert "contract Mine" in text
    assert 'from "prepaid/' in text
    path.write_text("my work")
    done = call("template", "new", "Mine", "--json")
    assert (done.status, done.code) == (2, "file-exists")
    assert path.read_text() == "my work"
    assert call("template", "new", "a b", "--json").code == "invalid-name"
    assert call("template", "new", "Other", "--from", "Nothing", "--json").code == "no-template"
    assert not (tmp_path / "Other.sol").exists()


def test_a_wrong_compiler_named_outright_is_refused_even_if_nothing_changed(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The cache would need no compiler, but who names one is told that it is the wrong one."""
    monkeypatch.chdir(tmp_path)
    call("init")
    call("template", "new", "Mine")
    assert call("compile", "--json").status == 0
    old = tmp_path / "solc"
    old.write_text("#!/bin/sh\necho solc\necho Version: 0.8.20+commit.a1b79de6.Linux.g++\n")
    old.chmod(0o755)
    refused = call("compile", "--solc", str(old), "--json")
    assert (refused.status, refused.code) == (4, "compiler-refused")
    assert "0.8.20" in refused.envelope["error"]["message"]
