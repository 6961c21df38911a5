"""What is on offer: `product_catalogue.tree`."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tests.contracts.craft import INVALID, OBEDIENT, REVERT, STOP, force, template, word
from tests.contracts.harness import OPEN, World, raises
from wallet.eip712 import keccak256
from wallet.terms import Terms

FORM = keccak256(b"standard form")


def product(world: World, **fields: Any) -> Terms:
    """Terms that may be listed, unless `fields` say otherwise; their form is registered."""
    world.catalogue.registerForm(FORM, "form", sender=world.operator)
    return world.terms(**{"form": FORM, **fields}).product()


def publish(world: World, terms: Terms, sender: Any = None) -> bytes:
    made: bytes = world.catalogue.publish(terms, "a card", sender=sender or world.shop)
    return made


def test_publish_lists_the_product_under_its_hash_and_emits_the_terms_in_full(world: World) -> None:
    terms = product(world, bonus=30_000)
    assert publish(world, terms) == terms.product_id
    assert world.catalogue.isOnSale(terms.product_id)
    assert world.named("ProductPublished")[0].args == {
        "product": terms.product_id,
        "merchant": world.shop.address,
        "terms": terms.values(),
        "name": "a card",
    }


def test_publish_reverts_for_anyone_but_the_merchant_in_the_terms(world: World) -> None:
    terms = product(world)
    for other in (world.operator, world.stranger):
        with raises("ProductCatalogue_NotAllowed", other):
            publish(world, terms, other)


def test_publish_reverts_when_the_merchant_may_not_sell(world: World) -> None:
    terms = product(world)
    world.merchants.suspend(world.shop, sender=world.operator)
    with raises("ProductCatalogue_MerchantMayNotSell", world.shop):
        publish(world, terms)


def test_publish_reverts_when_order_is_not_zero(world: World) -> None:
    terms = replace(product(world), order=1 << 200)
    with raises("ProductCatalogue_OrderNotZero", 1 << 200):
        publish(world, terms)


def test_publish_reverts_when_the_standard_form_is_unknown(world: World) -> None:
    terms = replace(product(world), form=b"\x01" * 32)
    with raises("ProductCatalogue_FormUnknown", b"\x01" * 32):
        publish(world, terms)


def test_publish_reverts_when_the_product_is_listed_already(world: World) -> None:
    terms = product(world)
    publish(world, terms)
    with raises("ProductCatalogue_AlreadyListed", terms.product_id):
        publish(world, terms)


def test_publish_reverts_for_terms_that_no_sub_wallet_would_open(world: World) -> None:
    wrong = {
        "principal": {"principal": 0},
        "advance": {"advance": 100_001},
        "custodyBps": {"custody_bps": 10_001},
        "exitFeeBps": {"exit_fee_bps": 1_001},
        "pauseMaxDays": {"pause_max_days": 1},
        "confirmHours": {"confirm_hours": 1},
        "transferable": {"transferable": 1},
        "trigger": {"trigger": 1},
        "consumerFormula": {"consumer_formula": 9},
        "schedule": {"schedule": 5},
        "ladder": {"ladder2": 10_001},
        "certifier": {"trigger": 2},
    }
    for what, numbers in wrong.items():
        with raises("SubWallet_TermsInvalid", what):
            publish(world, force(product(world), **numbers))


def unfit(world: World, address: Any, **fields: Any) -> None:
    with raises("ProductCatalogue_TemplateUnfit", address):
        publish(world, product(world, template=address, **fields))


def test_publish_reverts_when_the_template_was_not_admitted(world: World) -> None:
    unfit(world, world.deploy("StoredValue"))
    unfit(world, world.alice.address)


def test_publish_reverts_when_the_template_releases_more_than_the_advance_before_use(world: World) -> None:
    obedient = world.admit(OBEDIENT)
    fields: dict[str, Any] = {"template": obedient, "params1": 100_000}
    publish(world, product(world, params0=0, **fields))
    publish(world, product(world, params0=500, advance=500, **fields))
    unfit(world, obedient, params0=501, params1=100_000, advance=500)


def test_publish_reverts_when_the_template_does_not_owe_all_to_a_consumer_who_got_nothing(
    world: World,
) -> None:
    obedient = world.admit(OBEDIENT)
    for owed in (0, 99_999, 100_001):
        unfit(world, obedient, params1=owed)


def test_publish_reverts_when_the_template_fails(world: World) -> None:
    for wrong in (REVERT, INVALID, STOP):
        unfit(world, world.admit(template(wrong, word(100_000))))
        unfit(world, world.admit(template(word(0), wrong)))


def test_withdraw_takes_the_product_off_the_list_and_leaves_cards_alone(world: World) -> None:
    terms = product(world)
    publish(world, terms)
    bought = terms.bought(salt=1, buy_by=world.now + 60)
    world.open(world.alice, bought)
    world.catalogue.withdraw(terms.product_id, sender=world.shop)
    assert world.named("ProductWithdrawn")[0].args == {"product": terms.product_id}
    assert not world.catalogue.isOnSale(terms.product_id)
    assert world.card(world.alice, bought).status == OPEN


def test_withdraw_may_be_said_by_the_merchant_or_an_operator_and_nobody_else(world: World) -> None:
    terms = product(world)
    publish(world, terms)
    with raises("ProductCatalogue_NotAllowed", world.stranger):
        world.catalogue.withdraw(terms.product_id, sender=world.stranger)
    for speaker in (world.shop, world.operator):
        with world.rollback():
            world.catalogue.withdraw(terms.product_id, sender=speaker)
            assert not world.catalogue.isOnSale(terms.product_id)


def test_withdraw_reverts_for_an_unknown_product(world: World) -> None:
    with raises("ProductCatalogue_ProductUnknown", bytes(32)):
        world.catalogue.withdraw(bytes(32), sender=world.operator)


def test_register_form_admits_a_form(world: World) -> None:
    assert not world.catalogue.isForm(FORM)
    world.catalogue.registerForm(FORM, "长期服务", sender=world.operator)
    assert world.named("FormRegistered")[0].args == {"form": FORM, "title": "长期服务"}
    assert world.catalogue.isForm(FORM)


def test_register_form_reverts_for_anyone_but_an_operator(world: World) -> None:
    with raises("AccessControlUnauthorizedAccount", world.shop):
        world.catalogue.registerForm(FORM, "mine", sender=world.shop)


def test_is_on_sale_follows_the_merchants_status(world: World) -> None:
    terms = product(world)
    publish(world, terms)
    world.merchants.suspend(world.shop, sender=world.operator)
    assert not world.catalogue.isOnSale(terms.product_id)
    world.merchants.approve(world.shop, sender=world.operator)
    assert world.catalogue.isOnSale(terms.product_id)


def test_is_on_sale_is_false_for_what_was_never_listed(world: World) -> None:
    assert not world.catalogue.isOnSale(product(world).product_id)
    assert not world.catalogue.isOnSale(bytes(32))
