"""A city's worth of one programme: merchants in every district, consumers, cards, uses, exits, some runaways.

Row 17's size is its purpose: 22 districts and 3,000 merchants, each message signed by its own key and every
fen held against three books: this run's own, the sums of the chain's events by district, and the token's
balances. Messages go to the contracts in batches; what single services check besides is shown elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING, Any, Final

from wallet.bindings.digital_yuan import DigitalYuan
from wallet.bindings.runtime import Call
from wallet.bindings.structs import Consumption
from wallet.chain.base import Capability
from wallet.eip712.domain import digital_yuan_domain
from wallet.eip712.messages import Consume, ReceiveWithAuthorization, Terminate
from wallet.errors import ExpectationFailed
from wallet.keccak import keccak256
from wallet.rules import Card, StoredValue, close_card, consume, open_card
from wallet.services.office import need_office
from wallet.services.regulator import Dashboard, dashboard
from wallet.services.sending import Item, send_all, succeeded
from wallet.signing.signer import KeySigner, Signer
from wallet.stories.stage import Stage
from wallet.terms import FULL, Terms

if TYPE_CHECKING:
    from wallet.systems.model import Product

MERCHANTS: Final = 3_000
CARDS_EACH: Final = 2
SHOPS_A_CONSUMER: Final = 10
"""Cards of one consumer, at so many merchants."""
USES: Final = 2
LEAVES, RUNS_AWAY = 5, 100
"""One card in so many is ended by its consumer; one merchant in so many is gone in the end."""
COIN: Final = 10**20
GAS: Final = 1_000_000
VALID: Final = 400 * 86_400
_RULES = StoredValue()


@dataclass(slots=True)
class Purse:
    """One card as this run knows it: whose, where, and the state it has by the reference rules."""

    consumer: KeySigner
    merchant: KeySigner
    district: str
    terms: Terms
    key: bytes
    state: Card = field(default_factory=Card)
    refunded: int = 0


@dataclass(frozen=True, slots=True)
class Town:
    """What came of it: sums of this run's own book beside the dashboard's (fen), and how many of each."""

    merchants: int
    districts: int
    consumers: int
    cards: int
    transactions: int
    paid_in: int
    released: int
    refunded: int
    held: int
    due: int
    shortfall: int
    seen: Dashboard


class City:
    """One run. Everything random comes from `seed`."""

    def __init__(self, stage: Stage, *, merchants: int = MERCHANTS, seed: int = 17) -> None:
        self.stage, self.context = stage, stage.context
        self.count, self.chance = merchants, Random(seed)  # noqa: S311 - a story, not a secret
        self.districts = [one.name.zh for one in stage.preset.system.districts] or [""]
        self.merchants: list[KeySigner] = []
        self.purses: list[Purse] = []
        self.transactions = 0

    def run(self) -> Town:
        """Everything in its order, then the three books against each other."""
        self._admit()
        self._sell()
        for _ in range(USES):
            self._use()
        self._leave()
        self._run_away()
        return self._reconciled()

    # ------------------------------------------------------------------------------------------ merchants

    def _admit(self) -> None:
        """Papers into the book, applications and approvals onto the chain."""
        chain, system = self.context.chain, self.stage.preset.system
        assert Capability.SET_BALANCE in chain.capabilities
        self.merchants = [_key("merchant", number) for number in range(self.count)]
        papers = [
            self.stage.application(f"店{number}", system.sectors[0].key, self._district(number))
            for number in range(self.count)
        ]
        with need_office(self.context) as desk:
            said = [
                desk.fact("applied", one, desk.require("applied", who, one), one, paper.to_dict())
                for who, paper in zip(self.merchants, papers, strict=True)
                for one in (who.address,)
            ]
            desk.book.say(said)
        for who, paper in zip(self.merchants, papers, strict=True):
            chain.set_balance(who.address, COIN)
            self._do(who, [self.context.merchants.apply_to_sell(paper.name, paper.hash)])
        self._do(self.stage.operator, [self.context.merchants.approve(who.address) for who in self.merchants])

    def _sell(self) -> None:
        """One product each, and cards of it for consumers that have ten cards at ten merchants."""
        system, product = self.stage.preset.system, self.stage.preset.system.products[0]
        bare = [self._terms(system, product, who) for who in self.merchants]
        for number, (who, terms) in enumerate(zip(self.merchants, bare, strict=True)):
            self._do(who, [self.context.catalogue.publish(terms, f"卡{number}")])
        places = [number for number in range(self.count) for _ in range(CARDS_EACH)]
        people = [_key("consumer", number) for number in range(-(-len(places) // SHOPS_A_CONSUMER))]
        token = DigitalYuan(self.context.platform.token)
        wealth = SHOPS_A_CONSUMER * 2 * product.principal.value
        self._do(self.stage.operator, [token.mint(who.address, wealth) for who in people])
        self._do(self.stage.operator, [self.context.factory.create(who.address) for who in people])
        self._do(
            self.stage.operator,
            [self._opened(people[at % len(people)], place, bare[place]) for at, place in enumerate(places)],
        )

    def _terms(self, system: Any, product: Product, who: KeySigner) -> Terms:
        self.stage.people["shop"] = who
        terms = self.stage.terms(system, product, "shop")
        principal = self.chance.randrange(5_000, 100_000)
        held = -(-principal * terms.custody_bps // FULL)
        return terms.change(principal=principal, advance=principal - held)

    def _opened(self, consumer: KeySigner, place: int, product: Terms) -> Call[bytes]:
        now, domain = self.context.chain.now(), self.context.domain_of(consumer.address)
        terms = product.bought(salt=self.chance.getrandbits(64), buy_by=now + VALID)
        key = terms.card_id(domain)
        wallet = self.context.wallet_of(consumer.address)
        message = ReceiveWithAuthorization(
            consumer.address, wallet.address, terms.principal, 0, terms.buy_by + 1, key
        )
        platform = self.context.platform
        signature = consumer.sign_message(message, digital_yuan_domain(platform.chain_id, platform.token))
        state, _ = open_card(_RULES, terms, now)
        self.purses.append(Purse(consumer, self.merchants[place], self._district(place), terms, key, state))
        return wallet.open_with_authorization(terms, signature)

    def _district(self, number: int) -> str:
        return self.districts[number % len(self.districts)]

    # ---------------------------------------------------------------------------------------------- cards

    def _use(self) -> None:
        """Each card once, for a random part of what is left."""
        self._do(self.stage.operator, [self._used(purse) for purse in self.purses])

    def _used(self, purse: Purse) -> Call[int]:
        left = purse.terms.face - purse.state.used
        used = purse.state.used + self.chance.randint(1, max(1, left // USES))
        now = self.context.chain.now()
        after, paid = consume(_RULES, purse.terms, purse.state, used_after=used, listed_after=used, now=now)
        message = Consume(purse.key, used, used, paid, self.chance.randbytes(32), now + VALID, 0)
        signature = purse.consumer.sign_message(message, self.context.domain_of(purse.consumer.address))
        purse.state = after
        call = Consumption(used, used, paid, message.charge, message.deadline, 0)
        return self.context.wallet_of(purse.consumer.address).consume(purse.terms, call, signature)

    def _leave(self) -> None:
        """Some consumers end a card of their own wish, after cooling-off."""
        self.stage.to_day(30)
        leaving = self.purses[::LEAVES]
        self._do(self.stage.operator, [self._left(purse) for purse in leaving])

    def _left(self, purse: Purse) -> Call[int]:
        now = self.context.chain.now()
        message = Terminate(purse.key, 0, now + VALID, 0)
        signature = purse.consumer.sign_message(message, self.context.domain_of(purse.consumer.address))
        self._close(purse, stopped_at=0)
        return self.context.wallet_of(purse.consumer.address).terminate_by_sig(
            purse.terms, 0, message.deadline, signature
        )

    def _run_away(self) -> None:
        """Some merchants are gone: declared so, and what is held goes back by itself."""
        gone = {who.address for who in self.merchants[:: max(RUNS_AWAY, 1)]}
        self._do(self.stage.operator, [self.context.merchants.stop(address) for address in sorted(gone)])
        stopped = self.context.chain.now()
        left = [
            one for one in self.purses if one.merchant.address in gone and one.state.status.name == "OPEN"
        ]
        calls: list[Call[Any]] = []
        for purse in left:
            self._close(purse, stopped_at=stopped)
            calls.append(self.context.wallet_of(purse.consumer.address).settle(purse.terms))
        self._do(self.stage.operator, calls)

    def _close(self, purse: Purse, *, stopped_at: int) -> None:
        now = self.context.chain.now()
        done = close_card(_RULES, purse.terms, purse.state, now, stopped_at=stopped_at)
        purse.state, purse.refunded = done.card, done.refund

    # ---------------------------------------------------------------------------------------------- books

    def _reconciled(self) -> Town:
        """The three books; ExpectationFailed (`books-differ`) if they differ by a fen."""
        seen = dashboard(self.context)
        own = _sums(self.purses)
        whole = seen.whole.totals
        chain = {"paid_in": whole.new_money, "released": whole.released, "refunded": whole.refunded,
                 "held": whole.held, "due": whole.due, "shortfall": whole.shortfall}  # fmt: skip
        by_district = {one.name: one.totals for one in seen.districts}
        for name in self.districts[: self.count]:
            mine = _sums(one for one in self.purses if one.district == name)
            theirs = by_district[name]
            if (mine["paid_in"], mine["held"]) != (theirs.new_money, theirs.held):
                raise _differ(name, mine["held"], theirs.held)
        if own != chain or seen.whole.difference:
            raise _differ("", own["held"], chain["held"])
        return Town(
            merchants=self.count,
            districts=len({one.district for one in self.purses}),
            consumers=len({one.consumer.address for one in self.purses}),
            cards=len(self.purses),
            transactions=self.transactions,
            seen=seen,
            **own,
        )

    def _do(self, signer: Signer, calls: Iterable[Call[Any]]) -> None:
        items = [Item.of(call, f"city {call.name}", GAS) for call in calls]
        for receipt in send_all(self.context, signer, items, items[0].purpose) if items else []:
            succeeded(self.context, receipt)
        self.transactions += len(items)


def _key(kind: str, number: int) -> KeySigner:
    return KeySigner(keccak256(f"prepaid city {kind} {number}".encode()))


def _sums(purses: Iterable[Purse]) -> dict[str, int]:
    total = dict.fromkeys(("paid_in", "released", "refunded", "held", "due", "shortfall"), 0)
    places = {"OPEN": "held", "OWING": "due", "SHORT": "shortfall"}
    for one in purses:
        total["paid_in"] += one.terms.principal
        total["released"] += one.state.released
        total["refunded"] += one.refunded
        place = places.get(one.state.status.name)
        if place:
            total[place] += one.state.held
    return total


def _differ(district: str, own: int, chain: int) -> ExpectationFailed:
    return ExpectationFailed(
        f"the books differ in {district or 'the whole city'}: {own} fen held here, {chain} on the chain",
        hint="this must not happen: please report it",
        code="books-differ",
        district=district or "*",
        own=own,
        chain=chain,
    )
