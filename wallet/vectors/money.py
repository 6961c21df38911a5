"""The groups interest, fees and finance: real transfers by their services, read from balances."""

from __future__ import annotations

from dataclasses import replace

from wallet.eip712 import cover_hash
from wallet.law.fees import FeePlan
from wallet.law.finance import Credit
from wallet.law.interest import Rates
from wallet.rules import days_between
from wallet.services import fees as accounts
from wallet.services.interest import interest_due, pay_interest
from wallet.services.support import CREDIT, draw, line_of, repay
from wallet.terms import LIST
from wallet.vectors.card import MOST, PlayedCard, product
from wallet.vectors.given import Given
from wallet.vectors.guarantors import pledge
from wallet.vectors.refunds import Answer
from wallet.vectors.stage import RICH, NotPlayable, Stage


def interest(stage: Stage, given: Given) -> Answer:
    """A card of which a part was supervised ends short of the rest; bank and merchant pay what they owe."""
    days = given.number("days")
    supervised, supervised_bps = given.number("supervised"), given.number("supervised_bps")
    short, short_bps = given.number("unsupervised"), given.number("unsupervised_bps")
    if given.has("amount", "rate_bps"):
        short, short_bps = given.number("amount"), given.number("rate_bps")
    if supervised + short == 0:
        return {"interest": 0}
    # What is not supervised was the merchant's from the first day; it stops, and nothing was ever used.
    terms = product(stage, "StoredValue", supervised + short, advance=short, custody_bps=0)
    card = PlayedCard(stage, terms)
    card.wait(days)
    card.stop_merchant()
    card.leave()
    assert days_between(card.opened_at, stage.now) == days
    rates = Rates(lpr=short_bps, deposit=0, supervised=supervised_bps)
    owed = interest_due(stage.context, "0x" + card.id.hex(), rates=rates, start="payment")
    had = stage.balance(card.consumer.address)
    for payer, due, as_bank in (
        (stage.merchant, owed.merchant_due, False), (stage.bank, owed.bank_due, True),
    ):  # fmt: skip
        if due:
            stage.give(payer.address, due)
            pay_interest(stage.context, payer, owed, as_bank=as_bank)
    return {"interest": stage.balance(card.consumer.address) - had}


def fees(stage: Stage, given: Given) -> Answer:
    """A premium, a fee on what is settled, or a fee for leaving."""
    if given.has("insured_amount", "premium_bps"):
        return _premium(stage, given)
    if given.has("settled", "fee_bps"):
        return _service_fee(stage, given)
    return _exit_fee(stage, given)


def _premium(stage: Stage, given: Given) -> Answer:
    """A card of which nothing is held is insured in full; the merchant's account pays the premium on it."""
    amount = given.number("insured_amount")
    if amount == 0:
        return {"premium": 0}
    guarantors = stage.guarantors
    guarantors.insure(amount, premium_bps=given.number("premium_bps"))
    pledges = [pledge(guarantors.pool, amount)]
    terms = product(stage, "StoredValue", amount, advance=amount, custody_bps=0)
    cover = cover_hash([(one.guarantor, one.limit) for one in pledges])
    had = guarantors.premium_left()
    PlayedCard(stage, replace(terms, cover=cover), pledges=pledges)
    return {"premium": had - guarantors.premium_left()}


def _service_fee(stage: Stage, given: Given) -> Answer:
    """A card pays into the merchant's settlement account; merchant and platform take what is theirs."""
    settled, platform = given.number("settled"), stage.bank.address
    if settled == 0:
        return {"fee": 0, "merchant_net": 0}
    account = accounts.open_account(
        stage.context, stage.operator, stage.merchant.address, FeePlan(given.number("fee_bps")),
        platform=platform, beyond_rules=True,
    ).account  # fmt: skip
    card = PlayedCard(stage, replace(product(stage, "StoredValue", settled), payee=account))
    card.use(settled, settled, most=settled)
    had = [stage.balance(one) for one in (platform, stage.merchant.address)]
    found = accounts.enter(stage.context, stage.operator, account)
    if found.ready:
        accounts.withdraw(stage.context, stage.merchant, account)
    if found.platform_due:
        accounts.pay_fees(stage.context, stage.operator, account, platform)
    has = [stage.balance(one) for one in (platform, stage.merchant.address)]
    return {"fee": has[0] - had[0], "merchant_net": has[1] - had[1]}


def _exit_fee(stage: Stage, given: Given) -> Answer:
    """The consumer leaves; of what would come back the fee stays, up to its cap."""
    gross = given.number("gross_refund")
    principal = given.number("principal") or gross
    if gross > principal:
        raise NotPlayable(f"{gross} fen cannot come back of {principal}")
    if principal == 0:
        return {"refund": 0, "merchant_keeps": 0}
    terms = product(
        stage, "StoredValue", principal, consumer_formula=LIST,
        exit_fee_bps=given.number("exit_fee_bps"), exit_fee_cap=min(given.number("cap", MOST), MOST),
    )  # fmt: skip
    card = PlayedCard(stage, terms)
    card.use(principal - gross, principal - gross, most=principal)
    left = card.leave().whole(principal)
    return {"refund": left.refund, "merchant_keeps": left.merchant_keeps}


def finance(stage: Stage, given: Given) -> Answer:
    """A merchant with so much in custody draws its whole credit line and pays it back some days later."""
    custody = given.number("custody")
    offer = Credit(given.number("advance_bps"), given.number("free_days"), given.number("apr_bps"))
    if custody:
        PlayedCard(stage, product(stage, "StoredValue", custody))
    context, bank, merchant = stage.context, stage.bank, stage.merchant
    line = line_of(context, bank.address, merchant.address, offer, CREDIT).line
    if line == 0:
        return {"credit_line": 0, "interest": 0}
    stage.give(bank.address, line)
    had = stage.balance(bank.address)
    drawn = draw(context, bank, merchant.address, line, offer)
    stage.wait_until(drawn.drawn_at + given.number("days_drawn") * 86_400)
    stage.give(merchant.address, RICH)  # it earns enough to pay the interest too
    repay(context, merchant, bank.address, drawn.draw)
    return {"credit_line": drawn.amount, "interest": stage.balance(bank.address) - had}
