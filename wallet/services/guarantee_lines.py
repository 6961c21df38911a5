"""An insurer's lines: written merchant by merchant, found again from the chain; and the premiums for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from wallet.address import ZERO_ADDRESS
from wallet.bindings.events import LineWritten
from wallet.bindings.insurance_pool import InsurancePool
from wallet.bindings.runtime import ask
from wallet.bindings.structs import Line, LineBook, Premium
from wallet.chain.base import Log
from wallet.errors import InvalidInput
from wallet.services.context import Context
from wallet.services.guarantee import INSURANCE, STOPPED, TRIGGERS, Guarantor, find_guarantor, mask_of
from wallet.services.guarantee_money import pay_to
from wallet.services.onboard import name_of
from wallet.services.sending import send
from wallet.signing.signer import Signer

PLACES: Final = ("merchant", "platform", "bank", "government")
"""Who pays premiums, in the order of the contract."""
FULL: Final = 10_000
LINE_GAS: Final = 1_500_000
CLAIM_DAYS: Final = 60
"""Days in which a claim may still come after the last day of service, as in Guarantor.sol."""
MOST_WAIT, MOST_DAYS = 255, 65_535


@dataclass(frozen=True, slots=True)
class Offer:
    """A line to be written; fen, bps, days. What is promised in all and to one consumer is the aggregate
    unless said; above the aggregate, all share one pot. `payers` maps a place to (address, share of the
    premium)."""

    merchant: str
    aggregate: int
    assessor: str
    promised: int = 0
    consumer: int = 0
    share_bps: int = FULL
    deductible_bps: int = 0
    deductible_fen: int = 0
    triggers: tuple[str, ...] = STOPPED
    wait_days: int = 7
    verify_days: int = 5
    cover_days: int = 1155
    rate_bps: int = 0
    payers: Mapping[str, tuple[str, int]] = field(default_factory=dict)

    def line(self) -> Line:
        """As the contract takes it; InvalidInput names the figure that no line can have."""
        triggers = mask_of(self.triggers)
        if not triggers & mask_of(STOPPED):
            raise InvalidInput(
                f"trigger: {', '.join(self.triggers)} leaves out that the merchant is gone",
                hint=f"add one of {', '.join(STOPPED)}: whoever comes later in a card's order would wait",
                code="trigger-without-stop",
                value=", ".join(self.triggers),
                known=", ".join(STOPPED),
            )
        return Line(
            self.merchant,
            figure("share", self.share_bps, 1, FULL),
            figure("deductible", self.deductible_bps, 0, FULL),
            triggers,
            figure("wait", self.wait_days, 0, MOST_WAIT),
            figure("verify", self.verify_days, 0, MOST_WAIT),
            figure("days", self.cover_days, CLAIM_DAYS + 1, MOST_DAYS),
            self.assessor,
            self.deductible_fen,
            self.consumer or self.aggregate,
            self.aggregate,
            self.promised or self.aggregate,
            premium_of(self.rate_bps, self.payers or {PLACES[0]: (self.merchant, FULL)}),
        )


@dataclass(frozen=True, slots=True)
class LineView:
    """A line as it was written and what has become of it, in fen. `accounts` is what each payer has there."""

    line: int
    pool: str
    merchant: str
    merchant_name: str
    aggregate: int
    promised_most: int
    consumer_most: int
    share_bps: int
    deductible_bps: int
    deductible_fen: int
    triggers: tuple[str, ...]
    wait_days: int
    verify_days: int
    cover_days: int
    assessor: str
    rate_bps: int
    payers: dict[str, tuple[str, int]]
    accounts: dict[str, int]
    templates: tuple[str, ...]
    set_aside: int
    promised: int
    allotted: int
    open: bool
    transaction: str = ""

    @property
    def shared(self) -> bool:
        """Whether it promises more in all than it holds."""
        return self.promised_most > self.aggregate

    @property
    def room(self) -> int:
        """Fen it can still promise."""
        if not self.open:
            return 0
        return max(0, (self.set_aside - self.allotted) * self.promised_most // self.aggregate - self.promised)


def figure(where: str, value: int, least: int, most: int) -> int:
    """`value`, if a line can say it; InvalidInput (`line-figure`) otherwise."""
    if not least <= value <= most:
        raise InvalidInput(
            f"{where}: {value} is not between {least} and {most}",
            hint="shares are bps (10000 is all), times are days",
            code="line-figure",
            where=where,
            value=value,
            least=least,
            most=most,
        )
    return value


def premium_of(rate_bps: int, payers: Mapping[str, tuple[str, int]]) -> Premium:
    """Rate, shares and payers in the contract's order; InvalidInput (`invalid-payers`) for another place, or
    shares that do not make up the whole."""
    if set(payers) - set(PLACES) or sum(share for _, share in payers.values()) != FULL:
        said = ", ".join(f"{place}={share}" for place, (_, share) in payers.items())
        raise InvalidInput(
            f"who pays the premium: {said} is not made of {', '.join(PLACES)}, {FULL} bps in all",
            hint="for example merchant=7000, platform=3000",
            code="invalid-payers",
            value=said,
        )
    ordered = [payers.get(place, (ZERO_ADDRESS, 0)) for place in PLACES]
    rate = figure("rate", rate_bps, 0, FULL)
    return Premium(rate, tuple(share for _, share in ordered), tuple(who for who, _ in ordered))


def write_line(
    context: Context,
    underwriter: Signer,
    offer: Offer,
    *,
    templates: tuple[str, ...] = (),
    wanted: str = INSURANCE,
) -> LineView:
    """Write a line and set its aggregate aside; it takes the merchant's new cards from now on.

    Without `templates` it takes every card kind that the platform brings. Raises GuarantorCapitalTooLow,
    GuarantorRulesInvalid, GuarantorNotKeeper.
    """
    pool = InsurancePool(find_guarantor(context, wanted, kind=INSURANCE).address)
    listed = templates or tuple(context.platform.templates.values())
    call = pool.write_line(offer.line(), listed)
    sent = send(context, underwriter, call, f"write line for {offer.merchant}", gas=LINE_GAS)
    return line_of(context, pool.address, sent.answer, transaction="0x" + sent.receipt.tx_hash.hex())


def stop_line(context: Context, underwriter: Signer, line: int, *, wanted: str = INSURANCE) -> LineView:
    """Take no new cards under a line; those accepted stay covered."""
    pool = InsurancePool(find_guarantor(context, wanted, kind=INSURANCE).address)
    receipt = send(context, underwriter, pool.stop_line(line), f"stop line {line}").receipt
    return line_of(context, pool.address, line, transaction="0x" + receipt.tx_hash.hex())


def fund_premium(
    context: Context, payer: Signer, line: int, place: str, amount: int, *, wanted: str = INSURANCE
) -> LineView:
    """Fill one payer's account of a line; raises InsurancePoolNotPayer for a place that pays nothing."""
    pool = InsurancePool(find_guarantor(context, wanted, kind=INSURANCE).address)
    call = pool.fund_premium(line, place_number(place), amount)
    purpose = f"premium {pool.address} {line} {place}"
    transaction = pay_to(context, payer, pool.address, call, amount, purpose)
    return line_of(context, pool.address, line, transaction=transaction)


