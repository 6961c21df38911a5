"""What goes wrong around a command: a chain that forgot, damaged keys, slips of the hand."""

from __future__ import annotations

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
