"""What must not happen, tried: each attempt is refused with its own code and moves nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.services.world import PRODUCT, World
from wallet.bindings import errors
from wallet.chain.base import ChainError
from wallet.errors import ContractError, InvalidInput, PolicyRefusal, PrepaidError
from wallet.exchange import Authorisation
from wallet.services import (
    authorise,
    bump,
    buy,
    cards,
    charge,
    collect,
    consume,
    fund,
    onboard,
    publish,
    register_template,
    settle,
    terminate,
)  # fmt: skip
from wallet.services.authorise import consumption
from wallet.services.records import find_card
from wallet.services.sending import send, simulate
from wallet.signing.policy import Limit, Outcome, Policy
from wallet.signing.signer import KeySigner
from wallet.terms import Terms


def carry_blindly(world: World, document: Authorisation) -> int:
    """Straight to the contract, past every check of ours."""
    record = find_card(world.context, "0x" + document.card.hex())
    call = record.contract.consume(record.terms, consumption(document), document.signature)
    return simulate(world.context, call, world.merchant.address)


def test_an_authorisation_works_once(any_world: World) -> None:
    """Replayed, it is refused by the wallet with a reason, and by the contract."""
    world = any_world
    document = world.authorise(world.buy().card)
    world.consume(document)
    with pytest.raises(PolicyRefusal) as caught:
        world.consume(document)
    assert caught.value.error_code == "already-used"
    with pytest.raises(errors.SubWalletTotalsNotGrowing) as refused:
        carry_blindly(world, document)
    assert (refused.value.used, refused.value.used_after) == (3000, 3000)
    assert refused.value.exit_status == 3


def test_an_expired_authorisation(world: World) -> None:
    """One second after its deadline it is too late, for us and for the contract."""
    document = world.authorise(world.buy().card)
    world.context.chain.advance(charge.VALID + 2)
    with pytest.raises(PolicyRefusal) as caught:
        world.consume(document)
    assert caught.value.error_code == "expired"
    with pytest.raises(errors.SubWalletDeadlinePassed):
        carry_blindly(world, document)


@pytest.mark.parametrize("field", ["used_after", "listed_after", "max_pay", "deadline", "charge", "epoch"])
def test_an_altered_authorisation(world: World, field: str) -> None:
    """Any field changed after signing: the signature is no longer the consumer's over it."""
    document = world.authorise(world.buy().card)
    old = getattr(document, field)
    forged = replace(document, **{field: bytes(32) if field == "charge" else old + 1})
    with pytest.raises(PolicyRefusal) as caught:
        world.consume(forged)
    assert caught.value.error_code == "authorisation-signature"
    with pytest.raises((errors.SubWalletSignatureInvalid, errors.SubWalletEpochVoided)):
        carry_blindly(world, forged)


def test_the_wrong_key(world: World) -> None:
    """Signed by somebody who is not the consumer."""
    document = world.authorise(world.buy().card)
    forged = replace(document, signature=world.other.sign_message(document.message, document.domain))
    with pytest.raises(PolicyRefusal) as caught:
        world.consume(forged)
    assert caught.value.error_code == "authorisation-signature"
    with pytest.raises(errors.SubWalletSignatureInvalid) as refused:
        carry_blindly(world, forged)
    assert refused.value.signer == world.consumer.address


def test_an_authorisation_for_another_chain(world: World) -> None:
    """The same words signed for chain 1 are worth nothing here."""
    document = world.authorise(world.buy().card)
    foreign = replace(document.domain, chain_id=1)
    signed = world.consumer._sign(document.message.digest(foreign))
    with pytest.raises(PolicyRefusal) as caught:
        world.consume(replace(document, chain_id=1, signature=signed))
    assert caught.value.error_code == "foreign-chain"
    with pytest.raises(errors.SubWalletSignatureInvalid):
        carry_blindly(world, replace(document, signature=signed))


def test_more_than_the_card_holds(world: World) -> None:
    """1300.01 of a card of 1300: the rules refuse, with the two numbers, before anything is signed."""
    card = world.buy().card
    with pytest.raises(errors.TemplateOverdrawn) as caught:
        world.charge(card, used=130_001)
    assert caught.value.used == 130_001
    assert world.charge(card, used=130_000).pays == 100_000


@pytest.mark.parametrize("used", [0, -1])
def test_a_charge_of_nothing(world: World, used: int) -> None:
    """Zero and less are refused where they are typed."""
    with pytest.raises(InvalidInput):
        world.charge(world.buy().card, used=used)