def place_number(place: str) -> int:
    """A payer's place in the contract's list."""
    if place not in PLACES:
        known = ", ".join(PLACES)
        raise InvalidInput(
            f"payer: {place!r} is none of {known}",
            hint="most lines are paid by the merchant",
            code="unknown-payer",
            value=place,
            known=known,
        )
    return PLACES.index(place)


def lines_of(context: Context, pool: Guarantor) -> list[LineView]:
    """Every line of an insurer, oldest first."""
    written = [LineWritten.decode(log) for log in _logs(context, pool.address)]
    return [_view(context, pool.address, event) for event in written]


def line_of(context: Context, pool: str, line: int, *, transaction: str = "") -> LineView:
    """One line by its number; InvalidInput (`unknown-line`)."""
    events = (LineWritten.decode(log) for log in _logs(context, pool))
    found = next((event for event in events if event.line == line), None)
    if found is None:
        raise InvalidInput(
            f"line: the insurer at {pool} has no line {line}",
            hint="`prepaid guarantee show` lists them",
            code="unknown-line",
            line=line,
        )
    return _view(context, pool, found, transaction)


def line_for(context: Context, pool: str, merchant: str) -> LineView | None:
    """The line that takes a merchant's new cards, None if there is none."""
    number = ask(context.chain, InsurancePool(pool).line_of(merchant))
    return line_of(context, pool, number) if number else None


def _logs(context: Context, pool: str) -> list[Log]:
    return context.chain.logs(pool, [LineWritten.TOPIC], context.platform.block)


def _view(context: Context, pool: str, event: LineWritten, transaction: str = "") -> LineView:
    terms, contract = event.terms, InsurancePool(pool)
    book: LineBook = ask(context.chain, contract.line_book(event.line))
    payers = {
        place: (who, share)
        for place, who, share in zip(PLACES, terms.premium.payers, terms.premium.split_bps, strict=True)
        if share
    }
    return LineView(
        line=event.line,
        pool=pool,
        merchant=terms.merchant,
        merchant_name=name_of(context, terms.merchant),
        aggregate=terms.aggregate,
        promised_most=terms.promised_most,
        consumer_most=terms.consumer_most,
        share_bps=terms.share_bps,
        deductible_bps=terms.deductible_bps,
        deductible_fen=terms.deductible_fen,
        triggers=tuple(name for number, name in enumerate(TRIGGERS) if terms.triggers >> number & 1),
        wait_days=terms.wait_days,
        verify_days=terms.verify_days,
        cover_days=terms.cover_days,
        assessor=terms.assessor,
        rate_bps=terms.premium.rate_bps,
        payers=payers,
        accounts={
            place: ask(context.chain, contract.premium_of(event.line, PLACES.index(place)))
            for place in payers
        },
        templates=event.templates,
        set_aside=book.set_aside,
        promised=book.promised,
        allotted=book.allotted,
        open=book.open_,
        transaction=transaction,
    )
