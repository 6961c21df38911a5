"""A merchant that fails, and a fund that pays: `python -m scripts.stories.failing --lang zh`.

Four fifths of the price are the merchant's at once, so when it is gone the card is short. What is missing is
claimed from the guarantee fund named in the card's terms. Under Brownie: brownie_stories/failing.py.
"""

from __future__ import annotations

from collections.abc import Sequence

from scripts.stories.told import (
    CAPITAL,
    CLINIC,
    HELD_AFTER_USE,
    IN_ADVANCE,
    IN_CUSTODY,
    MONEY,
    PRICE,
    SHORT,
    USED,
)
from scripts.stories.town import Town, town
from wallet.services.authorise import authorise, preview_charge
from wallet.services.buy import buy, preview_purchase
from wallet.services.charge import make_charge
from wallet.services.claim import file_claim, pay_claim, verify_claim
from wallet.services.consume import consume
from wallet.services.fund import fund
from wallet.services.guarantee import FUND, list_template
from wallet.services.guarantee_cover import announce
from wallet.services.guarantee_money import owed_by, pay_in
from wallet.services.onboard import stop
from wallet.services.publish import publish, terms_for
from wallet.services.terminate import preview_termination, terminate
from wallet.signing.policy import Policy

PRODUCT = "预付卡 1000"


def play(here: Town) -> None:
    """The story, with the money asserted to the fen."""
    context, operator, shop, consumer = here.context, here.operator, here.first, here.consumer
    here.admit(shop, CLINIC)

    # The platform's fund has capital, accepts this kind of card, and is named in the product's terms.
    fund(context, operator, operator.address, CAPITAL)
    pay_in(context, operator, FUND, CAPITAL)
    list_template(context, operator, FUND, context.platform.templates["StoredValue"])
    cover = announce(context, shop, [(FUND, IN_ADVANCE)])
    terms = terms_for(
        context,
        merchant=shop.address,
        template="StoredValue",
        principal=PRICE,
        custody_bps=IN_CUSTODY,
        advance=IN_ADVANCE,
        cover=cover,
    )
    publish(context, shop, terms, PRODUCT)
    here.say("platform", merchant=CLINIC, money=MONEY)
    here.say("failing.fund", capital=CAPITAL, limit=IN_ADVANCE)

    purchase = preview_purchase(context, consumer.address, PRODUCT)
    print("   ", purchase.sentence)
    bought = buy(context, consumer, purchase, carrier=shop)
    here.say("failing.bought", paid=bought.paid, advance=bought.advance, held=bought.frozen)
    assert (bought.advance, purchase.unprotected) == (IN_ADVANCE, 0)

    charge = make_charge(context, shop, bought.card, USED, "C-17").document
    signed = authorise(context, consumer, preview_charge(context, consumer.address, charge, Policy()))
    consume(context, shop, signed.document)
    here.say("failing.used", used=USED)
    here.show(bought.card, shop)

    # An operator puts on record that the merchant stopped; the exit needs neither of them.
    stop(context, operator, shop.address)
    ended = terminate(context, consumer, preview_termination(context, bought.card))
    here.say("failing.left", refund=ended.refund, short=ended.shortfall)
    assert (ended.cause, ended.refund, ended.shortfall) == ("not-consumer", HELD_AFTER_USE, SHORT)

    # Anybody may carry a claim: the money goes to the card's consumer and nowhere else.
    file_claim(context, operator, bought.card)
    confirmed = verify_claim(context, operator, bought.card, due=True)
    here.say("failing.claimed")
    context.chain.advance(confirmed.pay_from - context.chain.now())
    paid = pay_claim(context, operator, bought.card)
    here.say("failing.paid", paid=paid.amount)
    here.show(bought.card, shop)
    assert (paid.amount, paid.left, paid.consumer) == (SHORT, 0, consumer.address)
    assert here.money(consumer) == MONEY - USED
    assert here.money(shop) == IN_ADVANCE + USED - USED * (10_000 - IN_CUSTODY) // 10_000
    assert owed_by(context, confirmed.guarantor, shop.address) == SHORT


def main(arguments: Sequence[str] | None = None) -> None:
    """Play it on the chain named by the arguments."""
    with town(arguments, __doc__) as here:
        play(here)


if __name__ == "__main__":
    main()