def test_a_charge_by_another_merchant(world: World) -> None:
    """Another merchant cannot charge the card, nor pass off its charge as the merchant's."""
    card = world.buy().card
    with pytest.raises(InvalidInput) as caught:
        charge.make_charge(world.context, world.other, card, 3000, "C-1")
    assert caught.value.error_code == "other-merchant"
    honest = world.charge(card).document
    for forged, code in (
        (replace(honest, merchant=world.other.address), "other-merchant"),
        (
            replace(honest, signature=world.other.sign_message(honest.message, honest.domain)),
            "charge-signature",
        ),
        (replace(honest, number="C-18"), "charge-signature"),
        (replace(honest, used_before=1), "totals-differ"),
    ):
        with pytest.raises(PolicyRefusal) as refused:
            authorise.preview_charge(world.context, world.consumer.address, forged, Policy())
        assert refused.value.error_code == code


def test_somebody_elses_card_is_not_answered(world: World) -> None:
    """A charge for a card of another consumer is not in this wallet."""
    document = world.charge(world.buy().card).document
    with pytest.raises(InvalidInput) as caught:
        authorise.preview_charge(world.context, world.other.address, document, Policy())
    assert caught.value.error_code == "unknown-card"


def test_a_merchant_that_is_not_approved_sells_nothing(world: World) -> None:
    """Neither publishing nor selling; cards sold before go on."""
    card = world.buy().card
    pending = buy.preview_purchase(world.context, world.consumer.address, PRODUCT)
    onboard.suspend(world.context, world.operator, world.merchant.address)
    with pytest.raises(InvalidInput) as caught:
        buy.preview_purchase(world.context, world.consumer.address, PRODUCT)
    assert caught.value.error_code == "not-on-sale"
    with pytest.raises(errors.SubWalletMerchantMayNotSell):
        buy.buy(world.context, world.consumer, pending, carrier=world.merchant)
    onboard.apply_to_sell(world.context, world.other, "another", "licence 2")
    terms = publish.terms_for(
        world.context, merchant=world.other.address, template="StoredValue", principal=1000
    )
    with pytest.raises(errors.ProductCatalogueMerchantMayNotSell):
        publish.publish(world.context, world.other, terms, "unapproved")
    assert world.consume(world.authorise(card)).paid == 2307


def test_only_an_operator_approves(world: World) -> None:
    """The role is named in the error."""
    with pytest.raises(errors.AccessControlUnauthorizedAccount):
        onboard.approve(world.context, world.other, world.merchant.address)


def test_a_closed_card(any_world: World) -> None:
    """No charge, no consumption, no second termination, no way back."""
    world = any_world
    card = world.buy().card
    document = world.authorise(card)
    exit_ = terminate.preview_termination(world.context, card)
    terminate.terminate(world.context, world.consumer, exit_)
    with pytest.raises(InvalidInput, match="not open"):
        world.charge(card)
    with pytest.raises(PolicyRefusal) as caught:
        world.consume(document)
    assert caught.value.error_code == "card-not-open"
    with pytest.raises(errors.SubWalletCardNotOpen) as refused:
        carry_blindly(world, document)
    assert refused.value.status == 2
    with pytest.raises(InvalidInput):
        terminate.preview_termination(world.context, card)
    with pytest.raises(errors.SubWalletCardNotOpen):
        terminate.terminate(world.context, world.consumer, exit_)
    with pytest.raises(errors.SubWalletNothingToCollect):
        collect.collect(world.context, world.merchant, card)


@pytest.mark.parametrize("carried", [False, True])
def test_a_termination_overtaken_by_a_consumption(any_world: World, carried: bool) -> None:
    """Less would come back than was shown: it reverts. Looked at again, it goes through."""
    world = any_world
    card = world.buy().card
    document = world.authorise(card)
    exit_ = terminate.preview_termination(world.context, card)
    world.consume(document)
    carrier = world.other if carried else None
    with pytest.raises(errors.SubWalletRefundTooLow) as caught:
        terminate.terminate(world.context, world.consumer, exit_, carrier=carrier)
    assert (caught.value.refund, caught.value.min_refund) == (97_000, 100_000)
    again = terminate.preview_termination(world.context, card)
    assert terminate.terminate(world.context, world.consumer, again, carrier=carrier).refund == 97_000


