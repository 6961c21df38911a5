"""A merchant that fails, and a fund that pays, Brownie's way: `brownie run brownie_stories/failing`.

The same people, sentences and fen as scripts/stories/failing.py; the contracts are compiled by Brownie.
"""

from __future__ import annotations

from brownie import chain, run

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
    tell,
)
from wallet.eip712 import cover_hash

RUNAWAY = 0


def main(language: str = "en") -> None:
    """Buy, use a little, lose the merchant, be paid by the fund."""
    here = run("deploy")
    by = {"from": here.operator}
    print(tell(language, "platform", merchant=CLINIC, money=MONEY))

    # Capital, the kind of card, the pledge in the terms, and the product on the merchant's list.
    here.yuan.mint(here.operator, CAPITAL, by)
    here.yuan.approve(here.fund, CAPITAL, by)
    here.fund.payIn(CAPITAL, by)
    here.fund.listTemplate(here.rules["StoredValue"], True, by)
    pledges = [(here.fund.address, IN_ADVANCE)]
    terms = here.terms(PRICE, custody_bps=IN_CUSTODY, advance=IN_ADVANCE, cover=cover_hash(pledges))
    here.catalogue.publish(terms.product().values(), "预付卡 1000", {"from": here.merchant})
    print(tell(language, "failing.fund", capital=CAPITAL, limit=IN_ADVANCE))

    sub_wallet = here.sub_wallet()
    here.yuan.approve(sub_wallet, PRICE, {"from": here.consumer})
    opened = sub_wallet.openCovered(terms.values(), pledges, {"from": here.consumer})
    card = bytes(opened.return_value)
    print(tell(language, "failing.bought", paid=PRICE, advance=IN_ADVANCE, held=here.held(card)))
    assert here.held(card) == PRICE - IN_ADVANCE
    capital, set_aside = here.fund.books()
    assert (int(capital), int(set_aside)) == (CAPITAL, IN_ADVANCE)

    here.consume(terms, here.consumption(card, USED, USED, "C-17"))
    print(tell(language, "failing.used", used=USED))
    assert here.held(card) == HELD_AFTER_USE

    here.merchants.stop(here.merchant, by)
    tx = sub_wallet.terminate(terms.values(), HELD_AFTER_USE, {"from": here.consumer})
    closed = tx.events["Closed"]
    print(tell(language, "failing.left", refund=closed["refund"], short=closed["shortfall"]))
    assert closed["shortfall"] == SHORT

    here.fund.file(sub_wallet, terms.values(), pledges, RUNAWAY, {"from": here.relayer})
    here.fund.confirm(card, by)
    print(tell(language, "failing.claimed"))
    chain.sleep(8 * 86_400)
    chain.mine()
    paid = here.fund.pay(sub_wallet, terms.values(), {"from": here.relayer}).return_value
    print(tell(language, "failing.paid", paid=paid))
    assert paid == SHORT
    assert here.yuan.balanceOf(here.consumer) == MONEY - USED
    assert here.fund.owedBy(here.merchant) == SHORT
    assert here.yuan.balanceOf(here.fund) == CAPITAL - SHORT
