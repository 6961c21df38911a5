"""Who may stand behind cards, and what a cover's hash stands for: `cover_book.tree`."""

from __future__ import annotations

import pytest

from tests.contracts.harness import Contract, World, raises
from wallet.eip712 import cover_hash


@pytest.fixture
def book(world: World) -> Contract:
    """A book in which four contracts, any, are admitted."""
    guarantors = (world.yuan, world.factory, world.relay, world.templates)
    return world.deploy("CoverBook", world.merchants, guarantors, ("a", "b", "c", "d"))


def test_admit_lets_covers_name_a_guarantor(world: World, book: Contract) -> None:
    pledges = ((world.merchants.address, 1),)
    with raises("CoverBook_PledgesUnsound", 0):
        book.announce(pledges)
    book.admit(world.merchants, "跑路险", sender=world.operator)
    assert world.named("GuarantorAdmitted")[0].args == {
        "guarantor": world.merchants.address,
        "name": "跑路险",
    }
    book.announce(pledges)


def test_admit_admits_those_named_at_the_beginning(world: World, book: Contract) -> None:
    assert [book.isAdmitted(one) for one in (world.yuan, world.templates, world.merchants)] == [
        True,
        True,
        False,
    ]


def test_admit_reverts_for_anyone_but_an_operator(world: World, book: Contract) -> None:
    """Whoever the merchant registry calls one; it follows when that changes."""
    for other in (world.shop, world.stranger):
        with raises("CoverBook_NotOperator", other):
            book.admit(world.merchants, "mine", sender=other)
    world.merchants.grantRole(world.merchants.OPERATOR(), world.stranger, sender=world.operator)
    book.admit(world.merchants, "ours", sender=world.stranger)


def test_dismiss_lets_no_new_cover_name_the_guarantor_and_leaves_covers_as_they_are(
    world: World, book: Contract
) -> None:
    old, new = ((world.yuan.address, 1),), ((world.yuan.address, 2),)
    book.announce(old)
    book.dismiss(world.yuan, sender=world.operator)
    assert world.named("GuarantorDismissed")[0].args == {"guarantor": world.yuan.address}
    assert book.isAnnounced(cover_hash(old))
    with raises("CoverBook_PledgesUnsound", 0):
        book.announce(new)


def test_dismiss_reverts_for_anyone_but_an_operator(world: World, book: Contract) -> None:
    with raises("CoverBook_NotOperator", world.shop):
        book.dismiss(world.yuan, sender=world.shop)


def test_announce_says_once_in_full_what_a_hash_stands_for(world: World, book: Contract) -> None:
    pledges = ((world.yuan.address, 80_000), (world.factory.address, 20_000))
    assert not book.isAnnounced(cover_hash(pledges))
    assert book.announce(pledges, sender=world.stranger) == cover_hash(pledges)
    assert world.named("CoverAnnounced")[0].args == {"cover": cover_hash(pledges), "pledges": pledges}
    assert book.isAnnounced(cover_hash(pledges))
    assert book.announce(pledges, sender=world.shop) == cover_hash(pledges)
    assert world.events == []
    # The order says who is asked first: another order is another cover.
    assert book.announce(pledges[::-1], sender=world.shop) != cover_hash(pledges)


def test_announce_reverts_for_pledges_that_no_wallet_would_open(world: World, book: Contract) -> None:
    good = (world.yuan.address, 1)
    some = [good, (world.factory.address, 1), (world.relay.address, 1), (world.templates.address, 1)]
    book.announce(some)
    wrong = {
        0: [],
        5: [*some, good],
        1: [good, (world.factory.address, 0)],
        2: [good, (world.factory.address, 1), good],
        3: [*some[:3], (world.alice.address, 1)],
    }
    for place, pledges in wrong.items():
        with raises("CoverBook_PledgesUnsound", place):
            book.announce(pledges)
