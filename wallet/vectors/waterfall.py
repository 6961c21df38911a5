"""The group runaway_waterfall: custody, then each guarantor in turn, then the consumer's loss."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from wallet.eip712 import cover_hash
from wallet.terms import ADVANCE_FIRST, FULL, PROPORTIONAL, Terms
from wallet.vectors.card import Left, PlayedCard, product
from wallet.vectors.given import Given
from wallet.vectors.guarantors import Guarantor, is_short, pledge
from wallet.vectors.refunds import Answer
from wallet.vectors.stage import NotPlayable, Stage

SCHEDULE: Final = {"proportional": PROPORTIONAL, "advance_first": ADVANCE_FIRST}


def runaway_waterfall(stage: Stage, given: Given) -> Answer:
    """One card with up to three guarantors, or several cards under one insurer's limit."""
    if given.has("entitlements"):
        return _shared(stage, given)
    guarantors = stage.guarantors
    insured = given.number("insurance_available", given.number("insurer_aggregate_limit"))
    standing: list[tuple[str, Guarantor, int]] = [
        ("insurance", guarantors.pool, insured),
        ("platform_advance", guarantors.advance, given.number("platform_available")),
        ("guarantee_fund", guarantors.fund, given.number("fund_available")),
    ]
    standing = [one for one in standing if one[2]]
    if insured:
        guarantors.insure(insured)
    principal, bonus, used = _card(given)
    terms = _terms(stage, given, principal, bonus)
    card = _open(stage, terms, [(by, most) for _, by, most in standing])
    card.use(used, min(used, principal + bonus), most=principal + bonus)
    card.stop_merchant()
    left = card.leave()
    paid = dict.fromkeys(("insurance", "platform_advance", "guarantee_fund"), 0)
    for name, by, _ in standing:
        if is_short(card):
            guarantors.claim(by, card)
            paid[name] = guarantors.pay(by, card)
    return {
        "custody": left.refund, **paid, "consumer_loss": _missing(card),
        "merchant_received": left.merchant_keeps,
    }  # fmt: skip


def _shared(stage: Stage, given: Given) -> Answer:
    """Each entitlement is another consumer's card; what the insurer has is shared among their claims."""
    if given.has("platform_available", "fund_available"):
        raise NotPlayable("several entitlements share an insurer only")
    entitlements, guarantors = given.numbers("entitlements"), stage.guarantors
    most = given.number("insurer_aggregate_limit", given.number("insurance_available"))
    principals = [given.number("principal", owed) for owed in entitlements]
    if any(owed > principal for owed, principal in zip(entitlements, principals, strict=True)):
        raise NotPlayable("more is owed than was paid")
    if most:
        guarantors.insure(most, promised_most=sum(principals))
    cards: list[PlayedCard | None] = []
    for number, (owed, principal) in enumerate(zip(entitlements, principals, strict=True)):
        if principal == 0:  # no card is sold for nothing
            cards.append(None)
            continue
        terms = _terms(stage, given, principal, 0)
        standing: list[tuple[Guarantor, int]] = [(guarantors.pool, principal)] if most else []
        card = _open(stage, terms, standing, number)
        card.use(principal - owed, principal - owed, most=principal)
        cards.append(card)
    real = [card for card in cards if card is not None]
    ends: dict[int, tuple[Left, int, int]] = {}
    if real:
        real[0].stop_merchant()
    lefts = [card.leave() for card in real]
    short = [card for card in real if most and is_short(card)]
    for card in short:
        guarantors.claim(guarantors.pool, card)
    if short and sum(principals) > most:
        guarantors.share_out(short)
    for card, left in zip(real, lefts, strict=True):
        paid = guarantors.pay(guarantors.pool, card) if card in short else 0
        ends[id(card)] = (left, paid, _missing(card))
    whole = [None if card is None else ends[id(card)] for card in cards]
    nothing = tuple(0 for _ in cards)
    return {
        "custody": tuple(0 if end is None else end[0].refund for end in whole),
        "insurance": tuple(0 if end is None else end[1] for end in whole),
        "platform_advance": nothing,
        "guarantee_fund": nothing,
        "consumer_loss": tuple(0 if end is None else end[2] for end in whole),
        "merchant_received": tuple(0 if end is None else end[0].merchant_keeps for end in whole),
    }


def _card(given: Given) -> tuple[int, int, int]:
    """Price, bonus and use. Where the entitlement is not what they come to, a plain card with it is used."""
    principal, bonus = given.number("principal"), given.number("bonus")
    used = given.number("consumed_face")
    if not given.has("entitlement"):
        return principal, bonus, used
    owed = given.number("entitlement")
    principal = principal or owed
    if owed > principal:
        raise NotPlayable(f"{owed} fen cannot be owed of {principal}")
    face = principal + bonus
    if principal and principal * min(used, face) // face == principal - owed:
        return principal, bonus, used
    return principal, 0, principal - owed


def _terms(stage: Stage, given: Given, principal: int, bonus: int) -> Terms:
    """A card of which a share is held; the rest goes to the merchant from the first moment on."""
    return product(
        stage, "StoredValue", principal, bonus=bonus, advance=principal,
        custody_bps=given.number("custody_ratio_bps", FULL),
        schedule=SCHEDULE[given.word("release_schedule", "proportional")],
    )  # fmt: skip


def _open(
    stage: Stage, terms: Terms, standing: list[tuple[Guarantor, int]], number: int | None = None
) -> PlayedCard:
    """The card, covered by those who stand behind it, for the stage's consumer or for another one."""
    pledges = [pledge(by, most) for by, most in standing]
    consumer = stage.consumer if number is None else stage.another_consumer(number)
    cover = cover_hash([(one.guarantor, one.limit) for one in pledges])
    return PlayedCard(stage, replace(terms, cover=cover), consumer, pledges=pledges)


def _missing(card: PlayedCard) -> int:
    """Fen that nobody has paid the consumer."""
    return card.state.held if is_short(card) else 0
