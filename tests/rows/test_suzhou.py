"""Suzhou, rows 1 to 13: money in the consumer's own sub-wallet until each treatment is authorised."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.rows.counter import Counter, counter
from wallet.bindings.digital_yuan import DigitalYuan
from wallet.bindings.runtime import decode_logs
from wallet.errors import PrepaidError
from wallet.keccak import keccak256
from wallet.services import onboard
from wallet.services.cards import history
from wallet.services.custody import cards_money
from wallet.services.publish import find_product
from wallet.services.records import find_card
from wallet.services.sending import send
from wallet.signing.policy import Policy
from wallet.stories.bankruptcy import MERCHANT, bankrupt
from wallet.systems import find_system, systems
from wallet.systems.form import form_of
from wallet.terms import Terms


@pytest.fixture(scope="module")
def shop() -> Iterator[Counter]:
    with counter("suzhou") as opened:
        yield opened


def test_row_01_the_preset_can_be_chosen_and_its_card_names_its_source(shop: Counter) -> None:
    """The card carries the hash of a form whose text names programme and source."""
    preset = find_system("suzhou")
    assert "suzhou" in systems()
    assert preset.system.since is not None
    assert preset.system.since.isoformat() == "2024-11-26"
    text = form_of(preset)
    for source in ("项目表第1行", *preset.sources["jiangsu-driving"].addresses):
        assert source in text
    card = shop.buy("ada", "cleaning").card
    assert Terms.from_dict(shop.show(card).terms).form == keccak256(text.encode())


def test_row_04_only_contract_calls_move_frozen_money(shop: Counter) -> None:
    """Neither merchant nor operator nor the consumer's own account can take it from the sub-wallet."""
    bought = shop.buy("bea", "cleaning")
    token = DigitalYuan(shop.context.platform.token)
    for who in ("steady", "operator", "bank", "bea"):
        signer = shop.stage.people[who]
        shop.context.chain.set_balance(signer.address, 10**18)  # enough gas: what fails is the taking
        with pytest.raises(PrepaidError, match="may draw 0 fen"):
            send(shop.context, signer, token.transfer_from(bought.sub_wallet, signer.address, 1), "take")
    assert shop.stage.money(bought.sub_wallet) == 60_000
    logs = shop.context.chain.logs(bought.sub_wallet, (), 0)
    shop.use("bea", bought.card, 1)
    (event,) = [one for _, one in decode_logs(shop.context.chain.logs(bought.sub_wallet, (), 0)[len(logs) :])]
    assert type(event).__name__ == "Consumed"


def test_row_06_both_channels_give_the_same_terms_and_are_on_record(shop: Counter) -> None:
    """The channel stands in the opening's event and in nothing that decides."""
    channels = [one.key for one in find_system("suzhou").system.channels]
    assert channels == ["mini-program", "e-cny-app"]
    bought = [shop.buy("cleo", "cleaning", channel=number) for number in (1, 2)]
    terms = [Terms.from_dict(shop.show(one.card).terms) for one in bought]
    assert terms[0].product() == terms[1].product()
    assert [one.channel for one in terms] == [1, 2]
    for one, number in zip(bought, (1, 2), strict=True):
        assert find_card(shop.context, one.card).terms.channel == number


def test_row_07_the_sub_wallet_holds_it_all_and_the_merchant_nothing(shop: Counter) -> None:
    """At sale the merchant gets no fen; its creditors reach none of what is frozen, whatever it tries for
    them, and when it is gone all of it is still the consumer's."""
    before = shop.money()
    bought = shop.buy("dora", "root-canal")
    assert (shop.money() - before, bought.advance, bought.frozen) == (0, 0, 240_000)
    record = find_card(shop.context, bought.card)
    with pytest.raises(PrepaidError):
        send(shop.context, shop.merchant, record.contract.terminate(record.terms, 0), "seize")
    with pytest.raises(PrepaidError):
        send(shop.context, shop.merchant, record.contract.collect(record.terms), "seize")
    assert shop.stage.money(bought.sub_wallet) == 240_000
    vehicle = find_system("suzhou").system.custody.vehicle.value
    reached = bankrupt(vehicle, MERCHANT, bought.frozen)
    assert (reached.held, reached.attached, reached.contested) == (240_000, 0, 0)
    assert bankrupt("merchant-account", MERCHANT, bought.frozen).attached == 240_000  # what it would be there
    onboard.stop(shop.context, shop.stage.operator, shop.merchant.address)
    ended = shop.leave("dora", bought.card)
    onboard.approve(shop.context, shop.stage.operator, shop.merchant.address)
    assert (ended.refund, ended.shortfall, shop.money() - before) == (240_000, 0, 0)


