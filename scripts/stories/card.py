"""A Suzhou card from purchase to exit: `python -m scripts.stories.card --lang zh --chain anvil`.

Three cleanings are bought, one is had and paid, one authorisation is tried twice, and the consumer leaves.
Every step is a service that the `prepaid` command calls too. Under Brownie: brownie_stories/card.py.
"""

from __future__ import annotations

from collections.abc import Sequence

from scripts.stories.told import CLEANING, CLEANING_CARD, CLINIC, MONEY
from scripts.stories.town import Town, town
from wallet.errors import PolicyRefusal
from wallet.services.authorise import authorise, preview_charge
from wallet.services.buy import buy, preview_purchase
from wallet.services.cards import show_card
from wallet.services.charge import make_charge
from wallet.services.consume import consume
from wallet.services.preset import product_terms, register_preset_form
from wallet.services.publish import publish
from wallet.services.terminate import preview_termination, terminate
from wallet.signing.policy import Policy
from wallet.systems.load import find_system


def play(here: Town) -> None:
    """The story, with the money asserted to the fen."""
    context, clinic, consumer = here.context, here.first, here.consumer

    # The programme's own product, under the programme's own standard form.
    suzhou = find_system("suzhou")
    here.admit(clinic, CLINIC)
    register_preset_form(context, here.operator, suzhou)
    terms = product_terms(context, suzhou, *suzhou.product("cleaning"), merchant=clinic.address)
    publish(context, clinic, terms, "洁牙三次")
    here.say("platform", merchant=CLINIC, money=MONEY)

    # One signature pays and opens; the clinic carries it, so the consumer needs no coin for gas.
    purchase = preview_purchase(context, consumer.address, "洁牙三次")
    print("   ", purchase.sentence)
    bought = buy(context, consumer, purchase, carrier=clinic)
    here.say("card.bought", paid=bought.paid)
    here.show(bought.card, clinic)
    assert bought.paid == bought.frozen == CLEANING_CARD

    # The clinic asks, the wallet checks and says in a sentence what would move, the consumer signs.
    charge = make_charge(context, clinic, bought.card, 1, "C-17", item="洁牙").document
    request = preview_charge(context, consumer.address, charge, Policy())
    print("   ", request.sentence)
    signed = authorise(context, consumer, request)
    done = consume(context, clinic, signed.document)
    here.say("card.used", paid=done.paid)
    here.show(bought.card, clinic)
    assert done.paid == here.money(clinic) == CLEANING

    # A signature works once.
    try:
        consume(context, clinic, signed.document)
    except PolicyRefusal as refused:
        here.say("card.replayed", error=refused.error_code)
    else:
        raise AssertionError("one authorisation was taken twice")
    assert here.money(clinic) == CLEANING

    context.chain.advance(20 * 86_400)
    here.say("card.later")
    leaving = preview_termination(context, bought.card, owner=consumer.address)
    print("   ", leaving.sentence)
    ended = terminate(context, consumer, leaving)
    here.say("card.left", refund=ended.refund)
    here.show(bought.card, clinic)
    assert ended.refund == CLEANING_CARD - CLEANING
    assert show_card(context, bought.card).status == "closed"
    assert here.money(clinic) + here.money(consumer) == MONEY


def main(arguments: Sequence[str] | None = None) -> None:
    """Play it on the chain named by the arguments."""
    with town(arguments, __doc__) as here:
        play(here)


if __name__ == "__main__":
    main()
