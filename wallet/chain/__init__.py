"""Chains behind one protocol: what they offer is in `wallet.chain.base`, which one to use is decided here.

A backend is imported when it is opened, so that choosing revm costs nothing of eth-tester's import time.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from wallet.errors import InvalidInput

if TYPE_CHECKING:
    from wallet.chain.base import Chain, ChainOptions
    from wallet.home import Home

__all__ = [
    "BACKENDS",
    "ENDS_WITH_PROCESS",
    "ChainStatus",
    "chain_status",
    "discard_chain",
    "open_chain",
    "stop_chain",
]

BACKENDS: Final = ("eth-tester", "anvil", "revm", "hardhat", "rpc")
ENDS_WITH_PROCESS: Final = ("revm", "hardhat")
"""Those that end with the process that opened them."""


@dataclass(frozen=True, slots=True)
class ChainStatus:
    """A chain seen without opening it.

    `place` is its file, folder or URL; `kept` whether there is a chain to go on with; `pid` the process that
    serves (anvil) or holds (eth-tester) it, None if there is none.
    """

    name: str
    place: str
    kept: bool
    pid: int | None


def open_chain(spec: str, home: Home | None = None, options: ChainOptions | None = None) -> Chain:
    """Open, join or start the chain that `spec` names: eth-tester, anvil, revm, hardhat, or rpc:URL.

    Without a `home`, eth-tester lives in memory; anvil needs one. Raises InvalidInput for another spec and
    a ChainError (or AnvilMissing, HardhatMissing) where the chain is not as it should be.
    """
    name, url = _parsed(spec)
    if name == "eth-tester":
        from wallet.chain.eth_tester import EthTesterChain

        return EthTesterChain(None if home is None else _file(home), options)
    if name == "anvil":
        from wallet.chain.anvil import AnvilChain

        return AnvilChain(_folder(home), options)
    if name == "revm":
        from wallet.chain.revm import RevmChain

        return RevmChain(options)
    if name == "hardhat":
        from wallet.chain.hardhat import HardhatChain

        return HardhatChain(options)
    from wallet.chain.rpc import RpcChain

    return RpcChain(url, options)


def chain_status(spec: str, home: Home) -> ChainStatus:
    """What there is of a chain, starting and changing nothing."""
    name, url = _parsed(spec)
    if name == "eth-tester":
        from wallet.chain.eth_tester import holder

        path = _file(home)
        return ChainStatus(name, str(path), path.exists(), holder(path))
    if name == "anvil":
        from wallet.chain.anvil import status

        folder = _folder(home)
        record = status(folder)
        kept = record is not None or (folder / "process.json").exists()
        return ChainStatus(name, record.url if record else str(folder), kept, record.pid if record else None)
    if name in ENDS_WITH_PROCESS:
        return ChainStatus(name, "this process", False, None)
    from wallet.chain.jsonrpc import JsonRpc

    return ChainStatus(name, JsonRpc(url).shown, True, None)


def stop_chain(spec: str, home: Home) -> bool:
    """End the process behind a chain, keeping its state. False if none runs."""
    name, _ = _parsed(spec)
    if name != "anvil":
        return False
    from wallet.chain.anvil import stop

    return stop(_folder(home))


def discard_chain(spec: str, home: Home, lock_wait: float = 10.0) -> None:
    """Delete a chain without opening it, which also rids one of a damaged chain.

    Raises ChainBusy while another process uses it, Unsupported for one that is not ours to delete.
    """
    name, _ = _parsed(spec)
    if name == "eth-tester":
        from wallet.chain.eth_tester import discard

        discard(_file(home), lock_wait)
    elif name == "anvil":
        from wallet.chain.anvil import discard as discard_anvil

        discard_anvil(_folder(home), lock_wait)
    elif name == "rpc":
        from wallet.chain.errors import Unsupported

        raise Unsupported("be reset from here", name)


def _parsed(spec: str) -> tuple[str, str]:
    name, _, url = spec.partition(":")
    if name not in BACKENDS or (name == "rpc") != bool(url):
        raise InvalidInput(
            f"{name!r} is not a chain by itself" if name in BACKENDS else f"{name!r} is not a chain",
            hint="chains are eth-tester, anvil, revm, hardhat and rpc:URL",
            code="unknown-chain",
        )
    return name, url


def _file(home: Home) -> Path:
    return home.chains / "eth-tester.sqlite"


def _folder(home: Home | None) -> Path:
    if home is None:
        raise InvalidInput("anvil needs a state folder", hint="run `prepaid init`, or name one with --home")
    return home.chains / "anvil"
