"""What one search knows: cards, merchants, guarantors, findings, surplus; and the shape of a judged call.

A judgement has two voices. `faults` come from the guarantees alone: who signed what, until when, in which
epoch, over which totals. `rule` is what the reference rules (`wallet.rules`) foretell: the exact next state,
or the error. The search can be run with the first voice only. The judgements themselves are in `judging`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.contracts.harness import OPEN, OWING, SHORT, CardState
from tests.contracts.invariants.books import LIMIT, Book, Standing
from tests.contracts.invariants.forging import Sig
from tests.contracts.invariants.setting import TIERS, Consumer, Setting
from wallet.eip712 import Message
from wallet.rules import Card
from wallet.rules.model import Status
from wallet.terms import Terms

GAS = 30_000_000
ACCEPTS, REFUSES, BURNS_GAS = range(3)
"""What a guarantor may be told to do."""

MISSED = {
    OPEN: "SubWallet_CardNotOpen",
    OWING: "SubWallet_NothingToCollect",
    SHORT: "SubWallet_NoShortfall",
}
"""How a card is refused that does not stand where it should."""


@dataclass(frozen=True, slots=True)
class Act:
    """What a call is entitled to do to one card, by its kind: the fen it may release ("open", "use",
    "confirm"), the totals and the epoch it sets, whether it may end the card and for how much at least
    ("end", "settle"), whom a collection pays, what a finding says, who pays how much of a shortfall."""

    book: Book
    kind: str
    may_release: int = 0
    most_released: int | None = None
    totals: tuple[int, int] | None = None
    epoch: int | None = None
    min_refund: int = 0
    to: str = ""
    listed_at_most: int = LIMIT
    not_consumer: bool = False
    pays: int = 0
    payer: str = ""


@dataclass(slots=True)
class Call:
    """One call of one sub-wallet, judged. `soft` calls may fail for reasons of their own (a hostile token,
    starved of gas); `after` is empty where no prediction is made."""

    consumer: Consumer
    function: str
    args: tuple[Any, ...]
    sender: str
    text: str
    acts: list[Act] = field(default_factory=list)
    faults: set[str] = field(default_factory=set)
    rule: str = ""
    after: dict[Book, CardState] = field(default_factory=dict)
    cause: int | None = None
    soft: bool = False
    gas: int = GAS
    opens: Book | None = None
    sweeps: int | None = None

    def settled(self) -> dict[Book, CardState]:
        """Next states if the call succeeds as predicted."""
        return {} if self.faults or self.rule else self.after


@dataclass(frozen=True, slots=True)
class Finding:
    """What a registry of disputes says about a card, as `IDisputes.findingOf`."""

    not_consumer: bool = False
    listed_at_most: int = (1 << 256) - 1
    epoch: int = 0
    at: int = 0


class Ledger:
    """State of the model, and the pieces that judgements are made of."""

    def __init__(self, setting: Setting) -> None:
        self.setting = setting
        self.world = setting.world
        self.books: list[Book] = []
        self.by_id: dict[tuple[str, bytes], Book] = {}
        ranked = zip(setting.merchants, (0, 0, 0) if setting.unreliable else TIERS, strict=True)
        self.standing = {merchant.address: Standing(tier=tier) for merchant, tier in ranked}
        self.surplus = {consumer.address: 0 for consumer in setting.consumers}
        self.moods = {guarantor.address: ACCEPTS for guarantor in setting.guarantors}
        self.asked = {guarantor.address: 0 for guarantor in setting.guarantors}
        self.findings: dict[Book, Finding] = {}
        self.overlay: dict[Book, CardState] = {}
        self.leaving: dict[Book, int] = {}
        self.registry_says, self.registry_ranks = "Performs", 0
        self.disputes_say: Finding | None = Finding()

    @property
    def now(self) -> int:
        """Time of the chain."""
        return self.world.now

    def state(self, book: Book) -> CardState:
        """The card as it stands, or will stand after the calls already planned for the same transaction."""
        return self.overlay.get(book, book.state)

    def stopped_at(self, terms: Terms, opened_at: int) -> int | None:
        """When the merchant first stopped while the card was open, 0 if not, None if nobody can say."""
        if not self.setting.unreliable:
            return self.standing[terms.merchant].stopped_since(opened_at)
        said = {"Future": self.now + 86_400, "Ancient": 1, "Huge": (1 << 256) - 1}
        return None if self._is_silent else said.get(self.registry_says, 0)

    def tier(self, terms: Terms) -> int | None:
        """The merchant's credit tier now as the registry tells it, None if nobody can say."""
        if not self.setting.unreliable:
            return self.standing[terms.merchant].tier
        if self.registry_says == "TooMuch":
            return 0
        return None if self._is_silent else self.registry_ranks

    def tier_at_opening(self, terms: Terms) -> int:
        """The tier that a card opened now keeps: the platform's word, if there is one to be believed."""
        tier = self.tier(terms) if terms.has_ladder else 0
        return tier if tier is not None and tier <= 3 else 0

    def finding(self, book: Book) -> Finding | None:
        """What the registry of disputes says about a card; None if it fails."""
        return self.disputes_say if self.setting.unreliable else self.findings.get(book, Finding())

    def allowance(self, payer: str, who: Consumer) -> int:
        """Fen that the consumer's sub-wallet may pull from a payer."""
        return int(self.setting.yuan.allowance(payer, who.wallet))

    @property
    def _is_silent(self) -> bool:
        return self.registry_says in ("Reverts", "BurnsGas", "TooShort")

    # ----------------------------------------------------------------------------------------------- pieces

    def signed_by(self, who: Consumer, sig: Sig, message: Message) -> bool:
        """Whether it is this consumer's signature, with the key in force, over exactly this message."""
        return sig.signer == who.signer.address and sig.digest == message.digest(who.domain)

    def signed_for(self, address: str, who: Consumer, sig: Sig, message: Message) -> bool:
        """Whether it is a signature in the name of that address over a message for the consumer's wallet."""
        party = self.setting.signer_of(address)
        right = party is not None and sig.signer == party.signer.address
        return right and sig.digest == message.digest(who.domain)

    def about(
        self,
        who: Consumer,
        terms: Terms,
        function: str,
        args: tuple[Any, ...],
        sender: str = "",
        status: int = OPEN,
    ) -> tuple[Call, Book | None]:
        """A call about a card, at fault if the card is not in that status."""
        book = self.by_id.get((who.address, terms.card_id(who.domain)))
        number = f"card {book.number}" if book else "no card"
        call = Call(
            who, function, args, sender or self.world.stranger.address, f"{who.name}: {function} {number}"
        )
        call.soft = book is not None and not book.honest
        if book is None or self.state(book).status != status:
            call.faults.add(MISSED[status])
        return call, book

    def in_time(self, call: Call, deadline: int) -> None:
        """At fault if its last second is over."""
        if self.now > deadline:
            call.faults.add("SubWallet_DeadlinePassed")

    def fresh(self, call: Call, state: CardState, deadline: int, epoch: int) -> None:
        """At fault if too late, or signed for another epoch than the card's."""
        self.in_time(call, deadline)
        if epoch != state.epoch:
            call.faults.add("SubWallet_EpochVoided")

    def counts_up(self, call: Call, state: CardState, used: int, listed: int) -> None:
        """At fault if a total falls, none grows, or one does not fit."""
        falls = used < state.used or listed < state.listed
        if falls or (used, listed) == (state.used, state.listed):
            call.faults.add("SubWallet_TotalsNotGrowing")
        if max(used, listed) >= LIMIT:
            call.faults.add("SubWallet_NumberTooLarge")


def about_card(message: Any, card: bytes) -> Any:
    """The message as the sub-wallet reads it: about the card whose terms came with it."""
    return type(message)(card, *message.values()[1:])


def to_card(state: CardState) -> Card:
    """The state as the reference rules know it."""
    return Card(*state[:5], Status(state.status), state.marks, state.epoch)


def to_state(card: Card) -> CardState:
    """The reference rules' card as the chain tells it."""
    return CardState(
        *(card.used, card.listed, card.released, card.held),
        *(card.opened_at, int(card.status), card.marks, card.epoch),
    )
