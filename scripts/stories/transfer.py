"""A card taken to another merchant: `python -m scripts.stories.transfer --lang zh`.

What is left of the old card pays for the new one, by one signature and without passing through anybody's
hands; what the new one costs beyond that comes from the purse.
"""

from __future__ import annotations

from collections.abc import Sequence

from scripts.stories.told import ADDED, CLINIC, DEARER, LEFT, MONEY, OTHER, PRICE, USED
from scripts.stories.town import Town, town
from wallet.services.authorise import authorise, preview_charge
from wallet.services.buy import buy, preview_purchase
from wallet.services.cards import list_cards, show_card
from wallet.services.charge import make_charge
from wallet.services.consume import consume
from wallet.services.transfer import preview_transfer, transfer
from wallet.signing.policy import Policy
from wallet.signing.signer import KeySigner


def play(here: Town) -> None:
    """The story, with the money asserted to the fen."""
    context, first, second, consumer = here.context, here.first, here.second, here.consumer
    for merchant, name, price in ((first, CLINIC, PRICE), (second, OTHER, DEARER)):
        here.admit(merchant, name)
        here.sell(merchant, f"{name}预付卡", price)
    here.say("platform", merchant=CLINIC, money=MONEY)

    purchase = preview_purchase(context, consumer.address, f"{CLINIC}预付卡")
    old = buy(context, consumer, purchase, carrier=first).card
    assert spend(here, first, old, USED) == USED
    here.say("transfer.bought", merchant=CLINIC, paid=PRICE, used=USED)
    here.show(old, first)

    # The other merchant's offer is a product on its list; the sentence says what moves where.
    move = preview_transfer(context, consumer.address, old, f"{OTHER}预付卡")
    here.say(
        "transfer.offer",
        other=OTHER,
        price=DEARER,
        moved=move.difference.moved,
        added=move.difference.top_up,
    )
    print("   ", move.sentence)
    assert (move.difference.moved, move.difference.top_up) == (LEFT, ADDED)

    # A permit for what is added and the transfer itself, both signed; the new merchant carries them.
    moved = transfer(context, consumer, move, carrier=second)
    here.say("transfer.done", held=show_card(context, moved.new_card).held)
    here.show(moved.new_card, second)
    assert [(one.status, one.held) for one in list_cards(context, consumer.address)] == [
        ("closed", 0),
        ("open", DEARER),
    ]
    assert here.money(consumer) == MONEY - PRICE - ADDED

    paid = spend(here, second, moved.new_card, USED)
    here.say("transfer.used", other=OTHER, paid=paid, merchant=CLINIC)
    here.show(moved.new_card, second)
    assert (here.money(first), here.money(second)) == (USED, USED)
    held = show_card(context, moved.new_card).held
    assert here.money(first) + here.money(second) + here.money(consumer) + held == MONEY


def spend(here: Town, merchant: KeySigner, card: str, used: int) -> int:
    """One consumption, asked for, authorised and carried; the fen that moved."""
    context, consumer = here.context, here.consumer
    charge = make_charge(context, merchant, card, used, "C-17").document
    signed = authorise(context, consumer, preview_charge(context, consumer.address, charge, Policy()))
    return consume(context, merchant, signed.document).paid


def main(arguments: Sequence[str] | None = None) -> None:
    """Play it on the chain named by the arguments."""
    with town(arguments, __doc__) as here:
        play(here)


if __name__ == "__main__":
    main()
