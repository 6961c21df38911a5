"""Consumptions per second, from the merchant's charge to the event in the receipt, on each backend.

Both ways do the same to the same cards of the same chain, in turn: the merchant signs the charge and the
consumer checks it, the consumer signs and its signature is checked, the call is run before it is sent, the
transaction is written down before it leaves, and receipt and event are read.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.figures import Details, Figure, alternate, median_ratio, seconds
from benchmarks.town import Town, open_town
from wallet.chain import open_chain
from wallet.chain.base import Chain
from wallet.compiler.artefacts import load_artefact
from wallet.home import Home
from wallet.services.stream import pay_many
from wallet.signing.dev import MNEMONIC
from wallet.signing.policy import Policy

CARRIER = 19
"""Development account that carries for the plain way, so that the two never share a nonce."""


@dataclass(frozen=True, slots=True)
class Size:
    """How much is done on one backend: cards, rounds, and consumptions a round for either way."""

    cards: int
    rounds: int
    ours: int
    plain: int


FULL = {
    "anvil": Size(cards=40, rounds=5, ours=600, plain=60),
    "rpc": Size(cards=40, rounds=3, ours=600, plain=60),
    "eth-tester": Size(cards=10, rounds=3, ours=60, plain=20),
    "revm": Size(cards=40, rounds=3, ours=600, plain=0),
}
QUICK = {
    "anvil": Size(cards=2, rounds=1, ours=40, plain=4),
    "rpc": Size(cards=2, rounds=1, ours=40, plain=4),
    "eth-tester": Size(cards=2, rounds=1, ours=4, plain=2),
    "revm": Size(cards=2, rounds=1, ours=40, plain=0),
}
REACH = {"anvil": 10.0}


def measure(folder: Path, *, quick: bool) -> Iterator[Figure]:
    """One figure a backend; revm has no web3.py way and stands beside the one on anvil."""
    plain_on_anvil: float | None = None
    for backend, size in (QUICK if quick else FULL).items():
        place = folder / backend
        with _town(place, backend, size.cards) as town:
            figure = _measure(town, backend, size, place, plain_on_anvil)
        if backend == "anvil":
            plain_on_anvil = float(figure.details["plain_per_second"])
        yield figure


def _measure(town: Town, backend: str, size: Size, place: Path, elsewhere: float | None) -> Figure:
    details: Details = {"cards": size.cards, "per_round": size.ours}
    if size.plain:
        keeping, bare = PlainWay(town, place / "plain.sqlite"), PlainWay(town, None)
        fast, slow, slow_bare = alternate(
            size.rounds,
            lambda: ours_per_second(town, size.ours),
            lambda: keeping.per_second(size.plain),
            lambda: bare.per_second(size.plain),
        )
        ratio: float | None = median_ratio(fast, slow)
        details["plain_per_second"] = round(median(slow), 1)
        details["plain_without_journal_per_second"] = round(median(slow_bare), 1)
        details["ratio_to_plain_without_journal"] = round(median_ratio(fast, slow_bare), 2)
        against = "plain web3.py on the same chain"
    else:
        (fast,) = alternate(size.rounds, lambda: ours_per_second(town, size.ours))
        ratio = None if elsewhere is None else median(fast) / elsewhere
        against = "plain web3.py on anvil (revm has none)"
    town.check()
    details["ours_per_second"] = round(median(fast), 1)
    return Figure(
        f"consume-{backend}",
        f"consumptions a second on {backend}, against {against}",
        ratio,
        better="least",
        reach=REACH.get(backend),
        details=details,
    )


def ours_per_second(town: Town, count: int) -> float:
    """Through the services."""
    uses = town.uses(count)
    orders = [use.order for use in uses]
    done: list[Any] = []
    taken = seconds(
        lambda: done.extend(pay_many(town.context, town.merchant, town.consumer, orders, Policy()))
    )
    for use, one in zip(uses, done, strict=True):
        assert not one.error, one.message
        assert (one.paid, one.used) == (use.pays, use.after.used)
    return count / taken


class PlainWay:
    """The same through web3.py."""

    def __init__(self, town: Town, journal: Path | None) -> None:
        from benchmarks.plain import PlainTill

        self.town = town
        keys = dict(
            zip(("operator", "merchant", "consumer", "carrier"), _keys(0, 1, 2, CARRIER), strict=True)
        )
        self._till = lambda: PlainTill(web3, load_artefact("SubWallet").abi, keys, journal)
        web3 = _web3_of(town.context.chain)

    def per_second(self, count: int) -> float:
        """Consumptions a second over `count`."""
        from benchmarks.plain import Sale

        till = self._till()
        sales = [
            Sale(
                use.record.wallet,
                use.record.card,
                use.record.terms.values(),
                use.after.used,
                use.after.listed,
                use.pays,
                use.order.number,
            )
            for use in self.town.uses(count)
        ]
        paid: list[int] = []
        taken = seconds(lambda: paid.extend(till.consume(sale) for sale in sales))
        assert paid == [sale.pays for sale in sales]
        return count / taken


def _keys(*numbers: int) -> list[bytes]:
    """Keys of development accounts, as eth_account derives them."""
    from eth_account import Account

    Account.enable_unaudited_hdwallet_features()
    made = (Account.from_mnemonic(MNEMONIC, account_path=f"m/44'/60'/0'/0/{n}") for n in numbers)
    return [bytes(one.key) for one in made]


def _web3_of(chain: Chain) -> Any:
    web3 = chain.web3()  # type: ignore[attr-defined]  # only some backends have it
    assert web3.is_connected()
    return web3


@contextmanager
def _town(place: Path, backend: str, cards: int) -> Iterator[Town]:
    home = Home.create(place / ".prepaid")
    with ExitStack() as stack:
        chain = open_chain("anvil" if backend == "rpc" else backend, home)
        stack.callback(getattr(chain, "stop", chain.close))
        if backend == "rpc":
            chain = open_chain(f"rpc:{chain.endpoint}", home)
            stack.callback(chain.close)
        town = stack.enter_context(open_town(place, chain))
        town.settle(cards)
        yield town