def test_row_08_a_refund_is_accepted_at_any_moment_without_the_merchant(shop: Counter) -> None:
    """Unused, used, long after, with the merchant suspended: the exit works and pays by the formula."""
    for uses, days, expected in ((0, 1, 60_000), (1, 1, 40_000), (2, 40, 20_000), (3, 400, 0)):
        card = shop.buy("enid", "cleaning").card
        for _ in range(uses):
            shop.use("enid", card, 1)
        shop.pass_days(days)
        onboard.suspend(shop.context, shop.stage.operator, shop.merchant.address)
        ended = shop.leave("enid", card)
        onboard.approve(shop.context, shop.stage.operator, shop.merchant.address)
        assert (ended.refund, ended.shortfall) == (expected, 0)


def test_row_09_an_authorisation_moves_exactly_the_items_price(shop: Counter) -> None:
    """Without one, with another's or with an altered one, not a fen moves."""
    from dataclasses import replace

    from wallet.services import authorise, consume

    card = shop.buy("fay", "root-canal").card
    before = shop.money()
    document = shop.charge(card, 1).document
    stranger = shop.stage.consumer("somebody")
    with pytest.raises(PrepaidError):
        authorise.preview_charge(shop.context, stranger.address, document, Policy())
    request = authorise.preview_charge(shop.context, shop.stage.people["fay"].address, document, Policy())
    signed = authorise.authorise(shop.context, shop.stage.people["fay"], request).document
    for forged in (replace(signed, signature=bytes(65)), replace(signed, max_pay=signed.max_pay + 1)):
        with pytest.raises(PrepaidError):
            consume.consume(shop.context, shop.stage.operator, forged)
    assert shop.money() == before
    consume.consume(shop.context, shop.stage.operator, signed)
    assert shop.money() - before == 80_000


def test_row_10_what_is_held_is_the_unperformed_value_at_every_step(shop: Counter) -> None:
    """Over two cards of different kinds, after each use."""
    cards = {"cleaning": shop.buy("gina", "cleaning").card, "root-canal": shop.buy("gina", "root-canal").card}
    prices = {"cleaning": 20_000, "root-canal": 80_000}
    left = {"cleaning": 3, "root-canal": 3}
    for key in ("cleaning", "root-canal", "root-canal", "cleaning", "cleaning", "root-canal"):
        held = {kind: shop.show(card).held for kind, card in cards.items()}
        assert held == {kind: left[kind] * prices[kind] for kind in cards}
        shop.use("gina", cards[key], 1)
        left[key] -= 1
    money = {"0x" + one.record.card.hex(): one for one in cards_money(shop.context, shop.merchant.address)}
    assert all(money[card].held == 0 and money[card].balanced for card in cards.values())


@pytest.mark.parametrize(
    ("key", "steps"),
    [
        ("orthodontics", [(10_000, 600_000)] + [(10_000, 50_000)] * 24),
        ("implant", [(10_000, 100_000), (10_000, 500_000), (10_000, 200_000), (10_000, 400_000)]),
        ("extraction", [(1, 40_000)] * 2),
        ("cleaning", [(1, 20_000)] * 3),
        ("root-canal", [(1, 80_000)] * 3),
    ],
)
def test_row_13_five_dental_products_run_from_purchase_to_end(
    shop: Counter, key: str, steps: list[tuple[int, int]]
) -> None:
    """Each step pays its own price; one is stopped half way and refunds the rest."""
    product = find_product(shop.context, shop.sell(key).name)
    card = shop.buy("hilda", key).card
    assert sum(price for _, price in steps) == product.terms.principal
    for used, price in steps:
        assert shop.use("hilda", card, used).paid == price
    assert shop.show(card).held == 0
    half = shop.buy("hilda", key).card
    done = steps[: len(steps) // 2]
    for used, _ in done:
        shop.use("hilda", half, used)
    ended = shop.leave("hilda", half)
    assert ended.refund == product.terms.principal - sum(price for _, price in done)
    assert [one.event for one in history(shop.context, half)][-1] == "closed"
