"""One real card on the stage: bought, used, waited for and left; what moved is read from balances.

A card takes what a vector says even where it is more than was sold: the whole charge is tried first, the
contract refuses it, and then the card is used up.
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, replace
from typing import Any

from wallet.bindings.errors import SubWalletNumberTooLarge, SubWalletTemplateFailed
from wallet.bindings.events import Closed
from wallet.bindings.runtime import decode_logs
from wallet.bindings.structs import Certification, Consumption, Pledge
from wallet.eip712.domain import digital_yuan_domain
from wallet.eip712.messages import Certificate, Consume, ReceiveWithAuthorization, Terminate, Transfer
from wallet.errors import ExpectationFailed
from wallet.rules import Card as State
from wallet.rules import Cause, Status
from wallet.services.form import HASH
from wallet.services.records import CardRecord, state_of
from wallet.services.sending import GAS, simulate
from wallet.signing.signer import KeySigner
from wallet.terms import Terms
from wallet.vectors.stage import NotPlayable, Stage

MOST = (1 << 48) - 1
"""Largest amount a card can carry."""
_HOUR, _DAY = 3600, 86_400
_PRICE, _ASSOCIATION = 5, 1
"""Ground and forum of a dispute, as in contracts/types/Dispute.sol."""


@dataclass(frozen=True, slots=True)
class Left:
    """How a card ended, in fen that moved: back to the consumer, to the merchant in all, still missing."""

    cause: Cause
    refund: int
    merchant_keeps: int
    shortfall: int
    owes: int
    """What the consumer paid beyond the price."""
    to_collect: int
    """The part of `merchant_keeps` that was not released before the end."""

    def whole(self, principal: int) -> Left:
        """Itself if all that was paid in came back or went to the merchant; else ExpectationFailed."""
        if self.shortfall or self.refund + self.merchant_keeps != principal:
            raise ExpectationFailed(
                f"of {principal} fen {self.refund} came back, {self.merchant_keeps} went to the merchant, "
                f"{self.shortfall} are missing",
                code="vector-custody",
                principal=principal,
                refund=self.refund,
                merchant_keeps=self.merchant_keeps,
                shortfall=self.shortfall,
            )
        return self


class PlayedCard:
    """An open card of a consumer on the stage."""

    def __init__(
        self,
        stage: Stage,
        terms: Terms,
        consumer: KeySigner | None = None,
        *,
        merchant: KeySigner | None = None,
        pledges: Sequence[Pledge] = (),
    ) -> None:
        """Buy it: one signature of the consumer, carried by somebody else. The terms' cover is `pledges`."""
        self.pledges = tuple(pledges)
        if merchant is not None:
            terms = replace(terms, merchant=merchant.address)
        self.stage, self.consumer = stage, consumer or stage.consumer
        self.domain = stage.context.domain_of(self.consumer.address)
        self.wallet = stage.context.wallet_of(self.consumer.address)
        self._name(terms)
        self._had = stage.balance(self.consumer.address)
        self._merchant_had = stage.balance(self.terms.recipient)
        self._open()
        self.opened_at = self.state.opened_at

    @property
    def state(self) -> State:
        """Where the card stands."""
        return state_of(self.stage.context, self.record)

    @property
    def merchant_has(self) -> int:
        """Fen the merchant received since this card was bought."""
        return self.stage.balance(self.terms.recipient) - self._merchant_had

    @property
    def consumer_paid(self) -> int:
        """Fen the consumer is out of since before this card was bought."""
        return self._had - self.stage.balance(self.consumer.address)

    def use(self, used: int, listed: int, *, most: int) -> None:
        """Bring the totals to `used` and `listed` by one signed charge; a card gives no more than `most`."""
        if used > most or used > MOST:
            self._require_refused(used, listed)
        used, listed = min(used, most), min(listed, MOST)
        if used or listed:
            self.stage.do(self._charge(used, listed))

    def certify(self, used: int, listed: int) -> None:
        """Raise the totals on the certifier's word alone: it counts at exit, and moves nothing."""
        asked = Certification(used, min(listed, MOST), bytes(32), self.stage.now + _HOUR, self.state.epoch)
        message = Certificate(self.id, *asked.to_abi())
        signature = self.stage.certifier.sign_message(message, self.domain)
        self.stage.do(self.wallet.certify(self.terms, asked, signature))

    def confirm(self) -> None:
        """The consumer agrees to what was certified, and it is paid."""
        self.stage.do(self._charge(self.state.used, self.state.listed))

    def concede(self, listed_at_most: int) -> None:
        """The merchant gives way on the list-price total, say because a gift came back."""
        disputes, where = self.stage.disputes, self.wallet.address
        self.stage.do(
            disputes.concede(where, self.terms, False, min(listed_at_most, MOST - 1)), by=self.stage.merchant
        )
        self.stage.do(self.wallet.apply_finding(self.terms))

    def have_ruled(self, listed_at_most: int) -> None:
        """The consumer complains of the price, the merchant refuses, an arbiter finds a lower one."""
        stage, disputes, where = self.stage, self.stage.disputes, self.wallet.address
        stage.do(disputes.raise_(where, self.terms, _PRICE, bytes(32)), by=self.consumer)
        stage.do(disputes.refuse(where, self.terms, bytes(32)), by=stage.merchant)
        stage.do(disputes.escalate(where, self.terms, _ASSOCIATION), by=self.consumer)
        stage.do(disputes.rule(where, self.terms, False, min(listed_at_most, MOST - 1), bytes(32)))
        stage.do(self.wallet.apply_finding(self.terms))

    def move_to(self, terms: Terms) -> PlayedCard:
        """Pass what is left into a card of another merchant; what that one lacks comes from the consumer."""
        stage, other = self.stage, copy(self)
        other._name(terms)
        stage.do(stage.token.approve(self.wallet.address, terms.principal), by=self.consumer)
        message = Transfer(self.id, other.id, 0, stage.now + _HOUR, self.state.epoch)
        signature = self.consumer.sign_message(message, self.domain)
        other._had = stage.balance(self.consumer.address)
        stage.do(
            self.wallet.transfer_card_by_sig(self.terms, other.terms, (), 0, message.deadline, signature)
        )
        return other

    def wait(self, days: int) -> None:
        """Let time pass until `days` calendar days after the opening day."""
        self.stage.wait_until(self.opened_at + days * _DAY)

    def stop_merchant(self) -> None:
        """Put on record that the merchant no longer performs."""
        self.stage.do(self.stage.context.merchants.stop(self.terms.merchant))

    def quote(self) -> tuple[int, Cause]:
        """What would be owed now, and why."""
        owed, cause = self.stage.ask(self.wallet.quote(self.terms))
        return owed, Cause(cause)

    def leave(self) -> Left:
        """End it by the consumer's signature; the merchant collects what is left for it."""
        message = Terminate(self.id, 0, self.stage.now + _HOUR, self.state.epoch)
        signature = self.consumer.sign_message(message, self.domain)
        return self.ended(
            self.wallet.terminate_by_sig(self.terms, message.min_refund, message.deadline, signature)
        )

    def settle(self) -> Left:
        """End it by what the terms let happen by themselves."""
        return self.ended(self.wallet.settle(self.terms))

    def ended(self, call: Any) -> Left:
        """Send a call that ends the card, and read what moved."""
        (receipt,) = self.stage.do(call)
        event = next(event for _, event in decode_logs(receipt.logs) if isinstance(event, Closed))
        state = self.state
        if state.status is Status.OWING:
            self.stage.do(self.wallet.collect(self.terms))
        paid = self.consumer_paid
        return Left(
            cause=Cause(event.cause),
            refund=max(0, self.terms.principal - paid),
            merchant_keeps=self.merchant_has,
            shortfall=state.held if state.status is Status.SHORT else 0,
            owes=max(0, paid - self.terms.principal),
            to_collect=event.to_collect,
        )

    # --------------------------------------------------------------------------------------------- inside

    def _name(self, terms: Terms) -> None:
        """Make it a purchase of its own, with an id."""
        stage = self.stage
        self.terms = terms.bought(salt=stage.salt(), buy_by=stage.now + _HOUR, declared=terms.declared)
        self.id = self.terms.card_id(self.domain)
        self.record = CardRecord(self.id, self.consumer.address, self.wallet.address, self.terms)

    def _open(self) -> None:
        message = ReceiveWithAuthorization(
            from_=self.consumer.address,
            to=self.wallet.address,
            value=self.terms.principal,
            valid_after=0,
            valid_before=self.terms.buy_by + 1,
            nonce=self.id,
        )
        domain = digital_yuan_domain(self.domain.chain_id, self.terms.token)
        signature = self.consumer.sign_message(message, domain)
        if self.pledges:
            self.stage.offer(self.terms)
            call = self.wallet.open_covered_with_authorization(self.terms, self.pledges, signature)
        else:
            call = self.wallet.open_with_authorization(self.terms, signature)
        self.stage.do(call, gas=GAS * (1 + len(self.pledges)))

    def _charge(self, used: int, listed: int) -> Any:
        state = self.state
        asked = Consumption(
            used, listed, self.terms.principal, bytes(32), self.stage.now + _HOUR, state.epoch
        )
        message = Consume(self.id, *asked.to_abi())
        return self.wallet.consume(self.terms, asked, self.consumer.sign_message(message, self.domain))

    def _require_refused(self, used: int, listed: int) -> None:
        """More than the card holds is not to be had; that is what clamps a vector, not we."""
        try:
            simulate(self.stage.context, self._charge(used, listed), self.stage.operator.address)
        except (SubWalletTemplateFailed, SubWalletNumberTooLarge):
            return
        raise ExpectationFailed(
            f"a charge for {used} was taken, beyond what the card holds", code="vector-overdrawn", used=used
        )


def product(stage: Stage, template: str, principal: int, **numbers: int) -> Terms:
    """Terms of a card kind by named numbers; NotPlayable for numbers that no card carries.

    The price may be beyond what the command line sells: the contract's own limit counts here.
    """
    place = stage.context.platform
    params0, params1 = numbers.pop("params0", 0), numbers.pop("params1", 0)
    for name, number in (("principal", principal), *numbers.items()):
        limit = getattr(Terms, name).width
        if number >= 1 << limit:
            raise NotPlayable(f"{name} {number} does not fit a card")
    terms = Terms.build(
        token=place.token,
        merchant=stage.merchant.address,
        template=place.templates[template],
        principal=1,
        form=HASH,
        params0=params0,
        params1=params1,
    )
    return replace(terms, amounts=principal).change(**numbers)
