"""A Suzhou card from purchase to exit, Brownie's way: `brownie run brownie_stories/card`.

The same people, sentences and fen as scripts/stories/card.py; the contracts are compiled by Brownie.
"""

from __future__ import annotations

from brownie import chain, run
from brownie.test.managers.runner import RevertContextManager

from scripts.stories.told import CLEANING, CLEANING_CARD, CLINIC, MONEY, tell
from wallet.systems.load import find_system
from wallet.systems.numbers import numbers_of


def main(language: str = "en") -> None:
    """Buy three cleanings, have one, leave after twenty days."""
    here = run("deploy")
    print(tell(language, "platform", merchant=CLINIC, money=MONEY))

    made = numbers_of(*find_system("suzhou").product("cleaning"))
    terms = here.terms(template=made.template, **made.numbers)
    card = here.buy(terms)
    sub_wallet = here.sub_wallet()
    print(tell(language, "card.bought", paid=terms.principal))
    assert here.yuan.balanceOf(sub_wallet) == CLEANING_CARD
    assert card == terms.card_id(here.domain()), "the library computes the contract's own id"

    message = here.consumption(card, 1, CLEANING, "C-17", listed=CLEANING)
    tx = here.consume(terms, message)
    print(tell(language, "card.used", paid=tx.events["Consumed"]["paid"]))
    assert here.yuan.balanceOf(here.merchant) == CLEANING

    # In tests it is called `brownie.reverts`; scripts find it under its own name only.
    with RevertContextManager(revert_pattern="SubWallet_TotalsNotGrowing.*"):
        here.consume(terms, message)
    print(tell(language, "card.replayed", error="SubWallet_TotalsNotGrowing"))

    chain.sleep(20 * 86_400)
    chain.mine()
    print(tell(language, "card.later"))
    tx = sub_wallet.terminate(terms.values(), CLEANING_CARD - CLEANING, {"from": here.consumer})
    print(tell(language, "card.left", refund=tx.events["Closed"]["refund"]))
    assert here.yuan.balanceOf(here.consumer) == MONEY - CLEANING
    assert here.yuan.balanceOf(here.merchant) == CLEANING
    assert here.yuan.balanceOf(sub_wallet) == 0
