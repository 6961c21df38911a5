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
