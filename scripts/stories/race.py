"""A charge and an exit at the same time, in both orders: `python -m scripts.stories.race --lang zh`.

The consumer signs a charge and, before it is carried, decides to leave. Whichever comes first, no fen is paid
twice and none is lost. Under Brownie: brownie_stories/race.py.
"""

from __future__ import annotations

from collections.abc import Sequence

from scripts.stories.told import BONUS, CHARGE_PAYS, CHARGED, CLINIC, MONEY, PRICE
from scripts.stories.town import Town, town
from wallet.bindings.errors import SubWalletRefundTooLow
from wallet.errors import PolicyRefusal
from wallet.exchange import Authorisation
from wallet.services.authorise import authorise, preview_charge
from wallet.services.buy import buy, preview_purchase
from wallet.services.charge import make_charge
from wallet.services.consume import consume
from wallet.services.terminate import Exit, preview_termination, terminate
from wallet.signing.policy import Policy

PRODUCT = "1000 送 300"


def play(here: Town) -> None:
    """Prepare once, then each order from the same moment."""
    context, clinic, consumer = here.context, here.first, here.consumer
    here.admit(clinic, CLINIC)
    here.sell(clinic, PRODUCT, PRICE, bonus=BONUS)
    here.say("platform", merchant=CLINIC, money=MONEY)
    bought = buy(context, consumer, preview_purchase(context, consumer.address, PRODUCT), carrier=clinic)
    charge = make_charge(context, clinic, bought.card, CHARGED, "C-17").document
    signed = authorise(context, consumer, preview_charge(context, consumer.address, charge, Policy()))
    leaving = preview_termination(context, bought.card, owner=consumer.address)
    here.say("race.signed", pays=signed.pays)
    here.show(bought.card, clinic)
    assert (signed.pays, leaving.refund) == (CHARGE_PAYS, PRICE)

    moment = context.chain.snapshot()
    consume_first(here, signed.document, leaving)
    context.chain.revert(moment)
    terminate_first(here, signed.document, leaving)


def consume_first(here: Town, signed: Authorisation, leaving: Exit) -> None:
    """The exit carries the refund it was shown with, and fails rather than pay less."""
    context, clinic, consumer = here.context, here.first, here.consumer
    here.say("race.consume-first")
    assert consume(context, clinic, signed).paid == CHARGE_PAYS
    try:
        terminate(context, consumer, leaving, carrier=clinic)
    except SubWalletRefundTooLow as refused:
        here.say("race.stale", shown=leaving.refund, error=refused.error_code)
    else:
        raise AssertionError("an exit paid less than it had promised")
    again = terminate(context, consumer, preview_termination(context, leaving.card), carrier=clinic)
    here.say("race.again", refund=again.refund)
    here.show(leaving.card, clinic)
    assert again.refund == PRICE - CHARGE_PAYS
    assert (here.money(clinic), here.money(consumer)) == (CHARGE_PAYS, MONEY - CHARGE_PAYS)


def terminate_first(here: Town, signed: Authorisation, leaving: Exit) -> None:
    """A signature on a charge is worth nothing once the card is closed."""
    context, clinic, consumer = here.context, here.first, here.consumer
    here.say("race.terminate-first")
    ended = terminate(context, consumer, leaving, carrier=clinic)
    try:
        consume(context, clinic, signed)
    except PolicyRefusal as refused:
        here.say("race.gone", refund=ended.refund, error=refused.error_code)
    else:
        raise AssertionError("a closed card was charged")
    here.show(leaving.card, clinic)
    assert (ended.refund, here.money(clinic), here.money(consumer)) == (PRICE, 0, MONEY)


def main(arguments: Sequence[str] | None = None) -> None:
    """Play it on the chain named by the arguments, which has to know snapshots."""
    with town(arguments, __doc__) as here:
        play(here)


if __name__ == "__main__":
    main()
