"""docs/chains.md says of each backend what the backend says of itself."""

from __future__ import annotations

from pathlib import Path

from wallet.chain.anvil import AnvilChain
from wallet.chain.base import Capability, Chain
from wallet.chain.eth_tester import EthTesterChain
from wallet.chain.hardhat import HardhatChain
from wallet.chain.revm import RevmChain
from wallet.chain.rpc import RpcChain

PAGE = Path(__file__).resolve().parents[2] / "docs" / "chains.md"
LABORATORY = {"SNAPSHOT", "TIME_TRAVEL", "MINE", "SET_BALANCE", "TRACE"}


def _table() -> dict[str, dict[str, str]]:
    """Capability -> chain -> what the page says."""
    rows = [line.strip("| \n").split(" | ") for line in PAGE.read_text("utf-8").splitlines() if "|" in line]
    (head,) = [row for row in rows if row[0] == "eth-tester"]
    names = [cell.strip() for cell in head]
    known = {row[0]: row[1:] for row in rows if row[0] in Capability.__members__}
    return {
        name: dict(zip(names, (cell.strip() for cell in cells), strict=True)) for name, cells in known.items()
    }


def test_the_page_lists_every_ability_as_the_code_has_it(shared_hardhat: HardhatChain) -> None:
    table = _table()
    assert set(table) == set(Capability.__members__)
    kinds: list[Chain | type] = [EthTesterChain, AnvilChain, RevmChain, RpcChain, shared_hardhat]
    for kind in kinds:
        can = {one.name for one in kind.capabilities}  # type: ignore[union-attr]
        for name, said in table.items():
            if kind is RpcChain and name in LABORATORY:
                assert said["rpc"] == "asked"
            else:
                assert said[kind.name] == ("yes" if name in can else "–"), (kind, name)  # type: ignore[union-attr]
