"""A charge and an exit at the same time, Brownie's way: `brownie run brownie_stories/race`.

The same people, sentences and fen as scripts/stories/race.py; here every refusal is the contract's own.
"""

from __future__ import annotations

from brownie import chain, run
from brownie.test.managers.runner import RevertContextManager

from scripts.stories.told import BONUS, CHARGE_PAYS, CHARGED, CLINIC, MONEY, PRICE, tell


def main(language: str = "en") -> None:
    """Sign both, then carry them in either order from the same moment."""
    here = run("deploy")
    print(tell(language, "platform", merchant=CLINIC, money=MONEY))
    terms = here.terms(PRICE, bonus=BONUS)
    card = here.buy(terms)
    charge = here.consumption(card, CHARGED, CHARGE_PAYS, "C-17")
    leaving = here.termination(card, PRICE)
    print(tell(language, "race.signed", pays=CHARGE_PAYS))
    chain.snapshot()

    print(tell(language, "race.consume-first"))
    assert here.consume(terms, charge).return_value == CHARGE_PAYS
    # In tests it is called `brownie.reverts`; scripts find it under its own name only.
    with RevertContextManager(revert_pattern="SubWallet_RefundTooLow.*"):
        here.terminate(terms, leaving)
    print(tell(language, "race.stale", shown=PRICE, error="SubWallet_RefundTooLow"))
    refund = here.terminate(terms, here.termination(card, PRICE - CHARGE_PAYS)).return_value
    print(tell(language, "race.again", refund=refund))
    assert here.yuan.balanceOf(here.consumer) == MONEY - CHARGE_PAYS
    assert here.yuan.balanceOf(here.merchant) == CHARGE_PAYS

    chain.revert()
    print(tell(language, "race.terminate-first"))
    refund = here.terminate(terms, leaving).return_value
    with RevertContextManager(revert_pattern="SubWallet_CardNotOpen.*"):
        here.consume(terms, charge)
    print(tell(language, "race.gone", refund=refund, error="SubWallet_CardNotOpen"))
    assert here.yuan.balanceOf(here.consumer) == MONEY
    assert here.yuan.balanceOf(here.merchant) == 0
