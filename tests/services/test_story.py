"""One card from purchase to the end, with every amount to the fen, on each backend."""

from __future__ import annotations

import json
from dataclasses import asdict

import pytest

from tests.services.world import MERCHANT_NAME, PRODUCT, World
from wallet.services import (
    authorise,
    bump,
    buy,
    cards,
    collect,
    consume,
    deploy,
    fund,
    onboard,
    publish,
    settle,
    terminate,
)  # fmt: skip
from wallet.signing.policy import Policy


def test_a_card_of_1000_with_300_given(any_world: World) -> None:
    """Buy, spend twice, leave: 23.07 and 23.08 go, the rest is refunded by the terms, nothing is lost."""
    world = any_world
    bought = world.buy()
    assert (bought.paid, bought.frozen, bought.advance) == (100_000, 100_000, 0)
    before = cards.balance(world.context, world.consumer.address)
    assert (before.on_hand, before.frozen) == (9_900_000, 100_000)

    charged = world.charge(bought.card)
    assert (charged.pays, charged.stays) == (2307, 97_693)
    request = authorise.preview_charge(world.context, world.consumer.address, charged.document, Policy())
    assert request.sentence.startswith(
        f"Spend 30.00 of card {bought.card[2:6]}… at {MERCHANT_NAME} (charge C-17): "
        "23.07 yuan go to the merchant now, 976.93 stay frozen; valid until "
    )
    signed = authorise.authorise(world.context, world.consumer, request)
    first = world.consume(signed.document)
    second = world.consume(world.authorise(bought.card, number="C-18"))
    assert (first.paid, second.paid, second.released) == (2307, 2308, 4615)

    exit_ = terminate.preview_termination(world.context, bought.card)
    ended = terminate.terminate(world.context, world.consumer, exit_)
    # The consumer leaves of its own wish: 60.00 at list price are the merchant's.
    assert (ended.cause, ended.refund, ended.to_collect, ended.shortfall) == ("consumer", 94_000, 1385, 0)
    assert collect.collect(world.context, world.merchant, bought.card).amount == 1385
    assert first.paid + second.paid + ended.refund + ended.to_collect == bought.paid

    after = cards.balance(world.context, world.consumer.address)
    assert (after.on_hand, after.frozen) == (9_900_000 + 94_000, 0)
    shown = cards.show_card(world.context, bought.card)
    assert (shown.status, shown.held, shown.product_name) == ("closed", 0, PRODUCT)
    told = [(entry.event, entry.reference) for entry in cards.history(world.context, bought.card)]
    assert told == [
        ("opened", ""), ("consumed", "C-17"), ("consumed", "C-18"), ("closed", ""), ("collected", ""),
    ]  # fmt: skip
    assert world.context.journal.pending(world.context.identity) == []


@pytest.mark.parametrize("method", buy.METHODS)
def test_every_way_of_paying_opens_the_same_card(world: World, method: str) -> None:
    """ERC-3009, EIP-2612, an allowance and the consumer's own transactions."""
    if method == "allowance":
        from wallet.bindings.digital_yuan import DigitalYuan
        from wallet.services.sending import send

        wallet = world.context.wallet_of(world.consumer.address).address
        token = DigitalYuan(world.context.platform.token)
        send(world.context, world.consumer, token.approve(wallet, 100_000), "allow")
    bought = world.buy(method=method)
    shown = cards.show_card(world.context, bought.card)
    assert (shown.status, shown.held, shown.owner) == ("open", 100_000, world.consumer.address)
    assert bought.method == method


def test_a_consumer_without_coin_can_buy_spend_and_leave(world: World) -> None:
    """Every message is carried by somebody else: the consumer's nonce stays zero."""
    bought = world.buy()
    world.consume(world.authorise(bought.card))
    bump.bump(world.context, world.consumer, bought.card, carrier=world.other)
    exit_ = terminate.preview_termination(world.context, bought.card)
    ended = terminate.terminate(world.context, world.consumer, exit_, carrier=world.other)
    assert ended.refund == 97_000
    assert world.context.chain.nonce(world.consumer.address) == 0