def test_a_consumption_overtaken_by_a_termination(any_world: World) -> None:
    """A signature that was not used is not money: the consumer gets everything back."""
    world = any_world
    card = world.buy().card
    document = world.authorise(card)
    exit_ = terminate.preview_termination(world.context, card)
    assert terminate.terminate(world.context, world.consumer, exit_).refund == 100_000
    (done,) = consume.consume_many(world.context, world.merchant, [document])
    assert (done.error, done.paid) == ("sub-wallet-card-not-open", 0)


def test_a_bump_voids_what_is_out(world: World) -> None:
    """After it, the old authorisation is stale for us and for the contract; a new one works."""
    card = world.buy().card
    document = world.authorise(card)
    assert bump.bump(world.context, world.consumer, card).epoch == 1
    with pytest.raises(PolicyRefusal) as caught:
        world.consume(document)
    assert caught.value.error_code == "stale-epoch"
    with pytest.raises(errors.SubWalletEpochVoided):
        carry_blindly(world, document)
    assert world.consume(world.authorise(card)).paid == 2307


def test_the_policy_has_the_last_word(world: World) -> None:
    """Over the day's limit: refused, or asked first; what was signed counts, carried or not."""
    card = world.buy().card
    world.authorise(card)
    policy = Policy(per_day=Limit(4000, Outcome.ASK))
    request = authorise.preview_charge(
        world.context, world.consumer.address, world.charge(card).document, policy
    )
    with pytest.raises(PolicyRefusal) as caught:
        authorise.authorise(world.context, world.consumer, request)
    assert caught.value.exit_status == 5
    asked = []
    made = authorise.authorise(
        world.context, world.consumer, request, confirm=lambda reasons: bool(asked.append(reasons)) or True
    )
    assert made.pays == 2307
    assert asked[0][0].rule == "per_day"


def test_too_little_money(world: World) -> None:
    """Nothing is sent, not even the sub-wallet's creation, and both amounts are named."""
    preview = buy.preview_purchase(world.context, world.other.address, PRODUCT)
    with pytest.raises(errors.ERC20InsufficientBalance) as caught:
        buy.buy(world.context, world.other, preview)
    assert (caught.value.balance, caught.value.needed) == (0, 100_000)
    assert world.context.chain.nonce(world.other.address) == 0


def test_a_purchase_of_somebody_else(world: World) -> None:
    """The preview names its consumer."""
    preview = buy.preview_purchase(world.context, world.consumer.address, PRODUCT)
    with pytest.raises(InvalidInput):
        buy.buy(world.context, world.other, preview)


def test_the_same_purchase_twice(world: World) -> None:
    """A card opens once."""
    preview = buy.preview_purchase(world.context, world.consumer.address, PRODUCT)
    buy.buy(world.context, world.consumer, preview)
    with pytest.raises(errors.SubWalletCardExists):
        buy.buy(world.context, world.consumer, preview)


def test_only_the_issuer_funds(world: World) -> None:
    """Named with the caller."""
    with pytest.raises(errors.DigitalYuanNotIssuer) as caught:
        fund.fund(world.context, world.other, world.other.address, 1)
    assert caught.value.caller == world.other.address


def test_nothing_is_due_on_a_running_card(world: World) -> None:
    """Anyone may settle, and nothing happens by itself before its time."""
    with pytest.raises(errors.SubWalletNothingDue):
        settle.settle(world.context, world.other, world.buy().card)


def test_a_template_that_is_not_pure(world: World) -> None:
    """The registry names opcode and offset; nothing is admitted."""
    from wallet.compiler.artefacts import load_artefact

    with pytest.raises(errors.TemplateRegistryNotPure) as caught:
        register_template.register_template(world.context, world.other, load_artefact("Relay"))
    assert caught.value.opcode > 0


def test_what_was_refused_left_no_trace(world: World) -> None:
    """A refusal is found by simulation: no transaction was signed, none is in the journal."""
    card = world.buy().card
    document = world.authorise(card)
    world.consume(document)
    before = world.context.chain.nonce(world.merchant.address)
    record = find_card(world.context, card)
    call = record.contract.consume(record.terms, consumption(document), document.signature)
    with pytest.raises(ContractError):
        send(world.context, world.merchant, call, "again")
    assert world.context.chain.nonce(world.merchant.address) == before
    assert world.context.journal.pending(world.context.identity) == []


