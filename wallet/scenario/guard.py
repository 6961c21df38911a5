"""What has to hold after every step, whatever a scenario expects: no fen is lost, made or unexplained.

Card by card, sub-wallet by sub-wallet against the token's own balance, and for everybody against the token's
events; and a step that was refused has changed nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import fields
from typing import TYPE_CHECKING

from wallet.bindings.digital_yuan import DigitalYuan
from wallet.bindings.events import Swept, Transfer
from wallet.bindings.runtime import ask
from wallet.chain.base import Log
from wallet.scenario.matcher import shown_as
from wallet.scenario.result import CardLook, Event, Look
from wallet.services.custody import CardMoney, every_card

if TYPE_CHECKING:
    from wallet.scenario.world import World

Finding = tuple[str, str, str]
"""What was looked at, what had to be, what was."""
Key = tuple[str, str]
"""A sub-wallet and a token."""


class Guard:
    """Holds each step against the one before."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._surplus: dict[Key, int] = {}

    def begin(self, first: Look) -> None:
        """From here on; also where the chain went back, so that what was noted is no longer so."""
        held = self._held(every_card(self._world.context), first)
        self._surplus = {key: has - needed for key, (has, needed) in held.items()}

    def check(self, before: Look, after: Look, logs: Sequence[Log]) -> list[Finding]:
        """All that does not add up after a step with these logs."""
        cards = every_card(self._world.context)
        return [
            *self._cards(cards),
            *self._wallets(cards, after, logs),
            *self._everybody(before, after, logs),
        ]

    def _cards(self, cards: list[CardMoney]) -> Iterator[Finding]:
        for one in cards:
            if not one.balanced:
                name = self._world.card_name(one.record.card)
                places = one.released + one.refunded + one.held + one.due
                yield f"conservation: card {name}", money(one.paid_in), money(places)

    def _wallets(self, cards: list[CardMoney], after: Look, logs: Sequence[Log]) -> Iterator[Finding]:
        """What a sub-wallet has beyond its cards changes only by what others send there, or by sweeping."""
        speaking = {(log.tx_hash, log.address) for log in logs}
        for key, (has, needed) in self._held(cards, after).items():
            wallet, token = key
            expected = self._surplus.get(key, 0)
            for log in logs:
                if log.address == token and log.topics[:1] == (Transfer.TOPIC,):
                    moved = Transfer.decode(log)
                    if moved.to == wallet and (log.tx_hash, wallet) not in speaking:
                        expected += moved.value
                elif log.address == wallet and log.topics[:1] == (Swept.TOPIC,):
                    swept = Swept.decode(log)
                    expected -= swept.amount if swept.token == token else 0
            if has - needed != expected:
                name = self._world.name_of(wallet)
                yield f"conservation: {name}", money(needed + expected), money(has)
            self._surplus[key] = has - needed

    def _held(self, cards: list[CardMoney], after: Look) -> dict[Key, tuple[int, int]]:
        """By sub-wallet and token, what it has and what its cards need of that."""
        world, token = self._world, self._world.context.platform.token
        needed: dict[Key, int] = {}
        names = {address: name for address, name in world.places().items() if name.startswith("wallet of ")}
        for address in names:
            needed[address, token] = 0
        for one in cards:
            key = one.record.wallet, one.record.terms.token
            needed[key] = needed.get(key, 0) + one.held + one.due
        return {
            key: (
                after.balances[names[key[0]]] if key[0] in names and key[1] == token else self._ask(key),
                fen,
            )
            for key, fen in needed.items()
        }

    def _ask(self, key: Key) -> int:
        wallet, token = key
        return ask(self._world.chain, DigitalYuan(token).balance_of(wallet))

    def _everybody(self, before: Look, after: Look, logs: Sequence[Log]) -> Iterator[Finding]:
        """Everybody's balance changed by what the token says was moved, and all balances are all money."""
        world, token = self._world, self._world.context.platform.token
        names = world.everything()
        explained: dict[str, int] = {}
        for log in logs:
            if log.address == token and log.topics[:1] == (Transfer.TOPIC,):
                moved = Transfer.decode(log)
                for address, fen in ((moved.from_, -moved.value), (moved.to, moved.value)):
                    name = names.get(address, address)
                    explained[name] = explained.get(name, 0) + fen
        for name, has in after.balances.items():
            expected = before.balances.get(name, 0) + explained.get(name, 0)
            if has != expected:
                yield f"conservation: money of {name}", money(expected), money(has)
        supply = ask(world.chain, DigitalYuan(token).total_supply())
        if (total := sum(after.balances.values())) != supply:
            yield "conservation: everybody's money together", money(supply), money(total)


def unchanged(before: Look, after: Look, events: Sequence[Event], *, wholly: bool) -> list[Finding]:
    """What a step changed that was to change nothing. Time passes, and what hangs on it alone.

    Unless `wholly`, what a refused step had prepared may stay: a sub-wallet, and what it may draw.
    """
    found: list[Finding] = []
    for name in {**before.balances, **after.balances}:
        was, now = before.balances.get(name, 0), after.balances.get(name, 0)
        if was != now:
            found.append((f"unchanged: money of {name}", money(was), money(now)))
    for name, card in after.cards.items():
        found += _card_changes(name, before.cards.get(name), card)
    for name, standing in after.merchants.items():
        if (stood := before.merchants.get(name, standing)) != standing:
            found.append((f"unchanged: merchant {name}", stood, standing))
    for event in events:
        if wholly or not _is_preparation(event):
            found.append(("unchanged: events", "none", f"{event.contract}: {event.name}"))
    return found


def _is_preparation(event: Event) -> bool:
    if event.name == "Approval":
        return str(event.values.get("spender", "")).startswith("wallet of ")
    return event.name == "SubWalletCreated"


def _card_changes(name: str, was: CardLook | None, now: CardLook) -> list[Finding]:
    if was is None:
        return [(f"unchanged: card {name}", "no such card", now.status)]
    both = [(place.name, getattr(was, place.name), getattr(now, place.name)) for place in fields(CardLook)]
    return [(f"unchanged: card {name} {what}", str(old), str(new)) for what, old, new in both if old != new]


def money(fen: int) -> str:
    """An amount as scenarios write it."""
    return shown_as(fen, "money")
