"""Vouchers through the services."""

from __future__ import annotations

import pytest

from tests.services.world import World
from wallet.bindings import errors
from wallet.errors import InvalidInput, PolicyRefusal
from wallet.services import bump, consume, publish
from wallet.services.voucher import preview_voucher, sign_voucher
from wallet.signing.policy import Limit, Outcome, Policy


def voucher_card(world: World) -> str:
    """A card whose terms take vouchers."""
    terms = publish.terms_for(
        world.context, merchant=world.merchant.address, template="StoredValue", principal=100_000,
        bonus=30_000, takes_vouchers=1,
    )  # fmt: skip
    publish.publish(world.context, world.merchant, terms, "with vouchers")
    return world.buy("with vouchers").card


def test_the_newest_voucher_settles_all(any_world: World) -> None:
    """Three signed, one carried: the total moves at once; older ones are then worth nothing."""
    world = any_world
    card = voucher_card(world)
    made = []
    for total in (3000, 6000, 9000):
        request = preview_voucher(world.context, world.consumer.address, card, total, Policy())
        made.append(sign_voucher(world.context, world.consumer, request))
    assert "6.92" not in request.sentence
    assert request.sentence.startswith("Let 示例口腔 have at most 69.23 yuan")
    done = consume.redeem(world.context, world.merchant, made[-1])
    assert (done.paid, done.used, done.charge) == (6923, 9000, "")
    for old in made[:2]:
        with pytest.raises(PolicyRefusal):
            consume.redeem(world.context, world.merchant, old)
    with pytest.raises(InvalidInput, match="not above"):
        preview_voucher(world.context, world.consumer.address, card, 9000, Policy())
    # The day counts what may move, not every voucher anew.
    assert world.context.journal.authorised(world.context.identity, world.consumer.address, since=0) == 6923


def test_vouchers_where_the_terms_do_not_take_them(world: World) -> None:
    """Refused before anything is signed."""
    with pytest.raises(PolicyRefusal) as caught:
        preview_voucher(world.context, world.consumer.address, world.buy().card, 3000, Policy())
    assert caught.value.error_code == "vouchers-off"


def test_vouchers_obey_policy_rules_and_epoch(world: World) -> None:
    """Over the limit, over the card, or voided."""
    card = voucher_card(world)
    strict = Policy(per_day=Limit(5000, Outcome.REFUSE))
    request = preview_voucher(world.context, world.consumer.address, card, 9000, strict)
    with pytest.raises(PolicyRefusal):
        sign_voucher(world.context, world.consumer, request)
    with pytest.raises(errors.TemplateOverdrawn):
        preview_voucher(world.context, world.consumer.address, card, 130_001, Policy())
    signed = sign_voucher(
        world.context,
        world.consumer,
        preview_voucher(world.context, world.consumer.address, card, 3000, strict),
    )
    bump.bump(world.context, world.consumer, card)
    with pytest.raises(PolicyRefusal) as caught:
        consume.redeem(world.context, world.merchant, signed)
    assert caught.value.error_code == "stale-epoch"