@pytest.mark.parametrize("wanted", ["", "0x", "0x12", "zzzz", "0x" + "0" * 64, "dead" * 20])
def test_cards_that_do_not_exist(world: World, wanted: str) -> None:
    """Too short, not hexadecimal, unknown: told apart from a crash, with a way out."""
    world.buy()
    with pytest.raises(PrepaidError) as caught:
        cards.show_card(world.context, wanted)
    assert caught.value.error_code == "unknown-card"


def test_an_ambiguous_card(world: World) -> None:
    """Four digits that fit two cards: more are asked for, and then suffice."""
    preview = buy.preview_purchase(world.context, world.consumer.address, PRODUCT)
    domain = world.context.domain_of(world.consumer.address)
    met: dict[str, Terms] = {}
    for salt in range(5000):
        terms = preview.terms.change(salt=salt)
        card = "0x" + terms.card_id(domain).hex()
        if card[:6] in met:
            break
        met[card[:6]] = terms
    for one in (terms, met[card[:6]]):
        purchase = replace(preview, terms=one, card="0x" + one.card_id(domain).hex())
        buy.buy(world.context, world.consumer, purchase)
    with pytest.raises(InvalidInput) as caught:
        cards.show_card(world.context, card[:6])
    assert caught.value.error_code == "ambiguous-card"
    assert cards.show_card(world.context, card[:16]).card == card


def test_a_product_in_another_token(world: World) -> None:
    """The catalogue may list it; this wallet does not pay for it."""
    terms = publish.terms_for(
        world.context, merchant=world.merchant.address, template="StoredValue", principal=1000
    )
    strange = replace(terms, token=world.context.platform.relay)
    publish.publish(world.context, world.merchant, strange, "strange money")
    with pytest.raises(PolicyRefusal) as caught:
        buy.preview_purchase(world.context, world.consumer.address, "strange money")
    assert caught.value.error_code == "other-token"


def test_a_merchants_way(world: World) -> None:
    """Applied, turned down, applied again, approved, suspended, reopened, stopped, closed: each is dated."""
    context, operator, shop = world.context, world.operator, world.other
    assert onboard.merchant_of(context, shop.address).status == "none"
    assert onboard.apply_to_sell(context, shop, "新店", "licence").status == "applied"
    onboard.reject(context, operator, shop.address)
    onboard.apply_to_sell(context, shop, "新店 2", "licence")
    told = [
        step(context, operator, shop.address).status
        for step in (
            onboard.approve,
            onboard.suspend,
            onboard.approve,
            onboard.stop,
            onboard.approve,
            onboard.close,
        )
    ]
    assert told == ["approved", "suspended", "approved", "stopped", "approved", "closed"]
    with pytest.raises(errors.MerchantRegistryWrongStatus):
        onboard.approve(context, operator, shop.address)
    with pytest.raises(errors.MerchantRegistryNotAllowed):
        onboard.stop(context, world.consumer, world.merchant.address)
    assert [one.name for one in onboard.list_merchants(context)] == ["示例口腔", "新店 2"]
    assert onboard.set_tier(context, operator, world.merchant.address, 3).tier == 3


def test_a_stopped_merchant_owes_the_better_refund(world: World) -> None:
    """The merchant stops: the same card, the same use, and the ratio counts instead of the list price."""
    card = world.buy().card
    world.consume(world.authorise(card))
    assert terminate.preview_termination(world.context, card).refund == 97_000
    onboard.stop(world.context, world.operator, world.merchant.address)
    exit_ = terminate.preview_termination(world.context, card)
    assert (exit_.cause, exit_.refund) == ("not-consumer", 97_693)


def test_an_account_funded_on_a_local_node_can_pay_its_gas(anvil_world: World) -> None:
    """Also where the node is reached by URL and we cannot set balances."""
    newcomer = KeySigner(bytes(31) + b"\x77")
    done = fund.fund(anvil_world.context, anvil_world.operator, newcomer.address, 100)
    assert (done.on_hand, done.coin) == (100, fund.COIN)


def test_a_sender_without_coin_is_told_so(any_world: World) -> None:
    """The node's words alone name no way out."""
    pauper = KeySigner(bytes(31) + b"\x78")
    with pytest.raises(ChainError) as caught:
        onboard.apply_to_sell(any_world.context, pauper, "穷", "L")
    assert "carry" in caught.value.hint
