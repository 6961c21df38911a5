"""What a cover's hash stands for: `cover_book.tree`."""

from __future__ import annotations

from tests.contracts.harness import World, raises
from wallet.eip712 import cover_hash


def test_announce_says_once_in_full_what_a_hash_stands_for(world: World) -> None:
    book = world.deploy("CoverBook")
    pledges = ((world.yuan.address, 80_000), (world.factory.address, 20_000))
    assert not book.isAnnounced(cover_hash(pledges))
    assert book.announce(pledges, sender=world.stranger) == cover_hash(pledges)
    assert world.named("CoverAnnounced")[0].args == {"cover": cover_hash(pledges), "pledges": pledges}
    assert book.isAnnounced(cover_hash(pledges))
    assert book.announce(pledges, sender=world.shop) == cover_hash(pledges)
    assert world.events == []
    # The order says who is asked first: another order is another cover.
    assert book.announce(pledges[::-1], sender=world.shop) != cover_hash(pledges)


def test_announce_reverts_for_pledges_that_no_wallet_would_open(world: World) -> None:
    book = world.deploy("CoverBook")
    good = (world.yuan.address, 1)
    some = [good, (world.factory.address, 1), (world.relay.address, 1), (world.templates.address, 1)]
    book.announce(some)
    wrong = {
        0: [],
        5: [*some, (world.merchants.address, 1)],
        1: [good, (world.factory.address, 0)],
        2: [good, (world.factory.address, 1), good],
        3: [*some[:3], (world.alice.address, 1)],
    }
    for place, pledges in wrong.items():
        with raises("CoverBook_PledgesUnsound", place):
            book.announce(pledges)
