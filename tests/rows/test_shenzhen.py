"""Shenzhen, rows 16 and 17: digital yuan, insurance and monitoring together; and a whole city of them."""

from __future__ import annotations

from wallet.chain.base import ChainOptions
from wallet.chain.revm import RevmChain
from wallet.stories.city import City
from wallet.stories.stage import staged
from wallet.systems import find_system


def test_row_17_three_books_of_22_districts_agree_to_the_fen() -> None:
    """22 merchants, one a district, stand for 3,000 (make city): own book, events by district, token."""
    with staged(find_system("shenzhen"), RevmChain(ChainOptions())) as stage:
        town = City(stage, merchants=22).run()
    assert (town.districts, town.merchants, town.cards) == (22, 22, 44)
    assert {one.merchants for one in town.seen.districts} == {1}
    assert town.seen.whole.difference == 0
    whole = town.seen.whole.totals
    assert whole.new_money == town.paid_in
    assert town.paid_in == town.released + town.refunded + town.held + town.due
    assert sum(one.totals.held for one in town.seen.districts) == town.held > 0
    assert town.shortfall > 0