def test_sessions(world: World) -> None:
    """Ten paid and two given: one session releases a twelfth, and is spoken of as a session."""
    terms = publish.terms_for(
        world.context, merchant=world.merchant.address, template="Sessions", principal=120_000,
        paid_units=10, gift_units=2,
    )  # fmt: skip
    publish.publish(world.context, world.merchant, terms, "ten and two")
    bought = world.buy("ten and two")
    charged = world.charge(bought.card, used=1)
    assert charged.document.listed_after == 12_000
    request = authorise.preview_charge(world.context, world.consumer.address, charged.document, Policy())
    assert request.sentence.startswith("Use 1 session of card")
    assert authorise.authorise(world.context, world.consumer, request).pays == 10_000


def test_many_at_once(any_world: World) -> None:
    """Side by side, in one transaction for one card, and relayed: each moves what was signed, to the fen."""
    world = any_world
    first, second = world.buy().card, world.buy().card
    side = consume.consume_many(
        world.context, world.merchant, [world.authorise(first), world.authorise(second)]
    )
    assert [one.paid for one in side] == [2307, 2307]
    relayed = consume.consume_relayed(
        world.context, world.merchant, [world.authorise(first), world.authorise(second)]
    )
    assert [(one.card, one.paid) for one in relayed] == [(first, 2308), (second, 2308)]

    batch = consecutive(world, first, 3)
    assert [one.paid for one in consume.consume_card(world.context, world.merchant, batch)] == [
        2308,
        2307,
        2308,
    ]


def consecutive(world: World, card: str, count: int) -> list:
    """Authorisations of one card that follow one another without waiting for the chain."""
    from dataclasses import replace

    from wallet.exchange import Authorisation

    state = cards.show_card(world.context, card)
    document = world.authorise(card)
    made = []
    for n in range(count):
        message = replace(
            document.message,
            used_after=state.used + 3000 * (n + 1),
            listed_after=state.listed + 3000 * (n + 1),
            max_pay=2308,
        )
        signature = world.consumer.sign_message(message, document.domain)
        made.append(
            Authorisation.of(
                message, domain=document.domain, consumer=world.consumer.address, signature=signature
            )
        )
    return made


def test_one_refused_among_many_holds_up_no_other(any_world: World) -> None:
    """The same authorisation twice: the second says why, what follows goes on."""
    world = any_world
    first, second = world.buy().card, world.buy().card
    once, other = world.authorise(first), world.authorise(second)
    for carry in (consume.consume_many, consume.consume_relayed):
        done = carry(world.context, world.merchant, [once, once, other])
        assert [one.error for one in done].count("sub-wallet-totals-not-growing") >= 1
        assert done[2].error == "" if carry is consume.consume_many else done[2].error != ""
    assert cards.show_card(world.context, first).released == 2307


def test_deploying_twice_creates_nothing(world: World) -> None:
    """The platform is found by the journal, and without its file too."""
    _, again = deploy.deploy(world.context, world.operator)
    assert again.created == ()
    (world.context.deployments / f"{world.context.identity}.json").unlink()
    context, once_more = deploy.deploy(world.context.with_platform(None), world.operator)
    assert once_more.created == ()
    assert context.platform.factory == world.context.platform.factory


def test_expiry_is_settled_by_anyone(world: World) -> None:
    """After the term, with automatic refund in the terms: settle ends the card and refunds."""
    terms = publish.terms_for(
        world.context, merchant=world.merchant.address, template="StoredValue", principal=50_000,
        term_days=30, expiry_policy=1,
    )  # fmt: skip
    publish.publish(world.context, world.merchant, terms, "thirty days")
    bought = world.buy("thirty days")
    world.context.chain.advance(32 * 86_400)
    done = settle.settle(world.context, world.other, bought.card)
    assert (done.ended, done.cause, done.refund) == (True, "expiry", 50_000)


def test_results_are_plain_values(world: World) -> None:
    """Whatever a service returns for showing can be written as JSON without help."""
    bought = world.buy()
    world.consume(world.authorise(bought.card))
    results = [
        bought,
        cards.show_card(world.context, bought.card),
        *cards.history(world.context, bought.card),
        cards.balance(world.context, world.consumer.address),
        *publish.list_products(world.context),
        *onboard.list_merchants(world.context),
        fund.fund(world.context, world.operator, world.other.address, 100),
    ]
    for result in results:
        assert json.loads(json.dumps(asdict(result)))
