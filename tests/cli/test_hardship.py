"""What goes wrong around a command: a chain that forgot, damaged keys, slips of the hand."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.cli.conftest import Run

Call = Callable[..., "Run"]


@pytest.mark.parametrize("option", ["--quiet", "--json"])
def test_what_the_chain_forgot_is_told_always(option: str, shop: Path, call: Call) -> None:
    """Neither option may hide what became of money; the result on stdout stays as it is."""
    mark = call("chain", "snapshot", "--json").data["snapshot"]
    call("account", "fund", "bob", "7")
    call("chain", "revert", mark)
    done = call("account", "balance", "alice", option)
    assert done.status == 0
    assert "The chain has forgotten: fund" in done.err
    assert "forgotten" not in done.out


def test_one_damaged_key_file_stops_nobody_else(shop: Path, call: Call, tmp_path: Path) -> None:
    """Others act; its own name reaches nobody, not even a development account so called."""
    keys = tmp_path / ".prepaid" / "keys"
    keys.mkdir(exist_ok=True)
    for name in ("mei", "bob"):
        (keys / f"{name}.json").write_text('{"a": 1}')
    done = call("card", "buy", "储值", "--as", "alice", "--yes", "--json")
    assert done.data["card"]
    assert str(keys / "mei.json") in done.err
    listed = call("account", "list", "--json")
    kinds = {one["name"]: one["kind"] for one in listed.data}
    assert (kinds["mei"], kinds["bob"], kinds["alice"]) == ("damaged", "damaged", "development")
    assert str(keys / "mei.json") in listed.err
    for name in ("mei", "bob"):
        opened = call("account", "fund", "alice", "1", "--as", name, "--json")
        assert (opened.status, opened.code) == (4, "keystore-damaged")
        assert f"{name}.json" in opened.envelope["error"]["message"]
        assert opened.envelope["error"]["hint"]
        assert call("account", "fund", name, "1", "--json").code == "keystore-damaged"


@pytest.mark.parametrize("words", ["deploy", "chain snapshot", "chain save x", "card list"])
@pytest.mark.parametrize(("lang", "said"), [("en", "as long as one command"), ("zh", "只存续一条命令")])
def test_a_chain_that_ends_with_the_command_is_no_place_to_deploy(
    words: str, lang: str, said: str, call: Call, tmp_path: Path
) -> None:
    """No success is claimed that the next command could not see, and no file is left."""
    call("init")
    before = sorted(tmp_path.rglob("*"))
    done = call("--chain", "revm", *words.split(), "--lang", lang, "--json")
    assert (done.status, done.code) == (2, "chain-passing")
    assert said in done.envelope["error"]["message"]
    assert "--chain anvil" in done.envelope["error"]["hint"]
    assert sorted(tmp_path.rglob("*")) == before
    assert call("--chain", "revm", "chain", "start", "--json").data["name"] == "revm"


def test_another_machine_joins_the_platform(shop: Path, call: Call, tmp_path: Path) -> None:
    """By the file that `deploy --out` writes; it then sees the same products and buys a card."""
    handed, there = str(tmp_path / "platform.json"), tmp_path / "there" / ".prepaid"
    first = call("deploy", "--out", handed, "--json").data
    call("init", "--home", str(there))
    shutil.copytree(shop / ".prepaid" / "chains", there / "chains", dirs_exist_ok=True)
    lost = call("product", "list", "--json", "--home", str(there))
    assert lost.code == "not-deployed"
    assert "prepaid deploy --join" in lost.envelope["error"]["hint"]
    joined = call("deploy", "--join", handed, "--json", "--home", str(there)).data
    assert (joined["created"], joined["factory"]) == ([], first["factory"])
    assert call("card", "buy", "储值", "--yes", "--json", "--home", str(there)).data["card"]
    assert call("deploy", "--join", handed, "--json", "--home", str(there)).status == 0


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"identity": "1-00"}, "1-00"),
        ({"factory": "0x" + "11" * 20}, "0x" + "11" * 20),
        ({"token": 5}, "token"),
        ({"block": "x"}, "block"),
        ({"identity": "../../x"}, "../../x"),
        (None, "not a readable"),
    ],
)
def test_a_file_that_does_not_fit_is_not_joined(
    change: dict[str, object] | None, said: str, shop: Path, call: Call, tmp_path: Path
) -> None:
    """Another chain, an address without a contract, a field or a file of nonsense: nothing is written."""
    kept = next((shop / ".prepaid" / "deployments").glob("*.json"))
    handed = tmp_path / "platform.json"
    handed.write_text(
        "nonsense" if change is None else json.dumps({**json.loads(kept.read_text()), **change})
    )
    kept.unlink()
    done = call("deploy", "--join", str(handed), "--json")
    assert (done.status, done.code) == (2, "deployment-unfit")
    assert said in done.envelope["error"]["message"]
    assert done.envelope["error"]["hint"]
    assert not list(kept.parent.iterdir())


def test_no_second_platform_is_joined_over_the_first(shop: Path, call: Call, tmp_path: Path) -> None:
    kept = next((shop / ".prepaid" / "deployments").glob("*.json"))
    before = json.loads(kept.read_text())
    handed = tmp_path / "platform.json"
    handed.write_text(json.dumps({**before, "factory": before["token"]}))
    done = call("deploy", "--join", str(handed), "--json")
    assert (done.status, done.code) == (2, "deployment-unfit")
    assert json.loads(kept.read_text()) == before


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ("chain advance -1", "invalid-span", "-1 is not a span of time"),
        ("chain advance -1d", "invalid-span", "is not a span of time"),
        ("account fund alice -1", "invalid-amount", "-1 is not an amount in yuan"),
        ("card charge 3f2a -1 --number 1", "invalid-amount", "-1 is not an amount in yuan"),
        ("merchant tier bob -1", "usage", "-1 is not a whole number"),
        ("chain revert -1", "usage", "there is no option -1 here"),
        ("card list -1", "usage", "there is no option -1 here"),
    ],
)
def test_a_negative_number_is_refused_as_what_it_was_meant_for(
    words: str, code: str, said: str, call: Call
) -> None:
    call("init")
    done = call(*words.split(), "--json")
    assert (done.status, done.code) == (2, code)
    assert said in done.envelope["error"]["message"]
    assert done.envelope["error"]["hint"]
